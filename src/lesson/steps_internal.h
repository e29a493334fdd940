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

step_function step_amplify;
step_function step_blackhole;
step_function step_broadcast;
step_function step_checksum;
step_function step_clocks;
step_function step_congestion;
step_function step_connected;
step_function step_dns;
step_function step_latency;
step_function step_mtu;
step_function step_multicast;
step_function step_nat;
step_function step_playout;
step_function step_ports;
step_function step_quic;
step_function step_tcp;
step_function step_window;

#endif
