/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plain: the states of each screen, in pairs: none differs from another one by colour alone. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"
#include "plain.h"
#include "serve/scene.h"

#include "../../../src/ui/replay/resend_view_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/proto/ladder_leg.h"
#include "udptui/ui/ladder/ladder.h"
#include "udptui/ui/lesson/view.h"
#include "udptui/ui/load/view.h"
#include "udptui/ui/ping/view.h"

/* Terminals at which all states are compared. */
static const struct {
    int rows, columns;
} sizes[] = {{24, 80}, {24, 60}, {10, 40}, {40, 132}};

enum { NAME_SIZE = 128 };

static char state_name[NAME_SIZE];

static void compare_states(size_t count, void (*draw)(size_t state, struct frame *frame),
                           const char *(*name)(size_t state))
{
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        plain_expect_states(sizes[i].rows, sizes[i].columns, count, draw, name);
}

/* ---- the comparison itself */

static void look_alone_is_found(void **state)
{
    struct frame *one = frame_open(), *other = frame_open();

    (void)state;
    assert_true(frame_resize(one, 1, 4) && frame_resize(other, 1, 4));
    frame_put(one, 0, 0, 4, STYLE_NORMAL, "ab c");
    frame_put(other, 0, 0, 4, STYLE_NORMAL, "ab c");
    assert_false(plain_differs_in_look_alone(one, other));
    frame_put(other, 0, 2, 3, STYLE_FAILED, " ");
    assert_false(plain_differs_in_look_alone(one, other)); /* a blank has no colour */
    frame_put(other, 0, 0, 1, STYLE_FAILED, "a");
    assert_true(plain_differs_in_look_alone(one, other));
    frame_put(other, 0, 1, 2, STYLE_FAILED, "x");
    assert_false(plain_differs_in_look_alone(one, other));
    frame_put(other, 0, 0, 4, STYLE_NORMAL, "ab c");
    frame_mark(other, 0, 2, 3, MARK_SELECTED);
    assert_true(plain_differs_in_look_alone(one, other));
    frame_close(one);
    frame_close(other);
}

/* ---- ladder: one datagram to the server, of each kind; and its reply */

static const struct fate_kind {
    const char *name;
    struct leg leg;
    bool copy;
} fates[] = {
    {"arrived", {.state = LEG_ARRIVED}, false},
    {"lost", {.state = LEG_LOST}, false},
    {"underway", {.state = LEG_UNDERWAY, .arrive_us = 1000}, false},
    {"corrupt", {.state = LEG_ARRIVED, .corrupt = true}, false},
    {"late", {.state = LEG_ARRIVED, .arrive_us = 50, .late_by = 2}, false},
    {"late and corrupt",
     {.state = LEG_ARRIVED, .arrive_us = 50, .late_by = 2, .corrupt = true},
     false},
    {"copy", {.state = LEG_ARRIVED}, true},
    {"corrupt copy", {.state = LEG_ARRIVED, .corrupt = true}, true},
    {"late copy", {.state = LEG_ARRIVED, .arrive_us = 50, .late_by = 2}, true},
    {"lost copy", {.state = LEG_LOST}, true},
};

static void draw_fate(size_t state, struct frame *frame)
{
    static const struct ladder_heads heads = {.left = "client", .right = "server"};
    const struct fate_kind *kind = &fates[state % COUNT_OF(fates)];
    struct ladder_leg leg;

    assert_true(ladder_leg_of(&kind->leg, 0, state < COUNT_OF(fates), kind->copy, NULL, &leg));
    snprintf(leg.label, sizeof leg.label, "#1 hello");
    ladder_draw(frame, 0, frame_rows(frame), &heads, &leg, 1, 500000, 0, 0, TEXT_UTF8);
}

static const char *name_fate(size_t state)
{
    snprintf(state_name, sizeof state_name, "%s %s", state < COUNT_OF(fates) ? "request" : "ack",
             fates[state % COUNT_OF(fates)].name);
    return state_name;
}

static void fates_of_a_ladder(void **state)
{
    (void)state;
    compare_states(2 * COUNT_OF(fates), draw_fate, name_fate);
}

