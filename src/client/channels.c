/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channels: a session's sockets: their number, target, port, and when they close. */
#include <string.h>
#include <sys/resource.h>

#include "session_internal.h"

/* The receive queue must hold the replies of a server while we print. */
enum { RECEIVE_BUFFER_BYTES = 4 << 20, OTHER_FILES = 32 };
enum { FAST_PER_S = 10000, FAST_CHANNELS = 2, PORT_TRIES = 16 };

static uint64_t channel_dropped(const struct session_channel *channel)
{
    uint64_t dropped;

    return channel->socket.fd >= 0 && udp_queue_info(&channel->socket, &dropped, NULL) ? dropped
                                                                                       : 0;
}

uint64_t channels_dropped(const struct session *session)
{
    uint64_t dropped = session->dropped_before;

    for (size_t i = 0; i < SESSION_CHANNELS_MAX; i++)
        dropped += channel_dropped(&session->channels[i]);
    return dropped;
}

void channels_close(struct session *session, struct session_channel *channel)
{
    session->dropped_before += channel_dropped(channel);
    udp_close(&channel->socket);
}

void channels_close_all(struct session *session)
{
    for (size_t i = 0; i < SESSION_CHANNELS_MAX; i++)
        channels_close(session, &session->channels[i]);
}

static struct udp_options channels_socket_options(const struct session *session,
                                                  const struct udp_multicast *multicast)
{
    const struct session_options *options = &session->options;

    return (struct udp_options){.broadcast = options->broadcast,
                                .error_queue = true,
                                .send_stamps = options->send_stamps,
                                .receive_buffer_bytes = RECEIVE_BUFFER_BYTES,
                                .hop_limit = (int)options->ttl,
                                .dscp = (int)options->dscp,
                                .dont_fragment = options->df,
                                .interface = options->interface,
                                .multicast = multicast,
                                .trace = session->trace.note != NULL ? &session->trace : NULL};
}

/* Not connected: a reply from another port of the target is received, and the kernel chooses the
 * source address for each datagram. */
static bool channels_open(struct session *session, struct session_channel *channel, char *error)
{
    const struct udp_multicast multicast = {.hops = (int)session->options.multicast_ttl,
                                            .no_loop = session->options.no_loop};
    const struct udp_options wanted = channels_socket_options(session, &multicast);
    const struct endpoint any = {.family = session->target.family};
    const struct endpoint *local = session->bind.family != ENDPOINT_NONE ? &session->bind : &any;

    channels_close(session, channel);
    channel->target = session->target;
    channel->several = session->options.broadcast || endpoint_is_multicast(&session->target);
    channel->sends = channel->stamped = 0;
    channel->miscounted = false;
    if (!udp_open_client(&session->target, local, false, &wanted, &channel->socket, error))
        return false;
    channel->source = session->source;
    channel->source.port = channel->socket.local.port;
    return true;
}

/* Finds the source address of datagrams to the target, if there is one. */
static bool channels_find_source(struct session *session, char *error)
{
    const struct udp_options options = channels_socket_options(session, NULL);
    bool bound = session->bind.family != ENDPOINT_NONE;

    session->target = endpoint_reached(&session->target);
    return udp_find_source(&session->target, bound ? &session->bind : NULL, &options,
                           &session->source, error);
}

/* Whether the session has had the port before; it has it now. */
static bool channels_claim_port(struct session *session, uint16_t port)
{
    uint8_t *bits = &session->ports_used[port / 8];
    uint8_t bit = (uint8_t)(1 << port % 8);
    bool used = (*bits & bit) != 0;

    *bits |= bit;
    return used;
}

/* The kernel reuses a port that we closed, and a reply may still be on its way to it: a port that
 * we never had is better, while there are some. */
static bool channels_open_fresh(struct session *session, struct session_channel *channel,
                                char *error)
{
    for (int i = 0; i < PORT_TRIES; i++) {
        if (!channels_open(session, channel, error))
            return false;
        if (session->bind.port != 0 || !channels_claim_port(session, channel->source.port))
            return true;
    }
    memset(session->ports_used, 0, sizeof session->ports_used);
    channels_claim_port(session, channel->source.port);
    return true;
}

