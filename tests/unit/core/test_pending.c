/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pending: each rule of the header, then random talks against a list that knows everything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "udptui/core/pending.h"

enum { TIMEOUT = 1000, DOUBT = 5000 };

static struct pending *open_table(uint32_t capacity, enum pending_mode mode)
{
    struct pending *pending = pending_open(
        &(struct pending_options){.capacity = capacity, .mode = mode, .doubt_ns = DOUBT});

    assert_non_null(pending);
    return pending;
}

static struct endpoint sender(uint8_t number)
{
    return (struct endpoint){.family = ENDPOINT_IPV4, .address = {192, 0, 2, number}, .port = 4010};
}

static uint32_t add(struct pending *pending, uint64_t seq, uint32_t channel, const char *text,
                    int64_t now_ns)
{
    struct pending_message message = {
        .seq = seq, .channel = channel, .bytes = text, .size_bytes = strlen(text)};

    assert_true(pending_has_room(pending));
    return pending_add(pending, &message, now_ns, TIMEOUT);
}

static void add_to_all(struct pending *pending, uint64_t seq, int64_t now_ns)
{
    struct pending_message message = {.seq = seq, .several = true, .bytes = "", .size_bytes = 0};

    pending_add(pending, &message, now_ns, TIMEOUT);
}

static struct pending_match reply_from(struct pending *pending, uint8_t who, uint32_t channel,
                                       const char *text, int64_t now_ns)
{
    struct endpoint from = sender(who);
    struct pending_arrival arrival = {.channel = channel,
                                      .bytes = text,
                                      .size_bytes = strlen(text),
                                      .from = &from,
                                      .received_ns = now_ns};

    return pending_reply(pending, &arrival);
}

static struct pending_match reply(struct pending *pending, uint32_t channel, const char *text,
                                  int64_t now_ns)
{
    return reply_from(pending, 1, channel, text, now_ns);
}

/* Kind, number, sure or not. */
static void expect(struct pending_match match, enum pending_kind kind, uint64_t seq, bool ambiguous)
{
    assert_int_equal(match.kind, kind);
    assert_int_equal(match.seq, seq);
    assert_int_equal(match.ambiguous, ambiguous);
}

static void expire(struct pending *pending, uint64_t seq, enum pending_state state, int64_t now_ns)
{
    struct pending_request *request = pending_expire(pending, now_ns);

    assert_non_null(request);
    assert_int_equal(request->seq, seq);
    assert_int_equal(request->state, state);
}

/* ---- by order */

static void one_at_a_time_is_sure(void **state)
{
    struct pending *pending = open_table(8, PENDING_ORDER);

    (void)state;
    for (uint64_t seq = 1; seq <= 20; seq++) {
        add(pending, seq, 0, "hello", (int64_t)seq * 100);
        struct pending_match match = reply(pending, 0, "ack", (int64_t)seq * 100 + 7);
        expect(match, PENDING_REPLY, seq, false);
        assert_int_equal(match.rtt_ns, 7);
        assert_int_equal(match.size_bytes, 5);
        assert_int_equal(match.answers, 1);
    }
    assert_int_equal(pending_waiting(pending), 0);
    assert_int_equal(pending_deadline_ns(pending), INT64_MAX);
    pending_close(pending);
}

static void several_at_once_are_ambiguous_until_none_waits(void **state)
{
    struct pending *pending = open_table(8, PENDING_ORDER);

    (void)state;
    add(pending, 1, 0, "a", 0);
    add(pending, 2, 0, "b", 0);
    expect(reply(pending, 0, "x", 10), PENDING_REPLY, 1, true);
    expect(reply(pending, 0, "x", 10), PENDING_REPLY, 2, true);
    add(pending, 3, 0, "c", 20);
    expect(reply(pending, 0, "x", 30), PENDING_REPLY, 3, false);
    pending_close(pending);
}

