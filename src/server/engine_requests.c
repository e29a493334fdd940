/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine_requests: the owner's requests to the engine's thread, on both sides of the ring. */
#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>

#include "engine_internal.h"
#include "udptui/sys/clock.h"

enum request_kind { REQUEST_ACKS, REQUEST_IMPAIR, REQUEST_SEND, REQUEST_QUIZ };

/* A record of the request ring; the bytes to send, or a struct quiz_request, follow it. */
struct engine_request {
    enum request_kind kind;
    bool acks_on;
    struct impair_config impair;
    uint32_t slot, generation;
    size_t size_bytes;
};

/* ---- the thread's side */

void requests_deliver(struct engine *engine, struct event_message *event, const struct endpoint *to,
                      uint16_t local, const void *bytes)
{
    struct answer *answer = engine->answer;
    const struct udp_socket *socket = &engine->sockets[answer_local_socket(answer, local)];
    struct batch_item item = {.peer = *to,
                              .source = answer_local_source(answer, local),
                              .bytes = bytes,
                              .size_bytes = event->size_bytes,
                              .segment_bytes = (uint16_t)event->size_bytes,
                              .count = 1};
    uint16_t sent = 0;

    event->from = *to;
    event->to = item.source.family != ENDPOINT_NONE ? item.source : socket->local;
    event->to.port = socket->local.port;
    if (endpoint_is_host(&item.peer) && item.peer.port != 0)
        batch_send(answer->sender, socket, &item, 1, &sent, &event->error);
    else
        event->error = EADDRNOTAVAIL;
    event->status = event->error == 0 ? ACK_MANUAL : ACK_FAILED;
    if (sent > 0)
        record_by_hand(engine, event, bytes);
    engine->totals.manual_sent += sent;
}

static void requests_send_by_hand(struct engine *engine, const struct engine_request *request,
                                  const void *bytes)
{
    struct event_message event = {.kind = EVENT_MESSAGE,
                                  .status = ACK_FAILED,
                                  .hop_limit = EVENT_UNKNOWN,
                                  .traffic_class = EVENT_UNKNOWN,
                                  .slot = request->slot,
                                  .generation = request->generation,
                                  .error = ENOENT,
                                  .size_bytes = (uint32_t)request->size_bytes,
                                  .stored_bytes = (uint32_t)request->size_bytes,
                                  .wall_ns = clock_wall_ns(),
                                  .service_ns = EVENT_UNKNOWN};
    uint32_t slot = request->slot - engine->config.first_slot;
    struct peer *row = slot < peers_used(engine->peers) ? peers_at(engine->peers, slot) : NULL;

    if (row != NULL && row->generation == request->generation) {
        const struct endpoint to = row->endpoint;
        event.error = 0;
        requests_deliver(engine, &event, &to, row->local, bytes);
    }
    publisher_message(&engine->publisher, &event, bytes, NULL);
}

/* The first engine that resets restarts the numbers, the others go on with them: so no two messages
 * that are counted anew have the same one. */
static void requests_restart_numbers(struct engine *engine)
{
    atomic_uint_fast64_t *numbers = &engine->config.shared->numbers;
    uint_fast64_t seen = atomic_load(numbers);

    while ((int8_t)(engine->resets - (seen >> ENGINE_NUMBERS_BITS)) > 0 &&
           !atomic_compare_exchange_weak(numbers, &seen, engine->resets << ENGINE_NUMBERS_BITS))
        ;
}

/* resets: how many were asked for. Several at once are one. */
static void requests_reset(struct engine *engine, uint64_t resets)
{
    if (resets == engine->resets)
        return;
    engine->resets = resets;
    requests_restart_numbers(engine);
    engine_gather_totals(engine);
    publisher_forget(&engine->publisher, resets, &engine->totals);
    peers_reset(engine->peers);
    engine->answer->acks_cut = engine->answer->rules_given_up = 0;
    path_forget(&engine->path);
    engine->records.skipped = 0;
    engine->totals = (struct event_totals){.since_ns = clock_monotonic_ns()};
}

static void requests_act(struct engine *engine, const struct engine_request *request)
{
    switch (request->kind) {
    case REQUEST_ACKS:
        engine->answer->acks_on = request->acks_on && answer_has_acks(engine->answer);
        engine->publisher.due = true;
        break;
    case REQUEST_IMPAIR:
        engine->path.impair = request->impair;
        break;
    case REQUEST_SEND:
        requests_send_by_hand(engine, request, request + 1);
        break;
    case REQUEST_QUIZ:
        quiz_do(engine->quiz, (const struct quiz_request *)(request + 1), clock_wall_ns());
        engine->publisher.due = true;
        break;
    }
}

void requests_take(struct engine *engine)
{
    eventfd_t count;
    size_t size;

    eventfd_read(engine->wake_fd, &count);
    engine->quit = atomic_load(&engine->quit_asked); /* first: after the requests before it */
    uint64_t resets = atomic_load(&engine->config.shared->resets); /* in the same way */
    for (const void *record; (record = ring_peek(engine->requests, &size)) != NULL;) {
        requests_act(engine, record);
        ring_release(engine->requests);
    }
    requests_reset(engine, resets);
}

/* ---- the owner's side */

/* Only a counter at its limit refuses the write, and then wake_fd is readable. */
static void requests_wake(struct engine *engine)
{
    eventfd_write(engine->wake_fd, 1);
}

static bool requests_put(struct engine *engine, const struct engine_request *request,
                         const void *bytes)
{
    struct engine_request *room =
        ring_reserve(engine->requests, sizeof *request + request->size_bytes);

    if (room == NULL)
        return false;
    *room = *request;
    if (bytes != NULL)
        memcpy(room + 1, bytes, request->size_bytes);
    ring_commit(engine->requests, sizeof *request + request->size_bytes);
    requests_wake(engine);
    return true;
}

/* No record of the ring, which may be full: engine_close waits for the thread. */
void engine_quit(struct engine *engine)
{
    atomic_store(&engine->quit_asked, true);
    requests_wake(engine);
}

void engine_look(struct engine *engine)
{
    requests_wake(engine);
}

/* No record of the rings: one of them may be full, and then the engines would count from different
 * times. */
void engine_ask_reset(struct engine_shared *shared)
{
    atomic_fetch_add(&shared->resets, 1);
}

bool engine_set_acks(struct engine *engine, bool on)
{
    return requests_put(engine, &(struct engine_request){.kind = REQUEST_ACKS, .acks_on = on},
                        NULL);
}

bool engine_set_impair(struct engine *engine, const struct impair_config *impair)
{
    return requests_put(engine, &(struct engine_request){.kind = REQUEST_IMPAIR, .impair = *impair},
                        NULL);
}

bool engine_send(struct engine *engine, uint32_t slot, uint32_t generation, const void *bytes,
                 size_t size_bytes)
{
    struct engine_request request = {
        .kind = REQUEST_SEND, .slot = slot, .generation = generation, .size_bytes = size_bytes};

    return requests_put(engine, &request, bytes);
}

bool engine_quiz(struct engine *engine, const struct quiz_request *request)
{
    const struct engine_request record = {.kind = REQUEST_QUIZ, .size_bytes = sizeof *request};

    return engine->quiz == NULL || requests_put(engine, &record, request);
}
