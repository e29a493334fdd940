/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"
#include "udptui/proto/transactions.h"

static void add(struct transactions *waiting, uint64_t number, int64_t sent_ns, const void *bytes,
                size_t size_bytes)
{
    transactions_add(waiting, number, sent_ns, bytes, size_bytes);
}

static void expect(struct transactions *waiting, const void *bytes, size_t size_bytes,
                   int64_t now_ns, enum event_match wanted, uint64_t number, int64_t rtt_ns)
{
    struct transaction_match match = transactions_take(waiting, bytes, size_bytes, now_ns);

    assert_int_equal(match.match, wanted);
    assert_int_equal(match.number, number);
    assert_int_equal(match.rtt_ns, rtt_ns);
}

static void the_only_one_is_answered(void **state)
{
    struct transactions waiting = {.count = 0};

    (void)state;
    expect(&waiting, "x", 1, 5, MATCH_NONE, 0, EVENT_UNKNOWN);
    add(&waiting, 1, 10, "ping", 4);
    expect(&waiting, "pong", 4, 15, MATCH_ALONE, 1, 5);
    expect(&waiting, "more", 4, 16, MATCH_NONE, 0, EVENT_UNKNOWN);
    add(&waiting, 2, 20, "", 0);
    expect(&waiting, "", 0, 19, MATCH_ALONE, 2, EVENT_UNKNOWN); /* before it: no time */
}

static void of_several_the_oldest_may_be(void **state)
{
    struct transactions waiting = {.count = 0};

    (void)state;
    add(&waiting, 1, 10, "a", 1);
    add(&waiting, 2, 20, "b", 1);
    expect(&waiting, "A", 1, 30, MATCH_ORDER, 1, 20);
    add(&waiting, 3, 35, "c", 1);
    expect(&waiting, "B", 1, 40, MATCH_ORDER, 2, 20);
    expect(&waiting, "C", 1, 45, MATCH_ORDER, 3, 10);
}

/* Of two replies that may have overtaken each other the second is as uncertain as the first. */
static void after_a_guess_the_rest_may_be_wrong(void **state)
{
    struct transactions waiting = {.count = 0};

    (void)state;
    add(&waiting, 1, 10, "a", 1);
    add(&waiting, 2, 20, "b", 1);
    expect(&waiting, "B", 1, 30, MATCH_ORDER, 1, 20);
    expect(&waiting, "A", 1, 40, MATCH_ORDER, 2, 20);
    add(&waiting, 3, 50, "c", 1);
    expect(&waiting, "C", 1, 60, MATCH_ALONE, 3, 10);
}

/* Request 3 was sent after the guess, and when no other one waited any more. */
static void a_guess_ends_with_those_that_shared_it(void **state)
{
    struct transactions waiting = {.count = 0};

    (void)state;
    add(&waiting, 1, 10, "a", 1);
    add(&waiting, 2, 20, "b", 1);
    expect(&waiting, "A", 1, 30, MATCH_ORDER, 1, 20);
    add(&waiting, 3, 30 + TRANSACTIONS_WAIT_NS, "c", 1); /* 2 has expired */
    expect(&waiting, "C", 1, 40 + TRANSACTIONS_WAIT_NS, MATCH_ALONE, 3, 10);
}

static const uint8_t dns_1[12] = {0x12, 0x34, 1, 0, 0, 1}, dns_2[12] = {0x12, 0x35, 1, 0, 0, 1};
static const uint8_t dns_reply_1[12] = {0x12, 0x34, 0x81, 0x80, 0, 1, 0, 1};
static const uint8_t dns_reply_2[12] = {0x12, 0x35, 0x81, 0x80, 0, 1, 0, 1};

static void dns_has_a_number(void **state)
{
    struct transactions waiting = {.count = 0};

    (void)state;
    add(&waiting, 1, 10, dns_1, sizeof dns_1);
    add(&waiting, 2, 20, dns_2, sizeof dns_2);
    expect(&waiting, dns_reply_2, sizeof dns_reply_2, 25, MATCH_ID, 2, 5);
    expect(&waiting, dns_reply_1, sizeof dns_reply_1, 30, MATCH_ID, 1, 20);
}

/* A reply that comes twice, or late, has the number of no request that waits. */
static void another_number_answers_none(void **state)
{
    struct transactions waiting = {.count = 0};

    (void)state;
    add(&waiting, 1, 10, dns_1, sizeof dns_1);
    add(&waiting, 2, 20, dns_2, sizeof dns_2);
    expect(&waiting, dns_reply_2, sizeof dns_reply_2, 25, MATCH_ID, 2, 5);
    expect(&waiting, dns_reply_2, sizeof dns_reply_2, 26, MATCH_NONE, 0, EVENT_UNKNOWN);
    expect(&waiting, dns_reply_1, sizeof dns_reply_1, 30, MATCH_ID, 1, 20);
    add(&waiting, 3, 40, dns_1, sizeof dns_1);
    add(&waiting, 4, 50, "abc", 3); /* without a number */
    expect(&waiting, dns_reply_2, sizeof dns_reply_2, 60, MATCH_ORDER, 4, 10);
}

