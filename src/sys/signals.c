/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* signals: signalfd(2) in a thread; see the header for why. */
#include "udptui/sys/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/report.h"
#include "udptui/sys/thread.h"
#include "udptui/sys/tty.h"
#include "udptui/sys/wait.h"

/* How often the thread looks for progress, and how often it may see none: a second if an output is
 * full, else ten: the machine or a disk may be busy. Looks are counted and not the time, which goes on
 * while the process is stopped. */
static const int64_t look_ns = 100 * UNITS_NS_PER_MS;
enum { LOOKS_FULL = 10, LOOKS = 100 };

/* The thread's record of the main loop's progress. */
struct watch {
    unsigned beats;
    int looks;       /* since that number changed; -1: the program is not ending */
    int64_t next_ns; /* when to look again */
};

/* ---- which signals */

static bool is_ignored(int number)
{
    struct sigaction action;

    return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

/* All signals that end a process by default (signal(7)), except crashes and SIGKILL, and those that
 * are ignored from the start: a shell without job control does that with SIGINT and SIGQUIT of what
 * it starts with & (POSIX, Shell Command Language 2.11). SIGHUP may still open the log again, and
 * SIGTERM ends it in any case. */
static sigset_t ending_signals(void)
{
    static const int numbers[] = {SIGHUP,  SIGINT,    SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2,
                                  SIGALRM, SIGVTALRM, SIGPROF, SIGIO,   SIGPWR,  SIGXCPU};
    sigset_t set;

    sigemptyset(&set);
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        if (numbers[i] == SIGHUP || numbers[i] == SIGTERM || !is_ignored(numbers[i]))
            sigaddset(&set, numbers[i]);
    for (int number = SIGRTMIN; number <= SIGRTMAX; number++)
        sigaddset(&set, number);
    return set;
}

/* ---- crashes */

/* A handler has no context. */
static _Atomic(signals_restore *) restores[SIGNALS_RESTORES_MAX];

void signals_restore_with(signals_restore *restore)
{
    for (size_t i = 0; i < SIGNALS_RESTORES_MAX; i++) {
        signals_restore *found = NULL;
        if (atomic_compare_exchange_strong(&restores[i], &found, restore) || found == restore)
            return;
    }
    abort(); /* one more user of the terminal than SIGNALS_RESTORES_MAX */
}

static void restore_terminal(void)
{
    for (size_t i = 0; i < SIGNALS_RESTORES_MAX; i++) {
        signals_restore *restore = atomic_load(&restores[i]);
        if (restore != NULL)
            restore();
    }
}

/* All other signals are blocked meanwhile: in the background tcsetattr would stop us (SIGTTOU). */
static void restore_and_die(int number)
{
    restore_terminal();
    raise(number); /* SA_RESETHAND: the default action, with its core */
}

static void catch_crashes(struct signals *signals)
{
    struct sigaction action = {.sa_handler = restore_and_die,
                               .sa_flags = (int)(SA_RESETHAND | SA_ONSTACK)};
    long size_bytes = sysconf(_SC_SIGSTKSZ);
    const stack_t stack = {.ss_sp = signals->stack = malloc((size_t)size_bytes),
                           .ss_size = (size_t)size_bytes};

    if (stack.ss_sp != NULL)
        sigaltstack(&stack, NULL);
    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < THREAD_CRASHES; i++)
        sigaction(thread_crashes[i], &action, NULL);
}

/* ---- the thread */

static bool signals_is_full(int fd)
{
    struct pollfd output = {.fd = fd, .events = POLLOUT};

    return fd >= 0 && wait_until(&output, 1, 0) == 0;
}

static bool signals_output_is_full(struct signals *signals)
{
    bool full = signals_is_full(STDOUT_FILENO) || signals_is_full(STDERR_FILENO);

    for (size_t i = 0; i < SIGNALS_OUTPUTS; i++)
        full = full || signals_is_full(atomic_load(&signals->outputs[i]));
    return full;
}

/* Standard error, so that a write to it does not wait; -1: there is no way. A sandbox may forbid to open
 * a file; a terminal with some room may still wait for more. */
