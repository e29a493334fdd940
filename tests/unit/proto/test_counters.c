/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* counters: the question, the reply there and back, and what is neither. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/proto/ack.h"
#include "udptui/proto/counters.h"

static bool parses(const char *text, struct counters *out)
{
    return counters_parse((const uint8_t *)text, strlen(text), out);
}

static void only_the_question_is_one(void **state)
{
    (void)state;
    assert_true(counters_is_question((const uint8_t *)"udptui counters?", 16));
    assert_false(counters_is_question((const uint8_t *)"udptui counters?\n", 17));
    assert_false(counters_is_question((const uint8_t *)"udptui counters!", 16));
    assert_false(counters_is_question((const uint8_t *)"", 0));
}

static void a_reply_is_read_as_it_was_written(void **state)
{
    const struct counters cases[] = {
        {.received = 0, .dropped = 0},
        {.received = 12, .dropped = 3, .at_least = true},
        {.received = INT64_MAX, .dropped = UINT32_MAX, .at_least = true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t bytes[COUNTERS_REPLY_MAX];
        struct counters read;
        size_t length = counters_write(&cases[i], bytes);
        assert_true(counters_parse(bytes, length, &read));
        assert_int_equal(read.received, cases[i].received);
        assert_int_equal(read.dropped, cases[i].dropped);
        assert_int_equal(read.at_least, cases[i].at_least);
    }
}

/* The longest is within what the least of requests allows, which is IPv4's. */
static void a_reply_is_no_amplification(void **state)
{
    uint8_t bytes[COUNTERS_REPLY_MAX];
    const struct counters most = {.received = UINT64_MAX, .dropped = UINT32_MAX, .at_least = true};

    (void)state;
    assert_in_range(counters_write(&most, bytes), 1, COUNTERS_REPLY_MAX);
    assert_true(COUNTERS_REPLY_MAX <= ack_reply_limit(ENDPOINT_IPV4, COUNTERS_QUESTION_BYTES));
}

static void anything_else_is_no_reply(void **state)
{
    static const char *const others[] = {
        "",
        "Message received",
        "udptui counters?",
        "udptui counters: received ",
        "udptui counters: received 1",
        "udptui counters: received 1, dropped ",
        "udptui counters: received 1, dropped 2 ",
        "udptui counters: received 1, dropped 4294967296",
        "udptui counters: received 99999999999999999999, dropped 1",
        "udptui counters: received -1, dropped 1",
        "udptui counters: received 1, dropped at least",
    };
    uint8_t longer[COUNTERS_REPLY_MAX + 1];
    struct counters read;

    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(parses(others[i], &read));
    memset(longer, '1', sizeof longer);
    assert_false(counters_parse(longer, sizeof longer, &read));
    assert_false(
        counters_parse((const uint8_t *)"udptui counters: received 1, dropped 2\0", 39, &read));
}

static void the_difference_leaves_out_the_question(void **state)
{
    struct counters between;
    const struct counters before = {.received = 5, .dropped = UINT32_MAX - 1};
    struct counters after = {.received = 16, .dropped = 3, .at_least = true};

    (void)state;
    assert_true(counters_between(&before, &after, &between));
    assert_int_equal(between.received, 10);
    assert_int_equal(between.dropped, 5); /* the kernel's counter has 32 bits */
    assert_true(between.at_least);
    after.dropped = before.dropped;
    assert_true(counters_between(&before, &after, &between));
    assert_false(between.at_least);
    after.received = 5; /* the server's table had to forget the client */
    assert_false(counters_between(&before, &after, &between));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(only_the_question_is_one),
    cmocka_unit_test(a_reply_is_read_as_it_was_written),
    cmocka_unit_test(a_reply_is_no_amplification),
    cmocka_unit_test(anything_else_is_no_reply),
    cmocka_unit_test(the_difference_leaves_out_the_question),
};

const struct suite suite_counters = {
    .name = "counters", .tests = tests, .count = sizeof tests / sizeof *tests};
