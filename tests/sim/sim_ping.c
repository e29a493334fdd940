/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim_ping: the prober in simulated worlds (world.h), with a reflector, an echo server, one that
 * answers with a text, or nobody. Replies are lost, doubled, overtaken and late; strangers send;
 * the wall clock is set by an hour. The model knows when each probe left and when each reply
 * arrived: every round-trip time must be one of these differences, and every count agree. The
 * planted bug: a prober that now and then forgets that it sent.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "udptui/probe/prober.h"
#include "udptui/proto/stamp.h"
#include "world.h"

enum { PROBES = 512, ARRIVALS = 4, SIZE = 64, TARGET_PORT = 862, STRANGER = -1 };

/* What the server is. */
enum server { SERVER_REFLECTOR, SERVER_ECHO, SERVER_TEXT, SERVER_SILENT, SERVERS };

struct truth {
    int64_t left_ns;
    int64_t arrivals_ns[ARRIVALS];
    unsigned arrivals; /* replies that were sent */
    unsigned taken;    /* of them: that a receive call gave the prober */
};

static struct {
    struct prober *prober;
    struct probe_config config;
    enum server server;
    struct truth probes[PROBES];
    uint64_t left, taken, taken_first, strays;
    uint32_t reflected;
    unsigned loss, twice, refuses, strangers;
    int64_t slowest_ns;
    bool ended, exact; /* exact: all times are the kernel's */
    struct probe_figures figures;
} sim;

/* ---- the planted bug */

void __real_series_sent(struct series *series, int64_t sent_ns);
void __wrap_series_sent(struct series *series, int64_t sent_ns);
void __wrap_series_sent(struct series *series, int64_t sent_ns)
{
    if (!sim_is_planted() || !sim_percent(5))
        __real_series_sent(series, sent_ns);
}

/* ---- the server */

/* The n-th probe that left is probe n: a failed send uses no number. */
static size_t write_reply(const struct sim_left *left, struct sim_packet *reply)
{
    struct stamp_reply reflected = {.sequence = sim.reflected, .request_ttl = 64};

    memcpy(reply->bytes, left->bytes, left->size_bytes);
    if (sim.server == SERVER_REFLECTOR) {
        stamp_parse_request(left->bytes, left->size_bytes, &reflected.request);
        reflected.received = stamp_time(sim_wall_ns());
        reflected.sent = stamp_time(sim_wall_ns() + 1000);
        reflected.error = reflected.request.error;
        stamp_write_reply(&reflected, left->bytes, left->size_bytes, reply->bytes);
        sim.reflected++;
        return stamp_reply_bytes(left->size_bytes);
    }
    if (sim.server == SERVER_TEXT)
        return (size_t)snprintf((char *)reply->bytes, sizeof reply->bytes, "Message received");
    return left->size_bytes;
}

static int64_t draw_delay_ns(void)
{
    return 1000 + (int64_t)(sim_draw() % (uint64_t)sim.slowest_ns);
}

static void send_reply(const struct sim_left *left, struct sim_packet *reply, struct truth *truth)
{
    reply->due_ns = left->left_ns + draw_delay_ns();
    if (sim_percent(sim.loss) || truth->arrivals == ARRIVALS || !sim_transmit(reply))
        return;
    truth->arrivals_ns[truth->arrivals++] = reply->due_ns;
}

static void note_left(const struct sim_left *left)
{
    struct truth *truth = &sim.probes[sim.left % PROBES];
    struct sim_packet reply = {.from = left->to,
                               .to = left->from,
                               .tag = (int64_t)sim.left++,
                               .hop_limit = 60,
                               .unstamped = !sim.exact && sim_percent(30)};
    const struct sim_icmp icmp = {
        .error = ECONNREFUSED, .type = 3, .code = 3, .offender = left->to};

    *truth = (struct truth){.left_ns = left->left_ns};
    sim_say("probe %" PRId64 " left port %u", reply.tag, left->from.port);
    if (sim_percent(sim.refuses))
        sim_refuse(left, &icmp);
    if (sim.server == SERVER_SILENT)
        return;
    reply.size_bytes = reply.segment_bytes = (uint32_t)write_reply(left, &reply);
    send_reply(left, &reply, truth);
    if (sim_percent(sim.twice))
        send_reply(left, &reply, truth);
    if (sim_percent(sim.strangers)) {
        reply.tag = STRANGER;
        reply.due_ns = left->left_ns + draw_delay_ns();
        reply.from.address[3]++;
        sim_transmit(&reply);
    }
}

