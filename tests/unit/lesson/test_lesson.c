/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lesson: the parser of lesson files: what it reads, and the place of every problem. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/lesson/lesson.h"

static int make_lesson_room(void **state)
{
    *state = malloc(sizeof(struct lesson));
    return *state != NULL ? 0 : -1;
}

static int free_lesson_room(void **state)
{
    free(*state);
    return 0;
}

#define HEAD     "Name: one\nTitle: One lesson [script]\n"
#define QUESTION "Question: Which one?\nChoice: this\nAnswer: that\n"
#define SCRIPT   "Script:\n  step tcp\n"
#define WHOLE    HEAD QUESTION SCRIPT

static void read_whole(struct lesson *lesson, const char *text)
{
    struct lesson_problem problem = {.text = ""};

    if (!lesson_parse(lesson, text, strlen(text), NULL, &problem))
        fail_msg("%d:%d: %s", problem.line, problem.column, problem.text);
}

static void ends_are_two_or_three(void **state)
{
    struct lesson *lesson = *state;

    read_whole(lesson, WHOLE "Ends: sender, receiver\n");
    assert_string_equal(lesson->topic.client, "sender");
    assert_null(lesson->topic.middle);
    assert_string_equal(lesson->topic.server, "receiver");
    read_whole(lesson, WHOLE "Ends: client, the router, server\n");
    assert_string_equal(lesson->topic.client, "client");
    assert_string_equal(lesson->topic.middle, "the router");
    assert_string_equal(lesson->topic.server, "server");
}

static void the_fields_that_are_needed(void **state)
{
    struct lesson *lesson = *state;

    read_whole(lesson, WHOLE);
    assert_string_equal(lesson->topic.name, "one");
    assert_string_equal(lesson->topic.summary, "One lesson");
    assert_string_equal(lesson->topic.question, "Which one?");
    assert_int_equal(lesson_choices(&lesson->topic), 2);
    assert_int_equal(lesson->topic.right, 1);
    assert_string_equal(lesson->topic.client, "client");
    assert_string_equal(lesson->topic.server, "server");
    assert_string_equal(lesson->topic.plan, "");
    assert_string_equal(lesson->topic.sources, "");
    assert_null(lesson->topic.commands[0]);
    assert_string_equal(lesson->statements[0].text, "tcp");
}

static void fields_go_on_and_comments_are_left_out(void **state)
{
    struct lesson *lesson = *state;

    read_whole(lesson, "\xef\xbb\xbf# a comment\r\nName: one\r\nTitle: One\r\n\t lesson,  or\r\n"
                       "# within\r\n two\r\n [script]\r\n\r\n" QUESTION SCRIPT
                       "Command: printf 'a  b\\n'\n  | cat   # it\n");
    assert_string_equal(lesson->topic.summary, "One lesson,  or two");
    assert_string_equal(lesson->topic.commands[0], "printf 'a  b\\n' | cat   # it");
}

static void sentences_have_sources(void **state)
{
    struct lesson *lesson = *state;

    read_whole(lesson, WHOLE
               "Explanation: One \"Hi!?\" is here. [a]  Is it so (with (2))? [ b , measured]\n"
               "  And ff02::fb... so on! [a,script]\n"
               "Source: a = RFC 1, section 2\nSource: b = recv(2)\n");
    assert_int_equal(lesson->explanation.count, 3);
    assert_string_equal(lesson->explanation.sentences[0].text, "One \"Hi!?\" is here.");
    assert_int_equal(lesson->explanation.sentences[0].sources, 1);
    assert_int_equal(lesson->explanation.sentences[1].sources, 2 | LESSON_FROM_MEASURED);
    assert_int_equal(lesson->explanation.sentences[2].sources, 1 | LESSON_FROM_SCRIPT);
    assert_string_equal(lesson->topic.sources, "RFC 1, section 2; recv(2)");
    assert_string_equal(lesson->topic.explanation,
                        "One \"Hi!?\" is here. Is it so (with (2))? And ff02::fb... so on!");
}

