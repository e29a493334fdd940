/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* endpoint: equality, order, hash and classes of addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "../judge.h"
#include "udptui/proto/endpoint.h"

static struct endpoint parsed(const char *text)
{
    struct endpoint_spec spec;

    if (endpoint_split(text, &spec) != ENDPOINT_OK || !spec.is_literal)
        fail_msg("no address: %s", text);
    return spec.literal;
}

/* ---- equality and order */

static void test_every_byte_makes_a_difference(void **state)
{
    const struct endpoint a = parsed("[2001:db8::1]:4010");

    (void)state;
    assert_true(endpoint_equal(&a, &a));
    for (size_t i = 0; i < sizeof a; i++) {
        struct endpoint b = a;
        ((uint8_t *)&b)[i] ^= 1;
        assert_false(endpoint_equal(&a, &b));
        assert_false(endpoint_equal(&b, &a));
    }
}

static void test_same_address_whatever_the_port(void **state)
{
    struct endpoint a = parsed("192.0.2.1:1"), b = parsed("192.0.2.1:2");

    (void)state;
    assert_true(endpoint_same_address(&a, &b));
    assert_false(endpoint_equal(&a, &b));
    b.address[3]++;
    assert_false(endpoint_same_address(&a, &b));
    a = b = parsed("[fe80::1]:1");
    b.scope = 3;
    assert_false(endpoint_same_address(&a, &b));
    a = parsed("1.0.0.0"), b = parsed("100::"); /* the same bytes */
    assert_int_equal(a.address[0], b.address[0]);
    assert_false(endpoint_same_address(&a, &b));
}

static void test_order_for_a_reader(void **state)
{
    static const char *const sorted[] = {
        "0.0.0.0:1",       "9.255.255.255:1", "10.0.0.1:1",  "10.0.0.1:9",
        "10.0.0.1:65535",  "192.0.2.1:1",     "[::]:1",      "[::1]:1",
        "[2001:db8::]:80", "[2001:db8::]:81", "[fe80::1]:1",
    };
    const size_t count = sizeof sorted / sizeof *sorted;

    (void)state;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++) {
            struct endpoint a = parsed(sorted[i]), b = parsed(sorted[j]);
            int order = endpoint_compare(&a, &b);
            assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
        }
}

static void test_order_by_zone_before_port(void **state)
{
    struct endpoint a = parsed("[fe80::1]:9"), b = parsed("[fe80::1]:1");

    (void)state;
    a.scope = 1;
    b.scope = 2;
    assert_true(endpoint_compare(&a, &b) < 0);
    assert_true(endpoint_compare(&b, &a) > 0);
}

/* ---- hash */

/* Known answers of SipHash-1-3 from an implementation that is not ours: Python 3.11's hash() of the
 * 24 bytes, for the keys of PYTHONHASHSEED 0, 1 and 4010. */
static void test_hash_is_siphash(void **state)
{
    struct endpoint link_local = parsed("[fe80::1]:65535");
    const struct endpoint none = {.family = ENDPOINT_NONE}, ipv4 = parsed("192.0.2.1:4010");
    const struct hash_key zero = {0, 0},
                          one = {UINT64_C(0xaed66ce184be2329), UINT64_C(0xebe9bbf1f1499052)},
                          other = {UINT64_C(0x194ea0bac575dd4d), UINT64_C(0x21a4c832b80ddc67)};

    (void)state;
    link_local.scope = 7;
    assert_true(endpoint_hash(&none, &zero) == UINT64_C(0xf9003207cf9e4d4c));
    assert_true(endpoint_hash(&ipv4, &zero) == UINT64_C(0xc2f485cd119fa8df));
    assert_true(endpoint_hash(&ipv4, &one) == UINT64_C(0x95da3362dca9e05b));
    assert_true(endpoint_hash(&link_local, &other) == UINT64_C(0x87b741ad5c3852a6));
}

/* Each bit of the endpoint (but the byte that is always 0) and of the key turns about half the
 * bits of the hash. */
static void test_hash_mixes_every_bit(void **state)
{
    const struct endpoint a = parsed("[2001:db8::1]:4010");
    const struct hash_key key = {1, 2};
    const uint64_t hash = endpoint_hash(&a, &key);

    (void)state;
    for (size_t bit = 0; bit < 23 * 8; bit++) {
        struct endpoint b = a;
        ((uint8_t *)&b)[bit / 8] ^= (uint8_t)(1 << bit % 8);
        int turned = __builtin_popcountll(hash ^ endpoint_hash(&b, &key));
        assert_in_range(turned, 14, 50);
    }
    for (size_t bit = 0; bit < 128; bit++) {
        struct hash_key other = key;
        *(bit < 64 ? &other.k0 : &other.k1) ^= UINT64_C(1) << bit % 64;
        int turned = __builtin_popcountll(hash ^ endpoint_hash(&a, &other));
        assert_in_range(turned, 14, 50);
    }
}

