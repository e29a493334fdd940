/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_views: what a prober or a load generator may report, and what keys choose, on the screens of
 * ping and load. Input: steps of a byte each and what they need. Nothing raw is drawn, and no number
 * is too large for its place.
 */
#include <string.h>

#include "frame.h"
#include "fuzz.h"
#include "udptui/ui/load/view.h"
#include "udptui/ui/ping/view.h"

const char *const fuzz_words[] = {
    "e\x01\x08", "f\x20\xff", "s\x50\x18", "p", "l", "g", "n", "h", NULL,
};

enum { TARGETS = 3, ROWS_MAX = 60, COLUMNS_MAX = 200, STEPS_MAX = 80 };

struct views {
    const uint8_t *at, *end;
    struct ping_view ping;
    struct load_view load;
    struct frame *frame;
    int rows, columns;
};

static uint8_t views_byte(struct views *views)
{
    return views->at < views->end ? *views->at++ : 0;
}

/* Of any magnitude: a byte, times a power of two. */
static int64_t views_number(struct views *views)
{
    int64_t value = views_byte(views);

    return value << (views_byte(views) % 48);
}

/* A time, or none. */
static int64_t views_time(struct views *views)
{
    return views_number(views) - 1;
}

static void views_take_event(struct views *views)
{
    struct prober_record record = {.kind = PROBER_EVENT,
                                   .target = views_byte(views) % (uint32_t)views->ping.count};
    struct probe_event *event = &record.event;

    event->kind = (enum probe_event_kind)(views_byte(views) % (PROBE_STRAY + 1));
    event->number = (uint64_t)views_number(views);
    event->reply.outcome = (enum series_outcome)(views_byte(views) % (SERIES_UNKNOWN + 1));
    event->reply.rtt_ns = views_time(views);
    event->rtt_app_ns = views_time(views);
    event->server_ns = views_time(views);
    event->one_way = views_byte(views) % 2 != 0;
    event->there_ns = views_number(views);
    event->back_ns = -views_number(views);
    snprintf(event->why, sizeof event->why, "connection refused");
    ping_view_take(&views->ping, &record);
}

static struct probe_times views_times(struct views *views)
{
    return (struct probe_times){.count = (uint64_t)views_number(views),
                                .min_ns = views_time(views),
                                .mean_ns = views_time(views),
                                .p50_ns = views_time(views),
                                .p90_ns = views_time(views),
                                .p99_ns = views_time(views),
                                .p999_ns = views_time(views),
                                .max_ns = views_time(views),
                                .stddev_ns = views_time(views),
                                .jitter_ns = views_time(views)};
}

static void views_take_figures(struct views *views)
{
    struct prober_record record = {.kind = PROBER_FIGURES,
                                   .target = views_byte(views) % (uint32_t)views->ping.count};
    struct probe_figures *figures = &record.figures;

    *figures = (struct probe_figures){
        .counts = {.sent = (uint64_t)views_number(views),
                   .received = (uint64_t)views_number(views),
                   .lost = (uint64_t)views_number(views),
                   .late = (uint64_t)views_number(views)},
        .ways = {.known = views_byte(views) % 2 != 0, .there = (uint64_t)views_number(views)},
        .failed = (uint64_t)views_number(views),
        .elapsed_ns = views_number(views)};
    for (int kind = 0; kind < PROBE_TIMES; kind++)
        figures->times[kind] = views_times(views);
    figures->rolling.covers_ns = views_number(views);
    figures->rolling.rtt = views_times(views);
    ping_view_take(&views->ping, &record);
}

static void views_take_snapshot(struct views *views)
{
    struct load_snapshot snapshot = {.elapsed_ns = views_number(views),
                                     .sent = (uint64_t)views_number(views),
                                     .acked = (uint64_t)views_number(views),
                                     .lost = (uint64_t)views_number(views),
                                     .late = (uint64_t)views_number(views),
                                     .size_bytes = views_byte(views),
                                     .times_certain = views_byte(views) % 2 != 0,
                                     .acks_per_s = (double)views_number(views),
                                     .rtt = {.count = (uint64_t)views_number(views),
                                             .min_ns = views_time(views),
                                             .p50_ns = views_time(views),
                                             .p99_ns = views_time(views),
                                             .max_ns = views_time(views)},
                                     .end =
                                         (enum load_end)(views_byte(views) % (LOAD_REFUSED + 1))};

    snapshot.rtt_app = snapshot.rtt;
    load_view_add(&views->load, &snapshot);
}

static void views_take_step(struct views *views)
{
    switch (views_byte(views)) {
    case 'e':
        views_take_event(views);
        break;
    case 'f':
        views_take_figures(views);
        break;
    case 's':
        views->rows = views_byte(views) % (ROWS_MAX + 1);
        views->columns = views_byte(views) % (COLUMNS_MAX + 1);
        break;
    case 'p':
        views->ping.pane =
            views->ping.pane == PING_VIEW_CHART ? PING_VIEW_HISTOGRAM : PING_VIEW_CHART;
        break;
    case 'g':
        views->ping.logarithmic = !views->ping.logarithmic;
        break;
    case 'n':
        views->ping.selected = (views->ping.selected + 1) % views->ping.count;
        break;
    case 'h':
        views->ping.charset = views->load.charset =
            views->ping.charset == TEXT_UTF8 ? TEXT_ASCII : TEXT_UTF8;
        break;
    default:
        views_take_snapshot(views);
        break;
    }
}

static void views_draw(struct views *views)
{
    fuzz_require(frame_resize(views->frame, views->rows, views->columns), "there is memory");
    ping_view_draw(&views->ping, views->frame);
    fuzz_require_frame(views->frame);
    fuzz_require(frame_resize(views->frame, views->rows, views->columns), "there is memory");
    load_view_draw(&views->load, views->frame);
    fuzz_require_frame(views->frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct views *views = fuzz_allocate(sizeof *views);

    *views = (struct views){.at = bytes, .end = bytes + size, .rows = 24, .columns = 80};
    views->frame = frame_open();
    fuzz_require(views->frame != NULL, "there is memory");
    ping_view_begin(&views->ping, 1 + views_byte(views) % TARGETS);
    for (size_t i = 0; i < views->ping.count; i++)
        snprintf(views->ping.targets[i].name, PING_VIEW_NAME_SIZE, "127.0.0.1:4010");
    views->ping.interval_ns = 1 + views_number(views);
    views->load.duration_ns = views_number(views);
    snprintf(views->load.title, LOAD_VIEW_TITLE_SIZE, "127.0.0.1:4010");
    for (int i = 0; i < STEPS_MAX && views->at < views->end; i++) {
        views_take_step(views);
        views_draw(views);
    }
    frame_close(views->frame);
    free(views);
    return 0;
}
