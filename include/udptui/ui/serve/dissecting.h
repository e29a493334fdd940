/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dissecting: the dissectors of a screen: asks for what the model wants, in the background. */
#ifndef UDPTUI_UI_SERVE_DISSECTING_H
#define UDPTUI_UI_SERVE_DISSECTING_H

#include "udptui/dissect/dissector.h"
#include "udptui/ui/serve/effects.h"
#include "udptui/ui/serve/model.h"

struct dissecting {
    struct dissector *dissector; /* NULL: not wanted so far */
    bool failed;                 /* it could not be opened */
    bool paced;                  /* rows were asked for at rows_ns (CLOCK_MONOTONIC) */
    int64_t rows_ns;
    struct launcher *launcher; /* borrowed; NULL: none */
};

/* Ends the dissector; without one nothing happens. */
void dissecting_close(struct dissecting *dissecting);

/* After a key: tries again if it wants that. */
void dissecting_act(struct dissecting *dissecting, const struct effects *effects,
                    struct model *model);

/* Asks and takes answers. Returns whether the drawing may have changed. Costs nothing while nothing
 * is wanted. */
bool dissecting_turn(struct dissecting *dissecting, struct model *model);

/* Readable, or late, if dissecting_turn has something to do; -1, INT64_MAX: never. */
int dissecting_fd(const struct dissecting *dissecting);
int64_t dissecting_due_ns(const struct dissecting *dissecting);

#endif
