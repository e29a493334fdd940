/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* targets: an operand with several of them, and what goes with one only. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <unistd.h>

#include <cmocka.h>

#include "../suite.h"
#include "bench.h"

#include "udptui/client/targets.h"

static const struct session_listener listeners[TARGETS_MAX];

static void each_target_has_its_session(void **state)
{
    struct session_options options = bench_options();
    char one[BENCH_TARGET_SIZE], other[BENCH_TARGET_SIZE], text[BENCH_TARGET_SIZE * 2];
    struct problem problem;
    struct sockaddr_in client;
    struct targets targets;
    int one_fd = bench_serve(one), other_fd = bench_serve(other);

    (void)state;
    snprintf(text, sizeof text, "%s,%s", one, other);
    assert_int_equal(targets_count(text), 2);
    assert_true(targets_open(&targets, &options, text, listeners, &problem));
    assert_int_equal(targets.count, 2);
    assert_string_equal(targets.names[0], one);
    assert_string_equal(targets.names[1], other);
    exchange_send(targets.sessions[1], (const uint8_t *)"b", 1);
    assert_string_equal(bench_receive(other_fd, &client), "b");
    assert_true(bench_is_silent(one_fd));
    targets_close(&targets);
    close(one_fd);
    close(other_fd);
}

/* The sessions that were opened before the wrong one are closed. */
static void one_wrong_target_is_all_wrong(void **state)
{
    struct session_options options = bench_options();
    struct session_listener listening[TARGETS_MAX];
    struct problem problem;
    struct bench bench = {.server_fd = -1};
    struct targets targets;

    (void)state;
    for (size_t i = 0; i < TARGETS_MAX; i++)
        listening[i] = bench_listener(&bench);
    assert_false(targets_open(&targets, &options, "127.0.0.1:9,127.0.0.1:0", listening, &problem));
    assert_true(problem.usage);
    assert_non_null(strstr(problem.text, "127.0.0.1:0"));
    assert_int_equal(targets.count, 1);
    targets_close(&targets);
    assert_true(bench.opened > 0);
    assert_int_equal(bench.opened, bench.closed);
}

static void too_many_are_refused(void **state)
{
    struct session_options options = bench_options();
    struct problem problem;
    struct targets targets;

    (void)state;
    assert_int_equal(targets_count("a,,,,,,,,,,,,,,,,b"), 17);
    assert_false(targets_open(&targets, &options, "a,,,,,,,,,,,,,,,,b", listeners, &problem));
    assert_true(problem.usage);
    assert_non_null(strstr(problem.text, "too many targets: at most 16"));
    targets_close(&targets);
}

static void one_port_serves_one_target(void **state)
{
    struct session_options options = bench_options();
    struct problem problem;
    struct targets targets;

    (void)state;
    options.bind = "127.0.0.1:4011";
    assert_false(targets_open(&targets, &options, "127.0.0.1:9,127.0.0.1:10", listeners, &problem));
    assert_true(problem.usage);
    assert_non_null(strstr(problem.text, "each needs its own port"));
    targets_close(&targets);
    options.bind = "127.0.0.1";
    assert_true(targets_open(&targets, &options, "127.0.0.1:9,127.0.0.1:10", listeners, &problem));
    targets_close(&targets);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_target_has_its_session),
    cmocka_unit_test(one_wrong_target_is_all_wrong),
    cmocka_unit_test(too_many_are_refused),
    cmocka_unit_test(one_port_serves_one_target),
};

const struct suite suite_targets = {
    .name = "targets", .tests = tests, .count = sizeof tests / sizeof *tests};
