/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dissect: protocol and summary in the list, and the fields of a message with its bytes; the
 * answers are the test's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../suite.h"

#include "scene.h"
#include "udptui/base/array.h"

enum { SIZE = 20 };

static int setup(void **state)
{
    *state = scene_open(24, 80, TEXT_UTF8, 100);
    return *state == NULL;
}

static int teardown(void **state)
{
    scene_close(*state);
    return 0;
}

/* As the dissectors answer: "P" with two fields, of which the first has two of its own. */
static void answer_tree(struct dissect_tree *tree)
{
    static const struct dissect_node nodes[] = {
        {.label = "Protocol", .offset = 0, .size_bytes = SIZE, .end = 5, .depth = 0},
        {.label = "First", .offset = 0, .size_bytes = 4, .end = 4, .depth = 1},
        {.label = "High", .offset = 0, .size_bytes = 2, .end = 3, .depth = 2},
        {.label = "Low", .offset = 2, .size_bytes = 2, .end = 4, .depth = 2},
        {.label = "Last", .offset = 14, .size_bytes = 6, .end = 5, .depth = 1},
    };

    tree->nodes = malloc(sizeof nodes);
    assert_non_null(tree->nodes);
    memcpy(tree->nodes, nodes, sizeof nodes);
    tree->count = COUNT_OF(nodes);
}

/* Answers all requests; returns how many there were. */
static size_t answer_all(struct scene *scene, bool known)
{
    struct dissect_datagram datagrams[DISSECT_DATAGRAMS_MAX];
    struct dissect_request request;
    size_t count = 0;

    for (; model_ask_dissection(scene->model, true, &request, datagrams); count++) {
        struct dissect_answer answer = {
            .id = request.id, .known = known, .count = known ? request.asked : 0};
        for (size_t i = 0; i < answer.count; i++) {
            snprintf(answer.summaries[i].protocol, DISSECT_PROTOCOL_SIZE, "PROTO");
            snprintf(answer.summaries[i].text, DISSECT_SUMMARY_SIZE, "of %u bytes",
                     (unsigned)datagrams[request.count - request.asked + i].size_bytes);
            if (request.trees)
                answer_tree(&answer.trees[i]);
        }
        model_take_dissection(scene->model, &answer);
        for (size_t i = 0; i < DISSECT_ASKED_MAX; i++)
            dissect_tree_free(&answer.trees[i]);
    }
    return count;
}

/* ---- the list */

static void rows_ask_for_what_is_seen(void **state)
{
    struct scene *scene = *state;

    scene_resize(scene, 24, 100);
    for (uint32_t i = 0; i < 100; i++)
        scene_say(scene, i % 3, "twenty bytes of text", ACK_SENT, 0);
    assert_int_equal(answer_all(scene, true), 0); /* nothing is wanted */
    assert_false(model_wants_dissection(scene->model));
    scene_key(scene, 'D');
    assert_true(model_wants_dissection(scene->model));
    assert_true(scene_shows(scene, "..."));
    assert_false(scene_shows(scene, "twenty bytes"));
    size_t rows = answer_all(scene, true);
    assert_in_range(rows, 5, 20);
    assert_true(scene_shows(scene, "PROTO   of 20 bytes"));
    assert_false(scene_shows(scene, "..."));
    assert_int_equal(answer_all(scene, true), 0); /* each once */
    scene_key(scene, '\t');
    scene_key(scene, KEY_CODE_HOME);
    scene_screen(scene);
    assert_int_equal(answer_all(scene, true), rows);
    scene_key(scene, 'D');
    assert_true(scene_shows(scene, "twenty bytes"));
}

static void rows_without_an_answer(void **state)
{
    struct scene *scene = *state;

    scene_resize(scene, 24, 100);
    scene_say(scene, 0, "twenty bytes of text", ACK_SENT, 0);
    scene_key(scene, 'D');
    assert_int_equal(answer_all(scene, false), 1);
    assert_true(scene_shows(scene, "(not dissected)"));
    model_note_dissector(scene->model, "sharkd is not installed", "");
    assert_string_equal(scene_footer(scene), " sharkd is not installed\n");
    scene_key(scene, 'D');
    assert_true(scene_key(scene, 'D').dissect_again);
    model_dissect_again(scene->model);
    assert_int_equal(answer_all(scene, true), 1);
    assert_true(scene_shows(scene, "PROTO   of 20 bytes"));
}

