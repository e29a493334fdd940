/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quiz_file: a file of questions, in the form of a lesson's fields:
 *
 *     Question: A message gets no reply. What does the sender know?
 *     Choice: the message was lost
 *     Choice: the reply was lost
 *     Answer: it cannot tell them apart
 *
 * Answer is a choice, too, and the right one; without it nobody is right (an opinion). A line that
 * begins with a blank continues the one before; a line that begins with '#' is a comment. The next
 * Question begins the next question.
 */
#ifndef UDPTUI_PROTO_QUIZ_FILE_H
#define UDPTUI_PROTO_QUIZ_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "udptui/proto/quiz_question.h"

struct quiz_file_problem {
    size_t line, column; /* from 1; column in bytes */
    char why[160];
};

/* Reads all questions; questions: room for `most`. lesson: other fields are passed over, as those of a
 * lesson. Returns how many, 0 with the problem set. */
size_t quiz_file_read(const char *text, size_t size_bytes, bool lesson,
                      struct quiz_question *questions, size_t most,
                      struct quiz_file_problem *problem);

#endif
