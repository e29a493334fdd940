/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../manual.h"
#include "../suite.h"

#include "udptui/proto/event.h"

static void totals_of_engines_add_up(void **state)
{
    const struct event_totals engines[] = {
        {.clients = 2,
         .clients_evicted = 1,
         .counts = {.received = 10, .acked = 8, .failed = 1, .held = {[HELD_LOOP] = 1}},
         .evicted = {.received = 3, .acked = 3},
         .acks_cut = 4,
         .kernel_dropped = 5,
         .messages_skipped = 6,
         .not_published = 3,
         .now_ns = 100,
         .acks_on = true},
        {.clients = 1,
         .counts = {.received = 7, .acked = 7},
         .manual_sent = 2,
         .not_published = 4,
         .kernel_dropped = 1,
         .dropped_at_least = true,
         .receive_errors = 9,
         .now_ns = 90},
    };
    struct event_totals sum = event_totals_merge(engines, 2);

    (void)state;
    assert_int_equal(sum.kind, EVENT_TOTALS);
    assert_int_equal(sum.clients, 3);
    assert_int_equal(sum.clients_evicted, 1);
    assert_int_equal(sum.counts.received, 17);
    assert_int_equal(sum.counts.acked, 15);
    assert_int_equal(sum.counts.held[HELD_LOOP], 1);
    assert_int_equal(sum.evicted.received, 3);
    assert_int_equal(sum.acks_cut, 4);
    assert_int_equal(sum.not_published, 7);
    assert_int_equal(sum.manual_sent, 2);
    assert_int_equal(sum.kernel_dropped, 6);
    assert_true(sum.dropped_at_least);
    assert_int_equal(sum.messages_skipped, 6);
    assert_int_equal(sum.receive_errors, 9);
    assert_int_equal(sum.now_ns, 100);
    assert_true(sum.acks_on);
    assert_true(counts_conserved(&sum.counts));
}

static void no_engine_is_nothing(void **state)
{
    struct event_totals sum = event_totals_merge(NULL, 0);

    (void)state;
    assert_int_equal(sum.counts.received, 0);
    assert_false(sum.acks_on);
}

static void statuses_are_named_and_in_the_manual(void **state)
{
    (void)state;
    for (int i = 0; i < ACK_STATUSES; i++) {
        const struct ack_status_row *row = &ack_status_rows[i];
        assert_true(strlen(row->brief) <= strlen(row->line));
        manual_assert_names("udptui-filter.7", "DESCRIPTION", row->word);
        manual_assert_names("udptui-json.5", "OBJECTS", row->json);
    }
}

static void held_reasons_are_named_and_in_the_manual(void **state)
{
    (void)state;
    for (int reason = 0; reason < HELD_REASONS; reason++) {
        assert_non_null(held_reason_text((enum held_reason)reason));
        manual_assert_names("udptui-serve.1", "HELD ACKS",
                            held_reason_name((enum held_reason)reason));
    }
    assert_null(held_reason_text(HELD_REASONS));
}

static void marks_are_of_one_flag_and_in_the_manual(void **state)
{
    uint16_t seen = 0;

    (void)state;
    for (size_t i = 0; i < MESSAGE_MARKS; i++) {
        assert_int_equal(seen & message_marks[i].flag, 0);
        seen |= (uint16_t)message_marks[i].flag;
        assert_true(strlen(message_marks[i].line) > 0);
        manual_assert_names("udptui-json.5", "OBJECTS", message_marks[i].key);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(statuses_are_named_and_in_the_manual),
    cmocka_unit_test(held_reasons_are_named_and_in_the_manual),
    cmocka_unit_test(marks_are_of_one_flag_and_in_the_manual),
    cmocka_unit_test(totals_of_engines_add_up),
    cmocka_unit_test(no_engine_is_nothing),
};

const struct suite suite_event = {
    .name = "event", .tests = tests, .count = sizeof tests / sizeof *tests};
