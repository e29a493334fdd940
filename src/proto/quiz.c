/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quiz: the students and their answers.
 *
 * Students live in an array; the chains of a hash table find an endpoint. A name is looked for in
 * the whole array: there are few students, and only what gives a name asks for it.
 */
#include "udptui/proto/quiz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "quiz_internal.h"
#include "udptui/base/text.h"
#include "udptui/proto/event.h"

/* ---- opening and closing */

struct quiz *quiz_open(uint32_t students, const struct hash_key *key)
{
    struct quiz *quiz = calloc(1, sizeof *quiz);

    if (quiz == NULL)
        return NULL;
    quiz->key = *key;
    quiz->totals.places = students;
    quiz->students = calloc(students, sizeof *quiz->students);
    if (quiz->students != NULL)
        return quiz;
    free(quiz);
    return NULL;
}

void quiz_close(struct quiz *quiz)
{
    if (quiz == NULL)
        return;
    free(quiz->students);
    free(quiz);
}

bool quiz_student_confirmed(const struct quiz_student *student)
{
    for (size_t i = 0; i < student->seats; i++)
        if (student->seat[i].confirmed)
            return true;
    return false;
}

const char *quiz_happening_name(enum quiz_happening what)
{
    static const char *const names[QUIZ_HAPPENINGS] = {[QUIZ_REGISTERED] = "registered",
                                                       [QUIZ_RENAMED] = "renamed",
                                                       [QUIZ_CONFIRMED] = "confirmed",
                                                       [QUIZ_COUNTED] = "counted",
                                                       [QUIZ_CHANGED] = "changed",
                                                       [QUIZ_REPEATED] = "repeated",
                                                       [QUIZ_LATE] = "late",
                                                       [QUIZ_CONFLICT] = "conflict",
                                                       [QUIZ_FULL] = "full"};

    return names[what];
}

/* ---- what changed */

static struct quiz_place *quiz_place(struct quiz *quiz, uint32_t index)
{
    return &quiz->students[index];
}

void quiz_mark(struct quiz *quiz, uint32_t index)
{
    struct quiz_place *place = quiz_place(quiz, index);

    quiz->totals_changed = true;
    if (place->changed)
        return;
    place->changed = true;
    place->next_changed = 0;
    if (quiz->last_changed != 0)
        quiz_place(quiz, quiz->last_changed - 1)->next_changed = index + 1;
    else
        quiz->first_changed = index + 1;
    quiz->last_changed = index + 1;
}

void quiz_happened(struct quiz *quiz, const struct quiz_datagram *datagram,
                   const struct event_quiz_note *note)
{
    struct event_quiz_note *kept;

    if (quiz->note_count == QUIZ_NOTES) {
        quiz->totals.notes_skipped++;
        quiz->totals_changed = true;
        return;
    }
    kept = &quiz->notes[(quiz->first_note + quiz->note_count++) % QUIZ_NOTES];
    *kept = *note;
    kept->kind = EVENT_QUIZ_NOTE;
    kept->slot = datagram->slot;
    kept->generation = datagram->generation;
    kept->from = datagram->from;
    kept->wall_ns = datagram->wall_ns;
}

/* Questions first: answers refer to them. */
static const void *quiz_changed_question(struct quiz *quiz, size_t *size_bytes)
{
    for (unsigned i = 0; i < quiz->asked; i++)
        if (quiz->question_changed[i]) {
            *size_bytes = sizeof quiz->questions[i];
            return &quiz->questions[i];
        }
    return NULL;
}

static const void *quiz_changed_student(struct quiz *quiz, size_t *size_bytes)
{
    uint32_t index = quiz->first_changed - 1;

    quiz->record = (struct event_student){
        .kind = EVENT_STUDENT, .index = index, .student = quiz_place(quiz, index)->student};
    *size_bytes = sizeof quiz->record;
    return &quiz->record;
}

const void *quiz_changed(struct quiz *quiz, size_t *size_bytes)
{
    const void *question = quiz->questions_changed ? quiz_changed_question(quiz, size_bytes) : NULL;

    if (question != NULL)
        return question;
    if (quiz->note_count > 0) {
        *size_bytes = sizeof quiz->notes[0];
        return &quiz->notes[quiz->first_note];
    }
    if (quiz->first_changed != 0)
        return quiz_changed_student(quiz, size_bytes);
    *size_bytes = sizeof quiz->totals;
    quiz->totals.kind = EVENT_QUIZ_TOTALS;
    return quiz->totals_changed ? &quiz->totals : NULL;
}

static void quiz_taken_student(struct quiz *quiz)
{
    struct quiz_place *place = quiz_place(quiz, quiz->first_changed - 1);

    place->changed = false;
    quiz->first_changed = place->next_changed;
    if (quiz->first_changed == 0)
        quiz->last_changed = 0;
}

