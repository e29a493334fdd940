/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/proto/transactions.h"

#include <string.h>

#include "udptui/base/array.h"

/* ---- transaction numbers */

enum {
    DNS_HEADER_BYTES = 12,
    STUN_HEADER_BYTES = 20,
    STUN_ID_OFFSET = 8,
    STUN_ID_BYTES = 12,
    COAP_HEADER_BYTES = 4,
};

static const uint8_t stun_cookie[] = {0x21, 0x12, 0xa4, 0x42};

/* The bit QR is set, and there is one question or none. */
static bool dns_is_reply(const uint8_t *bytes, size_t size_bytes)
{
    return size_bytes >= DNS_HEADER_BYTES && (bytes[2] & 0x80) != 0 && bytes[4] == 0 &&
           bytes[5] <= 1;
}

static bool dns_answers(const struct transaction *request, const uint8_t *bytes)
{
    const uint8_t *head = request->head;

    return request->head_bytes >= DNS_HEADER_BYTES && memcmp(head, bytes, 2) == 0 &&
           (head[2] & 0x80) == 0 && (head[2] & 0x78) == (bytes[2] & 0x78) && head[4] == 0 &&
           head[5] == 1;
}

/* A success or error response. */
static bool stun_is_reply(const uint8_t *bytes, size_t size_bytes)
{
    return size_bytes >= STUN_HEADER_BYTES && (bytes[0] & 0xc1) == 0x01 &&
           memcmp(bytes + 4, stun_cookie, sizeof stun_cookie) == 0;
}

static bool stun_answers(const struct transaction *request, const uint8_t *bytes)
{
    const uint8_t *head = request->head;

    return request->head_bytes >= STUN_HEADER_BYTES && (head[0] & 0xc1) == 0 &&
           memcmp(head + 4, bytes + 4, sizeof stun_cookie + STUN_ID_BYTES) == 0;
}

/* Version 1, an acknowledgement or reset. */
static bool coap_is_reply(const uint8_t *bytes, size_t size_bytes)
{
    return size_bytes >= COAP_HEADER_BYTES && (bytes[0] & 0xe0) == 0x60 && (bytes[0] & 0x0f) <= 8;
}

/* A confirmable request: code 0.01 to 0.31. */
static bool coap_answers(const struct transaction *request, const uint8_t *bytes)
{
    const uint8_t *head = request->head;

    return request->head_bytes >= COAP_HEADER_BYTES && (head[0] & 0xf0) == 0x40 && head[1] >= 1 &&
           head[1] < 0x20 && memcmp(head + 2, bytes + 2, 2) == 0;
}

static const struct {
    bool (*is_reply)(const uint8_t *bytes, size_t size_bytes);
    bool (*answers)(const struct transaction *request, const uint8_t *bytes);
} transactions_kinds[] = {
    {dns_is_reply, dns_answers},
    {stun_is_reply, stun_answers},
    {coap_is_reply, coap_answers},
};

/* The request with the reply's transaction number, if exactly one has it; else count. */
static unsigned transactions_find_id(const struct transactions *transactions, const uint8_t *bytes,
                                     size_t size_bytes)
{
    for (size_t kind = 0; kind < COUNT_OF(transactions_kinds); kind++) {
        unsigned found = transactions->count, matches = 0;
        if (!transactions_kinds[kind].is_reply(bytes, size_bytes))
            continue;
        for (unsigned i = 0; i < transactions->count; i++)
            if (transactions_kinds[kind].answers(&transactions->waiting[i], bytes)) {
                found = i;
                matches++;
            }
        if (matches == 1)
            return found;
    }
    return transactions->count;
}

/* ---- the window */

static void transactions_remove(struct transactions *transactions, unsigned first, unsigned count)
{
    unsigned behind = transactions->count - first - count;

    memmove(&transactions->waiting[first], &transactions->waiting[first + count],
            behind * sizeof *transactions->waiting);
    transactions->count = (uint8_t)(transactions->count - count);
    transactions->overflowed &= transactions->count > 0;
}

static void transactions_expire(struct transactions *transactions, int64_t now_ns)
{
    unsigned old = 0;

    while (old < transactions->count &&
           now_ns - transactions->waiting[old].sent_ns > TRANSACTIONS_WAIT_NS)
        old++;
    if (old > 0)
        transactions_remove(transactions, 0, old);
}

void transactions_add(struct transactions *transactions, uint64_t number, int64_t sent_ns,
                      const uint8_t *bytes, size_t size_bytes)
{
    transactions_expire(transactions, sent_ns);
    if (transactions->count == TRANSACTIONS_MAX) {
        transactions_remove(transactions, 0,
                            TRANSACTIONS_MAX / 2); /* together: each costs a move */
        transactions->overflowed = true;
    }
    struct transaction *request = &transactions->waiting[transactions->count++];
    request->number = number;
    request->sent_ns = sent_ns;
    request->head_bytes =
        (uint8_t)(size_bytes < TRANSACTIONS_HEAD_BYTES ? size_bytes : TRANSACTIONS_HEAD_BYTES);
    memcpy(request->head, bytes, request->head_bytes);
}

struct transaction_match transactions_take(struct transactions *transactions, const uint8_t *bytes,
                                           size_t size_bytes, int64_t now_ns)
{
    struct transaction_match match = {.rtt_ns = EVENT_UNKNOWN, .match = MATCH_NONE};

    transactions_expire(transactions, now_ns);
    if (transactions->count == 0)
        return match;
    unsigned at = transactions_find_id(transactions, bytes, size_bytes);
    if (at < transactions->count)
        match.match = MATCH_ID;
    else if (transactions->count > 0 && !transactions->overflowed)
        match.match = transactions->count == 1 ? MATCH_ALONE : MATCH_ORDER;
    if (match.match == MATCH_NONE)
        return match;
    if (match.match != MATCH_ID)
        at = 0;
    match.number = transactions->waiting[at].number;
    if (now_ns >= transactions->waiting[at].sent_ns)
        match.rtt_ns = now_ns - transactions->waiting[at].sent_ns;
    transactions_remove(transactions, at, 1);
    return match;
}

uint64_t transactions_find(const struct transactions *transactions, const uint8_t *bytes,
                           size_t size_bytes)
{
    for (unsigned i = transactions->count; i-- > 0 && size_bytes > 0;) {
        const struct transaction *request = &transactions->waiting[i];
        size_t compared = size_bytes < request->head_bytes ? size_bytes : request->head_bytes;
        if (compared > 0 && memcmp(request->head, bytes, compared) == 0)
            return request->number;
    }
    return 0;
}
