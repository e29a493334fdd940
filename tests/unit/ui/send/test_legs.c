/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* legs: what each kind of result draws, and what the ring forgets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../suite.h"

#include "../../../../src/ui/send/legs_internal.h"

enum { ALL = 1000 };

static void legs_request(struct legs *legs, uint64_t seq, const char *text)
{
    legs_add_request(legs, TEXT_UTF8, seq, (const uint8_t *)text, strlen(text), (int64_t)seq * 10);
}

/* reply: NULL for none. */
static void legs_result(struct legs *legs, enum result_status status, uint64_t seq,
                        const char *reply)
{
    const struct result result = {.status = status,
                                  .seq = seq,
                                  .wall_ns = (int64_t)seq * 10 + 5,
                                  .rtt_ns = reply != NULL ? 5 : -1,
                                  .reply = (const uint8_t *)reply,
                                  .reply_bytes = reply != NULL ? strlen(reply) : 0};

    legs_add_result(legs, TEXT_UTF8, &result);
}

/* A request and its result: what the request's arrow says then, and what came back, if anything. */
static const struct legs_case {
    enum result_status status;
    bool has_reply;
    enum ladder_end end;
    const char *note, *reply_label, *reply_note; /* reply_label NULL: nothing came back */
} cases[] = {
    {.status = RESULT_ACKED,
     .has_reply = true,
     .note = "",
     .reply_label = "#1 ack",
     .reply_note = ""},
    {.status = RESULT_TIMEOUT, .end = LADDER_SENT, .note = "no reply"},
    {.status = RESULT_REFUSED,
     .end = LADDER_DROPPED,
     .note = "closed port",
     .reply_label = "ICMP",
     .reply_note = "refused"},
    {.status = RESULT_UNREACHABLE, .end = LADDER_LOST, .note = "unreachable"},
    {.status = RESULT_TOO_BIG, .end = LADDER_UNSENT, .note = "too big"},
    {.status = RESULT_FAILED, .end = LADDER_UNSENT, .note = "failed"},
    {.status = RESULT_NOT_AWAITED, .end = LADDER_UNDERWAY, .note = ""},
    {.status = RESULT_LATE,
     .has_reply = true,
     .note = "",
     .reply_label = "#1 ack",
     .reply_note = "late"},
    {.status = RESULT_INCOMPLETE, .end = LADDER_UNDERWAY, .note = ""},
};

static void each_result_draws_what_it_says(void **state)
{
    struct legs *legs = calloc(1, sizeof *legs);
    struct ladder_leg *out = calloc(LEGS_MAX, sizeof *out);

    (void)state;
    assert_non_null(legs);
    assert_non_null(out);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct legs_case *each = &cases[i];
        *legs = (struct legs){.count = 0};
        legs_request(legs, 1, "hello");
        legs_result(legs, each->status, 1, each->has_reply ? "ack" : NULL);
        assert_int_equal(legs_latest(legs, ALL, out), each->reply_label != NULL ? 2 : 1);
        assert_string_equal(out[0].label, "#1 hello");
        assert_true(out[0].to_right);
        assert_int_equal(out[0].end, each->end);
        assert_string_equal(out[0].note, each->note);
        if (each->reply_label == NULL)
            continue;
        assert_false(out[1].to_right);
        assert_string_equal(out[1].label, each->reply_label);
        assert_string_equal(out[1].note, each->reply_note);
        assert_int_equal(out[1].rtt_ns, each->status == RESULT_ACKED ? 5 : 0);
    }
    free(out);
    free(legs);
}

static void what_came_beside_the_results_is_drawn(void **state)
{
    struct legs *legs = calloc(1, sizeof *legs);
    struct ladder_leg out[LEGS_MAX];

    (void)state;
    assert_non_null(legs);
    legs_request(legs, 1, "");
    legs_result(legs, RESULT_DUPLICATE, 1, "ack");
    legs_result(legs, RESULT_UNSOLICITED, 0, "\x1b[31m");
    assert_int_equal(legs_latest(legs, 1, out), 3);
    assert_string_equal(out[0].label, "#1 (empty)");
    assert_true(out[1].copy);
    assert_string_equal(out[2].note, "unasked");
    assert_null(strchr(out[2].label, '\x1b')); /* made safe */
    free(legs);
}

