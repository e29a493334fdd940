/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim_engine: the server's engines in simulated worlds (world.h), one to three of them as threads
 * of one server. Clients send, in bursts and merged by the kernel; the owner asks for something,
 * and reads events and records, or does not. Whenever all engines wait, the counts must agree with
 * what the world knows; at the end each datagram that left must have been counted. The planted bug:
 * an engine that now and then forgets to count.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../src/server/engine_internal.h"
#include "world.h"

enum {
    ENGINES = 3,
    SOCKETS = 4,
    HEADERS = 28, /* of IPv4 and UDP */
    CLIENTS = 12, /* more than the table may hold */
    BATCH_MAX = 16,
    BUFFER = 96,
    FIRST_PORT = 4000,
    NUMBERS = 65536,
};

static struct {
    struct engine *engines[ENGINES];
    struct udp_socket sockets[ENGINES][SOCKETS];
    struct ring *records[ENGINES];
    size_t engine_count, socket_count;
    struct engine_config config;
    struct engine_shared shared;
    bool stopped[ENGINES];
    bool reader;            /* the owner reads all events at each step */
    bool resets;            /* it may ask for resets */
    uint64_t asked;         /* how many it has asked for */
    uint64_t come[ENGINES]; /* the latest that each engine has reported */
    uint64_t forgotten;     /* datagrams under way then, which no longer count */
    uint64_t datagrams;     /* that receive calls returned, merged ones counted once */
    bool numbered[NUMBERS]; /* numbers of the messages reported since the last reset */
    /* All since the last reset: */
    uint64_t dropped;   /* by the kernel */
    uint64_t delivered; /* messages that receive calls returned */
    uint64_t left;      /* datagrams that left */
    uint64_t reported;  /* message records that are new */
    uint64_t recorded;  /* records for the capture file */
    uint64_t came_bytes[256],
        left_bytes[256]; /* by the last byte of a client's address, with headers */
} sim;

/* ---- the planted bug */

void __real_peers_count(struct peers *peers, struct peer_handle handle, const struct counts *more);
void __wrap_peers_count(struct peers *peers, struct peer_handle handle, const struct counts *more);
void __wrap_peers_count(struct peers *peers, struct peer_handle handle, const struct counts *more)
{
    if (!sim_is_planted() || !sim_percent(1))
        __real_peers_count(peers, handle, more);
}

/* ---- clients */

static struct endpoint local_of(size_t socket)
{
    struct endpoint local = machine.address;

    local.port = (uint16_t)(FIRST_PORT + socket);
    return local;
}

/* Private, public and impossible sources. */
static struct endpoint draw_client(void)
{
    unsigned which = sim_below(CLIENTS);
    struct endpoint client = {.family = ENDPOINT_IPV4,
                              .address = {10, 0, 0, (uint8_t)(10 + which)},
                              .port = (uint16_t)(20000 + which)};

    if (which >= 9)
        client.address[0] = 8;
    if (sim_percent(2))
        client.port = 0;
    if (sim_percent(2))
        client.address[0] = 224;
    if (sim_percent(1))
        client = local_of(0);
    return client;
}

static void fill_payload(struct sim_packet *packet)
{
    static const char *const texts[] = {
        "hello",    "Message received", "hello kim", "",         "udptui counters?",
        "name kim", "name bo",          "answer 1",  "answer 2", "answer 9 kim",
        "question", "get temp",         "twice",     "slow",     "many",
    };
    const char *text = texts[sim_below(COUNT_OF(texts))];

    packet->size_bytes = packet->segment_bytes = (uint32_t)strlen(text);
    memcpy(packet->bytes, text, packet->size_bytes);
    if (sim_percent(30)) { /* anything, some longer than the engine's buffers */
        packet->size_bytes = sim_below(sim_percent(10) ? 2 * BUFFER : BUFFER + 1);
        for (size_t i = 0; i < packet->size_bytes; i++)
            packet->bytes[i] = (uint8_t)sim_draw();
    }
    packet->segment_bytes = packet->size_bytes;
    if (packet->size_bytes > 4 && packet->size_bytes <= BUFFER && sim_percent(20))
        packet->segment_bytes = 1 + sim_below(packet->size_bytes);
}

