/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine_loop: the loop of the thread: wait, receive in both directions, report. */
#include <errno.h>
#include <sys/epoll.h>

#include "engine_internal.h"
#include "udptui/base/units.h"
#include "udptui/sys/wait.h"

enum {
    EVENTS_MAX = 256,
    ROUNDS_MAX = 2,        /* batches from one listening socket before the targets get a turn */
    LAST_ROUNDS_MAX = 256, /* batches from a session's socket before it is closed */
};

/* ---- what is watched */

enum { SOURCE_SHIFT = 61, HIGH_BITS = 29 };

int relay_watch(struct relay_engine *engine, int fd, enum relay_source source, uint32_t low,
                uint32_t high)
{
    uint64_t data = (uint64_t)source << SOURCE_SHIFT |
                    ((uint64_t)high & ((UINT64_C(1) << HIGH_BITS) - 1)) << 32 | low;
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = data};

    return epoll_ctl(engine->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : errno;
}

/* ---- reports */

static bool relay_next_row(void *context, struct event_client *event)
{
    struct relay_engine *engine = context;
    uint32_t slot = sessions_dirty(engine->sessions);

    if (slot == SESSIONS_NONE)
        return false;
    struct session *session = sessions_at(engine->sessions, slot);
    relay_look_at_session(engine, session);
    *event = (struct event_client){.slot = slot,
                                   .generation = session->generation,
                                   .peer = session->client,
                                   .server = session->local,
                                   .counts = session->counts[SESSION_TO_TARGET],
                                   .back = session->counts[SESSION_TO_CLIENT],
                                   .target = session->target,
                                   .rtts = session->rtts,
                                   .icmp_errors = session->icmp_errors,
                                   .first_ns = session->first_ns,
                                   .last_ns = session->last_ns};
    if (session->socket.fd >= 0)
        event->session = session->socket.local;
    else
        event->target = engine->targets[session->target_index].address;
    return true;
}

static void relay_row_taken(void *context)
{
    struct relay_engine *engine = context;

    sessions_clean(engine->sessions);
}

/* Each is a walk through the histogram: only if there are new times. */
static void relay_set_percentiles(struct relay_engine *engine)
{
    struct event_totals *totals = &engine->totals;

    if (totals->rtts.count == engine->rtt_count)
        return;
    engine->rtt_count = totals->rtts.count;
    totals->rtt_p50_ns = rtt_percentile(engine->rtt, 50);
    totals->rtt_p99_ns = rtt_percentile(engine->rtt, 99);
}

void relay_gather_totals(struct relay_engine *engine)
{
    const struct sessions *sessions = engine->sessions;
    struct event_totals *totals = &engine->totals;

    queues_look(&engine->queues, engine->sockets, engine->config.socket_count, totals);
    totals->records_skipped = engine->records.skipped;
    relay_set_percentiles(engine);
    totals->clients = sessions_clients(sessions);
    totals->clients_evicted = sessions_evictions(sessions);
    totals->counts = *sessions_totals(sessions, SESSION_TO_TARGET);
    totals->evicted = *sessions_evicted(sessions, SESSION_TO_TARGET);
    totals->back = *sessions_totals(sessions, SESSION_TO_CLIENT);
    totals->back_evicted = *sessions_evicted(sessions, SESSION_TO_CLIENT);
    totals->sessions =
        sessions_in_list(sessions, SESSIONS_NEW) + sessions_in_list(sessions, SESSIONS_PROVEN);
    totals->acks_on = engine->forwarding;
    totals->waiting = engine->underway[SESSION_TO_TARGET];
    totals->back_waiting = engine->underway[SESSION_TO_CLIENT];
}

void relay_publish(struct relay_engine *engine, int64_t now_ns)
{
    const struct publisher_rows rows = {
        .context = engine, .next = relay_next_row, .taken = relay_row_taken};

    relay_gather_totals(engine);
    engine->icmp_left = RELAY_ICMP_A_TICK;
    publisher_report(&engine->publisher, &rows, &engine->totals, now_ns);
}

static void relay_publish_if_due(struct relay_engine *engine, int64_t now_ns)
{
    if (engine->publisher.due && now_ns >= engine->publisher.next_ns)
        relay_publish(engine, now_ns);
}

/* ---- receiving */

static void relay_note_failed(struct relay_engine *engine)
{
    engine->totals.receive_errors++;
    engine->publisher.due = true;
}

static void relay_serve_listener(struct relay_engine *engine, size_t listener)
{
    const struct datagram *datagrams;
    bool full = true;

    for (int round = 0; round < ROUNDS_MAX && full; round++) {
        size_t limit = (size_t)engine->options.server.batch;
        int received =
            batch_receive(engine->receiver, &engine->sockets[listener], limit, &datagrams);
        if (received < 0)
            relay_note_failed(engine);
        if (received <= 0)
            return;
        int64_t now_ns = clock_monotonic_ns();
        relay_forward(engine, listener, datagrams, (size_t)received, now_ns);
        relay_publish_if_due(engine, now_ns);
        full = (size_t)received == limit;
    }
}

/* The slot of a session event; SESSIONS_NONE if that session has ended since. */
static uint32_t relay_slot_of(const struct relay_engine *engine, const struct epoll_event *event)
{
    uint32_t slot = (uint32_t)event->data.u64;
    uint32_t high = (uint32_t)(event->data.u64 >> 32) & ((UINT32_C(1) << HIGH_BITS) - 1);
    const struct session *session = sessions_at(engine->sessions, slot);

    if (session->socket.fd < 0 || (session->generation & ((UINT32_C(1) << HIGH_BITS) - 1)) != high)
        return SESSIONS_NONE;
    return slot;
}

