/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exchanges: the datagrams of messages, in order of time, as they were on the wire. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include <unistd.h>

#include "udptui/base/units.h"
#include "udptui/capture/exchanges.h"
#include "udptui/capture/reader.h"
#include "udptui/proto/packet.h"

enum { MESSAGES = 500, LINK_TYPE_RAW = 101 };

static const int64_t start_ns = INT64_C(1700000000000000000);
static char path[64];

static int make_file(void **state)
{
    int fd;

    (void)state;
    snprintf(path, sizeof path, "/tmp/udptui-exchanges-XXXXXX");
    fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static struct capture_exchanges *open_exchanges(void)
{
    char error[CAPTURE_ERROR_SIZE];
    struct capture_exchanges *exchanges = capture_exchanges_create(path, true, error);

    assert_non_null(exchanges);
    return exchanges;
}

static struct event_message message_at(int64_t wall_ns, int64_t service_ns)
{
    return (struct event_message){
        .kind = EVENT_MESSAGE,
        .status = ACK_SENT,
        .hop_limit = 64,
        .traffic_class = EVENT_UNKNOWN,
        .wall_ns = wall_ns,
        .service_ns = service_ns,
        .size_bytes = 4,
        .stored_bytes = 4,
        .ack_bytes = 3,
        .ack_stored_bytes = 3,
        .from = {.family = ENDPOINT_IPV4, .address = {192, 0, 2, 1}, .port = 5},
        .to = {.family = ENDPOINT_IPV4, .address = {192, 0, 2, 2}, .port = 6}};
}

static void write_one(struct capture_exchanges *exchanges, const struct event_message *event)
{
    assert_true(
        capture_exchanges_write(exchanges, event, (const uint8_t *)"ping", (const uint8_t *)"ack"));
}

/* A datagram of the file: its payload as text, and when it was after the start. */
struct seen {
    int64_t after_ns;
    uint16_t source_port;
    char text[16];
};

static size_t read_file(struct seen *seen, size_t room)
{
    char error[CAPTURE_ERROR_SIZE];
    struct capture_reader *reader = capture_reader_open(path, error);
    struct blocks_frame frame;
    struct packet_parsed parsed;
    size_t count = 0;

    assert_non_null(reader);
    while (capture_reader_next(reader, &frame, error) == CAPTURE_FRAME) {
        assert_true(count < room);
        assert_int_equal(packet_parse(LINK_TYPE_RAW, frame.bytes, frame.captured_bytes, &parsed),
                         PACKET_UDP);
        seen[count].after_ns = frame.wall_ns - start_ns;
        seen[count].source_port = parsed.packet.source.port;
        snprintf(seen[count].text, sizeof seen[count].text, "%.*s", (int)parsed.packet.size_bytes,
                 (const char *)parsed.packet.payload);
        count++;
    }
    capture_reader_close(reader);
    return count;
}

/* Replies that come after later requests are in the file after them. */
static void test_in_order_of_time(void **state)
{
    static struct seen seen[2 * MESSAGES];
    struct capture_exchanges *exchanges = open_exchanges();
    uint64_t datagrams, expected = 0;
    int64_t now_ns = start_ns;

    (void)state;
    srand(7);
    for (int i = 0; i < MESSAGES; i++) {
        struct event_message event = message_at(now_ns += rand() % 4, rand() % 12);
        if (rand() % 5 == 0) {
            event.status = ACK_HELD;
            event.ack_bytes = event.ack_stored_bytes = 0;
        }
        expected += event.status == ACK_SENT ? 2 : 1;
        write_one(exchanges, &event);
    }
    assert_true(capture_exchanges_close(exchanges, &datagrams));
    assert_int_equal(datagrams, expected);
    assert_int_equal(read_file(seen, 2 * MESSAGES), expected);
    for (size_t i = 0; i < expected; i++) {
        assert_true(i == 0 || seen[i].after_ns >= seen[i - 1].after_ns);
        assert_string_equal(seen[i].text, seen[i].source_port == 5 ? "ping" : "ack");
    }
}

/* The kernel delivered "ping"; the simulated network turned a bit, and sent the ack twice. */
static void test_what_the_simulated_network_changed(void **state)
{
    struct seen seen[8];
    struct capture_exchanges *exchanges = open_exchanges();
    struct event_message event = message_at(start_ns, EVENT_UNKNOWN);
    uint64_t datagrams;

    (void)state;
    event.fate.requests[0] = (struct leg){.state = LEG_ARRIVED, .corrupt = true, .bit = 0};
    event.fate.acks[0] = (struct leg){.state = LEG_ARRIVED, .arrive_us = 9};
    event.fate.acks[1] =
        (struct leg){.state = LEG_ARRIVED, .arrive_us = 4, .corrupt = true, .bit = 8};
    event.fate.acks[2] = (struct leg){.state = LEG_LOST, .arrive_us = 1};
    assert_true(capture_exchanges_write(exchanges, &event, (const uint8_t *)"qing",
                                        (const uint8_t *)"ack"));
    assert_true(capture_exchanges_close(exchanges, &datagrams));
    assert_int_equal(read_file(seen, 8), 3);
    assert_string_equal(seen[0].text, "ping");
    assert_string_equal(seen[1].text, "abk");
    assert_int_equal(seen[1].after_ns, 4000);
    assert_string_equal(seen[2].text, "ack");
    assert_int_equal(seen[2].after_ns, 9000);
}

/* As it was received on one side, and each copy as it left the other. */
static void test_through_a_relay(void **state)
{
    struct seen seen[8];
    struct capture_exchanges *exchanges = open_exchanges();
    struct event_message event = message_at(start_ns, 2000);
    uint64_t datagrams;

    (void)state;
    event.ack_bytes = event.ack_stored_bytes = 0;
    event.status = ACK_FORWARDED;
    event.relayed = (struct event_relayed){.direction = DIRECTION_TO_TARGET,
                                           .target = event.to,
                                           .session = {.family = ENDPOINT_IPV4, .port = 7}};
    write_one(exchanges, &event);
    event.wall_ns += UNITS_NS_PER_MS;
    event.fate.requests[0] = (struct leg){.state = LEG_ARRIVED, .arrive_us = 9, .corrupt = true};
    event.fate.requests[1] = (struct leg){.state = LEG_LOST};
    event.relayed.direction = DIRECTION_TO_CLIENT;
    assert_true(capture_exchanges_write(exchanges, &event, (const uint8_t *)"qing", NULL));
    event.fate.requests[0].state = LEG_LOST;
    event.wall_ns += UNITS_NS_PER_MS;
    event.status = ACK_HELD;
    write_one(exchanges, &event);
    assert_true(capture_exchanges_close(exchanges, &datagrams));
    assert_int_equal(read_file(seen, 8), 5);
    assert_true(seen[0].source_port == 5 && seen[1].source_port == 7);
    assert_int_equal(seen[1].after_ns, 2000);
    assert_true(seen[2].source_port == 6 && seen[3].source_port == 6);
    assert_string_equal(seen[2].text, "ping");
    assert_string_equal(seen[3].text, "qing");
    assert_int_equal(seen[4].after_ns, 2 * UNITS_NS_PER_MS);
}

/* The first copy has the time at which it was sent, which is later than the simulated network let go
 * of it; no copy comes before it. */
static void test_copies_leave_when_they_were_sent(void **state)
{
    struct seen seen[8];
    struct capture_exchanges *exchanges = open_exchanges();
    struct event_message event = message_at(start_ns, 12345);
    uint64_t datagrams;

    (void)state;
    event.fate.requests[0] = (struct leg){.state = LEG_ARRIVED};
    event.fate.acks[0] = (struct leg){.state = LEG_ARRIVED, .arrive_us = 12};
    event.fate.acks[1] = (struct leg){.state = LEG_ARRIVED, .arrive_us = 9};
    event.fate.acks[2] = (struct leg){.state = LEG_ARRIVED, .arrive_us = 50};
    write_one(exchanges, &event);
    event.wall_ns += UNITS_NS_PER_MS;
    event.ack_bytes = event.ack_stored_bytes = 0;
    event.status = ACK_FORWARDED;
    event.relayed = (struct event_relayed){.direction = DIRECTION_TO_TARGET, .target = event.to};
    event.fate = (struct fate){.requests = {{.state = LEG_ARRIVED, .arrive_us = 12}}};
    write_one(exchanges, &event);
    assert_true(capture_exchanges_close(exchanges, &datagrams));
    assert_int_equal(read_file(seen, 8), 6);
    assert_int_equal(seen[1].after_ns, 12345);
    assert_int_equal(seen[2].after_ns, 12345);
    assert_int_equal(seen[3].after_ns, 50000);
    assert_int_equal(seen[5].after_ns, UNITS_NS_PER_MS + 12345);
}

/* A further reply of the server, to another port; through the simulated network, as it left it. */
static void test_further_replies(void **state)
{
    struct seen seen[8];
    struct capture_exchanges *exchanges = open_exchanges();
    struct event_message event = message_at(start_ns, EVENT_UNKNOWN);
    uint64_t datagrams;

    (void)state;
    event.status = ACK_MORE;
    event.ack_bytes = event.ack_stored_bytes = 0;
    write_one(exchanges, &event);
    event.fate.acks[0] = (struct leg){.state = LEG_LOST};
    write_one(exchanges, &event);
    event.fate.acks[1] = (struct leg){.state = LEG_ARRIVED, .arrive_us = 3, .corrupt = true};
    write_one(exchanges, &event);
    assert_true(capture_exchanges_close(exchanges, &datagrams));
    assert_int_equal(read_file(seen, 8), 2);
    assert_string_equal(seen[0].text, "ping");
    assert_string_equal(seen[1].text, "qing");
    assert_int_equal(seen[1].source_port, 6);
    assert_int_equal(seen[1].after_ns, 3000);
}

static void test_sent_by_hand(void **state)
{
    struct seen seen[8];
    struct capture_exchanges *exchanges = open_exchanges();
    struct event_message event = message_at(start_ns, EVENT_UNKNOWN);
    uint64_t datagrams;

    (void)state;
    event.status = ACK_MANUAL;
    event.ack_bytes = event.ack_stored_bytes = 0;
    write_one(exchanges, &event);
    assert_true(capture_exchanges_close(exchanges, &datagrams));
    assert_int_equal(read_file(seen, 8), 1);
    assert_int_equal(seen[0].source_port, 6); /* from the server */
}

/* It never left, neither from a server nor from a relay. */
static void test_not_sent_by_hand(void **state)
{
    struct seen seen[8];
    struct capture_exchanges *exchanges = open_exchanges();
    struct event_message event = message_at(start_ns, EVENT_UNKNOWN);
    uint64_t datagrams;

    (void)state;
    event.status = ACK_FAILED;
    event.ack_bytes = event.ack_stored_bytes = 0;
    write_one(exchanges, &event);
    event.relayed = (struct event_relayed){.direction = DIRECTION_TO_CLIENT};
    write_one(exchanges, &event);
    assert_true(capture_exchanges_close(exchanges, &datagrams));
    assert_int_equal(datagrams, 0);
    assert_int_equal(read_file(seen, 8), 0);
}

/* The header is written first: the file is not even made. */
static void test_a_full_disk_is_reported(void **state)
{
    char error[CAPTURE_ERROR_SIZE];

    (void)state;
    assert_null(capture_exchanges_create("/dev/full", true, error));
    assert_non_null(strstr(error, "/dev/full: "));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_in_order_of_time, make_file, remove_file),
    cmocka_unit_test_setup_teardown(test_what_the_simulated_network_changed, make_file,
                                    remove_file),
    cmocka_unit_test_setup_teardown(test_through_a_relay, make_file, remove_file),
    cmocka_unit_test_setup_teardown(test_copies_leave_when_they_were_sent, make_file, remove_file),
    cmocka_unit_test_setup_teardown(test_further_replies, make_file, remove_file),
    cmocka_unit_test_setup_teardown(test_sent_by_hand, make_file, remove_file),
    cmocka_unit_test_setup_teardown(test_not_sent_by_hand, make_file, remove_file),
    cmocka_unit_test(test_a_full_disk_is_reported),
};

const struct suite suite_exchanges = {
    .name = "exchanges", .tests = tests, .count = sizeof tests / sizeof *tests};
