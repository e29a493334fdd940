/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send_session: sockets, sending, receiving, deadlines. */
#include <errno.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>

#include "send.h"
#include "send_errors.h"
#include "udptui/cmd/commands.h"
#include "udptui/net/clock.h"
#include "udptui/net/resolve.h"

enum { SLOTS = 16, PENDING_MAX = 16384 };

/* ---- channels */

static bool open_channel(struct session *session, struct send_channel *channel, char *error)
{
    const struct send_options *options = &session->options;
    const struct udp_options wanted = {.broadcast = options->broadcast,
                                       .error_queue = true,
                                       .hop_limit = (int)options->ttl,
                                       .dscp = (int)options->dscp};
    const struct endpoint *local = session->bind.family != ENDPOINT_NONE ? &session->bind : NULL;

    return udp_open_client(&session->target, local, !options->broadcast, &wanted, &channel->socket,
                           error);
}

static void close_channels(struct session *session)
{
    for (size_t i = 0; i < SEND_CHANNELS_MAX; i++)
        udp_close(&session->channels[i].socket);
    session->channel_next = 0;
}

/*
 * The channel for the next datagram: with --match port a fresh one in the place of the oldest, whose
 * late answers are then no longer heard; else always the same.
 */
static struct send_channel *take_channel(struct session *session, uint64_t seq, char *error)
{
    struct send_channel *channel = &session->channels[session->channel_next];

    if (session->options.match == PENDING_PORT) {
        session->channel_next = (session->channel_next + 1) % SEND_CHANNELS_MAX;
        udp_close(&channel->socket);
    }
    channel->seq = seq;
    if (channel->socket.fd < 0 && !open_channel(session, channel, error))
        return NULL;
    return channel;
}

static uint32_t channel_number(const struct session *session, const struct send_channel *channel)
{
    return (uint32_t)(channel - session->channels);
}

/* ---- opening */

/* The first of the addresses that a socket can be opened for. */
static bool open_target(struct session *session, const struct resolve_result *result, char *error)
{
    for (size_t i = 0; i < result->count; i++) {
        session->target = result->endpoints[i];
        if (open_channel(session, &session->channels[0], error))
            return true;
    }
    return false;
}

bool session_retarget(struct session *session, const char *target, char *why)
{
    struct endpoint before = session->target;
    struct resolve_result result;

    if (!resolve_target(target, (enum endpoint_family)session->options.family, &result)) {
        snprintf(why, UDP_ERROR_SIZE, "%s", result.error);
        return false;
    }
    close_channels(session);
    if (open_target(session, &result, why))
        return true;
    session->target = before;
    return false;
}

static bool resolve_bind(struct session *session, int *status)
{
    struct resolve_result result;

    if (session->options.bind == NULL)
        return true;
    if (!resolve_listen(session->options.bind, (enum endpoint_family)session->target.family,
                        &result)) {
        commands_complain("--bind %s", result.error);
        *status = result.usage ? EXIT_USAGE : EXIT_SETUP;
        return false;
    }
    session->bind = result.endpoints[0];
    /* an address alone leaves the port to the kernel, and so does one port for each message */
    if (strchr(session->options.bind, ':') == NULL || session->options.match == PENDING_PORT)
        session->bind.port = 0;
    return true;
}

static bool open_parts(struct session *session)
{
    const struct send_options *options = &session->options;

    session->receiver = batch_receiver_open(SLOTS, 65536);
    session->sender = batch_sender_open(1);
    session->pending =
        pending_open(options->match == PENDING_PORT ? SEND_CHANNELS_MAX : PENDING_MAX,
                     (enum pending_mode)options->match, options->broadcast);
    session->rtt = rtt_open();
    session->output.scratch = malloc(SEND_OUTPUT_SCRATCH);
    return session->receiver != NULL && session->sender != NULL && session->pending != NULL &&
           session->rtt != NULL && session->output.scratch != NULL;
}

static void set_defaults(struct session *session, const struct send_options *options)
{
    bool utf8 = !options->ascii && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;

    *session =
        (struct session){.options = *options,
                         .writer = options->json ? &send_json : &send_lines,
                         .output = {.file = stdout, .charset = utf8 ? TEXT_UTF8 : TEXT_ASCII}};
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
        commands_complain("%s", result.error);
        *status = result.usage ? EXIT_USAGE : EXIT_SETUP;
        return false;
    }
    session->target = result.endpoints[0];
    if (!resolve_bind(session, status))
        return false;
    *status = EXIT_SETUP;
    if (!open_parts(session)) {
        commands_complain("not enough memory");
        return false;
    }
    if (open_target(session, &result, error))
        return true;
    commands_complain("%s", error);
    return false;
}

void session_close(struct session *session)
{
    close_channels(session);
    for (size_t i = 0; i < SEND_KEPT_MAX; i++)
        free(session->kept[i].bytes);
    batch_receiver_close(session->receiver);
    batch_sender_close(session->sender);
    pending_close(session->pending);
    rtt_close(session->rtt);
    free(session->output.scratch);
}

/* ---- sending */

/* Keeps the payload for a retry. Without memory there is none. */
static void keep(struct session *session, uint64_t seq, const uint8_t *bytes, size_t size_bytes)
{
    struct send_kept *kept = &session->kept[seq % SEND_KEPT_MAX];

    if (session->options.retry == 0)
        return;
    free(kept->bytes);
    *kept = (struct send_kept){.seq = seq, .bytes = malloc(size_bytes + 1)};
    if (kept->bytes == NULL)
        return;
    memcpy(kept->bytes, bytes, size_bytes);
    kept->size_bytes = size_bytes;
}

