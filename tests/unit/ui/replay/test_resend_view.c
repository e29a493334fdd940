/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resend_view: rows in bounded memory, the selection, and both replies as hex. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../suite.h"

#include "../../../../src/ui/replay/resend_view_internal.h"

enum { TEXT_SIZE = 1 << 15, MODEL_ROWS = 4000 };

static struct resend_totals totals;

static void add_in_round(struct resend_view *view, uint64_t number, uint64_t round,
                         const char *recorded, const char *now)
{
    struct resend_report report = {
        .result = {.number = number,
                   .round = round,
                   .recorded = (const uint8_t *)recorded,
                   .recorded_bytes = recorded != NULL ? strlen(recorded) : 0,
                   .recorded_size = recorded != NULL ? strlen(recorded) : 0},
        .client = {.family = ENDPOINT_IPV4, .address = {10, 0, 0, 5}, .port = 5000},
        .client_number = 1,
        .answer = (const uint8_t *)now,
        .answer_bytes = now != NULL ? strlen(now) : 0};
    struct resend_record *record;

    report.result.outcome = now == NULL                  ? RESEND_SILENT
                            : recorded == NULL           ? RESEND_NEW
                            : strcmp(recorded, now) == 0 ? RESEND_SAME
                                                         : RESEND_DIFFERENT;
    totals.sent++;
    totals.counts[report.result.outcome]++;
    record = malloc(resend_record_bytes(&report));
    assert_non_null(record);
    resend_record_fill(record, &report, &totals);
    resend_view_add(view, record, resend_record_bytes(&report));
    free(record);
}

static void add(struct resend_view *view, uint64_t number, const char *recorded, const char *now)
{
    add_in_round(view, number, 1, recorded, now);
}

static struct resend_view open_view(size_t capacity)
{
    struct resend_view view = {.title = "udptui replay  a.pcap  to 127.0.0.1:9",
                               .charset = TEXT_UTF8};

    memset(&totals, 0, sizeof totals);
    assert_true(resend_view_open(&view, capacity));
    return view;
}

static const char *draw(struct resend_view *view, int rows, int columns)
{
    static char text[TEXT_SIZE];
    struct frame *frame = frame_open();

    assert_true(frame_resize(frame, rows, columns));
    resend_view_draw(view, frame);
    frame_to_text(frame, text, sizeof text);
    frame_close(frame);
    return text;
}

static void rows_at_80x24(void **state)
{
    struct resend_view view = open_view(10);

    (void)state;
    assert_non_null(strstr(draw(&view, 24, 80), "no reply yet"));
    add(&view, 1, "21.5", "21.5");
    add(&view, 2, "21.5", "22.0");
    add(&view, 3, "", NULL);
    add(&view, 4, NULL, "\x1b");
    assert_string_equal(
        draw(&view, 8, 80),
        " udptui replay  a.pcap  to 127.0.0.1:9  sending\n"
        " sent 4  same 1  different 1  silent 1  new 1\n"
        "   #     Recorded                   Now                         Outcome\n"
        "   1     21.5                       21.5                        same\n"
        "   2     21.5                       22.0                        differs at 2\n"
        "   3     (empty)                    -                           silent\n"
        " > 4     -                          \\x1B                        new\n\n");
    assert_non_null(strstr(draw(&view, 24, 120), "10.0.0.5:5000"));
    resend_view_close(&view);
}

/* With --loop, a request has a row for each round. */
static void rounds_are_told_apart(void **state)
{
    struct resend_view view = open_view(10);

    (void)state;
    add(&view, 1, "21.5", "21.5");
    assert_null(strstr(draw(&view, 8, 80), "Round"));
    add_in_round(&view, 1, 2, "21.5", "22.0");
    assert_non_null(strstr(draw(&view, 8, 80), "   #     Round  Recorded "));
    assert_non_null(strstr(draw(&view, 8, 80), "   1     1      21.5 "));
    assert_non_null(strstr(draw(&view, 8, 80), " > 1     2      21.5 "));
    assert_null(strstr(draw(&view, 10, 40), "Round"));
    view.detail = true;
    assert_non_null(strstr(draw(&view, 10, 80), " #1  round 2  10.0.0.5:5000  differs at 2\n"));
    resend_view_close(&view);
}

