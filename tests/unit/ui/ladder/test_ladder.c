/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ladder: whole pictures, and what must hold for any legs at any size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../suite.h"

#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/proto/ladder_view.h"
#include "udptui/ui/ladder/ladder.h"

enum { TEXT = 1 << 16, RANDOM_RUNS = 300, RANDOM_LEGS = 40 };

static const int64_t ms = UNITS_NS_PER_MS;

struct picture {
    int rows, columns, scroll;
    enum text_charset charset;
    int64_t now_ns;
};

static char text[TEXT];

static int draw_between(const struct ladder_heads *heads, const struct picture *picture,
                        const struct ladder_leg *legs, size_t count)
{
    struct frame *frame = frame_open();

    assert_non_null(frame);
    assert_true(frame_resize(frame, picture->rows, picture->columns));
    int all = ladder_draw(frame, 0, picture->rows, heads, legs, count, picture->now_ns,
                          picture->scroll, 0, picture->charset);
    assert_true(frame_to_text(frame, text, sizeof text) < sizeof text);
    frame_close(frame);
    return all;
}

static int draw(const struct picture *picture, const struct ladder_leg *legs, size_t count)
{
    static const struct ladder_heads heads = {.left = "client", .right = "server"};

    return draw_between(&heads, picture, legs, count);
}

/* At 60 columns: with round-trip times, without times of day. */
static void expect_between(const struct ladder_heads *heads, const struct ladder_leg *legs,
                           size_t count, const char *expected)
{
    struct picture picture = {.columns = 60, .now_ns = 1000 * ms};

    for (const char *at = expected; *at != '\0'; at++)
        picture.rows += *at == '\n';
    draw_between(heads, &picture, legs, count);
    assert_string_equal(text, expected);
}

static void expect(const struct ladder_leg *legs, size_t count, const char *expected)
{
    static const struct ladder_heads heads = {.left = "client", .right = "server"};

    expect_between(&heads, legs, count, expected);
}

/* ---- pictures */

static void an_exchange(void **state)
{
    static const struct ladder_leg legs[] = {
        {.to_right = true, .number = 1, .label = "#1 hello"},
        {.depart_ns = 31000, .arrive_ns = 31000, .number = 1, .label = "ack", .rtt_ns = 31000},
    };

    (void)state;
    expect(legs, COUNT_OF(legs),
           "            client                                    server\n"
           "           ┌│─ #1 hello ─────────────────────────────────▶│\n"
           "     31 us └│◀────────────────────────────────────── ack ─│\n");
}

static void lost_on_either_way(void **state)
{
    static const struct ladder_leg legs[] = {
        {.to_right = true, .end = LADDER_LOST, .label = "#1 hello", .note = "LOST request"},
        {.depart_ns = 1, .arrive_ns = 1, .to_right = true, .label = "#2 again"},
        {.depart_ns = 2, .end = LADDER_LOST, .label = "ack", .note = "LOST ack"},
    };

    (void)state;
    expect(legs, COUNT_OF(legs),
           "            client                                    server\n"
           "            │─ #1 hello ───────────✕ LOST request         │\n"
           "            │─ #2 again ─────────────────────────────────▶│\n"
           "            │             LOST ack ✕──────────────── ack ─│\n");
}

