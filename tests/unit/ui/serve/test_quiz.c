/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* serve_quiz: the teacher's screen of a quiz: bars, scores, keys, and nothing by colour alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../suite.h"

#include "scene.h"
#include "udptui/proto/quiz.h"
#include "udptui/proto/quiz_book.h"

enum { ESC = 0x1b, ENTER = '\r', TAB = '\t' };

static const struct hash_key key = {.k0 = 7};

/* A class behind a scene: its quiz does what the keys say. */
struct room {
    struct scene *scene;
    struct quiz *quiz;
    struct quiz_book *book;
    struct quiz_question prepared[2];
};

static struct quiz_question make(const char *text, unsigned right, const char *const *options)
{
    struct quiz_question question = {.right = (uint8_t)right};

    quiz_question_set_text(&question, text, strlen(text));
    for (; *options != NULL; options++)
        quiz_question_add_option(&question, *options, strlen(*options));
    return question;
}

static void take_records(struct room *room)
{
    const void *record;
    size_t size;

    while ((record = quiz_changed(room->quiz, &size)) != NULL) {
        quiz_book_take(room->book, record);
        model_apply(room->scene->model, record, size);
        quiz_taken(room->quiz);
    }
}

static void open_room(struct room *room, int rows, int columns, enum text_charset charset)
{
    static const char *const two[] = {"yes", "no, it does not guarantee delivery at all", NULL};
    struct model_config config = scene_config(charset, 65536);

    *room = (struct room){.quiz = quiz_open(50, &key), .book = quiz_book_open(50)};
    room->prepared[0] = make("Is UDP reliable?", 2, two);
    room->prepared[1] = make("Tea?", 0, two);
    config.roster = true;
    config.book = room->book;
    config.prepared = room->prepared;
    config.prepared_count = 2;
    room->scene = scene_open_with(rows, columns, &config);
}

static void close_room(struct room *room)
{
    scene_close(room->scene);
    quiz_close(room->quiz);
    quiz_book_close(room->book);
}

static void press(struct room *room, int32_t code)
{
    struct effects effects = scene_key(room->scene, code);

    if (effects.quiz)
        quiz_do(room->quiz, &effects.quiz_request, 1000);
    take_records(room);
}

static void type(struct room *room, const char *text)
{
    for (; *text != '\0'; text++)
        press(room, *text);
    press(room, ENTER);
}

static void hear(struct room *room, unsigned who, const char *text)
{
    struct quiz_datagram datagram = {
        .from = {.family = ENDPOINT_IPV4, .address = {10, 0, 0, (uint8_t)who}, .port = 5000},
        .slot = who,
        .wall_ns = 2000,
        .bytes = text,
        .size_bytes = strlen(text)};
    char out[2048];
    bool cut;

    quiz_note(room->quiz, &datagram, 1);
    quiz_reply(room->quiz, &datagram, out, sizeof out, 100, &cut);
    take_records(room);
}

// clang-format off
static void a_question_at_80x24(void **state)
{
    struct room room;

    (void)state;
    open_room(&room, 24, 80, TEXT_UTF8);
    hear(&room, 1, "name kim");
    hear(&room, 2, "name lee");
    hear(&room, 3, "name pat");
    press(&room, 'Q');
    press(&room, 'n');
    hear(&room, 1, "answer 2");
    hear(&room, 2, "answer 1");
    assert_int_equal(scene_row(room.scene,
        "─ Question 1 of 1: open ───────────────────────────────── answered 2 of 3  67% ─\n"
        "   Is UDP reliable?\n"
        "   1 yes                            ▓▓▓▓▓▓▓▓▓▓▓▓▓░░░░░░░░░░░░░    1   50%\n"
        "   2 no, it does not guarantee      ▓▓▓▓▓▓▓▓▓▓▓▓▓░░░░░░░░░░░░░    1   50%\n"
        "     delivery at all\n"
        "   Next (n)     Tea?\n"
        " Not answered yet\n"
        "   pat\n"), 2);
    press(&room, 's');
    assert_true(scene_shows(room.scene, "  50% RIGHT\n     delivery"));
    assert_true(scene_shows(room.scene, "Question 1 of 1: shown"));
    press(&room, TAB);
    assert_int_equal(scene_row(room.scene,
        "─ Scores ────────────────────────────────────────────────────── 3 of 50 places ─\n"
        "   Name                  right     given  msgs\n"
        "   kim                    1 of 1       1     2  no code\n"
        "   lee                    0 of 1       1     2  no code\n"
        "   pat                    0 of 1       0     1  no code\n"), 2);
    close_room(&room);
}

