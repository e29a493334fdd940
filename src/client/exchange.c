/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exchange: datagrams leave, are remembered, and end by a reply, an error or their deadline. */
#include "udptui/client/exchange.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/wait.h"

enum { QUEUE_PATIENCE_MS = 50 }; /* for the interface to send what is queued already */

/* ---- sending */

/* Keeps the payload for a retry. If memory is short there is no retry. */
static void exchange_keep(struct session *session, uint64_t seq, const uint8_t *bytes,
                          size_t size_bytes)
{
    struct session_kept *kept = &session->kept[seq % SESSION_KEPT_MAX];

    if (session->options.retry == 0)
        return;
    free(kept->bytes);
    *kept = (struct session_kept){.seq = seq, .bytes = malloc(size_bytes + 1)};
    if (kept->bytes == NULL)
        return;
    memcpy(kept->bytes, bytes, size_bytes);
    kept->size_bytes = size_bytes;
}

/* A datagram on its way out. */
struct outgoing {
    uint64_t seq;
    const uint8_t *bytes;
    size_t size_bytes;
    int64_t sent_ns; /* just before the kernel took it */
};

static int exchange_transmit_once(struct session *session, struct session_channel *channel,
                                  struct outgoing *outgoing)
{
    const struct batch_item item = {.peer = channel->target,
                                    .bytes = outgoing->bytes,
                                    .size_bytes = outgoing->size_bytes,
                                    .segment_bytes = (uint16_t)outgoing->size_bytes,
                                    .count = 1};
    int64_t wall_ns = clock_wall_ns();
    uint16_t sent;
    int error;

    stamps_prepare(session, channel);
    outgoing->sent_ns = clock_monotonic_ns();
    batch_send(session->sender, &channel->socket, &item, 1, &sent, &error);
    if (error != 0) {
        stamps_note_failed(channel);
        return error;
    }
    stamps_note_sent(session, channel, outgoing->seq, outgoing->sent_ns);
    session_record_sent(session, channel, outgoing->bytes, outgoing->size_bytes, wall_ns);
    return 0;
}

/* Waits once if the send queue is full. Returns 0 or an errno. */
static int exchange_transmit(struct session *session, struct session_channel *channel,
                             struct outgoing *outgoing)
{
    const int64_t patience_ns = QUEUE_PATIENCE_MS * UNITS_NS_PER_MS;
    struct pollfd writable = {.fd = channel->socket.fd, .events = POLLOUT};
    int error = exchange_transmit_once(session, channel, outgoing);

    if (error == EAGAIN && wait_until(&writable, 1, clock_monotonic_ns() + patience_ns) == 1)
        error = exchange_transmit_once(session, channel, outgoing);
    return error;
}

/*
 * An ICMP error for an earlier datagram makes this send fail without sending: the error is removed
 * from the queue and reported, and this datagram is sent again once.
 */
static int exchange_transmit_after_errors(struct session *session, uint32_t channel,
                                          struct outgoing *outgoing)
{
    int error = exchange_transmit(session, &session->channels[channel], outgoing);

    if (error == 0 || failures_take_icmp(session, channel) == 0)
        return error;
    return exchange_transmit(session, &session->channels[channel], outgoing);
}

/* A socket that is bound to an address or an interface keeps it when the machine has lost it
 * (ip(7)); unbound ones follow the routes. */
static bool exchange_is_stale(const struct session *session, int error)
{
    static const int errors[] = {EINVAL,   EADDRNOTAVAIL, ENETUNREACH, EHOSTUNREACH,
                                 ENETDOWN, ENODEV,        ENXIO};

    if (session->bind.family == ENDPOINT_NONE && session->options.interface == NULL &&
        session->target.scope == 0)
        return false;
    for (size_t i = 0; i < COUNT_OF(errors); i++)
        if (errors[i] == error)
            return true;
    return false;
}