void quiz_taken(struct quiz *quiz)
{
    size_t size;
    const struct event_question *question =
        quiz->questions_changed ? quiz_changed_question(quiz, &size) : NULL;

    if (question != NULL) {
        quiz->question_changed[question->number - 1] = false;
        quiz->questions_changed = quiz_changed_question(quiz, &size) != NULL;
    } else if (quiz->note_count > 0) {
        quiz->first_note = (quiz->first_note + 1) % QUIZ_NOTES;
        quiz->note_count--;
    } else if (quiz->first_changed != 0) {
        quiz_taken_student(quiz);
    } else {
        quiz->totals_changed = false;
    }
}

/* ---- endpoints */

static uint32_t *quiz_chain(struct quiz *quiz, const struct endpoint *endpoint)
{
    return &quiz->heads[endpoint_hash(endpoint, &quiz->key) % QUIZ_CHAINS];
}

bool quiz_find_seat(struct quiz *quiz, const struct endpoint *endpoint, struct quiz_found *found)
{
    for (uint32_t at = *quiz_chain(quiz, endpoint); at != 0;) {
        struct quiz_place *place = quiz_place(quiz, (at - 1) / QUIZ_SEATS);
        size_t seat = (at - 1) % QUIZ_SEATS;
        if (endpoint_equal(&place->student.seat[seat].endpoint, endpoint)) {
            *found = (struct quiz_found){.student = &place->student,
                                         .seat = &place->student.seat[seat],
                                         .index = (at - 1) / QUIZ_SEATS};
            return true;
        }
        at = place->next_seat[seat];
    }
    return false;
}

static void quiz_link_seat(struct quiz *quiz, uint32_t index, size_t seat)
{
    struct quiz_place *place = quiz_place(quiz, index);
    uint32_t *head = quiz_chain(quiz, &place->student.seat[seat].endpoint);

    place->next_seat[seat] = *head;
    *head = index * QUIZ_SEATS + (uint32_t)seat + 1;
}

static void quiz_unlink_seat(struct quiz *quiz, uint32_t index, size_t seat)
{
    struct quiz_place *place = quiz_place(quiz, index);
    uint32_t *link = quiz_chain(quiz, &place->student.seat[seat].endpoint);

    while (*link != index * QUIZ_SEATS + (uint32_t)seat + 1)
        link = &quiz_place(quiz, (*link - 1) / QUIZ_SEATS)->next_seat[(*link - 1) % QUIZ_SEATS];
    *link = place->next_seat[seat];
}

/* The seat to give up: the longest unused of those that did not return their code, else of all. */
static size_t quiz_oldest_seat(const struct quiz_student *student)
{
    size_t oldest = 0;

    for (size_t i = 1; i < student->seats; i++) {
        const struct quiz_seat *seat = &student->seat[i], *best = &student->seat[oldest];
        if (seat->confirmed != best->confirmed ? best->confirmed : seat->last_ns < best->last_ns)
            oldest = i;
    }
    return oldest;
}

static void quiz_touch_seat(struct quiz_student *student, size_t seat,
                            const struct quiz_datagram *datagram)
{
    struct quiz_seat *at = &student->seat[seat];

    at->local = datagram->local;
    at->slot = datagram->slot;
    at->generation = datagram->generation;
    at->last_ns = datagram->wall_ns;
    student->home = at->endpoint;
    student->last_ns = datagram->wall_ns;
}

void quiz_add_seat(struct quiz *quiz, uint32_t index, const struct quiz_datagram *datagram)
{
    struct quiz_student *student = &quiz_place(quiz, index)->student;
    size_t seat = student->seats;

    if (seat == QUIZ_SEATS) {
        seat = quiz_oldest_seat(student);
        quiz_unlink_seat(quiz, index, seat);
        quiz->totals.confirmed -= student->seat[seat].confirmed;
    } else {
        student->seats++;
    }
    student->seat[seat] = (struct quiz_seat){.endpoint = datagram->from};
    quiz_link_seat(quiz, index, seat);
    quiz_touch_seat(student, seat, datagram);
    quiz_mark(quiz, index);
}

/* The last one takes its place. */
static void quiz_drop_seat(struct quiz *quiz, uint32_t index, size_t seat)
{
    struct quiz_student *student = &quiz_place(quiz, index)->student;
    size_t last = student->seats - 1u;

    quiz->totals.confirmed -= student->seat[seat].confirmed;
    quiz_unlink_seat(quiz, index, seat);
    if (seat != last) {
        quiz_unlink_seat(quiz, index, last);
        student->seat[seat] = student->seat[last];
        quiz_link_seat(quiz, index, seat);
    }
    student->seats--;
    quiz_mark(quiz, index);
}

