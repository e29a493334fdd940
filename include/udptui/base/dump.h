/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dump: bytes as rows of hex and ASCII. */
#ifndef UDPTUI_BASE_DUMP_H
#define UDPTUI_BASE_DUMP_H

#include <stdbool.h>
#include <stddef.h>

enum { DUMP_WIDTH = 16, DUMP_HEX_SIZE = 3 * DUMP_WIDTH + 2, DUMP_TEXT_SIZE = DUMP_WIDTH + 1 };

/*
 * Up to width (at most DUMP_WIDTH) bytes as "de ad be ef ", with an extra blank after the eighth
 * and blanks for missing bytes. out: DUMP_HEX_SIZE. Returns out.
 */
const char *dump_hex(const void *bytes, size_t count, size_t width, char *out);

/* The same bytes as ASCII, a dot for each byte that is not printable. out: DUMP_TEXT_SIZE. Returns
 * out. */
const char *dump_ascii(const void *bytes, size_t count, char *out);

/* Whether a dump is more readable than text: less than three quarters of the bytes are printable
 * text. */
bool dump_is_binary(const void *bytes, size_t count);

#endif
