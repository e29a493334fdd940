/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/units.h"
#include "udptui/proto/guard.h"
#include "udptui/proto/loop.h"

static const struct hash_key key = {.k0 = 3, .k1 = 4};
static const struct endpoint server = {
    .family = ENDPOINT_IPV4, .address = {192, 168, 0, 108}, .port = 4010};
static const struct endpoint neighbour = {
    .family = ENDPOINT_IPV4, .address = {192, 168, 0, 23}, .port = 53211};
static const struct endpoint stranger = {
    .family = ENDPOINT_IPV4, .address = {8, 8, 4, 4}, .port = 40000};

struct fixture {
    struct guard *guard;
    struct limits *limits;
    struct ack_policy policy;
};

static struct fixture open_guard(struct guard_config config, size_t buckets, const char *ack)
{
    const struct source_rules rules = {.own = NULL};
    struct fixture fixture = {.limits = limits_open(config.rate_per_s, buckets, &key)};

    assert_non_null(fixture.limits);
    fixture.guard = guard_open(&config, &rules, fixture.limits);
    assert_non_null(fixture.guard);
    assert_null(ack_parse(ack, &fixture.policy));
    return fixture;
}

static void close_guard(struct fixture *fixture)
{
    guard_close(fixture->guard);
    limits_close(fixture->limits);
}

static const struct guard_config automatic = {.scope = GUARD_LIMIT_PUBLIC,
                                              .rate_per_s = GUARD_DEFAULT_RATE};

static bool allows(struct fixture *fixture, const struct endpoint *peer, const char *payload,
                   int64_t now_ns, enum held_reason *why)
{
    const struct datagram datagram = {.peer = *peer, .local = server};
    struct guard_question question = {.datagram = &datagram,
                                      .bytes = (const uint8_t *)payload,
                                      .size_bytes = strlen(payload),
                                      .now_ns = now_ns};

    return guard_allows(fixture->guard, &fixture->policy, &question, why);
}

static void our_own_ack_is_held(void **state)
{
    struct fixture fixture = open_guard(automatic, 8, "Message received");
    enum held_reason why = HELD_REASONS;

    (void)state;
    assert_true(allows(&fixture, &neighbour, "hello", 1, &why));
    assert_false(allows(&fixture, &neighbour, "Message received", 1, &why));
    assert_int_equal(why, HELD_LOOP);
    close_guard(&fixture);
}

static void ack_acks_lets_it_pass(void **state)
{
    struct guard_config config = automatic;
    enum held_reason why = HELD_REASONS;

    (void)state;
    config.ack_acks = true;
    struct fixture fixture = open_guard(config, 8, "Message received");
    assert_true(allows(&fixture, &neighbour, "Message received", 1, &why));
    close_guard(&fixture);
}

static void answering_ports_are_held(void **state)
{
    static const uint16_t held[] = {0, 7, 13, 17, 19, 37, 53, 69, 123};
    struct fixture fixture = open_guard(automatic, 8, "ok");
    enum held_reason why = HELD_REASONS;

    (void)state;
    for (unsigned port = 0; port <= 1024; port++) {
        struct endpoint peer = neighbour;
        bool expected = true;
        peer.port = (uint16_t)port;
        for (size_t i = 0; i < sizeof held / sizeof *held; i++)
            expected &= held[i] != port;
        assert_int_equal(allows(&fixture, &peer, "x", 1, &why), expected);
        if (!expected)
            assert_int_equal(why, HELD_SOURCE);
    }
    assert_false(allows(&fixture, &server, "x", 1, &why)); /* ourselves */
    assert_int_equal(why, HELD_SOURCE);
    close_guard(&fixture);
}

static unsigned count_allowed(struct fixture *fixture, const struct endpoint *peer, unsigned tries,
                              int64_t now_ns)
{
    enum held_reason why = HELD_REASONS;
    unsigned allowed = 0;

    for (unsigned i = 0; i < tries; i++)
        allowed += allows(fixture, peer, "x", now_ns, &why);
    return allowed;
}

static void public_sources_get_50_a_second_and_a_burst_of_125(void **state)
{
    struct fixture fixture = open_guard(automatic, 8, "ok");
    int64_t now_ns = 5 * UNITS_NS_PER_S;
    enum held_reason why = HELD_REASONS;

    (void)state;
    assert_int_equal(count_allowed(&fixture, &stranger, 1000, now_ns), 125);
    assert_false(allows(&fixture, &stranger, "x", now_ns, &why));
    assert_int_equal(why, HELD_LIMIT);
    assert_int_equal(count_allowed(&fixture, &stranger, 1000, now_ns + UNITS_NS_PER_S), 50);
    assert_int_equal(count_allowed(&fixture, &neighbour, 1000, now_ns), 1000);
    close_guard(&fixture);
}

