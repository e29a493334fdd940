/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sim_send: the session of `send`, without its prompt, in simulated worlds (world.h). Its two
 * targets answer with a text or an echo, once, twice, late or not at all, or refuse by ICMP;
 * strangers send; the target and the options change meanwhile. Each message must get one outcome,
 * no stranger may answer, and a reply that is called certain must be that message's, with its true
 * round-trip time. The planted bug: a session that now and then forgets to report.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "udptui/client/exchange.h"
#include "udptui/client/session.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/wait.h"
#include "world.h"

enum { MESSAGES = 256, TAKEN = 1024, STRANGER = -1 };

struct truth {
    int64_t left_ns; /* of the latest transmission */
    unsigned outcomes;
    bool sent;
};

/* A reply that a receive call gave the session, and that it has not reported yet. */
struct taken {
    int64_t tag, due_ns;
    bool stamped;
};

static struct {
    struct session *session;
    struct session_options options;
    char bind[32];
    struct truth messages[MESSAGES + 1];
    struct taken taken[TAKEN];
    uint64_t taken_first, taken_count;
    uint64_t sent; /* messages */
    unsigned wanted;
    int64_t pause_ns, slowest_ns;
    bool window; /* it does not wait for the reply before the next message */
    unsigned loss, twice, refuses, strangers;
    bool echo, doubled;
} sim;

/* ---- the planted bug */

void __real_session_report(struct session *session, const struct result *result);
void __wrap_session_report(struct session *session, const struct result *result);
void __wrap_session_report(struct session *session, const struct result *result)
{
    if (!sim_is_planted() || !sim_percent(2))
        __real_session_report(session, result);
}

/* ---- the targets */

static void send_reply(const struct sim_left *left, int64_t tag)
{
    static const char text[] = "Message received";
    struct sim_packet reply = {.due_ns = left->left_ns + 1000 +
                                         (int64_t)(sim_draw() % (uint64_t)sim.slowest_ns),
                               .from = left->to,
                               .to = left->from,
                               .tag = tag,
                               .hop_limit = 60,
                               .unstamped = sim_percent(5),
                               .size_bytes = sizeof text - 1};

    memcpy(reply.bytes, text, reply.size_bytes);
    if (sim.echo) {
        reply.size_bytes = (uint32_t)left->size_bytes;
        memcpy(reply.bytes, left->bytes, left->size_bytes);
    }
    reply.segment_bytes = reply.size_bytes;
    if (tag == STRANGER)
        reply.from.address[3] += 100;
    sim_transmit(&reply);
}

/* "m12": 12. */
static uint64_t read_seq(const struct sim_left *left)
{
    char text[32] = "";

    memcpy(text, left->bytes, left->size_bytes < sizeof text ? left->size_bytes : sizeof text - 1);
    return strtoull(text + 1, NULL, 10);
}

static void note_left(const struct sim_left *left)
{
    const struct sim_icmp icmp = {
        .error = ECONNREFUSED, .type = 3, .code = 3, .offender = left->to};
    uint64_t seq = read_seq(left);

    sim_say("message %" PRIu64 " left port %u", seq, left->from.port);
    if (seq == 0 || seq > sim.sent)
        sim_wrong("message %" PRIu64 " left, of %" PRIu64, seq, sim.sent);
    else
        sim.messages[seq].left_ns = left->left_ns;
    if (sim_percent(sim.refuses)) {
        sim_refuse(left, &icmp);
        return;
    }
    if (!sim_percent(sim.loss))
        send_reply(left, (int64_t)seq);
    if (sim_percent(sim.twice)) {
        send_reply(left, (int64_t)seq);
        sim.doubled = true;
    }
    if (sim_percent(sim.strangers))
        send_reply(left, STRANGER);
}

static void note_taken(const struct sim_packet *packet, size_t messages)
{
    (void)messages;
    sim_say("reply to %" PRId64 " taken by port %u", packet->tag, packet->to.port);
    sim.taken[(sim.taken_first + sim.taken_count++) % TAKEN] =
        (struct taken){.tag = packet->tag, .due_ns = packet->due_ns, .stamped = !packet->unstamped};
}

/* ---- what the session reports */

/* The clock was set in the last second, or while the reply was on its way: times are the
 * program's. */
