/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/net/thread.h"

#include <signal.h>

/* A new thread inherits the mask: so nothing can come before it has one of its own. */
int thread_start(pthread_t *thread, void *(*run)(void *argument), void *argument)
{
    sigset_t all, before;
    int code;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    code = pthread_create(thread, NULL, run, argument);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return code;
}
