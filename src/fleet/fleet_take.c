/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fleet_take: what becomes of each message of the broker. */
#include <stdlib.h>
#include <string.h>

#include "fleet_internal.h"

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
