/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ack: what is answered. A policy is a text, a text with fields, the datagram itself, what a measuring
 * client expects (STAMP, sockperf), or nothing.
 * Fields in braces: {n} {bytes} {from} {text} {time}; "{{" stands for one brace.
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
    ACK_NONE,
    ACK_KINDS
};

/* The words of the rows, for completion. */
#define ACK_WORDS "echo stamp sockperf none"

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

/* What a reply is made of. */
enum ack_source {
    ACK_FROM_NOTHING, /* there is no reply */
    ACK_FROM_TEXT,    /* the policy's text, the same for all */
    ACK_FROM_REQUEST, /* the request's payload as it came */
    ACK_FROM_RENDER,  /* row->render writes each reply */
};

/* A kind of policy. A new one is a constant above and a row in ack.c. */
struct ack_row {
    const char *word; /* what --ack calls it; NULL: it is a text's, with or without fields */
    enum ack_source source;
    /* Payload bytes of a reply; NULL with ACK_FROM_RENDER: known when it is rendered. */
    size_t (*size)(const struct ack_policy *policy, size_t request_bytes);
    /* As ack_render. */
    size_t (*render)(const struct ack_policy *policy, const struct ack_context *context,
                     uint8_t *out, size_t size_bytes, bool *cut);
    /* With ACK_FROM_RENDER: changes a reply right before it is sent, for a field that holds the time
     * of that. wall_ns: CLOCK_REALTIME. NULL: a reply stays as it was rendered. */
    void (*finish_at_send)(uint8_t *reply, size_t size_bytes, int64_t wall_ns);
    /* Whether the payload asks for such a reply; NULL: any does. */
    bool (*accepts)(const uint8_t *bytes, size_t size_bytes);
    bool numbered; /* context.sequence is asked for */
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

/* What the fields of a template stand for in one reply. */
struct ack_context {
    uint64_t number;           /* {n} */
    int64_t wall_ns;           /* {time}, ISO 8601 */
    struct endpoint from;      /* {from} */
    const struct zones *zones; /* how its zone is called */
    const uint8_t *bytes;      /* {text}: the payload as it came */
    size_t size_bytes;         /* {bytes} */
    int hop_limit;             /* the datagram came with; below 0: not known */
    const uint32_t *sequence; /* of the reply in its session; NULL: the request's own is returned */
    struct stamp_error clock_error; /* of our wall clock */
};

/*
 * "echo", "stamp", "sockperf", "none", or a text, perhaps with fields; {hex:ff00} stands for these bytes. Returns NULL, or
 * what is wrong with the text, a literal ("an unknown field: use {n} ...").
 */
const char *ack_parse(const char *text, struct ack_policy *out);

/* Writes a reply of any policy to out; *cut tells whether size_bytes was too little for all of it.
 * Returns the bytes written. */
size_t ack_render(const struct ack_policy *policy, const struct ack_context *context, uint8_t *out,
                  size_t size_bytes, bool *cut);

/* Where to cut bytes (more than limit of them) at most limit bytes long, not inside a UTF-8
 * character. */
size_t ack_cut(const uint8_t *bytes, size_t limit);

/*
 * Whether a payload is the one text that this policy answers with. Such a payload is never
 * acknowledged (loop guard). A template's fields could stand for anything, and "{n} {text}" for any
 * message: content does not decide there (proto/loop does).
 */
bool ack_matches(const struct ack_policy *policy, const uint8_t *bytes, size_t size_bytes);

/* Whether the policy has a reply to such a payload. */
bool ack_accepts(const struct ack_policy *policy, const uint8_t *bytes, size_t size_bytes);

/*
 * Whether the reply may be a request that is answered again, since it carries what came, so that a
 * loop would never end by ack_matches: such replies are limited in a local network, too. Not
 * sockperf's, though it returns the payload: without the client's flag it is no request to the next
 * server (ack_accepts).
 */
bool ack_returns_payload(const struct ack_policy *policy);

/* The packet with so much payload: IP header without options, UDP header, payload. */
size_t ack_packet_bytes(enum endpoint_family family, size_t payload_bytes);

/*
 * The most payload a reply to request_bytes of payload may have: the whole packet with IP and UDP
 * headers at most 3 times the request's (cf. RFC 9000 section 8.1).
 */
size_t ack_reply_limit(enum endpoint_family family, size_t request_bytes);

#endif
