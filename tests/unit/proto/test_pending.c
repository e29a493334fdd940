/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pending: each rule of the header, with exchanges that show it; test_pending_model.c lets chance
 * play the network. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/proto/pending.h"

enum { TIMEOUT = 1000 };

static struct pending *open_table(uint32_t capacity, enum pending_mode mode)
{
    struct pending *pending =
        pending_open(&(struct pending_options){.capacity = capacity, .channels = 8, .mode = mode});

    assert_non_null(pending);
    return pending;
}

static struct endpoint sender(uint8_t number)
{
    return (struct endpoint){.family = ENDPOINT_IPV4, .address = {192, 0, 2, number}, .port = 4010};
}

/* By the channel that it should leave by. Returns that. */
static uint32_t add_message(struct pending *pending, struct pending_message message, int64_t now_ns)
{
    struct pending_pick pick;

    assert_true(pending_has_room(pending));
    pick = pending_pick_channel(pending);
    if (pick.fresh)
        pending_renew_channel(pending, pick.channel, false);
    message.channel = pick.channel;
    pending_add(pending, &message, now_ns, TIMEOUT);
    return pick.channel;
}

static uint32_t add(struct pending *pending, uint64_t seq, const char *text, int64_t now_ns)
{
    return add_message(
        pending, (struct pending_message){.seq = seq, .bytes = text, .size_bytes = strlen(text)},
        now_ns);
}

static uint32_t add_to_all(struct pending *pending, uint64_t seq, int64_t now_ns)
{
    return add_message(pending, (struct pending_message){.seq = seq, .several = true, .bytes = ""},
                       now_ns);
}

static struct pending_match reply_from(struct pending *pending, uint8_t who, uint32_t channel,
                                       const char *text, int64_t now_ns)
{
    struct endpoint from = sender(who);
    struct pending_arrival arrival = {.channel = channel,
                                      .bytes = text,
                                      .size_bytes = strlen(text),
                                      .from = &from,
                                      .received_ns = now_ns,
                                      .taken_ns = now_ns + 5};

    return pending_reply(pending, &arrival);
}

static struct pending_match reply(struct pending *pending, uint32_t channel, const char *text,
                                  int64_t now_ns)
{
    return reply_from(pending, 1, channel, text, now_ns);
}

/* Kind, number, how sure; nothing earlier is taken back. */
static void expect(struct pending_match match, enum pending_kind kind, uint64_t seq,
                   enum pending_certainty certainty)
{
    assert_int_equal(match.kind, kind);
    assert_int_equal(match.seq, seq);
    assert_int_equal(match.certainty, certainty);
    assert_false(match.withdrawn.any);
}

/* The times from first to last are taken back, count of them answers. */
static void expect_withdrawn(struct pending_match match, enum pending_kind kind, uint64_t seq,
                             uint64_t first, uint64_t last, uint64_t count)
{
    assert_int_equal(match.kind, kind);
    assert_int_equal(match.seq, seq);
    assert_true(match.withdrawn.any);
    assert_int_equal(match.withdrawn.first_seq, first);
    assert_int_equal(match.withdrawn.last_seq, last);
    assert_int_equal(match.withdrawn.count, count);
}

static void expire(struct pending *pending, uint64_t seq, enum pending_state state, int64_t now_ns)
{
    struct pending_request *request = pending_expire(pending, now_ns);

    assert_non_null(request);
    assert_int_equal(request->seq, seq);
    assert_int_equal(request->state, state);
}

/* ---- one port */

static void one_at_a_time_keeps_one_port(void **state)
{
    struct pending *pending = open_table(8, PENDING_AUTO);

    (void)state;
    for (uint64_t seq = 1; seq <= 20; seq++) {
        assert_int_equal(add(pending, seq, "hello", (int64_t)seq * 100), 0);
        struct pending_match match = reply(pending, 0, "ack", (int64_t)seq * 100 + 7);
        expect(match, PENDING_REPLY, seq, seq == 1 ? PENDING_SURE : PENDING_SHARED);
        assert_int_equal(match.rtt_ns, 7);
        assert_int_equal(match.size_bytes, 5);
        assert_int_equal(match.answers, 1);
    }
    assert_int_equal(pending_shared(pending), 19);
    assert_int_equal(pending_waiting(pending), 0);
    assert_int_equal(pending_deadline_ns(pending), INT64_MAX);
    pending_close(pending);
}

