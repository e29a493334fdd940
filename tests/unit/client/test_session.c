/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session: what opens, what is refused, what a new target changes, and the reports to the
 * listener. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <arpa/inet.h>
#include <poll.h>
#include <unistd.h>

#include <cmocka.h>

#include "../suite.h"
#include "bench.h"

#include "udptui/base/units.h"
#include "udptui/sys/clock.h"

static const struct session_listener nobody = {.context = NULL};

static void a_fresh_session_has_no_figures(void **state)
{
    struct session_options options = bench_options();
    char target[ENDPOINT_TEXT_SIZE];
    struct bench bench;

    (void)state;
    bench_open(&bench, &options);
    struct send_totals totals = session_totals(bench.session);
    assert_string_equal(endpoint_format(session_target(bench.session), target, sizeof target),
                        bench.target);
    assert_int_equal(totals.sent, 0);
    assert_int_equal(totals.waiting, 0);
    assert_int_equal(totals.rtt_min_ns, -1);
    assert_int_equal(session_longest_rtt_ns(bench.session), -1);
    assert_true(session_is_answered(bench.session));
    bench_close(&bench);
}

/* A target or a --bind as it was typed, and what is wrong with it. */
struct refusal {
    const char *target, *bind;
    int match;
    bool usage;
    const char *text; /* a part of what is said */
};