/* False with the reason reported. */
static bool exchange_transmit_or_report(struct session *session, uint32_t number,
                                        struct outgoing *outgoing)
{
    struct session_channel *channel = &session->channels[number];
    bool fits = outgoing->size_bytes <= failures_payload_max(session);
    bool closed = channel->socket.fd < 0;
    char why[UDP_ERROR_SIZE];
    int error = EMSGSIZE;

    if (fits && !closed)
        error = exchange_transmit_after_errors(session, number, outgoing);
    if (fits && (closed || exchange_is_stale(session, error))) {
        if (!channels_reopen(session, number, why)) {
            failures_report(session, outgoing->seq, outgoing->size_bytes, RESULT_FAILED, why);
            return false;
        }
        error = exchange_transmit(session, channel, outgoing);
    }
    if (error != 0)
        failures_report_errno(session, channel, outgoing->seq, outgoing->size_bytes, error);
    return error == 0;
}

static void exchange_report_not_awaited(struct session *session, uint32_t channel,
                                        const struct outgoing *outgoing)
{
    const struct result result = {.status = RESULT_NOT_AWAITED,
                                  .seq = outgoing->seq,
                                  .to = session->channels[channel].target,
                                  .size_bytes = outgoing->size_bytes,
                                  .rtt_ns = -1,
                                  .why = "sent; not waiting for a reply"};

    session_report(session, &result);
}

/* Sends and remembers it; false with the reason reported. */
static bool exchange_send_by(struct session *session, uint32_t channel, struct outgoing *outgoing)
{
    const struct session_options *options = &session->options;
    const struct pending_message message = {.seq = outgoing->seq,
                                            .channel = channel,
                                            .several = session->channels[channel].several,
                                            .wanted = (uint32_t)options->replies,
                                            .wait_ns = options->wait_ns,
                                            .bytes = outgoing->bytes,
                                            .size_bytes = outgoing->size_bytes};

    if (!exchange_transmit_or_report(session, channel, outgoing))
        return false;
    if (options->no_reply) {
        exchange_report_not_awaited(session, channel, outgoing);
        return true;
    }
    exchange_keep(session, outgoing->seq, outgoing->bytes, outgoing->size_bytes);
    pending_add(session->pending, &message, outgoing->sent_ns, options->timeout_ns);
    failures_take_stamps(session, channel);
    return true;
}

/* Its fields filled in, if the options say so. */
static void exchange_fill(struct session *session, struct outgoing *outgoing)
{
    if (!session->options.fill)
        return;
    outgoing->size_bytes =
        message_fill(outgoing->seq, outgoing->bytes, outgoing->size_bytes, session->filled);
    outgoing->bytes = session->filled;
}

bool exchange_send(struct session *session, const uint8_t *bytes, size_t size_bytes)
{
    const struct session_listener *listener = &session->listener;
    struct outgoing outgoing = {
        .seq = ++session->totals.sent, .bytes = bytes, .size_bytes = size_bytes};
    char why[UDP_ERROR_SIZE] = "not sent: too many messages are waiting for a reply";
    uint32_t channel;

    exchange_fill(session, &outgoing);
    if (listener->sending != NULL)
        listener->sending(listener->context, outgoing.seq, outgoing.bytes, outgoing.size_bytes,
                          clock_wall_ns());
    if (pending_has_room(session->pending) && channels_next(session, &channel, why))
        return exchange_send_by(session, channel, &outgoing);
    failures_report(session, outgoing.seq, outgoing.size_bytes, RESULT_FAILED, why);
    return false;
}

void exchange_refuse(struct session *session, size_t size_bytes, const char *why)
{
    failures_report(session, ++session->totals.sent, size_bytes,
                    size_bytes >= MESSAGE_MOST ? RESULT_TOO_BIG : RESULT_FAILED, why);
}

/* ---- receiving */

/* Up to the last that is open: mostly that is one. */
size_t exchange_list_polled(const struct session *session, struct pollfd *out)
{
    size_t count = SESSION_CHANNELS_MAX;

    while (count > 0 && session->channels[count - 1].socket.fd < 0)
        count--;
    for (size_t i = 0; i < count; i++)
        out[i] = (struct pollfd){.fd = session->channels[i].socket.fd, .events = POLLIN};
    return count;
}

