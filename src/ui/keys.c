/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys: finds the row of a key, and shows the rows as footer and help. */
#include "udptui/ui/keys.h"

#include "udptui/base/array.h"
#include "udptui/base/text.h"

#include <stdio.h>
#include <string.h>

enum {
    RANK_MAX = 9,
    NAME_SIZE = 16,
    FOOTER_GAP = 2,
    HELP_MARGIN = 3,
    HELP_NAMES = 9, /* columns */
    HELP_ENTRY = 38,
};

/* Without keys and actions: the loop handles these keys before it searches the table. */
static const struct keys_row rows_of_the_loop[] = {
    {.modes = ~0U, .names = CATALOG_MARK("F2"), .help = CATALOG_MARK("high contrast: on, off")},
    {.modes = ~0U, .names = CATALOG_MARK("F3"), .help = CATALOG_MARK("large figures: on, off")},
    {.modes = ~0U, .names = CATALOG_MARK("Ctrl-L"), .help = CATALOG_MARK("draw the screen again")},
    {.modes = ~0U, .names = CATALOG_MARK("Ctrl-Z"), .help = CATALOG_MARK("suspend the program")},
};

const struct keys_table keys_of_the_loop = {
    .rows = rows_of_the_loop, .count = COUNT_OF(rows_of_the_loop), .modes = ~0U};

/* ---- rows */

static bool has_key(const struct keys_row *row, int32_t code)
{
    for (size_t i = 0; i < KEYS_A_ROW; i++)
        if (row->keys[i] == code)
            return true;
    return false;
}

static bool share_a_key(const struct keys_row *one, const struct keys_row *other)
{
    for (size_t i = 0; i < KEYS_A_ROW; i++)
        if (one->keys[i] != KEY_CODE_NONE && has_key(other, one->keys[i]))
            return true;
    return false;
}

/* Whether a table before its own has another use for a key of the row, or none for its modes. */
static bool is_replaced(const struct keys_table *table, const struct keys_table *own,
                        const struct keys_row *row)
{
    for (; table != own; table = table->next) {
        if (!(row->modes & table->modes))
            return true;
        for (size_t i = 0; i < table->count; i++)
            if ((table->rows[i].modes & row->modes) && share_a_key(&table->rows[i], row))
                return true;
    }
    return false;
}

/* A place in a table and those behind it. */
struct keys_place {
    const struct keys_table *own;
    size_t index;
};

/* The rows that apply, in order; NULL past the last. */
static const struct keys_row *next_row(const struct keys_table *table, struct keys_place *place)
{
    for (; place->own != NULL; *place = (struct keys_place){.own = place->own->next})
        while (place->index < place->own->count) {
            const struct keys_row *row = &place->own->rows[place->index++];
            if (!is_replaced(table, place->own, row))
                return row;
        }
    return NULL;
}

const struct keys_row *keys_find(const struct keys_table *table, unsigned mode, int32_t code)
{
    struct keys_place place = {.own = table};
    const struct keys_row *row;

    while (code != KEY_CODE_NONE && (row = next_row(table, &place)) != NULL)
        if ((row->modes & mode) && has_key(row, code))
            return row;
    return NULL;
}

/* ---- the footer */

static bool is_in_footer(const struct keys_row *row, unsigned mode, int rank)
{
    return row->footer != NULL && (row->footer_modes & mode) && row->rank <= rank;
}

/* "Space p" is "Space" there. */
static void first_name(const struct keys_table *table, const struct keys_row *row, char *out)
{
    const char *names = catalog_text(table->catalog, row->names);

    snprintf(out, NAME_SIZE, "%.*s", (int)strcspn(names, " "), names);
}

static int footer_columns(const struct keys_table *table, unsigned mode, int rank)
{
    struct keys_place place = {.own = table};
    const struct keys_row *row;
    char name[NAME_SIZE];
    int columns = 0;

    while ((row = next_row(table, &place)) != NULL) {
        if (!is_in_footer(row, mode, rank))
            continue;
        first_name(table, row, name);
        columns += (int)(text_columns(name) + 1 +
                         text_columns(catalog_text(table->catalog, row->footer))) +
                   FOOTER_GAP;
    }
    return columns;
}

int keys_footer_columns(const struct keys_table *table, unsigned mode)
{
    return footer_columns(table, mode, RANK_MAX);
}

int keys_put_footer(const struct keys_table *table, unsigned mode, struct frame *frame, int at,
                    int column, bool at_right)
{
    int columns = frame_columns(frame), end = columns - 1, rank = RANK_MAX;
    struct keys_place place = {.own = table};
    const struct keys_row *row;
    char name[NAME_SIZE];

    while (rank > 0 && footer_columns(table, mode, rank) - FOOTER_GAP > end - column)
        rank--;
    if (at_right)
        column = end - (footer_columns(table, mode, rank) - FOOTER_GAP);
    while ((row = next_row(table, &place)) != NULL) {
        if (!is_in_footer(row, mode, rank))
            continue;
        first_name(table, row, name);
        column = frame_put(frame, at, column, columns, STYLE_KEY, name);
        column = frame_put(frame, at, column + 1, columns, STYLE_NORMAL,
                           catalog_text(table->catalog, row->footer));
        column += FOOTER_GAP;
    }
    return column;
}

/* ---- the help */

bool keys_help_at(const struct keys_table *table, size_t index, struct keys_help *out)
{
    struct keys_place place = {.own = table};
    const struct keys_row *row;

    while ((row = next_row(table, &place)) != NULL) {
        if (row->help == NULL || index-- > 0)
            continue;
        *out = (struct keys_help){.keys = catalog_text(table->catalog, row->names),
                                  .help = catalog_text(table->catalog, row->help)};
        return true;
    }
    return false;
}

static int help_entries_across(int columns)
{
    int across = (columns - HELP_MARGIN + 2) / HELP_ENTRY;

    return across > 0 ? across : 1;
}

int keys_help_lines(const struct keys_table *table, int columns)
{
    int across = help_entries_across(columns), count = 0;
    struct keys_help entry;

    while (keys_help_at(table, (size_t)count, &entry))
        count++;
    return (count + across - 1) / across;
}

void keys_put_help_line(const struct keys_table *table, int line, struct frame *frame, int row)
{
    int across = help_entries_across(frame_columns(frame));
    int down = keys_help_lines(table, frame_columns(frame));
    struct keys_help entry;

    for (int i = 0; i < across && line < down; i++) {
        int column = HELP_MARGIN + i * HELP_ENTRY;
        if (!keys_help_at(table, (size_t)i * (size_t)down + (size_t)line, &entry))
            continue;
        frame_put(frame, row, column, column + HELP_NAMES, STYLE_KEY, entry.keys);
        frame_put(frame, row, column + HELP_NAMES, column + HELP_ENTRY - 1, STYLE_NORMAL,
                  entry.help);
    }
}
