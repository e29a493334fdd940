/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* captures: capture files for the tests of replay, in a directory of their own. */
#ifndef UDPTUI_TESTS_UNIT_REPLAY_CAPTURES_H
#define UDPTUI_TESTS_UNIT_REPLAY_CAPTURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/endpoint.h"
#include "udptui/replay/source.h"

/* A datagram between a client, 192.0.2.CLIENT:50000, and the server 192.0.2.200:SERVER_PORT. */
struct captures_datagram {
    int64_t at_ms; /* since captures_began_ns */
    const char *payload;
    uint8_t client;
    bool is_reply;
    uint16_t server_port; /* 0: CAPTURES_PORT */
};

enum { CAPTURES_PORT = 4010 };
extern const int64_t captures_began_ns;

/* For the setup and teardown of a suite: makes the directory, and removes it with the file. */
int captures_open(void **state);
int captures_close(void **state);

/* The path of the one capture file; captures_write creates it again. */
const char *captures_path(void);
void captures_write(const struct captures_datagram *datagrams, size_t count);

/* `count` requests of client 1, a millisecond apart, the payload its number: "0", "1", ...; each
 * with its reply, the same text, half a millisecond later. */
void captures_write_many(size_t count);

/* The capture opened for any server of it. */
void captures_open_source(struct replay_source *source);

#endif
