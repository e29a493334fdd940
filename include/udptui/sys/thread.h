/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* thread: threads that no signal interrupts: signals go to the thread that handles them. */
#ifndef UDPTUI_SYS_THREAD_H
#define UDPTUI_SYS_THREAD_H

#include <pthread.h>

enum { THREAD_CRASHES = 7 };

/* The signals that a fault in the program raises, in the thread at fault. */
extern const int thread_crashes[THREAD_CRASHES];

/* Starts a thread with all signals blocked in it but those of crashes: the kernel ends a process
 * whose thread blocks its own SIGSEGV, without running a handler. Returns 0 or an errno. */
int thread_start(pthread_t *thread, void *(*run)(void *argument), void *argument);

/* Why a thread could not be started, and what to do, by the errno of thread_start or
 * signals_open. */
const char *thread_failure(int code);

/* The calling thread's waits end when they should: without the 50 us by which the kernel may delay
 * them (PR_SET_TIMERSLACK, prctl(2)). */
void thread_wake_exactly(void);

#endif
