/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_requests: which request an answer belongs to, and what is told of it. */
#include <stdlib.h>
#include <string.h>

#include "replay_state.h"

/* ---- telling */

static void tell_message(struct replay *replay, const struct event_message *event,
                         const uint8_t *payload)
{
    memcpy(replay->scratch, event, sizeof *event);
    if (event->stored_bytes > 0)
        memcpy(replay->scratch + sizeof *event, payload, event->stored_bytes);
    replay->config.tell(replay->config.context, replay->scratch,
                        sizeof *event + event->stored_bytes);
}

static void tell_request(struct replay *replay, const struct request *request, bool again)
{
    struct event_message event = request->event;

    if (again)
        event.flags |= MESSAGE_UPDATE;
    if (request->acks > 0 && replay->config.early)
        event.flags |= MESSAGE_OPEN;
    tell_message(replay, &event, request->payload);
}

static struct event_message describe(const struct packet *packet, int64_t wall_ns,
                                     struct peer_handle peer)
{
    return (struct event_message){
        .kind = EVENT_MESSAGE,
        .hop_limit = packet->hop_limit,
        .traffic_class = packet->traffic_class,
        .slot = peer.slot,
        .generation = peer.generation,
        .size_bytes = (uint32_t)packet->original_bytes,
        .stored_bytes = (uint32_t)packet->size_bytes,
        .wall_ns = wall_ns,
        .service_ns = EVENT_UNKNOWN,
        .flags = packet->size_bytes < packet->original_bytes ? MESSAGE_TRUNCATED : 0};
}

/* ---- settling */

static void count(struct replay *replay, const struct request *request)
{
    struct counts counts = {.received = 1, .received_bytes = request->event.size_bytes};

    counts.acked = request->acks > 0;
    counts.held[HELD_LOSS] = request->acks == 0;
    peers_count(replay->peers, request->peer, &counts);
}

/* The oldest leaves: nothing more is expected for it. */
static void settle_oldest(struct replay *replay)
{
    struct request *request = &replay->requests[replay->first];
    uint32_t bucket = request->peer.slot % REPLAY_BUCKETS;

    if (request->acks == 0) {
        request->event.status = ACK_HELD;
        request->event.why_held = HELD_LOSS;
        count(replay, request);
        replay->totals.waiting--;
    }
    if (request->acks == 0 || !replay->config.early)
        tell_request(replay, request, replay->config.early);
    replay->oldest[bucket] = request->newer;
    if (request->newer == REPLAY_NONE)
        replay->newest[bucket] = REPLAY_NONE;
    replay->bytes -= request->event.stored_bytes;
    free(request->payload);
    replay->first = (replay->first + 1) % REPLAY_REQUESTS_MAX;
    replay->count--;
}

void replay_pass(struct replay *replay, int64_t wall_ns)
{
    if (wall_ns > replay->now_ns)
        replay->now_ns = wall_ns;
    while (replay->count > 0 && replay->now_ns - replay->requests[replay->first].event.wall_ns >=
                                    replay->config.patience_ns)
        settle_oldest(replay);
}

void replay_end(struct replay *replay)
{
    while (replay->count > 0)
        settle_oldest(replay);
}

/* ---- requests */

