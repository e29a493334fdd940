/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* endpoint_text: what people type, taken apart; what is written, and that it reads back the
 * same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "../judge.h"
#include "udptui/proto/endpoint.h"

/* ---- endpoint_split */

enum { NO_PORT = -1 };

static void test_split(void **state)
{
    static const struct {
        const char *text, *host, *zone;
        int port;            /* NO_PORT: none given */
        const char *literal; /* as endpoint_format_address writes it; NULL: a name or none */
    } cases[] = {
        {"", "", "", NO_PORT, NULL},
        {"192.168.0.108:4010", "192.168.0.108", "", 4010, "192.168.0.108"},
        {"192.168.0.108", "192.168.0.108", "", NO_PORT, "192.168.0.108"},
        {"[fe80::1%eth0]:4010", "fe80::1", "eth0", 4010, "fe80::1"},
        {"[fe80::1%eth0]", "fe80::1", "eth0", NO_PORT, "fe80::1"},
        {"fe80::1%eth0", "fe80::1", "eth0", NO_PORT, "fe80::1"},
        {"fe80::1%2", "fe80::1", "2", NO_PORT, "fe80::1"},
        {"fe80::1%eth0.100-x_y@if3", "fe80::1", "eth0.100-x_y@if3", NO_PORT, "fe80::1"},
        {"::1", "::1", "", NO_PORT, "::1"},
        {"::", "::", "", NO_PORT, "::"},
        {"[::]:0", "::", "", 0, "::"},
        {"[::1]", "::1", "", NO_PORT, "::1"},
        {"::1:4010", "::1:4010", "", NO_PORT, "::1:4010"}, /* an address: brackets for a port */
        {"2001:DB8:0:0:8:800:200C:417A", "2001:DB8:0:0:8:800:200C:417A", "", NO_PORT,
         "2001:db8::8:800:200c:417a"},
        {"host", "host", "", NO_PORT, NULL},
        {"host:53", "host", "", 53, NULL},
        {"my-host_2.example.org.:1", "my-host_2.example.org.", "", 1, NULL},
        {"b\xc3\xbc"
         "cher.example",
         "b\xc3\xbc"
         "cher.example",
         "", NO_PORT, NULL},
        {"3com.example", "3com.example", "", NO_PORT, NULL},
        {":4010", "", "", 4010, NULL},
        {":0", "", "", 0, NULL},
        {"4010", "", "", 4010, NULL},
        {"0", "", "", 0, NULL},
        {"65535", "", "", 65535, NULL},
        {"host:00053", "host", "", 53, NULL},
        {"::ffff:192.0.2.1", "::ffff:192.0.2.1", "", NO_PORT, "192.0.2.1"},
        {"[::ffff:c000:201]:53", "::ffff:c000:201", "", 53, "192.0.2.1"},
        {"64:ff9b::192.0.2.1", "64:ff9b::192.0.2.1", "", NO_PORT, "64:ff9b::c000:201"},
    };
    struct endpoint_spec spec;
    char text[ENDPOINT_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        memset(&spec, 0xa5, sizeof spec);
        if (endpoint_split(cases[i].text, &spec) != ENDPOINT_OK)
            fail_msg("refused: %s", cases[i].text);
        assert_string_equal(spec.host, cases[i].host);
        assert_string_equal(spec.zone, cases[i].zone);
        assert_int_equal(spec.has_port, cases[i].port != NO_PORT);
        assert_int_equal(spec.port, spec.has_port ? cases[i].port : ENDPOINT_DEFAULT_PORT);
        assert_int_equal(spec.is_literal, cases[i].literal != NULL);
        if (!spec.is_literal)
            continue;
        assert_string_equal(endpoint_format_address(&spec.literal, text, sizeof text),
                            cases[i].literal);
        assert_int_equal(spec.literal.port, spec.port);
        assert_int_equal(spec.literal.scope, 0);
        assert_int_equal(spec.literal.zero, 0);
    }
}

