/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * coap: which request a CoAP message (RFC 7252) answers. An empty acknowledgement and a reset name it
 * by its message ID (sections 4.2 and 4.3); a response within an acknowledgement by message ID and
 * token, a response of its own by the token alone, which may be empty (section 5.3.2). Pure.
 */
#ifndef UDPTUI_PROTO_COAP_H
#define UDPTUI_PROTO_COAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum coap_way { COAP_BY_BOTH, COAP_BY_MESSAGE, COAP_BY_TOKEN, COAP_WAYS };

/* What a message is named by, and names. */
struct coap_names {
    bool asks; /* a request, or an empty message that asks for a reset (ping); else it is a reply */
    bool ends; /* an empty acknowledgement or a reset: nothing answers it */
    bool acknowledges; /* an empty acknowledgement: of a request, whose response follows on its own
                        * (section 5.2.2) */
    uint64_t by[COAP_WAYS]; /* hashes; 0: not in this way. A reply has one, and answers a request
                             * that has the same; a request has all in which it can be answered */
};

/* False if the bytes are no CoAP message over UDP. */
bool coap_read(const uint8_t *bytes, size_t size_bytes, struct coap_names *out);

/* Whether one of them, a reply, answers the other one, a request. */
bool coap_answers(const struct coap_names *request, const struct coap_names *reply);

#endif
