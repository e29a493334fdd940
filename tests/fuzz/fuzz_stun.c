/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_stun: any bytes as a response and as a request. Input: the id that was sent, then a
 * datagram. */
#include <string.h>

#include "fuzz.h"
#include "udptui/proto/stun.h"

const char *const fuzz_words[] = {
    "\x21\x12\xa4\x42", "\x01\x01", "\x01\x11", "\x20", "\x09", "\x08", "\x14", "\x01", NULL,
};

/* What was sent comes back with a response that says the same address. */
static void respond(const uint8_t *bytes, size_t size_bytes)
{
    struct endpoint from = {.family = size_bytes % 8 == 0 ? ENDPOINT_IPV4 : ENDPOINT_IPV6,
                            .port = (uint16_t)(bytes[0] * 257)};
    uint8_t response[STUN_RESPONSE_MAX];

    memcpy(from.address, bytes + 4, from.family == ENDPOINT_IPV4 ? 4 : 16);
    size_t written = stun_write_response(bytes, &from, response);
    struct stun_response parsed = stun_parse_response(response, written, bytes + 8);
    fuzz_require(parsed.kind == STUN_SUCCESS, "our response is one");
    fuzz_require(endpoint_equal(&parsed.seen, &from), "it has the address");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < STUN_ID_BYTES)
        return 0;
    const uint8_t *message = bytes + STUN_ID_BYTES;
    size_t message_bytes = size - STUN_ID_BYTES;
    struct stun_response response = stun_parse_response(message, message_bytes, bytes);
    fuzz_require(response.error_code < 800, "a code has three digits");
    if (message_bytes >= STUN_REQUEST_BYTES) /* the id that the message has itself */
        response = stun_parse_response(message, message_bytes, message + 8);
    fuzz_require(response.kind == STUN_NOTHING || message_bytes % 4 == 0, "whole words");
    if (stun_is_request(message, message_bytes))
        respond(message, message_bytes);
    return 0;
}
