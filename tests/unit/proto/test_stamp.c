/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stamp: packets byte by byte as the RFC's figures have them, times and error estimates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"
#include "udptui/proto/stamp.h"

static const int64_t ns_per_s = 1000000000;

/* ---- times */

static void known_times(void **state)
{
    static const struct {
        int64_t wall_ns;
        uint64_t time;
    } rows[] = {
        {0, UINT64_C(2208988800) << 32},
        {500000000, UINT64_C(2208988800) << 32 | 0x80000000},
        {-1000000000, UINT64_C(2208988799) << 32},
        {-250000000, UINT64_C(2208988799) << 32 | 0xc0000000},
        {INT64_C(2085978496) * 1000000000, 0}, /* era 1 begins: 2036-02-07T06:28:16Z */
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(stamp_time(rows[i].wall_ns), rows[i].time);
        assert_int_equal(stamp_wall_ns(rows[i].time), rows[i].wall_ns);
    }
}

static void every_nanosecond_there_and_back(void **state)
{
    (void)state;
    for (int64_t ns = 0; ns < ns_per_s; ns += 997) {
        int64_t wall_ns = INT64_C(1790000000) * ns_per_s + ns;
        assert_int_equal(stamp_wall_ns(stamp_time(wall_ns)), wall_ns);
    }
}

static void a_ptp_timestamp_has_nanoseconds(void **state)
{
    const struct stamp_error ptp = {.ptp = true}, ntp = {.ptp = false};
    uint64_t time = UINT64_C(1790000000) << 32 | 5;

    (void)state;
    assert_int_equal(stamp_wall_ns_of(time, &ptp), INT64_C(1790000000) * ns_per_s + 5);
    assert_int_equal(stamp_wall_ns_of(time, &ntp), stamp_wall_ns(time));
}

/* ---- error estimates */

/* The error that the estimate stands for, rounded up, at most INT64_MAX. */
static int64_t error_ns_of(const struct stamp_error *error)
{
    uint64_t multiplier = error->multiplier;
    unsigned scale = error->scale;

    if (scale <= 24) /* the product has 62 bits at most */
        return (int64_t)(((multiplier << scale) * (uint64_t)ns_per_s + UINT32_MAX) >> 32);
    if (scale <= 32)
        return (int64_t)(((multiplier << (scale - 24)) * (uint64_t)ns_per_s + UINT8_MAX) >> 8);
    if (multiplier << (scale - 32) > (uint64_t)(INT64_MAX / ns_per_s))
        return INT64_MAX;
    return (int64_t)(multiplier << (scale - 32)) * ns_per_s;
}

/* The estimate is never too small, and at most 1/128 too large once it is above the smallest
 * one. */
static void an_error_is_never_understated(void **state)
{
    (void)state;
    for (uint64_t ns = 0; ns < INT64_MAX / 3; ns = ns * 3 / 2 + 1) {
        struct stamp_error error = stamp_error_of(true, (int64_t)ns);
        int64_t back_ns = error_ns_of(&error);
        assert_true(error.multiplier > 0);
        assert_true(back_ns >= (int64_t)ns);
        assert_true((uint64_t)back_ns - ns <= 1 + ns / 64);
    }
}

static void errors_at_the_ends(void **state)
{
    const struct stamp_error least = {.scale = 0, .multiplier = 1};
    const struct stamp_error most = {.scale = 63, .multiplier = 255};
    struct stamp_error error = stamp_error_of(false, -5);

    (void)state;
    assert_int_equal(error_ns_of(&least), 1);
    assert_int_equal(error_ns_of(&most), INT64_MAX);
    assert_int_equal(error.scale, 0);
    assert_int_equal(error.multiplier, 1);
    assert_false(error.synchronised);
    error = stamp_error_of(true, INT64_MAX);
    assert_true(error_ns_of(&error) >= INT64_MAX - INT64_MAX / 64);
}

/* ---- packets */

