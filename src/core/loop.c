/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loop: a few comparisons a datagram; a payload is looked at only in the middle of a row. */
#include "udptui/core/loop.h"

#include "udptui/core/units.h"

bool loop_is_marked(int hop_limit)
{
    return hop_limit <= LOOP_HOP_LIMIT && hop_limit >= LOOP_HOP_LIMIT - LOOP_HOPS_MAX;
}

/* FNV-1a of the beginning, each run of digits as one: "ack 9" and "ack 10" have one shape. */
static uint32_t shape_of(const uint8_t *bytes, size_t size_bytes)
{
    uint32_t hash = 2166136261u;
    bool in_number = false;

    for (size_t i = 0; i < size_bytes && i < LOOP_SHAPE_BYTES; i++) {
        bool digit = bytes[i] >= '0' && bytes[i] <= '9';
        if (!digit || !in_number)
            hash = (hash ^ (digit ? '0' : bytes[i])) * 16777619u;
        in_number = digit;
    }
    return hash;
}

/* How long a row may be. Each proof gives four times as much, but no trust is for ever: the proof may
 * have been forged like the beginning. */
static uint32_t row_max(const struct loop_watch *watch, uint16_t port)
{
    uint32_t most = LOOP_ROW;

    if (port >= LOOP_CLIENT_PORT)
        return watch->several ? LOOP_ROW_WINDOW : LOOP_ROW_CLIENT;
    for (uint8_t i = 0; i < watch->proofs && most < LOOP_ROW_PROVEN; i++)
        most *= 4;
    return most;
}

/* How many datagrams are withheld an ack at the least before a peer that goes on has proved itself:
 * of a queue full of them, only the acks sent from it so far are known to be on their way. */
static uint32_t withheld_min(const struct loop_watch *watch)
{
    return UINT32_C(1) << (watch->proofs < LOOP_PROOFS_MAX ? watch->proofs : LOOP_PROOFS_MAX);
}

/* Whether there is an ack that each of the messages can be an answer to. A load generator's datagrams
 * come many in one; a server that chose a client's port hardly sends like that. */
static bool is_answer(const struct loop_watch *watch, uint16_t port, size_t messages,
                      int64_t now_ns)
{
    if ((messages > 1 && port >= LOOP_CLIENT_PORT) ||
        now_ns - watch->acked_ns > LOOP_AT_ONCE_MS * UNITS_NS_PER_MS)
        return false;
    return messages <= watch->acks ||
           (watch->withheld && watch->row < row_max(watch, port) + withheld_min(watch));
}

bool loop_heard(struct loop_watch *watch, uint16_t port, size_t messages, const uint8_t *bytes,
                size_t size_bytes, int64_t now_ns)
{
    uint32_t shape;

    if (!is_answer(watch, port, messages, now_ns)) {
        watch->acks = 0;
        watch->proofs = (uint8_t)(watch->proofs + (watch->withheld && watch->proofs < UINT8_MAX));
        watch->withheld = false;
        watch->several = false;
        watch->row = 0;
        return false;
    }
    shape = shape_of(bytes, size_bytes);
    if (shape != watch->shape)
        watch->row = 0;
    watch->several = watch->several || watch->acks > 1;
    watch->acks -= messages < watch->acks ? (uint32_t)messages : watch->acks;
    watch->row += (uint32_t)messages;
    watch->shape = shape;
    watch->withheld = watch->row > row_max(watch, port);
    return watch->withheld;
}
