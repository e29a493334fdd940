/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wait: ppoll(2), whose timeout is in ns: with milliseconds a wait would end too late or spin. */
#include "udptui/sys/wait.h"

#include <errno.h>
#include <sys/epoll.h>
#include <time.h>

#include "udptui/base/units.h"
#include "udptui/sys/clock.h"

/* 0 if it has passed, or is INT64_MAX. */
static struct timespec wait_time_left(int64_t until_ns)
{
    struct timespec left = {.tv_sec = 0};
    int64_t now_ns = until_ns == INT64_MAX ? INT64_MAX : clock_monotonic_ns();

    if (until_ns > now_ns) {
        left.tv_sec = (until_ns - now_ns) / UNITS_NS_PER_S;
        left.tv_nsec = (long)((until_ns - now_ns) % UNITS_NS_PER_S);
    }
    return left;
}

/* 1 ms: some thousand retries in the second or so that such a state lasts would help nobody. */
int wait_after_error(int error)
{
    const struct timespec rest = {.tv_nsec = UNITS_NS_PER_MS};

    switch (error) {
    case EAGAIN:
    case EINTR:
    case ECONNREFUSED: /* from here on: what an ICMP message becomes, linux/net/ipv4/icmp.c */
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case EMSGSIZE:
    case ENETUNREACH:
    case ENONET:
    case ENOPROTOOPT:
    case EOPNOTSUPP:
    case EPROTO:
    case EACCES:
        break;
    default:
        nanosleep(&rest, NULL);
        break;
    }
    return error;
}

int wait_until_signal(struct pollfd *polled, size_t count, int64_t until_ns, const sigset_t *let_in)
{
    struct timespec timeout = wait_time_left(until_ns);

    int ready = ppoll(polled, count, until_ns == INT64_MAX ? NULL : &timeout, let_in);
    if (ready >= 0)
        return ready;
    for (size_t i = 0; i < count; i++)
        polled[i].revents = 0; /* the kernel keeps the values of the last call */
    errno = wait_after_error(errno);
    return ready;
}

/* epoll_pwait2(2) is Linux 5.11's; before that two calls do the same. */
int wait_for_events(int epoll_fd, struct epoll_event *events, int room, int64_t until_ns)
{
    struct timespec timeout = wait_time_left(until_ns);
    struct pollfd polled = {.fd = epoll_fd, .events = POLLIN};
    int ready = epoll_pwait2(epoll_fd, events, room, until_ns == INT64_MAX ? NULL : &timeout, NULL);

    if (ready >= 0 || errno != ENOSYS)
        return ready;
    ready = wait_until(&polled, 1, until_ns);
    return ready > 0 ? epoll_wait(epoll_fd, events, room, 0) : ready;
}

int wait_until(struct pollfd *polled, size_t count, int64_t until_ns)
{
    return wait_until_signal(polled, count, until_ns, NULL);
}

bool wait_is_ready(int fd, short events)
{
    struct pollfd polled = {.fd = fd, .events = events};

    int ready = poll(&polled, 1, 0);

    if (ready < 0)
        errno = wait_after_error(errno);
    return ready == 1 && (polled.revents & events) != 0;
}
