/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* answer: each message gets a verdict and joins a run, its ack joins an item, and both are
 * settled. */
#include "answer_internal.h"

#include <stdlib.h>
#include <string.h>

#include "counters_internal.h"
#include "reflector_internal.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/interfaces.h"

enum { LOSSES_MAX = 64 }; /* messages whose losses are drawn at once */

/* A reply of the quiz: answer_quiz writes it. */
static const struct ack_row quiz_row = {.source = ACK_FROM_RENDER};
static const struct ack_policy quiz_policy = {.row = &quiz_row};

static bool is_numbered(const struct ack_policy *policy, const struct rules *rules)
{
    return policy->row->numbered || (rules != NULL && rules_are_numbered(rules));
}

bool answer_number_replies(struct answer *answer)
{
    if (is_numbered(&answer->policy, answer->rules))
        answer->reflector = reflector_open();
    return answer->reflector != NULL || !is_numbered(&answer->policy, answer->rules);
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

/* The index of our address, small enough for a client's row. */
static uint16_t local_index(struct answer *answer, const struct datagram *datagram,
                            size_t socket_index)
{
    size_t i;

    for (i = 0; i < answer->local_count; i++)
        if (answer->local_sockets[i] == socket_index &&
            endpoint_equal(&answer->locals[i], &datagram->source))
            return (uint16_t)i;
    if (i == ANSWER_LOCALS_MAX)
        return 0;
    answer->locals[i] = datagram->source;
    answer->local_sockets[i] = (uint16_t)socket_index;
    answer->local_count++;
    return (uint16_t)i;
}

struct peer_handle answer_peer(struct answer *answer, const struct datagram *datagram,
                               size_t socket_index, int64_t now_ns, bool *loop)
{
    struct peer_handle peer = peers_touch(answer->peers, &datagram->peer, now_ns);
    struct peer *row = peers_at(answer->peers, peer.slot);
    size_t size_bytes;
    const uint8_t *bytes = datagram_message(datagram, 0, &size_bytes);

    row->local = local_index(answer, datagram, socket_index);
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
                                  .local = local_index(answer, datagram, socket_index),
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

/* 0 if it is known only when the reply is rendered. */
static size_t reply_bytes(const struct ack_policy *policy, size_t request_bytes)
{
    return policy->row->size != NULL ? policy->row->size(policy, request_bytes) : 0;
}

/* --on: the answer of the rule that applies, NULL if none does. number: of the message. */
static const struct ack_policy *choose_by_rules(struct answer *answer,
                                                const struct datagram *datagram,
                                                const struct guard_question *question,
                                                uint64_t number)
{
    const struct rules_draw draw = {.seed = answer->seed, .number = number};
    struct filter_budget budget = filter_budget_for(question->size_bytes);
    const struct filter_subject subject = {
        .name = "",
        .address = "",
        .from = &datagram->peer,
        .to = &datagram->local,
        .payload = question->bytes,
        .payload_bytes = question->size_bytes,
        .size_bytes = (int64_t)question->size_bytes,
        .budget = &budget,
    };
    const struct ack_policy *chosen = rules_choose(answer->rules, &subject, &draw);

    answer->rules_given_up += budget.spent;
    return chosen;
}

/* The policy for the message: of the quiz, of --on, for a question for counters, or the common
 * one; NULL: its chance decided against an answer. */
static const struct ack_policy *choose_policy(struct answer *answer,
                                              const struct datagram *datagram,
                                              const struct guard_question *question,
                                              uint64_t number)
{
    const struct ack_policy *chosen = NULL;

    if (answer->quiz != NULL && quiz_takes(answer->quiz, question->bytes, question->size_bytes))
        return &quiz_policy;
    if (answer->rules != NULL)
        chosen = choose_by_rules(answer, datagram, question, number);
    if (chosen != NULL)
        return chosen;
    if (answer->sockets != NULL &&
        counters_are_asked(&answer->policy, question->bytes, question->size_bytes))
        return &counters_policy;
    return ack_draw(&answer->policy, answer->seed, number, UINT64_MAX) ? &answer->policy : NULL;
}

/* With the policy that was chosen for the message. */
static struct verdict judge_chosen(struct answer *answer, const struct guard_question *question,
                                   const struct ack_policy *policy)
{
    struct verdict verdict = {.status = ACK_HELD, .why_held = HELD_OFF, .policy = policy};
    enum endpoint_family family = question->datagram->peer.family;
    enum held_reason why;

    if (policy == NULL || policy->row->source == ACK_FROM_NOTHING ||
        !ack_accepts(policy, question->bytes, question->size_bytes))
        return verdict;
    if (!guard_allows(answer->guard, policy, question, &why)) {
        verdict.why_held = (uint8_t)why;
        return verdict;
    }
    size_t limit = ack_reply_limit(family, question->size_bytes);
    size_t wanted = reply_bytes(policy, question->size_bytes);
    verdict.status = ACK_SENT;
    verdict.cut = wanted > limit;
    /* an echo is never longer than its request, so only a rendered text is cut */
    verdict.ack_bytes = (uint32_t)(verdict.cut ? ack_cut(policy->text, limit) : wanted);
    return verdict;
}

struct verdict answer_judge(struct answer *answer, const struct datagram *datagram, uint64_t number,
                            bool loop, int64_t now_ns)
{
    struct guard_question question = {.datagram = datagram, .loop = loop, .now_ns = now_ns};

    if (!answer->acks_on)
        return (struct verdict){.status = ACK_HELD, .why_held = HELD_OFF};
    question.bytes = datagram_message(datagram, 0, &question.size_bytes);
    return judge_chosen(answer, &question, choose_policy(answer, datagram, &question, number));
}

/* The same for one message of a datagram, unless its answer is planned: that is set then. */
static struct verdict judge_message(struct answer *answer, const struct datagram *datagram,
                                    size_t message, bool loop, int64_t now_ns)
{
    struct guard_question question = {.datagram = datagram, .loop = loop, .now_ns = now_ns};
    uint64_t given_up = answer->rules_given_up;

    if (!answer->acks_on)
        return (struct verdict){.status = ACK_HELD, .why_held = HELD_OFF};
    question.bytes = datagram_message(datagram, message, &question.size_bytes);
    const struct ack_policy *policy =
        choose_policy(answer, datagram, &question, answer->number + 1);
    answer->planned = policy != NULL && ack_is_planned(policy);
    if (!answer->planned)
        return judge_chosen(answer, &question, policy);
    answer->rules_given_up = given_up; /* it will be judged again */
    return (struct verdict){.status = ACK_WAITING};
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

static bool same_fate(const struct run *run, const struct verdict *verdict)
{
    return run->status == verdict->status && run->why_held == verdict->why_held &&
           run->passage == verdict->passage && run->cut == verdict->cut &&
           run->ack_bytes == verdict->ack_bytes && run->policy == verdict->policy;
}

/* Whether the ack is the fixed text that `repeated` has many times: several fit into one item. */
static bool is_repeated(const struct answer *answer, const struct run *run)
{
    return run->policy == &answer->policy && run->policy->row->source == ACK_FROM_TEXT;
}

/* The item that collects this client's fixed acks, if it can take one more; else NULL. */
static struct batch_item *open_item(struct answer *answer, const struct run *run, uint32_t mark)
{
    struct batch_item *item = &answer->items[mark];
    size_t bytes = (size_t)(item->count + 1) * run->ack_bytes;

    if (mark >= answer->item_count || run->ack_bytes == 0 || run->cut ||
        !is_repeated(answer, run) || item->bytes != answer->repeated ||
        item->segment_bytes != run->ack_bytes || item->count >= answer->segments_max ||
        bytes > ACK_REPLY_MAX_IPV4)
        return NULL;
    if (!endpoint_equal(&item->peer, &run->datagram->peer) ||
        !endpoint_equal(&item->source, &run->datagram->source))
        return NULL;
    return item;
}

/* The reply's bytes if they exist already; NULL: they are rendered. */
static const uint8_t *find_reply(const struct ack_policy *policy, const struct datagram *datagram,
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
static void number_reply(struct answer *answer, const struct datagram *datagram,
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

static struct counters counters_for(struct answer *answer, const struct datagram *datagram)
{
    struct peer_handle peer = peers_touch(answer->peers, &datagram->peer, answer->now_ns);
    const struct peer *row = peers_at(answer->peers, peer.slot);
    size_t socket = answer->local_sockets[row->local];

    return counters_of(row, &answer->sockets[socket], answer->grouped[socket]);
}

/* Which reply is rendered: of which message, and which datagram of its answer. */
struct reply {
    const struct datagram *datagram;
    size_t message;
    uint64_t number;
    unsigned turn;
    size_t limit_bytes;
};

/* The quiz's reply to one message, which counts now. */
static uint32_t answer_quiz(struct answer *answer, const struct reply *reply, uint8_t *out,
                            bool *cut)
{
    const struct peer *row = peers_at(
        answer->peers, peers_touch(answer->peers, &reply->datagram->peer, answer->now_ns).slot);
    struct quiz_datagram datagram = answer_quiz_datagram(
        answer, reply->datagram, answer->local_sockets[row->local], answer->now_ns);

    datagram.bytes = datagram_message(reply->datagram, reply->message, &datagram.size_bytes);
    return (uint32_t)quiz_reply(answer->quiz, &datagram, (char *)out, QUIZ_DATAGRAM_MAX + 1,
                                reply->limit_bytes, cut);
}

static uint32_t render_reply(struct answer *answer, const struct ack_policy *policy,
                             const struct reply *reply, uint8_t *out, bool *cut)
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

    if (policy == &quiz_policy)
        return answer_quiz(answer, reply, out, cut);
    context.bytes = datagram_message(datagram, reply->message, &context.size_bytes);
    if (policy->row->numbered)
        number_reply(answer, datagram, &context, &sequence);
    if (policy == &counters_policy)
        counters = counters_for(answer, datagram);
    return (uint32_t)ack_render(policy, &context, out, reply->limit_bytes, cut);
}

static const uint8_t *render_into_arena(struct answer *answer, struct run *run, size_t message)
{
    uint8_t *out = answer->arena + answer->arena_used;
    struct reply reply = {.datagram = run->datagram,
                          .message = message,
                          .number = run->number + (message - run->first)};
    size_t size_bytes;

    datagram_message(run->datagram, message, &size_bytes);
    reply.limit_bytes = ack_reply_limit(run->datagram->peer.family, size_bytes);
    run->ack_bytes = render_reply(answer, run->policy, &reply, out, &run->cut);
    answer->arena_used += run->ack_bytes;
    return out;
}

uint32_t answer_write(struct answer *answer, const struct datagram *datagram, uint64_t number,
                      struct verdict *verdict, uint8_t *out)
{
    const struct ack_policy *policy = verdict->policy;
    const struct reply reply = {.datagram = datagram,
                                .number = number,
                                .limit_bytes =
                                    ack_reply_limit(datagram->peer.family, datagram->size_bytes)};
    const uint8_t *bytes = find_reply(policy, datagram, 0);

    if (bytes != NULL) {
        memcpy(out, bytes, verdict->ack_bytes);
        return verdict->ack_bytes;
    }
    uint32_t written = render_reply(answer, policy, &reply, out, &verdict->cut);
    if (policy->row->finish_at_send != NULL) /* an ack enters the simulated network now */
        policy->row->finish_at_send(out, written, clock_wall_ns());
    return written;
}

uint32_t answer_write_turn(struct answer *answer, const struct datagram *datagram, uint64_t number,
                           const struct answer_turn *turn, uint8_t *out, bool *cut)
{
    const struct reply reply = {.datagram = datagram,
                                .number = number,
                                .turn = turn->turn,
                                .limit_bytes = turn->limit_bytes};

    return render_reply(answer, turn->policy, &reply, out, cut);
}

/* A new item with the reply to one message. */
static void add_item(struct answer *answer, struct run *run, size_t message)
{
    struct batch_item *item = &answer->items[answer->item_count];
    const uint8_t *bytes = is_repeated(answer, run)
                               ? answer->repeated
                               : find_reply(run->policy, run->datagram, message);

    if (bytes == NULL)
        bytes = render_into_arena(answer, run, message);
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
static uint32_t put_acks(struct answer *answer, struct run *run, size_t message, uint32_t wanted)
{
    struct peer *row = peers_at(answer->peers, run->peer.slot);
    struct batch_item *item = open_item(answer, run, row->mark);
    uint32_t room;

    if (item == NULL) {
        add_item(answer, run, message);
        row->mark = run->item;
        return 1;
    }
    room = (uint32_t)answer->segments_max - item->count;
    if (room > (ACK_REPLY_MAX_IPV4 - item->size_bytes) / run->ack_bytes)
        room = (uint32_t)((ACK_REPLY_MAX_IPV4 - item->size_bytes) / run->ack_bytes);
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
    if (run == NULL || run->datagram != datagram || !same_fate(run, verdict))
        return false;
    if (run->status == ACK_HELD)
        return true;
    return is_repeated(answer, run) && !run->cut && run->ack_bytes > 0 &&
           answer->items[run->item].count < answer->segments_max &&
           answer->items[run->item].size_bytes + run->ack_bytes <= ACK_REPLY_MAX_IPV4;
}

static struct run *new_run(struct answer *answer, const struct datagram *datagram,
                           const struct verdict *verdict, struct peer_handle peer, size_t message)
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
static bool has_room(const struct answer *answer, size_t reply_max)
{
    return answer->run_count < ANSWER_RUNS_MAX && answer->item_count < ANSWER_ITEMS_MAX &&
           reply_max <= ANSWER_ARENA_BYTES - answer->arena_used;
}

/* Adds up to `wanted` messages with the same fate, at least one. Returns their run. */
static struct run *put_messages(struct answer *answer, struct run *run,
                                const struct datagram *datagram, const struct verdict *verdict,
                                struct peer_handle peer, size_t message, uint32_t wanted)
{
    uint32_t taken = wanted;

    if (!answer_extends_run(answer, run, verdict, datagram))
        run = new_run(answer, datagram, verdict, peer, message);
    if (run->status == ACK_SENT)
        taken = put_acks(answer, run, message, wanted);
    run->count += taken;
    run->bytes += (uint32_t)datagram_bytes(datagram, message, taken);
    answer->number += taken;
    answer->acks_cut += run->cut;
    return run;
}

/* ---- loss */

bool answer_can_lose(const struct answer *answer)
{
    return answer->rules == NULL && !answer->varies && answer->quiz == NULL &&
           answer->policy.row->source != ACK_FROM_RENDER;
}

void answer_set_losses(struct answer *answer, const struct impair_config *impair)
{
    answer->lossy = impair != NULL;
    answer->lost_count = 0;
    if (impair != NULL)
        answer->losses = impair_losses_of(impair);
}

/* Draws for the next message, and for up to `wanted` of those after it. */
static void draw_losses(struct answer *answer, uint32_t wanted)
{
    answer->lost_number = answer->number + 1;
    answer->lost_count = wanted < LOSSES_MAX ? wanted : LOSSES_MAX;
    for (enum impair_way way = 0; way < IMPAIR_WAYS; way++)
        answer->lost[way] =
            impair_lost_messages(&answer->losses, way, answer->lost_number, answer->lost_count);
}

/* How many of the bits from 0 on equal bit 0; count: how many there are. */
static uint32_t count_equal(uint64_t bits, uint32_t count)
{
    uint64_t changes = (bits & 1 ? ~bits : bits);
    uint32_t equal = changes != 0 ? (uint32_t)__builtin_ctzll(changes) : LOSSES_MAX;

    return equal < count ? equal : count;
}

static uint32_t answer_least(uint32_t one, uint32_t other)
{
    return one < other ? one : other;
}

/* The next message's passage. *wanted: at most so many have it, too. */
static enum passage draw_passage(struct answer *answer, uint32_t *wanted)
{
    uint64_t past = answer->number + 1 - answer->lost_number;

    if (past >= answer->lost_count) {
        draw_losses(answer, *wanted);
        past = 0;
    }
    uint64_t in = answer->lost[IMPAIR_IN] >> past, out = answer->lost[IMPAIR_OUT] >> past;
    *wanted = answer_least(*wanted, count_equal(in, answer->lost_count - (uint32_t)past));
    if (in & 1)
        return PASSAGE_LOST_REQUEST;
    *wanted = answer_least(*wanted, count_equal(out, answer->lost_count - (uint32_t)past));
    return out & 1 ? PASSAGE_LOST_ACK : PASSAGE_ARRIVED;
}

/* ---- adding */

/* What is known about a datagram before its messages are looked at. */
struct added {
    const struct datagram *datagram;
    bool loop, plain;
    int64_t now_ns;
};

/* How many messages from this one on no rule can be for; at most `wanted`. */
static uint32_t count_unruled(const struct answer *answer, const struct datagram *datagram,
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
    enum passage passage = answer->lossy ? draw_passage(answer, wanted) : PASSAGE_NONE;

    if (passage == PASSAGE_LOST_REQUEST)
        return (struct verdict){
            .status = ACK_HELD, .why_held = HELD_LOSS, .passage = (uint8_t)passage};
    uint32_t unruled = added->plain ? count_unruled(answer, added->datagram, message, *wanted) : 0;
    *wanted = unruled > 0 ? unruled : 1;
    if (unruled == 0)
        verdict = judge_message(answer, added->datagram, message, added->loop, added->now_ns);
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
static void begin_datagram(struct answer *answer, const struct datagram *datagram, size_t first,
                           size_t socket_index, int64_t now_ns)
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

    begin_datagram(answer, datagram, first, socket_index, now_ns);
    added.loop = answer->loop;
    added.plain = answer_is_plain(answer, datagram, added.loop);
    while (message < messages && has_room(answer, ACK_REPLY_MAX)) {
        uint32_t wanted = added.plain ? (uint32_t)(messages - message) : 1;
        struct verdict verdict = answer_decide(answer, &added, message, &wanted);
        if (answer->planned)
            break;
        run = put_messages(answer, run, datagram, &verdict, answer->peer, message, wanted);
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
static void finish_replies(struct answer *answer)
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
        finish_replies(answer);
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
