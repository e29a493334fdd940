/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dump: bytes as rows of hex and ASCII. */
#ifndef UDPTUI_BASE_DUMP_H
#define UDPTUI_BASE_DUMP_H

#include <stdbool.h>
#include <stddef.h>

enum { DUMP_WIDTH = 16, DUMP_HEX_SIZE = 3 * DUMP_WIDTH + 2, DUMP_TEXT_SIZE = DUMP_WIDTH + 1 };

/*
 * Up to width (at most DUMP_WIDTH) bytes as "de ad be ef ", with a blank more behind the eighth and
 * blanks in the place of those that are missing. out: DUMP_HEX_SIZE. Returns out.
 */
const char *dump_hex(const void *bytes, size_t count, size_t width, char *out);

/* The same bytes as ASCII, a dot for each that is none. out: DUMP_TEXT_SIZE. Returns out. */
const char *dump_ascii(const void *bytes, size_t count, char *out);

/* Whether a person sees more in a dump: less than three quarters of the bytes are printable text. */
bool dump_is_binary(const void *bytes, size_t count);

#endif
