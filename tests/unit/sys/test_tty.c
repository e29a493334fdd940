/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tty: what is a terminal, and bytes that reach it or are given up. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../suite.h"
#include "child.h"

#include "udptui/base/units.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/tty.h"

static int ask(void *context)
{
    (void)context;
    return tty_is_interactive();
}

static void both_ends_must_be_terminals(void **state)
{
    struct child piped = child_run(ask, NULL);
    struct child typed = child_run_on_terminal(ask, NULL);

    (void)state;
    assert_true(WIFEXITED(piped.status) && WEXITSTATUS(piped.status) == 0);
    assert_true(WIFEXITED(typed.status) && WEXITSTATUS(typed.status) == 1);
}

static int open_again(void *context)
{
    int fd = tty_open_again();

    (void)context;
    if (fd < 0)
        return 1;
    if ((fcntl(STDOUT_FILENO, F_GETFL) & O_NONBLOCK) || !(fcntl(fd, F_GETFL) & O_NONBLOCK))
        return 2;
    return tty_write_now(fd, "hello", 5) ? 0 : 3;
}

static void the_terminal_is_opened_once_more(void **state)
{
    struct child child = child_run_on_terminal(open_again, NULL);

    (void)state;
    assert_int_equal(WEXITSTATUS(child.status), 0);
    assert_string_equal(child.output, "hello");
    child = child_run(open_again, NULL);
    assert_int_equal(WEXITSTATUS(child.status), 1);
}

static int write_to_stdout(void *context)
{
    (void)context;
    return tty_write_now(-1, "bye", 3) ? 0 : 1;
}

static void standard_output_will_do(void **state)
{
    struct child child = child_run(write_to_stdout, NULL);

    (void)state;
    assert_int_equal(WEXITSTATUS(child.status), 0);
    assert_string_equal(child.output, "bye");
}

/* A full pipe without a reader: given up in time, not waited for. */
static int write_to_full_pipe(void *context)
{
    static const char block[4096];
    int64_t begun_ns = clock_monotonic_ns();
    int ends[2];

    (void)context;
    if (pipe2(ends, O_NONBLOCK) != 0)
        return 1;
    while (write(ends[1], block, sizeof block) > 0)
        continue;
    if (tty_write_now(ends[1], "bye", 3))
        return 2;
    return clock_monotonic_ns() - begun_ns < 5 * UNITS_NS_PER_S ? 0 : 3;
}

static void what_takes_nothing_is_given_up(void **state)
{
    struct child child = child_run(write_to_full_pipe, NULL);

    (void)state;
    assert_true(WIFEXITED(child.status));
    assert_int_equal(WEXITSTATUS(child.status), 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(both_ends_must_be_terminals),
    cmocka_unit_test(the_terminal_is_opened_once_more),
    cmocka_unit_test(standard_output_will_do),
    cmocka_unit_test(what_takes_nothing_is_given_up),
};

const struct suite suite_tty = {
    .name = "tty", .tests = tests, .count = sizeof tests / sizeof *tests};
