/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stamp: see the header. Offsets are those of the figures in RFC 8762 sections 4.2.1 and 4.3.1. */
#include "udptui/proto/stamp.h"

#include <string.h>

/* A request's fields; a reply begins in the same way, with those of the reflector. */
enum { AT_SEQUENCE = 0, AT_SENT = 4, AT_ERROR = 12, AT_SESSION = 14 };

/* A reply's other fields. */
enum {
    AT_RECEIVED = 16,
    AT_REQUEST_SEQUENCE = 24,
    AT_REQUEST_SENT = 28,
    AT_REQUEST_ERROR = 36,
    AT_REQUEST_TTL = 40,
};

/* An extension (RFC 8972 section 4): flags, type, 2 bytes of length, and a value. */
enum { TLV_HEADER_BYTES = 4, TLV_UNRECOGNISED = 0x80, TLV_EXTRA_PADDING = 1 };

static const int64_t ns_per_s = 1000000000;
static const uint64_t ntp_epoch_s = UINT64_C(2208988800); /* 1970-01-01, from 1900-01-01 */
static const uint64_t era_s = UINT64_C(1) << 32;

/* ---- bytes in network order */

static uint64_t stamp_get(const uint8_t *bytes, size_t count)
{
    uint64_t value = 0;

    for (size_t i = 0; i < count; i++)
        value = value << 8 | bytes[i];
    return value;
}

static void stamp_put(uint8_t *out, uint64_t value, size_t count)
{
    for (size_t i = count; i > 0; i--) {
        out[i - 1] = (uint8_t)value;
        value >>= 8;
    }
}

/* ---- times */

uint64_t stamp_time(int64_t wall_ns)
{
    int64_t seconds = wall_ns / ns_per_s - (wall_ns % ns_per_s < 0);
    uint64_t fraction_ns = (uint64_t)(wall_ns - seconds * ns_per_s);
    uint64_t fraction = ((fraction_ns << 32) + (uint64_t)ns_per_s / 2) / (uint64_t)ns_per_s;

    return (((uint64_t)seconds + ntp_epoch_s) << 32) + fraction;
}

int64_t stamp_wall_ns(uint64_t time)
{
    uint64_t seconds = time >> 32;
    uint64_t fraction = time & UINT32_MAX;
    uint64_t fraction_ns = (fraction * (uint64_t)ns_per_s + (UINT64_C(1) << 31)) >> 32;

    if (seconds < UINT64_C(1) << 31) /* RFC 4330 section 3: without bit 0 it is of era 1 */
        seconds += era_s;
    return ((int64_t)seconds - (int64_t)ntp_epoch_s) * ns_per_s + (int64_t)fraction_ns;
}

int64_t stamp_wall_ns_of(uint64_t time, const struct stamp_error *error)
{
    if (!error->ptp)
        return stamp_wall_ns(time);
    return (int64_t)(time >> 32) * ns_per_s + (int64_t)(time & UINT32_MAX);
}

/* ---- error estimates */

struct stamp_error stamp_error_of(bool synchronised, int64_t error_ns)
{
    struct stamp_error error = {.synchronised = synchronised, .multiplier = 1};
    uint64_t ns = error_ns > 0 ? (uint64_t)error_ns : 0;
    uint64_t rest_ns = ns % (uint64_t)ns_per_s;
    uint64_t rest = ((rest_ns << 32) + (uint64_t)ns_per_s - 1) / (uint64_t)ns_per_s;
    uint64_t units = ns / (uint64_t)ns_per_s; /* of 2^(scale - 32) s, from here on rounded up */

    if (units < UINT32_MAX)
        units = (units << 32) + rest;
    else
        error.scale = 32;
    for (; units > UINT8_MAX; error.scale++)
        units = (units >> 1) + (units & 1);
    if (units > 1)
        error.multiplier = (uint8_t)units;
    return error;
}

static struct stamp_error stamp_read_error(const uint8_t *bytes)
{
    return (struct stamp_error){.synchronised = (bytes[0] & 0x80) != 0,
                                .ptp = (bytes[0] & 0x40) != 0,
                                .scale = bytes[0] & 0x3f,
                                .multiplier = bytes[1]};
}

/* A multiplier of 0 is not allowed (RFC 4656 section 4.1.2). */
static void stamp_write_error(const struct stamp_error *error, uint8_t *out)
{
    out[0] = (uint8_t)((error->synchronised ? 0x80 : 0) | (error->ptp ? 0x40 : 0) |
                       (error->scale & 0x3f));
    out[1] = error->multiplier > 0 ? error->multiplier : 1;
}