static void facts_and_expectations(void **state)
{
    struct lesson *lesson = *state;

    read_whole(lesson, WHOLE "Facts:\n  sent \"messages \\\"sent\\\"\"\n\n  hidden\n"
                             "  lost \"lost if any\" = sent - hidden\n"
                             "  why \"why\" if lost > 0\n"
                             "Happened: {sent} sent. {lost} lost. [if lost > 0]\n"
                             "Expect: some if any = \"if it is\" if why = \"if\"\n"
                             "Chance: more\n  if sent > 0\n  and lost > 0\n");
    assert_int_equal(lesson->fact_count, 4);
    assert_string_equal(lesson->facts[0].label, "messages \"sent\"");
    assert_null(lesson->facts[1].label);
    assert_string_equal(lesson->facts[2].label, "lost if any");
    assert_int_not_equal(lesson->facts[2].value, EXPRESSION_NONE);
    assert_int_equal(lesson->facts[2].condition, EXPRESSION_NONE);
    assert_int_not_equal(lesson->facts[3].condition, EXPRESSION_NONE);
    assert_int_equal(lesson->happened.count, 2);
    assert_int_equal(lesson->happened.sentences[0].condition, EXPRESSION_NONE);
    assert_int_not_equal(lesson->happened.sentences[1].condition, EXPRESSION_NONE);
    assert_int_equal(lesson->expectation_count, 2);
    assert_string_equal(lesson->expectations[0].text, "some if any = \"if it is\"");
    assert_string_equal(lesson->expectations[1].text, "more");
    assert_int_equal(lesson->expectations[1].depends, LESSON_ON_SEED);
}

/* ---- problems */

