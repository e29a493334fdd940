/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* address: endpoints and the kernel's addresses, there and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <netinet/in.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/sys/address.h"

static const struct endpoint ipv4 = {
    .family = ENDPOINT_IPV4, .address = {192, 0, 2, 1}, .port = 4010};
static const struct endpoint ipv6 = {
    .family = ENDPOINT_IPV6, .address = {0xfe, 0x80, [15] = 1}, .port = 4010, .scope = 3};

static void there_and_back(void **state)
{
    struct sockaddr_storage address = {0};

    (void)state;
    assert_int_equal(address_from_endpoint(&ipv4, AF_INET, &address), sizeof(struct sockaddr_in));
    assert_int_equal(address.ss_family, AF_INET);
    struct endpoint back = address_to_endpoint(&address);
    assert_true(endpoint_equal(&back, &ipv4));
    assert_int_equal(address_from_endpoint(&ipv6, AF_INET6, &address), sizeof(struct sockaddr_in6));
    back = address_to_endpoint(&address);
    assert_true(endpoint_equal(&back, &ipv6));
    assert_int_equal(back.scope, 3);
}

/* On an IPv6 socket an IPv4 address is mapped (RFC 4291 section 2.5.5.2), and is IPv4 again behind
 * it, unless the packet's own header is wanted. */
static void an_ipv4_address_on_an_ipv6_socket(void **state)
{
    struct sockaddr_storage address = {0};

    (void)state;
    assert_int_equal(address_from_endpoint(&ipv4, AF_INET6, &address), sizeof(struct sockaddr_in6));
    assert_int_equal(address.ss_family, AF_INET6);
    struct endpoint back = address_to_endpoint(&address);
    assert_true(endpoint_equal(&back, &ipv4));
    back = address_as_ipv6(&address);
    assert_int_equal(back.family, ENDPOINT_IPV6);
    assert_int_equal(back.address[10], 0xff);
    assert_int_equal(back.address[12], 192);
}

static void an_address_of_no_known_family(void **state)
{
    const struct sockaddr_storage address = {.ss_family = AF_UNIX};

    (void)state;
    assert_int_equal(address_to_endpoint(&address).family, ENDPOINT_NONE);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(there_and_back),
    cmocka_unit_test(an_ipv4_address_on_an_ipv6_socket),
    cmocka_unit_test(an_address_of_no_known_family),
};

const struct suite suite_address = {
    .name = "address", .tests = tests, .count = sizeof tests / sizeof *tests};