static void relay_begin_back(struct relay_engine *engine)
{
    struct udp_socket none = {.fd = -1};
    const struct datagram *datagrams;

    batch_receive(engine->receiver, &none, 0, &datagrams); /* takes none: all slots are free */
}

/* Receives as many as there is room for. False: nothing more is there, or that cannot be known. */
static bool relay_receive_back(struct relay_engine *engine, uint32_t slot, int64_t now_ns)
{
    const struct session *session = sessions_at(engine->sessions, slot);
    const struct datagram *datagrams;
    int received = batch_receive_more(engine->receiver, &session->socket,
                                      batch_receiver_room(engine->receiver), &datagrams);

    if (received > 0)
        relay_add_back(engine, slot, datagrams, (size_t)received, now_ns);
    if (received >= 0)
        return received > 0;
    if (relay_is_icmp(-received))
        return true; /* it was returned in place of a datagram */
    relay_note_failed(engine);
    return false;
}

/* Closes the session once all that its address had sent is delivered: with the socket its waiting
 * requests go, too. */
static void relay_leave_session(struct relay_engine *engine, uint32_t slot, int64_t now_ns)
{
    const struct session *session = sessions_at(engine->sessions, slot);
    bool more = true;

    for (int round = 0; round < LAST_ROUNDS_MAX && more; round++) {
        relay_finish_back(engine, now_ns);
        relay_begin_back(engine);
        if (relay_is_current(engine, session))
            return; /* a datagram that was due has renewed it */
        more = relay_receive_back(engine, slot, now_ns);
    }
    relay_finish_back(engine, now_ns);
    relay_begin_back(engine);
    if (!relay_is_current(engine, session))
        relay_close_session(engine, slot);
}

static void relay_serve_session(struct relay_engine *engine, const struct epoll_event *event,
                                int64_t now_ns)
{
    uint32_t slot = relay_slot_of(engine, event);
    bool good = true;

    if (slot == SESSIONS_NONE)
        return;
    if (event->events & EPOLLERR)
        good = relay_take_errors(engine, slot);
    relay_receive_back(engine, slot, now_ns);
    if (!good)
        relay_leave_session(engine, slot, now_ns);
}

static enum relay_source relay_source_of(const struct epoll_event *event)
{
    return (enum relay_source)(event->data.u64 >> SOURCE_SHIFT);
}

void relay_serve_sessions(struct relay_engine *engine, const struct epoll_event *events,
                          size_t count)
{
    int64_t now_ns = clock_monotonic_ns();
    bool any = false;

    relay_begin_back(engine);
    for (size_t i = 0; i < count; i++) {
        if (relay_source_of(&events[i]) != SOURCE_SESSION)
            continue;
        if (batch_receiver_room(engine->receiver) == 0) {
            relay_finish_back(engine, now_ns);
            relay_begin_back(engine);
            now_ns = clock_monotonic_ns();
        }
        relay_serve_session(engine, &events[i], now_ns);
        any = true;
    }
    if (any)
        relay_finish_back(engine, now_ns);
    relay_publish_if_due(engine, now_ns);
}

/* ---- the loop */

static int64_t relay_next_ns(const struct relay_engine *engine)
{
    int64_t next_ns = relay_due_ns(engine);

    if (engine->publisher.due)
        next_ns = wait_earlier_ns(next_ns, engine->publisher.next_ns);
    next_ns = wait_earlier_ns(next_ns, engine->membership.check_ns);
    return wait_earlier_ns(next_ns, engine->idle_check_ns);
}

static void relay_serve_event(struct relay_engine *engine, const struct epoll_event *event)
{
    switch (relay_source_of(event)) {
    case SOURCE_LISTENER:
        relay_serve_listener(engine, (uint32_t)event->data.u64);
        break;
    case SOURCE_WAKE:
        relay_take_requests(engine);
        break;
    case SOURCE_LINKS:
        membership_check(&engine->membership, true, clock_monotonic_ns());
        break;
    case SOURCE_LOOKUP:
        relay_take_lookups(engine);
        break;
    case SOURCE_SESSION:
        break;
    }
}

/* The sessions first: what is received from clients may end some of them. */
static void relay_serve(struct relay_engine *engine, const struct epoll_event *events, size_t count)
{
    relay_serve_sessions(engine, events, count);
    for (size_t i = 0; i < count; i++)
        relay_serve_event(engine, &events[i]);
}

void *relay_run(void *argument)
{
    struct relay_engine *engine = argument;
    struct epoll_event events[EVENTS_MAX];

    engine->totals.since_ns = clock_monotonic_ns();
    engine->clock = clock_pair_begin();
    while (!engine->quit) {
        int64_t now_ns = clock_monotonic_ns();
        relay_publish_if_due(engine, now_ns);
        int count = wait_for_events(engine->epoll_fd, events, EVENTS_MAX, relay_next_ns(engine));
        if (count < 0 && errno != EINTR) {
            engine->error = errno;
            break;
        }
        now_ns = clock_monotonic_ns();
        relay_turn(engine, now_ns);
        membership_check(&engine->membership, false, now_ns);
        relay_end_idle(engine, now_ns);
        if (count > 0)
            relay_serve(engine, events, (size_t)count);
    }
    relay_end_flights(engine);
    for (uint32_t slot = 0; slot < sessions_used(engine->sessions); slot++)
        relay_look_at_session(engine, sessions_at(engine->sessions, slot));
    relay_publish(engine, clock_monotonic_ns());
    atomic_store(&engine->ended, true);
    publisher_wake(&engine->publisher);
    return NULL;
}
