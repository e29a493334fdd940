/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "target.h"

void target_open(struct target *target)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    target->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_true(target->fd >= 0);
    assert_int_equal(bind(target->fd, (struct sockaddr *)&address, length), 0);
    assert_int_equal(getsockname(target->fd, (struct sockaddr *)&address, &length), 0);
    target->address = (struct endpoint){
        .family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}, .port = ntohs(address.sin_port)};
}

void target_close(struct target *target)
{
    close(target->fd);
}

bool target_take(struct target *target)
{
    socklen_t length = sizeof target->from;
    ssize_t size = recvfrom(target->fd, target->bytes, sizeof target->bytes, 0,
                            (struct sockaddr *)&target->from, &length);

    target->size_bytes = size >= 0 ? (size_t)size : 0;
    return size >= 0;
}

void target_reply(struct target *target, const void *bytes, size_t size_bytes)
{
    assert_int_equal(sendto(target->fd, bytes, size_bytes, 0,
                            (const struct sockaddr *)&target->from, sizeof target->from),
                     size_bytes);
}
