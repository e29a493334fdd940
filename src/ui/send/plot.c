/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot: see the header. */
#include "plot_internal.h"

#include "udptui/base/units.h"

/* A second reply came: times in this range are no longer certain. */
static void plot_withdraw(struct chart_points *points, uint64_t first, uint64_t last)
{
    for (size_t age = 0; age < CHART_POINTS_MAX && age < points->end; age++) {
        uint64_t number = points->end - 1 - age;
        if (number >= first && number <= last && chart_points_at(points, age).kind == CHART_VALUE)
            chart_points_put(points, number, (struct chart_point){.kind = CHART_NOTHING});
    }
}

void plot_add_result(struct chart_points *points, const struct result *result)
{
    bool replied = result->status == RESULT_ACKED || result->status == RESULT_LATE;
    bool lost =
        !replied && result->status < RESULT_STATUSES && result->status != RESULT_NOT_AWAITED;
    struct chart_point point = {.kind = lost ? CHART_LOST : CHART_NOTHING};

    if (result->status == RESULT_UNCERTAIN)
        plot_withdraw(points, result->seq, result->last_seq);
    if (!replied && !lost)
        return;
    if (replied && result->rtt_ns >= 0 && !result->ambiguous)
        point = (struct chart_point){.value = result->rtt_ns > 0 ? result->rtt_ns : 1,
                                     .kind = CHART_VALUE};
    chart_points_put(points, result->seq, point);
}

static const char *plot_format_time(int64_t ns, char *out, size_t size_bytes)
{
    return ns <= 0 ? "0" : units_duration(ns, out, size_bytes);
}

void plot_draw(const struct chart_points *points, const struct send_totals *totals,
               enum text_charset charset, struct frame *frame)
{
    const char *title = charset == TEXT_ASCII
                            ? "Round-trip times of the latest messages; x: no reply"
                            : "Round-trip times of the latest messages; \xc3\x97: no reply";
    struct chart chart = {.point = chart_points_at,
                          .context = points,
                          .format = plot_format_time,
                          .charset = charset};

    if (totals->rtt_p50_ns >= 0) {
        chart.lines[0] = (struct chart_line){.name = "p50 ", .value = totals->rtt_p50_ns};
        chart.lines[1] = (struct chart_line){.name = "p99 ", .value = totals->rtt_p99_ns};
    }
    frame_put(frame, 0, 1, frame_columns(frame), STYLE_NORMAL, title);
    chart_draw(&chart, frame, 1, 0, frame_rows(frame) - 1, frame_columns(frame) - 1);
}
