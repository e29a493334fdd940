/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view: ping's screen as text, at several sizes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../suite.h"
#include "udptui/ui/ping/view.h"

static const int64_t us = 1000;

static struct ping_view *open_view(size_t targets)
{
    struct ping_view *view = malloc(sizeof *view);

    assert_non_null(view);
    ping_view_begin(view, targets);
    view->charset = TEXT_ASCII;
    view->size_bytes = 44;
    view->interval_ns = 1000 * 1000 * us;
    for (size_t i = 0; i < targets; i++)
        snprintf(view->targets[i].name, sizeof view->targets[i].name, "192.0.2.%zu:862", i + 1);
    return view;
}

static void take_reply(struct ping_view *view, uint32_t target, uint64_t number, int64_t rtt_ns)
{
    const struct prober_record record = {
        .kind = PROBER_EVENT,
        .target = target,
        .event = {.kind = PROBE_REPLY,
                  .number = number,
                  .reply = {.outcome = SERIES_RECEIVED, .number = number, .rtt_ns = rtt_ns}}};

    ping_view_take(view, &record);
}

static void take_loss(struct ping_view *view, uint64_t number)
{
    const struct prober_record record = {.kind = PROBER_EVENT,
                                         .event = {.kind = PROBE_LOST, .number = number}};

    ping_view_take(view, &record);
}

static void take_figures(struct ping_view *view, uint32_t target,
                         const struct probe_figures *figures)
{
    const struct prober_record record = {
        .kind = PROBER_FIGURES, .target = target, .figures = *figures};

    ping_view_take(view, &record);
}

/* The frame as text; valid until the next call. */
static const char *drawn(const struct ping_view *view, int rows, int columns)
{
    static char text[65536];
    struct frame *frame = frame_open();

    assert_true(frame_resize(frame, rows, columns));
    ping_view_draw(view, frame);
    frame_to_text(frame, text, sizeof text);
    frame_close(frame);
    return text;
}

static void assert_shows(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("no \"%s\" in\n%s", part, text);
}

static const struct probe_figures some_figures = {
    .counts = {.sent = 10, .received = 7, .late = 1, .lost = 2, .longest_run = 2},
    .ways = {.known = true, .there = 1, .back = 1},
    .mode = PROBE_STAMP,
    .elapsed_ns = INT64_C(10000000000),
    .times = {[PROBE_RTT] = {.count = 8,
                             .min_ns = 20000,
                             .mean_ns = 25000,
                             .p50_ns = 24000,
                             .p90_ns = 30000,
                             .p99_ns = 40000,
                             .p999_ns = 41000,
                             .max_ns = 41000,
                             .stddev_ns = 5000,
                             .jitter_ns = 3000},
              [PROBE_SERVER] = {.count = 8,
                                .min_ns = 5000,
                                .mean_ns = 6000,
                                .p50_ns = 6000,
                                .p90_ns = 7000,
                                .p99_ns = 8000,
                                .p999_ns = 8000,
                                .max_ns = 8000,
                                .stddev_ns = 1000,
                                .jitter_ns = 1000}}};

static void one_target(void **state)
{
    struct ping_view *view = open_view(1);

    (void)state;
    take_figures(view, 0, &some_figures);
    for (uint64_t i = 0; i < 8; i++)
        take_reply(view, 0, i, (20 + (int64_t)i * 3) * us);
    take_loss(view, 8);
    const char *text = drawn(view, 24, 80);
    assert_shows(text, " udptui ping  192.0.2.1:862  stamp  44 B every 1.00 s  00:00:10\n");
    assert_shows(text,
                 " sent 10  received 7  lost 2 (20.00%)  late 1  duplicates 0  reordered 0\n");
    assert_shows(text, " longest run of loss 2  lost there 1  back 1  not known 0\n");
    assert_shows(text, "p50 24 us");
    assert_shows(text, "p99 40 us");
    assert_shows(text, "x\n"); /* the newest one, at the right edge */
    assert_shows(text,
                 " rtt        min 20 us  p50 24 us  p90 30 us  p99 40 us  max 41 us  mean 25 us");
    assert_shows(text, " server     min 5.00 us");
    free(view);
}

