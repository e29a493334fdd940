/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/proto/quiz_file.h"

#include <stdio.h>
#include <string.h>

#include "udptui/base/array.h"

enum { FIELD_BYTES = 4096 };

struct quiz_reading {
    const char *at;
    size_t left;
    bool lesson; /* other fields are passed over */
    size_t line; /* of what is at `at` */
    struct quiz_question *questions;
    size_t count, most;
    size_t question_line;    /* of the latest Question */
    char value[FIELD_BYTES]; /* of the field, with the lines that continue it */
    size_t length;
    size_t field_line, field_column; /* of the value */
    struct quiz_file_problem *problem;
};

static bool quiz_fail(struct quiz_reading *reading, size_t line, size_t column, const char *why)
{
    reading->problem->line = line;
    reading->problem->column = column;
    snprintf(reading->problem->why, sizeof reading->problem->why, "%s", why);
    return false;
}

/* ---- the fields */

/* What is wrong with the latest question as a whole. */
static bool quiz_end_question(struct quiz_reading *reading)
{
    const char *why =
        reading->count > 0 ? quiz_question_check(&reading->questions[reading->count - 1]) : NULL;

    return why == NULL || quiz_fail(reading, reading->question_line, 1, why);
}

static const char *quiz_field_question(struct quiz_reading *reading)
{
    if (reading->count == reading->most)
        return "too many questions: at most 100";
    reading->questions[reading->count] = (struct quiz_question){.right = 0};
    reading->question_line = reading->field_line;
    return quiz_question_set_text(&reading->questions[reading->count++], reading->value,
                                  reading->length);
}

static const char *quiz_field_choice(struct quiz_reading *reading)
{
    if (reading->count == 0)
        return "a Choice stands behind its Question";
    return quiz_question_add_option(&reading->questions[reading->count - 1], reading->value,
                                    reading->length);
}

static const char *quiz_field_answer(struct quiz_reading *reading)
{
    struct quiz_question *question;
    const char *why;

    if (reading->count == 0)
        return "an Answer stands behind its Question";
    question = &reading->questions[reading->count - 1];
    if (question->right != 0)
        return "a question has one Answer: the other choices are Choice";
    why = quiz_question_add_option(question, reading->value, reading->length);
    question->right = why == NULL ? question->option_count : 0;
    return why;
}

static const struct quiz_field {
    const char *name;
    const char *(*take)(struct quiz_reading *reading);
} quiz_fields[] = {{"Question", quiz_field_question},
                   {"Choice", quiz_field_choice},
                   {"Answer", quiz_field_answer}};

static const struct quiz_field *quiz_find_field(const char *name, size_t length)
{
    for (size_t i = 0; i < COUNT_OF(quiz_fields); i++)
        if (strlen(quiz_fields[i].name) == length && memcmp(quiz_fields[i].name, name, length) == 0)
            return &quiz_fields[i];
    return NULL;
}

/* ---- the lines */

/* The next line without its end. False at the end of the text. */
static bool quiz_file_line(struct quiz_reading *reading, const char **line, size_t *length)
{
    const char *end;

    if (reading->left == 0)
        return false;
    end = memchr(reading->at, '\n', reading->left);
    *line = reading->at;
    *length = end != NULL ? (size_t)(end - reading->at) : reading->left;
    reading->at += *length + (end != NULL);
    reading->left -= *length + (end != NULL);
    reading->line++;
    if (*length > 0 && (*line)[*length - 1] == '\r')
        --*length;
    return true;
}

static bool quiz_is_space_at(const char *line, size_t length, size_t at)
{
    return at < length && (line[at] == ' ' || line[at] == '\t');
}

static size_t quiz_skip_spaces(const char *line, size_t length, size_t at)
{
    while (quiz_is_space_at(line, length, at))
        at++;
    return at;
}

static bool quiz_add_value(struct quiz_reading *reading, const char *bytes, size_t length)
{
    if (length + 1 > sizeof reading->value - reading->length)
        return quiz_fail(reading, reading->field_line, reading->field_column,
                         "the text is too long");
    if (reading->length > 0)
        reading->value[reading->length++] = ' ';
    memcpy(reading->value + reading->length, bytes, length);
    reading->length += length;
    return true;
}

/* Lines that continue the field. */
static bool quiz_read_more(struct quiz_reading *reading)
{
    const char *line;
    size_t length;

    while (reading->left > 0 && (*reading->at == ' ' || *reading->at == '\t')) {
        quiz_file_line(reading, &line, &length);
        size_t from = quiz_skip_spaces(line, length, 0);
        if (from < length && !quiz_add_value(reading, line + from, length - from))
            return false;
    }
    return true;
}

/* The lines that continue another field. */
static bool quiz_pass_over(struct quiz_reading *reading)
{
    const char *line;
    size_t length;

    while (reading->left > 0 && memchr(" \t\r\n", *reading->at, 4) != NULL)
        quiz_file_line(reading, &line, &length);
    return true;
}

/* "Choice: the reply was lost" */
static bool quiz_read_field(struct quiz_reading *reading, const char *line, size_t length)
{
    const char *colon = memchr(line, ':', length), *why;
    size_t name = colon != NULL ? (size_t)(colon - line) : 0;
    const struct quiz_field *field = quiz_find_field(line, name);
    size_t from;

    if (field == NULL && reading->lesson && name > 0)
        return quiz_pass_over(reading);
    if (field == NULL)
        return quiz_fail(reading, reading->line, 1,
                         "not a field: it begins with 'Question:', 'Choice:' or 'Answer:'");
    from = quiz_skip_spaces(line, length, name + 1);
    reading->length = 0;
    reading->field_line = reading->line;
    reading->field_column = from + 1;
    if (field->take == quiz_field_question && !quiz_end_question(reading))
        return false;
    if (!quiz_add_value(reading, line + from, length - from) || !quiz_read_more(reading))
        return false;
    why = field->take(reading);
    return why == NULL || quiz_fail(reading, reading->field_line, reading->field_column, why);
}

size_t quiz_file_read(const char *text, size_t size_bytes, bool lesson,
                      struct quiz_question *questions, size_t most,
                      struct quiz_file_problem *problem)
{
    struct quiz_reading reading = {.at = text,
                                   .left = size_bytes,
                                   .lesson = lesson,
                                   .questions = questions,
                                   .most = most,
                                   .problem = problem};
    const char *line;
    size_t length;

    while (quiz_file_line(&reading, &line, &length)) {
        size_t from = quiz_skip_spaces(line, length, 0);
        if (from == length || line[0] == '#')
            continue;
        if (from > 0) {
            quiz_fail(
                &reading, reading.line, 1,
                "a line that begins with a blank continues a field, but none stands above it");
            return 0;
        }
        if (!quiz_read_field(&reading, line, length))
            return 0;
    }
    if (reading.count == 0) {
        quiz_fail(&reading, 1, 1, "there is no question: 'Question: ...'");
        return 0;
    }
    return quiz_end_question(&reading) ? reading.count : 0;
}
