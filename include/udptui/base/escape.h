/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* escape: what a person types -> bytes. The inverse of what base/text shows. */
#ifndef UDPTUI_BASE_ESCAPE_H
#define UDPTUI_BASE_ESCAPE_H

#include <stddef.h>
#include <stdint.h>

struct escape_result {
    size_t length_bytes; /* bytes written */
    const char *error;   /* NULL, or what is wrong, a literal ("\\x needs two hex digits") */
    size_t error_offset; /* position in the input, 0-based byte offset */
};

/*
 * Decodes \n \r \t \0 \\ \xHH and \u{HEX} (as UTF-8); any other character after a backslash is an
 * error. The result is never longer than the input, so out of length_bytes bytes is enough; out may
 * be text itself.
 */
struct escape_result escape_decode(const char *text, size_t length_bytes, uint8_t *out,
                                   size_t out_size_bytes);

/*
 * Decodes hex digits in pairs; blanks, ':' and "0x" between pairs are passed over
 * ("de ad:be 0xef"). Odd digits or anything else are an error.
 */
struct escape_result escape_decode_hex(const char *text, size_t length_bytes, uint8_t *out,
                                       size_t out_size_bytes);

/* Lower-case hex of the bytes, NUL-terminated; size_bytes at least 2 * length + 1. Returns out. */
char *escape_hex(char *out, size_t size_bytes, const void *bytes, size_t length_bytes);

#endif
