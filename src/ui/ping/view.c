/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view: title, counts or targets, chart or histogram, figures. */
#include "udptui/ui/ping/view.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/base/wrap.h"
#include "udptui/output/ping.h"
#include "udptui/ui/small.h"

enum { LINE_SIZE = 256, FOOTER_ROWS = 1, FIGURE_COLUMN = 12, COLUMN_WIDTH = 9, NAME_MIN = 22 };

/* ---- what came */

void ping_view_begin(struct ping_view *view, size_t count)
{
    const struct probe_times none = {.min_ns = -1,
                                     .mean_ns = -1,
                                     .p50_ns = -1,
                                     .p90_ns = -1,
                                     .p99_ns = -1,
                                     .p999_ns = -1,
                                     .max_ns = -1,
                                     .stddev_ns = -1,
                                     .jitter_ns = -1};

    *view = (struct ping_view){.count = count};
    for (size_t i = 0; i < count; i++) {
        view->targets[i].latest.reply.rtt_ns = -1;
        for (size_t kind = 0; kind < PROBE_TIMES; kind++)
            view->targets[i].figures.times[kind] = none;
        view->targets[i].figures.rolling.rtt = none;
    }
}

/* The steps are 1, 2, 5, 10, ... us; a bucket has what is below its bound and not below the one
 * before. */
static int64_t bucket_bound_ns(size_t bucket)
{
    static const int64_t steps[] = {1, 2, 5};
    int64_t bound_ns = UNITS_NS_PER_US;

    for (size_t i = 0; i < bucket / 3; i++)
        bound_ns *= 10;
    return bound_ns * steps[bucket % 3];
}

static size_t bucket_of_time(int64_t rtt_ns)
{
    size_t bucket = 0;

    while (bucket < PING_VIEW_BUCKETS - 1 && rtt_ns >= bucket_bound_ns(bucket))
        bucket++;
    return bucket;
}

static void view_take_reply(struct ping_view_target *target, const struct probe_event *event)
{
    int64_t rtt_ns = event->reply.rtt_ns;

    if (event->reply.outcome == SERIES_DUPLICATE || event->reply.outcome == SERIES_UNKNOWN)
        return;
    target->latest = *event;
    if (rtt_ns < 0)
        return;
    target->buckets[bucket_of_time(rtt_ns)]++;
    chart_points_put(&target->points, event->number,
                     (struct chart_point){.value = rtt_ns > 0 ? rtt_ns : 1, .kind = CHART_VALUE});
}

/* An ICMP error for a probe that was answered is no loss. */
static void put_loss(struct ping_view_target *target, uint64_t number)
{
    const struct chart_points *points = &target->points;
    bool known = number < points->end && points->end - number <= CHART_POINTS_MAX;

    if (number == PROBE_UNKNOWN_NUMBER ||
        (known && points->each[number % CHART_POINTS_MAX].kind == CHART_VALUE))
        return;
    chart_points_put(&target->points, number, (struct chart_point){.kind = CHART_LOST});
}

static void take_event(struct ping_view_target *target, const struct probe_event *event)
{
    switch (event->kind) {
    case PROBE_REPLY:
        view_take_reply(target, event);
        break;
    case PROBE_FAILED:
        memcpy(target->why, event->why, sizeof target->why);
        put_loss(target, event->number);
        break;
    case PROBE_LOST:
        put_loss(target, event->number);
        break;
    case PROBE_MODE:
    case PROBE_STRAY:
        break;
    }
}

void ping_view_take(struct ping_view *view, const struct prober_record *record)
{
    struct ping_view_target *target = &view->targets[record->target];

    if (record->kind == PROBER_EVENT)
        take_event(target, &record->event);
    else if (record->kind == PROBER_FIGURES)
        target->figures = record->figures;
}

/* ---- which rows of figures there are */

