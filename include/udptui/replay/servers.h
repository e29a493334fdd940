/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_servers: the servers of a capture with their counts, from the records of replay/replay. */
#ifndef UDPTUI_REPLAY_SERVERS_H
#define UDPTUI_REPLAY_SERVERS_H

#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/event.h"

enum { REPLAY_SERVERS_MAX = 4096 };

struct replay_server {
    struct endpoint endpoint; /* or the group that requests went to */
    uint64_t requests, acked, unseen;
    uint64_t others; /* its datagrams that are not first replies */
};

struct replay_servers;

/* key: a secret (sys/random). NULL if memory is short. replay_servers_close frees (NULL
 * allowed). */
struct replay_servers *replay_servers_open(const struct hash_key *key);
void replay_servers_close(struct replay_servers *servers);

/* Counts a message, which is reported once, when it is settled. */
void replay_servers_take(struct replay_servers *servers, const struct event_message *event);

/* All, those with the most datagrams first; valid until the next take. *count: how many. */
const struct replay_server *replay_servers_list(struct replay_servers *servers, size_t *count);

/* Messages to and from servers for which there was no room. */
uint64_t replay_servers_uncounted(const struct replay_servers *servers);

#endif
