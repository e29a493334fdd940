/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* quiz: registration, answers, replies and their sizes, and a random class against a simple model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/array.h"
#include "udptui/proto/event.h"
#include "udptui/proto/quiz.h"
#include "udptui/proto/quiz_book.h"

enum { ROOM = 2048, FREELY = 1000 };

/* A class, what it reported, and its latest reply. */
struct room {
    struct quiz *quiz;
    struct quiz_book *book;
    char reply[ROOM];
    bool cut;
    int64_t now_ns;
    size_t notes;
    struct event_quiz_note note; /* the latest */
};

static const struct hash_key key = {.k0 = 1, .k1 = 2};

static struct room *open_room(uint32_t students)
{
    struct room *room = calloc(1, sizeof *room);

    room->quiz = quiz_open(students, &key);
    room->book = quiz_book_open(students);
    assert_non_null(room->quiz);
    return room;
}

static void close_room(struct room *room)
{
    quiz_close(room->quiz);
    quiz_book_close(room->book);
    free(room);
}

static struct endpoint at(unsigned host, uint16_t port)
{
    return (struct endpoint){.family = ENDPOINT_IPV4,
                             .address = {192, 0, (uint8_t)(host >> 8), (uint8_t)host},
                             .port = port};
}

static void take_records(struct room *room)
{
    const void *record;
    size_t size;

    while ((record = quiz_changed(room->quiz, &size)) != NULL) {
        if (event_kind_of(record) == EVENT_QUIZ_NOTE) {
            room->note = *(const struct event_quiz_note *)record;
            room->notes++;
        }
        quiz_book_take(room->book, record);
        quiz_taken(room->quiz);
    }
}

static const char *hear(struct room *room, struct endpoint from, const char *text, size_t limit)
{
    const struct quiz_datagram datagram = {
        .from = from, .wall_ns = ++room->now_ns, .bytes = text, .size_bytes = strlen(text)};

    quiz_note(room->quiz, &datagram, 1);
    room->reply[0] = '\0';
    if (quiz_takes(room->quiz, text, strlen(text))) {
        size_t length = quiz_reply(room->quiz, &datagram, room->reply, ROOM, limit, &room->cut);
        room->reply[length] = '\0';
    }
    take_records(room);
    return room->reply;
}

static void expect(struct room *room, struct endpoint from, const char *text, const char *reply)
{
    assert_string_equal(hear(room, from, text, FREELY), reply);
}

static void ask(struct room *room, unsigned options)
{
    struct quiz_question question = {.text = "What?", .right = 1};

    for (unsigned i = 0; i < options; i++)
        quiz_question_add_option(&question, "option", 6);
    quiz_ask(room->quiz, &question, ++room->now_ns);
    take_records(room);
}

static const char *code_in(const char *reply)
{
    const char *code = strstr(reply, "ok ");

    assert_non_null(code);
    return code;
}

static void confirm(struct room *room, struct endpoint from, const char *reply)
{
    char code[16];

    snprintf(code, sizeof code, "%s", code_in(reply));
    assert_non_null(strstr(hear(room, from, code, FREELY), "questions come to you now"));
}

static const struct quiz_student *student_of(struct room *room, const char *name)
{
    for (uint32_t i = 0; i < quiz_book_students(room->book); i++)
        if (strcmp(quiz_book_student(room->book, i)->name, name) == 0)
            return quiz_book_student(room->book, i);
    fail_msg("no %s", name);
    return NULL;
}