static const uint8_t plain_request[STAMP_BYTES] = {
    0x00, 0x00, 0x00, 0x07,                         /* sequence number */
    0xea, 0x12, 0x34, 0x56, 0x80, 0x00, 0x00, 0x00, /* timestamp */
    0x8e, 0x02,                                     /* error estimate: S, scale 14, multiplier 2 */
    0xbe, 0xef,                                     /* SSID; the rest must be zero */
};

static void a_request_is_written_as_in_the_rfc(void **state)
{
    const struct stamp_request request = {
        .sequence = 7,
        .sent = UINT64_C(0xea12345680000000),
        .error = {.synchronised = true, .scale = 14, .multiplier = 2},
        .session = 0xbeef};
    uint8_t out[64];

    (void)state;
    memset(out, 0xaa, sizeof out);
    stamp_write_request(&request, out, sizeof out);
    assert_memory_equal(out, plain_request, STAMP_BYTES);
}

static void what_follows_a_request_is_marked_as_padding(void **state)
{
    const struct stamp_request request = {.sequence = 7};
    static const uint8_t header[] = {0x80, 1, 0, 16}; /* flags, type, length */
    uint8_t out[64];

    (void)state;
    memset(out, 0xaa, sizeof out);
    stamp_write_request(&request, out, sizeof out);
    assert_memory_equal(out + STAMP_BYTES, header, sizeof header);
    for (size_t i = STAMP_BYTES + sizeof header; i < sizeof out; i++)
        assert_int_equal(out[i], 0);
    for (size_t size = STAMP_BYTES + 1; size < STAMP_BYTES + sizeof header; size++) {
        memset(out, 0xaa, sizeof out);
        stamp_write_request(&request, out, size);
        for (size_t i = STAMP_BYTES; i < sizeof out; i++)
            assert_int_equal(out[i], i < size ? 0 : 0xaa);
    }
}

static void a_request_is_read(void **state)
{
    struct stamp_request request;

    (void)state;
    for (size_t size = 0; size <= STAMP_BYTES; size++) {
        bool read = stamp_parse_request(plain_request, size, &request);
        assert_int_equal(read, size >= STAMP_REQUEST_MIN);
        if (!read)
            continue;
        assert_int_equal(request.sequence, 7);
        assert_int_equal(request.sent, UINT64_C(0xea12345680000000));
        assert_true(request.error.synchronised && !request.error.ptp);
        assert_int_equal(request.error.scale, 14);
        assert_int_equal(request.error.multiplier, 2);
        assert_int_equal(request.session, size >= 16 ? 0xbeef : 0);
    }
}

static const struct stamp_reply plain_reply = {
    .sequence = 3,
    .sent = UINT64_C(0xea12345700000001),
    .error = {.synchronised = false, .ptp = true, .scale = 1, .multiplier = 0},
    .received = UINT64_C(0xea123456ffffffff),
    .request_ttl = 63};

static void a_reply_is_written_as_in_the_rfc(void **state)
{
    static const uint8_t expected[STAMP_BYTES] = {
        0x00, 0x00, 0x00, 0x03,                         /* sequence number */
        0xea, 0x12, 0x34, 0x57, 0x00, 0x00, 0x00, 0x01, /* timestamp */
        0x41, 0x01,                                     /* error estimate: Z; 0 is no multiplier */
        0xbe, 0xef,                                     /* SSID */
        0xea, 0x12, 0x34, 0x56, 0xff, 0xff, 0xff, 0xff, /* receive timestamp */
        0x00, 0x00, 0x00, 0x07,                         /* the sender's sequence number */
        0xea, 0x12, 0x34, 0x56, 0x80, 0x00, 0x00, 0x00, /* its timestamp */
        0x8e, 0x02, 0x00, 0x00,                         /* its error estimate, zero */
        0x3f, 0x00, 0x00, 0x00,                         /* its TTL, zero */
    };
    uint8_t out[STAMP_BYTES];

    (void)state;
    memset(out, 0xaa, sizeof out);
    stamp_write_reply(&plain_reply, plain_request, sizeof plain_request, out);
    assert_memory_equal(out, expected, sizeof expected);
}

