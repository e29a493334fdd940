/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* classroom: the file of --export, cell by cell, also with names that a spreadsheet would calculate;
 * and that no right answer is shown before its time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "../judge.h"
#include "../suite.h"

#include "udptui/base/array.h"
#include "udptui/output/classroom.h"
#include "udptui/proto/event.h"

static const int64_t noon_ns = INT64_C(1800000000000000000); /* 2027-01-15T08:00:00Z */

static struct event_student student_of(uint32_t index, const char *name)
{
    struct event_student event = {
        .kind = EVENT_STUDENT,
        .index = index,
        .student = {.home = {.family = ENDPOINT_IPV4, .address = {192, 0, 2, 7}, .port = 4444},
                    .messages = 3,
                    .first_ns = noon_ns,
                    .last_ns = noon_ns + 1}};

    snprintf(event.student.name, sizeof event.student.name, "%s", name);
    return event;
}

static struct event_question question_of(unsigned number, enum quiz_state state)
{
    struct event_question event = {.kind = EVENT_QUESTION,
                                   .state = (uint8_t)state,
                                   .number = number,
                                   .asked_ns = noon_ns,
                                   .question = {.text = "What?", .right = 2}};

    quiz_question_add_option(&event.question, "no", 2);
    quiz_question_add_option(&event.question, "yes", 3);
    return event;
}

static void answer(struct event_student *event, unsigned number, uint8_t choice)
{
    event->student.answers[number - 1] = (struct quiz_answer){.choice = choice,
                                                              .first = 1,
                                                              .changes = choice != 1,
                                                              .first_ns = noon_ns,
                                                              .last_ns = noon_ns + 500000000};
}

/* Two questions, of which the first was shown, and one student. */
static struct quiz_book *book_of(const char *name, uint8_t first, uint8_t second)
{
    struct quiz_book *book = quiz_book_open(4);
    struct event_question questions[] = {question_of(1, QUIZ_SHOWN), question_of(2, QUIZ_OPEN)};
    struct event_student student = student_of(0, name);

    assert_non_null(book);
    for (size_t i = 0; i < COUNT_OF(questions); i++)
        assert_true(quiz_book_take(book, &questions[i]));
    if (first > 0)
        answer(&student, 1, first);
    if (second > 0)
        answer(&student, 2, second);
    assert_true(quiz_book_take(book, &student));
    return book;
}

/* The caller frees. */
static char *export_of(const struct quiz_book *book, enum classroom_format format, bool privacy)
{
    size_t size;
    char *text = classroom_export(book, format, privacy, NULL, &size);

    assert_non_null(text);
    assert_int_equal(strlen(text), size);
    return text;
}

static void assert_csv(struct quiz_book *book, bool privacy, const char *expected)
{
    char *text = export_of(book, CLASSROOM_CSV, privacy);
    static const char head[] =
        "name,endpoint,messages,first_seen,last_seen,right,answered,q1_answer,q1_time,q1_right,"
        "q2_answer,q2_time,q2_right\r\n";

    assert_int_equal(strncmp(text, head, strlen(head)), 0);
    assert_string_equal(text + strlen(head), expected);
    free(text);
    quiz_book_close(book);
}

#define SEEN     "3,2027-01-15T08:00:00.000000000Z,2027-01-15T08:00:00.000000001Z"
#define ANSWERED "2027-01-15T08:00:00.500000000Z"

