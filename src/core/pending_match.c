/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pending_match: which reply is whose. The candidates are tried in order: the oldest that waits and
 * fits, then the oldest given up, then one that was answered already.
 */
#include <stddef.h>

#include "pending_table.h"

static bool has_answered(const struct pending *pending, const struct pending_request *request,
                         const struct endpoint *from)
{
    for (size_t i = 0; i < PENDING_WITNESSES && i < pending->witness_count; i++)
        if (pending->witnesses[i].seq == request->seq &&
            endpoint_equal(&pending->witnesses[i].from, from))
            return true;
    return false;
}

/* Whether the arrival can belong to the request at all. */
static bool fits(const struct pending *pending, const struct pending_request *request,
                 const struct pending_arrival *arrival, uint64_t digest)
{
    if (request->channel != arrival->channel)
        return false;
    if (pending->options.mode == PENDING_ECHO && request->digest != digest)
        return false;
    return !request->several || !has_answered(pending, request, arrival->from);
}

/* The oldest request in a state that fits. */
static struct pending_request *find(struct pending *pending, enum pending_state state,
                                    const struct pending_arrival *arrival, uint64_t digest)
{
    uint64_t position = state == PENDING_WAITING ? pending->oldest_waiting : pending->first;

    for (; position < pending->end; position++) {
        struct pending_request *request = pending_at(pending, position);
        if (request->state == state && fits(pending, request, arrival, digest))
            return request;
    }
    return NULL;
}

/* By content: whether an equal request may be the one that is meant. It is marked, for it stays
 * doubtful when this one is settled. */
static bool mark_twins(struct pending *pending, struct pending_request *request, bool expired_too)
{
    bool found = request->shared;
    uint64_t position = expired_too ? pending->first : pending->oldest_waiting;

    for (; position < pending->end; position++) {
        struct pending_request *other = pending_at(pending, position);
        bool open = other->state == PENDING_WAITING || other->state == PENDING_EXPIRED;
        if (other == request || !open || other->digest != request->digest ||
            other->channel != request->channel)
            continue;
        other->shared = true;
        found = true;
    }
    return found;
}

static bool is_ambiguous(struct pending *pending, struct pending_request *request, int64_t now_ns)
{
    bool in_doubt = now_ns < pending->doubt_until_ns;

    switch (pending->options.mode) {
    case PENDING_ORDER:
        return request->resends > 0 || pending->mixed || in_doubt;
    case PENDING_ECHO:
        return mark_twins(pending, request, in_doubt && pending->expired > 0) ||
               request->resends > 0;
    case PENDING_PORT:
        break;
    }
    return request->resends > 0;
}

static struct pending_match describe(const struct pending_request *request, enum pending_kind kind,
                                     int64_t received_ns, bool ambiguous)
{
    int64_t rtt_ns = received_ns - request->sent_ns;

    return (struct pending_match){.kind = kind,
                                  .seq = request->seq,
                                  .size_bytes = request->size_bytes,
                                  .rtt_ns = rtt_ns > 0 ? rtt_ns : 0,
                                  .resends = request->resends,
                                  .answers = request->answers,
                                  .ambiguous = ambiguous};
}

static struct pending_match answer_waiting(struct pending *pending, struct pending_request *request,
                                           const struct pending_arrival *arrival)
{
    bool ambiguous = is_ambiguous(pending, request, arrival->received_ns);

    request->answers++;
    pending->crossed = pending->crossed || pending->expired > 0;
    pending->latest_seq = request->seq;
    pending->latest_sent_ns = request->sent_ns;
    if (request->several)
        pending->witnesses[pending->witness_count++ % PENDING_WITNESSES] =
            (struct witness){.seq = request->seq, .from = *arrival->from};
    else
        pending_end_waiting(pending, request, PENDING_ANSWERED);
    return describe(request, PENDING_REPLY, arrival->received_ns, ambiguous);
}

