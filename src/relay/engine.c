/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine: creation, end, and the owner's side of its records. */
#include "engine_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "udptui/proto/reason.h"
#include "udptui/sys/random.h"
#include "udptui/sys/thread.h"

enum {
    SAMPLE_RING_BYTES = 1 << 20,
    FULL_RING_BYTES = 1 << 24, /* once so much was reported, all of it is in memory */
    REQUESTS_RING_BYTES = 1 << 18,
    SAMPLES = 256,
};

/* ---- making and unmaking */

static void relay_note_call(void *context, const struct call *call)
{
    publisher_call(context, call);
}

static struct guard *relay_open_guard(struct relay_engine *engine)
{
    const struct relay_engine_config *config = &engine->config;
    const struct source_rules rules = {.own = &engine->own.addresses,
                                       .listeners = engine->listeners,
                                       .listener_count = config->socket_count,
                                       .answer_all = config->guard->answer_all};

    for (size_t i = 0; i < config->socket_count; i++)
        engine->listeners[i] = engine->sockets[i].local;
    own_open(&engine->own);
    return guard_open(config->guard, &rules, engine->shared.limits);
}

static bool relay_open_parts(struct relay_engine *engine)
{
    const struct relay_engine_config *config = &engine->config;
    const struct server_options *options = &engine->options.server;
    const struct hash_key key = random_key();

    ack_parse("none", &engine->no_ack);
    engine->sessions = sessions_open(config->clients_max, &key);
    engine->receiver = batch_receiver_open((size_t)options->batch, (size_t)options->buffer_bytes);
    engine->unread = batch_receiver_open(UNREAD_BATCH, (size_t)options->buffer_bytes);
    engine->sender = batch_sender_open(RELAY_ITEMS_MAX);
    engine->rtt = rtt_open();
    engine->requests = ring_open(REQUESTS_RING_BYTES);
    engine->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    engine->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (engine->sessions == NULL || engine->receiver == NULL || engine->unread == NULL ||
        engine->sender == NULL || engine->rtt == NULL || engine->requests == NULL ||
        engine->epoll_fd < 0 || engine->wake_fd < 0 ||
        !engine_share(&engine->shared, config->guard))
        return false;
    engine->guard = relay_open_guard(engine);
    return engine->guard != NULL && relay_network_open(engine) &&
           publisher_open(&engine->publisher,
                          config->detail->every_message ? FULL_RING_BYTES : SAMPLE_RING_BYTES,
                          RELAY_FLIGHTS_MAX);
}

static void relay_set_publisher(struct relay_engine *engine)
{
    const struct server_detail *detail = engine->config.detail;
    struct publisher *publisher = &engine->publisher;

    publisher->event_fd = engine->config.event_fd;
    publisher->samples = publisher->samples_left = detail->every_message ? UINT32_MAX : SAMPLES;
    publisher->calls = publisher->calls_left = detail->calls;
    publisher->tick_ns = detail->tick_ns;
    publisher->due = true; /* the first totals */
    engine->trace = (struct call_trace){.note = relay_note_call, .context = publisher};
    for (size_t i = 0; i < engine->config.socket_count; i++)
        engine->sockets[i].trace = detail->calls > 0 ? &engine->trace : NULL;
    if (detail->recorder == NULL)
        return;
    engine->records = (struct records){.ring = recorder_ring(detail->recorder, 0),
                                       .fd = recorder_fd(detail->recorder)};
}

static bool relay_watch_all(struct relay_engine *engine)
{
    for (size_t i = 0; i < engine->config.socket_count; i++)
        if (relay_watch(engine, engine->sockets[i].fd, SOURCE_LISTENER, (uint32_t)i, 0) != 0)
            return false;
    if (!relay_targets_open(engine))
        return false;
    if (engine->membership.watch >= 0 &&
        relay_watch(engine, engine->membership.watch, SOURCE_LINKS, 0, 0) != 0)
        return false;
    return relay_watch(engine, engine->wake_fd, SOURCE_WAKE, 0, 0) == 0;
}

