/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* steps: see the header. */
#include "steps_internal.h"

#include <string.h>

#include "udptui/base/array.h"

static const struct step {
    const char *name;
    step_function *act;
} table[] = {
    {"amplify", step_amplify},     {"blackhole", step_blackhole},
    {"broadcast", step_broadcast}, {"checksum", step_checksum},
    {"clocks", step_clocks},       {"congestion", step_congestion},
    {"connected", step_connected}, {"dns", step_dns},
    {"latency", step_latency},     {"mtu", step_mtu},
    {"multicast", step_multicast}, {"nat", step_nat},
    {"playout", step_playout},     {"ports", step_ports},
    {"quic", step_quic},           {"tcp", step_tcp},
    {"window", step_window},
};

step_function *steps_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (strcmp(table[i].name, name) == 0)
            return table[i].act;
    return NULL;
}
