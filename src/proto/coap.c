/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/proto/coap.h"

#include "udptui/base/hash.h"

enum { HEADER_BYTES = 4, TOKEN_MAX_BYTES = 8, MESSAGE_ID_OFFSET = 2, MESSAGE_ID_BYTES = 2 };

/* Of the first byte and the code (section 3). */
enum coap_type { CONFIRMABLE, NON_CONFIRMABLE, ACKNOWLEDGEMENT, RESET };
enum coap_class {
    CLASS_REQUEST = 0,
    CLASS_SUCCESS = 2,
    CLASS_CLIENT_ERROR = 4,
    CLASS_SERVER_ERROR
};

static uint64_t coap_name(enum coap_way way, const uint8_t *bytes, size_t token_bytes)
{
    uint64_t hash = hash_word(0, (uint64_t)way);

    if (way != COAP_BY_TOKEN)
        hash = hash_bytes(hash, bytes + MESSAGE_ID_OFFSET, MESSAGE_ID_BYTES);
    if (way != COAP_BY_MESSAGE)
        hash = hash_bytes(hash, bytes + HEADER_BYTES, token_bytes);
    return hash_some(hash);
}

/* Section 4.1: nothing follows its message ID. */
static bool coap_read_empty(const uint8_t *bytes, size_t size_bytes, enum coap_type type,
                            struct coap_names *out)
{
    if (size_bytes != HEADER_BYTES || (bytes[0] & 0xf) != 0 || type == NON_CONFIRMABLE)
        return false;
    out->asks = type == CONFIRMABLE;
    out->ends = !out->asks;
    out->acknowledges = type == ACKNOWLEDGEMENT;
    out->by[COAP_BY_MESSAGE] = coap_name(COAP_BY_MESSAGE, bytes, 0);
    return true;
}

static bool coap_read_request(const uint8_t *bytes, size_t token_bytes, enum coap_type type,
                              struct coap_names *out)
{
    if (type != CONFIRMABLE && type != NON_CONFIRMABLE)
        return false;
    out->asks = true;
    for (int way = 0; way < COAP_WAYS; way++)
        if (way != COAP_BY_BOTH || type == CONFIRMABLE)
            out->by[way] = coap_name((enum coap_way)way, bytes, token_bytes);
    return true;
}

static bool coap_read_response(const uint8_t *bytes, size_t token_bytes, enum coap_type type,
                               struct coap_names *out)
{
    enum coap_way way = type == ACKNOWLEDGEMENT ? COAP_BY_BOTH : COAP_BY_TOKEN;

    if (type == RESET)
        return false;
    out->by[way] = coap_name(way, bytes, token_bytes);
    return true;
}

bool coap_read(const uint8_t *bytes, size_t size_bytes, struct coap_names *out)
{
    size_t token_bytes = size_bytes >= HEADER_BYTES ? bytes[0] & 0xf : 0;

    *out = (struct coap_names){.asks = false};
    if (size_bytes < HEADER_BYTES + token_bytes || bytes[0] >> 6 != 1 ||
        token_bytes > TOKEN_MAX_BYTES)
        return false;
    enum coap_type type = (enum coap_type)(bytes[0] >> 4 & 3);
    if (bytes[1] == 0)
        return coap_read_empty(bytes, size_bytes, type, out);
    switch (bytes[1] >> 5) {
    case CLASS_REQUEST:
        return coap_read_request(bytes, token_bytes, type, out);
    case CLASS_SUCCESS:
    case CLASS_CLIENT_ERROR:
    case CLASS_SERVER_ERROR:
        return coap_read_response(bytes, token_bytes, type, out);
    default:
        return false;
    }
}

bool coap_answers(const struct coap_names *request, const struct coap_names *reply)
{
    if (!request->asks || reply->asks)
        return false;
    for (int way = 0; way < COAP_WAYS; way++)
        if (reply->by[way] != 0 && reply->by[way] == request->by[way])
            return true;
    return false;
}
