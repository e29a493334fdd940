/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wait: sleeping until descriptors are ready or a point in time is reached, whichever is first. */
#ifndef UDPTUI_SYS_WAIT_H
#define UDPTUI_SYS_WAIT_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Waits until one of the descriptors is ready (poll(2); an fd below 0 is skipped) or
 * clock_monotonic_ns() has reached until_ns. If that time has passed, it only checks, and returns
 * at once. INT64_MAX: waits for the descriptors alone.
 *
 * Returns how many descriptors are ready, 0 if the time was reached, or -1 with errno (EINTR: a
 * signal handler ran; any other after a rest of 1 ms). Unless it returns more than 0, each revents is 0: a caller that handles the
 * descriptors marked ready need not check the result. Async-signal-safe: sys/tty waits with it
 * while a crash is handled.
 */
int wait_until(struct pollfd *polled, size_t count, int64_t until_ns);

/* The same with let_in as the thread's signal mask while it waits, and only then (ppoll(2)): a
 * signal that is blocked otherwise cannot arrive between a check of the handler's result and the
 * wait. */
int wait_until_signal(struct pollfd *polled, size_t count, int64_t until_ns,
                      const sigset_t *let_in);

/* The same for the descriptors of an epoll(7): *events gets those that are ready, `room` at most.
 * Not async-signal-safe. */
struct epoll_event;
int wait_for_events(int epoll_fd, struct epoll_event *events, int room, int64_t until_ns);

/* Whether fd is ready for one of the events (POLLIN, POLLOUT) now; never waits. An fd that is
 * closed or in error (POLLHUP, POLLERR alone) is not. Async-signal-safe. */
bool wait_is_ready(int fd, short events);

/*
 * Call it if a call on a descriptor that poll(2) reported ready has failed. An error that the next
 * call need not meet again costs nothing: nothing to receive, a signal, an ICMP message, which is
 * reported once. With any other (no memory, the link is down) the descriptor may stay ready, and the
 * caller's loop would spin: it sleeps 1 ms. Returns the error. Async-signal-safe.
 */
int wait_after_error(int error);

/* The earlier of two times; INT64_MAX stands for never. */
static inline int64_t wait_earlier_ns(int64_t a_ns, int64_t b_ns)
{
    return a_ns < b_ns ? a_ns : b_ns;
}

#endif
