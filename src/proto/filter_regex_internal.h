/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* filter_regex: regular expressions over bytes, with a bounded number of steps. */
#ifndef UDPTUI_PROTO_FILTER_REGEX_INTERNAL_H
#define UDPTUI_PROTO_FILTER_REGEX_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/filter.h"

struct filter_regex;

/* NULL with *problem set, its offset into the pattern. filter_regex_close frees (NULL allowed). */
struct filter_regex *filter_regex_open(const char *pattern, size_t length_bytes,
                                       struct filter_problem *problem);
void filter_regex_close(struct filter_regex *regex);

/* Whether it is found anywhere in the bytes, whatever the case; FILTER_UNKNOWN if the budget was
 * spent before that was clear. */
enum filter_answer filter_regex_finds(struct filter_regex *regex, const uint8_t *bytes,
                                      size_t size_bytes, struct filter_budget *budget);

/* Its groups; what one of them (1 is the first) matched in the latest bytes, NULL: nothing; and
 * forgets that. */
size_t filter_regex_groups(const struct filter_regex *regex);
void filter_regex_group(const struct filter_regex *regex, size_t group, const uint8_t **bytes,
                        size_t *size_bytes);
void filter_regex_forget(struct filter_regex *regex);

#endif
