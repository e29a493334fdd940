/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_servers: a table in order of arrival, searched by open addressing; a sorted copy is made
 * on request. */
#include "udptui/replay/servers.h"

#include <stdlib.h>
#include <string.h>

#include "udptui/base/hash.h"

enum { PLACES = 2 * REPLAY_SERVERS_MAX };

struct replay_servers {
    struct hash_key key;
    struct replay_server all[REPLAY_SERVERS_MAX], sorted[REPLAY_SERVERS_MAX];
    size_t count;
    uint64_t uncounted;
    uint16_t places[PLACES]; /* index + 1; 0: none */
};

struct replay_servers *replay_servers_open(const struct hash_key *key)
{
    struct replay_servers *servers = calloc(1, sizeof *servers);

    if (servers != NULL)
        servers->key = *key;
    return servers;
}

void replay_servers_close(struct replay_servers *servers)
{
    free(servers);
}

/* NULL if there is no room for another one. */
static struct replay_server *find_or_add(struct replay_servers *servers,
                                         const struct endpoint *endpoint)
{
    size_t place = endpoint_hash(endpoint, &servers->key) % PLACES;

    for (; servers->places[place] != 0; place = (place + 1) % PLACES)
        if (endpoint_equal(&servers->all[servers->places[place] - 1].endpoint, endpoint))
            return &servers->all[servers->places[place] - 1];
    if (servers->count == REPLAY_SERVERS_MAX)
        return NULL;
    servers->all[servers->count] = (struct replay_server){.endpoint = *endpoint};
    servers->places[place] = (uint16_t)++servers->count;
    return &servers->all[servers->count - 1];
}

void replay_servers_take(struct replay_servers *servers, const struct event_message *event)
{
    struct replay_server *server = find_or_add(servers, &event->to);

    if (server == NULL) {
        servers->uncounted++;
        return;
    }
    server->requests += !event_is_from_server(event);
    server->acked += event->status == ACK_SENT;
    server->unseen += event->status == ACK_UNSEEN;
    server->others += event_is_from_server(event);
}

static uint64_t datagrams_of(const struct replay_server *server)
{
    return server->requests + server->acked + server->others;
}

static int replay_servers_compare(const void *one, const void *other)
{
    const struct replay_server *a = one, *b = other;

    if (datagrams_of(a) != datagrams_of(b))
        return datagrams_of(a) > datagrams_of(b) ? -1 : 1;
    return endpoint_compare(&a->endpoint, &b->endpoint);
}

const struct replay_server *replay_servers_list(struct replay_servers *servers, size_t *count)
{
    *count = servers->count;
    memcpy(servers->sorted, servers->all, servers->count * sizeof *servers->all);
    qsort(servers->sorted, servers->count, sizeof *servers->sorted, replay_servers_compare);
    return servers->sorted;
}

uint64_t replay_servers_uncounted(const struct replay_servers *servers)
{
    return servers->uncounted;
}
