/* SPDX-License-Identifier: GPL-3.0-or-later */
/* server: from options to open sockets and a running engine. */
#include "server.h"

#include <errno.h>
#include <langinfo.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "udptui/cmd/commands.h"
#include "udptui/core/units.h"
#include "udptui/net/clock.h"
#include "udptui/net/resolve.h"

enum {
    SOCKET_BUFFER_BYTES = 4 << 20, /* asked for; the kernel's rmem_max and wmem_max cap it */
    SCREEN_RING_BYTES = 1 << 20,
    RECORD_RING_BYTES = 1 << 24, /* touched only as far as the writer falls behind */
    SCREEN_SAMPLES = 256,
};

static const int64_t screen_tick_ns = 33 * UNITS_NS_PER_MS;
static const int64_t lines_tick_ns = 5 * UNITS_NS_PER_MS;

struct server_options server_default_options(void)
{
    return (struct server_options){.ack = "Message received",
                                   .ack_limit = "auto",
                                   .max_clients = 65536,
                                   .history = 10000,
                                   .batch = 64,
                                   .buffer_bytes = 65536,
                                   .receive_buffer_bytes = SOCKET_BUFFER_BYTES,
                                   .family = ENDPOINT_NONE};
}

enum text_charset server_charset(const struct server_options *options)
{
    return !options->ascii && strcmp(nl_langinfo(CODESET), "UTF-8") == 0 ? TEXT_UTF8 : TEXT_ASCII;
}

int32_t server_utc_offset_s(void)
{
    time_t now = time(NULL);
    struct tm local;

    return localtime_r(&now, &local) != NULL ? (int32_t)local.tm_gmtoff : 0;
}

bool server_wants_screen(const struct server_options *options)
{
    return !options->json && !options->no_ui && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

/* ---- what to answer */

static bool set_limit(const char *text, struct guard_config *guard)
{
    *guard = (struct guard_config){.scope = GUARD_LIMIT_PUBLIC, .rate_per_s = GUARD_DEFAULT_RATE};
    if (strcmp(text, "auto") == 0)
        return true;
    guard->scope = strcmp(text, "off") == 0 ? GUARD_LIMIT_NONE : GUARD_LIMIT_ALL;
    return guard->scope == GUARD_LIMIT_NONE || units_parse_rate(text, &guard->rate_per_s);
}

static bool set_policies(const struct server_options *options, struct engine_config *config)
{
    const char *error = ack_parse(options->ack, &config->ack);

    if (error != NULL) {
        commands_complain("--ack %s: %s", options->ack, error);
        return false;
    }
    if (!set_limit(options->ack_limit, &config->guard)) {
        commands_complain("--ack-limit %s: give auto, off or a rate such as 20/s",
                          options->ack_limit);
        return false;
    }
    config->guard.ack_acks = options->ack_acks;
    return true;
}

/* ---- where to listen */

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

/* :: takes IPv4 too, unless -6 or another address asks for it; without IPv6 it becomes 0.0.0.0. */
static bool open_one(struct server *server, const struct endpoint *wanted, bool dual_stack,
                     char *error)
{
    struct udp_options options = {
        .dual_stack = dual_stack && endpoint_is_unspecified(wanted),
        .receive_buffer_bytes = (int)server->options.receive_buffer_bytes,
        .send_buffer_bytes = SOCKET_BUFFER_BYTES,
    };
    struct udp_socket *socket = &server->sockets[server->socket_count];
    struct endpoint ipv4_any = {.family = ENDPOINT_IPV4, .port = wanted->port};

    if (!udp_open_server(wanted, &options, socket, error) &&
        !(options.dual_stack && access("/proc/net/if_inet6", F_OK) != 0 &&
          udp_open_server(&ipv4_any, &options, socket, error)))
        return false;
    server->socket_count++;
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
        if (open_one(server, &wanted[i], dual_stack, error))
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
    if (endpoint_split(address, &spec) != ENDPOINT_OK || !spec.is_literal || spec.has_port)
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
        const struct endpoint *local = &server->sockets[i].local;
        bool takes_ipv4 = local->family == ENDPOINT_IPV4 || endpoint_is_unspecified(local);
        if (ipv4 ? takes_ipv4 : local->family == ENDPOINT_IPV6)
            return udp_join_group(&server->sockets[i], group, error);
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

/* ---- the engine */

bool server_start(struct server *server, bool every)
{
    const struct server_options *options = &server->options;
    struct engine_config *config = &server->config;
    char error[ENGINE_ERROR_SIZE];

    config->sockets = server->sockets;
    config->socket_count = server->socket_count;
    config->clients_max = (uint32_t)options->max_clients;
    config->batch = (size_t)options->batch;
    config->buffer_bytes = options->buffer_bytes;
    config->event_ring_bytes = every ? RECORD_RING_BYTES : SCREEN_RING_BYTES;
    config->samples = every ? UINT32_MAX : SCREEN_SAMPLES;
    config->tick_ns = every ? lines_tick_ns : screen_tick_ns;
    config->count_max = (uint64_t)options->count;
    config->segment = true;
    server->engine = engine_open(config, error);
    if (server->engine != NULL && engine_start(server->engine, error))
        return true;
    commands_complain("%s", error);
    return false;
}

bool server_open(struct server *server, const struct server_options *options,
                 const struct opts_operands *addresses, int *status)
{
    *server = (struct server){.options = *options,
                              .title = "udptui serve",
                              .started_ns = clock_monotonic_ns(),
                              .deadline_ns = INT64_MAX};
    if (options->duration_ns > 0)
        server->deadline_ns = server->started_ns + options->duration_ns;
    *status = EXIT_USAGE;
    if (!set_policies(options, &server->config))
        return false;
    if (open_sockets(server, addresses, status) && join_groups(server, status))
        return true;
    server_close(server);
    return false;
}

void server_close(struct server *server)
{
    engine_close(server->engine);
    for (size_t i = 0; i < server->socket_count; i++)
        udp_close(&server->sockets[i]);
}

int server_run(struct server *server)
{
    int status;

    if (!signals_open(&server->signals, NULL)) {
        commands_complain("cannot start a thread: %s", strerror(errno));
        return EXIT_SETUP;
    }
    if (!server_wants_screen(&server->options) || !server_run_screen(server, &status))
        status = server_run_lines(server);
    signals_close(&server->signals);
    return status;
}

/* ---- the end */

void server_check_end(struct server *server, int64_t now_ns)
{
    if (server->quit_asked ||
        (now_ns < server->deadline_ns && signals_number(&server->signals) == 0))
        return;
    server->quit_asked = engine_quit(server->engine);
}

int server_poll_timeout_ms(const struct server *server, int64_t now_ns, int64_t limit_ns)
{
    int64_t until_ns = server->quit_asked ? INT64_MAX : server->deadline_ns;

    if (limit_ns < until_ns)
        until_ns = limit_ns;
    if (until_ns == INT64_MAX)
        return -1;
    if (until_ns <= now_ns)
        return 0;
    int64_t ms = (until_ns - now_ns + UNITS_NS_PER_MS - 1) / UNITS_NS_PER_MS;
    return ms < INT32_MAX ? (int)ms : INT32_MAX;
}

int server_exit_status(const struct server *server)
{
    int number = signals_number(&server->signals);

    return number == 0 ? EXIT_DONE : 128 + number;
}