static const struct {
    const char *name;
    struct ladder_leg leg;
} ends[] = {
    {"arrived", {.to_right = true, .label = "#1 hello"}},
    {"dropped", {.to_right = true, .label = "#1 hello", .end = LADDER_DROPPED}},
    {"lost", {.to_right = true, .label = "#1 hello", .end = LADDER_LOST}},
    {"unsent", {.to_right = true, .label = "#1 hello", .end = LADDER_UNSENT}},
    {"event", {.to_right = true, .label = "#1 hello", .end = LADDER_EVENT}},
    {"sent", {.to_right = true, .label = "#1 hello", .end = LADDER_SENT}},
    {"received", {.to_right = true, .label = "#1 hello", .origin_unseen = true}},
    {"reconstructed", {.to_right = true, .label = "#1 hello", .reconstructed = true}},
    {"ICMP", {.to_right = true, .label = "ICMP: refused", .error = true}},
};

static void draw_end(size_t state, struct frame *frame)
{
    static const struct ladder_heads heads = {.left = "client", .right = "server"};

    ladder_draw(frame, 0, frame_rows(frame), &heads, &ends[state].leg, 1, 1000, 0, 0, TEXT_ASCII);
}

static const char *name_end(size_t state)
{
    return ends[state].name;
}

static void ends_of_a_ladder(void **state)
{
    (void)state;
    compare_states(COUNT_OF(ends), draw_end, name_end);
}

/* ---- serve: what became of a message, and what the header says */

static const struct {
    const char *name;
    enum ack_status status;
    int why;
} messages[] = {
    {"acked", ACK_SENT, 0},
    {"held: loop", ACK_HELD, HELD_LOOP},
    {"held: source", ACK_HELD, HELD_SOURCE},
    {"held: limit", ACK_HELD, HELD_LIMIT},
    {"held: off", ACK_HELD, HELD_OFF},
    {"held: full", ACK_HELD, HELD_FULL},
    {"held: end", ACK_HELD, HELD_END},
    {"failed: no buffers", ACK_FAILED, ENOBUFS},
    {"failed: not permitted", ACK_FAILED, EPERM},
    {"by hand", ACK_MANUAL, 0},
    {"waiting", ACK_WAITING, 0},
};

static enum text_charset serve_charset;
static int32_t serve_mode; /* the key that shows it, 0: the list */

static void draw_message(size_t state, struct frame *frame)
{
    struct scene *scene = scene_open(frame_rows(frame), frame_columns(frame), serve_charset, 16);

    scene_say(scene, 0, "hello", messages[state].status, messages[state].why);
    scene_tell_totals(scene);
    if (serve_mode != 0)
        scene_key(scene, serve_mode);
    scene_screen(scene);
    frame_paste(frame, 0, 0, scene->frame);
    scene_close(scene);
}

static const char *name_message(size_t state)
{
    snprintf(state_name, sizeof state_name, "a message that is %s, key %d", messages[state].name,
             (int)serve_mode);
    return state_name;
}

static void what_became_of_a_message(void **state)
{
    static const int32_t modes[] = {0, '\r', 'l'};

    (void)state;
    for (int charset = TEXT_ASCII; charset <= TEXT_UTF8; charset++)
        for (size_t i = 0; i < COUNT_OF(modes); i++) {
            serve_charset = (enum text_charset)charset;
            serve_mode = modes[i];
            compare_states(COUNT_OF(messages), draw_message, name_message);
        }
}

enum header_state {
    HEADER_PLAIN,
    HEADER_ACKS_OFF,
    HEADER_DROPPED,
    HEADER_FAILED,
    HEADER_HELD,
    HEADER_QUEUE,
    HEADER_QUEUE_FULL,
    HEADER_NOT_LOGGED,
    HEADER_SKIPPED,
    HEADER_PAUSED,
    HEADER_FILTERED,
    HEADER_IMPAIRED,
    HEADERS
};

static void set_header(struct scene *scene, enum header_state state)
{
    struct event_totals *totals = &scene->totals;

    totals->acks_on = state != HEADER_ACKS_OFF;
    totals->kernel_dropped = state == HEADER_DROPPED ? 5 : 0;
    totals->counts.failed += state == HEADER_FAILED;
    totals->counts.held[HELD_LIMIT] += state == HEADER_HELD;
    totals->queue_capacity = state == HEADER_QUEUE || state == HEADER_QUEUE_FULL ? 1000 : 0;
    totals->queue_bytes = state == HEADER_QUEUE ? 300 : state == HEADER_QUEUE_FULL ? 990 : 0;
    totals->not_logged = state == HEADER_NOT_LOGGED ? 5 : 0;
    totals->records_skipped = state == HEADER_SKIPPED ? 5 : 0;
    scene_tell_totals(scene);
}

