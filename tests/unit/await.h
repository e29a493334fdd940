/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* await: what must come does, in time for a busy machine too. Include cmocka.h first. */
#ifndef UDPTUI_TESTS_UNIT_AWAIT_H
#define UDPTUI_TESTS_UNIT_AWAIT_H

#include <poll.h>

enum { AWAIT_MS = 10000 };

/* Waits until fd is readable; the test fails if it is not within AWAIT_MS. */
static inline void await_readable(int fd)
{
    struct pollfd polled = {.fd = fd, .events = POLLIN};

    assert_int_equal(poll(&polled, 1, AWAIT_MS), 1);
}

/* The same for an error of the socket. */
static inline void await_error(int fd)
{
    struct pollfd polled = {.fd = fd};

    assert_int_equal(poll(&polled, 1, AWAIT_MS), 1);
    assert_true(polled.revents & POLLERR);
}

#endif
