/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* result: the words of statuses, and the share of what stayed unanswered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/proto/result.h"

static void every_status_has_its_word(void **state)
{
    (void)state;
    for (int i = 0; i < RESULT_KINDS; i++) {
        assert_non_null(result_status_name((enum result_status)i));
        for (int j = 0; j < i; j++)
            assert_string_not_equal(result_status_name((enum result_status)i),
                                    result_status_name((enum result_status)j));
    }
}

/* Waiting messages and those without a wait count neither way. */
static void unanswered_is_a_share_of_what_is_settled(void **state)
{
    static const struct {
        uint64_t sent, waiting, acked, not_awaited;
        int percent;
    } rows[] = {
        {0, 0, 0, 0, 0},  {5, 5, 0, 0, 0},  {5, 0, 0, 5, 0},  {4, 0, 4, 0, 0},
        {4, 0, 3, 0, 25}, {4, 2, 1, 0, 50}, {9, 3, 1, 4, 50}, {4, 0, 0, 0, 100},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct send_totals totals = {
            .sent = rows[i].sent,
            .waiting = rows[i].waiting,
            .counts = {[RESULT_ACKED] = rows[i].acked, [RESULT_NOT_AWAITED] = rows[i].not_awaited}};
        assert_int_equal((int)send_unanswered_percent(&totals), rows[i].percent);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(every_status_has_its_word),
    cmocka_unit_test(unanswered_is_a_share_of_what_is_settled),
};

const struct suite suite_result = {
    .name = "result", .tests = tests, .count = sizeof tests / sizeof *tests};
