/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* answer_losses: a simulated network that loses datagrams and does nothing else. */
#include "answer_parts_internal.h"

enum { LOSSES_MAX = 64 }; /* messages whose losses are drawn at once: bits of answer->lost */

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
static void answer_draw_losses(struct answer *answer, uint32_t wanted)
{
    answer->lost_number = answer->number + 1;
    answer->lost_count = wanted < LOSSES_MAX ? wanted : LOSSES_MAX;
    for (enum impair_way way = 0; way < IMPAIR_WAYS; way++)
        answer->lost[way] =
            impair_lost_messages(&answer->losses, way, answer->lost_number, answer->lost_count);
}

/* How many of the bits from 0 on equal bit 0; count: how many there are. */
static uint32_t answer_count_equal(uint64_t bits, uint32_t count)
{
    uint64_t changes = (bits & 1 ? ~bits : bits);
    uint32_t equal = changes != 0 ? (uint32_t)__builtin_ctzll(changes) : LOSSES_MAX;

    return equal < count ? equal : count;
}

static uint32_t answer_least(uint32_t one, uint32_t other)
{
    return one < other ? one : other;
}

enum passage answer_draw_passage(struct answer *answer, uint32_t *wanted)
{
    uint64_t past = answer->number + 1 - answer->lost_number;

    if (past >= answer->lost_count) {
        answer_draw_losses(answer, *wanted);
        past = 0;
    }
    uint64_t in = answer->lost[IMPAIR_IN] >> past, out = answer->lost[IMPAIR_OUT] >> past;
    *wanted = answer_least(*wanted, answer_count_equal(in, answer->lost_count - (uint32_t)past));
    if (in & 1)
        return PASSAGE_LOST_REQUEST;
    *wanted = answer_least(*wanted, answer_count_equal(out, answer->lost_count - (uint32_t)past));
    return out & 1 ? PASSAGE_LOST_ACK : PASSAGE_ARRIVED;
}
