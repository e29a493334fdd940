/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fleet: the table of servers, and what becomes of each message of the broker. */
#include "udptui/fleet/fleet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fleet_internal.h"
#include "udptui/base/units.h"

enum { LEVEL_TEXT_SIZE = SNAPSHOT_LEVEL_SIZE * TEXT_EXPANSION + 1, RETURNS_OF_TWO = 2 };

#define NO_SLOT UINT32_MAX

/* So long after the latest sign of it, two programs are taken to have one name. */
static const int64_t doubled_ns = 60 * UNITS_NS_PER_S;
/* What publishes does so at most once a second, and only if something changed: an increase after a
 * longer silence came within the last second, unless the connection was lost in between. */
static const int64_t report_ns = UNITS_NS_PER_S;
static const int64_t late_report_ns = 3 * UNITS_NS_PER_S;

const char *const fleet_state_words[FLEET_STATES] = {
    [FLEET_UP] = "up", [FLEET_STALE] = "stale", [FLEET_GONE] = "gone", [FLEET_ENDED] = "ended"};

struct fleet {
    struct fleet_config config;
    struct fleet_server **servers; /* by slot */
    uint32_t end, count;
    uint32_t *index; /* the first slot by the hash of the topic */
    uint32_t index_mask;
    uint32_t generations;
    bool connected, silent;
    int64_t connected_ns; /* since when it is connected, and not silent */
    uint64_t version;
    uint64_t budget_used; /* the peaks of all lives */
    uint64_t taken[FLEET_TAKENS];
    struct pulse received, acked;
    uint64_t received_buckets[FLEET_SECONDS], acked_buckets[FLEET_SECONDS];
    struct fleet_message *messages;
    uint64_t messages_seen;
};

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

