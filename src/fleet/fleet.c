/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fleet: the table of servers, and what is known about them. */
#include "udptui/fleet/fleet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fleet_internal.h"
#include "udptui/base/units.h"

enum { LEVEL_TEXT_SIZE = SNAPSHOT_LEVEL_SIZE * TEXT_EXPANSION + 1, RETURNS_OF_TWO = 2 };

#define NO_SLOT UINT32_MAX

const char *const fleet_state_words[FLEET_STATES] = {
    [FLEET_UP] = "up", [FLEET_STALE] = "stale", [FLEET_GONE] = "gone", [FLEET_ENDED] = "ended"};

/* ---- beginning and end */

static uint32_t fleet_index_size(uint32_t servers_max)
{
    uint32_t size = 64;

    while (size < servers_max && size < 1u << 24)
        size *= 2;
    return size;
}

struct fleet *fleet_open(const struct fleet_config *config)
{
    struct fleet *fleet = calloc(1, sizeof *fleet);
    uint32_t index_size = fleet_index_size(config->servers_max);

    if (fleet == NULL)
        return NULL;
    fleet->config = *config;
    fleet->index_mask = index_size - 1;
    fleet->servers = calloc(config->servers_max, sizeof *fleet->servers);
    fleet->index = malloc(index_size * sizeof *fleet->index);
    fleet->messages = calloc(FLEET_MESSAGES_MAX, sizeof *fleet->messages);
    if (fleet->servers == NULL || fleet->index == NULL || fleet->messages == NULL) {
        fleet_close(fleet);
        return NULL;
    }
    memset(fleet->index, 0xff, index_size * sizeof *fleet->index); /* NO_SLOT */
    fleet->received = pulse_begin(fleet->received_buckets, FLEET_SECONDS);
    fleet->acked = pulse_begin(fleet->acked_buckets, FLEET_SECONDS);
    return fleet;
}

static void fleet_free_server(struct fleet_server *server)
{
    if (server == NULL)
        return;
    fleet_lives_free(server);
    free(server->clients);
    free(server->latest);
    free(server->label);
    free(server);
}

void fleet_close(struct fleet *fleet)
{
    if (fleet == NULL)
        return;
    for (uint32_t slot = 0; slot < fleet->end; slot++)
        fleet_free_server(fleet->servers[slot]);
    free(fleet->servers);
    free(fleet->index);
    free(fleet->messages);
    free(fleet);
}

/* ---- servers */

/* The place in the index where a topic's servers begin. */
static uint32_t *fleet_bucket(const struct fleet *fleet, const struct snapshot_topic *topic)
{
    char both[2 * SNAPSHOT_LEVEL_SIZE];
    size_t name = strlen(topic->name) + 1, place = strlen(topic->place);

    memcpy(both, topic->name, name);
    memcpy(both + name, topic->place, place);
    return &fleet->index[hash_keyed(&fleet->config.key, both, name + place) & fleet->index_mask];
}

uint32_t fleet_find(const struct fleet *fleet, const struct snapshot_topic *topic)
{
    uint32_t slot = *fleet_bucket(fleet, topic);

    while (slot != NO_SLOT) {
        const struct fleet_server *server = fleet->servers[slot];
        if (strcmp(server->topic.name, topic->name) == 0 &&
            strcmp(server->topic.place, topic->place) == 0)
            break;
        slot = server->next;
    }
    return slot;
}

static char *fleet_make_label(const struct fleet *fleet, const struct snapshot_topic *topic)
{
    char name[LEVEL_TEXT_SIZE], place[LEVEL_TEXT_SIZE];
    size_t size;
    char *label;

    text_render(name, sizeof name, topic->name, strlen(topic->name), fleet->config.charset);
    text_render(place, sizeof place, topic->place, strlen(topic->place), fleet->config.charset);
    size = strlen(name) + strlen(place) + sizeof ":";
    label = malloc(size);
    if (label != NULL)
        snprintf(label, size, "%s:%s", name, place);
    return label;
}

