/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules: which reply a datagram gets, by its content and source.
 *
 * A rule is "FILTER => ANSWER": proto/filter chooses, proto/ack gives the reply. The first rule
 * whose filter matches the datagram applies. A rule is about the received datagram: it cannot use
 * its later outcome ("status:", "why:") or a client's name.
 *
 * A file of rules has one per line; empty lines and lines that begin with '#' are passed over.
 *
 * Pure. The rules belong to one thread.
 */
#ifndef UDPTUI_PROTO_RULES_H
#define UDPTUI_PROTO_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "udptui/proto/ack.h"
#include "udptui/proto/filter.h"

enum { RULES_MAX = 1024, RULES_WHY_SIZE = FILTER_WHY_SIZE + 32 };

struct rules_problem {
    size_t line, column; /* 1-based, in bytes */
    char why[RULES_WHY_SIZE];
};

struct rules;

/* Without a rule. NULL if memory is short. rules_close frees (NULL allowed). */
struct rules *rules_open(void);
void rules_close(struct rules *rules);

/* Adds one rule after the others. text: NUL-terminated. False with *problem set. */
bool rules_add(struct rules *rules, const char *text, struct rules_problem *problem);

/* Adds those of a file's text, which may hold any bytes. False with *problem set. */
bool rules_add_lines(struct rules *rules, const char *text, size_t length_bytes,
                     struct rules_problem *problem);

/* A copy of the rules, for another thread. NULL if memory is short. */
struct rules *rules_copy(const struct rules *rules);

/* Whether a rule has a reply with ack_row.numbered. */
bool rules_are_numbered(const struct rules *rules);

/* Whether a rule has a reply with ack_row.finish_at_send. */
bool rules_finish_at_send(const struct rules *rules);

/* The reply of the first rule that matches the subject, NULL if none does. Valid as long as the
 * rules. */
const struct ack_policy *rules_choose(const struct rules *rules,
                                      const struct filter_subject *subject);

#endif