/* A row of figures; by importance: if there is no room, the last ones are left out. */
static const struct figure_row {
    const char *name;
    enum probe_times_kind kind;
    bool always;
} figure_rows[] = {
    {.name = "rtt", .kind = PROBE_RTT, .always = true},
    {.name = "last min", .kind = PROBE_TIMES},
    {.name = "ipdv", .kind = PROBE_IPDV},
    {.name = "behind", .kind = PROBE_LATENESS, .always = true},
    {.name = "server", .kind = PROBE_SERVER},
    {.name = "program", .kind = PROBE_RTT_APP},
    {.name = "ipdv there", .kind = PROBE_IPDV_THERE},
    {.name = "ipdv back", .kind = PROBE_IPDV_BACK},
};

static bool has_figures(const struct figure_row *row, const struct probe_figures *figures)
{
    if (row->kind == PROBE_TIMES)
        return probe_is_past_rolling(figures);
    return row->always || figures->times[row->kind].count > 0;
}

/* How many rows of figures there are room for. */
static int count_figure_rows(const struct ping_view *view, const struct frame *frame)
{
    const struct probe_figures *figures = &view->targets[view->selected].figures;
    int rows = frame_rows(frame), room = rows < 14 ? 3 : rows < 30 ? 5 : COUNT_OF(figure_rows);
    int known = 0;

    for (size_t i = 0; i < COUNT_OF(figure_rows); i++)
        known += has_figures(&figure_rows[i], figures);
    return known < room ? known : room;
}

/* ---- title and counts */

static const char *duration_or_dash(int64_t ns, char *out)
{
    if (ns < 0)
        return "-";
    return units_duration(ns, out, UNITS_TEXT_SIZE);
}

static void put_title(const struct ping_view *view, struct frame *frame)
{
    const struct ping_view_target *target = &view->targets[view->selected];
    char interval[UNITS_TEXT_SIZE], uptime[UNITS_TEXT_SIZE], text[LINE_SIZE];
    int columns = frame_columns(frame);
    int column = frame_put(frame, 0, 1, columns, STYLE_TITLE, "udptui ping");

    column = frame_put(frame, 0, column + 2, columns, STYLE_TITLE, target->name);
    if (view->metered != NULL && view->metered[0] != '\0') /* first: there is not room for all */
        column = frame_put(frame, 0, column + 2, columns, STYLE_WARNING, view->metered);
    snprintf(text, sizeof text, "%s  %zu B every %s  %s", ping_mode_words[target->figures.mode],
             view->size_bytes, units_duration(view->interval_ns, interval, sizeof interval),
             units_uptime(target->figures.elapsed_ns, uptime, sizeof uptime));
    column = frame_put_items(frame, 0, column + 2, columns, STYLE_NORMAL, text);
    if (view->published != NULL)
        frame_put_items(frame, 0, column + 2, columns,
                        view->published_bad ? STYLE_WARNING : STYLE_DIM, view->published);
}

static void put_counts(const struct ping_view_target *target, struct frame *frame)
{
    const struct series_counts *counts = &target->figures.counts;
    char text[LINE_SIZE];
    int columns = frame_columns(frame);
    int column = 1;

    snprintf(text, sizeof text, "sent %" PRIu64 "  received %" PRIu64, counts->sent,
             counts->received);
    column = frame_put_items(frame, 1, column, columns, STYLE_VALUE, text);
    snprintf(text, sizeof text, "lost %" PRIu64 " (%.2f%%)", counts->lost,
             series_loss_percent(counts));
    if (column + 2 + (int)strlen(text) > columns)
        snprintf(text, sizeof text, "lost %" PRIu64, counts->lost);
    column = frame_put_items(frame, 1, column + 2, columns,
                             counts->lost > 0 ? STYLE_WARNING : STYLE_DIM, text);
    snprintf(text, sizeof text, "late %" PRIu64 "  duplicates %" PRIu64 "  reordered %" PRIu64,
             counts->late, counts->duplicates, counts->reordered);
    frame_put_items(frame, 1, column + 2, columns,
                    counts->late + counts->duplicates + counts->reordered > 0 ? STYLE_WARNING
                                                                              : STYLE_DIM,
                    text);
}