static void a_second_reply_takes_back_what_shared_its_port(void **state)
{
    struct pending *pending = open_table(8, PENDING_AUTO);

    (void)state;
    for (uint64_t seq = 1; seq <= 3; seq++) {
        add(pending, seq, "a", (int64_t)seq * 100);
        reply(pending, 0, "x", (int64_t)seq * 100 + 10);
    }
    expect_withdrawn(reply(pending, 0, "x", 320), PENDING_DUPLICATE, 3, 2, 3, 2);
    assert_int_equal(pending_shared(pending), 0);
    assert_int_not_equal(add(pending, 4, "b", 400), 0);
    pending_close(pending);
}

/* What came for 2 was a copy of the reply to 1: the true one looks like one more. */
static void a_copy_that_came_first_is_found_afterwards(void **state)
{
    struct pending *pending = open_table(8, PENDING_AUTO);

    (void)state;
    add(pending, 1, "a", 0);
    expect(reply(pending, 0, "to a", 10), PENDING_REPLY, 1, PENDING_SURE);
    add(pending, 2, "b", 50);
    expect(reply(pending, 0, "to a", 60), PENDING_REPLY, 2, PENDING_SHARED);
    expect_withdrawn(reply(pending, 0, "to b", 90), PENDING_MORE, 2, 2, 2, 1);
    pending_close(pending);
}

/* It came while 2 was on its way, but before 2 was sent. */
static void nothing_answers_what_was_sent_later(void **state)
{
    struct pending *pending = open_table(8, PENDING_ORDER);

    (void)state;
    add(pending, 1, "a", 0);
    expect(reply(pending, 0, "x", 10), PENDING_REPLY, 1, PENDING_SURE);
    add(pending, 2, "b", 50);
    expect(reply(pending, 0, "x", 49), PENDING_DUPLICATE, 1, PENDING_SURE);
    expect(reply(pending, 0, "x", 60), PENDING_REPLY, 2, PENDING_UNSURE);
    pending_close(pending);
}

static void further_datagrams_belong_to_the_latest_message(void **state)
{
    struct pending *pending = open_table(8, PENDING_AUTO);

    (void)state;
    uint32_t first = add(pending, 1, "invite", 0);
    expect(reply(pending, first, "trying", 10), PENDING_REPLY, 1, PENDING_SURE);
    expect(reply(pending, first, "ringing", 20), PENDING_MORE, 1, PENDING_SURE);
    expect(reply(pending, first, "trying", 25), PENDING_DUPLICATE, 1, PENDING_SURE);
    uint32_t second = add(pending, 2, "bye", 30);
    assert_int_not_equal(first, second);
    expect(reply(pending, first, "ok", 40), PENDING_MORE, 1, PENDING_SURE);
    expect(reply(pending, second, "done", 50), PENDING_REPLY, 2, PENDING_SURE);
    pending_close(pending);
}

/* ---- a port for each message that needs one */

static void a_timeout_changes_the_port(void **state)
{
    struct pending *pending = open_table(8, PENDING_AUTO);

    (void)state;
    uint32_t first = add(pending, 1, "a", 0);
    expire(pending, 1, PENDING_EXPIRED, TIMEOUT);
    uint32_t second = add(pending, 2, "b", TIMEOUT);
    assert_int_not_equal(first, second);
    struct pending_match late = reply(pending, first, "x", 50000);
    expect(late, PENDING_LATE, 1, PENDING_SURE);
    assert_int_equal(late.rtt_ns, 50000);
    expect(reply(pending, second, "x", 50001), PENDING_REPLY, 2, PENDING_SURE);
    assert_int_equal(add(pending, 3, "c", 50002), second);
    expect(reply(pending, second, "x", 50003), PENDING_REPLY, 3, PENDING_SHARED);
    pending_close(pending);
}

static void what_overlaps_leaves_from_other_ports(void **state)
{
    struct pending *pending = open_table(8, PENDING_AUTO);

    (void)state;
    uint32_t first = add(pending, 1, "a", 0);
    uint32_t second = add(pending, 2, "b", 0);
    assert_int_not_equal(first, second);
    expect(reply(pending, second, "x", 10), PENDING_REPLY, 2, PENDING_SURE);
    assert_int_equal(add(pending, 3, "c", 20), second);
    expect(reply(pending, first, "x", 30), PENDING_REPLY, 1, PENDING_SURE);
    expect(reply(pending, second, "x", 40), PENDING_REPLY, 3, PENDING_SHARED);
    pending_close(pending);
}

