/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pending against a simulated network that loses, doubles, delays and reorders, with a clock of its
 * own. Each delivered reply carries which message it answers, so that the truth of each time is
 * known. At the end of a run every time that stands unmarked must be the true one:
 *
 * - always, if it was reported as PENDING_SURE;
 * - in a run in which no reply was delivered twice, whatever else happened;
 * - in a run in which a second reply was seen, whatever else happened.
 *
 * What is left is the case that the header of pending names: an undetectable second reply.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/proto/pending.h"

enum { RUNS = 4000, MESSAGES = 60, CHANNELS = 6, TIMEOUT = 1000, FLYING = 4 * MESSAGES * 4 };

/* A reply on its way. */
struct flying {
    int64_t arrives_ns;
    uint32_t channel, socket; /* which of those that were in the channel */
    uint64_t seq;
    uint32_t transmission;
    uint64_t content;
};

/* The reports about a message. */
struct told {
    bool timed; /* as a reply or a late one, */
    bool right; /* with the message's own first reply, */
    enum pending_certainty certainty;
};

struct run {
    uint64_t random;
    enum pending_mode mode;
    struct pending *pending;
    int64_t now_ns;
    unsigned loss, doubles, late, retry, overlap, lag; /* percent, or how much */
    bool equal;                                        /* contents are few */
    uint32_t sockets[CHANNELS];
    struct flying flying[FLYING];
    size_t flying_count;
    uint64_t sent;
    struct told told[MESSAGES + 1];
    uint32_t delivered[MESSAGES + 1][4]; /* by transmission */
    bool doubled, seen;
};

static uint64_t roll(struct run *run, uint64_t sides)
{
    run->random ^= run->random << 13;
    run->random ^= run->random >> 7;
    run->random ^= run->random << 17;
    return run->random % sides;
}

static bool chance(struct run *run, unsigned percent)
{
    return roll(run, 100) < percent;
}

/* ---- the network */

static void fly(struct run *run, const struct flying *reply)
{
    struct flying *added = &run->flying[run->flying_count];

    if (chance(run, run->loss) || run->flying_count == FLYING)
        return;
    *added = *reply;
    added->arrives_ns = run->now_ns + 5 + (int64_t)roll(run, 60);
    if (chance(run, run->late))
        added->arrives_ns += (int64_t)roll(run, 5 * TIMEOUT);
    run->flying_count++;
}

/* Requests are lost and doubled as replies are. */
static void transmit(struct run *run, uint64_t seq, uint32_t channel, uint32_t transmission,
                     uint64_t content)
{
    const struct flying reply = {.channel = channel,
                                 .socket = run->sockets[channel],
                                 .seq = seq,
                                 .transmission = transmission,
                                 .content = content};

    if (chance(run, run->loss))
        return;
    fly(run, &reply);
    if (chance(run, run->doubles))
        fly(run, &reply);
}

/* ---- what send does */

static uint64_t content_of(const struct run *run, uint64_t seq)
{
    return run->equal ? seq % 3 : seq;
}

static void send_one(struct run *run)
{
    uint64_t content = content_of(run, run->sent + 1);
    struct pending_message message = {
        .seq = run->sent + 1, .bytes = &content, .size_bytes = sizeof content};

    if (!pending_has_room(run->pending))
        return;
    struct pending_pick pick = pending_pick_channel(run->pending);
    if (pick.fresh) {
        run->sockets[pick.channel]++;
        pending_renew_channel(run->pending, pick.channel, false);
    }
    message.channel = pick.channel;
    run->sent++;
    pending_add(run->pending, &message, run->now_ns, TIMEOUT);
    transmit(run, message.seq, message.channel, 0, content);
}

static void expire(struct run *run)
{
    struct pending_request *request;

    while ((request = pending_expire(run->pending, run->now_ns)) != NULL) {
        if (request->state != PENDING_EXPIRED || request->resends >= run->retry)
            continue;
        pending_resent(run->pending, request, run->now_ns, TIMEOUT);
        transmit(run, request->seq, request->channel, request->resends,
                 content_of(run, request->seq));
    }
}

/* ---- what comes */

static void note(struct run *run, const struct flying *reply, const struct pending_match *match)
{
    bool first = true;

    for (uint32_t i = 0; i < 4; i++)
        first = first && run->delivered[reply->seq][i] == 0;
    run->doubled = run->doubled || run->delivered[reply->seq][reply->transmission] > 0;
    run->delivered[reply->seq][reply->transmission]++;
    if (match->kind == PENDING_REPLY || match->kind == PENDING_LATE)
        run->told[match->seq] = (struct told){.timed = true,
                                              .right = match->seq == reply->seq && first,
                                              .certainty = match->certainty};
    else if (match->certainty == PENDING_SURE && match->kind != PENDING_UNSOLICITED)
        assert_int_equal(match->seq, reply->seq);
    run->seen = run->seen || match->kind == PENDING_MORE || match->kind == PENDING_DUPLICATE ||
                match->kind == PENDING_UNSOLICITED;
    for (uint64_t seq = match->withdrawn.first_seq;
         match->withdrawn.any && seq <= match->withdrawn.last_seq; seq++)
        if (run->told[seq].certainty == PENDING_SHARED)
            run->told[seq].certainty = PENDING_UNSURE;
}