/* At 40 columns, what is cut is not taken for another figure or address. */
static void no_figure_is_cut(void **state)
{
    struct resend_view view = open_view(10);

    (void)state;
    add(&view, 1, "21.5", NULL);
    view.totals.sent = 20;
    view.totals.counts[RESEND_DIFFERENT] = view.totals.counts[RESEND_SILENT] = 10;
    assert_non_null(strstr(draw(&view, 10, 40), "\n sent 20  same 0  different 10\n"));
    assert_non_null(strstr(draw(&view, 10, 36), " udptui replay  a.pcap  to 127.0.0…\n"));
    resend_view_close(&view);
}

/* A long row shows the place that differs. */
static void shows_where_they_differ(void **state)
{
    struct resend_view view = open_view(10);

    (void)state;
    add(&view, 1, "the same beginning of both replies, then 21.5 C and so on",
        "the same beginning of both replies, then 22.0 C");
    assert_non_null(strstr(draw(&view, 24, 80), "lies, then 21.5 C"));
    assert_non_null(strstr(draw(&view, 24, 80), "lies, then 22.0 C"));
    assert_null(strstr(draw(&view, 24, 80), "the same"));
    resend_view_close(&view);
}

static void both_replies_as_hex(void **state)
{
    struct resend_view view = open_view(10);
    const char *text;

    (void)state;
    add(&view, 7, "abcdefghij", "abcdefghiX-");
    view.detail = true;
    text = draw(&view, 10, 80);
    assert_non_null(strstr(text, " #7  10.0.0.5:5000  differs at 10\n"));
    assert_non_null(strstr(text, " Recorded: 10 B                          Now: 11 B\n"));
    assert_non_null(strstr(
        text, " 0008>69 6a                    ij        0008>69 58 2d                 iX-\n"));
    text = draw(&view, 12, 40); /* below each other */
    assert_true(strstr(text, "0008>69 6a") < strstr(text, "Now: 11 B"));
    resend_view_close(&view);
}

/* What is recorded ends where the new reply goes on: the end is what differs. */
static void a_longer_reply_differs_behind_the_end(void **state)
{
    struct resend_view view = open_view(10);

    (void)state;
    add(&view, 1, "12345678", "123456789");
    view.detail = true;
    assert_non_null(strstr(draw(&view, 10, 80), "0008>39 "));
    assert_non_null(strstr(draw(&view, 10, 80), "differs at 9"));
    resend_view_close(&view);
}

/* Against an array that keeps all: which number is selected, and how many rows there are. */
static void against_a_list_that_keeps_all(void **state)
{
    enum { CAPACITY = 37 };
    struct resend_view view = open_view(CAPACITY);
    size_t added = 0, others = 0;
    char expected[32];

    (void)state;
    srand(3);
    for (size_t step = 0; step < MODEL_ROWS; step++) {
        bool same = rand() % 3 != 0;
        add(&view, ++added, "a", same ? "a" : "b");
        if (rand() % 10 == 0)
            resend_view_move(&view, rand() % 21 - 10);
        if (rand() % 50 == 0)
            resend_view_switch_other(&view);
        draw(&view, 12, 80);
        assert_true(resend_view_count(&view) == 0 || view.selected < resend_view_count(&view));
        assert_true(view.selected >= view.top && view.selected <= view.top + 8);
        others += !same;
        snprintf(expected, sizeof expected, "different %zu", others);
        assert_non_null(strstr(draw(&view, 12, 80), expected));
    }
    assert_int_equal(view.count, CAPACITY);
    assert_int_equal(view.dropped, MODEL_ROWS - CAPACITY);
    resend_view_close(&view);
}

