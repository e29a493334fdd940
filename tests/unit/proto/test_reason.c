/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reason: the same errno in different calls, and towards different addresses. What only a kernel
 * can say is provoked in tests/net/reasons.py. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/proto/reason.h"

#define V4(a, b, c, d)                                                                             \
    {                                                                                              \
        .family = ENDPOINT_IPV4, .address = {a, b, c, d}, .port = 4010                             \
    }

static const struct endpoint loopback = V4(127, 0, 0, 1);
static const struct endpoint far_away = V4(10, 9, 0, 2);
static const struct endpoint any_port = {.family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}};
static const struct endpoint link_local = {.family = ENDPOINT_IPV6, .address = {0xfe, 0x80}};
static const struct endpoint link_local_group = {.family = ENDPOINT_IPV6, .address = {0xff, 0x02}};
static const struct endpoint site_group = {.family = ENDPOINT_IPV6, .address = {0xff, 0x05}};
static const struct endpoint zoned = {.family = ENDPOINT_IPV6, .address = {0xfe, 0x80}, .scope = 2};

static void the_call_and_the_addresses_count(void **state)
{
    static const struct {
        enum reason_call call;
        int error;
        const struct endpoint *local, *peer;
        enum result_status status;
        const char *why;
    } cases[] = {
        {REASON_LISTEN, EACCES, &loopback, NULL, RESULT_FAILED, "below 1024"},
        {REASON_CONNECT, EACCES, NULL, &far_away, RESULT_FAILED, "a broadcast address, or"},
        {REASON_PROHIBITED, EACCES, NULL, &far_away, RESULT_UNREACHABLE, "prohibits"},
        {REASON_SEND, ENETUNREACH, NULL, &far_away, RESULT_UNREACHABLE, "'ip route'"},
        {REASON_SEND, ENETUNREACH, NULL, &zoned, RESULT_UNREACHABLE, "'ip -6 route'"},
        {REASON_BROADCAST, EACCES, NULL, &far_away, RESULT_FAILED, "--broadcast"},
        {REASON_SEND, EPERM, NULL, &far_away, RESULT_FAILED, "firewall"},
        {REASON_SEND, EINVAL, NULL, &far_away, RESULT_UNREACHABLE, "blackhole"},
        {REASON_SEND, EINVAL, &loopback, &far_away, RESULT_UNREACHABLE, "loopback address"},
        {REASON_SEND, EINVAL, &loopback, &loopback, RESULT_UNREACHABLE, "blackhole"},
        {REASON_CONNECT, EINVAL, NULL, &link_local, RESULT_FAILED, "%INTERFACE"},
        {REASON_CONNECT, EINVAL, NULL, &link_local_group, RESULT_FAILED, "%INTERFACE"},
        {REASON_CONNECT, EINVAL, NULL, &site_group, RESULT_UNREACHABLE, "blackhole"},
        {REASON_SEND, EADDRNOTAVAIL, NULL, &link_local_group, RESULT_UNREACHABLE, "no IPv6"},
        {REASON_CONNECT, EADDRNOTAVAIL, NULL, &zoned, RESULT_UNREACHABLE, "no IPv6"},
        {REASON_CONNECT, EADDRNOTAVAIL, NULL, &far_away, RESULT_UNREACHABLE, "no address to send"},
        {REASON_LISTEN, EADDRNOTAVAIL, &far_away, NULL, RESULT_FAILED, "'ip address'"},
        {REASON_SOURCE, EADDRINUSE, &far_away, NULL, RESULT_FAILED, "in use"},
        {REASON_SOURCE, EADDRINUSE, &any_port, NULL, RESULT_FAILED, "no port is free"},
        {REASON_RECEIVE, ECONNREFUSED, NULL, NULL, RESULT_REFUSED, "or a firewall"},
        {REASON_SOCKET, EAFNOSUPPORT, NULL, &link_local, RESULT_FAILED, "no IPv6"},
        {REASON_JOIN, ENODEV, NULL, NULL, RESULT_FAILED, "GROUP%INTERFACE"},
        {REASON_INTERFACE, ENODEV, NULL, NULL, RESULT_FAILED, "'ip link'"},
        {REASON_SEND, ENOENT, NULL, NULL, RESULT_FAILED, "client is gone"},
    };

    char text[REASON_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reason reason =
            reason_of_errno(cases[i].call, cases[i].error, cases[i].local, cases[i].peer);
        assert_int_equal(reason.status, cases[i].status);
        reason_sentence(&reason, text, sizeof text);
        if (strstr(text, cases[i].why) == NULL)
            fail_msg("row %zu: \"%s\" lacks \"%s\"", i, text, cases[i].why);
    }
}

