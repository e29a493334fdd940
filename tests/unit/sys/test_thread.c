/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* thread: the mask of a new thread, and that the starter's stays. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/sys/thread.h"

static void *tell_mask(void *argument)
{
    pthread_sigmask(SIG_BLOCK, NULL, argument);
    return argument;
}

static bool is_crash(int number)
{
    for (size_t i = 0; i < THREAD_CRASHES; i++)
        if (thread_crashes[i] == number)
            return true;
    return false;
}

/* SIGKILL and SIGSTOP cannot be blocked; those from 32 to SIGRTMIN are the C library's. */
static void only_crashes_reach_a_thread(void **state)
{
    sigset_t mask, before, after;
    pthread_t thread;
    void *result;

    (void)state;
    pthread_sigmask(SIG_BLOCK, NULL, &before);
    assert_int_equal(thread_start(&thread, tell_mask, &mask), 0);
    pthread_sigmask(SIG_BLOCK, NULL, &after);
    assert_int_equal(pthread_join(thread, &result), 0);
    assert_ptr_equal(result, &mask);
    for (int number = 1; number < 32; number++) {
        if (number != SIGKILL && number != SIGSTOP)
            assert_int_equal(sigismember(&mask, number), !is_crash(number));
        assert_int_equal(sigismember(&before, number), sigismember(&after, number));
    }
}

static void *read_slack(void *argument)
{
    thread_wake_exactly();
    *(int *)argument = prctl(PR_GET_TIMERSLACK, 0UL, 0UL, 0UL, 0UL);
    return NULL;
}

/* That of its own: the thread that started it keeps its slack. */
static void a_thread_wakes_exactly(void **state)
{
    int before_ns = prctl(PR_GET_TIMERSLACK, 0UL, 0UL, 0UL, 0UL), slack_ns = 0;
    pthread_t thread;

    (void)state;
    assert_int_equal(thread_start(&thread, read_slack, &slack_ns), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(slack_ns, 1);
    assert_int_equal(prctl(PR_GET_TIMERSLACK, 0UL, 0UL, 0UL, 0UL), before_ns);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(only_crashes_reach_a_thread),
    cmocka_unit_test(a_thread_wakes_exactly),
};

const struct suite suite_thread = {
    .name = "thread", .tests = tests, .count = sizeof tests / sizeof *tests};
