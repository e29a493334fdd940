/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* answer: each message gets a verdict and joins a run, its ack joins an item, and both are
 * settled. */
#include "answer_internal.h"

#include <stdlib.h>
#include <string.h>

#include "answer_parts_internal.h"
#include "counters_internal.h"
#include "reflector_internal.h"
#include "udptui/sys/clock.h"

static bool answer_is_numbered(const struct ack_policy *policy, const struct rules *rules)
{
    return policy->row->numbered || (rules != NULL && rules_are_numbered(rules));
}

bool answer_number_replies(struct answer *answer)
{
    if (answer_is_numbered(&answer->policy, answer->rules))
        answer->reflector = reflector_open();
    return answer->reflector != NULL || !answer_is_numbered(&answer->policy, answer->rules);
}

bool answer_open(struct answer *answer, const struct ack_policy *policy, const struct rules *rules,
                 struct peers *peers, struct guard *guard, bool segment)
{
    size_t text_bytes = policy->text_bytes;

    answer->policy = *policy;
    answer->peers = peers;
    answer->guard = guard;
    answer->rules = rules != NULL ? rules_copy(rules) : NULL;
    answer->varies = policy->chance > 0 || ack_is_planned(policy);
    answer->acks_on = answer_has_acks(answer);
    answer->finishes =
        policy->row->finish_at_send != NULL || (rules != NULL && rules_finish_at_send(rules));
    answer->segments_max = segment ? ANSWER_SEGMENTS_MAX : 1;
    answer->sender = batch_sender_open(ANSWER_ITEMS_MAX);
    answer->repeated = malloc(text_bytes * ANSWER_SEGMENTS_MAX + 1);
    if (answer->sender == NULL || answer->repeated == NULL ||
        (rules != NULL && (answer->rules == NULL || !rules_prepare(answer->rules))))
        return false;
    for (size_t i = 0; i < ANSWER_SEGMENTS_MAX; i++)
        memcpy(answer->repeated + i * text_bytes, policy->text, text_bytes);
    return true;
}

void answer_close(struct answer *answer)
{
    batch_sender_close(answer->sender);
    rules_close(answer->rules);
    reflector_close(answer->reflector);
    free(answer->repeated);
}

bool answer_has_acks(const struct answer *answer)
{
    return answer->policy.row->source != ACK_FROM_NOTHING || answer->rules != NULL ||
           answer->quiz != NULL;
}

/* Our socket and address as a number that is small enough for a client's row: the index of both, or,
 * if so many are not kept, ANSWER_LOCALS_MAX and more: the socket alone. */
static uint16_t answer_local_index(struct answer *answer, const struct datagram *datagram,
                                   size_t socket_index)
{
    size_t i;

    for (i = 0; i < answer->local_count; i++)
        if (answer->local_sockets[i] == socket_index &&
            endpoint_equal(&answer->locals[i], &datagram->source))
            return (uint16_t)i;
    if (i == ANSWER_LOCALS_MAX)
        return (uint16_t)(ANSWER_LOCALS_MAX + socket_index);
    answer->locals[i] = datagram->source;
    answer->local_sockets[i] = (uint16_t)socket_index;
    answer->local_count++;
    return (uint16_t)i;
}

size_t answer_local_socket(const struct answer *answer, uint16_t local)
{
    return local < ANSWER_LOCALS_MAX ? answer->local_sockets[local] : local - ANSWER_LOCALS_MAX;
}

struct endpoint answer_local_source(const struct answer *answer, uint16_t local)
{
    const struct endpoint none = {.family = ENDPOINT_NONE};

    return local < ANSWER_LOCALS_MAX ? answer->locals[local] : none;
}

struct peer_handle answer_peer(struct answer *answer, const struct datagram *datagram,
                               size_t socket_index, int64_t now_ns, bool *loop)
{
    struct peer_handle peer = peers_touch(answer->peers, &datagram->peer, now_ns);
    struct peer *row = peers_at(answer->peers, peer.slot);
    size_t size_bytes;
    const uint8_t *bytes = datagram_message(datagram, 0, &size_bytes);

    row->local = answer_local_index(answer, datagram, socket_index);
    *loop = loop_is_suspected(&row->watch, datagram->peer.port, datagram_messages(datagram), bytes,
                              size_bytes, now_ns);
    answer->now_ns = now_ns;
    return peer;
}

struct quiz_datagram answer_quiz_datagram(struct answer *answer, const struct datagram *datagram,
                                          size_t socket_index, int64_t now_ns)
{
    struct peer_handle peer = peers_touch(answer->peers, &datagram->peer, now_ns);

    return (struct quiz_datagram){.from = datagram->peer,
                                  .local = answer_local_index(answer, datagram, socket_index),
                                  .slot = peer.slot,
                                  .generation = peer.generation,
                                  .wall_ns =
                                      datagram->wall_ns != 0 ? datagram->wall_ns : clock_wall_ns()};
}