static void draw_header(size_t state, struct frame *frame)
{
    struct scene *scene = scene_open(frame_rows(frame), frame_columns(frame), TEXT_UTF8, 16);

    scene_play(scene);
    set_header(scene, (enum header_state)state);
    if (state == HEADER_PAUSED)
        scene_key(scene, 'p');
    if (state == HEADER_FILTERED) {
        scene_key(scene, '/');
        scene_type(scene, "h");
        scene_key(scene, '\r');
    }
    scene_screen(scene);
    frame_paste(frame, 0, 0, scene->frame);
    scene_close(scene);
}

static const char *name_header(size_t state)
{
    snprintf(state_name, sizeof state_name, "state %zu of serve's header", state);
    return state_name;
}

static void the_header_of_serve(void **state)
{
    (void)state;
    compare_states(HEADERS, draw_header, name_header);
}

/* Each key in each mode, twice: scene_key compares before and after. */
static void each_key_of_serve_in_each_mode(void **state)
{
    static const int32_t modes[] = {0, '\r', 'l', 'c', 'i', '?', '/', 'r', 'o'};
    static const int32_t keys[] = {'\t',
                                   '\r',
                                   KEY_CODE_UP,
                                   KEY_CODE_DOWN,
                                   KEY_CODE_LEFT,
                                   KEY_CODE_RIGHT,
                                   KEY_CODE_HOME,
                                   KEY_CODE_END,
                                   KEY_CODE_PAGE_UP,
                                   KEY_CODE_PAGE_DOWN,
                                   's',
                                   'I',
                                   ' ',
                                   'F',
                                   'h',
                                   'D',
                                   'v',
                                   't',
                                   '+',
                                   '-',
                                   '0',
                                   '1',
                                   'b',
                                   'n',
                                   'a',
                                   'x',
                                   KEY_CODE_ESC};

    (void)state;
    for (size_t size = 0; size < COUNT_OF(sizes); size++)
        for (size_t mode = 0; mode < COUNT_OF(modes); mode++) {
            struct scene *scene = scene_open(sizes[size].rows, sizes[size].columns, TEXT_UTF8, 16);
            scene_play(scene);
            if (modes[mode] != 0)
                scene_key(scene, modes[mode]);
            for (size_t key = 0; key < 2 * COUNT_OF(keys); key++)
                scene_key(scene, keys[key % COUNT_OF(keys)]);
            scene_close(scene);
        }
}

/* ---- serve --class: who has been silent */

static void draw_class(size_t state, struct frame *frame)
{
    struct model_config config = scene_config(TEXT_UTF8, 64);
    struct scene *scene;

    config.roster = true;
    scene = scene_open_with(frame_rows(frame), frame_columns(frame), &config);
    for (uint32_t slot = 0; slot < (state / 2 > 0 ? 40U : 3U); slot++)
        scene_say(scene, slot, slot == 1 ? "hello Ann" : "hello Bob", ACK_SENT, 0);
    scene_wait(scene, 21 * UNITS_NS_PER_S);
    for (uint32_t slot = state % 2; slot < 3; slot++)
        scene_say(scene, slot, "still here", ACK_SENT, 0);
    scene_tell_totals(scene);
    scene_screen(scene);
    frame_paste(frame, 0, 0, scene->frame);
    scene_close(scene);
}

static const char *name_class(size_t state)
{
    snprintf(state_name, sizeof state_name, "state %zu of the class", state);
    return state_name;
}

static void who_is_silent(void **state)
{
    (void)state;
    compare_states(4, draw_class, name_class);
}

/* ---- ping */

static void draw_ping(size_t state, struct frame *frame)
{
    static struct ping_view view;
    struct prober_record record = {.kind = PROBER_FIGURES};

    memset(&view, 0, sizeof view);
    ping_view_begin(&view, 2);
    view.charset = TEXT_UTF8;
    view.interval_ns = UNITS_NS_PER_S;
    for (size_t i = 0; i < view.count; i++)
        snprintf(view.targets[i].name, sizeof view.targets[i].name, "192.0.2.%zu:862", i + 1);
    record.figures = view.targets[0].figures;
    record.figures.counts.sent = 10;
    record.figures.counts.lost = state == 2;
    record.figures.counts.late = state == 3;
    record.figures.counts.duplicates = state == 4;
    ping_view_take(&view, &record);
    view.selected = state == 1;
    view.pane = state == 5 ? PING_VIEW_HISTOGRAM : PING_VIEW_CHART;
    ping_view_draw(&view, frame);
}

