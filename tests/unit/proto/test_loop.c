/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loop: servers of several kinds and clients of several kinds, in turn with a server of ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/units.h"
#include "udptui/proto/event.h"
#include "udptui/proto/loop.h"

enum { SERVICE = 4010, CLIENT = 51000 };

static const int64_t quick_ns = 50 * UNITS_NS_PER_US;

/* Our side of a conversation with one peer. */
struct talk {
    struct loop_watch watch;
    uint16_t port;
    int64_t now_ns;
    unsigned acks, withheld;
};

/* The peer says something, after a time; it gets its ack at once unless that is withheld. */
static bool say(struct talk *talk, const char *text, int64_t after_ns)
{
    talk->now_ns += after_ns;
    if (loop_is_suspected(&talk->watch, talk->port, 1, (const uint8_t *)text, strlen(text),
                          talk->now_ns)) {
        talk->withheld++;
        return false;
    }
    loop_acked(&talk->watch, 1, talk->now_ns);
    talk->acks++;
    return true;
}

/* The text of the n-th message: format may have one %u. */
static const char *text_of(const char *format, unsigned n, char *out, size_t size)
{
    const char *field = strstr(format, "%u");

    if (field == NULL)
        snprintf(out, size, "%s", format);
    else
        snprintf(out, size, "%.*s%u%s", (int)(field - format), format, n, field + 2);
    return out;
}

/* A server that answers each ack, until it gets none: how many acks did one forged datagram
 * cost? */
static unsigned acks_to_a_server(struct talk *talk, const char *format)
{
    char text[64];
    unsigned before = talk->acks, n = 0;

    say(talk, "forged", UNITS_NS_PER_S);
    while (say(talk, text_of(format, n, text, sizeof text), quick_ns) && n < 10000000)
        n++;
    return talk->acks - before;
}

static void acks_of_our_kind_are_marked(void **state)
{
    static const struct {
        int hop_limit;
        bool marked;
    } rows[] = {{200, true},  {199, true},  {176, true}, {175, false},          {201, false},
                {255, false}, {128, false}, {64, false}, {EVENT_UNKNOWN, false}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(loop_is_marked(rows[i].hop_limit), rows[i].marked);
}

static void another_server_gets_no_more_than_20_acks(void **state)
{
    static const char *const texts[] = {"Message received",     "ok",      "", "#%u", "%u",
                                        "2026-11-25T12:00:%uZ", "%u bytes"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct talk talk = {.port = SERVICE};
        assert_in_range(acks_to_a_server(&talk, texts[i]), 10, 20);
        assert_int_equal(talk.withheld, 1);
    }
}

/* An answer of two datagrams that comes back. */
static void a_server_with_two_texts_in_turn_gets_no_more_than_20_acks(void **state)
{
    struct talk talk = {.port = SERVICE};
    unsigned n = 0;

    (void)state;
    while (say(&talk, n % 2 == 0 ? "one" : "another", quick_ns) && n < 10000)
        n++;
    assert_in_range(talk.acks, 10, 20);
}

static void a_server_on_a_client_s_port_ends_too(void **state)
{
    struct talk talk = {.port = CLIENT};

    (void)state;
    assert_in_range(acks_to_a_server(&talk, "ok"), LOOP_ROW_CLIENT, LOOP_ROW_CLIENT + 4);
}

/* Many datagrams that go to and fro between the two servers at once, in batches. How many acks do
 * they cost until it is quiet? 0 if it never is. */
static uint64_t acks_to_a_crowd(uint16_t port, unsigned size, unsigned batch, size_t messages)
{
    struct loop_watch watch = {.row = 0};
    uint64_t acks = 0, waiting = size;
    int64_t now_ns = 1;

    for (int round = 0; round < 4000000 && waiting > 0; round++) {
        unsigned answers = 0;
        now_ns += quick_ns;
        for (unsigned i = 0; i < batch && waiting > 0; i++) {
            size_t together = (size_t)(waiting < messages ? waiting : messages);
            waiting -= together;
            if (!loop_is_suspected(&watch, port, together, (const uint8_t *)"ok", 2, now_ns))
                answers += (unsigned)together;
        }
        if (answers > 0)
            loop_acked(&watch, answers, now_ns);
        acks += answers;
        waiting += answers;
    }
    return waiting == 0 ? acks : 0;
}

static void a_loop_of_many_datagrams_ends(void **state)
{
    static const unsigned sizes[] = {2, 3, 8, 64, 100, 1000, 10000}, batches[] = {1, 2, 7, 64};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t j = 0; j < sizeof batches / sizeof *batches; j++)
            for (size_t messages = 1; messages <= 33; messages += 16)
                assert_in_range(acks_to_a_crowd(SERVICE, sizes[i], batches[j], messages), 1,
                                (LOOP_TIMES_LATER + 1) * sizes[i] + 100);
}

