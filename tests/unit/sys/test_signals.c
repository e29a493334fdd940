/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* signals: what each signal does to a program, each in a child. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../suite.h"
#include "child.h"

#include "udptui/base/units.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/report.h"
#include "udptui/sys/signals.h"
#include "udptui/sys/wait.h"

static const int64_t patience_ns = 10 * UNITS_NS_PER_S;

static bool wait_for_end(struct signals *signals)
{
    struct pollfd polled = {.fd = signals->fd, .events = POLLIN};

    return wait_until(&polled, 1, clock_monotonic_ns() + patience_ns) == 1;
}

/* The main loop ends in its own time, with 128 + n. */
static int end_by_signal(void *context)
{
    const int *number = context;
    struct signals signals;

    if (!signals_open(&signals))
        return 1;
    if (signals_number(&signals) != 0 || wait_is_ready(signals.fd, POLLIN))
        return 2;
    kill(getpid(), *number);
    if (!wait_for_end(&signals))
        return 3;
    int came = signals_number(&signals);
    signals_close(&signals);
    return 128 + came;
}

static void a_signal_makes_the_descriptor_ready(void **state)
{
    int numbers[] = {SIGINT, SIGTERM, SIGHUP};

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct child child = child_run(end_by_signal, &numbers[i]);
        assert_true(WIFEXITED(child.status));
        assert_int_equal(WEXITSTATUS(child.status), 128 + numbers[i]);
    }
}

static int end_by_deadline(void *context)
{
    struct signals signals;
    int64_t end_ns = clock_monotonic_ns() + 20 * UNITS_NS_PER_MS;

    (void)context;
    if (!signals_open(&signals))
        return 1;
    signals_end_at(&signals, end_ns);
    if (!wait_for_end(&signals) || clock_monotonic_ns() < end_ns)
        return 2;
    int came = signals_number(&signals);
    signals_close(&signals);
    return came;
}

static void a_deadline_makes_it_ready_too(void **state)
{
    struct child child = child_run(end_by_deadline, NULL);

    (void)state;
    assert_true(WIFEXITED(child.status));
    assert_int_equal(WEXITSTATUS(child.status), 0);
}

/* A signal comes while a program still starts: the deadline that it then sets is too late. */
static int end_before_deadline(void *context)
{
    struct signals signals;

    (void)context;
    if (!signals_open(&signals))
        return 1;
    kill(getpid(), SIGTERM);
    if (!wait_for_end(&signals))
        return 2;
    signals_end_at(&signals, INT64_MAX);
    bool ends = signals_want_end(&signals);
    signals_close(&signals);
    return ends ? 0 : 3;
}

static void a_later_deadline_takes_no_signal_back(void **state)
{
    struct child child = child_run(end_before_deadline, NULL);

    (void)state;
    assert_true(WIFEXITED(child.status));
    assert_int_equal(WEXITSTATUS(child.status), 0);
}

static void say_restored(void)
{
    if (write(STDOUT_FILENO, "restored.", 9) < 0)
        abort();
}

/* Fills a pipe, and returns the end that takes no more; -1 with an error. */
static int make_full_pipe(void)
{
    int pipe_fds[2];

    if (pipe(pipe_fds) != 0 || fcntl(pipe_fds[1], F_SETFL, O_NONBLOCK) != 0)
        return -1;
    while (write(pipe_fds[1], "full", 4) > 0)
        continue;
    return pipe_fds[1];
}

/* A main loop that never beats is ended from outside, after the terminal was given back. output: which
 * of its outputs is full; SIGNALS_OUTPUTS: none. */
static int hang(void *context)
{
    const enum signals_output *output = context;
    struct signals signals;

    signals_restore_with(say_restored);
    signals_restore_with(say_restored); /* once is enough */
    if (!signals_open(&signals))
        return 1;
    if (*output != SIGNALS_OUTPUTS)
        signals_watch_output(&signals, *output, make_full_pipe());
    kill(getpid(), SIGTERM);
    for (;;)
        wait_until(NULL, 0, INT64_MAX);
}

static void assert_hangs(enum signals_output output, const char *words)
{
    struct child child = child_run(hang, &output);

    assert_true(WIFEXITED(child.status));
    assert_int_equal(WEXITSTATUS(child.status), 128 + SIGTERM);
    assert_int_equal(strncmp(child.output, "restored.", 9), 0);
    assert_null(strstr(child.output + 9, "restored."));
    assert_non_null(strstr(child.output, words));
}

static void no_progress_ends_the_program(void **state)
{
    (void)state;
    assert_hangs(SIGNALS_LOG, SIGNALS_BLOCKED);
    assert_hangs(SIGNALS_CAPTURE, SIGNALS_BLOCKED);
    assert_hangs(SIGNALS_OUTPUTS, SIGNALS_STUCK);
}

/* Beats keep it going for longer than the second that it has without. */
static int end_slowly(void *context)
{
    struct signals signals;
    int64_t end_ns = clock_monotonic_ns() + 1500 * UNITS_NS_PER_MS;

    (void)context;
    if (!signals_open(&signals))
        return 1;
    signals_ending(&signals);
    while (clock_monotonic_ns() < end_ns) {
        signals_beat(&signals);
        wait_until(NULL, 0, clock_monotonic_ns() + 50 * UNITS_NS_PER_MS);
    }
    signals_close(&signals);
    return 0;
}

