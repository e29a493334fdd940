/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules: those that can match (rules_index) are tried in order. */
#include "udptui/proto/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter_internal.h"
#include "rules_index_internal.h"

static const char arrow[] = "=>";

struct rule {
    char *text; /* as it was given, for copies */
    struct filter *filter;
    struct ack_policy answer;
};

struct rules {
    struct rule **each;
    size_t count, room;
    rules_read_file *read_file;
    struct rules_index *index; /* NULL: not made yet since the last rule was added */
    struct ack_groups groups;  /* of the latest choice */
};

struct rules *rules_open(rules_read_file *read_file)
{
    struct rules *rules = calloc(1, sizeof *rules);

    if (rules != NULL)
        rules->read_file = read_file;
    return rules;
}

static void free_rule(struct rule *rule)
{
    if (rule == NULL)
        return;
    filter_close(rule->filter);
    ack_close(&rule->answer);
    free(rule->text);
    free(rule);
}

void rules_close(struct rules *rules)
{
    if (rules == NULL)
        return;
    for (size_t i = 0; i < rules->count; i++)
        free_rule(rules->each[i]);
    rules_index_close(rules->index);
    free(rules->each);
    free(rules);
}

static bool rules_complain(struct rules_problem *problem, size_t offset, const char *why)
{
    problem->column = offset + 1;
    problem->no_memory = false;
    snprintf(problem->why, sizeof problem->why, "%s", why);
    return false;
}

static bool rules_lack_memory(struct rules_problem *problem)
{
    rules_complain(problem, 0, "not enough memory");
    problem->no_memory = true;
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
    if (rule->filter == NULL && wrong.no_memory)
        return rules_lack_memory(problem);
    if (rule->filter == NULL)
        return rules_complain(problem, wrong.offset_bytes, wrong.why);
    if (filter_needs(rule->filter, FILTER_NEEDS_OUTCOME))
        return rules_complain(problem, 0,
                              "rules look only at the request: leave out status: and why:");
    if (filter_needs(rule->filter, FILTER_NEEDS_NAME))
        return rules_complain(problem, 0, "rules do not look at names: leave out name:");
    return true;
}

static bool parse_answer(struct rule *rule, size_t from, rules_read_file *read_file,
                         struct rules_problem *problem)
{
    const struct ack_reading reading = {.groups = filter_groups(rule->filter),
                                        .read_file = read_file};
    struct ack_problem wrong;

    if (ack_parse_answer(rule->text + from, &reading, &rule->answer, &wrong))
        return true;
    return wrong.no_memory ? rules_lack_memory(problem)
                           : rules_complain(problem, from + wrong.offset_bytes, wrong.why);
}