/* A name in a query begins after some 25 columns: time and size make room for it. */
static void summaries_have_room_at_80_columns(void **state)
{
    struct scene *scene = *state;
    struct dissect_datagram datagrams[DISSECT_DATAGRAMS_MAX];
    struct dissect_request request;
    struct dissect_answer answer = {.known = true, .count = 1};

    scene_say(scene, 0, "twenty bytes of text", ACK_SENT, 0);
    assert_true(scene_shows(scene, "20 B  twenty bytes"));
    scene_key(scene, 'D');
    scene_screen(scene);
    assert_true(model_ask_dissection(scene->model, true, &request, datagrams));
    answer.id = request.id;
    snprintf(answer.summaries[0].protocol, DISSECT_PROTOCOL_SIZE, "DNS");
    snprintf(answer.summaries[0].text, DISSECT_SUMMARY_SIZE,
             "Standard query 0x6ac7 A www.example.org");
    model_take_dissection(scene->model, &answer);
    assert_true(scene_shows(scene, "DNS Standard query 0x6ac7 A www"));
    assert_false(scene_shows(scene, "20 B  DNS"));
    scene_key(scene, '/');
    scene_key(scene, 'Q'); /* of "query", which is in no payload */
    assert_true(scene_shows(scene, "matches the filter, which does not search what D shows"));
    scene_key(scene, KEY_CODE_ESC);
    scene_key(scene, 'D');
    assert_true(scene_shows(scene, "20 B  twenty bytes"));
}

/* The ladder asks for what it shows, the newest first, and D works there, too. */
static void ladder_shows_summaries(void **state)
{
    struct scene *scene = *state;

    scene_resize(scene, 24, 100);
    for (uint32_t i = 0; i < 100; i++) {
        scene_say(scene, 0, "twenty bytes of text", ACK_SENT, 0);
        scene_wait(scene, UNITS_NS_PER_MS);
    }
    scene_key(scene, 'l');
    assert_true(scene_shows(scene, "#100 twenty bytes of text ─"));
    assert_int_equal(answer_all(scene, true), 0);
    scene_key(scene, 'D');
    assert_true(scene_shows(scene, "#100 twenty bytes of text ─")); /* until there is an answer */
    assert_in_range(answer_all(scene, true), 10, 24);
    assert_true(scene_shows(scene, "#100 of 20 bytes ─"));
    assert_int_equal(answer_all(scene, true), 0);
    scene_key(scene, 'D');
    assert_true(scene_shows(scene, "#100 twenty bytes of text ─"));
}

static void option_begins_with_it(void **state)
{
    struct model_config config = scene_config(TEXT_UTF8, 10);
    struct scene *scene;

    (void)state;
    config.dissect = true;
    scene = scene_open_with(24, 100, &config);
    scene_say(scene, 0, "twenty bytes of text", ACK_SENT, 0);
    assert_int_equal(answer_all(scene, true), 1);
    assert_true(scene_shows(scene, "PROTO   of 20 bytes"));
    scene_close(scene);
}

static void privacy_refuses(void **state)
{
    struct model_config config = scene_config(TEXT_UTF8, 10);
    struct scene *scene;

    (void)state;
    config.privacy = true;
    scene = scene_open_with(24, 80, &config);
    scene_say(scene, 0, "twenty bytes of text", ACK_SENT, 0);
    for (size_t i = 0; i < 2; i++) {
        scene_key(scene, "dD"[i]);
        assert_non_null(strstr(scene_footer(scene), "Not with --privacy"));
        assert_int_equal(answer_all(scene, true), 0);
    }
    scene_close(scene);
}

/* ---- the fields */

static void open_fields(struct scene *scene)
{
    scene_say(scene, 0, "earlier", ACK_SENT, 0);
    scene_say(scene, 1, "of somebody else", ACK_SENT, 0);
    scene_say(scene, 0, "twenty bytes of text", ACK_SENT, 0);
    scene_key(scene, 'd');
}

