/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view_columns: see the header. */
#include "view_columns_internal.h"

#include <stdio.h>
#include <string.h>

#include "udptui/base/array.h"
#include "udptui/base/units.h"

enum { FIGURE_WIDTH = 6, SERVER_WIDTH = 23 };

static enum style columns_put_count(uint64_t value, enum style style, char *out)
{
    units_count_short(value, out, FIGURE_SIZE);
    return value > 0 ? style : STYLE_DIM;
}

static enum style column_get_messages(const struct line_source *source, char *out)
{
    return columns_put_count(source->counts->received, STYLE_NORMAL, out);
}

static enum style column_get_acks(const struct line_source *source, char *out)
{
    return columns_put_count(source->counts->acked, STYLE_NORMAL, out);
}

static enum style column_get_back(const struct line_source *source, char *out)
{
    return columns_put_count(source->back->received, STYLE_NORMAL, out);
}

/* Of both directions; a server has none back to its clients. */
static enum style column_get_held(const struct line_source *source, char *out)
{
    uint64_t held = counts_held(source->counts) + counts_held(source->back);

    return columns_put_count(held, STYLE_HELD, out);
}

/* The mean of the target's certain ones. */
static enum style column_get_rtt(const struct line_source *source, char *out)
{
    int64_t mean_ns = source->row != NULL ? event_rtts_mean_ns(&source->row->rtts) : -1;

    if (mean_ns >= 0)
        units_duration(mean_ns, out, FIGURE_SIZE);
    else
        snprintf(out, FIGURE_SIZE, "-");
    return mean_ns >= 0 ? STYLE_NORMAL : STYLE_DIM;
}

static enum style column_get_unseen(const struct line_source *source, char *out)
{
    return columns_put_count(source->counts->unseen, STYLE_HELD, out);
}

static enum style column_get_server(const struct line_source *source, char *out)
{
    text_fit(out, FIGURE_SIZE, source->server, SERVER_WIDTH - 1, TEXT_ASCII);
    return STYLE_NORMAL;
}

static enum style column_get_failed(const struct line_source *source, char *out)
{
    return columns_put_count(source->counts->failed + source->back->failed, STYLE_FAILED, out);
}

static enum style column_get_bytes(const struct line_source *source, char *out)
{
    units_bytes(source->counts->received_bytes + source->back->received_bytes, out, FIGURE_SIZE);
    return STYLE_NORMAL;
}

static enum style column_get_rate(const struct line_source *source, char *out)
{
    double rate = source->row != NULL ? rates_mean(&source->row->rates, source->now_ns) : 0;

    if (source->row != NULL)
        units_rate(rate, out, FIGURE_SIZE);
    return rate > 0 ? STYLE_NORMAL : STYLE_DIM;
}

static enum style column_get_last(const struct line_source *source, char *out)
{
    int64_t age_ns = source->row != NULL ? source->now_ns - source->row->last_ns : 0;

    if (source->row != NULL)
        units_ago(age_ns > 0 ? age_ns : 0, out, FIGURE_SIZE);
    return age_ns < UNITS_NS_PER_S ? STYLE_NORMAL : STYLE_DIM;
}

/* In a class, silent clients matter. */
static enum style column_get_silence(const struct line_source *source, char *out)
{
    char ago[UNITS_TEXT_SIZE];

    if (!source->silent)
        return column_get_last(source, out);
    units_ago(source->now_ns - source->row->last_ns, ago, sizeof ago);
    snprintf(out, FIGURE_SIZE, "silent %.*s", (int)(strlen(ago) - strlen(" ago")), ago);
    return STYLE_WARNING;
}

static enum style column_get_address(const struct line_source *source, char *out)
{
    text_fit(out, FIGURE_SIZE, source->address, text_columns(source->address), TEXT_ASCII);
    return STYLE_DIM;
}

static enum style column_get_first(const struct line_source *source, char *out)
{
    if (source->row != NULL)
        units_ago(source->now_ns - source->row->first_ns, out, FIGURE_SIZE);
    return STYLE_DIM;
}

static const struct column columns[] = {
    {.title = " Server",
     .width = SERVER_WIDTH,
     .priority = 2,
     .kinds = OF_CAPTURE | SEVERAL_SERVERS,
     .left = true,
     .get = column_get_server},
    {.title = " Target",
     .width = SERVER_WIDTH,
     .priority = 3,
     .kinds = OF_RELAY | SEVERAL_SERVERS,
     .left = true,
     .get = column_get_server},
    {.title = "Msgs",
     .width = FIGURE_WIDTH,
     .priority = 1,
     .kinds = OF_SERVER | OF_CAPTURE,
     .get = column_get_messages},
    {.title = "Sent",
     .width = FIGURE_WIDTH,
     .priority = 1,
     .kinds = OF_RELAY,
     .get = column_get_messages},
    {.title = "Acks",
     .width = FIGURE_WIDTH,
     .priority = 2,
     .kinds = OF_SERVER | OF_CAPTURE,
     .get = column_get_acks},
    {.title = "Back",
     .width = FIGURE_WIDTH,
     .priority = 2,
     .kinds = OF_RELAY,
     .get = column_get_back},
    {.title = "Held",
     .width = FIGURE_WIDTH,
     .priority = 3,
     .kinds = OF_SERVER | OF_RELAY,
     .get = column_get_held},
    {.title = "RTT", .width = 8, .priority = 3, .kinds = OF_RELAY, .get = column_get_rtt},
    {.title = "Unseen",
     .width = FIGURE_WIDTH,
     .priority = 3,
     .kinds = OF_CAPTURE,
     .get = column_get_unseen},
    {.title = "Failed",
     .width = FIGURE_WIDTH,
     .priority = 8,
     .kinds = OF_SERVER | OF_RELAY,
     .get = column_get_failed},
    {.title = "Bytes", .width = 7, .priority = 7, .get = column_get_bytes},
    {.title = "Rate", .width = 8, .priority = 5, .get = column_get_rate},
    {.title = "", .width = COLUMN_SPARK_MIN + 1, .priority = 6, .left = true, .get = NULL},
    {.title = " Last seen",
     .width = 11,
     .priority = 4,
     .roster = NO_CLASS,
     .left = true,
     .get = column_get_last},
    {.title = " Last seen",
     .width = 15,
     .priority = 0,
     .roster = CLASS_ALONE,
     .left = true,
     .get = column_get_silence},
    {.title = " Address",
     .width = 22,
     .priority = 5,
     .roster = CLASS_ALONE,
     .left = true,
     .address = true,
     .get = column_get_address},
    {.title = "First seen", .width = 10, .priority = 9, .left = true, .get = column_get_first},
};

enum { COLUMNS = COUNT_OF(columns) };

const struct column *column_at(size_t place)
{
    return place < COLUMNS ? &columns[place] : NULL;
}