static void a_resend_is_an_arrow_of_its_own(void **state)
{
    struct legs *legs = calloc(1, sizeof *legs);
    struct ladder_leg out[LEGS_MAX];

    (void)state;
    assert_non_null(legs);
    legs_request(legs, 1, "hello");
    legs_result(legs, RESULT_RESENT, 1, NULL);
    assert_int_equal(legs_latest(legs, 1, out), 2);
    assert_int_equal(out[0].end, LADDER_SENT);
    assert_int_equal(out[1].end, LADDER_UNDERWAY);
    assert_string_equal(out[1].label, "#1 hello");
    legs_result(legs, RESULT_ACKED, 1, "ack");
    legs_latest(legs, 1, out);
    assert_int_equal(out[0].end, LADDER_SENT); /* the reply is the second one's */
    assert_int_equal(out[1].end, LADDER_ARRIVED);
    free(legs);
}

static void withdrawn_times_go(void **state)
{
    const struct result uncertain = {
        .status = RESULT_UNCERTAIN, .seq = 1, .last_seq = 2, .concerned = 2};
    struct legs *legs = calloc(1, sizeof *legs);
    struct ladder_leg out[LEGS_MAX];

    (void)state;
    assert_non_null(legs);
    for (uint64_t seq = 1; seq <= 3; seq++) {
        legs_request(legs, seq, "hello");
        legs_result(legs, RESULT_ACKED, seq, "ack");
    }
    legs_add_result(legs, TEXT_UTF8, &uncertain);
    assert_int_equal(legs_latest(legs, ALL, out), 6);
    assert_int_equal(out[1].rtt_ns, 0);
    assert_string_equal(out[3].note, "whose?");
    assert_int_equal(out[5].rtt_ns, 5);
    free(legs);
}

static void an_ambiguous_time_is_none(void **state)
{
    const struct result ambiguous = {.status = RESULT_ACKED,
                                     .seq = 1,
                                     .rtt_ns = 5,
                                     .ambiguous = true,
                                     .reply = (const uint8_t *)"ack",
                                     .reply_bytes = 3};
    struct legs *legs = calloc(1, sizeof *legs);
    struct ladder_leg out[LEGS_MAX];

    (void)state;
    assert_non_null(legs);
    legs_request(legs, 1, "hello");
    legs_add_result(legs, TEXT_UTF8, &ambiguous);
    legs_latest(legs, 1, out);
    assert_int_equal(out[1].rtt_ns, 0);
    assert_string_equal(out[1].note, "whose?");
    free(legs);
}

static void only_the_latest_exchanges_are_given(void **state)
{
    struct legs *legs = calloc(1, sizeof *legs);
    struct ladder_leg out[LEGS_MAX];

    (void)state;
    assert_non_null(legs);
    assert_int_equal(legs_latest(legs, 3, out), 0);
    for (uint64_t seq = 1; seq <= 5; seq++)
        legs_request(legs, seq, "x");
    legs_result(legs, RESULT_ACKED, 2, "late to the party");
    assert_int_equal(legs_latest(legs, 3, out), 3);
    assert_int_equal(out[0].number, 3);
    assert_int_equal(out[2].number, 5);
    free(legs);
}

static void the_ring_forgets_the_oldest(void **state)
{
    struct legs *legs = calloc(1, sizeof *legs);
    struct ladder_leg out[LEGS_MAX];

    (void)state;
    assert_non_null(legs);
    for (uint64_t seq = 1; seq <= LEGS_MAX + 10; seq++)
        legs_request(legs, seq, "x");
    assert_int_equal(legs_latest(legs, ALL, out), LEGS_MAX);
    assert_int_equal(out[0].number, 11);
    legs_result(legs, RESULT_TIMEOUT, 1, NULL); /* its arrow is gone: nothing to note */
    assert_int_equal(legs_latest(legs, ALL, out), LEGS_MAX);
    assert_int_equal(out[0].end, LADDER_UNDERWAY);
    free(legs);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_result_draws_what_it_says),
    cmocka_unit_test(what_came_beside_the_results_is_drawn),
    cmocka_unit_test(a_resend_is_an_arrow_of_its_own),
    cmocka_unit_test(withdrawn_times_go),
    cmocka_unit_test(an_ambiguous_time_is_none),
    cmocka_unit_test(only_the_latest_exchanges_are_given),
    cmocka_unit_test(the_ring_forgets_the_oldest),
};

const struct suite suite_send_legs = {
    .name = "send_legs", .tests = tests, .count = sizeof tests / sizeof *tests};