static void ports_of_one_address_share_a_bucket(void **state)
{
    struct fixture fixture = open_guard(automatic, 8, "ok");
    struct endpoint other_port = stranger;

    (void)state;
    other_port.port++;
    assert_int_equal(count_allowed(&fixture, &stranger, 100, 1), 100);
    assert_int_equal(count_allowed(&fixture, &other_port, 100, 1), 25);
    close_guard(&fixture);
}

static void echo_limits_every_source(void **state)
{
    struct fixture echo = open_guard(automatic, 8, "echo");
    struct fixture text = open_guard(automatic, 8, "you said {text}");

    (void)state;
    assert_int_equal(count_allowed(&echo, &neighbour, 1000, 1), 125);
    assert_int_equal(count_allowed(&text, &neighbour, 1000, 1), 125);
    close_guard(&echo);
    close_guard(&text);
}

static void a_copy_is_paid_for(void **state)
{
    struct fixture echo = open_guard(automatic, 8, "echo");
    struct fixture fixed = open_guard(automatic, 8, "ok");

    (void)state;
    assert_int_equal(count_allowed(&echo, &neighbour, 124, 1), 124);
    assert_true(guard_allows_more(echo.guard, &echo.policy, &neighbour, 1));
    assert_false(guard_allows_more(echo.guard, &echo.policy, &neighbour, 1));
    assert_int_equal(count_allowed(&echo, &neighbour, 1, 1), 0);
    assert_int_equal(count_allowed(&fixed, &neighbour, 200, 1), 200);
    assert_true(guard_allows_more(fixed.guard, &fixed.policy, &neighbour, 1));
    close_guard(&echo);
    close_guard(&fixed);
}

static void off_limits_nobody_and_a_rate_everybody(void **state)
{
    struct guard_config off = {.scope = GUARD_LIMIT_NONE};
    struct guard_config all = {.scope = GUARD_LIMIT_ALL, .rate_per_s = 4};
    struct fixture free_for_all = open_guard(off, 8, "echo");
    struct fixture limited = open_guard(all, 8, "ok");

    (void)state;
    assert_int_equal(count_allowed(&free_for_all, &stranger, 1000, 1), 1000);
    assert_int_equal(count_allowed(&limited, &neighbour, 1000, 1), 10);
    close_guard(&free_for_all);
    close_guard(&limited);
}

/* Each ack of a server has the mark; so has the reply of one with another text. */
static void a_marked_datagram_is_held_whatever_it_says(void **state)
{
    struct fixture fixture = open_guard(automatic, 8, "ok");
    const struct datagram datagram = {
        .peer = neighbour, .local = server, .hop_limit = LOOP_HOP_LIMIT};
    struct guard_question question = {
        .datagram = &datagram, .bytes = (const uint8_t *)"x", .size_bytes = 1, .now_ns = 1};
    enum held_reason why = HELD_REASONS;

    (void)state;
    assert_false(guard_allows(fixture.guard, &fixture.policy, &question, &why));
    assert_int_equal(why, HELD_LOOP);
    close_guard(&fixture);
}

static void what_only_answers_is_held(void **state)
{
    struct fixture fixture = open_guard(automatic, 8, "ok");
    const struct datagram datagram = {.peer = neighbour, .local = server};
    struct guard_question question = {.datagram = &datagram,
                                      .bytes = (const uint8_t *)"x",
                                      .size_bytes = 1,
                                      .loop = true,
                                      .now_ns = 1};
    enum held_reason why = HELD_REASONS;

    (void)state;
    assert_false(guard_allows(fixture.guard, &fixture.policy, &question, &why));
    assert_int_equal(why, HELD_LOOP);
    close_guard(&fixture);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(our_own_ack_is_held),
    cmocka_unit_test(ack_acks_lets_it_pass),
    cmocka_unit_test(answering_ports_are_held),
    cmocka_unit_test(public_sources_get_50_a_second_and_a_burst_of_125),
    cmocka_unit_test(ports_of_one_address_share_a_bucket),
    cmocka_unit_test(echo_limits_every_source),
    cmocka_unit_test(a_copy_is_paid_for),
    cmocka_unit_test(off_limits_nobody_and_a_rate_everybody),
    cmocka_unit_test(a_marked_datagram_is_held_whatever_it_says),
    cmocka_unit_test(what_only_answers_is_held),
};

const struct suite suite_guard = {
    .name = "guard", .tests = tests, .count = sizeof tests / sizeof *tests};
