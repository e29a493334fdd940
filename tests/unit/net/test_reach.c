/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reach: which of several addresses is recommended; no socket is opened. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/socket.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/net/reach.h"

/* Sockets as they would be, bound to these addresses. */
#define IPV4(a, b, c, d, port_)                                                                    \
    {                                                                                              \
        .family = AF_INET, .ipv4 = true, .local = {                                                \
            .family = ENDPOINT_IPV4,                                                               \
            .address = {a, b, c, d},                                                               \
            .port = port_                                                                          \
        }                                                                                          \
    }

static const struct udp_socket loopback = IPV4(127, 0, 0, 1, 1);
static const struct udp_socket group = IPV4(239, 1, 1, 1, 2);
static const struct udp_socket everybody = IPV4(255, 255, 255, 255, 3);
static const struct udp_socket address = IPV4(192, 0, 2, 1, 4);
static const struct udp_socket ipv6 = {
    .family = AF_INET6,
    .local = {.family = ENDPOINT_IPV6, .address = {0x20, 0x01, 0x0d, 0xb8, [15] = 1}, .port = 5}};
static const struct udp_socket link_local = {
    .family = AF_INET6,
    .local = {.family = ENDPOINT_IPV6, .address = {0xfe, 0x80, [15] = 1}, .port = 6, .scope = 1}};

/* The port says which it was. */
static void each_is_better_than_those_before(void **state)
{
    const struct udp_socket sockets[] = {loopback, everybody, group, link_local, ipv6, address};
    struct endpoint best;
    bool broadcast;

    (void)state;
    for (size_t count = 1; count <= sizeof sockets / sizeof *sockets; count++) {
        assert_true(reach_address(sockets, count, &best, &broadcast));
        assert_int_equal(best.port, sockets[count - 1].local.port);
        assert_int_equal(broadcast, count == 2);
    }
}

static void of_equal_ones_the_first(void **state)
{
    const struct udp_socket sockets[] = {IPV4(192, 0, 2, 1, 7), IPV4(192, 0, 2, 2, 8)};
    struct endpoint best;
    bool broadcast;

    (void)state;
    assert_true(reach_address(sockets, 2, &best, &broadcast));
    assert_int_equal(best.port, 7);
}

/* An address of an interface: loopback is one in any case. */
static void a_socket_on_every_address(void **state)
{
    const struct udp_socket every = IPV4(0, 0, 0, 0, 9);
    struct endpoint best;
    bool broadcast;

    (void)state;
    assert_true(reach_address(&every, 1, &best, &broadcast));
    assert_int_equal(best.family, ENDPOINT_IPV4);
    assert_false(endpoint_is_unspecified(&best));
    assert_int_equal(best.port, 9);
    assert_false(broadcast);
}

static void without_sockets_there_is_none(void **state)
{
    struct endpoint best;
    bool broadcast;

    (void)state;
    assert_false(reach_address(NULL, 0, &best, &broadcast));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_is_better_than_those_before),
    cmocka_unit_test(of_equal_ones_the_first),
    cmocka_unit_test(a_socket_on_every_address),
    cmocka_unit_test(without_sockets_there_is_none),
};

const struct suite suite_reach = {
    .name = "reach", .tests = tests, .count = sizeof tests / sizeof *tests};
