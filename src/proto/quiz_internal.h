/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quiz: shared by the table of students (quiz.c) and the replies (quiz_reply.c). */
#ifndef UDPTUI_PROTO_QUIZ_INTERNAL_H
#define UDPTUI_PROTO_QUIZ_INTERNAL_H

#include "udptui/proto/quiz.h"

#define QUIZ_NOBODY UINT32_MAX

enum {
    QUIZ_CHAINS = 4096,
    QUIZ_NOTES = 4096, /* that wait to be reported */
};

struct quiz_place {
    struct quiz_student student;
    uint32_t next_seat[QUIZ_SEATS]; /* in the chain: place * QUIZ_SEATS + seat + 1; 0: the last */
    bool changed;
    uint32_t next_changed; /* place + 1 */
};

struct quiz {
    struct hash_key key;
    struct quiz_place *students; /* totals.places of them */
    uint32_t end;                /* behind the last that was ever used */
    uint32_t heads[QUIZ_CHAINS];
    struct event_question questions[QUIZ_QUESTIONS_MAX];
    bool question_changed[QUIZ_QUESTIONS_MAX], questions_changed;
    unsigned asked;
    bool pushing;
    unsigned push_number;
    uint32_t push_next;
    struct event_quiz_totals totals;
    bool totals_changed;
    uint32_t first_changed, last_changed; /* place + 1; 0: none */
    struct event_quiz_note notes[QUIZ_NOTES];
    size_t first_note, note_count;
    struct event_student record; /* that quiz_changed returned */
};

/* A student's endpoint. */
struct quiz_found {
    struct quiz_student *student;
    struct quiz_seat *seat;
    uint32_t index;
};

/* ---- quiz.c */
bool quiz_find_seat(struct quiz *quiz, const struct endpoint *endpoint, struct quiz_found *found);
bool quiz_find_name(struct quiz *quiz, const char *name, const struct endpoint *address,
                    uint32_t *index);
uint32_t quiz_owner_of(struct quiz *quiz, const char *name, uint32_t except);
/* A new student with the endpoint of the datagram; QUIZ_NOBODY if there is no place. */
uint32_t quiz_add_student(struct quiz *quiz, const char *given,
                          const struct quiz_datagram *datagram);
void quiz_set_name(struct quiz *quiz, uint32_t index, const char *given);
/* The endpoint of the datagram, which is nobody's, becomes the student's; or one that was another's. */
void quiz_add_seat(struct quiz *quiz, uint32_t index, const struct quiz_datagram *datagram);
void quiz_move_seat(struct quiz *quiz, const struct quiz_found *found, uint32_t index,
                    const struct quiz_datagram *datagram);
/* Notes what happened, for lines and logs. */
void quiz_happened(struct quiz *quiz, const struct quiz_datagram *datagram,
                   const struct event_quiz_note *note);
/* The student is reported again. */
void quiz_mark(struct quiz *quiz, uint32_t index);

#endif
