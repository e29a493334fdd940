/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ladder: assigns rows, then draws the two lines, the arrows from top to bottom, and finally the
 * words, so that no arrow covers a word.
 */
#include "ladder_internal.h"
#include "udptui/base/array.h"

static const struct strokes strokes_of[] = {
    [TEXT_UTF8] = {.wall = "│",
                   .run = "─",
                   .dotted = "┄",
                   .lane = "│",
                   .cross = "┼",
                   .overtake = "╳",
                   .branch = "┬",
                   .turn_from_left = "╮",
                   .turn_to_right = "╰",
                   .turn_from_right = "╭",
                   .turn_to_left = "╯",
                   .head_right = "▶",
                   .head_left = "◀",
                   .dead = "✕",
                   .underway = "…",
                   .event = "●",
                   .unknown = "?",
                   .bracket_top = "┌",
                   .bracket = "│",
                   .bracket_end = "└"},
    [TEXT_ASCII] = {.wall = "|",
                    .run = "-",
                    .dotted = ".",
                    .lane = "|",
                    .cross = "+",
                    .overtake = "X",
                    .branch = "+",
                    .turn_from_left = "\\",
                    .turn_to_right = "\\",
                    .turn_from_right = "/",
                    .turn_to_left = "/",
                    .head_right = ">",
                    .head_left = "<",
                    .dead = "x",
                    .underway = "~",
                    .event = "*",
                    .unknown = "?",
                    .bracket_top = ".",
                    .bracket = ":",
                    .bracket_end = "'"},
};

int ladder_left_of(const struct ladder *ladder, const struct ladder_leg *leg)
{
    return ladder->middle >= 0 && leg->right_gap ? ladder->middle : ladder->left;
}

int ladder_right_of(const struct ladder *ladder, const struct ladder_leg *leg)
{
    return ladder->middle >= 0 && !leg->right_gap ? ladder->middle : ladder->right;
}

static void lay_out(struct ladder *ladder, int columns, bool middle)
{
    int column = 1;

    ladder->time = ladder->bracket = -1;
    if (columns >= TIME_FROM) {
        ladder->time = column;
        column += TIME_WIDTH + 1;
    }
    if (columns >= BRACKET_FROM) {
        ladder->bracket = column;
        column += BRACKET_WIDTH + 1;
    }
    ladder->left = column;
    ladder->right = columns - 2 - (columns >= NOTE_FROM ? NOTE_WIDTH : 0);
    ladder->middle = middle ? (ladder->left + ladder->right) / 2 : -1;
    ladder->note_end = columns;
}

/* ---- the whole */

/* The column from which a head is centred over its line. */
static int head_start(const struct ladder *ladder, const char *head, int line)
{
    int width = (int)text_columns(head), start = line - width / 2;

    return start + width > ladder->note_end ? ladder->note_end - width : start;
}

static void put_heads(const struct ladder *ladder, int row, const struct ladder_heads *heads)
{
    int right = head_start(ladder, heads->right, ladder->right), end = right - 1, column, middle;

    if (heads->middle != NULL) {
        middle = head_start(ladder, heads->middle, ladder->middle);
        frame_put(ladder->frame, row, middle, end, STYLE_COLUMN, heads->middle);
        end = middle - 1;
    }
    column = frame_put(ladder->frame, row, ladder->left, end, STYLE_COLUMN, heads->left);
    frame_put(ladder->frame, row, right > column ? right : column + 1, ladder->note_end,
              STYLE_COLUMN, heads->right);
    if (ladder->time >= 0 && heads->origin_ns != 0)
        frame_put_right(ladder->frame, row, ladder->time, TIME_WIDTH, STYLE_COLUMN, ladder->charset,
                        catalog_text(heads->catalog, "seconds"));
}

static void put_walls(const struct ladder *ladder, int all)
{
    const int lines[] = {ladder->left, ladder->middle, ladder->right};

    for (int i = 0; i < ladder->rows && ladder->first + i < all; i++)
        for (size_t line = 0; line < COUNT_OF(lines); line++)
            if (lines[line] >= 0)
                frame_put(ladder->frame, ladder->top + i, lines[line], lines[line] + 1, STYLE_RULE,
                          ladder->strokes->wall);
}

static void ladder_put_strokes(const struct ladder *ladder, const struct ladder_legs *all,
                               int64_t now_ns)
{
    for (size_t i = 0; i < all->count; i++)
        ladder_put_lane(ladder, &all->legs[i], all->places[i]);
    for (size_t i = 0; i < all->count; i++)
        ladder_put_arrow(ladder, all, i, now_ns);
    for (size_t i = 0; i < all->count; i++)
        ladder_put_head(ladder, &all->legs[i], all->places[i], now_ns);
}

static void ladder_put_legs(const struct ladder *ladder, const struct ladder_legs *all,
                            int64_t now_ns)
{
    const struct ladder_leg *legs = all->legs;

    ladder_put_strokes(ladder, all, now_ns);
    for (size_t i = 0; i < all->count; i++) {
        ladder_put_label(ladder, &legs[i], all->places[i], now_ns);
        ladder_put_note(ladder, &legs[i], all->places[i], now_ns);
        if (legs[i].rtt_ns > 0 && !legs[i].to_right && ladder->bracket >= 0)
            ladder_put_bracket(ladder, all, i);
    }
}

/* ---- rows for words */

