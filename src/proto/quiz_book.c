/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/proto/quiz_book.h"

#include <stdlib.h>
#include <string.h>

#include "udptui/proto/event.h"

struct quiz_book {
    uint32_t places;
    struct quiz_student *students;       /* by place */
    const struct quiz_student **ordered; /* by name */
    uint32_t count;
    unsigned asked;
    struct event_question questions[QUIZ_QUESTIONS_MAX];
    struct event_quiz_totals totals;
};

struct quiz_book *quiz_book_open(uint32_t students)
{
    struct quiz_book *book = calloc(1, sizeof *book);

    if (book == NULL)
        return NULL;
    book->places = students;
    book->totals.places = students;
    book->students = calloc(students, sizeof *book->students);
    book->ordered = calloc(students, sizeof *book->ordered);
    if (book->students != NULL && book->ordered != NULL)
        return book;
    quiz_book_close(book);
    return NULL;
}

void quiz_book_close(struct quiz_book *book)
{
    if (book == NULL)
        return;
    free(book->students);
    free(book->ordered);
    free(book);
}

static int quiz_compare_names(const void *one, const void *other)
{
    const struct quiz_student *const *a = one, *const *b = other;

    return strcmp((*a)->name, (*b)->name);
}

static void quiz_book_order(struct quiz_book *book)
{
    book->count = 0;
    for (uint32_t i = 0; i < book->places; i++)
        if (book->students[i].name[0] != '\0')
            book->ordered[book->count++] = &book->students[i];
    qsort(book->ordered, book->count, sizeof *book->ordered, quiz_compare_names);
}

static void quiz_book_take_student(struct quiz_book *book, const struct event_student *event)
{
    struct quiz_student *student = &book->students[event->index];
    bool renamed = strcmp(student->name, event->student.name) != 0;

    *student = event->student;
    if (renamed)
        quiz_book_order(book);
}

static void quiz_book_take_question(struct quiz_book *book, const struct event_question *event)
{
    book->questions[event->number - 1] = *event;
    if (event->number > book->asked)
        book->asked = event->number;
}

bool quiz_book_take(struct quiz_book *book, const void *record)
{
    const struct event_student *student = record;
    enum event_kind kind = event_kind_of(record);

    if (kind == EVENT_STUDENT && student->index < book->places)
        quiz_book_take_student(book, record);
    else if (kind == EVENT_QUESTION)
        quiz_book_take_question(book, record);
    else if (kind == EVENT_QUIZ_TOTALS)
        book->totals = *(const struct event_quiz_totals *)record;
    else
        return false;
    return true;
}

const struct event_quiz_totals *quiz_book_totals(const struct quiz_book *book)
{
    return &book->totals;
}

unsigned quiz_book_questions(const struct quiz_book *book)
{
    return book->asked;
}

const struct event_question *quiz_book_question(const struct quiz_book *book, unsigned number)
{
    return &book->questions[number - 1];
}

uint32_t quiz_book_students(const struct quiz_book *book)
{
    return book->count;
}

const struct quiz_student *quiz_book_student(const struct quiz_book *book, uint32_t index)
{
    return book->ordered[index];
}

struct quiz_tally quiz_book_tally(const struct quiz_book *book, unsigned number)
{
    struct quiz_tally tally = {.students = book->count};

    for (uint32_t i = 0; i < book->count; i++) {
        unsigned choice = book->ordered[i]->answers[number - 1].choice;
        if (choice == 0 || choice > QUIZ_OPTIONS_MAX)
            continue;
        tally.answered++;
        tally.counts[choice - 1]++;
    }
    return tally;
}

int quiz_book_is_right(const struct event_question *question, const struct quiz_answer *answer)
{
    if (question->state != QUIZ_SHOWN || question->question.right == 0 || answer->choice == 0)
        return -1;
    return answer->choice == question->question.right;
}

struct quiz_score quiz_book_score(const struct quiz_book *book, const struct quiz_student *student)
{
    struct quiz_score score = {.right = 0};

    for (unsigned i = 0; i < book->asked; i++) {
        const struct event_question *question = &book->questions[i];
        int right = quiz_book_is_right(question, &student->answers[i]);
        score.given += student->answers[i].choice > 0;
        score.shown += question->state == QUIZ_SHOWN && question->question.right > 0;
        score.answered += right >= 0;
        score.right += right > 0;
    }
    return score;
}

unsigned quiz_percent(uint32_t part, uint32_t whole)
{
    return whole > 0 ? (unsigned)(((uint64_t)part * 200 + whole) / (2 * (uint64_t)whole)) : 0;
}
