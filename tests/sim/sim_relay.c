/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim_relay: the relay's engine in simulated worlds (world.h). Clients send to its two ports; three
 * targets answer, at once or late, twice or not at all, refuse by ICMP, go away and return. One has
 * a name, whose address changes; one may be the relay itself, or a ring of relays that leads back
 * to it. Whenever the engine waits, each direction must be conserved, and what a target answered
 * must go to the client that asked it. The planted bug: an engine that now and then forgets to
 * count.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "../../src/relay/engine_internal.h"
#include "world.h"

enum {
    SOCKETS = 2,
    TARGETS = 2,
    CLIENTS = 12, /* more than the table may hold */
    BATCH_MAX = 16,
    BUFFER = 96,
    FIRST_PORT = 4000,
    FIRST_CLIENT_PORT = 50000, /* no socket of ours has such a port */
    MARK = 8,                  /* bytes of a payload that say who sent it */
};

/* What a target does. */
enum habit {
    HABIT_ANSWER,
    HABIT_SILENT,
    HABIT_REFUSE,
    HABIT_LATE,
    HABIT_TWICE,
    HABIT_RING,
    HABITS
};

static struct {
    struct relay_engine *engine;
    struct relay_options options;
    struct udp_socket sockets[SOCKETS];
    uint16_t socket_targets[SOCKETS];
    struct relay_target targets[TARGETS];
    struct guard_config guard;
    struct impair_config impair;
    struct server_detail detail;
    struct groups groups;
    enum habit habits[TARGETS];
    bool reader, resets, stopped;
    bool corrupts;                    /* an impairment changes payloads */
    uint64_t forgotten;               /* datagrams under way at the last reset: they do not count */
    uint64_t delivered[SESSION_WAYS]; /* messages that receive calls returned since then */
    uint64_t dropped, back_dropped;   /* since then, by the kernel, at the listening sockets and the
                                       * others */
    uint64_t left;                    /* since then */
    uint64_t rung;                    /* passes of the ring */
    uint64_t clients_sent;
    int lookup_fd;
    uint32_t lookup_tag;
    bool lookup_asked;
} sim;

/* ---- sys/lookup: the name's address changes */

int __wrap_lookup_fd(const struct lookup *lookup);
int __wrap_lookup_fd(const struct lookup *lookup)
{
    (void)lookup;
    return sim.lookup_fd;
}

bool __wrap_lookup_ask_addresses(struct lookup *lookup, const char *host,
                                 enum endpoint_family family, uint32_t tag);
bool __wrap_lookup_ask_addresses(struct lookup *lookup, const char *host,
                                 enum endpoint_family family, uint32_t tag)
{
    (void)lookup;
    (void)host;
    (void)family;
    sim_say("the name is looked up");
    sim.lookup_tag = tag;
    sim.lookup_asked = true;
    return true;
}

bool __wrap_lookup_next_addresses(struct lookup *lookup, struct lookup_addresses *out);
bool __wrap_lookup_next_addresses(struct lookup *lookup, struct lookup_addresses *out)
{
    eventfd_t count;

    (void)lookup;
    if (eventfd_read(sim.lookup_fd, &count) != 0)
        return false;
    *out = (struct lookup_addresses){.tag = sim.lookup_tag, .count = sim_below(3)};
    for (size_t i = 0; i < out->count; i++)
        out->addresses[i] = (struct endpoint){
            .family = ENDPOINT_IPV4, .address = {198, 51, 100, (uint8_t)(10 + sim_below(3))}};
    out->why = out->count == 0 ? "no address" : NULL;
    sim_say("the name has %zu addresses", out->count);
    return true;
}

/* ---- the planted bug */

void __real_sessions_count(struct sessions *sessions, struct session_handle handle,
                           enum session_way way, const struct counts *more);
void __wrap_sessions_count(struct sessions *sessions, struct session_handle handle,
                           enum session_way way, const struct counts *more);
void __wrap_sessions_count(struct sessions *sessions, struct session_handle handle,
                           enum session_way way, const struct counts *more)
{
    if (!sim_is_planted() || !sim_percent(1))
        __real_sessions_count(sessions, handle, way, more);
}

/* ---- clients */

static struct endpoint listener_of(size_t socket)
{
    struct endpoint local = machine.address;

    local.port = (uint16_t)(FIRST_PORT + socket);
    return local;
}

static bool is_listener(uint16_t port)
{
    return port >= FIRST_PORT && port < FIRST_PORT + SOCKETS;
}