static void answers(void **state)
{
    struct room *room = open_room(10);
    struct endpoint kim = at(1, 5000);

    (void)state;
    expect(room, kim, "2", ""); /* a message: nothing was asked yet */
    expect(room, kim, "answer 2", "no question is open");
    expect(room, kim, "?", "no question is open");
    ask(room, 4);
    expect(room, kim, "answer 2", "give your name first: name YOU, or: answer N YOU");
    assert_non_null(
        strstr(hear(room, kim, "name kim\n", FREELY), "kim: registered; to get questions: ok "));
    expect(room, kim, "answer 2\n", "kim: answer 2 to question 1 counted");
    expect(room, kim, "2", "kim: answer 2 to question 1 was already counted");
    expect(room, kim, "a", "kim: changed from 2 to 1, and counted");
    expect(room, kim, "answer 5", "answers are 1 to 4");
    expect(room, kim, "answer x", "answers are 1 to 4");
    expect(room, kim, "answer 1 to 2", "there is no question 2");
    ask(room, 2);
    expect(room, kim, "answer 3 to 1", "kim: question 1 is closed; your answer was 1");
    assert_int_equal(room->note.what, QUIZ_LATE);
    expect(room, kim, "answer 2 to question 2", "kim: answer 2 to question 2 counted");
    assert_true(quiz_set_state(room->quiz, 2, QUIZ_CLOSED, 0, 5));
    expect(room, kim, "answer 1", "kim: question 2 is closed; your answer was 2");
    assert_false(quiz_set_state(room->quiz, 1, QUIZ_OPEN, 0, 5)); /* only the latest */
    assert_true(quiz_set_state(room->quiz, 2, QUIZ_OPEN, 0, 5));
    expect(room, kim, "answer 1", "kim: changed from 2 to 1, and counted");
    assert_true(quiz_set_state(room->quiz, 2, QUIZ_SHOWN, 0, 5));
    assert_false(quiz_set_state(room->quiz, 2, QUIZ_OPEN, 0, 5)); /* the answer is known */
    take_records(room);
    const struct quiz_student *student = student_of(room, "kim");
    assert_int_equal(student->answers[0].first, 2);
    assert_int_equal(student->answers[0].choice, 1);
    assert_int_equal(student->answers[0].changes, 1);
    assert_int_equal(student->answers[0].repeats, 1);
    const struct quiz_score score = quiz_book_score(room->book, student);
    assert_int_equal(score.right, 1); /* question 1 is not shown */
    assert_int_equal(score.answered, 1);
    assert_int_equal(score.shown, 1);
    assert_int_equal(score.given, 2);
    close_room(room);
}

static void names(void **state)
{
    struct room *room = open_room(10);

    (void)state;
    hear(room, at(1, 5000), "name kim", FREELY);
    assert_string_equal(room->note.name, "kim");
    assert_non_null(strstr(hear(room, at(1, 6000), "name Kim", FREELY), "kim: registered; "));
    assert_int_equal(quiz_book_students(room->book), 1); /* another port of the same */
    assert_non_null(strstr(hear(room, at(2, 5000), "name KIM", FREELY),
                           "KIM-2: registered (that name is taken); "));
    assert_non_null(strstr(hear(room, at(2, 5001), "name kim", FREELY), "KIM-2: registered"));
    assert_non_null(strstr(hear(room, at(2, 5002), "name kim-2", FREELY), "KIM-2: registered"));
    assert_int_equal(quiz_book_students(room->book), 2);
    assert_non_null(
        strstr(hear(room, at(3, 1), "name \x1b]2;x", FREELY), "\\x1B]2;x: registered (cleaned); "));
    assert_non_null(
        strstr(hear(room, at(4, 1), "name client 1", FREELY), "client 1-2: registered"));
    assert_non_null(strstr(hear(room, at(4, 1), "name lee", FREELY), "lee: renamed; "));
    assert_int_equal(room->note.what, QUIZ_RENAMED);
    expect(room, at(4, 1), "name \xe2\x80\x82", "that name is empty");
    /* an endpoint that goes over to another student of this address, and back */
    hear(room, at(4, 2), "name pat", FREELY);
    hear(room, at(4, 2), "name lee", FREELY);
    assert_int_equal(student_of(room, "pat")->seats, 0);
    assert_non_null(strstr(hear(room, at(4, 2), "name pat", FREELY), "pat: registered"));
    assert_int_equal(student_of(room, "pat")->seats, 1);
    hear(room, at(5, 1), "name wwwwwwwwwwwwwwwwwwwwwwwwwwww", FREELY);
    hear(room, at(6, 1), "name wwwwwwwwwwwwwwwwwwwwwwwwwwww", FREELY);
    assert_true(text_columns(room->note.name) <= ROSTER_NAME_COLUMNS);
    close_room(room);
}

