/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys: each key, its effects on the screen and the main loop, and what it leaves alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../suite.h"

#include "scene.h"

#define CTRL(letter) ((letter)&0x1f)
enum { ESC = 0x1b };

static int set_up(void **state)
{
    struct scene *scene = scene_open(24, 80, TEXT_UTF8, 65536);

    scene_play(scene);
    *state = scene;
    return 0;
}

static int tear_down(void **state)
{
    scene_close(*state);
    return 0;
}

/* The address of the row that is marked. */
static bool selected(struct scene *scene, const char *start)
{
    char marked[64] = " > ";

    strcat(marked, start);
    return scene_shows(scene, marked);
}

static bool nothing_asked(struct effects effects)
{
    return !effects.quit && !effects.reset && !effects.set_acks && !effects.reply;
}

/* ---- effects on the main loop */

static void quits(void **state)
{
    assert_true(scene_key(*state, 'q').quit);
    assert_true(scene_key(*state, KEY_CODE_F10).quit);
    scene_key(*state, '?');
    assert_true(scene_key(*state, 'q').quit);
}

static void escape_never_quits(void **state)
{
    for (int i = 0; i < 5; i++)
        assert_true(nothing_asked(scene_key(*state, ESC)));
}

static void switches_acks(void **state)
{
    struct scene *scene = *state;
    struct effects effects = scene_key(scene, 'a');

    assert_true(effects.set_acks);
    assert_false(effects.acks_on);
    scene->totals.acks_on = false;
    scene_tell_totals(scene);
    assert_true(scene_shows(scene, "ACKS OFF"));
    effects = scene_key(scene, 'a');
    assert_true(effects.set_acks && effects.acks_on);
}

static void switches_acks_back_before_a_report(void **state)
{
    struct scene *scene = *state;

    assert_false(scene_key(scene, 'a').acks_on);
    assert_true(scene_key(scene, 'a').acks_on);
    scene->totals.acks_on = false; /* what the first press asked for comes late */
    scene_tell_totals(scene);
    assert_false(scene_key(scene, 'a').acks_on);
    scene_tell_totals(scene);
    assert_true(scene_key(scene, 'a').acks_on);
}

/* What the server had no room for is asked for by the same key again. */
static void a_refused_key_asks_again(void **state)
{
    struct scene *scene = *state;
    struct effects effects = scene_key(scene, 'a');

    assert_false(effects.acks_on);
    keys_take_back(scene->model, &effects);
    assert_false(scene_key(scene, 'a').acks_on);
    effects = scene_key(scene, 'a'); /* back on, before the first is reported */
    assert_true(effects.acks_on);
    keys_take_back(scene->model, &effects);
    scene->totals.acks_on = false;
    scene_tell_totals(scene);
    assert_true(scene_key(scene, 'a').acks_on);
}

static void resets_after_yes(void **state)
{
    struct scene *scene = *state;

    assert_true(nothing_asked(scene_key(scene, CTRL('r'))));
    assert_true(scene_shows(scene, "Reset all counters, clients and messages?  y yes  n no"));
    assert_true(scene_key(scene, 'y').reset);
    assert_false(scene_shows(scene, "Reset all"));
}

static void no_reset_after_anything_else(void **state)
{
    static const int32_t others[] = {'n', ESC, 'q', ' ', '\r', KEY_CODE_UP};

    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        scene_key(*state, CTRL('r'));
        assert_true(nothing_asked(scene_key(*state, others[i])));
        assert_false(scene_shows(*state, "Reset all"));
    }
}

/* ---- views */

/* Which of them is shown, by its title. */
static const char *shown_view(struct scene *scene)
{
    static const char *const views[] = {" Keys ", " Impairments ", " Ladder", " Client 192"};

    for (size_t i = 0; i < sizeof views / sizeof *views; i++)
        if (scene_shows(scene, views[i]))
            return views[i];
    return "list";
}

static void escape_goes_one_view_back(void **state)
{
    struct scene *scene = *state;
    static const int32_t keys[] = {'\r', 'l', 'i', '?'};
    const char *views[4];

    for (size_t i = 0; i < 4; i++) {
        views[i] = shown_view(scene);
        scene_key(scene, keys[i]);
        assert_string_not_equal(shown_view(scene), views[i]);
    }
    for (size_t i = 4; i > 0; i--) {
        scene_key(scene, ESC);
        assert_string_equal(shown_view(scene), views[i - 1]);
    }
    scene_key(scene, ESC);
    assert_string_equal(shown_view(scene), "list");
}