static void note_taken(const struct sim_packet *packet, size_t messages)
{
    (void)messages;
    sim_say("reply to %" PRId64 " taken", packet->tag);
    if (packet->tag == STRANGER) {
        sim.strays++;
        return;
    }
    sim.taken++;
    sim.taken_first += sim.probes[packet->tag % PROBES].taken++ == 0;
}

/* ---- the owner */

/* Without the kernel's time of sending it is the time before a call that may send several
 * probes. */
static bool is_true_time(const struct truth *truth, int64_t rtt_ns)
{
    const int64_t near_ns = 2 * UNITS_NS_PER_US, call_ns = 100 * UNITS_NS_PER_US;

    for (unsigned i = 0; i < truth->arrivals; i++) {
        int64_t true_ns = truth->arrivals_ns[i] - truth->left_ns;
        if (rtt_ns >= true_ns - near_ns && rtt_ns <= true_ns + call_ns)
            return true;
    }
    return false;
}

static void take_event(const struct probe_event *event)
{
    if (event->kind != PROBE_REPLY)
        return;
    const struct truth *truth = &sim.probes[event->number % PROBES];
    sim_say("reply to %" PRIu64 ": outcome %d, %" PRId64 " ns", event->number, event->reply.outcome,
            event->reply.rtt_ns);
    if (event->number >= sim.left || truth->taken == 0)
        sim_wrong("probe %" PRIu64 " was answered, which had no reply", event->number);
    sim_check_time(event->reply.rtt_ns, "a round trip");
    sim_check_time(event->rtt_app_ns, "a round trip of the program");
    if (event->reply.rtt_ns >= 0 && event->rtt_app_ns < event->reply.rtt_ns - UNITS_NS_PER_US)
        sim_wrong("probe %" PRIu64 ": %" PRId64 " ns, but only %" PRId64 " by the program",
                  event->number, event->reply.rtt_ns, event->rtt_app_ns);
    if (sim.exact && event->reply.rtt_ns >= 0 && sim.left <= PROBES &&
        !is_true_time(truth, event->reply.rtt_ns))
        sim_wrong("probe %" PRIu64 " took %" PRId64 " ns, not %" PRId64, event->number,
                  event->reply.rtt_ns, truth->arrivals_ns[0] - truth->left_ns);
}

static void check_figures(const struct probe_figures *figures)
{
    const struct series_counts *counts = &figures->counts;

    if (counts->sent != counts->received + counts->late + counts->lost + counts->waiting)
        sim_wrong("sent %" PRIu64 " is not the sum of the outcomes", counts->sent);
    if (figures->ways.there + figures->ways.back + figures->ways.unplaced != counts->lost)
        sim_wrong("the ways of %" PRIu64 " lost probes do not add up", counts->lost);
    for (size_t i = 0; i < PROBE_TIMES; i++)
        if (i == PROBE_RTT || i == PROBE_RTT_APP || i == PROBE_LATENESS)
            sim_check_time(figures->times[i].max_ns, "the longest time");
}

static void read_records(void)
{
    static struct prober_record record;

    while (!sim.ended && prober_next(sim.prober, &record)) {
        if (record.kind == PROBER_EVENT)
            take_event(&record.event);
        else if (record.kind == PROBER_FIGURES)
            check_figures(&record.figures);
        if (record.kind == PROBER_FIGURES)
            sim.figures = record.figures;
        sim.ended = record.kind == PROBER_END;
    }
}

static void step(void)
{
    read_records();
    if (sim_is_over())
        prober_stop(sim.prober);
}

/* ---- one world */