/* ---- requests */

bool stamp_parse_request(const uint8_t *bytes, size_t size_bytes, struct stamp_request *request)
{
    if (size_bytes < STAMP_REQUEST_MIN)
        return false;
    *request = (struct stamp_request){
        .sequence = (uint32_t)stamp_get(bytes + AT_SEQUENCE, 4),
        .sent = stamp_get(bytes + AT_SENT, 8),
        .error = stamp_read_error(bytes + AT_ERROR),
        .session = size_bytes >= AT_SESSION + 2 ? (uint16_t)stamp_get(bytes + AT_SESSION, 2) : 0};
    return true;
}

/* The Extra Padding TLV (RFC 8972 section 4.1), so that a reflector that reads extensions takes the
 * padding for none that it does not know. The U flag is for the reflector to clear. */
static void stamp_write_padding(uint8_t *out, size_t size_bytes)
{
    if (size_bytes < TLV_HEADER_BYTES)
        return;
    out[0] = TLV_UNRECOGNISED;
    out[1] = TLV_EXTRA_PADDING;
    stamp_put(out + 2, size_bytes - TLV_HEADER_BYTES, 2);
}

void stamp_write_request(const struct stamp_request *request, uint8_t *out, size_t size_bytes)
{
    memset(out, 0, size_bytes);
    stamp_write_padding(out + STAMP_BYTES, size_bytes - STAMP_BYTES);
    stamp_put(out + AT_SEQUENCE, request->sequence, 4);
    stamp_put(out + AT_SENT, request->sent, 8);
    stamp_write_error(&request->error, out + AT_ERROR);
    stamp_put(out + AT_SESSION, request->session, 2);
}

/* ---- replies */

bool stamp_parse_reply(const uint8_t *bytes, size_t size_bytes, struct stamp_reply *reply)
{
    if (size_bytes < STAMP_REPLY_MIN)
        return false;
    *reply = (struct stamp_reply){
        .sequence = (uint32_t)stamp_get(bytes + AT_SEQUENCE, 4),
        .sent = stamp_get(bytes + AT_SENT, 8),
        .error = stamp_read_error(bytes + AT_ERROR),
        .session = (uint16_t)stamp_get(bytes + AT_SESSION, 2),
        .received = stamp_get(bytes + AT_RECEIVED, 8),
        .request = {.sequence = (uint32_t)stamp_get(bytes + AT_REQUEST_SEQUENCE, 4),
                    .sent = stamp_get(bytes + AT_REQUEST_SENT, 8),
                    .error = stamp_read_error(bytes + AT_REQUEST_ERROR)},
        .request_ttl = size_bytes > AT_REQUEST_TTL ? bytes[AT_REQUEST_TTL] : -1};
    return true;
}

size_t stamp_reply_bytes(size_t request_bytes)
{
    return request_bytes > STAMP_BYTES ? request_bytes : STAMP_BYTES;
}

void stamp_write_reply(const struct stamp_reply *reply, const uint8_t *request,
                       size_t request_bytes, uint8_t *out)
{
    struct stamp_request asked = {.sequence = 0};

    stamp_parse_request(request, request_bytes, &asked);
    memset(out, 0, STAMP_BYTES);
    stamp_put(out + AT_SEQUENCE, reply->sequence, 4);
    stamp_put(out + AT_SENT, reply->sent, 8);
    stamp_write_error(&reply->error, out + AT_ERROR);
    stamp_put(out + AT_SESSION, asked.session, 2);
    stamp_put(out + AT_RECEIVED, reply->received, 8);
    stamp_put(out + AT_REQUEST_SEQUENCE, asked.sequence, 4);
    stamp_put(out + AT_REQUEST_SENT, asked.sent, 8);
    if (request_bytes >= STAMP_REQUEST_MIN)
        memcpy(out + AT_REQUEST_ERROR, request + AT_ERROR, 2);
    out[AT_REQUEST_TTL] = reply->request_ttl >= 0 ? (uint8_t)reply->request_ttl : STAMP_TTL_UNKNOWN;
    if (request_bytes > STAMP_BYTES)
        memcpy(out + STAMP_BYTES, request + STAMP_BYTES, request_bytes - STAMP_BYTES);
}

void stamp_set_sent(uint8_t *reply, int64_t wall_ns)
{
    stamp_put(reply + AT_SENT, stamp_time(wall_ns), 8);
}