/* The key of a view that is below goes back to it, and not above it; its own key leaves it. */
static void a_view_is_not_above_itself(void **state)
{
    struct scene *scene = *state;

    scene_key(scene, 'l');
    scene_key(scene, 'i');
    scene_key(scene, '?');
    scene_key(scene, 'l');
    assert_string_equal(shown_view(scene), " Ladder");
    scene_key(scene, 'i');
    scene_key(scene, 'i');
    assert_string_equal(shown_view(scene), " Ladder");
    scene_key(scene, 'l');
    assert_string_equal(shown_view(scene), "list");
}

static void a_question_returns_to_the_view(void **state)
{
    struct scene *scene = *state;

    scene_key(scene, 'l');
    scene_key(scene, CTRL('r'));
    scene_key(scene, 'n');
    assert_string_equal(shown_view(scene), " Ladder");
}

static void without_a_class_there_is_no_join_command(void **state)
{
    scene_key(*state, 'b');
    assert_true(scene_shows(*state, "The large join command is part of --class"));
}

/* ---- replies */

static void replies(void **state)
{
    struct scene *scene = *state;
    struct effects effects;

    scene_key(scene, 'j');
    scene_key(scene, 'r');
    scene_type(scene, "quit \\x00\\n");
    assert_non_null(strstr(scene_footer(scene), " reply to 192.168.0.12:50002: quit "));
    effects = scene_key(scene, '\r');
    assert_true(effects.reply);
    assert_int_equal(effects.slot, 2);
    assert_int_equal(effects.generation, 0);
    assert_int_equal(effects.size_bytes, 7);
    assert_memory_equal(effects.bytes, "quit \0\n", 7);
    assert_non_null(strstr(scene_footer(scene), "Tab pane"));
}

static void reply_to_the_sender_of_a_message(void **state)
{
    struct scene *scene = *state;

    scene_key(scene, '\t');
    scene_key(scene, 'g');
    scene_key(scene, 'j');
    scene_key(scene, 'r');
    scene_type(scene, "x");
    assert_int_equal(scene_key(scene, '\r').slot, 1);
}

static void reply_from_a_detail(void **state)
{
    struct scene *scene = *state;

    scene_key(scene, '\t');
    scene_key(scene, '\r');
    scene_key(scene, 'r');
    assert_true(scene_key(scene, '\r').reply); /* an empty datagram is one, too */
}

static void bad_escape_is_not_sent(void **state)
{
    struct scene *scene = *state;

    scene_key(scene, 'r');
    scene_type(scene, "\\q");
    assert_true(nothing_asked(scene_key(scene, '\r')));
    assert_non_null(strstr(scene_footer(scene), "Not sent: "));
    scene_key(scene, KEY_CODE_BACKSPACE);
    assert_non_null(strstr(scene_footer(scene), "50000: \\"));
    assert_false(scene_key(scene, ESC).reply);
    assert_non_null(strstr(scene_footer(scene), "Tab pane"));
}

static void edits_a_line(void **state)
{
    struct scene *scene = *state;
    struct effects effects;

    scene_key(scene, 'r');
    scene_key(scene, 0xfc);    /* 2 bytes */
    scene_key(scene, 0x4f60);  /* 3 bytes, 2 columns */
    scene_key(scene, 0x1f600); /* 4 bytes */
    scene_key(scene, 0x9b);    /* a control: not typed */
    scene_key(scene, KEY_CODE_BACKSPACE);
    scene_key(scene, 0x7f);
    scene_type(scene, " two  ");
    scene_key(scene, CTRL('w'));
    effects = scene_key(scene, '\r');
    assert_int_equal(effects.size_bytes, 3);
    assert_memory_equal(effects.bytes, "\xc3\xbc ", 3);
    scene_key(scene, 'r');
    scene_type(scene, "gone");
    scene_key(scene, CTRL('u'));
    scene_key(scene, KEY_CODE_BACKSPACE);
    assert_int_equal(scene_key(scene, '\r').size_bytes, 0);
}

