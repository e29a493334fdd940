/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* source: a table of claims, each as it really came, on one machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/proto/source.h"

enum { LO = 1, ETH = 2 };

static struct endpoint at(const char *text)
{
    struct endpoint_spec spec;

    assert_int_equal(endpoint_split(text, &spec), ENDPOINT_OK);
    assert_true(spec.is_literal);
    return spec.literal;
}

/* The address of ::ffff:a.b.c.d as in an IPv6 header. */
static struct endpoint mapped(const char *ipv4)
{
    struct endpoint inner = at(ipv4);
    struct endpoint endpoint = {.family = ENDPOINT_IPV6,
                                .port = inner.port,
                                .address = {[10] = 0xff,
                                            0xff,
                                            inner.address[0],
                                            inner.address[1],
                                            inner.address[2],
                                            inner.address[3]}};

    return endpoint;
}

/* lo, and eth0 with 192.168.0.108/24 and 10.20.0.1/16, 2001:db8::108 and fe80::1. */
struct machine {
    struct endpoint rows[8];
    uint32_t broadcasts[8];
    struct own_addresses own;
    struct endpoint listeners[2];
    struct source_rules rules;
};

static void make_machine(struct machine *machine, const char *listener)
{
    static const char *const own[] = {"192.168.0.108", "10.20.0.1", "2001:db8::108", "fe80::1",
                                      "127.0.0.1"};
    static const char *const broadcasts[] = {"192.168.0.255", "192.168.0.0", "10.20.255.255"};

    *machine = (struct machine){.own = {.loopbacks = {LO}, .loopback_count = 1}};
    machine->own.rows = machine->rows;
    machine->own.broadcasts = machine->broadcasts;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        machine->rows[machine->own.count] = at(own[i]);
        machine->rows[machine->own.count++].port = 0;
    }
    for (size_t i = 0; i < sizeof broadcasts / sizeof *broadcasts; i++) {
        struct endpoint address = at(broadcasts[i]);
        machine->broadcasts[machine->own.broadcast_count++] = endpoint_ipv4(&address);
    }
    source_sort(&machine->own);
    machine->listeners[0] = at(listener);
    machine->listeners[1] = at("192.168.0.108:7777");
    machine->rules = (struct source_rules){
        .own = &machine->own, .listeners = machine->listeners, .listener_count = 2};
}

static enum source_fault check(const struct machine *machine, struct endpoint peer,
                               uint32_t interface)
{
    const struct datagram datagram = {
        .peer = peer, .local = at("192.168.0.108:4010"), .interface = interface};

    return source_check(&machine->rules, &datagram);
}

static void each_claim_is_compared_with_how_it_came(void **state)
{
    static const struct {
        const char *from;
        uint32_t interface;
        enum source_fault fault;
    } rows[] = {
        {"192.168.0.23:5000", ETH, SOURCE_FINE},
        {"8.8.8.8:5000", ETH, SOURCE_FINE},
        {"[2001:db8::23]:5000", ETH, SOURCE_FINE},
        {"[fe80::23]:5000", ETH, SOURCE_FINE},
        {"127.0.0.1:5000", LO, SOURCE_FINE},
        {"[::1]:5000", LO, SOURCE_FINE},
        {"127.0.0.1:5000", 0, SOURCE_FINE},      /* how it came is not known */
        {"192.168.0.108:5000", LO, SOURCE_FINE}, /* a client on this machine */
        /* no port to answer to */
        {"192.168.0.23:0", ETH, SOURCE_NO_PORT},
        /* services that answer everything */
        {"192.168.0.23:7", ETH, SOURCE_SERVICE},
        {"192.168.0.23:13", ETH, SOURCE_SERVICE},
        {"192.168.0.23:17", ETH, SOURCE_SERVICE},
        {"192.168.0.23:19", ETH, SOURCE_SERVICE},
        {"192.168.0.23:37", ETH, SOURCE_SERVICE},
        {"192.168.0.23:53", ETH, SOURCE_SERVICE},
        {"192.168.0.23:69", ETH, SOURCE_SERVICE},
        {"192.168.0.23:123", ETH, SOURCE_SERVICE},
        {"192.168.0.23:124", ETH, SOURCE_FINE},
        /* loopback does not come from outside */
        {"127.0.0.1:5000", ETH, SOURCE_LOOPBACK},
        {"127.9.9.9:5000", ETH, SOURCE_LOOPBACK},
        {"[::1]:5000", ETH, SOURCE_LOOPBACK},
        /* no host has these */
        {"0.0.0.0:5000", ETH, SOURCE_NO_HOST},
        {"0.1.2.3:5000", ETH, SOURCE_NO_HOST},
        {"224.0.0.1:5000", ETH, SOURCE_NO_HOST},
        {"239.255.255.255:5000", ETH, SOURCE_NO_HOST},
        {"240.0.0.1:5000", ETH, SOURCE_NO_HOST},
        {"255.255.255.255:5000", ETH, SOURCE_NO_HOST},
        {"[::]:5000", ETH, SOURCE_NO_HOST},
        {"[ff02::1]:5000", ETH, SOURCE_NO_HOST},
        {"[::7f00:1]:5000", ETH, SOURCE_NO_HOST}, /* ::127.0.0.1 */
        /* broadcast of any attached subnet, and its old form */
        {"192.168.0.255:5000", ETH, SOURCE_BROADCAST},
        {"192.168.0.0:5000", ETH, SOURCE_BROADCAST},
        {"10.20.255.255:5000", ETH, SOURCE_BROADCAST},
        {"10.20.0.255:5000", ETH, SOURCE_FINE}, /* a host of that /16 */
        /* ourselves: any of our addresses, any of our ports */
        {"192.168.0.108:4010", LO, SOURCE_OURSELVES},
        {"192.168.0.108:4010", ETH, SOURCE_OURSELVES},
        {"10.20.0.1:4010", LO, SOURCE_OURSELVES},
        {"127.0.0.1:4010", LO, SOURCE_OURSELVES},
        {"127.0.0.2:4010", LO, SOURCE_OURSELVES},
        {"[2001:db8::108]:4010", ETH, SOURCE_OURSELVES},
        {"[fe80::1]:4010", ETH, SOURCE_OURSELVES},
        {"[::1]:4010", LO, SOURCE_OURSELVES},
        {"192.168.0.108:7777", LO, SOURCE_OURSELVES}, /* our other listener */
        {"10.20.0.1:7777", LO, SOURCE_FINE},          /* which does not receive at this address */
        {"192.168.0.23:4010", ETH, SOURCE_FINE},      /* another machine's server */
    };
    struct machine machine;

    (void)state;
    make_machine(&machine, "[::]:4010");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (check(&machine, at(rows[i].from), rows[i].interface) != rows[i].fault)
            fail_msg("%s by interface %u", rows[i].from, rows[i].interface);
}

