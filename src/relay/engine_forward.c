/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine_forward: a round, from received datagrams to sent ones, in both directions. */
#include <errno.h>

#include "engine_internal.h"
#include "udptui/base/units.h"
#include "udptui/proto/loop.h"

enum { OWN_CHECK_MS = 50, DSCP_MASK = 0xfc, RESENDS_MAX = 2 };

/* ---- passages */

static struct passage *passage_add(struct relay_engine *engine, const struct datagram *datagram,
                                   uint32_t slot, size_t first, size_t count)
{
    struct passage *passage = &engine->passages[engine->passage_count++];

    *passage = (struct passage){.datagram = datagram,
                                .session = sessions_handle(engine->sessions, slot),
                                .number = engine->number + 1,
                                .first = (uint32_t)first,
                                .count = (uint32_t)count,
                                .bytes = (uint32_t)datagram_bytes(datagram, first, count),
                                .next = PASSAGES_MAX,
                                .status = ACK_FORWARDED};
    engine->number += count;
    return passage;
}

static void passage_hold(struct passage *passage, enum held_reason why)
{
    passage->status = ACK_HELD;
    passage->why_held = (uint8_t)why;
}

/* How it is sent. False: its hop limit is used up. */
static bool passage_mark(const struct relay_engine *engine, struct passage *passage)
{
    const struct datagram *datagram = passage->datagram;
    int hop_limit = loop_relay_hop_limit(datagram->hop_limit, engine->options.copy_ttl != 0);

    if (hop_limit != LOOP_RELAY_HOP_LIMIT)
        passage->hop_limit = (uint8_t)hop_limit;
    if (engine->options.copy_dscp && datagram->traffic_class > 0)
        passage->traffic_class = (uint8_t)(datagram->traffic_class & DSCP_MASK);
    return hop_limit > 0;
}

/* ---- sending */

static struct batch_item passage_item(const struct passage *passage)
{
    const struct datagram *datagram = passage->datagram;

    return (struct batch_item){
        .bytes = datagram->bytes + passage->first * datagram->segment_bytes,
        .size_bytes = passage->bytes,
        .segment_bytes = (uint16_t)datagram->segment_bytes,
        .count = (uint16_t)passage->count,
        .hop_limit = passage->hop_limit,
        .traffic_class = passage->traffic_class,
    };
}

void relay_resend(struct relay_engine *engine, const struct udp_socket *socket,
                  const struct batch_item *item, uint16_t *sent, int *result)
{
    for (int i = 0; i < RESENDS_MAX && *sent < item->count && relay_is_icmp(*result); i++) {
        size_t gone_bytes = (size_t)*sent * item->segment_bytes;
        struct batch_item rest = *item;
        uint16_t more;

        rest.bytes += gone_bytes;
        rest.size_bytes -= gone_bytes;
        rest.count = (uint16_t)(rest.count - *sent);
        batch_send(engine->sender, socket, &rest, 1, &more, result);
        *sent = (uint16_t)(*sent + more);
        if (more > 0)
            i = -1; /* the next error is another one's */
    }
}

static void relay_send_items(struct relay_engine *engine, const struct udp_socket *socket)
{
    uint16_t sent[RELAY_ITEMS_MAX];
    int results[RELAY_ITEMS_MAX];

    batch_send(engine->sender, socket, engine->items, engine->item_count, sent, results);
    for (size_t i = 0; i < engine->item_count; i++) {
        struct passage *passage = &engine->passages[engine->item_passages[i]];
        relay_resend(engine, socket, &engine->items[i], &sent[i], &results[i]);
        if (sent[i] == engine->items[i].count)
            continue;
        passage->failed = engine->items[i].count - sent[i];
        passage->error = results[i];
    }
    engine->item_count = 0;
}

