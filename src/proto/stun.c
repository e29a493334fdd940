/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stun: RFC 8489 sections 5 (header), 14 (attributes), 14.2 (XOR-MAPPED-ADDRESS). */
#include "udptui/proto/stun.h"

#include <string.h>

enum {
    AT_LENGTH = 2,
    AT_COOKIE = 4,
    AT_ID = 8,
    HEADER_BYTES = STUN_REQUEST_BYTES,
    BINDING_REQUEST = 0x0001,
    BINDING_SUCCESS = 0x0101,
    BINDING_ERROR = 0x0111,
    MAPPED_ADDRESS = 0x0001,
    ERROR_CODE = 0x0009,
    XOR_MAPPED_ADDRESS = 0x0020,
    FAMILY_IPV4 = 1,
    FAMILY_IPV6 = 2,
    AT_ADDRESS = 4, /* in the value: a zero, the family, the port */
};

static const uint8_t stun_cookie[] = {0x21, 0x12, 0xa4, 0x42};

static unsigned stun_get(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

static void stun_put(uint8_t *out, unsigned value)
{
    out[0] = (uint8_t)(value >> 8);
    out[1] = (uint8_t)value;
}

/* The header's length is that of the attributes, a multiple of four (section 5). */
static bool stun_has_header(const uint8_t *bytes, size_t size_bytes)
{
    return size_bytes >= HEADER_BYTES && (bytes[0] & 0xc0) == 0 &&
           stun_get(bytes + AT_LENGTH) == size_bytes - HEADER_BYTES && size_bytes % 4 == 0 &&
           memcmp(bytes + AT_COOKIE, stun_cookie, sizeof stun_cookie) == 0;
}

/* ---- addresses */

/* With xored, address and port are XORed with the cookie and, beyond it, the id. */
static struct endpoint stun_get_address(const uint8_t *value, size_t length, const uint8_t *mask)
{
    static const uint8_t none[16] = {0};
    struct endpoint address = {.family = ENDPOINT_NONE};
    size_t address_bytes;

    if (length < AT_ADDRESS)
        return address;
    address_bytes = value[1] == FAMILY_IPV4 ? 4 : 16;
    if ((value[1] != FAMILY_IPV4 && value[1] != FAMILY_IPV6) ||
        length != AT_ADDRESS + address_bytes)
        return address;
    if (mask == NULL)
        mask = none;
    address.family = value[1] == FAMILY_IPV4 ? ENDPOINT_IPV4 : ENDPOINT_IPV6;
    address.port = (uint16_t)(stun_get(value + 2) ^ stun_get(mask));
    for (size_t i = 0; i < address_bytes; i++)
        address.address[i] = value[AT_ADDRESS + i] ^ mask[i];
    return address;
}

/* ---- responses */

static void stun_take_attribute(struct stun_response *response, unsigned type, const uint8_t *value,
                                size_t length, const uint8_t *message)
{
    bool first = response->seen.family == ENDPOINT_NONE;

    if (type == XOR_MAPPED_ADDRESS)
        response->seen = stun_get_address(value, length, message + AT_COOKIE);
    else if (type == MAPPED_ADDRESS && first)
        response->seen = stun_get_address(value, length, NULL);
    else if (type == ERROR_CODE && length >= 4)
        response->error_code = (value[2] & 7U) * 100 + value[3] % 100U;
}

struct stun_response stun_parse_response(const uint8_t *bytes, size_t size_bytes,
                                         const uint8_t id[STUN_ID_BYTES])
{
    struct stun_response response = {.kind = STUN_NOTHING};
    bool has_xored = false;

    if (!stun_has_header(bytes, size_bytes) || memcmp(bytes + AT_ID, id, STUN_ID_BYTES) != 0)
        return response;
    if (stun_get(bytes) == BINDING_SUCCESS)
        response.kind = STUN_SUCCESS;
    else if (stun_get(bytes) == BINDING_ERROR)
        response.kind = STUN_ERROR;
    for (size_t at = HEADER_BYTES; response.kind != STUN_NOTHING && at + 4 <= size_bytes;) {
        unsigned type = stun_get(bytes + at);
        size_t length = stun_get(bytes + at + 2);
        if (length > size_bytes - at - 4)
            return (struct stun_response){.kind = STUN_NOTHING};
        if (!has_xored)
            stun_take_attribute(&response, type, bytes + at + 4, length, bytes);
        has_xored = has_xored || type == XOR_MAPPED_ADDRESS;
        at += 4 + (length + 3) / 4 * 4;
    }
    return response;
}

/* ---- writing */

void stun_write_request(const uint8_t id[STUN_ID_BYTES], uint8_t out[STUN_REQUEST_BYTES])
{
    stun_put(out, BINDING_REQUEST);
    stun_put(out + AT_LENGTH, 0);
    memcpy(out + AT_COOKIE, stun_cookie, sizeof stun_cookie);
    memcpy(out + AT_ID, id, STUN_ID_BYTES);
}

bool stun_is_request(const uint8_t *bytes, size_t size_bytes)
{
    return stun_has_header(bytes, size_bytes) && stun_get(bytes) == BINDING_REQUEST;
}

size_t stun_write_response(const uint8_t *request, const struct endpoint *from,
                           uint8_t out[STUN_RESPONSE_MAX])
{
    size_t address_bytes = from->family == ENDPOINT_IPV4 ? 4 : 16;
    uint8_t *attribute = out + HEADER_BYTES;
    uint8_t *value = attribute + 4;

    memcpy(out, request, HEADER_BYTES);
    stun_put(out, BINDING_SUCCESS);
    stun_put(out + AT_LENGTH, (unsigned)(4 + AT_ADDRESS + address_bytes));
    stun_put(attribute, XOR_MAPPED_ADDRESS);
    stun_put(attribute + 2, (unsigned)(AT_ADDRESS + address_bytes));
    value[0] = 0;
    value[1] = from->family == ENDPOINT_IPV4 ? FAMILY_IPV4 : FAMILY_IPV6;
    stun_put(value + 2, from->port ^ stun_get(stun_cookie));
    for (size_t i = 0; i < address_bytes; i++)
        value[AT_ADDRESS + i] = from->address[i] ^ out[AT_COOKIE + i];
    return HEADER_BYTES + 4 + AT_ADDRESS + address_bytes;
}
