/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view: title, sums, chart, and the list below them. */
#include "udptui/ui/watch/view.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "udptui/base/units.h"
#include "udptui/proto/counts.h"
#include "udptui/ui/chart.h"
#include "udptui/ui/rule.h"
#include "udptui/ui/small.h"
#include "view_internal.h"

enum {
    LINE_SIZE = 512,
    FOOTER_ROWS = 1,
    CHART_FROM_ROWS = 18, /* a terminal with fewer rows has no chart */
    CHART_ROWS_MIN = 3,
    CHART_ROWS_MAX = 10,
};

struct watch_few watch_few_of(const struct fleet_sums *sums)
{
    const struct event_totals *served = &sums->served, *relayed = &sums->relayed;
    const struct snapshot_target *pinged = &sums->pinged;

    return (struct watch_few){
        .received = served->counts.received + relayed->counts.received,
        .acked = served->counts.acked + relayed->counts.acked,
        .clients = (uint64_t)served->clients + relayed->clients,
        .held = counts_held(&served->counts) + counts_held(&relayed->counts) +
                counts_held(&relayed->back),
        .failed = served->counts.failed + relayed->counts.failed + relayed->back.failed +
                  pinged->failed + pinged->not_sent,
        .dropped = served->kernel_dropped + relayed->kernel_dropped + relayed->back_dropped,
        .lost = pinged->lost,
    };
}

/* ---- the head */

static void view_put_title(const struct watch_view *view, struct frame *frame)
{
    const struct link_status *link = view->link;
    char since[UNITS_TEXT_SIZE], text[LINE_SIZE];
    int columns = frame_columns(frame);
    int column = frame_put(frame, 0, 1, columns, STYLE_TITLE, "udptui watch");

    column = frame_put(frame, 0, column + 2, columns, STYLE_TITLE, view->broker);
    if (view->metered != NULL && view->metered[0] != '\0')
        column = frame_put(frame, 0, column + 2, columns, STYLE_WARNING, view->metered);
    snprintf(text, sizeof text, "%s %s", link_state_words[link->state],
             units_uptime(view->now_ns - link->since_ns, since, sizeof since));
    frame_put_items(frame, 0, column + 2, columns,
                    link->state == LINK_UP ? STYLE_NORMAL : STYLE_WARNING, text);
}

/* Why there is no connection, in a row of its own. False: there is one. */
static bool view_put_link(const struct watch_view *view, struct frame *frame, int row)
{
    const struct link_status *link = view->link;
    char wait[UNITS_TEXT_SIZE], text[LINE_SIZE];
    int64_t wait_ns = link->retry_ns > view->now_ns ? link->retry_ns - view->now_ns : 0;

    if (link->state == LINK_UP)
        return false;
    if (link->state == LINK_SILENT)
        snprintf(text, sizeof text,
                 "THE BROKER DOES NOT ANSWER: last answer %s; what is shown may be old",
                 units_ago(view->now_ns - link->since_ns, wait, sizeof wait));
    else if (link->state == LINK_CONNECTING)
        snprintf(text, sizeof text, "CONNECTING to the broker%s",
                 link->connects > 0 ? " again; what is shown may be old" : "");
    else
        snprintf(text, sizeof text, "NOT CONNECTED: %s; next try in %s", link->why,
                 units_duration(wait_ns, wait, sizeof wait));
    frame_put(frame, row, 1, frame_columns(frame), STYLE_WARNING, text);
    return true;
}

static int view_put_count(struct frame *frame, int row, int column, enum style style,
                          const char *word, uint64_t count)
{
    char text[LINE_SIZE], figure[UNITS_TEXT_SIZE];

    snprintf(text, sizeof text, "%s %s", word, units_count(count, figure, sizeof figure));
    if (column + (int)strlen(text) >= frame_columns(frame))
        return column;
    return frame_put(frame, row, column, frame_columns(frame), style, text) + 2;
}

static void view_put_states(const struct watch_view *view, struct frame *frame, int row)
{
    static const enum style styles[FLEET_STATES] = {[FLEET_UP] = STYLE_VALUE,
                                                    [FLEET_STALE] = STYLE_WARNING,
                                                    [FLEET_GONE] = STYLE_FAILED,
                                                    [FLEET_ENDED] = STYLE_NORMAL};
    int column = view_put_count(frame, row, 1, STYLE_VALUE, "servers", view->counts.servers);

    for (enum fleet_state state = 0; state < FLEET_STATES; state++)
        column = view_put_count(frame, row, column,
                                view->counts.states[state] > 0 ? styles[state] : STYLE_DIM,
                                fleet_state_words[state], view->counts.states[state]);
    column = view_put_count(frame, row, column, STYLE_VALUE, "clients",
                            watch_few_of(&view->sums).clients);
    if (view->counts.messages > 0)
        view_put_count(frame, row, column, STYLE_NORMAL, "messages", view->counts.messages);
}

