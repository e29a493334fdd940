/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* icmp: send times, one by one and many a call, and errors between them. */
#include "udptui/net/icmp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <errno.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/net/batch.h"
#include "udptui/net/udp.h"
#include "udptui/sys/clock.h"

enum { ITEMS = 8, SIZE_BYTES = 16 };

/* A port on loopback on which something listens, or nothing; a client of it. */
struct fixture {
    struct udp_socket server, client;
    struct batch_sender *sender;
    struct batch_item items[ITEMS];
    uint8_t payload[ITEMS * SIZE_BYTES];
};

static void open_fixture(struct fixture *fixture, const struct udp_options *options)
{
    const struct endpoint any = {.family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}};
    const struct udp_options plain = {.dual_stack = false};
    char error[UDP_ERROR_SIZE];

    memset(fixture, 0, sizeof *fixture);
    assert_true(udp_open_server(&any, &plain, &fixture->server, error));
    assert_true(
        udp_open_client(&fixture->server.local, &any, false, options, &fixture->client, error));
    fixture->sender = batch_sender_open(ITEMS);
    assert_non_null(fixture->sender);
    for (size_t i = 0; i < ITEMS; i++)
        fixture->items[i] = (struct batch_item){.peer = fixture->server.local,
                                                .bytes = fixture->payload,
                                                .size_bytes = SIZE_BYTES,
                                                .segment_bytes = SIZE_BYTES,
                                                .count = 1};
}

static void close_fixture(struct fixture *fixture)
{
    batch_sender_close(fixture->sender);
    udp_close(&fixture->client);
    udp_close(&fixture->server);
}

static void send_all(struct fixture *fixture)
{
    assert_int_equal(batch_send_first(fixture->sender, &fixture->client, fixture->items, ITEMS),
                     ITEMS);
}

/* Loopback stamps during the call. */
static void many_send_times_are_read_at_once(void **state)
{
    const struct udp_options options = {.send_stamps = true};
    struct icmp_reader *reader = icmp_reader_open(ITEMS - 3);
    const struct icmp_taken *taken;
    struct fixture fixture;
    uint32_t number = 0;

    (void)state;
    open_fixture(&fixture, &options);
    int64_t before_ns = clock_wall_ns();
    send_all(&fixture);
    int64_t after_ns = clock_wall_ns();
    for (size_t left = ITEMS, count; left > 0; left -= count) {
        count = icmp_reader_take(reader, &fixture.client, &taken);
        assert_int_equal(count, left < ITEMS - 3 ? left : ITEMS - 3);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(taken[i].kind, ICMP_STAMP);
            assert_int_equal(taken[i].stamp.number, number++);
            assert_in_range(taken[i].stamp.wall_ns, before_ns, after_ns);
        }
    }
    assert_int_equal(icmp_reader_take(reader, &fixture.client, &taken), 0);
    icmp_reader_close(reader);
    close_fixture(&fixture);
}

/* Those that ask for it alone have numbers. */
static void a_send_time_on_request(void **state)
{
    const struct udp_options options = {.stamps_on_request = true};
    struct icmp_error error;
    struct icmp_stamp stamp;
    struct fixture fixture;

    (void)state;
    open_fixture(&fixture, &options);
    for (uint32_t round = 0; round < 3; round++) {
        fixture.items[2 + round].stamp = true;
        send_all(&fixture);
        fixture.items[2 + round].stamp = false;
        assert_int_equal(icmp_take(&fixture.client, &error, &stamp), ICMP_STAMP);
        assert_int_equal(stamp.number, round);
        assert_int_equal(icmp_take(&fixture.client, &error, &stamp), ICMP_NOTHING);
    }
    close_fixture(&fixture);
}

/* The one of an item that leaves as several datagrams (UDP_SEGMENT) is one as well. */
static void a_send_time_of_segments(void **state)
{
    const struct udp_options options = {.stamps_on_request = true};
    struct icmp_error error;
    struct icmp_stamp stamp;
    struct fixture fixture;

    (void)state;
    open_fixture(&fixture, &options);
    const struct batch_item item = {.peer = fixture.server.local,
                                    .bytes = fixture.payload,
                                    .size_bytes = ITEMS * SIZE_BYTES,
                                    .segment_bytes = SIZE_BYTES,
                                    .count = ITEMS,
                                    .stamp = true};
    uint16_t sent;
    int result;
    batch_send(fixture.sender, &fixture.client, &item, 1, &sent, &result);
    assert_int_equal(sent, ITEMS);
    assert_int_equal(icmp_take(&fixture.client, &error, &stamp), ICMP_STAMP);
    assert_int_equal(icmp_take(&fixture.client, &error, &stamp), ICMP_NOTHING);
    close_fixture(&fixture);
}

static void errors_and_times_come_together(void **state)
{
    const struct udp_options options = {.send_stamps = true, .error_queue = true};
    struct icmp_reader *reader = icmp_reader_open(ITEMS);
    const struct icmp_taken *taken;
    struct fixture fixture;
    size_t kinds[ICMP_STAMP + 1] = {0}, count;

    (void)state;
    open_fixture(&fixture, &options);
    udp_close(&fixture.server);
    assert_int_equal(batch_send_first(fixture.sender, &fixture.client, fixture.items, 1), 1);
    count = icmp_reader_take(reader, &fixture.client, &taken);
    for (size_t i = 0; i < count; i++)
        kinds[taken[i].kind]++;
    assert_int_equal(count, 2);
    assert_int_equal(kinds[ICMP_STAMP], 1);
    assert_int_equal(kinds[ICMP_ERROR], 1);
    for (size_t i = 0; i < count; i++)
        if (taken[i].kind == ICMP_ERROR) {
            assert_int_equal(taken[i].error.error, ECONNREFUSED);
            assert_int_equal(taken[i].error.payload_bytes, SIZE_BYTES);
            assert_int_equal(taken[i].error.target.port, fixture.items[0].peer.port);
        }
    icmp_reader_close(reader);
    close_fixture(&fixture);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(many_send_times_are_read_at_once),
    cmocka_unit_test(a_send_time_on_request),
    cmocka_unit_test(a_send_time_of_segments),
    cmocka_unit_test(errors_and_times_come_together),
};

const struct suite suite_icmp = {
    .name = "icmp", .tests = tests, .count = sizeof tests / sizeof *tests};
