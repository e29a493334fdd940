/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send_session: targets and sockets, from beginning to end; send_exchange.c talks over them. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "udptui/base/units.h"
#include "udptui/client/session.h"
#include "udptui/net/interfaces.h"
#include "udptui/net/resolve.h"
#include "udptui/output/line_time.h"
#include "udptui/sys/locale.h"
#include "udptui/sys/report.h"

/* The receive queue holds what a server answers while we print. */
enum { PENDING_MAX = 16384, RECEIVE_BUFFER_BYTES = 4 << 20, OTHER_FILES = 32 };
enum { FAST_PER_S = 10000, FAST_CHANNELS = 2, PORT_TRIES = 16 };

/* ---- channels */

static uint64_t channel_dropped(const struct send_channel *channel)
{
    uint64_t dropped;

    return channel->socket.fd >= 0 && udp_queue_info(&channel->socket, &dropped, NULL) ? dropped
                                                                                       : 0;
}

uint64_t session_dropped(const struct session *session)
{
    uint64_t dropped = session->dropped_before;

    for (size_t i = 0; i < SEND_CHANNELS_MAX; i++)
        dropped += channel_dropped(&session->channels[i]);
    return dropped;
}

static void close_channel(struct session *session, struct send_channel *channel)
{
    session->dropped_before += channel_dropped(channel);
    udp_close(&channel->socket);
}

static struct udp_options socket_options(const struct session *session,
                                         const struct udp_multicast *multicast)
{
    const struct send_options *options = &session->options;

    return (struct udp_options){.broadcast = options->broadcast,
                                .error_queue = true,
                                .receive_buffer_bytes = RECEIVE_BUFFER_BYTES,
                                .hop_limit = (int)options->ttl,
                                .dscp = (int)options->dscp,
                                .dont_fragment = options->df,
                                .interface = options->interface,
                                .multicast = multicast,
                                .trace = &session->calls.trace};
}

/* Not connected: an answer from another port of the target is seen, and the kernel chooses the
 * source address anew for each datagram. */
static bool open_channel(struct session *session, struct send_channel *channel, char *error)
{
    const struct udp_multicast multicast = {.hops = (int)session->options.multicast_ttl,
                                            .no_loop = session->options.no_loop};
    const struct udp_options wanted = socket_options(session, &multicast);
    const struct endpoint any = {.family = session->target.family};
    const struct endpoint *local = session->bind.family != ENDPOINT_NONE ? &session->bind : &any;

    close_channel(session, channel);
    channel->target = session->target;
    channel->several = session->options.broadcast || endpoint_is_multicast(&session->target);
    if (!udp_open_client(&session->target, local, false, &wanted, &channel->socket, error))
        return false;
    channel->source = session->source;
    channel->source.port = channel->socket.local.port;
    return true;
}

/* Where datagrams to the target leave from, if they can; 0.0.0.0 and :: reach this machine, who
 * answers from the address that they stand for (Linux, ip_route_output). */
static bool find_source(struct session *session, char *error)
{
    static const struct endpoint loopbacks[] = {
        [ENDPOINT_IPV4] = {.family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}},
        [ENDPOINT_IPV6] = {.family = ENDPOINT_IPV6, .address = {[15] = 1}}};
    const struct udp_options options = socket_options(session, NULL);
    bool bound = session->bind.family != ENDPOINT_NONE;
    uint16_t port = session->target.port;

    if (endpoint_is_unspecified(&session->target)) {
        session->target = loopbacks[session->target.family];
        session->target.port = port;
    }
    return udp_find_source(&session->target, bound ? &session->bind : NULL, &options,
                           &session->source, error);
}

/* Whether the session had the port before; it has it now. */
static bool claim_port(struct session *session, uint16_t port)
{
    uint8_t *bits = &session->ports_used[port / 8];
    uint8_t bit = (uint8_t)(1 << port % 8);
    bool used = (*bits & bit) != 0;

    *bits |= bit;
    return used;
}

/* The kernel gives a port that we gave back to the next that asks, and an answer may still be on its
 * way to it: a port that we never had is better, while there are some. */
static bool open_fresh(struct session *session, struct send_channel *channel, char *error)
{
    for (int i = 0; i < PORT_TRIES; i++) {
        if (!open_channel(session, channel, error))
            return false;
        if (session->bind.port != 0 || !claim_port(session, channel->source.port))
            return true;
    }
    memset(session->ports_used, 0, sizeof session->ports_used);
    claim_port(session, channel->source.port);
    return true;
}

