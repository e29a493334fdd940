/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/server/server.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "udptui/proto/event.h"
#include "udptui/proto/reason.h"

enum {
    SAMPLE_RING_BYTES = 1 << 20,
    FULL_RING_BYTES = 1 << 24, /* once so much was reported, all of it is in memory */
    SAMPLES = 256,
};

/* ---- opening and closing */

static bool server_share(struct server *server, struct problem *problem)
{
    return engine_share(&server->shared, &server->policies.guard) ||
           problem_set(problem, false, "cannot start the server: %s", reason_text(errno));
}

static bool server_open_pairs(struct server *server, struct problem *problem)
{
    const struct policies *policies = &server->policies;
    bool another = ack_uses_another_port(&policies->ack) ||
                   (policies->rules != NULL && rules_use_another_port(policies->rules));

    return !another || listen_open_pairs(&server->listening, problem);
}

bool server_open(struct server *server, const struct server_options *options,
                 const struct opts_operands *addresses, struct problem *problem)
{
    *server =
        (struct server){.options = *options, .event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (server->event_fd < 0)
        return problem_set(problem, false, "cannot start the server: %s", reason_text(errno));
    server_calls_begin(&server->calls);
    if (policies_open(&server->policies, &server->options, problem) &&
        server_share(server, problem) &&
        listen_open(&server->listening, &server->options, &server->calls.trace, addresses,
                    problem) &&
        server_open_pairs(server, problem))
        return true;
    server_close(server);
    return false;
}

void server_close_engines(struct server *server)
{
    for (size_t i = 0; i < SERVER_THREADS_MAX; i++) {
        engine_close(server->engines[i]);
        server->engines[i] = NULL;
    }
}

/* An engine that still runs would go on with the numbers of closed sockets, or of what took them
 * over. */
void server_close_sockets(struct server *server)
{
    server_close_engines(server);
    listen_close(&server->listening);
}

void server_close(struct server *server)
{
    server_close_sockets(server);
    engine_unshare(&server->shared);
    policies_close(&server->policies);
    if (server->event_fd >= 0)
        close(server->event_fd);
    server->event_fd = -1;
}

/* ---- the engines */

static size_t server_threads(const struct server *server)
{
    return (size_t)server->options.threads;
}

uint32_t server_clients_max(const struct server *server)
{
    return (uint32_t)(server->options.max_clients * server->options.threads);
}

static void server_record_into(struct engine_config *config, struct recorder *recorder,
                               size_t thread)
{
    if (recorder == NULL)
        return;
    config->record_ring = recorder_ring(recorder, thread);
    config->record_fd = recorder_fd(recorder);
}

static struct engine_config server_engine_config(struct server *server, size_t thread,
                                                 const struct server_detail *detail)
{
    const struct server_options *options = &server->options;
    struct engine_config config = {
        .sockets = server->listening.sockets[thread],
        .socket_count = server->listening.socket_count,
        .paired = server->listening.paired,
        .groups = &server->listening.groups,
        .event_fd = server->event_fd,
        .shared = &server->shared,
        .engine = (uint8_t)thread,
        .first_slot = (uint32_t)(thread * (size_t)options->max_clients),
        .clients_max = (uint32_t)options->max_clients,
        .clients_fixed = options->clients_fixed,
        .ack = server->policies.ack,
        .stateless = server->options.stateless,
        .rules = server->policies.rules,
        .guard = server->policies.guard,
        .batch = (size_t)options->batch,
        .buffer_bytes = (size_t)options->buffer_bytes,
        .event_ring_bytes = detail->every_message ? FULL_RING_BYTES : SAMPLE_RING_BYTES,
        .samples = detail->every_message ? UINT32_MAX : SAMPLES,
        .calls = detail->calls,
        .tick_ns = detail->tick_ns,
        .count_max = (uint64_t)options->count,
        .segment = !options->no_gso,
        .impair = server->policies.impair,
        .slow_per_s = options->slow_per_s,
        .names = detail->greetings,
        .students = thread == 0 ? detail->students : 0,
    };

    server_record_into(&config, detail->recorder, thread);
    return config;
}

static bool server_open_engines(struct server *server, const struct server_detail *detail,
                                char *error)
{
    for (size_t i = 0; i < server_threads(server); i++) {
        struct engine_config config = server_engine_config(server, i, detail);
        server->engines[i] = engine_open(&config, error);
        if (server->engines[i] == NULL)
            return false;
        server->listening.groups.watch =
            -1; /* the first engine's from now on; the others open their own */
    }
    return true;
}

/* All are open before the first starts: each has its share of --max-clients. */
bool server_start(struct server *server, const struct server_detail *detail, char *error)
{
    if (!server_open_engines(server, detail, error))
        return false;
    for (size_t i = 0; i < server_threads(server); i++)
        if (!engine_start(server->engines[i], error))
            return false;
    return true;
}

/* ---- records of all engines */

/* With --count the engine that received the last datagram stops, and the others must be
 * informed. */
static void server_note_stopped(struct server *server, const struct event_stopped *stopped)
{
    server->stopped++;
    if (server->engine_error == 0)
        server->engine_error = stopped->error;
    for (size_t i = 0; i < server_threads(server) && server->options.count > 0; i++)
        engine_look(server->engines[i]);
}

const void *server_event(struct server *server, size_t *size_bytes)
{
    for (size_t i = 0; i < server_threads(server); i++) {
        const void *record = engine_event(server->engines[server->current], size_bytes);
        if (record != NULL) {
            if (event_kind_of(record) == EVENT_STOPPED)
                server_note_stopped(server, record);
            return record;
        }
        server->current = (server->current + 1) % server_threads(server);
    }
    return NULL;
}

void server_release(struct server *server)
{
    engine_release(server->engines[server->current]);
}

bool server_stopped(const struct server *server)
{
    return server->stopped == server_threads(server);
}

/* ---- requests */

void server_quit(struct server *server)
{
    for (size_t i = 0; i < server_threads(server); i++)
        engine_quit(server->engines[i]);
}

void server_reset(struct server *server)
{
    engine_ask_reset(&server->shared);
    for (size_t i = 0; i < server_threads(server); i++)
        engine_look(server->engines[i]);
}

bool server_set_acks(struct server *server, bool on)
{
    bool all = true;

    for (size_t i = 0; i < server_threads(server); i++)
        all &= engine_set_acks(server->engines[i], on);
    return all;
}

bool server_set_impair(struct server *server, const struct impair_config *impair)
{
    bool all = true;

    for (size_t i = 0; i < server_threads(server); i++)
        all &= engine_set_impair(server->engines[i], impair);
    return all;
}

bool server_quiz(struct server *server, const struct quiz_request *request)
{
    return engine_quiz(server->engines[0], request);
}

bool server_send(struct server *server, uint32_t slot, uint32_t generation, const void *bytes,
                 size_t size_bytes)
{
    struct engine *engine = server->engines[slot / (uint32_t)server->options.max_clients];

    return engine_send(engine, slot, generation, bytes, size_bytes);
}
