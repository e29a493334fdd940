/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine: creation, end, and the owner's side of its events; its thread is in engine_loop.c. */
#include "udptui/server/engine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "engine_internal.h"
#include "udptui/base/ring.h"
#include "udptui/net/batch.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/random.h"
#include "udptui/sys/thread.h"

enum { LIMITS_BUCKETS = 16384 };

/* ---- what engines share */

bool engine_share(struct engine_shared *shared, const struct guard_config *guard)
{
    const struct hash_key key = random_key();

    *shared = (struct engine_shared){.limits = NULL};
    if (guard->scope == GUARD_LIMIT_NONE)
        return true;
    shared->limits = limits_open(guard->rate_per_s, LIMITS_BUCKETS, &key);
    return shared->limits != NULL;
}

void engine_unshare(struct engine_shared *shared)
{
    limits_close(shared->limits);
    shared->limits = NULL;
}

/* ---- making and unmaking */

static void record_flight(void *context, const struct flight *flight, const uint8_t *bytes,
                          size_t size_bytes, int64_t wall_ns)
{
    struct datagram request = flight->datagram;

    if (flight->ack_port != 0)
        request.peer.port = flight->ack_port;
    if (flight->ack_from_port != 0)
        request.local.port = flight->ack_from_port;
    record_sent(context, &request, bytes, size_bytes, wall_ns);
}

static struct guard *open_guard(struct engine *engine)
{
    const struct engine_config *config = &engine->config;
    const struct source_rules rules = {.own = &engine->own.addresses,
                                       .listeners = engine->listeners,
                                       .listener_count = config->socket_count,
                                       .answer_all = config->guard.answer_all};

    for (size_t i = 0; i < config->socket_count; i++)
        engine->listeners[i] = engine->sockets[i].local;
    own_open(&engine->own);
    return guard_open(&config->guard, &rules, config->shared->limits);
}

static bool engine_open_quiz(struct engine *engine, const struct hash_key *key)
{
    if (engine->config.students == 0)
        return true;
    engine->quiz = engine->answer->quiz = quiz_open(engine->config.students, key);
    return engine->quiz != NULL;
}

static bool open_parts(struct engine *engine, const struct hash_key *key)
{
    const struct engine_config *config = &engine->config;

    engine->peers = peers_open(config->clients_max, &config->shared->clients, key);
    engine->guard = open_guard(engine);
    engine->receiver = batch_receiver_open(config->batch, config->buffer_bytes);
    engine->answer = calloc(1, sizeof *engine->answer);
    if (engine->answer != NULL) {
        engine->answer->sockets = engine->sockets;
        engine->answer->grouped = engine->queues.grouped;
    }
    engine->requests = ring_open(REQUESTS_RING_BYTES);
    engine->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return engine->peers != NULL && engine->guard != NULL && engine->receiver != NULL &&
           engine->answer != NULL && engine->requests != NULL && engine->wake_fd >= 0 &&
           publisher_open(&engine->publisher, config->event_ring_bytes, PATH_FLIGHTS_MAX) &&
           engine_open_quiz(engine, key) &&
           answer_open(engine->answer, &config->ack, config->rules, engine->peers, engine->guard,
                       config->segment && batch_can_segment(&engine->sockets[0])) &&
           (config->stateless || answer_number_replies(engine->answer)) &&
           path_open(&engine->path, &config->impair, engine->answer, engine->sockets,
                     config->shared->free_ns);
}

static void note_call(void *context, const struct call *call)
{
    publisher_call(context, call);
}

/* From here on the engine's trace gets the calls on the sockets, which another trace got while they
 * were opened. */
static void set_trace(struct engine *engine)
{
    engine->trace = (struct call_trace){.note = note_call, .context = &engine->publisher};
    for (size_t i = 0; i < engine->config.socket_count; i++)
        engine->sockets[i].trace = engine->config.calls > 0 ? &engine->trace : NULL;
}

static void set_publisher(struct engine *engine)
{
    const struct engine_config *config = &engine->config;

    engine->publisher.event_fd = config->event_fd;
    engine->publisher.engine = config->engine;
    engine->publisher.first_slot = config->first_slot;
    engine->publisher.samples = engine->publisher.samples_left = config->samples;
    engine->publisher.names = config->names;
    engine->publisher.calls = engine->publisher.calls_left = config->calls;
    engine->publisher.tick_ns = config->tick_ns;
    engine->publisher.due = true; /* the first totals, so that the screen knows the acks' state */
}

