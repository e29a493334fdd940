/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim_engine: the server's engine in a simulated world, by one number: the seed. Sockets, clocks and
 * random keys are replaced by the linker's --wrap (ld(1)); everything between them is the program's own.
 * The engine's loop runs in this thread. Each time it waits, the world moves on: clients send, the kernel
 * drops, the wall clock steps, the owner asks for something and reads events, or does not. After each
 * step the counts must agree with what the world knows.
 *
 * sim_engine [FIRST_SEED [COUNT]]: a seed that fails is printed, and `sim_engine SEED 1` plays it again.
 * Without arguments: as many seeds as a run of CI needs, and an engine with a planted bug, which must be
 * found.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../src/server/engine_internal.h"
#include "udptui/base/units.h"
#include "udptui/net/batch.h"
#include "udptui/sys/random.h"

enum {
    SOCKETS = 2,
    FIRST_FD = 1000, /* of the sockets, which do not exist */
    CLIENTS = 12,    /* more than the table may hold */
    QUEUE = 64,      /* datagrams that a socket's receive queue holds */
    BATCH_MAX = 16,
    PAYLOAD_MAX = 96,
    STEPS_MAX = 160,
    DEFAULT_SEEDS = 10000,
    PLANTED_SEEDS = 100,
    FAILURES_MAX = 10,
    PROBLEM_SIZE = 512,
};

struct sim_datagram {
    struct datagram datagram;
    uint8_t bytes[PAYLOAD_MAX];
};

struct sim_queue {
    struct sim_datagram waiting[QUEUE];
    size_t count;
};

/* Everything that the seed decides, and what the world knows. */
struct world {
    uint64_t seed, state;
    int64_t now_ns, wall_offset_ns;
    struct engine *engine;
    struct sim_queue queues[SOCKETS];
    struct sim_datagram taken[BATCH_MAX]; /* what the last receive call returned */
    struct datagram views[BATCH_MAX];
    int steps_left;
    bool reader;         /* the owner reads all events at each step */
    bool resets;         /* it may ask for a reset */
    bool asked;          /* a request waits */
    unsigned send_fails; /* of 100 sends */
    uint64_t dropped;    /* by the kernel */
    uint64_t delivered;  /* messages that receive calls returned since the last reset */
    uint64_t sent;       /* datagrams that send calls took */
    uint64_t reported;   /* message records that are new */
    uint64_t by_hand;    /* message records of what was typed */
    bool was_reset;
    char problem[PROBLEM_SIZE]; /* the first thing that was wrong */
};

static struct world world;
static bool planted;

__attribute__((format(printf, 1, 2))) static void sim_wrong(const char *format, ...)
{
    va_list arguments;

    if (world.problem[0] != '\0')
        return;
    va_start(arguments, format);
    vsnprintf(world.problem, sizeof world.problem, format, arguments);
    va_end(arguments);
}

/* ---- chance: splitmix64 */

static uint64_t draw(void)
{
    uint64_t mixed = world.state += UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ mixed >> 31;
}

static unsigned below(unsigned limit)
{
    return (unsigned)(draw() % limit);
}

static bool percent(unsigned chance)
{
    return below(100) < chance;
}

/* ---- clients */

static struct endpoint sim_local(size_t socket)
{
    return (struct endpoint){
        .family = ENDPOINT_IPV4, .address = {192, 0, 2, 1}, .port = (uint16_t)(4000 + socket)};
}

/* Private, public and impossible sources. */
static struct endpoint draw_client(void)
{
    unsigned which = below(CLIENTS);
    struct endpoint client = {.family = ENDPOINT_IPV4,
                              .address = {10, 0, 0, (uint8_t)(10 + which)},
                              .port = (uint16_t)(20000 + which)};

    if (which >= 9)
        client.address[0] = 8;
    if (percent(2))
        client.port = 0;
    if (percent(2))
        client.address[0] = 224;
    if (percent(1))
        client = sim_local(0);
    return client;
}