static void every_problem_has_its_place(void **state)
{
    static const struct {
        const char *text;
        int line, column;
        const char *part; /* of the message */
    } rows[] = {
        /* bytes and fields */
        {"", 1, 1, "no Name"},
        {"Name: one\nN\xc3\xa4me: a\x1b[1m\n", 2, 8, "0x1b"},
        {"Name: one\nTitle: \xff\n", 2, 8, "0xff"},
        {"Name: one\rTitle: a\n", 1, 10, "0x0d"},
        {"  one\n", 1, 3, "continues a field, but none stands above it"},
        {"Name one\n", 1, 1, "Field: value"},
        {"Nam: one\n", 1, 1, "did you mean Name?"},
        {"Name: one\nXyzzyplugh: 1\n", 2, 1, "unknown field"},
        {"Name:\n# no\n", 1, 1, "empty"},
        {"Name: one\nName: two\n", 2, 1, "second Name"},
        {"Name: One\n", 1, 7, "small letters"},
        {"Name: a_b\n", 1, 8, "small letters"},
        {"Name: abcdefghijklmnop\n", 1, 7, "at most 15"},
        {HEAD SCRIPT, 5, 1, "no Question"},
        {HEAD SCRIPT "Question: a\nAnswer: b\n", 7, 1, "no Choice"},
        {HEAD SCRIPT "Question: a\nChoice: b\n", 7, 1, "no Answer"},
        {HEAD QUESTION, 6, 1, "no Script"},
        {WHOLE "Choice: 3\nChoice: 4\nChoice: 5\n", 10, 9, "more than 4 choices"},
        {WHOLE "Answer: 3\n", 8, 1, "second Answer"},
        {WHOLE "Ends: client\n", 8, 7, "two ends"},
        {HEAD QUESTION "Ends: a, router, b\nScript: network off\n", 6, 10, "name two"},
        {WHOLE "Ends: client,\n", 8, 7, "no name"},
        {WHOLE "Ends: client,,server\n", 8, 7, "no name"},
        {WHOLE "Ends: a, b, c, d\n", 8, 15, "more than three"},
        /* sources */
        {WHOLE "Plan: A plan.\n", 8, 14, "no source"},
        {WHOLE "Plan: One. [script] Two. Three. [script]\n", 8, 25, "no source"},
        {WHOLE "Plan: One [script\n", 8, 11, "not closed"},
        {WHOLE "Plan: One [abc]\n", 8, 12, "no Source has the key abc"},
        {WHOLE "Plan: One [script,]\n", 8, 19, "no Source has the key"},
        {WHOLE "Plan: One [script] [script]\n", 8, 20, "a sentence is missing"},
        {WHOLE "Source: a = b\n", 8, 1, "no sentence uses"},
        {WHOLE "Source: = b\n", 8, 9, "KEY = TEXT"},
        {WHOLE "Source: a b\n", 8, 11, "KEY = TEXT"},
        {WHOLE "Source: a =\n", 8, 12, "is missing"},
        {WHOLE "Plan: a [a]\nSource: a = b\nSource: a = c\n", 10, 9, "taken"},
        {WHOLE "Source: script = b\n", 8, 9, "taken"},
        /* facts */
        {WHOLE "Facts:\n 1\n", 9, 2, "begins with its key"},
        {WHOLE "Facts:\n a \"b\n", 9, 4, "not closed"},
        {WHOLE "Facts:\n a \"b\" c\n", 9, 8, "a fact is KEY"},
        {WHOLE "Facts:\n a \"b\"\n a\n", 10, 2, "stands above already"},
        {WHOLE "Facts:\n a = b\n", 9, 6, "no line with the key b"},
        {WHOLE "Facts:\n a = a + 1\n", 9, 6, "must stand above"},
        {WHOLE "Facts:\n a = 1 + b\n b = 2\n", 9, 10, "must stand above"},
        {WHOLE "Facts:\n a if a = 1 =\n", 9, 13, "ends before this"},
        {WHOLE "Expect: nothing\n", 8, 9, "TEXT if EXPRESSION"},
        {WHOLE "Expect: if 1 = 1\n", 8, 9, "TEXT if EXPRESSION"},
        {WHOLE "Expect: one if 1\n", 8, 16, "yes or no is needed"},
        {WHOLE "Happened: {a\n", 8, 11, "not closed"},
        {WHOLE "Happened: {a}\n", 8, 12, "no line with the key a"},
        {WHOLE "Happened: {}\n", 8, 12, "is missing here"},
        {WHOLE "Happened: One. [when 1 = 1]\n", 8, 17, "only a condition"},
        /* expressions */
        {WHOLE "Expect: a if 1 = \"b\"\n", 8, 18, "this is a text, but a number is needed"},
        {WHOLE "Expect: a if yes + 1 = 1\n", 8, 14, "this is yes or no, but a number"},
        {WHOLE "Expect: a if not 1\n", 8, 18, "this is a number, but yes or no"},
        {WHOLE "Expect: a if (1 = 1\n", 8, 20, "a ) is missing"},
        {WHOLE "Expect: a if 1 =\n", 8, 17, "is missing here"},
        {WHOLE "Expect: a if 1 == 1\n", 8, 17, "compared with one ="},
        {WHOLE "Expect: a if 1 = 1 = 1\n", 8, 20, "ends before this"},
        {WHOLE "Expect: a if size([1]) = 1\n", 8, 14, "unknown function"},
        {WHOLE "Expect: a if item([1]) = 1\n", 8, 22, "a , is missing"},
        {WHOLE "Expect: a if sum(1) = 1\n", 8, 18, "this is a number, but a list"},
        {WHOLE "Expect: a if [a] = [1]\n", 8, 15, "numbers alone"},
        {WHOLE "Expect: a if [1 = [1]\n", 8, 17, "a ] is missing"},
        {WHOLE "Expect: a if [3000000000] = [1]\n", 8, 15, "too much for a list"},
        {WHOLE "Expect: a if 99999999999999999999 = 1\n", 8, 14, "too large"},
        {WHOLE "Facts:\n a\n b\nExpect: a if a > 1 and a = \"b\"\n", 11, 28, "a number is needed"},
        {WHOLE "Facts:\n a\nExpect: a if a\nExpect: b if a > 1\n", 11, 14,
         "but this needs a number"},
        {WHOLE "Facts:\n a\n b = a > 1\n c = b + 1\n", 11, 6, "b is yes or no, but this needs"},
        {WHOLE "Expect: a if ((((((((((((((((((((((((((1", 8, 38, "nested too deeply"},
        {WHOLE
         "Expect: a if not not not not not not not not not not not not not not not not not not "
         "not not not not not not not not not 1",
         8, 110, "nested too deeply"},
        {WHOLE "Expect: a if number(1) = 1\n", 8, 21, "this is a number, but yes or no"},
        /* the script */
        {HEAD QUESTION "Script: jump\n", 6, 9, "nothing above has the name jump"},
        {HEAD QUESTION "Script: sever s\n", 6, 9, "did you mean server?"},
        {HEAD QUESTION "Script: step\n", 6, 13, "the name of the step"},
        {HEAD QUESTION "Script: step xyzzy\n", 6, 14, "no step xyzzy"},
        {HEAD QUESTION "Script: step tcp twice\n", 6, 18, "ends before this"},
        {HEAD QUESTION "Script:\n network\n", 7, 9, "impairments are missing"},
        {HEAD QUESTION "Script:\n network los=3\n", 7, 10, "unknown setting"},
        {HEAD QUESTION "Script:\n network delay=2s\n", 7, 10, "at most 1s"},
        {HEAD QUESTION "Script:\n network rate=1/m\n", 7, 10, "at least 10/s"},
        {HEAD QUESTION "Script:\n network off\n network off\n", 8, 10, "a second network"},
        {HEAD QUESTION "Script:\n server\n", 7, 8, "the name is missing"},
        {HEAD QUESTION "Script:\n server 1\n", 7, 9, "letters, digits and _"},
        {HEAD QUESTION "Script:\n server s.x\n", 7, 9, "letters, digits and _"},
        {HEAD QUESTION "Script:\n server wait\n", 7, 9, "a word of scripts"},
        {HEAD QUESTION "Script:\n server s\n client s\n", 8, 9, "taken already"},
        {HEAD QUESTION "Script:\n server abcdefghijklmnop\n", 7, 9, "at most 15"},
        {HEAD QUESTION "Script:\n server s queue 0\n", 7, 17, "from 1 to 1048576"},
        {HEAD QUESTION "Script:\n server s at p\n", 7, 14, "nothing above has the name p"},
        {HEAD QUESTION "Script:\n server s\n server t at s\n", 8, 14, "s is no closed port"},
        {HEAD QUESTION "Script:\n client c\n", 7, 2, "needs a network, a server"},
        {HEAD QUESTION "Script:\n server s\n client c within 1s\n", 8, 11,
         "only these may follow here: to, unconnected, errors"},
        {HEAD QUESTION "Script:\n server s\n client c errors errors\n", 8, 18, "only these"},
        {HEAD QUESTION "Script:\n server s\n client c\n c\n", 9, 3, "what should c do?"},
        {HEAD QUESTION "Script:\n server s\n client c\n c repyl \"a\"\n", 9, 4, "it cannot repyl"},
        {HEAD QUESTION "Script:\n server s\n client c\n s sned \"a\"\n", 9, 4, "it cannot sned"},
        {HEAD QUESTION "Script:\n server s\n client c\n c recieve\n", 9, 4,
         "did you mean receive?"},
        {HEAD QUESTION "Script:\n server s\n client c\n c send\n", 9, 8, "the text in quotes"},
        {HEAD QUESTION "Script:\n server s\n client c\n c send \"a\n", 9, 9, "not closed"},
        {HEAD QUESTION "Script:\n server s\n client c\n c send \"1234567890123456789012345678901234"
                       "567890123456789012345678901\"\n",
         9, 9, "at most 60 bytes"},
        {HEAD QUESTION "Script:\n server s\n client c\n c send \"a{i}\"\n", 9, 12,
         "a script knows i"},
        {HEAD QUESTION "Script:\n server s\n client c\n c send \"{s.}\"\n", 9, 13,
         "figure is missing"},
        {HEAD QUESTION "Script:\n server s\n client c\n c send \"{x.y}\"\n", 9, 11,
         "nothing with the name x"},
        {HEAD QUESTION "Script:\n server s\n client c\n c send \"{s.asked}\"\n", 9, 13,
         "there is no s.asked: it has sent,"},
        {HEAD QUESTION "Script:\n server s\n client c\n c send \"a\" pad 70001\n", 9, 17,
         "from 1 to 70000"},
        {HEAD QUESTION "Script:\n server s\n client c\n c send \"a\" as c\n", 9, 16,
         "taken already"},
        {HEAD QUESTION "Script:\n server s\n client c\n c ask \"a\"\n", 9, 2,
         "client of the network"},
        {HEAD QUESTION "Script:\n network off\n client c\n c send \"a\" pad 9\n", 9, 2,
         "text alone"},
        {HEAD QUESTION "Script:\n network off\n client c\n c ask \"a\" within 3s\n", 9, 19,
         "at most 2s"},
        {HEAD QUESTION "Script:\n network off\n client c\n c ask \"a\" retry 21\n", 9, 18,
         "from 1 to 20"},
        {HEAD QUESTION "Script:\n server s\n client c\n c send \"a\" as x\n s receive as x\n", 10,
         15, "taken already"},
        {HEAD QUESTION "Script:\n server s\n client c\n s receive into 65508\n", 9, 17,
         "from 1 to 65507"},
        {HEAD QUESTION "Script:\n wait\n", 7, 6, "the time is missing"},
        {HEAD QUESTION "Script:\n wait soon\n", 7, 7, "at most 2s"},
        {HEAD QUESTION "Script:\n end\n", 7, 2, "ends no repeat"},
        {HEAD QUESTION "Script:\n repeat 2\n wait 1s\n", 8, 9, "has no end"},
        {HEAD QUESTION "Script:\n repeat 101\n end\n", 7, 9, "from 1 to 100"},
        {HEAD QUESTION "Script:\n repeat 2\n server s\n end\n", 8, 2, "cannot be repeated"},
        {HEAD QUESTION "Script:\n repeat 2\n repeat 2\n repeat 2\n", 9, 2, "in each other"},
        {HEAD QUESTION "Script:\n repeat 100\n repeat 10\n wait 1s\n wait 1s\n", 10, 2,
         "more than 1000 statements"},
        {HEAD QUESTION "Script:\n server s\nFacts:\n a = s.sent + s.text\n", 9, 15,
         "s.text is a text, but this needs a number"},
        {HEAD QUESTION "Script:\n server s\nFacts:\n a = t.sent\n", 9, 6,
         "nothing with the name t"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lesson_problem problem = {.text = ""};
        bool read = lesson_parse(*state, rows[i].text, strlen(rows[i].text), NULL, &problem);
        if (read || problem.line != rows[i].line || problem.column != rows[i].column ||
            strstr(problem.text, rows[i].part) == NULL)
            fail_msg("row %zu: %s\nexpected %d:%d: ... %s\ngot %d:%d: %s", i, rows[i].text,
                     rows[i].line, rows[i].column, rows[i].part, problem.line, problem.column,
                     problem.text);
    }
}

/* One more than there is room for. */
static void every_bound_is_kept(void **state)
{
    static const struct {
        const char *line;
        int count;
        const char *part;
    } rows[] = {
        {"Expect: a if 1 = 1\n", LESSON_EXPECTATIONS_MAX, "expectations"},
        {"Command: a\n", LESSON_COMMANDS_MAX, "commands"},
        {"Happened: {1} {1} {1} {1} {1} {1} {1} {1} {1} {1} {1} {1} {1} {1} {1} {1}"
         " {1} {1} {1} {1} {1} {1} {1} {1} {1} {1} {1} {1} {1} {1} {1} {1}"
         " {1} {1} {1} {1} {1} {1} {1} {1} {1} {1} {1} {1} {1} {1} {1} {1}"
         " {1} {1} {1} {1} {1} {1} {1} {1} {1} {1} {1} {1} {1} {1} {1} {1}",
         1, "{...}"},
        {"# c\nPlan: a [script]\n a [script] a [script] a [script] a [script] a [script] a "
         "[script]\n"
         " a [script] a [script] a [script] a [script] a [script] a [script] a [script]\n"
         " a [script] a [script]",
         1, "sentences"},
    };
    char text[4000];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct lesson_problem problem;
        strcpy(text, WHOLE);
        for (int j = 0; j < rows[i].count; j++)
            strcat(text, rows[i].line);
        assert_true(lesson_parse(*state, text, strlen(text), NULL, &problem));
        strcat(text, rows[i].count > 1 ? rows[i].line : "");
        strcat(text, rows[i].count > 1 ? "" : " {1} a [script]");
        assert_false(lesson_parse(*state, text, strlen(text), NULL, &problem));
        assert_non_null(strstr(problem.text, rows[i].part));
    }
}