static void fields_at_80x24(void **state)
{
    struct scene *scene = *state;

    open_fields(scene);
    scene_tell_totals(scene);
    assert_true(scene_shows(scene, "Asking Wireshark's dissectors"));
    assert_int_equal(answer_all(scene, true), 1);
    model_note_dissector(scene->model, "", "sharkd: no network, no user files, limited");
    scene_key(scene, 'j');
    scene_expect(scene,
                 " udptui serve  [::]:4010  up 00:00:00           join: udptui send "
                 "192.168.0.108\n"
                 " in 3  3.0/s               acked 3  held 0  failed 0  kernel dropped 0\n"
                 "─ Message 3: PROTO, of 20 bytes "
                 "────────────────────────────────────────────────\n"
                 "   - Protocol\n"
                 " >   + First\n"
                 "       Last\n"
                 "\n\n\n\n\n\n\n\n\n\n"
                 "─ Bytes 0 to 3 ──────────────────── sharkd: no network, no user files, limited "
                 "─\n"
                 "   0000 [74 77 65 6e]74 79 20 62  79 74 65 73 20 6f 66 20  twenty bytes of\n"
                 "   0010  74 65 78 74                                       text\n");
    int row = scene_row(scene, "0000 [74");
    for (int column = 9; column < 20; column++)
        assert_int_equal(frame_cell(scene->frame, row, column)->mark, MARK_SELECTED);
    assert_int_equal(frame_cell(scene->frame, row, 21)->mark, MARK_NONE);
}

static void fields_fold(void **state)
{
    static const struct {
        int32_t key;
        const char *chosen, *seen, *gone;
    } steps[] = {
        {KEY_CODE_DOWN, ">   + First", "  Last", "High"},
        {KEY_CODE_RIGHT, ">   - First", "High", NULL},
        {KEY_CODE_RIGHT, ">       High", "Low", NULL},
        {KEY_CODE_RIGHT, ">       Low", "Last", NULL},
        {KEY_CODE_RIGHT, ">     Last", "High", NULL},
        {KEY_CODE_DOWN, ">     Last", "High", NULL}, /* the end */
        {KEY_CODE_LEFT, "> - Protocol", "High", NULL},
        {KEY_CODE_DOWN, ">   - First", "High", NULL},
        {'\r', ">   + First", "Last", "High"},
        {'\r', ">   - First", "Low", NULL},
        {'G', ">     Last", "Low", NULL},
        {'k', ">       Low", "High", NULL},
        {KEY_CODE_LEFT, ">   - First", "High", NULL},
        {KEY_CODE_LEFT, ">   + First", "Last", "High"},
        {'g', "> - Protocol", "First", NULL},
        {KEY_CODE_LEFT, "> + Protocol", NULL, "First"},
        {KEY_CODE_LEFT, "> + Protocol", NULL, "First"},
        {KEY_CODE_DOWN, "> + Protocol", NULL, "First"},
    };
    struct scene *scene = *state;

    open_fields(scene);
    answer_all(scene, true);
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        scene_key(scene, steps[i].key);
        if (!scene_shows(scene, steps[i].chosen))
            fail_msg("step %zu: no '%s' in\n%s", i, steps[i].chosen, scene_screen(scene));
        assert_true(steps[i].seen == NULL || scene_shows(scene, steps[i].seen));
        assert_true(steps[i].gone == NULL || !scene_shows(scene, steps[i].gone));
    }
}

/* Over two rows of the dump, and over the gap in its middle. */
static void bytes_over_rows(void **state)
{
    struct scene *scene = *state;

    open_fields(scene);
    answer_all(scene, true);
    scene_key(scene, 'G');
    assert_true(scene_shows(scene, "79 74 65 73 20 6f[66 20] twenty bytes of"));
    assert_true(scene_shows(scene, "0010 [74 65 78 74]"));
    assert_true(scene_shows(scene, "Bytes 14 to 19"));
}