static bool parse_rule(struct rule *rule, rules_read_file *read_file, struct rules_problem *problem)
{
    size_t length = strlen(rule->text), at = find_arrow(rule->text, length);

    if (at == length)
        return rules_complain(problem, length, "=> is missing: write FILTER => ANSWER");
    return parse_filter(rule, at, problem) && parse_answer(rule, at + 2, read_file, problem);
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

/* Adds a rule, which is the rules' from now on. */
static bool keep_rule(struct rules *rules, struct rule *rule)
{
    if (!rules_make_room(rules)) {
        free_rule(rule);
        return false;
    }
    rules->each[rules->count++] = rule;
    rules_index_close(rules->index);
    rules->index = NULL;
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
    if (rule == NULL || rule->text == NULL) {
        free_rule(rule);
        return rules_lack_memory(problem);
    }
    if (!parse_rule(rule, rules->read_file, problem)) {
        free_rule(rule);
        return false;
    }
    return keep_rule(rules, rule) || rules_lack_memory(problem);
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

/* ---- copies and questions */

/* The filter is parsed again, because it belongs to one thread; the files are not read again. */
static struct rule *copy_rule(const struct rule *rule)
{
    struct rule *copy = calloc(1, sizeof *copy);
    struct filter_problem problem;

    if (copy == NULL)
        return NULL;
    copy->text = strdup(rule->text);
    if (copy->text != NULL)
        copy->filter =
            filter_open(copy->text, find_arrow(copy->text, strlen(copy->text)), &problem);
    if (copy->filter != NULL && ack_copy(&copy->answer, &rule->answer))
        return copy;
    free_rule(copy);
    return NULL;
}

struct rules *rules_copy(const struct rules *rules)
{
    struct rules *copy = rules_open(rules->read_file);

    for (size_t i = 0; copy != NULL && i < rules->count; i++) {
        struct rule *rule = copy_rule(rules->each[i]);
        if (rule == NULL || !keep_rule(copy, rule)) {
            rules_close(copy);
            return NULL;
        }
    }
    return copy;
}

static bool ack_is_numbered(const struct ack_policy *policy)
{
    return policy->row->numbered;
}

static bool finishes_at_send(const struct ack_policy *policy)
{
    return policy->row->finish_at_send != NULL;
}

/* Whether this holds of a datagram of some rule's answer. */
static bool rules_have(const struct rules *rules, bool (*holds)(const struct ack_policy *policy))
{
    for (size_t i = 0; i < rules->count; i++)
        for (const struct ack_policy *at = &rules->each[i]->answer; at != NULL; at = at->next)
            if (holds(at))
                return true;
    return false;
}

const char *rules_doubt(const struct rules *rules, const struct filter_problem **doubt)
{
    for (size_t i = 0; i < rules->count; i++) {
        *doubt = filter_doubt(rules->each[i]->filter);
        if (*doubt != NULL)
            return rules->each[i]->text;
    }
    return NULL;
}

bool rules_are_numbered(const struct rules *rules)
{
    return rules_have(rules, ack_is_numbered);
}

bool rules_finish_at_send(const struct rules *rules)
{
    return rules_have(rules, finishes_at_send);
}

bool rules_use_another_port(const struct rules *rules)
{
    return rules_have(rules, ack_uses_another_port);
}

/* ---- choosing */

static bool make_index(struct rules *rules)
{
    const struct filter **filters = calloc(rules->count + 1, sizeof *filters);

    for (size_t i = 0; filters != NULL && i < rules->count; i++)
        filters[i] = rules->each[i]->filter;
    if (filters != NULL)
        rules->index = rules_index_open(filters, rules->count);
    free(filters);
    return rules->index != NULL;
}

bool rules_prepare(struct rules *rules)
{
    return rules->index != NULL || make_index(rules);
}

static const struct ack_policy *try_rule(const struct rules *rules, size_t number,
                                         const struct filter_subject *subject,
                                         const struct rules_draw *draw)
{
    const struct rule *rule = rules->each[number];

    return filter_evaluate(rule->filter, subject) == FILTER_YES &&
                   ack_draw(&rule->answer, draw->seed, draw->number, number)
               ? &rule->answer
               : NULL;
}

static void keep_groups(struct rules *rules, const struct filter *filter)
{
    size_t count = filter_groups(filter);

    for (size_t i = 0; i < ACK_GROUPS; i++)
        rules->groups.each[i] = (struct ack_group){.bytes = NULL};
    for (size_t i = 0; i < ACK_GROUPS && i < count; i++)
        filter_group(filter, i + 1, &rules->groups.each[i].bytes,
                     &rules->groups.each[i].size_bytes);
}

static const struct ack_policy *try_word(struct rules *rules, uint64_t word, size_t first,
                                         const struct filter_subject *subject,
                                         const struct rules_draw *draw)
{
    for (; word != 0; word &= word - 1) {
        size_t number = first + (size_t)__builtin_ctzll(word);
        const struct ack_policy *chosen = try_rule(rules, number, subject, draw);
        if (chosen == NULL)
            continue;
        if (rules->each[number]->filter->regex != NULL)
            keep_groups(rules, rules->each[number]->filter);
        return chosen;
    }
    return NULL;
}

bool rules_may_apply(const struct rules *rules, const struct filter_subject *subject)
{
    return rules->index == NULL || rules_index_touches(rules->index, subject);
}

const struct ack_policy *rules_choose(struct rules *rules, const struct filter_subject *subject,
                                      const struct rules_draw *draw)
{
    const struct ack_policy *chosen = NULL;
    struct rules_set candidates;

    if (!rules_prepare(rules))
        return NULL;
    rules_index_find(rules->index, subject, &candidates);
    for (size_t i = 0; chosen == NULL && i < RULES_WORDS; i++)
        chosen = try_word(rules, candidates.words[i], 64 * i, subject, draw);
    return chosen;
}

const struct ack_groups *rules_groups(const struct rules *rules)
{
    return &rules->groups;
}
