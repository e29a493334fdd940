/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../suite.h"

#include "udptui/base/units.h"
#include "udptui/ui/lesson/view.h"

enum { TEXT_SIZE = 65536 };

static const struct lesson_topic topic = {
    .name = "loss",
    .summary = "Some never arrive",
    .plan = "Eleven numbered messages go through a network that loses some of them, by chance.",
    .question = "What does the sender know of a message without an answer?",
    .choices = {"it was lost", "its answer was lost", "neither: it cannot tell"},
    .right = 2,
    .explanation = "Silence is all that there is.",
    .sources = "RFC 768",
    .commands = {"udptui serve --impair kurose", "udptui send 127.0.0.1"},
    .client = "client",
    .server = "server"};

static const struct lesson_result result = {
    .facts = {{.key = "sent", .label = "messages sent", .kind = LESSON_COUNT, .number = 11},
              {.key = "in_order", .label = "in order", .kind = LESSON_TRUTH, .number = 0}},
    .fact_count = 2,
    .happened = "11 sent, 5 answered.",
};

static const struct ladder_leg legs[] = {
    {.depart_ns = UNITS_NS_PER_S,
     .arrive_ns = UNITS_NS_PER_S + 1000,
     .to_right = true,
     .end = LADDER_ARRIVED,
     .number = 1,
     .label = "#1 hello"},
    {.depart_ns = 2 * UNITS_NS_PER_S,
     .to_right = true,
     .end = LADDER_LOST,
     .number = 2,
     .label = "#2 hello",
     .note = "LOST request"},
};

static struct lesson_view fresh(enum lesson_step step)
{
    return (struct lesson_view){.topic = &topic,
                                .number = 1,
                                .count = 12,
                                .step = step,
                                .chosen = LESSON_NO_CHOICE,
                                .legs = legs,
                                .leg_count = 2,
                                .now_ns = 3 * UNITS_NS_PER_S,
                                .result = &result,
                                .charset = TEXT_ASCII};
}

static int drawn(const struct lesson_view *view, int rows, int columns, char *out)
{
    struct frame *frame = frame_open();
    int most;

    assert_true(frame_resize(frame, rows, columns));
    most = lesson_view_draw(view, frame);
    frame_to_text(frame, out, TEXT_SIZE);
    frame_close(frame);
    return most;
}

static void has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("no \"%s\" in\n%s", part, text);
}

static void lacks(const char *text, const char *part)
{
    if (strstr(text, part) != NULL)
        fail_msg("\"%s\" in\n%s", part, text);
}

static void the_question_and_its_choices(void **state)
{
    static char text[TEXT_SIZE];
    struct lesson_view view = fresh(LESSON_ASK);

    (void)state;
    assert_int_equal(drawn(&view, 24, 80, text), 0);
    has(text, "udptui lesson loss (1/12)");
    has(text, "Eleven numbered messages");
    has(text, "What does the sender know");
    has(text, " 3  neither: it cannot tell");
    lacks(text, "Silence");
    lacks(text, "5 answered");
}

static void the_ladder_while_it_happens(void **state)
{
    static char text[TEXT_SIZE];
    struct lesson_view view = fresh(LESSON_LADDER);

    (void)state;
    view.playing = true;
    drawn(&view, 24, 80, text);
    has(text, "client");
    has(text, "server");
    has(text, "#1 hello");
    has(text, "LOST request");
    has(text, "What does the sender know");
    has(text, "No prediction");
    view.playing = false;
    drawn(&view, 24, 80, text);
    drawn(&view, 10, 40, text);
    has(text, "#2 hello");
    lacks(text, "What does the sender"); /* the ladder comes first */
    view.chosen = 1;
    drawn(&view, 24, 80, text);
    has(text, "You predicted 2: its answer was lost");
}

/* The view's name is a word, by the names of the ends. */
static void whose_ladder_it_is(void **state)
{
    static char text[TEXT_SIZE];
    struct lesson_view view = fresh(LESSON_LADDER);

    (void)state;
    for (int columns = 40; columns <= 80; columns += 40) {
        view.seen = LADDER_VIEW_ALL;
        drawn(&view, 24, columns, text);
        has(text, " view: everything ");
        view.seen = LADDER_VIEW_CLIENT;
        drawn(&view, 24, columns, text);
        has(text, " view: client ");
        view.seen = LADDER_VIEW_SERVER;
        drawn(&view, 24, columns, text);
        has(text, " view: server ");
    }
}

static void what_was_found(void **state)
{
    static char text[TEXT_SIZE];
    struct lesson_view view = fresh(LESSON_RESULT);

    (void)state;
    view.chosen = 0;
    drawn(&view, 24, 80, text);
    has(text, "11 sent, 5 answered.");
    has(text, "You said 1, but it is 3: neither");
    has(text, "Silence is all");
    has(text, "udptui serve --impair kurose");
    has(text, "messages sent ");
    has(text, " 11\n");
    has(text, "Sources: RFC 768");
    lacks(text, "otherwise");
}

static void an_honest_word_where_it_was_otherwise(void **state)
{
    static char text[TEXT_SIZE];
    struct lesson_view view = fresh(LESSON_RESULT);
    struct lesson_result other = result;

    (void)state;
    other.otherwise = "something should have been lost";
    view.result = &other;
    drawn(&view, 24, 80, text);
    has(text, "behaved differently: something should have been lost");
    other.seed = 9;
    drawn(&view, 24, 80, text);
    has(text, "Seed 0 showed nothing of it; this is seed 9.");
    view.error = "cannot listen on 127.0.0.1";
    drawn(&view, 24, 80, text);
    has(text, "cannot listen on 127.0.0.1");
    lacks(text, "11 sent");
}

/* Every line of the page is visible at some scroll position, and the rule shows that there is
 * more. */
static void a_small_screen_scrolls(void **state)
{
    static char text[TEXT_SIZE];
    struct lesson_view view = fresh(LESSON_RESULT);
    int most;

    (void)state;
    most = drawn(&view, 10, 40, text);
    assert_true(most > 0);
    has(text, "11 sent");
    has(text, "more below");
    lacks(text, "in order");
    view.scroll = most;
    drawn(&view, 10, 40, text);
    has(text, "in order");
    has(text, "more above");
    lacks(text, "11 sent");
    view.scroll = 1;
    drawn(&view, 10, 40, text);
    has(text, "more above and below");
}

static void any_size_and_any_scroll_is_survived(void **state)
{
    static char text[TEXT_SIZE];

    (void)state;
    for (int step = LESSON_ASK; step <= LESSON_RESULT; step++) {
        struct lesson_view view = fresh((enum lesson_step)step);
        for (int rows = 0; rows < 30; rows++)
            for (int columns = 0; columns < 130; columns += 7)
                for (view.scroll = 0; view.scroll < 60; view.scroll += 19)
                    drawn(&view, rows, columns, text);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_question_and_its_choices),
    cmocka_unit_test(the_ladder_while_it_happens),
    cmocka_unit_test(whose_ladder_it_is),
    cmocka_unit_test(what_was_found),
    cmocka_unit_test(an_honest_word_where_it_was_otherwise),
    cmocka_unit_test(a_small_screen_scrolls),
    cmocka_unit_test(any_size_and_any_scroll_is_survived),
};

const struct suite suite_lesson_view = {
    .name = "lesson_view", .tests = tests, .count = sizeof tests / sizeof *tests};
