/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replies: receives on a channel and matches replies to requests, with the round-trip time. */
#include "session_internal.h"
#include "udptui/proto/origin.h"
#include "udptui/proto/quiz_question.h"

/* Batches from one socket before the others have their turn. */
enum { TURN_BATCHES = 64 };

static const enum result_status replies_statuses[] = {[PENDING_REPLY] = RESULT_ACKED,
                                                      [PENDING_MORE] = RESULT_MORE,
                                                      [PENDING_LATE] = RESULT_LATE,
                                                      [PENDING_DUPLICATE] = RESULT_DUPLICATE,
                                                      [PENDING_UNSOLICITED] = RESULT_UNSOLICITED};

/* Of several answers to one message the first counts as its ack. */
static enum result_status replies_status(const struct pending_match *match)
{
    if (match->kind == PENDING_REPLY && match->answers > 1)
        return RESULT_ANSWER;
    return replies_statuses[match->kind];
}

static void replies_measure(struct session *session, const struct pending_match *match)
{
    if (match->kind != PENDING_REPLY || match->answers > 1 || match->rtt_ns < 0)
        return;
    if (match->certainty == PENDING_SURE)
        measured_add(session->times, match->rtt_ns);
    else if (match->certainty == PENDING_SHARED)
        measured_add_shared(session->times, match->epoch, match->rtt_ns);
}

/* Times that were reported as certain are no longer certain. */
static void replies_withdraw(struct session *session, uint32_t channel,
                             const struct pending_match *match)
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

/* steady: the kernel's receive time can be converted. */
static struct pending_match replies_match(struct session *session, uint32_t channel,
                                          const struct datagram *datagram, bool steady)
{
    bool stamped = steady && datagram->wall_ns != 0;
    int64_t now_ns = clock_monotonic_ns();
    const struct pending_arrival arrival = {
        .channel = channel,
        .bytes = datagram->bytes,
        .size_bytes = datagram->size_bytes,
        .from = &datagram->peer,
        .received_ns =
            stamped ? clock_pair_monotonic_ns(&session->clocks, datagram->wall_ns) : now_ns,
        .taken_ns = now_ns,
        .received_unsure = !steady};

    return pending_reply(session->pending, &arrival);
}

/* Bound to no address, the socket's port is ours on every address of this machine. */
static bool replies_is_from_ourselves(const struct session_channel *channel,
                                      const struct endpoint *from)
{
    const struct endpoint *local = &channel->socket.local;

    if (from->port != local->port)
        return false;
    return endpoint_is_unspecified(local) ? udp_is_ours(from) : endpoint_same_address(from, local);
}

/* The question of a class, which comes when it is asked: it answers nothing, unless something waits
 * for a reply. */
static bool replies_is_pushed(struct session *session, uint32_t channel,
                              const struct datagram *datagram)
{
    struct quiz_shown shown;

    return quiz_question_begins(datagram->bytes, datagram->size_bytes) &&
           pending_oldest(session->pending, channel) == NULL &&
           quiz_question_read(datagram->bytes, datagram->size_bytes, &shown);
}

static void replies_take_one(struct session *session, uint32_t number,
                             const struct datagram *datagram, bool steady)
{
    const struct session_channel *channel = &session->channels[number];
    const struct endpoint *from = &datagram->peer;
    enum origin origin =
        origin_of(from, &channel->target, replies_is_from_ourselves(channel, from));
    struct pending_match match = {.kind = PENDING_UNSOLICITED, .rtt_ns = -1};

    if (origin_may_answer(origin, channel->several) &&
        !replies_is_pushed(session, number, datagram))
        match = replies_match(session, number, datagram, steady);
    struct result result = {.status = replies_status(&match),
                            .seq = match.seq,
                            .to = channel->target,
                            .from = *from,
                            .size_bytes = match.size_bytes,
                            .wall_ns = datagram->wall_ns,
                            .rtt_ns = match.rtt_ns,
                            .rtt_app_ns = match.rtt_app_ns,
                            .ambiguous = match.certainty == PENDING_UNSURE,
                            .provisional = match.certainty == PENDING_SHARED,
                            .resends = match.resends,
                            .reply = datagram->bytes,
                            .reply_bytes = datagram->size_bytes,
                            .origin = origin,
                            .why = origin_note(origin, channel->several)};

    replies_measure(session, &match);
    session_report(session, &result);
    replies_withdraw(session, number, &match);
}

/* A datagram's time of sending is in the error queue before its reply can be here, so that is taken
 * before the replies are matched. At most TURN_BATCHES: a flood of datagrams must not delay the
 * prompt or the pace. */
void replies_take(struct session *session, uint32_t channel)
{
    const struct udp_socket *socket = &session->channels[channel].socket;
    const struct datagram *datagrams;

    for (int batch = 0; batch < TURN_BATCHES; batch++) {
        int received = batch_receive(session->receiver, socket, SESSION_SLOTS, &datagrams);
        if (received > 0)
            failures_take_stamps(session, channel);
        bool steady = received <= 0 || clock_pair_look(&session->clocks);
        for (int i = 0; i < received; i++) {
            session_record_received(session, &datagrams[i]);
            replies_take_one(session, channel, &datagrams[i], steady);
        }
        if (batch_receiver_room(session->receiver) > 0)
            return;
    }
}