/* Where probes were lost, and why; else rare details. */
static void put_details(const struct ping_view_target *target, struct frame *frame)
{
    const struct series_ways *ways = &target->figures.ways;
    const struct series_counts *counts = &target->figures.counts;
    char text[LINE_SIZE + PROBE_WHY_SIZE];
    int columns = frame_columns(frame);
    int column = 1;

    if (counts->lost > 0) {
        snprintf(text, sizeof text, "longest run of loss %" PRIu64, counts->longest_run);
        column = frame_put_items(frame, 2, column, columns, STYLE_NORMAL, text) + 2;
    }
    if (ways->known && counts->lost > 0) {
        snprintf(text, sizeof text, "lost there %" PRIu64 "  back %" PRIu64 "  not known %" PRIu64,
                 ways->there, ways->back, ways->unplaced);
        column = frame_put_items(frame, 2, column, columns, STYLE_NORMAL, text) + 2;
    }
    if (target->why[0] != '\0')
        frame_put(frame, 2, column, columns, STYLE_FAILED, target->why);
}

/* ---- several targets */

static void put_target_row(const struct ping_view *view, size_t index, struct frame *frame, int row,
                           int name_columns)
{
    const struct ping_view_target *target = &view->targets[index];
    const struct probe_times *times = &target->figures.times[PROBE_RTT];
    char figures[6][UNITS_TEXT_SIZE];
    const char *texts[6];
    int column = name_columns + 1;

    snprintf(figures[0], UNITS_TEXT_SIZE, "%" PRIu64, target->figures.counts.sent);
    snprintf(figures[1], UNITS_TEXT_SIZE, "%.2f%%", series_loss_percent(&target->figures.counts));
    texts[0] = figures[0];
    texts[1] = figures[1];
    texts[2] = duration_or_dash(target->latest.reply.rtt_ns, figures[2]);
    texts[3] = duration_or_dash(times->p50_ns, figures[3]);
    texts[4] = duration_or_dash(times->p99_ns, figures[4]);
    texts[5] = duration_or_dash(times->max_ns, figures[5]);
    frame_put_left(frame, row, 1, name_columns - 1, STYLE_NORMAL, view->charset, target->name);
    for (size_t i = 0; i < 6; i++, column += COLUMN_WIDTH)
        frame_put_right(frame, row, column, COLUMN_WIDTH - 1,
                        i == 1 && target->figures.counts.lost > 0 ? STYLE_WARNING : STYLE_VALUE,
                        view->charset, texts[i]);
    if (index == view->selected)
        frame_mark(frame, row, 0, frame_columns(frame), MARK_SELECTED);
}

/* As many as fit above the figures, the selected one among them. */
static int put_targets(const struct ping_view *view, struct frame *frame)
{
    static const char *const heads[] = {"sent", "loss", "latest", "p50", "p99", "max"};
    int name_columns = frame_columns(frame) - 6 * COLUMN_WIDTH - 1;

    if (name_columns < NAME_MIN)
        name_columns = NAME_MIN;
    frame_put(frame, 1, 1, name_columns, STYLE_COLUMN, "target");
    for (int i = 0; i < 6; i++)
        frame_put_right(frame, 1, name_columns + 1 + i * COLUMN_WIDTH, COLUMN_WIDTH - 1,
                        STYLE_COLUMN, view->charset, heads[i]);
    int room = frame_rows(frame) - FOOTER_ROWS - count_figure_rows(view, frame) - 3;
    size_t shown = room < 1 ? 0 : (size_t)room < view->count ? (size_t)room : view->count;
    size_t first = view->selected < shown ? 0 : view->selected - shown + 1;
    for (size_t i = 0; i < shown; i++)
        put_target_row(view, first + i, frame, 2 + (int)i, name_columns);
    return 2 + (int)shown;
}

/* ---- chart and histogram */

static const char *format_time(int64_t ns, char *out, size_t size_bytes)
{
    return ns <= 0 ? "0" : units_duration(ns, out, size_bytes);
}

static void put_chart(const struct ping_view *view, struct frame *frame, int row, int rows)
{
    const struct ping_view_target *target = &view->targets[view->selected];
    const struct probe_times *times = &target->figures.times[PROBE_RTT];
    struct chart chart = {.point = chart_points_at,
                          .context = &target->points,
                          .format = format_time,
                          .logarithmic = view->logarithmic,
                          .charset = view->charset};

    if (times->count > 0) {
        chart.lines[0] = (struct chart_line){.name = "p50 ", .value = times->p50_ns};
        chart.lines[1] = (struct chart_line){.name = "p99 ", .value = times->p99_ns};
    }
    chart_draw(&chart, frame, row, 0, rows, frame_columns(frame) - 1);
}

