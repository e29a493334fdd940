/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * legs: the latest datagrams of a session as arrows of a ladder. The times are the client's: the
 * arrival at the other end is unknown, so the arrow is level, and without a reply the mark does not
 * show whether the request or the reply was lost.
 */
#ifndef UDPTUI_UI_SEND_LEGS_INTERNAL_H
#define UDPTUI_UI_SEND_LEGS_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "udptui/base/text.h"
#include "udptui/proto/ladder_leg.h"
#include "udptui/proto/result.h"

enum { LEGS_MAX = 256 };

/* All zero: none yet. */
struct legs {
    struct ladder_leg each[LEGS_MAX]; /* the latest, a ring */
    uint64_t count;
    uint64_t latest; /* the number of the latest request */
};

/* A datagram is about to be sent. wall_ns: CLOCK_REALTIME. */
void legs_add_request(struct legs *legs, enum text_charset charset, uint64_t seq,
                      const uint8_t *bytes, size_t size_bytes, int64_t wall_ns);

/* The outcome of one. result->wall_ns is set. */
void legs_add_result(struct legs *legs, enum text_charset charset, const struct result *result);

/* Copies the legs of the latest exchanges, as many as are kept, to out (LEGS_MAX) in the order in
 * which they were added. Returns their number. */
size_t legs_latest(const struct legs *legs, uint64_t exchanges, struct ladder_leg *out);

#endif