static struct fleet_server *fleet_make_server(const struct fleet *fleet,
                                              const struct snapshot_topic *topic)
{
    struct fleet_server *server = calloc(1, sizeof *server);

    if (server == NULL)
        return NULL;
    server->topic = *topic;
    server->label = fleet_make_label(fleet, topic);
    if (server->label == NULL) {
        free(server);
        return NULL;
    }
    server->received = pulse_begin(server->received_buckets, FLEET_SERVER_SECONDS);
    server->acked = pulse_begin(server->acked_buckets, FLEET_SERVER_SECONDS);
    return server;
}

static uint32_t fleet_free_slot(const struct fleet *fleet)
{
    for (uint32_t slot = 0; fleet->count < fleet->end && slot < fleet->end; slot++)
        if (fleet->servers[slot] == NULL)
            return slot;
    return fleet->end < fleet->config.servers_max ? fleet->end : NO_SLOT;
}

struct fleet_server *fleet_place(struct fleet *fleet, const struct snapshot_topic *topic,
                                 int64_t now_ns, enum fleet_taken *why)
{
    uint32_t slot = fleet_find(fleet, topic);

    if (slot != NO_SLOT)
        return fleet->servers[slot];
    slot = fleet_free_slot(fleet);
    *why = slot == NO_SLOT ? FLEET_FULL : FLEET_NO_MEMORY;
    struct fleet_server *server = slot == NO_SLOT ? NULL : fleet_make_server(fleet, topic);
    if (server == NULL)
        return NULL;
    server->generation = ++fleet->generations;
    server->seen_ns = now_ns;
    uint32_t *bucket = fleet_bucket(fleet, topic);
    server->next = *bucket;
    *bucket = slot;
    fleet->servers[slot] = server;
    fleet->count++;
    if (slot == fleet->end)
        fleet->end++;
    return server;
}

void fleet_forget(struct fleet *fleet, uint32_t slot)
{
    struct fleet_server *server = slot < fleet->end ? fleet->servers[slot] : NULL;

    if (server == NULL)
        return;
    uint32_t *link = fleet_bucket(fleet, &server->topic);
    while (*link != slot)
        link = &fleet->servers[*link]->next;
    *link = server->next;
    fleet->budget_used -= fleet_lives_peak(server);
    fleet->servers[slot] = NULL;
    fleet->count--;
    fleet->version++;
    fleet_free_server(server);
}

/* ---- messages */

size_t fleet_message_count(const struct fleet *fleet)
{
    return fleet->messages_seen < FLEET_MESSAGES_MAX ? (size_t)fleet->messages_seen
                                                     : FLEET_MESSAGES_MAX;
}

uint64_t fleet_messages_seen(const struct fleet *fleet)
{
    return fleet->messages_seen;
}

const struct fleet_message *fleet_message(const struct fleet *fleet, size_t age)
{
    if (age >= fleet_message_count(fleet))
        return NULL;
    return &fleet->messages[(fleet->messages_seen - 1 - age) % FLEET_MESSAGES_MAX];
}

/* ---- what is known */

void fleet_set_connected(struct fleet *fleet, bool connected, int64_t now_ns)
{
    if (fleet->connected == connected)
        return;
    fleet->connected = connected;
    fleet->connected_ns = now_ns;
    fleet->version++;
    for (uint32_t slot = 0; slot < fleet->end; slot++) {
        if (fleet->servers[slot] == NULL)
            continue;
        fleet->servers[slot]->is_confirmed = false;
        fleet->servers[slot]->after_gap = true;
    }
}

void fleet_set_silent(struct fleet *fleet, bool silent, int64_t now_ns)
{
    if (fleet->silent == silent)
        return;
    fleet->silent = silent;
    fleet->connected_ns = now_ns;
    fleet->version++;
    for (uint32_t slot = 0; slot < fleet->end; slot++)
        if (fleet->servers[slot] != NULL)
            fleet->servers[slot]->after_gap = true;
}

uint32_t fleet_end(const struct fleet *fleet)
{
    return fleet->end;
}

uint32_t fleet_count(const struct fleet *fleet)
{
    return fleet->count;
}

const struct fleet_server *fleet_server(const struct fleet *fleet, uint32_t slot)
{
    return slot < fleet->end ? fleet->servers[slot] : NULL;
}

/* The broker may write "gone" for an old boot after a new one has started: a machine that restarts
 * sooner than the broker misses it. */