/* What each end knows: the other half of the way is blank. */
static void seen_from_either_end(void **state)
{
    static const struct ladder_leg legs[] = {
        {.to_right = true,
         .number = 1,
         .label = "#1 a",
         .end = LADDER_LOST,
         .note = "LOST request"},
        {.depart_ns = 1, .arrive_ns = 2, .to_right = true, .number = 2, .label = "#2 b"},
        {.depart_ns = 3, .number = 2, .label = "ack #2", .end = LADDER_LOST, .note = "LOST ack"},
        {.depart_ns = 4, .arrive_ns = 5, .to_right = true, .number = 3, .label = "#3 c"},
        {.depart_ns = 6, .arrive_ns = 31004, .number = 3, .label = "ack #3", .rtt_ns = 31000},
    };
    struct ladder_leg seen[COUNT_OF(legs)];
    struct ladder_viewer viewer = {.view = LADDER_VIEW_CLIENT, .silence = "no reply"};

    (void)state;
    expect(seen, ladder_view_legs(&viewer, legs, COUNT_OF(legs), seen),
           "            client                                    server\n"
           "            │─ #1 a ───────────────? no reply             │\n"
           "            │─ #2 b ───────────────? no reply             │\n"
           "           ┌│─ #3 c ───────────────?                      │\n"
           "     31 us └│◀──────────── ack #3 ─?                      │\n");
    viewer.view = LADDER_VIEW_SERVER;
    expect(seen, ladder_view_legs(&viewer, legs, COUNT_OF(legs), seen),
           "            client                                    server\n"
           "            │                      ?─ #2 b ──────────────▶│\n"
           "            │                      ?───────────── ack #2 ─│\n"
           "            │                      ?─ #3 c ──────────────▶│\n"
           "            │                      ?───────────── ack #3 ─│\n");
}

static void overtaken(void **state)
{
    const struct ladder_leg legs[] = {
        {.depart_ns = 0,
         .arrive_ns = 40 * ms,
         .to_right = true,
         .label = "#1 one",
         .note = "late by 1"},
        {.depart_ns = 5 * ms, .arrive_ns = 20 * ms, .to_right = true, .label = "#2 two"},
    };

    (void)state;
    expect(legs, COUNT_OF(legs),
           "            client                                    server\n"
           "            │─ late by 1: #1 one ────────────────╮        │\n"
           "            │─ #2 two ───────────────────────────╳───────▶│\n"
           "            │                                    ╰───────▶│\n");
}

/* Each ╳ is one that overtook another: 3 overtook 1 and 2, 4 overtook 2; acks that pass cross too,
 * but have overtaken none. */
static void five_that_cross(void **state)
{
    static const int64_t arrive_ns[] = {7, 9, 5, 8, 10};
    struct ladder_leg legs[6];

    (void)state;
    for (int i = 0; i < 5; i++) {
        legs[i] = (struct ladder_leg){
            .depart_ns = i, .arrive_ns = arrive_ns[i], .to_right = true, .number = (uint64_t)i};
        snprintf(legs[i].label, sizeof legs[i].label, "#%d", i + 1);
    }
    legs[5] = (struct ladder_leg){.depart_ns = 6, .arrive_ns = 6, .number = 9, .label = "ack"};
    expect(legs, COUNT_OF(legs),
           "            client                                    server\n"
           "            │─ #1 ───────────────────────────────╮        │\n"
           "            │─ #2 ───────────────────────────╮   │        │\n"
           "            │─ #3 ───────────────────────╮   │   │        │\n"
           "            │─ #4 ───────────────────╮   │   │   │        │\n"
           "            │─ #5 ───────────────╮   │   │   │   │        │\n"
           "            │                    │   │   ╰───╳───╳───────▶│\n"
           "            │◀───────────────────┼───┼───────┼───┼── ack ─│\n"
           "            │                    │   │       │   ╰───────▶│\n"
           "            │                    │   ╰───────╳───────────▶│\n"
           "            │                    │           ╰───────────▶│\n"
           "            │                    ╰───────────────────────▶│\n");
}

/* ---- three lines */

static const struct ladder_heads three = {.left = "client", .middle = "relay", .right = "target"};

/* What is passed on at once takes one row; the bracket is that of the target. */
static void through_a_relay(void **state)
{
    static const struct ladder_leg legs[] = {
        {.to_right = true, .number = 1, .label = "#1 hello"},
        {.depart_ns = 900, .arrive_ns = 900, .to_right = true, .number = 1, .right_gap = true},
        {.depart_ns = 31000, .arrive_ns = 31000, .number = 1, .right_gap = true, .rtt_ns = 31000},
        {.depart_ns = 31000, .arrive_ns = 31000, .number = 1, .label = "hi"},
        {.depart_ns = 40000, .arrive_ns = 40000, .to_right = true, .number = 2, .label = "#2"},
    };

    (void)state;
    expect_between(&three, legs, COUNT_OF(legs),
                   "            client               relay                target\n"
                   "           ┌│─ #1 hello ──────────▶│─────────────────────▶│\n"
                   "     31 us └│◀──────────────── hi ─│◀─────────────────────│\n"
                   "            │─ #2 ────────────────▶│                      │\n");
}

