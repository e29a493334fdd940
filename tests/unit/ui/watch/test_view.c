/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view: watch's rows, their order and the choice, against simple models; and the screen at any
 * size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../judge.h"
#include "../../suite.h"
#include "watched.h"

#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/ui/watch/view.h"

static const struct link_status link_up = {.state = LINK_UP};

/* The caller frees; watch_view_close before. */
static struct watch_view *open_view(const struct fleet *fleet)
{
    struct watch_view *view = calloc(1, sizeof *view);

    assert_non_null(view);
    view->fleet = fleet;
    view->link = &link_up;
    view->broker = "127.0.0.1:1883/school";
    view->problem = "";
    view->now_ns = WATCHED_NOW_S * UNITS_NS_PER_S;
    view->wall_ns = INT64_C(1800000000) * UNITS_NS_PER_S;
    view->started_ns = UNITS_NS_PER_S;
    view->charset = TEXT_ASCII;
    view->page = 10;
    fleet_sum(fleet, &view->sums);
    view->counts = watch_count(fleet, view->now_ns);
    return view;
}

static void close_view(struct watch_view *view, struct fleet *fleet)
{
    watch_view_close(view);
    free(view);
    fleet_close(fleet);
}

/* "a b c": the labels of the rows, without their port. */
static const char *labels_of(const struct watch_view *view)
{
    static char text[1024];
    size_t length = 0;

    text[0] = '\0';
    for (size_t i = 0; i < view->count; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%.*s", i > 0 ? " " : "",
                                   (int)strcspn(view->rows[i].label, ":"), view->rows[i].label);
    return text;
}

static struct fleet *open_servers(void)
{
    static const struct watched_server servers[] = {
        {.name = "room-10", .received = 5, .clients = 3, .held = 1},
        {.name = "room-2", .received = 50, .clients = 1, .failed = 2, .silent_s = 3},
        {.name = "hall", .received = 20, .clients = 9, .held = 7, .silent_s = 1},
        {.name = "old", .received = 90, .clients = 5, .silent_s = 5},
    };
    struct fleet *fleet = watched_open();

    for (size_t i = 0; i < COUNT_OF(servers); i++)
        watched_add(fleet, &servers[i]);
    watched_set_state(fleet, "old", SNAPSHOT_GONE);
    return fleet;
}

/* ---- order */

static void each_order_has_its_own(void **state)
{
    static const struct {
        enum watch_sort sort;
        const char *labels;
    } rows[] = {
        {WATCH_BY_NAME, "hall old room-2 room-10"}, /* as people count */
        {WATCH_BY_STATE, "old hall room-2 room-10"},
        {WATCH_BY_RATE, "room-2 hall room-10 old"},    /* of the one that is gone it is not known */
        {WATCH_BY_CLIENTS, "hall room-10 room-2 old"}, /* the one that is gone has none */
        {WATCH_BY_HELD, "hall room-10 old room-2"},
        {WATCH_BY_LOST, "room-2 hall old room-10"},
        {WATCH_BY_LAST, "room-10 hall room-2 old"},
    };
    struct fleet *fleet = open_servers();
    struct watch_view *view = open_view(fleet);

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        view->sort = rows[i].sort;
        watch_view_collect(view);
        if (strcmp(labels_of(view), rows[i].labels) != 0)
            fail_msg("%s: %s", watch_sort_word(view->sort), labels_of(view));
    }
    view->sort = WATCH_BY_NAME;
    view->inverted = true;
    watch_view_collect(view);
    assert_string_equal(labels_of(view), "room-10 room-2 old hall");
    close_view(view, fleet);
}

/* ---- the choice */

static const char *chosen(const struct watch_view *view)
{
    uint32_t slot;
    const struct fleet_server *server = watch_view_chosen(view, &slot);

    return server != NULL ? server->topic.name : "(none)";
}

static void the_chosen_one_stays_chosen(void **state)
{
    struct fleet *fleet = open_servers();
    struct watch_view *view = open_view(fleet);

    (void)state;
    assert_string_equal(chosen(view), "(none)");
    watch_view_collect(view);
    watch_view_move(view, 2);
    assert_string_equal(chosen(view), "room-2");
    view->sort = WATCH_BY_LOST;
    watch_view_collect(view);
    assert_string_equal(chosen(view),
                        "room-2"); /* it is the first row now, which stays the first: */
    view->sort = WATCH_BY_NAME;
    watch_view_collect(view);
    assert_string_equal(chosen(view), "hall");
    watch_view_move(view, 100);
    assert_string_equal(chosen(view), "room-10");
    fleet_forget(fleet, 0); /* room-10 */
    assert_string_equal(chosen(view), "(none)");
    watch_view_collect(view);
    assert_string_equal(chosen(view), "room-2"); /* the last one */
    close_view(view, fleet);
}

