/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/sys/thread.h"

#include <signal.h>
#include <sys/prctl.h>

const int thread_crashes[THREAD_CRASHES] = {SIGSEGV, SIGBUS,  SIGFPE, SIGILL,
                                            SIGABRT, SIGTRAP, SIGSYS};

/* A new thread inherits the mask: so no signal can arrive before it sets its own. */
int thread_start(pthread_t *thread, void *(*run)(void *argument), void *argument)
{
    sigset_t mask, before;
    int code;

    sigfillset(&mask);
    for (size_t i = 0; i < THREAD_CRASHES; i++)
        sigdelset(&mask, thread_crashes[i]);
    pthread_sigmask(SIG_SETMASK, &mask, &before);
    code = pthread_create(thread, NULL, run, argument);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return code;
}

void thread_wake_exactly(void)
{
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
}