static void no_room_for_the_screen(void **state)
{
    struct ping_view *view = open_view(1);
    struct frame *frame = frame_open();
    char text[4096];

    (void)state;
    assert_true(frame_resize(frame, 8, 30));
    ping_view_draw_small(view, frame);
    frame_to_text(frame, text, sizeof text);
    assert_null(strstr(text, "p50")); /* not known yet */
    assert_true(frame_resize(frame, 8, 30));
    take_figures(view, 0, &some_figures);
    ping_view_draw_small(view, frame);
    frame_to_text(frame, text, sizeof text);
    assert_shows(text, "Too small (30x8): at least\n40x10; probes continue\n");
    assert_shows(text, "received 7 lost 2\np50 24 us\n192.0.2.1:862\n");
    frame_close(frame);
    free(view);
}

/* Rows of what is known, as many as fit; the last minute only if the run is longer. */
static void rows_of_figures(void **state)
{
    struct ping_view *view = open_view(1);
    struct probe_figures figures = some_figures;

    (void)state;
    figures.times[PROBE_IPDV] = figures.times[PROBE_RTT];
    figures.times[PROBE_IPDV].jitter_ns = -1;
    figures.times[PROBE_IPDV_BACK] = figures.times[PROBE_IPDV];
    figures.rolling = (struct probe_rolling){.covers_ns = 9 * 1000 * 1000 * us,
                                             .received = 3,
                                             .lost = 1,
                                             .rtt = figures.times[PROBE_RTT]};
    take_figures(view, 0, &figures);
    const char *text = drawn(view, 24, 80);
    assert_shows(text, "\n rtt        min 20 us");
    assert_shows(text, "\n ipdv       min 20 us  p50 24 us  p90 30 us  p99 40 us  max 41 us  mean");
    assert_null(strstr(text, "last min"));
    assert_null(strstr(text, "program")); /* no times */
    assert_shows(text, "\n server ");
    figures.elapsed_ns = INT64_C(60000000000);
    take_figures(view, 0, &figures);
    text = drawn(view, 24, 80);
    assert_shows(text, "\n last min   loss 25.00%  min 20 us  p50 24 us");
    assert_null(strstr(text, "ipdv back"));
    assert_shows(drawn(view, 30, 80), "\n ipdv back  min 20 us");
    text = drawn(view, 12, 80);
    assert_shows(text, "\n ipdv ");
    assert_null(strstr(text, "behind"));
    free(view);
}

static void nothing_yet(void **state)
{
    struct ping_view *view = open_view(1);

    (void)state;
    const char *text = drawn(view, 24, 80);
    assert_shows(text, " sent 0  received 0  lost 0 (0.00%)");
    assert_shows(text, " rtt        min -  p50 -");
    assert_null(strstr(text, "p50 0"));
    free(view);
}

static void histogram(void **state)
{
    struct ping_view *view = open_view(1);

    (void)state;
    for (uint64_t i = 0; i < 6; i++)
        take_reply(view, 0, i, 30 * us);
    take_reply(view, 0, 6, 300 * us);
    take_reply(view, 0, 7, INT64_C(2000000000000));
    view->pane = PING_VIEW_HISTOGRAM;
    const char *text = drawn(view, 40, 80);
    assert_shows(text, "< 50 us ############################################ ");
    assert_shows(text, "6  75.00%");
    assert_shows(text, "< 500 us ########  ");
    assert_shows(text, "longer ########  ");
    free(view);
}