static void a_line_has_an_end(void **state)
{
    struct scene *scene = *state;

    scene_key(scene, 'r');
    for (int i = 0; i < MODEL_REPLY_MAX + 10; i++)
        scene_key(scene, 'x');
    scene_screen(scene);
    assert_int_equal(scene_key(scene, '\r').size_bytes, MODEL_REPLY_MAX);
    scene_key(scene, '/');
    for (int i = 0; i < 1000; i++)
        scene_key(scene, 'x');
    scene_screen(scene);
}

static void nobody_to_reply_to(void **state)
{
    struct scene *scene = scene_open(24, 80, TEXT_UTF8, 16);

    (void)state;
    scene_key(scene, 'r');
    assert_non_null(strstr(scene_footer(scene), "There is no client to reply to yet"));
    scene_key(scene, '\r');
    assert_non_null(strstr(scene_footer(scene), "Nothing to show yet"));
    scene_close(scene);
}

/* ---- moving */

static void moves(void **state)
{
    static const int32_t pairs[][2] = {{KEY_CODE_DOWN, KEY_CODE_UP}, {'j', 'k'}};
    struct scene *scene = *state;

    for (size_t i = 0; i < 2; i++) {
        assert_true(selected(scene, "192.168.0.10:"));
        scene_key(scene, pairs[i][0]);
        assert_true(selected(scene, "192.168.0.12:"));
        scene_key(scene, pairs[i][1]);
    }
    scene_key(scene, 'k');
    assert_true(selected(scene, "192.168.0.10:"));
    scene_key(scene, 'G');
    assert_true(selected(scene, "192.168.0.11:"));
    scene_key(scene, 'j');
    assert_true(selected(scene, "192.168.0.11:"));
    scene_key(scene, KEY_CODE_HOME);
    assert_true(selected(scene, "192.168.0.10:"));
    scene_key(scene, KEY_CODE_END);
    assert_true(selected(scene, "192.168.0.11:"));
    scene_key(scene, 'g');
    assert_true(selected(scene, "192.168.0.10:"));
}

static void pages(void **state)
{
    struct scene *scene = *state;

    for (uint32_t slot = 3; slot < 60; slot++)
        scene_say(scene, slot, "x", ACK_SENT, 0);
    scene_screen(scene);
    scene_key(scene, KEY_CODE_PAGE_DOWN);
    assert_false(selected(scene, "192.168.0.10:"));
    scene_key(scene, KEY_CODE_PAGE_DOWN);
    assert_false(scene_shows(scene, " 192.168.0.10:50000      4"));
    scene_key(scene, KEY_CODE_PAGE_UP);
    scene_key(scene, KEY_CODE_PAGE_UP);
    assert_true(selected(scene, "192.168.0.10:"));
}

static void tab_changes_the_pane(void **state)
{
    struct scene *scene = *state;

    scene_key(scene, '\t');
    assert_true(scene_row(scene, " > 10:00:03.500") > 0);
    scene_key(scene, 'k');
    assert_true(scene_row(scene, " > 10:00:03.000") > 0);
    assert_true(scene_shows(scene, "1 newer: F follows"));
    scene_key(scene, '\t');
    assert_true(scene_row(scene, " > 10:00:03.000") < 0);
    assert_true(selected(scene, "192.168.0.10:"));
}

static void following(void **state)
{
    struct scene *scene = *state;

    for (int i = 0; i < 40; i++)
        scene_say(scene, 0, "more", ACK_SENT, 0);
    scene_key(scene, '\t');
    scene_key(scene, 'g');
    assert_true(scene_shows(scene, " hello "));
    scene_say(scene, 0, "the newest", ACK_SENT, 0);
    assert_false(scene_shows(scene, "the newest"));
    assert_true(scene_shows(scene, "48 newer"));
    scene_key(scene, 'F');
    assert_true(scene_shows(scene, "the newest"));
    assert_true(scene_shows(scene, " following "));
    scene_say(scene, 0, "newer still", ACK_SENT, 0);
    assert_true(scene_shows(scene, "newer still"));
    scene_key(scene, 'k');
    scene_key(scene, 'j'); /* down to the newest is following, too */
    scene_say(scene, 0, "the last", ACK_SENT, 0);
    assert_true(scene_shows(scene, "the last"));
}

/* ---- looking */

