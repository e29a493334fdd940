/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* filter: each term, the logic, errors and their positions; and random expressions against a
 * model. */
#include "udptui/proto/filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../manual.h"
#include "../suite.h"
#include "udptui/base/array.h"

static const struct endpoint client = {
    .family = ENDPOINT_IPV4, .address = {10, 1, 2, 3}, .port = 50001};
static const struct endpoint server = {
    .family = ENDPOINT_IPV6, .address = {0xff, 2, [15] = 0xfb}, .port = 5353};

static struct filter_subject subject_of(const char *payload)
{
    return (struct filter_subject){.name = "Kim",
                                   .address = "10.1.2.3:50001",
                                   .from = &client,
                                   .to = &server,
                                   .payload = (const uint8_t *)payload,
                                   .payload_bytes = strlen(payload),
                                   .size_bytes = (int64_t)strlen(payload),
                                   .status = "held",
                                   .why = "loop"};
}

static enum filter_answer asks(const char *text, const struct filter_subject *subject)
{
    struct filter_problem problem;
    struct filter *filter = filter_open(text, strlen(text), &problem);
    enum filter_answer answer;

    if (filter == NULL)
        fail_msg("%s: %zu: %s", text, problem.offset_bytes, problem.why);
    answer = filter_evaluate(filter, subject);
    filter_close(filter);
    return answer;
}

struct question {
    const char *text;
    bool yes;
};

static void check(const struct question *questions, size_t count, const char *payload)
{
    struct filter_subject subject = subject_of(payload);

    for (size_t i = 0; i < count; i++)
        if (asks(questions[i].text, &subject) != (questions[i].yes ? FILTER_YES : FILTER_NO))
            fail_msg("%s: not as expected", questions[i].text);
}

static void test_terms(void **state)
{
    static const struct question questions[] = {
        {"", true},
        {"   ", true},
        {"hello", true},
        {"HELLO", true},
        {"bye", false},
        {"kim", true},
        {"10.1.2.3:5", true},
        {"\"hello world\"", true},
        {"\"hello  world\"", false},
        {"hello\\x20world", true},
        {"o\\ w", true},
        {"\\x01", false},
        {"from:10.1.2.3", true},
        {"from:10.0.0.0/8", true},
        {"from:11.0.0.0/8", false},
        {"from:10.1.2.0/31", false},
        {"from:10.1.2.2/31", true},
        {"from:0.0.0.0/0", true},
        {"from:10.1.2.3:50001", true},
        {"from:10.1.2.3:1", false},
        {"from:[ff02::fb]", false},
        {"to:[ff02::fb]", true},
        {"to:ff02::fb", true},
        {"to:[ff02::fb]:5353", true},
        {"to:ff00::/8", true},
        {"to:fe00::/8", false},
        {"to::5353", true},
        {"to:5353", true},
        {"port:5353", true},
        {"port:50001", true},
        {"port:53", false},
        {"port:5000-6000", true},
        {"port:>50001", false},
        {"port:>=50001", true},
        {"name:kim", true},
        {"\"text:\"|kim", true}, /* quoted: no key */
        {"HOST:|ext:|kim", true},
        {"name:hello", false},
        {"size:11", true},
        {"size:>10", true},
        {"size:>11", false},
        {"size:<=11", true},
        {"size:<11", false},
        {"size:5-20", true},
        {"size:12-20", false},
        {"status:held", true},
        {"status:acked", false},
        {"why:loop", true},
        {"why:limit", false},
        {"hex:6f20", true},
        {"hex:6F20", true},
        {"hex:4f20", false},
        {"time:5", false}, /* no key: a text */
    };

    (void)state;
    check(questions, COUNT_OF(questions), "hello world");
}

