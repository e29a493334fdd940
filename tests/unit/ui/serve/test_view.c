/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view: whole pictures at several sizes, each pane's promises, and bytes that would like to get
 * out. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../suite.h"

#include "scene.h"

enum { ESC = 0x1b };

/* ---- whole pictures */

static struct scene *played(int rows, int columns, enum text_charset charset)
{
    struct scene *scene = scene_open(rows, columns, charset, 65536);

    scene_play(scene);
    return scene;
}

// clang-format off
static void at_80x24(void **state)
{
    struct scene *scene = played(24, 80, TEXT_UTF8);

    (void)state;
    scene_expect(scene,
        " udptui serve  [::]:4010  up 00:00:04           join: udptui send 192.168.0.108\n"
        " in 8  8.0/s               acked 5  held 2 (loop 1, off 1)  failed 1  dropped 0\n"
        "─ Clients 3 ────────────────────────────────────────────────── sort: last seen ─\n"
        "   Client               Msgs   Acks   Held   Bytes     Rate     6 s  Last seen\n"
        " > 192.168.0.10:50000      4      3      0    36 B    1.0/s    ▇▇▇▇  now\n"
        "   192.168.0.12:50002      2      1      1     9 B    0.8/s     ▇ ▇  1 s ago\n"
        "   192.168.0.11:50001      2      1      1    27 B    0.6/s    ▇ ▇   2 s ago\n"
        "\n"
        "─ Messages 8 ─────────────────────────────────────────────────────── following ─\n"
        "   10:00:00.000  192.168.0.10:50000      5 B  hello               acked 31 us\n"
        "   10:00:00.500  192.168.0.11:50001     11 B  hi everyone         acked 31 us\n"
        "   10:00:01.000  192.168.0.10:50000     19 B  grüß dich, 你好     acked 31 us\n"
        "   10:00:01.500  192.168.0.12:50002      0 B  (empty)             acked 31 us\n"
        "   10:00:02.000  192.168.0.11:50001     16 B  Message received    HELD loop\n"
        "   10:00:02.500  192.168.0.10:50000      9 B  two\\nlines          acked 31 us\n"
        "   10:00:03.000  192.168.0.12:50002      9 B  \\x1B[31mred?        HELD off\n"
        "   10:00:03.500  192.168.0.10:50000      3 B  bye        FAILED no buffer space\n"
        "\n"
        "\n"
        "\n"
        "\n"
        "\n"
        "\n"
        " Tab pane  Enter detail  / filter  s sort  l ladder  i impair  ? help  q quit\n");
    assert_string_equal(scene_footer(scene),
        " Tab pane  Enter detail  / filter  s sort  l ladder  i impair  ? help  q quit\n");
    scene_close(scene);
}

static void at_120x40(void **state)
{
    struct scene *scene = played(40, 120, TEXT_UTF8);

    (void)state;
    scene_expect(scene,
        " udptui serve  [::]:4010  up 00:00:04                                                   join: udptui send 192.168.0.108\n"
        " in 8  8.0/s               576 bit/s    acked 5  held 2 (loop 1, off 1)  failed 1  kernel dropped 0\n"
        "─ Clients 3 ────────────────────────────────────────────────────────────────────────────────────────── sort: last seen ─\n"
        "   Client               Msgs   Acks   Held Failed   Bytes     Rate                     last 28 s  Last seen  First seen\n"
        " > 192.168.0.10:50000      4      3      0      1    36 B    1.0/s                          ▇▇▇▇  now        4 s ago\n"
        "   192.168.0.12:50002      2      1      1      0     9 B    0.8/s                           ▇ ▇  1 s ago    2 s ago\n"
        "   192.168.0.11:50001      2      1      1      0    27 B    0.6/s                          ▇ ▇   2 s ago    3 s ago\n"
        "\n"
        "─ Messages 8 ─────────────────────────────────────────────────────────────────────────────────────────────── following ─\n"
        "   10:00:00.000  192.168.0.10:50000      5 B  hello                                                       acked 31 us\n"
        "   10:00:00.500  192.168.0.11:50001     11 B  hi everyone                                                 acked 31 us\n"
        "   10:00:01.000  192.168.0.10:50000     19 B  grüß dich, 你好                                             acked 31 us\n"
        "   10:00:01.500  192.168.0.12:50002      0 B  (empty)                                                     acked 31 us\n"
        "   10:00:02.000  192.168.0.11:50001     16 B  Message received                                            HELD loop\n"
        "   10:00:02.500  192.168.0.10:50000      9 B  two\\nlines                                                  acked 31 us\n"
        "   10:00:03.000  192.168.0.12:50002      9 B  \\x1B[31mred?                                                HELD off\n"
        "   10:00:03.500  192.168.0.10:50000      3 B  bye                                                FAILED no buffer space\n");
    assert_non_null(strstr(scene_footer(scene), "F follow  l ladder  c calls  i impair  r reply  ? help  q quit"));
    scene_close(scene);
}