static void detail_and_back(void **state)
{
    struct scene *scene = *state;

    scene_key(scene, '\r');
    assert_true(scene_shows(scene, "Messages     4 = 3 acked + 0 held + 1 failed"));
    scene_key(scene, ESC);
    assert_true(scene_shows(scene, "Clients 3"));
    scene_key(scene, '\t');
    scene_key(scene, '\r');
    assert_true(scene_shows(scene, "62 79 65"));
    scene_key(scene, ESC);
    assert_true(scene_shows(scene, "Clients 3"));
}

static void detail_scrolls(void **state)
{
    struct scene *scene = *state;
    char large[4096];

    memset(large, 'x', sizeof large);
    scene_bytes(scene, 0, large, sizeof large, ACK_SENT, 0);
    scene_key(scene, '\t');
    scene_key(scene, '\r');
    assert_true(scene_shows(scene, "line 1 of "));
    scene_key(scene, 'j');
    assert_true(scene_shows(scene, "line 2 of "));
    scene_key(scene, 'G');
    assert_true(scene_shows(scene, "0ff0  78 78"));
    scene_key(scene, KEY_CODE_PAGE_UP);
    assert_false(scene_shows(scene, "0ff0  78 78"));
    scene_key(scene, 'g');
    assert_true(scene_shows(scene, "line 1 of "));
}

static void help_and_back(void **state)
{
    static const int32_t keys[] = {'?', KEY_CODE_F1};
    static const char *const words[] = {"filter", "sort",   "reply", "quit",
                                        "Ctrl-L", "Ctrl-R", "reset", "pause"};

    for (size_t i = 0; i < 2; i++) {
        scene_key(*state, keys[i]);
        for (size_t word = 0; word < sizeof words / sizeof *words; word++)
            assert_true(scene_shows(*state, words[word]));
        scene_key(*state, i == 0 ? ESC : '?');
        assert_true(scene_shows(*state, "Clients 3"));
        assert_false(scene_shows(*state, "reset"));
    }
}

/* What the table says in the help is what there is: nothing without keys or words. */
static void help_table(void **state)
{
    struct scene *scene = *state;
    struct keys_help entry;
    size_t rows = 0;

    for (; keys_help_at(keys_serve(scene->model), rows, &entry); rows++) {
        assert_true(entry.keys != NULL && entry.keys[0] != '\0');
        assert_true(entry.help != NULL && strlen(entry.help) <= 28);
    }
    assert_true(rows > 15);
}

static void hex(void **state)
{
    scene_key(*state, 'h');
    assert_true(scene_shows(*state, "68 65 6c 6c 6f"));
    scene_key(*state, 'h');
    assert_false(scene_shows(*state, "68 65 6c 6c 6f"));
}

static void sorts(void **state)
{
    static const struct {
        const char *label;
        int first; /* the last number of the address on top */
    } orders[] = {{"sort: msgs ", 10},
                  {"sort: bytes ", 10},
                  {"sort: rate ", 10},
                  {"sort: address ", 10},
                  {"sort: last seen ", 10}};
    struct scene *scene = *state;

    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        scene_key(scene, 's');
        assert_true(scene_shows(scene, orders[i].label));
        assert_int_equal(scene_row(scene, "192.168.0.10:"), 4);
    }
    scene_key(scene, 's');
    scene_key(scene, 'I');
    assert_true(scene_shows(scene, "sort: msgs, inverted"));
    assert_int_equal(scene_row(scene, "192.168.0.10:50000      4"), 6);
    scene_key(scene, 'I');
    assert_int_equal(scene_row(scene, "192.168.0.10:50000      4"), 4);
}

static void pauses(void **state)
{
    static const int32_t keys[] = {' ', 'p'};
    struct scene *scene = *state;

    for (size_t i = 0; i < 2; i++) {
        scene_key(scene, keys[i]);
        scene_say(scene, 0, i == 0 ? "first pause" : "second pause", ACK_SENT, 0);
        scene_tell_totals(scene);
        assert_true(scene_shows(scene, "PAUSED, acks continue (1 new)"));
        assert_false(scene_shows(scene, i == 0 ? "first pause" : "second pause"));
        scene_key(scene, keys[i]);
        assert_false(scene_shows(scene, "PAUSED"));
        assert_true(scene_shows(scene, i == 0 ? "first pause" : "second pause"));
    }
}

