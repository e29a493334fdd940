/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * step_window: the same messages with windows of 1, 2, 4, 8 and 16 in flight, over a path with a
 * delay and a bottleneck. A reply comes 20 ms after its message, and the link carries a message
 * every 5 ms: four fill the path.
 */
#include "samples_internal.h"
#include "steps_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/lesson/stage.h"

enum { MESSAGES = 24, LINK_MS = 5, REPLY_SIZE = 16 };

static const char path[] = "in.delay=20ms,in.rate=200/s";
static const int64_t reply_timeout_ns = 2 * UNITS_NS_PER_S;

/* drawn: how many of the messages are in the ladder. */
static const struct window_plan {
    int window, drawn;
} plans[] = {{1, 3}, {2, 0}, {4, 6}, {8, 0}, {16, 0}};

struct window_run {
    const struct window_plan *plan;
    uint64_t first; /* number of its first message */
    int32_t sent, replies;
    int64_t last_reply_ns;
    int64_t rtts_ns[MESSAGES];
};

static void window_send(struct stage *stage, const struct udp_socket *client,
                        struct window_run *run)
{
    uint64_t number = stage_ask_number(stage, client, run->sent + 1);

    if (run->sent++ == 0)
        run->first = number;
}

/* Replies come in the order of the requests: nothing on this path overtakes. False: none came. */
static bool window_receive(struct stage *stage, const struct udp_socket *client,
                           struct window_run *run)
{
    char text[REPLY_SIZE];
    struct stage_received got =
        stage_receive_reply(stage, client, text, sizeof text, reply_timeout_ns);

    if (got.size_bytes < 0)
        return false;
    run->last_reply_ns = got.wall_ns;
    run->rtts_ns[run->replies] =
        got.wall_ns - stage_message(stage, run->first + (uint64_t)run->replies)->sent_ns;
    run->replies++;
    return true;
}

/* Keeps as many messages in flight as the window allows until all have their replies. */
static void window_play(struct stage *stage, const struct udp_socket *client,
                        struct window_run *run)
{
    stage_happens(stage, true, "%d messages, %d in flight", MESSAGES, run->plan->window);
    do {
        while (run->sent < MESSAGES && run->sent - run->replies < run->plan->window)
            window_send(stage, client, run);
    } while (window_receive(stage, client, run) && run->replies < MESSAGES && stage_going(stage));
    stage_leave_out(stage, run->first + (uint64_t)run->plan->drawn, MESSAGES - run->plan->drawn);
}

/* ---- its figures */

/* From the first send to the last reply; 0: there was none. */
static int64_t window_time_ns(const struct stage *stage, const struct window_run *run)
{
    return run->replies > 0 ? run->last_reply_ns - stage_message(stage, run->first)->sent_ns : 0;
}

/* For how much of that time, in percent, the link was busy. */
static int32_t window_busy_percent(const struct stage *stage, const struct window_run *run)
{
    int64_t busy_ns = (int64_t)run->replies * LINK_MS * UNITS_NS_PER_MS;

    return run->replies > 0 ? (int32_t)(100 * busy_ns / window_time_ns(stage, run)) : 0;
}

void step_window(struct stage *stage)
{
    struct window_run runs[COUNT_OF(plans)] = {{.plan = NULL}};
    int32_t windows[COUNT_OF(plans)], times_ms[COUNT_OF(plans)], busy[COUNT_OF(plans)],
        rtts_ms[COUNT_OF(plans)];
    const struct udp_socket *client;
    int32_t replies = 0, left_out = 0; /* of the ladder: requests and replies */

    stage_serve(stage, path);
    client = stage_client(stage, &stage->server, true, NULL);
    for (size_t i = 0; i < COUNT_OF(plans); i++) {
        runs[i].plan = &plans[i];
        if (stage_going(stage))
            window_play(stage, client, &runs[i]);
        windows[i] = plans[i].window;
        times_ms[i] = samples_ms(window_time_ns(stage, &runs[i]));
        busy[i] = window_busy_percent(stage, &runs[i]);
        rtts_ms[i] = samples_ms(samples_median_ns(runs[i].rtts_ns, (size_t)runs[i].replies));
        replies += runs[i].replies;
        left_out += 2 * (MESSAGES - plans[i].drawn);
    }
    stage_settle(stage);
    stage_count(stage, "messages", MESSAGES);
    stage_count(stage, "not_drawn", left_out);
    stage_count(stage, "replies", replies);
    stage_numbers(stage, "windows", windows, COUNT_OF(plans));
    stage_numbers(stage, "time_ms", times_ms, COUNT_OF(plans));
    stage_numbers(stage, "busy_percent", busy, COUNT_OF(plans));
    stage_numbers(stage, "rtt_ms", rtts_ms, COUNT_OF(plans));
}