static int signals_error_fd(void)
{
    int fd = open("/proc/self/fd/2", O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat status;

    if (fd >= 0)
        return fd;
    return fstat(STDERR_FILENO, &status) == 0 && S_ISREG(status.st_mode) ? STDERR_FILENO : -1;
}

static void signals_report_lost_output(int looks)
{
    const char *line =
        looks >= LOOKS ? "udptui: " SIGNALS_STUCK "\n" : "udptui: " SIGNALS_BLOCKED "\n";
    int fd = signals_error_fd();

    if (fd >= 0 && write(fd, line, strlen(line)) < 0)
        return; /* no way left to report it */
}

static void signals_give_up(const struct signals *signals, int looks)
{
    int number = signals_number(signals);

    restore_terminal();
    signals_report_lost_output(looks);
    _exit(number != 0 ? 128 + number : EXIT_SETUP);
}

/* Whether there was no progress for too long. */
static bool signals_has_waited(struct signals *signals, const struct watch *watch)
{
    return watch->looks >= LOOKS || (watch->looks >= LOOKS_FULL && signals_output_is_full(signals));
}

/* Ends the program if it is to end and makes no progress. Returns when to check again. */
static int64_t look(struct signals *signals, struct watch *watch, int64_t now_ns)
{
    int64_t end_ns = atomic_load(&signals->end_ns);
    unsigned beats = atomic_load(&signals->beats);
    bool first = watch->looks < 0;

    if (now_ns < end_ns)
        return end_ns;
    if (first)
        eventfd_write(signals->fd, 1);
    if (first || beats != watch->beats)
        *watch = (struct watch){.beats = beats};
    else if (now_ns >= watch->next_ns)
        watch->looks++;
    else
        return watch->next_ns;
    if (signals_has_waited(signals, watch))
        signals_give_up(signals, watch->looks);
    watch->next_ns = now_ns + look_ns;
    return watch->next_ns;
}

/* False if there is no reopen function. */
static bool ask_to_reopen(struct signals *signals)
{
    pthread_mutex_lock(&signals->reopen_lock);
    bool wanted = signals->reopen != NULL;
    if (wanted)
        signals->reopen(signals->reopen_context);
    pthread_mutex_unlock(&signals->reopen_lock);
    return wanted;
}

/* Whether the program goes on after a SIGHUP. If it comes because the terminal hung up, it is
 * no request to open the log again. */
static bool signals_survives_hangup(struct signals *signals)
{
    if (!signals->hangup_ignored && tty_is_gone(STDOUT_FILENO))
        return false;
    return ask_to_reopen(signals) || signals->hangup_ignored;
}

static void signals_take(struct signals *signals, int number)
{
    int none = 0;

    if (number == SIGHUP && signals_survives_hangup(signals))
        return;
    if (number == SIGQUIT && atomic_load(&signals->quit_counts)) {
        atomic_fetch_add(&signals->quits, 1);
        return;
    }
    atomic_compare_exchange_strong(&signals->number, &none, number);
    signals_ending(signals);
}

static void take_all(struct signals *signals)
{
    struct signalfd_siginfo taken;
    eventfd_t count;

    while (read(signals->taken_fd, &taken, sizeof taken) == (ssize_t)sizeof taken)
        signals_take(signals, (int)taken.ssi_signo);
    eventfd_read(signals->wake_fd, &count);
}

static void *watch_over(void *argument)
{
    struct signals *signals = argument;
    struct pollfd polled[] = {{.fd = signals->taken_fd, .events = POLLIN},
                              {.fd = signals->wake_fd, .events = POLLIN}};
    struct watch watch = {.looks = -1};

    while (!atomic_load(&signals->closed)) {
        int64_t now_ns = clock_monotonic_ns();
        wait_until(polled, 2, look(signals, &watch, now_ns));
        take_all(signals);
    }
    return NULL;
}

/* ---- the owner's side */

static void signals_free_all(struct signals *signals)
{
    const int fds[] = {signals->fd, signals->taken_fd, signals->wake_fd};
    const stack_t none = {.ss_flags = SS_DISABLE};

    for (size_t i = 0; i < COUNT_OF(fds); i++)
        if (fds[i] >= 0)
            close(fds[i]);
    sigaltstack(&none, NULL);
    free(signals->stack);
    pthread_mutex_destroy(&signals->reopen_lock);
}

bool signals_open(struct signals *signals)
{
    sigset_t set = ending_signals();
    int code;

    *signals = (struct signals){.end_ns = INT64_MAX,
                                .reopen_lock = PTHREAD_MUTEX_INITIALIZER,
                                .hangup_ignored = is_ignored(SIGHUP)};
    for (size_t i = 0; i < SIGNALS_OUTPUTS; i++)
        atomic_store(&signals->outputs[i], -1);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    catch_crashes(signals);
    signals->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    signals->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    signals->taken_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    code = signals->fd >= 0 && signals->wake_fd >= 0 && signals->taken_fd >= 0
               ? thread_start(&signals->thread, watch_over, signals)
               : errno;
    if (code != 0)
        signals_free_all(signals);
    errno = code;
    return code == 0;
}

void signals_beat(struct signals *signals)
{
    atomic_fetch_add_explicit(&signals->beats, 1, memory_order_relaxed);
}

void signals_watch_output(struct signals *signals, enum signals_output output, int fd)
{
    atomic_store(&signals->outputs[output], fd);
}

int signals_number(const struct signals *signals)
{
    return atomic_load(&signals->number);
}

bool signals_want_end(const struct signals *signals)
{
    int64_t end_ns = atomic_load(&signals->end_ns);

    return end_ns != INT64_MAX && clock_monotonic_ns() >= end_ns;
}

void signals_end_at(struct signals *signals, int64_t end_ns)
{
    int_fast64_t before_ns = atomic_load(&signals->end_ns);

    while (end_ns < before_ns &&
           !atomic_compare_exchange_weak(&signals->end_ns, &before_ns, end_ns))
        continue;
    eventfd_write(signals->wake_fd, 1);
}

void signals_ending(struct signals *signals)
{
    signals_end_at(signals, clock_monotonic_ns());
}

void signals_reopen_on_hangup(struct signals *signals, void (*reopen)(void *context), void *context)
{
    pthread_mutex_lock(&signals->reopen_lock);
    signals->reopen = reopen;
    signals->reopen_context = context;
    pthread_mutex_unlock(&signals->reopen_lock);
}

void signals_count_quits(struct signals *signals)
{
    atomic_store(&signals->quit_counts, true);
}

unsigned signals_quits(const struct signals *signals)
{
    return atomic_load(&signals->quits);
}

void signals_close(struct signals *signals)
{
    atomic_store(&signals->closed, true);
    eventfd_write(signals->wake_fd, 1);
    pthread_join(signals->thread, NULL);
    signals_free_all(signals);
}