static void relay_add_item(struct relay_engine *engine, const struct udp_socket *socket,
                           uint32_t index, const struct endpoint *peer,
                           const struct endpoint *source)
{
    struct passage *passage = &engine->passages[index];

    passage->given = true;
    if (engine->item_count == RELAY_ITEMS_MAX)
        relay_send_items(engine, socket);
    struct batch_item item = passage_item(passage);
    item.peer = *peer;
    item.source = *source;
    engine->item_passages[engine->item_count] = index;
    engine->items[engine->item_count++] = item;
}

static bool is_stale(const struct passage *passage)
{
    return passage->status == ACK_FORWARDED && passage->failed == passage->count &&
           relay_is_stale(passage->error);
}

/* Sends the passages of one session, from `first` on, that are not sent yet. */
static void relay_send_chain(struct relay_engine *engine, const struct udp_socket *socket,
                             uint32_t first)
{
    static const struct endpoint none;

    for (uint32_t i = first; i != PASSAGES_MAX; i = engine->passages[i].next)
        if (engine->passages[i].status == ACK_FORWARDED && !engine->passages[i].given)
            relay_add_item(engine, socket, i, &none, &none);
    relay_send_items(engine, socket);
}

static bool relay_has_stale(const struct relay_engine *engine, uint32_t first)
{
    for (uint32_t i = first; i != PASSAGES_MAX; i = engine->passages[i].next)
        if (is_stale(&engine->passages[i]))
            return true;
    return false;
}

/* What failed because its socket is of no use any more is sent again, once, by a fresh one. */
static void relay_send_renewed(struct relay_engine *engine, uint32_t slot, uint32_t first)
{
    if (!relay_has_stale(engine, first) || !relay_renew_session(engine, slot))
        return;
    for (uint32_t i = first; i != PASSAGES_MAX; i = engine->passages[i].next) {
        struct passage *passage = &engine->passages[i];
        if (!is_stale(passage))
            continue;
        passage->given = false;
        passage->failed = 0;
    }
    relay_send_chain(engine, &sessions_at(engine->sessions, slot)->socket, first);
}

/* All of the round's passages of one session: they leave by its socket. */
static void relay_send_session(struct relay_engine *engine, uint32_t first)
{
    uint32_t slot = engine->passages[first].session.slot;

    relay_send_chain(engine, &sessions_at(engine->sessions, slot)->socket, first);
    relay_send_renewed(engine, slot, first);
}

static void relay_send_forward(struct relay_engine *engine)
{
    for (uint32_t i = 0; i < engine->passage_count; i++)
        if (engine->passages[i].status == ACK_FORWARDED && !engine->passages[i].given)
            relay_send_session(engine, i);
}

/* Passages to clients of one listening socket leave together. */
static void relay_send_back(struct relay_engine *engine)
{
    const struct udp_socket *socket = NULL;

    for (uint32_t i = 0; i < engine->passage_count; i++) {
        const struct passage *passage = &engine->passages[i];
        const struct session *session = sessions_at(engine->sessions, passage->session.slot);
        if (passage->status != ACK_FORWARDED)
            continue;
        if (socket != NULL && socket != &engine->sockets[session->listener])
            relay_send_items(engine, socket);
        socket = &engine->sockets[session->listener];
        relay_add_item(engine, socket, i, &session->client, &session->source);
    }
    if (engine->item_count > 0)
        relay_send_items(engine, socket);
}

/* The passages that go on enter the simulated network, if there is one, and are settled there. */
static void relay_depart_all(struct relay_engine *engine, enum session_way way, int64_t now_ns)
{
    size_t kept = 0;

    for (size_t i = 0; i < engine->passage_count; i++) {
        const struct passage *passage = &engine->passages[i];
        if (passage->status != ACK_FORWARDED) {
            engine->passages[kept++] = *passage;
            continue;
        }
        for (uint32_t message = 0; message < passage->count; message++)
            relay_depart(engine, way, passage, message, now_ns);
    }
    engine->passage_count = kept;
}

