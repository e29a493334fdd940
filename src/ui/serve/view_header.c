/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view_header: the program, its addresses and how to join; then the totals.
 *
 * Each row is a list of items, shortened or dropped until it fits: items of a higher rank first.
 */
#include <stdarg.h>
#include <stdio.h>

#include "udptui/base/builder.h"
#include "udptui/base/units.h"
#include "udptui/proto/relayed.h"
#include "view_parts_internal.h"

enum {
    ITEMS_MAX = 16,
    RANK_MAX = 8,
    RANK_SPARK = 6,
    RANK_MAX_WITHOUT_SPARK = RANK_SPARK - 1,
    RANK_LIST = 7,
    SPARK_WIDTH = 8,
    QUEUE_FULL = 90, /* percent */
    GAUGE_FROM = 70, /* columns of the screen: below, the figure alone */
    LISTENING_MIN = 16,
    NARROW = 60,
    RATE_WIDTH = 8,
    BIT_RATE_WIDTH = 11,
    BIT_RATE_FROM = 100, /* columns of the screen */
};

/* How long the queue is shown after something was in it. */
static const int64_t queue_shown_ns = 5 * UNITS_NS_PER_S;

struct item {
    char text[LINE_SIZE];
    enum style style;
    int rank;  /* 0: always stays */
    int spark; /* columns of a sparkline instead of the text */
};

/* Levels of detail, from the least. */
enum length { SHORT_FIGURES, NO_REASONS, SHORT_WORDS, ALL_WORDS };

struct items {
    struct item each[ITEMS_MAX];
    int count;
    enum length length;
};

__attribute__((format(printf, 4, 5))) static struct item *add(struct items *items, enum style style,
                                                              int rank, const char *format, ...)
{
    static const struct item none;
    struct item *item = &items->each[items->count < ITEMS_MAX - 1 ? items->count++ : ITEMS_MAX - 1];
    va_list arguments;

    *item = none;
    item->style = style;
    item->rank = rank;
    va_start(arguments, format);
    vsnprintf(item->text, sizeof item->text, format, arguments);
    va_end(arguments);
    return item;
}

/* ---- fitting */

static int header_width_of(const struct item *item)
{
    return item->spark > 0 ? item->spark : (int)text_columns(item->text);
}

/* Columns of all items up to this rank, two blanks between them. */
static int width_up_to(const struct items *items, int rank)
{
    int width = 0;

    for (int i = 0; i < items->count; i++)
        if (items->each[i].rank <= rank)
            width += header_width_of(&items->each[i]) + 2;
    return width;
}

/* Draws what fits into columns [1, end), whole items only: half a figure would be a wrong one.
 * Returns the column after them. */
static int put_items(const struct view *view, int row, int end, const struct items *items)
{
    int rank = RANK_MAX, column = 1;

    while (rank > 0 && width_up_to(items, rank) - 2 > end - 1)
        rank--;
    for (int i = 0; i < items->count; i++) {
        const struct item *item = &items->each[i];
        if (item->rank > rank)
            continue;
        if (column + header_width_of(item) > end) {
            frame_put(view->frame, row, column, end, STYLE_DIM,
                      view->charset == TEXT_UTF8 ? "\xe2\x80\xa6" : "~");
            break;
        }
        if (item->spark > 0) {
            const struct rates *rates = &view->model->rates;
            int64_t now_ns = view->model->now_ns;
            view_spark(view, row, column, item->spark, rates, now_ns,
                       view_spark_top(rates, now_ns, item->spark));
        } else {
            frame_put(view->frame, row, column, end, item->style, item->text);
        }
        column += header_width_of(item) + 2;
    }
    return column - 2;
}

/* ---- the first row */

static void put_progress(const struct view *view)
{
    char progress[LINE_SIZE];
    enum style style = view_progress(view, progress, sizeof progress);

    frame_put(view->frame, 0, view->columns - 1 - (int)text_columns(progress), view->columns, style,
              progress);
}

