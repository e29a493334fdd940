/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* listen: see the header. */
#include "udptui/server/listen.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "udptui/base/builder.h"
#include "udptui/net/reach.h"
#include "udptui/net/resolve.h"
#include "udptui/proto/loop.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/activation.h"
#include "udptui/sys/interfaces.h"

_Static_assert((int)ACTIVATION_MAX == (int)ENGINE_SOCKETS_MAX, "each can be listened on");
_Static_assert((int)ENGINE_SOCKETS_MAX <= (int)GROUPS_SOCKETS_MAX, "a bit for each socket");

/* Whether an IPv4 address on this port is requested as well: then a socket on :: does not take
 * IPv4. */
static bool listen_wants_ipv4(const struct listening *listening, uint16_t port)
{
    for (size_t i = 0; i < listening->wanted_count; i++)
        if (listening->wanted[i].family == ENDPOINT_IPV4 && listening->wanted[i].port == port)
            return true;
    return false;
}

/* One address, of this operand, with each port of the range. */
static bool listen_add_ports(struct listening *listening, size_t operand, struct endpoint address,
                             uint16_t last_port)
{
    for (uint32_t port = address.port; port <= last_port; port++) {
        if (listening->wanted_count == ENGINE_SOCKETS_MAX)
            return false;
        address.port = (uint16_t)port;
        listening->operands[listening->wanted_count] = (uint16_t)operand;
        listening->wanted[listening->wanted_count++] = address;
    }
    return true;
}

static bool is_bare_port(const char *text)
{
    return text[0] != '\0' && strspn(text, "0123456789") == strlen(text);
}

/* udptui serve 127.0.0.1 5000, the syntax of nc: it would listen on port 5000 of every address. */
static bool listen_check_split_port(const struct opts_operands *addresses, struct problem *problem)
{
    struct endpoint_spec spec;
    uint16_t last;

    for (size_t i = 1; i < addresses->count; i++) {
        const char *host = addresses->items[i - 1], *port = addresses->items[i];
        if (!is_bare_port(port) || endpoint_split_range(host, &spec, &last) != ENDPOINT_OK ||
            spec.has_port || spec.host[0] == '\0')
            continue;
        bool bare = strchr(host, ':') != NULL && host[0] != '[';
        return problem_set(
            problem, true,
            "%s: for that port on %s write %s%s%s:%s; for port %s on every address write :%s", port,
            host, bare ? "[" : "", host, bare ? "]" : "", port, port, port);
    }
    return true;
}

/* With --like an address without a port gets another port than the default. */
static void listen_set_port(const struct server_options *options, const char *text,
                            struct resolve_result *result)
{
    struct endpoint_spec spec;
    uint16_t last;

    if (options->port == 0 || endpoint_split_range(text, &spec, &last) != ENDPOINT_OK ||
        spec.has_port)
        return;
    for (size_t i = 0; i < result->count; i++)
        result->endpoints[i].port = options->port;
    result->last_port = options->port;
}

/* Fills listening->wanted from the typed addresses. */
static bool listen_resolve(struct listening *listening, const struct opts_operands *addresses,
                           struct problem *problem)
{
    struct resolve_result result;
    size_t typed = addresses->count == 0 ? 1 : addresses->count;

    if (!listen_check_split_port(addresses, problem))
        return false;
    for (size_t i = 0; i < typed; i++) {
        const char *text = addresses->count == 0 ? "" : addresses->items[i];
        if (!resolve_listen(text, (enum endpoint_family)listening->options->family, &result))
            return problem_set(problem, result.usage, "%s", result.error);
        listen_set_port(listening->options, text, &result);
        for (size_t j = 0; j < result.count; j++)
            if (!listen_add_ports(listening, i, result.endpoints[j], result.last_port))
                return problem_set(problem, true,
                                   "%s%stoo many ports: a server listens on at most %d", text,
                                   text[0] != '\0' ? ": " : "", ENGINE_SOCKETS_MAX);
    }
    return true;
}

/* Whether a requested socket on every address receives the group's family and port. */
static bool listen_is_covered(const struct listening *listening, const struct endpoint *group)
{
    for (size_t i = 0; i < listening->wanted_count; i++) {
        const struct endpoint *other = &listening->wanted[i];
        bool both = other->family == ENDPOINT_IPV6 && listening->options->family == ENDPOINT_NONE;
        if (endpoint_is_unspecified(other) && other->port == group->port && group->port != 0 &&
            (other->family == group->family || both))
            return true;
    }
    return false;
}