/* All ports wait: the next must share one, and both are marked. */
static void without_a_free_port_times_are_unsure(void **state)
{
    struct pending *pending = open_table(16, PENDING_AUTO);
    uint32_t channel = 0;

    (void)state;
    for (uint64_t seq = 1; seq <= 9; seq++)
        channel = add(pending, seq, "a", 0);
    expect(reply(pending, channel, "x", 10), PENDING_REPLY, 8, PENDING_UNSURE);
    expect(reply(pending, channel, "x", 20), PENDING_REPLY, 9, PENDING_UNSURE);
    add(pending, 10, "b", 30);
    expect(reply(pending, channel, "x", 40), PENDING_REPLY, 10, PENDING_SHARED);
    pending_close(pending);
}

/* A socket in the place of an old one has nothing to do with what left by that. */
static void a_new_socket_knows_nothing_of_the_old_one(void **state)
{
    struct pending *pending = open_table(64, PENDING_AUTO);
    uint32_t first = add(pending, 1, "a", 0);
    uint32_t channel;
    uint64_t seq = 1;

    (void)state;
    expire(pending, 1, PENDING_EXPIRED, TIMEOUT);
    do {
        channel = add(pending, ++seq, "b", TIMEOUT);
        pending_expire(pending, INT64_MAX / 2);
    } while (channel != first);
    expect(reply(pending, first, "x", INT64_MAX / 2), PENDING_LATE, seq, PENDING_SURE);
    pending_close(pending);
}

static void after_a_second_reply_each_has_a_port(void **state)
{
    struct pending *pending = open_table(8, PENDING_AUTO);

    (void)state;
    add(pending, 1, "a", 0);
    reply(pending, 0, "x", 10);
    reply(pending, 0, "x", 20);
    uint32_t second = add(pending, 2, "b", 30);
    expect(reply(pending, second, "x", 40), PENDING_REPLY, 2, PENDING_SURE);
    uint32_t third = add(pending, 3, "c", 50);
    assert_int_not_equal(second, third);
    expect(reply(pending, third, "x", 60), PENDING_REPLY, 3, PENDING_SURE);
    pending_close(pending);
}

static void another_target_begins_anew(void **state)
{
    struct pending *pending = open_table(8, PENDING_ORDER);

    (void)state;
    add(pending, 1, "a", 0);
    expire(pending, 1, PENDING_EXPIRED, TIMEOUT);
    pending_change_target(pending);
    uint32_t second = add(pending, 2, "b", TIMEOUT);
    assert_int_not_equal(second, 0);
    expect(reply(pending, second, "x", TIMEOUT + 5), PENDING_REPLY, 2, PENDING_SURE);
    expect(reply(pending, 0, "y", TIMEOUT + 6), PENDING_LATE, 1, PENDING_SURE);
    pending_close(pending);
}

/* The port had the target before: what is still on its way may come to it. */
static void a_port_used_before_is_never_sure(void **state)
{
    struct pending *pending = open_table(8, PENDING_ORDER);

    (void)state;
    pending_renew_channel(pending, 0, true);
    add(pending, 1, "a", 0);
    expect(reply(pending, 0, "x", 5), PENDING_REPLY, 1, PENDING_UNSURE);
    pending_close(pending);
}

/* ---- by order */

static void several_at_once_are_unsure_until_all_are_answered(void **state)
{
    struct pending *pending = open_table(8, PENDING_ORDER);

    (void)state;
    add(pending, 1, "a", 0);
    add(pending, 2, "b", 0);
    expect(reply(pending, 0, "x", 10), PENDING_REPLY, 1, PENDING_UNSURE);
    expect(reply(pending, 0, "x", 10), PENDING_REPLY, 2, PENDING_UNSURE);
    add(pending, 3, "c", 20);
    expect(reply(pending, 0, "x", 30), PENDING_REPLY, 3, PENDING_SHARED);
    pending_close(pending);
}