/* What the state is about: the address if it is another one than the title shows, or one of several
 * that failed. */
static const char *name_target(const struct model *model, const struct event_icmp *error, char *out,
                               size_t size)
{
    const struct event_target *moved = &model->target.moved;

    if (error != NULL && (model->server_columns > 0 || moved->kind == EVENT_TARGET))
        return endpoint_format_in(&error->target, model->config.zones, out, size);
    if (moved->kind == EVENT_TARGET && model->server_columns == 0)
        return endpoint_format_in(&moved->now, model->config.zones, out, size);
    return "target";
}

/* How the target of a relay is: "target replies, p50 1.2 ms"; "" before anything was sent. */
static enum style format_target(const struct model *model, char *out, size_t size)
{
    const struct event_totals *totals = &model->totals;
    const struct event_icmp *error = relay_target_error(model);
    char text[RELAYED_BRIEF_SIZE], rtt[UNITS_TEXT_SIZE], name[ENDPOINT_TEXT_SIZE];
    const char *who = name_target(model, error, name, sizeof name);

    if (error != NULL) {
        snprintf(out, size, "%s %s", who,
                 relayed_icmp_brief(error, model->config.zones, text, sizeof text));
        return STYLE_FAILED;
    }
    if (totals->back.received == 0) {
        snprintf(out, size, totals->counts.acked > 0 ? "no reply yet" : "");
        return STYLE_DIM;
    }
    if (model->server_columns > 0)
        snprintf(out, size, "targets reply");
    else
        snprintf(out, size, "%s replies", who);
    if (totals->rtts.count > 0 && model->screen_columns >= NARROW)
        builder_append(out, size, ", p50 %s", units_duration(totals->rtt_p50_ns, rtt, sizeof rtt));
    if (totals->rtts.count > 0 && model->screen_columns >= BIT_RATE_FROM)
        builder_append(out, size, ", p99 %s", units_duration(totals->rtt_p99_ns, rtt, sizeof rtt));
    return STYLE_ACKED;
}

static void put_target(const struct view *view, int column)
{
    char text[LINE_SIZE];
    enum style style = format_target(view->model, text, sizeof text);
    int start = view->columns - 1 - (int)text_columns(text);

    if (start > column + 1)
        frame_put(view->frame, 0, start, view->columns, style, text);
}

static void put_join(const struct view *view, int column)
{
    char join[LINE_SIZE];

    view_join(view, join, sizeof join);
    if (join[0] == '\0')
        return;
    int start = view->columns - 1 - (int)text_columns(join);
    if (start - 6 > column)
        frame_put(view->frame, 0, start - 6, start, STYLE_DIM, "join: ");
    if (start > column + 1)
        frame_put(view->frame, 0, start, view->columns, STYLE_COMMAND, join);
}

/* Many addresses are shortened in favour of the join command, as long as one of them is visible. */
static void format_listening(const struct view *view, int room, char *out, size_t size)
{
    const char *listening = view->model->config.listening;

    if (listening == NULL)
        listening = "";
    if ((view->model->config.join != NULL || view->model->config.replay ||
         view->model->config.relay) &&
        room >= LISTENING_MIN && (int)text_columns(listening) > room)
        text_fit(out, size, listening, (size_t)room, view->charset);
    else
        snprintf(out, size, "%s", listening);
}