static void relay_copy_config(struct relay_engine *engine, const struct relay_engine_config *config)
{
    engine->config = *config;
    engine->options = *config->options;
    relay_use_impair(engine, config->impair);
    engine->forwarding = true;
    memcpy(engine->sockets, config->sockets, config->socket_count * sizeof *config->sockets);
    memcpy(engine->targets, config->targets, config->target_count * sizeof *config->targets);
    memcpy(engine->socket_targets, config->socket_targets,
           config->socket_count * sizeof *config->socket_targets);
    engine->epoll_fd = engine->wake_fd = engine->own.fd = engine->membership.watch = -1;
    engine->segment = !config->options->server.no_gso && batch_can_segment(&engine->sockets[0]);
}

struct relay_engine *relay_engine_open(const struct relay_engine_config *config, char *error)
{
    struct relay_engine *engine = calloc(1, sizeof *engine);

    if (engine == NULL) {
        snprintf(error, ENGINE_ERROR_SIZE, "cannot start the relay: %s", reason_text(errno));
        return NULL;
    }
    relay_copy_config(engine, config);
    if (relay_open_parts(engine)) {
        relay_set_publisher(engine);
        membership_open(&engine->membership, config->groups, engine->sockets, config->socket_count,
                        &engine->publisher);
        if (relay_watch_all(engine))
            return engine;
        engine->membership.watch = -1; /* still the caller's */
    }
    snprintf(error, ENGINE_ERROR_SIZE, "cannot start the relay: %s", reason_text(errno));
    relay_engine_close(engine);
    return NULL;
}

static void relay_join(struct relay_engine *engine)
{
    if (engine->started)
        pthread_join(engine->thread, NULL);
    engine->started = false;
}

static void relay_close_fd(int fd)
{
    if (fd >= 0)
        close(fd);
}

void relay_engine_close(struct relay_engine *engine)
{
    if (engine == NULL)
        return;
    if (engine->started)
        relay_engine_quit(engine);
    relay_join(engine);
    for (uint32_t i = 0; engine->sessions != NULL && i < sessions_used(engine->sessions); i++)
        udp_close(&sessions_at(engine->sessions, i)->socket);
    relay_network_close(engine);
    sessions_close(engine->sessions);
    batch_receiver_close(engine->receiver);
    batch_receiver_close(engine->unread);
    batch_sender_close(engine->sender);
    rtt_close(engine->rtt);
    guard_close(engine->guard);
    engine_unshare(&engine->shared);
    own_close(&engine->own);
    publisher_close(&engine->publisher);
    ring_close(engine->requests);
    membership_close(&engine->membership);
    relay_close_fd(engine->epoll_fd);
    relay_close_fd(engine->wake_fd);
    free(engine);
}

/* ---- the owner's side */

bool relay_engine_start(struct relay_engine *engine, char *error)
{
    int code = thread_start(&engine->thread, relay_run, engine);

    engine->started = code == 0;
    if (!engine->started)
        snprintf(error, ENGINE_ERROR_SIZE, "cannot start a thread: %s", thread_failure(code));
    return engine->started;
}

/* The thread has ended and the ring is empty: reports the records that did not fit. */
static void relay_report_rest(struct relay_engine *engine)
{
    struct event_stopped stopped = {.kind = EVENT_STOPPED, .error = engine->error};

    relay_join(engine);
    if (engine->publisher.due) {
        relay_publish(engine, clock_monotonic_ns());
        return;
    }
    publisher_put(&engine->publisher, &stopped, sizeof stopped);
    engine->all_reported = true;
}

const void *relay_engine_event(struct relay_engine *engine, size_t *size_bytes)
{
    bool ended = atomic_load(&engine->ended);
    const void *record = ring_peek(engine->publisher.ring, size_bytes);

    if (record == NULL && ended && !engine->all_reported) {
        relay_report_rest(engine);
        record = ring_peek(engine->publisher.ring, size_bytes);
    }
    return record;
}

void relay_engine_release(struct relay_engine *engine)
{
    ring_release(engine->publisher.ring);
}