static void filters_as_typed(void **state)
{
    struct scene *scene = *state;

    scene_key(scene, '/');
    scene_type(scene, "0.11");
    assert_false(scene_shows(scene, "192.168.0.10:"));
    assert_true(scene_shows(scene, "Clients 1 of 3"));
    assert_true(scene_shows(scene, "Messages 2 of 8"));
    scene_key(scene, CTRL('u'));
    scene_type(scene, "HELLO"); /* a client passes by what it said */
    assert_true(scene_shows(scene, "Clients 1 of 3"));
    assert_int_equal(scene_row(scene, "192.168.0.10:50000      4"), 4);
    scene_key(scene, '\r');
    assert_non_null(strstr(scene_footer(scene), "filter: HELLO  Esc all"));
    scene_key(scene, ESC);
    assert_true(scene_shows(scene, "Clients 3"));
    scene_key(scene, '/');
    scene_type(scene, "nobody");
    assert_true(scene_shows(scene, "no client matches the filter"));
    assert_true(scene_shows(scene, "no message matches the filter"));
    scene_key(scene, ESC);
    assert_true(scene_shows(scene, "Clients 3"));
}

static void marks_where_a_filter_is_wrong(void **state)
{
    struct scene *scene = *state;
    const int start = (int)strlen(" filter: ");

    scene_key(scene, '/');
    scene_type(scene, "ab (c");
    assert_non_null(strstr(scene_footer(scene), "filter: ab (c  at 4: the parenthesis"));
    for (int column = 0; column < 80; column++)
        assert_int_equal(frame_cell(scene->frame, 23, column)->mark,
                         column == start + 3 ? MARK_SELECTED : MARK_NONE);
    scene_key(scene, KEY_CODE_ESC); /* what does not fit whole ends in an ellipsis */
    scene_type(scene, "/status:elsewhere");
    assert_non_null(strstr(scene_footer(scene), "at 8: unknown status: acked"));
    assert_non_null(strstr(scene_footer(scene), "\xe2\x80\xa6\n"));
}

static void recalls_filters(void **state)
{
    struct scene *scene = *state;

    scene_key(scene, '/');
    scene_key(scene, KEY_CODE_UP); /* nothing yet */
    scene_type(scene, "HELLO");
    scene_key(scene, '\r');
    scene_key(scene, '/');
    scene_key(scene, CTRL('u'));
    scene_type(scene, "0.11");
    scene_key(scene, ESC); /* is kept all the same */
    scene_key(scene, '/');
    scene_type(scene, "dra");
    scene_key(scene, KEY_CODE_UP);
    assert_non_null(strstr(scene_footer(scene), "filter: 0.11 "));
    assert_true(scene_shows(scene, "Messages 2 of 8")); /* it applies at once */
    scene_key(scene, KEY_CODE_UP);
    scene_key(scene, KEY_CODE_UP);
    assert_non_null(strstr(scene_footer(scene), "filter: HELLO "));
    scene_key(scene, KEY_CODE_DOWN);
    scene_key(scene, KEY_CODE_DOWN);
    scene_key(scene, KEY_CODE_DOWN);
    assert_non_null(strstr(scene_footer(scene), "filter: dra "));
}

static void filters_the_ladder(void **state)
{
    struct scene *scene = *state;

    scene_key(scene, 'l');
    scene_key(scene, '/');
    scene_type(scene, "nobody");
    assert_true(scene_shows(scene, "Ladder of all clients"));
    assert_true(scene_shows(scene, "no message matches the filter"));
    scene_key(scene, '\r');
    assert_true(scene_shows(scene, "Ladder of all clients"));
    assert_non_null(strstr(scene_footer(scene), "filter: nobody"));
    assert_null(strstr(scene_footer(scene), "Esc all")); /* here it goes back */
    scene_key(scene, ESC);
    assert_true(scene_shows(scene, "no message matches the filter"));
}

/* ---- saving */

static void names_a_file_to_save_to(void **state)
{
    struct scene *scene = *state;
    struct effects effects;

    scene_key(scene, 'w');
    scene_type(scene, "part");
    assert_non_null(strstr(scene_footer(scene), " save to (.pcap or .json): part "));
    assert_null(scene_key(scene, '\r').save);
    assert_non_null(strstr(scene_footer(scene), " Not saved: name it .pcap"));
    scene_type(scene, ".pcap");
    effects = scene_key(scene, '\r');
    assert_string_equal(effects.save, "part.pcap");
    assert_false(effects.overwrite);
    scene_key(scene, 'w');
    scene_key(scene, KEY_CODE_UP);
    assert_non_null(strstr(scene_footer(scene), ": part.pcap "));
    assert_null(scene_key(scene, ESC).save);
    assert_non_null(strstr(scene_footer(scene), "Tab pane"));
}