static void progress_keeps_it_going(void **state)
{
    struct child child = child_run(end_slowly, NULL);

    (void)state;
    assert_true(WIFEXITED(child.status));
    assert_int_equal(WEXITSTATUS(child.status), 0);
}

/* A wait needs no beats for longer than that, as for a disk, if all outputs have room. */
static int end_later(int64_t after_ns)
{
    struct signals signals;

    if (!signals_open(&signals))
        return 1;
    signals_ending(&signals);
    wait_until(NULL, 0, clock_monotonic_ns() + after_ns);
    signals_close(&signals);
    return 0;
}

static int end_late(void *context)
{
    (void)context;
    return end_later(1500 * UNITS_NS_PER_MS);
}

static void room_gives_it_more_time(void **state)
{
    struct child child = child_run(end_late, NULL);

    (void)state;
    assert_true(WIFEXITED(child.status));
    assert_int_equal(WEXITSTATUS(child.status), 0);
}

static int end_late_without_room(void *context)
{
    (void)context;
    if (dup2(make_full_pipe(), STDERR_FILENO) < 0)
        return 2;
    return end_later(5 * UNITS_NS_PER_S);
}

static void without_room_it_has_a_second(void **state)
{
    struct child child = child_run(end_late_without_room, NULL);

    (void)state;
    assert_true(WIFEXITED(child.status));
    assert_int_equal(WEXITSTATUS(child.status), EXIT_SETUP);
}

static int crash(void *context)
{
    const struct rlimit none = {.rlim_cur = 0};
    const int *number = context;
    struct signals signals;

    setrlimit(RLIMIT_CORE, &none);
    signals_restore_with(say_restored);
    if (!signals_open(&signals))
        return 1;
    raise(*number);
    return 2;
}

static void a_crash_gives_the_terminal_back(void **state)
{
    int numbers[] = {SIGSEGV, SIGABRT};

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct child child = child_run(crash, &numbers[i]);
        assert_true(WIFSIGNALED(child.status));
        assert_int_equal(WTERMSIG(child.status), numbers[i]);
        assert_string_equal(child.output, "restored.");
    }
}

static void count_reopening(void *context)
{
    atomic_fetch_add((atomic_int *)context, 1);
}

/* SIGHUP reopens the log file as long as a function is set. */
static int reopen(void *context)
{
    atomic_int times = 0;
    struct signals signals;
    int64_t end_ns = clock_monotonic_ns() + patience_ns;

    (void)context;
    if (!signals_open(&signals))
        return 1;
    signals_reopen_on_hangup(&signals, count_reopening, &times);
    kill(getpid(), SIGHUP);
    while (atomic_load(&times) == 0 && clock_monotonic_ns() < end_ns)
        wait_until(NULL, 0, clock_monotonic_ns() + UNITS_NS_PER_MS);
    if (atomic_load(&times) != 1 || signals_number(&signals) != 0)
        return 2;
    signals_reopen_on_hangup(&signals, NULL, NULL);
    kill(getpid(), SIGHUP);
    if (!wait_for_end(&signals) || atomic_load(&times) != 1)
        return 3;
    int came = signals_number(&signals);
    signals_close(&signals);
    return came == SIGHUP ? 0 : 4;
}

static void hangup_reopens_what_asks_for_it(void **state)
{
    struct child child = child_run(reopen, NULL);

    (void)state;
    assert_true(WIFEXITED(child.status));
    assert_int_equal(WEXITSTATUS(child.status), 0);
}

/* It comes before and after the thread takes signals. */
static int ignore_signal(void *context)
{
    const int *ignored = context;
    struct signals signals;

    signal(*ignored, SIG_IGN);
    kill(getpid(), *ignored);
    if (!signals_open(&signals))
        return 1;
    kill(getpid(), *ignored);
    kill(getpid(), SIGTERM);
    if (!wait_for_end(&signals))
        return 2;
    int came = signals_number(&signals);
    signals_close(&signals);
    return 128 + came;
}

/* By nohup(1), by a shell with &, by whoever starts us. */
static void what_is_ignored_stays_ignored(void **state)
{
    int numbers[] = {SIGHUP, SIGINT, SIGQUIT, SIGUSR1};

    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct child child = child_run(ignore_signal, &numbers[i]);
        assert_true(WIFEXITED(child.status));
        assert_int_equal(WEXITSTATUS(child.status), 128 + SIGTERM);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_signal_makes_the_descriptor_ready),
    cmocka_unit_test(a_deadline_makes_it_ready_too),
    cmocka_unit_test(a_later_deadline_takes_no_signal_back),
    cmocka_unit_test(no_progress_ends_the_program),
    cmocka_unit_test(progress_keeps_it_going),
    cmocka_unit_test(room_gives_it_more_time),
    cmocka_unit_test(without_room_it_has_a_second),
    cmocka_unit_test(a_crash_gives_the_terminal_back),
    cmocka_unit_test(hangup_reopens_what_asks_for_it),
    cmocka_unit_test(what_is_ignored_stays_ignored),
};

const struct suite suite_signals = {
    .name = "signals", .tests = tests, .count = sizeof tests / sizeof *tests};
