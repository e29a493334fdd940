/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interfaces: if_indextoname(3). */
#include "udptui/sys/interfaces.h"

#include <net/if.h>

static const char *name_interface(uint32_t scope, char *out)
{
    return if_indextoname(scope, out); /* the index is shown instead: the errno does not matter */
}

const struct zones interfaces_zones = {.name = name_interface};
