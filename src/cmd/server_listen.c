/* SPDX-License-Identifier: GPL-3.0-or-later */
/* server_listen: from what was typed to open sockets, and multicast groups joined. */
#include <string.h>
#include <unistd.h>

#include "server.h"
#include "udptui/cmd/commands.h"
#include "udptui/core/loop.h"
#include "udptui/net/resolve.h"

static bool any_ipv4(const struct endpoint *endpoints, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (endpoints[i].family == ENDPOINT_IPV4)
            return true;
    return false;
}

/* An address list of at most ENGINE_SOCKETS_MAX, from what was typed. */
static bool resolve_all(const struct server_options *options, const struct opts_operands *addresses,
                        struct endpoint *out, size_t *count, int *status)
{
    struct resolve_result result;
    size_t typed = addresses->count == 0 ? 1 : addresses->count;

    *count = 0;
    for (size_t i = 0; i < typed; i++) {
        const char *text = addresses->count == 0 ? "" : addresses->items[i];
        if (!resolve_listen(text, (enum endpoint_family)options->family, &result)) {
            commands_complain("%s", result.error);
            *status = result.usage ? EXIT_USAGE : EXIT_SETUP;
            return false;
        }
        for (size_t j = 0; j < result.count && *count < ENGINE_SOCKETS_MAX; j++)
            out[(*count)++] = result.endpoints[j];
    }
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
        .gro = wants_gro(&server->options),
        .receive_buffer_bytes = wanted_queue_bytes(&server->options),
        .send_buffer_bytes = SERVER_SOCKET_BUFFER_BYTES,
        .unicast_hop_limit = LOOP_HOP_LIMIT, /* the mark of acks, core/loop */
        .trace = &server->calls.trace,
    };
    struct endpoint ipv4_any = {.family = ENDPOINT_IPV4, .port = wanted->port};

    return udp_open_server(wanted, &options, out, error) ||
           (options.dual_stack && access("/proc/net/if_inet6", F_OK) != 0 &&
            udp_open_server(&ipv4_any, &options, out, error));
}

/*
 * One socket for each thread. The first is opened without sharing, so that a port that is in use is
 * an error also with --threads; it names the port where any was free.
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
        server->sockets[0][index] = probe;
        return true;
    }
    local.port = probe.local.port;
    udp_close(&probe);
    for (size_t i = 0; i < threads; i++)
        if (!open_one(server, &local, dual_stack, true, &server->sockets[i][index], error))
            return false;
    return true;
}

static bool open_sockets(struct server *server, const struct opts_operands *addresses, int *status)
{
    struct endpoint wanted[ENGINE_SOCKETS_MAX];
    char error[UDP_ERROR_SIZE];
    size_t count;

    if (!resolve_all(&server->options, addresses, wanted, &count, status))
        return false;
    bool dual_stack = server->options.family == ENDPOINT_NONE && !any_ipv4(wanted, count);
    for (size_t i = 0; i < count; i++) {
        if (open_address(server, &wanted[i], dual_stack, error))
            continue;
        commands_complain("%s", error);
        *status = EXIT_SETUP;
        return false;
    }
    return true;
}

/* ---- multicast */

/* "GROUP[%IF]" without a port; the interface in scope, also for IPv4. */
static const char *parse_group(const char *text, struct endpoint *out)
{
    char address[ENDPOINT_HOST_SIZE];
    const char *zone = strchr(text, '%');
    size_t length = zone != NULL ? (size_t)(zone - text) : strlen(text);
    struct endpoint_spec spec;

    if (length >= sizeof address)
        return "not a multicast group: use 224.0.0.0/4 or ff00::/8";
    memcpy(address, text, length);
    address[length] = '\0';
    if (endpoint_split(address, &spec) != ENDPOINT_OK || !spec.is_literal || spec.has_port ||
        !endpoint_is_multicast(&spec.literal))
        return "not a multicast group: use 224.0.0.0/4 or ff00::/8";
    *out = spec.literal;
    if (zone != NULL && (out->scope = resolve_zone(zone + 1)) == 0)
        return "there is no such interface: 'ip link' lists them";
    return NULL;
}

static bool join_group(struct server *server, const struct endpoint *group, char *error)
{
    bool ipv4 = group->family == ENDPOINT_IPV4;

    for (size_t i = 0; i < server->socket_count; i++) {
        const struct endpoint *local = &server->sockets[0][i].local;
        bool takes_ipv4 = local->family == ENDPOINT_IPV4 || endpoint_is_unspecified(local);
        if (ipv4 ? takes_ipv4 : local->family == ENDPOINT_IPV6)
            return udp_join_group(&server->sockets[0][i], group, error);
    }
    strcpy(error,
           "no socket of the group's address family is open: listen on an address of its family");
    return false;
}

static bool join_groups(struct server *server, int *status)
{
    const struct opts_list *groups = &server->options.join;
    struct endpoint group;
    char error[UDP_ERROR_SIZE];

    for (size_t i = 0; i < groups->count; i++) {
        const char *wrong = parse_group(groups->items[i], &group);
        if (wrong != NULL) {
            commands_complain("--join %s: %s", groups->items[i], wrong);
            *status = EXIT_USAGE;
            return false;
        }
        if (!join_group(server, &group, error)) {
            commands_complain("--join %s: %s", groups->items[i], error);
            *status = EXIT_SETUP;
            return false;
        }
    }
    return true;
}

bool server_listen(struct server *server, const struct opts_operands *addresses, int *status)
{
    for (size_t i = 0; i < SERVER_THREADS_MAX; i++)
        for (size_t j = 0; j < ENGINE_SOCKETS_MAX; j++)
            server->sockets[i][j].fd = -1;
    return open_sockets(server, addresses, status) && join_groups(server, status);
}

void server_unlisten(struct server *server)
{
    for (size_t i = 0; i < SERVER_THREADS_MAX; i++)
        for (size_t j = 0; j < server->socket_count; j++)
            udp_close(&server->sockets[i][j]);
}