bool session_next_channel(struct session *session, uint32_t *number, char *error)
{
    struct pending_pick pick = pending_pick_channel(session->pending);

    *number = pick.channel;
    if (!pick.fresh)
        return true;
    if (!open_fresh(session, &session->channels[pick.channel], error))
        return false;
    pending_renew_channel(session->pending, pick.channel, false);
    return true;
}

bool session_reopen(struct session *session, uint32_t number, char *error)
{
    if (!find_source(session, error) || !open_channel(session, &session->channels[number], error))
        return false;
    pending_renew_channel(session->pending, number, session->bind.port != 0);
    return true;
}

/* ---- opening */

/* The first of the addresses that a socket can be opened for. */
static bool open_target(struct session *session, const struct resolve_result *result,
                        struct send_channel *channel, char *error)
{
    for (size_t i = 0; i < result->count; i++) {
        session->target = result->endpoints[i];
        if (find_source(session, error) && open_fresh(session, channel, error))
            return true;
    }
    return false;
}

/* With a port of one's own, an answer to what was sent from it before may still come. It is told
 * apart by its address, unless anybody may answer. */
static bool is_used_before(struct session *session)
{
    bool many = session->options.broadcast || endpoint_is_multicast(&session->target);
    bool used = session->bound_targets == SEND_BOUND_MAX;

    if (session->bind.port == 0)
        return false;
    for (size_t i = 0; i < session->bound_targets; i++)
        used = used || many || endpoint_is_multicast(&session->bound[i]) ||
               endpoint_same_address(&session->bound[i], &session->target);
    if (session->bound_targets < SEND_BOUND_MAX)
        session->bound[session->bound_targets++] = session->target;
    return used;
}

/* The socket is the one for the next datagram. */
static void install(struct session *session, uint32_t number, const struct send_channel *channel)
{
    close_channel(session, &session->channels[number]);
    session->channels[number] = *channel;
    pending_renew_channel(session->pending, number, is_used_before(session));
}

/* What came so long ago that nothing can be credited to it any more. */
static void close_forgotten(struct session *session)
{
    for (uint32_t i = 0; i < SEND_CHANNELS_MAX; i++)
        if (!pending_is_known(session->pending, i))
            close_channel(session, &session->channels[i]);
}

/* Bound to a port of one's own there can be only one socket: the old one goes first. */
static bool open_other(struct session *session, const struct resolve_result *result, uint32_t old,
                       struct send_channel *tried, char *why)
{
    struct endpoint before = session->target, source = session->source;
    char unused[UDP_ERROR_SIZE]; /* why says already what is wrong */

    if (session->bind.port != 0)
        close_channel(session, &session->channels[old]);
    if (open_target(session, result, tried, why))
        return true;
    session->target = before;
    session->source = source;
    if (session->bind.port != 0)
        open_channel(session, &session->channels[old], unused);
    return false;
}

bool session_retarget(struct session *session, const char *target, char *why)
{
    struct send_channel tried = {.socket = {.fd = -1}};
    uint32_t old = pending_pick_channel(session->pending).channel;
    struct resolve_result result;

    if (!resolve_target(target, (enum endpoint_family)session->options.family, &result)) {
        snprintf(why, UDP_ERROR_SIZE, "%s", result.error);
        return false;
    }
    if (!open_other(session, &result, old, &tried, why))
        return false;
    pending_change_target(session->pending);
    close_forgotten(session);
    if (!pending_has_room(session->pending) && session->bind.port == 0) {
        /* every socket waits for an answer: the next message says so */
        close_channel(session, &tried);
        return true;
    }
    if (session->bind.port == 0)
        old = pending_pick_channel(session->pending).channel;
    install(session, old, &tried);
    return true;
}

/* An address alone leaves the port to the kernel; a port serves one socket only. */
static bool bind_port(struct session *session)
{
    struct endpoint_spec spec;

    endpoint_split(session->options.bind, &spec);
    if (!spec.has_port)
        session->bind.port = 0;
    if (session->bind.port != 0 && session->options.match == PENDING_AUTO)
        session->options.match = PENDING_ORDER;
    if (session->bind.port == 0 || session->options.match != PENDING_PORT)
        return true;
    report_error("--bind %s: --match port takes a port for each message: name the address only",
                 session->options.bind);
    return false;
}