/* A query sent again has the same number: which of the two is answered is unknown. */
static void a_number_twice_is_none(void **state)
{
    struct transactions waiting = {.count = 0};

    (void)state;
    add(&waiting, 1, 10, dns_2, sizeof dns_2);
    add(&waiting, 2, 20, dns_2, sizeof dns_2);
    add(&waiting, 3, 21, dns_1, sizeof dns_1);
    expect(&waiting, dns_reply_2, sizeof dns_reply_2, 25, MATCH_ORDER, 1, 15);
    expect(&waiting, dns_reply_1, sizeof dns_reply_1, 26, MATCH_ID, 3, 5);
    expect(&waiting, dns_reply_2, sizeof dns_reply_2, 27, MATCH_ORDER, 2, 7);
}

/* A guess among others does not concern a number. */
static void a_number_is_certain_after_a_guess(void **state)
{
    struct transactions waiting = {.count = 0};

    (void)state;
    add(&waiting, 1, 10, "a", 1);
    add(&waiting, 2, 20, dns_2, sizeof dns_2);
    expect(&waiting, "A", 1, 24, MATCH_ORDER, 1, 14);
    expect(&waiting, dns_reply_2, sizeof dns_reply_2, 25, MATCH_ID, 2, 5);
}

static void stun_and_coap_have_numbers(void **state)
{
    static const uint8_t stun_1[20] = {0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1};
    static const uint8_t stun_2[20] = {0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 2};
    static const uint8_t stun_reply_2[20] = {1, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 2};
    static const uint8_t coap[4] = {0x40, 1, 7, 8}, coap_ack[4] = {0x60, 0x45, 7, 8};
    struct transactions waiting = {.count = 0};

    (void)state;
    add(&waiting, 1, 10, stun_1, sizeof stun_1);
    add(&waiting, 2, 10, stun_2, sizeof stun_2);
    add(&waiting, 3, 10, coap, sizeof coap);
    expect(&waiting, coap_ack, sizeof coap_ack, 20, MATCH_ID, 3, 10);
    expect(&waiting, stun_reply_2, sizeof stun_reply_2, 30, MATCH_ID, 2, 20);
}

/* Message IDs name what is acknowledged; a response of its own is named by its token. */
static void coap_responses_have_a_token(void **state)
{
    static const uint8_t con[5] = {0x41, 1, 7, 8, 0xaa}, non[5] = {0x51, 1, 7, 9, 0xbb};
    static const uint8_t for_non[5] = {0x51, 0x45, 1, 2, 0xbb};
    static const uint8_t wrong_token[5] = {0x61, 0x45, 7, 8, 0xab};
    static const uint8_t separate[5] = {0x41, 0x45, 1, 3, 0xaa};
    struct transactions waiting = {.count = 0};

    (void)state;
    add(&waiting, 1, 10, con, sizeof con);
    add(&waiting, 2, 10, non, sizeof non);
    expect(&waiting, for_non, sizeof for_non, 20, MATCH_ID, 2, 10);
    expect(&waiting, for_non, sizeof for_non, 21, MATCH_NONE, 0, EVENT_UNKNOWN);
    expect(&waiting, wrong_token, sizeof wrong_token, 22, MATCH_NONE, 0, EVENT_UNKNOWN);
    expect(&waiting, separate, sizeof separate, 30, MATCH_ID, 1, 20);
}

/* A response of its own, as a server sends that needs longer: the empty acknowledgement is not all, and
 * what the client returns for the response is no request that the next one could answer. */
static void coap_responses_follow_their_acknowledgement(void **state)
{
    static const uint8_t get_1[5] = {0x41, 1, 7, 8, 0xaa}, ack_1[4] = {0x60, 0, 7, 8};
    static const uint8_t response_1[5] = {0x41, 0x45, 1, 2, 0xaa}, received_1[4] = {0x60, 0, 1, 2};
    static const uint8_t get_2[5] = {0x41, 1, 7, 9, 0xab}, ack_2[4] = {0x60, 0, 7, 9};
    static const uint8_t response_2[5] = {0x41, 0x45, 1, 3, 0xab}, unknown[4] = {0x70, 0, 1, 3};
    struct transactions waiting = {.count = 0};

    (void)state;
    add(&waiting, 1, 10, get_1, sizeof get_1);
    expect(&waiting, ack_1, sizeof ack_1, 20, MATCH_ID, 1, 10);
    expect(&waiting, ack_1, sizeof ack_1, 21, MATCH_NONE, 0, EVENT_UNKNOWN);
    expect(&waiting, response_1, sizeof response_1, 30, MATCH_ID, 1, 20);
    add(&waiting, 2, 31, received_1, sizeof received_1);
    assert_int_equal(waiting.count, 0);
    add(&waiting, 3, 40, get_2, sizeof get_2);
    expect(&waiting, ack_2, sizeof ack_2, 50, MATCH_ID, 3, 10);
    expect(&waiting, response_2, sizeof response_2, 60, MATCH_ID, 3, 20);
    add(&waiting, 4, 61, unknown, sizeof unknown);
    expect(&waiting, response_2, sizeof response_2, 70, MATCH_NONE, 0, EVENT_UNKNOWN);
}

