/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fleet_lives: the lives of one server. */
#include <stdlib.h>

#include "fleet_internal.h"

struct fleet_life *fleet_life_find(struct fleet_server *server, const struct snapshot_life *id)
{
    for (size_t i = 0; i < server->life_count; i++) {
        struct fleet_life *life = &server->lives[i];
        if (life->id.boot == id->boot && life->id.resets == id->resets)
            return life;
    }
    return NULL;
}

/* ---- lives that are no longer kept apart */

/* Later ones were started later, or have more resets. */
static bool fleet_begins_later(int64_t started_ns, uint64_t resets, int64_t than_ns,
                               uint64_t than_resets)
{
    return started_ns != than_ns ? started_ns > than_ns : resets > than_resets;
}

/* The boot that the broker says is running is no old one, whatever its clock says. */
bool fleet_life_is_folded(const struct fleet_server *server, const struct snapshot *snapshot)
{
    if (server->folded_lives == 0 ||
        (server->is_presence_known && server->presence.boot == snapshot->life.boot))
        return false;
    return !fleet_begins_later(snapshot->started_ns, snapshot->life.resets,
                               server->folded_started_ns, server->folded_resets);
}

/* The one that had no news for the longest time, but not the current one. */
static size_t fleet_life_oldest(const struct fleet_server *server)
{
    size_t oldest = server->current == 0 ? 1 : 0;

    for (size_t i = 0; i < server->life_count; i++)
        if (i != server->current &&
            server->lives[i].news_version < server->lives[oldest].news_version)
            oldest = i;
    return oldest;
}

static void fleet_life_fold(struct fleet_server *server)
{
    size_t index = fleet_life_oldest(server), last = server->life_count - 1;
    const struct fleet_life *life = &server->lives[index];

    fleet_sums_add_life(&server->folded, life, true);
    if (server->folded_lives == 0 ||
        fleet_begins_later(life->started_ns, life->id.resets, server->folded_started_ns,
                           server->folded_resets)) {
        server->folded_started_ns = life->started_ns;
        server->folded_resets = life->id.resets;
    }
    server->folded_lives++;
    server->folded_peak += life->peak;
    server->lives[index] = server->lives[last];
    if (server->current == last)
        server->current = index;
    server->life_count--;
}

/* ---- new lives */

/* Most servers have one life: room for it, then for as many as there may be. */
static bool fleet_life_make_room(struct fleet_server *server)
{
    size_t room = server->life_count == 0 ? 1 : FLEET_LIVES_MAX;

    if (server->life_count > 1)
        return true;
    struct fleet_life *lives = realloc(server->lives, room * sizeof *lives);
    if (lives != NULL)
        server->lives = lives;
    return lives != NULL;
}

struct fleet_life *fleet_life_add(struct fleet_server *server, const struct snapshot *snapshot)
{
    if (!fleet_life_make_room(server))
        return NULL;
    if (server->life_count == FLEET_LIVES_MAX)
        fleet_life_fold(server);
    struct fleet_life *life = &server->lives[server->life_count++];
    *life = (struct fleet_life){.id = snapshot->life};
    return life;
}

bool fleet_life_is_current(const struct fleet_server *server, const struct fleet_life *life,
                           bool retained)
{
    const struct fleet_life *current = &server->lives[server->current];

    if (life == current || server->life_count == 1)
        return true;
    if (life->id.boot == current->id.boot)
        return life->id.resets > current->id.resets;
    if (!retained)
        return true;
    if (server->is_presence_known &&
        (server->presence.boot == life->id.boot || server->presence.boot == current->id.boot))
        return server->presence.boot == life->id.boot;
    return fleet_begins_later(life->started_ns, life->id.resets, current->started_ns,
                              current->id.resets);
}

uint64_t fleet_lives_peak(const struct fleet_server *server)
{
    uint64_t peak = server->folded_peak;

    for (size_t i = 0; i < server->life_count; i++)
        peak += server->lives[i].peak;
    return peak;
}

void fleet_lives_free(struct fleet_server *server)
{
    free(server->lives);
    server->lives = NULL;
    server->life_count = 0;
}