static void filters_both_replies(void **state)
{
    struct resend_view view = open_view(10);

    (void)state;
    add(&view, 1, "old one", "new one");
    add(&view, 2, "old two", "new two");
    add(&view, 3, NULL, "three");
    line_set(&view.line, "NEW !two");
    resend_view_filter(&view);
    assert_int_equal(resend_view_count(&view), 1);
    assert_non_null(strstr(draw(&view, 24, 80), " > 1 "));
    line_set(&view.line, "old|size:5");
    resend_view_filter(&view);
    assert_int_equal(resend_view_count(&view), 3);
    line_set(&view.line, "from:10.0.0.5 (");
    view.typing = true;
    resend_view_filter(&view); /* wrong: the latest valid one stays */
    assert_int_equal(resend_view_count(&view), 3);
    assert_non_null(strstr(draw(&view, 24, 80), " filter: from:10.0.0.5 (  at byte 16: "));
    add(&view, 4, "x", "y");
    assert_int_equal(resend_view_count(&view), 3);
    line_set(&view.line, " ");
    resend_view_filter(&view);
    assert_int_equal(resend_view_count(&view), 4);
    resend_view_close(&view);
}

/* A view with one row in detail. */
static struct resend_view open_detail(const char *recorded, const char *now)
{
    struct resend_view view = open_view(10);

    add(&view, 1, recorded, now);
    view.detail = true;
    return view;
}

static void a_side_without_a_reply_says_so(void **state)
{
    struct resend_view view = open_detail("21.5", NULL);

    (void)state;
    assert_non_null(
        strstr(draw(&view, 10, 80), " Recorded: 4 B                           Now: none\n"));
    resend_view_close(&view);
    view = open_detail(NULL, "");
    assert_non_null(
        strstr(draw(&view, 10, 80), " Recorded: none                          Now: 0 B\n"));
    resend_view_close(&view);
}

/* What is kept of a long reply is not taken for all of it. */
static void a_long_reply_says_how_much_is_kept(void **state)
{
    char recorded[3001], now[RESEND_KEPT_BYTES + 1];
    struct resend_view view;

    (void)state;
    memset(recorded, 'a', sizeof recorded - 1);
    memset(now, 'a', sizeof now - 1);
    recorded[sizeof recorded - 1] = now[sizeof now - 1] = '\0';
    view = open_detail(recorded, now);
    assert_non_null(strstr(draw(&view, 10, 120), " Recorded: 3000 B, the first 2048 "));
    assert_non_null(strstr(draw(&view, 10, 120), " Now: 2048 B\n"));
    resend_view_close(&view);
}

/* Lines: the title and 256 of 8 bytes. The last one stays on the screen. */
static void a_long_reply_is_scrolled_to_its_ends(void **state)
{
    char now[RESEND_KEPT_BYTES + 1];
    struct resend_view view;

    (void)state;
    memset(now, 'a', sizeof now - 1);
    now[sizeof now - 1] = '\0';
    view = open_detail("a", now);
    resend_view_move(&view, 3);
    assert_null(strstr(draw(&view, 10, 80), "0008 "));
    assert_non_null(strstr(draw(&view, 10, 80), "0010 "));
    resend_view_move(&view, INT32_MAX);
    assert_non_null(strstr(draw(&view, 10, 80), "07f8 "));
    assert_int_equal(view.scroll, 256);
    resend_view_move(&view, -1);
    assert_non_null(strstr(draw(&view, 10, 80), "07f0 "));
    resend_view_move(&view, INT32_MIN);
    assert_int_equal(view.scroll, 0);
    assert_non_null(strstr(draw(&view, 10, 80), "Now: 2048 B"));
    assert_int_equal(view.selected, 0); /* the row is the same */
    resend_view_close(&view);
}