static void doubt_after_a_timeout_lasts(void **state)
{
    struct pending *pending = open_table(2, PENDING_ORDER);
    const int64_t hour = 1000000;

    (void)state;
    add(pending, 1, "a", 0);
    assert_null(pending_expire(pending, TIMEOUT - 1));
    expire(pending, 1, PENDING_EXPIRED, TIMEOUT);
    assert_null(pending_expire(pending, TIMEOUT));
    for (uint64_t seq = 2; seq < 6; seq++) { /* also when the table has forgotten why */
        add(pending, seq, "b", (int64_t)seq * hour);
        expect(reply(pending, 0, "x", (int64_t)seq * hour + 5), PENDING_REPLY, seq, PENDING_UNSURE);
    }
    pending_close(pending);
}

/* As many replies as requests: the next one is distinguished again. */
static void a_late_reply_ends_the_doubt(void **state)
{
    struct pending *pending = open_table(8, PENDING_ORDER);

    (void)state;
    add(pending, 1, "a", 0);
    expire(pending, 1, PENDING_EXPIRED, TIMEOUT);
    add(pending, 2, "b", TIMEOUT);
    expect(reply(pending, 0, "x", TIMEOUT + 5), PENDING_REPLY, 2, PENDING_UNSURE);
    expect(reply(pending, 0, "y", TIMEOUT + 6), PENDING_LATE, 1, PENDING_UNSURE);
    add(pending, 3, "c", TIMEOUT + 10);
    expect(reply(pending, 0, "x", TIMEOUT + 20), PENDING_REPLY, 3, PENDING_SHARED);
    pending_close(pending);
}

static void a_stray_makes_the_port_unsure(void **state)
{
    struct pending *pending = open_table(8, PENDING_ORDER);

    (void)state;
    pending_renew_channel(pending, 0, false);
    assert_int_equal(reply(pending, 0, "psst", 0).kind, PENDING_UNSOLICITED);
    add(pending, 1, "a", 10);
    expect(reply(pending, 0, "x", 20), PENDING_REPLY, 1, PENDING_UNSURE);
    pending_close(pending);
}

static void a_refused_one_leaves_no_doubt(void **state)
{
    struct pending *pending = open_table(8, PENDING_ORDER);

    (void)state;
    add(pending, 1, "a", 0);
    pending_fail(pending, pending_oldest(pending, 0));
    assert_null(pending_oldest(pending, 0));
    assert_int_equal(pending_waiting(pending), 0);
    add(pending, 2, "b", 10);
    expect(reply(pending, 0, "x", 20), PENDING_REPLY, 2, PENDING_SHARED);
    pending_close(pending);
}

/* The error is about one transmission; a reply to another one may still be on its way. */
static void what_was_sent_before_the_refused_one_may_be_answered(void **state)
{
    struct pending *pending = open_table(8, PENDING_ORDER);

    (void)state;
    add(pending, 1, "a", 0);
    pending_resent(pending, pending_expire(pending, TIMEOUT), TIMEOUT, TIMEOUT);
    pending_fail(pending, pending_oldest(pending, 0));
    add(pending, 2, "b", TIMEOUT + 10);
    expect(reply(pending, 0, "x", TIMEOUT + 20), PENDING_REPLY, 2, PENDING_UNSURE);
    pending_close(pending);
}

static void a_request_whose_transmissions_are_all_refused_leaves_no_doubt(void **state)
{
    struct pending *pending = open_table(8, PENDING_ORDER);

    (void)state;
    add(pending, 1, "a", 0);
    pending_refused(pending, pending_oldest(pending, 0));
    pending_resent(pending, pending_expire(pending, TIMEOUT), TIMEOUT, TIMEOUT);
    pending_fail(pending, pending_oldest(pending, 0));
    add(pending, 2, "b", TIMEOUT + 10);
    expect(reply(pending, 0, "x", TIMEOUT + 20), PENDING_REPLY, 2, PENDING_SHARED);
    pending_close(pending);
}

static void an_error_finds_what_it_quotes(void **state)
{
    struct pending *pending = open_table(8, PENDING_ORDER);

    (void)state;
    add(pending, 1, "a", 0);
    add(pending, 2, "b", 0);
    add(pending, 3, "b", 0);
    assert_int_equal(pending_find(pending, 0, "b", 1)->seq, 2);
    assert_null(pending_find(pending, 0, "c", 1));
    assert_null(pending_find(pending, 1, "b", 1));
    pending_close(pending);
}