static void relay_finish_round(struct relay_engine *engine, enum session_way way, int64_t now_ns)
{
    int64_t before_ns = relay_wall_ns(engine); /* after the sends the next datagram may have come */

    if (relay_is_impaired(engine, way)) {
        relay_depart_all(engine, way, now_ns);
        before_ns = clock_wall_ns();
    }
    if (way == SESSION_TO_TARGET)
        relay_send_forward(engine);
    else
        relay_send_back(engine);
    relay_settle(engine, way, before_ns);
    engine->passage_count = 0;
    relay_turn(engine, now_ns);
}

/* ---- to the target */

/* Links the passage behind the batch's latest one of its session. */
static void passage_link(struct relay_engine *engine, uint32_t slot, size_t index)
{
    struct session *session = sessions_at(engine->sessions, slot);
    uint32_t mark = session->mark;

    if (mark < index && engine->passages[mark].session.slot == slot)
        engine->passages[mark].next = (uint32_t)index;
    session->mark = (uint32_t)index;
}

/* How many of the datagram's messages the limit of its source lets pass now. */
static size_t relay_count_allowed(struct relay_engine *engine, const struct datagram *datagram,
                                  int64_t now_ns)
{
    size_t messages = datagram_messages(datagram), allowed = 0;

    if (!guard_is_limited(engine->guard, &engine->no_ack, &datagram->peer))
        return messages;
    while (allowed < messages &&
           guard_allows_more(engine->guard, &engine->no_ack, &datagram->peer, now_ns))
        allowed++;
    return allowed;
}

/* Why the datagram must not be forwarded; false: it may. */
static bool relay_holds(const struct relay_engine *engine, const struct datagram *datagram,
                        enum held_reason *why)
{
    *why = HELD_OFF;
    if (!engine->forwarding)
        return true;
    *why = HELD_LOOP;
    if (relay_is_own(engine, &datagram->peer))
        return true;
    *why = HELD_SOURCE;
    return !guard_source_allowed(engine->guard, datagram);
}

/* The session's socket takes the passage, if it can be opened. */
static void relay_give_session(struct relay_engine *engine, struct passage *passage, size_t index)
{
    uint32_t slot = passage->session.slot;

    passage->error = relay_open_session(engine, slot);
    if (passage->error != 0) {
        passage->status = ACK_FAILED;
        passage->failed = passage->count;
        return;
    }
    passage_link(engine, slot, index);
}

/* Consecutive messages with one fate are a passage, if the kernel takes them as one. */
static void relay_add_forwarded(struct relay_engine *engine, const struct datagram *datagram,
                                uint32_t slot, size_t count, int64_t now_ns)
{
    bool impaired = relay_is_impaired(engine, SESSION_TO_TARGET), lost = false;

    for (size_t first = 0, alike; first < count; first += alike) {
        if (engine->passage_count == PASSAGES_MAX)
            relay_finish_round(engine, SESSION_TO_TARGET, now_ns);
        alike = impaired || engine->segment ? count - first : 1;
        if (!impaired)
            alike = relay_count_alike(engine, SESSION_TO_TARGET, alike, &lost);
        size_t index = engine->passage_count;
        struct passage *passage = passage_add(engine, datagram, slot, first, alike);
        if (!passage_mark(engine, passage))
            passage_hold(passage, HELD_LOOP);
        else if (lost)
            passage_hold(passage, HELD_LOSS);
        else
            relay_give_session(engine, passage, index);
    }
}

/* Whether the session that a new client would evict has datagrams in this round. */
static bool relay_evicts_pending(const struct relay_engine *engine, const struct datagram *datagram,
                                 size_t listener)
{
    uint32_t victim = sessions_victim(engine->sessions);

    if (victim == SESSIONS_NONE || engine->passage_count == 0)
        return false;
    uint32_t mark = sessions_at(engine->sessions, victim)->mark;
    return mark < engine->passage_count && engine->passages[mark].session.slot == victim &&
           sessions_find(engine->sessions, &datagram->peer, (uint16_t)listener) == SESSIONS_NONE;
}