static void ipv4_in_an_ipv6_header_is_no_host(void **state)
{
    static const char *const addresses[] = {"127.0.0.1:5000", "8.8.8.8:5000", "192.168.0.23:5000"};
    struct machine machine;

    (void)state;
    make_machine(&machine, "[::]:4010");
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        assert_int_equal(check(&machine, mapped(addresses[i]), ETH), SOURCE_NO_HOST);
        assert_int_equal(check(&machine, mapped(addresses[i]), LO), SOURCE_NO_HOST);
    }
}

static void a_zone_hides_no_address_of_ours(void **state)
{
    struct endpoint peer = at("[fe80::1]:4010");
    struct machine machine;

    (void)state;
    make_machine(&machine, "[::]:4010");
    peer.scope = ETH;
    assert_int_equal(check(&machine, peer, ETH), SOURCE_OURSELVES);
}

static void answer_all_lifts_the_hold_on_ports_alone(void **state)
{
    struct machine machine;

    (void)state;
    make_machine(&machine, "[::]:4010");
    machine.rules.answer_all = true;
    assert_int_equal(check(&machine, at("192.168.0.23:53"), ETH), SOURCE_FINE);
    assert_int_equal(check(&machine, at("192.168.0.23:0"), ETH), SOURCE_NO_PORT);
    assert_int_equal(check(&machine, at("127.0.0.1:53"), ETH), SOURCE_LOOPBACK);
    assert_int_equal(check(&machine, at("192.168.0.255:53"), ETH), SOURCE_BROADCAST);
}

static void without_knowledge_of_the_machine_the_rest_is_checked(void **state)
{
    struct machine machine;

    (void)state;
    make_machine(&machine, "0.0.0.0:4010");
    machine.rules.own = NULL;
    assert_int_equal(check(&machine, at("192.168.0.108:4010"), ETH), SOURCE_OURSELVES);
    assert_int_equal(check(&machine, at("127.0.0.2:4010"), LO), SOURCE_OURSELVES);
    assert_int_equal(check(&machine, at("240.0.0.1:5000"), ETH), SOURCE_NO_HOST);
    assert_int_equal(check(&machine, at("192.168.0.23:5000"), ETH), SOURCE_FINE);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_claim_is_compared_with_how_it_came),
    cmocka_unit_test(ipv4_in_an_ipv6_header_is_no_host),
    cmocka_unit_test(a_zone_hides_no_address_of_ours),
    cmocka_unit_test(answer_all_lifts_the_hold_on_ports_alone),
    cmocka_unit_test(without_knowledge_of_the_machine_the_rest_is_checked),
};

const struct suite suite_source = {
    .name = "source", .tests = tests, .count = sizeof tests / sizeof *tests};