void answer_sent(struct answer *answer, struct peer_handle peer, uint64_t acks, int64_t now_ns)
{
    struct peer *row = peers_at(answer->peers, peer.slot);

    if (row->generation == peer.generation)
        loop_acked(&row->watch, acks, now_ns);
}

/*
 * Whether all messages of the datagram that no rule is for get the plain fixed ack without further
 * checks: no message has the size of our text or of the question for counters, and the text fits
 * even the smallest request's limit.
 */
static bool answer_is_plain(const struct answer *answer, const struct datagram *datagram, bool loop)
{
    const struct ack_policy *policy = &answer->policy;
    size_t last_bytes;

    if (!answer->acks_on || answer->varies || answer->quiz != NULL || loop ||
        loop_is_marked(datagram->hop_limit) || policy->row->source != ACK_FROM_TEXT ||
        policy->text_bytes > ack_reply_limit(ENDPOINT_IPV4, 0) ||
        datagram->segment_bytes == policy->text_bytes ||
        datagram->segment_bytes == COUNTERS_QUESTION_BYTES)
        return false;
    datagram_message(datagram, datagram_messages(datagram) - 1, &last_bytes);
    return last_bytes != policy->text_bytes && last_bytes != COUNTERS_QUESTION_BYTES &&
           !guard_is_limited(answer->guard, policy, &datagram->peer) &&
           guard_source_allowed(answer->guard, datagram);
}

static bool answer_same_fate(const struct run *run, const struct verdict *verdict)
{
    return run->status == verdict->status && run->why_held == verdict->why_held &&
           run->passage == verdict->passage && run->cut == verdict->cut &&
           run->ack_bytes == verdict->ack_bytes && run->policy == verdict->policy;
}

/* Whether the ack is the fixed text that `repeated` has many times: several fit into one item. */
static bool answer_is_repeated(const struct answer *answer, const struct run *run)
{
    return run->policy == &answer->policy && run->policy->row->source == ACK_FROM_TEXT;
}

/* The item that collects this client's fixed acks, if it can take one more; else NULL. */
static struct batch_item *answer_open_item(struct answer *answer, const struct run *run,
                                           uint32_t mark)
{
    struct batch_item *item = &answer->items[mark];

    if (mark >= answer->item_count || run->ack_bytes == 0 || run->cut ||
        !answer_is_repeated(answer, run) || item->segment_bytes != run->ack_bytes ||
        !answer_item_takes(answer, item, run->datagram, run->ack_bytes))
        return NULL;
    return item;
}

static const uint8_t *answer_render_into_arena(struct answer *answer, struct run *run,
                                               size_t message)
{
    uint8_t *out = answer->arena + answer->arena_used;
    struct answer_reply reply = {.datagram = run->datagram,
                                 .message = message,
                                 .number = run->number + (message - run->first)};
    size_t size_bytes;

    datagram_message(run->datagram, message, &size_bytes);
    reply.limit_bytes = ack_reply_limit(run->datagram->peer.family, size_bytes);
    run->ack_bytes = answer_reply_render(answer, run->policy, &reply, out, &run->cut);
    answer->arena_used += run->ack_bytes;
    return out;
}

/* A new item with the reply to one message. */
static void answer_add_item(struct answer *answer, struct run *run, size_t message)
{
    struct batch_item *item = &answer->items[answer->item_count];
    const uint8_t *bytes = answer_is_repeated(answer, run)
                               ? answer->repeated
                               : answer_reply_find(run->policy, run->datagram, message);

    if (bytes == NULL)
        bytes = answer_render_into_arena(answer, run, message);
    *item = (struct batch_item){.peer = run->datagram->peer,
                                .source = run->datagram->source,
                                .bytes = bytes,
                                .size_bytes = run->ack_bytes,
                                .segment_bytes = (uint16_t)run->ack_bytes,
                                .count = 1};
    run->item = (uint16_t)answer->item_count++;
}

/*
 * Appends the acks of up to `wanted` messages; the run's acks are all in one item. Returns how
 * many: one, or as many as the item takes if all are the same fixed text.
 */
