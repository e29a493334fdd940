/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * anatomy: the boxes of a message's detail, as pictures; what is seen, reconstructed and not known.
 * The checksums are another program's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../suite.h"

#include "scene.h"

/* The first line of the anatomy in the detail, on the screen. */
enum { FIRST_ROW = 9 };

/* A message from 192.168.0.12:50002 to 192.168.0.108:4010, to be changed before it is reported. */
static struct event_message message_of(const char *payload)
{
    return (struct event_message){
        .kind = EVENT_MESSAGE,
        .status = ACK_SENT,
        .hop_limit = 64,
        .traffic_class = 0,
        .slot = 2,
        .size_bytes = (uint32_t)strlen(payload),
        .stored_bytes = (uint32_t)strlen(payload),
        .number = 9,
        .service_ns = 31000,
        .from = {.family = ENDPOINT_IPV4, .address = {192, 168, 0, 12}, .port = 50002},
        .to = {.family = ENDPOINT_IPV4, .address = {192, 168, 0, 108}, .port = 4010},
    };
}

/* Reports it, and opens its detail. */
static void open_detail(struct scene *scene, const struct event_message *message,
                        const char *payload)
{
    uint8_t record[sizeof *message + 64];

    memcpy(record, message, sizeof *message);
    memcpy(record + sizeof *message, payload, message->stored_bytes);
    model_apply(scene->model, record, sizeof *message + message->stored_bytes);
    scene_key(scene, '\t');
    scene_key(scene, '\r');
}

/* The rows from FIRST_ROW on begin with these. */
static void expect_anatomy(struct scene *scene, const char *expected)
{
    const char *text = scene_screen(scene);
    char rows[SCENE_TEXT];

    for (int row = 0; row < FIRST_ROW; row++)
        text = strchr(text, '\n') + 1;
    memcpy(rows, text, strlen(expected));
    rows[strlen(expected)] = '\0';
    assert_string_equal(rows, expected);
}

static struct scene *scene_of(int rows, int columns, enum text_charset charset,
                              const struct event_message *message, const char *payload)
{
    struct scene *scene = scene_open(rows, columns, charset, 16);

    open_detail(scene, message, payload);
    return scene;
}

// clang-format off
static void boxes(void **state)
{
    struct event_message message = message_of("\x1b[31mred?");
    struct scene *scene = scene_of(24, 80, TEXT_UTF8, &message, "\x1b[31mred?");

    (void)state;
    expect_anatomy(scene,
        "    0             7 8            15 16           23 24           31   RFC 768\n"
        "   ┌───────────────────────────────┬───────────────────────────────┐\n"
        "   │ source port 50002        seen │ destination port 4010    seen │\n"
        "   ├───────────────────────────────┼───────────────────────────────┤\n"
        "   │ length 17 (8 + 9)        seen │ checksum 0x4aa3 if it had one │\n"
        "   ├───────────────────────────────┴───────────────────────────────┤\n"
        "   │ data, 9 B  \\x1B[31mred?                                  seen │\n"
        "   └───────────────────────────────────────────────────────────────┘\n"
        "   IPv4         seen: TTL 64, TOS 0x00 (DSCP 0, ECN 0), both addresses\n"
        "                reconstructed: version 4, protocol 17, checksum (if it had one)\n"
        "\n"
        "   Text         \\x1B[31mred?\n");
    scene_close(scene);
}

static void boxes_in_ascii(void **state)
{
    static const char payload[] = "a text that is a good deal longer than the box for it is wide";
    struct event_message message = message_of(payload);

    (void)state;
    message.from.port = message.to.port = 65535;
    struct scene *scene = scene_of(24, 80, TEXT_ASCII, &message, payload);
    expect_anatomy(scene,
        "    0             7 8            15 16           23 24           31   RFC 768\n"
        "   +-------------------------------+-------------------------------+\n"
        "   | source port 65535        seen | destination port 65535   seen |\n"
        "   +-------------------------------+-------------------------------+\n"
        "   | length 69 (8 + 61)       seen | checksum 0x1a71 if it had one |\n"
        "   +-------------------------------+-------------------------------+\n"
        "   | data, 61 B  a text that is a good deal longer than the ~ seen |\n"
        "   +---------------------------------------------------------------+\n");
    scene_close(scene);
}

static void a_list_where_boxes_do_not_fit(void **state)
{
    struct event_message message = message_of("\x1b[31mred?");
    struct scene *scene = scene_of(40, 40, TEXT_UTF8, &message, "\x1b[31mred?");

    (void)state;
    assert_true(scene_shows(scene,
        "   Source port  50002, seen\n"
        "   Dest. port   4010, seen\n"
        "   Length       17 (8 + 9), seen\n"
        "   Checksum     0x4aa3, if it had one\n"
        "   IPv4         seen: TTL 64, TOS 0x00\n"));
    scene_close(scene);
}
// clang-format on

static void ipv6(void **state)
{
    struct event_message message = message_of("hello");

    (void)state;
    message.from = (struct endpoint){
        .family = ENDPOINT_IPV6, .address = {0x20, 1, 0x0d, 0xb8, [15] = 0x23}, .port = 50002};
    message.to = (struct endpoint){
        .family = ENDPOINT_IPV6, .address = {0x20, 1, 0x0d, 0xb8, [14] = 1, 8}, .port = 4010};
    message.traffic_class = 0x2e;
    struct scene *scene = scene_of(24, 80, TEXT_UTF8, &message, "hello");
    assert_true(scene_shows(scene, "checksum 0x8c68 reconstructed"));
    assert_true(
        scene_shows(scene, "IPv6         seen: hop limit 64, traffic class 0x2e (DSCP 11, ECN 2)"));
    assert_true(scene_shows(scene, "version 6"));
    scene_close(scene);
}