static void at_40x10(void **state)
{
    struct scene *scene = played(10, 40, TEXT_UTF8);

    (void)state;
    scene_expect(scene,
        " udptui serve  [::]:4010  up 00:00:04\n"
        " in 8  acked 5  held 2  failed 1\n"
        "─ Clients 3 ────────── sort: last seen ─\n"
        "   Client               Msgs   Acks\n"
        " > 192.168.0.10:50000      4      3\n"
        "   192.168.0.12:50002      2      1\n"
        "─ Messages 8 ─────────────── following ─\n"
        "  192.168.0.12:50…  \\x1B[…  HELD off\n"
        "  192.168.0.10:50…  bye     FAILED\n"
        " / filter  s sort  ? help  q quit\n");
    scene_close(scene);
}

static void in_ascii(void **state)
{
    struct scene *scene = played(24, 80, TEXT_ASCII);

    (void)state;
    scene_expect(scene,
        " udptui serve  [::]:4010  up 00:00:04           join: udptui send 192.168.0.108\n"
        " in 8  8.0/s               acked 5  held 2 (loop 1, off 1)  failed 1  dropped 0\n"
        "- Clients 3 -------------------------------------------------- sort: last seen -\n"
        "   Client               Msgs   Acks   Held   Bytes     Rate     6 s  Last seen\n"
        " > 192.168.0.10:50000      4      3      0    36 B    1.0/s    ####  now\n"
        "   192.168.0.12:50002      2      1      1     9 B    0.8/s     # #  1 s ago\n"
        "   192.168.0.11:50001      2      1      1    27 B    0.6/s    # #   2 s ago\n"
        "\n"
        "- Messages 8 ------------------------------------------------------- following -\n"
        "   10:00:00.000  192.168.0.10:50000      5 B  hello               acked 31 us\n"
        "   10:00:00.500  192.168.0.11:50001     11 B  hi everyone         acked 31 us\n"
        "   10:00:01.000  192.168.0.10:50000     19 B  gr\\u{FC}\\u{DF} di~  acked 31 us\n"
        "   10:00:01.500  192.168.0.12:50002      0 B  (empty)             acked 31 us\n"
        "   10:00:02.000  192.168.0.11:50001     16 B  Message received    HELD loop\n"
        "   10:00:02.500  192.168.0.10:50000      9 B  two\\nlines          acked 31 us\n"
        "   10:00:03.000  192.168.0.12:50002      9 B  \\x1B[31mred?        HELD off\n"
        "   10:00:03.500  192.168.0.10:50000      3 B  bye        FAILED no buffer space\n");
    for (const char *byte = scene_screen(scene); *byte != '\0'; byte++)
        assert_true((unsigned char)*byte < 0x80);
    scene_close(scene);
}

static void nothing_yet(void **state)
{
    struct scene *scene = scene_open(24, 80, TEXT_UTF8, 16);

    (void)state;
    scene_expect(scene,
        " udptui serve  [::]:4010  up 00:00:00           join: udptui send 192.168.0.108\n"
        " in 0  0/s                 acked 0  held 0  failed 0  kernel dropped 0\n"
        "─ Clients 0 ────────────────────────────────────────────────── sort: last seen ─\n"
        "\n"
        "   Nothing has arrived yet. On this machine or another one, type:\n"
        "     udptui send 192.168.0.108 hello\n"
        "   or, without udptui:\n"
        "     echo hello | nc -u -w1 192.168.0.108 4010\n"
        "─ Messages 0 ─────────────────────────────────────────────────────── following ─\n");
    scene_close(scene);
}

