/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_counts: counts of a capture's frames. */
#ifndef UDPTUI_REPLAY_COUNTS_H
#define UDPTUI_REPLAY_COUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/capture/packet_stream.h"

struct replay_counts {
    struct packet_counts packets;
    uint64_t filtered; /* datagrams that are neither to nor from the chosen server */
    bool saving;       /* some are copied to another capture: frames_saved says how many */
    uint64_t frames_saved;
};

#endif