static void a_file_that_is_too_large(void **state)
{
    size_t size = LESSON_FILE_SIZE_MAX + 1;
    char *text = malloc(size);
    struct lesson_problem problem;

    assert_non_null(text);
    memset(text, '\n', size);
    memcpy(text, WHOLE, strlen(WHOLE));
    assert_true(lesson_parse(*state, text, size - 1, NULL, &problem));
    assert_false(lesson_parse(*state, text, size, NULL, &problem));
    assert_non_null(strstr(problem.text, "at most 32 kB"));
    memset(text + strlen(WHOLE), '#', 2001);
    assert_false(lesson_parse(*state, text, size - 1, NULL, &problem));
    assert_non_null(strstr(problem.text, "more than 2000 bytes"));
    free(text);
}

/* Bytes of a file changed, left out and doubled at random: a problem or a lesson, and never more
 * than the file's bytes are read. */
static void any_bytes_are_survived(void **state)
{
    static const char whole[] = HEAD QUESTION
        "Script:\n network loss=30%,delay=5ms\n server s queue 4096\n closed p\n"
        " server t at p\n client c to network\n client d to s unconnected errors\n"
        " repeat 3\n  c ask \"a{i}\" within 20ms retry 2 as r\n end\n"
        " d send \"{c.sent} b\" pad 100 label \"x\" as y\n s receive into 4 note \"z\" as g\n"
        " s note \"read {g.bytes}\"\n wait 1ms\n"
        "Facts:\n sent \"sent\"\n list\n lost = sent - sum(list) * item(list, 1)\n"
        "Plan: A \"plan\". [script, a] And more. [a]\nSource: a = b\nCommand: a\n"
        "Happened: {sent} sent, {count(list)}. {lost} [if lost > 0 and not ordered(list)]\n"
        "Expect: a if sent = 3 or list != [1, -2, 3] and (sent <= 3)\n";
    uint32_t random = 12345;

    read_whole(*state, whole);
    for (int i = 0; i < 20000; i++) {
        struct lesson_problem problem;
        size_t size = sizeof whole - 1;
        char *text = malloc(size);
        assert_non_null(text);
        memcpy(text, whole, size);
        for (int j = 0; j < 1 + i % 4; j++) {
            size_t place;
            random = random * 1664525 + 1013904223;
            place = (random >> 8) % size;
            if (i % 3 == 0)
                text[place] = (char)(random >> 24);
            else if (i % 3 == 1)
                text[place] = whole[(random >> 16) % size];
            else
                size = place + 1;
        }
        text = realloc(text, size);
        assert_non_null(text);
        if (!lesson_parse(*state, text, size, NULL, &problem)) {
            assert_true(problem.line >= 1 && problem.column >= 1);
            assert_true(problem.text[0] != '\0');
        }
        free(text);
    }
}

#define WITH_ROOM(test) cmocka_unit_test_setup_teardown(test, make_lesson_room, free_lesson_room)

static const struct CMUnitTest tests[] = {
    WITH_ROOM(the_fields_that_are_needed),
    WITH_ROOM(ends_are_two_or_three),
    WITH_ROOM(fields_go_on_and_comments_are_left_out),
    WITH_ROOM(sentences_have_sources),
    WITH_ROOM(facts_and_expectations),
    WITH_ROOM(every_problem_has_its_place),
    WITH_ROOM(every_bound_is_kept),
    WITH_ROOM(a_file_that_is_too_large),
    WITH_ROOM(any_bytes_are_survived),
};

const struct suite suite_lesson = {
    .name = "lesson", .tests = tests, .count = sizeof tests / sizeof *tests};