static struct endpoint client_of(unsigned which)
{
    return (struct endpoint){
        .family = ENDPOINT_IPV4,
        .address = {(uint8_t)(which < 9 ? 10 : 8), 0, 0, (uint8_t)(10 + which)},
        .port = (uint16_t)(FIRST_CLIENT_PORT + which)};
}

/* Clients, impossible sources, and one of our own sessions. */
static struct endpoint draw_source(unsigned which)
{
    struct endpoint source = client_of(which);

    if (sim_percent(2))
        source.port = 0;
    else if (sim_percent(2))
        source.address[0] = 224;
    else if (sim_percent(2) && sessions_used(sim.engine->sessions) > 0)
        source = sessions_at(sim.engine->sessions, 0)->socket.local;
    return source;
}

/* Each message begins with the client's number, so that what comes back can be told. */
static void send_one(void)
{
    unsigned which = sim_below(CLIENTS);
    struct sim_packet packet = {.due_ns = sim_now_ns() + sim_below(200 * 1000),
                                .from = draw_source(which),
                                .to = listener_of(sim_below(SOCKETS)),
                                .hop_limit = (uint8_t)(sim_percent(5) ? 1 : 64),
                                .unstamped = sim_percent(10),
                                .size_bytes = MARK + sim_below(sim_percent(5) ? BUFFER : 24)};
    size_t messages = sim_percent(20) ? 1 + sim_below(4) : 1;

    packet.segment_bytes = packet.size_bytes;
    memset(packet.bytes, (int)('a' + which), packet.size_bytes);
    if (packet.size_bytes * messages > BUFFER)
        messages = 1;
    for (size_t i = 1; i < messages; i++)
        memset(packet.bytes + i * packet.segment_bytes, (int)('a' + which), packet.segment_bytes);
    packet.size_bytes *= (uint32_t)messages;
    sim.clients_sent += messages;
    sim_transmit(&packet);
}

/* ---- targets */

static struct endpoint target_of(size_t target)
{
    return (struct endpoint){.family = ENDPOINT_IPV4,
                             .address = {198, 51, 100, (uint8_t)(10 * target + 1)},
                             .port = (uint16_t)(53 + target)};
}

static void answer(const struct sim_left *left, int64_t delay_ns)
{
    struct sim_packet reply = {.due_ns = left->left_ns + delay_ns,
                               .from = left->to,
                               .to = left->from,
                               .hop_limit = (uint8_t)(sim_percent(5) ? 200 : 60),
                               .unstamped = sim_percent(10),
                               .size_bytes = (uint32_t)left->size_bytes,
                               .segment_bytes = (uint32_t)left->size_bytes};

    memcpy(reply.bytes, left->bytes, left->size_bytes);
    sim_transmit(&reply);
}

static void refuse(const struct sim_left *left)
{
    static const struct sim_icmp kinds[] = {
        {.error = ECONNREFUSED, .type = 3, .code = 3},
        {.error = EHOSTUNREACH, .type = 3, .code = 1},
        {.error = ENETUNREACH, .type = 3, .code = 0},
    };
    struct sim_icmp icmp = kinds[sim_below(COUNT_OF(kinds))];

    icmp.offender = left->to;
    sim_refuse(left, &icmp);
}

/* A chain of relays leads back to the listening socket, from a port of the last of them. */
static void ring(const struct sim_left *left)
{
    struct sim_packet packet = {.due_ns = left->left_ns + 50 * 1000,
                                .from = client_of(CLIENTS + left->bytes[0] % 4),
                                .to = listener_of(0),
                                .hop_limit = (uint8_t)(left->hop_limit - 1),
                                .size_bytes = (uint32_t)left->size_bytes,
                                .segment_bytes = (uint32_t)left->size_bytes};

    sim.rung++;
    memcpy(packet.bytes, left->bytes, left->size_bytes);
    sim_transmit(&packet);
}

static void reach_target(const struct sim_left *left, enum habit habit)
{
    switch (habit) {
    case HABIT_ANSWER:
        answer(left, sim_below(5000 * 1000));
        break;
    case HABIT_REFUSE:
        refuse(left);
        break;
    case HABIT_LATE:
        answer(left, (int64_t)sim_below(3000) * UNITS_NS_PER_MS);
        break;
    case HABIT_TWICE:
        answer(left, sim_below(5000 * 1000));
        answer(left, sim_below(5000 * 1000));
        break;
    case HABIT_RING:
        ring(left);
        break;
    case HABIT_SILENT:
    case HABITS:
        break;
    }
}