static void header_put_title(const struct view *view)
{
    const struct model *model = view->model;
    struct items items = {.count = 0};
    char join[LINE_SIZE], listening[LINE_SIZE], time[UNITS_TEXT_SIZE];
    int joined, end;

    if (model->config.replay)
        view_progress(view, join, sizeof join);
    else if (model->config.relay)
        format_target(model, join, sizeof join);
    else
        view_join(view, join, sizeof join);
    joined = (int)text_columns(join) + (model->config.replay || model->config.relay ? 3 : 8);
    add(&items, STYLE_TITLE, 0, "%s", model->config.title != NULL ? model->config.title : "");
    format_listening(view, view->columns - joined - width_up_to(&items, 0) - 3, listening,
                     sizeof listening);
    /* Narrow, the state of a relay's target matters more than the addresses. */
    add(&items, STYLE_VALUE, model->config.relay && view->columns < NARROW ? 1 : 0, "%s",
        listening);
    if (!model->config.replay)
        add(&items, STYLE_DIM, 2, "up %s",
            units_uptime(model->now_ns - model->config.started_ns, time, sizeof time));
    if (model->config.receive_buffer_bytes > 0)
        add(&items, STYLE_DIM, 3, "receive buffer %s",
            units_bytes(model->config.receive_buffer_bytes, time, sizeof time));
    end = view->columns - joined;
    if (join[0] == '\0' || width_up_to(&items, 0) - 1 > end) /* no room for both */
        end = view->columns - 1;
    int column = put_items(view, 0, end, &items);
    if (model->config.replay)
        put_progress(view);
    else if (model->config.relay)
        put_target(view, column);
    else
        put_join(view, column);
}

/* ---- the totals */

static void add_rate(struct items *items, const struct view *view)
{
    const struct model *model = view->model;
    char rate[UNITS_TEXT_SIZE];
    double bits = 8 * rates_mean(&model->bytes, model->now_ns);

    /* A fixed width, so that the row does not move when the rate changes. */
    add(items, STYLE_VALUE, 5, "%-*s", RATE_WIDTH,
        units_rate(rates_mean(&model->rates, model->now_ns), rate, sizeof rate));
    add(items, STYLE_SPARK, RANK_SPARK, "%s", "")->spark = SPARK_WIDTH;
    if (view->columns >= BIT_RATE_FROM)
        add(items, STYLE_VALUE, RANK_LIST, "%-*s", BIT_RATE_WIDTH,
            units_bit_rate(bits, rate, sizeof rate));
}

static void format_reasons(const struct counts *counts, char *out, size_t size)
{
    char count[UNITS_TEXT_SIZE];
    const char *before = " (";

    out[0] = '\0';
    for (int reason = 0; reason < HELD_REASONS; reason++) {
        if (counts->held[reason] == 0)
            continue;
        builder_append(out, size, "%s%s %s", before, held_reason_name((enum held_reason)reason),
                       units_count(counts->held[reason], count, sizeof count));
        before = ", ";
    }
    if (out[0] != '\0')
        builder_append(out, size, ")");
}

static const char *header_format_count(const struct items *items, uint64_t value, char *out,
                                       size_t size)
{
    return items->length == SHORT_FIGURES ? units_count_short(value, out, size)
                                          : units_count(value, out, size);
}

static void add_held(struct items *items, const struct counts *counts)
{
    char reasons[LINE_SIZE], count[UNITS_TEXT_SIZE];
    uint64_t held = counts_held(counts);

    format_reasons(counts, reasons, sizeof reasons);
    add(items, held > 0 ? STYLE_HELD : STYLE_DIM, held > 0 ? 0 : 2, "held %s%s",
        header_format_count(items, held, count, sizeof count),
        items->length > NO_REASONS ? reasons : "");
}

static void add_count(struct items *items, enum style style, int rank, const char *name,
                      uint64_t value)
{
    char count[UNITS_TEXT_SIZE];

    add(items, value > 0 ? style : STYLE_DIM, rank, "%s %s", name,
        header_format_count(items, value, count, sizeof count));
}

static void add_figure(struct items *items, const struct figure *figure, uint64_t value)
{
    const struct figure_header *header = &figure->header;
    bool brief = items->length <= NO_REASONS && header->brief != NULL;

    add_count(items, header->bad ? STYLE_WARNING : STYLE_NORMAL, header->rank,
              brief ? header->brief : header->words, value);
}