static void the_format_is_that_of_the_suffix(void **state)
{
    static const struct {
        const char *path;
        enum classroom_format format;
    } rows[] = {{"a.csv", CLASSROOM_CSV},        {"a.b.JSON", CLASSROOM_JSON},
                {".csv", CLASSROOM_CSV},         {"csv", CLASSROOM_UNKNOWN},
                {"a.csv.gz", CLASSROOM_UNKNOWN}, {"a.csvx", CLASSROOM_UNKNOWN},
                {"a.", CLASSROOM_UNKNOWN},       {"", CLASSROOM_UNKNOWN}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (classroom_format_of(rows[i].path) != rows[i].format)
            fail_msg("%s", rows[i].path);
}

static void a_row_a_student(void **state)
{
    struct quiz_book *nobody = quiz_book_open(1);

    (void)state;
    assert_csv(book_of("kim", 2, 1), false,
               "kim,192.0.2.7:4444," SEEN ",1,1,2," ANSWERED ",yes,1," ANSWERED ",\r\n");
    assert_csv(book_of("kim", 1, 0), false,
               "kim,192.0.2.7:4444," SEEN ",0,1,1," ANSWERED ",no,,,\r\n");
    assert_csv(book_of("kim", 0, 0), true, "kim,," SEEN ",0,0,,,,,,\r\n");
    char *text = export_of(nobody, CLASSROOM_CSV, false);
    assert_string_equal(text, "name,endpoint,messages,first_seen,last_seen,right,answered\r\n");
    free(text);
    quiz_book_close(nobody);
}

static void names_are_quoted_and_calculate_nothing(void **state)
{
    static const struct {
        const char *name, *cell;
    } rows[] = {
        {"a b", "a b"},
        {"a,b", "\"a,b\""},
        {"a;b", "\"a;b\""},
        {"say \"hi\"", "\"say \"\"hi\"\"\""},
        {"=1+1", "\"'=1+1\""},
        {"+1", "\"'+1\""},
        {"-1", "\"'-1\""},
        {"@a", "\"'@a\""},
        {"\xef\xbc\x9d"
         "1",
         "\"'\xef\xbc\x9d"
         "1\""}, /* U+FF1D */
        {"a=1", "a=1"},
        {"=\"", "\"'=\"\"\""},
        {"'=1", "'=1"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char expected[256];
        snprintf(expected, sizeof expected, "%s,," SEEN ",0,0,,,,,,\r\n", rows[i].cell);
        assert_csv(book_of(rows[i].name, 0, 0), true, expected);
    }
}

/* A reader of RFC 4180 gets the name, or the name behind an apostrophe. */
static void any_name_is_one_cell(void **state)
{
    static const char letters[] = "a,;\"=+-@'\t ";
    uint64_t seed = 1;

    (void)state;
    for (int round = 0; round < 500; round++) {
        char name[16], cell[40];
        size_t length = 1 + judge_random(&seed) % (sizeof name - 1), at = 0;
        for (size_t i = 0; i < length; i++)
            name[i] = letters[judge_random(&seed) % (sizeof letters - 1)];
        name[length] = '\0';
        struct quiz_book *book = book_of(name, 0, 0);
        char *text = export_of(book, CLASSROOM_CSV, true);
        const char *from = strstr(text, "\r\n") + 2;
        bool quoted = *from == '"';
        for (from += quoted; quoted || *from != ','; from++) {
            if (quoted && *from == '"' && *++from != '"')
                break;
            assert_true(quoted || strchr("\";\t\r\n", *from) == NULL);
            cell[at++] = *from;
        }
        cell[at] = '\0';
        assert_int_equal(*from, ',');
        assert_string_equal(cell + (cell[0] == '\'' && name[0] != '\''), name);
        assert_null(strchr("=+-@", cell[0]));
        free(text);
        quiz_book_close(book);
    }
}

static json_t *json_of(struct quiz_book *book, bool privacy)
{
    char *text = export_of(book, CLASSROOM_JSON, privacy);
    json_t *object = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

    assert_non_null(object);
    assert_int_equal(text[strlen(text) - 1], '\n');
    free(text);
    quiz_book_close(book);
    return object;
}

static void json_has_each_answer(void **state)
{
    json_t *object = json_of(book_of("kim", 2, 1), false);
    const json_t *student = json_array_get(json_object_get(object, "students"), 0);
    const json_t *questions = json_object_get(object, "questions");
    const json_t *answers = json_object_get(student, "answers");

    (void)state;
    assert_string_equal(json_string_value(json_object_get(student, "name")), "kim");
    assert_string_equal(json_string_value(json_object_get(student, "endpoint")), "192.0.2.7:4444");
    assert_int_equal(json_array_size(answers), 2);
    assert_int_equal(json_integer_value(json_object_get(student, "right")), 1);
    assert_int_equal(json_integer_value(json_object_get(student, "answered")),
                     1); /* of shown ones */
    assert_string_equal(json_string_value(json_object_get(json_array_get(questions, 1), "asked")),
                        "2027-01-15T08:00:00.000000000Z");
    const json_t *shown = json_array_get(answers, 0), *open = json_array_get(answers, 1);
    assert_true(json_is_true(json_object_get(shown, "right")));
    assert_true(json_is_null(json_object_get(open, "right"))); /* not known yet */
    assert_int_equal(json_integer_value(json_object_get(shown, "answer")), 2);
    assert_int_equal(json_integer_value(json_object_get(shown, "first_answer")), 1);
    assert_int_equal(json_integer_value(json_object_get(shown, "changes")), 1);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(questions, 0), "right")), 2);
    assert_null(json_object_get(json_array_get(questions, 1), "right"));
    json_decref(object);
    object = json_of(book_of("kim", 0, 2), true);
    student = json_array_get(json_object_get(object, "students"), 0);
    answers = json_object_get(student, "answers");
    assert_null(json_object_get(student, "endpoint"));
    assert_int_equal(json_array_size(answers), 1); /* that of the second question */
    assert_int_equal(json_integer_value(json_object_get(json_array_get(answers, 0), "question")),
                     2);
    json_decref(object);
}

/* Lines and JSON of a question say which answer is right once it is shown. */
static void the_right_answer_comes_when_it_is_shown(void **state)
{
    static bool (*const writers[])(const struct serve_output *output, const void *record) = {
        classroom_write_line, classroom_write_json};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(writers); i++)
        for (int at = 0; at < 3; at++) {
            static const enum quiz_state states[] = {QUIZ_OPEN, QUIZ_CLOSED, QUIZ_SHOWN};
            struct event_question question = question_of(1, states[at]);
            char *text = NULL;
            size_t size;
            struct serve_output output = {.file = open_memstream(&text, &size)};
            assert_true(writers[i](&output, &question));
            fclose(output.file);
            assert_int_equal(strstr(text, "right") != NULL, states[at] == QUIZ_SHOWN);
            assert_non_null(strstr(text, "What?"));
            free(text);
        }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_format_is_that_of_the_suffix),
    cmocka_unit_test(a_row_a_student),
    cmocka_unit_test(names_are_quoted_and_calculate_nothing),
    cmocka_unit_test(any_name_is_one_cell),
    cmocka_unit_test(json_has_each_answer),
    cmocka_unit_test(the_right_answer_comes_when_it_is_shown),
};

const struct suite suite_classroom = {
    .name = "classroom", .tests = tests, .count = sizeof tests / sizeof *tests};
