/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* line: a line that is typed on a screen, and the lines that were entered before, for Up and Down. */
#ifndef UDPTUI_UI_LINE_H
#define UDPTUI_UI_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LINE_MAX_BYTES = 4096, LINE_HISTORY_MAX = 50 };

/* A line that is being typed: UTF-8, NUL-terminated, the cursor at its end. */
struct line {
    char bytes[LINE_MAX_BYTES + 1];
    size_t length;
};

/* Zeroed memory is an empty one. */
struct line_history {
    char *lines[LINE_HISTORY_MAX]; /* the oldest first, each once */
    size_t count;
    size_t back;       /* 0: the line that is being typed, 1: the newest that is kept, ... */
    struct line draft; /* what was typed before the first step back */
};

/* Sets the line to a text that fits. */
void line_set(struct line *line, const char *text);

/* A character is typed. False with nothing changed if it is a control character, or the line would
 * have more than most_bytes. */
bool line_type(struct line *line, size_t most_bytes, int32_t code_point);

/* Removes the last character, or the last word with the blanks behind it. */
void line_erase(struct line *line);
void line_erase_word(struct line *line);

/* Keeps a line as the newest; not one without text, nor if memory is short. The next step begins
 * there. */
void line_history_keep(struct line_history *history, const struct line *line);

/* Replaces the line by an older one, or by a newer one and finally by what had been typed. False
 * with nothing changed if there is none. */
bool line_history_older(struct line_history *history, struct line *line);
bool line_history_newer(struct line_history *history, struct line *line);

/* Frees what it keeps. */
void line_history_clear(struct line_history *history);

#endif
