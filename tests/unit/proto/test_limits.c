/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* limits: what one source, its neighbours and everybody together get, in one thread and in many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <pthread.h>
#include <stdatomic.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/units.h"
#include "udptui/proto/limits.h"

enum { RATE = 50, BURST = 125, BUCKETS = 16384 };

static const struct hash_key key = {.k0 = 3, .k1 = 4};

/* 8.a.b.c */
static struct endpoint ipv4(uint8_t a, uint8_t b, uint8_t c)
{
    return (struct endpoint){.family = ENDPOINT_IPV4, .address = {8, a, b, c}, .port = 4000};
}

/* 2606:4700:site:network::1, the network's upper byte counts for the /56 */
static struct endpoint ipv6(uint8_t site, uint8_t subnet, uint8_t network)
{
    return (struct endpoint){.family = ENDPOINT_IPV6,
                             .address = {0x26, 0x06, 0x47, 0, 0, site, subnet, network, [15] = 1},
                             .port = 4000};
}

static unsigned take(struct limits *limits, const struct endpoint *peer, bool wide, unsigned tries,
                     int64_t now_ns)
{
    unsigned allowed = 0;

    for (unsigned i = 0; i < tries; i++)
        allowed += limits_take(limits, peer, wide, now_ns);
    return allowed;
}

static void one_source_gets_its_rate(void **state)
{
    struct limits *limits = limits_open(RATE, BUCKETS, &key);
    struct endpoint peer = ipv4(8, 8, 8), other_port = peer;
    int64_t now_ns = 5 * UNITS_NS_PER_S;

    (void)state;
    other_port.port++;
    assert_int_equal(take(limits, &peer, true, 100, now_ns), 100);
    assert_int_equal(take(limits, &other_port, true, 100, now_ns), BURST - 100);
    for (int second = 1; second <= 10; second++)
        assert_int_equal(take(limits, &peer, true, 1000, now_ns + second * UNITS_NS_PER_S), RATE);
    limits_close(limits);
}

static void a_rate_below_the_burst_lets_one_through(void **state)
{
    struct limits *limits = limits_open(1.0 / 60, BUCKETS, &key);
    struct endpoint peer = ipv4(1, 1, 1), neighbour = ipv4(1, 1, 2);

    (void)state;
    assert_int_equal(take(limits, &peer, true, 100, 1), 1);
    assert_int_equal(take(limits, &neighbour, true, 100, 1), 1);
    assert_int_equal(take(limits, &peer, true, 100, 59 * UNITS_NS_PER_S), 0);
    assert_int_equal(take(limits, &peer, true, 100, 61 * UNITS_NS_PER_S), 1);
    limits_close(limits);
}

static void a_network_gets_a_few_times_that(void **state)
{
    struct limits *limits = limits_open(RATE, BUCKETS, &key);
    unsigned got = 0, later = 0;

    (void)state;
    for (uint8_t host = 0; host < 100; host++) {
        struct endpoint peer = ipv4(1, 2, host);
        got += take(limits, &peer, true, 500, 1);
    }
    assert_int_equal(got, LIMITS_TIMES_IPV4_24 * BURST);
    for (uint8_t host = 0; host < 100; host++) {
        struct endpoint peer = ipv4(1, 2, host);
        later += take(limits, &peer, true, 500, 1 + UNITS_NS_PER_S);
    }
    assert_int_equal(later, LIMITS_TIMES_IPV4_24 * RATE);
    limits_close(limits);
}

static void so_do_the_networks_of_a_site(void **state)
{
    struct limits *limits = limits_open(RATE, BUCKETS, &key);
    unsigned subnet = 0, site = 0;

    (void)state;
    for (unsigned network = 0; network < 200; network++) {
        struct endpoint peer = ipv6(1, 0, (uint8_t)network);
        subnet += take(limits, &peer, true, 10, 1);
    }
    assert_int_equal(subnet, LIMITS_TIMES_IPV6_56 * BURST);
    for (unsigned network = 0; network < 2000; network++) {
        struct endpoint peer = ipv6(2, (uint8_t)(network / 256), (uint8_t)network);
        site += take(limits, &peer, true, 10, 1);
    }
    assert_int_equal(site, LIMITS_TIMES_IPV6_48 * BURST);
    limits_close(limits);
}

