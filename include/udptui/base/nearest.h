/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nearest: which known word a mistyped one was meant to be. */
#ifndef UDPTUI_BASE_NEAREST_H
#define UDPTUI_BASE_NEAREST_H

#include <stdbool.h>
#include <stddef.h>

/* More slips than any word that is worth suggesting has. */
enum { NEAREST_NONE = 1000 };

/*
 * The slips (a letter left out, put in or changed, two neighbours swapped) that lead from typed to
 * known; 0 where typed is the beginning of known; NEAREST_NONE where they are too many to suggest
 * it: more than one for each three letters typed.
 */
size_t nearest_distance(const char *typed, const char *known);

#endif