/* What leaves for a client must be what that client's target answered. */
static void reach_client(const struct sim_left *left)
{
    unsigned which = left->to.port - FIRST_CLIENT_PORT;

    if (left->to.port == 0 || left->to.address[0] == 224)
        sim_wrong("sent to %u.*:%u", left->to.address[0], left->to.port);
    if (left->size_bytes < MARK || sim.corrupts || which >= CLIENTS)
        return; /* typed by hand, corrupted, or of the ring */
    for (size_t i = 0; i < left->size_bytes; i++)
        if (left->bytes[i] != 'a' + which) {
            sim_wrong("client %u got '%c' at %zu", which, left->bytes[i], i);
            return;
        }
}

static void note_left(const struct sim_left *left)
{
    sim.left++;
    sim_say("left: %zu bytes from port %u to %u.*:%u", left->size_bytes, left->from.port,
            left->to.address[0], left->to.port);
    if (is_listener(left->from.port)) {
        reach_client(left);
        return;
    }
    if (left->to.address[0] != 198) {
        sim_wrong("forwarded to %u.*", left->to.address[0]);
        return;
    }
    reach_target(left, sim.habits[left->to.port - 53]);
}

static void note_taken(const struct sim_packet *packet, size_t messages)
{
    bool forward = is_listener(packet->to.port);

    sim.delivered[forward ? SESSION_TO_TARGET : SESSION_TO_CLIENT] += messages;
    sim_say("taken: %zu messages from port %u", messages, packet->from.port);
}

static void note_dropped(const struct sim_packet *packet, bool full)
{
    if (is_listener(packet->to.port))
        sim.dropped += full;
    else
        sim.back_dropped += full;
}

static void note_unread(const struct sim_packet *packet)
{
    if (!is_listener(packet->to.port) && !sim_is_over())
        sim_wrong("a reply of %u bytes was unread when its session ended", packet->size_bytes);
}

/* ---- the owner */

static void take_totals(const struct event_totals *totals)
{
    if (!counts_conserved(&totals->counts) || !counts_conserved(&totals->evicted) ||
        !counts_conserved(&totals->back) || !counts_conserved(&totals->back_evicted))
        sim_wrong("the totals are not conserved");
    sim_check_time(totals->rtts.max_ns, "a round trip");
    sim_check_time(totals->rtts.min_ns, "a round trip");
}

static void read_events(void)
{
    size_t size;

    for (const void *record;
         !sim.stopped && (record = relay_engine_event(sim.engine, &size)) != NULL;) {
        sim.stopped = event_kind_of(record) == EVENT_STOPPED;
        if (event_kind_of(record) == EVENT_MESSAGE) {
            sim_check_time(((const struct event_message *)record)->service_ns, "a time of service");
            sim_check_time(((const struct event_message *)record)->relayed.rtt_ns, "a round trip");
        } else if (event_kind_of(record) == EVENT_TOTALS) {
            take_totals(record);
        }
        relay_engine_release(sim.engine);
    }
}

static void draw_impairments(struct impair_config *impair)
{
    sim_draw_impairments(impair);
    sim.corrupts |= impair->ways[IMPAIR_IN].corrupt > 0 || impair->ways[IMPAIR_OUT].corrupt > 0;
}

static void ask_something(void)
{
    struct relay_engine *engine = sim.engine;
    struct impair_config impair;
    unsigned slot = sim_below(CLIENTS);

    switch (sim_below(5)) {
    case 0:
        sim_say("asked: other impairments");
        draw_impairments(&impair);
        relay_engine_set_impair(engine, &impair);
        break;
    case 1:
        relay_engine_set_forwarding(engine, sim_percent(70));
        break;
    case 2:
        if (slot < sessions_used(engine->sessions))
            relay_engine_send(engine, slot, sessions_at(engine->sessions, slot)->generation,
                              "typed", 5);
        break;
    case 3:
        if (!sim.resets)
            break;
        sim_say("asked: reset");
        relay_engine_reset(engine);
        relay_take_requests(engine); /* at once: what is delivered from here on counts anew */
        memset(sim.delivered, 0, sizeof sim.delivered);
        sim.dropped = sim.back_dropped = sim.left = 0;
        sim.forgotten = engine->underway[SESSION_TO_TARGET] + engine->underway[SESSION_TO_CLIENT];
        break;
    case 4:
        slot %= TARGETS;
        sim.habits[slot] = (enum habit)sim_below(HABITS);
        sim_say("target %u has habit %d", slot, sim.habits[slot]);
        break;
    }
}

/* ---- what must hold whenever the engine waits */

