/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wait: descriptors, times, and signals that come meanwhile. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <sys/time.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/units.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/wait.h"

enum { READ, WRITE };

static void open_pipe(int ends[2])
{
    assert_int_equal(pipe(ends), 0);
}

static void close_pipe(const int ends[2])
{
    close(ends[READ]);
    close(ends[WRITE]);
}

static void a_ready_descriptor_ends_the_wait(void **state)
{
    int ends[2];

    (void)state;
    open_pipe(ends);
    assert_int_equal(write(ends[WRITE], "x", 1), 1);
    struct pollfd polled[] = {{.fd = -1, .events = POLLIN}, {.fd = ends[READ], .events = POLLIN}};
    assert_int_equal(wait_until(polled, 2, INT64_MAX), 1);
    assert_int_equal(polled[0].revents, 0);
    assert_int_equal(polled[1].revents, POLLIN);
    close_pipe(ends);
}

static void the_time_ends_the_wait_and_not_before(void **state)
{
    int64_t until_ns = clock_monotonic_ns() + 3 * UNITS_NS_PER_MS + 7;
    int ends[2];

    (void)state;
    open_pipe(ends);
    struct pollfd polled = {.fd = ends[READ], .events = POLLIN, .revents = POLLERR};
    assert_int_equal(wait_until(&polled, 1, until_ns), 0);
    assert_true(clock_monotonic_ns() >= until_ns);
    assert_int_equal(polled.revents, 0);
    close_pipe(ends);
}

static void without_descriptors_it_sleeps(void **state)
{
    int64_t until_ns = clock_monotonic_ns() + UNITS_NS_PER_MS;

    (void)state;
    assert_int_equal(wait_until(NULL, 0, until_ns), 0);
    assert_true(clock_monotonic_ns() >= until_ns);
}

/* A wait for a time that has passed would end at once or never: it must still look. */
static void a_time_that_has_passed_only_looks(void **state)
{
    const int64_t passed_ns[] = {INT64_MIN, -1, 0, 1};
    int ends[2];

    (void)state;
    open_pipe(ends);
    struct pollfd polled = {.fd = ends[READ], .events = POLLIN};
    for (size_t i = 0; i < sizeof passed_ns / sizeof *passed_ns; i++)
        assert_int_equal(wait_until(&polled, 1, passed_ns[i]), 0);
    assert_int_equal(write(ends[WRITE], "x", 1), 1);
    for (size_t i = 0; i < sizeof passed_ns / sizeof *passed_ns; i++)
        assert_int_equal(wait_until(&polled, 1, passed_ns[i]), 1);
    close_pipe(ends);
}

static void on_signal(int number)
{
    (void)number;
}

/* The timer fires again and again: it cannot come only before the wait. */
static void a_signal_is_an_error_without_ready_descriptors(void **state)
{
    const struct sigaction action = {.sa_handler = on_signal};
    const struct itimerval every = {.it_interval = {.tv_usec = 2000},
                                    .it_value = {.tv_usec = 2000}};
    const struct itimerval never = {.it_value = {.tv_usec = 0}};
    struct sigaction before;
    int ends[2], result, error;

    (void)state;
    open_pipe(ends);
    struct pollfd polled = {.fd = ends[READ], .events = POLLIN, .revents = POLLIN};
    assert_int_equal(sigaction(SIGALRM, &action, &before), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &every, NULL), 0);
    result = wait_until(&polled, 1, INT64_MAX);
    error = errno;
    setitimer(ITIMER_REAL, &never, NULL);
    sigaction(SIGALRM, &before, NULL);
    assert_int_equal(result, -1);
    assert_int_equal(error, EINTR);
    assert_int_equal(polled.revents, 0);
    close_pipe(ends);
}

static volatile sig_atomic_t let_in_signals;

static void on_let_in(int number)
{
    (void)number;
    let_in_signals++;
}

/* One that came before is let in by the wait, and only by that which is told to. */
static void a_blocked_signal_is_let_in_while_it_waits(void **state)
{
    const struct sigaction action = {.sa_handler = on_let_in};
    struct sigaction before_action;
    sigset_t user, before, after;

    (void)state;
    sigemptyset(&user);
    sigaddset(&user, SIGUSR1);
    assert_int_equal(sigaction(SIGUSR1, &action, &before_action), 0);
    assert_int_equal(sigprocmask(SIG_BLOCK, &user, &before), 0);
    raise(SIGUSR1);
    assert_int_equal(wait_until(NULL, 0, clock_monotonic_ns() + UNITS_NS_PER_MS), 0);
    assert_int_equal(let_in_signals, 0);
    assert_int_equal(wait_until_signal(NULL, 0, INT64_MAX, &before), -1);
    assert_int_equal(errno, EINTR);
    assert_int_equal(let_in_signals, 1);
    sigprocmask(SIG_SETMASK, &before, &after);
    assert_true(sigismember(&after, SIGUSR1));
    sigaction(SIGUSR1, &before_action, NULL);
}