/* The loss and the delay are on the side to which the relay sends. */
static void lost_behind_the_relay(void **state)
{
    const struct ladder_leg legs[] = {
        {.to_right = true, .number = 1, .label = "#1 hello"},
        {.to_right = true, .number = 1, .right_gap = true, .end = LADDER_LOST, .note = "LOST"},
        {.depart_ns = 2, .arrive_ns = 2, .to_right = true, .number = 2, .label = "#2 again"},
        {.depart_ns = 2, .arrive_ns = 5, .to_right = true, .number = 2, .right_gap = true},
        {.depart_ns = 4, .arrive_ns = 4, .to_right = true, .number = 3, .label = "#3"},
        {.depart_ns = 6, .arrive_ns = 6, .number = 2, .right_gap = true},
        {.depart_ns = 6, .number = 2, .end = LADDER_LOST, .label = "hi", .note = "LOST"},
    };

    (void)state;
    expect_between(&three, legs, COUNT_OF(legs),
                   "            client               relay                target\n"
                   "            │─ #1 hello ──────────▶│──────────✕ LOST      │\n"
                   "            │─ #2 again ──────────▶│──────────────────╮   │\n"
                   "            │─ #3 ────────────────▶│                  │   │\n"
                   "            │                      │                  ╰──▶│\n"
                   "            │      LOST ✕───── hi ─│◀─────────────────────│\n");
}

/* What never left, what came and was not taken, what happened at an end, what is known without its
 * time. */
static void other_ends(void **state)
{
    static const struct ladder_leg legs[] = {
        {.to_right = true, .end = LADDER_UNSENT, .label = "#1", .note = "ECONNREFUSED"},
        {.depart_ns = 1, .to_right = true, .end = LADDER_DROPPED, .label = "#2", .note = "full"},
        {.depart_ns = 2, .end = LADDER_EVENT, .label = "recv: 7 B"},
        {.depart_ns = 3, .arrive_ns = 3, .reconstructed = true, .label = "ICMP"},
    };
    struct picture picture = {.rows = 5, .columns = 70};

    (void)state;
    expect(legs, COUNT_OF(legs),
           "            client                                    server\n"
           "            │✕ #1: not sent                               │\n"
           "            │─ full: #2 ─────────────────────────────────✕│\n"
           "            │                                  recv: 7 B ●│\n"
           "            │◀┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄ ICMP ┄│\n");
    draw(&picture, legs, COUNT_OF(legs));
    assert_non_null(strstr(text, "│ ECONNREFUSED"));
    assert_non_null(strstr(text, "✕│ full"));
    assert_non_null(strstr(text, "            ?            │◀┄")); /* its time is not known */
}

static void times_since_the_first(void **state)
{
    const struct ladder_heads heads = {.left = "a", .right = "b", .origin_ns = 5 * ms};
    const struct ladder_leg leg = {.depart_ns = 5 * ms + 34000, .arrive_ns = 5 * ms + 34000};
    struct frame *frame = frame_open();

    (void)state;
    assert_true(frame_resize(frame, 3, 80));
    ladder_draw(frame, 0, 3, &heads, &leg, 1, 0, 0, 0, TEXT_ASCII);
    frame_to_text(frame, text, sizeof text);
    frame_close(frame);
    assert_non_null(strstr(text, "     0.000034 "));
    assert_non_null(strstr(text, "seconds"));
}