void exchange_take(struct session *session, const struct pollfd *polled, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (polled[i].revents & POLLERR)
            failures_take_icmp(session, (uint32_t)i);
        if (polled[i].revents != 0)
            replies_take(session, (uint32_t)i);
    }
}

/* ---- deadlines */

/* The wait doubles with each transmission. */
static int64_t exchange_backoff_ns(const struct session *session, uint32_t resends)
{
    int64_t timeout_ns = session->options.timeout_ns;

    for (uint32_t i = 0; i < resends && timeout_ns < INT64_MAX / 4; i++)
        timeout_ns *= 2;
    return timeout_ns;
}

static bool exchange_resend(struct session *session, struct pending_request *request)
{
    struct session_kept *kept = &session->kept[request->seq % SESSION_KEPT_MAX];
    char why[SESSION_WHY_SIZE + 32];
    struct result result = {.status = RESULT_RESENT,
                            .seq = request->seq,
                            .to = session->channels[request->channel].target,
                            .size_bytes = request->size_bytes,
                            .rtt_ns = -1};

    struct outgoing outgoing = {
        .seq = kept->seq, .bytes = kept->bytes, .size_bytes = kept->size_bytes};

    if (request->resends >= session->options.retry || kept->bytes == NULL ||
        kept->seq != request->seq ||
        exchange_transmit_after_errors(session, request->channel, &outgoing) != 0)
        return false;
    pending_resent(session->pending, request, outgoing.sent_ns,
                   exchange_backoff_ns(session, request->resends + 1));
    failures_take_stamps(session, request->channel);
    result.resends = request->resends;
    snprintf(why, sizeof why, "%s: resent", kept->why[0] != '\0' ? kept->why : "no reply yet");
    kept->why[0] = '\0';
    result.why = why;
    session_report(session, &result);
    return true;
}

/* It was answered, with fewer replies than --replies requires. */
static void exchange_report_incomplete(struct session *session,
                                       const struct pending_request *request)
{
    char why[SESSION_WHY_SIZE];
    const struct result result = {.status = RESULT_INCOMPLETE,
                                  .seq = request->seq,
                                  .to = session->channels[request->channel].target,
                                  .size_bytes = request->size_bytes,
                                  .rtt_ns = -1,
                                  .why = why};

    if (request->answers >= request->wanted)
        return;
    snprintf(why, sizeof why, "%" PRIu32 " of %" PRIu32 " replies came", request->answers,
             request->wanted);
    session_report(session, &result);
}

/* Replies may have arrived while we were stopped (Ctrl-Z, a name lookup): they are received before
 * any request expires. */
static void exchange_take_all(struct session *session)
{
    struct pollfd polled[SESSION_CHANNELS_MAX];
    size_t count = exchange_list_polled(session, polled);

    if (wait_until(polled, count, 0) > 0)
        exchange_take(session, polled, count);
}

void exchange_expire(struct session *session, int64_t now_ns)
{
    struct pending_request *request;

    if (now_ns < pending_deadline_ns(session->pending))
        return;
    exchange_take_all(session);
    while ((request = pending_expire(session->pending, now_ns)) != NULL) {
        if (request->answers > 0)
            exchange_report_incomplete(session, request);
        else if (!exchange_resend(session, request))
            failures_report_silence(session, request);
    }
}

int64_t exchange_deadline_ns(const struct session *session)
{
    return pending_deadline_ns(session->pending);
}

/* ---- what the pace depends on */

bool exchange_is_idle(const struct session *session)
{
    return pending_waiting(session->pending) == 0;
}

bool exchange_has_room(const struct session *session)
{
    return pending_has_room(session->pending);
}

bool exchange_is_certain(const struct session *session)
{
    return pending_shared(session->pending) == 0;
}