bool channels_next(struct session *session, uint32_t *number, char *error)
{
    struct pending_pick pick = pending_pick_channel(session->pending);

    *number = pick.channel;
    if (!pick.fresh)
        return true;
    if (!channels_open_fresh(session, &session->channels[pick.channel], error))
        return false;
    pending_renew_channel(session->pending, pick.channel, false);
    return true;
}

bool channels_reopen(struct session *session, uint32_t number, char *error)
{
    if (!channels_find_source(session, error) ||
        !channels_open(session, &session->channels[number], error))
        return false;
    pending_renew_channel(session->pending, number, session->bind.port != 0);
    return true;
}

/* ---- targets */

bool channels_open_target(struct session *session, const struct resolve_result *result,
                          struct session_channel *channel, char *error)
{
    for (size_t i = 0; i < result->count; i++) {
        session->target = result->endpoints[i];
        if (channels_find_source(session, error) && channels_open_fresh(session, channel, error))
            return true;
    }
    return false;
}

/* With a fixed port, a reply to an earlier datagram from it may still arrive. Its address
 * distinguishes it, unless any host may reply. */
static bool channels_is_used_before(struct session *session)
{
    bool many = session->options.broadcast || endpoint_is_multicast(&session->target);
    bool used = session->bound_targets == SESSION_BOUND_MAX;

    if (session->bind.port == 0)
        return false;
    for (size_t i = 0; i < session->bound_targets; i++)
        used = used || many || endpoint_is_multicast(&session->bound[i]) ||
               endpoint_same_address(&session->bound[i], &session->target);
    if (session->bound_targets < SESSION_BOUND_MAX)
        session->bound[session->bound_targets++] = session->target;
    return used;
}

void channels_install(struct session *session, uint32_t number,
                      const struct session_channel *channel)
{
    channels_close(session, &session->channels[number]);
    session->channels[number] = *channel;
    pending_renew_channel(session->pending, number, channels_is_used_before(session));
}

void channels_close_forgotten(struct session *session)
{
    for (uint32_t i = 0; i < SESSION_CHANNELS_MAX; i++)
        if (!pending_is_known(session->pending, i))
            channels_close(session, &session->channels[i]);
}

bool channels_change_target(struct session *session, const struct resolve_result *result,
                            uint32_t old, struct session_channel *channel, char *error)
{
    struct endpoint before = session->target, source = session->source;
    char unused[UDP_ERROR_SIZE]; /* error says already what is wrong */

    if (session->bind.port != 0) /* there can be only one socket */
        channels_close(session, &session->channels[old]);
    if (channels_open_target(session, result, channel, error))
        return true;
    session->target = before;
    session->source = source;
    if (session->bind.port != 0)
        channels_open(session, &session->channels[old], unused);
    return false;
}

/* ---- how many */

/* Sockets that may be open at once: other files need descriptors too. */
static uint32_t channels_affordable(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 ||
        limit.rlim_cur >= SESSION_CHANNELS_MAX + OTHER_FILES)
        return SESSION_CHANNELS_MAX;
    return limit.rlim_cur > 2 * OTHER_FILES ? (uint32_t)limit.rlim_cur - OTHER_FILES
                                            : OTHER_FILES / 2;
}

/* At a great rate most datagrams would need a port of their own, and reading so many sockets would
 * cost the rate: a few must suffice, and replies that they cannot distinguish are marked. */
uint32_t channels_wanted(const struct session_options *options)
{
    bool fast = options->match == PENDING_AUTO && options->rate_per_s > FAST_PER_S;
    uint32_t each =
        channels_affordable() / (options->sessions > 1 ? (uint32_t)options->sessions : 1);

    return fast || each < FAST_CHANNELS ? FAST_CHANNELS : each;
}