/* Row by row: what has departed, and no more of it than has arrived. */
static void revealed(void **state)
{
    const struct ladder_leg legs[] = {
        {.arrive_ns = 30, .to_right = true, .label = "#1"},
        {.depart_ns = 10, .arrive_ns = 10, .to_right = true, .label = "#2"},
    };
    static const struct {
        int rows;
        size_t shown;
        enum ladder_end first;
        int64_t now_ns;
    } steps[] = {{0, 0, LADDER_ARRIVED, 99},
                 {1, 1, LADDER_UNDERWAY, 0},
                 {2, 2, LADDER_UNDERWAY, 10},
                 {3, 2, LADDER_ARRIVED, 30},
                 {9, 2, LADDER_ARRIVED, 99}};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        struct ladder_leg out[COUNT_OF(legs)];
        int64_t now_ns = 99;
        assert_int_equal(ladder_reveal(legs, COUNT_OF(legs), steps[i].rows, out, &now_ns),
                         steps[i].shown);
        assert_int_equal(now_ns, steps[i].now_ns);
        if (steps[i].shown > 0)
            assert_int_equal(out[0].end, steps[i].first);
    }
}

/* One departure: the network makes the copy on the way. */
static void doubled(void **state)
{
    const struct ladder_leg legs[] = {
        {.arrive_ns = 10 * ms, .to_right = true, .label = "#1 hello"},
        {.arrive_ns = 20 * ms, .to_right = true, .copy = true, .label = "#1 hello"},
    };

    (void)state;
    expect(legs, COUNT_OF(legs),
           "            client                                    server\n"
           "            │─ #1 hello ─────────────────────────┬───────▶│\n"
           "            │                                    ╰───────▶│\n");
}

static void under_way(void **state)
{
    const struct ladder_leg legs[] = {
        {.arrive_ns = 100 * ms, .to_right = true, .end = LADDER_UNDERWAY, .label = "#1 slow"},
    };
    static const int64_t moments_ms[] = {10, 50, 90};
    int before = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(moments_ms); i++) {
        draw(
            &(struct picture){
                .rows = 4, .columns = 60, .charset = TEXT_ASCII, .now_ns = moments_ms[i] * ms},
            legs, 1);
        assert_null(strchr(text, '>'));
        const char *last = strrchr(text, '~');
        assert_non_null(last);
        while (last[-1] != '\n')
            last--;
        int column = (int)(strchr(last, '~') - last);
        assert_true(column > before); /* it moves on */
        before = column;
    }
}

static void in_ascii(void **state)
{
    const struct ladder_leg legs[] = {
        {.depart_ns = 0, .arrive_ns = 40 * ms, .to_right = true, .label = "#1 one"},
        {.depart_ns = 5 * ms, .end = LADDER_LOST, .to_right = true, .label = "#2", .note = "LOST"},
        {.depart_ns = 41 * ms, .arrive_ns = 42 * ms, .number = 1, .label = "ack"},
    };

    (void)state;
    draw(&(struct picture){.rows = 5, .columns = 40, .charset = TEXT_ASCII}, legs, COUNT_OF(legs));
    assert_string_equal(text, " client                           server\n"
                              " |- #1 one --------------------\\      |\n"
                              " |- #2 ------------x LOST      |      |\n"
                              " |                             \\----->|\n"
                              " |<----------------------------- ack -|\n");
}

static void scrolled(void **state)
{
    struct ladder_leg legs[20];

    (void)state;
    for (int i = 0; i < 20; i++) {
        legs[i] = (struct ladder_leg){.depart_ns = i, .arrive_ns = i, .to_right = true};
        snprintf(legs[i].label, sizeof legs[i].label, "number %d!", i);
    }
    assert_int_equal(draw(&(struct picture){.rows = 6, .columns = 60}, legs, 20), 20);
    assert_non_null(strstr(text, "number 19!"));
    assert_null(strstr(text, "number 14!"));
    draw(&(struct picture){.rows = 6, .columns = 60, .scroll = 5}, legs, 20);
    assert_non_null(strstr(text, "number 14!"));
    assert_null(strstr(text, "number 15!"));
    draw(&(struct picture){.rows = 6, .columns = 60, .scroll = 1000}, legs, 20);
    assert_non_null(strstr(text, "number 0!"));
}

static void times_of_day(void **state)
{
    const struct ladder_leg leg = {
        .depart_ns = 37862114 * ms, .arrive_ns = 37862114 * ms, .to_right = true, .label = "hi"};

    (void)state;
    draw(&(struct picture){.rows = 3, .columns = 80}, &leg, 1);
    assert_non_null(strstr(text, "10:31:02.114"));
}

