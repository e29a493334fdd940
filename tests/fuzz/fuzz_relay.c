/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_relay: the relay's engine in a simulated world (tests/sim/sim_relay.c) of which the input
 * decides what is left to chance: clients, targets and what they answer, ICMP errors, losses,
 * clocks, failing calls, what the owner asks for. Both directions are conserved whenever the engine
 * waits.
 */
int sim_start(int argc, char **argv);

#define main sim_start
#include "../sim/sim_relay.c"
#undef main

#include "sim_fuzz.h"

const char *const fuzz_words[] = {"\x01\x01\x01\x01", "\x3b\x01\x07", "\x63\x63", "\x02\x0b", NULL};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    return sim_fuzz(sim_start, bytes, size);
}
