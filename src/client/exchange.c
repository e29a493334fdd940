/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send_exchange: sending, receiving and deadlines of a session. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "udptui/client/errors.h"
#include "udptui/client/session.h"
#include "udptui/proto/origin.h"
#include "udptui/sys/clock.h"

enum {
    QUEUE_PATIENCE_MS = 50, /* for the interface to take what is queued already */
    TURN_BATCHES = 64,      /* of SEND_SLOTS datagrams from one socket, before others have a turn */
};

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

/* A datagram on its way out. */
struct outgoing {
    uint64_t seq;
    const uint8_t *bytes;
    size_t size_bytes;
    int64_t sent_ns; /* just before the kernel took it */
};

static int transmit(struct session *session, const struct send_channel *channel,
                    struct outgoing *outgoing)
{
    struct batch_item item = {.peer = channel->target,
                              .bytes = outgoing->bytes,
                              .size_bytes = outgoing->size_bytes,
                              .segment_bytes = (uint16_t)outgoing->size_bytes,
                              .count = 1};
    struct pollfd writable = {.fd = channel->socket.fd, .events = POLLOUT};
    int64_t wall_ns = clock_wall_ns();
    uint16_t sent;
    int error;

    outgoing->sent_ns = clock_monotonic_ns();
    batch_send(session->sender, &channel->socket, &item, 1, &sent, &error);
    if (error == EAGAIN && poll(&writable, 1, QUEUE_PATIENCE_MS) == 1) {
        wall_ns = clock_wall_ns();
        outgoing->sent_ns = clock_monotonic_ns();
        batch_send(session->sender, &channel->socket, &item, 1, &sent, &error);
    }
    if (error == 0)
        session_record_sent(session, channel, outgoing->bytes, outgoing->size_bytes, wall_ns);
    return error;
}

/*
 * An ICMP error for an earlier datagram makes this send fail without sending: it is taken off the
 * queue, told, and this datagram is sent again once.
 */
static int transmit_after_errors(struct session *session, uint32_t channel,
                                 struct outgoing *outgoing)
{
    int error = transmit(session, &session->channels[channel], outgoing);

    if (error == 0 || send_take_errors(session, channel) == 0)
        return error;
    return transmit(session, &session->channels[channel], outgoing);
}

/* A socket that is bound to an address or an interface keeps it when the machine has lost it (ip(7));
 * unbound ones follow the routes. */
static bool is_stale(const struct session *session, int error)
{
    static const int errors[] = {EINVAL,   EADDRNOTAVAIL, ENETUNREACH, EHOSTUNREACH,
                                 ENETDOWN, ENODEV,        ENXIO};

    if (session->bind.family == ENDPOINT_NONE && session->options.interface == NULL &&
        session->target.scope == 0)
        return false;
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (errors[i] == error)
            return true;
    return false;
}

/* Sends it. False with the reason told. */
static bool transmit_or_tell(struct session *session, uint32_t number, struct outgoing *outgoing)
{
    const struct send_channel *channel = &session->channels[number];
    bool fits = outgoing->size_bytes <= send_payload_max(session);
    bool closed = channel->socket.fd < 0;
    char why[UDP_ERROR_SIZE];
    int error = EMSGSIZE;

    if (fits && !closed)
        error = transmit_after_errors(session, number, outgoing);
    if (fits && (closed || is_stale(session, error))) {
        if (!session_reopen(session, number, why)) {
            send_report_failure(session, outgoing->seq, outgoing->size_bytes, RESULT_FAILED, why);
            return false;
        }
        error = transmit(session, channel, outgoing);
    }
    if (error != 0)
        send_report_errno(session, channel, outgoing->seq, outgoing->size_bytes, error);
    return error == 0;
}

static void report_not_awaited(struct session *session, uint32_t channel,
                               const struct outgoing *outgoing)
{
    const struct result result = {.status = RESULT_NOT_AWAITED,
                                  .seq = outgoing->seq,
                                  .to = session->channels[channel].target,
                                  .size_bytes = outgoing->size_bytes,
                                  .rtt_ns = -1,
                                  .why = "sent; no answer is waited for"};

    session_report(session, &result);
}