static void doubt_after_a_timeout_ends(void **state)
{
    struct pending *pending = open_table(8, PENDING_ORDER);
    int64_t late = TIMEOUT + DOUBT;

    (void)state;
    add(pending, 1, 0, "a", 0);
    assert_null(pending_expire(pending, TIMEOUT - 1));
    expire(pending, 1, PENDING_EXPIRED, TIMEOUT);
    assert_null(pending_expire(pending, TIMEOUT));
    add(pending, 2, 0, "b", TIMEOUT);
    expect(reply(pending, 0, "x", late - 1), PENDING_REPLY, 2, true);
    add(pending, 3, 0, "c", late);
    expect(reply(pending, 0, "x", late), PENDING_REPLY, 3, false);
    pending_close(pending);
}

static void a_late_answer_is_late(void **state)
{
    struct pending *pending = open_table(8, PENDING_ORDER);

    (void)state;
    add(pending, 1, 0, "a", 0);
    expire(pending, 1, PENDING_EXPIRED, TIMEOUT);
    struct pending_match match = reply(pending, 0, "x", TIMEOUT + 50);
    expect(match, PENDING_LATE, 1, false);
    assert_int_equal(match.rtt_ns, TIMEOUT + 50);
    pending_close(pending);
}

/* The first reply may have been meant for the one given up: the second is as doubtful. */
static void a_credit_in_doubt_makes_the_late_answer_doubtful(void **state)
{
    struct pending *pending = open_table(8, PENDING_ORDER);

    (void)state;
    add(pending, 1, 0, "a", 0);
    expire(pending, 1, PENDING_EXPIRED, TIMEOUT);
    add(pending, 2, 0, "b", TIMEOUT);
    expect(reply(pending, 0, "x", TIMEOUT + 5), PENDING_REPLY, 2, true);
    expect(reply(pending, 0, "y", TIMEOUT + 6), PENDING_LATE, 1, true);
    pending_close(pending);
}

static void a_copy_is_known_by_its_bytes(void **state)
{
    struct pending *pending = open_table(8, PENDING_ORDER);

    (void)state;
    expect(reply(pending, 0, "psst", 0), PENDING_UNSOLICITED, 0, false);
    add(pending, 1, 0, "a", 10 + DOUBT);
    expect(reply(pending, 0, "x", 20 + DOUBT), PENDING_REPLY, 1, false);
    expect(reply(pending, 0, "x", 30 + DOUBT), PENDING_DUPLICATE, 1, true);
    expect(reply(pending, 0, "y", 40 + DOUBT), PENDING_UNSOLICITED, 0, false);
    add(pending, 2, 0, "b", 50 + DOUBT);
    expect(reply(pending, 0, "x", 60 + DOUBT), PENDING_REPLY, 2, true);
    pending_close(pending);
}

static void a_refused_one_leaves_no_doubt(void **state)
{
    struct pending *pending = open_table(8, PENDING_ORDER);

    (void)state;
    add(pending, 1, 0, "a", 0);
    pending_fail(pending, pending_oldest(pending, 0));
    assert_null(pending_oldest(pending, 0));
    assert_int_equal(pending_waiting(pending), 0);
    add(pending, 2, 0, "b", 10);
    expect(reply(pending, 0, "x", 20), PENDING_REPLY, 2, false);
    pending_close(pending);
}

static void sockets_do_not_mix(void **state)
{
    struct pending *pending = open_table(8, PENDING_ORDER);

    (void)state;
    add(pending, 1, 0, "a", 0);
    add(pending, 2, 1, "b", 0);
    assert_int_equal(pending_oldest(pending, 1)->seq, 2);
    expect(reply(pending, 1, "x", 10), PENDING_REPLY, 2, true);
    expect(reply(pending, 1, "y", 20), PENDING_UNSOLICITED, 0, false);
    expect(reply(pending, 0, "z", 30), PENDING_REPLY, 1, true);
    pending_close(pending);
}

static void an_error_finds_what_it_quotes(void **state)
{
    struct pending *pending = open_table(8, PENDING_ORDER);

    (void)state;
    add(pending, 1, 0, "a", 0);
    add(pending, 2, 0, "b", 0);
    add(pending, 3, 0, "b", 0);
    assert_int_equal(pending_find(pending, 0, "b", 1)->seq, 2);
    assert_null(pending_find(pending, 0, "c", 1));
    assert_null(pending_find(pending, 1, "b", 1));
    pending_close(pending);
}

/* ---- by port and by content */