/* ---- the mouse */

static void mouse(void **state)
{
    struct scene *scene = *state;
    int row = scene_row(scene, "192.168.0.12:50002      2");

    scene_click(scene, KEY_CODE_CLICK, row);
    assert_true(selected(scene, "192.168.0.12:"));
    scene_click(scene, KEY_CODE_CLICK, row); /* the same again opens it */
    assert_true(scene_shows(scene, "Client 192.168.0.12:50002"));
    scene_key(scene, ESC);
    row = scene_row(scene, "10:00:01.000");
    scene_click(scene, KEY_CODE_CLICK, row);
    assert_true(scene_shows(scene, " > 10:00:01.000"));
    scene_click(scene, KEY_CODE_WHEEL_DOWN, row);
    assert_true(scene_shows(scene, " > 10:00:02.500"));
    scene_click(scene, KEY_CODE_WHEEL_UP, row);
    assert_true(scene_shows(scene, " > 10:00:01.000"));
    for (int outside = -1; outside <= 24; outside++)
        assert_true(nothing_asked(scene_click(scene, KEY_CODE_CLICK, outside)));
}

/* ---- the rest */

static void unknown_keys_do_nothing(void **state)
{
    struct scene *scene = *state;
    char before[SCENE_TEXT];

    strcpy(before, scene_screen(scene));
    for (int32_t code = KEY_CODE_NONE; code < 0x180; code++)
        if (code < 0x20 ? strchr("\t\r\x0c\x12\x1a\x1b", code) == NULL || code == 0
                        : strchr("/?DFGIacdghijklpqrsw ", code) == NULL)
            assert_true(nothing_asked(scene_key(scene, code)));
    assert_string_equal(scene_screen(scene), before);
}

static void any_keys_in_any_order(void **state)
{
    struct scene *scene = *state;
    uint32_t random = 1;

    for (int i = 0; i < 20000; i++) {
        random = random * 1664525 + 1013904223;
        int32_t code = (int32_t)(random >> 16) % 180;
        scene_click(scene, code < 128 ? code : KEY_CODE_UP + code % 20, (int)(random >> 20) % 30);
        if (i % 7 == 0)
            scene_say(scene, random >> 28, "noise", ACK_SENT, 0);
        if (i % 50 == 0)
            scene_resize(scene, 1 + (int)(random >> 8) % 40, 1 + (int)(random >> 4) % 130);
        if (i % 10 == 0)
            scene_screen(scene);
        scene_wait(scene, 10 * UNITS_NS_PER_MS);
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const struct CMUnitTest tests[] = {
    CASE(quits),
    CASE(escape_never_quits),
    CASE(switches_acks),
    CASE(switches_acks_back_before_a_report),
    CASE(a_refused_key_asks_again),
    CASE(resets_after_yes),
    CASE(no_reset_after_anything_else),
    CASE(escape_goes_one_view_back),
    CASE(a_view_is_not_above_itself),
    CASE(a_question_returns_to_the_view),
    CASE(without_a_class_there_is_no_join_command),
    CASE(replies),
    CASE(reply_to_the_sender_of_a_message),
    CASE(reply_from_a_detail),
    CASE(bad_escape_is_not_sent),
    CASE(edits_a_line),
    CASE(a_line_has_an_end),
    CASE(nobody_to_reply_to),
    CASE(moves),
    CASE(pages),
    CASE(tab_changes_the_pane),
    CASE(following),
    CASE(detail_and_back),
    CASE(detail_scrolls),
    CASE(help_and_back),
    CASE(help_table),
    CASE(hex),
    CASE(sorts),
    CASE(pauses),
    CASE(filters_as_typed),
    CASE(marks_where_a_filter_is_wrong),
    CASE(recalls_filters),
    CASE(filters_the_ladder),
    CASE(names_a_file_to_save_to),
    CASE(mouse),
    CASE(unknown_keys_do_nothing),
    CASE(any_keys_in_any_order),
};

const struct suite suite_serve_keys = {
    .name = "serve_keys", .tests = tests, .count = sizeof tests / sizeof *tests};