static void send_one(void)
{
    struct sim_packet packet = {.due_ns = sim_now_ns() + sim_below(200 * 1000),
                                .from = draw_client(),
                                .to = local_of(sim_below((unsigned)sim.socket_count)),
                                .hop_limit = 64,
                                .unstamped = sim_percent(10)};

    fill_payload(&packet);
    sim_transmit(&packet);
}

static void note_taken(const struct sim_packet *packet, size_t messages)
{
    sim.came_bytes[packet->from.address[3]] += packet->size_bytes + messages * HEADERS;
    sim.delivered += messages;
    sim.datagrams++;
    sim_say("taken: %zu messages from port %u", messages, packet->from.port);
}

static void note_dropped(const struct sim_packet *packet, bool full)
{
    (void)packet;
    sim.dropped += full;
}

/* Typed by the owner, or a question that is pushed: no answers. */
static bool is_unasked(const struct sim_left *left)
{
    static const char *const beginnings[] = {"typed", "question "};

    for (size_t i = 0; i < COUNT_OF(beginnings); i++)
        if (left->size_bytes >= strlen(beginnings[i]) &&
            memcmp(left->bytes, beginnings[i], strlen(beginnings[i])) == 0)
            return true;
    return false;
}

/* A client gets three times what it sent, at most. */
static void check_amplification(const struct sim_left *left)
{
    unsigned which = left->to.address[3];

    if (is_unasked(left))
        return;
    sim.left_bytes[which] += left->size_bytes + HEADERS;
    if (sim.left_bytes[which] > 3 * sim.came_bytes[which])
        sim_wrong("client %u sent %" PRIu64 " bytes and got %" PRIu64, which, sim.came_bytes[which],
                  sim.left_bytes[which]);
}

static void note_left(const struct sim_left *left)
{
    const struct endpoint *to = &left->to;

    sim.left++;
    sim_say("left: %zu bytes to port %u", left->size_bytes, to->port);
    check_amplification(left);
    if (to->port == 0 || to->address[0] == 224 || (to->address[0] == 192 && !is_unasked(left)))
        sim_wrong("sent to %u.*:%u", to->address[0], to->port);
}

/* ---- the owner */

/* Whether the engine's records that are read now came after the last reset. */
static bool is_current(size_t engine)
{
    return sim.come[engine] == sim.asked;
}

static void take_message(const struct event_message *message)
{
    sim_check_time(message->service_ns, "a time of service");
    if (message->flags & MESSAGE_UPDATE || message->number == 0 || message->status == ACK_MORE ||
        !is_current(message->engine))
        return;
    if (++sim.reported > sim.delivered)
        sim_wrong("%" PRIu64 " messages were reported, but %" PRIu64 " were delivered",
                  sim.reported, sim.delivered);
    if (message->number >= NUMBERS || sim.numbered[message->number])
        sim_wrong("there is another message %" PRIu64, message->number);
    else
        sim.numbered[message->number] = true;
}

static void take_totals(const struct event_totals *totals)
{
    if (!counts_conserved(&totals->counts) || !counts_conserved(&totals->evicted))
        sim_wrong("the totals are not conserved");
    if (totals->counts.received > sim.delivered && is_current(totals->engine))
        sim_wrong("received %" PRIu64 " of %" PRIu64, totals->counts.received, sim.delivered);
}

static void take_reset(const struct event_reset *reset)
{
    if (!counts_conserved(&reset->before.counts) || !counts_conserved(&reset->before.evicted))
        sim_wrong("the totals before a reset are not conserved");
    sim.come[reset->engine] = reset->resets;
}

static void read_events(size_t index)
{
    struct engine *engine = sim.engines[index];
    size_t size;

    for (const void *record;
         !sim.stopped[index] && (record = engine_event(engine, &size)) != NULL;) {
        sim.stopped[index] = event_kind_of(record) == EVENT_STOPPED;
        if (event_kind_of(record) == EVENT_MESSAGE)
            take_message(record);
        else if (event_kind_of(record) == EVENT_TOTALS)
            take_totals(record);
        else if (event_kind_of(record) == EVENT_RESET)
            take_reset(record);
        else if (event_kind_of(record) == EVENT_CLIENT &&
                 !counts_conserved(&((const struct event_client *)record)->counts))
            sim_wrong("a client's counts are not conserved");
        engine_release(engine);
    }
}