static void ready_is_asked_without_waiting(void **state)
{
    int ends[2];

    (void)state;
    open_pipe(ends);
    assert_false(wait_is_ready(ends[READ], POLLIN));
    assert_true(wait_is_ready(ends[WRITE], POLLOUT));
    assert_int_equal(write(ends[WRITE], "x", 1), 1);
    assert_true(wait_is_ready(ends[READ], POLLIN));
    close(ends[READ]);
    assert_false(wait_is_ready(ends[READ], POLLIN));  /* closed: POLLNVAL */
    assert_false(wait_is_ready(ends[WRITE], POLLIN)); /* POLLERR alone */
    assert_false(wait_is_ready(-1, POLLIN));
    close(ends[WRITE]);
}

static void the_earlier_time_is_taken(void **state)
{
    (void)state;
    assert_int_equal(wait_earlier_ns(1, 2), 1);
    assert_int_equal(wait_earlier_ns(INT64_MAX, 2), 2);
    assert_int_equal(wait_earlier_ns(-1, INT64_MAX), -1);
}

static void an_epoll_waits_for_its_descriptors_and_the_time(void **state)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = 7}, ready[2];
    int epoll_fd = epoll_create1(EPOLL_CLOEXEC), ends[2];

    (void)state;
    open_pipe(ends);
    assert_int_equal(epoll_ctl(epoll_fd, EPOLL_CTL_ADD, ends[READ], &event), 0);
    int64_t until_ns = clock_monotonic_ns() + 3 * UNITS_NS_PER_MS + 7;
    assert_int_equal(wait_for_events(epoll_fd, ready, 2, until_ns), 0);
    assert_true(clock_monotonic_ns() >= until_ns);
    assert_int_equal(wait_for_events(epoll_fd, ready, 2, 0), 0); /* it only looks */
    assert_int_equal(write(ends[WRITE], "x", 1), 1);
    assert_int_equal(wait_for_events(epoll_fd, ready, 2, INT64_MAX), 1);
    assert_int_equal(ready[0].data.u64, 7);
    close_pipe(ends);
    close(epoll_fd);
}

static void only_an_error_that_may_stay_is_followed_by_a_rest(void **state)
{
    static const int passing[] = {EAGAIN, EINTR, ECONNREFUSED, EHOSTUNREACH, EMSGSIZE};
    static const int staying[] = {ENOMEM, ENETDOWN, ENOBUFS, EIO};
    enum { TRIES = 50 };
    int64_t began_ns = clock_monotonic_ns();

    (void)state;
    for (size_t i = 0; i < sizeof staying / sizeof *staying; i++)
        assert_int_equal(wait_after_error(staying[i]), staying[i]);
    assert_true(clock_monotonic_ns() - began_ns >= 4 * UNITS_NS_PER_MS);
    for (int try = 1;; try++) { /* a busy machine may make a call late, but not each time */
        began_ns = clock_monotonic_ns();
        for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
            assert_int_equal(wait_after_error(passing[i]), passing[i]);
        if (clock_monotonic_ns() - began_ns < UNITS_NS_PER_MS)
            break;
        assert_true(try < TRIES);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(only_an_error_that_may_stay_is_followed_by_a_rest),
    cmocka_unit_test(an_epoll_waits_for_its_descriptors_and_the_time),
    cmocka_unit_test(a_ready_descriptor_ends_the_wait),
    cmocka_unit_test(the_time_ends_the_wait_and_not_before),
    cmocka_unit_test(without_descriptors_it_sleeps),
    cmocka_unit_test(a_time_that_has_passed_only_looks),
    cmocka_unit_test(a_signal_is_an_error_without_ready_descriptors),
    cmocka_unit_test(a_blocked_signal_is_let_in_while_it_waits),
    cmocka_unit_test(ready_is_asked_without_waiting),
    cmocka_unit_test(the_earlier_time_is_taken),
};

const struct suite suite_wait = {
    .name = "wait", .tests = tests, .count = sizeof tests / sizeof *tests};