static void relay_judge(struct relay_engine *engine, const struct datagram *datagram,
                        size_t listener, int64_t now_ns)
{
    size_t messages = datagram_messages(datagram), allowed;
    enum held_reason why;

    if (engine->passage_count + 2 > PASSAGES_MAX ||
        relay_evicts_pending(engine, datagram, listener))
        relay_finish_round(engine, SESSION_TO_TARGET, now_ns);
    uint32_t slot = relay_session(engine, datagram, listener, now_ns);
    if (relay_holds(engine, datagram, &why)) {
        passage_hold(passage_add(engine, datagram, slot, 0, messages), why);
        return;
    }
    allowed = relay_count_allowed(engine, datagram, now_ns);
    if (allowed > 0)
        relay_add_forwarded(engine, datagram, slot, allowed, now_ns);
    if (engine->passage_count == PASSAGES_MAX)
        relay_finish_round(engine, SESSION_TO_TARGET, now_ns);
    if (allowed < messages)
        passage_hold(passage_add(engine, datagram, slot, allowed, messages - allowed), HELD_LIMIT);
}

/* Our addresses may have changed since the last datagrams. */
static void relay_refresh_own(struct relay_engine *engine, int64_t now_ns)
{
    if (now_ns < engine->own_check_ns)
        return;
    own_refresh(&engine->own);
    engine->own_check_ns = now_ns + OWN_CHECK_MS * UNITS_NS_PER_MS;
}

void relay_forward(struct relay_engine *engine, size_t listener, const struct datagram *datagrams,
                   size_t count, int64_t now_ns)
{
    relay_refresh_own(engine, now_ns);
    for (size_t i = 0; i < count; i++) {
        records_received(&engine->records, &datagrams[i]);
        engine->queues.grouped[listener] |= datagram_messages(&datagrams[i]) > 1;
        relay_judge(engine, &datagrams[i], listener, now_ns);
    }
    relay_finish_round(engine, SESSION_TO_TARGET, now_ns);
    records_wake(&engine->records);
}

/* ---- to the clients */

static void relay_judge_back(const struct relay_engine *engine, struct passage *passage, bool lost)
{
    if (!engine->forwarding)
        passage_hold(passage, HELD_OFF);
    else if (!passage_mark(engine, passage))
        passage_hold(passage, HELD_LOOP);
    else if (lost)
        passage_hold(passage, HELD_LOSS);
    else
        sessions_at(engine->sessions, passage->session.slot)->replied = true;
}

static void relay_add_back_datagram(struct relay_engine *engine, uint32_t slot,
                                    const struct datagram *datagram, int64_t now_ns)
{
    bool impaired = relay_is_impaired(engine, SESSION_TO_CLIENT), lost = false;
    size_t count = datagram_messages(datagram);

    for (size_t first = 0, alike; first < count; first += alike) {
        if (engine->passage_count == PASSAGES_MAX)
            relay_finish_round(engine, SESSION_TO_CLIENT, now_ns);
        alike = impaired || engine->segment ? count - first : 1;
        if (!impaired)
            alike = relay_count_alike(engine, SESSION_TO_CLIENT, alike, &lost);
        relay_judge_back(engine, passage_add(engine, datagram, slot, first, alike), lost);
    }
}

void relay_add_back(struct relay_engine *engine, uint32_t slot, const struct datagram *datagrams,
                    size_t count, int64_t now_ns)
{
    if (count > 0)
        sessions_touch(engine->sessions, slot, now_ns);
    for (size_t i = 0; i < count; i++) {
        records_received(&engine->records, &datagrams[i]);
        sessions_at(engine->sessions, slot)->grouped |= datagram_messages(&datagrams[i]) > 1;
        relay_add_back_datagram(engine, slot, &datagrams[i], now_ns);
    }
}

void relay_finish_back(struct relay_engine *engine, int64_t now_ns)
{
    relay_finish_round(engine, SESSION_TO_CLIENT, now_ns);
    records_wake(&engine->records);
}
