/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* answer_parts: what the files of answer offer to each other. */
#ifndef UDPTUI_SERVER_ANSWER_PARTS_INTERNAL_H
#define UDPTUI_SERVER_ANSWER_PARTS_INTERNAL_H

#include "answer_internal.h"

/* ---- the decision (answer_judge.c) */

/* Decides, as answer_judge, on one message of a datagram, unless its answer is planned: then
 * answer->planned is set, and the verdict is ACK_WAITING. */
struct verdict answer_judge_message(struct answer *answer, const struct datagram *datagram,
                                    size_t message, bool loop, int64_t now_ns);

/* ---- the bytes (answer_reply.c) */

/* Of a message for the quiz, which renders the reply. */
extern const struct ack_policy answer_quiz_policy;

/* The reply's bytes, if they exist already: borrowed from the policy or the datagram; NULL: they
 * are rendered. */
const uint8_t *answer_reply_find(const struct ack_policy *policy, const struct datagram *datagram,
                                 size_t message);

/* Which reply is rendered: of which message, and which datagram of its answer. */
struct answer_reply {
    const struct datagram *datagram;
    size_t message;
    uint64_t number;
    unsigned turn;
    size_t limit_bytes;
};

/* Renders it to out, at most limit_bytes. Returns its size; *cut is set if it did not fit. */
uint32_t answer_reply_render(struct answer *answer, const struct ack_policy *policy,
                             const struct answer_reply *reply, uint8_t *out, bool *cut);

/* ---- losses (answer_losses.c) */

/* The next message's passage. *wanted: how many messages from it on are asked about; becomes how
 * many of them have the same, at least one. */
enum passage answer_draw_passage(struct answer *answer, uint32_t *wanted);

#endif
