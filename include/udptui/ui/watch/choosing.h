/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * choosing: the language of proto/filter over servers, their clients and their messages. A server
 * has a name (name:, and text), its port (port:), a state (status:gone), and it is chosen if one of
 * its clients is (from:); what is not known of it, as a size, chooses it not. A client and a message
 * have the state of their server; a message has a status of its own as well.
 */
#ifndef UDPTUI_UI_WATCH_CHOOSING_H
#define UDPTUI_UI_WATCH_CHOOSING_H

#include <stdbool.h>

#include "udptui/fleet/fleet.h"
#include "udptui/proto/filter.h"

struct choosing {
    const struct filter *filter;
    const struct fleet *fleet;
    int64_t now_ns; /* CLOCK_MONOTONIC */
};

/* As filter_open, with the words for the states of servers: those of fleet_state_words, and "x2" of
 * a name that two programs use. */
struct filter *choosing_open(const char *text, size_t length_bytes, struct filter_problem *problem);

bool choosing_takes_server(const struct choosing *choosing, const struct fleet_server *server);
bool choosing_takes_client(const struct choosing *choosing, const struct fleet_server *server,
                           const struct snapshot_client *client);
bool choosing_takes_message(const struct choosing *choosing, const struct fleet_server *server,
                            const struct snapshot_message *message);

#endif
