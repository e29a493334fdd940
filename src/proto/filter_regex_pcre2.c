/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* filter_regex with PCRE2 (pcre2api(3)): the match limit bounds what a hostile payload can cost. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "filter_regex_internal.h"

#include <pcre2.h>
#include <stdbool.h>
#include <stdlib.h>

enum { STEPS_MAX = 50000, HEAP_MAX_KIB = 256 };

struct filter_regex {
    pcre2_code *code;
    pcre2_match_data *match;
    pcre2_match_context *context;
};

static bool filter_regex_prepare(struct filter_regex *regex)
{
    regex->match = pcre2_match_data_create_from_pattern(regex->code, NULL);
    regex->context = pcre2_match_context_create(NULL);
    if (regex->match == NULL || regex->context == NULL)
        return false;
    pcre2_set_match_limit(regex->context, STEPS_MAX);
    pcre2_set_depth_limit(regex->context, STEPS_MAX);
    pcre2_set_heap_limit(regex->context, HEAP_MAX_KIB);
    return true;
}

struct filter_regex *filter_regex_open(const char *pattern, size_t length_bytes, char *why,
                                       size_t size_bytes, size_t *offset_bytes)
{
    const uint32_t options = PCRE2_CASELESS | PCRE2_DOTALL | PCRE2_NEVER_UTF;
    struct filter_regex *regex = calloc(1, sizeof *regex);
    int error = PCRE2_ERROR_NOMEMORY;

    *offset_bytes = 0;
    if (regex != NULL)
        regex->code =
            pcre2_compile((PCRE2_SPTR)pattern, length_bytes, options, &error, offset_bytes, NULL);
    if (regex != NULL && regex->code != NULL && filter_regex_prepare(regex))
        return regex;
    pcre2_get_error_message(error, (PCRE2_UCHAR *)why, size_bytes);
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

enum filter_answer filter_regex_finds(const struct filter_regex *regex, const uint8_t *bytes,
                                      size_t size_bytes)
{
    int result = pcre2_match(regex->code, bytes, size_bytes, 0, 0, regex->match, regex->context);

    if (result >= 0)
        return FILTER_YES;
    return result == PCRE2_ERROR_NOMATCH ? FILTER_NO : FILTER_UNKNOWN;
}