static void detail_of_a_message(void **state)
{
    struct scene *scene = played(24, 80, TEXT_UTF8);

    (void)state;
    scene_key(scene, '\t');
    scene_key(scene, 'k');
    scene_key(scene, '\r');
    scene_expect(scene,
        " udptui serve  [::]:4010  up 00:00:04           join: udptui send 192.168.0.108\n"
        " in 8  8.0/s               acked 5  held 2 (loop 1, off 1)  failed 1  dropped 0\n"
        "─ Message 7 ────────────────────────────────────────────────────────────────────\n"
        "   From         192.168.0.12:50002\n"
        "   To           192.168.0.108:4010\n"
        "   Received     10:00:03.000  2024-03-01T10:00:03.000000000Z\n"
        "   Size         9 B + UDP header 8 B + IPv4 header 20 B = 37 B\n"
        "   Ack          HELD off: acks are off, or --ack or a rule has no reply to it\n"
        "\n"
        "    0             7 8            15 16           23 24           31   RFC 768\n"
        "   ┌───────────────────────────────┬───────────────────────────────┐\n"
        "   │ source port 50002        seen │ destination port 4010    seen │\n"
        "   ├───────────────────────────────┼───────────────────────────────┤\n"
        "   │ length 17 (8 + 9)        seen │ checksum 0x4aa3 if it had one │\n"
        "   ├───────────────────────────────┴───────────────────────────────┤\n"
        "   │ data, 9 B  \\x1B[31mred?                                  seen │\n"
        "   └───────────────────────────────────────────────────────────────┘\n"
        "   IPv4         seen: TTL 64, TOS 0xb8 (DSCP 46, ECN 0), both addresses\n"
        "                reconstructed: version 4, protocol 17, checksum (if it had one)\n"
        "\n"
        "   Text         \\x1B[31mred?\n"
        "\n"
        "   0000  1b 5b 33 31 6d 72 65 64  3f                       .[31mred?\n");
    scene_close(scene);
}
// clang-format on

/* ---- small */

static void too_small(void **state)
{
    struct scene *scene = played(8, 30, TEXT_UTF8);

    (void)state;
    scene_expect(scene, "Too small (30x8): at least\n"
                        "40x10; acks continue\n"
                        "in 8 acked 5\n"
                        "[::]:4010\n\n\n\n\n");
    scene->totals.acks_on = false;
    scene_tell_totals(scene);
    assert_true(scene_shows(scene, "acks are OFF"));
    scene_resize(scene, 24, 80);
    assert_true(scene_shows(scene, "Clients 3"));
    scene_close(scene);
}

static void any_size(void **state)
{
    static const int32_t modes[] = {ESC, '?', '\r', '/', 'r', 0x12, 'h', ' '};
    struct scene *scene = played(24, 80, TEXT_UTF8);

    (void)state;
    for (size_t mode = 0; mode < sizeof modes / sizeof *modes; mode++) {
        scene_key(scene, ESC);
        scene_key(scene, modes[mode]);
        for (int rows = 0; rows < 30; rows++) {
            for (int columns = 0; columns < 130; columns += 1 + columns / 20) {
                scene_resize(scene, rows, columns);
                scene_screen(scene);
            }
        }
    }
    scene_close(scene);
}

/* The frame may have another size than the model: in the midst of a resize. */
static void frame_of_another_size(void **state)
{
    struct scene *scene = played(24, 80, TEXT_UTF8);

    (void)state;
    for (scene->rows = 0; scene->rows < 50; scene->rows += 3)
        for (scene->columns = 0; scene->columns < 130; scene->columns += 7)
            scene_screen(scene);
    scene_close(scene);
}

/* ---- bytes that would like to get out */

/* Nothing but printable characters, in UTF-8 that is valid. */
static void expect_clean(const char *screen)
{
    const uint8_t *bytes = (const uint8_t *)screen;

    for (; *bytes != '\0'; bytes++) {
        assert_true(*bytes == '\n' || *bytes >= 0x20);
        assert_int_not_equal(*bytes, 0x7f);
        assert_false(bytes[0] == 0xc2 && bytes[1] < 0xa0);                      /* C1 */
        assert_false(bytes[0] == 0xe2 && bytes[1] == 0x80 && bytes[2] == 0xae); /* U+202E */
        assert_false(bytes[0] == 0xe2 && bytes[1] == 0x80 && bytes[2] == 0x8b); /* U+200B */
    }
}