/* Both are right: RFC 8762 section 4.6 has 44 for TWAMP Light senders of 14. */
static void a_short_request_gets_a_whole_reply(void **state)
{
    uint8_t out[STAMP_BYTES];
    struct stamp_reply reply;

    (void)state;
    assert_int_equal(stamp_reply_bytes(STAMP_REQUEST_MIN), STAMP_BYTES);
    stamp_write_reply(&plain_reply, plain_request, STAMP_REQUEST_MIN, out);
    assert_true(stamp_parse_reply(out, sizeof out, &reply));
    assert_int_equal(reply.session, 0);
    assert_int_equal(reply.request.sequence, 7);
    assert_int_equal(reply.request.error.multiplier, 2);
}

static void what_follows_comes_back(void **state)
{
    uint8_t request[1400], out[1400];

    (void)state;
    for (size_t i = 0; i < sizeof request; i++)
        request[i] = (uint8_t)(i * 7);
    assert_int_equal(stamp_reply_bytes(sizeof request), sizeof request);
    stamp_write_reply(&plain_reply, request, sizeof request, out);
    assert_memory_equal(out + STAMP_BYTES, request + STAMP_BYTES, sizeof out - STAMP_BYTES);
}

static void a_reply_is_read(void **state)
{
    uint8_t bytes[STAMP_BYTES];
    struct stamp_reply reply;

    (void)state;
    stamp_write_reply(&plain_reply, plain_request, sizeof plain_request, bytes);
    for (size_t size = 0; size <= sizeof bytes; size++) {
        bool read = stamp_parse_reply(bytes, size, &reply);
        assert_int_equal(read, size >= STAMP_REPLY_MIN);
        if (!read)
            continue;
        assert_int_equal(reply.sequence, 3);
        assert_int_equal(reply.sent, plain_reply.sent);
        assert_int_equal(reply.received, plain_reply.received);
        assert_true(reply.error.ptp);
        assert_int_equal(reply.session, 0xbeef);
        assert_int_equal(reply.request.sequence, 7);
        assert_int_equal(reply.request.sent, UINT64_C(0xea12345680000000));
        assert_int_equal(reply.request_ttl, size > 40 ? 63 : -1);
    }
}

static void a_ttl_that_is_not_known_is_255(void **state)
{
    struct stamp_reply reply = plain_reply;
    uint8_t out[STAMP_BYTES];

    (void)state;
    reply.request_ttl = -1;
    stamp_write_reply(&reply, plain_request, sizeof plain_request, out);
    assert_int_equal(out[40], 255);
}

static void the_time_of_sending_is_set_afterwards(void **state)
{
    uint8_t out[STAMP_BYTES];
    struct stamp_reply reply;
    int64_t wall_ns = INT64_C(1790000000123456789);

    (void)state;
    stamp_write_reply(&plain_reply, plain_request, sizeof plain_request, out);
    stamp_set_sent(out, wall_ns);
    assert_true(stamp_parse_reply(out, sizeof out, &reply));
    assert_int_equal(stamp_wall_ns(reply.sent), wall_ns);
    assert_int_equal(reply.sequence, 3);
    assert_int_equal(reply.received, plain_reply.received);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(known_times),
    cmocka_unit_test(every_nanosecond_there_and_back),
    cmocka_unit_test(a_ptp_timestamp_has_nanoseconds),
    cmocka_unit_test(an_error_is_never_understated),
    cmocka_unit_test(errors_at_the_ends),
    cmocka_unit_test(a_request_is_written_as_in_the_rfc),
    cmocka_unit_test(what_follows_a_request_is_marked_as_padding),
    cmocka_unit_test(a_request_is_read),
    cmocka_unit_test(a_reply_is_written_as_in_the_rfc),
    cmocka_unit_test(a_short_request_gets_a_whole_reply),
    cmocka_unit_test(what_follows_comes_back),
    cmocka_unit_test(a_reply_is_read),
    cmocka_unit_test(a_ttl_that_is_not_known_is_255),
    cmocka_unit_test(the_time_of_sending_is_set_afterwards),
};

const struct suite suite_stamp = {
    .name = "stamp", .tests = tests, .count = sizeof tests / sizeof *tests};