static void test_split_errors(void **state)
{
    static const struct {
        const char *text;
        enum endpoint_error error;
    } cases[] = {
        {"host:port", ENDPOINT_BAD_PORT},
        {"host:", ENDPOINT_BAD_PORT},
        {":", ENDPOINT_BAD_PORT},
        {"host:65536", ENDPOINT_BAD_PORT},
        {"host:-1", ENDPOINT_BAD_PORT},
        {"host:+1", ENDPOINT_BAD_PORT},
        {"host: 1", ENDPOINT_BAD_PORT},
        {"host:1 ", ENDPOINT_BAD_PORT},
        {"host:0x10", ENDPOINT_BAD_PORT},
        {"host:99999999999999999999", ENDPOINT_BAD_PORT},
        {"host:4294967297", ENDPOINT_BAD_PORT}, /* 2^32 + 1 */
        {"65536", ENDPOINT_BAD_PORT},
        {"192.0.2.1:99999", ENDPOINT_BAD_PORT},
        {"[::1]:", ENDPOINT_BAD_PORT},
        {"[::1]:x", ENDPOINT_BAD_PORT},
        {"[::1]:65536", ENDPOINT_BAD_PORT},
        {"[::1", ENDPOINT_BAD_BRACKET},
        {"[", ENDPOINT_BAD_BRACKET},
        {"[::1]4010", ENDPOINT_BAD_BRACKET},
        {"[::1]]:4010", ENDPOINT_BAD_BRACKET},
        {"[::1]::4010", ENDPOINT_BAD_PORT},
        {"[192.0.2.1]:4010", ENDPOINT_BAD_BRACKET},
        {"[host]:4010", ENDPOINT_BAD_BRACKET},
        {"[]", ENDPOINT_BAD_HOST},
        {"[]:4010", ENDPOINT_BAD_HOST},
        {"::1]", ENDPOINT_BAD_HOST},
        {"]", ENDPOINT_BAD_HOST},
        {":::", ENDPOINT_BAD_HOST},
        {"1::2::3", ENDPOINT_BAD_HOST},
        {"12345::", ENDPOINT_BAD_HOST},
        {"host:1:2", ENDPOINT_BAD_HOST},
        {"192.0.2", ENDPOINT_BAD_HOST},
        {"192.0.2.256", ENDPOINT_BAD_HOST},
        {"192.0.2.1.", ENDPOINT_BAD_HOST},
        {"192.0.2.01", ENDPOINT_BAD_HOST},
        {".", ENDPOINT_BAD_HOST},
        {"two words", ENDPOINT_BAD_HOST},
        {" host", ENDPOINT_BAD_HOST},
        {"ho\x1bst", ENDPOINT_BAD_HOST},
        {"host\n", ENDPOINT_BAD_HOST},
        {"user@host", ENDPOINT_BAD_HOST},
        {"udp//host", ENDPOINT_BAD_HOST},
        {"%eth0", ENDPOINT_BAD_HOST},
        {"fe80::1%", ENDPOINT_BAD_ZONE},
        {"[fe80::1%]:1", ENDPOINT_BAD_ZONE},
        {"192.0.2.1%eth0", ENDPOINT_BAD_ZONE},
        {"host%eth0", ENDPOINT_BAD_ZONE},
        {"::ffff:192.0.2.1%eth0", ENDPOINT_BAD_ZONE},
        {"fe80::1%et h0", ENDPOINT_BAD_ZONE},
        {"fe80::1%eth0:1", ENDPOINT_BAD_ZONE},
        {"fe80::1%eth0%1", ENDPOINT_BAD_ZONE},
        {"fe80::1%\x1b[2J", ENDPOINT_BAD_ZONE},
        {"fe80::1%0123456789012345678901234567890123456789", ENDPOINT_BAD_ZONE},
    };
    struct endpoint_spec spec;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        memset(&spec, 0xa5, sizeof spec);
        enum endpoint_error error = endpoint_split(cases[i].text, &spec);
        if (error != cases[i].error)
            fail_msg("%s: %d, not %d", cases[i].text, (int)error, (int)cases[i].error);
        assert_true(strlen(endpoint_error_text(error)) > 10);
        assert_non_null(memchr(spec.host, '\0', sizeof spec.host)); /* filled also on error */
        assert_non_null(memchr(spec.zone, '\0', sizeof spec.zone));
    }
}

static void test_split_longest_host(void **state)
{
    struct endpoint_spec spec;
    char text[ENDPOINT_HOST_SIZE + 8];

    (void)state;
    memset(text, 'h', sizeof text);
    strcpy(text + ENDPOINT_HOST_SIZE - 1, ":53");
    assert_int_equal(endpoint_split(text, &spec), ENDPOINT_OK);
    assert_int_equal(strlen(spec.host), ENDPOINT_HOST_SIZE - 1);
    assert_int_equal(spec.port, 53);
    memset(text, 'h', ENDPOINT_HOST_SIZE);
    strcpy(text + ENDPOINT_HOST_SIZE, ":53");
    assert_int_equal(endpoint_split(text, &spec), ENDPOINT_BAD_HOST);
}

