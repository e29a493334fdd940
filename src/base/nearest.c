/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * nearest: the restricted Damerau-Levenshtein distance, three rows at a time.
 *
 * rows[i % 3][j] is the distance of the first i letters typed from the first j letters known.
 */
#include "udptui/base/nearest.h"

#include <string.h>

enum { WORD_MAX = 32 };

static size_t nearest_smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t distance(const char *typed, size_t typed_length, const char *known,
                       size_t known_length)
{
    size_t rows[3][WORD_MAX + 1];

    for (size_t j = 0; j <= known_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= typed_length; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i - 1) % 3];

        row[0] = i;
        for (size_t j = 1; j <= known_length; j++) {
            size_t change = typed[i - 1] == known[j - 1] ? 0 : 1;

            row[j] =
                nearest_smaller(nearest_smaller(above[j], row[j - 1]) + 1, above[j - 1] + change);
            if (i > 1 && j > 1 && typed[i - 1] == known[j - 2] && typed[i - 2] == known[j - 1])
                row[j] = nearest_smaller(row[j], rows[(i - 2) % 3][j - 2] + 1);
        }
    }
    return rows[typed_length % 3][known_length];
}

size_t nearest_distance(const char *typed, const char *known)
{
    size_t typed_length = strlen(typed);
    size_t known_length = strlen(known);
    size_t slips;

    if (typed_length == 0 || typed_length > WORD_MAX || known_length > WORD_MAX)
        return NEAREST_NONE;
    if (strncmp(typed, known, typed_length) == 0)
        return 0;
    slips = distance(typed, typed_length, known, known_length);
    return slips <= (typed_length + 2) / 3 ? slips : NEAREST_NONE;
}

struct nearest nearest_begin(const char *typed)
{
    return (struct nearest){.typed = typed, .slips = NEAREST_NONE};
}

void nearest_consider(struct nearest *nearest, const char *known)
{
    size_t slips = nearest_distance(nearest->typed, known);

    if (slips < nearest->slips) {
        nearest->slips = slips;
        nearest->word = known;
    }
}