static int transmit(struct session *session, const struct send_channel *channel,
                    const uint8_t *bytes, size_t size_bytes)
{
    struct batch_item item = {.peer = session->target,
                              .bytes = bytes,
                              .size_bytes = size_bytes,
                              .segment_bytes = (uint16_t)size_bytes,
                              .count = 1};
    uint16_t sent;
    int error;

    batch_send(session->sender, &channel->socket, &item, 1, &sent, &error);
    return error;
}

/*
 * An ICMP error for an earlier datagram makes this send fail without sending: it is taken off the
 * queue, told, and this datagram is sent again once.
 */
static int transmit_after_errors(struct session *session, const struct send_channel *channel,
                                 const uint8_t *bytes, size_t size_bytes)
{
    int error = transmit(session, channel, bytes, size_bytes);

    if (error != ECONNREFUSED && error != EHOSTUNREACH)
        return error;
    send_take_errors(session, channel_number(session, channel));
    return transmit(session, channel, bytes, size_bytes);
}

bool session_send(struct session *session, const uint8_t *bytes, size_t size_bytes)
{
    uint64_t seq = ++session->totals.sent;
    char why[UDP_ERROR_SIZE];
    struct send_channel *channel = take_channel(session, seq, why);
    int64_t now_ns;
    int error;

    if (channel == NULL) {
        send_report_failure(session, seq, size_bytes, RESULT_FAILED, why);
        return false;
    }
    if (size_bytes > send_payload_max(session)) {
        send_report_errno(session, channel, seq, size_bytes, EMSGSIZE);
        return false;
    }
    now_ns = clock_monotonic_ns();
    error = transmit_after_errors(session, channel, bytes, size_bytes);
    if (error != 0) {
        send_report_errno(session, channel, seq, size_bytes, error);
        return false;
    }
    session->last_sent_ns = now_ns;
    keep(session, seq, bytes, size_bytes);
    if (!pending_add(session->pending, seq, channel_number(session, channel), bytes, size_bytes,
                     now_ns, session->options.timeout_ns))
        send_report_failure(session, seq, size_bytes, RESULT_TIMEOUT,
                            "sent, but too many wait already to watch for its answer");
    return true;
}

/* ---- receiving */

size_t session_list_polled(const struct session *session, struct pollfd *out)
{
    for (size_t i = 0; i < SEND_CHANNELS_MAX; i++)
        out[i] = (struct pollfd){.fd = session->channels[i].socket.fd, .events = POLLIN};
    return SEND_CHANNELS_MAX;
}

static const enum result_status status_of_match[] = {[PENDING_REPLY] = RESULT_ACKED,
                                                     [PENDING_LATE] = RESULT_LATE,
                                                     [PENDING_DUPLICATE] = RESULT_DUPLICATE,
                                                     [PENDING_UNSOLICITED] = RESULT_UNSOLICITED};

static void take_reply(struct session *session, uint32_t channel, const struct datagram *datagram)
{
    struct pending_match match =
        pending_reply(session->pending, channel, datagram->bytes, datagram->size_bytes,
                      clock_monotonic_of_stamp(datagram->wall_ns));
    struct result result = {.status = status_of_match[match.kind],
                            .seq = match.seq,
                            .to = session->target,
                            .from = datagram->peer,
                            .size_bytes = match.size_bytes,
                            .rtt_ns = match.rtt_ns,
                            .ambiguous = match.ambiguous,
                            .resends = match.resends,
                            .reply = datagram->bytes,
                            .reply_bytes = datagram->size_bytes};

    session_report(session, &result);
}

static void take_replies(struct session *session, uint32_t channel)
{
    const struct udp_socket *socket = &session->channels[channel].socket;
    const struct datagram *datagrams;
    int received = SLOTS;

    while (received == SLOTS) {
        received = batch_receive(session->receiver, socket, SLOTS, &datagrams);
        for (int i = 0; i < received; i++)
            take_reply(session, channel, &datagrams[i]);
    }
}

void session_take(struct session *session, const struct pollfd *polled, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (polled[i].revents & POLLERR)
            send_take_errors(session, (uint32_t)i);
        if (polled[i].revents != 0)
            take_replies(session, (uint32_t)i);
    }
}

/* ---- deadlines */

/* The wait doubles with each transmission. */
static int64_t backoff_ns(const struct session *session, uint32_t resends)
{
    int64_t timeout_ns = session->options.timeout_ns;

    for (uint32_t i = 0; i < resends && timeout_ns < INT64_MAX / 4; i++)
        timeout_ns *= 2;
    return timeout_ns;
}

static bool resend(struct session *session, struct pending_request *request, int64_t now_ns)
{
    const struct send_kept *kept = &session->kept[request->seq % SEND_KEPT_MAX];
    struct send_channel *channel = &session->channels[request->channel];
    struct result result = {.status = RESULT_RESENT,
                            .seq = request->seq,
                            .to = session->target,
                            .size_bytes = request->size_bytes,
                            .rtt_ns = -1};

    if (request->resends >= session->options.retry || kept->bytes == NULL ||
        kept->seq != request->seq ||
        transmit_after_errors(session, channel, kept->bytes, kept->size_bytes) != 0)
        return false;
    pending_resent(session->pending, request, now_ns, backoff_ns(session, request->resends + 1));
    result.resends = request->resends;
    result.why = "no answer yet: sent again";
    session_report(session, &result);
    return true;
}

void session_expire(struct session *session, int64_t now_ns)
{
    struct pending_request *request;

    while ((request = pending_expire(session->pending, now_ns)) != NULL)
        if (request->state == PENDING_EXPIRED && !resend(session, request, now_ns))
            send_report_silence(session, request);
}