/* Whatever is typed: an answer, and strings that end. */
static void test_split_random_text(void **state)
{
    static const char alphabet[] = "0123456789abcdef:::...[[]]%%-x \x80\x1b";
    uint64_t seed = 5;
    struct endpoint_spec spec;

    (void)state;
    for (int round = 0; round < 200000; round++) {
        char text[48] = "";
        size_t length = judge_random(&seed) % (sizeof text - 1);
        for (size_t i = 0; i < length; i++)
            text[i] = alphabet[judge_random(&seed) % (sizeof alphabet - 1)];
        memset(&spec, 0xa5, sizeof spec);
        enum endpoint_error error = endpoint_split(text, &spec);
        assert_in_range(error, ENDPOINT_OK, ENDPOINT_BAD_ZONE);
        assert_non_null(memchr(spec.host, '\0', sizeof spec.host));
        assert_non_null(memchr(spec.zone, '\0', sizeof spec.zone));
        if (error == ENDPOINT_OK && spec.is_literal)
            assert_true(spec.literal.family != ENDPOINT_NONE);
    }
}

/* ---- endpoint_format */

static struct endpoint ipv6_of(const uint16_t groups[8])
{
    struct endpoint endpoint = {.family = ENDPOINT_IPV6, .port = 4010};

    for (size_t i = 0; i < 8; i++) {
        endpoint.address[2 * i] = (uint8_t)(groups[i] >> 8);
        endpoint.address[2 * i + 1] = (uint8_t)groups[i];
    }
    return endpoint;
}

/* RFC 5952, section by section. */
static void test_format_ipv6(void **state)
{
    static const struct {
        uint16_t groups[8];
        const char *text;
    } cases[] = {
        {{0}, "::"},
        {{0, 0, 0, 0, 0, 0, 0, 1}, "::1"},
        {{1}, "1::"},
        {{0x2001, 0xdb8, 0, 0, 0, 0, 2, 1}, "2001:db8::2:1"},             /* 4.2.1 */
        {{0x2001, 0xdb8, 0, 1, 1, 1, 1, 1}, "2001:db8:0:1:1:1:1:1"},      /* 4.2.2 */
        {{0x2001, 0, 0, 1, 0, 0, 0, 1}, "2001:0:0:1::1"},                 /* 4.2.3 */
        {{0x2001, 0xdb8, 0, 0, 1, 0, 0, 1}, "2001:db8::1:0:0:1"},         /* 4.2.3, the first */
        {{0x2001, 0xdb8, 0xaaaa, 0xbbbb, 0xcccc, 0xdddd, 0xeeee, 0xaaaa}, /* 4.3 */
         "2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa"},
        {{0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff, 0xffff},
         "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
        {{1, 2, 3, 4, 5, 6, 7, 0}, "1:2:3:4:5:6:7:0"},
        {{0, 2, 3, 4, 5, 6, 7, 8}, "0:2:3:4:5:6:7:8"},
        {{1, 2, 3, 4, 5, 6, 0, 0}, "1:2:3:4:5:6::"},
        {{0, 0, 3, 4, 5, 6, 7, 8}, "::3:4:5:6:7:8"},
        {{0, 0, 0, 0, 0, 0, 1, 2}, "::1:2"},                      /* no IPv4 in it */
        {{0, 0, 0, 0, 0, 0xffff, 0x7f00, 1}, "::ffff:127.0.0.1"}, /* 5 */
        {{0, 0, 0, 0, 1, 0xffff, 0x7f00, 1}, "::1:ffff:7f00:1"},
        {{0, 0, 3, 0, 0, 6, 0, 0}, "::3:0:0:6:0:0"},
        {{0, 0, 3, 0, 0, 0, 7, 0}, "0:0:3::7:0"},
    };
    char text[ENDPOINT_TEXT_SIZE], wanted[ENDPOINT_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct endpoint endpoint = ipv6_of(cases[i].groups);
        assert_string_equal(endpoint_format_address(&endpoint, text, sizeof text), cases[i].text);
        snprintf(wanted, sizeof wanted, "[%s]:4010", cases[i].text);
        assert_string_equal(endpoint_format(&endpoint, text, sizeof text), wanted);
    }
}

static void test_format_the_rest(void **state)
{
    struct endpoint ipv4 = {.family = ENDPOINT_IPV4, .address = {192, 168, 0, 108}, .port = 4010};
    struct endpoint none = {.family = ENDPOINT_NONE};
    static const uint16_t ones[8] = {0xffff, 0xffff, 0xffff, 0xffff,
                                     0xffff, 0xffff, 0xffff, 0xffff};
    struct endpoint longest = ipv6_of(ones);
    char text[ENDPOINT_TEXT_SIZE];

    (void)state;
    assert_string_equal(endpoint_format(&ipv4, text, sizeof text), "192.168.0.108:4010");
    assert_string_equal(endpoint_format_address(&ipv4, text, sizeof text), "192.168.0.108");
    ipv4.port = 0;
    assert_string_equal(endpoint_format(&ipv4, text, sizeof text), "192.168.0.108:0");
    assert_string_equal(endpoint_format(&none, text, sizeof text), "-");
    assert_string_equal(endpoint_format_address(&none, text, sizeof text), "-");
    longest.scope = UINT32_MAX;
    longest.port = UINT16_MAX;
    assert_string_equal(endpoint_format(&longest, text, sizeof text),
                        "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295]:65535");
}

static void test_format_into_a_small_buffer(void **state)
{
    const struct endpoint ipv4 = {.family = ENDPOINT_IPV4, .address = {192, 0, 2, 1}, .port = 53};
    char out[32];

    (void)state;
    for (size_t size = 1; size < sizeof out; size++) {
        memset(out, '#', sizeof out);
        endpoint_format(&ipv4, out, size);
        assert_int_equal(out[size], '#');
        assert_memory_equal(out, "192.0.2.1:53", strlen(out));
        assert_int_equal(strlen(out), size <= 12 ? size - 1 : 12);
    }
}

/* ---- there and back */

static bool is_mapped(const struct endpoint *endpoint)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

    return memcmp(endpoint->address, mapped, sizeof mapped) == 0;
}

