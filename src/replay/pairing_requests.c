/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pairing_requests: the outcome of requests and replies, and their records. */
#include <stdlib.h>
#include <string.h>

#include "pairing_internal.h"

/* ---- records */

static bool is_at_once(const struct pairing *pairing)
{
    return pairing->config.hold_ns < INT64_MAX;
}

static void emit_message(struct pairing *pairing, const struct event_message *event,
                         const uint8_t *payload, const uint8_t *ack)
{
    uint8_t *at = pairing->scratch;

    memcpy(at, event, sizeof *event);
    at += sizeof *event;
    if (payload != NULL)
        memcpy(at, payload, event->stored_bytes);
    at += event->stored_bytes;
    if (ack != NULL)
        memcpy(at, ack, event->ack_stored_bytes);
    at += event->ack_stored_bytes;
    pairing->config.emit(pairing->config.context, pairing->scratch,
                         (size_t)(at - pairing->scratch));
}

static struct event_message pairing_describe(const struct replay_request *request)
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
static void emit_request(struct pairing *pairing, struct replay_request *request, bool unseen)
{
    struct event_message event = pairing_describe(request);

    if (unseen)
        event.status = ACK_UNSEEN;
    if (request->reported)
        event.flags |= MESSAGE_UPDATE;
    if (request->acks > 0 && is_at_once(pairing))
        event.flags |= MESSAGE_OPEN;
    request->reported = true;
    emit_message(pairing, &event, request->payload->bytes,
                 request->ack != NULL ? request->ack->bytes : NULL);
}

/* Emits a request again, with its outcome. */
static void emit_again(struct pairing *pairing, struct replay_request *request)
{
    if (is_at_once(pairing))
        emit_request(pairing, request, false);
}

void pairing_emit_held(struct pairing *pairing)
{
    int64_t until_ns = pairing->now_ns - pairing->config.hold_ns;
    struct replay_request *request;

    if (!is_at_once(pairing))
        return;
    while ((request = replay_window_numbered(pairing->window, pairing->held_number + 1)) != NULL &&
           request->entered_ns <= until_ns) {
        pairing->held_number = request->number;
        if (!request->reported)
            emit_request(pairing, request, false);
    }
}

/* ---- datagrams that are not requests */

static void free_first_remark(struct pairing *pairing)
{
    struct pairing_remark *remark = pairing->first_remark;

    pairing->first_remark = remark->next;
    if (pairing->first_remark == NULL)
        pairing->last_remark = &pairing->first_remark;
    pairing->remark_count--;
    pairing->remark_bytes -= remark->event.stored_bytes;
    free(remark);
}

void pairing_emit_remarks(struct pairing *pairing, uint64_t before)
{
    while (pairing->first_remark != NULL && pairing->first_remark->after < before) {
        emit_message(pairing, &pairing->first_remark->event, pairing->first_remark->payload, NULL);
        free_first_remark(pairing);
    }
}

/* Emits it after the requests that came before it, as long as there is room to keep it. */
static void emit_in_order(struct pairing *pairing, const struct event_message *event,
                          const uint8_t *payload)
{
    const struct replay_request *oldest = replay_window_oldest(pairing->window);
    struct pairing_remark *remark;

    if (is_at_once(pairing) || oldest == NULL) {
        emit_message(pairing, event, payload, NULL);
        return;
    }
    remark = malloc(sizeof *remark + event->stored_bytes);
    if (remark == NULL) {
        pairing->totals.messages_skipped++;
        return;
    }
    *remark = (struct pairing_remark){.after = pairing->number, .event = *event};
    if (event->stored_bytes > 0)
        memcpy(remark->payload, payload, event->stored_bytes);
    *pairing->last_remark = remark;
    pairing->last_remark = &remark->next;
    pairing->remark_count++;
    pairing->remark_bytes += event->stored_bytes;
    while (pairing->remark_count > PAIRING_REMARKS_MAX || pairing->remark_bytes > REPLAY_BYTES_MAX)
        pairing_emit_remarks(pairing, pairing->first_remark->after + 1);
}