static void test_logic(void **state)
{
    static const struct question questions[] = {
        {"hello world", true},
        {"hello bye", false},
        {"hello and world", true},
        {"bye|hello", true},
        {"bye | hello", true},
        {"bye or hello", true},
        {"bye or no", false},
        {"!bye", true},
        {"!hello", false},
        {"not bye", true},
        {"!!hello", true},
        {"! hello", false},
        {"not not hello", true},
        {"bye hello|world", true},
        {"bye (hello|world)", false},
        {"world|hello bye", true},
        {"(world|hello) bye", false},
        {"!(bye|no)", true},
        {"!bye no", false},
        {"((((hello))))", true},
        {"hello !(from:10.0.0.0/8 port:53)", true},
        {"nothing", false},
        {"\\(", false},
        {"android", false},
    };

    (void)state;
    check(questions, COUNT_OF(questions), "hello world");
}

static void test_regex(void **state)
{
    static const struct question questions[] = {
        {"/h.llo/", true},          {"/^HELLO world$/", true}, {"/^world/", false},
        {"/a\\/b/", false},         {"!/bye/", true},          {"/o w/ hello", true},
        {"/bye/|/wor[lk]d/", true},
    };
    struct filter_problem problem;
    struct filter *filter = filter_open("/x/", 3, &problem);

    (void)state;
    if (filter == NULL) { /* built without them: said so */
        assert_non_null(strstr(problem.why, "PCRE2"));
        return;
    }
    filter_close(filter);
    check(questions, COUNT_OF(questions), "hello world");
}

/* A pattern that backtracks for ever, on a payload made for it, is given up. */
static void test_a_hostile_payload_costs_little(void **state)
{
    static char payload[60001];
    struct filter_problem problem;
    struct filter *filter = filter_open("/(a+)+$/", 8, &problem);
    struct filter_subject subject;

    (void)state;
    if (filter == NULL)
        return;
    memset(payload, 'a', sizeof payload - 1);
    payload[sizeof payload - 2] = 'b';
    subject = subject_of(payload);
    assert_int_equal(filter_evaluate(filter, &subject), FILTER_UNKNOWN);
    filter_close(filter);
    /* Nor does the payload choose its own answer by being expensive. */
    assert_int_equal(asks("!/(a+)+$/", &subject), FILTER_UNKNOWN);
    assert_int_equal(asks("/(a+)+$/|size:>5", &subject), FILTER_YES);
}

static void test_bytes_are_bytes(void **state)
{
    static const uint8_t payload[] = {0, 0xff, 'A', 0, '\n', 0x80};
    struct filter_subject subject = subject_of("");

    (void)state;
    subject.payload = payload;
    subject.payload_bytes = sizeof payload;
    assert_int_equal(asks("hex:ff4100", &subject), FILTER_YES);
    assert_int_equal(asks("\\xffa\\0", &subject), FILTER_YES);
    assert_int_equal(asks("\\n\\x80", &subject), FILTER_YES);
    assert_int_equal(asks("hex:80ff", &subject), FILTER_NO);
}

/* A status is chosen by either of its words, and by no other's. */
static void assert_takes_status(int status)
{
    const struct event_message event = {.status = (uint8_t)status};
    struct filter_subject subject = filter_subject_of(&event, (const uint8_t *)"", NULL);
    char text[64];

    subject.name = subject.address = "";
    for (int other = 0; other < ACK_STATUSES; other++) {
        const struct ack_status_row *row = &ack_status_rows[other];
        snprintf(text, sizeof text, "status:%s status:%s", row->word, row->json);
        assert_int_equal(asks(text, &subject), other == status ? FILTER_YES : FILTER_NO);
    }
}

static void test_an_event_is_a_subject(void **state)
{
    static const uint8_t bytes[] = "questionanswer";
    const struct event_message event = {.status = ACK_SENT,
                                        .from = client,
                                        .to = server,
                                        .size_bytes = 8,
                                        .stored_bytes = 8,
                                        .ack_stored_bytes = 6};
    const struct event_message held = {.status = ACK_HELD, .why_held = HELD_LIMIT, .size_bytes = 1};
    struct filter_subject subject = filter_subject_of(&event, bytes, bytes + 8);

    (void)state;
    subject.name = subject.address = "";
    assert_int_equal(asks("quest answer port:5353 size:8", &subject), FILTER_YES);
    assert_int_equal(asks("nanswer", &subject), FILTER_NO); /* not across the two */
    assert_int_equal(asks("status:acked status:sent why:\"\"", &subject), FILTER_YES);
    subject = filter_subject_of(&held, bytes, NULL);
    assert_int_equal(asks("status:held why:limit", &subject), FILTER_YES);
    for (int status = 0; status < ACK_STATUSES; status++)
        assert_takes_status(status);
}