void quiz_note(struct quiz *quiz, const struct quiz_datagram *datagram, size_t messages)
{
    struct quiz_found found;

    if (!quiz_find_seat(quiz, &datagram->from, &found))
        return;
    found.student->messages += messages;
    quiz_touch_seat(found.student, (size_t)(found.seat - found.student->seat), datagram);
    quiz_mark(quiz, found.index);
}

/* ---- names */

/* A student at this address who has this name, or asked for it. */
bool quiz_find_name(struct quiz *quiz, const char *name, const struct endpoint *address,
                    uint32_t *index)
{
    for (uint32_t i = 0; i < quiz->end; i++) {
        const struct quiz_student *student = &quiz_place(quiz, i)->student;
        if (student->name[0] != '\0' && endpoint_same_address(&student->home, address) &&
            (roster_same_name(student->name, name) || roster_same_name(student->given, name))) {
            *index = i;
            return true;
        }
    }
    return false;
}

/* Whose name it is, at any address but that of the index; QUIZ_NOBODY. */
uint32_t quiz_owner_of(struct quiz *quiz, const char *name, uint32_t except)
{
    for (uint32_t i = 0; i < quiz->end; i++)
        if (i != except && roster_same_name(quiz_place(quiz, i)->student.name, name))
            return i;
    return QUIZ_NOBODY;
}

/* The name, with a number if another has it or it imitates: "kim-2". */
static void quiz_choose_name(struct quiz *quiz, uint32_t index, const char *given, char *out)
{
    unsigned number = 2;

    snprintf(out, ROSTER_NAME_SIZE, "%s", given);
    if (!roster_is_reserved_name(given) && quiz_owner_of(quiz, out, index) == QUIZ_NOBODY)
        return;
    do {
        char behind[16], cut[ROSTER_NAME_SIZE];
        size_t columns = text_columns(given);
        int length = snprintf(behind, sizeof behind, "-%u", number++);
        if (columns > (size_t)(ROSTER_NAME_COLUMNS - length))
            columns = (size_t)(ROSTER_NAME_COLUMNS - length);
        text_fit(cut, sizeof cut - sizeof behind, given, columns, TEXT_UTF8);
        snprintf(out, ROSTER_NAME_SIZE, "%.79s%s", cut, behind);
    } while (quiz_owner_of(quiz, out, index) != QUIZ_NOBODY);
}

void quiz_set_name(struct quiz *quiz, uint32_t index, const char *given)
{
    struct quiz_student *student = &quiz_place(quiz, index)->student;
    char name[ROSTER_NAME_SIZE];

    quiz_choose_name(quiz, index, given, name);
    memcpy(student->name, name, sizeof name);
    snprintf(student->given, sizeof student->given, "%s", given);
    quiz_mark(quiz, index);
}

static uint32_t quiz_free_place(struct quiz *quiz)
{
    for (uint32_t i = 0; i < quiz->end; i++)
        if (quiz_place(quiz, i)->student.name[0] == '\0')
            return i;
    return quiz->end < quiz->totals.places ? quiz->end++ : QUIZ_NOBODY;
}

uint32_t quiz_add_student(struct quiz *quiz, const char *given,
                          const struct quiz_datagram *datagram)
{
    uint32_t index =
        quiz->totals.students < quiz->totals.places ? quiz_free_place(quiz) : QUIZ_NOBODY;

    if (index == QUIZ_NOBODY)
        return QUIZ_NOBODY;
    struct quiz_place *place = quiz_place(quiz, index);
    place->student = (struct quiz_student){
        .messages = 1, .first_ns = datagram->wall_ns, .last_ns = datagram->wall_ns};
    quiz->totals.students++;
    quiz_set_name(quiz, index, given);
    quiz_add_seat(quiz, index, datagram);
    return index;
}

void quiz_move_seat(struct quiz *quiz, const struct quiz_found *found, uint32_t index,
                    const struct quiz_datagram *datagram)
{
    bool confirmed = found->seat->confirmed;
    struct quiz_found moved = {.seat = NULL};

    quiz_drop_seat(quiz, found->index, (size_t)(found->seat - found->student->seat));
    quiz_add_seat(quiz, index, datagram);
    quiz_find_seat(quiz, &datagram->from, &moved);
    moved.seat->confirmed = confirmed;
    quiz->totals.confirmed += confirmed;
}

/* ---- of the teacher */

static void quiz_question_changed(struct quiz *quiz, unsigned number, int64_t wall_ns)
{
    quiz->questions[number - 1].change_ns = wall_ns;
    quiz->question_changed[number - 1] = true;
    quiz->questions_changed = true;
}

/* Not asked again what was shown: it would be known. */
static void quiz_close_question(struct quiz *quiz, unsigned number, int64_t wall_ns)
{
    if (number == 0 || quiz->questions[number - 1].state != QUIZ_OPEN)
        return;
    quiz->questions[number - 1].state = QUIZ_CLOSED;
    quiz_question_changed(quiz, number, wall_ns);
}