/* Sends and remembers it; false with the reason told. */
static bool send_by(struct session *session, uint32_t channel, struct outgoing *outgoing)
{
    const struct send_options *options = &session->options;
    const struct pending_message message = {.seq = outgoing->seq,
                                            .channel = channel,
                                            .several = session->channels[channel].several,
                                            .wanted = (uint32_t)options->replies,
                                            .wait_ns = options->wait_ns,
                                            .bytes = outgoing->bytes,
                                            .size_bytes = outgoing->size_bytes};

    if (!transmit_or_tell(session, channel, outgoing))
        return false;
    if (options->no_reply) {
        report_not_awaited(session, channel, outgoing);
        return true;
    }
    keep(session, outgoing->seq, outgoing->bytes, outgoing->size_bytes);
    pending_add(session->pending, &message, outgoing->sent_ns, options->timeout_ns);
    return true;
}

bool session_send(struct session *session, const uint8_t *bytes, size_t size_bytes)
{
    uint64_t seq = ++session->totals.sent;
    char why[UDP_ERROR_SIZE] = "not sent: too many messages wait for their answers";
    uint32_t channel;

    bytes = session_fill(session, seq, bytes, &size_bytes);
    send_ladder_sent(&session->ladder, seq, bytes, size_bytes, clock_wall_ns());
    if (pending_has_room(session->pending) && session_next_channel(session, &channel, why))
        return send_by(session, channel,
                       &(struct outgoing){.seq = seq, .bytes = bytes, .size_bytes = size_bytes});
    send_report_failure(session, seq, size_bytes, RESULT_FAILED, why);
    return false;
}

/* ---- receiving */

/* Up to the last that is open: mostly that is one. */
size_t session_list_polled(const struct session *session, struct pollfd *out)
{
    size_t count = SEND_CHANNELS_MAX;

    while (count > 0 && session->channels[count - 1].socket.fd < 0)
        count--;
    for (size_t i = 0; i < count; i++)
        out[i] = (struct pollfd){.fd = session->channels[i].socket.fd, .events = POLLIN};
    return count;
}

static const enum result_status status_of_match[] = {[PENDING_REPLY] = RESULT_ACKED,
                                                     [PENDING_MORE] = RESULT_MORE,
                                                     [PENDING_LATE] = RESULT_LATE,
                                                     [PENDING_DUPLICATE] = RESULT_DUPLICATE,
                                                     [PENDING_UNSOLICITED] = RESULT_UNSOLICITED};

/* Of several answers to one message the first counts as its ack. */
static enum result_status status_of(const struct pending_match *match)
{
    if (match->kind == PENDING_REPLY && match->answers > 1)
        return RESULT_ANSWER;
    return status_of_match[match->kind];
}

static void measure(struct session *session, const struct pending_match *match)
{
    if (match->kind != PENDING_REPLY || match->answers > 1)
        return;
    if (match->certainty == PENDING_SURE)
        measured_add(session->times, match->rtt_ns);
    else if (match->certainty == PENDING_SHARED)
        measured_add_shared(session->times, match->epoch, match->rtt_ns);
}

/* Times that were told as facts are so no more. */
static void take_back(struct session *session, uint32_t channel, const struct pending_match *match)
{
    const struct pending_withdrawal *withdrawn = &match->withdrawn;
    struct result result = {.status = RESULT_UNCERTAIN,
                            .seq = withdrawn->first_seq,
                            .last_seq = withdrawn->last_seq,
                            .concerned = withdrawn->count,
                            .to = session->channels[channel].target,
                            .rtt_ns = -1,
                            .ambiguous = true,
                            .why = "a second reply came"};

    if (!withdrawn->any)
        return;
    measured_withdraw(session->times, match->epoch);
    session->totals.ambiguous += withdrawn->count;
    session_report(session, &result);
}

/* steady: the clocks allow the kernel's receive time to be taken as it is. */
static struct pending_match match_reply(struct session *session, uint32_t channel,
                                        const struct datagram *datagram, bool steady)
{
    bool stamped = steady && datagram->wall_ns != 0;
    const struct pending_arrival arrival = {
        .channel = channel,
        .bytes = datagram->bytes,
        .size_bytes = datagram->size_bytes,
        .from = &datagram->peer,
        .received_ns = stamped ? clock_pair_monotonic_ns(&session->clocks, datagram->wall_ns)
                               : clock_monotonic_ns(),
        .received_unsure = !steady};

    return pending_reply(session->pending, &arrival);
}

/* Bound to no address, the socket's port is ours on every address of this machine. */
static bool is_from_ourselves(const struct send_channel *channel, const struct endpoint *from)
{
    const struct endpoint *local = &channel->socket.local;

    if (from->port != local->port)
        return false;
    return endpoint_is_unspecified(local) ? udp_is_ours(from) : endpoint_same_address(from, local);
}

