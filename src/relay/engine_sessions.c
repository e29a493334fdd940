/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine_sessions: a session's socket, from its opening to its end, and its ICMP errors. */
#include <errno.h>

#include "engine_internal.h"
#include "udptui/net/icmp.h"
#include "udptui/proto/loop.h"

enum { SESSION_BUFFER_BYTES = 1 << 20, ERRORS_MAX = 64, UNREAD_ROUNDS_MAX = 256 };

bool relay_is_own(const struct relay_engine *engine, const struct endpoint *peer)
{
    uint32_t slot = engine->port_slots[peer->port];
    const struct session *session;

    if (slot == 0)
        return false;
    session = sessions_at(engine->sessions, slot - 1);
    return session->socket.fd >= 0 && endpoint_equal(&session->socket.local, peer);
}

/* ---- opening and closing */

void relay_look_at_session(struct relay_engine *engine, struct session *session)
{
    uint64_t dropped;

    if (session->socket.fd < 0 || !udp_queue_info(&session->socket, &dropped, NULL))
        return;
    engine->totals.back_dropped += (uint32_t)dropped - session->dropped_seen;
    session->dropped_seen = (uint32_t)dropped;
    engine->totals.back_dropped_at_least |=
        engine->totals.back_dropped > 0 && dropped > 0 && session->grouped;
}

bool relay_is_current(const struct relay_engine *engine, const struct session *session)
{
    return endpoint_equal(&session->target, &engine->targets[session->target_index].address);
}

/* What came from the target and was not read yet ends with the socket: it is counted. */
static void relay_count_unread(struct relay_engine *engine, const struct session *session)
{
    const struct datagram *datagrams;
    uint32_t waiting_bytes = 0;
    int received;

    if (!udp_queue_info(&session->socket, NULL, &waiting_bytes) || waiting_bytes == 0)
        return;
    for (int round = 0; round < UNREAD_ROUNDS_MAX; round++) {
        received = batch_receive(engine->unread, &session->socket, UNREAD_BATCH, &datagrams);
        if (received == 0)
            return;
        for (int i = 0; i < received; i++)
            engine->totals.back_dropped += datagram_messages(&datagrams[i]);
    }
}

void relay_close_session(struct relay_engine *engine, uint32_t slot)
{
    struct session *session = sessions_at(engine->sessions, slot);

    if (session->socket.fd < 0)
        return;
    relay_count_unread(engine, session);
    relay_look_at_session(engine, session); /* last: the queue may have overflowed until now */
    if (engine->port_slots[session->socket.local.port] == slot + 1)
        engine->port_slots[session->socket.local.port] = 0;
    udp_close(&session->socket);
    transactions_clear(&session->transactions);
    sessions_move(engine->sessions, slot, SESSIONS_CLOSED);
    sessions_note_change(engine->sessions, slot);
}

int relay_open_session(struct relay_engine *engine, uint32_t slot)
{
    struct session *session = sessions_at(engine->sessions, slot);
    const struct udp_options options = {
        .gro = !engine->options.server.no_gro,
        .error_queue = true,
        .receive_buffer_bytes = SESSION_BUFFER_BYTES,
        .unicast_hop_limit = LOOP_RELAY_HOP_LIMIT,
        .trace = engine->publisher.calls > 0 ? &engine->trace : NULL,
    };
    char why[UDP_ERROR_SIZE];

    if (session->socket.fd >= 0)
        return 0;
    session->target = engine->targets[session->target_index].address;
    errno = 0;
    if (!udp_open_client(&session->target, NULL, true, &options, &session->socket, why)) {
        int code = errno != 0 ? errno : EIO;
        relay_target_failed(engine, session->target_index);
        return code;
    }
    int error = relay_watch(engine, session->socket.fd, SOURCE_SESSION, slot, session->generation);
    if (error != 0) {
        udp_close(&session->socket);
        return error;
    }
    session->dropped_seen = 0;
    engine->port_slots[session->socket.local.port] = slot + 1;
    engine->totals.sessions_opened++;
    sessions_move(engine->sessions, slot, session->replied ? SESSIONS_PROVEN : SESSIONS_NEW);
    return 0;
}

bool relay_renew_session(struct relay_engine *engine, uint32_t slot)
{
    const struct session *session = sessions_at(engine->sessions, slot);

    if (relay_is_current(engine, session))
        relay_target_failed(engine, session->target_index);
    relay_close_session(engine, slot);
    return relay_open_session(engine, slot) == 0;
}

bool relay_is_stale(int error)
{
    return error == EINVAL || error == EADDRNOTAVAIL || error == ENETUNREACH || error == ENETDOWN ||
           error == ENODEV;
}

