/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules: tried in order. */
#include "udptui/proto/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char arrow[] = "=>";

struct rule {
    char *text; /* as it was given, for copies */
    struct filter *filter;
    struct ack_policy answer;
};

struct rules {
    struct rule **each;
    size_t count, room;
};

struct rules *rules_open(void)
{
    return calloc(1, sizeof(struct rules));
}

static void free_rule(struct rule *rule)
{
    if (rule == NULL)
        return;
    filter_close(rule->filter);
    free(rule->text);
    free(rule);
}

void rules_close(struct rules *rules)
{
    if (rules == NULL)
        return;
    for (size_t i = 0; i < rules->count; i++)
        free_rule(rules->each[i]);
    free(rules->each);
    free(rules);
}

static bool rules_complain(struct rules_problem *problem, size_t offset, const char *why)
{
    problem->column = offset + 1;
    snprintf(problem->why, sizeof problem->why, "%s", why);
    return false;
}

/* ---- one rule */

/*
 * Where the arrow is that is in no quotes and no regular expression; length if there is none. If
 * one of these is not closed, the first arrow is used, and the filter's parser reports the error.
 */
static size_t find_arrow(const char *text, size_t length)
{
    const char *any = strstr(text, arrow);
    char closing = '\0';

    for (size_t i = 0; i < length; i++) {
        bool begins = i == 0 || strchr(" |(!:", text[i - 1]) != NULL;
        if (text[i] == '\\')
            i++;
        else if (closing != '\0')
            closing = text[i] == closing ? '\0' : closing;
        else if (text[i] == '"' || (text[i] == '/' && begins))
            closing = text[i];
        else if (i + 1 < length && memcmp(text + i, arrow, 2) == 0)
            return i;
    }
    return closing != '\0' && any != NULL ? (size_t)(any - text) : length;
}

static bool parse_filter(struct rule *rule, size_t length, struct rules_problem *problem)
{
    struct filter_problem wrong;

    rule->filter = filter_open(rule->text, length, &wrong);
    if (rule->filter == NULL)
        return rules_complain(problem, wrong.offset_bytes, wrong.why);
    if (filter_needs(rule->filter, FILTER_NEEDS_OUTCOME))
        return rules_complain(problem, 0,
                              "rules look only at the request: leave out status: and why:");
    if (filter_needs(rule->filter, FILTER_NEEDS_NAME))
        return rules_complain(problem, 0, "rules do not look at names: leave out name:");
    return true;
}

static bool parse_answer(struct rule *rule, size_t from, struct rules_problem *problem)
{
    const char *answer = rule->text + from;
    const char *why;

    answer += strspn(answer, " ");
    why = ack_parse(answer, &rule->answer);
    return why == NULL || rules_complain(problem, (size_t)(answer - rule->text), why);
}

static bool parse_rule(struct rule *rule, struct rules_problem *problem)
{
    size_t length = strlen(rule->text), at = find_arrow(rule->text, length);

    if (at == length)
        return rules_complain(problem, length, "=> is missing: write FILTER => REPLY");
    return parse_filter(rule, at, problem) && parse_answer(rule, at + 2, problem);
}

static bool rules_make_room(struct rules *rules)
{
    size_t room = rules->room > 0 ? rules->room * 2 : 8;
    struct rule **each;

    if (rules->count < rules->room)
        return true;
    each = realloc(rules->each, room * sizeof *each);
    if (each == NULL)
        return false;
    rules->each = each;
    rules->room = room;
    return true;
}

/* text need not end with NUL. */
static bool add_rule(struct rules *rules, const char *text, size_t length,
                     struct rules_problem *problem)
{
    struct rule *rule = calloc(1, sizeof *rule);
    char why[RULES_WHY_SIZE];

    if (rules->count == RULES_MAX) {
        free(rule);
        snprintf(why, sizeof why, "too many rules: %d at most", RULES_MAX);
        return rules_complain(problem, 0, why);
    }
    if (rule != NULL)
        rule->text = strndup(text, length);
    if (rule == NULL || rule->text == NULL || !rules_make_room(rules)) {
        free_rule(rule);
        return rules_complain(problem, 0, "not enough memory");
    }
    if (!parse_rule(rule, problem)) {
        free_rule(rule);
        return false;
    }
    rules->each[rules->count++] = rule;
    return true;
}

bool rules_add(struct rules *rules, const char *text, struct rules_problem *problem)
{
    problem->line = 1;
    return add_rule(rules, text, strlen(text), problem);
}

/* ---- a file */

static bool is_rule(const char *line, size_t length)
{
    size_t blanks = 0;

    while (blanks < length && (line[blanks] == ' ' || line[blanks] == '\t'))
        blanks++;
    return blanks < length && line[blanks] != '#';
}

bool rules_add_lines(struct rules *rules, const char *text, size_t length_bytes,
                     struct rules_problem *problem)
{
    const char *end = text + length_bytes;

    for (problem->line = 1; text < end; problem->line++) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        size_t length = (size_t)((newline != NULL ? newline : end) - text);
        size_t without_return = length > 0 && text[length - 1] == '\r' ? length - 1 : length;
        const char *nul = memchr(text, '\0', length);
        if (nul != NULL)
            return rules_complain(problem, (size_t)(nul - text), "a NUL byte: not a text file");
        if (is_rule(text, without_return) && !add_rule(rules, text, without_return, problem))
            return false;
        text += length + 1;
    }
    return true;
}

struct rules *rules_copy(const struct rules *rules)
{
    struct rules *copy = rules_open();
    struct rules_problem problem;

    for (size_t i = 0; copy != NULL && i < rules->count; i++)
        if (!rules_add(copy, rules->each[i]->text, &problem)) {
            rules_close(copy);
            return NULL;
        }
    return copy;
}

bool rules_are_numbered(const struct rules *rules)
{
    for (size_t i = 0; i < rules->count; i++)
        if (rules->each[i]->answer.row->numbered)
            return true;
    return false;
}

bool rules_finish_at_send(const struct rules *rules)
{
    for (size_t i = 0; i < rules->count; i++)
        if (rules->each[i]->answer.row->finish_at_send != NULL)
            return true;
    return false;
}

const struct ack_policy *rules_choose(const struct rules *rules,
                                      const struct filter_subject *subject)
{
    for (size_t i = 0; i < rules->count; i++)
        if (filter_evaluate(rules->each[i]->filter, subject) == FILTER_YES)
            return &rules->each[i]->answer;
    return NULL;
}
