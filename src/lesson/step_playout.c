/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * step_playout: a voice stream of a packet every 20 ms through a network with jitter, and how many
 * packets come too late for play-out delays of several sizes: all from the same times of arrival.
 */
#include <stdio.h>
#include <stdlib.h>

#include "samples_internal.h"
#include "steps_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/rtt.h"
#include "udptui/base/units.h"
#include "udptui/lesson/stage.h"
#include "udptui/sys/clock.h"

enum { PACKETS = 50, DRAWN = 10 };

static const struct stage_service service = {.impair = "in.delay=60ms+-40ms", .ack = "none"};
static const int64_t apart_ns = 20 * UNITS_NS_PER_MS;
static const int32_t delays_ms[] = {40, 60, 80, 120, 160};

/* A packet that arrived. */
struct playout_packet {
    int64_t arrived_ns, transit_ns;
};

struct playout {
    int32_t sent, arrived;
    struct playout_packet packets[PACKETS]; /* in the order in which they were sent */
};

static void playout_send(struct stage *stage, const struct udp_socket *sender,
                         struct playout *playout)
{
    int64_t due_ns = clock_monotonic_ns();

    for (; playout->sent < PACKETS && stage_going(stage); playout->sent++) {
        int64_t now_ns = clock_monotonic_ns();
        if (now_ns < due_ns)
            stage_wait(stage, -1, 0, due_ns - now_ns);
        stage_ask_number(stage, sender, playout->sent + 1);
        due_ns += apart_ns;
    }
}

/* The engine reports when each packet left the simulated network. */
static void playout_collect(struct stage *stage, struct playout *playout)
{
    stage_settle(stage);
    for (int32_t i = 0; i < playout->sent && stage_going(stage); i++) {
        const struct stage_message *message = stage_message(stage, (uint64_t)i + 1);
        const struct leg *leg = &message->event.fate.requests[0];
        int64_t arrived_ns = message->event.wall_ns + leg->arrive_us * UNITS_NS_PER_US;
        int64_t transit_ns = arrived_ns - message->sent_ns;
        if (!message->settled || leg->state != LEG_ARRIVED)
            continue;
        playout->packets[playout->arrived++] =
            (struct playout_packet){.arrived_ns = arrived_ns, .transit_ns = transit_ns};
        stage_note(stage, (uint64_t)i + 1, "%d ms", (int)samples_ms(transit_ns));
    }
}

/* ---- its figures */

/* Packets that are not there when their turn comes, a play-out delay after they were sent. */
static int32_t playout_gaps(const struct playout *playout, int64_t delay_ns)
{
    int64_t transits_ns[PACKETS];
    size_t count = (size_t)playout->arrived;

    for (size_t i = 0; i < count; i++)
        transits_ns[i] = playout->packets[i].transit_ns;
    return playout->arrived - samples_below(transits_ns, count, delay_ns + 1);
}

static int32_t playout_overtaken(const struct playout *playout)
{
    int64_t arrivals_ns[PACKETS];
    size_t count = (size_t)playout->arrived;

    for (size_t i = 0; i < count; i++)
        arrivals_ns[i] = playout->packets[i].arrived_ns;
    return samples_overtaken(arrivals_ns, count);
}

static int compare_arrivals(const void *one, const void *other)
{
    const struct playout_packet *a = one, *b = other;

    return (a->arrived_ns > b->arrived_ns) - (a->arrived_ns < b->arrived_ns);
}

/* Sorts the packets by arrival: the jitter of RFC 3550 is over packets in that order. */
static void playout_report_times(struct stage *stage, struct playout *playout, struct rtt *times)
{
    qsort(playout->packets, (size_t)playout->arrived, sizeof playout->packets[0], compare_arrivals);
    for (int32_t i = 0; i < playout->arrived; i++)
        rtt_add(times, playout->packets[i].transit_ns);
    stage_count(stage, "fastest_ms", samples_ms(rtt_min(times)));
    stage_count(stage, "median_ms", samples_ms(rtt_percentile(times, 50)));
    stage_count(stage, "slowest_ms", samples_ms(rtt_max(times)));
    stage_count(stage, "jitter_ms", samples_ms(rtt_jitter(times)));
}

static void playout_report(struct stage *stage, struct playout *playout)
{
    struct rtt *times = rtt_open();
    int32_t gaps[COUNT_OF(delays_ms)];

    if (times == NULL) {
        stage_fail(stage, "lesson: not enough memory");
        return;
    }
    for (size_t i = 0; i < COUNT_OF(delays_ms); i++)
        gaps[i] = playout_gaps(playout, delays_ms[i] * UNITS_NS_PER_MS);
    stage_count(stage, "sent", playout->sent);
    stage_count(stage, "arrived", playout->arrived);
    stage_count(stage, "overtaken", playout_overtaken(playout));
    playout_report_times(stage, playout, times);
    stage_count(stage, "not_drawn", PACKETS - DRAWN);
    stage_numbers(stage, "delays_ms", delays_ms, COUNT_OF(delays_ms));
    stage_numbers(stage, "gaps", gaps, COUNT_OF(delays_ms));
    rtt_close(times);
}

void step_playout(struct stage *stage)
{
    struct playout playout = {.sent = 0};

    stage_serve_as(stage, &service);
    playout_send(stage, stage_client(stage, &stage->server, true, NULL), &playout);
    playout_collect(stage, &playout);
    stage_leave_out(stage, DRAWN + 1, PACKETS - DRAWN);
    playout_report(stage, &playout);
}