/* "from another port: /to 192.0.2.1:5000" */
static const char *note_origin(struct session *session, enum origin origin, bool several,
                               const struct endpoint *from, char *out)
{
    const char *note = origin_note(origin, several);
    char shown[ENDPOINT_TEXT_SIZE];

    if (note == NULL || origin == ORIGIN_TARGET)
        return NULL;
    if (origin == ORIGIN_OTHER_PORT)
        session->other = *from;
    if (!session->prompt || origin == ORIGIN_OURSELVES)
        return note;
    snprintf(out, SEND_WHY_SIZE, "%s: /to %s", note, endpoint_format(from, shown, sizeof shown));
    return out;
}

static void take_reply(struct session *session, uint32_t number, const struct datagram *datagram,
                       bool steady)
{
    const struct send_channel *channel = &session->channels[number];
    const struct endpoint *from = &datagram->peer;
    enum origin origin = origin_of(from, &channel->target, is_from_ourselves(channel, from));
    struct pending_match match = {.kind = PENDING_UNSOLICITED, .rtt_ns = -1};
    char note[SEND_WHY_SIZE];

    if (origin_may_answer(origin, channel->several))
        match = match_reply(session, number, datagram, steady);
    struct result result = {.status = status_of(&match),
                            .seq = match.seq,
                            .to = channel->target,
                            .from = *from,
                            .size_bytes = match.size_bytes,
                            .wall_ns = datagram->wall_ns,
                            .rtt_ns = match.rtt_ns,
                            .ambiguous = match.certainty == PENDING_UNSURE,
                            .provisional = match.certainty == PENDING_SHARED,
                            .resends = match.resends,
                            .reply = datagram->bytes,
                            .reply_bytes = datagram->size_bytes,
                            .why = note_origin(session, origin, channel->several, from, note)};

    measure(session, &match);
    session_report(session, &result);
    take_back(session, number, &match);
}

/* Not more than TURN_BATCHES: whoever floods us must not keep the prompt or the pace waiting. */
static void take_replies(struct session *session, uint32_t channel)
{
    const struct udp_socket *socket = &session->channels[channel].socket;
    const struct datagram *datagrams;

    for (int batch = 0; batch < TURN_BATCHES; batch++) {
        int received = batch_receive(session->receiver, socket, SEND_SLOTS, &datagrams);
        bool steady = received <= 0 || clock_pair_look(&session->clocks);
        for (int i = 0; i < received; i++) {
            session_record_received(session, &datagrams[i]);
            take_reply(session, channel, &datagrams[i], steady);
        }
        if (received < SEND_SLOTS)
            return;
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

static bool resend(struct session *session, struct pending_request *request)
{
    struct send_kept *kept = &session->kept[request->seq % SEND_KEPT_MAX];
    char why[SEND_WHY_SIZE + 32];
    struct result result = {.status = RESULT_RESENT,
                            .seq = request->seq,
                            .to = session->channels[request->channel].target,
                            .size_bytes = request->size_bytes,
                            .rtt_ns = -1};

    struct outgoing outgoing = {
        .seq = kept->seq, .bytes = kept->bytes, .size_bytes = kept->size_bytes};

    if (request->resends >= session->options.retry || kept->bytes == NULL ||
        kept->seq != request->seq ||
        transmit_after_errors(session, request->channel, &outgoing) != 0)
        return false;
    pending_resent(session->pending, request, outgoing.sent_ns,
                   backoff_ns(session, request->resends + 1));
    result.resends = request->resends;
    snprintf(why, sizeof why, "%s: sent again", kept->why[0] != '\0' ? kept->why : "no answer yet");
    kept->why[0] = '\0';
    result.why = why;
    session_report(session, &result);
    return true;
}

/* It was answered, and --replies wants more than came. */
static void report_incomplete(struct session *session, const struct pending_request *request)
{
    char why[SEND_WHY_SIZE];
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

/* We may have been stopped (Ctrl-Z, a name looked up) while answers came: they are taken before
 * anything is given up. */
static void take_what_came(struct session *session)
{
    struct pollfd polled[SEND_CHANNELS_MAX];
    size_t count = session_list_polled(session, polled);

    if (poll(polled, count, 0) > 0)
        session_take(session, polled, count);
}

void session_expire(struct session *session, int64_t now_ns)
{
    struct pending_request *request;

    if (now_ns < pending_deadline_ns(session->pending))
        return;
    take_what_came(session);
    while ((request = pending_expire(session->pending, now_ns)) != NULL) {
        if (request->answers > 0)
            report_incomplete(session, request);
        else if (!resend(session, request))
            send_report_silence(session, request);
    }
}
