/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stun: the one request of STUN (RFC 8489) that needs no credentials: a binding request asks a
 * server by which address and port it sees the sender.
 */
#ifndef UDPTUI_PROTO_STUN_H
#define UDPTUI_PROTO_STUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/endpoint.h"

enum { STUN_REQUEST_BYTES = 20, STUN_ID_BYTES = 12, STUN_RESPONSE_MAX = 44 };

enum stun_kind { STUN_NOTHING, STUN_SUCCESS, STUN_ERROR };

struct stun_response {
    enum stun_kind kind;  /* STUN_NOTHING: it is none to this request */
    struct endpoint seen; /* with STUN_SUCCESS; ENDPOINT_NONE: it has no address that we know */
    unsigned error_code;  /* with STUN_ERROR: 300 .. 699 */
};

/* A binding request without attributes. id: random. */
void stun_write_request(const uint8_t id[STUN_ID_BYTES], uint8_t out[STUN_REQUEST_BYTES]);

/* What a datagram says in response to the request with this id. XOR-MAPPED-ADDRESS counts more than
 * MAPPED-ADDRESS, which some NATs rewrite. */
struct stun_response stun_parse_response(const uint8_t *bytes, size_t size_bytes,
                                         const uint8_t id[STUN_ID_BYTES]);

/* Whether it is a binding request of RFC 8489, with the magic cookie. */
bool stun_is_request(const uint8_t *bytes, size_t size_bytes);

/* The success response to such a request, with `from` as XOR-MAPPED-ADDRESS. Returns its size. */
size_t stun_write_response(const uint8_t *request, const struct endpoint *from,
                           uint8_t out[STUN_RESPONSE_MAX]);

#endif
