/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * send_ladder: the session's latest datagrams as legs, for /ladder. The times are the client's:
 * when a datagram came to the other end nobody here knows, so its arrow is level, and where no
 * answer came the mark does not say which of the two was lost.
 */
#ifndef UDPTUI_CLIENT_LADDER_H
#define UDPTUI_CLIENT_LADDER_H

#include <stddef.h>
#include <stdint.h>

#include "udptui/base/text.h"
#include "udptui/proto/ladder_leg.h"
#include "udptui/proto/result.h"

enum { SEND_LADDER_LEGS = 256, SEND_LADDER_MOST = 64, SEND_LADDER_SHOWN = 8 };

struct send_ladder {
    bool on; /* a prompt may ask for it; else nothing is kept */
    enum text_charset charset;
    struct ladder_leg legs[SEND_LADDER_LEGS]; /* the latest, a ring */
    uint64_t count;
};

/* A datagram is about to be sent. wall_ns: CLOCK_REALTIME. */
void send_ladder_sent(struct send_ladder *ladder, uint64_t seq, const uint8_t *bytes,
                      size_t size_bytes, int64_t wall_ns);

/* What became of one. result->wall_ns is set. */
void send_ladder_result(struct send_ladder *ladder, const struct result *result);

#endif
