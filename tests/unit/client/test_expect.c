/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expect: which messages are met, against a list of what was sent and what came. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/client/expect.h"

static struct expect *open_expect(const char *text)
{
    struct filter_problem problem;
    struct expect *expect = expect_open(text, strlen(text), &problem);

    assert_non_null(expect);
    return expect;
}

static struct result reply_to(uint64_t seq, const char *text, enum result_status status)
{
    return (struct result){
        .status = status, .seq = seq, .reply = (const uint8_t *)text, .reply_bytes = strlen(text)};
}

static void take(struct expect *expect, uint64_t seq, const char *text, int64_t until_ns)
{
    struct result result = reply_to(seq, text, RESULT_ACKED);

    expect_take(expect, &result, until_ns);
}

static void test_met_by_any_reply_to_it(void **state)
{
    struct expect *expect = open_expect("yes");
    struct expect_unmet unmet;

    (void)state;
    expect_sent(expect, 1, 100);
    assert_int_equal(expect_deadline_ns(expect), INT64_MAX); /* the session waits */
    take(expect, 1, "no", 0);
    assert_int_equal(expect_deadline_ns(expect), 100);
    assert_false(expect_next_unmet(expect, 99, &unmet));
    take(expect, 1, "YES", 0);
    assert_false(expect_next_unmet(expect, 100, &unmet));
    assert_true(expect_is_settled(expect) && expect_is_met(expect));
    expect_close(expect);
}

static void test_met_by_what_a_reply_lacks(void **state)
{
    struct expect *expect = open_expect("!error");

    (void)state;
    expect_sent(expect, 1, 100);
    take(expect, 1, "an ERROR", 0);
    assert_false(expect_is_met(expect));
    take(expect, 1, "21.5", 0);
    assert_true(expect_is_met(expect));
    expect_close(expect);
}

static void test_unmet_after_the_deadline_or_the_wait(void **state)
{
    struct expect *expect = open_expect("yes");
    struct expect_unmet unmet;

    (void)state;
    expect_sent(expect, 1, 100);
    take(expect, 1, "no", 150);
    assert_false(expect_next_unmet(expect, 149, &unmet));
    assert_true(expect_next_unmet(expect, 150, &unmet));
    assert_int_equal(unmet.seq, 1);
    assert_int_equal(unmet.others, 1);
    assert_false(expect_next_unmet(expect, 200, &unmet));
    take(expect, 1, "yes", 0); /* too late */
    assert_int_equal(expect_met(expect), 0);
    assert_int_equal(expect_unmet(expect), 1);
    expect_close(expect);
}

static void test_what_is_not_a_reply_to_it(void **state)
{
    struct expect *expect = open_expect("yes");
    struct result stray = reply_to(0, "yes", RESULT_UNSOLICITED);
    struct expect_unmet unmet;

    (void)state;
    expect_sent(expect, 1, 100);
    expect_take(expect, &stray, 0);
    assert_int_equal(stray.expectation, EXPECTATION_NONE);
    expect_take(expect, &(struct result){.status = RESULT_RESENT, .seq = 1}, 0);
    assert_false(expect_is_settled(expect));
    expect_take(expect, &(struct result){.status = RESULT_REFUSED, .seq = 1}, 0);
    assert_true(expect_next_unmet(expect, 0, &unmet));
    assert_int_equal(unmet.others, 0);
    expect_close(expect);
}

static void test_changing_and_ending_it(void **state)
{
    struct expect *expect = open_expect("one");
    struct filter_problem problem;
    struct expect_unmet unmet;

    (void)state;
    expect_sent(expect, 1, 100);
    assert_false(expect_change(expect, "(", 1, &problem));
    assert_true(expect_change(expect, "two", 3, &problem));
    take(expect, 1, "one", 0); /* as when it was sent */
    assert_true(expect_change(expect, NULL, 0, &problem));
    expect_sent(expect, 2, 100);
    assert_true(expect_change(expect, "four", 4, &problem));
    expect_sent(expect, 4, 100); /* 3 was another's */
    take(expect, 4, "four", 0);
    assert_false(expect_next_unmet(expect, 1000, &unmet));
    assert_int_equal(expect_met(expect), 2);
    assert_int_equal(expect_unmet(expect), 0);
    expect_close(expect);
}

/* More messages than are kept open: the oldest count as unmet. */
static void test_many_against_a_list(void **state)
{
    enum { MESSAGES = 100000, WINDOW = 1000 };
    struct expect *expect = open_expect("yes");
    uint64_t met = 0, reported = 0;
    struct expect_unmet unmet;

    (void)state;
    srand(5);
    for (uint64_t seq = 1; seq <= MESSAGES; seq++) {
        expect_sent(expect, seq, (int64_t)seq + WINDOW);
        uint64_t replied = seq > WINDOW / 2 ? seq - (uint64_t)(rand() % 2) * (WINDOW / 2) : seq;
        bool yes = rand() % 2;
        uint64_t before = expect_met(expect);
        take(expect, replied, yes ? "yes" : "no", 0);
        assert_true(expect_met(expect) - before <= yes);
        met += expect_met(expect) - before;
        while (expect_next_unmet(expect, (int64_t)seq, &unmet))
            reported++;
    }
    while (expect_next_unmet(expect, INT64_MAX, &unmet))
        reported++;
    assert_true(reported <= expect_unmet(expect));
    assert_int_equal(met + expect_unmet(expect), MESSAGES);
    expect_close(expect);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_met_by_any_reply_to_it),
    cmocka_unit_test(test_met_by_what_a_reply_lacks),
    cmocka_unit_test(test_unmet_after_the_deadline_or_the_wait),
    cmocka_unit_test(test_what_is_not_a_reply_to_it),
    cmocka_unit_test(test_changing_and_ending_it),
    cmocka_unit_test(test_many_against_a_list),
};

const struct suite suite_expect = {
    .name = "expect", .tests = tests, .count = sizeof tests / sizeof *tests};
