/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* interfaces: how this machine's interfaces are called. */
#ifndef UDPTUI_SYS_INTERFACES_H
#define UDPTUI_SYS_INTERFACES_H

#include "udptui/proto/endpoint.h"

/* Their names, as they are at the moment of asking (netdevice(7)). */
extern const struct zones interfaces_zones;

#endif