/* A relay's datagram is from one end to the other; either may be the client, which may be hidden. */
static void test_both_directions_of_a_relay(void **state)
{
    struct event_message event = {.from = client, .relayed.target = server};
    struct filter_subject subject;

    (void)state;
    event.relayed.direction = DIRECTION_TO_TARGET;
    subject = filter_subject_of(&event, NULL, NULL);
    assert_true(subject.from == &event.from && subject.to == &event.relayed.target);
    event.relayed.direction = DIRECTION_TO_CLIENT;
    subject = filter_subject_of(&event, NULL, NULL);
    assert_true(subject.from == &event.relayed.target && subject.to == &event.from);
    filter_hide_client(&subject, &event.from);
    assert_true(subject.from == &event.relayed.target && subject.to == NULL);
    assert_int_equal(asks("to:10.1.2.3", &subject), FILTER_UNKNOWN);
}

static void test_what_is_not_known(void **state)
{
    static const struct filter_subject nobody = {.size_bytes = -1};
    static const char *const unknown[] = {
        "a",        "!a",     "from:10.0.0.1", "!from:10.0.0.1", "size:5", "status:held",
        "why:loop", "name:a", "hex:00",        "port:5",         "a|b",    "a b"};
    struct filter_subject peer = subject_of("");

    (void)state;
    for (size_t i = 0; i < COUNT_OF(unknown); i++)
        if (asks(unknown[i], &nobody) != FILTER_UNKNOWN)
            fail_msg("%s: is known", unknown[i]);
    peer.payload = NULL;
    assert_int_equal(asks("kim", &peer), FILTER_YES);
    assert_int_equal(asks("kim|hello", &peer), FILTER_YES);
    assert_int_equal(asks("hello", &peer), FILTER_UNKNOWN);
    assert_int_equal(asks("!hello", &peer), FILTER_UNKNOWN);
    assert_int_equal(asks("hello name:bob", &peer), FILTER_NO);
}

/* With words for the states of servers, which are no statuses of messages. */
static void test_states_of_servers(void **state)
{
    static const char *const states[] = {"up", "gone", "x2", NULL};
    static const struct {
        const char *text, *states;
        enum filter_answer answer;
    } cases[] = {
        {"status:gone", "gone", FILTER_YES},
        {"status:gone", "up", FILTER_NO},
        {"!status:up", "gone", FILTER_YES},
        {"status:x2 status:up", "up x2", FILTER_YES},
        {"status:gone|status:up", "up", FILTER_YES},
        {"status:gone", NULL, FILTER_UNKNOWN},
        {"!status:gone", NULL, FILTER_UNKNOWN},
        {"status:held status:up", "up", FILTER_YES}, /* the message was held */
        {"status:acked status:up", "up", FILTER_NO},
    };
    struct filter_problem problem;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct filter_subject subject = subject_of("");
        struct filter *filter =
            filter_open_for(cases[i].text, strlen(cases[i].text), states, &problem);
        assert_non_null(filter);
        subject.states = cases[i].states;
        if (filter_evaluate(filter, &subject) != cases[i].answer)
            fail_msg("%s of %s", cases[i].text, cases[i].states);
        filter_close(filter);
    }
    assert_null(filter_open_for("a status:stale", 14, states, &problem));
    assert_int_equal(problem.offset_bytes, 9);
    assert_non_null(strstr(problem.why, ": up gone x2 acked held "));
    assert_null(filter_open("status:gone", 11, &problem));
    assert_non_null(strstr(problem.why, ": acked held "));
}