/* The server of a topic, a new one if need be. NULL: *why. */
static struct fleet_server *fleet_place(struct fleet *fleet, const struct snapshot_topic *topic,
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

/* Counts what became of a message. */
static enum fleet_taken fleet_note(struct fleet *fleet, enum fleet_taken taken)
{
    fleet->taken[taken]++;
    return taken;
}

/* Something of the server is new. */
static enum fleet_taken fleet_note_news(struct fleet *fleet, struct fleet_server *server,
                                        bool retained, int64_t now_ns)
{
    server->version = ++fleet->version;
    if (!retained)
        server->news_ns = now_ns;
    return fleet_note(fleet, FLEET_NEWS);
}

/* ---- statistics */

/* Over how much time the increase since the latest report came. */
static int64_t fleet_span_ns(const struct fleet_server *server, const struct fleet_order *before,
                             const struct fleet_order *now)
{
    int64_t span_ns = now->counted_ns > 0 ? now->counted_ns - before->counted_ns
                                          : now->taken_ns - before->taken_ns;

    if (span_ns <= 0 || (span_ns > late_report_ns && !server->after_gap))
        return report_ns;
    return span_ns;
}

static uint64_t fleet_increase(uint64_t before, uint64_t now)
{
    return now > before ? now - before : 0;
}

static void fleet_note_rates(struct fleet *fleet, struct fleet_server *server,
                             const struct fleet_life *before, const struct fleet_life *now,
                             int64_t now_ns)
{
    int64_t span_ns = fleet_span_ns(server, &before->order, &now->order);
    int64_t from_ns = now_ns > span_ns ? now_ns - span_ns : 0;
    uint64_t received = fleet_increase(fleet_received_of(before), fleet_received_of(now));
    uint64_t acked = fleet_increase(fleet_acked_of(before), fleet_acked_of(now));

    server->after_gap = false;
    pulse_add(&server->received, received, from_ns, now_ns);
    pulse_add(&server->acked, acked, from_ns, now_ns);
    if (now->kind == SNAPSHOT_PING) /* replies are no requests */
        return;
    pulse_add(&fleet->received, received, from_ns, now_ns);
    pulse_add(&fleet->acked, acked, from_ns, now_ns);
}

/* A life is the current one from now on. */
static void fleet_change_life(struct fleet_server *server, size_t index, bool known, int64_t now_ns)
{
    if (known && server->current != index) {
        if (now_ns - server->returned_ns > doubled_ns)
            server->returns = 0;
        server->returns++;
        server->returned_ns = now_ns;
    }
    server->current = index;
    if (!known && server->lives[index].id.boot != server->clients_life.boot)
        server->client_count = 0;
}

/* A life that reports is running, unless it has said that it ended. */
static void fleet_note_running(struct fleet_server *server, uint64_t boot, enum snapshot_kind kind,
                               bool retained)
{
    struct snapshot_presence *presence = &server->presence;

    if (retained)
        return;
    server->is_confirmed = true;
    if (server->is_presence_known && presence->boot == boot && presence->state != SNAPSHOT_GONE)
        return;
    server->is_presence_known = true;
    *presence = (struct snapshot_presence){.state = SNAPSHOT_RUNNING, .kind = kind, .boot = boot};
}

/* Whether the sums still hold all of it. Notes the new peak if they do. */
static bool fleet_spend(struct fleet *fleet, uint64_t peak_before, uint64_t peak)
{
    uint64_t others = fleet->budget_used - peak_before;

    if (peak > (uint64_t)INT64_MAX - others)
        return false;
    fleet->budget_used = others + peak;
    return true;
}

/* Books the snapshot, and makes its life if nothing is known of it (*life is NULL). */
static enum fleet_taken fleet_make_life(struct fleet *fleet, struct fleet_server *server,
                                        struct fleet_life **life, const struct snapshot *snapshot)
{
    uint64_t peak = fleet_peak(snapshot);

    if (!fleet_spend(fleet, *life != NULL ? (*life)->peak : 0, peak))
        return FLEET_TOO_LARGE;
    if (*life == NULL)
        *life = fleet_life_add(server, snapshot);
    if (*life != NULL)
        return FLEET_NEWS;
    fleet->budget_used -= peak;
    return FLEET_NO_MEMORY;
}

/* The snapshot is news. life: what is known of its life, NULL: nothing. */
static enum fleet_taken fleet_take_news(struct fleet *fleet, struct fleet_server *server,
                                        struct fleet_life *life, const struct snapshot *snapshot,
                                        bool retained, int64_t now_ns)
{
    struct fleet_life before = life != NULL ? *life : (struct fleet_life){.kind = snapshot->kind};
    bool known = life != NULL, had_lives = server->life_count > 0;
    struct snapshot *latest = server->latest != NULL ? server->latest : malloc(sizeof *latest);
    enum fleet_taken taken =
        latest != NULL ? fleet_make_life(fleet, server, &life, snapshot) : FLEET_NO_MEMORY;

    if (taken != FLEET_NEWS) {
        if (latest != server->latest)
            free(latest);
        return taken;
    }
    server->latest = latest; /* set below, if it is the first one */
    fleet_life_set(life, snapshot);
    life->news_version = fleet->version + 1;
    server->restarts = server->folded_lives + server->life_count - 1;
    if (known || (had_lives && !retained)) /* else it counted before we began to look */
        fleet_note_rates(fleet, server, &before, life, now_ns);
    if (had_lives && !fleet_life_is_current(server, life, retained))
        return FLEET_NEWS;
    fleet_change_life(server, (size_t)(life - server->lives), known, now_ns);
    *server->latest = *snapshot;
    server->kind = snapshot->kind;
    server->changed_ns = retained ? 0 : now_ns;
    return FLEET_NEWS;
}

enum fleet_taken fleet_take_stats(struct fleet *fleet, const struct snapshot_topic *topic,
                                  const struct snapshot *snapshot, bool retained, int64_t now_ns)
{
    enum fleet_taken taken;
    struct fleet_server *server = fleet_place(fleet, topic, now_ns, &taken);
    const struct fleet_order order = fleet_order_of(snapshot);

    if (server == NULL)
        return fleet_note(fleet, taken);
    struct fleet_life *life = fleet_life_find(server, &snapshot->life);
    if (life != NULL ? fleet_order_compare(&order, &life->order) <= 0
                     : fleet_life_is_folded(server, snapshot))
        return fleet_note(fleet, FLEET_OLD);
    taken = fleet_take_news(fleet, server, life, snapshot, retained, now_ns);
    if (taken != FLEET_NEWS)
        return fleet_note(fleet, taken);
    fleet_note_running(server, snapshot->life.boot, snapshot->kind, retained);
    return fleet_note_news(fleet, server, retained, now_ns);
}

/* ---- clients */

/* Whether they are of the life that runs, as far as that is known. */
static bool fleet_clients_fit(const struct fleet_server *server,
                              const struct snapshot_clients *clients, bool retained)
{
    uint64_t boot = clients->life.boot;
    bool current = (server->is_presence_known && server->presence.boot == boot) ||
                   (server->life_count > 0 && server->lives[server->current].id.boot == boot);

    if (server->clients_life.boot == boot)
        return !retained || clients->taken_ns > server->clients_taken_ns;
    return current || (!server->is_presence_known && server->life_count == 0);
}

static bool fleet_set_clients(struct fleet_server *server, const struct snapshot_clients *clients)
{
    if (clients->count > server->client_count || server->clients == NULL) {
        struct snapshot_client *room =
            realloc(server->clients, (clients->count + 1) * sizeof *room);
        if (room == NULL)
            return false;
        server->clients = room;
    }
    memcpy(server->clients, clients->clients, clients->count * sizeof *server->clients);
    server->client_count = clients->count;
    server->clients_known = clients->known;
    server->clients_life = clients->life;
    server->clients_taken_ns = clients->taken_ns;
    return true;
}

enum fleet_taken fleet_take_clients(struct fleet *fleet, const struct snapshot_topic *topic,
                                    const struct snapshot_clients *clients, bool retained,
                                    int64_t now_ns)
{
    enum fleet_taken taken;
    struct fleet_server *server = fleet_place(fleet, topic, now_ns, &taken);

    if (server == NULL)
        return fleet_note(fleet, taken);
    if (!fleet_clients_fit(server, clients, retained))
        return fleet_note(fleet, FLEET_OLD);
    if (!fleet_set_clients(server, clients))
        return fleet_note(fleet, FLEET_NO_MEMORY);
    if (server->life_count == 0)
        server->kind = clients->kind;
    return fleet_note_news(fleet, server, retained, now_ns);
}

/* ---- state */

/* An end of a boot says nothing about another one that runs. */
static bool fleet_is_old_presence(const struct fleet_server *server,
                                  const struct snapshot_presence *presence, bool retained)
{
    const struct snapshot_presence *known = &server->presence;

    if (!server->is_presence_known)
        return presence->state != SNAPSHOT_RUNNING && server->life_count > 0 &&
               server->lives[server->current].id.boot != presence->boot;
    if (known->boot == presence->boot)
        return false;
    if (presence->state != SNAPSHOT_RUNNING)
        return known->state == SNAPSHOT_RUNNING;
    return retained && presence->wall_ns != 0 && presence->wall_ns < known->wall_ns;
}

enum fleet_taken fleet_take_state(struct fleet *fleet, const struct snapshot_topic *topic,
                                  const struct snapshot_presence *presence, bool retained,
                                  int64_t now_ns)
{
    enum fleet_taken taken;
    struct fleet_server *server = fleet_place(fleet, topic, now_ns, &taken);

    if (server == NULL)
        return fleet_note(fleet, taken);
    bool known = server->is_presence_known && server->presence.boot == presence->boot &&
                 server->presence.state == presence->state;
    if (fleet_is_old_presence(server, presence, retained) || (known && server->is_confirmed)) {
        server->is_confirmed |= known;
        return fleet_note(fleet, FLEET_OLD);
    }
    if (presence->state == SNAPSHOT_GONE)
        server->after_gap = true;
    server->is_presence_known = server->is_confirmed = true;
    server->presence = *presence;
    if (server->life_count == 0)
        server->kind = presence->kind;
    return fleet_note_news(fleet, server, retained, now_ns);
}

/* ---- messages */

enum fleet_taken fleet_take_message(struct fleet *fleet, const struct snapshot_topic *topic,
                                    const struct snapshot_message *message, int64_t now_ns)
{
    enum fleet_taken taken;
    struct fleet_server *server = fleet_place(fleet, topic, now_ns, &taken);

    if (server == NULL)
        return fleet_note(fleet, taken);
    struct fleet_message *kept = &fleet->messages[fleet->messages_seen++ % FLEET_MESSAGES_MAX];
    *kept = (struct fleet_message){.number = fleet->messages_seen,
                                   .server = fleet_find(fleet, topic),
                                   .generation = server->generation,
                                   .message = *message};
    if (server->life_count == 0)
        server->kind = message->kind;
    return fleet_note_news(fleet, server, false, now_ns);
}

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