static uint32_t answer_put_acks(struct answer *answer, struct run *run, size_t message,
                                uint32_t wanted)
{
    struct peer *row = peers_at(answer->peers, run->peer.slot);
    struct batch_item *item = answer_open_item(answer, run, row->mark);
    uint32_t room;

    if (item == NULL) {
        answer_add_item(answer, run, message);
        row->mark = run->item;
        return 1;
    }
    room = (uint32_t)answer->segments_max - item->count;
    if (room > (DATAGRAM_PAYLOAD_MAX_IPV4 - item->size_bytes) / run->ack_bytes)
        room = (uint32_t)((DATAGRAM_PAYLOAD_MAX_IPV4 - item->size_bytes) / run->ack_bytes);
    if (wanted > room)
        wanted = room;
    item->count = (uint16_t)(item->count + wanted);
    item->size_bytes += (size_t)wanted * run->ack_bytes;
    run->item = (uint16_t)row->mark;
    return wanted;
}

/* Whether the last run may take one more message: same fate, and its item has room. */
static bool answer_extends_run(const struct answer *answer, const struct run *run,
                               const struct verdict *verdict, const struct datagram *datagram)
{
    if (run == NULL || run->datagram != datagram || !answer_same_fate(run, verdict))
        return false;
    if (run->status == ACK_HELD)
        return true;
    return answer_is_repeated(answer, run) && !run->cut && run->ack_bytes > 0 &&
           answer->items[run->item].count < answer->segments_max &&
           answer->items[run->item].size_bytes + run->ack_bytes <= DATAGRAM_PAYLOAD_MAX_IPV4;
}

static struct run *answer_new_run(struct answer *answer, const struct datagram *datagram,
                                  const struct verdict *verdict, struct peer_handle peer,
                                  size_t message)
{
    struct run *run = &answer->runs[answer->run_count++];

    *run = (struct run){.datagram = datagram,
                        .peer = peer,
                        .number = answer->number + 1,
                        .first = (uint32_t)message,
                        .ack_bytes = verdict->ack_bytes,
                        .status = verdict->status,
                        .why_held = verdict->why_held,
                        .passage = verdict->passage,
                        .cut = verdict->cut,
                        .policy = verdict->policy};
    return run;
}

/* Whether there is room for one more message, whether it is acked or held. */
static bool answer_has_room(const struct answer *answer, size_t reply_max)
{
    return answer->run_count < ANSWER_RUNS_MAX && answer->item_count < ANSWER_ITEMS_MAX &&
           reply_max <= ANSWER_ARENA_BYTES - answer->arena_used;
}

/* Adds up to `wanted` messages with the same fate, at least one. Returns their run. */
static struct run *answer_put_messages(struct answer *answer, struct run *run,
                                       const struct datagram *datagram,
                                       const struct verdict *verdict, struct peer_handle peer,
                                       size_t message, uint32_t wanted)
{
    uint32_t taken = wanted;

    if (!answer_extends_run(answer, run, verdict, datagram))
        run = answer_new_run(answer, datagram, verdict, peer, message);
    if (run->status == ACK_SENT)
        taken = answer_put_acks(answer, run, message, wanted);
    run->count += taken;
    run->bytes += (uint32_t)datagram_bytes(datagram, message, taken);
    answer->number += taken;
    answer->acks_cut += run->cut;
    return run;
}

/* ---- adding */

/* What is known about a datagram before its messages are looked at. */
struct added {
    const struct datagram *datagram;
    bool loop, plain;
    int64_t now_ns;
};

/* How many messages from this one on no rule can be for; at most `wanted`. */
static uint32_t answer_count_unruled(const struct answer *answer, const struct datagram *datagram,
                                     size_t message, uint32_t wanted)
{
    struct filter_subject subject = {.from = &datagram->peer, .to = &datagram->local};
    uint32_t count = 0;

    if (answer->rules == NULL)
        return wanted;
    for (; count < wanted; count++) {
        subject.payload = datagram_message(datagram, message + count, &subject.payload_bytes);
        subject.size_bytes = (int64_t)subject.payload_bytes;
        if (rules_may_apply(answer->rules, &subject))
            break;
    }
    return count;
}

/* The decision about the next message, and about up to *wanted that follow it. */
static struct verdict answer_decide(struct answer *answer, const struct added *added,
                                    size_t message, uint32_t *wanted)
{
    struct verdict verdict = {.status = ACK_SENT,
                              .ack_bytes = (uint32_t)answer->policy.text_bytes,
                              .policy = &answer->policy};
    enum passage passage = answer->lossy ? answer_draw_passage(answer, wanted) : PASSAGE_NONE;

    if (passage == PASSAGE_LOST_REQUEST)
        return (struct verdict){
            .status = ACK_HELD, .why_held = HELD_LOSS, .passage = (uint8_t)passage};
    uint32_t unruled =
        added->plain ? answer_count_unruled(answer, added->datagram, message, *wanted) : 0;
    *wanted = unruled > 0 ? unruled : 1;
    if (unruled == 0)
        verdict =
            answer_judge_message(answer, added->datagram, message, added->loop, added->now_ns);
    verdict.passage = (uint8_t)passage;
    if (passage == PASSAGE_LOST_ACK && verdict.status == ACK_HELD)
        verdict.passage = PASSAGE_ARRIVED;
    else if (passage == PASSAGE_LOST_ACK) {
        verdict.status = ACK_HELD;
        verdict.why_held = HELD_LOSS;
    }
    return verdict;
}

