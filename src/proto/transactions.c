/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/proto/transactions.h"

#include <string.h>

#include "udptui/base/array.h"
#include "udptui/proto/coap.h"

/* ---- transaction numbers */

enum {
    DNS_HEADER_BYTES = 12,
    STUN_HEADER_BYTES = 20,
    STUN_ID_OFFSET = 8,
    STUN_ID_BYTES = 12,
};

static const uint8_t stun_cookie[] = {0x21, 0x12, 0xa4, 0x42};

/* A datagram of the target, and the protocols whose reply it may be. */
struct reply {
    const uint8_t *bytes;
    bool dns, stun, coap;
    struct coap_names names; /* with coap */
};

static bool has_stun_cookie(const uint8_t *bytes, size_t size_bytes)
{
    return size_bytes >= STUN_HEADER_BYTES &&
           memcmp(bytes + 4, stun_cookie, sizeof stun_cookie) == 0;
}

/* Of DNS the bit QR is set, and there is one question or none; of STUN it is a success or error
 * response. */
static struct reply transactions_read(const uint8_t *bytes, size_t size_bytes)
{
    struct reply reply = {.bytes = bytes};

    reply.dns =
        size_bytes >= DNS_HEADER_BYTES && (bytes[2] & 0x80) != 0 && bytes[4] == 0 && bytes[5] <= 1;
    reply.stun = has_stun_cookie(bytes, size_bytes) && (bytes[0] & 0xc1) == 0x01;
    reply.coap = coap_read(bytes, size_bytes, &reply.names) && !reply.names.asks;
    return reply;
}

static bool has_number(const struct reply *reply)
{
    return reply->dns || reply->stun || reply->coap;
}

/* What the transaction numbers of a request and a reply say. */
enum numbers {
    NUMBERS_NONE, /* one of them has none, or another protocol's */
    NUMBERS_SAME,
    NUMBERS_DIFFER, /* the reply does not answer the request */
};

/* The bit QR is not set, and there is one question. */
static enum numbers compare_dns(const struct transaction *request, const struct reply *reply)
{
    const uint8_t *head = request->head;

    if (!reply->dns || request->head_bytes < DNS_HEADER_BYTES || (head[2] & 0x80) != 0 ||
        head[4] != 0 || head[5] != 1)
        return NUMBERS_NONE;
    return memcmp(head, reply->bytes, 2) == 0 && (head[2] & 0x78) == (reply->bytes[2] & 0x78)
               ? NUMBERS_SAME
               : NUMBERS_DIFFER;
}

static enum numbers compare_stun(const struct transaction *request, const struct reply *reply)
{
    const uint8_t *head = request->head;

    if (!reply->stun || !has_stun_cookie(head, request->head_bytes) || (head[0] & 0xc1) != 0)
        return NUMBERS_NONE;
    return memcmp(head + STUN_ID_OFFSET, reply->bytes + STUN_ID_OFFSET, STUN_ID_BYTES) == 0
               ? NUMBERS_SAME
               : NUMBERS_DIFFER;
}

static enum numbers compare_coap(const struct transaction *request, const struct reply *reply)
{
    struct coap_names asked;

    if (!reply->coap || !coap_read(request->head, request->head_bytes, &asked) || !asked.asks)
        return NUMBERS_NONE;
    if (reply->names.acknowledges && request->acknowledged)
        return NUMBERS_DIFFER;
    return coap_answers(&asked, &reply->names) ? NUMBERS_SAME : NUMBERS_DIFFER;
}

static enum numbers (*const compare_numbers[])(const struct transaction *request,
                                               const struct reply *reply) = {
    compare_dns, compare_stun, compare_coap};

/* Of bytes that two protocols may have written, the one that connects them. */
static enum numbers transactions_compare(const struct transaction *request,
                                         const struct reply *reply)
{
    enum numbers numbers = NUMBERS_NONE;

    for (size_t i = 0; i < COUNT_OF(compare_numbers); i++) {
        enum numbers these = compare_numbers[i](request, reply);
        if (these == NUMBERS_SAME)
            return these;
        if (these == NUMBERS_DIFFER)
            numbers = these;
    }
    return numbers;
}

/* The requests that a reply may answer: those with its number, else those without one. */
struct candidates {
    enum numbers numbers;
    unsigned count, oldest;
};