/* Messages under way that will be counted. */
static uint64_t count_waiting(enum session_way way)
{
    const struct relay_engine *engine = sim.engine;
    uint64_t waiting = 0;

    for (uint32_t i = 0; i < engine->flights_made; i++)
        waiting += engine->flights[i].hops > 0 && engine->flights[i].way == way &&
                   engine->flights[i].epoch == engine->epoch;
    return waiting;
}

static void check_way(enum session_way way)
{
    const struct relay_engine *engine = sim.engine;
    const struct counts *totals = sessions_totals(engine->sessions, way);
    struct counts sum = *sessions_evicted(engine->sessions, way);
    uint64_t waiting = count_waiting(way), delivered = sim.delivered[way];

    if (way == SESSION_TO_CLIENT) /* also what was unread when a session ended */
        waiting += engine->totals.back_dropped;
    for (uint32_t slot = 0; slot < sessions_used(engine->sessions); slot++) {
        const struct session *session = sessions_at(engine->sessions, slot);
        if (session->client.family == ENDPOINT_NONE) /* evicted: among those already */
            continue;
        if (!counts_conserved(&session->counts[way]))
            sim_wrong("row %" PRIu32 " is not conserved", slot);
        counts_add(&sum, &session->counts[way]);
    }
    if (!counts_conserved(totals) || memcmp(&sum, totals, sizeof sum) != 0)
        sim_wrong("way %d: rows and evicted are not the totals", way);
    if (totals->received > delivered)
        sim_wrong("way %d: received %" PRIu64 ", but %" PRIu64 " were delivered", way,
                  totals->received, delivered);
    if (totals->received + waiting < delivered)
        sim_wrong("way %d: received %" PRIu64 ", waiting %" PRIu64 ", but %" PRIu64
                  " were delivered",
                  way, totals->received, waiting, delivered);
}

static void check_conservation(void)
{
    check_way(SESSION_TO_TARGET);
    check_way(SESSION_TO_CLIENT);
    if (sim.rung > 50 * (sim.clients_sent + 1))
        sim_wrong("%" PRIu64 " passes of a ring for %" PRIu64 " messages", sim.rung,
                  sim.clients_sent);
}

static void step(void)
{
    check_conservation();
    for (unsigned burst = sim_percent(60) ? sim_below(sim_percent(10) ? 100 : 12) : 0; burst > 0;
         burst--)
        send_one();
    if (sim.lookup_asked && sim_percent(30)) {
        sim.lookup_asked = false;
        eventfd_write(sim.lookup_fd, 1);
    }
    if (sim_percent(12))
        ask_something();
    if (sim.reader || sim_percent(20))
        read_events();
    if (sim_is_over())
        relay_engine_quit(sim.engine);
}

/* ---- one world */

static void draw_machine(void)
{
    machine.events = (struct sim_events){.step = step,
                                         .left = note_left,
                                         .taken = note_taken,
                                         .dropped = note_dropped,
                                         .unread = note_unread};
    machine.send_fails = sim_percent(50) ? 0 : sim_below(30);
    machine.receive_fails = sim_percent(50) ? 0 : 3;
    machine.control_cut = sim_percent(80) ? 0 : 10;
    machine.socket_fails = sim_percent(70) ? 0 : 10;
    machine.interrupts = machine.clock_steps = 2;
    machine.late = 3;
    machine.sleeps = sim_percent(50);
    machine.queue = 1 + sim_below(SIM_QUEUE);
    machine.can_segment = sim_percent(70);
    machine.can_group = sim_percent(70);
    machine.memory_fails = sim_percent(20) ? 20 : 0;
}

static void draw_targets(void)
{
    for (size_t i = 0; i < TARGETS; i++) {
        sim.targets[i] = (struct relay_target){.text = "target", .address = target_of(i)};
        sim.habits[i] = (enum habit)sim_below(HABITS);
    }
    if (sim_percent(50)) {
        snprintf(sim.targets[1].host_text, sizeof sim.targets[1].host_text, "target.example");
        sim.targets[1].host = sim.targets[1].host_text;
    }
    for (size_t i = 0; i < SOCKETS; i++)
        sim.socket_targets[i] = (uint16_t)sim_below(TARGETS);
}

