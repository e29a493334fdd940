/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* message: the payload of a datagram, made from typed text. */
#ifndef UDPTUI_CLIENT_MESSAGE_H
#define UDPTUI_CLIENT_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

/* MESSAGE_MOST is one byte more than any datagram takes, so that a message that is too big is
 * detected; after it there is room for a line ending. */
enum { MESSAGE_MOST = 65536, MESSAGE_SIZE = MESSAGE_MOST + 2 };

enum message_eol { MESSAGE_EOL_NONE, MESSAGE_EOL_LF, MESSAGE_EOL_CRLF, MESSAGE_EOL_CR };

/* The words of --eol, by enum message_eol, NULL-terminated. */
extern const char *const message_eol_words[];

/* How a text is read. Ints, since options are parsed into them. */
struct message_style {
    int eol;     /* enum message_eol: what is added to each message */
    int hex;     /* it is hex digits; before escapes */
    int escapes; /* it has escapes as in C: \n, \x1b, ... */
};

/* What the style adds to each message. */
const char *message_eol_bytes(const struct message_style *style);

enum { MESSAGE_WHY_SIZE = 128 };

/*
 * Writes the payload that a text of `length` bytes stands for to out (MESSAGE_SIZE bytes), and its
 * size. Returns NULL, or what is wrong with the text; then *size_bytes is the length up to the
 * error, and *wrong_byte is the one of the text that is wrong, from 1 on, 0 if it is too long as a
 * whole.
 */
const char *message_encode(const struct message_style *style, const char *text, size_t length,
                           uint8_t *out, size_t *size_bytes, size_t *wrong_byte);

/* "at byte 3: not a hex digit", or why alone, to out (MESSAGE_WHY_SIZE). Returns out. */
const char *message_problem(const char *why, size_t wrong_byte, char *out);

/* --fill: the message with number `seq` and its fields filled in (proto/fill), to out (MESSAGE_SIZE
 * bytes). Returns the size that it has or, if that is more than MESSAGE_SIZE, would have. */
size_t message_fill(uint64_t seq, const uint8_t *bytes, size_t size_bytes, uint8_t *out);

#endif