/* Another server in the same slot is not the one that was looked at. */
static void a_slot_that_was_taken_again_is_another_server(void **state)
{
    struct fleet *fleet = open_servers();
    struct watch_view *view = open_view(fleet);
    uint32_t slot;

    (void)state;
    view->inside = true;
    view->inner = 2;
    view->inner_generation = fleet_server(fleet, 2)->generation;
    assert_string_equal(watch_view_inner(view)->topic.name, "hall");
    fleet_forget(fleet, 2);
    assert_null(watch_view_inner(view));
    assert_int_equal(watched_add(fleet, &(struct watched_server){.name = "new"}), 2);
    assert_null(watch_view_inner(view));
    assert_null(watch_view_chosen(view, &slot));
    assert_int_equal(slot, 2);
    close_view(view, fleet);
}

/* Whatever is moved: a row is chosen if there are any, it is on the page, and the page is full if
 * there are enough rows. */
static void the_choice_is_on_the_page(void **state)
{
    struct fleet *fleet = watched_open();
    struct watch_view *view = open_view(fleet);
    uint64_t seed = 1;

    (void)state;
    for (int i = 0; i < 12; i++) {
        char name[8];
        snprintf(name, sizeof name, "s%d", i);
        watched_add(fleet, &(struct watched_server){.name = name});
    }
    for (int step = 0; step < 3000; step++) {
        int64_t rows = (int64_t)(judge_random(&seed) % 30) - 15, expected;
        if (judge_random(&seed) % 10 == 0)
            view->page = (int)(judge_random(&seed) % 15) - 1; /* also if there is no room */
        if (judge_random(&seed) % 10 == 0)
            watch_view_set_filter(view, judge_random(&seed) % 2 == 0 ? "s1" : "");
        watch_view_collect(view);
        if (judge_random(&seed) % 50 == 0)
            rows = rows > 0 ? INT64_MAX : INT64_MIN / 2;
        expected = (int64_t)view->position;
        expected = rows > 100 ? INT64_MAX : expected + rows;
        expected = expected < 0                       ? 0
                   : expected >= (int64_t)view->count ? (int64_t)view->count - 1
                                                      : expected;
        watch_view_move(view, rows);
        size_t page = view->page > 0 ? (size_t)view->page : 1;
        assert_int_equal(view->count, view->filter != NULL ? 3 : 12); /* s1, s10, s11 */
        assert_int_equal(view->all, 12);
        assert_int_equal(view->position, expected);
        assert_true(view->top <= view->position && view->position < view->top + page);
        assert_true(view->top == 0 || view->top + page <= view->count);
    }
    close_view(view, fleet);
}

/* ---- clients and messages */

static struct fleet *open_clients(void)
{
    static const struct watched_client first[] = {{"192.0.2.1:5", "kim", 10, 100, 1, 2},
                                                  {"192.0.2.2:5", "", 40, 0, 0, 0},
                                                  {"#1", "", 7, 0, 0, 0}};
    static const struct watched_client second[] = {{"192.0.2.1:5", "kim", 35, 90, 3, 4},
                                                   {"#1", "", 8, 0, 0, 0}};
    struct fleet *fleet = watched_open();

    watched_add(fleet, &(struct watched_server){.name = "a"});
    watched_add(fleet, &(struct watched_server){.name = "b"});
    watched_add_clients(fleet, "a", first, COUNT_OF(first));
    watched_add_clients(fleet, "b", second, COUNT_OF(second));
    return fleet;
}

static void a_client_of_several_servers_is_one_row(void **state)
{
    struct fleet *fleet = open_clients();
    struct watch_view *view = open_view(fleet);

    (void)state;
    view->list = WATCH_CLIENTS_LIST;
    watch_view_collect(view);
    assert_string_equal(labels_of(view), "192.0.2.1 192.0.2.2 #1 #1"); /* numbers are of a server */
    assert_int_equal(view->all, 4);
    assert_int_equal(view->rows[0].servers, 2);
    assert_int_equal(view->rows[0].received, 45);
    assert_int_equal(view->rows[0].held, 4);
    assert_int_equal(view->rows[0].failed, 6);
    assert_int_equal(view->rows[0].acked, 35);
    assert_int_equal(view->rows[0].last_ns, 100);
    assert_int_equal(view->rows[2].received, 8);
    view->inside = true;
    view->inner = 0;
    watch_view_collect(view);
    assert_string_equal(labels_of(view), "192.0.2.2 192.0.2.1 #1");
    assert_int_equal(view->rows[1].servers, 1);
    assert_int_equal(view->rows[1].received, 10);
    close_view(view, fleet);
}

/* "2 of 4": as many as there are without the filter, which may choose one server's part of a
 * client. */