/* Neighbouring addresses, as a network has them, fill a table evenly by the low bits. */
static void test_hash_spreads_neighbours(void **state)
{
    const struct hash_key key = {3, 4};
    struct endpoint a = parsed("10.0.0.0:4010");
    unsigned filled[256] = {0};

    (void)state;
    for (unsigned i = 0; i < 65536; i++) {
        a.address[2] = (uint8_t)(i >> 8);
        a.address[3] = (uint8_t)i;
        filled[endpoint_hash(&a, &key) % 256]++;
    }
    for (size_t i = 0; i < 256; i++)
        assert_in_range(filled[i], 256 - 100, 256 + 100);
}

/* ---- classes */

static void test_public(void **state)
{
    /* Each range from its first to its last address, and the neighbours outside. */
    static const struct {
        const char *address;
        bool is_public;
    } cases[] = {
        {"0.0.0.0", false},
        {"0.255.255.255", false},
        {"1.0.0.0", true},
        {"9.255.255.255", true},
        {"10.0.0.0", false},
        {"10.255.255.255", false},
        {"11.0.0.0", true},
        {"100.63.255.255", true},
        {"100.64.0.0", false},
        {"100.127.255.255", false},
        {"100.128.0.0", true},
        {"126.255.255.255", true},
        {"127.0.0.0", false},
        {"127.255.255.255", false},
        {"128.0.0.0", true},
        {"169.253.255.255", true},
        {"169.254.0.0", false},
        {"169.254.255.255", false},
        {"169.255.0.0", true},
        {"172.15.255.255", true},
        {"172.16.0.0", false},
        {"172.31.255.255", false},
        {"172.32.0.0", true},
        {"192.0.1.255", true},
        {"192.0.2.0", false},
        {"192.0.2.255", false},
        {"192.0.3.0", true},
        {"192.167.255.255", true},
        {"192.168.0.0", false},
        {"192.168.255.255", false},
        {"192.169.0.0", true},
        {"198.51.99.255", true},
        {"198.51.100.0", false},
        {"198.51.100.255", false},
        {"198.51.101.0", true},
        {"203.0.112.255", true},
        {"203.0.113.0", false},
        {"203.0.113.255", false},
        {"203.0.114.0", true},
        {"8.8.8.8", true},
        {"255.255.255.255", true},
        {"::", false},
        {"::1", false},
        {"::2", true},
        {"0:0:0:1::", true},
        {"2001:db7:ffff::", true},
        {"2001:db8::", false},
        {"2001:db8:ffff::ffff", false},
        {"2001:db9::", true},
        {"2606:4700::1111", true},
        {"fbff::", true},
        {"fc00::", false},
        {"fdff:ffff::1", false},
        {"fe00::", true},
        {"fe7f:ffff::", true},
        {"fe80::", false},
        {"febf:ffff::1", false},
        {"fec0::", true},
        {"::ffff:10.0.0.1", false},
        {"::ffff:8.8.8.8", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct endpoint endpoint = parsed(cases[i].address);
        if (endpoint_is_public(&endpoint) != cases[i].is_public)
            fail_msg("%s", cases[i].address);
    }
}

/* What is not known is not trusted. */
static void test_no_address_is_public_and_nothing_else(void **state)
{
    const struct endpoint none = {.family = ENDPOINT_NONE};

    (void)state;
    assert_true(endpoint_is_public(&none));
    assert_false(endpoint_is_loopback(&none));
    assert_false(endpoint_is_multicast(&none));
    assert_false(endpoint_is_unspecified(&none));
}

static void test_loopback_multicast_unspecified(void **state)
{
    static const struct {
        const char *address;
        bool loopback, multicast, unspecified;
    } cases[] = {
        {"127.0.0.1", true, false, false},
        {"127.255.255.255", true, false, false},
        {"126.255.255.255", false, false, false},
        {"128.0.0.0", false, false, false},
        {"::1", true, false, false},
        {"::2", false, false, false},
        {"1::1", false, false, false},
        {"223.255.255.255", false, false, false},
        {"224.0.0.0", false, true, false},
        {"239.255.255.255", false, true, false},
        {"240.0.0.0", false, false, false},
        {"255.255.255.255", false, false, false},
        {"ff00::", false, true, false},
        {"ff02::1", false, true, false},
        {"ffff::", false, true, false},
        {"feff::", false, false, false},
        {"0.0.0.0", false, false, true},
        {"0.0.0.1", false, false, false},
        {"::", false, false, true},
        {"1::", false, false, false},
        {"::ffff:127.0.0.1", true, false, false},
        {"::ffff:0.0.0.0", false, false, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct endpoint endpoint = parsed(cases[i].address);
        if (endpoint_is_loopback(&endpoint) != cases[i].loopback ||
            endpoint_is_multicast(&endpoint) != cases[i].multicast ||
            endpoint_is_unspecified(&endpoint) != cases[i].unspecified)
            fail_msg("%s", cases[i].address);
    }
}

static void test_what_one_host_can_have(void **state)
{
    static const struct {
        const char *address;
        bool host;
    } cases[] = {
        {"127.0.0.1", true},
        {"192.168.0.1", true},
        {"8.8.8.8", true},
        {"223.255.255.255", true},
        {"0.0.0.0", false},
        {"0.255.255.255", false},
        {"1.0.0.0", true},
        {"224.0.0.0", false},
        {"239.1.2.3", false},
        {"240.0.0.0", false},
        {"255.255.255.255", false},
        {"::1", true},
        {"::", false},
        {"::2", false},
        {"::7f00:1", false},
        {"::1:0:0", true},
        {"fe80::1", true},
        {"2001:db8::1", true},
        {"ff02::1", false},
    };
    const struct endpoint mapped = {.family = ENDPOINT_IPV6,
                                    .address = {[10] = 0xff, 0xff, 127, 0, 0, 1}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct endpoint endpoint = parsed(cases[i].address);
        if (endpoint_is_host(&endpoint) != cases[i].host)
            fail_msg("%s", cases[i].address);
    }
    assert_false(endpoint_is_host(&mapped));
}

static void test_prefix(void **state)
{
    struct endpoint endpoint = parsed("[2001:db8:1:2:3:4:5:6]:4010"),
                    wanted = parsed("2001:db8:1:2::");
    struct endpoint prefix;

    (void)state;
    endpoint.scope = 5;
    wanted.port = 0;
    prefix = endpoint_prefix(&endpoint, 64);
    assert_true(endpoint_equal(&prefix, &wanted));
    endpoint = parsed("198.51.100.7:4010");
    wanted = endpoint;
    wanted.port = 0;
    prefix = endpoint_prefix(&endpoint, 32);
    assert_true(endpoint_equal(&prefix, &wanted));
    wanted = parsed("198.51.96.0:4010");
    wanted.port = 0;
    prefix = endpoint_prefix(&endpoint, 20);
    assert_true(endpoint_equal(&prefix, &wanted));
}

static void test_what_is_reached(void **state)
{
    static const struct {
        const char *text, *reached;
    } rows[] = {{"0.0.0.0:9", "127.0.0.1:9"},
                {"[::]:9", "[::1]:9"},
                {"0.0.0.1:9", "0.0.0.1:9"},
                {"192.0.2.1:9", "192.0.2.1:9"},
                {"[2001:db8::]:9", "[2001:db8::]:9"}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct endpoint endpoint = parsed(rows[i].text), wanted = parsed(rows[i].reached);
        const struct endpoint reached = endpoint_reached(&endpoint);
        assert_true(endpoint_equal(&reached, &wanted));
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_every_byte_makes_a_difference),
    cmocka_unit_test(test_same_address_whatever_the_port),
    cmocka_unit_test(test_order_for_a_reader),
    cmocka_unit_test(test_order_by_zone_before_port),
    cmocka_unit_test(test_hash_is_siphash),
    cmocka_unit_test(test_hash_mixes_every_bit),
    cmocka_unit_test(test_hash_spreads_neighbours),
    cmocka_unit_test(test_public),
    cmocka_unit_test(test_no_address_is_public_and_nothing_else),
    cmocka_unit_test(test_loopback_multicast_unspecified),
    cmocka_unit_test(test_what_is_reached),
    cmocka_unit_test(test_what_one_host_can_have),
    cmocka_unit_test(test_prefix),
};

const struct suite suite_endpoint = {
    .name = "endpoint", .tests = tests, .count = sizeof tests / sizeof *tests};