static void draw_options(void)
{
    sim.options = (struct relay_options){.server = {.batch = 1 + sim_below(BATCH_MAX),
                                                    .buffer_bytes = BUFFER,
                                                    .no_gso = sim_percent(30),
                                                    .no_gro = sim_percent(30)},
                                         .idle_ns = sim_percent(50) ? RELAY_IDLE_MIN_NS
                                                                    : RELAY_DEFAULT_IDLE_NS,
                                         .copy_ttl = sim_percent(20),
                                         .copy_dscp = sim_percent(20)};
    sim.guard = (struct guard_config){.scope = (enum guard_scope)sim_below(3), .rate_per_s = 50};
    sim.detail = (struct server_detail){.every_message = sim_percent(30),
                                        .calls = sim_percent(20) ? 5 : 0,
                                        .tick_ns = UNITS_NS_PER_MS * (1 + sim_below(50))};
    sim.impair.seed = sim_draw();
    if (sim_percent(60))
        draw_impairments(&sim.impair);
}

static bool open_sockets(void)
{
    const struct udp_options options = {.gro = true};
    char error[UDP_ERROR_SIZE];

    for (size_t i = 0; i < SOCKETS; i++) {
        struct endpoint local = listener_of(i);
        if (udp_open_server(&local, &options, &sim.sockets[i], error))
            continue;
        sim_wrong("%s", error);
        return false;
    }
    return true;
}

static bool open_engine(int event_fd)
{
    const struct relay_engine_config config = {.options = &sim.options,
                                               .sockets = sim.sockets,
                                               .socket_count = SOCKETS,
                                               .groups = &sim.groups,
                                               .socket_targets = sim.socket_targets,
                                               .targets = sim.targets,
                                               .target_count = TARGETS,
                                               .guard = &sim.guard,
                                               .impair = &sim.impair,
                                               .detail = &sim.detail,
                                               .clients_max = 1 + sim_below(CLIENTS),
                                               .event_fd = event_fd};
    char error[ENGINE_ERROR_SIZE];

    sim.lookup_fd = eventfd(0, 0);
    sim.detail.lookup = (struct lookup *)&sim.lookup_fd;
    sim.engine = relay_engine_open(&config, error);
    if (sim.engine != NULL && relay_engine_start(sim.engine, error))
        return true;
    sim_wrong("%s", error);
    return false;
}

/* After the end: nothing is under way, and each datagram that left has been counted. */
static void check_end(void)
{
    const struct relay_engine *engine = sim.engine;
    const struct event_totals *totals = &engine->totals;
    const struct counts *back = sessions_totals(engine->sessions, SESSION_TO_CLIENT);
    uint64_t sent = sessions_totals(engine->sessions, SESSION_TO_TARGET)->acked + back->acked +
                    totals->copies + totals->manual_sent;

    check_conservation();
    read_events();
    if (engine->underway[0] + engine->underway[1] != 0)
        sim_wrong("%" PRIu32 " are under way after the end",
                  engine->underway[0] + engine->underway[1]);
    if (sim.forgotten == 0 ? sent != sim.left : sent > sim.left)
        sim_wrong("%" PRIu64 " left, %" PRIu64 " were counted", sim.left, sent);
    if (totals->kernel_dropped != sim.dropped)
        sim_wrong("dropped %" PRIu64 ", counted %" PRIu64, sim.dropped, totals->kernel_dropped);
    if (back->received + totals->back_dropped !=
        sim.delivered[SESSION_TO_CLIENT] + sim.back_dropped)
        sim_wrong("way back: received %" PRIu64 " and dropped %" PRIu64 " of %" PRIu64
                  " and %" PRIu64,
                  back->received, totals->back_dropped, sim.delivered[SESSION_TO_CLIENT],
                  sim.back_dropped);
}

static void play(void)
{
    int event_fd = eventfd(0, 0);

    memset(&sim, 0, sizeof sim);
    sim.groups.watch = -1;
    sim.reader = sim_percent(50);
    sim.resets = sim_percent(30);
    for (size_t i = 0; i < SOCKETS; i++)
        sim.sockets[i].fd = -1;
    draw_targets();
    draw_options();
    if (open_sockets() && open_engine(event_fd)) {
        draw_machine();
        sim_run();
        check_end();
    }
    relay_engine_close(sim.engine);
    close(sim.lookup_fd);
    for (size_t i = 0; i < SOCKETS; i++)
        udp_close(&sim.sockets[i]);
    close(event_fd);
}

int main(int argc, char **argv)
{
    static const struct sim_program program = {
        .name = "sim_relay",
        .holds = "both directions of the relay are conserved",
        .planted = "a relay that forgets to count",
        .play = play,
        .steps = 160,
        .seeds = 1500,
        .planted_seeds = 100,
    };

    return sim_main(argc, argv, &program);
}
