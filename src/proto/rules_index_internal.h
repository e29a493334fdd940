/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules_index: which rules can match a datagram at all, found in one pass over its bytes.
 *
 * Most filters need some text to be in the payload (or in the client's address). The beginnings of
 * these texts are one automaton (Aho and Corasick, 1975), so the cost does not grow with the number
 * of rules. Of these, and of the filters that need no text, rules_ranges leaves those that the
 * datagram's addresses, ports and size do not exclude.
 */
#ifndef UDPTUI_PROTO_RULES_INDEX_INTERNAL_H
#define UDPTUI_PROTO_RULES_INDEX_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "rules_set_internal.h"
#include "udptui/proto/filter.h"

struct rules_index;

/* Of count filters, at most RULES_MAX. NULL if memory is short. rules_index_close frees (NULL
 * allowed). */
struct rules_index *rules_index_open(const struct filter *const *filters, size_t count);
void rules_index_close(struct rules_index *index);

/* The rules that may match the subject; the others do not. Its address is "" if no rule can find
 * anything in it. */
void rules_index_find(struct rules_index *index, const struct filter_subject *subject,
                      struct rules_set *out);

/* Whether a rule may match the subject although no rule finds anything in its address. */
bool rules_index_touches(struct rules_index *index, const struct filter_subject *subject);

#endif
