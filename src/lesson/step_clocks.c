/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * step_clocks: STAMP probes (RFC 8762) over a path with a known delay in each direction, and what
 * their four times say if the two clocks differ. Both ends run on one clock here; so the sender's
 * stamps are set back by a known amount, as if the reflector's clock were that much ahead.
 */
#include <stdio.h>

#include "samples_internal.h"
#include "steps_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/catalog.h"
#include "udptui/base/units.h"
#include "udptui/lesson/stage.h"
#include "udptui/proto/stamp.h"

enum { PROBES = 3, TEXT_SIZE = LADDER_LABEL_SIZE };

static const int64_t reply_timeout_ns = 2 * UNITS_NS_PER_S;
static const char even[] = "in.delay=40ms,out.delay=40ms",
                  uneven[] = "in.delay=70ms,out.delay=10ms";

static const struct clocks_case {
    const char *impair;
    int64_t ahead_ns; /* the reflector's clock before the sender's */
    const char *title;
} cases[] = {
    {even, 0, CATALOG_MARK(CATALOG_MARK("one clock, 40 + 40 ms"))},
    {even, 30 * UNITS_NS_PER_MS, CATALOG_MARK(CATALOG_MARK("30 ms ahead, 40 + 40 ms"))},
    {uneven, 0, CATALOG_MARK(CATALOG_MARK("one clock, 70 + 10 ms"))},
    {even, 500 * UNITS_NS_PER_MS, CATALOG_MARK(CATALOG_MARK("500 ms ahead, 40 + 40 ms"))},
};

/* The four times of a probe, as the sender gets them, by the two clocks. */
struct clocks_times {
    int64_t t1_ns, t2_ns, t3_ns, t4_ns;
};

static int64_t clocks_rtt_ns(const struct clocks_times *times)
{
    return (times->t4_ns - times->t1_ns) - (times->t3_ns - times->t2_ns);
}

/* ---- one probe */

/* Sends a request with T1 by the sender's clock. Returns its leg. */
static int clocks_send(struct stage *stage, const struct udp_socket *sender,
                       const struct clocks_case *its, uint32_t sequence, struct clocks_times *times)
{
    struct stamp_request request = {.sequence = sequence, .error = stamp_error_of(false, 0)};
    uint8_t bytes[STAMP_BYTES];
    int leg;

    times->t1_ns = stage_now_ns() - its->ahead_ns;
    request.sent = stamp_time(times->t1_ns);
    stamp_write_request(&request, bytes, sizeof bytes);
    stage_send(
        stage, sender,
        &(struct stage_datagram){
            .bytes = bytes, .size_bytes = sizeof bytes, .number = sequence, .label = "T1 = 0"},
        &leg);
    return leg;
}

/* The request arrived at T2, and the reply left at T3, by the clock of the ladder. frame: the
 * reply's. */
static void clocks_draw(struct stage *stage, int leg, const struct clocks_case *its,
                        const struct clocks_times *times, uint16_t frame)
{
    struct ladder_leg reply = {.depart_ns = times->t3_ns,
                               .arrive_ns = times->t4_ns + its->ahead_ns,
                               .end = LADDER_ARRIVED,
                               .frame = frame};

    if (leg == STAGE_NO_LEG)
        return;
    stage_arrive(stage, leg, times->t2_ns, "");
    reply.number = stage->legs[leg].number;
    reply.rtt_ns = reply.arrive_ns - stage->legs[leg].depart_ns;
    snprintf(reply.label, sizeof reply.label, "T2 = %d, T3 = %d, T4 = %d",
             samples_ms(times->t2_ns - times->t1_ns), samples_ms(times->t3_ns - times->t1_ns),
             samples_ms(times->t4_ns - times->t1_ns));
    stage_leg(stage, &reply);
}

/* False: no reply came. */
static bool clocks_probe(struct stage *stage, const struct udp_socket *sender,
                         const struct clocks_case *its, uint32_t sequence,
                         struct clocks_times *times)
{
    int leg = clocks_send(stage, sender, its, sequence, times);
    uint8_t bytes[STAMP_BYTES];
    struct stamp_reply reply;
    struct stage_received got =
        stage_receive_within(stage, sender, bytes, sizeof bytes, reply_timeout_ns);

    if (got.size_bytes < 0 || !stamp_parse_reply(bytes, (size_t)got.size_bytes, &reply))
        return false;
    times->t1_ns = stamp_wall_ns(reply.request.sent);
    times->t2_ns = stamp_wall_ns(reply.received);
    times->t3_ns = stamp_wall_ns(reply.sent);
    times->t4_ns = got.wall_ns - its->ahead_ns;
    clocks_draw(stage, leg, its, times, stage_keep_received(stage, sender, &got, bytes));
    return true;
}

/* ---- all of them */

/* Probes a few times, and keeps the one with the least round-trip time: it waited least for this
 * machine (RFC 5905 section 10 chooses the same). Returns how many were answered. */
static int clocks_measure(struct stage *stage, const struct clocks_case *its, uint32_t sequence,
                          struct clocks_times *best)
{
    const struct stage_service service = {.impair = its->impair, .ack = "stamp"};
    struct clocks_times times;
    const struct udp_socket *sender;
    int answered = 0;

    stage_serve_as(stage, &service);
    sender = stage_client(stage, &stage->server, true, NULL);
    stage_happens(stage, true, "%s", stage_text(stage, its->title));
    for (uint32_t i = 0; i < PROBES && stage_going(stage); i++) {
        if (!clocks_probe(stage, sender, its, sequence + i, &times))
            break;
        if (answered++ == 0 || clocks_rtt_ns(&times) < clocks_rtt_ns(best))
            *best = times;
    }
    return answered;
}

void step_clocks(struct stage *stage)
{
    struct clocks_times best[COUNT_OF(cases)] = {{.t1_ns = 0}};
    int32_t ahead[COUNT_OF(cases)], there[COUNT_OF(cases)], back[COUNT_OF(cases)],
        rtt[COUNT_OF(cases)], offset[COUNT_OF(cases)];
    int answered = 0;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct clocks_times *times = &best[i];
        answered += clocks_measure(stage, &cases[i], (uint32_t)i * PROBES + 1, times);
        ahead[i] = samples_ms(cases[i].ahead_ns);
        there[i] = samples_ms(times->t2_ns - times->t1_ns);
        back[i] = samples_ms(times->t4_ns - times->t3_ns);
        rtt[i] = samples_ms(clocks_rtt_ns(times));
        offset[i] = samples_ms(((times->t2_ns - times->t1_ns) + (times->t3_ns - times->t4_ns)) / 2);
    }
    stage_count(stage, "replies", answered);
    stage_numbers(stage, "ahead_ms", ahead, COUNT_OF(cases));
    stage_numbers(stage, "there_ms", there, COUNT_OF(cases));
    stage_numbers(stage, "back_ms", back, COUNT_OF(cases));
    stage_numbers(stage, "rtt_ms", rtt, COUNT_OF(cases));
    stage_numbers(stage, "offset_ms", offset, COUNT_OF(cases));
}
