/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quiz: the students of a class, the questions that were asked, and the answers that came.
 *
 * A student is a name at an address. Ports come and go (a restarted program, nc): a student has up to
 * QUIZ_SEATS endpoints, and the name in a datagram brings a new one. The same name from another
 * address is another student, whose name gets a number: "kim-2". Nobody is pushed out: if all places
 * are taken, a new name is refused and counted. The answer that arrived last counts while the
 * question is open.
 *
 * A source address can be forged. So no reply is larger than the request allows (the caller's limit)
 * until the endpoint has sent back a code that only its owner can have received, as the path
 * validation of RFC 9000 section 8; and only such endpoints get anything unasked.
 *
 * What changed is queued as records of proto/quiz_event, cumulative, so that none is lost for good.
 * Pure: times are passed in. One thread.
 */
#ifndef UDPTUI_PROTO_QUIZ_H
#define UDPTUI_PROTO_QUIZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/base/hash.h"
#include "udptui/proto/endpoint.h"
#include "udptui/proto/quiz_event.h"
#include "udptui/proto/quiz_question.h"

struct quiz;

/* students: places, 1 .. QUIZ_STUDENTS_MAX. key: a secret, for the codes and the table of endpoints.
 * NULL if memory is short; quiz_close frees (NULL allowed). */
struct quiz *quiz_open(uint32_t students, const struct hash_key *key);
void quiz_close(struct quiz *quiz);

/* ---- of the students' datagrams */

struct quiz_datagram {
    struct endpoint from;
    uint16_t local;            /* the caller's: which of its addresses the datagram came to */
    uint32_t slot, generation; /* the client's row */
    int64_t wall_ns;           /* CLOCK_REALTIME */
    const void *bytes;
    size_t size_bytes;
};

/* So many datagrams came from an endpoint, which may be a student's. bytes are not looked at. */
void quiz_note(struct quiz *quiz, const struct quiz_datagram *datagram, size_t messages);

/* Whether a payload gets a reply of the quiz; else it is a message. */
bool quiz_takes(const struct quiz *quiz, const void *bytes, size_t size_bytes);

/* Does what a payload that quiz_takes says, and writes the reply. room_bytes: of out; limit_bytes: of
 * a reply to an endpoint that has not returned its code. *cut: it was shortened. Returns its
 * length. */
size_t quiz_reply(struct quiz *quiz, const struct quiz_datagram *datagram, char *out,
                  size_t room_bytes, size_t limit_bytes, bool *cut);

/* ---- of the teacher */

enum quiz_wish {
    QUIZ_WISH_ASK,   /* question, and push it */
    QUIZ_WISH_STATE, /* state of number, with right; what is shown is pushed */
    QUIZ_WISH_PUSH,
    QUIZ_WISH_REMOVE_IDLE,
};

struct quiz_request {
    enum quiz_wish wish;
    unsigned number, right;
    enum quiz_state state;
    struct quiz_question question;
};

/* Does what is wished, if it is possible. */
void quiz_do(struct quiz *quiz, const struct quiz_request *request, int64_t wall_ns);

/* Asks a question (quiz_question_check), closing the one before. 0 if QUIZ_QUESTIONS_MAX were asked,
 * else its number. */
unsigned quiz_ask(struct quiz *quiz, const struct quiz_question *question, int64_t wall_ns);

/* Opens the latest question again, if it was not shown; closes it; or shows the right answer of any.
 * right: 0 leaves what was given with the question. False if that is not possible. */
bool quiz_set_state(struct quiz *quiz, unsigned number, enum quiz_state state, unsigned right,
                    int64_t wall_ns);

/* Frees the places of those who neither returned their code nor gave an answer. Returns how many. */
uint32_t quiz_remove_idle(struct quiz *quiz);

/* ---- pushing a question, with its state, to who has returned the code */

/* Begins with the first student (again). */
void quiz_push(struct quiz *quiz, unsigned number);

/* Whether there is more to push. */
bool quiz_is_pushing(const struct quiz *quiz);

/* The next one: where to, and the datagram; out: QUIZ_DATAGRAM_MAX + 1. NULL: all have it. */
const struct quiz_seat *quiz_push_next(struct quiz *quiz, char *out, size_t *size_bytes);
void quiz_note_pushed(struct quiz *quiz, bool sent);

/* ---- what changed */

enum { QUIZ_RECORD_MAX = sizeof(struct event_student) };

/* The next record to report, and its size; taken: it was. NULL: nothing has changed. */
const void *quiz_changed(struct quiz *quiz, size_t *size_bytes);
void quiz_taken(struct quiz *quiz);

#endif
