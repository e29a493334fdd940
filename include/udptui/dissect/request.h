/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* request: what the dissectors are asked about. */
#ifndef UDPTUI_DISSECT_REQUEST_H
#define UDPTUI_DISSECT_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/endpoint.h"

enum { DISSECT_DATAGRAMS_MAX = 16 /* of a request */ };

/* The bytes are copied by dissector_ask. */
struct dissect_datagram {
    int64_t wall_ns;
    struct endpoint source, destination; /* the destination may be unspecified or none */
    const uint8_t *payload;
    uint32_t size_bytes;     /* of the payload that is there */
    uint32_t original_bytes; /* as it was on the wire */
};

/* A message: the datagrams that are asked for are the last ones, after those that came before them
 * in the conversation and only help to understand it. */
struct dissect_request {
    uint64_t id; /* of the caller */
    const struct dissect_datagram *datagrams;
    size_t count; /* of the datagrams, at most DISSECT_DATAGRAMS_MAX */
    size_t asked; /* how many of the last are asked for, at most DISSECT_ASKED_MAX */
    bool trees;   /* the fields, too: such requests are asked for first */
};

#endif
