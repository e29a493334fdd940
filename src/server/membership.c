/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/server/membership.h"

#include <string.h>
#include <unistd.h>

#include "udptui/base/units.h"
#include "udptui/net/links.h"
#include "udptui/sys/clock.h"

static const int64_t look_again_ns = UNITS_NS_PER_S;

void membership_open(struct membership *membership, const struct groups *groups,
                     struct udp_socket *sockets, size_t socket_count, struct publisher *publisher)
{
    membership->sockets = sockets;
    membership->publisher = publisher;
    membership->watch = -1;
    membership->check_ns = INT64_MAX;
    if (groups == NULL || groups->count == 0)
        return;
    membership->groups = *groups;
    for (size_t i = 0; i < socket_count; i++)
        sockets[i].groups = &membership->groups;
    membership->watch = groups->watch >= 0 ? groups->watch : links_watch(false);
    membership->check_ns = 0; /* if there is no watch: something may have changed already */
}

void membership_close(struct membership *membership)
{
    if (membership->watch >= 0)
        close(membership->watch);
}

/* The groups are those of all engines: the first one reports them. */
static bool note_change(void *context, const struct group *group)
{
    struct membership *membership = context;
    struct event_membership event = {.kind = EVENT_MEMBERSHIP,
                                     .engine = membership->publisher->engine,
                                     .joined = group->address.scope != 0,
                                     .error = group->error,
                                     .group = group->address,
                                     .wall_ns = clock_wall_ns()};

    if (membership->publisher->engine > 0)
        return true;
    event.group.scope = 0;
    memcpy(event.interface, group->interface, sizeof event.interface);
    return publisher_membership(membership->publisher, &event);
}

static void note_gone(void *context, uint32_t index)
{
    struct membership *membership = context;

    groups_lose(&membership->groups, membership->sockets, index);
}

void membership_check(struct membership *membership, bool changed, int64_t now_ns)
{
    if (changed)
        links_changed(membership->watch, note_gone, membership);
    else if (now_ns < membership->check_ns)
        return;
    size_t open = groups_check(&membership->groups, membership->sockets, note_change, membership);
    membership->check_ns = open > 0 || membership->watch < 0 ? now_ns + look_again_ns : INT64_MAX;
}