/* A column has room for the brief ones; a sentence is the end of a line. */
static void every_row_fits_its_place(void **state)
{
    char text[REASON_SIZE];

    (void)state;
    for (int call = 0; call < REASON_CALLS; call++) {
        for (int error = 1; error < 134; error++) {
            struct reason reason = reason_of_errno((enum reason_call)call, error, NULL, NULL);
            assert_true(strlen(reason.brief) > 0 && strlen(reason.why) > 0);
            assert_true(strlen(reason_sentence(&reason, text, sizeof text)) < sizeof text - 1);
            assert_true(text[strlen(text) - 1] != '.');
            assert_in_range(strlen(reason.why), 1, 64);
            if (reason_is_known((enum reason_call)call, error, NULL, NULL))
                assert_in_range(strlen(reason.brief), 3, 20);
        }
    }
}

static void what_is_not_known_has_its_own_name(void **state)
{
    (void)state;
    assert_false(reason_is_known(REASON_SEND, ENOTDIR, NULL, NULL));
    assert_string_equal(reason_brief(REASON_SEND, ENOTDIR), strerror(ENOTDIR));
    assert_string_equal(reason_text(ENOTDIR), strerror(ENOTDIR));
    assert_true(reason_is_known(REASON_SEND, ECONNREFUSED, NULL, NULL));
    assert_string_equal(reason_brief(REASON_SEND, ECONNREFUSED), "refused");
}

/* Memory and descriptors run out in every call: always in the same words. */
static void what_any_call_meets_has_one_text(void **state)
{
    (void)state;
    assert_string_equal(reason_text(EMFILE), "too many open files");
    for (int call = 0; call < REASON_CALLS; call++)
        assert_string_equal(reason_of_errno((enum reason_call)call, ENOMEM, NULL, NULL).why,
                            reason_text(ENOMEM));
}

static void an_icmp_error_is_a_sentence_of_who_what_and_why(void **state)
{
    static const struct {
        struct reason_icmp icmp;
        const char *sentence;
    } rows[] = {
        {{.type = 3, .code = 3},
         "10.0.0.1 reports port unreachable (ICMP type 3 code 3): nothing listens there, or a "
         "firewall rejects it"},
        {{.ipv6 = true, .type = 1, .code = 4},
         "10.0.0.1 reports port unreachable (ICMPv6 type 1 code 4): nothing listens there, or a "
         "firewall rejects it"},
        {{.ipv6 = true, .type = 3, .code = 0},
         "10.0.0.1 reports hop limit exceeded (ICMPv6 type 3 code 0): its hop limit is used up: a "
         "routing loop, or --ttl is too small"},
        {{.type = 3, .code = 4, .mtu = 1280},
         "10.0.0.1 reports fragmentation needed (ICMP type 3 code 4): the MTU of its next hop is "
         "1280"},
        {{.type = 3, .code = 8}, "10.0.0.1 reports source host isolated (ICMP type 3 code 8)"},
        {{.type = 200, .code = 7},
         "10.0.0.1 reports an ICMP error of an unknown kind (ICMP type 200 code 7)"},
    };
    const struct endpoint from = {.family = ENDPOINT_IPV4, .address = {10, 0, 0, 1}};
    char text[REASON_ICMP_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct reason_icmp icmp = rows[i].icmp;
        icmp.from = &from;
        assert_string_equal(reason_icmp_sentence(&icmp, NULL, text, sizeof text), rows[i].sentence);
    }
}

/* The longest there can be: every code from the longest address. */
static void every_icmp_error_fits_its_place(void **state)
{
    struct endpoint from = {.family = ENDPOINT_IPV6, .scope = UINT32_MAX};
    char text[REASON_ICMP_SIZE];

    (void)state;
    memset(from.address, 0xfe, sizeof from.address);
    from.address[1] = 0x80;
    for (int type = 0; type < 256; type++)
        for (int code = 0; code < 256; code++)
            for (int ipv6 = 0; ipv6 < 2; ipv6++) {
                const struct reason_icmp icmp = {
                    .ipv6 = ipv6 != 0, .type = (uint8_t)type, .code = (uint8_t)code, .from = &from};
                reason_icmp_sentence(&icmp, NULL, text, sizeof text);
                assert_true(strlen(text) < sizeof text - ENDPOINT_ZONE_SIZE);
            }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_call_and_the_addresses_count),
    cmocka_unit_test(every_row_fits_its_place),
    cmocka_unit_test(what_is_not_known_has_its_own_name),
    cmocka_unit_test(what_any_call_meets_has_one_text),
    cmocka_unit_test(an_icmp_error_is_a_sentence_of_who_what_and_why),
    cmocka_unit_test(every_icmp_error_fits_its_place),
};

const struct suite suite_reason = {
    .name = "reason", .tests = tests, .count = sizeof tests / sizeof *tests};
