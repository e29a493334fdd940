/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * nearest: finds the known word that a mistyped one probably means.
 *
 *     struct nearest nearest = nearest_begin(typed);
 *     for (each known word)
 *         nearest_consider(&nearest, word);
 *     if (nearest.word != NULL) "did you mean"
 */
#ifndef UDPTUI_BASE_NEAREST_H
#define UDPTUI_BASE_NEAREST_H

#include <stdbool.h>
#include <stddef.h>

/* More errors than any suggested word has. */
enum { NEAREST_NONE = 1000 };

/*
 * The number of typing errors (a letter left out, put in or changed, two neighbours swapped)
 * between typed and known; 0 if typed is the beginning of known; NEAREST_NONE if they are too many
 * to suggest it: more than one for each three letters typed.
 */
size_t nearest_distance(const char *typed, const char *known);

/* The best word so far. */
struct nearest {
    const char *typed;
    const char *word; /* the one with the fewest errors, the first of several; NULL: none is near */
    size_t slips;
};

/* No word was considered yet. typed is kept, not copied. */
struct nearest nearest_begin(const char *typed);

/* known is kept, not copied. */
void nearest_consider(struct nearest *nearest, const char *known);

#endif