/* The figures that have a place in the header and are not 0, in the order of their ranks. */
static void add_rare(struct items *items, const struct figures *figures,
                     const struct event_totals *totals)
{
    for (int rank = 0; rank <= RANK_MAX; rank++)
        for (size_t i = 0; i < figures->count; i++) {
            const struct figure *figure = &figures->rows[i];
            if (figure->header.words == NULL || figure->header.rank != rank)
                continue;
            int64_t value = figure_whole(figure, totals);
            if (value > 0)
                add_figure(items, figure, (uint64_t)value);
        }
}

/* ---- impairments and lost groups */

/* The figures of a simulated network must not look like those of a real one. The list of what it
 * does is left out if there is no room for it, the word never. */
static void add_impairments(struct items *items, const struct model *model)
{
    const struct impair_path slow = {.rate_per_s = model->config.slow_per_s};
    char list[IMPAIR_TEXT_SIZE], rate[UNITS_TEXT_SIZE];

    if (impair_active(&model->impair)) {
        add(items, STYLE_WARNING, 0, "IMPAIRED");
        impair_format(&model->impair, list, sizeof list);
        add(items, STYLE_WARNING, RANK_LIST, "%s", list);
    }
    if (model->config.slow_per_s > 0)
        add(items, STYLE_WARNING, 0, "SLOW %s",
            impair_format_setting(&slow, IMPAIR_RATE, rate, sizeof rate));
}

/* What does not reach the broker must not look as if it did. */
static void add_published(struct items *items, const struct model *model)
{
    if (model->published != NULL && model->published[0] != '\0')
        add(items, model->published_bad ? STYLE_WARNING : STYLE_DIM, model->published_bad ? 1 : 4,
            "%s", model->published);
}

/* A group that is not received, though it was joined. */
static void add_lost_groups(struct items *items, const struct model *model)
{
    char text[EVENT_MEMBERSHIP_SIZE];

    if (model->lost_count == 1)
        add(items, STYLE_WARNING, 0, "LOST %s",
            event_membership_text(&model->lost[0], text, sizeof text));
    else if (model->lost_count > 1)
        add(items, STYLE_WARNING, 0, "LOST %u groups", (unsigned)model->lost_count);
}

/* ---- losses */

/* Whether to show the receive queue: it was not empty for a while, is read slowly, or has
 * overflowed. */
static bool queue_matters(const struct model *model)
{
    const struct event_totals *totals = &model->totals;

    if (totals->queue_capacity == 0)
        return false;
    return model->config.slow_per_s > 0 || totals->kernel_dropped > 0 ||
           (model->queue_seen_ns > 0 && model->now_ns - model->queue_seen_ns < queue_shown_ns);
}

static void add_queue(struct items *items, const struct view *view)
{
    const struct event_totals *totals = &view->model->totals;
    char gauge[FIGURE_SIZE];
    unsigned percent;

    if (!queue_matters(view->model))
        return;
    percent = (unsigned)((double)totals->queue_bytes * 100 / (double)totals->queue_capacity + 0.5);
    percent = percent < 100 ? percent : 100; /* the kernel lets the last datagram exceed the
                                              * limit */
    view_gauge(view, percent, gauge, sizeof gauge);
    if (items->length < NO_REASONS || view->columns < GAUGE_FROM)
        gauge[0] = '\0';
    add(items, percent >= QUEUE_FULL ? STYLE_WARNING : STYLE_VALUE, 1, "queue %s%s%u%%", gauge,
        gauge[0] != '\0' ? " " : "", percent);
}

