/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sentences: a ladder in words, for those who do not see it. Pure. A leg is one line, with all that
 * its arrow shows: times, what became of it, the round-trip time, the note.
 */
#ifndef UDPTUI_UI_LADDER_SENTENCES_H
#define UDPTUI_UI_LADDER_SENTENCES_H

#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/ladder_leg.h"
#include "udptui/ui/ladder/ladder.h"

/* Of one leg: two labels, and the words around them in any language. */
enum { SENTENCES_SIZE = 1024 };

struct sentences {
    const struct ladder_heads *heads; /* the names of the lines, as nouns; the language; and when
                                       * times begin */
    int32_t utc_offset_s;             /* of times of day */
};

/* "0.000123 s: the client sends #1. It is lost on the way to the server." out: SENTENCES_SIZE.
 * Returns out. */
const char *sentences_of_leg(const struct sentences *sentences, const struct ladder_leg *leg,
                             char *out, size_t size);

/*
 * Puts the sentences of legs (in order of departure), each wrapped to the frame's width, into rows
 * [top, top + rows): those from the line `first` on. Returns the number of lines of all. Without
 * rows, the frame may be NULL, and they are counted for so many columns.
 */
int sentences_draw(const struct sentences *sentences, const struct ladder_leg *legs, size_t count,
                   struct frame *frame, int top, int rows, int columns, int first);

#endif
