/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lookup: the queue at its limit, and its end with queries in it. Only 127.0.0.1 is looked up, which
 * needs no name server; whether it has a name is the machine's affair. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../await.h"
#include "../suite.h"

#include "udptui/sys/lookup.h"

enum { QUEUE_MAX = 64 };

static struct endpoint loopback_with(uint16_t port)
{
    return (struct endpoint){.family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}, .port = port};
}

static void take_one(struct lookup *lookup, struct endpoint *address, char *name)
{
    while (!lookup_next(lookup, address, name))
        await_readable(lookup_fd(lookup));
    assert_true(memchr(name, '\0', ENDPOINT_HOST_SIZE) != NULL);
}

static void results_come_in_the_order_of_the_queries(void **state)
{
    struct lookup *lookup = lookup_open();
    char first[ENDPOINT_HOST_SIZE], name[ENDPOINT_HOST_SIZE];
    struct endpoint address;

    (void)state;
    assert_non_null(lookup);
    assert_false(lookup_next(lookup, &address, name));
    for (uint16_t port = 1; port <= 3; port++) { /* the port is not looked up, but returned */
        struct endpoint question = loopback_with(port);
        assert_true(lookup_ask(lookup, &question));
    }
    for (uint16_t port = 1; port <= 3; port++) {
        struct endpoint expected = loopback_with(port);
        take_one(lookup, &address, port == 1 ? first : name);
        assert_true(endpoint_equal(&address, &expected));
        if (port > 1)
            assert_string_equal(name, first);
    }
    assert_false(lookup_next(lookup, &address, name));
    lookup_close(lookup);
}

/* Results that nobody took need their places, too. */
static void a_full_queue_takes_no_query_until_a_result_is_taken(void **state)
{
    struct lookup *lookup = lookup_open();
    char name[ENDPOINT_HOST_SIZE];
    struct endpoint address, question = loopback_with(1);

    (void)state;
    for (int i = 0; i < QUEUE_MAX; i++) {
        assert_true(lookup_has_room(lookup));
        assert_true(lookup_ask(lookup, &question));
    }
    assert_false(lookup_has_room(lookup));
    assert_false(lookup_ask(lookup, &question));
    take_one(lookup, &address, name);
    assert_true(lookup_has_room(lookup));
    question = loopback_with(2);
    assert_true(lookup_ask(lookup, &question));
    for (int i = 1; i < QUEUE_MAX; i++) {
        take_one(lookup, &address, name);
        assert_int_equal(address.port, 1);
    }
    take_one(lookup, &address, name); /* its place is the first one's */
    assert_int_equal(address.port, 2);
    lookup_close(lookup);
}

static void it_closes_with_queries_in_the_queue(void **state)
{
    struct endpoint question = loopback_with(1);

    (void)state;
    for (int round = 0; round < 50; round++) {
        struct lookup *lookup = lookup_open();
        for (int i = 0; i < round; i++)
            assert_true(lookup_ask(lookup, &question));
        lookup_close(lookup);
    }
    lookup_close(NULL);
}

/* Numeric names need no name server. */
static void addresses_of_names_are_found(void **state)
{
    struct lookup *lookup = lookup_open();
    struct lookup_addresses found;
    const struct endpoint wanted = loopback_with(0);

    (void)state;
    assert_true(lookup_ask_addresses(lookup, "127.0.0.1", ENDPOINT_NONE, 7));
    assert_true(lookup_ask_addresses(lookup, "127.0.0.1", ENDPOINT_IPV6, 8));
    while (!lookup_next_addresses(lookup, &found))
        await_readable(lookup_fd(lookup));
    assert_int_equal(found.tag, 7);
    assert_null(found.why);
    assert_int_equal(found.count, 1);
    assert_true(endpoint_equal(&found.addresses[0], &wanted));
    while (!lookup_next_addresses(lookup, &found))
        await_readable(lookup_fd(lookup));
    assert_int_equal(found.tag, 8);
    assert_non_null(found.why);
    assert_int_equal(found.count, 0);
    lookup_close(lookup);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(addresses_of_names_are_found),
    cmocka_unit_test(results_come_in_the_order_of_the_queries),
    cmocka_unit_test(a_full_queue_takes_no_query_until_a_result_is_taken),
    cmocka_unit_test(it_closes_with_queries_in_the_queue),
};

const struct suite suite_lookup = {
    .name = "lookup", .tests = tests, .count = sizeof tests / sizeof *tests};