/* A group and every address on one port would be two conflicting sockets. */
static bool listen_check_groups(const struct listening *listening, struct problem *problem)
{
    char text[ENDPOINT_TEXT_SIZE];

    for (size_t i = 0; i < listening->wanted_count; i++)
        if (endpoint_is_multicast(&listening->wanted[i]) &&
            listen_is_covered(listening, &listening->wanted[i]))
            return problem_set(
                problem, true,
                "%s: the server listens on every address of that port: use --join GROUP for the "
                "group",
                endpoint_format_in(&listening->wanted[i], &interfaces_zones, text, sizeof text));
    return true;
}

/* With UDP_GRO several datagrams may arrive merged: --buffer, --count, --batch 1 and --slow need
 * single datagrams. */
static bool listen_wants_gro(const struct server_options *options)
{
    return !options->no_gro && options->buffer_bytes == 65536 && options->count == 0 &&
           options->batch > 1 && options->slow_per_s == 0;
}

/* With --slow the queue is small, so that it overflows visibly; --rcvbuf takes precedence. */
static int listen_queue_bytes(const struct server_options *options)
{
    if (options->receive_buffer_bytes != 0)
        return (int)options->receive_buffer_bytes;
    return options->slow_per_s > 0 ? LISTEN_SLOW_BUFFER_BYTES : LISTEN_SOCKET_BUFFER_BYTES;
}

static struct udp_options listen_socket_options(const struct listening *listening)
{
    const struct server_options *options = listening->options;

    return (struct udp_options){
        .gro = listen_wants_gro(options),
        .receive_buffer_bytes = listen_queue_bytes(options),
        .send_buffer_bytes = LISTEN_SOCKET_BUFFER_BYTES,
        .unicast_hop_limit = options->hop_limit > 0 ? options->hop_limit : LOOP_HOP_LIMIT,
        .trace = listening->trace,
    };
}

/* :: takes IPv4 too, unless -6 is set or another address needs it; without IPv6 it becomes
 * 0.0.0.0. */
static bool listen_open_socket(const struct listening *listening, const struct endpoint *wanted,
                               bool dual_stack, bool reuse_port, struct udp_socket *out,
                               char *error)
{
    struct udp_options options = listen_socket_options(listening);
    options.dual_stack = dual_stack && endpoint_is_unspecified(wanted);
    options.reuse_port = options.hold = reuse_port;
    /* a socket on a group gets only the group's datagrams, none of other sockets */
    options.share_port = listening->options->reuse || endpoint_is_multicast(wanted);
    struct endpoint ipv4_any = {.family = ENDPOINT_IPV4, .port = wanted->port};

    return udp_open_server(wanted, &options, out, error) ||
           (options.dual_stack && access("/proc/net/if_inet6", F_OK) != 0 &&
            udp_open_server(&ipv4_any, &options, out, error));
}

/* With other programs on the port a thread's number among the sockets is not known, and a share of
 * the datagrams is theirs; a group's are not shared out. */
static bool listen_steers(const struct listening *listening, const struct endpoint *address)
{
    return !listening->options->reuse && !endpoint_is_multicast(address);
}

/* Keeps a thread's socket. The kernel gives each of them a copy of a broadcast and of a group's
 * datagrams: the thread that has the client takes it. */
static void listen_keep_socket(struct listening *listening, size_t thread, size_t index,
                               const struct udp_socket *opened)
{
    listening->sockets[thread][index] = *opened;
    listening->sockets[thread][index].number = (uint8_t)index;
    listening->sockets[thread][index].thread = (uint8_t)thread;
    listening->sockets[thread][index].steer = &listening->steer;
}

/* Once each thread's socket on the address is bound. */
static bool listen_share_out(struct listening *listening, size_t index, char *error)
{
    char text[ENDPOINT_TEXT_SIZE];

    if (listen_steers(listening, &listening->sockets[0][index].local))
        steer_attach(&listening->sockets[0][index], &listening->steer);
    for (int64_t i = 0; i < listening->options->threads; i++)
        if (!steer_release(&listening->sockets[i][index])) {
            snprintf(error, UDP_ERROR_SIZE, "cannot listen on %s: %s",
                     listen_format_address(listening, index, text, sizeof text),
                     reason_text(errno));
            return false;
        }
    return true;
}

/*
 * One socket for each thread. The first is opened without sharing among them, so that a port that
 * is in use is an error also with --threads; it determines the port if port 0 was requested.
 */
