/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stamp: the packets of the Simple Two-way Active Measurement Protocol, unauthenticated mode
 * (RFC 8762 section 4, with the session identifier of RFC 8972 section 3).
 *
 * A request and a reply have STAMP_BYTES. Shorter ones come from TWAMP Light (RFC 5357 appendix I):
 * a sender's of STAMP_REQUEST_MIN, a reflector's without the sender's TTL of STAMP_REPLY_MIN.
 * Further bytes are padding or extensions (RFC 8972 section 4), which a reflector returns
 * unchanged. Pure: times are CLOCK_REALTIME in nanoseconds.
 */
#ifndef UDPTUI_PROTO_STAMP_H
#define UDPTUI_PROTO_STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    STAMP_BYTES = 44,
    STAMP_REQUEST_MIN = 14,
    STAMP_REPLY_MIN = 38,
    STAMP_PORT = 862,
    STAMP_TTL_UNKNOWN =
        255, /* the value of a reflector that could not read it (RFC 8762 section 4.3.1) */
};

/* How far a clock can be trusted (RFC 4656 section 4.1.2). */
struct stamp_error {
    bool synchronised;  /* with UTC by an external source (the S bit) */
    bool ptp;           /* timestamps are PTPv2's, not NTP's (the Z bit, RFC 8186 section 2) */
    uint8_t scale;      /* 0..63 */
    uint8_t multiplier; /* 1..255: the error is multiplier * 2^(scale - 32) s */
};

struct stamp_request {
    uint32_t sequence;
    uint64_t sent; /* T1, as on the wire */
    struct stamp_error error;
    uint16_t session; /* SSID; 0: none */
};

struct stamp_reply {
    uint32_t sequence; /* the reflector's own (stateful), or the request's */
    uint64_t sent;     /* T3 */
    struct stamp_error error;
    uint16_t session;
    uint64_t received;            /* T2 */
    struct stamp_request request; /* as the reflector got it; its session is not part of it: 0 */
    int request_ttl;              /* -1: the reply is too short to have it */
};

/* The 64-bit NTP timestamp of a time, and back (RFC 5905 section 6). Times from 1968 to 2104, which
 * is eras 0 and 1. The way back gives the nearest nanosecond: there and back is exact. */
uint64_t stamp_time(int64_t wall_ns);
int64_t stamp_wall_ns(uint64_t time);

/* The same of a timestamp in the format that its sender's error estimate names. */
int64_t stamp_wall_ns_of(uint64_t time, const struct stamp_error *error);

/* An NTP clock that is right within error_ns, rounded up; 0 counts as the smallest error there
 * is. */
struct stamp_error stamp_error_of(bool synchronised, int64_t error_ns);

/* False if the bytes are too few to be one. */
bool stamp_parse_request(const uint8_t *bytes, size_t size_bytes, struct stamp_request *request);
bool stamp_parse_reply(const uint8_t *bytes, size_t size_bytes, struct stamp_reply *reply);

/* Writes size_bytes, STAMP_BYTES or more; what is beyond STAMP_BYTES is padding (RFC 8972 section
 * 4.1), or zero if there are less than 4 bytes of it. */
void stamp_write_request(const struct stamp_request *request, uint8_t *out, size_t size_bytes);

/* The size of the reply to a request of so many bytes. */
size_t stamp_reply_bytes(size_t request_bytes);

/*
 * Writes the reply to the request of so many bytes, stamp_reply_bytes of it. reply->request and
 * reply->session are taken from the request's bytes, and so is what follows STAMP_BYTES;
 * request_ttl below 0 is written as STAMP_TTL_UNKNOWN.
 */
void stamp_write_reply(const struct stamp_reply *reply, const uint8_t *request,
                       size_t request_bytes, uint8_t *out);

/* Sets T3 of a reply that was written before, just before it is sent. */
void stamp_set_sent(uint8_t *reply, int64_t wall_ns);

#endif
