/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stun: the vectors of RFC 5769, and responses that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/proto/stun.h"

#define COOKIE 0x21, 0x12, 0xa4, 0x42
#define ID     0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae

static const uint8_t id[STUN_ID_BYTES] = {ID};

static struct stun_response parse(const uint8_t *bytes, size_t size_bytes)
{
    return stun_parse_response(bytes, size_bytes, id);
}

static void assert_sees(const uint8_t *bytes, size_t size_bytes, const char *expected)
{
    struct stun_response response = parse(bytes, size_bytes);
    char text[ENDPOINT_TEXT_SIZE];

    assert_int_equal(response.kind, STUN_SUCCESS);
    assert_string_equal(endpoint_format(&response.seen, text, sizeof text), expected);
}

static void a_request_is_a_header(void **state)
{
    static const uint8_t expected[STUN_REQUEST_BYTES] = {0, 1, 0, 0, COOKIE, ID};
    uint8_t request[STUN_REQUEST_BYTES];

    (void)state;
    stun_write_request(id, request);
    assert_memory_equal(request, expected, sizeof expected);
    assert_true(stun_is_request(request, sizeof request));
    assert_false(stun_is_request(request, sizeof request - 1));
    assert_int_equal(parse(request, sizeof request).kind, STUN_NOTHING);
    request[4] ^= 1;
    assert_false(stun_is_request(request, sizeof request));
}

/* RFC 5769 sections 2.2 and 2.3: SOFTWARE, then the address. */
static void the_vectors_of_rfc_5769(void **state)
{
    static const uint8_t ipv4[] = {0x01, 0x01, 0,    0x1c, COOKIE, ID,   0x80, 0x22, 0,
                                   0x0b, 't',  'e',  's',  't',    ' ',  'v',  'e',  'c',
                                   't',  'o',  'r',  ' ',  0,      0x20, 0,    8,    0,
                                   1,    0xa1, 0x47, 0xe1, 0x12,   0xa6, 0x43};
    static const uint8_t ipv6[] = {0x01, 0x01, 0,    0x18, COOKIE, ID,   0,    0x20, 0,    0x14,
                                   0,    2,    0xa1, 0x47, 0x01,   0x13, 0xa9, 0xfa, 0xa5, 0xd3,
                                   0xf1, 0x79, 0xbc, 0x25, 0xf4,   0xb5, 0xbe, 0xd2, 0xb9, 0xd9};

    (void)state;
    assert_sees(ipv4, sizeof ipv4, "192.0.2.1:32853");
    assert_sees(ipv6, sizeof ipv6, "[2001:db8:1234:5678:11:2233:4455:6677]:32853");
    for (size_t size_bytes = 0; size_bytes < sizeof ipv4; size_bytes++)
        assert_int_equal(parse(ipv4, size_bytes).kind, STUN_NOTHING);
}

static void a_plain_address_counts_less(void **state)
{
    static const uint8_t plain[] = {0x01, 0x01, 0, 12, COOKIE, ID,  0, 1, 0,
                                    8,    0,    1, 0,  53,     192, 0, 2, 7};
    static const uint8_t both[] = {0x01, 0x01, 0,    24,   COOKIE, ID,   0,    0x20, 0, 8,
                                   0,    1,    0xa1, 0x47, 0xe1,   0x12, 0xa6, 0x43, 0, 1,
                                   0,    8,    0,    1,    0,      53,   192,  0,    2, 7};

    (void)state;
    assert_sees(plain, sizeof plain, "192.0.2.7:53");
    assert_sees(both, sizeof both, "192.0.2.1:32853");
}

static void an_error_has_its_code(void **state)
{
    static const uint8_t error[] = {0x01, 0x11, 0, 8, COOKIE, ID, 0, 9, 0, 4, 0, 0, 4, 20};
    struct stun_response response = parse(error, sizeof error);

    (void)state;
    assert_int_equal(response.kind, STUN_ERROR);
    assert_int_equal(response.error_code, 420);
}

static void what_is_no_response_to_it_says_nothing(void **state)
{
    static const uint8_t long_value[] = {0x01, 0x01, 0, 4, COOKIE, ID, 0, 0x20, 0, 8};
    static const uint8_t family[] = {0x01, 0x01, 0, 12, COOKIE, ID, 0, 0x20, 0,
                                     8,    0,    9, 1,  2,      3,  4, 5,    6};
    uint8_t other[sizeof family];

    (void)state;
    assert_int_equal(parse(long_value, sizeof long_value).kind, STUN_NOTHING);
    assert_int_equal(parse(family, sizeof family).kind, STUN_SUCCESS);
    assert_int_equal(parse(family, sizeof family).seen.family, ENDPOINT_NONE);
    memcpy(other, family, sizeof other);
    other[STUN_REQUEST_BYTES - 1] ^= 1; /* another id */
    assert_int_equal(parse(other, sizeof other).kind, STUN_NOTHING);
    assert_int_equal(parse((const uint8_t *)"Message received", 16).kind, STUN_NOTHING);
}

static void our_response_says_who_asked(void **state)
{
    static const struct endpoint clients[] = {
        {.family = ENDPOINT_IPV4, .address = {203, 0, 113, 9}, .port = 65535},
        {.family = ENDPOINT_IPV6, .address = {0x20, 1, 0xd, 0xb8, [15] = 9}, .port = 1},
    };
    uint8_t request[STUN_REQUEST_BYTES], response[STUN_RESPONSE_MAX];

    (void)state;
    stun_write_request(id, request);
    for (size_t i = 0; i < 2; i++) {
        size_t size_bytes = stun_write_response(request, &clients[i], response);
        struct stun_response parsed = parse(response, size_bytes);
        assert_true(size_bytes <= sizeof response);
        assert_int_equal(parsed.kind, STUN_SUCCESS);
        assert_true(endpoint_equal(&parsed.seen, &clients[i]));
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_request_is_a_header),
    cmocka_unit_test(the_vectors_of_rfc_5769),
    cmocka_unit_test(a_plain_address_counts_less),
    cmocka_unit_test(an_error_has_its_code),
    cmocka_unit_test(what_is_no_response_to_it_says_nothing),
    cmocka_unit_test(our_response_says_who_asked),
};

const struct suite suite_stun = {
    .name = "stun", .tests = tests, .count = sizeof tests / sizeof *tests};