static void view_put_sums(const struct watch_view *view, struct frame *frame, int row)
{
    const struct watch_few few = watch_few_of(&view->sums);
    char text[LINE_SIZE], counts[2][UNITS_TEXT_SIZE], rates[2][UNITS_TEXT_SIZE];
    int columns = frame_columns(frame), column;

    snprintf(text, sizeof text, "in %s (%s)  acked %s (%s)",
             units_count(few.received, counts[0], sizeof counts[0]),
             fleet_rate_text(fleet_rate(view->fleet, fleet_received(view->fleet), view->now_ns),
                             rates[0], sizeof rates[0]),
             units_count(few.acked, counts[1], sizeof counts[1]),
             fleet_rate_text(fleet_rate(view->fleet, fleet_acked(view->fleet), view->now_ns),
                             rates[1], sizeof rates[1]));
    column = frame_put_items(frame, row, 1, columns, STYLE_VALUE, text) + 2;
    column =
        view_put_count(frame, row, column, few.held > 0 ? STYLE_HELD : STYLE_DIM, "held", few.held);
    column = view_put_count(frame, row, column, few.failed > 0 ? STYLE_FAILED : STYLE_DIM, "failed",
                            few.failed);
    column = view_put_count(frame, row, column, few.dropped > 0 ? STYLE_WARNING : STYLE_DIM,
                            "drops", few.dropped);
    if (view->sums.has[SNAPSHOT_PING])
        view_put_count(frame, row, column, few.lost > 0 ? STYLE_WARNING : STYLE_DIM, "lost",
                       few.lost);
}

/* What could not be taken: nothing is lost silently. False: there is nothing of that kind. */
static bool view_put_problems(const struct watch_view *view, struct frame *frame, int row)
{
    char text[LINE_SIZE], figure[UNITS_TEXT_SIZE];
    int column = 1, columns = frame_columns(frame);

    for (size_t i = 0; i < watch_figures.count; i++) {
        const struct figure *figures = &watch_figures.rows[i];
        if (figures->header.words == NULL || figure_whole(figures, &view->counts) == 0)
            continue;
        snprintf(text, sizeof text, "%s %s", figures->header.words,
                 figure_format(figures, &view->counts, figure, sizeof figure));
        column = frame_put_items(frame, row, column, columns, STYLE_WARNING, text) + 2;
    }
    if (column > 1 && view->problem[0] != '\0' && view->counts.unreadable > 0)
        frame_put(frame, row, column, columns, STYLE_DIM, view->problem);
    return column > 1;
}

/* Of one server, in place of the sums. */
static void view_put_inner(const struct watch_view *view, const struct fleet_server *server,
                           struct frame *frame, int row)
{
    char text[LINE_SIZE], rates[2][UNITS_TEXT_SIZE];
    int columns = frame_columns(frame);
    int column = frame_put(frame, row, 1, columns, STYLE_TITLE, server->label);

    snprintf(text, sizeof text, "%s  %s", fleet_state_words[fleet_state(view->fleet, server)],
             snapshot_kind_words[server->kind]);
    column = frame_put_items(frame, row, column + 2, columns, STYLE_VALUE, text);
    if (fleet_is_doubled(server, view->now_ns))
        column =
            frame_put(frame, row, column + 2, columns, STYLE_WARNING, "TWO PROGRAMS USE THIS NAME");
    if (server->latest != NULL)
        frame_put(frame, row, column + 2, columns, STYLE_NORMAL, server->latest->listening);
    snprintf(
        text, sizeof text, "in %s  acked %s",
        fleet_rate_text(fleet_server_rate(view->fleet, server, &server->received, view->now_ns),
                        rates[0], sizeof rates[0]),
        fleet_rate_text(fleet_server_rate(view->fleet, server, &server->acked, view->now_ns),
                        rates[1], sizeof rates[1]));
    column = frame_put_items(frame, row + 1, 1, columns, STYLE_VALUE, text);
    snprintf(text, sizeof text, "restarts %" PRIu64, server->restarts);
    if (server->restarts > 0)
        frame_put_items(frame, row + 1, column + 2, columns, STYLE_NORMAL, text);
}