static void a_port_for_each_is_sure(void **state)
{
    struct pending *pending = open_table(8, PENDING_PORT);

    (void)state;
    for (uint32_t i = 0; i < 3; i++)
        add(pending, i + 1, i, "same", 0);
    expect(reply(pending, 2, "x", 10), PENDING_REPLY, 3, false);
    expect(reply(pending, 0, "x", 20), PENDING_REPLY, 1, false);
    expect(reply(pending, 2, "x", 30), PENDING_DUPLICATE, 3, false);
    expire(pending, 2, PENDING_EXPIRED, TIMEOUT);
    expect(reply(pending, 1, "x", TIMEOUT + 1), PENDING_LATE, 2, false);
    expect(reply(pending, 1, "x", TIMEOUT + 2), PENDING_DUPLICATE, 2, false);
    expect(reply(pending, 5, "x", TIMEOUT + 3), PENDING_UNSOLICITED, 0, false);
    pending_close(pending);
}

static void an_echo_is_found_by_its_content(void **state)
{
    struct pending *pending = open_table(8, PENDING_ECHO);

    (void)state;
    add(pending, 1, 0, "one", 0);
    add(pending, 2, 0, "two", 0);
    add(pending, 3, 0, "", 0);
    expect(reply(pending, 0, "", 10), PENDING_REPLY, 3, false);
    expect(reply(pending, 0, "two", 10), PENDING_REPLY, 2, false);
    expect(reply(pending, 0, "two", 20), PENDING_DUPLICATE, 2, false);
    expect(reply(pending, 0, "three", 20), PENDING_UNSOLICITED, 0, false);
    expire(pending, 1, PENDING_EXPIRED, TIMEOUT);
    expect(reply(pending, 0, "one", TIMEOUT + 1), PENDING_LATE, 1, false);
    pending_close(pending);
}

static void equal_contents_are_ambiguous(void **state)
{
    struct pending *pending = open_table(8, PENDING_ECHO);

    (void)state;
    add(pending, 1, 0, "tick", 0);
    add(pending, 2, 0, "tick", 0);
    add(pending, 3, 0, "tock", 0);
    expect(reply(pending, 0, "tock", 5), PENDING_REPLY, 3, false);
    expect(reply(pending, 0, "tick", 10), PENDING_REPLY, 1, true);
    expect(reply(pending, 0, "tick", 20), PENDING_REPLY, 2, true);
    add(pending, 4, 0, "tick", 30);
    expect(reply(pending, 0, "tick", 40), PENDING_REPLY, 4, false);
    add(pending, 5, 0, "tick", 50);
    expire(pending, 5, PENDING_EXPIRED, 50 + TIMEOUT);
    add(pending, 6, 0, "tick", 60 + TIMEOUT);
    expect(reply(pending, 0, "tick", 70 + TIMEOUT), PENDING_REPLY, 6, true);
    pending_close(pending);
}

/* ---- several answers */

static void each_of_many_answers_once(void **state)
{
    struct pending *pending = open_table(8, PENDING_ORDER);

    (void)state;
    add_to_all(pending, 1, 0);
    struct pending_match first = reply_from(pending, 1, 0, "here", 10);
    struct pending_match second = reply_from(pending, 2, 0, "here", 20);
    expect(first, PENDING_REPLY, 1, false);
    expect(second, PENDING_REPLY, 1, false);
    assert_int_equal(first.answers, 1);
    assert_int_equal(second.answers, 2);
    expect(reply_from(pending, 1, 0, "here", 30), PENDING_DUPLICATE, 1, false);
    assert_int_equal(pending_waiting(pending), 1);
    expire(pending, 1, PENDING_ANSWERED, TIMEOUT);
    expect(reply_from(pending, 3, 0, "me too", TIMEOUT + 9), PENDING_LATE, 1, true);
    pending_close(pending);
}

static void nobody_of_many_is_a_timeout(void **state)
{
    struct pending *pending = open_table(8, PENDING_ORDER);

    (void)state;
    add_to_all(pending, 1, 0);
    expire(pending, 1, PENDING_EXPIRED, TIMEOUT);
    assert_int_equal(pending_waiting(pending), 0);
    pending_close(pending);
}

/* ---- deadlines, resends, room */