/* Our own datagrams go in the other direction, and their TTL is not reported. */
static void sent_by_hand(void **state)
{
    struct event_message message = message_of("hi");

    (void)state;
    message.status = ACK_MANUAL;
    message.number = 0;
    message.hop_limit = message.traffic_class = EVENT_UNKNOWN;
    struct scene *scene = scene_of(24, 80, TEXT_UTF8, &message, "hi");
    assert_true(scene_shows(scene, "source port 4010 "));
    assert_true(scene_shows(scene, "destination port 50002 "));
    assert_true(scene_shows(scene, "checksum 0x42ab reconstructed"));
    assert_true(scene_shows(scene, "IPv4         seen: both addresses\n"));
    assert_true(scene_shows(scene, "not known: TTL, TOS\n"));
    scene_close(scene);
}

/* ---- no checksum without all that it is made over */

static void expect_no_checksum(const struct event_message *message, const char *why)
{
    struct scene *scene = scene_of(24, 80, TEXT_UTF8, message, "hello");

    assert_true(scene_shows(scene, "checksum            not known"));
    assert_true(scene_shows(scene, why));
    assert_false(scene_shows(scene, "checksum 0x"));
    assert_false(scene_shows(scene, "pseudo-header"));
    scene_close(scene);
}

static void no_checksum(void **state)
{
    struct event_message cut = message_of("hello"), dropped = cut, corrupt = cut, nowhere = cut;

    (void)state;
    cut.flags = MESSAGE_TRUNCATED;
    expect_no_checksum(&cut, "Checksum     not known: the receive buffer cut the data off");
    expect_no_checksum(&cut, "length over 13");
    dropped.size_bytes = 1000;
    expect_no_checksum(&dropped, "only part of the data is kept");
    expect_no_checksum(&dropped, "length 1008 (8 + 1000)");
    corrupt.fate.requests[1].corrupt = true;
    expect_no_checksum(&corrupt, "an impairment flipped a bit");
    memset(nowhere.to.address, 0, sizeof nowhere.to.address);
    expect_no_checksum(&nowhere, "the socket did not report our address");
    expect_no_checksum(&nowhere, "not known: our address");
}

/* With --privacy neither the client's port nor what its address could be found from. */
static void privacy(void **state)
{
    struct event_message message = message_of("hello");
    struct model_config config = {.title = "udptui serve",
                                  .listening = "[::]:4010",
                                  .clients_max = 16,
                                  .history_messages = 16,
                                  .privacy = true};
    struct scene *scene = scene_open(24, 80, TEXT_UTF8, 16);

    (void)state;
    model_close(scene->model);
    scene->model = model_open(&config);
    assert_non_null(scene->model);
    model_resize(scene->model, 24, 80);
    open_detail(scene, &message, "hello");
    assert_true(scene_shows(scene, "source port hidden"));
    assert_true(scene_shows(scene, "destination port 4010"));
    assert_true(scene_shows(scene, "not known: the address that it covers is hidden"));
    assert_false(scene_shows(scene, "checksum 0x"));
    scene_close(scene);
}

/* ---- what a capture holds */

static void expect_seen(uint8_t status, uint16_t value, const char *field, const char *note)
{
    struct event_message message = message_of("hello");

    message.checksum = (struct checksum_seen){.value = value, .status = status};
    message.flags = MESSAGE_REPLAYED;
    struct scene *scene = scene_of(24, 80, TEXT_UTF8, &message, "hello");
    assert_true(scene_shows(scene, field));
    assert_true(scene_shows(scene, note));
    assert_true(scene_shows(scene, "both addresses, version\n"));
    scene_close(scene);
}

static void seen_checksums(void **state)
{
    (void)state;
    expect_seen(CHECKSUM_GOOD, 0x673c, "checksum 0x673c good     seen", "");
    expect_seen(CHECKSUM_BAD, 0xdead, "checksum 0xdead bad      seen",
                "Checksum     BAD: 0x673c belongs to this data");
    expect_seen(CHECKSUM_NONE, 0, "checksum 0x0000 none     seen", "Checksum     none: ");
    expect_seen(CHECKSUM_PARTIAL, 0x8208, "checksum 0x8208 partial  seen",
                "Checksum     partial: captured before the network card");
    expect_seen(CHECKSUM_UNKNOWN, 0x1234, "checksum 0x1234 unknown  seen",
                "Checksum     cannot be checked: ");
}

static void a_bad_one_is_marked_in_the_list(void **state)
{
    struct event_message message = message_of("hello");

    (void)state;
    message.checksum = (struct checksum_seen){.value = 0xdead, .status = CHECKSUM_BAD};
    message.flags = MESSAGE_REPLAYED;
    struct scene *scene = scene_of(24, 80, TEXT_UTF8, &message, "hello");
    scene_key(scene, 27);
    assert_true(scene_shows(scene, "BAD CHECKSUM hello"));
    message.ack_checksum = message.checksum;
    message.checksum.status = CHECKSUM_GOOD;
    message.number++;
    open_detail(scene, &message, "hello");
    scene_key(scene, 27);
    assert_true(scene_shows(scene, "acked 31 us, BAD SUM"));
    scene_close(scene);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(boxes),
    cmocka_unit_test(boxes_in_ascii),
    cmocka_unit_test(a_list_where_boxes_do_not_fit),
    cmocka_unit_test(ipv6),
    cmocka_unit_test(sent_by_hand),
    cmocka_unit_test(no_checksum),
    cmocka_unit_test(privacy),
    cmocka_unit_test(seen_checksums),
    cmocka_unit_test(a_bad_one_is_marked_in_the_list),
};

const struct suite suite_serve_anatomy = {
    .name = "serve_anatomy", .tests = tests, .count = sizeof tests / sizeof *tests};
