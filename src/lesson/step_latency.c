/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * step_latency: a hundred round-trip times, three of them long, and what the mean, the percentiles
 * and the jitter make of the same hundred.
 */
#include <stdio.h>
#include <stdlib.h>

#include "samples_internal.h"
#include "steps_internal.h"
#include "udptui/base/rtt.h"
#include "udptui/base/units.h"
#include "udptui/lesson/stage.h"
#include "udptui/sys/clock.h"

enum { MESSAGES = 100, DRAWN = 8, REPLY_SIZE = 16 };

static const struct stage_service service = {.impair = "in.delay=10ms+-2ms",
                                             .ack = "echo",
                                             .rule =
                                                 "(size:1 5)|(size:2 (50|95)) => after 200ms echo"};
static const int64_t apart_ns = 5 * UNITS_NS_PER_MS;
static const int64_t rest_timeout_ns = 2 * UNITS_NS_PER_S;
static const int64_t slow_ns = 100 * UNITS_NS_PER_MS;

struct latency {
    int32_t sent, replies;
    int64_t rtts_ns[MESSAGES]; /* in the order in which the replies came, as jitter wants them */
};

/* The message with this number in its text is the one with this number. */
static void latency_note(struct stage *stage, struct latency *latency,
                         const struct stage_received *got, const char *text)
{
    int number = atoi(text);

    if (number < 1 || number > latency->sent || latency->replies == MESSAGES)
        return;
    latency->rtts_ns[latency->replies++] =
        got->wall_ns - stage_message(stage, (uint64_t)number)->sent_ns;
}

/* Takes replies until then. False: none came within that time. */
static bool latency_receive(struct stage *stage, const struct udp_socket *client,
                            struct latency *latency, int64_t timeout_ns)
{
    char text[REPLY_SIZE] = {0};
    struct stage_received got =
        stage_receive_reply(stage, client, text, sizeof text - 1, timeout_ns);

    if (got.size_bytes < 0)
        return false;
    latency_note(stage, latency, &got, text);
    return true;
}

static void latency_send(struct stage *stage, const struct udp_socket *client,
                         struct latency *latency)
{
    char text[REPLY_SIZE];

    snprintf(text, sizeof text, "%d", (int)latency->sent + 1);
    stage_ask(stage, client, text);
    latency->sent++;
}

static void latency_play(struct stage *stage, const struct udp_socket *client,
                         struct latency *latency)
{
    int64_t due_ns = clock_monotonic_ns();

    while (latency->sent < MESSAGES && stage_going(stage)) {
        latency_send(stage, client, latency);
        due_ns += apart_ns;
        for (int64_t now_ns = clock_monotonic_ns(); now_ns < due_ns; now_ns = clock_monotonic_ns())
            if (!latency_receive(stage, client, latency, due_ns - now_ns))
                break;
    }
    while (latency->replies < latency->sent &&
           latency_receive(stage, client, latency, rest_timeout_ns))
        continue;
}

/* ---- its figures */

static void latency_report(struct stage *stage, const struct latency *latency,
                           const struct rtt *rtt)
{
    const int64_t *times_ns = latency->rtts_ns;
    size_t count = (size_t)latency->replies;
    int64_t mean_ns = rtt_mean(rtt);

    stage_count(stage, "sent", latency->sent);
    stage_count(stage, "replies", latency->replies);
    stage_count(stage, "min_ms", samples_ms(rtt_min(rtt)));
    stage_count(stage, "median_ms", samples_ms(rtt_percentile(rtt, 50)));
    stage_count(stage, "mean_ms", samples_ms(mean_ns));
    stage_count(stage, "p95_ms", samples_ms(rtt_percentile(rtt, 95)));
    stage_count(stage, "p99_ms", samples_ms(rtt_percentile(rtt, 99)));
    stage_count(stage, "max_ms", samples_ms(rtt_max(rtt)));
    stage_count(stage, "jitter_ms", samples_ms(rtt_jitter(rtt)));
    stage_count(stage, "below_mean", samples_below(times_ns, count, mean_ns));
    stage_count(stage, "near_mean",
                samples_below(times_ns, count, mean_ns * 5 / 4) -
                    samples_below(times_ns, count, mean_ns * 3 / 4));
    stage_count(stage, "not_drawn", 2 * (MESSAGES - DRAWN));
    stage_count(stage, "slow", latency->replies - samples_below(times_ns, count, slow_ns));
}

void step_latency(struct stage *stage)
{
    struct latency latency = {.sent = 0};
    struct rtt *rtt = rtt_open();
    const struct udp_socket *client;

    if (rtt == NULL)
        stage_fail(stage, "lesson: not enough memory");
    stage_serve_as(stage, &service);
    client = stage_client(stage, &stage->server, true, NULL);
    latency_play(stage, client, &latency);
    stage_settle(stage);
    for (int32_t i = 0; rtt != NULL && i < latency.replies; i++)
        rtt_add(rtt, latency.rtts_ns[i]);
    stage_leave_out(stage, DRAWN + 1, MESSAGES - DRAWN);
    if (rtt != NULL)
        latency_report(stage, &latency, rtt);
    rtt_close(rtt);
}