static bool listen_open_address(struct listening *listening, const struct endpoint *wanted,
                                bool dual_stack, char *error)
{
    size_t threads = (size_t)listening->options->threads, index = listening->socket_count;
    struct endpoint local = *wanted;
    struct udp_socket probe;

    if (!listen_open_socket(listening, wanted, dual_stack, false, &probe, error))
        return false;
    listening->socket_count++;
    if (threads == 1) {
        listen_keep_socket(listening, 0, index, &probe);
        return true;
    }
    local.port = probe.local.port;
    udp_close(&probe);
    for (size_t i = 0; i < threads; i++) {
        if (!listen_open_socket(listening, &local, dual_stack, true, &probe, error))
            return false;
        listen_keep_socket(listening, i, index, &probe);
    }
    return listen_share_out(listening, index, error);
}

static bool listen_open_sockets(struct listening *listening, struct problem *problem)
{
    char error[UDP_ERROR_SIZE];

    for (size_t i = 0; i < listening->wanted_count; i++) {
        bool dual_stack = listening->options->family == ENDPOINT_NONE &&
                          !listen_wants_ipv4(listening, listening->wanted[i].port);
        if (!listen_open_address(listening, &listening->wanted[i], dual_stack, error))
            return problem_set(problem, false, "%s", error);
    }
    return true;
}

/* ---- sockets of a service manager */

/* What cannot be done with sockets that are bound already. */
static const char *listen_inherited_conflict(const struct server_options *options,
                                             const struct opts_operands *addresses)
{
    if (addresses->count > 0)
        return "leave out the addresses";
    if (options->family != ENDPOINT_NONE)
        return "leave out -4 and -6";
    if (options->reuse)
        return "leave out --reuse";
    return options->threads > 1 ? "they have one thread: leave out --threads" : NULL;
}

/* Unless an option says otherwise, the buffers are those that the manager chose: it may exceed the
 * limits that hold for this process. */
static bool listen_adopt_socket(struct listening *listening, size_t index, struct problem *problem)
{
    struct udp_options options = listen_socket_options(listening);
    const char *name = listening->options->inherited->names[index];
    int fd = ACTIVATION_FIRST_FD + (int)index;
    struct udp_socket adopted;
    char error[UDP_ERROR_SIZE];

    options.send_buffer_bytes = 0;
    if (listening->options->receive_buffer_bytes == 0 && listening->options->slow_per_s == 0)
        options.receive_buffer_bytes = 0;
    if (!udp_adopt_server(fd, &options, &adopted, error))
        return problem_set(problem, false,
                           "cannot listen on descriptor %d%s%s%s of the service manager: %s", fd,
                           name[0] != '\0' ? " (" : "", name, name[0] != '\0' ? ")" : "", error);
    listening->socket_count++;
    listen_keep_socket(listening, 0, index, &adopted);
    return true;
}

static bool listen_adopt(struct listening *listening, const struct opts_operands *addresses,
                         struct problem *problem)
{
    const struct activation *inherited = listening->options->inherited;
    const char *conflict = listen_inherited_conflict(listening->options, addresses);

    if (conflict != NULL)
        return problem_set(problem, true, "the service manager passes the sockets: %s", conflict);
    for (size_t i = 0; i < inherited->count; i++) {
        if (!listen_adopt_socket(listening, i, problem))
            return false;
        listening->operands[i] = (uint16_t)i;
        listening->wanted[listening->wanted_count++] = listening->sockets[0][i].local;
    }
    return true;
}

/* A group's address is none to send from. */
bool listen_open_pairs(struct listening *listening, struct problem *problem)
{
    char error[UDP_ERROR_SIZE];

    if (2 * listening->wanted_count > ENGINE_SOCKETS_MAX)
        return problem_set(problem, true,
                           "too many ports: with answers from another port a server listens on at "
                           "most %d",
                           ENGINE_SOCKETS_MAX / 2);
    listening->paired = true;
    for (size_t i = 0; i < listening->wanted_count; i++) {
        struct endpoint another = listening->sockets[0][i].local;
        if (endpoint_is_multicast(&another))
            memset(another.address, 0, sizeof another.address);
        another.port = 0;
        if (!listen_open_address(listening, &another, listening->sockets[0][i].ipv4, error))
            return problem_set(problem, false, "%s", error);
    }
    return true;
}

/* ---- multicast */

static const char not_a_group[] = "not a multicast group: use 224.0.0.0/4 or ff00::/8";

