/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interfaces: the names of this machine's interfaces. */
#ifndef UDPTUI_SYS_INTERFACES_H
#define UDPTUI_SYS_INTERFACES_H

#include "udptui/proto/endpoint.h"

/* Their names at the time of the call (netdevice(7)). */
extern const struct zones interfaces_zones;

#endif
