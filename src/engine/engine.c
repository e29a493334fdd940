/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine: the thread, its loop, and what the owner may ask of it. */
#include "udptui/engine/engine.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <unistd.h>

#include "state.h"
#include "udptui/core/ring.h"
#include "udptui/core/units.h"
#include "udptui/net/batch.h"
#include "udptui/net/clock.h"

enum {
    GUARD_BUCKETS = 4096,
    ROUNDS_MAX = 16, /* batches from one socket before the others get a turn */
};

/* ---- making and unmaking */

static bool open_parts(struct engine *engine, const struct endpoint_key *key)
{
    const struct engine_config *config = &engine->config;

    engine->peers = peers_open(config->clients_max, key);
    engine->guard = guard_open(&config->guard, GUARD_BUCKETS, key);
    engine->receiver = batch_receiver_open(config->batch, config->buffer_bytes);
    engine->answer = calloc(1, sizeof *engine->answer);
    engine->publisher.ring = ring_open(config->event_ring_bytes);
    engine->requests = ring_open(REQUESTS_RING_BYTES);
    engine->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return engine->peers != NULL && engine->guard != NULL && engine->receiver != NULL &&
           engine->answer != NULL && engine->publisher.ring != NULL && engine->requests != NULL &&
           engine->wake_fd >= 0 && publish_open(&engine->publisher) &&
           answer_open(engine->answer, &config->ack, engine->peers, engine->guard,
                       config->segment && batch_can_segment(&engine->sockets[0]));
}

static void note_call(void *context, const struct call *call)
{
    publish_call(context, call);
}

/* The sockets are told of here, whoever listened while they were opened. */
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
    engine->publisher.calls = engine->publisher.calls_left = config->calls;
    engine->publisher.tick_ns = config->tick_ns;
    engine->publisher.due = true; /* the first totals, so that the screen knows the acks' state */
}

struct engine *engine_open(const struct engine_config *config, char *error)
{
    struct engine *engine = calloc(1, sizeof *engine);
    struct endpoint_key key;

    if (engine == NULL || getrandom(&key, sizeof key, 0) != (ssize_t)sizeof key) {
        snprintf(error, ENGINE_ERROR_SIZE, "cannot start the server: %s", strerror(errno));
        free(engine);
        return NULL;
    }
    engine->config = *config;
    memcpy(engine->sockets, config->sockets, config->socket_count * sizeof *config->sockets);
    engine->wake_fd = -1;
    if (!open_parts(engine, &key)) {
        snprintf(error, ENGINE_ERROR_SIZE,
                 "not enough memory for %u clients: use a smaller --max-clients",
                 config->clients_max);
        engine_close(engine);
        return NULL;
    }
    set_publisher(engine);
    set_trace(engine);
    return engine;
}

static void join(struct engine *engine)
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
    join(engine);
    if (engine->answer != NULL)
        answer_close(engine->answer);
    free(engine->answer);
    batch_receiver_close(engine->receiver);
    guard_close(engine->guard);
    peers_close(engine->peers);
    ring_close(engine->publisher.ring);
    publish_close(&engine->publisher);
    ring_close(engine->requests);
    if (engine->wake_fd >= 0)
        close(engine->wake_fd);
    free(engine);
}

/* ---- the thread: datagrams */

static void finish_round(struct engine *engine, const struct udp_socket *socket)
{
    answer_send(engine->answer, socket);
    publish_runs(&engine->publisher, engine->answer, clock_wall_ns());
    answer_clear(engine->answer);
}

/* The batch's messages get numbers of their own, whichever engine they came to. */
static void take_numbers(struct engine *engine, const struct datagram *datagrams, size_t count)
{
    uint64_t messages = 0;

    for (size_t i = 0; i < count; i++)
        messages += datagram_messages(&datagrams[i]);
    engine->received += messages;
    engine->answer->number =
        atomic_fetch_add_explicit(engine->config.numbers, messages, memory_order_relaxed);
}

static void answer_batch(struct engine *engine, size_t index, const struct datagram *datagrams,
                         size_t count, int64_t now_ns)
{
    const struct udp_socket *socket = &engine->sockets[index];

    take_numbers(engine, datagrams, count);
    for (size_t i = 0; i < count; i++) {
        size_t messages = datagram_messages(&datagrams[i]);
        size_t done = 0;
        engine->grouped[index] |= messages > 1;
        while ((done += answer_add(engine->answer, &datagrams[i], done, index, now_ns)) < messages)
            finish_round(engine, socket);
    }
    finish_round(engine, socket);
}

/* How many datagrams may still be taken: --count is exact. */
static size_t receive_limit(const struct engine *engine)
{
    uint64_t left = engine->config.count_max - engine->received;

    if (engine->config.count_max == 0 || left > engine->config.batch)
        return engine->config.batch;
    return (size_t)left;
}

