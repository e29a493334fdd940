/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/ui/serve/classroom.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "udptui/base/units.h"
#include "udptui/output/classroom.h"
#include "udptui/proto/event.h"
#include "udptui/proto/quiz_file.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/files.h"
#include "udptui/sys/locale.h"
#include "udptui/sys/report.h"

enum { QUESTIONS_BYTES_MAX = 1 << 20 };

/* ---- the questions */

static bool classroom_parse(struct classroom *classroom, const char *path, const char *text,
                            size_t size_bytes, int *status)
{
    struct quiz_file_problem problem;

    const char *dot = strrchr(path, '.');
    bool lesson = dot != NULL && strcmp(dot, ".lesson") == 0;

    classroom->prepared_count =
        quiz_file_read(text, size_bytes, lesson, classroom->prepared, QUIZ_QUESTIONS_MAX, &problem);
    if (classroom->prepared_count > 0)
        return true;
    *status = EXIT_USAGE;
    report_error("%s:%zu:%zu: %s", path, problem.line, problem.column, problem.why);
    return false;
}

static bool classroom_read_questions(struct classroom *classroom, const char *path, int *status)
{
    char *text = malloc(QUESTIONS_BYTES_MAX + 1);
    const char *why = "not enough memory";
    size_t size = 0;
    bool read;

    classroom->prepared = calloc(QUIZ_QUESTIONS_MAX, sizeof *classroom->prepared);
    if (text != NULL && classroom->prepared != NULL)
        why = files_read(path, (uint8_t *)text, QUESTIONS_BYTES_MAX + 1, &size);
    if (why == NULL && size > QUESTIONS_BYTES_MAX)
        why = "longer than 1 MiB";
    if (why != NULL)
        report_error("--questions %s: %s", path, why);
    read = why == NULL && classroom_parse(classroom, path, text, size, status);
    free(text);
    return read;
}

/* ---- the export */

static const int64_t classroom_keep_ns = 2 * UNITS_NS_PER_S; /* after a change */

bool classroom_write_export(const struct classroom *classroom, char *error)
{
    const char *path = classroom->export, *why = "not enough memory";
    size_t size = 0;
    char *text = classroom_export(classroom->book, classroom_format_of(path), classroom->privacy,
                                  classroom->zones, &size);

    if (text != NULL)
        why = files_replace(path, text, size, false);
    free(text);
    if (why != NULL)
        snprintf(error, CLASSROOM_ERROR_SIZE, "%s: %s", path, why);
    return why == NULL;
}

/* The first time now, so that a file that cannot be written is known before the class begins. */
static bool classroom_begin_export(struct classroom *classroom, const char *path, bool force,
                                   int *status)
{
    char error[CLASSROOM_ERROR_SIZE];

    if (classroom_format_of(path) == CLASSROOM_UNKNOWN) {
        *status = EXIT_USAGE;
        report_error("--export %s: " CLASSROOM_NAMES, path);
        return false;
    }
    if (files_look(path) != FILES_NOTHING && !force) {
        report_error("--export %s: the file exists: choose another name, or --force", path);
        return false;
    }
    classroom->export = path;
    if (classroom_write_export(classroom, error))
        return true;
    report_error("--export %s", error);
    classroom->export = NULL;
    return false;
}

void classroom_keep_export(struct classroom *classroom, int64_t now_ns)
{
    char error[CLASSROOM_ERROR_SIZE];

    if (now_ns < classroom->export_due_ns)
        return;
    classroom->export_due_ns = INT64_MAX;
    classroom_write_export(classroom, error);
}

int classroom_finish(const struct classroom *classroom, int status)
{
    char error[CLASSROOM_ERROR_SIZE];

    if (classroom->export == NULL || classroom_write_export(classroom, error))
        return status;
    report_error("--export %s", error);
    return EXIT_SETUP;
}

/* ---- */

bool classroom_open(struct classroom *classroom, const struct classroom_options *options,
                    bool force, bool privacy, const struct zones *zones, int *status)
{
    const struct language_environment environment = locale_environment();

    *classroom = (struct classroom){.privacy = privacy, .zones = zones, .export_due_ns = INT64_MAX};
    *status = EXIT_SETUP;
    if (options->students == 0)
        return true;
    classroom->catalog =
        catalogs_open(&classroom->catalogs, language_choose(&environment, catalogs_languages),
                      TEXT_UTF8); /* of datagrams, whatever the terminal shows */
    classroom->book = quiz_book_open((uint32_t)options->students);
    if (classroom->book == NULL) {
        report_error("not enough memory for the class: use fewer --students");
        return false;
    }
    return (options->questions == NULL ||
            classroom_read_questions(classroom, options->questions, status)) &&
           (options->export == NULL ||
            classroom_begin_export(classroom, options->export, force, status));
}

void classroom_close(struct classroom *classroom)
{
    quiz_book_close(classroom->book);
    catalogs_close(&classroom->catalogs);
    free(classroom->prepared);
    *classroom = (struct classroom){.book = NULL};
}

bool classroom_take(struct classroom *classroom, const void *record)
{
    bool taken = classroom->book != NULL && quiz_book_take(classroom->book, record);

    if (taken && classroom->export != NULL && classroom->export_due_ns == INT64_MAX)
        classroom->export_due_ns = clock_monotonic_ns() + classroom_keep_ns;
    return taken;
}

bool classroom_name(struct roster *roster, const void *record)
{
    const struct quiz_student *student = &((const struct event_student *)record)->student;
    bool changed = false;

    if (roster == NULL || event_kind_of(record) != EVENT_STUDENT || student->name[0] == '\0')
        return false;
    for (size_t i = 0; i < student->seats; i++)
        changed |= roster_assign(roster, student->seat[i].slot, student->seat[i].generation,
                                 &student->seat[i].endpoint, student->name);
    return changed;
}
