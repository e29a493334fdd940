/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calls: the pane of the socket calls: the layout, collapsed entries, scrolling. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "../../suite.h"

#include "scene.h"

enum { ROWS = 24, COLUMNS = 80, CLIENT_PORT = 53211, EVERYTHING = 4096 };

static struct scene *open_calls(int rows, int columns)
{
    struct scene *scene = scene_open(rows, columns, TEXT_UTF8, 16);

    scene_key(scene, 'c');
    return scene;
}

static void tell(struct scene *scene, const struct call *call)
{
    struct call told = *call;

    told.event = EVENT_CALL;
    told.wall_ns = scene->wall_ns;
    model_apply(scene->model, &told, sizeof told);
}

static struct call receive_of(uint32_t bytes)
{
    return (struct call){
        .kind = CALL_RECVMMSG,
        .fd = 4,
        .result = 1,
        .value = MSG_DONTWAIT,
        .wanted = 1,
        .datagrams = 1,
        .bytes = bytes,
        .peer = {.family = ENDPOINT_IPV4, .address = {192, 168, 0, 23}, .port = CLIENT_PORT}};
}

/* Calls that can be distinguished: datagrams of 1, 2, 3, ... bytes. */
static void tell_receives(struct scene *scene, uint32_t from, uint32_t to)
{
    for (uint32_t bytes = from; bytes <= to; bytes++) {
        struct call call = receive_of(bytes);
        tell(scene, &call);
    }
}

static const struct call nothing = {.kind = CALL_RECVMMSG,
                                    .fd = 4,
                                    .result = -1,
                                    .error = EAGAIN,
                                    .value = MSG_DONTWAIT,
                                    .wanted = 1};

static void tell_session(struct scene *scene)
{
    const struct call opened[] = {
        {.kind = CALL_SOCKET, .fd = -1, .result = 4, .level = AF_INET, .name = SOCK_DGRAM},
        {.kind = CALL_BIND,
         .fd = 4,
         .peer = {.family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}, .port = 4010}},
    };
    struct call received = receive_of(5), sent = receive_of(16);

    sent.kind = CALL_SENDMMSG;
    for (size_t i = 0; i < sizeof opened / sizeof *opened; i++)
        tell(scene, &opened[i]);
    scene_wait(scene, 1500 * UNITS_NS_PER_MS);
    tell(scene, &received);
    tell(scene, &sent);
    for (int i = 0; i < 12; i++)
        tell(scene, &nothing);
}

// clang-format off
static void at_80x24(void **state)
{
    struct scene *scene = open_calls(ROWS, COLUMNS);

    (void)state;
    tell_session(scene);
    scene_expect(scene,
        " udptui serve  [::]:4010  up 00:00:01           join: udptui send 192.168.0.108\n"
        " in 0  0/s                 acked 0  held 0  failed 0  kernel dropped 0\n"
        "─ Calls: 14 to receive and send 2 datagrams, 7.00 each ───────────── following ─\n"
        " 10:00:00.000  socket(AF_INET, SOCK_DGRAM, 0) = 4\n"
        "               creates a socket: SOCK_DGRAM is UDP\n"
        " 10:00:00.000  bind(4, 127.0.0.1:4010) = 0\n"
        "               binds the address and port: what is sent there arrives here\n"
        " 10:00:01.500  recvmmsg(4, [1], MSG_DONTWAIT) = 1: 5 B from 192.168.0.23:53211\n"
        "               receives one whole datagram and its sender's address\n"
        " 10:00:01.500  sendmmsg(4, [1], MSG_DONTWAIT) = 1: 16 B to 192.168.0.23:53211\n"
        "               sends one datagram: its arrival is not guaranteed\n"
        " 10:00:01.500  recvmmsg(4, [1], MSG_DONTWAIT) = -1 EAGAIN  x12\n"
        "               no datagram is waiting, and the socket does not block\n"
        "\n");
    scene_close(scene);
}

