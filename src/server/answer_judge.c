/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* answer_judge: which policy a message gets, and whether it is acknowledged with it. */
#include "answer_parts_internal.h"

#include "counters_internal.h"

/* 0 if it is known only when the reply is rendered. */
static size_t answer_reply_bytes(const struct ack_policy *policy, size_t request_bytes)
{
    return policy->row->size != NULL ? policy->row->size(policy, request_bytes) : 0;
}

/* --on: the answer of the rule that applies, NULL if none does. number: of the message. */
static const struct ack_policy *answer_choose_by_rules(struct answer *answer,
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
static const struct ack_policy *answer_choose_policy(struct answer *answer,
                                                     const struct datagram *datagram,
                                                     const struct guard_question *question,
                                                     uint64_t number)
{
    const struct ack_policy *chosen = NULL;

    if (answer->quiz != NULL && quiz_takes(answer->quiz, question->bytes, question->size_bytes))
        return &answer_quiz_policy;
    if (answer->rules != NULL)
        chosen = answer_choose_by_rules(answer, datagram, question, number);
    if (chosen != NULL)
        return chosen;
    if (answer->sockets != NULL &&
        counters_are_asked(&answer->policy, question->bytes, question->size_bytes))
        return &counters_policy;
    return ack_draw(&answer->policy, answer->seed, number, UINT64_MAX) ? &answer->policy : NULL;
}

/* With the policy that was chosen for the message. */
static struct verdict answer_judge_chosen(struct answer *answer,
                                          const struct guard_question *question,
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
    size_t wanted = answer_reply_bytes(policy, question->size_bytes);
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
    return answer_judge_chosen(answer, &question,
                               answer_choose_policy(answer, datagram, &question, number));
}

struct verdict answer_judge_message(struct answer *answer, const struct datagram *datagram,
                                    size_t message, bool loop, int64_t now_ns)
{
    struct guard_question question = {.datagram = datagram, .loop = loop, .now_ns = now_ns};
    uint64_t given_up = answer->rules_given_up;

    if (!answer->acks_on)
        return (struct verdict){.status = ACK_HELD, .why_held = HELD_OFF};
    question.bytes = datagram_message(datagram, message, &question.size_bytes);
    const struct ack_policy *policy =
        answer_choose_policy(answer, datagram, &question, answer->number + 1);
    answer->planned = policy != NULL && ack_is_planned(policy);
    if (!answer->planned)
        return answer_judge_chosen(answer, &question, policy);
    answer->rules_given_up = given_up; /* it will be judged again */
    return (struct verdict){.status = ACK_WAITING};
}