static void read_records(size_t index)
{
    size_t size;

    for (; sim.records[index] != NULL && ring_peek(sim.records[index], &size) != NULL;
         ring_release(sim.records[index]))
        sim.recorded++;
}

/* What is delivered from here on counts anew. */
static void reset_all(void)
{
    engine_ask_reset(&sim.shared);
    sim.asked++;
    sim.forgotten = 0;
    for (size_t i = 0; i < sim.engine_count; i++) {
        requests_take(sim.engines[i]); /* at once */
        if (sim.engines[i]->quit)
            engine_quit(sim.engines[i]);
        sim.forgotten += sim.engines[i]->path.underway;
        read_records(i);
    }
    sim.dropped = sim.delivered = sim.left = sim.reported = sim.recorded = 0;
    memset(sim.numbered, 0, sizeof sim.numbered);
}

static void type_message(struct engine *engine)
{
    unsigned slot = sim_below(CLIENTS);

    if (slot >= peers_used(engine->peers))
        return;
    engine_send(engine, engine->config.first_slot + slot,
                peers_at(engine->peers, slot)->generation + sim_percent(10), "typed", 5);
}

static void ask_class(void)
{
    struct quiz_request request = {.wish = (enum quiz_wish)sim_below(4),
                                   .number = sim_below(3),
                                   .right = sim_below(3),
                                   .state = (enum quiz_state)sim_below(3)};

    quiz_question_set_text(&request.question, "why?", 4);
    quiz_question_add_option(&request.question, "yes", 3);
    quiz_question_add_option(&request.question, "no", 2);
    engine_quiz(sim.engines[0], &request);
}

static void ask_something(void)
{
    struct engine *engine = sim.engines[sim_below((unsigned)sim.engine_count)];
    struct impair_config impair;

    switch (sim_below(5)) {
    case 0:
        sim_say("asked: other impairments");
        sim_draw_impairments(&impair);
        engine_set_impair(engine, &impair);
        break;
    case 1:
        engine_set_acks(engine, sim_percent(70));
        break;
    case 2:
        type_message(engine);
        break;
    case 3:
        sim_say("asked: reset %d", sim.resets);
        if (sim.resets)
            reset_all();
        break;
    case 4:
        ask_class();
        break;
    }
}

/* ---- what must hold whenever the engines wait */

static void check_engine(const struct engine *engine)
{
    const struct counts *totals = peers_totals(engine->peers);
    struct counts sum = *peers_evicted(engine->peers);

    for (uint32_t slot = 0; slot < peers_used(engine->peers); slot++) {
        const struct counts *counts = &peers_at(engine->peers, slot)->counts;
        if (!counts_conserved(counts))
            sim_wrong("row %" PRIu32 " is not conserved", slot);
        counts_add(&sum, counts);
    }
    if (!counts_conserved(totals) || memcmp(&sum, totals, sizeof sum) != 0)
        sim_wrong("rows and evicted are not the totals");
}

/* Messages under way that will be counted. */
static uint64_t count_waiting(const struct path *path)
{
    uint64_t waiting = 0;

    for (uint32_t i = 0; i < path->flights_made; i++)
        waiting += path->flights[i].hops > 0 && !path->flights[i].more &&
                   path->flights[i].epoch == path->epoch;
    return waiting;
}

static void check_conservation(void)
{
    uint64_t received = 0, waiting = 0;

    for (size_t i = 0; i < sim.engine_count; i++) {
        const struct engine *engine = sim.engines[i];
        check_engine(engine);
        received += peers_totals(engine->peers)->received;
        waiting += count_waiting(&engine->path);
    }
    if (received + waiting != sim.delivered)
        sim_wrong("received %" PRIu64 " + waiting %" PRIu64 " are not the %" PRIu64 " delivered",
                  received, waiting, sim.delivered);
    if (sim.config.count_max != 0 && sim.datagrams > sim.config.count_max)
        sim_wrong("%" PRIu64 " datagrams were taken, not %" PRIu64, sim.datagrams,
                  sim.config.count_max);
}