unsigned quiz_ask(struct quiz *quiz, const struct quiz_question *question, int64_t wall_ns)
{
    if (quiz->asked == QUIZ_QUESTIONS_MAX)
        return 0;
    quiz_close_question(quiz, quiz->asked, wall_ns);
    quiz->asked++;
    quiz->questions[quiz->asked - 1] = (struct event_question){.kind = EVENT_QUESTION,
                                                               .number = quiz->asked,
                                                               .state = QUIZ_OPEN,
                                                               .asked_ns = wall_ns,
                                                               .question = *question};
    quiz_question_changed(quiz, quiz->asked, wall_ns);
    return quiz->asked;
}

bool quiz_set_state(struct quiz *quiz, unsigned number, enum quiz_state state, unsigned right,
                    int64_t wall_ns)
{
    struct event_question *question;

    if (number == 0 || number > quiz->asked)
        return false;
    question = &quiz->questions[number - 1];
    if (right > question->question.option_count ||
        (state != QUIZ_SHOWN && question->state == QUIZ_SHOWN) ||
        (state == QUIZ_OPEN && number != quiz->asked))
        return false;
    if (state == QUIZ_SHOWN && right > 0)
        question->question.right = (uint8_t)right;
    question->state = (uint8_t)state;
    quiz_question_changed(quiz, number, wall_ns);
    return true;
}

static bool quiz_is_idle(const struct quiz *quiz, const struct quiz_student *student)
{
    if (student->name[0] == '\0' || quiz_student_confirmed(student))
        return false;
    for (unsigned i = 0; i < quiz->asked; i++)
        if (student->answers[i].choice > 0)
            return false;
    return true;
}

uint32_t quiz_remove_idle(struct quiz *quiz)
{
    uint32_t removed = 0;

    for (uint32_t i = 0; i < quiz->end; i++) {
        struct quiz_student *student = &quiz_place(quiz, i)->student;
        if (!quiz_is_idle(quiz, student))
            continue;
        while (student->seats > 0)
            quiz_drop_seat(quiz, i, student->seats - 1u);
        *student = (struct quiz_student){.name = ""};
        quiz_mark(quiz, i);
        removed++;
    }
    quiz->totals.students -= removed;
    quiz->totals.removed += removed;
    return removed;
}

/* ---- pushing */

void quiz_push(struct quiz *quiz, unsigned number)
{
    if (number == 0 || number > quiz->asked)
        return;
    quiz->push_next = 0;
    quiz->push_number = number;
    quiz->pushing = true;
}

/* The endpoint of a student that sent last, of those that returned the code. */
static const struct quiz_seat *quiz_push_seat(const struct quiz_student *student)
{
    const struct quiz_seat *best = NULL;

    for (size_t i = 0; i < student->seats; i++) {
        const struct quiz_seat *seat = &student->seat[i];
        if (seat->confirmed && (best == NULL || seat->last_ns > best->last_ns))
            best = seat;
    }
    return best;
}

bool quiz_is_pushing(const struct quiz *quiz)
{
    return quiz->pushing;
}

const struct quiz_seat *quiz_push_next(struct quiz *quiz, char *out, size_t *size_bytes)
{
    const struct event_question *question = &quiz->questions[quiz->push_number - 1];
    struct builder text = builder_begin(out, QUIZ_DATAGRAM_MAX + 1);

    while (quiz->pushing && quiz->push_next < quiz->end) {
        const struct quiz_seat *seat =
            quiz_push_seat(&quiz_place(quiz, quiz->push_next++)->student);
        if (seat == NULL)
            continue;
        quiz_question_write(&question->question, question->number, question->state, &text);
        *size_bytes = strlen(out);
        return seat;
    }
    quiz->pushing = false;
    return NULL;
}

void quiz_note_pushed(struct quiz *quiz, bool sent)
{
    if (sent)
        quiz->totals.pushed++;
    else
        quiz->totals.push_failed++;
    quiz->totals_changed = true;
}

/* ---- wishes */

void quiz_do(struct quiz *quiz, const struct quiz_request *request, int64_t wall_ns)
{
    switch (request->wish) {
    case QUIZ_WISH_ASK:
        quiz_push(quiz, quiz_ask(quiz, &request->question, wall_ns));
        break;
    case QUIZ_WISH_STATE:
        if (quiz_set_state(quiz, request->number, request->state, request->right, wall_ns) &&
            request->state == QUIZ_SHOWN)
            quiz_push(quiz, request->number);
        break;
    case QUIZ_WISH_PUSH:
        quiz_push(quiz, request->number);
        break;
    case QUIZ_WISH_REMOVE_IDLE:
        quiz_remove_idle(quiz);
        break;
    }
}
