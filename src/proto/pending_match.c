/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pending_match: matches replies to requests. The candidates are tried in order: the oldest on the
 * lane that waits for its reply, then the oldest given up, and then, as one more reply, the latest
 * that was sent before it came.
 */
#include <stddef.h>

#include "pending_internal.h"

/* ---- which host has answered which request */

static const struct witness *find_witness(const struct pending *pending,
                                          const struct pending_request *request,
                                          const struct pending_arrival *arrival, bool same_bytes)
{
    uint64_t digest = same_bytes ? pending_digest(arrival->bytes, arrival->size_bytes) : 0;

    for (size_t i = 0; i < PENDING_WITNESSES && i < pending->witness_count; i++) {
        const struct witness *witness = &pending->witnesses[i];
        if (witness->seq == request->seq && endpoint_equal(&witness->from, arrival->from) &&
            (!same_bytes || witness->digest == digest))
            return witness;
    }
    return NULL;
}

/* Remembers the reply, so that the same bytes are recognised. */
static void remember_answer(struct pending *pending, struct pending_request *request,
                            const struct pending_arrival *arrival, uint64_t digest)
{
    request->known[request->answers++ % PENDING_ANSWERS_KNOWN] = digest;
    if (request->several)
        pending->witnesses[pending->witness_count++ % PENDING_WITNESSES] =
            (struct witness){.seq = request->seq, .digest = digest, .from = *arrival->from};
}

static bool is_known(const struct pending *pending, const struct pending_request *request,
                     const struct pending_arrival *arrival, uint64_t digest)
{
    if (request->several)
        return find_witness(pending, request, arrival, true) != NULL;
    for (uint32_t i = 0; i < PENDING_ANSWERS_KNOWN && i < request->answers; i++)
        if (request->known[i] == digest)
            return true;
    return false;
}

/* ---- candidates */

/* Whether it left from the socket that received the arrival, before that arrived, with the same
 * content if content decides. */
static bool pending_fits(const struct pending *pending, const struct pending_request *request,
                         const struct pending_arrival *arrival, uint64_t digest)
{
    return request->channel == arrival->channel && request->state != PENDING_FAILED &&
           request->first_sent_ns <= arrival->received_ns &&
           (pending->options.mode != PENDING_ECHO || request->digest == digest);
}

static uint64_t since(const struct pending *pending, uint32_t channel)
{
    uint64_t position = pending->channels[channel].since;

    return position > pending->first ? position : pending->first;
}

/* Whether the arrival can be its first reply (of this sender). */
static bool is_open_for(const struct pending *pending, const struct pending_request *request,
                        const struct pending_arrival *arrival)
{
    return request->several ? find_witness(pending, request, arrival, false) == NULL
                            : request->answers == 0;
}

/* The oldest request in a state that is open for it. Mostly one waits, and it is the latest. */
static struct pending_request *find_open(struct pending *pending, enum pending_state state,
                                         const struct pending_arrival *arrival, uint64_t digest)
{
    const struct channel *channel = &pending->channels[arrival->channel];
    uint64_t position = since(pending, arrival->channel);

    if (state == PENDING_WAITING && position < pending->oldest_waiting)
        position = pending->oldest_waiting;
    if (state == PENDING_WAITING && channel->waiting == 1 && channel->latest > position &&
        pending_at(pending, channel->latest - 1)->state == state)
        position = channel->latest - 1;
    for (; position < channel->latest; position++) {
        struct pending_request *request = pending_at(pending, position);
        if (request->state == state && pending_fits(pending, request, arrival, digest) &&
            is_open_for(pending, request, arrival))
            return request;
    }
    return NULL;
}

/* If many may reply: the latest request that no longer waits, and that this sender has not
 * answered. */
static struct pending_request *find_missed(struct pending *pending,
                                           const struct pending_arrival *arrival, uint64_t digest)
{
    uint64_t oldest = since(pending, arrival->channel);

    for (uint64_t position = pending->channels[arrival->channel].latest; position-- > oldest;) {
        struct pending_request *request = pending_at(pending, position);
        if (request->several && request->state == PENDING_ANSWERED &&
            pending_fits(pending, request, arrival, digest) &&
            is_open_for(pending, request, arrival))
            return request;
    }
    return NULL;
}

/* Whether a reply is still to come on the lane. */
static bool is_awaited(struct pending *pending, uint32_t channel, uint64_t digest)
{
    const struct lane *lane = pending_lane(pending, channel, digest);

    return lane == NULL || lane->open > 0;
}

/* The latest request before it, whatever its state. */
static struct pending_request *find_latest(struct pending *pending,
                                           const struct pending_arrival *arrival, uint64_t digest)
{
    uint64_t oldest = since(pending, arrival->channel);

    for (uint64_t position = pending->channels[arrival->channel].latest; position-- > oldest;) {
        struct pending_request *request = pending_at(pending, position);
        if (pending_fits(pending, request, arrival, digest))
            return request;
    }
    return NULL;
}

/* ---- how certain it is */

static enum pending_certainty judge(struct pending *pending, const struct pending_request *request,
                                    const struct pending_arrival *arrival)
{
    const struct lane *lane = pending_lane(pending, request->channel, request->digest);

    if (arrival->received_unsure || request->resends > 0 || lane == NULL || lane->mixed)
        return PENDING_UNSURE;
    if (request->first)
        return PENDING_SURE;
    return lane->doubled || pending_epoch_of(pending, request->channel)->doubles ? PENDING_UNSURE
                                                                                 : PENDING_SHARED;
}