/* nc has a new port for each datagram. */
static void the_name_in_the_datagram(void **state)
{
    struct room *room = open_room(3);

    (void)state;
    ask(room, 4);
    expect(room, at(1, 1000), "answer 2 kim", "kim: answer 2 to question 1 counted");
    for (uint16_t port = 1001; port < 1100; port++)
        expect(room, at(1, port), "kim: answer 2",
               "kim: answer 2 to question 1 was already counted");
    assert_int_equal(quiz_book_students(room->book), 1);
    assert_int_equal(student_of(room, "kim")->seats, QUIZ_SEATS);
    assert_int_equal(student_of(room, "kim")->messages, 100);
    expect(room, at(1, 1099), "3", "kim: changed from 2 to 3, and counted");
    expect(room, at(1, 1001), "3",
           "give your name first: name YOU, or: answer N YOU"); /* that port was forgotten */
    expect(room, at(9, 1000), "answer 1 kim", "kim: registered at another address: not counted");
    assert_int_equal(student_of(room, "kim")->conflicts, 1);
    assert_int_equal(quiz_book_totals(room->book)->conflicts, 1);
    assert_int_equal(student_of(room, "kim")->answers[0].choice, 3);
    expect(room, at(1, 1099), "answer 1 lee", "nobody here has that name: not counted");
    close_room(room);
}

static void a_full_class(void **state)
{
    struct room *room = open_room(2);
    char text[32];

    (void)state;
    hear(room, at(1, 1), "name ann", FREELY);
    confirm(room, at(1, 1), room->reply);
    hear(room, at(2, 1), "name bob", FREELY);
    for (unsigned i = 0; i < 1000; i++) {
        snprintf(text, sizeof text, "name x%u", i);
        expect(room, at(100 + i, 7), text, "the class is full: ask the teacher");
    }
    assert_int_equal(quiz_book_totals(room->book)->refused_full, 1000);
    assert_non_null(strstr(hear(room, at(2, 2), "name bob", FREELY), "bob: registered"));
    assert_int_equal(quiz_remove_idle(room->quiz), 1); /* bob: no code, no answer */
    assert_non_null(strstr(hear(room, at(3, 1), "name cleo", FREELY), "cleo: registered"));
    assert_int_equal(quiz_book_students(room->book), 2);
    assert_int_equal(quiz_book_totals(room->book)->students, 2);
    assert_int_equal(quiz_book_totals(room->book)->confirmed, 1);
    close_room(room);
}

/* Nothing that is sent to an address that may be forged is larger than the limit, and nothing is
 * pushed there. */
