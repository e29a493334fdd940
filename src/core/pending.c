/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pending: a circular array in the order of sending. `first` is the oldest remembered request,
 * `oldest_waiting` a position at or before the oldest that waits, so that searches begin there.
 */
#include "udptui/core/pending.h"

#include <stdlib.h>

struct pending {
    enum pending_mode mode;
    bool several;
    size_t capacity;
    uint64_t first, end; /* positions count up for ever; place = position % capacity */
    uint64_t oldest_waiting;
    size_t waiting;
    size_t expired;         /* given up and not answered since */
    uint64_t latest_digest; /* of the latest reply by order, to know it again */
    uint64_t latest_seq;    /* of the request it answered, 0: none yet */
    int64_t latest_sent_ns;
    struct pending_request requests[];
};

/* FNV-1a: tells payloads of ours apart, it need not withstand anybody. */
static uint64_t digest_of(const void *bytes, size_t size_bytes)
{
    const uint8_t *in = bytes;
    uint64_t digest = UINT64_C(0xcbf29ce484222325) ^ size_bytes;

    for (size_t i = 0; i < size_bytes; i++)
        digest = (digest ^ in[i]) * UINT64_C(0x100000001b3);
    return digest;
}

struct pending *pending_open(size_t capacity, enum pending_mode mode, bool several)
{
    struct pending *pending =
        calloc(1, sizeof *pending + capacity * sizeof(struct pending_request));

    if (pending == NULL)
        return NULL;
    pending->capacity = capacity;
    pending->mode = mode;
    pending->several = several;
    return pending;
}

void pending_close(struct pending *pending)
{
    free(pending);
}

static struct pending_request *at(struct pending *pending, uint64_t position)
{
    return &pending->requests[position % pending->capacity];
}

static void end_waiting(struct pending *pending, struct pending_request *request,
                        enum pending_state state)
{
    request->state = state;
    pending->waiting--;
    pending->expired += state == PENDING_EXPIRED;
}

/* Makes room for one more. A waiting request is never forgotten. */
static bool forget_oldest(struct pending *pending)
{
    struct pending_request *oldest = at(pending, pending->first);

    if (oldest->state == PENDING_WAITING)
        return false;
    pending->expired -= oldest->state == PENDING_EXPIRED;
    pending->first++;
    return true;
}

bool pending_add(struct pending *pending, uint64_t seq, uint32_t channel, const void *bytes,
                 size_t size_bytes, int64_t now_ns, int64_t timeout_ns)
{
    if (pending->end - pending->first == pending->capacity && !forget_oldest(pending))
        return false;
    *at(pending, pending->end++) = (struct pending_request){.seq = seq,
                                                            .digest = digest_of(bytes, size_bytes),
                                                            .size_bytes = size_bytes,
                                                            .channel = channel,
                                                            .sent_ns = now_ns,
                                                            .deadline_ns = now_ns + timeout_ns};
    pending->waiting++;
    return true;
}

struct pending_request *pending_oldest(struct pending *pending, uint32_t channel)
{
    uint64_t position = pending->oldest_waiting;

    if (position < pending->first)
        position = pending->first;
    while (position < pending->end && at(pending, position)->state != PENDING_WAITING)
        position++;
    pending->oldest_waiting = position;
    for (; position < pending->end; position++) {
        struct pending_request *request = at(pending, position);
        if (request->state == PENDING_WAITING &&
            (channel == UINT32_MAX || request->channel == channel))
            return request;
    }
    return NULL;
}

/* ---- matching: the candidates are tried in order: one that waits, one given up, one answered */

/* Whether the reply can belong to the request at all. */
static bool fits(const struct pending *pending, const struct pending_request *request,
                 uint32_t channel, uint64_t digest)
{
    switch (pending->mode) {
    case PENDING_PORT:
        return request->channel == channel;
    case PENDING_ECHO:
        return request->digest == digest;
    case PENDING_ORDER:
        break;
    }
    return true;
}

/* The oldest request in a state that fits. */
static struct pending_request *find(struct pending *pending, enum pending_state state,
                                    uint32_t channel, uint64_t digest)
{
    uint64_t position = state == PENDING_WAITING ? pending->oldest_waiting : pending->first;

    if (position < pending->first)
        position = pending->first;
    for (; position < pending->end; position++) {
        struct pending_request *request = at(pending, position);
        if (request->state == state && fits(pending, request, channel, digest))
            return request;
    }
    return NULL;
}

