/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules_set: some of the rules. */
#ifndef UDPTUI_PROTO_RULES_SET_INTERNAL_H
#define UDPTUI_PROTO_RULES_SET_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/rules.h"

enum { RULES_WORDS = RULES_MAX / 64 };

/* A bit for each rule, in their order. */
struct rules_set {
    uint64_t words[RULES_WORDS];
};

static inline void rules_set_add(struct rules_set *set, size_t rule)
{
    set->words[rule / 64] |= UINT64_C(1) << rule % 64;
}

static inline void rules_set_remove(struct rules_set *set, size_t rule)
{
    set->words[rule / 64] &= ~(UINT64_C(1) << rule % 64);
}

static inline bool rules_set_has(const struct rules_set *set, size_t rule)
{
    return set->words[rule / 64] >> rule % 64 & 1;
}

/* Those of both go to *set. */
static inline void rules_set_keep(struct rules_set *set, const struct rules_set *other)
{
    for (size_t i = 0; i < RULES_WORDS; i++)
        set->words[i] &= other->words[i];
}

/* Those of one or both go to *set. */
static inline void rules_set_join(struct rules_set *set, const struct rules_set *other)
{
    for (size_t i = 0; i < RULES_WORDS; i++)
        set->words[i] |= other->words[i];
}

/* Whether a rule is in both. */
static inline bool rules_set_meets(const struct rules_set *set, const struct rules_set *other)
{
    uint64_t common = 0;

    for (size_t i = 0; i < RULES_WORDS; i++)
        common |= set->words[i] & other->words[i];
    return common != 0;
}

#endif
