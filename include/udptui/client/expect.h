/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * expect: whether each message gets a reply that a filter matches (proto/filter).
 *
 * A message is open until such a reply comes (met), until it has failed, or until its deadline has
 * passed and other replies came (unmet). The filter sees the reply: its bytes, and its sender as
 * from:. Times are passed in, in ns, CLOCK_MONOTONIC.
 */
#ifndef UDPTUI_CLIENT_EXPECT_H
#define UDPTUI_CLIENT_EXPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/filter.h"
#include "udptui/proto/result.h"

struct expect;

/* NULL with *problem set if the filter is wrong, asks for what a reply does not have, or memory is
 * short. expect_close frees (NULL allowed). */
struct expect *expect_open(const char *text, size_t length_bytes, struct filter_problem *problem);
void expect_close(struct expect *expect);

/* Changes the filter for replies from now on; text NULL: nothing is expected any more. False with
 * *problem set and nothing changed, as above. */
bool expect_change(struct expect *expect, const char *text, size_t length_bytes,
                   struct filter_problem *problem);

/* A message is sent, or sent again: other replies end the wait only after the deadline. */
void expect_sent(struct expect *expect, uint64_t seq, int64_t deadline_ns);

/* Takes a result, and sets its expectation if it has a reply. until_ns: after another reply the
 * message stays open at least until then (--wait); 0: until its deadline. */
void expect_take(struct expect *expect, struct result *result, int64_t until_ns);

/* A message that has become unmet, and how many other replies it had; true with *unmet. Each is
 * reported once. */
struct expect_unmet {
    uint64_t seq, others;
};
bool expect_next_unmet(struct expect *expect, int64_t now_ns, struct expect_unmet *unmet);

/* When the next one may become so without a result; INT64_MAX: none. NULL allowed. */
int64_t expect_deadline_ns(const struct expect *expect);

/* Whether no message is open, and whether each was met. NULL allowed: true. */
bool expect_is_settled(const struct expect *expect);
bool expect_is_met(const struct expect *expect);

/* Messages that were met, and those that were not, or not yet. NULL allowed: 0. */
uint64_t expect_met(const struct expect *expect);
uint64_t expect_unmet(const struct expect *expect);

#endif