static void look_everywhere(struct scene *scene)
{
    static const int32_t keys[] = {'h', 'h', '\r', ESC, '\t', '\r', 'G', ESC, '\t'};

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        expect_clean(scene_screen(scene));
        scene_key(scene, keys[i]);
    }
}

static void hostile_payloads(void **state)
{
    static const char *const payloads[] = {
        "\x1b]0;title\x07",
        "\x1b[2J\x1b[H",
        "\xc2\x9b"
        "31m",
        "\x9b"
        "31m",
        "a\rb\nc\td\be",
        "\xe2\x80\xaetxt.exe",
        "\xe2\x80\x8b\xe2\x80\x8d\xef\xbb\xbf",
        "\xff\xfe\xc0\xaf\xed\xa0\x80",
        "\xcc\x81\xcc\x81\xcc\x81",
        "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81",
        "\x7f%s%n%d",
        "\xf3\xa0\x80\x81tag",
        "\xee\x80\x80private",
    };
    struct scene *scene = scene_open(24, 80, TEXT_UTF8, 16);
    uint8_t all[256];

    (void)state;
    for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++) {
        scene_say(scene, (uint32_t)i % 16, payloads[i], ACK_SENT, 0);
        look_everywhere(scene);
    }
    for (int byte = 0; byte < 256; byte++)
        all[byte] = (uint8_t)byte;
    scene_bytes(scene, 1, all, sizeof all, ACK_SENT, 0);
    look_everywhere(scene);
    scene_close(scene);
}

static void random_payloads(void **state)
{
    struct scene *scene = scene_open(24, 60, TEXT_UTF8, 16);
    uint8_t bytes[300];
    uint32_t random = 7;

    (void)state;
    for (int round = 0; round < 300; round++) {
        for (size_t i = 0; i < sizeof bytes; i++) {
            random = random * 1664525 + 1013904223;
            bytes[i] = (uint8_t)(random >> 24);
        }
        scene_bytes(scene, random >> 28, bytes, random % sizeof bytes, ACK_SENT, 0);
        look_everywhere(scene);
    }
    scene_close(scene);
}

/* What is typed is no cleaner than what comes. */
static void hostile_typing(void **state)
{
    static const int32_t codes[] = {0x202e, 0x200b, 0xfeff, 0xe0001, 0xd800, 0x10ffff, 0x301};
    struct scene *scene = played(24, 80, TEXT_UTF8);

    (void)state;
    for (int field = 0; field < 2; field++) {
        scene_key(scene, field == 0 ? '/' : 'r');
        for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
            scene_key(scene, codes[i]);
        expect_clean(scene_screen(scene));
        scene_key(scene, '\r');
        expect_clean(scene_screen(scene));
        scene_key(scene, ESC);
    }
    scene_close(scene);
}

static void the_largest_datagram(void **state)
{
    static uint8_t bytes[65507];
    struct scene *scene = scene_open(24, 80, TEXT_UTF8, 16);

    (void)state;
    memset(bytes, 0xff, sizeof bytes);
    scene_bytes(scene, 0, bytes, sizeof bytes, ACK_SENT, 0);
    assert_true(scene_shows(scene, "66 kB"));
    scene_key(scene, '\t');
    scene_key(scene, '\r');
    scene_key(scene, 'G');
    assert_true(scene_shows(scene, "ffe0  ff ff ff"));
    scene_close(scene);
}

/* ---- panes */

static void fates(void **state)
{
    struct scene *scene = played(24, 80, TEXT_UTF8);

    (void)state;
    scene_say(scene, 0, "to you", ACK_MANUAL, 0);
    scene_say(scene, 0, "x", ACK_HELD, HELD_SOURCE);
    scene_say(scene, 0, "x", ACK_FAILED, EPERM);
    assert_true(scene_shows(scene, "sent by hand"));
    assert_true(scene_shows(scene, "HELD source"));
    assert_true(scene_shows(scene, "FAILED not permitted"));
    scene_key(scene, '\t');
    scene_key(scene, 'k');
    scene_key(scene, 'k');
    scene_key(scene, '\r');
    assert_true(scene_shows(scene, "Message sent by hand"));
    assert_true(scene_shows(scene, "From         192.168.0.108:4010"));
    scene_close(scene);
}