static bool is_exact(const struct taken *taken)
{
    int64_t stepped_ns = sim_stepped_ns();

    return taken->stamped && machine.control_cut == 0 &&
           (stepped_ns == INT64_MIN || stepped_ns < taken->due_ns - 2 * UNITS_NS_PER_S);
}

static void check_certain(const struct result *result, const struct taken *taken)
{
    const int64_t near_ns = 2 * UNITS_NS_PER_US, call_ns = 100 * UNITS_NS_PER_US;
    int64_t true_ns = taken->due_ns - sim.messages[result->seq].left_ns;

    if (taken->tag != (int64_t)result->seq)
        sim_wrong("the reply to message %" PRIu64 " is that to %" PRId64, result->seq, taken->tag);
    else if (is_exact(taken) &&
             (result->rtt_ns < true_ns - near_ns || result->rtt_ns > true_ns + call_ns))
        sim_wrong("message %" PRIu64 " took %" PRId64 " ns, not %" PRId64, result->seq,
                  result->rtt_ns, true_ns);
}

static void check_reply(const struct result *result)
{
    const struct taken *taken = &sim.taken[sim.taken_first % TAKEN];

    if (sim.taken_count == 0) {
        sim_wrong("a reply was reported that did not come");
        return;
    }
    sim.taken_first++;
    sim.taken_count--;
    if (taken->tag == STRANGER && result->status != RESULT_UNSOLICITED)
        sim_wrong("a stranger answered message %" PRIu64, result->seq);
    if (result->status != RESULT_ACKED || result->ambiguous || result->resends > 0)
        return;
    /* Of a port that was used before the time is valid as long as no reply comes twice. */
    if (!result->provisional || sim.twice == 0)
        check_certain(result, taken);
}

static void take_result(void *context, const struct result *result)
{
    (void)context;
    sim_say("message %" PRIu64 ": status %d%s%s", result->seq, (int)result->status,
            result->ambiguous ? ", ambiguous" : "", result->provisional ? ", provisional" : "");
    sim_check_time(result->rtt_ns, "a round trip");
    sim_check_time(result->rtt_app_ns, "a round trip of the program");
    if (result->seq > MESSAGES)
        sim_wrong("message %" PRIu64 " was not sent", result->seq);
    else if (result->status < RESULT_STATUSES && ++sim.messages[result->seq].outcomes > 1)
        sim_wrong("message %" PRIu64 " has a second outcome", result->seq);
    if (result->reply != NULL)
        check_reply(result);
}

/* ---- the owner: what the loop of the prompt does */

static void change_something(void)
{
    static const char *const targets[] = {"198.51.100.1:4010", "198.51.100.2:4010"};
    struct problem problem;

    if (sim_percent(50)) {
        sim_say("another target");
        session_retarget(sim.session, targets[sim_below(2)], &problem);
        return;
    }
    sim.options.timeout_ns = (int64_t)(1 + sim_below(50)) * UNITS_NS_PER_MS;
    sim.options.retry = sim_percent(70) ? 0 : sim_below(3);
    session_change(sim.session, &sim.options);
}

static void send_one(void)
{
    char text[32];
    int length = snprintf(text, sizeof text, "m%" PRIu64, ++sim.sent);

    exchange_send(sim.session, (const uint8_t *)text, (size_t)length);
}

static bool may_send(int64_t now_ns, int64_t next_ns)
{
    return sim.sent < sim.wanted && !sim_is_over() && now_ns >= next_ns &&
           (sim.window || exchange_is_idle(sim.session));
}

static bool has_more(void)
{
    return !exchange_is_idle(sim.session) || (sim.sent < sim.wanted && !sim_is_over());
}

/* Until the next reply, deadline or message. */
static void wait_and_take(int64_t next_ns)
{
    struct pollfd polled[SESSION_CHANNELS_MAX];
    size_t count = exchange_list_polled(sim.session, polled);
    int64_t until_ns = exchange_deadline_ns(sim.session);

    if (sim.sent < sim.wanted && (sim.window || exchange_is_idle(sim.session)))
        until_ns = wait_earlier_ns(until_ns, next_ns);
    wait_until(polled, count, until_ns);
    exchange_take(sim.session, polled, count);
    exchange_expire(sim.session, clock_monotonic_ns());
}

