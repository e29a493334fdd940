/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim_load: the load generator in simulated worlds (world.h). The server acknowledges after a time
 * that is bounded; datagrams and acks are lost, acks doubled or merged, the server is refused by
 * ICMP or falls silent, and the wall clock is set. What was sent, acknowledged and lost must agree
 * with what left and what came, and each round-trip time that is called certain must be within the
 * bounds. The planted bug: a generator that now and then forgets an ack.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "udptui/load/generator.h"
#include "udptui/load/window.h"
#include "world.h"

static struct {
    struct generator *generator;
    struct generator_config config;
    uint64_t left, acks; /* acks: that receive calls gave the generator */
    unsigned loss, ack_loss, twice;
    int64_t fastest_ns, slowest_ns; /* the bounds of a round trip */
    int64_t silent_ns;              /* from then on nothing is acknowledged */
    bool refused, ended;
    struct load_snapshot latest;
} sim;

/* ---- the planted bug */

struct window_change __real_window_acked(struct window *window, uint32_t count, int64_t now_ns,
                                         const struct window_times *times);
struct window_change __wrap_window_acked(struct window *window, uint32_t count, int64_t now_ns,
                                         const struct window_times *times);
struct window_change __wrap_window_acked(struct window *window, uint32_t count, int64_t now_ns,
                                         const struct window_times *times)
{
    if (sim_is_planted() && count > 1 && sim_percent(5))
        count--;
    return __real_window_acked(window, count, now_ns, times);
}

/* ---- the server */

static void send_ack(const struct sim_left *left)
{
    int64_t range_ns = sim.slowest_ns - sim.fastest_ns;
    struct sim_packet ack = {.due_ns = left->left_ns + sim.fastest_ns +
                                       (int64_t)(sim_draw() % (uint64_t)(range_ns + 1)),
                             .from = left->to,
                             .to = left->from,
                             .hop_limit = 60,
                             .size_bytes = 16,
                             .segment_bytes = 16};

    memcpy(ack.bytes, "Message received", 16);
    sim_transmit(&ack);
}

static void note_left(const struct sim_left *left)
{
    const struct sim_icmp icmp = {
        .error = ECONNREFUSED, .type = 3, .code = 3, .offender = left->to};

    sim.left++;
    sim_say("datagram %" PRIu64 " left port %u", sim.left, left->from.port);
    if (left->size_bytes != sim.config.size_bytes)
        sim_wrong("%zu bytes left, not %zu", left->size_bytes, sim.config.size_bytes);
    if (sim.refused)
        sim_refuse(left, &icmp);
    if (sim.refused || sim_percent(sim.loss) || left->left_ns >= sim.silent_ns)
        return;
    if (!sim_percent(sim.ack_loss))
        send_ack(left);
    if (sim_percent(sim.twice))
        send_ack(left);
}

static void note_taken(const struct sim_packet *packet, size_t messages)
{
    sim.acks += messages;
    sim_say("ack %" PRIu64 " taken by port %u", sim.acks, packet->to.port);
}

/* ---- the owner */

/* Of the kernel: from the departure to the arrival. The figures are those of a histogram, which
 * rounds (base/rtt); the least and the greatest are exact. */
static void check_times(const struct load_snapshot *snapshot)
{
    const int64_t near_ns = 2 * UNITS_NS_PER_US;

    sim_check_time(snapshot->rtt_app.max_ns, "a round trip of the program");
    if (!snapshot->times_certain || sim.twice > 0)
        return;
    if (snapshot->rtt.count > 0 && (snapshot->rtt.min_ns < sim.fastest_ns - near_ns ||
                                    snapshot->rtt.max_ns > sim.slowest_ns + near_ns))
        sim_wrong("round trips of %" PRId64 " to %" PRId64 " ns, not %" PRId64 " to %" PRId64,
                  snapshot->rtt.min_ns, snapshot->rtt.max_ns, sim.fastest_ns, sim.slowest_ns);
    if (snapshot->rtt_app.count > 0 && snapshot->rtt_app.min_ns < sim.fastest_ns)
        sim_wrong("a round trip of %" PRId64 " ns by the program, the least is %" PRId64,
                  snapshot->rtt_app.min_ns, sim.fastest_ns);
}

static void check_snapshot(const struct load_snapshot *snapshot)
{
    if (snapshot->acked + snapshot->lost > snapshot->sent || snapshot->late > snapshot->acked)
        sim_wrong("sent %" PRIu64 ", but acked %" PRIu64 ", lost %" PRIu64 ", late %" PRIu64,
                  snapshot->sent, snapshot->acked, snapshot->lost, snapshot->late);
    if (snapshot->duplicates > 0 && sim.twice == 0)
        sim_wrong("%" PRIu64 " duplicates, but no ack came twice", snapshot->duplicates);
    check_times(snapshot);
}