/* It never left the server, towards the client. */
static void not_sent_by_hand(void **state)
{
    struct scene *scene = scene_open(24, 100, TEXT_UTF8, 16);

    (void)state;
    scene_say(scene, 0, "hello", ACK_SENT, 0);
    scene_fail_by_hand(scene, 0, "to you", EPERM);
    assert_true(scene_shows(scene, "FAILED not permitted, by hand"));
    scene_key(scene, '\t');
    scene_key(scene, '\r');
    assert_true(scene_shows(scene, "Message by hand, not sent"));
    assert_true(scene_shows(scene, "From         192.168.0.108:4010"));
    assert_true(scene_shows(scene, "Tried"));
    assert_true(scene_shows(scene, "FAILED not permitted"));
    scene_key(scene, KEY_CODE_ESC);
    scene_key(scene, 'l');
    assert_true(scene_shows(scene, " by hand to you: not sent ✕│ FAILED")); /* the server's line */
    scene_close(scene);
}

static void marks(void **state)
{
    struct scene *scene = played(24, 80, TEXT_UTF8);
    struct event_message message = {
        .kind = EVENT_MESSAGE,
        .flags = MESSAGE_TRUNCATED | MESSAGE_BROADCAST | MESSAGE_MULTICAST | MESSAGE_CUT,
        .hop_limit = EVENT_UNKNOWN,
        .traffic_class = EVENT_UNKNOWN,
        .service_ns = EVENT_UNKNOWN,
        .number = 9,
    };

    (void)state;
    model_apply(scene->model, &message, sizeof message);
    assert_true(scene_shows(scene, "acked cut"));
    scene_key(scene, '\t');
    scene_key(scene, '\r');
    assert_true(scene_shows(scene, "TRUNCATED"));
    assert_true(scene_shows(scene, "broadcast"));
    assert_true(scene_shows(scene, "multicast"));
    assert_true(scene_shows(scene, "cut to 3 times"));
    assert_false(scene_shows(scene, "TTL"));
    assert_false(scene_shows(scene, "hop limit 0"));
    assert_true(scene_shows(scene, "data, 0 B"));
    scene_close(scene);
}

static void detail_of_a_client_that_goes(void **state)
{
    struct scene *scene = played(24, 80, TEXT_UTF8);

    (void)state;
    scene_key(scene, '\r');
    assert_true(scene_shows(scene, "Client 192.168.0.10:50000"));
    assert_true(scene_shows(scene, "First seen   10:00:00  4 s ago"));
    scene->clients[0].generation++;
    model_apply(scene->model, &scene->clients[0], sizeof scene->clients[0]);
    assert_true(scene_shows(scene, "no longer in the table"));
    scene_close(scene);
}

/* The selected row is marked for people (>) and for the terminal. */
static void selection_is_seen(void **state)
{
    struct scene *scene = played(24, 80, TEXT_UTF8);

    (void)state;
    scene_screen(scene);
    assert_int_equal(frame_cell(scene->frame, 4, 0)->mark, MARK_SELECTED);
    assert_int_equal(frame_cell(scene->frame, 4, 79)->mark, MARK_SELECTED);
    assert_int_equal(frame_cell(scene->frame, 5, 0)->mark, MARK_NONE);
    scene_key(scene, '\t');
    scene_screen(scene);
    assert_int_equal(frame_cell(scene->frame, 4, 0)->mark, MARK_NONE);
    scene_close(scene);
}

static void cursor_where_it_is_typed(void **state)
{
    struct scene *scene = played(24, 80, TEXT_UTF8);
    int row, column;

    (void)state;
    scene_screen(scene);
    assert_false(frame_cursor(scene->frame, &row, &column));
    scene_key(scene, '/');
    scene_type(scene, "ab");
    scene_screen(scene);
    assert_true(frame_cursor(scene->frame, &row, &column));
    assert_int_equal(row, 23);
    assert_int_equal(column, (int)strlen(" filter: ab"));
    scene_close(scene);
}

