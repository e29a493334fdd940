/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* class: the large join command, names, silence; and privacy: no byte of an address on any
 * screen. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../suite.h"

#include "scene.h"

enum { ESC = 0x1b, CTRL_R = 0x12 };

static const int64_t second_ns = UNITS_NS_PER_S;

static struct scene *classroom(int rows, int columns, enum text_charset charset, bool privacy)
{
    struct model_config config = scene_config(charset, 65536);

    config.roster = true;
    config.privacy = privacy;
    return scene_open_with(rows, columns, &config);
}

static void say(struct scene *scene, uint32_t slot, const char *text)
{
    scene_say(scene, slot, text, ACK_SENT, 0);
    scene_tell_totals(scene);
}

/* Ann and Bob say hello, a third does not. */
static void greet(struct scene *scene)
{
    say(scene, 0, "hello Bob");
    say(scene, 1, "hello Ann");
    say(scene, 2, "good morning");
    scene_screen(scene);
}

/* ---- whole pictures */

// clang-format off
static void at_80x24(void **state)
{
    struct scene *scene = classroom(24, 80, TEXT_UTF8, false);

    (void)state;
    greet(scene);
    scene_expect(scene,
        " udptui serve  [::]:4010  up 00:00:00           join: udptui send 192.168.0.108\n"
        " in 3  3.0/s               acked 3  held 0  failed 0  kernel dropped 0\n"
        "\n"
        "               █  ████ ████    █  ████ ████   ████    █  ████ ████\n"
        "              ██  █  █    █   ██  █    █  █   █  █   ██  █  █ █  █\n"
        "               █  ████ ████    █  ████ ████   █  █    █  █  █ ████\n"
        "               █     █ █       █  █  █ █  █   █  █    █  █  █ █  █\n"
        "              ███ ████ ████ █ ███ ████ ████ █ ████ █ ███ ████ ████\n"
        "               udptui send 192.168.0.108   then: hello YOUR-NAME\n"
        "─ Clients 3 ");
    assert_int_equal(scene_row(scene,
        "   Client               Msgs   Acks   Held  Last seen\n"
        " > Bob                     1      1      0  now\n"
        "   Ann                     1      1      0  now\n"
        "   192.168.0.12:50002      1      1      0  now\n"
        "\n"
        "─ Messages 3 ─────────────────────────────────────────────────────── following ─\n"
        "   10:00:00.000  Bob                     9 B  hello Bob           acked 31 us\n"
        "   10:00:00.000  Ann                     9 B  hello Ann           acked 31 us\n"
        "   10:00:00.000  192.168.0.12:50002     12 B  good morning        acked 31 us\n"), 10);
    scene_close(scene);
}

static void at_80x18_in_ascii(void **state)
{
    struct scene *scene = classroom(18, 80, TEXT_ASCII, false);

    (void)state;
    greet(scene);
    scene_expect(scene,
        " udptui serve  [::]:4010  up 00:00:00           join: udptui send 192.168.0.108\n"
        " in 3  3.0/s               acked 3  held 0  failed 0  kernel dropped 0\n"
        " ==============================================================================\n"
        "               udptui send 192.168.0.108   then: hello YOUR-NAME\n"
        " ==============================================================================\n"
        "- Clients 3 -");
    for (const char *byte = scene_screen(scene); *byte != '\0'; byte++)
        assert_true((unsigned char)*byte < 0x80);
    scene_close(scene);
}

static void at_40x10(void **state)
{
    struct scene *scene = classroom(10, 40, TEXT_UTF8, false);

    (void)state;
    greet(scene);
    scene_wait(scene, 25 * second_ns);
    scene_expect(scene,
        " udptui serve  [::]:4010  up 00:00:25\n"
        " in 3  acked 3  held 0  failed 0\n"
        "─ Clients 3, 3 silent ──────────────────\n"
        "   Client              Last seen\n"
        " > Bob                 silent 25 s\n"
        "   Ann                 silent 25 s\n"
        "─ Messages 3 ─────────────── following ─\n"
        "  Ann               hello…  acked\n"
        "  192.168.0.12:50…  good …  acked\n");
    scene_close(scene);
}
// clang-format on

/* ---- the join line */

static void the_banner_comes_and_goes(void **state)
{
    struct scene *scene = classroom(24, 80, TEXT_ASCII, false);

    (void)state;
    assert_true(scene_shows(scene, "####"));
    scene_key(scene, 'b');
    assert_false(scene_shows(scene, "####"));
    assert_int_equal(scene_row(scene, "Clients"), 2);
    scene_key(scene, 'b');
    assert_true(scene_shows(scene, "####"));
    scene_resize(scene, 15, 80);
    assert_int_equal(scene_row(scene, "Clients"), 2);
    scene_close(scene);
}