static void a_clock_that_was_set_makes_no_time_sure(void **state)
{
    struct pending *pending = open_table(8, PENDING_AUTO);
    struct endpoint from = sender(1);
    struct pending_arrival arrival = {
        .bytes = "x", .size_bytes = 1, .from = &from, .received_ns = 5, .received_unsure = true};

    (void)state;
    add(pending, 1, "a", 0);
    expect(pending_reply(pending, &arrival), PENDING_REPLY, 1, PENDING_UNSURE);
    pending_close(pending);
}

/* ---- by port and by content */

static void a_port_for_each_is_sure(void **state)
{
    struct pending *pending = open_table(8, PENDING_PORT);

    (void)state;
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(add(pending, i + 1, "same", 0), i);
    expect(reply(pending, 2, "x", 10), PENDING_REPLY, 3, PENDING_SURE);
    expect(reply(pending, 0, "x", 20), PENDING_REPLY, 1, PENDING_SURE);
    expect(reply(pending, 2, "x", 30), PENDING_DUPLICATE, 3, PENDING_SURE);
    expire(pending, 2, PENDING_EXPIRED, TIMEOUT);
    expect(reply(pending, 1, "x", TIMEOUT + 1), PENDING_LATE, 2, PENDING_SURE);
    expect(reply(pending, 1, "x", TIMEOUT + 2), PENDING_DUPLICATE, 2, PENDING_SURE);
    pending_close(pending);
}

static void an_echo_is_found_by_its_content(void **state)
{
    struct pending *pending = open_table(8, PENDING_ECHO);

    (void)state;
    add(pending, 1, "one", 0);
    add(pending, 2, "two", 0);
    add(pending, 3, "", 0);
    expect(reply(pending, 0, "", 10), PENDING_REPLY, 3, PENDING_SURE);
    expect(reply(pending, 0, "two", 10), PENDING_REPLY, 2, PENDING_SURE);
    expect(reply(pending, 0, "two", 20), PENDING_DUPLICATE, 2, PENDING_SURE);
    assert_int_equal(reply(pending, 0, "three", 20).kind, PENDING_UNSOLICITED);
    expire(pending, 1, PENDING_EXPIRED, TIMEOUT);
    expect(reply(pending, 0, "one", TIMEOUT + 1), PENDING_LATE, 1, PENDING_SURE);
    pending_close(pending);
}

static void equal_contents_are_told_apart_as_on_one_port(void **state)
{
    struct pending *pending = open_table(8, PENDING_ECHO);

    (void)state;
    add(pending, 1, "tick", 0);
    add(pending, 2, "tick", 0);
    add(pending, 3, "tock", 0);
    expect(reply(pending, 0, "tock", 5), PENDING_REPLY, 3, PENDING_SURE);
    expect(reply(pending, 0, "tick", 10), PENDING_REPLY, 1, PENDING_UNSURE);
    expect(reply(pending, 0, "tick", 20), PENDING_REPLY, 2, PENDING_UNSURE);
    add(pending, 4, "tick", 30);
    expect(reply(pending, 0, "tick", 40), PENDING_REPLY, 4, PENDING_SHARED);
    add(pending, 5, "tick", 50);
    expire(pending, 5, PENDING_EXPIRED, 50 + TIMEOUT);
    add(pending, 6, "tick", 60 + TIMEOUT);
    expect(reply(pending, 0, "tick", 70 + TIMEOUT), PENDING_REPLY, 6, PENDING_UNSURE);
    add(pending, 7, "tock", 80 + TIMEOUT);
    expect(reply(pending, 0, "tock", 90 + TIMEOUT), PENDING_REPLY, 7, PENDING_SHARED);
    expect_withdrawn(reply(pending, 0, "tock", 95 + TIMEOUT), PENDING_DUPLICATE, 7, 4, 7, 2);
    pending_close(pending);
}

/* ---- several answers */