/* Frames may be seconds apart, on a busy machine or after Ctrl-Z: what is noted is from when until
 * when, some in each second. */
void watch_view_note_link(struct watch_view *view)
{
    const struct link_status *link = view->link;

    if (view->away.buckets == NULL)
        view->away = pulse_begin(view->away_buckets, FLEET_SECONDS);
    if (link->state != LINK_UP)
        pulse_add(&view->away, UINT32_MAX, link->since_ns, view->now_ns);
    else if (link->since_ns > view->noted_ns)
        pulse_add(&view->away, UINT32_MAX, view->noted_ns, link->since_ns);
    view->noted_ns = view->now_ns;
}

/* ---- the chart */

struct view_curve {
    const struct pulse *pulse, *away;
    int64_t now_ns, since_ns; /* what came before since_ns is not known */
};

/* Zero is a value, too: the lowest dot. */
static struct chart_point view_point(const void *context, size_t age)
{
    const struct view_curve *curve = context;
    int64_t age_s = (int64_t)age + FLEET_AGE_S;
    int64_t value = (int64_t)pulse_at(curve->pulse, curve->now_ns, age_s);

    if (curve->pulse->second < 0 || age_s >= curve->pulse->seconds ||
        curve->now_ns - age_s * UNITS_NS_PER_S < curve->since_ns)
        return (struct chart_point){.kind = CHART_NOTHING};
    if (value == 0 && pulse_at(curve->away, curve->now_ns, age_s) > 0)
        return (struct chart_point){.kind = CHART_NOTHING};
    return (struct chart_point){.kind = CHART_VALUE, .value = value};
}

static const char *view_format_rate(int64_t value, char *out, size_t size_bytes)
{
    return units_rate((double)value, out, size_bytes);
}

static int view_chart_rows(const struct frame *frame)
{
    int rows = frame_rows(frame) / 5 - 1;

    if (frame_rows(frame) < CHART_FROM_ROWS)
        return 0;
    return rows < CHART_ROWS_MIN ? CHART_ROWS_MIN : rows < CHART_ROWS_MAX ? rows : CHART_ROWS_MAX;
}

static int view_put_chart(const struct watch_view *view, const struct fleet_server *inner,
                          struct frame *frame, int row)
{
    const struct view_curve curve = {.pulse = inner != NULL ? &inner->received
                                                            : fleet_received(view->fleet),
                                     .away = &view->away,
                                     .now_ns = view->now_ns,
                                     .since_ns = view->started_ns};
    const struct chart chart = {.point = view_point,
                                .context = &curve,
                                .format = view_format_rate,
                                .charset = view->charset};
    int rows = view_chart_rows(frame);

    if (rows > 0)
        chart_draw(&chart, frame, row, 0, rows, frame_columns(frame) - 1);
    return row + rows;
}

/* ---- the list */

static const char *view_list_word(const struct watch_view *view)
{
    static const char *const words[WATCH_LISTS] = {[WATCH_SERVERS] = "Servers",
                                                   [WATCH_CLIENTS_LIST] = "Clients",
                                                   [WATCH_MESSAGES] = "Messages"};

    return view->inside && view->list == WATCH_SERVERS ? "Figures" : words[view->list];
}

static void view_put_rule(const struct watch_view *view, struct frame *frame, int row)
{
    char left[LINE_SIZE], right[LINE_SIZE] = "";
    struct rule rule = {
        .left = left, .right = right, .left_style = STYLE_PANE_ACTIVE, .right_style = STYLE_DIM};
    bool figures = view->inside && view->list == WATCH_SERVERS;

    snprintf(left, sizeof left, "%s", view_list_word(view));
    if (!figures && view->filter != NULL)
        snprintf(left, sizeof left, "%s %zu of %zu", view_list_word(view), view->count, view->all);
    else if (!figures)
        snprintf(left, sizeof left, "%s %zu", view_list_word(view), view->count);
    if (view->list == WATCH_SERVERS && !view->inside)
        snprintf(right, sizeof right, "sort: %s%s", watch_sort_word(view->sort),
                 view->inverted ? ", inverted" : "");
    else if (view->list == WATCH_CLIENTS_LIST)
        snprintf(right, sizeof right, "the busiest of each server");
    rule_draw(&rule, frame, row, view->charset);
}

