/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * signals: the ones that end the program, taken by a thread of their own.
 *
 * The thread makes a descriptor readable, so that the main loop ends in its own time; and where the
 * main loop makes no progress for a second, because its terminal or pipe takes no more bytes, the
 * thread ends the program itself. No handler runs and nothing is global.
 */
#ifndef UDPTUI_CMD_SIGNALS_H
#define UDPTUI_CMD_SIGNALS_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>

struct signals {
    int fd;                    /* an eventfd: readable once one of them came */
    atomic_int number;         /* which one, 0: none yet */
    atomic_uint beats;         /* signs of life of the main loop */
    void (*last_resort)(void); /* run before the thread ends the program, may be NULL */
    sem_t closed;
    pthread_t thread;
};

/* Blocks SIGINT, SIGTERM, SIGHUP and SIGQUIT in the calling thread and all it starts later, ignores
 * SIGPIPE, and starts the thread. False where the system has no room for it (errno). */
bool signals_open(struct signals *signals, void (*last_resort)(void));

/* The signal that came, 0 for none. */
int signals_number(const struct signals *signals);

/* A sign of life: the main loop calls it while it has work left to end with. */
void signals_beat(struct signals *signals);

/* Stops the thread; to be called once the main loop is over. */
void signals_close(struct signals *signals);

#endif
