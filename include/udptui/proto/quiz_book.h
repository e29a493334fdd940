/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quiz_book: what the records of a class (proto/quiz_event) add up to: tallies, scores, who is
 * missing. For the screen and for --export. */
#ifndef UDPTUI_PROTO_QUIZ_BOOK_H
#define UDPTUI_PROTO_QUIZ_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/quiz_event.h"

struct quiz_book;

/* NULL if memory is short; quiz_book_close frees (NULL allowed). */
struct quiz_book *quiz_book_open(uint32_t students);
void quiz_book_close(struct quiz_book *book);

/* Takes a record of the class; others are ignored. Whether it was one of those that change the book. */
bool quiz_book_take(struct quiz_book *book, const void *record);

/* The totals that came last; valid until the next record. */
const struct event_quiz_totals *quiz_book_totals(const struct quiz_book *book);

/* Questions asked so far, and one of them by its number from 1 on. */
unsigned quiz_book_questions(const struct quiz_book *book);
const struct event_question *quiz_book_question(const struct quiz_book *book, unsigned number);

/* Students, and one of them in the order of their names, from 0. */
uint32_t quiz_book_students(const struct quiz_book *book);
const struct quiz_student *quiz_book_student(const struct quiz_book *book, uint32_t index);

/* How often each choice was taken. */
struct quiz_tally {
    uint32_t students, answered;
    uint32_t counts[QUIZ_OPTIONS_MAX]; /* [0]: of choice 1 */
};
struct quiz_tally quiz_book_tally(const struct quiz_book *book, unsigned number);

/* What a student got right, of the questions whose right answer was shown. */
struct quiz_score {
    unsigned right, answered, shown; /* answered: of the shown ones */
    unsigned given;                  /* of all questions */
};
struct quiz_score quiz_book_score(const struct quiz_book *book, const struct quiz_student *student);

/* Whether an answer is right: 1, wrong: 0, not known yet: -1. */
int quiz_book_is_right(const struct event_question *question, const struct quiz_answer *answer);

/* A part in percent, rounded to the nearest; 0 of nothing. */
unsigned quiz_percent(uint32_t part, uint32_t whole);

#endif
