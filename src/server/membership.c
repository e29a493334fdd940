/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * membership: the kernel reports that an interface changed. While a group is lost, or if the kernel
 * reports nothing, the interfaces are also checked each second: a route may appear later.
 */
#include <string.h>
#include <unistd.h>

#include "engine_internal.h"
#include "udptui/base/units.h"
#include "udptui/net/links.h"
#include "udptui/sys/clock.h"

static const int64_t look_again_ns = UNITS_NS_PER_S;

void membership_open(struct engine *engine)
{
    engine->link_watch = -1;
    engine->groups_check_ns = INT64_MAX;
    if (engine->config.groups == NULL || engine->config.groups->count == 0)
        return;
    engine->groups = *engine->config.groups;
    for (size_t i = 0; i < engine->config.socket_count; i++)
        engine->sockets[i].groups = &engine->groups;
    engine->link_watch = engine->groups.watch;
    engine->groups_check_ns = 0; /* if there is no watch: something may have changed already */
}

void membership_close(struct engine *engine)
{
    if (engine->link_watch >= 0)
        close(engine->link_watch);
}

static bool note_change(void *context, const struct group *group)
{
    struct engine *engine = context;
    struct event_membership event = {.kind = EVENT_MEMBERSHIP,
                                     .engine = engine->config.engine,
                                     .joined = group->address.scope != 0,
                                     .error = group->error,
                                     .group = group->address,
                                     .wall_ns = clock_wall_ns()};

    event.group.scope = 0;
    memcpy(event.interface, group->interface, sizeof event.interface);
    return publisher_membership(&engine->publisher, &event);
}

static void note_gone(void *context, uint32_t index)
{
    struct engine *engine = context;

    groups_lose(&engine->groups, engine->sockets, index);
}

void membership_check(struct engine *engine, bool changed, int64_t now_ns)
{
    if (changed)
        links_changed(engine->link_watch, note_gone, engine);
    else if (now_ns < engine->groups_check_ns)
        return;
    size_t open = groups_check(&engine->groups, engine->sockets, note_change, engine);
    engine->groups_check_ns =
        open > 0 || engine->link_watch < 0 ? now_ns + look_again_ns : INT64_MAX;
}