static bool is_ambiguous(const struct pending *pending, const struct pending_request *request)
{
    if (request->resends > 0)
        return true;
    return pending->mode == PENDING_ORDER && (pending->waiting > 1 || pending->expired > 0);
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
                                  .ambiguous = ambiguous};
}

static struct pending_match answer_waiting(struct pending *pending, struct pending_request *request,
                                           int64_t received_ns)
{
    struct pending_match match =
        describe(request, PENDING_REPLY, received_ns, is_ambiguous(pending, request));

    request->answers++;
    pending->latest_seq = request->seq;
    pending->latest_sent_ns = request->sent_ns;
    if (!pending->several)
        end_waiting(pending, request, PENDING_ANSWERED);
    return match;
}

static struct pending_match answer_expired(struct pending *pending, struct pending_request *request,
                                           int64_t received_ns)
{
    bool one_of_many = pending->mode == PENDING_ORDER && pending->expired > 1;
    struct pending_match match =
        describe(request, PENDING_LATE, received_ns, request->resends > 0 || one_of_many);

    request->answers++;
    request->state = PENDING_ANSWERED;
    pending->expired--;
    return match;
}

/* Nothing waits for it. By order only a reply like the latest one can be told to be its copy. */
static struct pending_match match_leftover(struct pending *pending, uint32_t channel,
                                           uint64_t digest, int64_t received_ns)
{
    struct pending_request *request = NULL;

    if (pending->mode == PENDING_ORDER) {
        if (pending->latest_seq != 0 && digest == pending->latest_digest)
            return (struct pending_match){.kind = PENDING_DUPLICATE,
                                          .seq = pending->latest_seq,
                                          .rtt_ns = received_ns - pending->latest_sent_ns,
                                          .ambiguous = true};
    } else {
        request = find(pending, PENDING_ANSWERED, channel, digest);
    }
    if (request != NULL)
        return describe(request, PENDING_DUPLICATE, received_ns, request->resends > 0);
    return (struct pending_match){.kind = PENDING_UNSOLICITED, .rtt_ns = -1};
}

struct pending_match pending_reply(struct pending *pending, uint32_t channel, const void *bytes,
                                   size_t size_bytes, int64_t received_ns)
{
    uint64_t digest = digest_of(bytes, size_bytes);
    struct pending_request *request = find(pending, PENDING_WAITING, channel, digest);
    struct pending_match match;

    if (request != NULL)
        match = answer_waiting(pending, request, received_ns);
    else if ((request = find(pending, PENDING_EXPIRED, channel, digest)) != NULL)
        match = answer_expired(pending, request, received_ns);
    else
        match = match_leftover(pending, channel, digest, received_ns);
    pending->latest_digest = digest;
    return match;
}

/* ---- deadlines and failures */

struct pending_request *pending_expire(struct pending *pending, int64_t now_ns)
{
    for (uint64_t position = pending->first; position < pending->end; position++) {
        struct pending_request *request = at(pending, position);
        if (request->state != PENDING_WAITING || request->deadline_ns > now_ns)
            continue;
        end_waiting(pending, request, request->answers > 0 ? PENDING_ANSWERED : PENDING_EXPIRED);
        return request;
    }
    return NULL;
}

void pending_resent(struct pending *pending, struct pending_request *request, int64_t now_ns,
                    int64_t timeout_ns)
{
    if (request->state == PENDING_EXPIRED)
        pending->expired--;
    if (request->state != PENDING_WAITING)
        pending->waiting++;
    request->state = PENDING_WAITING;
    request->resends++;
    request->sent_ns = now_ns;
    request->deadline_ns = now_ns + timeout_ns;
    pending->oldest_waiting = pending->first;
}

void pending_fail(struct pending *pending, struct pending_request *request)
{
    if (request->state == PENDING_WAITING)
        end_waiting(pending, request, PENDING_FAILED);
}

size_t pending_waiting(const struct pending *pending)
{
    return pending->waiting;
}

int64_t pending_deadline_ns(const struct pending *pending)
{
    int64_t earliest_ns = INT64_MAX;
    uint64_t position = pending->oldest_waiting;

    if (position < pending->first)
        position = pending->first;
    for (; pending->waiting > 0 && position < pending->end; position++) {
        const struct pending_request *request = &pending->requests[position % pending->capacity];
        if (request->state == PENDING_WAITING && request->deadline_ns < earliest_ns)
            earliest_ns = request->deadline_ns;
    }
    return earliest_ns;
}