static void draw_machine(void)
{
    machine.events = (struct sim_events){.step = step, .left = note_left, .taken = note_taken};
    machine.send_fails = sim_percent(60) ? 0 : sim_below(20);
    machine.receive_fails = sim_percent(70) ? 0 : 3;
    machine.socket_fails = sim_percent(80) ? 0 : 5;
    machine.interrupts = 2;
    machine.clock_steps = sim_percent(50) ? 0 : 2;
    machine.late = 3;
    machine.sleeps = sim_percent(30);
    machine.no_stamps = sim_percent(70) ? 0 : 30;
    machine.memory_fails = sim_percent(20) ? 20 : 0;
}

static void draw_config(void)
{
    sim.config = (struct probe_config){
        .target = {.family = ENDPOINT_IPV4, .address = {198, 51, 100, 1}, .port = TARGET_PORT},
        .mode = (enum probe_mode)sim_below(4),
        .size_bytes = SIZE,
        .interval_ns = (int64_t)(100 + sim_below(sim_percent(50) ? 1000 : 50000)) * UNITS_NS_PER_US,
        .timeout_ns = (int64_t)(1 + sim_below(100)) * UNITS_NS_PER_MS,
        .count = 1 + sim_below(200)};
    sim.server = (enum server)sim_below(SERVERS);
    sim.loss = sim_percent(50) ? 0 : sim_below(60);
    sim.twice = sim_percent(50) ? 0 : 20;
    sim.refuses = sim_percent(80) ? 0 : 10;
    sim.strangers = sim_percent(70) ? 0 : 20;
    sim.slowest_ns = sim_percent(50) ? 2 * sim.config.timeout_ns : sim.config.timeout_ns / 2;
    sim.exact = sim_percent(80);
}

static void check_end(void)
{
    const struct probe_figures *figures = &sim.figures;
    const struct series_counts *counts = &figures->counts;

    if (!sim.ended)
        sim_wrong("the last record did not come");
    if (counts->sent != sim.left)
        sim_wrong("%" PRIu64 " left, %" PRIu64 " were counted", sim.left, counts->sent);
    if (counts->received + counts->late + counts->duplicates + figures->strays !=
        sim.taken + sim.strays)
        sim_wrong("%" PRIu64 " replies and %" PRIu64 " strays came, not %" PRIu64 ", %" PRIu64
                  ", %" PRIu64 " and %" PRIu64,
                  sim.taken, sim.strays, counts->received, counts->late, counts->duplicates,
                  figures->strays);
    if (!sim_is_over() && figures->not_sent + counts->sent != sim.config.count)
        sim_wrong("%" PRIu64 " sent and %" PRIu64 " not sent of %" PRIu64, counts->sent,
                  figures->not_sent, sim.config.count);
    bool served = sim.config.mode == PROBE_AUTO || sim.config.mode == PROBE_TEXT ||
                  (int)sim.config.mode == (int)sim.server + 1;
    if (served && counts->received + counts->late != sim.taken_first)
        sim_wrong("%" PRIu64 " + %" PRIu64 " probes were answered, not %" PRIu64, counts->received,
                  counts->late, sim.taken_first);
}

static void play(void)
{
    int event_fd = eventfd(0, 0);
    char error[PROBE_ERROR_SIZE];

    memset(&sim, 0, sizeof sim);
    draw_config();
    const struct prober_config config = {.targets = &sim.config,
                                         .count = 1,
                                         .tick_ns = 10 * UNITS_NS_PER_MS,
                                         .events = true,
                                         .event_fd = event_fd};
    sim.prober = prober_open(&config, error);
    if (sim.prober == NULL || !prober_start(sim.prober, error)) {
        sim_wrong("%s", error);
    } else {
        draw_machine();
        sim_run();
        read_records();
        check_end();
    }
    prober_close(sim.prober);
    close(event_fd);
}

int main(int argc, char **argv)
{
    static const struct sim_program program = {
        .name = "sim_ping",
        .holds = "the prober's figures are true",
        .planted = "a prober that forgets a probe",
        .play = play,
        .steps = 1000,
        .seeds = 1000,
        .planted_seeds = 100,
    };

    return sim_main(argc, argv, &program);
}