/* Why a part could not be created: its errno means a lack of descriptors or of memory. */
static void engine_explain(const struct engine_config *config, int code, char *error)
{
    struct reason reason = reason_of_errno(REASON_OTHER, code, NULL, NULL);
    char why[REASON_SIZE];

    if (code == EMFILE || code == ENFILE)
        snprintf(error, ENGINE_ERROR_SIZE, "cannot start the server: %s",
                 reason_sentence(&reason, why, sizeof why));
    else
        snprintf(error, ENGINE_ERROR_SIZE, "not enough memory for %u clients%s",
                 config->clients_max, config->clients_fixed ? "" : ": use a smaller --max-clients");
}

struct engine *engine_open(const struct engine_config *config, char *error)
{
    struct engine *engine = calloc(1, sizeof *engine);
    const struct hash_key key = random_key();

    if (engine == NULL) {
        snprintf(error, ENGINE_ERROR_SIZE, "cannot start the server: %s", reason_text(errno));
        return NULL;
    }
    engine->config = *config;
    memcpy(engine->sockets, config->sockets, config->socket_count * sizeof *config->sockets);
    engine->wake_fd = engine->own.fd = engine->membership.watch = -1;
    if (!open_parts(engine, &key)) {
        engine_explain(config, errno, error);
        engine_close(engine);
        return NULL;
    }
    engine->answer->seed = config->impair.seed;
    engine->path.paired = config->paired ? config->socket_count / 2 : 0;
    set_publisher(engine);
    set_trace(engine);
    membership_open(&engine->membership, config->groups, engine->sockets, config->socket_count,
                    &engine->publisher);
    engine->records = (struct records){.ring = config->record_ring, .fd = config->record_fd};
    if (config->record_ring != NULL) {
        engine->path.sent = record_flight;
        engine->path.sent_context = engine;
    }
    return engine;
}

static void engine_join(struct engine *engine)
{
    if (engine->started)
        pthread_join(engine->thread, NULL);
    engine->started = false;
}

void engine_close(struct engine *engine)
{
    if (engine == NULL)
        return;
    if (engine->started)
        engine_quit(engine);
    engine_join(engine);
    path_close(&engine->path);
    quiz_close(engine->quiz);
    if (engine->answer != NULL)
        answer_close(engine->answer);
    free(engine->answer);
    batch_receiver_close(engine->receiver);
    guard_close(engine->guard);
    own_close(&engine->own);
    peers_close(engine->peers);
    publisher_close(&engine->publisher);
    ring_close(engine->requests);
    membership_close(&engine->membership);
    if (engine->wake_fd >= 0)
        close(engine->wake_fd);
    free(engine);
}

/* ---- the owner's side */

bool engine_start(struct engine *engine, char *error)
{
    int code = thread_start(&engine->thread, engine_run, engine);

    engine->started = code == 0;
    if (!engine->started)
        snprintf(error, ENGINE_ERROR_SIZE, "cannot start a thread: %s", thread_failure(code));
    return engine->started;
}

/* The thread has ended and the ring is empty: reports the records that did not fit. */
static void engine_report_rest(struct engine *engine)
{
    struct event_stopped stopped = {
        .kind = EVENT_STOPPED, .engine = engine->config.engine, .error = engine->error};
    void *room;

    engine_join(engine);
    if (engine->publisher.due) {
        engine_publish(engine, clock_monotonic_ns());
        return;
    }
    room = ring_reserve(engine->publisher.ring, sizeof stopped);
    memcpy(room, &stopped, sizeof stopped);
    ring_commit(engine->publisher.ring, sizeof stopped);
    engine->all_reported = true;
}

const void *engine_event(struct engine *engine, size_t *size_bytes)
{
    bool ended = atomic_load(&engine->ended);
    const void *record = ring_peek(engine->publisher.ring, size_bytes);

    if (record == NULL && ended && !engine->all_reported) {
        engine_report_rest(engine);
        record = ring_peek(engine->publisher.ring, size_bytes);
    }
    return record;
}

void engine_release(struct engine *engine)
{
    ring_release(engine->publisher.ring);
}