static void all_public_sources_share_a_total(void **state)
{
    struct limits *limits = limits_open(RATE, BUCKETS, &key);
    struct endpoint private = {.family = ENDPOINT_IPV4, .address = {10, 0, 0, 1}, .port = 4000};
    unsigned got = 0;

    (void)state;
    for (unsigned i = 0; i < 20000; i++) {
        struct endpoint peer = ipv4((uint8_t)(i >> 8), (uint8_t)i, 1);
        got += take(limits, &peer, true, 2, 1);
    }
    assert_int_equal(got, LIMITS_TIMES_TOTAL * BURST);
    assert_int_equal(take(limits, &private, false, 1000, 1), BURST); /* has only its own limit */
    limits_close(limits);
}

/* What the wider prefix refuses costs the source nothing. */
static void a_refusal_takes_nothing(void **state)
{
    struct limits *limits = limits_open(RATE, BUCKETS, &key);
    struct endpoint late = ipv4(1, 2, 250);

    (void)state;
    for (uint8_t host = 0; host < LIMITS_TIMES_IPV4_24; host++) {
        struct endpoint peer = ipv4(1, 2, host);
        assert_int_equal(take(limits, &peer, true, 500, 1), BURST);
    }
    assert_int_equal(take(limits, &late, true, 500, 1), 0);
    assert_int_equal(take(limits, &late, false, 500, 1), BURST);
    limits_close(limits);
}

static void more_sources_than_buckets_are_told_apart_one_by_one(void **state)
{
    struct limits *limits = limits_open(RATE, 8, &key);

    (void)state;
    for (unsigned i = 0; i < 100000; i++) {
        struct endpoint peer = ipv4((uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i);
        assert_true(limits_take(limits, &peer, false, 1));
    }
    limits_close(limits);
}

/* ---- threads */

enum { THREADS = 4, TRIES = 20000, SOURCES = 64 };

struct crowd {
    struct limits *limits;
    atomic_uint allowed[SOURCES];
};

static void *ask_for_all(void *argument)
{
    struct crowd *crowd = argument;

    for (unsigned i = 0; i < TRIES; i++) {
        struct endpoint peer = ipv4(9, (uint8_t)(i % SOURCES), 1);
        if (limits_take(crowd->limits, &peer, false, 1))
            atomic_fetch_add(&crowd->allowed[i % SOURCES], 1);
    }
    return NULL;
}

static void a_limit_is_one_limit_for_all_threads(void **state)
{
    pthread_t threads[THREADS];

    (void)state;
    for (int round = 0; round < 50; round++) {
        struct crowd crowd = {.limits = limits_open(1.0 / 60, BUCKETS, &key)};
        for (int i = 0; i < THREADS; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, ask_for_all, &crowd), 0);
        for (int i = 0; i < THREADS; i++)
            pthread_join(threads[i], NULL);
        for (int i = 0; i < SOURCES; i++)
            assert_true(atomic_load(&crowd.allowed[i]) <= 1);
        limits_close(crowd.limits);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(one_source_gets_its_rate),
    cmocka_unit_test(a_rate_below_the_burst_lets_one_through),
    cmocka_unit_test(a_network_gets_a_few_times_that),
    cmocka_unit_test(so_do_the_networks_of_a_site),
    cmocka_unit_test(all_public_sources_share_a_total),
    cmocka_unit_test(a_refusal_takes_nothing),
    cmocka_unit_test(more_sources_than_buckets_are_told_apart_one_by_one),
    cmocka_unit_test(a_limit_is_one_limit_for_all_threads),
};

const struct suite suite_limits = {
    .name = "limits", .tests = tests, .count = sizeof tests / sizeof *tests};
