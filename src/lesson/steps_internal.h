/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* steps: what a script can have done in C: "step NAME". One file each, step_NAME.c. */
#ifndef UDPTUI_LESSON_STEPS_INTERNAL_H
#define UDPTUI_LESSON_STEPS_INTERNAL_H

#include "udptui/lesson/stage.h"

/* Acts on the stage, and delivers values by their keys (stage_count, ...). */
typedef void step_function(struct stage *stage);

/* NULL: there is no such step. */
step_function *steps_find(const char *name);

step_function step_blackhole, step_boundaries, step_checksum, step_clocks, step_congestion,
    step_connected, step_connectionless, step_duplicate, step_latency, step_loss, step_mtu,
    step_overflow, step_playout, step_ports, step_reorder, step_retry, step_tcp, step_truncation,
    step_unreachable, step_window;

#endif