static void no_legs_and_no_room(void **state)
{
    const struct ladder_leg leg = {.to_right = true, .label = "hi"};

    (void)state;
    assert_int_equal(draw(&(struct picture){.rows = 5, .columns = 60}, NULL, 0), 0);
    for (int rows = 0; rows < 4; rows++)
        for (int columns = 0; columns < 90; columns++)
            assert_int_equal(draw(&(struct picture){.rows = rows, .columns = columns}, &leg, 1), 1);
}

/* Words without room on their row are below it, near the end that they belong to. */
static void words_below_their_row(void **state)
{
    static const struct ladder_heads heads = {
        .left = "client", .right = "server", .whole_words = true};
    const struct ladder_leg legs[] = {
        {.to_right = true, .number = 1, .label = "#1 a question that is rather too long for it"},
        {.depart_ns = 2, .arrive_ns = 9, .to_right = true, .number = 2, .label = "#2"},
        {.depart_ns = 3, .arrive_ns = 3, .number = 1, .label = "ack", .note = "a copy"},
        {.depart_ns = 4,
         .to_right = true,
         .end = LADDER_DROPPED,
         .number = 3,
         .note = "queue full"},
        {.depart_ns = 5, .to_right = true, .end = LADDER_LOST, .note = "LOST in the network"},
    };

    (void)state;
    assert_int_equal(
        draw_between(&heads, &(struct picture){.rows = 12, .columns = 40, .charset = TEXT_ASCII},
                     legs, COUNT_OF(legs)),
        11);
    assert_string_equal(text, " client                           server\n"
                              " |----------------------------------->|\n"
                              " | #1 a question that is rather too   |\n"
                              " | long for it                        |\n"
                              " |- #2 ------------------------\\      |\n"
                              " |<----------------------------+ ack -|\n"
                              " | a copy                      |      |\n"
                              " |-----------------------------X-----x|\n"
                              " |                         queue full |\n"
                              " |-----------------x           |      |\n"
                              " | LOST in the network         |      |\n"
                              " |                             \\----->|\n");
}

/* ---- any legs */

static uint32_t next(uint32_t *random)
{
    *random = *random * 1664525 + 1013904223;
    return *random >> 8;
}

static struct ladder_leg any_leg(uint32_t *random, int64_t depart_ns)
{
    struct ladder_leg leg = {.depart_ns = depart_ns,
                             .arrive_ns = depart_ns + next(random) % 30,
                             .to_right = next(random) % 2,
                             .copy = next(random) % 5 == 0,
                             .corrupt = next(random) % 7 == 0,
                             .end = (uint8_t)(next(random) % 4 < 2 ? 0 : next(random) % 3),
                             .number = next(random) % 10};

    if (!leg.to_right && leg.end == LADDER_ARRIVED)
        leg.rtt_ns = 1 + next(random) % 1000000;
    if (next(random) % 4 > 0)
        snprintf(leg.label, sizeof leg.label, "a label of %u", (unsigned)next(random) % 100000);
    if (next(random) % 3 == 0)
        snprintf(leg.note, sizeof leg.note, "a note that is long enough to be cut");
    return leg;
}

static int count_of(const char *what)
{
    int count = 0;

    for (const char *at = text; (at = strstr(at, what)) != NULL; at++)
        count++;
    return count;
}

/* Each arrow that arrives has a head beside its line, and nothing is drawn outside the rows. */
static void any_legs(void **state)
{
    uint32_t random = 7;

    (void)state;
    for (int run = 0; run < RANDOM_RUNS; run++) {
        struct ladder_leg legs[RANDOM_LEGS];
        size_t count = next(&random) % (RANDOM_LEGS + 1);
        int64_t at_ns = 0;
        int arrived = 0;
        for (size_t i = 0; i < count; i++) {
            at_ns += next(&random) % 10;
            legs[i] = any_leg(&random, at_ns);
            legs[i].label[0] = '\0';
            arrived += legs[i].end == LADDER_ARRIVED && legs[i].to_right;
        }
        struct picture picture = {.rows = 2 * RANDOM_LEGS + 3,
                                  .columns = 40 + run % 60,
                                  .charset = TEXT_ASCII,
                                  .now_ns = at_ns + 5};
        assert_true(draw(&picture, legs, count) <= 2 * (int)count + 1);
        assert_int_equal(count_of(">|"), arrived);
        picture.rows = 1 + (int)(next(&random) % 20);
        picture.scroll = (int)(next(&random) % 30);
        picture.columns = 1 + run % 100;
        for (size_t i = 0; i < count; i++) {
            legs[i] = any_leg(&random, legs[i].depart_ns);
            legs[i].right_gap = next(&random) % 2;
        }
        draw(&picture, legs, count);
        draw_between(&three, &picture, legs, count);
    }
}

