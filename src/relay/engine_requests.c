/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine_requests: the owner's requests to the thread, on both sides of the ring. */
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>

#include "engine_internal.h"

enum relay_request_kind { RELAY_RESET, RELAY_FORWARDING, RELAY_IMPAIR, RELAY_SEND };

/* A record of the ring; the bytes to send follow it. */
struct relay_request {
    enum relay_request_kind kind;
    bool on;
    struct impair_config impair;
    struct session_handle session;
    size_t size_bytes;
};

/* ---- the thread's side */

static void relay_send_by_hand(struct relay_engine *engine, const struct relay_request *request,
                               const void *bytes)
{
    const struct session *session = sessions_get(engine->sessions, request->session);
    struct event_message event = {
        .kind = EVENT_MESSAGE,
        .status = ACK_FAILED,
        .hop_limit = EVENT_UNKNOWN,
        .traffic_class = EVENT_UNKNOWN,
        .slot = request->session.slot,
        .generation = request->session.generation,
        .error = ENOENT,
        .size_bytes = (uint32_t)request->size_bytes,
        .stored_bytes = (uint32_t)request->size_bytes,
        .wall_ns = clock_wall_ns(),
        .service_ns = EVENT_UNKNOWN,
        .relayed = {.direction = DIRECTION_TO_CLIENT, .rtt_ns = EVENT_UNKNOWN}};
    uint16_t sent = 0;

    if (session != NULL) {
        const struct batch_item item = {.peer = session->client,
                                        .source = session->source,
                                        .bytes = bytes,
                                        .size_bytes = request->size_bytes,
                                        .segment_bytes = (uint16_t)request->size_bytes,
                                        .count = 1};
        event.from = session->client;
        event.to = session->local;
        event.relayed.target_index = session->target_index;
        if (endpoint_is_host(&item.peer))
            batch_send(engine->sender, &engine->sockets[session->listener], &item, 1, &sent,
                       &event.error);
        else
            event.error = EADDRNOTAVAIL;
        event.status = event.error == 0 ? ACK_MANUAL : ACK_FAILED;
        engine->totals.manual_sent += sent;
        if (sent > 0)
            relay_record_sent(engine, SESSION_TO_CLIENT, session, 0, bytes, request->size_bytes,
                              event.wall_ns);
        records_wake(&engine->records);
    }
    publisher_message(&engine->publisher, &event, bytes, NULL);
}

/* The kernel's drops at the sessions' sockets are looked at now and then only. */
static void relay_look_at_sessions(struct relay_engine *engine)
{
    for (uint32_t slot = 0; slot < sessions_used(engine->sessions); slot++)
        relay_look_at_session(engine, sessions_at(engine->sessions, slot));
}

static void relay_reset_counts(struct relay_engine *engine)
{
    relay_look_at_sessions(engine);
    relay_gather_totals(engine);
    publisher_forget(&engine->publisher, ++engine->resets, &engine->totals);
    sessions_reset(engine->sessions);
    engine->number = 0;
    relay_forget_flights(engine);
    engine->records.skipped = 0;
    rtt_clear(engine->rtt);
    engine->rtt_count = 0; /* else as many new times would not be new */
    engine->totals = (struct event_totals){.since_ns = clock_monotonic_ns()};
}

static void relay_act(struct relay_engine *engine, const struct relay_request *request)
{
    switch (request->kind) {
    case RELAY_RESET:
        relay_reset_counts(engine);
        break;
    case RELAY_FORWARDING:
        engine->forwarding = request->on;
        engine->publisher.due = true;
        break;
    case RELAY_IMPAIR:
        relay_use_impair(engine, &request->impair);
        break;
    case RELAY_SEND:
        relay_send_by_hand(engine, request, request + 1);
        break;
    }
}

void relay_take_requests(struct relay_engine *engine)
{
    eventfd_t count;
    size_t size;

    eventfd_read(engine->wake_fd, &count);
    engine->quit = atomic_load(&engine->quit_asked); /* first: after the requests before it */
    for (const void *record; (record = ring_peek(engine->requests, &size)) != NULL;) {
        relay_act(engine, record);
        ring_release(engine->requests);
    }
}

/* ---- the owner's side */

static bool relay_request_put(struct relay_engine *engine, const struct relay_request *request,
                              const void *bytes)
{
    size_t record_bytes = sizeof *request + request->size_bytes;
    struct relay_request *room = ring_reserve(engine->requests, record_bytes);

    if (room == NULL)
        return false;
    *room = *request;
    if (bytes != NULL)
        memcpy(room + 1, bytes, request->size_bytes);
    ring_commit(engine->requests, record_bytes);
    eventfd_write(engine->wake_fd, 1);
    return true;
}

/* No record of the ring, which may be full: relay_engine_close waits for the thread. */
void relay_engine_quit(struct relay_engine *engine)
{
    atomic_store(&engine->quit_asked, true);
    eventfd_write(engine->wake_fd, 1);
}

bool relay_engine_reset(struct relay_engine *engine)
{
    return relay_request_put(engine, &(struct relay_request){.kind = RELAY_RESET}, NULL);
}

bool relay_engine_set_forwarding(struct relay_engine *engine, bool on)
{
    return relay_request_put(engine, &(struct relay_request){.kind = RELAY_FORWARDING, .on = on},
                             NULL);
}

bool relay_engine_set_impair(struct relay_engine *engine, const struct impair_config *impair)
{
    return relay_request_put(
        engine, &(struct relay_request){.kind = RELAY_IMPAIR, .impair = *impair}, NULL);
}

bool relay_engine_send(struct relay_engine *engine, uint32_t slot, uint32_t generation,
                       const void *bytes, size_t size_bytes)
{
    const struct relay_request request = {.kind = RELAY_SEND,
                                          .session = {.slot = slot, .generation = generation},
                                          .size_bytes = size_bytes};

    return relay_request_put(engine, &request, bytes);
}