static void deadlines_come_in_their_order(void **state)
{
    struct pending *pending = open_table(8, PENDING_PORT);
    struct pending_request *request;

    (void)state;
    add(pending, 1, 0, "a", 0);
    add(pending, 2, 1, "b", 100);
    request = pending_expire(pending, TIMEOUT);
    pending_resent(pending, request, TIMEOUT, 2 * TIMEOUT);
    assert_int_equal(pending_waiting(pending), 2);
    expire(pending, 2, PENDING_EXPIRED, 100 + TIMEOUT);
    assert_null(pending_expire(pending, 3 * TIMEOUT - 1));
    assert_int_equal(pending_deadline_ns(pending), 3 * TIMEOUT);
    struct pending_match match = reply(pending, 0, "x", TIMEOUT + 30);
    expect(match, PENDING_REPLY, 1, true);
    assert_int_equal(match.rtt_ns, 30);
    assert_int_equal(match.resends, 1);
    assert_int_equal(pending_deadline_ns(pending), INT64_MAX);
    pending_close(pending);
}

static void what_waits_is_never_forgotten(void **state)
{
    struct pending *pending = open_table(3, PENDING_PORT);

    (void)state;
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(add(pending, i + 1, i, "a", 0), i);
    assert_false(pending_has_room(pending));
    reply(pending, 1, "x", 10);
    assert_false(pending_has_room(pending));
    reply(pending, 0, "x", 10);
    assert_true(pending_has_room(pending));
    assert_int_equal(pending_next_place(pending), 0);
    assert_int_equal(add(pending, 4, 0, "b", 20), 0);
    expect(reply(pending, 0, "x", 30), PENDING_REPLY, 4, false);
    expect(reply(pending, 2, "x", 30), PENDING_REPLY, 3, false);
    pending_close(pending);
}

/* ---- random talks. The list remembers all that was ever sent, in order. */

enum { TALK = 4000, CAPACITY = 64 };

struct known {
    uint64_t content;
    int64_t deadline_ns;
    enum pending_state state;
};

struct talk {
    struct pending *pending;
    enum pending_mode mode;
    struct known list[TALK + 1]; /* by seq, from 1 */
    uint64_t count;
    size_t waiting;
    uint64_t random;
    int64_t now_ns;
};

static uint64_t roll(struct talk *talk, uint64_t below)
{
    talk->random ^= talk->random << 13;
    talk->random ^= talk->random >> 7;
    talk->random ^= talk->random << 17;
    return talk->random % below;
}

static uint64_t first_known(const struct talk *talk)
{
    return talk->count > CAPACITY ? talk->count - CAPACITY + 1 : 1;
}

/* The oldest known one in this state that a reply with the content (or by its port) can belong
 * to. */
static uint64_t find_known(const struct talk *talk, enum pending_state state, uint64_t content)
{
    for (uint64_t seq = first_known(talk); seq <= talk->count; seq++)
        if (talk->list[seq].state == state &&
            (talk->mode == PENDING_ORDER || talk->list[seq].content == content))
            return seq;
    return 0;
}

static void talk_add(struct talk *talk)
{
    uint64_t content = talk->mode == PENDING_PORT ? talk->count % CAPACITY : roll(talk, 40);
    struct pending_message message = {.bytes = &content, .size_bytes = sizeof content};
    bool full = talk->count >= CAPACITY && talk->list[first_known(talk)].state == PENDING_WAITING;

    assert_int_equal(pending_has_room(talk->pending), !full);
    if (full || talk->count == TALK)
        return;
    message.seq = ++talk->count;
    message.channel = talk->mode == PENDING_PORT ? (uint32_t)content : 0;
    pending_add(talk->pending, &message, talk->now_ns, TIMEOUT);
    talk->list[talk->count] =
        (struct known){.content = content, .deadline_ns = talk->now_ns + TIMEOUT};
    talk->waiting++;
}

