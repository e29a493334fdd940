/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pending: the table of requests and their deadlines; pending_match.c decides on replies. */
#include "udptui/core/pending.h"

#include <stdlib.h>

#include "pending_table.h"

/* FNV-1a: tells payloads of ours apart, it need not withstand anybody. */
uint64_t pending_digest(const void *bytes, size_t size_bytes)
{
    const uint8_t *in = bytes;
    uint64_t digest = UINT64_C(0xcbf29ce484222325) ^ size_bytes;

    for (size_t i = 0; i < size_bytes; i++)
        digest = (digest ^ in[i]) * UINT64_C(0x100000001b3);
    return digest;
}

struct pending *pending_open(const struct pending_options *options)
{
    struct pending *pending =
        calloc(1, sizeof *pending + options->capacity * sizeof(struct pending_request));

    if (pending == NULL)
        return NULL;
    pending->options = *options;
    pending->earliest_ns = INT64_MAX;
    pending->doubt_until_ns = INT64_MIN;
    return pending;
}

void pending_close(struct pending *pending)
{
    free(pending);
}

/* ---- coming and going */

static bool is_full(const struct pending *pending)
{
    return pending->end - pending->first == pending->options.capacity;
}

bool pending_has_room(const struct pending *pending)
{
    const struct pending_request *oldest =
        &pending->requests[pending->first % pending->options.capacity];

    return !is_full(pending) || oldest->state != PENDING_WAITING;
}

uint32_t pending_next_place(const struct pending *pending)
{
    return (uint32_t)(pending->end % pending->options.capacity);
}

static void forget_oldest(struct pending *pending)
{
    pending->expired -= pending_at(pending, pending->first)->state == PENDING_EXPIRED;
    pending->first++;
    if (pending->oldest_waiting < pending->first)
        pending->oldest_waiting = pending->first;
}

static void await(struct pending *pending, struct pending_request *request, int64_t deadline_ns)
{
    request->state = PENDING_WAITING;
    request->deadline_ns = deadline_ns;
    if (deadline_ns < pending->earliest_ns)
        pending->earliest_ns = deadline_ns;
    pending->mixed = pending->mixed || pending->waiting > 0;
    pending->waiting++;
}

void pending_end_waiting(struct pending *pending, struct pending_request *request,
                         enum pending_state state)
{
    request->state = state;
    pending->expired += state == PENDING_EXPIRED;
    pending->waiting--;
    if (pending->waiting > 0)
        return;
    pending->mixed = false;
    pending->earliest_ns = INT64_MAX;
    pending->oldest_waiting = pending->end;
}

uint32_t pending_add(struct pending *pending, const struct pending_message *message, int64_t now_ns,
                     int64_t timeout_ns)
{
    uint32_t place = pending_next_place(pending);
    struct pending_request *request = &pending->requests[place];

    if (is_full(pending))
        forget_oldest(pending);
    *request =
        (struct pending_request){.seq = message->seq,
                                 .digest = pending_digest(message->bytes, message->size_bytes),
                                 .size_bytes = message->size_bytes,
                                 .channel = message->channel,
                                 .several = message->several,
                                 .sent_ns = now_ns};
    pending->end++;
    await(pending, request, now_ns + timeout_ns);
    return place;
}

/* ---- those that wait, in the order of sending */

void pending_skip_settled(struct pending *pending)
{
    while (pending->oldest_waiting < pending->end &&
           pending_at(pending, pending->oldest_waiting)->state != PENDING_WAITING)
        pending->oldest_waiting++;
}

struct pending_request *pending_oldest(struct pending *pending, uint32_t channel)
{
    pending_skip_settled(pending);
    for (uint64_t position = pending->oldest_waiting; position < pending->end; position++) {
        struct pending_request *request = pending_at(pending, position);
        if (request->state == PENDING_WAITING && request->channel == channel)
            return request;
    }
    return NULL;
}

struct pending_request *pending_find(struct pending *pending, uint32_t channel, const void *bytes,
                                     size_t size_bytes)
{
    uint64_t digest = pending_digest(bytes, size_bytes);

    pending_skip_settled(pending);
    for (uint64_t position = pending->oldest_waiting; position < pending->end; position++) {
        struct pending_request *request = pending_at(pending, position);
        if (request->state == PENDING_WAITING && request->channel == channel &&
            request->digest == digest && request->size_bytes == size_bytes)
            return request;
    }
    return NULL;
}

/* ---- deadlines and failures */

/* The one whose deadline is first. */
static struct pending_request *most_urgent(struct pending *pending)
{
    struct pending_request *best = NULL;

    pending_skip_settled(pending);
    for (uint64_t position = pending->oldest_waiting; position < pending->end; position++) {
        struct pending_request *request = pending_at(pending, position);
        if (request->state == PENDING_WAITING &&
            (best == NULL || request->deadline_ns < best->deadline_ns))
            best = request;
    }
    return best;
}

struct pending_request *pending_expire(struct pending *pending, int64_t now_ns)
{
    struct pending_request *request;

    if (now_ns < pending->earliest_ns)
        return NULL;
    request = most_urgent(pending);
    pending->earliest_ns = request != NULL ? request->deadline_ns : INT64_MAX;
    if (now_ns < pending->earliest_ns)
        return NULL;
    if (request->answers > 0) {
        pending_end_waiting(pending, request, PENDING_ANSWERED);
    } else {
        pending->doubt_until_ns = now_ns + pending->options.doubt_ns;
        pending_end_waiting(pending, request, PENDING_EXPIRED);
    }
    return request;
}

void pending_resent(struct pending *pending, struct pending_request *request, int64_t now_ns,
                    int64_t timeout_ns)
{
    pending->expired -= request->state == PENDING_EXPIRED;
    request->resends++;
    request->sent_ns = now_ns;
    await(pending, request, now_ns + timeout_ns);
    pending->oldest_waiting = pending->first;
}

void pending_fail(struct pending *pending, struct pending_request *request)
{
    if (request->state == PENDING_WAITING)
        pending_end_waiting(pending, request, PENDING_FAILED);
    else if (request->state == PENDING_EXPIRED)
        pending->expired--;
    request->state = PENDING_FAILED;
}

size_t pending_waiting(const struct pending *pending)
{
    return pending->waiting;
}

int64_t pending_deadline_ns(const struct pending *pending)
{
    return pending->earliest_ns;
}