static struct pending_match answer_expired(struct pending *pending, struct pending_request *request,
                                           int64_t received_ns)
{
    bool ambiguous =
        request->resends > 0 || request->shared ||
        (pending->options.mode == PENDING_ORDER && (pending->expired > 1 || pending->crossed));

    request->answers++;
    request->state = PENDING_ANSWERED;
    pending->expired--;
    pending->crossed = pending->crossed && pending->expired > 0;
    return describe(request, PENDING_LATE, received_ns, ambiguous);
}

static const struct pending_match unsolicited = {.kind = PENDING_UNSOLICITED, .rtt_ns = -1};

/* By order only a reply like the latest one can be told to be its copy. */
static struct pending_match match_copy(const struct pending *pending, uint64_t digest,
                                       int64_t received_ns)
{
    if (pending->latest_seq == 0 || digest != pending->latest_digest)
        return unsolicited;
    return (struct pending_match){.kind = PENDING_DUPLICATE,
                                  .seq = pending->latest_seq,
                                  .rtt_ns = received_ns - pending->latest_sent_ns,
                                  .ambiguous = true};
}

/* The one that still waits for others, and that this sender has answered. */
static struct pending_request *find_answered_by(struct pending *pending,
                                                const struct pending_arrival *arrival)
{
    for (uint64_t position = pending->oldest_waiting; position < pending->end; position++) {
        struct pending_request *request = pending_at(pending, position);
        if (request->state == PENDING_WAITING && request->channel == arrival->channel &&
            has_answered(pending, request, arrival->from))
            return request;
    }
    return NULL;
}

/* The youngest request that no longer waits for others, and that this sender has not answered. */
static struct pending_request *
find_missed_by(struct pending *pending, const struct pending_arrival *arrival, uint64_t digest)
{
    for (uint64_t position = pending->end; position-- > pending->first;) {
        struct pending_request *request = pending_at(pending, position);
        if (request->several && request->state == PENDING_ANSWERED &&
            fits(pending, request, arrival, digest))
            return request;
    }
    return NULL;
}

/*
 * Nothing waits for it, and nothing was given up that it could belong to. Where several may answer,
 * the second answer from one sender is a copy, and the first from another is too late.
 */
static struct pending_match match_leftover(struct pending *pending,
                                           const struct pending_arrival *arrival, uint64_t digest)
{
    int64_t received_ns = arrival->received_ns;
    struct pending_request *request = find_answered_by(pending, arrival);

    pending->doubt_until_ns = received_ns + pending->options.doubt_ns;
    if (request != NULL)
        return describe(request, PENDING_DUPLICATE, received_ns, request->resends > 0);
    request = find_missed_by(pending, arrival, digest);
    if (request != NULL)
        return describe(request, PENDING_LATE, received_ns, true);
    if (pending->options.mode == PENDING_ORDER)
        return match_copy(pending, digest, received_ns);
    request = find(pending, PENDING_ANSWERED, arrival, digest);
    if (request == NULL)
        return unsolicited;
    return describe(request, PENDING_DUPLICATE, received_ns,
                    request->resends > 0 || request->shared);
}

struct pending_match pending_reply(struct pending *pending, const struct pending_arrival *arrival)
{
    uint64_t digest = pending_digest(arrival->bytes, arrival->size_bytes);
    struct pending_request *request = NULL;
    struct pending_match match;

    pending_skip_settled(pending);
    if (pending->waiting > 0)
        request = find(pending, PENDING_WAITING, arrival, digest);
    if (request != NULL)
        match = answer_waiting(pending, request, arrival);
    else if (pending->expired > 0 &&
             (request = find(pending, PENDING_EXPIRED, arrival, digest)) != NULL)
        match = answer_expired(pending, request, arrival->received_ns);
    else
        match = match_leftover(pending, arrival, digest);
    pending->latest_digest = digest;
    return match;
}