static void forged_addresses(void **state)
{
    struct room *room = open_room(4);
    char out[QUIZ_DATAGRAM_MAX + 1];
    size_t size;

    (void)state;
    ask(room, 9);
    hear(room, at(1, 1), "name kim", 80);
    assert_true(strlen(room->reply) <= 80);
    assert_string_equal(hear(room, at(2, 1), "?", 59),
                        "question 1: What?\n1 option\n2 option\n3 ... for all: name YOU");
    assert_true(strlen(room->reply) <= 59 && room->cut);
    assert_non_null(strstr(hear(room, at(1, 1), "?", 59), "... for all: ok "));
    assert_true(strlen(room->reply) <= 59);
    quiz_push(room->quiz, 1);
    assert_null(quiz_push_next(room->quiz, out, &size));
    expect(room, at(1, 1), "ok 100000", "kim: wrong code: send your name again");
    assert_int_equal(quiz_book_totals(room->book)->wrong_codes, 1);
    hear(room, at(1, 1), "name kim", FREELY);
    confirm(room, at(1, 1), room->reply);
    hear(room, at(1, 1), "?", 59);
    assert_non_null(strstr(room->reply, "\n9 option\nanswer with: answer N\n"));
    quiz_push(room->quiz, 1);
    const struct quiz_seat *seat = quiz_push_next(room->quiz, out, &size);
    assert_non_null(seat);
    assert_int_equal(seat->endpoint.port, 1);
    assert_string_equal(out, room->reply);
    assert_null(strstr(out, "right"));
    assert_null(quiz_push_next(room->quiz, out, &size));
    /* a code is of one endpoint alone */
    hear(room, at(1, 2), "name kim", FREELY);
    char code[16];
    snprintf(code, sizeof code, "%s", code_in(room->reply));
    expect(room, at(1, 1), code, "kim: wrong code: send your name again");
    close_room(room);
}

/* A code is not found by trying: neither by a name nor by many ports of it. */
static void guessed_codes(void **state)
{
    struct room *room = open_room(4);
    char code[16], text[16];

    (void)state;
    hear(room, at(1, 1), "name kim", FREELY);
    snprintf(code, sizeof code, "%s", code_in(room->reply));
    for (unsigned i = 0; i < QUIZ_WRONG_MAX; i++) {
        snprintf(text, sizeof text, "ok %06u", 100000 + i);
        expect(room, at(1, 1), text, "kim: wrong code: send your name again");
    }
    expect(room, at(1, 1), code, "kim: too many wrong codes: fetch questions with: question");
    hear(room, at(1, 2), "name kim", FREELY);
    snprintf(code, sizeof code, "%s", code_in(room->reply));
    expect(room, at(1, 2), code, "kim: too many wrong codes: fetch questions with: question");
    assert_int_equal(quiz_book_totals(room->book)->confirmed, 0);
    hear(room, at(2, 1), "name lee", FREELY); /* another student is not concerned */
    confirm(room, at(2, 1), room->reply);
    close_room(room);
}

/* However long the name, what was counted is in the reply. */
static void long_names(void **state)
{
    struct room *room = open_room(4);

    (void)state;
    ask(room, 4);
    hear(room, at(1, 1),
         "name "
         "\xe4\xbd\xa0\xe5\xa5\xbd\xe4\xbd\xa0\xe5\xa5\xbd\xe4\xbd\xa0\xe5\xa5\xbd\xe4\xbd\xa0\xe5"
         "\xa5\xbd\xe4\xbd\xa0\xe5\xa5\xbd",
         FREELY);
    assert_string_equal(hear(room, at(1, 1), "2", 59),
                        "\xe4\xbd\xa0\xe5\xa5\xbd\xe4\xbd\xa0\xe5\xa5\xbd\xe4\xbd\xa0\xe5\xa5\xbd"
                        "\xe4\xbd\xa0\xe5\xa5\xbd\xe4\xbd\xa0: answer 2 to question 1 counted");
    close_room(room);
}

/* ---- against a model: for each name and question the latest answer that came while it was open */

enum { PEOPLE = 12, ROUNDS = 20000, ASKED_MAX = 20 };

struct person {
    bool registered;
    unsigned choices[ASKED_MAX];
};

