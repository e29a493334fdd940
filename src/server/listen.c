/* SPDX-License-Identifier: GPL-3.0-or-later */
/* server_listen: from what was typed to open sockets, and multicast groups joined. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "udptui/net/interfaces.h"
#include "udptui/net/resolve.h"
#include "udptui/proto/loop.h"
#include "udptui/proto/reason.h"
#include "udptui/server/server.h"
#include "udptui/sys/report.h"

_Static_assert((int)ENGINE_SOCKETS_MAX <= (int)GROUPS_SOCKETS_MAX, "a bit for each socket");

/* Whether IPv4 on this port is asked for by itself: then a socket on :: leaves it alone. */
static bool has_ipv4(const struct server *server, uint16_t port)
{
    for (size_t i = 0; i < server->wanted_count; i++)
        if (server->wanted[i].family == ENDPOINT_IPV4 && server->wanted[i].port == port)
            return true;
    return false;
}

static bool refuse(int *status, int code, const char *what, const char *why)
{
    report_error("%s%s%s", what, what[0] != '\0' ? ": " : "", why);
    *status = code;
    return false;
}

/* One address with each port of the range. */
static bool add_ports(struct server *server, struct endpoint address, uint16_t last_port)
{
    for (uint32_t port = address.port; port <= last_port; port++) {
        if (server->wanted_count == ENGINE_SOCKETS_MAX)
            return false;
        address.port = (uint16_t)port;
        server->wanted[server->wanted_count++] = address;
    }
    return true;
}

static bool is_bare_port(const char *text)
{
    return text[0] != '\0' && strspn(text, "0123456789") == strlen(text);
}

/* udptui serve 127.0.0.1 5000, as nc is used: it would listen on port 5000 of every address. */
static bool check_split_port(const struct opts_operands *addresses, int *status)
{
    struct endpoint_spec spec;
    uint16_t last;
    char why[ENDPOINT_HOST_SIZE + 128];

    for (size_t i = 1; i < addresses->count; i++) {
        const char *host = addresses->items[i - 1], *port = addresses->items[i];
        if (!is_bare_port(port) || endpoint_split_range(host, &spec, &last) != ENDPOINT_OK ||
            spec.has_port || spec.host[0] == '\0')
            continue;
        bool bare = strchr(host, ':') != NULL && host[0] != '[';
        snprintf(why, sizeof why,
                 "for that port of %s write %s%s%s:%s; port %s of every address is :%s", host,
                 bare ? "[" : "", host, bare ? "]" : "", port, port, port);
        return refuse(status, EXIT_USAGE, port, why);
    }
    return true;
}

/* server->wanted, from what was typed. */
static bool resolve_all(struct server *server, const struct opts_operands *addresses, int *status)
{
    struct resolve_result result;
    size_t typed = addresses->count == 0 ? 1 : addresses->count;
    char why[64];

    if (!check_split_port(addresses, status))
        return false;
    snprintf(why, sizeof why, "a server listens on at most %d ports", ENGINE_SOCKETS_MAX);
    for (size_t i = 0; i < typed; i++) {
        const char *text = addresses->count == 0 ? "" : addresses->items[i];
        if (!resolve_listen(text, (enum endpoint_family)server->options.family, &result))
            return refuse(status, result.usage ? EXIT_USAGE : EXIT_SETUP, "", result.error);
        for (size_t j = 0; j < result.count; j++)
            if (!add_ports(server, result.endpoints[j], result.last_port))
                return refuse(status, EXIT_USAGE, text, why);
    }
    return true;
}

/* Whether a socket on every address is asked for that takes the group's family and port. */
static bool is_covered(const struct server *server, const struct endpoint *group)
{
    for (size_t i = 0; i < server->wanted_count; i++) {
        const struct endpoint *other = &server->wanted[i];
        bool both = other->family == ENDPOINT_IPV6 && server->options.family == ENDPOINT_NONE;
        if (endpoint_is_unspecified(other) && other->port == group->port && group->port != 0 &&
            (other->family == group->family || both))
            return true;
    }
    return false;
}

/* A group beside every address on one port would be two sockets in each other's way. */
static bool check_groups(const struct server *server, int *status)
{
    char text[ENDPOINT_TEXT_SIZE];

    for (size_t i = 0; i < server->wanted_count; i++)
        if (endpoint_is_multicast(&server->wanted[i]) && is_covered(server, &server->wanted[i]))
            return refuse(
                status, EXIT_USAGE,
                endpoint_format_in(&server->wanted[i], &interfaces_zones, text, sizeof text),
                "the server listens on every address of that port: use --join GROUP "
                "for the group");
    return true;
}

