/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * frame: cells row by row in one block.
 *
 * Invariant: a cell of 2 columns is followed by one of 0 columns in the same row, and a cell of 0
 * columns always follows one of 2. Whatever is put over one half blanks the other.
 */
#include "udptui/ui/frame.h"

#include <stdlib.h>
#include <string.h>

enum { FIT_SIZE = 8192 }; /* of one text cut or padded: 400 columns of the longest cells */

struct frame {
    struct cell *cells;
    size_t capacity; /* cells allocated */
    int rows, columns;
    int cursor_row, cursor_column;
};

static const struct cell blank = {.bytes = " ", .length_bytes = 1, .columns = 1};

struct frame *frame_open(void)
{
    struct frame *frame = calloc(1, sizeof *frame);

    if (frame != NULL)
        frame->cursor_row = -1;
    return frame;
}

void frame_close(struct frame *frame)
{
    if (frame == NULL)
        return;
    free(frame->cells);
    free(frame);
}

static bool grow(struct frame *frame, size_t count)
{
    struct cell *cells;

    if (count <= frame->capacity)
        return true;
    cells = realloc(frame->cells, count * sizeof *cells);
    if (cells == NULL)
        return false;
    frame->cells = cells;
    frame->capacity = count;
    return true;
}

bool frame_resize(struct frame *frame, int rows, int columns)
{
    size_t count = rows > 0 && columns > 0 ? (size_t)rows * (size_t)columns : 0;
    bool grown = grow(frame, count);

    frame->rows = grown && count > 0 ? rows : 0;
    frame->columns = grown && count > 0 ? columns : 0;
    for (size_t i = 0; grown && i < count; i++)
        frame->cells[i] = blank;
    frame->cursor_row = -1;
    return grown;
}

int frame_rows(const struct frame *frame)
{
    return frame->rows;
}

int frame_columns(const struct frame *frame)
{
    return frame->columns;
}

static struct cell *at(const struct frame *frame, int row, int column)
{
    return &frame->cells[(size_t)row * (size_t)frame->columns + (size_t)column];
}

const struct cell *frame_cell(const struct frame *frame, int row, int column)
{
    return at(frame, row, column);
}

static void make_blank(struct cell *cell, enum style style)
{
    uint8_t mark = cell->mark;

    *cell = blank;
    cell->style = (uint8_t)style;
    cell->mark = mark;
}

/* Before columns [column, column + width) are written: no half of a wide character may stay. */
static void free_halves(struct frame *frame, int row, int column, int width)
{
    struct cell *first = at(frame, row, column);
    int behind = column + width;

    if (first->columns == 0)
        make_blank(first - 1, (enum style)first[-1].style);
    if (behind < frame->columns && at(frame, row, behind)->columns == 0)
        make_blank(at(frame, row, behind), (enum style)at(frame, row, behind)->style);
}

/* Safe text holds no control characters; this is a second check. */
static bool frame_is_control(const struct text_cell *cell)
{
    const uint8_t *bytes = (const uint8_t *)cell->bytes;

    return bytes[0] < 0x20 || bytes[0] == 0x7f || cell->length_bytes > FRAME_CELL_BYTES ||
           (bytes[0] == 0xc2 && bytes[1] < 0xa0) || (bytes[0] >= 0x80 && cell->length_bytes < 2);
}

static void frame_put_cell(struct frame *frame, int row, int column, enum style style,
                           const struct text_cell *text)
{
    struct cell *cell = at(frame, row, column);

    free_halves(frame, row, column, text->columns);
    make_blank(cell, style);
    memcpy(cell->bytes, text->bytes, text->length_bytes);
    cell->length_bytes = text->length_bytes;
    cell->columns = text->columns;
    if (text->columns == 2) {
        make_blank(cell + 1, style);
        memset(cell[1].bytes, 0, sizeof cell[1].bytes);
        cell[1].length_bytes = 0;
        cell[1].columns = 0;
    }
}

/* The end of the columns to write in a row: at most the frame's. */
static int clip(const struct frame *frame, int row, int column, int end)
{
    if (row < 0 || row >= frame->rows || column < 0)
        return column;
    return end < frame->columns ? end : frame->columns;
}

