/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* answer_reply: the bytes of a reply. */
#include "answer_parts_internal.h"

#include <string.h>

#include "counters_internal.h"
#include "reflector_internal.h"
#include "udptui/base/units.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/interfaces.h"

static const struct ack_row answer_quiz_row = {.source = ACK_FROM_RENDER};
const struct ack_policy answer_quiz_policy = {.row = &answer_quiz_row};

const uint8_t *answer_reply_find(const struct ack_policy *policy, const struct datagram *datagram,
                                 size_t message)
{
    size_t size_bytes;

    switch (policy->row->source) {
    case ACK_FROM_TEXT:
        return policy->text;
    case ACK_FROM_REQUEST:
        return datagram_message(datagram, message, &size_bytes);
    case ACK_FROM_RENDER:
    case ACK_FROM_NOTHING:
        break;
    }
    return NULL;
}

/* Fills in the fields of a reply to a measuring client. */
static void answer_number_reply(struct answer *answer, const struct datagram *datagram,
                                struct ack_context *context, uint32_t *sequence)
{
    struct stamp_request request = {.session = 0};
    int64_t error_ns;

    if (answer->now_ns - answer->clock_checked_ns >= UNITS_NS_PER_S) {
        bool synchronised = clock_is_synchronised(&error_ns);
        answer->clock_error = stamp_error_of(synchronised, error_ns);
        answer->clock_checked_ns = answer->now_ns;
    }
    context->clock_error = answer->clock_error;
    if (context->wall_ns == 0) /* no time from the kernel */
        context->wall_ns = clock_wall_ns();
    if (answer->reflector == NULL)
        return;
    stamp_parse_request(context->bytes, context->size_bytes, &request);
    const struct reflector_id id = {
        .peer = &datagram->peer, .local = &datagram->local, .session = request.session};
    *sequence = reflector_next(answer->reflector, &id, answer->now_ns);
    context->sequence = sequence;
}

static struct counters answer_counters_for(struct answer *answer, const struct datagram *datagram)
{
    struct peer_handle peer = peers_touch(answer->peers, &datagram->peer, answer->now_ns);
    const struct peer *row = peers_at(answer->peers, peer.slot);
    size_t socket = answer_local_socket(answer, row->local);

    return counters_of(row, &answer->sockets[socket], answer->grouped[socket]);
}

/* The quiz's reply to one message, which counts now. */
static uint32_t answer_quiz(struct answer *answer, const struct answer_reply *reply, uint8_t *out,
                            bool *cut)
{
    const struct peer *row = peers_at(
        answer->peers, peers_touch(answer->peers, &reply->datagram->peer, answer->now_ns).slot);
    struct quiz_datagram datagram = answer_quiz_datagram(
        answer, reply->datagram, answer_local_socket(answer, row->local), answer->now_ns);

    datagram.bytes = datagram_message(reply->datagram, reply->message, &datagram.size_bytes);
    return (uint32_t)quiz_reply(answer->quiz, &datagram, (char *)out, QUIZ_DATAGRAM_MAX + 1,
                                reply->limit_bytes, cut);
}

uint32_t answer_reply_render(struct answer *answer, const struct ack_policy *policy,
                             const struct answer_reply *reply, uint8_t *out, bool *cut)
{
    const struct datagram *datagram = reply->datagram;
    struct counters counters;
    struct ack_context context = {.zones = &interfaces_zones,
                                  .number = reply->number,
                                  .wall_ns = datagram->wall_ns,
                                  .from = datagram->peer,
                                  .hop_limit = datagram->hop_limit,
                                  .counters = &counters,
                                  .groups =
                                      answer->rules != NULL ? rules_groups(answer->rules) : NULL,
                                  .seed = answer->seed + reply->turn};
    uint32_t sequence;

    if (policy == &answer_quiz_policy)
        return answer_quiz(answer, reply, out, cut);
    context.bytes = datagram_message(datagram, reply->message, &context.size_bytes);
    if (policy->row->numbered)
        answer_number_reply(answer, datagram, &context, &sequence);
    if (policy == &counters_policy)
        counters = answer_counters_for(answer, datagram);
    return (uint32_t)ack_render(policy, &context, out, reply->limit_bytes, cut);
}

uint32_t answer_write(struct answer *answer, const struct datagram *datagram, uint64_t number,
                      struct verdict *verdict, uint8_t *out)
{
    const struct ack_policy *policy = verdict->policy;
    const struct answer_reply reply = {
        .datagram = datagram,
        .number = number,
        .limit_bytes = ack_reply_limit(datagram->peer.family, datagram->size_bytes)};
    const uint8_t *bytes = answer_reply_find(policy, datagram, 0);

    if (bytes != NULL) {
        memcpy(out, bytes, verdict->ack_bytes);
        return verdict->ack_bytes;
    }
    uint32_t written = answer_reply_render(answer, policy, &reply, out, &verdict->cut);
    if (policy->row->finish_at_send != NULL) /* an ack enters the simulated network now */
        policy->row->finish_at_send(out, written, clock_wall_ns());
    return written;
}

uint32_t answer_write_turn(struct answer *answer, const struct datagram *datagram, uint64_t number,
                           const struct answer_turn *turn, uint8_t *out, bool *cut)
{
    const struct answer_reply reply = {.datagram = datagram,
                                       .number = number,
                                       .turn = turn->turn,
                                       .limit_bytes = turn->limit_bytes};

    return answer_reply_render(answer, turn->policy, &reply, out, cut);
}
