/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * frame: the contents of the terminal as a grid of cells, drawn without a terminal.
 *
 * Only safe text (base/text) and literals are put in; a control byte still becomes '?'. A wide
 * character takes its cell and the next one, which has 0 columns. A frame is reused: only
 * frame_resize allocates memory.
 */
#ifndef UDPTUI_UI_FRAME_H
#define UDPTUI_UI_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/base/text.h"

/* The meaning of a text, not its look: term maps each style to colours and attributes once. */
enum style {
    STYLE_NORMAL,
    STYLE_DIM,         /* rarely read: zeros, ages, hints */
    STYLE_TITLE,       /* the program and its address */
    STYLE_VALUE,       /* a figure that matters */
    STYLE_COMMAND,     /* text to type */
    STYLE_RULE,        /* the line between two panes */
    STYLE_PANE,        /* a pane's title */
    STYLE_PANE_ACTIVE, /* of the active pane */
    STYLE_COLUMN,      /* column headings */
    STYLE_SPARK,
    STYLE_ACKED,
    STYLE_HELD,
    STYLE_FAILED,
    STYLE_WARNING, /* PAUSED, ACKS OFF, drops */
    STYLE_KEY,     /* footer and help: the key */
    STYLE_INPUT,   /* a line that is being typed */
    STYLES
};

/* A mark on top of the style. */
enum mark {
    MARK_NONE,
    MARK_SELECTED, /* the row that the keys act on */
};

enum { FRAME_CELL_BYTES = 20 }; /* a base character and TEXT_COMBINING_MAX marks */

struct cell {
    char bytes[FRAME_CELL_BYTES]; /* zeros behind length_bytes, so that cells compare as bytes */
    uint8_t length_bytes;
    uint8_t columns; /* 1, 2, or 0: the right half of the wide character before it */
    uint8_t style;   /* enum style */
    uint8_t mark;    /* enum mark */
};

struct frame;

/* An empty frame of 0x0; NULL if memory is short. frame_close frees it (NULL is allowed). */
struct frame *frame_open(void);
void frame_close(struct frame *frame);

/* Sets the size and blanks all. Allocates only to grow. False, with a size of 0x0, if memory is
 * short. Negative sizes count as 0. */
bool frame_resize(struct frame *frame, int rows, int columns);

/* The size in cells; 0 if memory was short. */
int frame_rows(const struct frame *frame);
int frame_columns(const struct frame *frame);

/* The cell at a place inside the frame. */
const struct cell *frame_cell(const struct frame *frame, int row, int column);

/*
 * Puts safe text at a place, clipped to columns [column, end) and to the frame; a wide character
 * that does not fit becomes a space. Returns the column after the text (column if nothing was put).
 */
int frame_put(struct frame *frame, int row, int column, int end, enum style style,
              const char *safe);

/* Puts the items of a safe text, which two blanks separate, as many as fit whole: half a figure is
 * another figure. Returns the column after them. */
int frame_put_items(struct frame *frame, int row, int column, int end, enum style style,
                    const char *safe);

/* As frame_put, cut or padded to exactly width columns (text_fit, with its ellipsis). */
void frame_put_left(struct frame *frame, int row, int column, int width, enum style style,
                    enum text_charset charset, const char *safe);
void frame_put_right(struct frame *frame, int row, int column, int width, enum style style,
                     enum text_charset charset, const char *safe);

/* Blanks columns [column, end) of a row, or fills them with one safe character of one column. */
void frame_fill(struct frame *frame, int row, int column, int end, enum style style,
                const char *safe);

/* Marks columns [column, end) of a row, whatever their content. */
void frame_mark(struct frame *frame, int row, int column, int end, enum mark mark);

/* Copies a frame to a place in another one, where it has room, with its cursor. */
void frame_paste(struct frame *frame, int row, int column, const struct frame *from);

/* Where the terminal's cursor is shown; row < 0: nowhere, as after frame_resize. */
void frame_set_cursor(struct frame *frame, int row, int column);
bool frame_cursor(const struct frame *frame, int *row, int *column);

/*
 * The rows as text, each with its trailing blanks cut and a '\n', NUL-terminated; for tests.
 * Returns the length it has or would have, as snprintf does.
 */
size_t frame_to_text(const struct frame *frame, char *out, size_t size_bytes);

#endif
