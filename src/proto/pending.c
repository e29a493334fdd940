/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pending: the table of requests and their deadlines; pending_channels.c knows what each leaves by,
 * pending_match.c decides on replies. */
#include "udptui/proto/pending.h"

#include <stdlib.h>

#include "pending_internal.h"
#include "udptui/base/hash.h"

/* A sender of two payloads with the same digest only makes its own times uncertain. */
uint64_t pending_digest(const void *bytes, size_t size_bytes)
{
    return hash_bytes(0, bytes, size_bytes);
}

const char *const pending_mode_words[] = {[PENDING_AUTO] = "auto",
                                          [PENDING_ORDER] = "order",
                                          [PENDING_PORT] = "port",
                                          [PENDING_ECHO] = "echo",
                                          NULL};

struct pending *pending_open(const struct pending_options *options)
{
    struct pending *pending =
        calloc(1, sizeof *pending + options->capacity * sizeof(struct pending_request));

    if (pending == NULL)
        return NULL;
    pending->options = *options;
    pending->earliest_ns = INT64_MAX;
    pending->epoch = 1;
    if (options->mode != PENDING_ECHO)
        return pending;
    pending->contents = calloc(PENDING_CONTENTS, sizeof *pending->contents);
    if (pending->contents != NULL)
        return pending;
    pending_close(pending);
    return NULL;
}

void pending_close(struct pending *pending)
{
    if (pending != NULL)
        free(pending->contents);
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

    return (!is_full(pending) || oldest->state != PENDING_WAITING) && pending_has_channel(pending);
}

/* The replies that its lane still expects stay expected. */
static void forget_oldest(struct pending *pending)
{
    pending->first++;
    if (pending->oldest_waiting < pending->first)
        pending->oldest_waiting = pending->first;
}

void pending_await(struct pending *pending, struct pending_request *request, int64_t deadline_ns)
{
    request->state = PENDING_WAITING;
    request->deadline_ns = deadline_ns;
    if (deadline_ns < pending->earliest_ns)
        pending->earliest_ns = deadline_ns;
    pending->waiting++;
    pending->channels[request->channel].waiting++;
}

void pending_end_waiting(struct pending *pending, struct pending_request *request,
                         enum pending_state state)
{
    struct channel *channel = &pending->channels[request->channel];

    request->state = state;
    channel->retired = channel->retired || state != PENDING_ANSWERED;
    channel->waiting--;
    pending->waiting--;
    if (pending->waiting > 0)
        return;
    pending->earliest_ns = INT64_MAX;
    pending->oldest_waiting = pending->end;
}

void pending_add(struct pending *pending, const struct pending_message *message, int64_t now_ns,
                 int64_t timeout_ns)
{
    struct pending_request *request = pending_at(pending, pending->end);

    if (is_full(pending))
        forget_oldest(pending);
    *request =
        (struct pending_request){.seq = message->seq,
                                 .digest = pending_digest(message->bytes, message->size_bytes),
                                 .size_bytes = message->size_bytes,
                                 .channel = message->channel,
                                 .wanted = message->wanted,
                                 .several = message->several,
                                 .first_sent_ns = now_ns,
                                 .sent_app_ns = now_ns,
                                 .sent_ns = now_ns,
                                 .wait_ns = message->wait_ns};
    pending->channel = message->channel;
    pending->channels[message->channel].latest = ++pending->end;
    pending_lane_sent(pending, request);
    pending_await(pending, request, now_ns + timeout_ns);
}

/* Mostly it is the latest one: a datagram's time is there as soon as it was sent. */
void pending_stamp(struct pending *pending, uint64_t seq, int64_t sent_app_ns, int64_t sent_ns)
{
    for (uint64_t position = pending->end; position-- > pending->oldest_waiting;) {
        struct pending_request *request = pending_at(pending, position);
        if (request->seq > seq)
            continue;
        if (request->seq == seq && request->state == PENDING_WAITING && request->answers == 0 &&
            request->sent_app_ns == sent_app_ns && request->sent_ns == sent_app_ns &&
            sent_ns > sent_app_ns)
            request->sent_ns = sent_ns;
        return;
    }
}

/* ---- those that wait, in the order of sending */

void pending_skip_settled(struct pending *pending)
{
    while (pending->oldest_waiting < pending->end &&
           pending_at(pending, pending->oldest_waiting)->state != PENDING_WAITING)
        pending->oldest_waiting++;
}

static bool waits_on(const struct pending_request *request, uint32_t channel)
{
    return request->state == PENDING_WAITING && request->answers == 0 &&
           request->channel == channel;
}

struct pending_request *pending_oldest(struct pending *pending, uint32_t channel)
{
    pending_skip_settled(pending);
    for (uint64_t position = pending->oldest_waiting; position < pending->end; position++) {
        struct pending_request *request = pending_at(pending, position);
        if (waits_on(request, channel))
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
        if (waits_on(request, channel) && request->digest == digest &&
            request->size_bytes == size_bytes)
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
    if (request == NULL || now_ns < request->deadline_ns)
        return NULL;
    pending_end_waiting(pending, request,
                        request->answers > 0 ? PENDING_ANSWERED : PENDING_EXPIRED);
    return request;
}

void pending_resent(struct pending *pending, struct pending_request *request, int64_t now_ns,
                    int64_t timeout_ns)
{
    request->resends++;
    request->sent_app_ns = now_ns;
    request->sent_ns = now_ns;
    pending_lane_sent(pending, request);
    pending_await(pending, request, now_ns + timeout_ns);
    pending->oldest_waiting = pending->first;
}

void pending_refused(struct pending *pending, struct pending_request *request)
{
    pending_lane_settled(pending, request, request->wanted > 1 ? request->wanted : 1);
}

void pending_fail(struct pending *pending, struct pending_request *request)
{
    if (request->state == PENDING_WAITING)
        pending_end_waiting(pending, request, PENDING_FAILED);
    request->state = PENDING_FAILED;
    pending_refused(pending, request);
}

size_t pending_waiting(const struct pending *pending)
{
    return pending->waiting;
}

int64_t pending_deadline_ns(const struct pending *pending)
{
    return pending->earliest_ns;
}
