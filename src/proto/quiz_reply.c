/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quiz_reply: what a student's command does, and the reply to it. */
#include <inttypes.h>
#include <string.h>

#include "quiz_internal.h"
#include "udptui/proto/ack.h"
#include "udptui/proto/quiz_command.h"

/* A command and its reply. */
struct quiz_turn {
    struct quiz *quiz;
    const struct quiz_datagram *datagram;
    struct quiz_command command;
    struct builder reply;
    size_t limit_bytes;
    bool cut;
};

/* ---- replies */

static uint32_t quiz_code_of(const struct quiz *quiz, const struct endpoint *endpoint)
{
    const struct hash_key key = {.k0 = ~quiz->key.k0, .k1 = quiz->key.k1};

    return 100000 + (uint32_t)(endpoint_hash(endpoint, &key) % 900000);
}

/* "kim: " and what is said; of a name that is too long for the reply as much as fits. */
static void quiz_say(struct quiz_turn *turn, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void quiz_say(struct quiz_turn *turn, const char *name, const char *format, ...)
{
    char text[QUIZ_DATAGRAM_MAX];
    struct builder said = builder_begin(text, sizeof text);
    size_t length = strlen(name), room;
    va_list list;

    va_start(list, format);
    builder_add_list(&said, format, list);
    va_end(list);
    room = turn->limit_bytes > said.length + 2 ? turn->limit_bytes - said.length - 2 : 0;
    if (length > room) {
        length = ack_cut((const uint8_t *)name, room);
        turn->cut = true;
    }
    if (length > 0) {
        builder_add_bytes(&turn->reply, name, length);
        builder_add(&turn->reply, ": ");
    }
    builder_add(&turn->reply, "%s", text);
}

static void quiz_say_unknown(struct quiz_turn *turn)
{
    builder_add(&turn->reply, "give your name first: name YOU, or: answer N YOU");
}

/* ---- names */

static const char *quiz_name_note(const struct quiz_turn *turn, const struct quiz_student *student)
{
    if (!roster_same_name(student->name, student->given))
        return " (that name is taken)";
    return turn->command.cleaned ? " (cleaned)" : "";
}

static void quiz_say_registered(struct quiz_turn *turn, uint32_t index, const char *word)
{
    const struct quiz_student *student = &turn->quiz->students[index].student;
    struct quiz_found found;

    if (quiz_find_seat(turn->quiz, &turn->datagram->from, &found) && found.seat->confirmed)
        quiz_say(turn, student->name, "%s%s", word, quiz_name_note(turn, student));
    else
        quiz_say(turn, student->name, "%s%s" QUIZ_CODE_OFFER "%06" PRIu32, word,
                 quiz_name_note(turn, student), quiz_code_of(turn->quiz, &turn->datagram->from));
}

static void quiz_note_name(struct quiz_turn *turn, uint32_t index, enum quiz_happening what)
{
    const struct quiz_student *student = &turn->quiz->students[index].student;
    struct event_quiz_note note = {.what = (uint8_t)what};

    memcpy(note.name, student->name, sizeof note.name);
    memcpy(note.given, student->given, sizeof note.given);
    quiz_happened(turn->quiz, turn->datagram, &note);
}

static void quiz_refuse_full(struct quiz_turn *turn)
{
    struct event_quiz_note note = {.what = QUIZ_FULL};

    turn->quiz->totals.refused_full++;
    turn->quiz->totals_changed = true;
    memcpy(note.name, turn->command.name, sizeof note.name);
    quiz_happened(turn->quiz, turn->datagram, &note);
    builder_add(&turn->reply, "the class is full: ask the teacher");
}

/* The student of the name, registered if it is new. QUIZ_NOBODY, with the reply written, if there is
 * no place. */
static uint32_t quiz_register(struct quiz_turn *turn)
{
    uint32_t index = quiz_add_student(turn->quiz, turn->command.name, turn->datagram);

    if (index == QUIZ_NOBODY)
        quiz_refuse_full(turn);
    else
        quiz_note_name(turn, index, QUIZ_REGISTERED);
    return index;
}

static void quiz_rename(struct quiz_turn *turn, uint32_t index)
{
    quiz_set_name(turn->quiz, index, turn->command.name);
    quiz_note_name(turn, index, QUIZ_RENAMED);
    quiz_say_registered(turn, index, "renamed");
}

/* A name from an endpoint that is a student's: the same one, another at this address, or a new
 * name. */
static void quiz_name_again(struct quiz_turn *turn, const struct quiz_found *found)
{
    const char *name = turn->command.name;
    uint32_t index;

    if (roster_same_name(found->student->given, name) ||
        roster_same_name(found->student->name, name)) {
        quiz_say_registered(turn, found->index, "registered");
    } else if (quiz_find_name(turn->quiz, name, &turn->datagram->from, &index)) {
        quiz_move_seat(turn->quiz, found, index, turn->datagram);
        quiz_say_registered(turn, index, "registered");
    } else {
        quiz_rename(turn, found->index);
    }
}

static void quiz_do_name(struct quiz_turn *turn)
{
    struct quiz_found found;
    uint32_t index;

    if (turn->command.name[0] == '\0') {
        builder_add(&turn->reply, "that name is empty");
        return;
    }
    if (quiz_find_seat(turn->quiz, &turn->datagram->from, &found)) {
        quiz_name_again(turn, &found);
        return;
    }
    if (quiz_find_name(turn->quiz, turn->command.name, &turn->datagram->from, &index)) {
        quiz_add_seat(turn->quiz, index, turn->datagram);
        turn->quiz->students[index].student.messages++;
    } else {
        index = quiz_register(turn);
    }
    if (index != QUIZ_NOBODY)
        quiz_say_registered(turn, index, "registered");
}

static void quiz_do_confirm(struct quiz_turn *turn)
{
    struct quiz_found found;

    if (!quiz_find_seat(turn->quiz, &turn->datagram->from, &found)) {
        quiz_say_unknown(turn);
        return;
    }
    if (found.student->wrong_codes >= QUIZ_WRONG_MAX) {
        quiz_say(turn, found.student->name, "too many wrong codes: fetch questions with: question");
        return;
    }
    if (turn->command.code != quiz_code_of(turn->quiz, &turn->datagram->from)) {
        found.student->wrong_codes++;
        turn->quiz->totals.wrong_codes++;
        turn->quiz->totals_changed = true;
        quiz_say(turn, found.student->name, "wrong code: send your name again");
        return;
    }
    if (!found.seat->confirmed) {
        found.seat->confirmed = true;
        turn->quiz->totals.confirmed++;
        quiz_mark(turn->quiz, found.index);
        quiz_note_name(turn, found.index, QUIZ_CONFIRMED);
    }
    quiz_say(turn, found.student->name, "questions come to you now");
}

/* ---- the question */

/* Of an endpoint that may be forged: as much as the request allows, and how to get all. */
static void quiz_say_part(struct quiz_turn *turn, const char *text, const struct quiz_found *found)
{
    char how[64];
    struct builder end = builder_begin(how, sizeof how);
    size_t length;

    if (found->seat != NULL)
        builder_add(&end, "... for all: ok %06" PRIu32,
                    quiz_code_of(turn->quiz, &turn->datagram->from));
    else
        builder_add(&end, "... for all: name YOU");
    length = turn->limit_bytes > end.length ? turn->limit_bytes - end.length : 0;
    builder_add_bytes(&turn->reply, text, ack_cut((const uint8_t *)text, length));
    builder_add(&turn->reply, "%s", how);
    turn->cut = true;
}

static void quiz_do_ask(struct quiz_turn *turn)
{
    const struct quiz *quiz = turn->quiz;
    struct quiz_found found = {.seat = NULL};
    char text[QUIZ_DATAGRAM_MAX + 1];
    struct builder whole = builder_begin(text, sizeof text);

    if (quiz->asked == 0) {
        builder_add(&turn->reply, "no question is open");
        return;
    }
    const struct event_question *question = &quiz->questions[quiz->asked - 1];
    quiz_question_write(&question->question, question->number, question->state, &whole);
    quiz_find_seat(turn->quiz, &turn->datagram->from, &found);
    if (whole.length <= turn->limit_bytes || (found.seat != NULL && found.seat->confirmed))
        builder_add(&turn->reply, "%s", text);
    else
        quiz_say_part(turn, text, &found);
}

/* ---- answers */

static void quiz_note_answer(struct quiz_turn *turn, const struct quiz_student *student,
                             unsigned question, const struct event_quiz_note *facts)
{
    struct event_quiz_note note = *facts;

    note.question = question;
    note.choice = (uint8_t)turn->command.choice;
    memcpy(note.name, student->name, sizeof note.name);
    quiz_happened(turn->quiz, turn->datagram, &note);
}

static void quiz_count(struct quiz_turn *turn, struct quiz_student *student,
                       const struct event_question *question)
{
    struct quiz_answer *answer = &student->answers[question->number - 1];
    unsigned choice = turn->command.choice, number = question->number;
    struct event_quiz_note note = {.what = QUIZ_COUNTED, .before = answer->choice};

    if (answer->choice == choice) {
        note.what = QUIZ_REPEATED;
        answer->repeats++;
        quiz_say(turn, student->name, "answer %u to question %u was already counted", choice,
                 number);
    } else if (answer->choice != 0) {
        note.what = QUIZ_CHANGED;
        answer->changes++;
        quiz_say(turn, student->name, "changed from %u to %u, and counted", answer->choice, choice);
    } else {
        answer->first = (uint8_t)choice;
        answer->first_ns = turn->datagram->wall_ns;
        quiz_say(turn, student->name, "answer %u to question %u counted", choice, number);
    }
    if (answer->choice != choice)
        answer->last_ns = turn->datagram->wall_ns;
    answer->choice = (uint8_t)choice;
    quiz_note_answer(turn, student, number, &note);
}

static void quiz_say_closed(struct quiz_turn *turn, const struct quiz_student *student,
                            const struct event_question *question)
{
    const struct quiz_answer *answer = &student->answers[question->number - 1];
    const struct event_quiz_note note = {.what = QUIZ_LATE, .before = answer->choice};

    if (answer->choice > 0)
        quiz_say(turn, student->name, "question %u is closed; your answer was %u", question->number,
                 answer->choice);
    else
        quiz_say(turn, student->name, "question %u is closed; you have no answer",
                 question->number);
    quiz_note_answer(turn, student, question->number, &note);
}

/* Who answers: the name in the datagram, or whose endpoint it is. QUIZ_NOBODY, with the reply
 * written. */
static uint32_t quiz_answerer(struct quiz_turn *turn)
{
    const struct endpoint *from = &turn->datagram->from;
    struct quiz_found found;
    bool seated = quiz_find_seat(turn->quiz, from, &found);
    uint32_t index;

    if (turn->command.name[0] == '\0' && seated)
        return found.index;
    if (turn->command.name[0] == '\0') {
        quiz_say_unknown(turn);
        return QUIZ_NOBODY;
    }
    if (quiz_find_name(turn->quiz, turn->command.name, from, &index)) {
        if (!seated) {
            quiz_add_seat(turn->quiz, index, turn->datagram);
            turn->quiz->students[index].student.messages++;
        }
        return index;
    }
    index = quiz_owner_of(turn->quiz, turn->command.name, QUIZ_NOBODY);
    if (index == QUIZ_NOBODY && !seated)
        return quiz_register(turn);
    if (index == QUIZ_NOBODY) {
        builder_add(&turn->reply, "nobody here has that name: not counted");
        return QUIZ_NOBODY;
    }
    struct quiz_student *student = &turn->quiz->students[index].student;
    student->conflicts++;
    turn->quiz->totals.conflicts++;
    quiz_mark(turn->quiz, index);
    quiz_note_answer(turn, student, turn->command.question,
                     &(struct event_quiz_note){.what = QUIZ_CONFLICT});
    quiz_say(turn, student->name, "registered at another address: not counted");
    return QUIZ_NOBODY;
}

/* The question that an answer is for; NULL, with the reply written, if there is none. */
static const struct event_question *quiz_question_for(struct quiz_turn *turn)
{
    const struct quiz *quiz = turn->quiz;
    unsigned number = turn->command.question > 0 ? turn->command.question : quiz->asked;
    const struct event_question *question;

    if (turn->command.question > quiz->asked) {
        builder_add(&turn->reply, "there is no question %u", turn->command.question);
        return NULL;
    }
    question = quiz->asked > 0 ? &quiz->questions[number - 1] : NULL;
    if (question == NULL || (question->state != QUIZ_OPEN && turn->command.question == 0)) {
        builder_add(&turn->reply, "no question is open");
        return NULL;
    }
    if (turn->command.choice == 0 || turn->command.choice > question->question.option_count) {
        builder_add(&turn->reply, "answers are 1 to %u", question->question.option_count);
        return NULL;
    }
    return question;
}

/* If no question is open, a student who has answered the latest still gets that answer: the reply
 * to it may have been lost. */
static void quiz_do_answer(struct quiz_turn *turn)
{
    const struct quiz *quiz = turn->quiz;
    const struct event_question *question;
    struct quiz_found found;

    if (turn->command.question == 0 && quiz->asked > 0 &&
        quiz->questions[quiz->asked - 1].state != QUIZ_OPEN && turn->command.name[0] == '\0' &&
        quiz_find_seat(turn->quiz, &turn->datagram->from, &found) &&
        found.student->answers[quiz->asked - 1].choice > 0) {
        quiz_say_closed(turn, found.student, &quiz->questions[quiz->asked - 1]);
        return;
    }
    question = quiz_question_for(turn);
    if (question == NULL)
        return;
    uint32_t index = quiz_answerer(turn);
    if (index == QUIZ_NOBODY)
        return;
    struct quiz_student *student = &turn->quiz->students[index].student;
    if (question->state == QUIZ_OPEN)
        quiz_count(turn, student, question);
    else
        quiz_say_closed(turn, student, question);
    quiz_mark(turn->quiz, index);
}

/* ---- */

/* Until the first question a digit or a letter is a message like any other. */
bool quiz_takes(const struct quiz *quiz, const void *bytes, size_t size_bytes)
{
    const struct quiz_command command = quiz_command_read(bytes, size_bytes);

    return command.verb != QUIZ_MESSAGE && !(command.bare && quiz->asked == 0);
}

size_t quiz_reply(struct quiz *quiz, const struct quiz_datagram *datagram, char *out,
                  size_t room_bytes, size_t limit_bytes, bool *cut)
{
    static void (*const acts[])(struct quiz_turn * turn) = {[QUIZ_NAME] = quiz_do_name,
                                                            [QUIZ_CONFIRM] = quiz_do_confirm,
                                                            [QUIZ_ASK] = quiz_do_ask,
                                                            [QUIZ_ANSWER] = quiz_do_answer};
    struct quiz_turn turn = {.quiz = quiz,
                             .datagram = datagram,
                             .command = quiz_command_read(datagram->bytes, datagram->size_bytes),
                             .reply = builder_begin(out, room_bytes),
                             .limit_bytes = limit_bytes};
    struct quiz_found found;
    bool free_size;

    if (turn.command.verb != QUIZ_MESSAGE)
        acts[turn.command.verb](&turn);
    free_size = quiz_find_seat(quiz, &datagram->from, &found) && found.seat->confirmed;
    size_t length = strlen(out);
    if (length > limit_bytes && !free_size) {
        length = ack_cut((const uint8_t *)out, limit_bytes);
        turn.cut = true;
    }
    *cut = turn.cut || builder_is_cut(&turn.reply);
    return length;
}