static void a_loop_of_many_to_a_client_s_port_ends_too(void **state)
{
    (void)state;
    assert_in_range(acks_to_a_crowd(CLIENT, 64, 64, 1), 1, LOOP_ROW_WINDOW + 64);
}

/* Impairments that double each ack: every exchange brings twice as many, in bursts. */
static void a_loop_that_doubles_ends(void **state)
{
    struct loop_watch watch = {.row = 0};
    unsigned waiting = 1, acks = 0;
    int64_t now_ns = 1;

    (void)state;
    for (int round = 0; round < 100 && waiting > 0; round++) {
        unsigned next = 0;
        for (; waiting > 0; waiting--) {
            now_ns += quick_ns;
            if (loop_is_suspected(&watch, SERVICE, 1, (const uint8_t *)"ok", 2, now_ns))
                continue;
            loop_acked(&watch, 2, now_ns);
            acks += 2;
            next += 2;
        }
        waiting = next;
    }
    assert_int_equal(waiting, 0);
    assert_true(acks < 100);
}

/* Whoever begins a loop once can do it again: no number of forged datagrams makes it endless. */
static void forging_again_buys_no_loop_without_end(void **state)
{
    struct talk talk = {.port = SERVICE};

    (void)state;
    for (int i = 0; i < 300; i++)
        assert_in_range(acks_to_a_server(&talk, "ok"), 10, LOOP_ROW_PROVEN + 4);
}

static void a_client_that_waits_for_each_ack_is_left_alone(void **state)
{
    static const char *const texts[] = {"hello", "message %u", "%u"};
    char text[64];

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct talk talk = {.port = CLIENT};
        for (unsigned n = 0; n < 50000; n++)
            assert_true(say(&talk, text_of(texts[i], n, text, sizeof text), quick_ns));
    }
}

static void lines_of_a_file_are_hardly_withheld_an_ack(void **state)
{
    struct talk talk = {.port = SERVICE};
    char text[8] = "aaaaaa";

    (void)state;
    for (unsigned n = 0; n < 200000; n++) {
        text[0] = (char)('a' + n % 26);
        text[1] = (char)('a' + n / 26 % 26);
        say(&talk, text, quick_ns);
        assert_true(talk.withheld == 0 || n >= LOOP_ROW * LOOP_SAME);
    }
    assert_in_range(talk.withheld, 1, 60);
}

/* A server with changing texts, such as random words. */
static void a_server_with_changing_texts_ends_too(void **state)
{
    struct talk talk = {.port = SERVICE};
    char text[8] = "aaaaaa";
    unsigned n = 0;

    (void)state;
    do
        text[n % 6] = (char)('a' + n % 26);
    while (say(&talk, text, quick_ns) && n++ < 10000000);
    assert_in_range(talk.acks, LOOP_ROW, LOOP_ROW * LOOP_SAME + 4);
}

static void a_client_that_pauses_is_left_alone(void **state)
{
    struct talk talk = {.port = SERVICE};

    (void)state;
    for (unsigned n = 0; n < 200000; n++)
        assert_true(say(&talk, "ping", (n % 10 == 0 ? 200 : 1) * UNITS_NS_PER_MS));
}

/* A server's port that sends the same text without a pause loses 6%, later 1.5%. */
static void a_client_that_does_not_wait_loses_few(void **state)
{
    struct loop_watch watch = {.row = 0};
    unsigned withheld = 0;

    (void)state;
    for (int64_t n = 0; n < 200000; n++) {
        unsigned acks = 0;
        for (int i = 0; i < 2; i++)
            acks += !loop_is_suspected(&watch, SERVICE, 1, (const uint8_t *)"x", 1, n);
        withheld += 2 - acks;
        if (acks > 0)
            loop_acked(&watch, acks, n);
    }
    assert_in_range(withheld, 1, 8000); /* of 400,000 */
}

static void a_client_with_a_window_is_left_alone(void **state)
{
    struct loop_watch watch = {.row = 0};

    (void)state;
    for (int64_t n = 0; n < 4 << 20; n += 64) {
        for (int i = 0; i < 64; i++)
            assert_false(loop_is_suspected(&watch, CLIENT, 1, (const uint8_t *)"u", 1, n));
        loop_acked(&watch, 64, n);
    }
}

/* The worst case of an honest one: it loses a few acks, sends again after a second, and is
 * served. */
static void a_client_on_a_server_s_port_proves_itself(void **state)
{
    struct talk talk = {.port = SERVICE};

    (void)state;
    for (unsigned n = 0; n < 60000; n++)
        if (!say(&talk, "ping", quick_ns))
            assert_true(say(&talk, "ping", UNITS_NS_PER_S));
    assert_in_range(talk.withheld, 1, 8);
}

