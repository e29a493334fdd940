/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rules: which reply a datagram gets, by its content and source.
 *
 * A rule is "FILTER => ANSWER": proto/filter chooses, proto/ack gives the answer. The first rule
 * whose filter matches the datagram applies; one with a chance applies as often, and else the later
 * rules are tried. A rule is about the received datagram: it cannot use its later outcome
 * ("status:", "why:") or a client's name, and a text is looked for in the payload alone: "5" must
 * not be found in the client's port. "from:" is for addresses.
 *
 * A file of rules has one per line; empty lines and lines that begin with '#' are passed over.
 *
 * Pure. The rules belong to one thread.
 */
#ifndef UDPTUI_PROTO_RULES_H
#define UDPTUI_PROTO_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/ack.h"
#include "udptui/proto/filter.h"

enum { RULES_MAX = 1024, RULES_WHY_SIZE = FILTER_WHY_SIZE + 32 };

struct rules_problem {
    size_t line, column; /* 1-based, in bytes */
    char why[RULES_WHY_SIZE];
    bool no_memory; /* memory is short: the rules may be right */
};

struct rules;

/* As ack_reading.read_file. */
typedef const char *rules_read_file(const char *path, size_t room_bytes, uint8_t **bytes,
                                    size_t *size_bytes);

/* Without a rule. read_file: for "file:PATH"; NULL: that is refused. NULL if memory is short.
 * rules_close frees (NULL allowed). */
struct rules *rules_open(rules_read_file *read_file);
void rules_close(struct rules *rules);

/* Adds one rule after the others. text: NUL-terminated. False with *problem set. */
bool rules_add(struct rules *rules, const char *text, struct rules_problem *problem);

/* Adds those of a file's text, which may hold any bytes. False with *problem set. */
bool rules_add_lines(struct rules *rules, const char *text, size_t length_bytes,
                     struct rules_problem *problem);

/* A copy of the rules, for another thread. NULL if memory is short. */
struct rules *rules_copy(const struct rules *rules);

/* The first rule whose filter has a word that looks like a key and is none (filter_doubt): its text,
 * and what is said about it. NULL: there is no such rule. */
const char *rules_doubt(const struct rules *rules, const struct filter_problem **doubt);

/* Whether a rule has a reply with ack_row.numbered. */
bool rules_are_numbered(const struct rules *rules);

/* Whether a rule has a reply with ack_row.finish_at_send. */
bool rules_finish_at_send(const struct rules *rules);

/* Whether a rule answers from another port. */
bool rules_use_another_port(const struct rules *rules);

/* Makes the index of the rules, which takes a while for many; else rules_choose does. False if
 * memory is short. */
bool rules_prepare(struct rules *rules);

/* Whether a rule may apply to the subject. If not, rules_choose would give NULL. */
bool rules_may_apply(const struct rules *rules, const struct filter_subject *subject);

/* What chances are drawn from: a seed, and the message's number. */
struct rules_draw {
    uint64_t seed, number;
};

/* The answer of the first rule that applies to the subject, whose name and address are "", NULL if
 * none does. Valid as long as the rules. */
const struct ack_policy *rules_choose(struct rules *rules, const struct filter_subject *subject,
                                      const struct rules_draw *draw);

/* What the groups of the chosen rule's regular expression matched; valid as long as the subject's
 * payload, and until the next choice. */
const struct ack_groups *rules_groups(const struct rules *rules);

#endif