/* The datagram's client: noted once, although the datagram may take several rounds. */
static void answer_begin_datagram(struct answer *answer, const struct datagram *datagram,
                                  size_t first, size_t socket_index, int64_t now_ns)
{
    if (first == 0)
        answer->peer = answer_peer(answer, datagram, socket_index, now_ns, &answer->loop);
    answer->planned = false;
}

size_t answer_add(struct answer *answer, const struct datagram *datagram, size_t first,
                  size_t socket_index, int64_t now_ns)
{
    struct added added = {.datagram = datagram, .now_ns = now_ns};
    size_t messages = datagram_messages(datagram);
    struct run *run = NULL;
    size_t message = first;

    answer_begin_datagram(answer, datagram, first, socket_index, now_ns);
    added.loop = answer->loop;
    added.plain = answer_is_plain(answer, datagram, added.loop);
    while (message < messages && answer_has_room(answer, DATAGRAM_PAYLOAD_MAX_IPV6)) {
        uint32_t wanted = added.plain ? (uint32_t)(messages - message) : 1;
        struct verdict verdict = answer_decide(answer, &added, message, &wanted);
        if (answer->planned)
            break;
        run = answer_put_messages(answer, run, datagram, &verdict, answer->peer, message, wanted);
        message = run->first + run->count;
    }
    return message - first;
}

void answer_note_text(struct answer *answer, struct peer_handle peer, struct loop_text ack,
                      struct loop_text request)
{
    struct peer *row = peers_at(answer->peers, peer.slot);

    if (row->generation == peer.generation)
        loop_note_text(&row->watch, ack, request);
}

/* A rendered reply: each is a run and an item of its own. */
static void answer_note_reply(struct answer *answer, const struct run *run)
{
    const struct batch_item *item = &answer->items[run->item];
    struct loop_text request;

    if (run->policy->row->source != ACK_FROM_RENDER || !loop_notes_texts(item->peer.port))
        return;
    request.bytes = datagram_message(run->datagram, run->first, &request.size_bytes);
    answer_note_text(answer, run->peer,
                     (struct loop_text){.bytes = item->bytes, .size_bytes = item->size_bytes},
                     request);
}

/* Assigns the run its share of the sent acks of its item; the rest has failed. */
static void answer_settle_run(struct answer *answer, struct run *run)
{
    struct counts counts = {.received = run->count, .received_bytes = run->bytes};

    if (run->status == ACK_HELD) {
        counts.held[run->why_held] = run->count;
    } else {
        uint16_t *sent = &answer->sent[run->item];
        counts.acked = run->count < *sent ? run->count : *sent;
        counts.failed = run->count - counts.acked;
        *sent = (uint16_t)(*sent - counts.acked);
        run->failed = (uint16_t)counts.failed;
        run->error = answer->results[run->item];
        answer_sent(answer, run->peer, counts.acked, answer->now_ns);
        answer_note_reply(answer, run);
    }
    peers_count(answer->peers, run->peer, &counts);
}

/* Each rendered reply is a run and an item of its own. */
static void answer_finish_replies(struct answer *answer)
{
    int64_t wall_ns = clock_wall_ns();

    for (size_t i = 0; i < answer->run_count; i++) {
        const struct run *run = &answer->runs[i];
        if (run->status != ACK_SENT || run->policy->row->finish_at_send == NULL)
            continue;
        const struct batch_item *item = &answer->items[run->item];
        run->policy->row->finish_at_send(answer->arena + (item->bytes - answer->arena),
                                         item->size_bytes, wall_ns);
    }
}

void answer_send(struct answer *answer, const struct udp_socket *socket)
{
    if (answer->finishes)
        answer_finish_replies(answer);
    if (answer->item_count > 0)
        batch_send(answer->sender, socket, answer->items, answer->item_count, answer->sent,
                   answer->results);
    for (size_t i = 0; i < answer->run_count; i++)
        answer_settle_run(answer, &answer->runs[i]);
}

void answer_clear(struct answer *answer)
{
    answer->run_count = answer->item_count = answer->arena_used = 0;
}