static void a_wrong_command_line_is_refused(void **state)
{
    static const struct refusal refusals[] = {
        {.target = "127.0.0.1:0", .usage = true, .text = "127.0.0.1:0"},
        {.target = "127.0.0.1:x", .usage = true, .text = "127.0.0.1:x"},
        {.target = "127.0.0.1:9",
         .bind = "127.0.0.1:4011",
         .match = PENDING_PORT,
         .usage = true,
         .text = "--bind 127.0.0.1:4011: --match port uses a new port for each message"},
        {.target = "127.0.0.1:9",
         .bind = "::1",
         .usage = true,
         .text = "--bind ::1: IPv6 cannot send to 127.0.0.1:9, which is IPv4"},
        {.target = "127.0.0.1:9", .bind = "192.0.2.1", .usage = false, .text = "192.0.2.1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct session_options options = bench_options();
        struct problem problem = {.text = ""};
        options.bind = refusals[i].bind;
        options.match = refusals[i].match;
        assert_null(session_open(&options, refusals[i].target, &nobody, &problem));
        if (strstr(problem.text, refusals[i].text) == NULL)
            fail_msg("'%s' is not in '%s'", refusals[i].text, problem.text);
        assert_int_equal(problem.usage, refusals[i].usage);
    }
}

static void the_address_to_send_from_is_known_if_it_was_asked_for(void **state)
{
    struct session_options options = bench_options();
    char text[ENDPOINT_TEXT_SIZE];
    struct bench bench;

    (void)state;
    bench_open(&bench, &options);
    assert_int_equal(session_bound_address(bench.session).family, ENDPOINT_NONE);
    bench_close(&bench);
    options.bind = "127.0.0.1";
    bench_open(&bench, &options);
    const struct endpoint bound = session_bound_address(bench.session);
    assert_string_equal(endpoint_format_address(&bound, text, sizeof text), "127.0.0.1");
    assert_int_equal(bound.port, 0);
    bench_close(&bench);
}

static void a_session_needs_no_listener(void **state)
{
    struct session_options options = bench_options();
    char target[BENCH_TARGET_SIZE];
    struct problem problem;
    struct sockaddr_in client;
    int server_fd = bench_serve(target);
    struct session *session = session_open(&options, target, &nobody, &problem);

    (void)state;
    assert_non_null(session);
    assert_true(exchange_send(session, (const uint8_t *)"x", 1));
    bench_receive(server_fd, &client);
    bench_reply(server_fd, &client, "y");
    while (session_count(session, RESULT_ACKED) == 0) {
        struct pollfd polled[SESSION_CHANNELS_MAX];
        size_t count = exchange_list_polled(session, polled);
        assert_true(poll(polled, count, 10000) > 0);
        exchange_take(session, polled, count);
    }
    session_close(session);
    session_close(NULL);
    close(server_fd);
}

static void the_listener_is_told_calls_and_datagrams(void **state)
{
    struct session_options options = bench_options();
    char address[ENDPOINT_TEXT_SIZE];
    struct sockaddr_in client;
    struct bench bench;

    (void)state;
    options.ttl = 7;
    bench_open(&bench, &options);
    assert_true(bench.opened > 0);
    bench_send(&bench, "hello");
    assert_int_equal(bench.sent_records, 1);
    assert_int_equal(bench.record.size_bytes, 5);
    assert_int_equal(bench.record.hop_limit, 7);
    assert_string_equal(endpoint_format(&bench.record.to, address, sizeof address), bench.target);
    bench_receive(bench.server_fd, &client);
    assert_int_equal(bench.record.from.port, ntohs(client.sin_port));
    bench_reply(bench.server_fd, &client, "ack");
    bench_take(&bench, 1);
    assert_int_equal(bench.received_records, 1);
    assert_int_equal(bench.record.size_bytes, 3);
    assert_true(bench.record.wall_ns > 0);
    assert_string_equal(endpoint_format(&bench.record.from, address, sizeof address), bench.target);
    session_hang_up(bench.session);
    assert_int_equal(bench.opened, bench.closed);
    size_t calls = bench.calls;
    session_totals(bench.session);
    assert_int_equal(bench.calls, calls); /* no socket is open */
    bench_close(&bench);
}

static void the_longest_time_is_that_of_the_figures(void **state)
{
    struct session_options options = bench_options();
    struct sockaddr_in client;
    struct bench bench;

    (void)state;
    bench_open(&bench, &options);
    bench_send(&bench, "hello");
    bench_receive(bench.server_fd, &client);
    bench_reply(bench.server_fd, &client, "ack");
    bench_take(&bench, 1);
    assert_int_equal(session_longest_rtt_ns(bench.session), bench_latest(&bench)->rtt_ns);
    assert_int_equal(session_totals(bench.session).rtt_max_ns, bench_latest(&bench)->rtt_ns);
    bench_close(&bench);
}

/* ---- another target */

static void an_old_target_may_still_answer(void **state)
{
    struct session_options options = bench_options();
    struct sockaddr_in old_client, new_client;
    char target[BENCH_TARGET_SIZE];
    struct problem problem;
    struct bench bench;
    int other_fd = bench_serve(target);

    (void)state;
    bench_open(&bench, &options);
    bench_send(&bench, "to the old one");
    bench_receive(bench.server_fd, &old_client);
    assert_true(session_retarget(bench.session, target, &problem));
    bench_send(&bench, "to the new one");
    assert_string_equal(bench_receive(other_fd, &new_client), "to the new one");
    assert_true(bench_is_silent(bench.server_fd));
    bench_reply(bench.server_fd, &old_client, "old");
    bench_take(&bench, 1);
    assert_int_equal(bench_latest(&bench)->seq, 1);
    bench_reply(other_fd, &new_client, "new");
    bench_take(&bench, 2);
    assert_int_equal(bench_latest(&bench)->seq, 2);
    bench_close(&bench);
    close(other_fd);
}

static void a_target_that_cannot_be_keeps_the_old_one(void **state)
{
    static const char *const binds[] = {NULL, "127.0.0.1", "127.0.0.1:0"};
    struct problem problem;

    (void)state;
    for (size_t i = 0; i < sizeof binds / sizeof *binds; i++) {
        struct session_options options = bench_options();
        struct sockaddr_in client;
        struct bench bench;
        options.bind = binds[i];
        bench_open(&bench, &options);
        assert_false(session_retarget(bench.session, "127.0.0.1:0", &problem));
        assert_non_null(strstr(problem.text, "127.0.0.1:0"));
        assert_false(session_retarget(bench.session, "[::1]:4010", &problem) && binds[i] != NULL);
        if (binds[i] != NULL) {
            bench_send(&bench, "still here");
            assert_string_equal(bench_receive(bench.server_fd, &client), "still here");
        }
        bench_close(&bench);
    }
}

/* A port of our own: there is one socket, before and after, and if it fails, the one before
 * again. */
static void a_port_of_our_own_is_kept_over_targets(void **state)
{
    struct session_options options = bench_options();
    char target[BENCH_TARGET_SIZE], bind[BENCH_TARGET_SIZE];
    struct problem problem;
    struct sockaddr_in first, second;
    struct bench bench;
    int other_fd = bench_serve(target);
    int free_fd = bench_serve(bind);

    (void)state;
    close(free_fd); /* its port is free now, and the next socket without a port gets another */
    options.bind = bind;
    bench_open(&bench, &options);
    bench_send(&bench, "one");
    bench_receive(bench.server_fd, &first);
    assert_true(session_retarget(bench.session, target, &problem));
    bench_send(&bench, "two");
    bench_receive(other_fd, &second);
    assert_int_equal(first.sin_port, second.sin_port);
    assert_int_equal(bench.opened - bench.closed, 1);
    assert_false(session_retarget(bench.session, "[::1]:4010", &problem));
    bench_send(&bench, "three");
    assert_string_equal(bench_receive(other_fd, &second), "three");
    assert_int_equal(first.sin_port, second.sin_port);
    bench_close(&bench);
    close(other_fd);
}

static void settings_hold_for_what_is_sent_from_then_on(void **state)
{
    struct session_options options = bench_options();
    struct bench bench;

    (void)state;
    bench_open(&bench, &options);
    options.timeout_ns = UNITS_NS_PER_S;
    session_change(bench.session, &options);
    bench_send(&bench, "hello");
    assert_true(exchange_deadline_ns(bench.session) <= clock_monotonic_ns() + UNITS_NS_PER_S);
    bench_close(&bench);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_fresh_session_has_no_figures),
    cmocka_unit_test(a_wrong_command_line_is_refused),
    cmocka_unit_test(the_address_to_send_from_is_known_if_it_was_asked_for),
    cmocka_unit_test(a_session_needs_no_listener),
    cmocka_unit_test(the_listener_is_told_calls_and_datagrams),
    cmocka_unit_test(the_longest_time_is_that_of_the_figures),
    cmocka_unit_test(an_old_target_may_still_answer),
    cmocka_unit_test(a_target_that_cannot_be_keeps_the_old_one),
    cmocka_unit_test(a_port_of_our_own_is_kept_over_targets),
    cmocka_unit_test(settings_hold_for_what_is_sent_from_then_on),
};

const struct suite suite_session = {
    .name = "session", .tests = tests, .count = sizeof tests / sizeof *tests};