static const char *name_ping(size_t state)
{
    static const char *const names[] = {"the first target selected",
                                        "the second one",
                                        "a loss",
                                        "a late reply",
                                        "a duplicate",
                                        "the histogram"};

    return names[state];
}

static void states_of_ping(void **state)
{
    (void)state;
    compare_states(6, draw_ping, name_ping);
}

/* ---- load */

static void draw_load(size_t state, struct frame *frame)
{
    static struct load_view view;
    struct load_snapshot snapshot = {.sent = 10,
                                     .acked = 9,
                                     .times_certain = state != 5,
                                     .acks_per_s = 9,
                                     .rtt = load_no_times,
                                     .rtt_app = load_no_times};

    snapshot.lost = state == 1;
    snapshot.late = state == 2;
    snapshot.duplicates = state == 3;
    snapshot.send_errors = state == 4;
    snapshot.not_logged = state == 6;
    snapshot.rtt.count = 5;
    snapshot.rtt.min_ns = snapshot.rtt.p50_ns = snapshot.rtt.max_ns = 1000;
    memset(&view, 0, sizeof view);
    view.charset = TEXT_UTF8;
    load_view_add(&view, &snapshot);
    load_view_draw(&view, frame);
}

static const char *name_load(size_t state)
{
    static const char *const names[] = {"all well", "a loss",          "a late ack", "a duplicate",
                                        "not sent", "times uncertain", "not logged"};

    return names[state];
}

static void states_of_load(void **state)
{
    (void)state;
    compare_states(7, draw_load, name_load);
}

/* ---- replay --to */

static void draw_resend(size_t state, struct frame *frame)
{
    static const char *const recorded[] = {"one", "one", "one", NULL, NULL};
    static const char *const now[] = {"one", "two", NULL, "new", NULL};
    struct resend_view view = {.title = "udptui replay", .charset = TEXT_UTF8};
    struct resend_totals totals = {.sent = 2};

    assert_true(resend_view_open(&view, 8));
    for (uint64_t i = 0; i < 2; i++) {
        size_t kind = i == 0 ? state % COUNT_OF(now) : 0;
        struct resend_report report = {
            .result = {.number = i + 1,
                       .outcome = i > 0       ? RESEND_SAME
                                  : kind == 0 ? RESEND_SAME
                                  : kind == 1 ? RESEND_DIFFERENT
                                  : kind == 2 ? RESEND_SILENT
                                  : kind == 3 ? RESEND_NEW
                                              : RESEND_NONE,
                       .recorded = (const uint8_t *)recorded[kind],
                       .recorded_bytes = recorded[kind] != NULL ? 3 : 0,
                       .recorded_size = recorded[kind] != NULL ? 3 : 0},
            .client = {.family = ENDPOINT_IPV4, .address = {10, 0, 0, 5}, .port = 5000},
            .client_number = 1,
            .answer = (const uint8_t *)now[kind],
            .answer_bytes = now[kind] != NULL ? 3 : 0};
        struct resend_record *record = malloc(resend_record_bytes(&report));
        assert_non_null(record);
        resend_record_fill(record, &report, &totals);
        resend_view_add(&view, record, resend_record_bytes(&report));
        free(record);
    }
    if (state >= COUNT_OF(now))
        resend_view_move(&view, -1);
    resend_view_draw(&view, frame);
    resend_view_close(&view);
}

static const char *name_resend(size_t state)
{
    static const char *const names[] = {"same", "different", "silent", "new", "none"};

    snprintf(state_name, sizeof state_name, "%s, row %d selected", names[state % 5],
             state >= 5 ? 1 : 2);
    return state_name;
}

static void states_of_replay_to(void **state)
{
    (void)state;
    compare_states(10, draw_resend, name_resend);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(look_alone_is_found), cmocka_unit_test(fates_of_a_ladder),
    cmocka_unit_test(ends_of_a_ladder),    cmocka_unit_test(what_became_of_a_message),
    cmocka_unit_test(the_header_of_serve), cmocka_unit_test(each_key_of_serve_in_each_mode),
    cmocka_unit_test(who_is_silent),       cmocka_unit_test(states_of_ping),
    cmocka_unit_test(states_of_load),      cmocka_unit_test(states_of_replay_to),
};

const struct suite suite_plain = {.name = "plain", .tests = tests, .count = COUNT_OF(tests)};