/* The earlier messages of this client come with the request, not those of others. */
static void request_has_the_conversation(void **state)
{
    struct dissect_datagram datagrams[DISSECT_DATAGRAMS_MAX];
    struct dissect_request request;
    struct scene *scene = *state;

    for (int i = 0; i < 20; i++)
        scene_say(scene, 0, "many", ACK_SENT, 0);
    open_fields(scene);
    assert_true(model_ask_dissection(scene->model, true, &request, datagrams));
    assert_true(request.trees);
    assert_int_equal(request.asked, 1);
    assert_int_equal(request.count, 7); /* six, and this one */
    assert_memory_equal(datagrams[5].payload, "earlier", 7);
    assert_memory_equal(datagrams[6].payload, "twenty bytes of text", SIZE);
    assert_false(model_ask_dissection(scene->model, true, &request, datagrams));
}

/* An answer that comes after another message was opened is not shown as that one's. */
static void late_answer(void **state)
{
    struct dissect_datagram datagrams[DISSECT_DATAGRAMS_MAX];
    struct dissect_request request;
    struct scene *scene = *state;
    struct dissect_answer answer = {.known = true, .count = 1};

    open_fields(scene);
    assert_true(model_ask_dissection(scene->model, true, &request, datagrams));
    scene_key(scene, KEY_CODE_ESC);
    scene_key(scene, KEY_CODE_ESC);
    scene_key(scene, KEY_CODE_UP);
    scene_key(scene, 'd');
    answer.id = request.id;
    model_take_dissection(scene->model, &answer);
    assert_true(scene_shows(scene, "Asking Wireshark's dissectors"));
    assert_int_equal(answer_all(scene, true), 1);
    assert_true(scene_shows(scene, "PROTO, of 16 bytes"));
}

static void no_answer(void **state)
{
    struct scene *scene = *state;

    open_fields(scene);
    answer_all(scene, false);
    model_note_dissector(scene->model, "sharkd ended again, dissection is off: signal 9", "");
    scene_key(scene, KEY_CODE_F1);
    scene_key(scene, KEY_CODE_ESC);
    assert_true(scene_shows(scene, "No answer; d tries again. sharkd ended again"));
    assert_true(scene_key(scene, 'd').dissect_again);
    model_dissect_again(scene->model);
    assert_int_equal(answer_all(scene, true), 1);
    assert_true(scene_shows(scene, "- Protocol"));
    scene_key(scene, 'd'); /* and back */
    assert_false(scene_shows(scene, "- Protocol"));
}

static void every_size(void **state)
{
    static const int32_t keys[] = {
        KEY_CODE_DOWN, KEY_CODE_UP, KEY_CODE_LEFT, KEY_CODE_RIGHT, KEY_CODE_PAGE_DOWN,
        KEY_CODE_HOME, 'G',         '\r',          '\t',           'd'};
    struct scene *scene = *state;
    unsigned random = 1;

    open_fields(scene);
    for (int rows = 8; rows <= 45; rows += 3)
        for (int columns = 30; columns <= 170; columns += 5) {
            scene_resize(scene, rows, columns);
            random = random * 1103515245 + 12345;
            scene_key(scene, keys[random / 65536 % COUNT_OF(keys)]);
            answer_all(scene, true);
            scene_screen(scene);
        }
    scene_resize(scene, 40, 160);
    scene_key(scene, KEY_CODE_ESC);
    scene_key(scene, KEY_CODE_ESC);
    open_fields(scene);
    answer_all(scene, true);
    const char *text = scene_screen(scene);
    assert_non_null(strstr(text, "- Protocol")); /* side by side: on one line */
    assert_null(memchr(strstr(text, "- Protocol"), '\n',
                       (size_t)(strstr(text, "0000 [74") - strstr(text, "- Protocol"))));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    CASE(rows_ask_for_what_is_seen),
    CASE(rows_without_an_answer),
    CASE(summaries_have_room_at_80_columns),
    CASE(ladder_shows_summaries),
    CASE(option_begins_with_it),
    CASE(privacy_refuses),
    CASE(fields_at_80x24),
    CASE(fields_fold),
    CASE(bytes_over_rows),
    CASE(request_has_the_conversation),
    CASE(late_answer),
    CASE(no_answer),
    CASE(every_size),
};

const struct suite suite_serve_dissect = {
    .name = "serve_dissect", .tests = tests, .count = COUNT_OF(tests)};