/* "GROUP[%IF]" without a port; the interface in scope, also for IPv4. NULL, or what is wrong,
 * possibly in why (REASON_SIZE). */
static const char *listen_parse_group(const char *text, struct endpoint *out, char *why)
{
    struct endpoint_spec spec;

    if (endpoint_split(text, &spec) != ENDPOINT_OK || !spec.is_literal ||
        !endpoint_is_multicast(&spec.literal))
        return not_a_group;
    if (spec.has_port)
        return "leave out the port: give it with the address to listen on";
    *out = spec.literal;
    out->port = 0;
    if (spec.zone[0] != '\0' && (out->scope = resolve_zone(spec.zone)) == 0)
        return resolve_zone_reason(errno, why);
    return NULL;
}

bool listen_find_group(const char *text, struct endpoint *out, struct problem *problem)
{
    char why[REASON_SIZE];
    const char *wrong = listen_parse_group(text, out, why);

    return wrong == NULL ||
           problem_set(problem, wrong != why || errno == ENODEV, "--join %s: %s", text, wrong);
}

/* Which of the sockets can receive the group: bit i of sockets[i]. A socket that is bound to
 * another address gets none of the group's datagrams. */
static uint64_t listen_find_takers(const struct listening *listening, const struct endpoint *group)
{
    uint64_t which = 0;

    for (size_t i = 0; i < listening->socket_count; i++) {
        const struct udp_socket *socket = &listening->sockets[0][i];
        bool family = group->family == ENDPOINT_IPV4 ? socket->ipv4 : socket->family == AF_INET6;
        if (family && (endpoint_is_unspecified(&socket->local) ||
                       memcmp(socket->local.address, group->address, 16) == 0))
            which |= UINT64_C(1) << i;
    }
    return which;
}

static bool listen_has_family(const struct listening *listening, const struct endpoint *group)
{
    for (size_t i = 0; i < listening->socket_count; i++)
        if (listening->sockets[0][i].local.family == group->family)
            return true;
    return false;
}

/* Why no socket can join the group. */
static const char *listen_explain_failed_join(const struct listening *listening,
                                              const struct endpoint *group)
{
    if (!listen_has_family(listening, group))
        return "no socket of the group's address family is open: listen on an address of its "
               "family";
    return "a socket on one address of this machine receives no multicast: listen on :PORT, which "
           "is every address, or on GROUP:PORT";
}

/* With these sockets of each thread. The table is the first one's: those of the others are equal. */
static bool listen_join(struct listening *listening, uint64_t which, const struct endpoint *group,
                        char *error)
{
    struct groups others;
    bool joined = groups_join(&listening->groups, listening->sockets[0], which, group, error);

    for (int64_t i = 1; i < listening->options->threads && joined; i++) {
        others = (struct groups){.watch = listening->groups.watch};
        joined = groups_join(&others, listening->sockets[i], which, group, error);
    }
    return joined;
}

/* --join: with every socket that can receive it. */
static bool listen_join_asked(struct listening *listening, const char *text,
                              struct problem *problem)
{
    char error[UDP_ERROR_SIZE];
    struct endpoint group;

    if (!listen_find_group(text, &group, problem))
        return false;
    uint64_t which = listen_find_takers(listening, &group);
    if (which == 0)
        return problem_set(problem, true, "--join %s: %s", text,
                           listen_explain_failed_join(listening, &group));
    return listen_join(listening, which, &group, error) ||
           problem_set(problem, false, "--join %s: %s", text, error);
}

/* Each socket that listens on a group joins it. */
static bool listen_join_listened(struct listening *listening, struct problem *problem)
{
    char error[UDP_ERROR_SIZE];

    for (size_t i = 0; i < listening->wanted_count; i++)
        if (endpoint_is_multicast(&listening->wanted[i]) &&
            !listen_join(listening, UINT64_C(1) << i, &listening->wanted[i], error))
            return problem_set(problem, false, "%s", error);
    return true;
}

static bool listen_join_groups(struct listening *listening, struct problem *problem)
{
    const struct opts_list *groups = &listening->options->join;

    if (!listen_join_listened(listening, problem))
        return false;
    for (size_t i = 0; i < groups->count; i++)
        if (!listen_join_asked(listening, groups->items[i], problem))
            return false;
    return true;
}

/* ---- the listening addresses, as text */

void listen_add_interface(const struct listening *listening, struct endpoint *group)
{
    for (size_t i = 0; i < listening->groups.count; i++)
        if (memcmp(listening->groups.each[i].address.address, group->address, 16) == 0)
            group->scope = listening->groups.each[i].address.scope;
}

