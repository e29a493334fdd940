/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* await: what must come does, in time for a busy machine too. Include cmocka.h first. */
#ifndef UDPTUI_TESTS_UNIT_AWAIT_H
#define UDPTUI_TESTS_UNIT_AWAIT_H

#include <poll.h>

enum { AWAIT_MS = 10000 };

/* Waits until fd is readable, or hung up; the test fails if it is not within AWAIT_MS. A send time of the kernel in
 * the error queue (POLLERR) may come before what is waited for. */
static inline void await_readable(int fd)
{
    struct pollfd polled = {.fd = fd, .events = POLLIN};

    for (int ms = 0; ms < AWAIT_MS; ms++) {
        assert_int_equal(poll(&polled, 1, AWAIT_MS), 1);
        if (polled.revents & (POLLIN | POLLHUP))
            return;
        poll(NULL, 0, 1);
    }
    fail_msg("descriptor %d: events 0x%x, not readable", fd, (unsigned)polled.revents);
}

/* The same for an error of the socket. */
static inline void await_error(int fd)
{
    struct pollfd polled = {.fd = fd};

    assert_int_equal(poll(&polled, 1, AWAIT_MS), 1);
    assert_true(polled.revents & POLLERR);
}

#endif
