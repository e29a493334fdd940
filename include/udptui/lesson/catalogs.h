/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* catalogs: the translations of the lessons, which are compiled into the program. */
#ifndef UDPTUI_LESSON_CATALOGS_H
#define UDPTUI_LESSON_CATALOGS_H

#include <stddef.h>
#include <stdint.h>

#include "udptui/base/catalog.h"
#include "udptui/base/text.h"

/* The languages there are, ended by NULL: "en", which the lessons are written in, first. The others
 * are missing from a build without gettext. */
extern const char *const catalogs_languages[];

struct catalogs_file {
    const uint8_t *bytes; /* of a .mo file; NULL: the language needs none */
    size_t size_bytes;
};

/* As many as languages, in the same order; src/lesson/po/embed.sh writes both tables. */
extern const struct catalogs_file catalogs_files[];

struct catalogs_opened {
    struct catalog catalog;
    uint8_t *copy; /* spelled in ASCII; NULL: none is needed */
};

/*
 * The catalog of the language with that index, NULL for English. charset TEXT_ASCII: umlauts are
 * two letters. NULL also if memory is short for that, with a notice on stderr. For
 * catalogs_close, which must come after the last use.
 */
const struct catalog *catalogs_open(struct catalogs_opened *opened, int language,
                                    enum text_charset charset);
/* Frees the copy, if there is one. */
void catalogs_close(struct catalogs_opened *opened);

#endif
