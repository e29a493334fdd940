/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_requests: what becomes of requests and replies, and the records of it. */
#include <stdlib.h>
#include <string.h>

#include "replay_internal.h"

/* ---- records */

static bool is_at_once(const struct replay *replay)
{
    return replay->config.hold_ns < INT64_MAX;
}

static void emit_message(struct replay *replay, const struct event_message *event,
                         const uint8_t *payload, const uint8_t *ack)
{
    uint8_t *at = replay->scratch;

    memcpy(at, event, sizeof *event);
    at += sizeof *event;
    if (payload != NULL)
        memcpy(at, payload, event->stored_bytes);
    at += event->stored_bytes;
    if (ack != NULL)
        memcpy(at, ack, event->ack_stored_bytes);
    at += event->ack_stored_bytes;
    replay->config.emit(replay->config.context, replay->scratch, (size_t)(at - replay->scratch));
}

static struct event_message describe(const struct replay_request *request)
{
    struct event_message event = {.kind = EVENT_MESSAGE,
                                  .status = request->acks > 0 ? ACK_SENT : ACK_WAITING,
                                  .flags = request->flags,
                                  .hop_limit = request->hop_limit,
                                  .traffic_class = request->traffic_class,
                                  .checksum = request->checksum,
                                  .ack_checksum = request->ack_checksum,
                                  .fragments = request->fragments,
                                  .slot = request->peer.slot,
                                  .generation = request->peer.generation,
                                  .size_bytes = request->size_bytes,
                                  .stored_bytes = request->payload->size_bytes,
                                  .ack_bytes = request->ack_bytes,
                                  .number = request->number,
                                  .wall_ns = request->wall_ns,
                                  .service_ns = request->service_ns,
                                  .from = request->from,
                                  .to = request->to,
                                  .fate = request->fate,
                                  .frame = request->frame,
                                  .ack_frame = request->ack_frame};

    if (request->ack != NULL)
        event.ack_stored_bytes = request->ack->size_bytes;
    if (request->acks > 0 && !endpoint_equal(&request->ack_from, &request->to))
        event.ack_from = request->ack_from;
    return event;
}

/* status: as describe says, or ACK_UNSEEN. */
static void emit_request(struct replay *replay, struct replay_request *request, bool unseen)
{
    struct event_message event = describe(request);

    if (unseen)
        event.status = ACK_UNSEEN;
    if (request->told)
        event.flags |= MESSAGE_UPDATE;
    if (request->acks > 0 && is_at_once(replay))
        event.flags |= MESSAGE_OPEN;
    request->told = true;
    emit_message(replay, &event, request->payload->bytes,
                 request->ack != NULL ? request->ack->bytes : NULL);
}

/* More is known of it. */
static void emit_again(struct replay *replay, struct replay_request *request)
{
    if (is_at_once(replay))
        emit_request(replay, request, false);
}

void replay_emit_held(struct replay *replay)
{
    int64_t until_ns = replay->now_ns - replay->config.hold_ns;
    struct replay_request *request;

    if (!is_at_once(replay))
        return;
    while ((request = replay_window_numbered(replay->window, replay->held_number + 1)) != NULL &&
           request->entered_ns <= until_ns) {
        replay->held_number = request->number;
        if (!request->told)
            emit_request(replay, request, false);
    }
}

/* ---- datagrams that are no requests */

static void free_first_remark(struct replay *replay)
{
    struct replay_remark *remark = replay->first_remark;

    replay->first_remark = remark->next;
    if (replay->first_remark == NULL)
        replay->last_remark = &replay->first_remark;
    replay->remark_count--;
    free(remark);
}

void replay_emit_remarks(struct replay *replay, uint64_t before)
{
    while (replay->first_remark != NULL && replay->first_remark->after < before) {
        emit_message(replay, &replay->first_remark->event, replay->first_remark->payload, NULL);
        free_first_remark(replay);
    }
}

/* Behind the requests that came before it, as long as there is room to keep it. */
static void emit_in_order(struct replay *replay, const struct event_message *event,
                          const uint8_t *payload)
{
    const struct replay_request *oldest = replay_window_oldest(replay->window);
    struct replay_remark *remark;

    if (is_at_once(replay) || oldest == NULL) {
        emit_message(replay, event, payload, NULL);
        return;
    }
    remark = malloc(sizeof *remark + event->stored_bytes);
    if (remark == NULL) {
        replay->totals.messages_skipped++;
        return;
    }
    *remark = (struct replay_remark){.after = replay->number, .event = *event};
    if (event->stored_bytes > 0)
        memcpy(remark->payload, payload, event->stored_bytes);
    *replay->last_remark = remark;
    replay->last_remark = &remark->next;
    if (++replay->remark_count > REPLAY_REMARKS_MAX)
        replay_emit_remarks(replay, replay->first_remark->after + 1);
}

