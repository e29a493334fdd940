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
    {"amplify", step_amplify},
    {"blackhole", step_blackhole},
    {"boundaries", step_boundaries},
    {"broadcast", step_broadcast},
    {"checksum", step_checksum},
    {"clocks", step_clocks},
    {"congestion", step_congestion},
    {"connected", step_connected},
    {"connectionless", step_connectionless},
    {"dns", step_dns},
    {"duplicate", step_duplicate},
    {"latency", step_latency},
    {"loss", step_loss},
    {"mtu", step_mtu},
    {"nat", step_nat},
    {"overflow", step_overflow},
    {"playout", step_playout},
    {"ports", step_ports},
    {"quic", step_quic},
    {"reorder", step_reorder},
    {"retry", step_retry},
    {"tcp", step_tcp},
    {"truncation", step_truncation},
    {"unreachable", step_unreachable},
    {"window", step_window},
};

step_function *steps_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(table); i++)
        if (strcmp(table[i].name, name) == 0)
            return table[i].act;
    return NULL;
}