static void fill_payload(struct sim_datagram *made)
{
    static const char *const texts[] = {"hello", "Message received", "hello kim", "",
                                        "udptui counters?"};
    const char *text = texts[below(sizeof texts / sizeof *texts)];

    made->datagram.size_bytes = strlen(text);
    memcpy(made->bytes, text, made->datagram.size_bytes);
    if (percent(30)) {
        made->datagram.size_bytes = below(PAYLOAD_MAX + 1);
        for (size_t i = 0; i < made->datagram.size_bytes; i++)
            made->bytes[i] = (uint8_t)draw();
    }
    if (made->datagram.size_bytes > 4 && percent(20)) /* several messages, merged by the kernel */
        made->datagram.segment_bytes = 1 + below((unsigned)made->datagram.size_bytes);
}

static void send_one(size_t socket)
{
    struct sim_queue *queue = &world.queues[socket];
    struct sim_datagram made = {.datagram = {.peer = draw_client(),
                                             .local = sim_local(socket),
                                             .source = sim_local(socket),
                                             .wall_ns = world.now_ns + world.wall_offset_ns,
                                             .hop_limit = 64,
                                             .traffic_class = 0}};

    fill_payload(&made);
    if (percent(10))
        made.datagram.wall_ns = 0; /* a stamp that is missing */
    if (queue->count == QUEUE)
        world.dropped++;
    else
        queue->waiting[queue->count++] = made;
}

/* ---- what stands for the kernel */

int64_t __wrap_clock_monotonic_ns(void);
int64_t __wrap_clock_monotonic_ns(void)
{
    return world.now_ns += 40; /* a call takes time */
}

int64_t __wrap_clock_wall_ns(void);
int64_t __wrap_clock_wall_ns(void)
{
    return __wrap_clock_monotonic_ns() + world.wall_offset_ns;
}

struct hash_key __wrap_random_key(void);
struct hash_key __wrap_random_key(void)
{
    struct hash_key key;
    uint8_t *bytes = (uint8_t *)&key;

    for (size_t i = 0; i < sizeof key; i++)
        bytes[i] = (uint8_t)draw();
    return key;
}

void __wrap_own_open(struct own *own);
void __wrap_own_open(struct own *own)
{
    *own = (struct own){.fd = -1};
}

void __wrap_own_refresh(struct own *own);
void __wrap_own_refresh(struct own *own)
{
    (void)own;
}

void __wrap_own_close(struct own *own);
void __wrap_own_close(struct own *own)
{
    (void)own;
}

bool __wrap_batch_can_segment(const struct udp_socket *socket);
bool __wrap_batch_can_segment(const struct udp_socket *socket)
{
    (void)socket;
    return percent(50);
}

bool __wrap_udp_queue_info(const struct udp_socket *socket, uint64_t *dropped,
                           uint32_t *waiting_bytes);
bool __wrap_udp_queue_info(const struct udp_socket *socket, uint64_t *dropped,
                           uint32_t *waiting_bytes)
{
    if (dropped != NULL)
        *dropped = socket->fd == FIRST_FD ? world.dropped : 0;
    if (waiting_bytes != NULL)
        *waiting_bytes = (uint32_t)world.queues[socket->fd - FIRST_FD].count * 768;
    return true;
}

/* Moves datagrams from the queue to where the receiver's memory would be. */
static int take_from(struct sim_queue *queue, size_t limit)
{
    size_t count = queue->count < limit ? queue->count : limit;

    for (size_t i = 0; i < count; i++) {
        world.taken[i] = queue->waiting[i];
        world.views[i] = world.taken[i].datagram;
        world.views[i].bytes = world.taken[i].bytes;
        world.delivered += datagram_messages(&world.views[i]);
    }
    queue->count -= count;
    memmove(queue->waiting, queue->waiting + count, queue->count * sizeof *queue->waiting);
    return (int)count;
}

int __wrap_batch_receive(struct batch_receiver *receiver, const struct udp_socket *socket,
                         size_t limit, const struct datagram **out);
int __wrap_batch_receive(struct batch_receiver *receiver, const struct udp_socket *socket,
                         size_t limit, const struct datagram **out)
{
    size_t most = limit < world.engine->config.batch ? limit : world.engine->config.batch;

    (void)receiver;
    *out = world.views;
    if (percent(3))
        return -ENOMEM;
    return take_from(&world.queues[socket->fd - FIRST_FD], most);
}

