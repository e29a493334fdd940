/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim_fuzz: a simulated world (tests/sim/world.h) as a fuzz target. */
#ifndef UDPTUI_TESTS_FUZZ_SIM_FUZZ_H
#define UDPTUI_TESTS_FUZZ_SIM_FUZZ_H

#include "../sim/world.h"
#include "fuzz.h"

/* Plays the world of a program sim_NAME, whose main is `start`, with this input. Returns 0. */
int sim_fuzz(int (*start)(int, char **), const uint8_t *bytes, size_t size);

#endif
