/* SPDX-License-Identifier: GPL-3.0-or-later */
/* thread: threads that no signal interrupts: those are for the thread that asked for them. */
#ifndef UDPTUI_NET_THREAD_H
#define UDPTUI_NET_THREAD_H

#include <pthread.h>

/* Starts a thread with all signals blocked in it. Returns 0 or an errno. */
int thread_start(pthread_t *thread, void *(*run)(void *argument), void *argument);

#endif