static void the_filter_says_how_many_there_are(void **state)
{
    static const struct {
        const char *filter;
        size_t count;
        uint64_t first;
    } rows[] = {{"kim", 1, 45}, {"name:a:4010", 3, 40}, {"name:b:4010", 2, 35}, {"nobody", 0, 0}};
    struct fleet *fleet = open_clients();
    struct watch_view *view = open_view(fleet);

    (void)state;
    view->list = WATCH_CLIENTS_LIST;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        watch_view_set_filter(view, rows[i].filter);
        assert_non_null(view->filter);
        watch_view_collect(view);
        if (view->count != rows[i].count || view->all != 4)
            fail_msg("%s: %zu of %zu", rows[i].filter, view->count, view->all);
        assert_true(view->count == 0 || view->rows[0].received == rows[i].first);
    }
    watch_view_set_filter(view, "(");
    assert_null(view->filter);
    assert_true(view->wrong.why[0] != '\0');
    watch_view_set_filter(view, "");
    assert_int_equal(view->wrong.why[0], '\0');
    close_view(view, fleet);
}

static void messages_are_the_newest_first_without_the_forgotten(void **state)
{
    struct fleet *fleet = open_clients();
    struct watch_view *view = open_view(fleet);

    (void)state;
    watched_add_message(fleet, "a", "one");
    watched_add_message(fleet, "b", "two");
    watched_add_message(fleet, "a", "three");
    view->list = WATCH_MESSAGES;
    watch_view_collect(view);
    assert_int_equal(view->count, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(view->rows[i].age, i);
    watch_view_set_filter(view, "o"); /* one, two */
    watch_view_collect(view);
    assert_int_equal(view->count, 2);
    assert_int_equal(view->all, 3);
    assert_int_equal(view->rows[0].age, 1);
    watch_view_set_filter(view, "");
    fleet_forget(fleet, 0);
    watch_view_collect(view);
    assert_int_equal(view->count, 1);
    assert_int_equal(view->rows[0].age, 1);
    close_view(view, fleet);
}

/* ---- the screen */

static const char *drawn(struct watch_view *view, int rows, int columns)
{
    static char text[65536];
    struct frame *frame = frame_open();

    assert_true(frame_resize(frame, rows, columns));
    watch_view_draw(view, frame);
    watch_view_draw(view, frame); /* the first one may have moved the page */
    frame_to_text(frame, text, sizeof text);
    frame_close(frame);
    return text;
}

static void assert_shows(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("no \"%s\" in\n%s", part, text);
}

static void the_screen_has_sums_and_rows(void **state)
{
    struct fleet *fleet = open_servers();
    struct watch_view *view = open_view(fleet);
    const char *text;

    (void)state;
    watch_view_collect(view);
    text = drawn(view, 24, 80);
    assert_shows(text, "udptui watch  127.0.0.1:1883/school  ");
    assert_shows(text, "servers 4  up 3  stale 0  gone 1  ended 0  clients 13");
    assert_shows(text, "held 8  failed 2");
    assert_shows(text, "Servers 4");
    assert_shows(text, "sort: name");
    assert_shows(text, "hall:4010");
    assert_shows(text, "gone");
    watch_view_set_filter(view, "hall");
    watch_view_collect(view);
    text = drawn(view, 24, 80);
    assert_shows(text, "Servers 1 of 4");
    assert_shows(text, "filter: hall");
    assert_null(strstr(text, "room-2"));
    watch_view_set_filter(view, "nothing");
    watch_view_collect(view);
    assert_shows(drawn(view, 24, 80),
                 "Nothing matches the filter. Servers that are gone: status:gone\n");
    watch_view_set_filter(view, "port:1");
    watch_view_collect(view);
    assert_shows(drawn(view, 24, 80), "Nothing matches the filter.");
    assert_null(strstr(drawn(view, 24, 80), "status:gone"));
    close_view(view, fleet);
}

static void a_broker_that_is_away_is_said(void **state)
{
    struct fleet *fleet = open_servers();
    struct watch_view *view = open_view(fleet);
    struct link_status link = {.state = LINK_WAITING,
                               .why = "connection refused",
                               .retry_ns = view->now_ns + 3 * UNITS_NS_PER_S};

    (void)state;
    view->link = &link;
    fleet_set_connected(fleet, false, view->now_ns);
    watch_view_collect(view);
    assert_shows(drawn(view, 24, 80), "NOT CONNECTED: connection refused; next try in 3");
    assert_shows(drawn(view, 24, 80), "(-)"); /* rates are not known */
    link = (struct link_status){.state = LINK_SILENT};
    assert_shows(drawn(view, 24, 80), "THE BROKER DOES NOT ANSWER");
    link = (struct link_status){.state = LINK_CONNECTING};
    assert_shows(drawn(view, 24, 80), "CONNECTING to the broker");
    assert_null(strstr(drawn(view, 24, 80), "may be old"));
    link.connects = 1;
    assert_shows(drawn(view, 24, 80), "CONNECTING to the broker again; what is shown may be old");
    close_view(view, fleet);
}

/* How many of the seconds [newest, newest + count) before now have no broker. */
static int away_seconds(const struct watch_view *view, int64_t newest, int64_t count)
{
    int seconds = 0;

    for (int64_t age_s = newest; age_s < newest + count; age_s++)
        seconds += pulse_at(&view->away, view->now_ns, age_s) > 0;
    return seconds;
}

static void note_link_after(struct watch_view *view, int64_t seconds)
{
    view->now_ns += seconds * UNITS_NS_PER_S;
    watch_view_note_link(view);
}

/* Between two frames may be seconds: a machine is busy, a program was stopped. */
static void seconds_without_a_frame_are_not_known_either(void **state)
{
    struct fleet *fleet = open_servers();
    struct watch_view *view = open_view(fleet);
    struct link_status link = {.state = LINK_UP, .since_ns = UNITS_NS_PER_S};

    (void)state;
    view->link = &link;
    watch_view_note_link(view);
    link = (struct link_status){.state = LINK_WAITING, .since_ns = view->now_ns};
    note_link_after(view, 10);
    assert_int_equal(away_seconds(view, 1, 10), 10);
    assert_int_equal(away_seconds(view, 11, 20), 0);
    link = (struct link_status){.state = LINK_UP, .since_ns = view->now_ns + 3 * UNITS_NS_PER_S};
    note_link_after(view, 8); /* back for five of them */
    assert_int_equal(away_seconds(view, 0, 5), 0);
    assert_int_equal(away_seconds(view, 6, 3), 3);
    note_link_after(view, 4);
    assert_int_equal(away_seconds(view, 0, 9), 0);
    link.since_ns = view->now_ns + 2 * UNITS_NS_PER_S; /* lost and back between two frames */
    note_link_after(view, 6);
    assert_int_equal(away_seconds(view, 0, 4), 0);
    assert_int_equal(away_seconds(view, 5, 2), 2);
    close_view(view, fleet);
}

/* Lists, orders, filters, notices and sizes at random: it draws within the frame (a sanitizer sees
 * it), and only what is safe. */
static void any_size_is_drawn(void **state)
{
    struct fleet *fleet = open_clients();
    struct watch_view *view = open_view(fleet);
    struct frame *frame = frame_open();
    uint64_t seed = 1;
    char text[65536];

    (void)state;
    watched_add_message(fleet, "a", "\x1b[2J\xff");
    watched_add(fleet, &(struct watched_server){.name = "c\x1b[2J", .received = 7});
    for (int round = 0; round < 1000; round++) {
        view->list = judge_random(&seed) % WATCH_LISTS;
        view->sort = judge_random(&seed) % WATCH_SORTS;
        view->inside = judge_random(&seed) % 3 == 0;
        view->inner = judge_random(&seed) % 4;
        view->inner_generation = judge_random(&seed) % 2;
        view->typing = judge_random(&seed) % 2;
        view->notice = judge_random(&seed) % 2 ? "a notice" : NULL;
        if (view->inside && watch_view_inner(view) == NULL)
            view->inside = false; /* as the screen does */
        watch_view_set_filter(view, judge_random(&seed) % 3 == 0 ? "a|b" : "");
        watch_view_collect(view);
        watch_view_move(view, (int64_t)(judge_random(&seed) % 20) - 10);
        assert_true(frame_resize(frame, 1 + (int)(judge_random(&seed) % 40),
                                 1 + (int)(judge_random(&seed) % 120)));
        watch_view_draw(view, frame);
        watch_view_draw_small(view, frame);
        frame_to_text(frame, text, sizeof text);
        for (const char *line = text; *line != '\0'; line++)
            assert_true(*line == '\n' || (*line >= ' ' && *line <= '~'));
    }
    frame_close(frame);
    close_view(view, fleet);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_order_has_its_own),
    cmocka_unit_test(the_chosen_one_stays_chosen),
    cmocka_unit_test(a_slot_that_was_taken_again_is_another_server),
    cmocka_unit_test(the_choice_is_on_the_page),
    cmocka_unit_test(a_client_of_several_servers_is_one_row),
    cmocka_unit_test(the_filter_says_how_many_there_are),
    cmocka_unit_test(messages_are_the_newest_first_without_the_forgotten),
    cmocka_unit_test(the_screen_has_sums_and_rows),
    cmocka_unit_test(a_broker_that_is_away_is_said),
    cmocka_unit_test(seconds_without_a_frame_are_not_known_either),
    cmocka_unit_test(any_size_is_drawn),
};

const struct suite suite_watch_view = {
    .name = "watch_view", .tests = tests, .count = sizeof tests / sizeof *tests};
