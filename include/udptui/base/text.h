/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text: the only way for untrusted bytes to reach a terminal, a log line or a message.
 *
 * Rendering makes any bytes printable and unambiguous: strict UTF-8 (RFC 3629); each invalid byte
 * as \xHH; TAB, CR, LF as \t \r \n; other C0, DEL and C1 as \xHH; format characters, separators,
 * unassigned, private-use and surrogate code points (Unicode categories Cf Zl Zp Cn Co Cs), what
 * Unicode calls default-ignorable (variation selectors, fillers) and letters without a width
 * (conjoining Hangul) as \u{HEX}; a backslash doubled; a combining mark escaped (\u{HEX}) if it
 * stands first or is more than the fourth on its base. The result holds no byte that moves a
 * cursor, and escape_decode gives the input back.
 */
#ifndef UDPTUI_BASE_TEXT_H
#define UDPTUI_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum text_charset {
    TEXT_UTF8,  /* the terminal shows UTF-8 */
    TEXT_ASCII, /* everything from 0x80 up is escaped: \u{HEX} for characters, \xHH else */
};

/* No input byte becomes more than this many output bytes. */
enum { TEXT_EXPANSION = 5, TEXT_COMBINING_MAX = 4 };

/*
 * Renders length_bytes bytes into out, NUL-terminated, stopping before the first character that
 * does not fit whole (size_bytes counts the NUL; length * TEXT_EXPANSION + 1 always fits). Returns
 * how many input bytes were rendered: length_bytes if nothing was cut.
 */
size_t text_render(char *out, size_t size_bytes, const void *bytes, size_t length_bytes,
                   enum text_charset charset);

/* Safe text in UTF-8 for what shows another charset: what it does not show is escaped, and nothing is
 * escaped twice. What does not fit (size_bytes, with the NUL) is left out. Returns out. */
const char *text_recode(char *out, size_t size_bytes, const char *safe, enum text_charset charset);

/* How many of the bytes belong to characters that are shown unchanged, or are TAB, CR, LF or a
 * backslash. */
size_t text_printable_bytes(const void *bytes, size_t length_bytes);

/* One terminal cell's worth of safe text: a base character with its combining marks. */
struct text_cell {
    const char *bytes; /* points into the text given to text_next */
    uint8_t length_bytes;
    uint8_t columns; /* 1 or 2 */
};

/*
 * Reads the next cell at *cursor (safe text: what text_render made, or our own literals) and moves
 * the cursor past it. Returns false at the end.
 */
bool text_next(const char **cursor, struct text_cell *out);

/* The width of safe text in columns. */
size_t text_columns(const char *safe);

/*
 * Cuts or pads safe text to exactly `columns` columns; a cut one ends in an ellipsis
 * (UTF-8: one column, ASCII: "~"); a wide character that does not fit becomes a space.
 * Writes to out (size_bytes), NUL-terminated. Returns the bytes written.
 */
size_t text_fit(char *out, size_t size_bytes, const char *safe, size_t columns,
                enum text_charset charset);

#endif