static struct endpoint random_endpoint(uint64_t *seed)
{
    struct endpoint endpoint = {.port = (uint16_t)judge_random(seed),
                                .family = judge_random(seed) % 2 ? ENDPOINT_IPV4 : ENDPOINT_IPV6};
    size_t length = endpoint.family == ENDPOINT_IPV4 ? 4 : 16;
    uint32_t holes = judge_random(seed); /* groups that are zero: :: in all places */

    for (size_t i = 0; i < length; i++)
        if (length == 4 || (holes >> i / 2 & 1) != 0)
            endpoint.address[i] = (uint8_t)judge_random(seed);
    if (is_mapped(&endpoint))
        endpoint.address[0] = 1;
    return endpoint;
}

static void test_random_endpoints_read_back(void **state)
{
    uint64_t seed = 6;
    struct endpoint_spec spec;
    char text[ENDPOINT_TEXT_SIZE], again[ENDPOINT_TEXT_SIZE];

    (void)state;
    for (int round = 0; round < 100000; round++) {
        struct endpoint endpoint = random_endpoint(&seed);
        assert_int_equal(endpoint_split(endpoint_format(&endpoint, text, sizeof text), &spec),
                         ENDPOINT_OK);
        if (!spec.is_literal || !endpoint_equal(&spec.literal, &endpoint))
            fail_msg("%s became %s", text, endpoint_format(&spec.literal, again, sizeof again));
        endpoint.port = ENDPOINT_DEFAULT_PORT;
        endpoint_split(endpoint_format_address(&endpoint, text, sizeof text), &spec);
        assert_true(spec.is_literal && endpoint_equal(&spec.literal, &endpoint));
    }
}

static void test_zone_reads_back(void **state)
{
    struct endpoint endpoint = {.family = ENDPOINT_IPV6, .address = {0xfe, 0x80}, .port = 1};
    struct endpoint_spec spec;
    char text[ENDPOINT_TEXT_SIZE];

    (void)state;
    endpoint.scope = 12;
    assert_string_equal(endpoint_format(&endpoint, text, sizeof text), "[fe80::%12]:1");
    assert_int_equal(endpoint_split(text, &spec), ENDPOINT_OK);
    assert_string_equal(spec.zone, "12");
}