static void an_error_stands_behind_the_outcome(void **state)
{
    struct resend_report report = {
        .result = {.number = 9, .round = 1, .outcome = RESEND_SILENT},
        .client = {.family = ENDPOINT_IPV4, .address = {10, 0, 0, 5}, .port = 5000},
        .client_number = 1,
        .why = "port unreachable"};
    struct resend_view view = open_view(2);
    struct resend_record *record = malloc(resend_record_bytes(&report));

    (void)state;
    assert_non_null(record);
    resend_record_fill(record, &report, &totals);
    resend_view_add(&view, record, resend_record_bytes(&report));
    free(record);
    view.detail = true;
    assert_non_null(strstr(draw(&view, 10, 80), " #9  10.0.0.5:5000  silent  port unreachable\n"));
    resend_view_close(&view);
}

/* An address that is not shown is not found either, nor is that it is another one. */
static void with_privacy_no_address_is_shown_or_found(void **state)
{
    static const char *const filters[] = {"from:10.0.0.5", "!from:10.0.0.5", "10.0.0"};
    struct resend_view view = open_view(10);

    (void)state;
    view.privacy = true;
    add(&view, 1, "21.5", "22.0");
    for (int detail = 0; detail < 2; detail++) {
        view.detail = detail == 1;
        assert_non_null(strstr(draw(&view, 10, 120), "client 1"));
        assert_null(strstr(draw(&view, 10, 120), "10.0.0"));
    }
    for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
        line_set(&view.line, filters[i]);
        resend_view_filter(&view);
        assert_int_equal(resend_view_count(&view), 0);
    }
    resend_view_close(&view);
}

static void the_head_counts_what_was_not_sent_or_kept(void **state)
{
    struct resend_view view = open_view(1);

    (void)state;
    totals.incomplete = 2;
    totals.failed = 3;
    add(&view, 1, "a", "a");
    assert_non_null(strstr(draw(&view, 10, 120), "\n sent 1  same 1  different 0  silent 0  "
                                                 "incomplete 2  failed 3\n"));
    add(&view, 2, "a", "a");
    assert_non_null(strstr(draw(&view, 10, 120), "  incomplete 2  failed 3  not kept 1\n"));
    assert_non_null(strstr(draw(&view, 10, 120), "  sending\n"));
    view.ended = true;
    assert_non_null(strstr(draw(&view, 10, 120), "  ended\n"));
    view.end = "cut short";
    assert_non_null(strstr(draw(&view, 10, 120), "  cut short\n"));
    resend_view_close(&view);
}

static void any_size(void **state)
{
    struct resend_view view = open_view(4);

    (void)state;
    add(&view, 1, "recorded", "now, which is longer");
    for (int rows = 0; rows < 30; rows++)
        for (int columns = 0; columns < 170; columns += 3) {
            view.detail = (rows + columns) % 2 == 0;
            draw(&view, rows, columns);
        }
    resend_view_close(&view);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(rows_at_80x24),
    cmocka_unit_test(rounds_are_told_apart),
    cmocka_unit_test(no_figure_is_cut),
    cmocka_unit_test(shows_where_they_differ),
    cmocka_unit_test(both_replies_as_hex),
    cmocka_unit_test(a_longer_reply_differs_behind_the_end),
    cmocka_unit_test(against_a_list_that_keeps_all),
    cmocka_unit_test(filters_both_replies),
    cmocka_unit_test(a_side_without_a_reply_says_so),
    cmocka_unit_test(a_long_reply_says_how_much_is_kept),
    cmocka_unit_test(a_long_reply_is_scrolled_to_its_ends),
    cmocka_unit_test(an_error_stands_behind_the_outcome),
    cmocka_unit_test(with_privacy_no_address_is_shown_or_found),
    cmocka_unit_test(the_head_counts_what_was_not_sent_or_kept),
    cmocka_unit_test(any_size),
};

const struct suite suite_replay_resend_view = {
    .name = "replay_resend_view", .tests = tests, .count = sizeof tests / sizeof *tests};
