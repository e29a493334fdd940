/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wait: ppoll(2), whose timeout is in ns: with milliseconds a wait would end too late or spin. */
#include "udptui/sys/wait.h"

#include <time.h>

#include "udptui/base/units.h"
#include "udptui/sys/clock.h"

int wait_until_signal(struct pollfd *polled, size_t count, int64_t until_ns, const sigset_t *let_in)
{
    struct timespec timeout = {.tv_sec = 0};
    int64_t now_ns = until_ns == INT64_MAX ? 0 : clock_monotonic_ns();

    if (until_ns > now_ns) {
        timeout.tv_sec = (until_ns - now_ns) / UNITS_NS_PER_S;
        timeout.tv_nsec = (long)((until_ns - now_ns) % UNITS_NS_PER_S);
    }
    int ready = ppoll(polled, count, until_ns == INT64_MAX ? NULL : &timeout, let_in);
    if (ready < 0)
        for (size_t i = 0; i < count; i++)
            polled[i].revents = 0; /* the kernel keeps the values of the last call */
    return ready;
}

int wait_until(struct pollfd *polled, size_t count, int64_t until_ns)
{
    return wait_until_signal(polled, count, until_ns, NULL);
}

bool wait_is_ready(int fd, short events)
{
    struct pollfd polled = {.fd = fd, .events = events};

    return poll(&polled, 1, 0) == 1 && (polled.revents & events) != 0;
}