static void check_item(const struct batch_item *item)
{
    if (item->peer.port == 0 || item->peer.address[0] == 224 || item->peer.address[0] == 192)
        sim_wrong("sent to %u.*:%u", item->peer.address[0], item->peer.port);
    if (item->count == 0 || item->size_bytes > (size_t)item->segment_bytes * item->count)
        sim_wrong("%u datagrams of %u bytes have %zu bytes", item->count, item->segment_bytes,
                  item->size_bytes);
}

void __wrap_batch_send(struct batch_sender *sender, const struct udp_socket *socket,
                       const struct batch_item *items, size_t count, uint16_t *sent, int *results);
void __wrap_batch_send(struct batch_sender *sender, const struct udp_socket *socket,
                       const struct batch_item *items, size_t count, uint16_t *sent, int *results)
{
    static const int errors[] = {ECONNREFUSED, ENOBUFS, EPERM, ENETUNREACH, EAGAIN};

    (void)sender;
    (void)socket;
    for (size_t i = 0; i < count; i++) {
        bool fails = percent(world.send_fails);
        check_item(&items[i]);
        sent[i] = fails ? (uint16_t)below(items[i].count) : items[i].count;
        results[i] = fails ? errors[below(sizeof errors / sizeof *errors)] : 0;
        world.sent += sent[i];
    }
}

/* The planted bug: the engine now and then forgets to count. */
void __real_peers_count(struct peers *peers, struct peer_handle handle, const struct counts *more);
void __wrap_peers_count(struct peers *peers, struct peer_handle handle, const struct counts *more);
void __wrap_peers_count(struct peers *peers, struct peer_handle handle, const struct counts *more)
{
    if (!planted || !percent(1))
        __real_peers_count(peers, handle, more);
}

/* ---- the owner */

static void take_message(const struct event_message *message)
{
    if (message->flags & MESSAGE_UPDATE)
        return;
    if (message->number == 0)
        world.by_hand++;
    else if (message->status != ACK_MORE)
        world.reported++;
}

static void take_totals(const struct event_totals *totals)
{
    if (!counts_conserved(&totals->counts) || !counts_conserved(&totals->evicted))
        sim_wrong("the totals are not conserved");
    if (totals->counts.received > world.delivered && !world.was_reset)
        sim_wrong("received %" PRIu64 " of %" PRIu64, totals->counts.received, world.delivered);
}

static void read_events(void)
{
    size_t size;

    for (const void *record; (record = engine_event(world.engine, &size)) != NULL;) {
        bool last = event_kind_of(record) == EVENT_STOPPED;
        if (event_kind_of(record) == EVENT_MESSAGE)
            take_message(record);
        else if (event_kind_of(record) == EVENT_TOTALS)
            take_totals(record);
        else if (event_kind_of(record) == EVENT_CLIENT &&
                 !counts_conserved(&((const struct event_client *)record)->counts))
            sim_wrong("a client's counts are not conserved");
        engine_release(world.engine);
        if (last)
            return;
    }
}

static void draw_impairments(struct impair_config *impair)
{
    static const char *const texts[] = {
        "off",
        "loss=30%",
        "dup=50%",
        "delay=5ms+-4ms",
        "reorder=30%,delay=2ms",
        "corrupt=30%",
        "kurose,out.loss=20%",
        "rate=1000/s",
        "loss=10%,dup=10%,delay=1ms,corrupt=5%",
    };

    *impair = (struct impair_config){.seed = draw()};
    impair_parse(texts[below(sizeof texts / sizeof *texts)], impair);
}

static void ask_something(void)
{
    struct impair_config impair;
    unsigned slot = below(CLIENTS);

    world.asked = true;
    switch (below(4)) {
    case 0:
        draw_impairments(&impair);
        engine_set_impair(world.engine, &impair);
        break;
    case 1:
        engine_set_acks(world.engine, percent(70));
        break;
    case 2:
        if (slot < peers_used(world.engine->peers) &&
            peers_at(world.engine->peers, slot)->endpoint.address[0] !=
                192) /* ourselves: as one likes */
            engine_send(world.engine, slot, peers_at(world.engine->peers, slot)->generation,
                        "typed", 5);
        break;
    case 3:
        if (!world.resets)
            break;
        engine_reset(world.engine);
        requests_take(world.engine); /* at once: what is delivered from here on counts anew */
        world.asked = false;
        world.was_reset = true;
        world.delivered = 0;
        break;
    }
}