/* Long figures push out what matters less; the rest is whole. */
static void large_figures(void **state)
{
    struct scene *scene = played(24, 80, TEXT_UTF8);

    (void)state;
    scene->totals.counts = (struct counts){.received = 98765432109, .acked = 98765431000};
    scene->totals.counts.held[HELD_LIMIT] = 1109;
    scene_tell_totals(scene);
    assert_true(scene_shows(scene, " in 98,765,432,109  "));
    assert_true(scene_shows(scene, "acked 98,765,431,000  held 1,109"));
    scene->totals.counts.failed = 77;
    scene->totals.kernel_dropped = 1234567;
    scene_tell_totals(scene);
    assert_true(scene_shows(scene, "held 1,109  failed 77  dropped 1.23M\n"));
    scene_close(scene);
}

/* The lists stand still during a pause; what is counted goes on, in the header and above it. */
static void a_pause_stops_no_count(void **state)
{
    struct scene *scene = played(24, 80, TEXT_UTF8);
    struct large_figures figures = {.count = 0};

    (void)state;
    scene_key(scene, ' ');
    scene->totals.counts = (struct counts){.received = 1234, .acked = 1234};
    scene_tell_totals(scene);
    assert_true(scene_shows(scene, "PAUSED"));
    assert_true(scene_shows(scene, " in 1,234 "));
    view_figures(scene->model, &figures);
    assert_string_equal(figures.each[0].figure, "1234");
    assert_string_equal(figures.each[1].figure, "1234");
    scene_close(scene);
}

static void rare_figures_show_where_there_is_room(void **state)
{
    struct scene *scene = played(40, 160, TEXT_UTF8);

    (void)state;
    scene->totals.receive_errors = 1;
    scene->totals.acks_cut = 2;
    scene->totals.manual_sent = 3;
    scene->totals.records_skipped = 4;
    scene_tell_totals(scene);
    assert_true(scene_shows(scene, "not recorded 4  receive errors 1  acks cut 2  by hand 3"));
    scene_resize(scene, 24, 80);
    assert_true(scene_shows(scene, "not recorded 4")); /* losses, also if it is narrow */
    scene_close(scene);
}

static void what_belongs_to_no_engine_is_added(void **state)
{
    static const struct model_missing missing = {
        .not_logged = 5, .not_recorded = 6, .not_published = 7};
    struct scene *scene = scene_open(40, 160, TEXT_UTF8, 65536);

    (void)state;
    model_take_missing(scene->model, &missing); /* before any engine has reported */
    scene->totals.records_skipped = 4;
    scene_tell_totals(scene);
    scene_tell_totals(scene);
    assert_true(scene_shows(scene, "not recorded 10  not logged 5  not published 7"));
    scene_resize(scene, 24, 80);
    assert_true(scene_shows(scene, "not recorded 10  not logged 5")); /* samples may be lost */
    model_take_missing(scene->model, &(struct model_missing){.not_recorded = 9});
    assert_true(scene_shows(scene, "not recorded 13"));
    scene_close(scene);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_belongs_to_no_engine_is_added),
    cmocka_unit_test(at_80x24),
    cmocka_unit_test(at_120x40),
    cmocka_unit_test(at_40x10),
    cmocka_unit_test(in_ascii),
    cmocka_unit_test(nothing_yet),
    cmocka_unit_test(detail_of_a_message),
    cmocka_unit_test(too_small),
    cmocka_unit_test(any_size),
    cmocka_unit_test(frame_of_another_size),
    cmocka_unit_test(hostile_payloads),
    cmocka_unit_test(random_payloads),
    cmocka_unit_test(hostile_typing),
    cmocka_unit_test(the_largest_datagram),
    cmocka_unit_test(fates),
    cmocka_unit_test(not_sent_by_hand),
    cmocka_unit_test(marks),
    cmocka_unit_test(detail_of_a_client_that_goes),
    cmocka_unit_test(selection_is_seen),
    cmocka_unit_test(cursor_where_it_is_typed),
    cmocka_unit_test(large_figures),
    cmocka_unit_test(a_pause_stops_no_count),
    cmocka_unit_test(rare_figures_show_where_there_is_room),
};

const struct suite suite_serve_view = {
    .name = "serve_view", .tests = tests, .count = sizeof tests / sizeof *tests};
