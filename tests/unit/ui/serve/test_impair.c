/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* impair: the panel of the impairments: what it shows, the effect of each of its keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../suite.h"

#include "scene.h"

enum { ESC = 0x1b, PRESSES = 30 };

static struct scene *panel(int rows, int columns, enum text_charset charset, const char *impair)
{
    struct model_config config = scene_config(charset, 16);

    config.impair.seed = 7;
    assert_null(impair_parse(impair, &config.impair));
    struct scene *scene = scene_open_with(rows, columns, &config);
    scene_key(scene, 'i');
    return scene;
}

// clang-format off
static void at_80x24(void **state)
{
    struct scene *scene = panel(24, 80, TEXT_UTF8, "loss=30%,out.delay=80ms+-40ms,in.rate=20/s");

    (void)state;
    scene->totals.counts.received = 40;
    scene->totals.counts.acked = 28;
    scene->totals.counts.held[HELD_LOSS] = 12;
    scene->totals.waiting = 2;
    scene->totals.copies = 3;
    scene_tell_totals(scene);
    scene_expect(scene,
        " udptui serve  [::]:4010  up 00:00:00           join: udptui send 192.168.0.108\n"
        " in 40  IMPAIRED  acked 28  held 12  on their way 2  failed 0  dropped 0\n"
        "─ Impairments ───────────────────────────────────────────────────────── seed 7 ─\n"
        "                requests          acks    a datagram ...\n"
        "   loss     [       30% ]         30%     never arrives\n"
        "   dup                -             -     arrives twice\n"
        "   delay              -         80 ms     time added\n"
        "   jitter             -         40 ms     variation of the delay\n"
        "   reorder            -             -     is overtaken by 1 to 3 later ones\n"
        "   corrupt            -             -     arrives with one bit flipped\n"
        "   rate            20/s             -     most datagrams a second\n"
        "\n"
        "   Presets      1 kurose  2 wifi  3 satellite  4 off\n"
        "   Repeat with  --impair loss=30%,out.delay=80ms+-40ms,in.rate=20/s --seed 7\n"
        "   So far       received 40, lost 12, more acks 3, on their way 2\n");
    assert_string_equal(scene_footer(scene),
        " Esc back  Tab way  + more  - less  0 none  o all off  1-9 preset  q quit\n");
    scene_close(scene);
}

/* The table is longer than the screen: the chosen cell stays in sight, and the rest can be
 * reached. */
static void at_40x10(void **state)
{
    struct scene *scene = panel(10, 40, TEXT_ASCII, "off");

    (void)state;
    scene_expect(scene,
        " udptui serve  [::]:4010  up 00:00:00\n"
        " in 0  acked 0  held 0  failed 0\n"
        "- Impairments ----------------- seed 7 -\n"
        "                requests          acks\n"
        "   loss     [         - ]           -\n"
        "   dup                -             -\n"
        "   delay              -             -\n"
        "   jitter             -             -\n"
        "   reorder            -             -\n");
    for (int i = 0; i < IMPAIR_SETTINGS - 1; i++)
        scene_key(scene, KEY_CODE_DOWN);
    assert_true(scene_shows(scene, "   rate     [         - ]           -\n"));
    for (int i = 0; i < PRESSES; i++)
        scene_key(scene, 'j');
    assert_true(scene_shows(scene, "   So far"));
    for (int i = 0; i < IMPAIR_SETTINGS; i++)
        scene_key(scene, 'k');
    assert_int_equal(scene_row(scene, "   loss     [         - ]           -\n"), 4);
    scene_key(scene, '+');
    assert_true(scene_shows(scene, " in 0  IMPAIRED  acked 0  held 0\n"));
    assert_string_equal(scene_footer(scene), " Esc back  + more  - less  q quit\n");
    for (const char *byte = scene_screen(scene); *byte != '\0'; byte++)
        assert_true((unsigned char)*byte < 0x80);
    scene_close(scene);
}
// clang-format on

