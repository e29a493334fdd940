/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* blanks: see the header. */
#include "blanks_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct expression_value blanks_value_of(const struct lesson_fact *fact)
{
    static const enum expression_type types[] = {
        [LESSON_COUNT] = EXPRESSION_NUMBER,
        [LESSON_TRUTH] = EXPRESSION_TRUTH,
        [LESSON_NUMBERS] = EXPRESSION_LIST,
        [LESSON_WORDS] = EXPRESSION_TEXT,
    };

    return (struct expression_value){.type = types[fact->kind],
                                     .number = fact->number,
                                     .text = fact->words,
                                     .numbers = fact->numbers,
                                     .count = fact->count};
}

struct lesson_fact blanks_fact_of(const struct expression_value *value)
{
    static const uint8_t kinds[] = {
        [EXPRESSION_UNKNOWN] = LESSON_COUNT, [EXPRESSION_NUMBER] = LESSON_COUNT,
        [EXPRESSION_TRUTH] = LESSON_TRUTH,   [EXPRESSION_TEXT] = LESSON_WORDS,
        [EXPRESSION_LIST] = LESSON_NUMBERS,
    };
    struct lesson_fact fact = {.kind = kinds[value->type], .number = value->number};

    if (value->type == EXPRESSION_TEXT)
        snprintf(fact.words, sizeof fact.words, "%s", value->text);
    if (value->type == EXPRESSION_LIST) {
        fact.count = (uint8_t)value->count;
        if (value->count > 0)
            memcpy(fact.numbers, value->numbers, value->count * sizeof *value->numbers);
    }
    return fact;
}

static void add_formatted(const struct blanks_source *source, const struct expression_value *value,
                          struct builder *out)
{
    struct lesson_fact fact = blanks_fact_of(value);
    char formatted[LESSON_FACT_SIZE];

    if (source->plain && value->type == EXPRESSION_NUMBER)
        builder_add(out, "%" PRId64, value->number);
    else
        builder_add(out, "%s",
                    lesson_format_fact(source->catalog, &fact, formatted, sizeof formatted));
}

/* The value of "{...}". */
static bool fill_one(const struct blanks_source *source, const char *inner, size_t length,
                     struct builder *out, char *error)
{
    const struct lesson *lesson = source->lesson;
    struct expression_value value;

    for (size_t i = 0; i < lesson->blank_count; i++) {
        const struct lesson_blank *blank = &lesson->blanks[i];
        if (strlen(blank->text) != length || memcmp(blank->text, inner, length) != 0)
            continue;
        if (!expression_evaluate(&lesson->expressions, blank->value, source->scope, &value, error))
            return false;
        add_formatted(source, &value, out);
        return true;
    }
    builder_add(out, "{%.*s}", (int)length, inner);
    return true;
}

bool blanks_fill(const struct blanks_source *source, const char *text, struct builder *out,
                 char *error)
{
    for (const char *rest = text; *rest != '\0';) {
        const char *open = strchr(rest, '{');
        const char *close = open != NULL ? strchr(open, '}') : NULL;
        if (close == NULL) {
            builder_add(out, "%s", rest);
            return true;
        }
        builder_add_bytes(out, rest, (size_t)(open - rest));
        if (!fill_one(source, open + 1, (size_t)(close - open - 1), out, error))
            return false;
        rest = close + 1;
    }
    return true;
}
