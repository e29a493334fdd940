/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* classroom_export: the file of --export. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "classroom_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/ascii.h"
#include "udptui/base/units.h"
#include "udptui/output/classroom.h"
#include "udptui/output/json.h"

enum classroom_format classroom_format_of(const char *path)
{
    const char *dot = strrchr(path, '.');

    if (dot != NULL && ascii_equal(dot, ".csv"))
        return CLASSROOM_CSV;
    return dot != NULL && ascii_equal(dot, ".json") ? CLASSROOM_JSON : CLASSROOM_UNKNOWN;
}

/* What both formats write. */
struct exporting {
    const struct quiz_book *book;
    bool privacy;
    const struct zones *zones;
    FILE *file;
};

/* The endpoint that sent last; "" with --privacy. */
static const char *classroom_endpoint(const struct exporting *exporting,
                                      const struct quiz_student *student, char *out)
{
    out[0] = '\0';
    if (!exporting->privacy)
        endpoint_format_in(&student->home, exporting->zones, out, ENDPOINT_TEXT_SIZE);
    return out;
}

/* ---- CSV */

/* Whether a spreadsheet would take it for a formula; some take the full-width signs as well. */
static bool classroom_is_formula(const char *text)
{
    static const char *const signs[] = {"=",
                                        "+",
                                        "-",
                                        "@",
                                        "\xef\xbc\x9d" /* U+FF1D */,
                                        "\xef\xbc\x8b" /* U+FF0B */,
                                        "\xef\xbc\x8d" /* U+FF0D */,
                                        "\xef\xbc\xa0" /* U+FF20 */};

    for (size_t i = 0; i < COUNT_OF(signs); i++)
        if (strncmp(text, signs[i], strlen(signs[i])) == 0)
            return true;
    return false;
}

/* A cell that begins like a formula gets an apostrophe, which spreadsheets show as text. In quotes as
 * well what would begin another cell if the semicolon separates them. */
static void classroom_cell(FILE *file, const char *text)
{
    bool formula = classroom_is_formula(text);

    if (!formula && strpbrk(text, "\",;\t\r\n") == NULL) {
        fputs(text, file);
        return;
    }
    fputc('"', file);
    if (formula)
        fputc('\'', file);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            fputc('"', file);
        fputc(*text, file);
    }
    fputc('"', file);
}

static void classroom_csv_head(const struct exporting *exporting)
{
    fputs("name,endpoint,messages,first_seen,last_seen,right,answered", exporting->file);
    for (unsigned i = 1; i <= quiz_book_questions(exporting->book); i++)
        fprintf(exporting->file, ",q%u_answer,q%u_time,q%u_right", i, i, i);
    fputs("\r\n", exporting->file);
}

static void classroom_csv_answer(const struct exporting *exporting,
                                 const struct quiz_student *student, unsigned number)
{
    const struct quiz_answer *answer = &student->answers[number - 1];
    int right = quiz_book_is_right(quiz_book_question(exporting->book, number), answer);
    char time[UNITS_TEXT_SIZE];

    if (answer->choice == 0) {
        fputs(",,,", exporting->file);
        return;
    }
    fprintf(exporting->file, ",%u,%s,%s", answer->choice,
            units_iso8601(answer->last_ns, time, sizeof time),
            right < 0 ? ""
            : right   ? "yes"
                      : "no");
}

static void classroom_csv_student(const struct exporting *exporting,
                                  const struct quiz_student *student)
{
    const struct quiz_score score = quiz_book_score(exporting->book, student);
    char endpoint[ENDPOINT_TEXT_SIZE], first[UNITS_TEXT_SIZE], last[UNITS_TEXT_SIZE];

    classroom_cell(exporting->file, student->name);
    fputc(',', exporting->file);
    classroom_cell(exporting->file, classroom_endpoint(exporting, student, endpoint));
    fprintf(exporting->file, ",%" PRIu64 ",%s,%s,%u,%u", student->messages,
            units_iso8601(student->first_ns, first, sizeof first),
            units_iso8601(student->last_ns, last, sizeof last), score.right, score.answered);
    for (unsigned i = 1; i <= quiz_book_questions(exporting->book); i++)
        classroom_csv_answer(exporting, student, i);
    fputs("\r\n", exporting->file);
}

