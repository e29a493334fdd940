/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relay: what is typed becomes sockets and targets; the owner's side of the engine. */
#include "udptui/relay/relay.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "engine_internal.h"
#include "udptui/base/builder.h"
#include "udptui/net/resolve.h"
#include "udptui/net/udp.h"
#include "udptui/proto/event.h"
#include "udptui/proto/loop.h"
#include "udptui/proto/reason.h"
#include "udptui/server/policies.h"
#include "udptui/sys/descriptors.h"
#include "udptui/sys/interfaces.h"

/* Files that are open besides the sessions: the terminal, the log, the capture, libraries' own. */
enum { RELAY_OTHER_FILES = 64 };

/* ---- what was typed */

/* The listening addresses of the operands, and the target of each. */
struct relay_typed {
    struct opts_operands listen;
    char *copies[RELAY_TARGETS_MAX]; /* of "LISTEN=TARGET": the part before '=' */
    const char *targets[RELAY_TARGETS_MAX];
};

static void relay_free_typed(struct relay_typed *typed)
{
    for (size_t i = 0; i < RELAY_TARGETS_MAX; i++)
        free(typed->copies[i]);
}

static bool relay_split_pair(struct relay_typed *typed, size_t i, const char *text,
                             struct problem *problem)
{
    const char *equals = strchr(text, '=');

    if (equals == NULL)
        return problem_set(problem, true,
                           "%s: its target is missing: write LISTEN=TARGET, or LISTEN TARGET",
                           text);
    typed->copies[i] = strndup(text, (size_t)(equals - text));
    if (typed->copies[i] == NULL)
        return problem_set(problem, false, "cannot start the relay: %s", reason_text(errno));
    typed->listen.items[i] = typed->copies[i];
    typed->targets[i] = equals + 1;
    return true;
}

/* "TARGET", "LISTEN TARGET" or "LISTEN=TARGET" ... */
static bool relay_split(struct relay_typed *typed, const struct opts_operands *operands,
                        struct problem *problem)
{
    bool pairs = false;

    for (size_t i = 0; i < operands->count; i++)
        pairs |= strchr(operands->items[i], '=') != NULL;
    if (operands->count == 0)
        return problem_set(problem, true, "no target: give its address or name");
    if (operands->count > RELAY_TARGETS_MAX)
        return problem_set(problem, true, "too many targets: a relay has at most %d",
                           RELAY_TARGETS_MAX);
    if (!pairs && operands->count <= 2) {
        typed->listen.count = 1;
        typed->listen.items[0] = operands->count == 2 ? operands->items[0] : "";
        typed->targets[0] = operands->items[operands->count - 1];
        return true;
    }
    typed->listen.count = operands->count;
    for (size_t i = 0; i < operands->count; i++)
        if (!relay_split_pair(typed, i, operands->items[i], problem))
            return false;
    return true;
}

static bool relay_set_target(struct relay *relay, const char *text, struct problem *problem)
{
    struct relay_target *target = &relay->targets[relay->target_count++];
    struct resolve_result result;
    struct endpoint_spec spec;

    if (!resolve_target(text, (enum endpoint_family)relay->options.server.family, &result))
        return problem_set(problem, result.usage, "%s", result.error);
    if (!endpoint_is_host(&result.endpoints[0]))
        return problem_set(problem, true, "%s: a target is one host: no group, no broadcast", text);
    *target = (struct relay_target){.text = text, .address = result.endpoints[0]};
    endpoint_split(text, &spec);
    if (!spec.is_literal && spec.host[0] != '\0') {
        memcpy(target->host_text, spec.host, sizeof spec.host);
        target->host = target->host_text;
    }
    return true;
}

/* Whether a datagram to the target would come back to this listening socket. */
static bool relay_reaches(const struct udp_socket *socket, const struct endpoint *target)
{
    if (socket->local.port != target->port)
        return false;
    if (!endpoint_is_unspecified(&socket->local))
        return endpoint_same_address(&socket->local, target);
    return (target->family == ENDPOINT_IPV4 ? socket->ipv4
                                            : socket->local.family == ENDPOINT_IPV6) &&
           (endpoint_is_loopback(target) || udp_is_ours(target));
}

static bool relay_check_targets(const struct relay *relay, struct problem *problem)
{
    for (size_t i = 0; i < relay->target_count; i++)
        for (size_t j = 0; j < relay->listening.socket_count; j++)
            if (relay_reaches(&relay->listening.sockets[0][j], &relay->targets[i].address))
                return problem_set(problem, true,
                                   "%s: that is the relay itself: listen on another port",
                                   relay->targets[i].text);
    return true;
}

/* ---- descriptors */

/* A session has a socket: the limit of open files bounds them. */
static bool relay_set_clients(struct relay *relay, struct problem *problem)
{
    uint64_t wanted = (uint64_t)relay->options.server.max_clients;
    uint64_t others = RELAY_OTHER_FILES + relay->listening.socket_count;

    relay->descriptors_max = descriptors_raise(wanted + others);
    if (relay->descriptors_max <= others)
        return problem_set(problem, false,
                           "the limit of open files is %" PRIu64 ": raise it with 'ulimit -n'",
                           relay->descriptors_max);
    if (wanted > relay->descriptors_max - others)
        wanted = relay->descriptors_max - others;
    relay->clients_max = (uint32_t)wanted;
    return true;
}