static void step(void)
{
    check_conservation();
    for (unsigned burst = sim_percent(60) ? sim_below(sim_percent(10) ? 100 : 12) : 0; burst > 0;
         burst--)
        send_one();
    if (sim_percent(12))
        ask_something();
    for (size_t i = 0; i < sim.engine_count; i++) {
        if (sim.reader || sim_percent(20))
            read_events(i);
        if (sim_percent(20))
            read_records(i);
        if (sim_is_over())
            engine_quit(sim.engines[i]);
        else if (sim.config.count_max != 0)
            engine_look(sim.engines[i]);
    }
}

/* ---- one world */

static void draw_machine(void)
{
    machine.events = (struct sim_events){
        .step = step, .left = note_left, .taken = note_taken, .dropped = note_dropped};
    machine.send_fails = sim_percent(50) ? 0 : sim_below(40);
    machine.receive_fails = sim_percent(50) ? 0 : 3;
    machine.control_cut = sim_percent(80) ? 0 : 10;
    machine.interrupts = machine.clock_steps = 2;
    machine.late = 3;
    machine.sleeps = sim_percent(50);
    machine.queue = 1 + sim_below(SIM_QUEUE);
    machine.can_segment = sim_percent(70);
    machine.can_group = sim_percent(70);
    machine.memory_fails = sim_percent(20) ? 20 : 0;
}

static struct rules *draw_rules(void)
{
    static const char *const texts[] = {
        "get => {n}: {text}",       "size:>20 => none",
        "twice => twice again",     "slow => after 20ms late ; after 5ms later",
        "many => 5 times x ; echo", "temp => from another port {upper}",
        "kim => chance 50% half",   "hello => to port 7777 elsewhere",
        "from:8.0.0.0/8 => none",
    };
    struct rules_problem problem;
    struct rules *rules = rules_open(NULL);

    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (sim_percent(50) && !rules_add(rules, texts[i], &problem))
            sim_wrong("%s: %s", texts[i], problem.why);
    return rules;
}

static void draw_config(struct engine_config *config)
{
    static const char *const acks[] = {
        "Message received", "echo", "", "{from} {n}", "after 3ms late", "echo ; after 1ms more"};

    *config = (struct engine_config){
        .socket_count = sim.socket_count,
        .paired = sim.socket_count == SOCKETS,
        .clients_max = 1 + sim_below(CLIENTS),
        .batch = 1 + sim_below(BATCH_MAX),
        .buffer_bytes = BUFFER,
        .event_ring_bytes = 4096u << sim_below(6),
        .samples = sim_percent(50) ? UINT32_MAX : sim_below(20),
        .calls = sim_percent(20) ? 5 : 0,
        .tick_ns = UNITS_NS_PER_MS * (1 + sim_below(50)),
        .count_max = sim_percent(10) ? 1 + sim_below(200) : 0,
        .segment = sim_percent(50),
        .slow_per_s = sim_percent(10) ? 500 : 0,
        .guard = {.scope = (enum guard_scope)sim_below(3), .rate_per_s = 50}};
    if (ack_parse(acks[sim_below(COUNT_OF(acks))], &config->ack) != NULL)
        sim_wrong("the ack");
    if (sim_percent(60))
        sim_draw_impairments(&config->impair);
    if (sim_percent(40))
        config->rules = draw_rules();
    config->shared = &sim.shared;
    config->event_fd = eventfd(0, 0);
}

static bool open_sockets(size_t index)
{
    const struct udp_options options = {.gro = sim.config.count_max == 0,
                                        .reuse_port = sim.engine_count > 1};
    char error[UDP_ERROR_SIZE];

    for (size_t i = 0; i < sim.socket_count; i++) {
        struct endpoint local = local_of(i);
        if (udp_open_server(&local, &options, &sim.sockets[index][i], error))
            continue;
        sim_wrong("%s", error);
        return false;
    }
    return true;
}

static void open_engine(size_t index)
{
    struct engine_config config = sim.config;
    char error[ENGINE_ERROR_SIZE];

    config.sockets = sim.sockets[index];
    config.engine = (uint8_t)index;
    config.first_slot = (uint32_t)index * config.clients_max;
    if (index == 0 && sim_percent(30))
        config.students = 1 + sim_below(5);
    if (config.students > 0) /* a question is larger than the other records */
        config.event_ring_bytes += 16384;
    if (sim_percent(30)) {
        sim.records[index] = config.record_ring = ring_open(2048u << sim_below(6));
        config.record_fd = config.event_fd;
    }
    if (!open_sockets(index))
        return;
    sim.engines[index] = engine_open(&config, error);
    if (sim.engines[index] == NULL || !engine_start(sim.engines[index], error))
        sim_wrong("%s", error);
}