static struct candidates transactions_search(const struct transactions *transactions,
                                             const struct reply *reply)
{
    struct candidates found[] = {[NUMBERS_NONE] = {.numbers = NUMBERS_NONE},
                                 [NUMBERS_SAME] = {.numbers = NUMBERS_SAME},
                                 [NUMBERS_DIFFER] = {.numbers = NUMBERS_DIFFER}};

    if (!has_number(reply)) /* most replies: no look at each request */
        return (struct candidates){.numbers = NUMBERS_NONE, .count = transactions->count};
    for (unsigned i = transactions->count; i-- > 0;) {
        struct candidates *alike = &found[transactions_compare(&transactions->waiting[i], reply)];
        alike->count++;
        alike->oldest = i;
    }
    return found[NUMBERS_SAME].count > 0 ? found[NUMBERS_SAME] : found[NUMBERS_NONE];
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

void transactions_clear(struct transactions *transactions)
{
    transactions_remove(transactions, 0, transactions->count);
}

/* A client acknowledges a response so, or rejects it. */
static bool transactions_is_last(const uint8_t *bytes, size_t size_bytes)
{
    struct coap_names names;

    return coap_read(bytes, size_bytes, &names) && names.ends;
}

void transactions_add(struct transactions *transactions, uint64_t number, int64_t sent_ns,
                      const uint8_t *bytes, size_t size_bytes)
{
    if (transactions_is_last(bytes, size_bytes))
        return;
    transactions_expire(transactions, sent_ns);
    if (transactions->count == TRANSACTIONS_MAX) {
        transactions_remove(transactions, 0,
                            TRANSACTIONS_MAX / 2); /* together: each costs a move */
        transactions->overflowed = true;
    }
    struct transaction *request = &transactions->waiting[transactions->count++];
    request->number = number;
    request->sent_ns = sent_ns;
    request->doubt = DOUBT_NONE;
    request->acknowledged = false;
    request->head_bytes =
        (uint8_t)(size_bytes < TRANSACTIONS_HEAD_BYTES ? size_bytes : TRANSACTIONS_HEAD_BYTES);
    memcpy(request->head, bytes, request->head_bytes);
}

/* How certain it is that the reply answers the oldest of the candidates. */
static enum event_match transactions_judge(const struct transactions *transactions,
                                           const struct candidates *candidates)
{
    const struct transaction *oldest = &transactions->waiting[candidates->oldest];

    if (candidates->count == 0)
        return MATCH_NONE;
    if (candidates->numbers == NUMBERS_SAME && candidates->count == 1 &&
        oldest->doubt < DOUBT_NUMBER)
        return MATCH_ID;
    if (transactions->overflowed)
        return MATCH_NONE;
    return transactions->count == 1 && oldest->doubt == DOUBT_NONE ? MATCH_ALONE : MATCH_ORDER;
}

/* The reply was given to one of the candidates by a guess: that of the others may have been it. */
static void transactions_doubt(struct transactions *transactions, enum numbers numbers,
                               const struct reply *reply)
{
    uint8_t doubt = numbers == NUMBERS_SAME ? DOUBT_NUMBER : DOUBT_ORDER;

    for (unsigned i = 0; i < transactions->count; i++) {
        struct transaction *request = &transactions->waiting[i];
        if (request->doubt < doubt && transactions_compare(request, reply) == numbers)
            request->doubt = doubt;
    }
}

struct transaction_match transactions_take(struct transactions *transactions, const uint8_t *bytes,
                                           size_t size_bytes, int64_t now_ns)
{
    struct transaction_match match = {.rtt_ns = EVENT_UNKNOWN, .match = MATCH_NONE};

    transactions_expire(transactions, now_ns);
    if (transactions->count == 0)
        return match;
    const struct reply reply = transactions_read(bytes, size_bytes);
    const struct candidates candidates = transactions_search(transactions, &reply);
    match.match = transactions_judge(transactions, &candidates);
    if (match.match == MATCH_NONE)
        return match;
    struct transaction *request = &transactions->waiting[candidates.oldest];
    match.number = request->number;
    if (now_ns >= request->sent_ns)
        match.rtt_ns = now_ns - request->sent_ns;
    if (candidates.numbers == NUMBERS_SAME && reply.coap && reply.names.acknowledges)
        request->acknowledged = true;
    else
        transactions_remove(transactions, candidates.oldest, 1);
    if (match.match == MATCH_ORDER)
        transactions_doubt(transactions, candidates.numbers, &reply);
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