/* Looks, with all strokes drawn, which words do not fit, and how many rows they need instead. */
static void measure_words(const struct ladder *ladder, const struct ladder_legs *all,
                          struct ladder_place *places, int64_t now_ns)
{
    ladder_put_strokes(ladder, all, now_ns);
    for (size_t i = 0; i < all->count; i++) {
        const struct ladder_leg *leg = &all->legs[i];
        if (!ladder_label_fits(ladder, leg, places[i], now_ns))
            places[i].label.rows = ladder_count_label_rows(ladder, leg);
        if (!ladder_note_fits(ladder, leg, places[i], now_ns))
            places[i].note.rows = ladder_count_note_rows(ladder, leg);
    }
}

/* The words' rows by the row that they are below: how many, and which of them they are. */
static void assign_rows_below(struct ladder_place *places, size_t count, int *below)
{
    for (size_t i = 0; i < count; i++) {
        places[i].label.at = places[i].from + 1 + below[places[i].from];
        below[places[i].from] += places[i].label.rows;
        places[i].note.at = places[i].to + 1 + below[places[i].to];
        below[places[i].to] += places[i].note.rows;
    }
}

/* Moves everything down by the rows above it. Returns how many rows there are now. */
static int insert_rows_below(struct ladder_place *places, size_t count, int all, const int *below,
                             int64_t *times_ns)
{
    int moved[LADDER_ROWS_MAX] = {0}, rows = all;

    for (int row = 0, by = 0; row < all; by += below[row++])
        moved[row] = by;
    for (size_t i = 0; i < count; i++) {
        places[i].label.at += moved[places[i].from];
        places[i].note.at += moved[places[i].to];
        places[i].from += moved[places[i].from];
        places[i].to += moved[places[i].to];
    }
    for (int row = all - 1; row >= 0; row--) {
        int64_t time_ns = times_ns[row];
        rows += below[row];
        for (int i = 0; i < below[row]; i++)
            times_ns[row + moved[row] + 1 + i] = LADDER_TIME_NONE;
        times_ns[row + moved[row]] = time_ns;
    }
    return rows;
}

/* Gives words that do not fit rows of their own. If there is no memory or too many rows come of it,
 * the words are cut. Returns the number of rows. */
static int ladder_make_room(const struct ladder *ladder, const struct ladder_legs *all, int rows,
                            struct ladder_place *places, int64_t *times_ns, int64_t now_ns)
{
    struct frame *scratch = frame_open();
    struct ladder whole = *ladder;
    int below[LADDER_ROWS_MAX] = {0}, more = 0;

    whole.frame = scratch;
    whole.first = whole.top = 0;
    whole.rows = rows;
    if (scratch != NULL && frame_resize(scratch, rows, frame_columns(ladder->frame)))
        measure_words(&whole, all, places, now_ns);
    frame_close(scratch);
    assign_rows_below(places, all->count, below);
    for (int row = 0; row < rows; row++)
        more += below[row];
    if (more > 0 && rows + more <= LADDER_ROWS_MAX)
        return insert_rows_below(places, all->count, rows, below, times_ns);
    for (size_t i = 0; i < all->count; i++)
        places[i].label.rows = places[i].note.rows = 0;
    return rows;
}

/* Keeps only the latest legs that fit into the tables. */
static void ladder_keep_latest(const struct ladder_leg **legs, size_t *count)
{
    if (*count <= LADDER_LEGS_MAX)
        return;
    *legs += *count - LADDER_LEGS_MAX;
    *count = LADDER_LEGS_MAX;
}

int ladder_count_rows(const struct ladder_leg *legs, size_t count, int64_t now_ns)
{
    struct ladder_place places[LADDER_LEGS_MAX];
    int64_t times_ns[LADDER_ROWS_MAX];

    ladder_keep_latest(&legs, &count);
    return ladder_place(legs, count, now_ns, places, times_ns);
}

int ladder_draw(struct frame *frame, int top, int rows, const struct ladder_heads *heads,
                const struct ladder_leg *legs, size_t count, int64_t now_ns, int scroll,
                int32_t utc_offset_s, enum text_charset charset)
{
    struct ladder_place places[LADDER_LEGS_MAX] = {0};
    int64_t times_ns[LADDER_ROWS_MAX];
    struct ladder ladder = {.frame = frame,
                            .strokes = &strokes_of[charset],
                            .charset = charset,
                            .catalog = heads->catalog,
                            .top = top + 1,
                            .rows = rows - 1};

    ladder_keep_latest(&legs, &count);
    int all = ladder_place(legs, count, now_ns, places, times_ns);
    if (rows < 2 || frame_columns(frame) < LADDER_COLUMNS_MIN)
        return all;
    lay_out(&ladder, frame_columns(frame), heads->middle != NULL);
    ladder_place_lanes(&ladder, legs, count, places);
    const struct ladder_legs whole = {.legs = legs, .places = places, .count = count};
    if (heads->whole_words)
        all = ladder_make_room(&ladder, &whole, all, places, times_ns, now_ns);
    int most = all > ladder.rows ? all - ladder.rows : 0;
    ladder.first = most - (scroll < most ? scroll : most);
    put_heads(&ladder, top, heads);
    put_walls(&ladder, all);
    ladder_put_legs(&ladder, &whole, now_ns);
    for (int row = 0; row < all; row++)
        ladder_put_time(&ladder, row, times_ns[row], heads->origin_ns, utc_offset_s);
    return all;
}