static void a_question_at_40x10_in_ascii(void **state)
{
    struct room room;

    (void)state;
    open_room(&room, 10, 40, TEXT_ASCII);
    hear(&room, 1, "name Zo\xc3\xab");
    press(&room, 'Q');
    press(&room, 'n');
    hear(&room, 1, "answer 2");
    assert_int_equal(scene_row(room.scene,
        "- Question 1 of 1: open ----------------\n"
        "   answered 1 of 1  100%\n"
        "   Is UDP reliable?\n"
        "   1 yes\n"
        "         .............    0    0%\n"
        "   2 no, it does not guarantee delivery\n"
        "     at all\n"), 2);
    press(&room, 'j');
    assert_true(scene_shows(room.scene, "         #############    1  100%\n"));
    press(&room, TAB);
    assert_true(scene_shows(room.scene, "   Zo\\u{EB}  "));
    close_room(&room);
}
// clang-format on

static void a_typed_question(void **state)
{
    struct room room;

    (void)state;
    open_room(&room, 24, 80, TEXT_UTF8);
    press(&room, 'Q');
    press(&room, 't');
    assert_string_equal(
        scene_footer(room.scene),
        " question:                                                 Enter take  Esc back\n");
    type(&room, "");
    assert_true(scene_shows(room.scene, "Not taken: there is no text"));
    type(&room, "How?");
    type(&room, "so");
    type(&room, "");
    assert_true(scene_shows(room.scene, "Not taken: there is no text"));
    type(&room, "or so");
    assert_true(scene_shows(room.scene, "choice 3 (empty: no more): "));
    type(&room, "");
    press(&room, '2');
    assert_true(scene_shows(room.scene, "right, 1-2 (empty: none): *")); /* the class looks on */
    press(&room, '3');
    press(&room, ENTER);
    assert_true(scene_shows(room.scene, "Not taken: the right answer is the number of a choice"));
    press(&room, 0x7f);
    press(&room, ENTER);
    assert_true(scene_shows(room.scene, "Question 1 of 1: open"));
    assert_int_equal(quiz_book_question(room.book, 1)->question.right, 2);
    press(&room, 't');
    press(&room, ESC);
    assert_true(scene_shows(room.scene, "Question 1 of 1: open"));
    close_room(&room);
}

static void states_and_questions(void **state)
{
    struct room room;

    (void)state;
    open_room(&room, 24, 80, TEXT_UTF8);
    press(&room, 'Q');
    press(&room, 's');
    assert_true(scene_shows(room.scene, "No question was asked yet"));
    press(&room, 'n');
    press(&room, 'o');
    assert_true(scene_shows(room.scene, "Question 1 of 1: closed"));
    press(&room, 'o');
    assert_true(scene_shows(room.scene, "Question 1 of 1: open"));
    press(&room, 'n');
    assert_true(scene_shows(room.scene, "Question 2 of 2: open"));
    press(&room, KEY_CODE_LEFT);
    assert_true(scene_shows(room.scene, "Question 1 of 2: closed"));
    press(&room, 'o');
    assert_true(scene_shows(room.scene, "Only the latest question can be opened again"));
    press(&room, KEY_CODE_RIGHT);
    press(&room, 's'); /* nobody knows which is right */
    type(&room, "1");
    assert_true(scene_shows(room.scene, "Question 2 of 2: shown"));
    assert_true(scene_shows(room.scene, "RIGHT"));
    press(&room, 'o');
    assert_true(scene_shows(room.scene, "Its answer was shown: it stays closed"));
    press(&room, 'n');
    assert_true(scene_shows(room.scene, "All questions of the file were asked"));
    press(&room, 'm');
    type(&room, "nothing");
    assert_true(scene_shows(room.scene, "there is no such lesson"));
    press(&room, 0x15); /* Ctrl-U */
    type(&room, "loss");
    assert_true(scene_shows(room.scene, "Question 3 of 3: open"));
    assert_true(quiz_book_question(room.book, 3)->question.right > 0);
    press(&room, 'e');
    assert_true(scene_shows(room.scene, "There is no file: start with --export FILE"));
    press(&room, ESC);
    assert_true(scene_shows(room.scene, "Clients"));
    close_room(&room);
}

static void without_a_class(void **state)
{
    struct scene *scene = scene_open(24, 80, TEXT_UTF8, 100);

    (void)state;
    scene_key(scene, 'Q');
    assert_true(scene_shows(scene, "The quiz is part of serve --class"));
    scene_close(scene);
}

static void what_was_refused(void **state)
{
    struct room room;

    (void)state;
    open_room(&room, 24, 80, TEXT_UTF8);
    press(&room, 'Q');
    press(&room, 'n');
    hear(&room, 1, "name kim");
    hear(&room, 2, "answer 1 kim");
    assert_true(scene_shows(room.scene, "Refused      CONFLICT: 1 answers in another's name"));
    press(&room, TAB);
    assert_true(scene_shows(room.scene, "no code  CONFLICT"));
    press(&room, 'x');
    assert_int_equal(quiz_book_students(room.book), 0);
    close_room(&room);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_question_at_80x24), cmocka_unit_test(a_question_at_40x10_in_ascii),
    cmocka_unit_test(a_typed_question),    cmocka_unit_test(states_and_questions),
    cmocka_unit_test(without_a_class),     cmocka_unit_test(what_was_refused),
};

const struct suite suite_serve_quiz = {
    .name = "serve_quiz", .tests = tests, .count = sizeof tests / sizeof *tests};
