/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* burst: servers of every kind in the hands of the test: udptui, foreign, silent, gone. */
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../await.h"
#include "../suite.h"
#include "../unreachable.h"
#include "target.h"

#include "udptui/base/units.h"
#include "udptui/probe/burst.h"
#include "udptui/proto/counters.h"
#include "udptui/sys/clock.h"

static const int64_t timeout_ns = UNITS_NS_PER_S;
static const int64_t patience_ns = 20 * UNITS_NS_PER_S;

/* A server, and what it does with datagrams. */
struct burst_server {
    struct target target;
    bool counts;  /* it answers questions for counters */
    bool answers; /* and all others, or every other question as well */
    bool repeats; /* copies of its first counters come late: with the first reply, and before the
                   * second counters */
    struct counters counters;
    uint64_t lose_from; /* it does not read what comes after so many datagrams */
    uint64_t read, questions;
    size_t first_bytes;
    uint8_t first[64], last[64];
    uint8_t copy[COUNTERS_REPLY_MAX]; /* of the first counters */
    size_t copy_bytes;
};

static void server_repeat(struct burst_server *server)
{
    if (server->repeats && server->copy_bytes > 0)
        target_reply(&server->target, server->copy, server->copy_bytes);
}

static void server_count(struct burst_server *server)
{
    uint8_t reply[COUNTERS_REPLY_MAX];
    size_t length;

    server->questions++;
    if (!server->counts && server->answers)
        target_reply(&server->target, "Message received", 16);
    if (!server->counts)
        return;
    server_repeat(server);
    length = counters_write(&server->counters, reply);
    if (server->copy_bytes == 0) {
        memcpy(server->copy, reply, length);
        server->copy_bytes = length;
    }
    server->counters.received++;
    target_reply(&server->target, reply, length);
}

static void server_read(struct burst_server *server)
{
    const struct target *target = &server->target;

    if (server->lose_from > 0 && server->read >= server->lose_from) {
        server->counters.dropped++;
        return;
    }
    if (server->read++ == 0) {
        server_repeat(server);
        server->first_bytes = target->size_bytes;
        memcpy(server->first, target->bytes, sizeof server->first);
    }
    memcpy(server->last, target->bytes, sizeof server->last);
    server->counters.received++;
    if (server->answers)
        target_reply(&server->target, "Message received", 16);
}

static void server_turn(struct burst_server *server)
{
    while (target_take(&server->target))
        if (counters_is_question(server->target.bytes, server->target.size_bytes))
            server_count(server);
        else
            server_read(server);
}

/* Both sides take turns until the end. */
static struct burst_result run_burst(struct burst_server *server, uint64_t count, size_t size_bytes)
{
    const struct trial_config config = {.target = server->target.address,
                                        .timeout_ns =
                                            server->repeats ? patience_ns / 2 : timeout_ns};
    int64_t end_ns = clock_monotonic_ns() + patience_ns;
    char error[TRIAL_ERROR_SIZE];
    struct burst *burst = burst_open(&config, count, size_bytes, error);
    struct burst_result result;

    assert_non_null(burst);
    while (!burst_turn(burst)) {
        assert_true(clock_monotonic_ns() < end_ns);
        server_turn(server);
        if (clock_monotonic_ns() < burst_deadline_ns(burst))
            poll(&(struct pollfd){.fd = burst_fd(burst), .events = POLLIN}, 1, 1);
    }
    result = burst_result(burst);
    burst_close(burst);
    return result;
}

static void a_udptui_tells_what_it_read(void **state)
{
    struct burst_server server = {.counts = true, .answers = true, .lose_from = 7};
    struct burst_result result;

    (void)state;
    target_open(&server.target);
    server.counters = (struct counters){.received = 1000, .dropped = 50};
    result = run_burst(&server, 10, 20);
    assert_int_equal(server.questions, 2);
    assert_true(result.asked && result.counted);
    assert_int_equal(result.sent, 10);
    assert_int_equal(result.replies, 7);
    assert_int_equal(result.there.received, 7);
    assert_int_equal(result.there.dropped, 3);
    assert_int_equal(result.late, 0);
    target_close(&server.target);
}

static void copies_of_its_counters_are_no_replies(void **state)
{
    struct burst_server server = {.counts = true, .answers = true, .repeats = true};
    struct burst_result result;

    (void)state;
    target_open(&server.target);
    result = run_burst(&server, 10, 20);
    assert_int_equal(server.questions, 2);
    assert_int_equal(result.replies, 10);
    assert_true(result.asked && result.counted);
    assert_int_equal(result.there.received, 10);
    target_close(&server.target);
}

