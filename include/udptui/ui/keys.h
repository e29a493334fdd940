/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keys: the table of a screen's keys. One row defines which keys do what in which modes, and their
 * texts in the footer and the help.
 *
 * A screen has modes, one bit each (a list, a detail, a line that is typed); a row names the modes
 * that it applies to. Each screen defines its own struct press, which its actions work on.
 */
#ifndef UDPTUI_UI_KEYS_H
#define UDPTUI_UI_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/base/catalog.h"
#include "udptui/ui/frame.h"

/* Keys that are not characters. A character is its Unicode code point: Ctrl-L is 0x0c, Enter '\r',
 * Tab '\t', Esc 0x1b. */
enum key_code {
    KEY_CODE_NONE = 0,
    KEY_CODE_UP = -100,
    KEY_CODE_DOWN,
    KEY_CODE_LEFT,
    KEY_CODE_RIGHT,
    KEY_CODE_PAGE_UP,
    KEY_CODE_PAGE_DOWN,
    KEY_CODE_HOME,
    KEY_CODE_END,
    KEY_CODE_BACKSPACE,
    KEY_CODE_DELETE,
    KEY_CODE_F1,
    KEY_CODE_F2,
    KEY_CODE_F3,
    KEY_CODE_F10,
    KEY_CODE_CLICK, /* at row and column */
    KEY_CODE_WHEEL_UP,
    KEY_CODE_WHEEL_DOWN,
    KEY_CODE_RESIZE, /* the terminal has another size; not for a table */
    KEY_CODE_CTRL_H = 0x08,
    KEY_CODE_CTRL_L = 0x0c,
    KEY_CODE_CTRL_R = 0x12,
    KEY_CODE_CTRL_U = 0x15,
    KEY_CODE_CTRL_W = 0x17,
    KEY_CODE_CTRL_Z = 0x1a,
    KEY_CODE_ESC = 0x1b,
    KEY_CODE_RUBOUT = 0x7f,
};

struct key {
    int32_t code;    /* enum key_code or a code point */
    int row, column; /* of the mouse */
};

struct press; /* what an action gets: each screen has its own */

enum { KEYS_A_ROW = 9 };

struct keys_row {
    int32_t keys[KEYS_A_ROW]; /* enum key_code or code points; 0: none */
    unsigned modes;           /* or-ed: the modes that it works in */
    void (*act)(struct press *press);
    const char *names;     /* the names of the keys; the footer shows the first */
    const char *help;      /* NULL: not in the help */
    const char *footer;    /* a word or two */
    unsigned footer_modes; /* modes whose footer shows it */
    int rank;              /* the footer leaves out the highest first if it is narrow, 0 to 9 */
};

struct keys_table {
    const struct keys_row *rows; /* in the order of the footer and the help */
    size_t count;
    unsigned
        modes; /* of the screen: a row of a later table that applies to none of them is left out */
    const struct keys_table *next; /* further rows, except those whose keys this table uses in one
                                    * of their modes; NULL: none */
    const struct catalog *catalog; /* for the texts of all rows, of next too; NULL: as they are */
};

/* The keys that the loop of every screen handles, for the help: each screen's last table. */
extern const struct keys_table keys_of_the_loop;

/* The row for a key in a mode; NULL if there is none. */
const struct keys_row *keys_find(const struct keys_table *table, unsigned mode, int32_t code);

/* ---- the footer */

/* Columns that the footer's keys of a mode take, all of them. */
int keys_footer_columns(const struct keys_table *table, unsigned mode);

/* Puts the footer's keys of a mode into columns [column, frame_columns - 1) of a row, as many as
 * fit by their rank; at_right: at the right end of it. Returns the column for what follows. */
int keys_put_footer(const struct keys_table *table, unsigned mode, struct frame *frame, int row,
                    int column, bool at_right);

/* ---- the help */

/* One entry, in the order of the table; false past the last. */
struct keys_help {
    const char *keys; /* "q F10" */
    const char *help; /* "quit", translated */
};
bool keys_help_at(const struct keys_table *table, size_t index, struct keys_help *out);

/* How many lines the entries take over that many columns: side by side, read downwards. */
int keys_help_lines(const struct keys_table *table, int columns);

/* Puts one of those lines, from 0, into a row. */
void keys_put_help_line(const struct keys_table *table, int line, struct frame *frame, int row);

#endif
