/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * signals: how a command ends: signals, crashes and the deadline for ending are handled here only.
 *
 * Every signal that would end the program is taken by a thread of its own, which makes a descriptor
 * readable, so that the main loop can end in an orderly way. From then on the main loop has to make
 * progress (signals_beat): if it makes none for a second, because its terminal or pipe accepts no
 * more bytes, the thread restores the terminal and ends the program itself. While all outputs have
 * room it has ten seconds: the machine or a disk may be busy. The same holds from a deadline on
 * (--duration), and once the main loop is ending.
 *
 * A crash, in any thread, restores the terminal before the default action. A write to a file that
 * may not grow (SIGXFSZ) or to a pipe without a reader (SIGPIPE) is an error of that write.
 */
#ifndef UDPTUI_SYS_SIGNALS_H
#define UDPTUI_SYS_SIGNALS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* What is reported if an output takes no more bytes, and the program ends all the same; and if it
 * came to no end within ten seconds. */
#define SIGNALS_BLOCKED "the output was blocked for a second: the rest is lost"
#define SIGNALS_STUCK   "the program did not end within ten seconds: the rest is lost"

/* Outputs besides standard output and standard error. */
enum signals_output { SIGNALS_LOG, SIGNALS_CAPTURE, SIGNALS_OUTPUTS };

struct signals {
    int fd;                              /* an eventfd: readable once the program is to end */
    atomic_int number;                   /* the signal that came, 0: none yet */
    atomic_uint beats;                   /* signs of progress */
    atomic_int outputs[SIGNALS_OUTPUTS]; /* their descriptors, -1: none */
    atomic_int_fast64_t end_ns;          /* CLOCK_MONOTONIC from which on progress is required */
    pthread_mutex_t reopen_lock;
    void (*reopen)(void *context); /* called by SIGHUP instead of ending; NULL: SIGHUP ends the
                                    * program */
    void *reopen_context;
    bool hangup_ignored; /* ignored from the start, by nohup(1) */
    atomic_bool quit_counts;
    atomic_uint quits; /* SIGQUITs that were counted */
    atomic_bool closed;
    int taken_fd, wake_fd; /* a signalfd, and an eventfd towards the thread */
    void *stack;           /* alternate stack of the handler, for a stack overflow */
    pthread_t thread;
};

/* Restores the terminal; async-signal-safe, and without effect if it is restored already. */
typedef void signals_restore(void);

enum { SIGNALS_RESTORES_MAX = 2 }; /* the screen and the prompt */

/* From now on `restore` is called on a crash and if the program does not get to its end. To be
 * called before changing the terminal's settings; may be repeated. */
void signals_restore_with(signals_restore *restore);

/*
 * Blocks the signals in the calling thread and all it starts later, installs the handlers of
 * crashes, and starts the thread. A signal that is ignored (SIGHUP by nohup(1), SIGINT by a shell
 * with &) stays ignored, but for SIGTERM. The struct must not move. False with errno if the system
 * lacks resources.
 */
bool signals_open(struct signals *signals);

/* The signal that came, 0 for none. */
int signals_number(const struct signals *signals);

/* A sign of progress: the main loop calls it each turn, and a writer for each piece that it writes.
 * Any thread may call it. */
void signals_beat(struct signals *signals);

/* The output is written to fd from now on, -1: to nothing. It may be a pipe whose reader takes nothing. */
void signals_watch_output(struct signals *signals, enum signals_output output, int fd);

/* From end_ns (CLOCK_MONOTONIC) on the program is to end, and fd becomes readable then. It never makes
 * the end later: a signal may have come before. */
void signals_end_at(struct signals *signals, int64_t end_ns);

/* Whether the program is to end: what fd shows, for a loop that cannot wait for it. */
bool signals_want_end(const struct signals *signals);

/* The main loop has ended, and must make progress from here on. */
void signals_ending(struct signals *signals);

/* From now on SIGHUP calls reopen, in the thread of the signals, instead of ending the program,
 * unless standard output is a terminal that hung up; NULL: it ends the program again, and the old
 * function is not called any more. */
void signals_reopen_on_hangup(struct signals *signals, void (*reopen)(void *context),
                              void *context);

/* From now on SIGQUIT (Ctrl-\) does not end the program: it is counted. */
void signals_count_quits(struct signals *signals);

/* How many came so far. */
unsigned signals_quits(const struct signals *signals);

/* Stops the thread; to be called last. */
void signals_close(struct signals *signals);

#endif