/* Losses are never left out; "no losses" may be, if it is narrow. */
static void add_losses(struct items *items, const struct view *view)
{
    const struct event_totals *totals = &view->model->totals;

    add_count(items, STYLE_FAILED, totals->counts.failed > 0 ? 0 : 3, "failed",
              totals->counts.failed);
    add_queue(items, view);
    add_count(items, STYLE_WARNING, totals->kernel_dropped > 0 ? 0 : 4,
              items->length == ALL_WORDS ? "kernel dropped" : "dropped", totals->kernel_dropped);
    if (totals->dropped_at_least && totals->kernel_dropped > 0)
        builder_append(items->each[items->count - 1].text, LINE_SIZE, "+");
}

/* The contents of a capture, without the figures that only a server has. */
static void add_seen(struct items *items, const struct event_totals *totals)
{
    bool words = items->length > NO_REASONS;

    add_count(items, STYLE_HELD, totals->counts.unseen > 0 ? 0 : 2,
              words ? "no reply seen" : "no reply", totals->counts.unseen);
    if (totals->waiting > 0)
        add_count(items, STYLE_NORMAL, 4, "no reply yet", totals->waiting);
    add_rare(items, &captured_figures, totals);
}

/* What came back from the target; a held or failed datagram of this direction stands behind it. */
static void add_back(struct items *items, const struct model *model)
{
    const struct event_totals *totals = &model->totals;
    const struct counts *back = &totals->back;

    char rate[UNITS_TEXT_SIZE];

    add_count(items, STYLE_VALUE, 0, "back", back->received);
    if (model->screen_columns >= BIT_RATE_FROM)
        add(items, STYLE_VALUE, RANK_LIST, "%-*s", RATE_WIDTH,
            units_rate(rates_mean(&model->back, model->now_ns), rate, sizeof rate));
    add_count(items, STYLE_ACKED, 2, "forwarded", back->acked);
    if (counts_held(back) > 0)
        add_held(items, back);
    if (back->failed > 0)
        add_count(items, STYLE_FAILED, 0, "failed", back->failed);
    if (totals->back_waiting > 0)
        add_count(items, STYLE_NORMAL, 4, "on their way", totals->back_waiting);
    if (totals->back_dropped > 0)
        add_count(items, STYLE_WARNING, 0, "dropped", totals->back_dropped);
}

static void make_totals(const struct view *view, enum length length, struct items *items)
{
    const struct model *model = view->model;
    const struct event_totals *totals = &model->totals;

    items->count = 0;
    items->length = length;
    add_count(items, STYLE_VALUE, 0, "in", totals->counts.received);
    items->each[0].style = STYLE_VALUE;
    add_rate(items, view);
    if (!totals->acks_on)
        add(items, STYLE_WARNING, 0, model->config.relay ? "FORWARDING OFF" : "ACKS OFF");
    add_lost_groups(items, model);
    add_published(items, model);
    add_impairments(items, model);
    add_count(items, STYLE_ACKED, 0, model->config.relay ? "forwarded" : "acked",
              totals->counts.acked);
    if (model->config.replay) {
        add_seen(items, totals);
        return;
    }
    add_held(items, &totals->counts);
    if (totals->waiting > 0)
        add_count(items, STYLE_NORMAL, 4, "on their way", totals->waiting);
    add_losses(items, view);
    if (model->config.relay)
        add_back(items, model);
    add_rare(items, model->config.relay ? &relayed_figures : &served_figures, totals);
}

/* First the words get shorter, then the sparkline is dropped, the reasons, the rate, the exact
 * figures. */
static void header_put_totals(const struct view *view)
{
    static const int must_fit[] = {
        [ALL_WORDS] = RANK_MAX, [SHORT_WORDS] = RANK_MAX_WITHOUT_SPARK, [NO_REASONS] = 0};
    struct items items;
    int length = ALL_WORDS;

    make_totals(view, ALL_WORDS, &items);
    while (length > SHORT_FIGURES && width_up_to(&items, must_fit[length]) - 1 > view->columns)
        make_totals(view, (enum length)-- length, &items);
    put_items(view, 1, view->columns, &items);
}

void view_header(const struct view *view)
{
    header_put_title(view);
    header_put_totals(view);
}