/* ---- names of zones */

static const char *name_zone(uint32_t scope, char *out)
{
    static const char *const names[] = {[1] = "lo", [2] = "eth0", [3] = "\x1b[2J", [4] = "a]b"};

    return scope < 5 && names[scope] != NULL ? strcpy(out, names[scope]) : NULL;
}

static void test_zones_have_names(void **state)
{
    const struct zones zones = {.name = name_zone};
    const struct {
        uint32_t scope;
        const char *text;
    } cases[] = {
        {0, "[fe80::]:1"},   {1, "[fe80::%lo]:1"}, {2, "[fe80::%eth0]:1"},
        {3, "[fe80::%3]:1"}, {4, "[fe80::%4]:1"},  {7, "[fe80::%7]:1"},
    };
    struct endpoint endpoint = {.family = ENDPOINT_IPV6, .address = {0xfe, 0x80}, .port = 1};
    const struct endpoint group = {
        .family = ENDPOINT_IPV4, .address = {239, 1, 1, 1}, .scope = 2, .port = 4010};
    char text[ENDPOINT_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        endpoint.scope = cases[i].scope;
        assert_string_equal(endpoint_format_in(&endpoint, &zones, text, sizeof text),
                            cases[i].text);
    }
    assert_string_equal(endpoint_format_in(&group, &zones, text, sizeof text),
                        "239.1.1.1%eth0:4010");
    assert_string_equal(endpoint_format_address_in(&group, &zones, text, sizeof text),
                        "239.1.1.1%eth0");
    assert_string_equal(endpoint_format(&group, text, sizeof text), "239.1.1.1%2:4010");
}

/* ---- ranges of ports */

static void test_ranges(void **state)
{
    const struct {
        const char *text;
        enum endpoint_error error;
        uint16_t first, last;
    } cases[] = {
        {":4001-4005", ENDPOINT_OK, 4001, 4005},
        {"4001-4005", ENDPOINT_OK, 4001, 4005},
        {"10.0.0.1:1-65535", ENDPOINT_OK, 1, 65535},
        {"[fe80::1%eth0]:7-7", ENDPOINT_OK, 7, 7},
        {"239.1.1.1%eth0:5-6", ENDPOINT_OK, 5, 6},
        {"my-host-1:5-6", ENDPOINT_OK, 5, 6},
        {":4010", ENDPOINT_OK, 4010, 4010},
        {"", ENDPOINT_OK, 4010, 4010},
        {"web-1", ENDPOINT_OK, 4010, 4010},
        {"my-host:80", ENDPOINT_OK, 80, 80},
        {":4005-4001", ENDPOINT_BAD_RANGE, 0, 0},
        {":0-5", ENDPOINT_BAD_RANGE, 0, 0},
        {":5-70000", ENDPOINT_BAD_RANGE, 0, 0},
        {":70000-5", ENDPOINT_BAD_PORT, 0, 0},
        {":5-", ENDPOINT_BAD_PORT, 0, 0},
        {":-5", ENDPOINT_BAD_PORT, 0, 0},
        {":1-2-3", ENDPOINT_BAD_PORT, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct endpoint_spec spec;
        uint16_t last;
        enum endpoint_error error = endpoint_split_range(cases[i].text, &spec, &last);
        if (error != cases[i].error)
            fail_msg("%s: %s", cases[i].text, endpoint_error_text(error));
        if (error == ENDPOINT_OK && (spec.port != cases[i].first || last != cases[i].last))
            fail_msg("%s: %u to %u", cases[i].text, spec.port, last);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_split),
    cmocka_unit_test(test_split_errors),
    cmocka_unit_test(test_split_longest_host),
    cmocka_unit_test(test_split_random_text),
    cmocka_unit_test(test_format_ipv6),
    cmocka_unit_test(test_format_the_rest),
    cmocka_unit_test(test_format_into_a_small_buffer),
    cmocka_unit_test(test_random_endpoints_read_back),
    cmocka_unit_test(test_zone_reads_back),
    cmocka_unit_test(test_zones_have_names),
    cmocka_unit_test(test_ranges),
};

const struct suite suite_endpoint_text = {
    .name = "endpoint_text", .tests = tests, .count = sizeof tests / sizeof *tests};
