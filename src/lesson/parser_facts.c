/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parser_facts: the lines of Facts, and Expect, Chance and Timing. */
#include <string.h>

#include "parser_internal.h"

/*
 * Cuts the span before its last word "if" that is outside quotes. *condition: what follows it.
 * False: there is no such word.
 */
static bool split_condition(struct span *span, struct span *condition)
{
    struct span rest = *span;
    bool quoted = false, found = false;
    const char *end = span->end;

    while (rest.at < rest.end) {
        struct span word;
        if (!parser_next_word(&rest, &word))
            break;
        if (!quoted && parser_is(word, "if")) {
            found = true;
            end = word.at;
            *condition = rest;
        }
        for (const char *at = word.at; at < word.end; at++)
            quoted ^= *at == '"';
    }
    span->end = end;
    return found;
}

static int condition_of(struct parser *parser, struct span condition)
{
    return parser_expression(parser, condition, EXPRESSION_TRUTH);
}

/* ---- facts */

static bool check_new_fact(struct parser *parser, struct span key)
{
    const struct lesson *lesson = parser->lesson;

    for (size_t i = 0; i < lesson->fact_count; i++)
        if (parser_is(key, lesson->facts[i].key))
            return parser_complain(parser, key.at, "a fact with this key stands above already");
    if (lesson->fact_count == LESSON_FACTS_MAX)
        return parser_complain(parser, key.at, "more than %d facts", LESSON_FACTS_MAX);
    return true;
}

/* "= EXPRESSION" behind a label, which may be missing. */
static bool read_fact_value(struct parser *parser, struct span key, struct span rest,
                            struct lesson_fact_rule *fact)
{
    parser_skip_blanks(&rest);
    if (rest.at == rest.end)
        return parser_define(parser, key, EXPRESSION_UNKNOWN);
    if (*rest.at != '=')
        return parser_complain(parser, rest.at,
                               "a fact is KEY \"label\" = EXPRESSION if CONDITION, "
                               "the last two as needed");
    rest.at++;
    fact->value = (int16_t)parser_expression(parser, rest, EXPRESSION_UNKNOWN);
    if (fact->value == EXPRESSION_NONE)
        return false;
    return parser_define(parser, key, parser_type_of(parser, fact->value));
}

static bool read_fact(struct parser *parser, struct span line)
{
    struct lesson *lesson = parser->lesson;
    struct lesson_fact_rule fact = {.value = EXPRESSION_NONE, .condition = EXPRESSION_NONE};
    struct span key, condition;

    if (!parser_next_key(&line, &key))
        return parser_complain(parser, line.at, "a fact begins with its key: letters, digits, _");
    if (!check_new_fact(parser, key))
        return false;
    fact.key = parser_keep(parser, key);
    if (split_condition(&line, &condition)) {
        fact.condition = (int16_t)condition_of(parser, condition);
        if (fact.condition == EXPRESSION_NONE)
            return false;
    }
    parser_skip_blanks(&line);
    if (line.at < line.end && *line.at == '"') {
        fact.label = parser_quoted(parser, &line, "the label");
        if (fact.label == NULL)
            return false;
        if (strlen(fact.label) > LESSON_LABEL_BYTES_MAX)
            return parser_complain(parser, line.at, "a label has at most %d bytes",
                                   LESSON_LABEL_BYTES_MAX);
        fact.label = parser_translate(parser, fact.label);
    }
    if (!read_fact_value(parser, key, line, &fact))
        return false;
    lesson->facts[lesson->fact_count++] = fact;
    return true;
}

bool parser_facts(struct parser *parser, struct span value)
{
    struct span line;

    while (parser_next_line(&value, &line))
        if (!read_fact(parser, line))
            return false;
    return true;
}

/* ---- expectations */

bool parser_expectation(struct parser *parser, struct span value, enum lesson_dependence depends)
{
    struct lesson *lesson = parser->lesson;
    struct lesson_expectation expectation = {.depends = depends};
    struct span condition;

    if (lesson->expectation_count == LESSON_EXPECTATIONS_MAX)
        return parser_complain(parser, value.at, "more than %d expectations",
                               LESSON_EXPECTATIONS_MAX);
    if (!split_condition(&value, &condition) || parser_trim(value).at == parser_trim(value).end)
        return parser_complain(parser, value.at, "an expectation is TEXT if EXPRESSION");
    expectation.condition = (int16_t)condition_of(parser, condition);
    if (expectation.condition == EXPRESSION_NONE)
        return false;
    expectation.text =
        parser_keep_short(parser, value, LESSON_EXPECTATION_BYTES_MAX, "an expectation");
    lesson->expectations[lesson->expectation_count++] = expectation;
    return !parser->failed;
}

/* ---- names */

/* The fact of a name: its place in the list; -1: there is none. */
static int fact_of(const struct lesson *lesson, const char *key)
{
    for (size_t i = 0; i < lesson->fact_count; i++)
        if (strcmp(lesson->facts[i].key, key) == 0)
            return (int)i;
    return -1;
}

/* Whether the names in an expression of the fact at this place stand above it, or come from the
 * script. */
static bool check_order(struct parser *parser, int index, size_t place)
{
    const struct lesson *lesson = parser->lesson;
    const struct expression_node *node = &lesson->expressions.nodes[index];
    int fact;

    if (node->kind == EXPRESSION_NAME) {
        fact = fact_of(lesson, lesson->expressions.names[node->name].text);
        return fact < (int)place || lesson->facts[fact].value == EXPRESSION_NONE ||
               parser_complain(parser, node->place,
                               "the line of %s must stand above this one, which uses it",
                               lesson->facts[fact].key);
    }
    if (node->kind == EXPRESSION_LITERAL)
        return true;
    return check_order(parser, node->left, place) &&
           (node->right == EXPRESSION_NONE || check_order(parser, node->right, place));
}

bool parser_check_names(struct parser *parser)
{
    const struct lesson *lesson = parser->lesson;
    const struct expressions *expressions = &lesson->expressions;

    for (size_t i = lesson->script_nodes; i < expressions->node_count; i++) {
        const struct expression_node *node = &expressions->nodes[i];
        if (node->kind == EXPRESSION_NAME &&
            strchr(expressions->names[node->name].text, '.') == NULL &&
            fact_of(lesson, expressions->names[node->name].text) < 0)
            return parser_complain(parser, node->place, "Facts has no line with the key %s",
                                   expressions->names[node->name].text);
    }
    for (size_t i = 0; i < lesson->fact_count; i++)
        if (lesson->facts[i].value != EXPRESSION_NONE &&
            !check_order(parser, lesson->facts[i].value, i))
            return false;
    return true;
}