static void tell_tick(struct engine *engine, int64_t now_ns)
{
    for (size_t i = 0; i < engine->config.socket_count; i++) {
        uint64_t dropped;
        if (!udp_queue_info(&engine->sockets[i], &dropped, NULL))
            continue;
        uint32_t more = (uint32_t)dropped - engine->dropped_seen[i];
        engine->totals.kernel_dropped += more;
        engine->totals.dropped_at_least |= more > 0 && engine->grouped[i];
        engine->dropped_seen[i] = (uint32_t)dropped;
    }
    engine->totals.acks_cut = engine->answer->acks_cut;
    engine->totals.acks_on = engine->answer->acks_on;
    publish_tick(&engine->publisher, engine->peers, &engine->totals, now_ns);
}

static void publish_if_due(struct engine *engine, int64_t now_ns)
{
    if (engine->publisher.due && now_ns >= engine->publisher.next_ns)
        tell_tick(engine, now_ns);
}

static void serve_socket(struct engine *engine, size_t index)
{
    for (int round = 0; round < ROUNDS_MAX; round++) {
        const struct datagram *datagrams;
        size_t limit = receive_limit(engine);
        int received = batch_receive(engine->receiver, &engine->sockets[index], limit, &datagrams);
        if (received < 0) {
            engine->totals.receive_errors++;
            engine->publisher.due = true;
        }
        if (received <= 0)
            break;
        int64_t now_ns = clock_monotonic_ns();
        answer_batch(engine, index, datagrams, (size_t)received, now_ns);
        publish_if_due(engine, now_ns);
        if ((size_t)received < limit)
            break;
    }
    engine->quit |= receive_limit(engine) == 0;
}

/* ---- the thread: the loop */

/* Sleeps until a socket or the owner wants something, or the next tick is due. */
static int wait(struct engine *engine, struct pollfd *polled, size_t count)
{
    const struct publisher *publisher = &engine->publisher;
    struct timespec timeout = {.tv_sec = 0};
    int64_t left_ns = publisher->next_ns - clock_monotonic_ns();

    if (!publisher->due)
        return ppoll(polled, count, NULL, NULL);
    if (left_ns > 0) {
        timeout.tv_sec = left_ns / UNITS_NS_PER_S;
        timeout.tv_nsec = left_ns % UNITS_NS_PER_S;
    }
    return ppoll(polled, count, &timeout, NULL);
}

static size_t list_polled(const struct engine *engine, struct pollfd *polled)
{
    size_t count = 0;

    for (; count < engine->config.socket_count; count++)
        polled[count] = (struct pollfd){.fd = engine->sockets[count].fd, .events = POLLIN};
    polled[count] = (struct pollfd){.fd = engine->wake_fd, .events = POLLIN};
    return count + 1;
}

static void *run(void *argument)
{
    struct engine *engine = argument;
    struct pollfd polled[ENGINE_SOCKETS_MAX + 1];
    size_t count = list_polled(engine, polled);

    while (!engine->quit) {
        publish_if_due(engine, clock_monotonic_ns());
        if (wait(engine, polled, count) < 0 && errno != EINTR) {
            engine->error = errno;
            break;
        }
        for (size_t i = 0; i + 1 < count && !engine->quit; i++)
            if (polled[i].revents != 0)
                serve_socket(engine, i);
        if (polled[count - 1].revents != 0)
            requests_take(engine);
    }
    tell_tick(engine, clock_monotonic_ns());
    atomic_store(&engine->ended, true);
    publish_wake(&engine->publisher);
    return NULL;
}

/* ---- the owner's side */

bool engine_start(struct engine *engine, char *error)
{
    sigset_t all, before;
    int code;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    code = pthread_create(&engine->thread, NULL, run, engine);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    engine->started = code == 0;
    if (!engine->started)
        snprintf(error, ENGINE_ERROR_SIZE, "cannot start a thread: %s", strerror(code));
    return engine->started;
}

/* The thread has ended and the ring is empty: what it could not tell is told from here. */
static void tell_rest(struct engine *engine)
{
    struct event_stopped stopped = {
        .kind = EVENT_STOPPED, .engine = engine->config.engine, .error = engine->error};
    void *room;

    join(engine);
    if (engine->publisher.due) {
        tell_tick(engine, clock_monotonic_ns());
        return;
    }
    room = ring_reserve(engine->publisher.ring, sizeof stopped);
    memcpy(room, &stopped, sizeof stopped);
    ring_commit(engine->publisher.ring, sizeof stopped);
    engine->told_all = true;
}

const void *engine_event(struct engine *engine, size_t *size_bytes)
{
    bool ended = atomic_load(&engine->ended);
    const void *record = ring_peek(engine->publisher.ring, size_bytes);

    if (record == NULL && ended && !engine->told_all) {
        tell_rest(engine);
        record = ring_peek(engine->publisher.ring, size_bytes);
    }
    return record;
}

void engine_release(struct engine *engine)
{
    ring_release(engine->publisher.ring);
}