static uint64_t sum_of(size_t offset)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < sim.engine_count; i++)
        sum += *(const uint64_t *)((const char *)&sim.engines[i]->totals + offset);
    return sum;
}

#define SUM_OF(field) sum_of(offsetof(struct event_totals, field))

static void check_sums(void)
{
    uint64_t acked = 0;

    for (size_t i = 0; i < sim.engine_count; i++)
        acked += peers_totals(sim.engines[i]->peers)->acked;
    acked += SUM_OF(copies) + SUM_OF(more) + SUM_OF(manual_sent);
    if (sim.forgotten == 0 ? acked != sim.left : acked > sim.left)
        sim_wrong("%" PRIu64 " left, %" PRIu64 " were counted", sim.left, acked);
    if (SUM_OF(kernel_dropped) != sim.dropped && sim.engine_count == 1)
        sim_wrong("dropped %" PRIu64 ", counted %" PRIu64, sim.dropped, SUM_OF(kernel_dropped));
    if (sim.config.samples == UINT32_MAX && sim.reader && sim.config.event_ring_bytes > 65536 &&
        sim.reported + SUM_OF(messages_skipped) < sim.delivered) /* skipped updates count, too */
        sim_wrong("%" PRIu64 " messages were reported and %" PRIu64 " skipped of %" PRIu64,
                  sim.reported, SUM_OF(messages_skipped), sim.delivered);
    if (sim.engine_count == 1 && sim.records[0] != NULL &&
        sim.recorded + SUM_OF(records_skipped) != sim.delivered + sim.left)
        sim_wrong("%" PRIu64 " recorded and %" PRIu64 " skipped of %" PRIu64 " + %" PRIu64,
                  sim.recorded, SUM_OF(records_skipped), sim.delivered, sim.left);
}

/* After the end: nothing is under way, and each datagram that left has been counted. */
static void check_end(void)
{
    check_conservation();
    for (size_t i = 0; i < sim.engine_count; i++) {
        read_events(i);
        read_records(i);
        if (sim.engines[i]->path.underway != 0)
            sim_wrong("%" PRIu32 " are under way after the end",
                      (uint32_t)sim.engines[i]->path.underway);
    }
    check_sums();
}

static void close_all(void)
{
    for (size_t i = 0; i < sim.engine_count; i++) {
        engine_close(sim.engines[i]);
        for (size_t j = 0; j < SOCKETS; j++)
            udp_close(&sim.sockets[i][j]);
        ring_close(sim.records[i]);
    }
    ack_close(&sim.config.ack);
    rules_close((struct rules *)(uintptr_t)sim.config.rules);
    engine_unshare(&sim.shared);
    close(sim.config.event_fd);
}

static void play(void)
{
    memset(&sim, 0, sizeof sim);
    sim.engine_count = sim_percent(60) ? 1 : 2 + sim_below(ENGINES - 1);
    sim.socket_count = sim_percent(70) ? SOCKETS / 2 : SOCKETS;
    sim.reader = sim_percent(50);
    sim.resets = sim_percent(30);
    draw_machine();
    draw_config(&sim.config);
    engine_share(&sim.shared, &sim.config.guard);
    for (size_t i = 0; i < ENGINES; i++)
        for (size_t j = 0; j < SOCKETS; j++)
            sim.sockets[i][j].fd = -1;
    for (size_t i = 0; i < sim.engine_count; i++)
        open_engine(i);
    if (!sim_is_wrong()) {
        sim_run();
        check_end();
    }
    close_all();
}

int main(int argc, char **argv)
{
    static const struct sim_program program = {
        .name = "sim_engine",
        .holds = "the server's counts hold",
        .planted = "an engine that forgets to count",
        .play = play,
        .steps = 160,
        .seeds = 2000,
        .planted_seeds = 100,
    };

    return sim_main(argc, argv, &program);
}
