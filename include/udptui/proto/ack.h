/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ack: what the server answers. An answer is one datagram or several, separated by " ; ", each with
 * words before it:
 *
 *     answer   = [ "chance" PERCENT% ] datagram { " ; " datagram }
 *     datagram = { word } what
 *     word     = "after" TIME | "twice" | NUMBER "times" | "to port" PORT | "from another port"
 *     what     = "none" | "echo" | "stamp" | "sockperf" | "stun" | "hex:" digits and fields
 *              | "file:" PATH | text with escapes and fields
 *
 * Escapes are those of base/escape. Fields: {n} {bytes} {from} {text} {upper} {hex} {time},
 * {bytes:FROM:N} (received bytes), {1} to {9} (groups of the rule's regular expression), {random:N}, {hex:ff00}
 * (these bytes); "{{" is one brace. Each datagram is a policy; those after the first are chained.
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
    ACK_FILE,     /* the content of a file, read when the policy was parsed */
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
    ACK_FIELD_UPPER, /* the received payload, a to z as A to Z */
    ACK_FIELD_TIME,
    ACK_FIELD_HEX,
    ACK_FIELD_SLICE,  /* length received bytes from offset on; ACK_SLICE_REST: all the rest */
    ACK_FIELD_GROUP,  /* group number offset */
    ACK_FIELD_RANDOM, /* length bytes */
};

enum {
    ACK_TEXT_MAX = 1024,
    ACK_PARTS_MAX = 32,
    ACK_RATIO_MAX = 3,
    ACK_GROUPS = 9,
    ACK_SLICE_REST = UINT16_MAX,
    ACK_SLICE_SHORT = 64,   /* a longer slice counts as the request (ack_returns_payload) */
    ACK_DATAGRAMS_MAX = 32, /* of one answer, copies included */
};

#define ACK_AFTER_MAX_NS (INT64_C(600) * 1000000000)

/* A stretch of the template: a literal of the policy's text, or a field. */
struct ack_part {
    uint8_t field;           /* enum ack_field */
    uint16_t offset, length; /* of the literal in text; of a field: see enum ack_field */
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
    uint8_t *file; /* ACK_FILE */
    size_t file_bytes;
    double chance;           /* of the whole answer; 0: always */
    int64_t after_ns;        /* since the request, or since the datagram before it */
    uint16_t to_port;        /* of the client, 0: the one it sent from */
    uint8_t times;           /* copies, 0: one */
    bool from_another;       /* from another port of ours */
    struct ack_policy *next; /* the answer's next datagram, NULL: none */
};

/* What the groups of a regular expression matched; bytes NULL: nothing. [0] is group 1. */
struct ack_groups {
    struct ack_group {
        const uint8_t *bytes;
        size_t size_bytes;
    } each[ACK_GROUPS];
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
    const struct ack_groups *groups; /* {1}; NULL: none */
    uint64_t seed;                   /* {random:N}, with number */
};

/* Where an answer is used. All zero: no groups, no files. */
struct ack_reading {
    size_t groups; /* of the rule's regular expression */
    /* Reads a file: *bytes is allocated, at most room_bytes. Returns NULL, or what is wrong. */
    const char *(*read_file)(const char *path, size_t room_bytes, uint8_t **bytes,
                             size_t *size_bytes);
};

struct ack_problem {
    size_t offset_bytes; /* into the text, 0-based */
    const char *why;     /* a literal, or a result of read_file */
    bool no_memory;      /* memory is short: the text may be right */
};

/* Parses an answer; ack_close must follow. False with the problem set; then there is nothing to
 * close. */
bool ack_parse_answer(const char *text, const struct ack_reading *reading, struct ack_policy *out,
                      struct ack_problem *problem);

/* The same without files and groups. Returns NULL, or what is wrong, a literal. */
const char *ack_parse(const char *text, struct ack_policy *out);

/* Frees what a policy holds, not the policy itself; may be called again. */
void ack_close(struct ack_policy *policy);

/* A copy with memory of its own; ack_close frees it. False if memory is short. */
bool ack_copy(struct ack_policy *copy, const struct ack_policy *policy);

/* Whether the answer is more than one datagram back to its client at once: it waits, has several
 * datagrams, or uses other ports. */
bool ack_is_planned(const struct ack_policy *policy);

/* Whether a datagram of the answer is sent from another port. */
bool ack_uses_another_port(const struct ack_policy *policy);

/* Whether an answer with this chance is given; drawn from the seed, the message's number and the
 * rule's. */
bool ack_draw(const struct ack_policy *policy, uint64_t seed, uint64_t number, uint64_t rule);

/* Writes one datagram of any policy to out; *cut: whether size_bytes was too small for all of it.
 * Returns the bytes written. */
size_t ack_render(const struct ack_policy *policy, const struct ack_context *context, uint8_t *out,
                  size_t size_bytes, bool *cut);

/* The length, at most limit, to which to cut more than limit bytes, not inside a UTF-8
 * character. */
size_t ack_cut(const uint8_t *bytes, size_t limit);

/*
 * Whether a payload is a fixed text that this answer sends. Such a payload is never
 * acknowledged (loop guard). Always false for a template, because its fields can match any message;
 * proto/loop decides there.
 */
bool ack_matches(const struct ack_policy *policy, const uint8_t *bytes, size_t size_bytes);

/* Whether the policy replies to such a payload: each of its datagrams, since one that has no reply
 * to it would be empty. */
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
