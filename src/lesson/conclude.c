/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conclude: facts, what happened, and expectations; see the header. */
#include "conclude_internal.h"

#include <stdio.h>
#include <string.h>

#include "blanks_internal.h"
#include "udptui/base/builder.h"

struct conclusion {
    const struct lesson *lesson;
    const struct catalog *catalog;
    struct lesson_result delivered; /* what the script delivered */
    struct lesson_result *result;   /* the facts so far */
    char *error;
    size_t error_size_bytes;
};

/* Always false. */
static bool conclude_fail(const struct conclusion *conclusion, const char *what, const char *why)
{
    snprintf(conclusion->error, conclusion->error_size_bytes, "lesson %s: %s: %s",
             conclusion->lesson->topic.name, what, why);
    return false;
}

/* ---- values */

static const struct lesson_fact *find_fact(const struct lesson_result *result, const char *key)
{
    for (size_t i = 0; i < result->fact_count; i++)
        if (strcmp(result->facts[i].key, key) == 0)
            return &result->facts[i];
    return NULL;
}

/* A fact of the list above, or a delivered value. */
static bool conclude_find(const void *context, const char *name, struct expression_value *value)
{
    const struct conclusion *conclusion = context;
    const struct lesson_fact *fact = find_fact(conclusion->result, name);

    if (fact == NULL)
        fact = find_fact(&conclusion->delivered, name);
    if (fact != NULL)
        *value = blanks_value_of(fact);
    return fact != NULL;
}

/* what: that the expression belongs to, for an error. */
static bool conclude_evaluate(const struct conclusion *conclusion, int index, const char *what,
                              struct expression_value *value)
{
    const struct expression_scope scope = {.find = conclude_find, .context = conclusion};
    char why[EXPRESSION_ERROR_SIZE];

    return expression_evaluate(&conclusion->lesson->expressions, index, &scope, value, why) ||
           conclude_fail(conclusion, what, why);
}

/* EXPRESSION_NONE: it holds. False with an error. */
static bool conclude_condition(const struct conclusion *conclusion, int index, const char *what,
                               bool *holds)
{
    struct expression_value value;

    *holds = true;
    if (index == EXPRESSION_NONE)
        return true;
    if (!conclude_evaluate(conclusion, index, what, &value))
        return false;
    if (value.type != EXPRESSION_TRUTH)
        return conclude_fail(conclusion, what, "its condition is no condition");
    *holds = value.number != 0;
    return true;
}

/* ---- facts */

static bool conclude_fact(const struct conclusion *conclusion, const struct lesson_fact_rule *rule)
{
    const struct lesson_fact *delivered = find_fact(&conclusion->delivered, rule->key);
    struct lesson_result *result = conclusion->result;
    struct expression_value value;
    bool holds;

    if (!conclude_condition(conclusion, rule->condition, rule->key, &holds))
        return false;
    if (!holds)
        return true;
    if (rule->value != EXPRESSION_NONE) {
        if (!conclude_evaluate(conclusion, rule->value, rule->key, &value))
            return false;
        result->facts[result->fact_count] = blanks_fact_of(&value);
    } else if (delivered != NULL) {
        result->facts[result->fact_count] = *delivered;
    } else {
        return conclude_fail(conclusion, rule->key, "the script did not deliver this value");
    }
    result->facts[result->fact_count].key = rule->key;
    result->facts[result->fact_count].label = rule->label;
    result->fact_count++;
    return true;
}

/* Nothing that a script measured is silently lost. */
static bool check_listed(const struct conclusion *conclusion)
{
    const struct lesson *lesson = conclusion->lesson;

    for (size_t i = 0; i < conclusion->delivered.fact_count; i++) {
        const char *key = conclusion->delivered.facts[i].key;
        size_t place = 0;
        if (strchr(key, '.') != NULL) /* a figure of the script, for expressions */
            continue;
        while (place < lesson->fact_count && strcmp(lesson->facts[place].key, key) != 0)
            place++;
        if (place == lesson->fact_count)
            return conclude_fail(conclusion, key,
                                 "the script delivers it, but Facts has no line "
                                 "with this key");
    }
    return true;
}

/* ---- what happened */

static bool add_happened(const struct conclusion *conclusion, const char *sentence,
                         struct builder *text)
{
    const struct expression_scope scope = {.find = conclude_find, .context = conclusion};
    const struct blanks_source source = {
        .lesson = conclusion->lesson, .catalog = conclusion->catalog, .scope = &scope};
    char why[EXPRESSION_ERROR_SIZE];

    return blanks_fill(&source, sentence, text, why) || conclude_fail(conclusion, "Happened", why);
}

static bool conclude_happened(const struct conclusion *conclusion)
{
    const struct lesson_prose *prose = &conclusion->lesson->happened;
    struct builder text =
        builder_begin(conclusion->result->happened, sizeof conclusion->result->happened);
    bool holds;

    for (size_t i = 0; i < prose->count; i++) {
        const struct lesson_sentence *sentence = &prose->sentences[i];
        if (!conclude_condition(conclusion, sentence->condition, "Happened", &holds))
            return false;
        if (!holds)
            continue;
        builder_add(&text, "%s", text.length > 0 ? " " : "");
        if (!add_happened(conclusion, sentence->text, &text))
            return false;
    }
    return !builder_is_cut(&text) ||
           conclude_fail(conclusion, "Happened", "the text is too long with its values");
}

/* ---- expectations */

static bool conclude_expectations(const struct conclusion *conclusion)
{
    const struct lesson *lesson = conclusion->lesson;
    struct lesson_result *result = conclusion->result;
    bool met = true;

    for (size_t i = 0; i < lesson->expectation_count && met; i++) {
        const struct lesson_expectation *expectation = &lesson->expectations[i];
        if (!conclude_condition(conclusion, expectation->condition, expectation->text, &met))
            return false;
        if (met)
            continue;
        result->otherwise = expectation->text;
        result->depends = expectation->depends;
    }
    return true;
}

/* A fact without a label is only for expressions. */
static void remove_hidden(struct lesson_result *result)
{
    size_t count = 0;

    for (size_t i = 0; i < result->fact_count; i++)
        if (result->facts[i].label != NULL)
            result->facts[count++] = result->facts[i];
    result->fact_count = count;
}

bool conclude(const struct lesson *lesson, const struct catalog *catalog,
              struct lesson_result *result, char *error, size_t error_size_bytes)
{
    struct conclusion conclusion = {.lesson = lesson,
                                    .catalog = catalog,
                                    .delivered = *result,
                                    .result = result,
                                    .error = error,
                                    .error_size_bytes = error_size_bytes};

    result->fact_count = 0;
    if (!check_listed(&conclusion))
        return false;
    for (size_t i = 0; i < lesson->fact_count; i++)
        if (!conclude_fact(&conclusion, &lesson->facts[i]))
            return false;
    if (!conclude_happened(&conclusion) || !conclude_expectations(&conclusion))
        return false;
    remove_hidden(result);
    return true;
}
