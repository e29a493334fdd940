/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/net/groups.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "udptui/net/links.h"
#include "udptui/net/udp.h"
#include "udptui/proto/reason.h"

static bool is_member(const struct group *group, unsigned socket)
{
    return (group->sockets >> socket & 1) != 0;
}

static bool same_group(const struct group *group, const struct endpoint *address)
{
    return group->address.family == address->family &&
           memcmp(group->address.address, address->address, sizeof address->address) == 0;
}

bool groups_include(const struct groups *groups, unsigned socket, const struct endpoint *address,
                    uint32_t interface)
{
    for (size_t i = 0; i < groups->count; i++) {
        const struct group *group = &groups->each[i];
        if (is_member(group, socket) && same_group(group, address) &&
            (interface == 0 || group->address.scope == interface))
            return true;
    }
    return false;
}

/* ---- joining */

static bool groups_fail(const struct endpoint *address, const char *why, char *error)
{
    struct endpoint plain = *address;
    char shown[ENDPOINT_TEXT_SIZE];

    plain.scope = 0;
    snprintf(error, UDP_ERROR_SIZE, "cannot join %s: %s",
             endpoint_format_address(&plain, shown, sizeof shown), why);
    return false;
}

static bool groups_fail_errno(const struct endpoint *address, int code, char *error)
{
    struct reason reason = reason_of_errno(REASON_JOIN, code, NULL, address);
    char why[REASON_SIZE];

    return groups_fail(address, reason_sentence(&reason, why, sizeof why), error);
}

/* Joins or leaves with all its sockets. Returns 0 or the first errno; a group that the kernel still
 * knows of an interface that is gone counts as joined (EADDRINUSE). */
static int set_all(const struct group *group, const struct udp_socket *sockets, uint64_t which,
                   bool join)
{
    int first = 0;

    for (unsigned i = 0; i < GROUPS_SOCKETS_MAX; i++) {
        if ((which >> i & 1) == 0)
            continue;
        int error = udp_set_membership(&sockets[i], &group->address, join);
        if (first == 0 && error != 0 && error != EADDRINUSE)
            first = error;
    }
    return first;
}

/* The one of this address on this interface, or a new one; NULL if there is no room. */
static struct group *groups_find_or_add(struct groups *groups, const struct endpoint *address)
{
    for (size_t i = 0; i < groups->count; i++)
        if (endpoint_equal(&groups->each[i].address, address))
            return &groups->each[i];
    if (groups->count == GROUPS_MAX)
        return NULL;
    groups->each[groups->count] = (struct group){.address = *address};
    return &groups->each[groups->count++];
}

bool groups_join(struct groups *groups, const struct udp_socket *sockets, uint64_t which,
                 const struct endpoint *address, char *error)
{
    struct endpoint wanted = *address;
    struct group *group;
    int code;

    if (groups->watch < 0)
        groups->watch = links_watch(false);
    wanted.port = 0;
    if (wanted.scope == 0 && (wanted.scope = links_route(&wanted)) == 0)
        return groups_fail_errno(address, errno, error);
    group = groups_find_or_add(groups, &wanted);
    if (group == NULL)
        return groups_fail(address, "too many groups", error);
    if (group->sockets == 0)
        group->routed = address->scope == 0;
    if (!links_name(wanted.scope, group->interface))
        return groups_fail_errno(address, errno, error);
    code = set_all(group, sockets, which & ~group->sockets, true);
    if (code != 0)
        return groups_fail_errno(address, code, error);
    group->sockets |= which;
    return true;
}

/* ---- interfaces that go and come back */

/* The kernel keeps an entry for a lost membership, which would conflict with a new interface of the
 * same index: it is removed as well. */
static void groups_lose_one(struct group *group, const struct udp_socket *sockets)
{
    set_all(group, sockets, group->sockets, false);
    group->address.scope = 0;
}

/* Returns 0 or the first errno; all have joined, or none. */
static int groups_join_sockets(const struct group *group, const struct udp_socket *sockets)
{
    int error = 0;

    for (unsigned i = 0; i < GROUPS_SOCKETS_MAX && error == 0; i++)
        if (is_member(group, i))
            error = udp_follow_interface(&sockets[i], group->address.scope);
    if (error == 0)
        error = set_all(group, sockets, group->sockets, true);
    if (error != 0)
        set_all(group, sockets, group->sockets, false);
    return error;
}

/* Joins if the interface is back, or if the routes choose another one. */
static void join_again(struct group *group, const struct udp_socket *sockets)
{
    struct group wanted = *group;

    wanted.address.scope =
        group->routed ? links_route(&group->address) : links_index(group->interface);
    if (wanted.address.scope == 0 || !links_name(wanted.address.scope, wanted.interface)) {
        group->error = 0;
        return;
    }
    group->error = wanted.error = groups_join_sockets(&wanted, sockets);
    if (group->error == 0)
        *group = wanted;
}

void groups_lose(struct groups *groups, const struct udp_socket *sockets, uint32_t index)
{
    for (size_t i = 0; i < groups->count; i++)
        if (groups->each[i].address.scope == index)
            groups_lose_one(&groups->each[i], sockets);
}

/* Reports the state if it differs from the last one reported. Returns whether the owner got it. */
static bool groups_report_state(struct group *group, groups_report *report, void *context)
{
    bool lost = group->address.scope == 0;

    if ((lost != group->reported_lost || group->error != group->reported_error) &&
        report(context, group)) {
        group->reported_lost = lost;
        group->reported_error = group->error;
    }
    return lost == group->reported_lost && group->error == group->reported_error;
}

size_t groups_check(struct groups *groups, const struct udp_socket *sockets, groups_report *report,
                    void *context)
{
    char name[ENDPOINT_ZONE_SIZE];
    size_t open = 0;

    for (size_t i = 0; i < groups->count; i++) {
        struct group *group = &groups->each[i];
        /* with another errno the query itself failed */
        if (group->address.scope != 0 && !links_name(group->address.scope, name) && errno == ENODEV)
            groups_lose_one(group, sockets);
        bool reported = groups_report_state(group, report, context);
        if (group->address.scope == 0) {
            join_again(group, sockets);
            reported = groups_report_state(group, report, context);
        }
        open += group->address.scope == 0 || !reported;
    }
    return open;
}