/* Whatever the address and the size: it is whole, or not there. */
static void a_banner_is_never_cut(void **state)
{
    static const char *const joins[] = {"192.168.0.108:4010", "255.255.255.255:65535", "[::1]:7",
                                        "[2001:db8:1234:5678:9abc:def0:1234:5678]:65535",
                                        "[fe80::1%eth0]:4010"};

    (void)state;
    for (size_t i = 0; i < sizeof joins / sizeof *joins; i++) {
        struct model_config config = scene_config(TEXT_ASCII, 16);
        char command[128];
        config.roster = true;
        config.join = joins[i];
        snprintf(command, sizeof command, " udptui send %s", joins[i]);
        for (int columns = 40; columns < 200; columns += 7) {
            struct scene *scene = scene_open_with(24, columns, &config);
            int title = scene_row(scene, "- Clients 0 ");
            assert_true(title == 2 || title == 5 || title == 9);
            if (title > 2)
                assert_true(scene_row(scene, command) >= 0);
            scene_close(scene);
        }
    }
}

static void no_banner_where_nobody_can_join(void **state)
{
    struct model_config config = scene_config(TEXT_UTF8, 16);

    (void)state;
    config.roster = true;
    config.join = NULL;
    struct scene *scene = scene_open_with(24, 80, &config);
    assert_int_equal(scene_row(scene, "Clients 0"), 2);
    scene_close(scene);
}

/* ---- names */

static void names_are_everywhere(void **state)
{
    struct scene *scene = classroom(24, 80, TEXT_UTF8, false);

    (void)state;
    greet(scene);
    scene_key(scene, '\r');
    assert_true(scene_shows(scene, "Client: Bob"));
    assert_true(scene_shows(scene, "   Name         Bob\n   Address      192.168.0.10\n"));
    scene_key(scene, 'r');
    assert_true(scene_shows(scene, "reply to Bob: "));
    scene_key(scene, ESC); /* back to the detail, and to the list */
    scene_key(scene, ESC);
    scene_key(scene, '\t');
    scene_key(scene, KEY_CODE_HOME);
    scene_key(scene, '\r');
    assert_true(scene_shows(scene, "   From         Bob (192.168.0.10:50000)\n"));
    scene_close(scene);
}

static void hostile_names_are_safe(void **state)
{
    struct scene *scene = classroom(24, 80, TEXT_UTF8, false);

    (void)state;
    say(scene, 0, "hello \x1b]0;owned\x07\n\x9b");
    for (const char *byte = scene_screen(scene); *byte != '\0'; byte++)
        assert_true((unsigned char)*byte >= 0x20 || *byte == '\n');
    assert_true(scene_shows(scene, " > \\x1B]0;owned\\x07\\n\\…"));
    scene_close(scene);
}

/* A name belongs to a client, not to its slot. */
static void names_go_with_their_client(void **state)
{
    struct scene *scene = classroom(24, 80, TEXT_UTF8, false);

    (void)state;
    greet(scene);
    scene->clients[0].generation++;
    say(scene, 0, "somebody else");
    assert_true(scene_shows(scene, " > 192.168.0.10:50000      2 "));
    assert_false(scene_shows(scene, "00.000  Bob "));
    scene_close(scene);
}

static void names_are_forgotten_by_a_reset(void **state)
{
    struct scene *scene = classroom(24, 80, TEXT_UTF8, false);

    (void)state;
    greet(scene);
    scene_reset(scene);
    say(scene, 0, "again");
    assert_true(scene_shows(scene, " > 192.168.0.10:50000"));
    scene_close(scene);
}

static void names_survive_a_pause(void **state)
{
    struct scene *scene = classroom(24, 80, TEXT_UTF8, false);

    (void)state;
    greet(scene);
    scene_key(scene, ' ');
    say(scene, 2, "hello Cy");
    assert_true(scene_shows(scene, " > Bob "));
    assert_false(scene_shows(scene, "hello Cy"));
    scene_key(scene, ' ');
    assert_true(scene_shows(scene, " > Bob "));
    assert_true(scene_shows(scene, "   Cy                      2 "));
    scene_close(scene);
}

