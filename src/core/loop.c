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
        return LOOP_ROW_CLIENT;
    for (uint8_t i = 0; i < watch->proofs && most < LOOP_ROW_PROVEN; i++)
        most *= 4;
    return most;
}

static bool is_answer(const struct loop_watch *watch, size_t messages, int64_t now_ns)
{
    return (watch->acks == 1 || (watch->copied && watch->acks > 0)) && messages == 1 &&
           now_ns - watch->acked_ns <= LOOP_AT_ONCE_MS * UNITS_NS_PER_MS;
}

bool loop_heard(struct loop_watch *watch, uint16_t port, size_t messages, const uint8_t *bytes,
                size_t size_bytes, int64_t now_ns)
{
    bool answer = is_answer(watch, messages, now_ns);
    uint32_t shape;

    watch->acks = answer ? (uint8_t)(watch->acks - 1) : 0;
    if (!answer) {
        watch->proofs = (uint8_t)(watch->proofs + (watch->withheld && watch->proofs < UINT8_MAX));
        watch->withheld = false;
        watch->row = 0;
        return false;
    }
    shape = shape_of(bytes, size_bytes);
    watch->row = shape == watch->shape ? watch->row + 1 : 1;
    watch->shape = shape;
    watch->withheld = watch->row > row_max(watch, port);
    return watch->withheld;
}