static void test_problems_have_a_place(void **state)
{
    static const struct {
        const char *text;
        size_t offset;
        const char *why;
    } cases[] = {
        {"(a", 0, ")"},
        {"a)", 1, "("},
        {"a (b (c)", 2, ")"},
        {"\"abc", 0, "\""},
        {"a |", 3, "expected"},
        {"| a", 0, "expected"},
        {"!", 1, "expected"},
        {"a and", 5, "expected"},
        {"size:x", 5, "number"},
        {"size:20-10", 5, "number"},
        {"port:", 5, "expected"},
        {"from:nobody", 5, "address"},
        {"from:10.0.0.0/33", 5, "address"},
        {"to:/8", 3, "address"},
        {"x status:lost", 9, "status"},
        {"hex:f", 4, "hex"},
        {"hex:xy", 4, "hex"},
        {"a\\q", 1, "escape"},
        {"/abc", 0, "/"},
        {"()", 1, "expected"},
        {"text:hello", 0, "the text alone"},
        {"a !src:10.0.0.1", 3, "from:"},
    };
    char deep[200] = "";

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct filter_problem problem;
        struct filter *filter = filter_open(cases[i].text, strlen(cases[i].text), &problem);
        if (filter != NULL)
            fail_msg("accepted: %s", cases[i].text);
        if (problem.offset_bytes != cases[i].offset || strstr(problem.why, cases[i].why) == NULL)
            fail_msg("%s: %zu %s", cases[i].text, problem.offset_bytes, problem.why);
    }
    memset(deep, '(', 100);
    struct filter_problem problem;
    assert_null(filter_open(deep, 100, &problem));
    assert_non_null(strstr(problem.why, "deep"));
}

static void test_words_like_keys_are_doubtful(void **state)
{
    static const struct {
        const char *text, *why; /* NULL: there is no doubt */
        size_t offset;
    } cases[] = {
        {"bogus:3", "no key bogus:", 0},
        {"a | (b !prot:53)", "did you mean port:?", 8},
        {"sise:>3 bogus:1", "did you mean size:?", 0}, /* the first of several */
        {"localhost:53", "no key localhost:", 0},
        {"port:53 size:3 name:kim", NULL, 0},
        {"hello", NULL, 0},
        {"\"bogus:3\"", NULL, 0},
        {"bogus\\:3", NULL, 0},
        {"name:bogus:3", NULL, 0},
        {"bogus:", NULL, 0},
        {"fe80::1 | dead:beef::1 | ::1 | [::1]:53", NULL, 0},
        {"10.0.0.1:53 | 12:30 | lamp1:9000", NULL, 0},
        {"http://x | a:b | std::string", NULL, 0},
        {"/bogus:3/", NULL, 0}, /* the last: a build without PCRE2 has none */
    };
    struct filter_problem none;
    struct filter *regex = filter_open("/x/", 3, &none);
    size_t count = COUNT_OF(cases) - (regex == NULL);

    (void)state;
    filter_close(regex);
    for (size_t i = 0; i < count; i++) {
        struct filter_problem problem;
        struct filter *filter = filter_open(cases[i].text, strlen(cases[i].text), &problem);
        assert_non_null(filter);
        const struct filter_problem *doubt = filter_doubt(filter);
        if ((doubt != NULL) != (cases[i].why != NULL))
            fail_msg("%s: %s", cases[i].text, doubt != NULL ? doubt->why : "no doubt");
        if (doubt != NULL &&
            (doubt->offset_bytes != cases[i].offset || strstr(doubt->why, cases[i].why) == NULL))
            fail_msg("%s: %zu %s", cases[i].text, doubt->offset_bytes, doubt->why);
        filter_close(filter);
    }
}

static void test_long_ones_are_refused(void **state)
{
    static char text[FILTER_TEXT_MAX + 2];
    struct filter_problem problem;

    (void)state;
    memset(text, 'a', sizeof text);
    assert_null(filter_open(text, FILTER_TEXT_MAX + 1, &problem));
    filter_close(filter_open(text, FILTER_TEXT_MAX, &problem));
    for (size_t i = 1; i < FILTER_TEXT_MAX; i += 2)
        text[i] = ' ';
    assert_null(filter_open(text, FILTER_TEXT_MAX, &problem));
    assert_non_null(strstr(problem.why, "terms"));
}