static void one_step(struct room *room, struct person *people, unsigned *asked, bool *open)
{
    unsigned who = (unsigned)rand() % PEOPLE, choice = 1 + (unsigned)rand() % 5,
             what = (unsigned)rand() % 100;
    char text[64];
    uint16_t port = (uint16_t)(1 + rand() % 40);

    if (what == 0 && *asked < ASKED_MAX) {
        ask(room, 4);
        ++*asked;
        *open = true;
        return;
    }
    if (what == 1 && *asked > 0) {
        *open = rand() % 2;
        quiz_set_state(room->quiz, *asked, *open ? QUIZ_OPEN : QUIZ_CLOSED, 0, 1);
        take_records(room);
        return;
    }
    if (what < 20)
        snprintf(text, sizeof text, "name p%u", who);
    else
        snprintf(text, sizeof text, "answer %u p%u", choice, who);
    hear(room, at(10 + who, port), text, FREELY);
    if (what < 20 || (*open && choice <= 4))
        people[who].registered = true;
    if (what >= 20 && *open && choice <= 4)
        people[who].choices[*asked - 1] = choice;
}

static void compare(struct room *room, const struct person *people, unsigned asked)
{
    uint32_t registered = 0;

    for (unsigned who = 0; who < PEOPLE; who++) {
        char name[16];
        if (!people[who].registered)
            continue;
        registered++;
        snprintf(name, sizeof name, "p%u", who);
        const struct quiz_student *student = student_of(room, name);
        for (unsigned i = 0; i < asked; i++)
            assert_int_equal(student->answers[i].choice, people[who].choices[i]);
    }
    assert_int_equal(quiz_book_students(room->book), registered);
    for (unsigned i = 0; i < asked; i++) {
        struct quiz_tally tally = quiz_book_tally(room->book, i + 1);
        uint32_t sum = 0;
        for (unsigned c = 0; c < QUIZ_OPTIONS_MAX; c++)
            sum += tally.counts[c];
        assert_int_equal(sum, tally.answered);
    }
}

static void a_random_class(void **state)
{
    struct room *room = open_room(PEOPLE);
    struct person people[PEOPLE] = {{.registered = false}};
    unsigned asked = 0;
    bool open = false;

    (void)state;
    srand(3);
    for (int round = 0; round < ROUNDS; round++) {
        one_step(room, people, &asked, &open);
        if (round % 100 == 0)
            compare(room, people, asked);
    }
    compare(room, people, asked);
    close_room(room);
}

/* Records that nobody takes cost no memory, and what is cumulative is complete later. */
static void records_that_wait(void **state)
{
    struct room *room = open_room(1);
    struct quiz_datagram datagram = {.from = at(1, 1), .bytes = "name kim", .size_bytes = 8};
    char out[ROOM];
    bool cut;

    (void)state;
    for (int i = 0; i < 10000; i++) {
        datagram.bytes = i % 2 ? "name kim" : "name lee";
        quiz_note(room->quiz, &datagram, 1);
        quiz_reply(room->quiz, &datagram, out, sizeof out, FREELY, &cut);
    }
    take_records(room);
    assert_int_equal(room->notes + quiz_book_totals(room->book)->notes_skipped, 10000);
    assert_string_equal(quiz_book_student(room->book, 0)->name, "kim");
    assert_int_equal(quiz_book_student(room->book, 0)->messages, 10000);
    close_room(room);
}

static void percents(void **state)
{
    (void)state;
    assert_int_equal(quiz_percent(0, 0), 0);
    assert_int_equal(quiz_percent(1, 3), 33);
    assert_int_equal(quiz_percent(2, 3), 67);
    assert_int_equal(quiz_percent(1, 2), 50);
    assert_int_equal(quiz_percent(1000, 1000), 100);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(answers),
    cmocka_unit_test(names),
    cmocka_unit_test(the_name_in_the_datagram),
    cmocka_unit_test(a_full_class),
    cmocka_unit_test(forged_addresses),
    cmocka_unit_test(guessed_codes),
    cmocka_unit_test(long_names),
    cmocka_unit_test(a_random_class),
    cmocka_unit_test(records_that_wait),
    cmocka_unit_test(percents),
};

const struct suite suite_quiz = {
    .name = "quiz", .tests = tests, .count = sizeof tests / sizeof *tests};
