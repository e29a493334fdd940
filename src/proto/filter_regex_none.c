/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* filter_regex in a build without PCRE2: every pattern is refused, and the reason says why. */
#include "filter_regex_internal.h"

struct filter_regex *filter_regex_open(const char *pattern, size_t length_bytes,
                                       struct filter_problem *problem)
{
    (void)pattern;
    (void)length_bytes;
    *problem =
        (struct filter_problem){.why = "this udptui was built without regular expressions (PCRE2)"};
    return NULL;
}

void filter_regex_close(struct filter_regex *regex)
{
    (void)regex;
}

enum filter_answer filter_regex_finds(struct filter_regex *regex, const uint8_t *bytes,
                                      size_t size_bytes, struct filter_budget *budget)
{
    (void)regex;
    (void)bytes;
    (void)size_bytes;
    (void)budget;
    return FILTER_UNKNOWN;
}

size_t filter_regex_groups(const struct filter_regex *regex)
{
    (void)regex;
    return 0;
}

void filter_regex_group(const struct filter_regex *regex, size_t group, const uint8_t **bytes,
                        size_t *size_bytes)
{
    (void)regex;
    (void)group;
    *bytes = NULL;
    *size_bytes = 0;
}

void filter_regex_forget(struct filter_regex *regex)
{
    (void)regex;
}