/* Segments are one record of the kernel's: --buffer, --count, --batch 1 and --slow need single
 * datagrams. */
static bool wants_gro(const struct server_options *options)
{
    return !options->no_gro && options->buffer_bytes == 65536 && options->count == 0 &&
           options->batch > 1 && options->slow_per_s == 0;
}

/* Where the queue shall be seen to overflow it is small, unless another size was asked for. */
static int wanted_queue_bytes(const struct server_options *options)
{
    if (options->receive_buffer_bytes != 0)
        return (int)options->receive_buffer_bytes;
    return options->slow_per_s > 0 ? SERVER_SLOW_BUFFER_BYTES : SERVER_SOCKET_BUFFER_BYTES;
}

/* :: takes IPv4 too, unless -6 or another address asks for it; without IPv6 it becomes 0.0.0.0. */
static bool open_one(const struct server *server, const struct endpoint *wanted, bool dual_stack,
                     bool reuse_port, struct udp_socket *out, char *error)
{
    const struct udp_options options = {
        .dual_stack = dual_stack && endpoint_is_unspecified(wanted),
        .reuse_port = reuse_port,
        /* a socket on a group takes nothing from others: it gets the group's datagrams alone */
        .share_port = server->options.reuse || endpoint_is_multicast(wanted),
        .gro = wants_gro(&server->options),
        .receive_buffer_bytes = wanted_queue_bytes(&server->options),
        .send_buffer_bytes = SERVER_SOCKET_BUFFER_BYTES,
        .unicast_hop_limit = LOOP_HOP_LIMIT, /* the mark of acks, proto/loop */
        .trace = &server->calls.trace,
    };
    struct endpoint ipv4_any = {.family = ENDPOINT_IPV4, .port = wanted->port};

    return udp_open_server(wanted, &options, out, error) ||
           (options.dual_stack && access("/proc/net/if_inet6", F_OK) != 0 &&
            udp_open_server(&ipv4_any, &options, out, error));
}

/* A thread's socket. Each of them gets a copy of a broadcast: the first thread's takes it. Groups are
 * joined by the first thread's alone. */
static void keep_socket(struct server *server, size_t thread, size_t index,
                        const struct udp_socket *opened)
{
    server->sockets[thread][index] = *opened;
    server->sockets[thread][index].number = (uint8_t)index;
    server->sockets[thread][index].skips_broadcasts = thread > 0;
}

/*
 * One socket for each thread. The first is opened without sharing among them, so that a port that
 * is in use is an error also with --threads; it names the port where any was free.
 */
static bool open_address(struct server *server, const struct endpoint *wanted, bool dual_stack,
                         char *error)
{
    size_t threads = (size_t)server->options.threads, index = server->socket_count;
    struct endpoint local = *wanted;
    struct udp_socket probe;

    if (!open_one(server, wanted, dual_stack, false, &probe, error))
        return false;
    server->socket_count++;
    if (threads == 1) {
        keep_socket(server, 0, index, &probe);
        return true;
    }
    local.port = probe.local.port;
    udp_close(&probe);
    for (size_t i = 0; i < threads; i++) {
        if (!open_one(server, &local, dual_stack, true, &probe, error))
            return false;
        keep_socket(server, i, index, &probe);
    }
    return true;
}

static bool open_sockets(struct server *server, int *status)
{
    char error[UDP_ERROR_SIZE];

    for (size_t i = 0; i < server->wanted_count; i++) {
        bool dual_stack =
            server->options.family == ENDPOINT_NONE && !has_ipv4(server, server->wanted[i].port);
        if (!open_address(server, &server->wanted[i], dual_stack, error))
            return refuse(status, EXIT_SETUP, "", error);
    }
    return true;
}

/* ---- multicast */

static const char not_a_group[] = "not a multicast group: use 224.0.0.0/4 or ff00::/8";

/* "GROUP[%IF]" without a port; the interface in scope, also for IPv4. NULL, or what is wrong,
 * perhaps in why (REASON_SIZE). */