static void expect_words(const char *words)
{
    char word[LADDER_LABEL_SIZE];

    for (size_t length; *words != '\0'; words += length + (words[length] == ' ')) {
        length = strcspn(words, " ");
        snprintf(word, sizeof word, "%.*s", (int)length, words);
        if (strstr(text, word) == NULL)
            fail_msg("%s is not in\n%s", word, text);
    }
}

/* With rows for words, none is missing, however narrow the frame is. */
static void any_words_are_whole(void **state)
{
    static const struct ladder_heads heads = {
        .left = "client", .right = "server", .whole_words = true};
    uint32_t random = 5;

    (void)state;
    for (int run = 0; run < RANDOM_RUNS; run++) {
        struct ladder_leg legs[RANDOM_LEGS];
        size_t count = next(&random) % (RANDOM_LEGS + 1);
        int64_t at_ns = 0;
        for (size_t i = 0; i < count; i++) {
            at_ns += next(&random) % 10;
            legs[i] = any_leg(&random, at_ns);
            legs[i].copy = false;
            if (legs[i].end == LADDER_UNDERWAY)
                legs[i].end = LADDER_UNSENT;
            snprintf(legs[i].label, sizeof legs[i].label, "%.*s", (int)(next(&random) % 60),
                     "l0 and some other words of which there are not always as many");
            snprintf(legs[i].note, sizeof legs[i].note, "%.*s", (int)(next(&random) % 40),
                     "a note with words that nobody could foresee");
        }
        struct picture picture = {.rows = 9 * RANDOM_LEGS,
                                  .columns = 40 + run % 60,
                                  .charset = TEXT_ASCII,
                                  .now_ns = at_ns + 5};
        assert_true(draw_between(&heads, &picture, legs, count) < picture.rows);
        for (size_t i = 0; i < count; i++) {
            expect_words(legs[i].label);
            expect_words(legs[i].note);
        }
    }
}

/* More than are shown: the newest are. */
static void too_many(void **state)
{
    static struct ladder_leg legs[1000];

    (void)state;
    for (int i = 0; i < 1000; i++) {
        legs[i] = (struct ladder_leg){.depart_ns = i, .arrive_ns = i, .to_right = true};
        snprintf(legs[i].label, sizeof legs[i].label, "number %d!", i);
    }
    assert_true(draw(&(struct picture){.rows = 10, .columns = 60}, legs, 1000) < 1000);
    assert_non_null(strstr(text, "number 999!"));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(an_exchange),
    cmocka_unit_test(lost_on_either_way),
    cmocka_unit_test(seen_from_either_end),
    cmocka_unit_test(overtaken),
    cmocka_unit_test(five_that_cross),
    cmocka_unit_test(through_a_relay),
    cmocka_unit_test(lost_behind_the_relay),
    cmocka_unit_test(other_ends),
    cmocka_unit_test(times_since_the_first),
    cmocka_unit_test(revealed),
    cmocka_unit_test(doubled),
    cmocka_unit_test(under_way),
    cmocka_unit_test(in_ascii),
    cmocka_unit_test(scrolled),
    cmocka_unit_test(times_of_day),
    cmocka_unit_test(no_legs_and_no_room),
    cmocka_unit_test(words_below_their_row),
    cmocka_unit_test(any_legs),
    cmocka_unit_test(any_words_are_whole),
    cmocka_unit_test(too_many),
};

const struct suite suite_ladder_ladder = {
    .name = "ladder_ladder", .tests = tests, .count = sizeof tests / sizeof *tests};
