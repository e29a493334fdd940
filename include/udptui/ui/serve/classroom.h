/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* classroom: what a session of serve --class has besides: the book of students and answers, the
 * questions of --questions, and the file of --export. */
#ifndef UDPTUI_UI_SERVE_CLASSROOM_H
#define UDPTUI_UI_SERVE_CLASSROOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/lesson/catalogs.h"
#include "udptui/proto/endpoint.h"
#include "udptui/proto/quiz.h"
#include "udptui/proto/quiz_book.h"
#include "udptui/proto/roster.h"

enum { CLASSROOM_ERROR_SIZE = 400 };

struct classroom_options {
    int64_t students;      /* places, 0: there is no quiz */
    const char *questions; /* a file, NULL: none */
    const char *export;    /* a file, NULL: none */
};

/* All zero: there is no class, and every function does nothing. */
struct classroom {
    struct quiz_book *book;         /* NULL: there is no quiz */
    struct quiz_question *prepared; /* of the file */
    size_t prepared_count;
    const char *export;    /* NULL: none */
    int64_t export_due_ns; /* INT64_MAX: nothing has changed since it was written */
    struct catalogs_opened catalogs;
    const struct catalog *catalog; /* of the questions of lessons; NULL: English */
    bool privacy;
    const struct zones *zones;
};

/* Reads the questions and makes the file of the export (an existing one only with force); reports what
 * is wrong and sets *status. classroom_close must follow either way. */
bool classroom_open(struct classroom *classroom, const struct classroom_options *options,
                    bool force, bool privacy, const struct zones *zones, int *status);
void classroom_close(struct classroom *classroom);

/* Takes a record of the class. Whether it was one that changes the book. */
bool classroom_take(struct classroom *classroom, const void *record);

/* Writes the export if it is due: soon after what changed, so that a program that cannot end as usual
 * (its output is blocked, the power fails) loses little. A failure is reported at the end. */
void classroom_keep_export(struct classroom *classroom, int64_t now_ns);

/* Gives the names of a student's endpoints, EVENT_STUDENT, to a roster. True if one changes. */
bool classroom_name(struct roster *roster, const void *record);

/* Writes the file of --export, at once in place of the last one. False with the error "FILE: why". */
bool classroom_write_export(const struct classroom *classroom, char *error);

/* At the end of the session. Returns status, or EXIT_SETUP with the error reported. */
int classroom_finish(const struct classroom *classroom, int status);

#endif