static void each_of_many_answers_once(void **state)
{
    struct pending *pending = open_table(8, PENDING_AUTO);

    (void)state;
    add_to_all(pending, 1, 0);
    struct pending_match first = reply_from(pending, 1, 0, "here", 10);
    struct pending_match second = reply_from(pending, 2, 0, "here", 20);
    expect(first, PENDING_REPLY, 1, PENDING_SURE);
    expect(second, PENDING_REPLY, 1, PENDING_SURE);
    assert_int_equal(first.answers, 1);
    assert_int_equal(second.answers, 2);
    expect(reply_from(pending, 1, 0, "here", 30), PENDING_DUPLICATE, 1, PENDING_SURE);
    expect(reply_from(pending, 1, 0, "still here", 35), PENDING_MORE, 1, PENDING_SURE);
    assert_int_equal(pending_waiting(pending), 1);
    expire(pending, 1, PENDING_ANSWERED, TIMEOUT);
    expect(reply_from(pending, 3, 0, "me too", TIMEOUT + 9), PENDING_LATE, 1, PENDING_SURE);
    assert_int_not_equal(add_to_all(pending, 2, TIMEOUT + 10), 0);
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

static void so_many_replies_are_waited_for(void **state)
{
    struct pending *pending = open_table(8, PENDING_AUTO);
    struct pending_message message = {.seq = 1, .wanted = 3, .bytes = ""};

    (void)state;
    add_message(pending, message, 0);
    expect(reply(pending, 0, "one", 10), PENDING_REPLY, 1, PENDING_SURE);
    expect(reply(pending, 0, "one", 20), PENDING_DUPLICATE, 1, PENDING_SURE);
    expect(reply(pending, 0, "two", 30), PENDING_MORE, 1, PENDING_SURE);
    assert_int_equal(pending_waiting(pending), 1);
    expect(reply(pending, 0, "three", 40), PENDING_MORE, 1, PENDING_SURE);
    assert_int_equal(pending_waiting(pending), 0);
    message.seq = 2;
    uint32_t channel = add_message(pending, message, 50);
    reply(pending, channel, "one", 60);
    expire(pending, 2, PENDING_ANSWERED, 50 + TIMEOUT);
    pending_close(pending);
}

/* They are expected: no reply came twice. */
static void so_many_replies_leave_no_doubt(void **state)
{
    struct pending *pending = open_table(8, PENDING_AUTO);
    struct pending_message message = {.wanted = 2, .bytes = ""};

    (void)state;
    for (message.seq = 1; message.seq <= 3; message.seq++) {
        int64_t now_ns = (int64_t)message.seq * 100;
        assert_int_equal(add_message(pending, message, now_ns), 0);
        expect(reply(pending, 0, "one", now_ns + 10), PENDING_REPLY, message.seq,
               message.seq == 1 ? PENDING_SURE : PENDING_SHARED);
        assert_int_equal(reply(pending, 0, "two", now_ns + 20).kind, PENDING_MORE);
    }
    assert_int_equal(pending_shared(pending), 2);
    pending_close(pending);
}

static void a_missing_reply_may_come_later(void **state)
{
    struct pending_message message = {.seq = 1, .wanted = 2, .bytes = ""};
    struct pending *pending = open_table(8, PENDING_AUTO);

    (void)state;
    add_message(pending, message, 0);
    reply(pending, 0, "one", 10);
    expire(pending, 1, PENDING_ANSWERED, TIMEOUT);
    assert_int_not_equal(add(pending, 2, "b", TIMEOUT), 0);
    pending_close(pending);
    pending = open_table(8, PENDING_ORDER);
    add_message(pending, message, 0);
    reply(pending, 0, "one", 10);
    expire(pending, 1, PENDING_ANSWERED, TIMEOUT);
    add(pending, 2, "b", TIMEOUT);
    expect(reply(pending, 0, "two", TIMEOUT + 10), PENDING_REPLY, 2, PENDING_UNSURE);
    pending_close(pending);
}

static void listening_goes_on_for_a_time(void **state)
{
    struct pending *pending = open_table(8, PENDING_AUTO);
    struct pending_message message = {.seq = 1, .wait_ns = 5 * TIMEOUT, .bytes = ""};

    (void)state;
    add_message(pending, message, 0);
    reply(pending, 0, "one", 10);
    assert_null(pending_oldest(pending, 0));
    assert_null(pending_expire(pending, 9 + 5 * TIMEOUT));
    expect(reply(pending, 0, "two", 20), PENDING_MORE, 1, PENDING_SURE);
    expire(pending, 1, PENDING_ANSWERED, 10 + 5 * TIMEOUT);
    message.seq = 2;
    add_message(pending, message, 6 * TIMEOUT);
    expire(pending, 2, PENDING_EXPIRED, 7 * TIMEOUT);
    pending_close(pending);
}

/* ---- deadlines, resends, room */

static void a_resent_one_is_never_sure(void **state)
{
    struct pending *pending = open_table(8, PENDING_AUTO);
    struct pending_request *request;

    (void)state;
    uint32_t channel = add(pending, 1, "a", 0);
    request = pending_expire(pending, TIMEOUT);
    pending_resent(pending, request, TIMEOUT, 2 * TIMEOUT);
    assert_null(pending_expire(pending, 3 * TIMEOUT - 1));
    assert_int_equal(pending_deadline_ns(pending), 3 * TIMEOUT);
    struct pending_match match = reply(pending, channel, "x", TIMEOUT + 30);
    expect(match, PENDING_REPLY, 1, PENDING_UNSURE);
    assert_int_equal(match.rtt_ns, 30);
    assert_int_equal(match.resends, 1);
    expect(reply(pending, channel, "x", TIMEOUT + 40), PENDING_DUPLICATE, 1, PENDING_UNSURE);
    uint32_t second = add(pending, 2, "b", TIMEOUT + 50);
    assert_int_not_equal(channel, second);
    expect(reply(pending, second, "x", TIMEOUT + 60), PENDING_REPLY, 2, PENDING_SURE);
    assert_int_equal(add(pending, 3, "c", TIMEOUT + 70), second); /* no reply came twice */
    pending_close(pending);
}

static void deadlines_come_in_their_order(void **state)
{
    struct pending *pending = open_table(8, PENDING_PORT);

    (void)state;
    add(pending, 1, "a", 0);
    add(pending, 2, "b", 100);
    struct pending_request *request = pending_expire(pending, TIMEOUT);
    pending_resent(pending, request, TIMEOUT, 2 * TIMEOUT);
    assert_int_equal(pending_waiting(pending), 2);
    expire(pending, 2, PENDING_EXPIRED, 100 + TIMEOUT);
    expire(pending, 1, PENDING_EXPIRED, 3 * TIMEOUT);
    assert_int_equal(pending_deadline_ns(pending), INT64_MAX);
    pending_close(pending);
}

static void what_waits_is_never_forgotten(void **state)
{
    struct pending *pending = open_table(3, PENDING_PORT);

    (void)state;
    for (uint64_t seq = 1; seq <= 3; seq++)
        add(pending, seq, "a", 0);
    assert_false(pending_has_room(pending));
    reply(pending, 1, "x", 10);
    assert_false(pending_has_room(pending));
    reply(pending, 0, "x", 10);
    assert_true(pending_has_room(pending));
    pending_close(pending);
}

static void a_port_for_each_needs_ports(void **state)
{
    struct pending *pending = open_table(64, PENDING_PORT);

    (void)state;
    for (uint64_t seq = 1; seq <= 8; seq++)
        add(pending, seq, "a", 0);
    assert_false(pending_has_room(pending));
    reply(pending, 5, "x", 10);
    assert_true(pending_has_room(pending));
    assert_int_equal(add(pending, 9, "a", 20), 5);
    pending_close(pending);
}

/* ---- the kernel's times of sending */

static void the_kernels_time_of_sending_counts(void **state)
{
    struct pending *pending = open_table(8, PENDING_ORDER);
    struct pending_match match;

    (void)state;
    add(pending, 1, "a", 100);
    add(pending, 3, "b", 200); /* the second did not leave */
    pending_stamp(pending, 1, 100, 110);
    pending_stamp(pending, 2, 100, 150);
    pending_stamp(pending, 3, 200, 230);
    match = reply(pending, 0, "x", 300);
    assert_int_equal(match.seq, 1);
    assert_int_equal(match.rtt_ns, 190);
    assert_int_equal(match.rtt_app_ns, 205);
    match = reply(pending, 0, "y", 310);
    assert_int_equal(match.seq, 3);
    assert_int_equal(match.rtt_ns, 80);
    assert_int_equal(match.rtt_app_ns, 115);
    pending_close(pending);
}

static void a_time_of_sending_that_does_not_fit_is_left_out(void **state)
{
    struct pending *pending = open_table(8, PENDING_ORDER);
    struct pending_request *request;

    (void)state;
    add(pending, 1, "a", 100);
    pending_stamp(pending, 1, 100, 99); /* before the call */
    pending_stamp(pending, 1, 90, 120); /* of another transmission */
    pending_stamp(pending, 7, 100, 120);
    assert_int_equal(reply(pending, 0, "x", 300).rtt_ns, 200);
    pending_stamp(pending, 1, 100, 120); /* it is answered */
    add(pending, 2, "b", 400);
    pending_stamp(pending, 2, 400, 410);
    pending_stamp(pending, 2, 400, 450); /* twice: a fragment's */
    assert_int_equal(reply(pending, 0, "x", 500).rtt_ns, 90);
    add(pending, 3, "c", 600);
    request = pending_expire(pending, 600 + TIMEOUT);
    assert_non_null(request);
    pending_resent(pending, request, 2000, TIMEOUT);
    pending_stamp(pending, 3, 600, 650); /* of the first transmission */
    struct pending_match match = reply(pending, 0, "x", 2100);
    assert_int_equal(match.rtt_ns, 100);
    assert_int_equal(match.rtt_app_ns, 105);
    pending_close(pending);
}

static void a_deadline_counts_from_the_call(void **state)
{
    struct pending *pending = open_table(8, PENDING_ORDER);

    (void)state;
    add(pending, 1, "a", 100);
    pending_stamp(pending, 1, 100, 130);
    assert_int_equal(pending_deadline_ns(pending), 100 + TIMEOUT);
    struct pending_request *request = pending_expire(pending, 100 + TIMEOUT);
    assert_non_null(request);
    assert_int_equal(request->deadline_ns - request->sent_app_ns, TIMEOUT);
    pending_close(pending);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_kernels_time_of_sending_counts),
    cmocka_unit_test(a_time_of_sending_that_does_not_fit_is_left_out),
    cmocka_unit_test(a_deadline_counts_from_the_call),
    cmocka_unit_test(one_at_a_time_keeps_one_port),
    cmocka_unit_test(a_second_reply_takes_back_what_shared_its_port),
    cmocka_unit_test(a_copy_that_came_first_is_found_afterwards),
    cmocka_unit_test(nothing_answers_what_was_sent_later),
    cmocka_unit_test(further_datagrams_belong_to_the_latest_message),
    cmocka_unit_test(a_timeout_changes_the_port),
    cmocka_unit_test(what_overlaps_leaves_from_other_ports),
    cmocka_unit_test(without_a_free_port_times_are_unsure),
    cmocka_unit_test(a_new_socket_knows_nothing_of_the_old_one),
    cmocka_unit_test(after_a_second_reply_each_has_a_port),
    cmocka_unit_test(another_target_begins_anew),
    cmocka_unit_test(a_port_used_before_is_never_sure),
    cmocka_unit_test(several_at_once_are_unsure_until_all_are_answered),
    cmocka_unit_test(doubt_after_a_timeout_lasts),
    cmocka_unit_test(a_late_reply_ends_the_doubt),
    cmocka_unit_test(a_stray_makes_the_port_unsure),
    cmocka_unit_test(a_refused_one_leaves_no_doubt),
    cmocka_unit_test(what_was_sent_before_the_refused_one_may_be_answered),
    cmocka_unit_test(a_request_whose_transmissions_are_all_refused_leaves_no_doubt),
    cmocka_unit_test(an_error_finds_what_it_quotes),
    cmocka_unit_test(a_clock_that_was_set_makes_no_time_sure),
    cmocka_unit_test(a_port_for_each_is_sure),
    cmocka_unit_test(an_echo_is_found_by_its_content),
    cmocka_unit_test(equal_contents_are_told_apart_as_on_one_port),
    cmocka_unit_test(each_of_many_answers_once),
    cmocka_unit_test(nobody_of_many_is_a_timeout),
    cmocka_unit_test(so_many_replies_are_waited_for),
    cmocka_unit_test(so_many_replies_leave_no_doubt),
    cmocka_unit_test(a_missing_reply_may_come_later),
    cmocka_unit_test(listening_goes_on_for_a_time),
    cmocka_unit_test(a_resent_one_is_never_sure),
    cmocka_unit_test(deadlines_come_in_their_order),
    cmocka_unit_test(what_waits_is_never_forgotten),
    cmocka_unit_test(a_port_for_each_needs_ports),
};

const struct suite suite_pending = {
    .name = "pending", .tests = tests, .count = sizeof tests / sizeof *tests};
