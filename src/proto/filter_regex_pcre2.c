/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * filter_regex with PCRE2 (pcre2api(3)). PCRE2's match limit is one for each place in the payload
 * where a match may begin, and does not count the bytes that a repeat passes over: a long payload
 * could take seconds. So there is a callout before each item of the pattern (PCRE2_AUTO_CALLOUT,
 * pcre2callout(3)), which takes both from a budget and ends the match if it is spent. That is why
 * the patterns are interpreted, not compiled by PCRE2's JIT.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "filter_regex_internal.h"

#include <pcre2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum { STEPS_MAX = 50000, HEAP_MAX_KIB = 256, BYTES_A_STEP = 32, SPENT = -1000 };

struct filter_regex {
    pcre2_code *code;
    pcre2_match_data *match;
    pcre2_match_context *context;
    struct filter_budget *budget; /* of the match under way */
    size_t at;                    /* where it was at the latest callout */
    const uint8_t *bytes;         /* of the latest match, NULL: none was found */
};

/* PCRE2 gives up with the result of this if it is negative. */
static int filter_regex_step(pcre2_callout_block *block, void *context)
{
    struct filter_regex *regex = context;
    size_t at = block->current_position;
    size_t moved = at > regex->at ? at - regex->at : regex->at - at;
    uint64_t cost = 1 + moved / BYTES_A_STEP;

    regex->at = at;
    if (regex->budget->steps_left < cost)
        return SPENT;
    regex->budget->steps_left -= cost;
    return 0;
}

static bool filter_regex_prepare(struct filter_regex *regex)
{
    regex->match = pcre2_match_data_create_from_pattern(regex->code, NULL);
    regex->context = pcre2_match_context_create(NULL);
    if (regex->match == NULL || regex->context == NULL)
        return false;
    pcre2_set_match_limit(regex->context, STEPS_MAX);
    pcre2_set_depth_limit(regex->context, STEPS_MAX);
    pcre2_set_heap_limit(regex->context, HEAP_MAX_KIB);
    pcre2_set_callout(regex->context, filter_regex_step, regex);
    return true;
}

/* pcre2_compile(3) and the other functions have different numbers for it. */
static bool filter_regex_lacks_memory(int error)
{
    return error == PCRE2_ERROR_NOMEMORY || error == PCRE2_ERROR_HEAP_FAILED;
}

struct filter_regex *filter_regex_open(const char *pattern, size_t length_bytes,
                                       struct filter_problem *problem)
{
    const uint32_t options = PCRE2_CASELESS | PCRE2_DOTALL | PCRE2_NEVER_UTF | PCRE2_AUTO_CALLOUT;
    struct filter_regex *regex = calloc(1, sizeof *regex);
    int error = PCRE2_ERROR_NOMEMORY;

    *problem = (struct filter_problem){.offset_bytes = 0};
    if (regex != NULL)
        regex->code = pcre2_compile((PCRE2_SPTR)pattern, length_bytes, options, &error,
                                    &problem->offset_bytes, NULL);
    if (regex != NULL && regex->code != NULL) {
        if (filter_regex_prepare(regex))
            return regex;
        error = PCRE2_ERROR_NOMEMORY;
    }
    problem->no_memory = filter_regex_lacks_memory(error);
    if (problem->no_memory)
        snprintf(problem->why, sizeof problem->why, "not enough memory");
    else
        pcre2_get_error_message(error, (PCRE2_UCHAR *)problem->why, sizeof problem->why);
    filter_regex_close(regex);
    return NULL;
}

void filter_regex_close(struct filter_regex *regex)
{
    if (regex == NULL)
        return;
    pcre2_match_context_free(regex->context);
    pcre2_match_data_free(regex->match);
    pcre2_code_free(regex->code);
    free(regex);
}

enum filter_answer filter_regex_finds(struct filter_regex *regex, const uint8_t *bytes,
                                      size_t size_bytes, struct filter_budget *budget)
{
    int result;

    regex->budget = budget;
    regex->at = 0;
    regex->bytes = NULL;
    result = pcre2_match(regex->code, bytes, size_bytes, 0, 0, regex->match, regex->context);
    if (result >= 0) {
        regex->bytes = bytes;
        return FILTER_YES;
    }
    if (result == PCRE2_ERROR_NOMATCH)
        return FILTER_NO;
    budget->spent = true;
    return FILTER_UNKNOWN;
}

size_t filter_regex_groups(const struct filter_regex *regex)
{
    uint32_t count = 0;

    pcre2_pattern_info(regex->code, PCRE2_INFO_CAPTURECOUNT, &count);
    return count;
}

void filter_regex_group(const struct filter_regex *regex, size_t group, const uint8_t **bytes,
                        size_t *size_bytes)
{
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(regex->match);

    *bytes = NULL;
    *size_bytes = 0;
    if (regex->bytes == NULL || group >= pcre2_get_ovector_count(regex->match) ||
        ends[2 * group] == PCRE2_UNSET || ends[2 * group + 1] < ends[2 * group])
        return;
    *bytes = regex->bytes + ends[2 * group];
    *size_bytes = ends[2 * group + 1] - ends[2 * group];
}

void filter_regex_forget(struct filter_regex *regex)
{
    regex->bytes = NULL;
}