/* ---- random expressions: written from a tree whose value is worked out another way */

struct model {
    char text[FILTER_TEXT_MAX];
    size_t length;
};

static void write_text(struct model *model, const char *text)
{
    size_t length = strlen(text);

    assert_true(model->length + length < sizeof model->text);
    memcpy(model->text + model->length, text, length);
    model->length += length;
}

static bool write_leaf(struct model *model, const char *payload)
{
    static const char *const words[] = {"a", "b", "c", "ab", "ca"};
    const char *word = words[(size_t)rand() % COUNT_OF(words)];
    char text[32];

    if (rand() % 3 == 0) {
        size_t size = (size_t)rand() % 8;
        snprintf(text, sizeof text, "size:>%zu", size);
        write_text(model, text);
        return strlen(payload) > size;
    }
    snprintf(text, sizeof text, rand() % 2 == 0 ? "%s" : "\"%s\"", word);
    write_text(model, text);
    return strstr(payload, word) != NULL;
}

/* Writes an expression with the necessary parentheses, returns its value. */
static bool write_expression(struct model *model, const char *payload, int depth)
{
    bool left, right;
    int choice = depth == 0 ? 0 : rand() % 4;

    if (choice == 0)
        return write_leaf(model, payload);
    if (choice == 1) {
        write_text(model, rand() % 2 == 0 ? "!(" : "not (");
        left = write_expression(model, payload, depth - 1);
        write_text(model, ")");
        return !left;
    }
    write_text(model, "(");
    left = write_expression(model, payload, depth - 1);
    if (choice == 2)
        write_text(model, rand() % 2 == 0 ? " " : " and ");
    else
        write_text(model, rand() % 2 == 0 ? "|" : " or ");
    right = write_expression(model, payload, depth - 1);
    write_text(model, ")");
    return choice == 2 ? left && right : left || right;
}

static void test_random_expressions(void **state)
{
    (void)state;
    srand(4010);
    for (int i = 0; i < 10000; i++) {
        struct model model = {.length = 0};
        struct filter_problem problem;
        struct filter_subject subject;
        char payload[10];
        size_t length = (size_t)rand() % sizeof payload;
        for (size_t k = 0; k < length; k++)
            payload[k] = (char)('a' + rand() % 3);
        payload[length] = '\0';
        subject = subject_of(payload);
        subject.name = subject.address = "";
        bool yes = write_expression(&model, payload, 4);
        struct filter *filter = filter_open(model.text, model.length, &problem);
        if (filter == NULL)
            fail_msg("%.*s: %s", (int)model.length, model.text, problem.why);
        if ((filter_evaluate(filter, &subject) == FILTER_YES) != yes)
            fail_msg("%.*s on %s", (int)model.length, model.text, payload);
        filter_close(filter);
    }
}

#define WORD(constant, word, value) word,
static void keys_are_named_everywhere(void **state)
{
    static const char *const words[] = {FILTER_EACH_KEY(WORD)};

    (void)state;
    assert_string_equal(FILTER_BEGINNINGS, "from: to: port: size: name: status: why: hex: ");
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        manual_assert_names("udptui-filter.7", "DESCRIPTION", words[i]);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(keys_are_named_everywhere),
    cmocka_unit_test(test_terms),
    cmocka_unit_test(test_logic),
    cmocka_unit_test(test_regex),
    cmocka_unit_test(test_a_hostile_payload_costs_little),
    cmocka_unit_test(test_bytes_are_bytes),
    cmocka_unit_test(test_an_event_is_a_subject),
    cmocka_unit_test(test_both_directions_of_a_relay),
    cmocka_unit_test(test_what_is_not_known),
    cmocka_unit_test(test_states_of_servers),
    cmocka_unit_test(test_problems_have_a_place),
    cmocka_unit_test(test_words_like_keys_are_doubtful),
    cmocka_unit_test(test_long_ones_are_refused),
    cmocka_unit_test(test_random_expressions),
};

const struct suite suite_filter = {
    .name = "filter", .tests = tests, .count = sizeof tests / sizeof *tests};
