/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ladder_view: what one end of a ladder knows, from a ladder that shows everything.
 *
 * An end knows what its own socket sent, without what became of it; what its socket delivered,
 * without when it departed or whether the network made it; calls that failed; and its own events. So
 * a lost request and a lost reply look the same to the client, and the server does not know whether
 * its reply arrived. Reconstructed legs that depart from an end are kept, because its machine sent
 * them; those that arrive are not, because no socket delivered them as such.
 */
#ifndef UDPTUI_PROTO_LADDER_VIEW_H
#define UDPTUI_PROTO_LADDER_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "udptui/proto/ladder_leg.h"

enum ladder_view {
    LADDER_VIEW_ALL,
    LADDER_VIEW_CLIENT, /* the left end */
    LADDER_VIEW_SERVER, /* the right end */
    LADDER_VIEWS
};

/* The next one, in a circle. */
enum ladder_view ladder_view_next(enum ladder_view view);

struct ladder_viewer {
    enum ladder_view view;
    bool middle;         /* the ladder has a third line: an end sees only the gap beside it */
    const char *silence; /* safe text: the note of a request without a reply: "no reply" */
};

/*
 * The legs (in order of departure) that the viewer knows of, as far as it knows them, to out (count
 * of them; may be legs itself), in the order of the viewer's times. Returns how many. Their silence
 * is as of the last of the legs.
 */
size_t ladder_view_legs(const struct ladder_viewer *viewer, const struct ladder_leg *legs,
                        size_t count, struct ladder_leg *out);

#endif
