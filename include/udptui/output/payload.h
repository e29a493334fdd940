/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* payload: a datagram's bytes in lines for people: as text or as a dump, of limited length. */
#ifndef UDPTUI_OUTPUT_PAYLOAD_H
#define UDPTUI_OUTPUT_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "udptui/base/text.h"

enum payload_show {
    PAYLOAD_AUTO, /* a dump if less than three quarters of the bytes are printable, else text */
    PAYLOAD_TEXT,
    PAYLOAD_HEX,
    PAYLOAD_BOTH,
};

/* "auto", "text", "hex", "both", ended by NULL. */
extern const char *const payload_show_words[];

struct payload_style {
    int show;  /* enum payload_show */
    bool full; /* the whole payload; else PAYLOAD_LINE_SIZE characters, PAYLOAD_ROWS rows */
};

enum {
    PAYLOAD_LINE_SIZE = 240,
    PAYLOAD_ROWS = 16,
    PAYLOAD_SCRATCH = 65536 * TEXT_EXPANSION + 1,
};

/* Its part of a line: the text, "(empty)" or, if only the dump shows it, "12 B". scratch:
 * PAYLOAD_SCRATCH bytes. The line includes the number of bytes left out. */
void payload_write(FILE *file, const struct payload_style *style, enum text_charset charset,
                   char *scratch, const uint8_t *bytes, size_t size_bytes);

/* The rows of the dump, each a line, if the style has one. To be called after the line's end. */
void payload_write_rows(FILE *file, const struct payload_style *style, const uint8_t *bytes,
                        size_t size_bytes);

#endif