static uint16_t marks_of(struct replay *replay, const struct replay_datagram *datagram)
{
    const struct packet *packet = datagram->packet;
    uint16_t marks = MESSAGE_REPLAYED;

    if (packet->size_bytes < packet->original_bytes)
        marks |= MESSAGE_TRUNCATED;
    if (endpoint_is_multicast(&packet->destination))
        marks |= MESSAGE_MULTICAST;
    if (packet->untimed)
        marks |= MESSAGE_UNTIMED;
    if (datagram->wall_ns < replay->latest_ns) {
        marks |= MESSAGE_BACKWARDS;
        replay->totals.backwards++;
    }
    return marks;
}

/* A datagram of the server to a client: number 0, or that of the request it belongs to. */
static void take_remark(struct replay *replay, const struct replay_datagram *datagram,
                        enum ack_status status, uint64_t number, struct peer_handle peer)
{
    const struct packet *packet = datagram->packet;
    const struct event_message event = {.kind = EVENT_MESSAGE,
                                        .status = (uint8_t)status,
                                        .flags = marks_of(replay, datagram),
                                        .hop_limit = packet->hop_limit,
                                        .traffic_class = packet->traffic_class,
                                        .checksum = packet_checksum_seen(packet),
                                        .fragments = packet->fragments,
                                        .frame = packet->frame,
                                        .slot = peer.slot,
                                        .generation = peer.generation,
                                        .size_bytes = (uint32_t)packet->original_bytes,
                                        .stored_bytes = (uint32_t)packet->size_bytes,
                                        .number = number,
                                        .wall_ns = datagram->wall_ns,
                                        .service_ns = EVENT_UNKNOWN,
                                        .from = packet->destination,
                                        .to = packet->source};

    emit_in_order(replay, &event, packet->payload);
}

/* ---- clients */

/* Notes who it exchanges datagrams with. A group that was asked is no server once a host
 * answers. */
static void note_server(struct replay *replay, struct peer_handle peer,
                        const struct endpoint *server)
{
    struct replay_client *client = &replay->clients[peer.slot];

    if (client->generation != peer.generation || client->server.family == ENDPOINT_NONE)
        *client = (struct replay_client){.generation = peer.generation, .server = *server};
    if (endpoint_equal(&client->server, server))
        return;
    if (replay_may_be_many(server) && client->server.port == server->port)
        return;
    client->several |= !replay_may_be_many(&client->server) || client->server.port != server->port;
    client->server = *server;
}

/* The client's row. */
static struct peer_handle touch_client(struct replay *replay, const struct endpoint *client,
                                       const struct endpoint *server)
{
    struct peer_handle peer = peers_touch(replay->peers, client, replay->now_ns);

    note_server(replay, peer, server);
    return peer;
}

/* What is known of the replies between its ends. */
static const struct replay_echo *echo_of(const struct replay_datagram *datagram)
{
    static const struct replay_echo unknown = {.bytes = REPLAY_ECHO_UNKNOWN};

    return datagram->pair != NULL ? &datagram->pair->echo : &unknown;
}

/* ---- requests */

static void count_settled(struct replay *replay, const struct replay_request *request)
{
    struct counts counts = {.received = 1, .received_bytes = request->size_bytes};

    counts.acked = request->acks > 0;
    counts.unseen = request->acks == 0;
    peers_count(replay->peers, request->peer, &counts);
    replay->totals.waiting--;
}

void replay_settle_oldest(struct replay *replay)
{
    struct replay_request *request = replay_window_oldest(replay->window);

    replay_emit_remarks(replay, request->number);
    if (request->acks == 0) {
        count_settled(replay, request);
        emit_request(replay, request, true);
    } else if (!request->told) {
        emit_request(replay, request, false);
    }
    replay_window_drop(replay->window);
}

/* The oldest leave before their time. */
static void make_room(struct replay *replay, size_t size_bytes)
{
    while (!replay_window_has_room(replay->window, size_bytes)) {
        struct replay_request *oldest = replay_window_oldest(replay->window);
        if (oldest->acks == 0) {
            oldest->flags |= MESSAGE_CROWDED;
            replay->totals.crowded++;
        }
        replay_settle_oldest(replay);
    }
}

void replay_take_request(struct replay *replay, const struct replay_datagram *datagram)
{
    const struct packet *packet = datagram->packet;
    struct peer_handle peer = touch_client(replay, &packet->source, &packet->destination);
    struct replay_request *request;

    make_room(replay, packet->size_bytes);
    request = replay_window_add(replay->window, packet, &datagram->number, echo_of(datagram),
                                datagram->wall_ns);
    if (request == NULL) { /* its datagram is counted as not shown */
        replay->totals.messages_skipped++;
        return;
    }
    request->peer = peer;
    request->number = replay->owner = ++replay->number;
    request->entered_ns = replay->now_ns;
    request->flags = marks_of(replay, datagram);
    replay->totals.waiting++;
    replay_emit_held(replay);
}

