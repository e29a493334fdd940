/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quiz_event: what the engine reports of a class (proto/quiz), as records of proto/event. All but
 * event_quiz_note are cumulative: a later one replaces the earlier.
 */
#ifndef UDPTUI_PROTO_QUIZ_EVENT_H
#define UDPTUI_PROTO_QUIZ_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/proto/endpoint.h"
#include "udptui/proto/quiz_question.h"
#include "udptui/proto/roster.h"

enum {
    QUIZ_QUESTIONS_MAX = 100,
    QUIZ_STUDENTS_MAX = 1000,
    QUIZ_STUDENTS_DEFAULT = 250,
    QUIZ_SEATS = 4,     /* endpoints of a student */
    QUIZ_WRONG_MAX = 8, /* codes of a student: then none counts, so that guessing is no use */
};

/* A student's answer to one question. Times are CLOCK_REALTIME. */
struct quiz_answer {
    uint8_t choice; /* 1 is the first, 0: there is none */
    uint8_t first;  /* the choice that came first */
    uint16_t changes;
    uint32_t repeats; /* datagrams with the choice that counted already */
    int64_t first_ns; /* when the first choice came */
    int64_t last_ns;  /* when the one that counts came */
};

/* An endpoint of a student. */
struct quiz_seat {
    struct endpoint endpoint;
    bool confirmed; /* it returned its code */
    uint16_t local;
    uint32_t slot, generation; /* the client's row, as of its latest datagram */
    int64_t last_ns;
};

struct quiz_student {
    char name[ROSTER_NAME_SIZE];  /* safe text; "": the place is free */
    char given[ROSTER_NAME_SIZE]; /* as it was asked for */
    struct endpoint home;         /* that sent last; its address is the student's for good */
    uint8_t seats;
    uint8_t wrong_codes;
    struct quiz_seat seat[QUIZ_SEATS];
    uint32_t conflicts; /* refused: answers in this name from another address */
    uint64_t messages;
    int64_t first_ns, last_ns;                      /* CLOCK_REALTIME of its datagrams */
    struct quiz_answer answers[QUIZ_QUESTIONS_MAX]; /* [0]: of question 1 */
};

/* Whether an endpoint of the student has returned its code. */
bool quiz_student_confirmed(const struct quiz_student *student);

struct event_student {
    uint8_t kind; /* EVENT_STUDENT */
    uint8_t engine;
    uint32_t index; /* the place, from 0 */
    struct quiz_student student;
};

struct event_question {
    uint8_t kind; /* EVENT_QUESTION */
    uint8_t engine;
    uint8_t state; /* enum quiz_state */
    unsigned number;
    int64_t asked_ns;  /* CLOCK_REALTIME */
    int64_t change_ns; /* of the state */
    struct quiz_question question;
};

struct event_quiz_totals {
    uint8_t kind; /* EVENT_QUIZ_TOTALS */
    uint8_t engine;
    uint32_t students, places;
    uint32_t confirmed;
    uint64_t refused_full; /* names for which there was no place */
    uint64_t conflicts;
    uint64_t wrong_codes;
    uint64_t removed;
    uint64_t pushed, push_failed; /* datagrams with a question that was not asked for */
    uint64_t notes_skipped;       /* event_quiz_note that did not fit */
};

/* What happened, for lines and logs. */
enum quiz_happening {
    QUIZ_REGISTERED,
    QUIZ_RENAMED,
    QUIZ_CONFIRMED,
    QUIZ_COUNTED,
    QUIZ_CHANGED,  /* the answer is another one now */
    QUIZ_REPEATED, /* the same answer again */
    QUIZ_LATE,     /* an answer to a question that is not open */
    QUIZ_CONFLICT, /* an answer in the name of a student at another address */
    QUIZ_FULL,     /* a name for which there is no place */
    QUIZ_HAPPENINGS
};

/* "registered", "counted", ... */
const char *quiz_happening_name(enum quiz_happening what);

struct event_quiz_note {
    uint8_t kind; /* EVENT_QUIZ_NOTE */
    uint8_t engine;
    uint8_t what;           /* enum quiz_happening */
    uint8_t choice, before; /* of answers; 0: none */
    unsigned question;      /* 0: none */
    uint32_t slot, generation;
    int64_t wall_ns;
    struct endpoint from;
    char name[ROSTER_NAME_SIZE];
    char given[ROSTER_NAME_SIZE]; /* with QUIZ_REGISTERED and QUIZ_RENAMED: what was asked for */
};

#endif