static void *send_messages(void *argument)
{
    int64_t next_ns = 0;

    (void)argument;
    while (has_more()) {
        int64_t now_ns = clock_monotonic_ns();
        if (may_send(now_ns, next_ns)) {
            send_one();
            next_ns = now_ns + sim.pause_ns;
        }
        if (sim_percent(3))
            change_something();
        if (has_more())
            wait_and_take(next_ns);
    }
    return NULL;
}

/* ---- one world */

static void step(void)
{
    const struct send_totals totals = session_totals(sim.session);
    uint64_t sum = totals.waiting;

    for (int i = 0; i < RESULT_STATUSES; i++)
        sum += totals.counts[i];
    if (sum != totals.sent || totals.sent != sim.sent)
        sim_wrong("%" PRIu64 " were sent, %" PRIu64 " are the sum", sim.sent, sum);
}

static void draw_machine(void)
{
    machine.events = (struct sim_events){.step = step, .left = note_left, .taken = note_taken};
    machine.send_fails = sim_percent(60) ? 0 : sim_below(20);
    machine.receive_fails = sim_percent(70) ? 0 : 3;
    machine.socket_fails = sim_percent(80) ? 0 : 5;
    machine.control_cut = sim_percent(90) ? 0 : 5;
    machine.interrupts = 2;
    machine.clock_steps = sim_percent(50) ? 0 : 2;
    machine.late = 3;
    machine.sleeps = sim_percent(20);
    machine.no_stamps = sim_percent(70) ? 0 : 30;
    machine.memory_fails = sim_percent(20) ? 20 : 0;
}

static void draw_options(void)
{
    sim.options = (struct session_options){
        .timeout_ns = (int64_t)(1 + sim_below(100)) * UNITS_NS_PER_MS,
        .wait_ns = sim_percent(80) ? 0 : (int64_t)sim_below(20) * UNITS_NS_PER_MS,
        .retry = sim_percent(70) ? 0 : sim_below(3),
        .replies = sim_percent(80) ? 0 : 2,
        .match = sim_percent(50) ? PENDING_AUTO : (int)sim_below(4),
        .no_reply = sim_percent(5),
        .send_stamps = sim_percent(50)};
    if (sim_percent(10) && sim.options.match != PENDING_PORT) {
        snprintf(sim.bind, sizeof sim.bind, "192.0.2.1:5000");
        sim.options.bind = sim.bind;
    }
    sim.wanted = 1 + sim_below(sim_percent(20) ? MESSAGES : 60);
    sim.pause_ns = (int64_t)sim_below(3000) * UNITS_NS_PER_US;
    sim.slowest_ns = (sim_percent(50) ? 3 : 1) * sim.options.timeout_ns;
    sim.window = sim_percent(40);
    sim.echo = sim.options.match == PENDING_ECHO || sim_percent(20);
    sim.loss = sim_percent(50) ? 0 : sim_below(50);
    sim.twice = sim_percent(60) ? 0 : 20;
    sim.refuses = sim_percent(80) ? 0 : 10;
    sim.strangers = sim_percent(70) ? 0 : 20;
}

static void check_end(void)
{
    for (uint64_t seq = 1; seq <= sim.sent; seq++)
        if (sim.messages[seq].outcomes != 1)
            sim_wrong("message %" PRIu64 " has %u outcomes", seq, sim.messages[seq].outcomes);
    if (sim.taken_count != 0)
        sim_wrong("%" PRIu64 " replies were not reported", sim.taken_count);
}

static void play(void)
{
    const struct session_listener listener = {.result = take_result};
    struct problem problem = {.usage = false};

    memset(&sim, 0, sizeof sim);
    draw_options();
    sim.session = session_open(&sim.options, "198.51.100.1:4010", &listener, &problem);
    if (sim.session == NULL) {
        sim_wrong("%s", problem.text);
        return;
    }
    draw_machine();
    sim_spawn(send_messages, NULL);
    sim_run();
    check_end();
    session_close(sim.session);
}

int main(int argc, char **argv)
{
    static const struct sim_program program = {
        .name = "sim_send",
        .holds = "each message has one outcome, and certain times are true",
        .planted = "a session that forgets to report",
        .play = play,
        .steps = 600,
        .seeds = 400,
        .planted_seeds = 100,
    };

    return sim_main(argc, argv, &program);
}
