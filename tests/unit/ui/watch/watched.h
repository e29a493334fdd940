/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watched: servers that watch's tests look at. Times are seconds of CLOCK_MONOTONIC. */
#ifndef UDPTUI_TESTS_UNIT_UI_WATCH_WATCHED_H
#define UDPTUI_TESTS_UNIT_UI_WATCH_WATCHED_H

#include "udptui/fleet/fleet.h"

enum { WATCHED_NOW_S = 110 };

/* Connected since second 1; up to 16 servers. fleet_close frees. */
struct fleet *watched_open(void);

/* What a server of this name at port 4010 reported by WATCHED_NOW_S: a snapshot a second with
 * `received` more each, of which so many in all were held or failed. Returns its slot. */
struct watched_server {
    const char *name;
    uint64_t received; /* each second */
    uint32_t clients;
    uint64_t held, failed;
    int64_t silent_s; /* since when nothing came */
};
uint32_t watched_add(struct fleet *fleet, const struct watched_server *server);

void watched_set_state(struct fleet *fleet, const char *name, enum snapshot_state state);

/* The server's clients. label: also the address, if it is one. */
struct watched_client {
    const char *label, *name;
    uint64_t received;
    int64_t last_ns;
    uint64_t held, failed; /* of those that were received */
};
void watched_add_clients(struct fleet *fleet, const char *name,
                         const struct watched_client *clients, size_t count);

/* A sample of the server, with this text. */
void watched_add_message(struct fleet *fleet, const char *name, const char *text);

#endif