/* ---- keys */

static struct impair_config asked(struct scene *scene, int32_t key)
{
    struct effects effects = scene_key(scene, key);

    assert_true(effects.set_impair);
    return effects.impair;
}

static void expect_list(const struct impair_config *impair, const char *expected)
{
    char list[IMPAIR_TEXT_SIZE];

    impair_format(impair, list, sizeof list);
    assert_string_equal(list, expected);
    assert_int_equal(impair->seed, 7);
}

static void expect_asked(struct scene *scene, int32_t key, const char *expected)
{
    struct impair_config impair = asked(scene, key);

    expect_list(&impair, expected);
}

/* What is queued at a low rate still arrives at that rate. */
static void all_off_says_what_is_under_way(void **state)
{
    struct scene *scene = panel(24, 80, TEXT_UTF8, "off");

    (void)state;
    scene_key(scene, '+');
    scene->totals.waiting = 0;
    scene_tell_totals(scene);
    scene_key(scene, 'o');
    assert_false(scene_shows(scene, "Off for what comes now"));
    scene->totals.waiting = 12;
    scene_tell_totals(scene);
    scene_key(scene, 'o');
    assert_true(scene_shows(scene, "Off for what comes now: 12 on their way arrive as due"));
    scene_close(scene);
}

static void changes_the_chosen_cell(void **state)
{
    struct scene *scene = panel(24, 80, TEXT_UTF8, "off");

    (void)state;
    expect_asked(scene, '+', "in.loss=1%");
    expect_asked(scene, '=', "in.loss=5%");
    expect_asked(scene, '-', "in.loss=1%");
    scene_key(scene, KEY_CODE_RIGHT);
    expect_asked(scene, '+', "loss=1%");
    expect_asked(scene, '_', "in.loss=1%");
    scene_key(scene, KEY_CODE_DOWN);
    expect_asked(scene, '+', "in.loss=1%,out.dup=1%");
    scene_key(scene, '\t');
    scene_key(scene, 'k');
    expect_asked(scene, '0', "out.dup=1%");
    expect_asked(scene, 'o', "off");
    scene_close(scene);
}

/* Every setting can be raised on either way, and cleared alone. */
static void every_cell_is_its_own(void **state)
{
    struct scene *scene = panel(24, 80, TEXT_UTF8, "off");

    (void)state;
    for (int setting = 0; setting < IMPAIR_SETTINGS; setting++) {
        for (int way = 0; way < IMPAIR_WAYS; way++) {
            scene_key(scene, way == IMPAIR_IN ? KEY_CODE_LEFT : KEY_CODE_RIGHT);
            struct impair_config impair = asked(scene, '+');
            assert_true(impair_path_active(&impair.ways[way]));
            assert_false(impair_path_active(&impair.ways[!way]));
            impair = asked(scene, '0');
            assert_false(impair_active(&impair));
        }
        scene_key(scene, 'j');
    }
    scene_close(scene);
}

static void takes_presets(void **state)
{
    struct scene *scene = panel(24, 80, TEXT_UTF8, "off");

    (void)state;
    for (int i = 0; impair_preset_name((size_t)i) != NULL; i++) {
        struct impair_config expected = {.seed = 7};
        char list[IMPAIR_TEXT_SIZE];
        assert_null(impair_parse(impair_preset_name((size_t)i), &expected));
        impair_format(&expected, list, sizeof list);
        expect_asked(scene, '1' + i, list);
    }
    scene_close(scene);
}

/* Without a change there is no request to the engines. */
static void asks_for_changes_alone(void **state)
{
    struct scene *scene = panel(24, 80, TEXT_UTF8, "off");
    static const int32_t keys[] = {'-',         '0',           'o', '9', '\t',
                                   KEY_CODE_UP, KEY_CODE_DOWN, 'x', 'r', 's'};

    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        assert_false(scene_key(scene, keys[i]).set_impair);
    scene_key(scene, KEY_CODE_UP);
    for (int i = 0; i < PRESSES; i++)
        scene_key(scene, '+');
    assert_false(scene_key(scene, '+').set_impair); /* all are lost already */
    assert_true(scene_shows(scene, "100%"));
    scene_close(scene);
}