static void another_server_is_asked_once(void **state)
{
    struct burst_server server = {.answers = true};
    struct burst_result result;

    (void)state;
    target_open(&server.target);
    result = run_burst(&server, 3, 8);
    assert_int_equal(server.questions, 1);
    assert_false(result.asked || result.counted);
    assert_int_equal(result.replies, 3); /* that to the question is none of them */
    target_close(&server.target);
}

static void silence_is_waited_for_and_ends(void **state)
{
    struct burst_server server = {.counts = false};
    int64_t began_ns = clock_monotonic_ns();
    struct burst_result result;

    (void)state;
    target_open(&server.target);
    result = run_burst(&server, 3, 8);
    assert_true(clock_monotonic_ns() - began_ns >= 2 * timeout_ns);
    assert_int_equal(server.read, 3);
    assert_int_equal(result.replies, 0);
    assert_int_equal(result.last_reply_ns, -1);
    target_close(&server.target);
}

/* More than one turn sends; the first and the last have their numbers, as far as there is room. */
static void each_has_its_number(void **state)
{
    static const size_t sizes[] = {0, 1, 5, 64};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct burst_server server = {.answers = true};
        char first[65], last[65];
        struct burst_result result;
        target_open(&server.target);
        result = run_burst(&server, 1234, sizes[i]);
        assert_int_equal(result.sent, 1234);
        assert_true(server.read + result.errors <= 1234);
        snprintf(first, sizeof first, "%-64s", "1");
        snprintf(last, sizeof last, "%-64s", "1234");
        assert_int_equal(server.first_bytes, sizes[i]);
        assert_memory_equal(server.first, first, sizes[i]);
        if (server.read == 1234) /* the receive queue has room for all of them */
            assert_memory_equal(server.last, last, sizes[i]);
        target_close(&server.target);
    }
}

static void a_closed_port_is_an_icmp_error(void **state)
{
    struct burst_server server = {.counts = false};
    struct burst_result result;

    (void)state;
    target_open(&server.target);
    target_close(&server.target);
    server.target.fd = -1;
    result = run_burst(&server, 1, 8);
    assert_int_equal(result.sent, 1);
    assert_int_equal(result.errors, 1);
    assert_non_null(strstr(result.why, "port unreachable"));
    assert_false(result.asked || result.counted);
}

static void what_cannot_be_sent_ends_it(void **state)
{
    struct burst_server server = {.answers = true};
    struct burst_result result;

    (void)state;
    target_open(&server.target);
    result = run_burst(&server, 5, 65508); /* one byte more than IPv4 allows */
    assert_int_equal(result.sent, 0);
    assert_non_null(strstr(result.why, "not sent: "));
    target_close(&server.target);
}

/* A router whose error comes between two turns of sending. */
static void an_icmp_error_does_not_end_it(void **state)
{
    struct burst_server server = {.answers = true};
    int64_t end_ns = clock_monotonic_ns() + patience_ns;
    char error[TRIAL_ERROR_SIZE];
    bool told = false, ended;

    (void)state;
    target_open(&server.target);
    const struct trial_config config = {.target = server.target.address, .timeout_ns = timeout_ns};
    struct burst *burst = burst_open(&config, 1234, 8, error);
    assert_non_null(burst);
    do {
        assert_true(clock_monotonic_ns() < end_ns);
        ended = burst_turn(burst);
        server_turn(&server);
        if (told || burst_result(burst).sent == 0)
            continue;
        told = true;
        unreachable_send(ICMP_NET_UNREACH, ntohs(server.target.from.sin_port),
                         server.target.address.port);
        await_error(burst_fd(burst));
    } while (!ended);
    assert_int_equal(burst_result(burst).sent, 1234);
    assert_int_equal(burst_result(burst).errors, 1);
    burst_close(burst);
    target_close(&server.target);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_udptui_tells_what_it_read),
    cmocka_unit_test(copies_of_its_counters_are_no_replies),
    cmocka_unit_test(another_server_is_asked_once),
    cmocka_unit_test(silence_is_waited_for_and_ends),
    cmocka_unit_test(each_has_its_number),
    cmocka_unit_test(a_closed_port_is_an_icmp_error),
    cmocka_unit_test(what_cannot_be_sent_ends_it),
    cmocka_unit_test(an_icmp_error_does_not_end_it),
};

const struct suite suite_burst = {
    .name = "burst", .tests = tests, .count = sizeof tests / sizeof *tests};