static void several_targets(void **state)
{
    struct ping_view *view = open_view(3);

    (void)state;
    take_figures(view, 1, &some_figures);
    take_reply(view, 1, 0, 23 * us);
    view->selected = 1;
    const char *text = drawn(view, 24, 80);
    assert_shows(
        text, " target                       sent     loss   latest      p50      p99      max\n");
    assert_shows(
        text, " 192.0.2.1:862                   0    0.00%        -        -        -        -\n");
    assert_shows(
        text, " 192.0.2.2:862                  10   20.00%    23 us    24 us    40 us    41 us\n");
    assert_shows(text, " udptui ping  192.0.2.2:862");
    free(view);
}

/* A reply that overtakes, one that is late, and one to an unknown probe. */
static void probes_in_any_order(void **state)
{
    struct ping_view *view = open_view(1);
    const struct ping_view_target *target = &view->targets[0];

    (void)state;
    take_reply(view, 0, 5, 10 * us);
    assert_int_equal(target->points.each[4].kind, CHART_NOTHING);
    take_loss(view, 4);
    assert_int_equal(target->points.each[4].kind, CHART_LOST);
    take_reply(view, 0, 4, 90 * us);
    assert_int_equal(target->points.each[4].kind, CHART_VALUE);
    take_reply(view, 0, 3 * CHART_POINTS_MAX, 10 * us);
    assert_int_equal(target->points.each[4].kind, CHART_NOTHING);
    take_loss(view, 4);
    assert_int_equal(target->points.each[4].kind, CHART_NOTHING);
    assert_int_equal(target->points.end, 3 * CHART_POINTS_MAX + 1);
    free(view);
}

static void an_icmp_error_for_an_answered_probe(void **state)
{
    struct ping_view *view = open_view(1);
    struct prober_record record = {.kind = PROBER_EVENT,
                                   .event = {.kind = PROBE_FAILED, .why = "port unreachable"}};

    (void)state;
    take_reply(view, 0, 0, 10 * us);
    ping_view_take(view, &record);
    assert_int_equal(view->targets[0].points.each[0].kind, CHART_VALUE);
    record.event.number = PROBE_UNKNOWN_NUMBER;
    ping_view_take(view, &record);
    assert_int_equal(view->targets[0].points.end, 1);
    assert_string_equal(view->targets[0].why, "port unreachable");
    free(view);
}

/* The rows end above the figures; the selected one is among those that are shown. */
static void more_targets_than_rows(void **state)
{
    struct ping_view *view = open_view(PROBER_TARGETS_MAX);

    (void)state;
    view->selected = 12;
    const char *text = drawn(view, 12, 80);
    assert_shows(text, " 192.0.2.13:862 ");
    assert_null(strstr(text, " 192.0.2.14:862 "));
    assert_shows(text, "\n rtt        min -");
    free(view);
}

/* Nothing is drawn outside, whatever the size. */
static void any_size(void **state)
{
    struct ping_view *view = open_view(2);

    (void)state;
    take_figures(view, 0, &some_figures);
    for (uint64_t i = 0; i < 100; i++)
        take_reply(view, 0, i, (int64_t)(i + 1) * us);
    for (int rows = 1; rows < 40; rows += 3)
        for (int columns = 1; columns < 120; columns += 7)
            for (int pane = 0; pane < 2; pane++) {
                view->pane = pane ? PING_VIEW_HISTOGRAM : PING_VIEW_CHART;
                drawn(view, rows, columns);
            }
    free(view);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(one_target),
    cmocka_unit_test(no_room_for_the_screen),
    cmocka_unit_test(rows_of_figures),
    cmocka_unit_test(nothing_yet),
    cmocka_unit_test(histogram),
    cmocka_unit_test(several_targets),
    cmocka_unit_test(an_icmp_error_for_an_answered_probe),
    cmocka_unit_test(more_targets_than_rows),
    cmocka_unit_test(probes_in_any_order),
    cmocka_unit_test(any_size),
};

const struct suite suite_ping_view = {
    .name = "ping_view", .tests = tests, .count = sizeof tests / sizeof *tests};