static uint16_t marks_of(struct pairing *pairing, const struct pairing_datagram *datagram)
{
    const struct packet *packet = datagram->packet;
    uint16_t marks = MESSAGE_REPLAYED;

    if (packet->size_bytes < packet->original_bytes)
        marks |= MESSAGE_TRUNCATED;
    if (endpoint_is_multicast(&packet->destination))
        marks |= MESSAGE_MULTICAST;
    if (packet->untimed)
        marks |= MESSAGE_UNTIMED;
    if (datagram->wall_ns < pairing->latest_ns) {
        marks |= MESSAGE_BACKWARDS;
        pairing->totals.backwards++;
    }
    return marks;
}

/* A datagram of the server to a client: number 0, or that of the request it belongs to. */
static void take_remark(struct pairing *pairing, const struct pairing_datagram *datagram,
                        enum ack_status status, uint64_t number, struct peer_handle peer)
{
    const struct packet *packet = datagram->packet;
    const struct event_message event = {.kind = EVENT_MESSAGE,
                                        .status = (uint8_t)status,
                                        .flags = marks_of(pairing, datagram),
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

    emit_in_order(pairing, &event, packet->payload);
}

/* ---- clients */

/* Notes the server of a client. A host that replies replaces a group as the server. */
static void note_server(struct pairing *pairing, struct peer_handle peer,
                        const struct endpoint *server)
{
    struct pairing_client *client = &pairing->clients[peer.slot];

    if (client->generation != peer.generation || client->server.family == ENDPOINT_NONE)
        *client = (struct pairing_client){.generation = peer.generation, .server = *server};
    if (endpoint_equal(&client->server, server))
        return;
    if (replay_window_may_be_many(server) && client->server.port == server->port)
        return;
    client->several |=
        !replay_window_may_be_many(&client->server) || client->server.port != server->port;
    client->server = *server;
}

/* The client's row. */
static struct peer_handle touch_client(struct pairing *pairing, const struct endpoint *client,
                                       const struct endpoint *server)
{
    struct peer_handle peer = peers_touch(pairing->peers, client, pairing->now_ns);

    note_server(pairing, peer, server);
    return peer;
}

/* What is known about the replies between its endpoints. */
static const struct replay_echo *echo_of(const struct pairing_datagram *datagram)
{
    static const struct replay_echo unknown = {.bytes = REPLAY_ECHO_UNKNOWN};

    return datagram->flow != NULL ? &datagram->flow->echo : &unknown;
}

/* ---- requests */

static void count_settled(struct pairing *pairing, const struct replay_request *request)
{
    struct counts counts = {.received = 1, .received_bytes = request->size_bytes};

    counts.acked = request->acks > 0;
    counts.unseen = request->acks == 0;
    peers_count(pairing->peers, request->peer, &counts);
    pairing->totals.waiting--;
}

void pairing_settle_oldest(struct pairing *pairing)
{
    struct replay_request *request = replay_window_oldest(pairing->window);

    pairing_emit_remarks(pairing, request->number);
    if (request->acks == 0) {
        count_settled(pairing, request);
        emit_request(pairing, request, true);
    } else if (!request->reported) {
        emit_request(pairing, request, false);
    }
    if (pairing->held_number < request->number)
        pairing->held_number = request->number;
    replay_window_drop(pairing->window);
}

/* Settles the oldest requests early. */
static void pairing_make_room(struct pairing *pairing, size_t size_bytes)
{
    while (!replay_window_has_room(pairing->window, size_bytes)) {
        struct replay_request *oldest = replay_window_oldest(pairing->window);
        if (oldest->acks == 0) {
            oldest->flags |= MESSAGE_CROWDED;
            pairing->totals.crowded++;
        }
        pairing_settle_oldest(pairing);
    }
}

void pairing_take_request(struct pairing *pairing, const struct pairing_datagram *datagram)
{
    const struct packet *packet = datagram->packet;
    struct peer_handle peer = touch_client(pairing, &packet->source, &packet->destination);
    struct replay_request *request;

    pairing_make_room(pairing, packet->size_bytes);
    request = replay_window_add(pairing->window, packet, &datagram->number, echo_of(datagram),
                                datagram->wall_ns);
    if (request == NULL) { /* its datagram counts as not shown */
        pairing->totals.messages_skipped++;
        return;
    }
    request->peer = peer;
    request->number = pairing->owner = ++pairing->number;
    request->entered_ns = pairing->now_ns;
    request->flags = marks_of(pairing, datagram);
    pairing->totals.waiting++;
    pairing_emit_held(pairing);
}

/* ---- replies */

/* The reply's leg as far as it is visible: its times are those at the capturing host. */
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

static void mark_uncertain(struct pairing *pairing, struct replay_request *request)
{
    request->service_ns = EVENT_UNKNOWN;
    request->flags |= MESSAGE_AMBIGUOUS;
    pairing->totals.uncertain++;
}

static void take_first_reply(struct pairing *pairing, const struct pairing_datagram *datagram,
                             const struct replay_match *match)
{
    struct replay_request *request = match->request;
    const struct packet *packet = datagram->packet;

    replay_window_answer(pairing->window, match, packet);
    bool timed = !packet->untimed && !(request->flags & MESSAGE_UNTIMED);
    request->service_ns = timed ? datagram->wall_ns - request->wall_ns : EVENT_UNKNOWN;
    note_leg(request, timed ? request->service_ns : 0);
    if (!match->sure)
        mark_uncertain(pairing, request);
    if (!endpoint_same_address(&packet->source, &request->to) &&
        !endpoint_is_multicast(&request->to))
        request->flags |= MESSAGE_BROADCAST;
    if (match->sure && match->alone && datagram->flow != NULL)
        replay_echo_learn(&datagram->flow->echo, request, packet);
    count_settled(pairing, request);
    emit_again(pairing, request);
}

/* There are more replies than requests: each round-trip time that was matched by order alone may
 * belong to the reply before, back to the first request with none before it. */
static void doubt_earlier(struct pairing *pairing, struct replay_request *request)
{
    struct replay_request *earlier;

    while ((earlier = replay_window_previous(pairing->window, request)) != NULL) {
        if (request->acks > 0 && request->by_order && !(request->flags & MESSAGE_AMBIGUOUS)) {
            mark_uncertain(pairing, request);
            emit_again(pairing, request);
        }
        if (request->extra_seen) /* marked already */
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

/* The same bytes again are a copy; other bytes are shown as a separate datagram. */
static void take_further_reply(struct pairing *pairing, const struct pairing_datagram *datagram,
                               const struct replay_match *match)
{
    struct replay_request *request = match->request;

    request->acks++;
    if (is_copy(request, datagram->packet)) {
        pairing->totals.copies++;
        note_leg(request, datagram->wall_ns - request->wall_ns);
        emit_again(pairing, request);
    } else {
        pairing->totals.more++;
        take_remark(pairing, datagram, ACK_MORE, request->number, request->peer);
    }
    if (match->kind == REPLAY_BY_ORDER)
        doubt_earlier(pairing, request);
}

void pairing_take_reply(struct pairing *pairing, const struct pairing_datagram *datagram)
{
    const struct packet *packet = datagram->packet;
    struct replay_match match = replay_window_match(pairing->window, packet, &datagram->number,
                                                    datagram->wall_ns, echo_of(datagram));

    if (match.request == NULL && datagram->is_first)
        match = replay_window_match_host(pairing->window, packet, datagram->wall_ns);
    if (match.request == NULL) {
        struct peer_handle peer = touch_client(pairing, &packet->destination, &packet->source);
        pairing->totals.unasked++;
        take_remark(pairing, datagram, ACK_UNASKED, 0, peer);
        return;
    }
    pairing->owner = match.request->number;
    touch_client(pairing, &match.request->from, &packet->source);
    if (match.first)
        take_first_reply(pairing, datagram, &match);
    else
        take_further_reply(pairing, datagram, &match);
}
