/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/sys/thread.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>

#include "udptui/proto/reason.h"

/* What glibc takes if RLIMIT_STACK is unlimited. A thread that does not ask gets as much as that
 * limit, which may be too little, and all of it counts against RLIMIT_AS. */
enum { STACK_BYTES = 2 << 20 };

const int thread_crashes[THREAD_CRASHES] = {SIGSEGV, SIGBUS,  SIGFPE, SIGILL,
                                            SIGABRT, SIGTRAP, SIGSYS};

/* A new thread inherits the mask: so no signal can arrive before it sets its own. */
int thread_start(pthread_t *thread, void *(*run)(void *argument), void *argument)
{
    sigset_t mask, before;
    pthread_attr_t attributes;
    int code = pthread_attr_init(&attributes);

    if (code != 0)
        return code;
    pthread_attr_setstacksize(&attributes, STACK_BYTES);

    sigfillset(&mask);
    for (size_t i = 0; i < THREAD_CRASHES; i++)
        sigdelset(&mask, thread_crashes[i]);
    pthread_sigmask(SIG_SETMASK, &mask, &before);
    code = pthread_create(thread, &attributes, run, argument);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return code;
}

const char *thread_failure(int code)
{
    switch (code) {
    case EAGAIN:
        return "not enough memory, or too many threads ('ulimit -u')";
    case EMFILE:
        return "too many open files: raise the limit with 'ulimit -n'";
    default:
        return reason_text(code);
    }
}

void thread_wake_exactly(void)
{
    prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
}
