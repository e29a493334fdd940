/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resolve: what needs no name server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <errno.h>
#include <net/if.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/net/resolve.h"
#include "udptui/proto/reason.h"

struct row {
    const char *text;
    enum endpoint_family family;
    const char *wanted; /* the endpoint, or what is wrong */
    bool usage;
};

static void expect_endpoint(const struct row *row, const struct resolve_result *result)
{
    char text[ENDPOINT_TEXT_SIZE];

    assert_int_equal(result->count, 1);
    assert_string_equal(endpoint_format(&result->endpoints[0], text, sizeof text), row->wanted);
}

static void expect_error(const struct row *row, const struct resolve_result *result)
{
    assert_int_equal(result->count, 0);
    assert_string_equal(result->error, row->wanted);
    assert_int_equal(result->usage, row->usage);
}

static void targets(void **state)
{
    static const struct row rows[] = {
        {.text = "192.0.2.1", .wanted = "192.0.2.1:4010"},
        {.text = "192.0.2.1:9", .wanted = "192.0.2.1:9"},
        {.text = "[2001:db8::1]:9", .wanted = "[2001:db8::1]:9"},
        {.text = ":9", .wanted = "127.0.0.1:9"},
        {.text = ":9", .family = ENDPOINT_IPV6, .wanted = "[::1]:9"},
    };
    struct resolve_result result;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(resolve_target(rows[i].text, rows[i].family, &result));
        expect_endpoint(&rows[i], &result);
    }
}

static void targets_that_are_none(void **state)
{
    static const struct row rows[] = {
        {.text = "",
         .wanted = "'': no host: give an address or a name, or ':PORT' for this machine",
         .usage = true},
        {.text = "192.0.2.1:0",
         .wanted = "192.0.2.1:0: nothing can be sent to port 0: use a port from 1 to 65535",
         .usage = true},
        {.text = "192.0.2.1:9",
         .family = ENDPOINT_IPV6,
         .wanted = "192.0.2.1:9: is not an IPv6 address, but -6 was given",
         .usage = true},
        {.text = "[::1]:9",
         .family = ENDPOINT_IPV4,
         .wanted = "[::1]:9: is not an IPv4 address, but -4 was given",
         .usage = true},
        {.text = "fe80::1%nosuchif",
         .wanted = "fe80::1%nosuchif: there is no such interface: 'ip link' lists them"},
    };
    struct resolve_result result;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_false(resolve_target(rows[i].text, rows[i].family, &result));
        expect_error(&rows[i], &result);
    }
}

static void addresses_to_listen_on(void **state)
{
    struct resolve_result result;

    (void)state;
    assert_true(resolve_listen("", ENDPOINT_NONE, &result));
    expect_endpoint(&(struct row){.wanted = "[::]:4010"}, &result);
    assert_int_equal(result.last_port, 4010);
    assert_true(resolve_listen(":0", ENDPOINT_IPV4, &result));
    expect_endpoint(&(struct row){.wanted = "0.0.0.0:0"}, &result);
    assert_true(resolve_listen("127.0.0.1:5-9", ENDPOINT_NONE, &result));
    expect_endpoint(&(struct row){.wanted = "127.0.0.1:5"}, &result);
    assert_int_equal(result.last_port, 9);
    assert_false(resolve_listen("127.0.0.1:9-5", ENDPOINT_NONE, &result));
    assert_true(result.usage);
}

/* By its name, or by its number if there is an interface of that number. */
static void zones(void **state)
{
    unsigned loopback = if_nametoindex("lo");
    char number[16], why[REASON_SIZE];

    (void)state;
    assert_int_not_equal(loopback, 0);
    assert_int_equal(resolve_zone("lo"), loopback);
    snprintf(number, sizeof number, "%u", loopback);
    assert_int_equal(resolve_zone(number), loopback);
    assert_int_equal(resolve_zone("2147483647"), 0);
    assert_int_equal(errno, ENODEV);
    assert_int_equal(resolve_zone("nosuchif"), 0);
    assert_int_equal(errno, ENODEV);
    assert_string_equal(resolve_zone_reason(ENODEV, why),
                        "there is no such interface: 'ip link' lists them");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(targets),
    cmocka_unit_test(targets_that_are_none),
    cmocka_unit_test(addresses_to_listen_on),
    cmocka_unit_test(zones),
};

const struct suite suite_resolve = {
    .name = "resolve", .tests = tests, .count = sizeof tests / sizeof *tests};