static void count_shared(struct pending *pending, const struct pending_match *match)
{
    struct epoch *epoch = &pending->epochs[match->epoch % PENDING_EPOCHS];

    if (match->certainty != PENDING_SHARED)
        return;
    epoch->count += match->kind == PENDING_REPLY;
    if (epoch->first_seq == 0 || match->seq < epoch->first_seq)
        epoch->first_seq = match->seq;
    if (match->seq > epoch->last_seq)
        epoch->last_seq = match->seq;
}

/* A reply came that no request waited for: replies come twice here. */
static struct pending_withdrawal withdraw(struct pending *pending, uint32_t channel,
                                          uint64_t digest)
{
    struct lane *lane = pending_lane(pending, channel, digest);
    struct epoch *epoch = pending_epoch_of(pending, channel);
    struct pending_withdrawal withdrawn = {.any = epoch->last_seq > 0,
                                           .count = epoch->count,
                                           .first_seq = epoch->first_seq,
                                           .last_seq = epoch->last_seq};

    if (lane != NULL)
        lane->doubled = true;
    pending->channels[channel].retired = true;
    *epoch = (struct epoch){.doubles = true};
    return withdrawn;
}

/* ---- what it is */

static struct pending_match pending_describe(const struct pending *pending,
                                             const struct pending_request *request,
                                             enum pending_kind kind,
                                             const struct pending_arrival *arrival)
{
    bool before = arrival->received_ns < request->sent_ns; /* it answers an earlier transmission */
    int64_t noted_ns = before ? request->first_sent_ns : request->sent_app_ns;
    int64_t rtt_ns = arrival->received_ns - (before ? request->first_sent_ns : request->sent_ns);

    return (struct pending_match){
        .kind = kind,
        .seq = request->seq,
        .size_bytes = request->size_bytes,
        .rtt_ns =
            rtt_ns >= 0 ? rtt_ns : -1, /* the wall clock was set back, by less than is noticed */
        .rtt_app_ns = arrival->taken_ns > 0 ? arrival->taken_ns - noted_ns : 0,
        .resends = request->resends,
        .answers = request->answers,
        .epoch = pending->channels[request->channel].epoch};
}

/* The request is answered, or continues to wait for more. */
static void go_on(struct pending *pending, struct pending_request *request, int64_t received_ns)
{
    bool enough = request->wanted > 0 && request->answers >= request->wanted;
    bool only = request->wanted == 0 && request->wait_ns == 0 && !request->several;

    if (enough || only) {
        pending_end_waiting(pending, request, PENDING_ANSWERED);
        return;
    }
    if (request->answers != 1 || request->several || request->wait_ns == 0)
        return;
    request->deadline_ns = received_ns + request->wait_ns;
    if (request->deadline_ns < pending->earliest_ns)
        pending->earliest_ns = request->deadline_ns;
}

/* The reply, in time or late. */
static struct pending_match match_open(struct pending *pending, struct pending_request *request,
                                       const struct pending_arrival *arrival, uint64_t digest)
{
    enum pending_kind kind = request->state == PENDING_WAITING ? PENDING_REPLY : PENDING_LATE;
    enum pending_certainty certainty = judge(pending, request, arrival);
    struct pending_match match;

    remember_answer(pending, request, arrival, digest);
    if (!request->several) /* of many, anyone may still answer */
        pending_lane_settled(pending, request, 1);
    if (kind == PENDING_REPLY)
        go_on(pending, request, arrival->received_ns);
    else
        request->state = PENDING_ANSWERED;
    match = pending_describe(pending, request, kind, arrival);
    match.certainty = certainty;
    if (!request->several || request->answers == 1)
        count_shared(pending, &match);
    return match;
}

/* One more to a request, or to none. A resent one expects a reply to each transmission, and several
 * if it wants so many; the same bytes are expected only after a resend. */
static struct pending_match match_extra(struct pending *pending, struct pending_request *request,
                                        const struct pending_arrival *arrival, uint64_t digest)
{
    struct pending_match match = {.kind = PENDING_UNSOLICITED,
                                  .rtt_ns = -1,
                                  .epoch = pending->channels[arrival->channel].epoch};

    if (request == NULL) {
        if (pending->options.mode != PENDING_ECHO)
            match.withdrawn = withdraw(pending, arrival->channel, digest);
        return match;
    }
    bool again = is_known(pending, request, arrival, digest);
    bool expected = request->expected > 0 && !request->several && (!again || request->resends > 0);
    enum pending_certainty certainty = judge(pending, request, arrival);

    if (!again) {
        remember_answer(pending, request, arrival, digest);
        if (request->state == PENDING_WAITING)
            go_on(pending, request, arrival->received_ns);
    }
    match = pending_describe(pending, request, again ? PENDING_DUPLICATE : PENDING_MORE, arrival);
    match.certainty = certainty == PENDING_SURE ? PENDING_SURE : PENDING_UNSURE;
    if (expected)
        pending_lane_settled(pending, request, 1);
    else
        match.withdrawn = withdraw(pending, arrival->channel, digest);
    return match;
}

struct pending_match pending_reply(struct pending *pending, const struct pending_arrival *arrival)
{
    uint64_t digest = pending_digest(arrival->bytes, arrival->size_bytes);
    struct pending_request *request = NULL;

    pending_skip_settled(pending);
    if (pending->channels[arrival->channel].waiting > 0)
        request = find_open(pending, PENDING_WAITING, arrival, digest);
    if (request == NULL && is_awaited(pending, arrival->channel, digest))
        request = find_open(pending, PENDING_EXPIRED, arrival, digest);
    if (request == NULL && is_awaited(pending, arrival->channel, digest))
        request = find_missed(pending, arrival, digest);
    if (request != NULL)
        return match_open(pending, request, arrival, digest);
    return match_extra(pending, find_latest(pending, arrival, digest), arrival, digest);
}