const char *relay_note(const struct relay *relay, char *out, size_t size)
{
    if (relay->clients_max >= relay->options.server.max_clients)
        return NULL;
    snprintf(out, size,
             "at most %u clients at a time, because the limit of open files is %" PRIu64
             ": 'ulimit -Hn' shows the most that is allowed",
             relay->clients_max, relay->descriptors_max);
    return out;
}

/* ---- opening and closing */

static bool relay_open_typed(struct relay *relay, const struct relay_typed *typed,
                             struct problem *problem)
{
    for (size_t i = 0; i < typed->listen.count; i++)
        if (!relay_set_target(relay, typed->targets[i], problem))
            return false;
    if (!listen_open(&relay->listening, &relay->options.server, &relay->calls.trace, &typed->listen,
                     problem))
        return false;
    for (size_t i = 0; i < relay->listening.socket_count; i++)
        relay->socket_targets[i] = relay->listening.operands[i];
    return relay_check_targets(relay, problem) && relay_set_clients(relay, problem);
}

static bool relay_open_sides(struct relay *relay, const struct opts_operands *operands,
                             struct problem *problem)
{
    struct relay_typed typed = {.listen = {.count = 0}};
    bool opened = policies_set_guard(&relay->guard, &relay->options.server, "limit", problem) &&
                  policies_set_impair(&relay->impair, &relay->options.server, problem) &&
                  relay_split(&typed, operands, problem) &&
                  relay_open_typed(relay, &typed, problem);

    relay_free_typed(&typed);
    return opened;
}

bool relay_open(struct relay *relay, const struct relay_options *options,
                const struct opts_operands *operands, struct problem *problem)
{
    *relay =
        (struct relay){.options = *options, .event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    relay->options.server.threads = 1;
    relay->options.server.count = 0;
    relay->options.server.slow_per_s = 0;
    relay->options.server.hop_limit = LOOP_RELAY_HOP_LIMIT;
    if (relay->event_fd < 0)
        return problem_set(problem, false, "cannot start the relay: %s", reason_text(errno));
    server_calls_begin(&relay->calls);
    if (relay_open_sides(relay, operands, problem))
        return true;
    relay_close(relay);
    return false;
}

void relay_close_engines(struct relay *relay)
{
    relay_engine_close(relay->engine);
    relay->engine = NULL;
}

void relay_close_sockets(struct relay *relay)
{
    relay_close_engines(relay);
    listen_close(&relay->listening);
}

void relay_close(struct relay *relay)
{
    relay_close_sockets(relay);
    if (relay->event_fd >= 0)
        close(relay->event_fd);
    relay->event_fd = -1;
}

bool relay_start(struct relay *relay, const struct server_detail *detail, char *error)
{
    const struct relay_engine_config config = {
        .options = &relay->options,
        .sockets = relay->listening.sockets[0],
        .socket_count = relay->listening.socket_count,
        .groups = &relay->listening.groups,
        .socket_targets = relay->socket_targets,
        .targets = relay->targets,
        .target_count = relay->target_count,
        .guard = &relay->guard,
        .impair = &relay->impair,
        .detail = detail,
        .clients_max = relay->clients_max,
        .event_fd = relay->event_fd,
    };

    relay->engine = relay_engine_open(&config, error);
    if (relay->engine == NULL)
        return false;
    relay->listening.groups.watch = -1; /* the engine's from now on */
    return relay_engine_start(relay->engine, error);
}

/* ---- for the first lines */

static const char *relay_format_target(const struct relay_target *target, char *out, size_t size)
{
    struct builder text = builder_begin(out, size);
    char address[ENDPOINT_TEXT_SIZE];

    endpoint_format_in(&target->address, &interfaces_zones, address, sizeof address);
    if (target->host == NULL)
        builder_add(&text, "%s", address);
    else
        builder_add(&text, "%s (%s)", target->host, address);
    return out;
}

const char *relay_format_pair(const struct relay *relay, size_t socket, char *out, size_t size)
{
    struct builder text = builder_begin(out, size);
    char listen[ENDPOINT_TEXT_SIZE], target[RELAY_PAIR_SIZE];

    builder_add(
        &text, "%s -> %s", listen_format_address(&relay->listening, socket, listen, sizeof listen),
        relay_format_target(&relay->targets[relay->socket_targets[socket]], target, sizeof target));
    return out;
}

/* ---- records and requests */

const void *relay_event(struct relay *relay, size_t *size_bytes)
{
    const void *record = relay_engine_event(relay->engine, size_bytes);

    if (record != NULL && event_kind_of(record) == EVENT_STOPPED) {
        relay->stopped = true;
        relay->engine_error = ((const struct event_stopped *)record)->error;
    }
    return record;
}

void relay_release(struct relay *relay)
{
    relay_engine_release(relay->engine);
}

bool relay_stopped(const struct relay *relay)
{
    return relay->stopped;
}

void relay_quit(struct relay *relay)
{
    relay_engine_quit(relay->engine);
}

bool relay_reset(struct relay *relay)
{
    return relay_engine_reset(relay->engine);
}

bool relay_set_forwarding(struct relay *relay, bool on)
{
    return relay_engine_set_forwarding(relay->engine, on);
}

bool relay_set_impair(struct relay *relay, const struct impair_config *impair)
{
    return relay_engine_set_impair(relay->engine, impair);
}

bool relay_send(struct relay *relay, uint32_t slot, uint32_t generation, const void *bytes,
                size_t size_bytes)
{
    return relay_engine_send(relay->engine, slot, generation, bytes, size_bytes);
}