/* ---- replies */

/* The reply's leg as far as it is seen: its times are those of the place of the capture. */
static void note_leg(struct replay_request *request, int64_t delay_ns)
{
    struct fate *fate = &request->fate;
    int64_t us = delay_ns / 1000;
    struct leg leg = {.state = LEG_ARRIVED,
                      .depart_us = us < INT32_MAX ? (int32_t)us : INT32_MAX,
                      .late_by = request->overtaken < UINT16_MAX ? (uint16_t)request->overtaken
                                                                 : UINT16_MAX};

    leg.arrive_us = leg.depart_us;
    if (request->acks <= FATE_ACKS)
        fate->acks[request->acks - 1] = leg;
    fate->requests[0].state = LEG_ARRIVED;
}

static void mark_uncertain(struct replay *replay, struct replay_request *request)
{
    request->service_ns = EVENT_UNKNOWN;
    request->flags |= MESSAGE_AMBIGUOUS;
    replay->totals.uncertain++;
}

static void take_first_reply(struct replay *replay, const struct replay_datagram *datagram,
                             const struct replay_match *match)
{
    struct replay_request *request = match->request;
    const struct packet *packet = datagram->packet;

    replay_window_answer(replay->window, match, packet);
    bool timed = !packet->untimed && !(request->flags & MESSAGE_UNTIMED);
    request->service_ns = timed ? datagram->wall_ns - request->wall_ns : EVENT_UNKNOWN;
    note_leg(request, timed ? request->service_ns : 0);
    if (!match->sure)
        mark_uncertain(replay, request);
    if (!endpoint_same_address(&packet->source, &request->to) &&
        !endpoint_is_multicast(&request->to))
        request->flags |= MESSAGE_BROADCAST;
    if (match->sure && match->alone && datagram->pair != NULL)
        replay_echo_learn(&datagram->pair->echo, request, packet);
    count_settled(replay, request);
    emit_again(replay, request);
}

/* A reply more than requests: each time that was told by order alone may be that of the reply
 * before, back to the first request that had nothing before it. */
static void doubt_earlier(struct replay *replay, struct replay_request *request)
{
    struct replay_request *earlier;

    while ((earlier = replay_window_previous(replay->window, request)) != NULL) {
        if (request->acks > 0 && request->by_order && !(request->flags & MESSAGE_AMBIGUOUS)) {
            mark_uncertain(replay, request);
            emit_again(replay, request);
        }
        if (request->extra_seen) /* a walk has been here */
            return;
        request->extra_seen = true;
        request = earlier;
    }
}

static bool is_copy(const struct replay_request *request, const struct packet *packet)
{
    return request->ack != NULL && request->ack_bytes == packet->original_bytes &&
           request->ack->size_bytes == packet->size_bytes &&
           endpoint_equal(&request->ack_from, &packet->source) &&
           (packet->size_bytes == 0 ||
            memcmp(request->ack->bytes, packet->payload, packet->size_bytes) == 0);
}

/* The same bytes again are a copy; other bytes are shown for themselves. */
static void take_further_reply(struct replay *replay, const struct replay_datagram *datagram,
                               const struct replay_match *match)
{
    struct replay_request *request = match->request;

    request->acks++;
    if (is_copy(request, datagram->packet)) {
        replay->totals.copies++;
        note_leg(request, datagram->wall_ns - request->wall_ns);
        emit_again(replay, request);
    } else {
        replay->totals.more++;
        take_remark(replay, datagram, ACK_MORE, request->number, request->peer);
    }
    if (match->kind == REPLAY_BY_ORDER)
        doubt_earlier(replay, request);
}

void replay_take_reply(struct replay *replay, const struct replay_datagram *datagram)
{
    const struct packet *packet = datagram->packet;
    struct replay_match match = replay_window_match(replay->window, packet, &datagram->number,
                                                    datagram->wall_ns, echo_of(datagram));

    if (match.request == NULL && datagram->is_first)
        match = replay_window_match_host(replay->window, packet, datagram->wall_ns);
    if (match.request == NULL) {
        struct peer_handle peer = touch_client(replay, &packet->destination, &packet->source);
        replay->totals.unasked++;
        take_remark(replay, datagram, ACK_UNASKED, 0, peer);
        return;
    }
    replay->owner = match.request->number;
    touch_client(replay, &match.request->from, &packet->source);
    if (match.first)
        take_first_reply(replay, datagram, &match);
    else
        take_further_reply(replay, datagram, &match);
}