static bool classroom_export_csv(const struct exporting *exporting)
{
    classroom_csv_head(exporting);
    for (uint32_t i = 0; i < quiz_book_students(exporting->book); i++)
        classroom_csv_student(exporting, quiz_book_student(exporting->book, i));
    return !ferror(exporting->file);
}

/* ---- JSON */

static void classroom_add_time(json_t *object, const char *key, int64_t wall_ns)
{
    char time[UNITS_TEXT_SIZE];

    json_object_set_new(object, key, json_string(units_iso8601(wall_ns, time, sizeof time)));
}

static json_t *classroom_answer_json(const struct event_question *question,
                                     const struct quiz_answer *answer)
{
    json_t *object = json_object();
    int right = quiz_book_is_right(question, answer);

    json_add_count(object, "question", question->number);
    json_add_count(object, "answer", answer->choice);
    classroom_add_time(object, "time", answer->last_ns);
    json_add_count(object, "first_answer", answer->first);
    classroom_add_time(object, "first_time", answer->first_ns);
    json_add_count(object, "changes", answer->changes);
    json_add_count(object, "repeats", answer->repeats);
    json_object_set_new(object, "right", right < 0 ? json_null() : json_boolean(right));
    return object;
}

static json_t *classroom_student_json(const struct exporting *exporting,
                                      const struct quiz_student *student)
{
    const struct quiz_score score = quiz_book_score(exporting->book, student);
    json_t *object = json_object(), *answers = json_array();
    char endpoint[ENDPOINT_TEXT_SIZE];

    json_object_set_new(object, "name", json_string(student->name));
    if (!exporting->privacy)
        json_object_set_new(object, "endpoint",
                            json_string(classroom_endpoint(exporting, student, endpoint)));
    json_add_count(object, "messages", student->messages);
    classroom_add_time(object, "first_seen", student->first_ns);
    classroom_add_time(object, "last_seen", student->last_ns);
    json_object_set_new(object, "confirmed", json_boolean(quiz_student_confirmed(student)));
    json_add_count(object, "conflicts", student->conflicts);
    json_add_count(object, "right", score.right);
    json_add_count(object, "answered", score.answered);
    for (unsigned i = 1; i <= quiz_book_questions(exporting->book); i++)
        if (student->answers[i - 1].choice > 0)
            json_array_append_new(answers,
                                  classroom_answer_json(quiz_book_question(exporting->book, i),
                                                        &student->answers[i - 1]));
    json_object_set_new(object, "answers", answers);
    return object;
}

static bool classroom_export_json(const struct exporting *exporting)
{
    json_t *object =
        classroom_totals_json(json_event("class_export"), quiz_book_totals(exporting->book));
    json_t *questions = json_array(), *students = json_array();

    for (unsigned i = 1; i <= quiz_book_questions(exporting->book); i++) {
        const struct event_question *question = quiz_book_question(exporting->book, i);
        json_t *row = classroom_question_json(json_object(), question);
        classroom_add_time(row, "asked", question->asked_ns);
        json_array_append_new(questions, row);
    }
    for (uint32_t i = 0; i < quiz_book_students(exporting->book); i++)
        json_array_append_new(
            students, classroom_student_json(exporting, quiz_book_student(exporting->book, i)));
    json_object_set_new(object, "questions", questions);
    json_object_del(object, "students"); /* their number is that of the list */
    json_object_set_new(object, "students", students);
    return json_write_line(exporting->file, object);
}

/* ---- */

char *classroom_export(const struct quiz_book *book, enum classroom_format format, bool privacy,
                       const struct zones *zones, size_t *size_bytes)
{
    char *text = NULL;
    struct exporting exporting = {.book = book,
                                  .privacy = privacy,
                                  .zones = zones,
                                  .file = open_memstream(&text, size_bytes)};
    bool whole;

    if (exporting.file == NULL)
        return NULL;
    whole = format == CLASSROOM_CSV ? classroom_export_csv(&exporting)
                                    : classroom_export_json(&exporting);
    if (fclose(exporting.file) == 0 && whole)
        return text;
    free(text);
    return NULL;
}