/* A request that was sent twice is acknowledged twice. A reset is all that answers it. */
static void coap_requests_may_be_repeated_or_reset(void **state)
{
    static const uint8_t get[5] = {0x41, 1, 7, 8, 0xaa}, ack[4] = {0x60, 0, 7, 8};
    static const uint8_t reset[4] = {0x70, 0, 7, 8}, response[5] = {0x41, 0x45, 1, 2, 0xaa};
    struct transactions waiting = {.count = 0};

    (void)state;
    add(&waiting, 1, 10, get, sizeof get);
    add(&waiting, 2, 20, get, sizeof get);
    expect(&waiting, ack, sizeof ack, 30, MATCH_ORDER, 1, 20);
    expect(&waiting, ack, sizeof ack, 31, MATCH_ORDER, 2, 11);
    expect(&waiting, response, sizeof response, 40, MATCH_ORDER, 1, 30);
    transactions_clear(&waiting);
    add(&waiting, 3, 50, get, sizeof get);
    expect(&waiting, reset, sizeof reset, 60, MATCH_ID, 3, 10);
    assert_int_equal(waiting.count, 0);
}

/* Text that begins as a CoAP message does has no number. */
static void text_has_no_number(void **state)
{
    struct transactions waiting = {.count = 0};

    (void)state;
    add(&waiting, 1, 10, "@bcd", 4);
    add(&waiting, 2, 10, "abcd", 4);
    expect(&waiting, "abcd", 4, 20, MATCH_ORDER, 1, 10);
}

static void nothing_is_said_once_it_overflowed(void **state)
{
    struct transactions waiting = {.count = 0};

    (void)state;
    for (uint64_t number = 1; number <= TRANSACTIONS_MAX + 1; number++)
        add(&waiting, number, 10, "x", 1);
    expect(&waiting, "y", 1, 20, MATCH_NONE, 0, EVENT_UNKNOWN);
    add(&waiting, 100, 10 + 2 * TRANSACTIONS_WAIT_NS, "x", 1); /* those before have expired */
    expect(&waiting, "y", 1, 11 + 2 * TRANSACTIONS_WAIT_NS, MATCH_ALONE, 100, 1);
}

static void a_quote_finds_its_request(void **state)
{
    struct transactions waiting = {.count = 0};

    (void)state;
    assert_int_equal(transactions_find(&waiting, (const uint8_t *)"a", 1), 0);
    add(&waiting, 1, 10, "abc", 3);
    add(&waiting, 2, 10, "abd", 3);
    assert_int_equal(transactions_find(&waiting, (const uint8_t *)"abc", 3), 1);
    assert_int_equal(transactions_find(&waiting, (const uint8_t *)"ab", 2), 2);
    assert_int_equal(transactions_find(&waiting, (const uint8_t *)"b", 1), 0);
    assert_int_equal(transactions_find(&waiting, (const uint8_t *)"", 0), 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(the_only_one_is_answered),
    cmocka_unit_test(of_several_the_oldest_may_be),
    cmocka_unit_test(after_a_guess_the_rest_may_be_wrong),
    cmocka_unit_test(a_guess_ends_with_those_that_shared_it),
    cmocka_unit_test(dns_has_a_number),
    cmocka_unit_test(another_number_answers_none),
    cmocka_unit_test(a_number_twice_is_none),
    cmocka_unit_test(a_number_is_certain_after_a_guess),
    cmocka_unit_test(stun_and_coap_have_numbers),
    cmocka_unit_test(coap_responses_have_a_token),
    cmocka_unit_test(coap_responses_follow_their_acknowledgement),
    cmocka_unit_test(coap_requests_may_be_repeated_or_reset),
    cmocka_unit_test(text_has_no_number),
    cmocka_unit_test(nothing_is_said_once_it_overflowed),
    cmocka_unit_test(a_quote_finds_its_request),
};

const struct suite suite_transactions = {
    .name = "transactions", .tests = tests, .count = sizeof tests / sizeof *tests};