static void sorts_by_name(void **state)
{
    struct scene *scene = classroom(24, 80, TEXT_UTF8, false);

    (void)state;
    greet(scene);
    say(scene, 3, "hello anton");
    for (int i = 0; i < 20 && !scene_shows(scene, "sort: name"); i++)
        scene_key(scene, 's');
    assert_int_equal(scene_row(scene, " > Ann "), 11);
    assert_int_equal(scene_row(scene, "   anton "), 12);
    assert_int_equal(scene_row(scene, "   Bob "), 13);
    scene_key(scene, KEY_CODE_END);
    assert_int_equal(scene_row(scene, " > 192.168.0.12:50002 "), 14);
    scene_key(scene, 'I');
    assert_int_equal(scene_row(scene, "   Bob "), 12);
    assert_int_equal(scene_row(scene, "   anton "), 13);
    scene_close(scene);
}

/* Without a class there is no such order, and in privacy none by address. */
static void orders_that_there_are(void **state)
{
    struct scene *plain = scene_open(24, 80, TEXT_UTF8, 16);
    struct scene *private = classroom(24, 80, TEXT_UTF8, true);

    (void)state;
    for (int i = 0; i < 20; i++) {
        assert_false(scene_shows(plain, "sort: name"));
        assert_false(scene_shows(private, "sort: address"));
        scene_key(plain, 's');
        scene_key(private, 's');
    }
    scene_close(plain);
    scene_close(private);
}

static void the_filter_finds_names(void **state)
{
    struct scene *scene = classroom(24, 80, TEXT_UTF8, false);

    (void)state;
    greet(scene);
    say(scene, 0, "x");
    scene_type(scene, "/bOB");
    assert_true(scene_shows(scene, "Clients 1 of 3"));
    assert_true(scene_shows(scene, "Messages 2 of 4"));
    say(scene, 2, "hello Bobby"); /* one that is renamed is found, with all it said */
    scene_screen(scene);
    assert_true(scene_shows(scene, "Clients 2 of 3"));
    assert_true(scene_shows(scene, "Messages 4 of 5"));
    scene_close(scene);
}

/* ---- silence */

static void silence_is_told(void **state)
{
    struct scene *scene = classroom(24, 80, TEXT_UTF8, false);

    (void)state;
    greet(scene);
    scene_wait(scene, 19 * second_ns);
    assert_false(scene_shows(scene, "silent"));
    say(scene, 0, "I am here");
    scene_wait(scene, 1 * second_ns);
    assert_true(scene_shows(scene, "Clients 3, 2 silent"));
    assert_true(scene_shows(scene, "silent 20 s"));
    scene_wait(scene, 90 * second_ns);
    assert_true(scene_shows(scene, "Clients 3, 3 silent"));
    assert_true(scene_shows(scene, "silent 1 min"));
    say(scene, 1, "me too");
    assert_true(scene_shows(scene, "Clients 3, 2 silent"));
    scene_close(scene);
}

static void nobody_is_silent_without_a_class(void **state)
{
    struct scene *scene = scene_open(24, 80, TEXT_UTF8, 16);

    (void)state;
    greet(scene);
    scene_wait(scene, 60 * second_ns);
    assert_false(scene_shows(scene, "silent"));
    assert_false(scene_shows(scene, " > Bob "));
    scene_close(scene);
}

/* ---- privacy: clients 192.168.0.30:50020 and 192.168.0.31:50021 */

enum { FIRST = 20 };

static void expect_no_address(struct scene *scene)
{
    static const char *const parts[] = {"0.30", "0.31", "50020", "50021"};

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (scene_shows(scene, parts[i]))
            fail_msg("%s is told in\n%s", parts[i], scene_screen(scene));
}

static void tell_calls(struct scene *scene)
{
    static const uint8_t kinds[] = {CALL_RECVMMSG, CALL_RECVMSG, CALL_SENDMMSG, CALL_SENDMSG};
    struct call call = {
        .event = EVENT_CALL, .peer = scene->clients[FIRST].peer, .datagrams = 1, .bytes = 1};

    for (size_t i = 0; i < sizeof kinds; i++) {
        call.kind = kinds[i];
        model_apply(scene->model, &call, sizeof call);
    }
}