static void at_40x10(void **state)
{
    struct scene *scene = open_calls(10, 40);

    (void)state;
    tell_session(scene);
    scene_expect(scene,
        " udptui serve  [::]:4010  up 00:00:01\n"
        " in 0  acked 0  held 0  failed 0\n"
        "─ Calls: 7.00 a datagram ─── following ─\n"
        " socket(AF_INET, SOCK_DGRAM, 0) = 4\n"
        " bind(4, 127.0.0.1:4010) = 0\n"
        " recvmmsg(4...) = 1: 5 B from 192.168.0…\n"
        " sendmmsg(4...) = 1: 16 B to 192.168.0.…\n"
        " recvmmsg(4, [1], M...) = -1 EAGAIN  x12\n"
        "\n");
    scene_close(scene);
}

static void a_long_call_goes_on_below(void **state)
{
    struct call call = {.kind = CALL_RECVMMSG, .fd = 4, .result = 12, .value = MSG_DONTWAIT,
                        .wanted = 64, .datagrams = 500, .bytes = 123456,
                        .peer = {.family = ENDPOINT_IPV4, .address = {192, 168, 100, 123},
                                 .port = 53211}};
    struct scene *scene = open_calls(ROWS, COLUMNS);

    (void)state;
    tell(scene, &call);
    assert_true(scene_shows(scene,
        " 10:00:00.000  recvmmsg(4, [64], MSG_DONTWAIT) = 12: 500 datagrams, 123,456 B,\n"
        "                 first from 192.168.100.123:53211\n"
        "               receives all waiting datagrams, up to the number in [ ]\n"));
    scene_close(scene);
}
// clang-format on

static void what_was_skipped_is_told(void **state)
{
    struct scene *scene = open_calls(ROWS, COLUMNS);
    struct call call = receive_of(5);

    (void)state;
    tell(scene, &call);
    call.skipped = 1024;
    call.skipped_datagrams = 99;
    tell(scene, &call);
    assert_true(scene_shows(scene, "               ... 1,024 more calls not shown\n"));
    assert_true(scene_shows(scene, "Calls: 1,026 to receive and send 101 datagrams, 10.16 each"));
    scene_close(scene);
}

/* A line is full to its last column; and if calls move many datagrams, how many. */
static void a_call_that_moves_many(void **state)
{
    struct scene *scene = open_calls(ROWS, COLUMNS);
    struct call call = receive_of(2048);

    (void)state;
    call.wanted = 64;
    call.datagrams = 64;
    tell(scene, &call);
    assert_true(scene_shows(scene, "= 1: 64 datagrams, 2,048 B, first\n                 from "));
    assert_true(scene_shows(scene, "Calls: 1 to receive and send 64 datagrams, 64 a call "));
    scene_resize(scene, 10, 40);
    assert_true(scene_shows(scene, "Calls: 64 a call "));
    scene_resize(scene, ROWS, COLUMNS);
    call.skipped = 1234567;
    call.skipped_datagrams = 1234567890;
    tell(scene, &call);
    assert_true(scene_shows(scene, "1000 a call ─"));
    assert_true(scene_shows(scene, "─ following ─\n"));
    scene_close(scene);
}

/* Equal calls with something between them, or before which some were skipped, stand by
 * themselves. */
static void only_neighbours_are_collapsed(void **state)
{
    struct scene *scene = open_calls(ROWS, COLUMNS);
    struct call call = nothing;

    (void)state;
    tell(scene, &nothing);
    tell_receives(scene, 1, 1);
    tell(scene, &nothing);
    call.skipped = 1;
    tell(scene, &call);
    assert_false(scene_shows(scene, "  x"));
    tell(scene, &nothing);
    assert_true(scene_shows(scene, "EAGAIN  x2\n"));
    scene_close(scene);
}

static void privacy_hides_the_clients(void **state)
{
    const struct model_config config = {.title = "udptui serve",
                                        .listening = "[::]:4010",
                                        .clients_max = 16,
                                        .history_messages = 10,
                                        .privacy = true};
    struct scene *scene = open_calls(ROWS, COLUMNS);

    (void)state;
    model_close(scene->model);
    scene->model = model_open(&config);
    scene_resize(scene, ROWS, COLUMNS);
    scene_key(scene, 'c');
    tell_session(scene);
    assert_true(scene_shows(scene, "MSG_DONTWAIT) = 1: 5 B\n"));
    assert_false(scene_shows(scene, "192.168.0.23"));
    assert_true(scene_shows(scene, "bind(4, 127.0.0.1:4010)"));
    scene_close(scene);
}