/* Says so if the address to send from cannot send to the target, whatever -4 and -6 say. */
static bool is_of_other_family(const struct session *session)
{
    static const char *const names[] = {
        [ENDPOINT_NONE] = "", [ENDPOINT_IPV4] = "IPv4", [ENDPOINT_IPV6] = "IPv6"};
    struct resolve_result result;
    char target[ENDPOINT_TEXT_SIZE];

    if (!resolve_listen(session->options.bind, ENDPOINT_NONE, &result))
        return false;
    report_error("--bind %s: %s cannot send to %s, which is %s", session->options.bind,
                 names[result.endpoints[0].family],
                 endpoint_format_in(&session->target, &interfaces_zones, target, sizeof target),
                 names[session->target.family]);
    return true;
}

static bool resolve_bind(struct session *session, int *status)
{
    struct resolve_result result;

    if (session->options.bind == NULL)
        return true;
    *status = EXIT_USAGE;
    if (resolve_listen(session->options.bind, (enum endpoint_family)session->target.family,
                       &result)) {
        session->bind = result.endpoints[0];
        return bind_port(session);
    }
    if (is_of_other_family(session))
        return false;
    report_error("--bind %s", result.error);
    if (!result.usage)
        *status = EXIT_SETUP;
    return false;
}

/* Sockets that may be open at once: other files need descriptors too. */
static uint32_t channels_allowed(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= SEND_CHANNELS_MAX + OTHER_FILES)
        return SEND_CHANNELS_MAX;
    return limit.rlim_cur > 2 * OTHER_FILES ? (uint32_t)limit.rlim_cur - OTHER_FILES
                                            : OTHER_FILES / 2;
}

/* At a great rate most datagrams would need a port of their own, and reading so many sockets would
 * cost the rate: a few must do, and what they cannot tell apart is marked. */
static uint32_t channels_wanted(const struct send_options *options)
{
    bool fast = options->match == PENDING_AUTO && options->rate_per_s > FAST_PER_S;

    uint32_t each = channels_allowed() / (options->targets > 1 ? (uint32_t)options->targets : 1);

    return fast || each < FAST_CHANNELS ? FAST_CHANNELS : each;
}

static bool open_parts(struct session *session)
{
    const struct pending_options table = {.capacity = PENDING_MAX,
                                          .channels = channels_wanted(&session->options),
                                          .mode = (enum pending_mode)session->options.match};

    session->receiver = batch_receiver_open(SEND_SLOTS, 65536);
    session->sender = batch_sender_open(1);
    session->pending = pending_open(&table);
    session->times = measured_open();
    session->output.scratch = malloc(PAYLOAD_SCRATCH);
    return session->receiver != NULL && session->sender != NULL && session->pending != NULL &&
           session->times != NULL && session->output.scratch != NULL;
}

static void set_defaults(struct session *session, const struct send_options *options)
{
    *session = (struct session){.options = *options,
                                .clocks = clock_pair_begin(),
                                .writer = options->json ? &send_json : &send_lines,
                                .output = {.file = stdout,
                                           .stamp = line_time_stamp(options->time),
                                           .zones = &interfaces_zones,
                                           .style = {.show = options->show, .full = options->full},
                                           .charset = locale_charset(options->ascii)}};
    send_calls_begin(&session->calls, session);
    for (size_t i = 0; i < SEND_CHANNELS_MAX; i++)
        session->channels[i].socket.fd = -1;
}

bool session_open(struct session *session, const struct send_options *options, const char *target,
                  int *status)
{
    struct resolve_result result;
    char error[UDP_ERROR_SIZE];

    set_defaults(session, options);
    if (!resolve_target(target, (enum endpoint_family)options->family, &result)) {
        report_error("%s", result.error);
        *status = result.usage ? EXIT_USAGE : EXIT_SETUP;
        return false;
    }
    session->target = result.endpoints[0];
    if (!resolve_bind(session, status))
        return false;
    *status = EXIT_SETUP;
    if (!open_parts(session)) {
        report_error("not enough memory");
        return false;
    }
    if (open_target(session, &result, &session->channels[0], error)) {
        pending_renew_channel(session->pending, 0, is_used_before(session));
        return session_open_recording(session, status);
    }
    report_error("%s", error);
    return false;
}

void session_hang_up(struct session *session)
{
    session_end_recording(session, EXIT_DONE);
    for (size_t i = 0; i < SEND_CHANNELS_MAX; i++)
        close_channel(session, &session->channels[i]);
}

void session_close(struct session *session)
{
    session_hang_up(session);
    for (size_t i = 0; i < SEND_KEPT_MAX; i++)
        free(session->kept[i].bytes);
    batch_receiver_close(session->receiver);
    batch_sender_close(session->sender);
    pending_close(session->pending);
    measured_close(session->times);
    free(session->output.scratch);
}