bool listen_reach(const struct listening *listening, struct endpoint *out, bool *broadcast)
{
    if (!reach_address(listening->sockets[0], listening->socket_count, out, broadcast))
        return false;
    listen_add_interface(listening, out);
    return true;
}

const char *listen_format_address(const struct listening *listening, size_t socket, char *out,
                                  size_t size)
{
    struct endpoint shown = listening->sockets[0][socket].local;

    listen_add_interface(listening, &shown);
    return endpoint_format_in(&shown, &interfaces_zones, out, size);
}

/* How many sockets from this one on have the same address and one port after the other. */
static size_t listen_range_length(const struct listening *listening, size_t first)
{
    size_t i = first + 1;

    for (; i < listening->socket_count; i++) {
        const struct endpoint *last = &listening->sockets[0][i - 1].local;
        const struct endpoint *next = &listening->sockets[0][i].local;
        if (!endpoint_same_address(last, next) || next->port != last->port + 1)
            break;
    }
    return i - first;
}

void listen_list_addresses(const struct listening *listening, char *out, size_t size)
{
    struct builder text = builder_begin(out, size);
    char address[ENDPOINT_TEXT_SIZE];
    size_t length;

    for (size_t i = 0; i < listening->socket_count; i += length) {
        length = listen_range_length(listening, i);
        listen_format_address(listening, i, address, sizeof address);
        builder_add_item(&text, ", ", "%s", address);
        if (length > 1)
            builder_add(&text, "-%u", (unsigned)listening->sockets[0][i + length - 1].local.port);
    }
    for (size_t i = 0; i < listening->groups.count; i++) {
        endpoint_format_address_in(&listening->groups.each[i].address, &interfaces_zones, address,
                                   sizeof address);
        builder_add(&text, " + %s", address);
    }
}

bool listen_format_join(const struct listening *listening, char *out, size_t size)
{
    struct endpoint join;
    bool broadcast;
    int said;

    if (!listen_reach(listening, &join, &broadcast))
        return false;
    said = snprintf(out, size, "%s", broadcast ? "--broadcast " : "");
    if (join.port == ENDPOINT_DEFAULT_PORT && join.family == ENDPOINT_IPV4)
        endpoint_format_address_in(&join, &interfaces_zones, out + said, size - (size_t)said);
    else
        endpoint_format_in(&join, &interfaces_zones, out + said, size - (size_t)said);
    return true;
}

/* ---- for those who know no sockets */

const struct endpoint *listen_first_address(const struct listening *listening)
{
    return &listening->sockets[0][0].local;
}

uint64_t listen_receive_buffer_bytes(const struct listening *listening)
{
    return (uint64_t)listening->sockets[0][0].receive_buffer_bytes;
}

size_t listen_group_count(const struct listening *listening)
{
    return listening->groups.count;
}

struct event_membership listen_describe_group(const struct listening *listening, size_t group)
{
    const struct group *joined = &listening->groups.each[group];
    struct event_membership event = {.joined = true, .group = joined->address};

    event.group.scope = 0;
    memcpy(event.interface, joined->interface, sizeof event.interface);
    return event;
}

/* ---- from the first to the last */

bool listen_open(struct listening *listening, const struct server_options *options,
                 const struct call_trace *trace, const struct opts_operands *addresses,
                 struct problem *problem)
{
    *listening = (struct listening){.options = options, .trace = trace, .groups = {.watch = -1}};
    for (size_t i = 0; i < SERVER_THREADS_MAX; i++)
        for (size_t j = 0; j < ENGINE_SOCKETS_MAX; j++)
            listening->sockets[i][j].fd = -1;
    steer_open(&listening->steer, (size_t)options->threads);
    if (options->inherited != NULL)
        return listen_adopt(listening, addresses, problem) &&
               listen_join_groups(listening, problem);
    return listen_resolve(listening, addresses, problem) &&
           listen_check_groups(listening, problem) && listen_open_sockets(listening, problem) &&
           listen_join_groups(listening, problem);
}

void listen_close(struct listening *listening)
{
    if (listening->options == NULL)
        return;
    for (size_t i = 0; i < SERVER_THREADS_MAX; i++)
        for (size_t j = 0; j < listening->socket_count; j++)
            udp_close(&listening->sockets[i][j]);
    if (listening->groups.watch >= 0)
        close(listening->groups.watch);
    listening->groups.watch = -1;
}