static void put_bucket(const struct ping_view *view, size_t bucket, uint64_t most, uint64_t all,
                       struct frame *frame, int row)
{
    uint64_t count = view->targets[view->selected].buckets[bucket];
    char bound[UNITS_TEXT_SIZE], text[LINE_SIZE];
    int width = frame_columns(frame) - 34;
    int filled = most == 0 || width < 1 ? 0 : (int)((double)count / (double)most * width + 0.5);

    if (filled == 0 && count > 0)
        filled = 1;
    snprintf(text, sizeof text, "< %s", duration_or_dash(bucket_bound_ns(bucket), bound));
    if (bucket == PING_VIEW_BUCKETS - 1)
        snprintf(text, sizeof text, "longer");
    frame_put_right(frame, row, 0, CHART_LABEL_COLUMNS - 1, STYLE_DIM, view->charset, text);
    for (int i = 0; i < filled; i++)
        frame_put(frame, row, CHART_LABEL_COLUMNS + i, CHART_LABEL_COLUMNS + width, STYLE_SPARK,
                  view->charset == TEXT_ASCII ? "#" : "\xe2\x96\x88");
    snprintf(text, sizeof text, "%" PRIu64 "  %.2f%%", count,
             all == 0 ? 0 : 100 * (double)count / (double)all);
    frame_put_right(frame, row, frame_columns(frame) - 23, 22, STYLE_VALUE, view->charset, text);
}

/* The buckets from the first to the last that has something, as many as there is room for. */
static void put_histogram(const struct ping_view *view, struct frame *frame, int row, int rows)
{
    const uint64_t *buckets = view->targets[view->selected].buckets;
    size_t first = PING_VIEW_BUCKETS, last = 0;
    uint64_t most = 0, all = 0;

    for (size_t i = 0; i < PING_VIEW_BUCKETS; i++) {
        all += buckets[i];
        if (buckets[i] > most)
            most = buckets[i];
        if (buckets[i] > 0 && first == PING_VIEW_BUCKETS)
            first = i;
        if (buckets[i] > 0)
            last = i;
    }
    for (size_t i = first; i <= last && (int)(i - first) < rows; i++)
        put_bucket(view, i, most, all, frame, row + (int)(i - first));
}

/* ---- figures */

/* "name value", if it fits; returns the next column, or -1. */
static int put_time(struct frame *frame, int row, int column, const char *name, const char *value)
{
    int columns = frame_columns(frame);

    if (column < 0 || column + (int)(strlen(name) + strlen(value)) + 3 > columns)
        return -1;
    column = frame_put(frame, row, column, columns, STYLE_DIM, name);
    return frame_put(frame, row, column + 1, columns, STYLE_VALUE, value) + 2;
}

static void put_times(const struct ping_view *view, struct frame *frame, int row, int column,
                      const char *name, const struct probe_times *times)
{
    const struct {
        const char *name;
        int64_t value_ns;
    } figures[] = {{"min", times->min_ns},       {"p50", times->p50_ns},
                   {"p90", times->p90_ns},       {"p99", times->p99_ns},
                   {"max", times->max_ns},       {"mean", times->mean_ns},
                   {"jitter", times->jitter_ns}, {"stddev", times->stddev_ns}};
    char text[UNITS_TEXT_SIZE];

    frame_put_left(frame, row, 1, FIGURE_COLUMN - 2, STYLE_PANE, view->charset, name);
    for (size_t i = 0; i < COUNT_OF(figures); i++)
        if (figures[i].value_ns >= 0 || times->count == 0)
            column = put_time(frame, row, column, figures[i].name,
                              duration_or_dash(figures[i].value_ns, text));
}