static void look_everywhere(struct scene *scene)
{
    static const int32_t keys[] = {
        '\r', 'r', ESC, '?', ESC, 'l', ESC, 'c',    ESC, 'i', ESC, '/', ESC, 'h',
        'h',  's', 's', 's', 's', 's', 's', CTRL_R, 'n', ' ', ' ', 'b', 'b',
    };

    for (int pane = 0; pane < 2; pane++) {
        for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
            scene_key(scene, keys[i]);
            expect_no_address(scene);
            for (int page = 0; page < 4; page++) {
                if (keys[i] != '/' && keys[i] != 'r' && keys[i] != CTRL_R)
                    scene_key(scene, KEY_CODE_PAGE_DOWN);
                expect_no_address(scene);
            }
        }
        scene_key(scene, '\t');
    }
}

static void no_address_on_any_screen(void **state)
{
    static const struct {
        int rows, columns;
    } sizes[] = {{24, 80}, {10, 40}, {40, 120}, {50, 200}, {8, 30}};

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int named = 0; named < 2; named++) {
            struct scene *scene = classroom(sizes[i].rows, sizes[i].columns, TEXT_UTF8, true);
            say(scene, FIRST, named ? "hello Ann" : "a");
            say(scene, FIRST + 1, "b");
            scene_say(scene, FIRST, "by hand", ACK_MANUAL, 0);
            scene_say(scene, FIRST, "held", ACK_HELD, HELD_LOOP);
            tell_calls(scene);
            look_everywhere(scene);
            scene->clients[FIRST].generation++; /* its messages outlive it */
            say(scene, FIRST, "c");
            look_everywhere(scene);
            scene_close(scene);
        }
}

static void clients_have_numbers(void **state)
{
    struct scene *scene = classroom(24, 80, TEXT_UTF8, true);

    (void)state;
    say(scene, FIRST, "a");
    say(scene, FIRST + 1, "hello Ann");
    assert_true(scene_shows(scene, " > client 1 "));
    assert_true(scene_shows(scene, "   Ann "));
    scene_key(scene, '\r');
    assert_true(scene_shows(scene, "Client: client 1"));
    scene_key(scene, 'r');
    assert_true(scene_shows(scene, "reply to client 1: "));
    assert_true(scene_key(scene, '\r').reply);
    scene_close(scene);
}

/* Not even by finding a client by it can an address be guessed. */
static void the_filter_gives_no_address_away(void **state)
{
    struct scene *scene = classroom(24, 80, TEXT_UTF8, true);

    (void)state;
    say(scene, FIRST, "a");
    say(scene, FIRST + 1, "hello Ann");
    scene_type(scene, "/192");
    assert_true(scene_shows(scene, "no client matches the filter"));
    assert_true(scene_shows(scene, "no message matches the filter"));
    scene_key(scene, ESC);
    scene_type(scene, "/client 1");
    assert_true(scene_shows(scene, "Clients 1 of 2"));
    scene_key(scene, ESC);
    scene_type(scene, "/ann");
    assert_true(scene_shows(scene, "Clients 1 of 2"));
    scene_close(scene);
}

/* What was typed to a client is not what the client said. */
static void a_line_by_hand_names_nobody(void **state)
{
    struct scene *scene = classroom(24, 80, TEXT_UTF8, false);

    (void)state;
    say(scene, 0, "hello Ann");
    scene_fail_by_hand(scene, 0, "hello Eve", EPERM);
    assert_true(scene_shows(scene, " > Ann "));
    assert_false(scene_shows(scene, " > Eve "));
    scene_close(scene);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(at_80x24),
    cmocka_unit_test(at_80x18_in_ascii),
    cmocka_unit_test(at_40x10),
    cmocka_unit_test(the_banner_comes_and_goes),
    cmocka_unit_test(a_banner_is_never_cut),
    cmocka_unit_test(no_banner_where_nobody_can_join),
    cmocka_unit_test(names_are_everywhere),
    cmocka_unit_test(hostile_names_are_safe),
    cmocka_unit_test(names_go_with_their_client),
    cmocka_unit_test(names_are_forgotten_by_a_reset),
    cmocka_unit_test(names_survive_a_pause),
    cmocka_unit_test(sorts_by_name),
    cmocka_unit_test(orders_that_there_are),
    cmocka_unit_test(the_filter_finds_names),
    cmocka_unit_test(a_line_by_hand_names_nobody),
    cmocka_unit_test(silence_is_told),
    cmocka_unit_test(nobody_is_silent_without_a_class),
    cmocka_unit_test(no_address_on_any_screen),
    cmocka_unit_test(clients_have_numbers),
    cmocka_unit_test(the_filter_gives_no_address_away),
};

const struct suite suite_serve_class = {
    .name = "serve_class", .tests = tests, .count = sizeof tests / sizeof *tests};