/* ---- scrolling */

static void shows_bytes(struct scene *scene, uint32_t bytes, bool shown)
{
    char text[64], count[UNITS_TEXT_SIZE];

    snprintf(text, sizeof text, "= 1: %s B from", units_count(bytes, count, sizeof count));
    if (scene_shows(scene, text) != shown)
        fail_msg("%s %s\n%s", text, shown ? "is missing" : "is shown", scene_screen(scene));
}

static void the_newest_is_followed_until_somebody_scrolls(void **state)
{
    struct scene *scene = open_calls(ROWS, COLUMNS); /* 20 rows: 10 calls */

    (void)state;
    tell_receives(scene, 1, 30);
    shows_bytes(scene, 30, true);
    shows_bytes(scene, 21, true);
    shows_bytes(scene, 20, false);
    scene_key(scene, KEY_CODE_UP);
    shows_bytes(scene, 20, true);
    shows_bytes(scene, 30, false);
    tell_receives(scene, 31, 40);
    shows_bytes(scene, 20, true);
    assert_true(scene_shows(scene, "F follows"));
    scene_key(scene, 'F');
    shows_bytes(scene, 40, true);
    scene_key(scene, 'g');
    shows_bytes(scene, 1, true);
    scene_key(scene, KEY_CODE_PAGE_DOWN);
    shows_bytes(scene, 1, false);
    scene_key(scene, 'G');
    tell_receives(scene, 41, 41);
    shows_bytes(scene, 41, true);
    scene_close(scene);
}

static void a_pause_holds_it_still(void **state)
{
    struct scene *scene = open_calls(ROWS, COLUMNS);

    (void)state;
    tell_receives(scene, 1, 3);
    scene_key(scene, ' ');
    tell_receives(scene, 4, 6);
    shows_bytes(scene, 3, true);
    shows_bytes(scene, 4, false);
    assert_true(scene_shows(scene, "Calls: 3 to receive"));
    assert_true(scene_shows(scene, "PAUSED"));
    scene_key(scene, ' ');
    shows_bytes(scene, 6, true);
    assert_true(scene_shows(scene, "Calls: 6 to receive"));
    scene_close(scene);
}

static void without_any_it_says_so(void **state)
{
    struct scene *scene = open_calls(ROWS, COLUMNS);

    (void)state;
    assert_true(scene_shows(scene, "no socket call was made"));
    tell_receives(scene, 1, 1);
    assert_false(scene_shows(scene, "no socket call was made"));
    scene_close(scene);
}

static void a_reset_counts_anew(void **state)
{
    struct scene *scene = open_calls(ROWS, COLUMNS);

    (void)state;
    tell_session(scene);
    scene_reset(scene);
    assert_true(scene_shows(scene, "bind(4, 127.0.0.1:4010)"));
    assert_false(scene_shows(scene, "to receive and send"));
    tell_receives(scene, 7, 7);
    assert_true(scene_shows(scene, "Calls: 1 to receive and send 1 datagrams, 1.00 each"));
    scene_close(scene);
}

/* However many there were: the first ones stay, with a word about those between, and each key leads
 * through all that are kept, once each. */
