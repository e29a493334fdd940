/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* thread: threads that no signal interrupts: those are for the thread that asked for them. */
#ifndef UDPTUI_SYS_THREAD_H
#define UDPTUI_SYS_THREAD_H

#include <pthread.h>

enum { THREAD_CRASHES = 7 };

/* The signals that a fault of the program's own raises, in the thread that has it. */
extern const int thread_crashes[THREAD_CRASHES];

/* Starts a thread with all signals blocked in it but those of crashes: the kernel ends a process
 * whose thread blocks its own SIGSEGV, and no handler runs. Returns 0 or an errno. */
int thread_start(pthread_t *thread, void *(*run)(void *argument), void *argument);

#endif
