/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * catalog: translations in the format of GNU gettext's .mo files (GNU gettext manual, "The Format of
 * GNU MO Files"). Reads them where they are in memory. Plural forms and contexts are not used: a text
 * with a context is found as "CONTEXT\4TEXT", of a plural only the first form.
 */
#ifndef UDPTUI_BASE_CATALOG_H
#define UDPTUI_BASE_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct catalog {
    const uint8_t *bytes; /* of the file */
    size_t size_bytes;
    bool little_endian; /* its numbers; else big-endian */
    uint32_t count;
    uint32_t originals, translations; /* offsets of the two tables */
};

/*
 * Checks all of a file of size_bytes bytes: the tables and texts are inside it, each text ends in a
 * NUL, and the originals are in order. The bytes must stay as they are while the catalog is used.
 * False: it is no such file, or it is damaged.
 */
bool catalog_open(struct catalog *catalog, const void *bytes, size_t size_bytes);

/* The translation of a text; the text itself if there is none, it is empty, or catalog is NULL. A
 * translation points into the file. Formats of printf are checked by the compiler through it. */
const char *catalog_text(const struct catalog *catalog, const char *text)
    __attribute__((format_arg(2)));

/*
 * Spells the translations in ASCII, in place: an umlaut with e behind it, a sharp s as ss, as German allows if a terminal
 * has no UTF-8. bytes: those of catalog_open, which must be sound. Other characters stay.
 */
void catalog_spell_in_ascii(const struct catalog *catalog, uint8_t *bytes);

/* Marks a literal that stands in a table, and is looked up later, for the extraction of texts. */
#define CATALOG_MARK(text) text

#endif