/* ---- finding */

static uint32_t relay_make_session(struct relay_engine *engine, const struct datagram *datagram,
                                   size_t listener, int64_t now_ns)
{
    uint32_t victim = sessions_victim(engine->sessions);

    if (victim != SESSIONS_NONE) {
        relay_close_session(engine, victim);
        sessions_evict(engine->sessions, victim);
    }
    uint32_t slot = sessions_add(engine->sessions, &datagram->peer, (uint16_t)listener, now_ns);
    sessions_at(engine->sessions, slot)->target_index = engine->socket_targets[listener];
    return slot;
}

uint32_t relay_session(struct relay_engine *engine, const struct datagram *datagram,
                       size_t listener, int64_t now_ns)
{
    uint32_t slot = sessions_find(engine->sessions, &datagram->peer, (uint16_t)listener);

    if (slot == SESSIONS_NONE)
        slot = relay_make_session(engine, datagram, listener, now_ns);
    struct session *session = sessions_at(engine->sessions, slot);
    session->local = datagram->local;
    session->source = datagram->source;
    if (session->list == SESSIONS_NEW && session->replied)
        sessions_move(engine->sessions, slot, SESSIONS_PROVEN);
    sessions_touch(engine->sessions, slot, now_ns);
    return slot;
}

/* ---- idle ones */

static void relay_end_idle_of(struct relay_engine *engine, enum session_list list, int64_t now_ns,
                              int64_t *next_ns)
{
    uint32_t slot;

    while ((slot = sessions_oldest(engine->sessions, list)) != SESSIONS_NONE) {
        int64_t end_ns = sessions_at(engine->sessions, slot)->last_ns + engine->options.idle_ns;
        if (end_ns > now_ns) {
            *next_ns = end_ns < *next_ns ? end_ns : *next_ns;
            return;
        }
        relay_close_session(engine, slot);
        sessions_at(engine->sessions, slot)->replied = false;
        engine->totals.sessions_idle++;
        engine->publisher.due = true;
    }
}

void relay_end_idle(struct relay_engine *engine, int64_t now_ns)
{
    int64_t next_ns = now_ns + engine->options.idle_ns;

    if (now_ns < engine->idle_check_ns)
        return;
    relay_end_idle_of(engine, SESSIONS_NEW, now_ns, &next_ns);
    relay_end_idle_of(engine, SESSIONS_PROVEN, now_ns, &next_ns);
    engine->idle_check_ns = next_ns;
}

/* ---- ICMP errors */

bool relay_is_icmp(int error)
{
    return error == ECONNREFUSED || error == EHOSTUNREACH || error == ENETUNREACH ||
           error == EHOSTDOWN || error == ENOPROTOOPT || error == EPROTO || error == EOPNOTSUPP ||
           error == EACCES || error == EMSGSIZE || error == ENONET;
}

/* A datagram that was too big says nothing about the address. */
static bool relay_is_unreachable(int error)
{
    return relay_is_icmp(error) && error != EMSGSIZE;
}

static void relay_report_error(struct relay_engine *engine, uint32_t slot,
                               const struct icmp_error *error)
{
    const struct session *session = sessions_at(engine->sessions, slot);
    const struct event_icmp event = {
        .kind = EVENT_ICMP,
        .ipv6 = error->ipv6,
        .local = error->local,
        .type = error->type,
        .code = error->code,
        .target_index = session->target_index,
        .error = error->error,
        .mtu = error->mtu,
        .slot = slot,
        .generation = session->generation,
        .number = transactions_find(&session->transactions, error->payload, error->payload_bytes),
        .wall_ns = clock_wall_ns(),
        .offender = error->offender,
        .target = session->target,
        .from = session->client,
    };

    engine->publisher.due = true;
    if (engine->icmp_left == 0)
        return;
    engine->icmp_left--;
    publisher_put(&engine->publisher, &event, sizeof event);
}

bool relay_take_errors(struct relay_engine *engine, uint32_t slot)
{
    const struct session *session = sessions_at(engine->sessions, slot);
    struct icmp_error error;
    bool failed = false;

    for (int i = 0; i < ERRORS_MAX && icmp_receive(&session->socket, &error); i++) {
        if (error.local)
            continue; /* the send that caused it has failed */
        sessions_count_error(engine->sessions, slot);
        engine->totals.icmp_errors++;
        engine->publisher.due = true;
        relay_report_error(engine, slot, &error);
        failed |= relay_is_unreachable(error.error);
    }
    if (failed && !relay_is_current(engine, session))
        return false;
    if (failed)
        relay_target_failed(engine, session->target_index);
    return true;
}