static void read_snapshots(void)
{
    while (!sim.ended && generator_next(sim.generator, &sim.latest)) {
        check_snapshot(&sim.latest);
        sim.ended = sim.latest.end != LOAD_RUNNING;
        sim_say("sent %" PRIu64 ", acked %" PRIu64 ", lost %" PRIu64, sim.latest.sent,
                sim.latest.acked, sim.latest.lost);
    }
}

static void step(void)
{
    read_snapshots();
    if (sim_is_over())
        generator_stop(sim.generator);
}

/* ---- one world */

static void draw_machine(void)
{
    machine.events = (struct sim_events){.step = step, .left = note_left, .taken = note_taken};
    machine.send_fails = sim_percent(60) ? 0 : sim_below(20);
    machine.receive_fails = sim_percent(70) ? 0 : 3;
    machine.socket_fails = sim_percent(80) ? 0 : 10;
    machine.interrupts = 2;
    machine.clock_steps = sim_percent(50) ? 0 : 2;
    machine.late = 2;
    machine.sleeps = sim_percent(20);
    machine.no_stamps = sim_percent(70) ? 0 : 30;
    machine.can_segment = sim_percent(70);
    machine.can_group = sim_percent(70);
    machine.memory_fails = sim_percent(20) ? 20 : 0;
}

static void draw_config(void)
{
    sim.config = (struct generator_config){
        .target = {.family = ENDPOINT_IPV4, .address = {198, 51, 100, 1}, .port = 4010},
        .clients = 1 + sim_below(4),
        .window = 1 + sim_below(20),
        .size_bytes = 1 + sim_below(32),
        .duration_ns = (int64_t)(1 + sim_below(1500)) * UNITS_NS_PER_MS,
        .timeout_ns = (int64_t)(5 + sim_below(60)) * UNITS_NS_PER_MS,
        .rate_per_s = sim_percent(50) ? 100 + sim_below(3000) : 0,
        .tick_ns = 10 * UNITS_NS_PER_MS,
        .segment = sim_percent(50),
        .gro = sim_percent(50)};
    sim.fastest_ns = (int64_t)(20 + sim_below(1000)) * UNITS_NS_PER_US;
    sim.slowest_ns = sim.fastest_ns + (int64_t)sim_below(8000) * UNITS_NS_PER_US;
    sim.loss = sim_percent(50) ? 0 : sim_below(40);
    sim.ack_loss = sim_percent(50) ? 0 : sim_below(40);
    sim.twice = sim_percent(70) ? 0 : sim_below(20);
    sim.refused = sim_percent(5);
    sim.silent_ns =
        sim_percent(80) ? INT64_MAX : sim_now_ns() + (int64_t)sim_below(200) * UNITS_NS_PER_MS;
}

static void check_end(void)
{
    const struct load_snapshot *last = &sim.latest;

    if (!sim.ended)
        sim_wrong("the last snapshot did not come");
    if (last->sent != sim.left)
        sim_wrong("%" PRIu64 " left, %" PRIu64 " were counted", sim.left, last->sent);
    if (last->lost != last->sent - last->acked)
        sim_wrong("lost %" PRIu64 " of %" PRIu64 " with %" PRIu64 " acks", last->lost, last->sent,
                  last->acked);
    if (last->acked + last->duplicates != sim.acks)
        sim_wrong("%" PRIu64 " acks came, %" PRIu64 " and %" PRIu64 " duplicates were counted",
                  sim.acks, last->acked, last->duplicates);
}

static void play(void)
{
    char error[GENERATOR_ERROR_SIZE];

    memset(&sim, 0, sizeof sim);
    draw_config();
    sim.config.event_fd = eventfd(0, 0);
    sim.generator = generator_open(&sim.config, error);
    if (sim.generator == NULL || !generator_start(sim.generator, error)) {
        sim_wrong("%s", error);
    } else {
        draw_machine();
        sim_run();
        read_snapshots();
        check_end();
    }
    generator_close(sim.generator);
    close(sim.config.event_fd);
}

int main(int argc, char **argv)
{
    static const struct sim_program program = {
        .name = "sim_load",
        .holds = "what the generator counts is what left and came",
        .planted = "a generator that forgets an ack",
        .play = play,
        .steps = 3000,
        .seeds = 2000,
        .planted_seeds = 100,
    };

    return sim_main(argc, argv, &program);
}