/* The last minute: how many got no reply in time, and the times. */
static void put_rolling(const struct ping_view *view, struct frame *frame, int row,
                        const char *name, const struct probe_rolling *rolling)
{
    uint64_t settled = rolling->received + rolling->lost;
    char loss[UNITS_TEXT_SIZE];

    snprintf(loss, sizeof loss, "%.2f%%",
             settled == 0 ? 0 : 100 * (double)rolling->lost / (double)settled);
    put_times(view, frame, row, put_time(frame, row, FIGURE_COLUMN, "loss", loss), name,
              &rolling->rtt);
}

static void put_figures(const struct ping_view *view, struct frame *frame, int row)
{
    const struct probe_figures *figures = &view->targets[view->selected].figures;
    int end = frame_rows(frame) - FOOTER_ROWS;

    for (size_t i = 0; i < COUNT_OF(figure_rows) && row < end; i++) {
        if (!has_figures(&figure_rows[i], figures))
            continue;
        if (figure_rows[i].kind == PROBE_TIMES)
            put_rolling(view, frame, row, figure_rows[i].name, &figures->rolling);
        else
            put_times(view, frame, row, FIGURE_COLUMN, figure_rows[i].name,
                      &figures->times[figure_rows[i].kind]);
        row++;
    }
}

static void put_pane_title(const struct ping_view *view, struct frame *frame, int row)
{
    const char *text = "Histogram of the round-trip times";

    if (view->pane == PING_VIEW_CHART)
        text = view->logarithmic ? "Round-trip times of the latest probes, logarithmic"
                                 : "Round-trip times of the latest probes";
    int column = frame_put(frame, row, 1, frame_columns(frame), STYLE_PANE_ACTIVE, text);
    if (view->count > 1) /* with one target it is above */
        frame_put(frame, row, column + 2, frame_columns(frame), STYLE_FAILED,
                  view->targets[view->selected].why);
}

/* Without any reply the pane has room for what may be longer than a line: why. */
static void put_reason(const struct ping_view *view, struct frame *frame, int row, int end)
{
    const struct ping_view_target *target = &view->targets[view->selected];
    const char *text = target->why;
    char line[WRAP_LINE_SIZE];

    if (target->figures.times[PROBE_RTT].count > 0)
        return;
    while (row < end && wrap_next(&text, (size_t)frame_columns(frame) - 2, line))
        frame_put(frame, row++, 1, frame_columns(frame), STYLE_FAILED, line);
}

void ping_view_draw(const struct ping_view *view, struct frame *frame)
{
    int figures_row = frame_rows(frame) - FOOTER_ROWS - count_figure_rows(view, frame);
    int row = 3;

    put_title(view, frame);
    if (view->count > 1) {
        row = put_targets(view, frame);
    } else {
        put_counts(&view->targets[0], frame);
        put_details(&view->targets[0], frame);
    }
    put_pane_title(view, frame, row);
    if (view->pane == PING_VIEW_CHART)
        put_chart(view, frame, row + 1, figures_row - row - 1);
    else
        put_histogram(view, frame, row + 1, figures_row - row - 1);
    put_reason(view, frame, row + 2, figures_row - 1);
    put_figures(view, frame, figures_row);
}

void ping_view_draw_small(const struct ping_view *view, struct frame *frame)
{
    const struct ping_view_target *target = &view->targets[view->selected];
    const struct series_counts *counts = &target->figures.counts;
    int64_t p50_ns = target->figures.times[PROBE_RTT].p50_ns;
    char received[UNITS_TEXT_SIZE], lost[UNITS_TEXT_SIZE], p50[UNITS_TEXT_SIZE], text[LINE_SIZE];
    int row = small_draw(frame, NULL, "; probes continue");

    snprintf(text, sizeof text, "received %s lost %s",
             units_count(counts->received, received, sizeof received),
             units_count(counts->lost, lost, sizeof lost));
    row = small_put(frame, row, STYLE_VALUE, text);
    if (p50_ns >= 0) {
        snprintf(text, sizeof text, "p50 %s", units_duration(p50_ns, p50, sizeof p50));
        row = small_put(frame, row, STYLE_VALUE, text);
    }
    small_put(frame, row, STYLE_TITLE, target->name);
}