/* The end of what is typed is visible, with the cursor behind it; then what is wrong with it. */
static void view_put_filter(const struct watch_view *view, struct frame *frame, int row)
{
    char typed[LINE_MAX_BYTES * TEXT_EXPANSION + 1];
    const char *shown = typed;
    struct text_cell cell;
    int columns = frame_columns(frame), end = columns * 2 / 3;
    int column = frame_put(frame, row, 1, columns, STYLE_KEY, "filter: ");

    text_render(typed, sizeof typed, view->line.bytes, view->line.length, view->charset);
    for (int width = (int)text_columns(typed); width > end - column && text_next(&shown, &cell);)
        width -= cell.columns;
    column = frame_put(frame, row, column, end, STYLE_INPUT, shown);
    if (view->typing)
        frame_set_cursor(frame, row, column);
    const struct filter_problem *doubt = view->filter != NULL ? filter_doubt(view->filter) : NULL;
    if (view->wrong.why[0] != '\0' || doubt != NULL)
        frame_put(frame, row, column + 2, columns, STYLE_WARNING,
                  doubt != NULL ? doubt->why : view->wrong.why);
}

/* What is typed is the text of a name, no key: as if "gone" chose those that are. */
static bool view_filters_by_name(const struct watch_view *view)
{
    return memchr(view->line.bytes, ':', view->line.length) == NULL;
}

static void view_put_nothing(const struct watch_view *view, struct frame *frame, int row)
{
    const char *text = "";

    if (view->count > 0 || (view->inside && view->list == WATCH_SERVERS))
        return;
    if (view->all > 0)
        text = view_filters_by_name(view)
                   ? "Nothing matches the filter. Servers that are gone: status:gone"
                   : "Nothing matches the filter.";
    else if (view->list == WATCH_MESSAGES)
        text = "No messages yet: a server publishes samples with --publish-messages.";
    else if (view->list == WATCH_CLIENTS_LIST)
        text = "No server has published clients yet.";
    else
        text = view->link->state == LINK_UP
                   ? "Nobody publishes under this prefix yet. Start: udptui serve --publish URL"
                   : "No server is known yet.";
    frame_put(frame, row, 3, frame_columns(frame), STYLE_NORMAL, text);
}

static void view_put_list(struct watch_view *view, struct frame *frame, int row)
{
    int end = frame_rows(frame) - FOOTER_ROWS;

    view_put_rule(view, frame, row++);
    if (view->typing || view->line.length > 0)
        view_put_filter(view, frame, row++);
    if (view->notice != NULL)
        frame_put(frame, row++, 1, frame_columns(frame), STYLE_WARNING, view->notice);
    view->list_row = row + 1;
    view->page = end - view->list_row;
    if (view->inside && view->list == WATCH_SERVERS) {
        watch_draw_figures(view, frame, row, end - row);
        return;
    }
    watch_view_move(view, 0);
    if (view->list == WATCH_SERVERS)
        watch_draw_servers(view, frame, row, end - row);
    else if (view->list == WATCH_CLIENTS_LIST)
        watch_draw_clients(view, frame, row, end - row);
    else
        watch_draw_messages(view, frame, row, end - row);
    view_put_nothing(view, frame, view->list_row);
}

void watch_view_draw(struct watch_view *view, struct frame *frame)
{
    const struct fleet_server *inner = watch_view_inner(view);
    int row = 1;

    view_put_title(view, frame);
    if (view_put_link(view, frame, row))
        row++;
    if (inner != NULL) {
        view_put_inner(view, inner, frame, row);
    } else {
        view_put_states(view, frame, row);
        view_put_sums(view, frame, row + 1);
    }
    row += 2;
    if (view_put_problems(view, frame, row))
        row++;
    row = view_put_chart(view, inner, frame, row);
    view_put_list(view, frame, row);
}

void watch_view_draw_small(const struct watch_view *view, struct frame *frame)
{
    char text[LINE_SIZE], counts[2][UNITS_TEXT_SIZE];
    bool is_up = view->link->state == LINK_UP;
    int row = small_draw(frame, NULL, "");

    snprintf(text, sizeof text, "up %s of %s",
             units_count(view->counts.states[FLEET_UP], counts[0], sizeof counts[0]),
             units_count(view->counts.servers, counts[1], sizeof counts[1]));
    row = small_put(frame, row, STYLE_VALUE, text);
    row = small_put(frame, row, is_up ? STYLE_NORMAL : STYLE_WARNING,
                    link_state_words[view->link->state]);
    small_put(frame, row, STYLE_TITLE, view->broker);
}
