/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ladder: draws datagrams between two ends as arrows, with time running downwards; or between two
 * ends and a relay in the middle. Pure: from legs and a size to cells.
 *
 * Each departure and each arrival is a row, in order of time. An arrow without other events in
 * between is level. Any other runs to a lane, down that lane and on to the far line: lanes are
 * placed so that an arrow crosses the lane of another only if it overtakes it. The arrow of a
 * datagram that did not arrive ends in a mark: half-way if it was lost, at the far line if it was
 * dropped there, at its own line if it was never sent. A datagram that the relay forwards at once
 * takes one row on both sides of it.
 */
#ifndef UDPTUI_UI_LADDER_LADDER_H
#define UDPTUI_UI_LADDER_LADDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/base/catalog.h"
#include "udptui/base/text.h"
#include "udptui/proto/ladder_leg.h"
#include "udptui/ui/frame.h"

struct ladder_heads {
    const char *left, *right; /* safe text above the two lines: "client", "server" */
    const char *middle;       /* above a third line between them: "relay"; NULL: there is none */
    bool
        whole_words; /* labels and notes without room on their row go below it, else they are cut */
    const struct catalog *catalog; /* of the ladder's own words; NULL: English */
    int64_t origin_ns;             /* times are shown in seconds since then; 0: as times of day */
};

/*
 * The legs after so many rows of ladder_draw: those that have departed; those that have not arrived
 * by then are underway. out: count of them. *now_ns: the time of the last of these rows. Returns
 * how many legs.
 */
size_t ladder_reveal(const struct ladder_leg *legs, size_t count, int rows, struct ladder_leg *out,
                     int64_t *now_ns);

/* How many rows ladder_draw needs for all legs (in order of departure), without its heads. */
int ladder_count_rows(const struct ladder_leg *legs, size_t count, int64_t now_ns);

/* Below that many columns an arrow has no room between its two lines. */
enum { LADDER_COLUMNS_MIN = 20 };

/*
 * Draws legs (in order of departure) into rows [top, top + rows) of the frame, over its whole
 * width. The newest rows stay visible; scroll moves the window up by so many rows. now_ns: where
 * arrows that are underway end. utc_offset_s: of the times of day at the left, if there is room for
 * them. In a frame below LADDER_COLUMNS_MIN nothing is drawn. Returns the number of rows that all
 * legs take.
 */
int ladder_draw(struct frame *frame, int top, int rows, const struct ladder_heads *heads,
                const struct ladder_leg *legs, size_t count, int64_t now_ns, int scroll,
                int32_t utc_offset_s, enum text_charset charset);

#endif
