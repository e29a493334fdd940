/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loop: a few comparisons per datagram; a payload is read only within a row. */
#include "udptui/proto/loop.h"

#include <string.h>

#include "udptui/base/hash.h"
#include "udptui/base/units.h"

bool loop_is_marked(int hop_limit)
{
    return hop_limit <= LOOP_HOP_LIMIT && hop_limit >= LOOP_HOP_LIMIT - LOOP_HOPS_MAX;
}

int loop_relay_hop_limit(int hop_limit, bool copy)
{
    if (copy && hop_limit >= 0)
        return hop_limit > 0 ? hop_limit - 1 : 0;
    if (hop_limit > LOOP_HOP_LIMIT || hop_limit < LOOP_RELAY_FLOOR)
        return LOOP_RELAY_HOP_LIMIT;
    /* what is sent must arrive at or above the floor, however many routers there are */
    hop_limit -= LOOP_RELAY_STEP;
    return hop_limit >= LOOP_RELAY_FLOOR + LOOP_HOPS_MAX ? hop_limit : 0;
}

/* Of the beginning, each run of digits as one: "ack 9" and "ack 10" have one shape. */
static uint16_t loop_shape_of(const uint8_t *bytes, size_t size_bytes)
{
    uint8_t shape[LOOP_SHAPE_BYTES];
    bool in_number = false;
    size_t length = 0;

    for (size_t i = 0; i < size_bytes && i < LOOP_SHAPE_BYTES; i++) {
        bool digit = bytes[i] >= '0' && bytes[i] <= '9';
        if (!digit || !in_number)
            shape[length++] = digit ? '0' : bytes[i];
        in_number = digit;
    }
    return (uint16_t)hash_bytes(0, shape, length);
}

/* Of the beginning and the size; never 0. */
static uint16_t loop_hash_text(struct loop_text text)
{
    size_t length = text.size_bytes < LOOP_SHAPE_BYTES ? text.size_bytes : LOOP_SHAPE_BYTES;

    return (uint16_t)(hash_bytes(text.size_bytes, text.bytes, length) | 1);
}

static bool loop_knows_text(const struct loop_watch *watch, uint16_t hash)
{
    bool known = false;

    for (size_t i = 0; i < LOOP_TEXTS; i++)
        known |= watch->texts[i] == hash;
    return known;
}

void loop_note_text(struct loop_watch *watch, struct loop_text ack, struct loop_text request)
{
    uint16_t hash = loop_hash_text(ack);

    if (loop_knows_text(watch, hash) || hash == loop_hash_text(request))
        return;
    memmove(watch->texts + 1, watch->texts, (LOOP_TEXTS - 1) * sizeof watch->texts[0]);
    watch->texts[0] = hash;
}

/* Whether the peer returns a text of ours. After acks were withheld that no longer matters: rows
 * are then as long as a client can bear. */
static bool loop_is_returned(const struct loop_watch *watch, const uint8_t *bytes,
                             size_t size_bytes)
{
    const struct loop_text text = {.bytes = bytes, .size_bytes = size_bytes};

    return watch->texts[0] != 0 && watch->withheld == 0 &&
           loop_knows_text(watch, loop_hash_text(text));
}

static bool is_client(uint16_t port)
{
    return port >= LOOP_CLIENT_PORT;
}

/* How long a row of a server's port may be, in the unit of `row`. */
static uint32_t server_row_max(const struct loop_watch *watch)
{
    uint32_t times = watch->withheld_all < LOOP_TIMES_UNTIL ? LOOP_TIMES : LOOP_TIMES_LATER;

    if (watch->withheld == 0)
        return LOOP_SAME * ((uint32_t)LOOP_ROW << (2 * watch->proofs));
    return LOOP_SAME * times * watch->withheld;
}

static uint32_t client_row_max(const struct loop_watch *watch)
{
    if (watch->withheld == 0)
        return watch->several ? LOOP_ROW_WINDOW : LOOP_ROW_CLIENT;
    return (watch->several ? LOOP_TIMES_WINDOW : LOOP_TIMES_CLIENT) * (uint32_t)watch->withheld;
}

/* Whether the shape is one of the latest two; notes it as the latest. */
static bool loop_knows_shape(struct loop_watch *watch, uint16_t shape)
{
    bool latest = shape == watch->shapes[0], known = latest || shape == watch->shapes[1];

    if (!latest) {
        watch->shapes[1] = watch->shapes[0];
        watch->shapes[0] = shape;
    }
    return known;
}

/* Adds a datagram's exchanges to the row. Returns whether it is too long now. */
static bool row_extend(struct loop_watch *watch, uint16_t port, size_t messages,
                       const uint8_t *bytes, size_t size_bytes)
{
    uint32_t each;

    if (is_client(port)) {
        watch->row += (uint32_t)messages;
        return watch->row > client_row_max(watch);
    }
    each = loop_knows_shape(watch, loop_shape_of(bytes, size_bytes)) ? LOOP_SAME : 1;
    if (loop_is_returned(watch, bytes, size_bytes))
        each = LOOP_SAME * LOOP_RETURNED;
    watch->row += (uint32_t)messages * each;
    return watch->row > server_row_max(watch);
}

/* Whether the datagram answers no ack. Once acks were withheld, only a pause shows that, because
 * more datagrams than acks may be forged. A load generator's datagrams arrive merged (UDP_GRO); a
 * server on a client's port hardly sends like that. */
static bool row_is_broken(const struct loop_watch *watch, uint16_t port, size_t messages,
                          int64_t now_ns)
{
    return (messages > 1 && is_client(port)) ||
           now_ns - watch->acked_ns > LOOP_AT_ONCE_MS * UNITS_NS_PER_MS ||
           (messages > watch->acks && watch->withheld_all == 0);
}

static void row_begin(struct loop_watch *watch)
{
    bool proof = watch->withholding && watch->proofs < LOOP_PROOFS_MAX;

    *watch = (struct loop_watch){.acked_ns = watch->acked_ns,
                                 .proofs = (uint8_t)(watch->proofs + proof)};
}

static void withhold(struct loop_watch *watch, size_t messages)
{
    size_t together = messages + (watch->withholding ? watch->withheld : 0);
    size_t all = messages + watch->withheld_all;

    watch->withholding = true;
    watch->withheld = (uint16_t)(together < LOOP_WITHHELD_MAX ? together : LOOP_WITHHELD_MAX);
    watch->withheld_all = (uint8_t)(all < LOOP_TIMES_UNTIL ? all : LOOP_TIMES_UNTIL);
    watch->row = 0;
}

bool loop_is_suspected(struct loop_watch *watch, uint16_t port, size_t messages,
                       const uint8_t *bytes, size_t size_bytes, int64_t now_ns)
{
    bool answer = messages <= watch->acks;

    if (row_is_broken(watch, port, messages, now_ns)) {
        row_begin(watch);
        return false;
    }
    watch->several = watch->several || watch->acks > 1;
    watch->acks -= answer ? (uint32_t)messages : watch->acks;
    if (watch->withholding ? answer : row_extend(watch, port, messages, bytes, size_bytes))
        withhold(watch, messages);
    else
        watch->withholding = false;
    return watch->withholding;
}