int frame_put(struct frame *frame, int row, int column, int end, enum style style, const char *safe)
{
    static const struct text_cell space = {.bytes = " ", .length_bytes = 1, .columns = 1};
    static const struct text_cell unknown = {.bytes = "?", .length_bytes = 1, .columns = 1};
    struct text_cell cell;

    end = clip(frame, row, column, end);
    while (column < end && text_next(&safe, &cell)) {
        if (frame_is_control(&cell))
            cell = unknown;
        if (column + cell.columns > end)
            cell = space;
        frame_put_cell(frame, row, column, style, &cell);
        column += cell.columns;
    }
    return column;
}

int frame_put_items(struct frame *frame, int row, int column, int end, enum style style,
                    const char *safe)
{
    char fitting[FIT_SIZE], more[FIT_SIZE];
    int room = clip(frame, row, column, end) - column;

    fitting[0] = '\0';
    for (const char *at = safe; at != NULL;) {
        const char *next = strstr(at, "  ");
        size_t length = next != NULL ? (size_t)(next - safe) : strlen(safe);
        if (length >= sizeof more)
            break;
        memcpy(more, safe, length);
        more[length] = '\0';
        if (room < 0 || text_columns(more) > (size_t)room)
            break;
        memcpy(fitting, more, length + 1);
        at = next != NULL ? next + 2 : NULL;
    }
    return frame_put(frame, row, column, end, style, fitting);
}

void frame_put_left(struct frame *frame, int row, int column, int width, enum style style,
                    enum text_charset charset, const char *safe)
{
    char fitted[FIT_SIZE];

    if (width <= 0)
        return;
    text_fit(fitted, sizeof fitted, safe, (size_t)width, charset);
    frame_put(frame, row, column, column + width, style, fitted);
}

void frame_put_right(struct frame *frame, int row, int column, int width, enum style style,
                     enum text_charset charset, const char *safe)
{
    size_t columns = text_columns(safe);

    if (width <= 0)
        return;
    if (columns >= (size_t)width) {
        frame_put_left(frame, row, column, width, style, charset, safe);
        return;
    }
    int start = column + width - (int)columns;
    frame_fill(frame, row, column, start, style, " ");
    frame_put(frame, row, start, column + width, style, safe);
}

void frame_fill(struct frame *frame, int row, int column, int end, enum style style,
                const char *safe)
{
    end = clip(frame, row, column, end);
    while (column < end)
        column = frame_put(frame, row, column, column + 1, style, safe);
}

void frame_mark(struct frame *frame, int row, int column, int end, enum mark mark)
{
    end = clip(frame, row, column, end);
    for (; column < end; column++)
        at(frame, row, column)->mark = (uint8_t)mark;
}

void frame_paste(struct frame *frame, int row, int column, const struct frame *from)
{
    for (int i = 0; i < from->rows && row + i < frame->rows; i++)
        for (int k = 0; k < from->columns && column + k < frame->columns; k++)
            *at(frame, row + i, column + k) = *at(from, i, k);
    if (from->cursor_row >= 0)
        frame_set_cursor(frame, row + from->cursor_row, column + from->cursor_column);
}

void frame_set_cursor(struct frame *frame, int row, int column)
{
    frame->cursor_row = row < frame->rows && column >= 0 && column < frame->columns ? row : -1;
    frame->cursor_column = column;
}

bool frame_cursor(const struct frame *frame, int *row, int *column)
{
    *row = frame->cursor_row;
    *column = frame->cursor_column;
    return frame->cursor_row >= 0;
}

/* ---- as text */

struct output {
    char *out;
    size_t size, length;
};

static void frame_append(struct output *output, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++, output->length++)
        if (output->length + 1 < output->size)
            output->out[output->length] = bytes[i];
}

static int last_used_column(const struct frame *frame, int row)
{
    int column = frame->columns;

    while (column > 0 && at(frame, row, column - 1)->length_bytes == 1 &&
           at(frame, row, column - 1)->bytes[0] == ' ')
        column--;
    return column;
}

size_t frame_to_text(const struct frame *frame, char *out, size_t size_bytes)
{
    struct output output = {.out = out, .size = size_bytes};

    for (int row = 0; row < frame->rows; row++) {
        int end = last_used_column(frame, row);
        for (int column = 0; column < end; column++)
            frame_append(&output, at(frame, row, column)->bytes,
                         at(frame, row, column)->length_bytes);
        frame_append(&output, "\n", 1);
    }
    if (size_bytes > 0)
        out[output.length < size_bytes ? output.length : size_bytes - 1] = '\0';
    return output.length;
}