/* FNV-1a. */
static uint64_t hash_of(const uint8_t *bytes, size_t size_bytes)
{
    uint64_t hash = 0xcbf29ce484222325;

    for (size_t i = 0; i < size_bytes; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3;
    return hash;
}

static void make_room(struct replay *replay, size_t size_bytes)
{
    while (replay->count == REPLAY_REQUESTS_MAX ||
           (replay->count > 0 && replay->bytes + size_bytes > REPLAY_BYTES_MAX))
        settle_oldest(replay);
}

static void append(struct replay *replay, uint32_t index)
{
    uint32_t bucket = replay->requests[index].peer.slot % REPLAY_BUCKETS;

    if (replay->newest[bucket] == REPLAY_NONE)
        replay->oldest[bucket] = index;
    else
        replay->requests[replay->newest[bucket]].newer = index;
    replay->newest[bucket] = index;
    replay->count++;
}

void replay_take_request(struct replay *replay, const struct packet *packet, int64_t wall_ns)
{
    uint8_t *payload = malloc(packet->size_bytes + 1);
    struct request *request;
    uint32_t index;

    make_room(replay, packet->size_bytes);
    if (payload == NULL) { /* its datagram is counted as not shown */
        replay->totals.messages_skipped++;
        return;
    }
    memcpy(payload, packet->payload, packet->size_bytes);
    index = (replay->first + replay->count) % REPLAY_REQUESTS_MAX;
    request = &replay->requests[index];
    *request = (struct request){.peer = peers_touch(replay->peers, &packet->source, wall_ns),
                                .payload = payload,
                                .hash = hash_of(packet->payload, packet->size_bytes),
                                .newer = REPLAY_NONE};
    request->event = describe(packet, wall_ns, request->peer);
    request->event.status = ACK_WAITING;
    request->event.flags |= MESSAGE_UNSEEN;
    request->event.number = ++replay->number;
    request->event.from = packet->source;
    request->event.to = packet->destination;
    replay->bytes += packet->size_bytes;
    replay->totals.waiting++;
    append(replay, index);
    if (replay->config.early)
        tell_request(replay, request, false);
}

/* ---- answers */

/* Whether an answer from this server to this client may be one to the request. */
static bool may_answer(const struct request *request, const struct packet *packet)
{
    return endpoint_equal(&request->event.from, &packet->destination) &&
           endpoint_equal(&request->event.to, &packet->source);
}

/* What an answer may belong to: with its payload, without an answer yet, with one. */
struct candidates {
    struct request *same, *waiting, *answered;
    unsigned same_count, waiting_count;
};

static void consider(struct candidates *found, struct request *request, bool same)
{
    if (same && (found->same == NULL || found->same->acks > request->acks))
        found->same = request;
    found->same_count += same && request->acks == 0;
    if (request->acks > 0)
        found->answered = request;
    else if (found->waiting == NULL)
        found->waiting = request;
    found->waiting_count += request->acks == 0;
}

/* The request with its payload, else the oldest without an answer, else the latest that has one.
 * *sure: no other is as likely. */
static struct request *find_request(struct replay *replay, const struct packet *packet,
                                    uint32_t slot, bool *sure)
{
    uint64_t hash = hash_of(packet->payload, packet->size_bytes);
    struct candidates found = {.same = NULL};

    for (uint32_t i = replay->oldest[slot % REPLAY_BUCKETS]; i != REPLAY_NONE;
         i = replay->requests[i].newer) {
        struct request *request = &replay->requests[i];
        if (may_answer(request, packet))
            consider(&found, request,
                     request->hash == hash && request->event.stored_bytes == packet->size_bytes);
    }
    *sure = (found.same != NULL ? found.same_count : found.waiting_count) <= 1;
    return found.same != NULL ? found.same : found.waiting != NULL ? found.waiting : found.answered;
}

/* Those that came before and still wait have been overtaken. */
static void overtake(struct replay *replay, const struct request *request)
{
    uint32_t slot = request->peer.slot % REPLAY_BUCKETS;

    for (uint32_t i = replay->oldest[slot]; i != REPLAY_NONE && &replay->requests[i] != request;
         i = replay->requests[i].newer) {
        struct request *earlier = &replay->requests[i];
        if (earlier->acks == 0 && endpoint_equal(&earlier->event.from, &request->event.from))
            earlier->overtaken++;
    }
}

/* The journey as far as it is seen: the legs' times are those of the place of the capture. */
static void note_journey(struct request *request, int64_t delay_ns)
{
    struct fate *fate = &request->event.fate;
    int64_t us = delay_ns / 1000;
    struct leg leg = {.state = LEG_ARRIVED,
                      .depart_us = us < INT32_MAX ? (int32_t)us : INT32_MAX,
                      .late_by = request->overtaken < UINT16_MAX ? (uint16_t)request->overtaken
                                                                 : UINT16_MAX};

    leg.arrive_us = leg.depart_us;
    if (request->acks < FATE_ACKS)
        fate->acks[request->acks] = leg;
    fate->requests[0].state = LEG_ARRIVED;
}

static void take_answer(struct replay *replay, struct request *request, const struct packet *packet,
                        int64_t wall_ns, bool sure)
{
    struct event_message *event = &request->event;

    note_journey(request, wall_ns - event->wall_ns);
    if (request->acks++ == 0) {
        event->status = ACK_SENT;
        event->flags &= (uint8_t)~MESSAGE_UNSEEN;
        event->service_ns = sure ? wall_ns - event->wall_ns : EVENT_UNKNOWN;
        event->flags |= sure ? 0 : MESSAGE_AMBIGUOUS;
        event->ack_bytes = (uint32_t)packet->original_bytes;
        count(replay, request);
        replay->totals.waiting--;
        overtake(replay, request);
    } else {
        replay->totals.copies++;
    }
    if (replay->config.early)
        tell_request(replay, request, true);
}

/* Nobody asked for it. */
static void take_unasked(struct replay *replay, const struct packet *packet, int64_t wall_ns)
{
    struct peer_handle peer = peers_touch(replay->peers, &packet->destination, wall_ns);
    struct event_message event = describe(packet, wall_ns, peer);

    event.status = ACK_MANUAL;
    event.flags |= MESSAGE_UNSEEN;
    event.from = packet->destination;
    event.to = packet->source;
    replay->totals.manual_sent++;
    tell_message(replay, &event, packet->payload);
}

void replay_take_answer(struct replay *replay, const struct packet *packet, int64_t wall_ns)
{
    struct peer_handle peer = peers_touch(replay->peers, &packet->destination, wall_ns);
    bool sure;
    struct request *request = find_request(replay, packet, peer.slot, &sure);

    if (request != NULL)
        take_answer(replay, request, packet, wall_ns, sure);
    else
        take_unasked(replay, packet, wall_ns);
}
