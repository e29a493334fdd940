/* SPDX-License-Identifier: GPL-3.0-or-later */
/* signals: sigwait(3) in a thread; see the header for why. */
#include "signals.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_S = 1 };

static sigset_t ending_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGQUIT);
    return set;
}

/* True where signals_close came within the patience. */
static bool wait_for_close(struct signals *signals)
{
    struct timespec until;
    int code;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE_S;
    do
        code = sem_timedwait(&signals->closed, &until);
    while (code != 0 && errno == EINTR);
    return code == 0;
}

/* Waits as long as there are signs of life. True where the main loop ended. */
static bool main_loop_ended(struct signals *signals)
{
    unsigned before;

    do {
        before = atomic_load(&signals->beats);
        if (wait_for_close(signals))
            return true;
    } while (atomic_load(&signals->beats) != before);
    return false;
}

static void *take_signal(void *argument)
{
    struct signals *signals = argument;
    sigset_t set = ending_signals();
    int number = 0;

    if (sigwait(&set, &number) != 0)
        return NULL;
    atomic_store(&signals->number, number);
    eventfd_write(signals->fd, 1);
    if (main_loop_ended(signals))
        return NULL;
    if (signals->last_resort != NULL)
        signals->last_resort();
    _exit(128 + number);
}

bool signals_open(struct signals *signals, void (*last_resort)(void))
{
    sigset_t set = ending_signals();
    int code;

    signal(SIGPIPE, SIG_IGN);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    atomic_init(&signals->number, 0);
    atomic_init(&signals->beats, 0);
    signals->last_resort = last_resort;
    sem_init(&signals->closed, 0, 0);
    signals->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (signals->fd < 0)
        return false;
    code = pthread_create(&signals->thread, NULL, take_signal, signals);
    errno = code;
    return code == 0;
}

void signals_beat(struct signals *signals)
{
    atomic_fetch_add_explicit(&signals->beats, 1, memory_order_relaxed);
}

int signals_number(const struct signals *signals)
{
    return atomic_load(&signals->number);
}

void signals_close(struct signals *signals)
{
    sem_post(&signals->closed);
    if (signals_number(signals) == 0)
        pthread_kill(signals->thread, SIGTERM); /* wakes its sigwait; it ends at once */
    pthread_join(signals->thread, NULL);
    sem_destroy(&signals->closed);
    close(signals->fd);
}