static void shows_what_is_in_force(void **state)
{
    struct scene *scene = panel(24, 80, TEXT_UTF8, "delay=80ms");
    const struct effects effects = scene_key(scene, 'o');

    (void)state;
    assert_true(effects.set_impair && !impair_active(&effects.impair));
    assert_false(scene_shows(scene, "--impair delay=80ms"));
    keys_take_back(scene->model, &effects); /* the server had no room for it */
    assert_true(scene_shows(scene, "--impair delay=80ms"));
    assert_true(scene_key(scene, 'o').set_impair);
    scene_close(scene);
}

static void works_in_the_panel_alone(void **state)
{
    struct scene *scene = panel(24, 80, TEXT_UTF8, "off");

    (void)state;
    scene_key(scene, 'i');
    assert_false(scene_shows(scene, "Impairments"));
    assert_false(scene_key(scene, '+').set_impair);
    assert_false(scene_key(scene, 'o').set_impair);
    scene_key(scene, 'i');
    scene_key(scene, ESC);
    assert_true(scene_shows(scene, "Clients"));
    scene_close(scene);
}

static void the_mouse_does_nothing(void **state)
{
    struct scene *scene = panel(10, 40, TEXT_UTF8, "off");
    char before[SCENE_TEXT];

    (void)state;
    strcpy(before, scene_screen(scene));
    scene_click(scene, KEY_CODE_CLICK, 7);
    scene_click(scene, KEY_CODE_WHEEL_DOWN, 7);
    assert_string_equal(scene_screen(scene), before);
    scene_close(scene);
}

/* Whatever is looked at, and however little room there is, the header says that it is not the
 * network. */
static void the_header_says_so_everywhere(void **state)
{
    static const struct {
        int rows, columns;
    } sizes[] = {{24, 80}, {10, 40}, {40, 120}};
    static const char modes[] = "il?c/";

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct scene *scene = panel(sizes[i].rows, sizes[i].columns, TEXT_UTF8, "wifi");
        scene_key(scene, ESC);
        scene_play(scene);
        for (const char *mode = modes; *mode != '\0'; mode++) {
            scene_key(scene, *mode);
            assert_int_equal(scene_row(scene, " IMPAIRED "), 1);
            scene_key(scene, ESC);
        }
        scene_close(scene);
    }
    struct scene *scene = panel(24, 80, TEXT_UTF8, "off");
    assert_false(scene_shows(scene, "IMPAIRED"));
    scene_close(scene);
}

static void the_header_lists_them_where_there_is_room(void **state)
{
    struct scene *scene = panel(24, 160, TEXT_UTF8, "kurose");

    (void)state;
    assert_true(scene_shows(scene, "IMPAIRED  in.loss=4/11"));
    scene_close(scene);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(at_80x24),
    cmocka_unit_test(at_40x10),
    cmocka_unit_test(all_off_says_what_is_under_way),
    cmocka_unit_test(changes_the_chosen_cell),
    cmocka_unit_test(every_cell_is_its_own),
    cmocka_unit_test(takes_presets),
    cmocka_unit_test(asks_for_changes_alone),
    cmocka_unit_test(shows_what_is_in_force),
    cmocka_unit_test(works_in_the_panel_alone),
    cmocka_unit_test(the_mouse_does_nothing),
    cmocka_unit_test(the_header_says_so_everywhere),
    cmocka_unit_test(the_header_lists_them_where_there_is_room),
};

const struct suite suite_serve_impair = {
    .name = "serve_impair", .tests = tests, .count = sizeof tests / sizeof *tests};
