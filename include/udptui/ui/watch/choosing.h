/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * choosing: the language of proto/filter over servers, their clients and their messages. A server
 * has a name (name:, and text), its port (port:), and it is chosen if one of its clients is (from:);
 * what is not known of it, as a size, chooses it not.
 */
#ifndef UDPTUI_UI_WATCH_CHOOSING_H
#define UDPTUI_UI_WATCH_CHOOSING_H

#include <stdbool.h>

#include "udptui/fleet/fleet.h"
#include "udptui/proto/filter.h"

bool choosing_takes_server(const struct filter *filter, const struct fleet_server *server);
bool choosing_takes_client(const struct filter *filter, const struct fleet_server *server,
                           const struct snapshot_client *client);
bool choosing_takes_message(const struct filter *filter, const struct fleet_server *server,
                            const struct snapshot_message *message);

#endif
