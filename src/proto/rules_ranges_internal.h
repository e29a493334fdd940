/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules_ranges: which rules the addresses, the ports and the size of a datagram leave.
 *
 * Each of these is an axis: the address and the port that a datagram is from, those that it is to,
 * either port, the size. The bounds that the rules' filters have on an axis cut it into classes of
 * values between which no filter tells a difference, and each class has the set of the rules that it
 * does not exclude (bit vectors of Lakshman and Stiliadis, 1998). What all axes leave is found with
 * one search an axis, however many rules there are.
 *
 * Only what must hold excludes a rule: "or" of different axes and "not" exclude nothing. Of two
 * conditions on either port ("port:1 port:2") the first counts.
 *
 * Memory: at most 4 bounds a rule and axis on average, each with a set of RULES_MAX bits: 0.6 MB an
 * axis, 3.7 MB in all; with one range a rule, half of that. Rules that would need more, or have
 * more than 16 ranges on an axis, are not excluded by this axis.
 */
#ifndef UDPTUI_PROTO_RULES_RANGES_INTERNAL_H
#define UDPTUI_PROTO_RULES_RANGES_INTERNAL_H

#include <stddef.h>

#include "rules_set_internal.h"
#include "udptui/proto/filter.h"

struct rules_ranges;

/* Of count filters, at most RULES_MAX. NULL if memory is short. rules_ranges_close frees (NULL
 * allowed). */
struct rules_ranges *rules_ranges_open(const struct filter *const *filters, size_t count);
void rules_ranges_close(struct rules_ranges *ranges);

/* The rules that may match the subject; the others do not. NULL: its endpoints leave none. Looks
 * only at from, to and size_bytes; what is unknown excludes nothing. Valid until the next call. */
const struct rules_set *rules_ranges_find(struct rules_ranges *ranges,
                                          const struct filter_subject *subject);

#endif
