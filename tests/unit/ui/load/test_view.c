/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../suite.h"

#include "udptui/base/units.h"
#include "udptui/ui/load/view.h"

enum { TEXT_SIZE = 65536 };

static const struct load_snapshot running = {.elapsed_ns = 3 * UNITS_NS_PER_S,
                                             .sent = 1100,
                                             .acked = 1000,
                                             .times_certain = true,
                                             .size_bytes = 32,
                                             .acks_per_s = 400,
                                             .rtt = {.count = 1000,
                                                     .min_ns = 20000,
                                                     .p50_ns = 30000,
                                                     .p90_ns = 40000,
                                                     .p99_ns = 50000,
                                                     .p999_ns = 60000,
                                                     .max_ns = 70000},
                                             .rtt_app = {.count = 1000,
                                                         .min_ns = 21000,
                                                         .p50_ns = 31000,
                                                         .p90_ns = 41000,
                                                         .p99_ns = 51000,
                                                         .p999_ns = 61000,
                                                         .max_ns = 71000}};

static char *drawn(const struct load_view *view, int rows, int columns, char *out)
{
    struct frame *frame = frame_open();

    assert_true(frame_resize(frame, rows, columns));
    load_view_draw(view, frame);
    frame_to_text(frame, out, TEXT_SIZE);
    frame_close(frame);
    return out;
}

static unsigned count(const char *text, const char *part)
{
    unsigned found = 0;

    for (; (text = strstr(text, part)) != NULL; text += strlen(part))
        found++;
    return found;
}

static struct load_view fresh(enum text_charset charset)
{
    return (struct load_view){.title = "udptui load  127.0.0.1:4010  8 x 64, 32 B",
                              .duration_ns = 10 * UNITS_NS_PER_S,
                              .charset = charset};
}

static void figures_and_times_are_there(void **state)
{
    static char text[TEXT_SIZE];
    struct load_view view = fresh(TEXT_UTF8);

    (void)state;
    load_view_add(&view, &running);
    drawn(&view, 24, 80, text);
    assert_non_null(strstr(text, "udptui load  127.0.0.1:4010"));
    assert_non_null(strstr(text, "00:00:03 of 00:00:10"));
    assert_non_null(strstr(text, "acked 1,000  400/s  102 kbit/s  in flight 100"));
    assert_non_null(strstr(text, "20 us"));
    assert_non_null(strstr(text, "70 us"));
    assert_non_null(strstr(text, " for the program  min   21 us"));
    assert_non_null(strstr(text, "71 us"));
}

/* Times of some acks, and uncertain times, are distinguished from certain ones. */
static void times_say_whose_they_are(void **state)
{
    static char text[TEXT_SIZE];
    struct load_view view = fresh(TEXT_UTF8);
    struct load_snapshot snapshot = running;

    (void)state;
    load_view_add(&view, &snapshot);
    drawn(&view, 24, 80, text);
    assert_null(strstr(text, "acks"));
    assert_null(strstr(text, "?"));
    snapshot.rtt.count = 250;
    snapshot.rtt_app.count = 750;
    load_view_add(&view, &snapshot);
    drawn(&view, 24, 80, text);
    assert_non_null(strstr(text, "of 250 acks"));
    assert_non_null(strstr(text, "of 750 acks"));
    snapshot.late = 1;
    snapshot.times_certain = false;
    load_view_add(&view, &snapshot);
    drawn(&view, 24, 80, text);
    assert_non_null(strstr(text, "late 1"));
    assert_non_null(strstr(text, "uncertain ?"));
}

/* The highest rate fills its column, half of it fills half. */
static void a_column_is_as_high_as_its_rate(void **state)
{
    static char text[TEXT_SIZE];
    struct load_view view = fresh(TEXT_ASCII);
    struct load_snapshot half = running;

    (void)state;
    load_view_add(&view, &running);
    assert_int_equal(count(drawn(&view, 29, 80, text), "#"), 20);
    half.acks_per_s = running.acks_per_s / 2;
    load_view_add(&view, &half);
    assert_int_equal(count(drawn(&view, 29, 80, text), "#"), 30);
}

static void the_last_snapshot_is_no_point_of_the_chart(void **state)
{
    struct load_view view = fresh(TEXT_UTF8);
    struct load_snapshot last = running;

    (void)state;
    load_view_add(&view, &running);
    last.end = LOAD_DONE;
    load_view_add(&view, &last);
    assert_int_equal(view.point_count, 1);
    assert_int_equal(view.last.end, LOAD_DONE);
}

static void any_size_is_survived(void **state)
{
    static char text[TEXT_SIZE];
    struct load_view view = fresh(TEXT_UTF8);

    (void)state;
    for (int i = 0; i < 2 * LOAD_VIEW_POINTS; i++)
        load_view_add(&view, &running);
    for (int rows = 0; rows < 30; rows++)
        for (int columns = 0; columns < 130; columns += 7)
            drawn(&view, rows, columns, text);
}

/* "p50   3" of "p50   30 us" would be another figure. */
static void a_figure_is_whole_or_not_there(void **state)
{
    static const char *const wholes[] = {"20 us", "50 us", "21 us", "51 us"};
    static char text[TEXT_SIZE];
    struct load_view view = fresh(TEXT_UTF8);

    (void)state;
    load_view_add(&view, &running);
    for (int columns = 40; columns < 80; columns++) {
        unsigned figures = 0, words = 0;
        drawn(&view, 10, columns, text);
        for (size_t i = 0; i < sizeof wholes / sizeof *wholes; i++)
            assert_non_null(strstr(text, wholes[i])); /* min and p99 */
        words += count(text, "min ") + count(text, "p50 ") + count(text, "p90 ");
        words += count(text, "p99 ") + count(text, "p99.9 ") + count(text, "max ");
        figures = count(text, " us");
        assert_int_equal(figures, words);
        assert_true(strstr(text, "8 x 64, ") == NULL || strstr(text, "8 x 64, 32 B") != NULL);
        assert_true(strstr(text, "not sent") == NULL || strstr(text, "not sent 0") != NULL);
    }
}

static void a_small_one_has_the_totals(void **state)
{
    char text[TEXT_SIZE];
    struct load_view view = fresh(TEXT_UTF8);
    struct frame *frame = frame_open();

    (void)state;
    load_view_add(&view, &running);
    assert_true(frame_resize(frame, 8, 30));
    load_view_draw_small(&view, frame);
    frame_to_text(frame, text, TEXT_SIZE);
    frame_close(frame);
    assert_non_null(strstr(text, "Too small (30x8)"));
    assert_non_null(strstr(text, "acked 1,000 lost 0"));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(figures_and_times_are_there),
    cmocka_unit_test(times_say_whose_they_are),
    cmocka_unit_test(a_column_is_as_high_as_its_rate),
    cmocka_unit_test(the_last_snapshot_is_no_point_of_the_chart),
    cmocka_unit_test(any_size_is_survived),
    cmocka_unit_test(a_figure_is_whole_or_not_there),
    cmocka_unit_test(a_small_one_has_the_totals),
};

const struct suite suite_load_view = {
    .name = "load_view", .tests = tests, .count = sizeof tests / sizeof *tests};