static bool fleet_knows_presence(const struct fleet_server *server)
{
    return server->is_presence_known &&
           (server->presence.state == SNAPSHOT_RUNNING || server->life_count == 0 ||
            server->lives[server->current].id.boot == server->presence.boot);
}

enum fleet_state fleet_state(const struct fleet *fleet, const struct fleet_server *server)
{
    bool known = fleet_knows_presence(server);

    if (known && server->presence.state == SNAPSHOT_ENDED)
        return FLEET_ENDED;
    if (!known || !fleet->connected || fleet->silent || !server->is_confirmed)
        return FLEET_STALE; /* a broker that ends calls every server gone */
    return server->presence.state == SNAPSHOT_GONE ? FLEET_GONE : FLEET_UP;
}

bool fleet_is_doubled(const struct fleet_server *server, int64_t now_ns)
{
    return server->returns >= RETURNS_OF_TWO && now_ns - server->returned_ns <= doubled_ns;
}

void fleet_sum_server(const struct fleet_server *server, struct fleet_sums *out)
{
    bool runs = !fleet_knows_presence(server) || server->presence.state == SNAPSHOT_RUNNING;

    *out = server->folded;
    for (size_t i = 0; i < server->life_count; i++)
        fleet_sums_add_life(out, &server->lives[i], i != server->current || !runs);
}

void fleet_sum(const struct fleet *fleet, struct fleet_sums *out)
{
    struct fleet_sums one;

    *out = (struct fleet_sums){0};
    for (uint32_t slot = 0; slot < fleet->end; slot++) {
        if (fleet->servers[slot] == NULL)
            continue;
        fleet_sum_server(fleet->servers[slot], &one);
        fleet_sums_add(out, &one);
    }
}

void fleet_count_states(const struct fleet *fleet, uint32_t counts[FLEET_STATES])
{
    memset(counts, 0, FLEET_STATES * sizeof *counts);
    for (uint32_t slot = 0; slot < fleet->end; slot++)
        if (fleet->servers[slot] != NULL)
            counts[fleet_state(fleet, fleet->servers[slot])]++;
}

uint32_t fleet_count_unreported(const struct fleet *fleet, int64_t now_ns)
{
    uint32_t count = 0;

    for (uint32_t slot = 0; slot < fleet->end; slot++) {
        const struct fleet_server *server = fleet->servers[slot];
        count +=
            server != NULL && server->latest == NULL && now_ns - server->seen_ns >= late_report_ns;
    }
    return count;
}

const struct pulse *fleet_received(const struct fleet *fleet)
{
    return &fleet->received;
}

const struct pulse *fleet_acked(const struct fleet *fleet)
{
    return &fleet->acked;
}

double fleet_rate(const struct fleet *fleet, const struct pulse *pulse, int64_t now_ns)
{
    int64_t first_s = fleet->connected_ns / UNITS_NS_PER_S + 1; /* that was seen as a whole */
    int64_t seen_s = now_ns / UNITS_NS_PER_S - FLEET_AGE_S - first_s + 1;

    if (!fleet->connected || fleet->silent || seen_s <= 0)
        return FLEET_RATE_UNKNOWN;
    return pulse_mean(pulse, now_ns, FLEET_AGE_S, seen_s < FLEET_MEAN_S ? seen_s : FLEET_MEAN_S);
}

double fleet_server_rate(const struct fleet *fleet, const struct fleet_server *server,
                         const struct pulse *pulse, int64_t now_ns)
{
    enum fleet_state state = fleet_state(fleet, server);

    if (state == FLEET_GONE || state == FLEET_STALE)
        return FLEET_RATE_UNKNOWN;
    return fleet_rate(fleet, pulse, now_ns);
}

const char *fleet_rate_text(double rate, char *out, size_t size_bytes)
{
    if (rate >= 0)
        return units_rate(rate, out, size_bytes);
    snprintf(out, size_bytes, "-");
    return out;
}

uint64_t fleet_taken(const struct fleet *fleet, enum fleet_taken taken)
{
    return fleet->taken[taken];
}

uint64_t fleet_version(const struct fleet *fleet)
{
    return fleet->version;
}