/* ---- what must hold whenever the engine waits */

static void check_conservation(void)
{
    const struct engine *engine = world.engine;
    const struct counts *totals = peers_totals(engine->peers);
    struct counts sum = *peers_evicted(engine->peers);
    uint64_t waiting = engine->path.underway - engine->path.more_underway;

    for (uint32_t slot = 0; slot < peers_used(engine->peers); slot++) {
        const struct counts *counts = &peers_at(engine->peers, slot)->counts;
        if (!counts_conserved(counts))
            sim_wrong("row %" PRIu32 " is not conserved", slot);
        counts_add(&sum, counts);
    }
    if (!counts_conserved(totals) || memcmp(&sum, totals, sizeof sum) != 0)
        sim_wrong("rows and evicted are not the totals");
    if (totals->received > world.delivered || totals->received + waiting < world.delivered)
        sim_wrong("received %" PRIu64 ", waiting %" PRIu64 ", but %" PRIu64 " were delivered",
                  totals->received, waiting, world.delivered);
    if (!world.was_reset && totals->received + waiting != world.delivered)
        sim_wrong("received %" PRIu64 " + waiting %" PRIu64 " are not the %" PRIu64 " delivered",
                  totals->received, waiting, world.delivered);
}

/* ---- a step of the world */

static void move_clocks(int64_t until_ns)
{
    if (percent(40) && until_ns != INT64_MAX && until_ns > world.now_ns)
        world.now_ns = until_ns;
    else
        world.now_ns += below(3 * (unsigned)UNITS_NS_PER_MS);
    if (percent(1))
        world.now_ns += UNITS_NS_PER_S * below(120);
    if (percent(2))
        world.wall_offset_ns += (int64_t)below(7200) * UNITS_NS_PER_S - 3600 * UNITS_NS_PER_S;
}

static void world_step(int64_t until_ns)
{
    check_conservation();
    move_clocks(until_ns);
    for (unsigned burst = percent(60) ? below(percent(10) ? 100 : 12) : 0; burst > 0; burst--)
        send_one(below(SOCKETS));
    if (percent(12))
        ask_something();
    if (world.reader || percent(20))
        read_events();
    if (--world.steps_left == 0)
        engine_quit(world.engine);
}

static int mark_ready(struct pollfd *polled, size_t count)
{
    int ready = 0;

    for (size_t i = 0; i < count; i++) {
        bool socket = polled[i].fd >= FIRST_FD;
        bool readable = socket && world.queues[polled[i].fd - FIRST_FD].count > 0;
        if (!socket && i == count - 1)
            readable = world.asked || world.steps_left <= 0;
        polled[i].revents = readable ? POLLIN : 0;
        ready += readable;
    }
    world.asked = false;
    return ready;
}

int __wrap_wait_until(struct pollfd *polled, size_t count, int64_t until_ns);
int __wrap_wait_until(struct pollfd *polled, size_t count, int64_t until_ns)
{
    world_step(until_ns);
    if (percent(2) && world.steps_left > 0) {
        for (size_t i = 0; i < count; i++)
            polled[i].revents = 0;
        errno = EINTR;
        return -1;
    }
    return mark_ready(polled, count);
}

/* ---- one seed */

static void draw_config(struct engine_config *config)
{
    static const char *const acks[] = {"Message received", "echo", "", "{from} {n}"};

    *config =
        (struct engine_config){.socket_count = SOCKETS,
                               .clients_max = 1 + below(CLIENTS),
                               .batch = 1 + below(BATCH_MAX),
                               .buffer_bytes = PAYLOAD_MAX,
                               .event_ring_bytes = 4096u << below(6),
                               .samples = percent(50) ? UINT32_MAX : below(20),
                               .tick_ns = UNITS_NS_PER_MS * (1 + below(50)),
                               .segment = percent(50),
                               .slow_per_s = percent(10) ? 500 : 0,
                               .guard = {.scope = (enum guard_scope)below(3), .rate_per_s = 50}};
    if (ack_parse(acks[below(sizeof acks / sizeof *acks)], &config->ack) != NULL)
        sim_wrong("the ack");
    if (percent(60))
        draw_impairments(&config->impair);
}

