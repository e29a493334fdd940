/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dissection: what Wireshark's dissectors say, for the model: of the rows of the list, a line each,
 * and of one message the fields of its datagrams, which fold.
 */
#ifndef UDPTUI_UI_SERVE_DISSECTION_INTERNAL_H
#define UDPTUI_UI_SERVE_DISSECTION_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/dissect/dissector.h"

enum { DISSECTION_LINES = 512 /* rows that are kept: by id % DISSECTION_LINES */ };

enum dissection_state {
    DISSECTION_NONE,
    DISSECTION_ASKED,
    DISSECTION_KNOWN,
    DISSECTION_UNKNOWN, /* asked, and there was no answer */
};

/* A row of the list. */
struct dissection_line {
    uint64_t id; /* of the message */
    enum dissection_state state;
    struct dissect_summary summary;
};

/* A datagram of the message that is looked at. */
struct dissection_datagram {
    struct dissect_tree tree;
    struct dissect_summary summary;
    bool *unfolded; /* of each node; NULL: there are none */
    size_t chosen;  /* node */
};

struct dissection {
    bool lines_on;                 /* the list shows them instead of the payload */
    struct dissection_line *lines; /* NULL: never on so far */

    enum dissection_state state; /* of the datagrams */
    uint64_t asked;              /* the latest request for fields: an older answer is dropped */
    struct dissection_datagram datagrams[DISSECT_ASKED_MAX];
    size_t count, which; /* of datagrams; the one that is shown */

    char note[DISSECT_NOTE_SIZE], confined[DISSECT_CONFINED_SIZE];
};

void dissection_close(struct dissection *dissection);

/* Forgets the fields: they are asked for again. */
void dissection_forget_fields(struct dissection *dissection);

/* The nodes that are seen, folded ones left out: the next after one, count at the end. */
size_t dissection_next(const struct dissection_datagram *datagram, size_t node);

#endif