static void memory_is_bounded_and_the_beginning_stays(void **state)
{
    enum { FIRST = 64, LATEST = 512, ALL = 5000 };
    struct scene *scene = open_calls(ROWS, COLUMNS);
    char text[64];

    (void)state;
    tell_receives(scene, 1, ALL);
    scene_key(scene, 'g');
    shows_bytes(scene, 1, true);
    for (uint32_t bytes = 1; bytes <= FIRST; bytes++) {
        shows_bytes(scene, bytes, true);
        scene_key(scene, KEY_CODE_DOWN);
    }
    snprintf(text, sizeof text, "... %d,%03d older calls are not kept\n",
             (ALL - FIRST - LATEST) / 1000, (ALL - FIRST - LATEST) % 1000);
    assert_true(scene_shows(scene, text));
    for (uint32_t bytes = ALL - LATEST + 1; bytes <= ALL; bytes++) {
        shows_bytes(scene, bytes, true);
        scene_key(scene, KEY_CODE_DOWN);
    }
    for (int i = 0; i < EVERYTHING; i++)
        scene_key(scene, KEY_CODE_UP);
    shows_bytes(scene, 1, true);
    scene_close(scene);
}

/* What was scrolled to is overwritten: the oldest that is left is shown. */
static void what_is_looked_at_may_go(void **state)
{
    struct scene *scene = open_calls(ROWS, COLUMNS);

    (void)state;
    tell_receives(scene, 1, 200);
    scene_key(scene, KEY_CODE_PAGE_UP);
    shows_bytes(scene, 185, true);
    tell_receives(scene, 201, 3000);
    shows_bytes(scene, 3000 - 512 + 1, true);
    scene_key(scene, KEY_CODE_UP);
    shows_bytes(scene, 64, true);
    scene_key(scene, ' ');
    tell_receives(scene, 3001, 6000);
    scene_screen(scene);
    scene_key(scene, 'F');
    shows_bytes(scene, 64, true);
    scene_close(scene);
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

/* Any records, any keys, any size: a picture. */
static void anything_goes(void **state)
{
    static const int32_t keys[] = {'c',
                                   'F',
                                   'g',
                                   'G',
                                   KEY_CODE_UP,
                                   KEY_CODE_DOWN,
                                   KEY_CODE_PAGE_UP,
                                   KEY_CODE_PAGE_DOWN,
                                   ' ',
                                   KEY_CODE_WHEEL_UP};
    struct scene *scene = open_calls(ROWS, COLUMNS);
    uint32_t seed = 7;

    (void)state;
    for (int i = 0; i < 3000; i++) {
        struct call call = {.event = EVENT_CALL,
                            .kind = (uint8_t)(next_random(&seed) % CALL_KINDS),
                            .skipped = next_random(&seed) % 4 == 0 ? next_random(&seed) : 0,
                            .fd = (int32_t)next_random(&seed),
                            .result = (int32_t)next_random(&seed) - 1,
                            .error =
                                next_random(&seed) % 3 == 0 ? (int)next_random(&seed) % 200 : 0,
                            .name = (int)next_random(&seed) % 100,
                            .level = (int)next_random(&seed) % 50,
                            .value = (int)next_random(&seed),
                            .datagrams = next_random(&seed) % 2,
                            .bytes = next_random(&seed)};
        for (uint32_t times = next_random(&seed) % 20; times > 0; times--)
            model_apply(scene->model, &call, sizeof call);
        scene_key(scene, keys[next_random(&seed) % (sizeof keys / sizeof *keys)]);
        scene_resize(scene, (int)(next_random(&seed) % 40), (int)(next_random(&seed) % 130));
        scene_screen(scene);
    }
    scene_close(scene);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(at_80x24),
    cmocka_unit_test(at_40x10),
    cmocka_unit_test(a_long_call_goes_on_below),
    cmocka_unit_test(what_was_skipped_is_told),
    cmocka_unit_test(a_call_that_moves_many),
    cmocka_unit_test(only_neighbours_are_collapsed),
    cmocka_unit_test(privacy_hides_the_clients),
    cmocka_unit_test(the_newest_is_followed_until_somebody_scrolls),
    cmocka_unit_test(a_pause_holds_it_still),
    cmocka_unit_test(without_any_it_says_so),
    cmocka_unit_test(a_reset_counts_anew),
    cmocka_unit_test(memory_is_bounded_and_the_beginning_stays),
    cmocka_unit_test(what_is_looked_at_may_go),
    cmocka_unit_test(anything_goes),
};

const struct suite suite_serve_calls = {
    .name = "serve_calls", .tests = tests, .count = sizeof tests / sizeof *tests};