/* After the end: nothing is under way, and each datagram that left has been counted. */
static void check_end(const struct engine_config *config)
{
    const struct engine *engine = world.engine;
    const struct event_totals *totals = &engine->totals;
    uint64_t sent =
        peers_totals(engine->peers)->acked + totals->copies + totals->more + totals->manual_sent;

    check_conservation();
    if (engine->path.underway != 0)
        sim_wrong("%" PRIu32 " are under way after the end", (uint32_t)engine->path.underway);
    if (!world.was_reset && sent != world.sent)
        sim_wrong("sent %" PRIu64 ", counted %" PRIu64, world.sent, sent);
    if (!world.was_reset && totals->kernel_dropped != world.dropped)
        sim_wrong("dropped %" PRIu64 ", counted %" PRIu64, world.dropped, totals->kernel_dropped);
    if (!world.was_reset && config->samples == UINT32_MAX && world.reader &&
        config->event_ring_bytes > 65536 &&
        world.reported + totals->messages_skipped <
            world.delivered) /* skipped updates count, too */
        sim_wrong("%" PRIu64 " messages were reported and %" PRIu64 " skipped of %" PRIu64,
                  world.reported, totals->messages_skipped, world.delivered);
}

/* Returns whether all held. */
static bool play_seed(uint64_t seed)
{
    struct engine_shared shared = {.numbers = 0};
    struct udp_socket sockets[SOCKETS];
    struct engine_config config;
    char error[ENGINE_ERROR_SIZE];

    memset(&world, 0, sizeof world);
    world.seed = world.state = seed;
    world.now_ns = (int64_t)1e15;
    world.steps_left = 1 + (int)below(STEPS_MAX);
    world.reader = percent(50);
    world.resets = percent(30);
    world.send_fails = percent(50) ? 0 : below(40);
    draw_config(&config);
    for (size_t i = 0; i < SOCKETS; i++)
        sockets[i] = (struct udp_socket){.fd = FIRST_FD + (int)i,
                                         .family = AF_INET,
                                         .ipv4 = true,
                                         .gro = true,
                                         .local = sim_local(i)};
    config.sockets = sockets;
    config.shared = &shared;
    config.event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    engine_share(&shared, &config.guard);
    world.engine = engine_open(&config, error);
    if (world.engine == NULL) {
        sim_wrong("%s", error);
    } else {
        engine_run(world.engine);
        read_events();
        check_end(&config);
        engine_close(world.engine);
    }
    ack_close(&config.ack);
    engine_unshare(&shared);
    close(config.event_fd);
    return world.problem[0] == '\0';
}

/* Returns how many seeds failed, each with a line; it stops after some. */
static unsigned play_seeds(uint64_t first, uint64_t count, bool show)
{
    unsigned failed = 0;

    for (uint64_t seed = first; seed < first + count && failed < FAILURES_MAX; seed++) {
        if (play_seed(seed))
            continue;
        failed++;
        if (show)
            printf("# seed %" PRIu64 ": %s\n", seed, world.problem);
    }
    return failed;
}

int main(int argc, char **argv)
{
    uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 10) : 1;
    uint64_t count = argc > 2 ? strtoull(argv[2], NULL, 10) : DEFAULT_SEEDS;
    bool good = play_seeds(first, count, true) == 0, found;

    printf("%s 1 - the counts hold in %" PRIu64 " worlds\n", good ? "ok" : "not ok", count);
    planted = true;
    found = play_seeds(1, PLANTED_SEEDS, false) > 0;
    printf("%s 2 - an engine that forgets to count is found\n1..2\n", found ? "ok" : "not ok");
    return good && found ? 0 : 1;
}