static void take(struct run *run, const struct flying *reply)
{
    const uint64_t ack = 0;
    const struct endpoint from = {.family = ENDPOINT_IPV4};
    struct pending_arrival arrival = {.channel = reply->channel,
                                      .bytes = run->mode == PENDING_ECHO ? &reply->content : &ack,
                                      .size_bytes = sizeof ack,
                                      .from = &from,
                                      .received_ns = reply->arrives_ns};

    if (run->sockets[reply->channel] != reply->socket)
        return; /* that socket is closed */
    struct pending_match match = pending_reply(run->pending, &arrival);
    note(run, reply, &match);
}

static int by_arrival(const void *a, const void *b)
{
    const struct flying *left = a, *right = b;

    return (left->arrives_ns > right->arrives_ns) - (left->arrives_ns < right->arrives_ns);
}

static void take_arrived(struct run *run)
{
    size_t count = 0;

    qsort(run->flying, run->flying_count, sizeof *run->flying, by_arrival);
    while (count < run->flying_count && run->flying[count].arrives_ns <= run->now_ns)
        take(run, &run->flying[count++]);
    run->flying_count -= count;
    memmove(run->flying, run->flying + count, run->flying_count * sizeof *run->flying);
}

/* ---- a run */

static void judge(const struct run *run)
{
    for (uint64_t seq = 1; seq <= run->sent; seq++) {
        const struct told *told = &run->told[seq];
        if (!told->timed || told->right || told->certainty == PENDING_UNSURE)
            continue;
        assert_int_not_equal(told->certainty, PENDING_SURE);
        assert_true(run->doubled);
        assert_false(run->seen);
    }
}

static void choose_network(struct run *run)
{
    static const unsigned shares[] = {0, 0, 2, 10, 30};

    run->loss = shares[roll(run, 5)];
    run->doubles = shares[roll(run, 5)];
    run->late = shares[roll(run, 5)];
    run->overlap = roll(run, 2) == 0 ? 0 : 1 + (unsigned)roll(run, 40);
    run->lag = roll(run, 2) == 0 ? 0 : (unsigned)roll(run, 50);
    run->retry = roll(run, 4) == 0 ? 1 : 0;
    run->equal = roll(run, 2) == 0;
}

static void run_once(struct run *run, enum pending_mode mode, uint64_t seed, uint64_t *unmarked)
{
    *run = (struct run){.mode = mode, .random = seed};
    choose_network(run);
    run->pending =
        pending_open(&(struct pending_options){.capacity = 32, .channels = CHANNELS, .mode = mode});
    assert_non_null(run->pending);
    for (int step = 0; step < 40 * MESSAGES && (run->sent < MESSAGES || run->flying_count > 0);
         step++) {
        run->now_ns += 1 + (int64_t)roll(run, 40);
        if (!chance(run, run->lag))
            take_arrived(run);
        expire(run);
        if (run->sent < MESSAGES &&
            (pending_waiting(run->pending) == 0 || chance(run, run->overlap)))
            send_one(run);
    }
    if (run->retry > 0) /* a second reply is no surprise then, and is not held against the others */
        run->seen = false;
    judge(run);
    for (uint64_t seq = 1; seq <= run->sent; seq++)
        *unmarked += run->told[seq].timed && run->told[seq].certainty != PENDING_UNSURE;
    pending_close(run->pending);
}

static void run_many(enum pending_mode mode, uint64_t unmarked_min)
{
    static struct run run;
    uint64_t unmarked = 0;

    for (uint64_t seed = 1; seed <= RUNS; seed++)
        run_once(&run, mode, seed * UINT64_C(0x9e3779b97f4a7c15), &unmarked);
    assert_true(unmarked > unmarked_min); /* marking all would be no art */
}

static void automatic_ports(void **state)
{
    (void)state;
    run_many(PENDING_AUTO, (uint64_t)RUNS * MESSAGES / 3);
}

static void one_port_in_order(void **state)
{
    (void)state;
    run_many(PENDING_ORDER, (uint64_t)RUNS * MESSAGES / 20);
}

static void a_port_for_each(void **state)
{
    (void)state;
    run_many(PENDING_PORT, (uint64_t)RUNS * MESSAGES / 2);
}

static void by_content(void **state)
{
    (void)state;
    run_many(PENDING_ECHO, (uint64_t)RUNS * MESSAGES / 5);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(automatic_ports),
    cmocka_unit_test(one_port_in_order),
    cmocka_unit_test(a_port_for_each),
    cmocka_unit_test(by_content),
};

const struct suite suite_pending_model = {
    .name = "pending_model", .tests = tests, .count = sizeof tests / sizeof *tests};
