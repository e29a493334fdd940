/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ack: what the server replies. A policy is a text, a text with fields, the datagram itself, the
 * reply that a measuring client expects (STAMP, sockperf, STUN), or nothing. Fields in braces: {n}
 * {bytes} {from} {text} {time}; "{{" is one brace.
 */
#ifndef UDPTUI_PROTO_ACK_H
#define UDPTUI_PROTO_ACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/endpoint.h"
#include "udptui/proto/stamp.h"

enum ack_kind {
    ACK_FIXED,    /* one text for all */
    ACK_TEMPLATE, /* a text with fields */
    ACK_ECHO,
    ACK_STAMP,    /* a reflector's reply (proto/stamp) */
    ACK_SOCKPERF, /* a sockperf server's reply */
    ACK_STUN,     /* a STUN server's response to a binding request (proto/stun) */
    ACK_NONE,
    ACK_KINDS
};

/* The words of the rows, for completion. */
#define ACK_WORDS "echo stamp sockperf stun none"

enum ack_field {
    ACK_FIELD_NONE, /* a literal stretch */
    ACK_FIELD_NUMBER,
    ACK_FIELD_BYTES,
    ACK_FIELD_FROM,
    ACK_FIELD_TEXT,
    ACK_FIELD_TIME,
};

enum { ACK_TEXT_MAX = 1024, ACK_PARTS_MAX = 32, ACK_RATIO_MAX = 3 };

/* The largest UDP payloads: 65,535 less 20 (IPv4 only) and 8. */
enum { ACK_REPLY_MAX_IPV4 = 65507, ACK_REPLY_MAX = 65527 };

/* A stretch of the template: a literal of the policy's text, or a field. */
struct ack_part {
    uint8_t field;           /* enum ack_field */
    uint16_t offset, length; /* of the literal in text */
};

struct ack_policy;
struct ack_context;
struct counters;

/* The source of a reply's bytes. */
enum ack_source {
    ACK_FROM_NOTHING, /* there is no reply */
    ACK_FROM_TEXT,    /* the policy's text, the same for all */
    ACK_FROM_REQUEST, /* the request's payload unchanged */
    ACK_FROM_RENDER,  /* row->render writes each reply */
};

/* A kind of policy. A new one is a constant above and a row in ack.c. */
struct ack_row {
    const char *word; /* its name in --ack; NULL: a text, with or without fields */
    enum ack_source source;
    /* Payload bytes of a reply; NULL with ACK_FROM_RENDER: known only after rendering. */
    size_t (*size)(const struct ack_policy *policy, size_t request_bytes);
    /* As ack_render. */
    size_t (*render)(const struct ack_policy *policy, const struct ack_context *context,
                     uint8_t *out, size_t size_bytes, bool *cut);
    /* With ACK_FROM_RENDER: changes a reply just before it is sent, for a field with the time of
     * sending. wall_ns: CLOCK_REALTIME. NULL: a reply stays as rendered. */
    void (*finish_at_send)(uint8_t *reply, size_t size_bytes, int64_t wall_ns);
    /* Whether a payload gets such a reply; NULL: any does. */
    bool (*accepts)(const uint8_t *bytes, size_t size_bytes);
    bool numbered; /* it uses context.sequence */
    /* As ack_returns_payload; NULL: never. */
    bool (*returns_payload)(const struct ack_policy *policy);
};

/* By enum ack_kind. */
extern const struct ack_row ack_rows[ACK_KINDS];

struct ack_policy {
    const struct ack_row *row;
    uint8_t text[ACK_TEXT_MAX]; /* literals, braces resolved */
    size_t text_bytes;
    struct ack_part parts[ACK_PARTS_MAX]; /* ACK_TEMPLATE */
    size_t part_count;
};

/* The values of a template's fields in one reply. */
struct ack_context {
    uint64_t number;           /* {n} */
    int64_t wall_ns;           /* {time}, ISO 8601 */
    struct endpoint from;      /* {from} */
    const struct zones *zones; /* the names of zones */
    const uint8_t *bytes;      /* {text}: the received payload */
    size_t size_bytes;         /* {bytes} */
    int hop_limit;             /* of the received datagram; below 0: not known */
    const uint32_t *sequence; /* of the reply in its session; NULL: the request's sequence number is
                               * returned */
    struct stamp_error clock_error;  /* of our wall clock */
    const struct counters *counters; /* with the policy of server/counters */
};

/*
 * "echo", "stamp", "sockperf", "stun", "none", or a text, possibly with fields; {hex:ff00} is these
 * bytes. Returns NULL, or what is wrong with the text, a literal ("an unknown field: use {n} ...").
 */
const char *ack_parse(const char *text, struct ack_policy *out);

/* Writes a reply of any policy to out; *cut: whether size_bytes was too small for all of it.
 * Returns the bytes written. */
size_t ack_render(const struct ack_policy *policy, const struct ack_context *context, uint8_t *out,
                  size_t size_bytes, bool *cut);

/* The length, at most limit, to which to cut more than limit bytes, not inside a UTF-8
 * character. */
size_t ack_cut(const uint8_t *bytes, size_t limit);

/*
 * Whether a payload is the fixed text that this policy replies with. Such a payload is never
 * acknowledged (loop guard). Always false for a template, because its fields can match any message;
 * proto/loop decides there.
 */
bool ack_matches(const struct ack_policy *policy, const uint8_t *bytes, size_t size_bytes);

/* Whether the policy replies to such a payload. */
bool ack_accepts(const struct ack_policy *policy, const uint8_t *bytes, size_t size_bytes);

/*
 * Whether the reply may be a request that is answered again, because it contains the received
 * payload, so that a loop would never end by ack_matches: such replies are limited in a local
 * network, too. Not sockperf's, though it returns the payload: without the client's flag it is no
 * request to the next server (ack_accepts).
 */
bool ack_returns_payload(const struct ack_policy *policy);

/* The size of the packet with so much payload: IP header without options, UDP header, payload. */
size_t ack_packet_bytes(enum endpoint_family family, size_t payload_bytes);

/*
 * The most payload a reply to request_bytes of payload may have: the whole packet with IP and UDP
 * headers at most 3 times the request's (cf. RFC 9000 section 8.1).
 */
size_t ack_reply_limit(enum endpoint_family family, size_t request_bytes);

#endif