/* From any initial hop limit, and with any number of routers between two relays. */
static void a_circle_of_relays_ends(void **state)
{
    (void)state;
    for (int initial = 1; initial < 256; initial++)
        for (int routers = 0; routers <= LOOP_HOPS_MAX; routers++) {
            int hops = initial, passes = 0;
            while (hops > 0 && (hops = loop_relay_hop_limit(hops, false)) > 0 && passes < 100) {
                hops -= routers;
                passes++;
            }
            assert_true(passes < 30);
        }
    assert_int_equal(loop_relay_hop_limit(EVENT_UNKNOWN, false), LOOP_RELAY_HOP_LIMIT);
    assert_int_equal(loop_relay_hop_limit(EVENT_UNKNOWN, true), LOOP_RELAY_HOP_LIMIT);
}

static void a_relay_marks_nothing_as_an_ack(void **state)
{
    (void)state;
    for (int hops = 1; hops < 256; hops++) {
        if (!loop_is_marked(hops))
            assert_false(loop_is_marked(loop_relay_hop_limit(hops, false)));
        assert_int_equal(loop_relay_hop_limit(hops, true), hops - 1);
    }
    assert_true(loop_is_marked(loop_relay_hop_limit(LOOP_HOP_LIMIT, false))); /* an ack stays one */
    assert_int_equal(loop_relay_hop_limit(LOOP_RELAY_FLOOR, false), 0);
}

static struct loop_text loop_text_of(const char *text)
{
    return (struct loop_text){.bytes = (const uint8_t *)text, .size_bytes = strlen(text)};
}

/* Each request says something else than its ack; given back, the acks have changing shapes. */
static unsigned acks_until_held(struct talk *talk, unsigned behind, const char *before)
{
    char texts[300][64];
    unsigned n = 0;

    say(talk, "forged", UNITS_NS_PER_S);
    do {
        snprintf(texts[n], sizeof texts[n], "%s%.*s", before, (int)(n % 50),
                 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz");
        loop_note_text(&talk->watch, loop_text_of(texts[n]), loop_text_of("another"));
        n++;
    } while (n < 300 && say(talk, texts[n - 1 < behind ? 0 : n - 1 - behind], quick_ns));
    return talk->acks;
}

static void our_own_texts_are_known_when_they_return(void **state)
{
    struct talk at_once = {.port = SERVICE}, late = {.port = SERVICE}, client = {.port = CLIENT};

    (void)state;
    assert_in_range(acks_until_held(&at_once, 0, "."), 2, 6);
    assert_in_range(acks_until_held(&late, LOOP_TEXTS - 1, "."), 2, 6);
    assert_int_equal(acks_until_held(&client, 0, "."), 300);
}

/* With {text} alone an ack is its request's text: nobody is suspected who says it again. */
static void the_text_of_the_request_is_nobody_s_own(void **state)
{
    struct talk talk = {.port = SERVICE};

    (void)state;
    for (unsigned n = 0; n < 10; n++) {
        assert_true(say(&talk, "ping", quick_ns));
        loop_note_text(&talk.watch, loop_text_of("ping"), loop_text_of("ping"));
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(our_own_texts_are_known_when_they_return),
    cmocka_unit_test(the_text_of_the_request_is_nobody_s_own),
    cmocka_unit_test(a_circle_of_relays_ends),
    cmocka_unit_test(a_relay_marks_nothing_as_an_ack),
    cmocka_unit_test(acks_of_our_kind_are_marked),
    cmocka_unit_test(another_server_gets_no_more_than_20_acks),
    cmocka_unit_test(a_server_with_two_texts_in_turn_gets_no_more_than_20_acks),
    cmocka_unit_test(a_server_on_a_client_s_port_ends_too),
    cmocka_unit_test(a_loop_of_many_datagrams_ends),
    cmocka_unit_test(a_loop_of_many_to_a_client_s_port_ends_too),
    cmocka_unit_test(a_loop_that_doubles_ends),
    cmocka_unit_test(forging_again_buys_no_loop_without_end),
    cmocka_unit_test(a_client_that_waits_for_each_ack_is_left_alone),
    cmocka_unit_test(lines_of_a_file_are_hardly_withheld_an_ack),
    cmocka_unit_test(a_server_with_changing_texts_ends_too),
    cmocka_unit_test(a_client_that_pauses_is_left_alone),
    cmocka_unit_test(a_client_that_does_not_wait_loses_few),
    cmocka_unit_test(a_client_with_a_window_is_left_alone),
    cmocka_unit_test(a_client_on_a_server_s_port_proves_itself),
};

const struct suite suite_loop = {
    .name = "loop", .tests = tests, .count = sizeof tests / sizeof *tests};
