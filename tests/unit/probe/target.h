/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target: a socket on loopback in the hands of the test, which probes send to. */
#ifndef UDPTUI_TESTS_UNIT_PROBE_TARGET_H
#define UDPTUI_TESTS_UNIT_PROBE_TARGET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/endpoint.h"

struct target {
    int fd;
    struct endpoint address;
    uint8_t bytes[65536]; /* of the latest datagram */
    size_t size_bytes;
    struct sockaddr_in from;
};

void target_open(struct target *target);
void target_close(struct target *target);

/* Takes a datagram, if there is one. */
bool target_take(struct target *target);

/* To the sender of the latest one. */
void target_reply(struct target *target, const void *bytes, size_t size_bytes);

#endif
