/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resend: matching replies to requests, and comparing them. */
#include "udptui/replay/resend.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

static void ask(struct resend *resend, uint64_t number, const char *recorded, int64_t now_ns)
{
    const struct resend_request request = {.number = number,
                                           .size_bytes = (size_t)number,
                                           .recorded = (const uint8_t *)recorded,
                                           .recorded_bytes = recorded ? strlen(recorded) : 0,
                                           .recorded_size = recorded ? strlen(recorded) : 0};

    assert_true(resend_sent(resend, &request, now_ns + 100));
}

static struct resend_result answer(struct resend *resend, const char *text)
{
    return resend_answered(resend, (const uint8_t *)text, strlen(text));
}

static void check(struct resend_result result, enum resend_outcome outcome, uint64_t number)
{
    assert_string_equal(resend_names[result.outcome].key, resend_names[outcome].key);
    assert_int_equal(result.number, number);
}

static int open_resend(void **state)
{
    *state = resend_open();
    return *state == NULL;
}

static int close_resend(void **state)
{
    resend_close(*state);
    return 0;
}

static void test_one_after_the_other(void **state)
{
    struct resend *resend = *state;

    ask(resend, 1, "yes", 10);
    check(answer(resend, "yes"), RESEND_SAME, 1);
    ask(resend, 2, "yes", 20);
    check(answer(resend, "no"), RESEND_DIFFERENT, 2);
    ask(resend, 3, NULL, 30);
    check(answer(resend, "yes"), RESEND_NEW, 3);
    ask(resend, 4, "", 40);
    check(answer(resend, ""), RESEND_SAME, 4);
    assert_int_equal(resend_waiting(resend), 0);
    assert_int_equal(resend_deadline_ns(resend), INT64_MAX);
}

static void test_answers_out_of_order(void **state)
{
    struct resend *resend = *state;
    struct resend_result result = {.number = 0};

    ask(resend, 1, "one", 10);
    ask(resend, 2, "two", 20);
    ask(resend, 3, "three", 30);
    check(answer(resend, "three"), RESEND_SAME, 3);
    check(answer(resend, "other"), RESEND_DIFFERENT, 1);
    result = answer(resend, "two");
    check(result, RESEND_SAME, 2);
    assert_memory_equal(result.recorded, "two", 3);
    ask(resend, 4, "four", 50);
    check(answer(resend, "four"), RESEND_SAME, 4);
}

static void test_silence(void **state)
{
    struct resend *resend = *state;
    struct resend_result result = {.number = 0};

    ask(resend, 1, "one", 10);
    ask(resend, 2, NULL, 20);
    assert_int_equal(resend_deadline_ns(resend), 110);
    assert_false(resend_expire(resend, 109, &result));
    assert_true(resend_expire(resend, 110, &result));
    check(result, RESEND_SILENT, 1);
    assert_true(resend_expire(resend, 120, &result));
    check(result, RESEND_NONE, 2);
    assert_false(resend_expire(resend, 1000, &result));
    ask(resend, 3, "one", 200);
    check(answer(resend, "one"), RESEND_SAME, 3);
    check(answer(resend, "one"), RESEND_EXTRA, 0);
}

static void test_a_cut_recording_is_compared_as_far_as_it_goes(void **state)
{
    struct resend *resend = *state;
    const struct resend_request request = {
        .number = 1, .recorded = (const uint8_t *)"abcd", .recorded_bytes = 4, .recorded_size = 6};

    assert_true(resend_sent(resend, &request, 100));
    check(answer(resend, "abcdxy"), RESEND_SAME, 1);
    assert_true(resend_sent(resend, &request, 100));
    check(answer(resend, "abcd"), RESEND_DIFFERENT, 1);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(test_one_after_the_other, open_resend, close_resend),
    cmocka_unit_test_setup_teardown(test_answers_out_of_order, open_resend, close_resend),
    cmocka_unit_test_setup_teardown(test_silence, open_resend, close_resend),
    cmocka_unit_test_setup_teardown(test_a_cut_recording_is_compared_as_far_as_it_goes, open_resend,
                                    close_resend),
};

const struct suite suite_resend = {
    .name = "resend", .tests = tests, .count = sizeof tests / sizeof *tests};
