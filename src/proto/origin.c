/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* origin: a row for each. */
#include "udptui/proto/origin.h"

#include <stddef.h>

static const struct rule {
    bool may_answer[2]; /* one target, many */
    const char *note[2];
} rules[ORIGINS] = {
    [ORIGIN_TARGET] = {.may_answer = {true, true}},
    [ORIGIN_OTHER_PORT] = {.may_answer = {true, true}, .note = {"from another port", NULL}},
    [ORIGIN_OTHER_ADDRESS] = {.may_answer = {false, true},
                              .note = {"not from the target's address: not a reply", NULL}},
    [ORIGIN_OURSELVES] = {.may_answer = {false, false},
                          .note = {"our own datagram: not a reply",
                                   "our own datagram: not a reply"}},
};

enum origin origin_of(const struct endpoint *from, const struct endpoint *target, bool ours)
{
    if (ours)
        return ORIGIN_OURSELVES;
    if (endpoint_equal(from, target))
        return ORIGIN_TARGET;
    return endpoint_same_address(from, target) ? ORIGIN_OTHER_PORT : ORIGIN_OTHER_ADDRESS;
}

bool origin_may_answer(enum origin origin, bool many)
{
    return rules[origin].may_answer[many];
}

const char *origin_note(enum origin origin, bool many)
{
    return rules[origin].note[many];
}