static void talk_reply(struct talk *talk)
{
    uint64_t content = roll(talk, CAPACITY);
    struct endpoint from = sender(1);
    struct pending_arrival arrival = {.bytes = &content,
                                      .size_bytes = sizeof content,
                                      .from = &from,
                                      .received_ns = talk->now_ns};
    uint64_t seq = find_known(talk, PENDING_WAITING, content);
    enum pending_kind kind = PENDING_REPLY;

    arrival.channel = talk->mode == PENDING_PORT ? (uint32_t)content : 0;
    if (seq == 0) {
        kind = PENDING_LATE;
        seq = find_known(talk, PENDING_EXPIRED, content);
    }
    struct pending_match match = pending_reply(talk->pending, &arrival);
    if (seq != 0) {
        talk->waiting -= kind == PENDING_REPLY;
        talk->list[seq].state = PENDING_ANSWERED;
        assert_int_equal(match.kind, kind);
        assert_int_equal(match.seq, seq);
    } else if (talk->mode != PENDING_ORDER) {
        seq = find_known(talk, PENDING_ANSWERED, content);
        assert_int_equal(match.kind, seq != 0 ? PENDING_DUPLICATE : PENDING_UNSOLICITED);
        assert_int_equal(match.seq, seq);
    } else {
        assert_true(match.kind == PENDING_DUPLICATE || match.kind == PENDING_UNSOLICITED);
    }
}

static void talk_expire(struct talk *talk)
{
    struct pending_request *request;
    int64_t latest_ns = 0;

    while ((request = pending_expire(talk->pending, talk->now_ns)) != NULL) {
        assert_true(talk->list[request->seq].state == PENDING_WAITING);
        assert_true(request->deadline_ns == talk->list[request->seq].deadline_ns);
        assert_true(request->deadline_ns >= latest_ns && request->deadline_ns <= talk->now_ns);
        latest_ns = request->deadline_ns;
        talk->list[request->seq].state = PENDING_EXPIRED;
        talk->waiting--;
    }
    for (uint64_t seq = first_known(talk); seq <= talk->count; seq++)
        if (talk->list[seq].state == PENDING_WAITING)
            assert_true(talk->list[seq].deadline_ns >= pending_deadline_ns(talk->pending) &&
                        talk->list[seq].deadline_ns > talk->now_ns);
}

static void talk_at_random(enum pending_mode mode)
{
    static struct talk talk;

    talk = (struct talk){
        .pending = open_table(CAPACITY, mode), .mode = mode, .random = 88172645463325252U};
    for (int step = 0; step < 8 * TALK; step++) {
        talk.now_ns += (int64_t)roll(&talk, 60);
        switch (roll(&talk, 4)) {
        case 0:
            talk_expire(&talk);
            break;
        case 1:
            talk_reply(&talk);
            break;
        default:
            talk_add(&talk);
            break;
        }
        assert_int_equal(pending_waiting(talk.pending), talk.waiting);
    }
    assert_int_equal(talk.count, TALK);
    pending_close(talk.pending);
}

static void random_by_order(void **state)
{
    (void)state;
    talk_at_random(PENDING_ORDER);
}

static void random_by_port(void **state)
{
    (void)state;
    talk_at_random(PENDING_PORT);
}

static void random_by_content(void **state)
{
    (void)state;
    talk_at_random(PENDING_ECHO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_at_a_time_is_sure),
        cmocka_unit_test(several_at_once_are_ambiguous_until_none_waits),
        cmocka_unit_test(doubt_after_a_timeout_ends),
        cmocka_unit_test(a_late_answer_is_late),
        cmocka_unit_test(a_credit_in_doubt_makes_the_late_answer_doubtful),
        cmocka_unit_test(a_copy_is_known_by_its_bytes),
        cmocka_unit_test(a_refused_one_leaves_no_doubt),
        cmocka_unit_test(sockets_do_not_mix),
        cmocka_unit_test(an_error_finds_what_it_quotes),
        cmocka_unit_test(a_port_for_each_is_sure),
        cmocka_unit_test(an_echo_is_found_by_its_content),
        cmocka_unit_test(equal_contents_are_ambiguous),
        cmocka_unit_test(each_of_many_answers_once),
        cmocka_unit_test(nobody_of_many_is_a_timeout),
        cmocka_unit_test(deadlines_come_in_their_order),
        cmocka_unit_test(what_waits_is_never_forgotten),
        cmocka_unit_test(random_by_order),
        cmocka_unit_test(random_by_port),
        cmocka_unit_test(random_by_content),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