static const char *parse_group(const char *text, struct endpoint *out, char *why)
{
    struct endpoint_spec spec;

    if (endpoint_split(text, &spec) != ENDPOINT_OK || !spec.is_literal ||
        !endpoint_is_multicast(&spec.literal))
        return not_a_group;
    if (spec.has_port)
        return "a group has no port here: give it with the address to listen on";
    *out = spec.literal;
    out->port = 0;
    if (spec.zone[0] != '\0' && (out->scope = resolve_zone(spec.zone)) == 0)
        return resolve_zone_reason(errno, why);
    return NULL;
}

/* Which of the sockets can receive the group: bit i of sockets[i]. One that is bound to another
 * address gets none of its datagrams. */
static uint64_t takers_of(const struct server *server, const struct endpoint *group)
{
    uint64_t which = 0;

    for (size_t i = 0; i < server->socket_count; i++) {
        const struct udp_socket *socket = &server->sockets[0][i];
        bool family = group->family == ENDPOINT_IPV4 ? socket->ipv4 : socket->family == AF_INET6;
        if (family && (endpoint_is_unspecified(&socket->local) ||
                       memcmp(socket->local.address, group->address, 16) == 0))
            which |= UINT64_C(1) << i;
    }
    return which;
}

static bool has_family(const struct server *server, const struct endpoint *group)
{
    for (size_t i = 0; i < server->socket_count; i++)
        if (server->sockets[0][i].local.family == group->family)
            return true;
    return false;
}

/* Why --join has nobody to join. */
static const char *reason_for_nobody(const struct server *server, const struct endpoint *group)
{
    if (!has_family(server, group))
        return "no socket of the group's address family is open: listen on an address of its "
               "family";
    return "a socket on one address of this machine receives no multicast: listen on :PORT, which "
           "is every address, or on GROUP:PORT";
}

/* --join: with every socket that can receive it. */
static bool join_asked(struct server *server, const char *text, int *status)
{
    char what[ENDPOINT_HOST_SIZE], error[UDP_ERROR_SIZE], why[REASON_SIZE];
    struct endpoint group;
    const char *wrong = parse_group(text, &group, why);

    snprintf(what, sizeof what, "--join %s", text);
    if (wrong != NULL)
        return refuse(status, wrong == why && errno != ENODEV ? EXIT_SETUP : EXIT_USAGE, what,
                      wrong);
    uint64_t which = takers_of(server, &group);
    if (which == 0)
        return refuse(status, EXIT_USAGE, what, reason_for_nobody(server, &group));
    return groups_join(&server->groups, server->sockets[0], which, &group, error) ||
           refuse(status, EXIT_SETUP, what, error);
}

/* Sockets that listen on a group join it, each for itself. */
static bool join_listened(struct server *server, int *status)
{
    char error[UDP_ERROR_SIZE];

    for (size_t i = 0; i < server->socket_count; i++)
        if (endpoint_is_multicast(&server->wanted[i]) &&
            !groups_join(&server->groups, server->sockets[0], UINT64_C(1) << i, &server->wanted[i],
                         error))
            return refuse(status, EXIT_SETUP, "", error);
    return true;
}

static bool join_groups(struct server *server, int *status)
{
    const struct opts_list *groups = &server->options.join;

    if (!join_listened(server, status))
        return false;
    for (size_t i = 0; i < groups->count; i++)
        if (!join_asked(server, groups->items[i], status))
            return false;
    return true;
}

/* ---- what it listens on, as text */

void server_add_interface(const struct server *server, struct endpoint *group)
{
    for (size_t i = 0; i < server->groups.count; i++)
        if (memcmp(server->groups.each[i].address.address, group->address, 16) == 0)
            group->scope = server->groups.each[i].address.scope;
}

const char *server_address(const struct server *server, size_t socket, char *out, size_t size)
{
    struct endpoint shown = server->sockets[0][socket].local;

    server_add_interface(server, &shown);
    return endpoint_format_in(&shown, &interfaces_zones, out, size);
}

bool server_listen(struct server *server, const struct opts_operands *addresses, int *status)
{
    for (size_t i = 0; i < SERVER_THREADS_MAX; i++)
        for (size_t j = 0; j < ENGINE_SOCKETS_MAX; j++)
            server->sockets[i][j].fd = -1;
    return resolve_all(server, addresses, status) && check_groups(server, status) &&
           open_sockets(server, status) && join_groups(server, status);
}

void server_unlisten(struct server *server)
{
    for (size_t i = 0; i < SERVER_THREADS_MAX; i++)
        for (size_t j = 0; j < server->socket_count; j++)
            udp_close(&server->sockets[i][j]);
}
