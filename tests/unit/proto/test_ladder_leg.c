/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ladder_leg: what became of a datagram, which ack closes the bracket, and the order of legs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/units.h"
#include "udptui/proto/ladder_leg.h"

static void a_leg_has_the_times_the_end_and_the_words_of_its_fate(void **state)
{
    static const struct {
        struct leg from;
        bool to_right, copy;
        uint8_t end;
        const char *note;
    } rows[] = {
        {{.state = LEG_ARRIVED, .depart_us = 5, .arrive_us = 30}, true, false, LADDER_ARRIVED, ""},
        {{.state = LEG_ARRIVED, .depart_us = 5, .arrive_us = 30},
         true,
         true,
         LADDER_ARRIVED,
         "copy"},
        {{.state = LEG_LOST, .late_by = 2}, true, true, LADDER_LOST, "LOST request"},
        {{.state = LEG_LOST}, false, false, LADDER_LOST, "LOST ack"},
        {{.state = LEG_UNDERWAY, .late_by = 2, .corrupt = true},
         true,
         false,
         LADDER_UNDERWAY,
         "late by 2, corrupt"},
        {{.state = LEG_ARRIVED, .corrupt = true}, false, true, LADDER_ARRIVED, "corrupt, copy"},
    };
    const int64_t base_ns = 1000 * UNITS_NS_PER_S;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ladder_leg leg;
        assert_true(
            ladder_leg_of(&rows[i].from, base_ns, rows[i].to_right, rows[i].copy, NULL, &leg));
        assert_int_equal(leg.depart_ns, base_ns + rows[i].from.depart_us * UNITS_NS_PER_US);
        assert_int_equal(leg.arrive_ns, base_ns + rows[i].from.arrive_us * UNITS_NS_PER_US);
        assert_int_equal(leg.end, rows[i].end);
        assert_int_equal(leg.to_right, rows[i].to_right);
        assert_int_equal(leg.copy, rows[i].copy);
        assert_int_equal(leg.corrupt, rows[i].from.corrupt);
        assert_string_equal(leg.note, rows[i].note);
    }
}

static void no_datagram_is_no_leg(void **state)
{
    const struct leg none = {.state = LEG_NONE};
    struct ladder_leg leg = {.number = 7};

    (void)state;
    assert_false(ladder_leg_of(&none, 0, true, false, NULL, &leg));
    assert_int_equal(leg.number, 7);
}

static void the_first_ack_to_arrive_closes_the_bracket(void **state)
{
    struct ladder_leg legs[] = {
        {.to_right = true, .end = LADDER_ARRIVED, .arrive_ns = 10},
        {.end = LADDER_LOST, .arrive_ns = 20},
        {.end = LADDER_ARRIVED, .arrive_ns = 50},
        {.end = LADDER_ARRIVED, .arrive_ns = 40},
    };

    (void)state;
    ladder_mark_first_ack(legs, 4, 5);
    assert_int_equal(legs[3].rtt_ns, 35);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(legs[i].rtt_ns, 0);
    ladder_mark_first_ack(legs, 2, 5); /* none came: no bracket */
    assert_int_equal(legs[0].rtt_ns + legs[1].rtt_ns, 0);
}

static void legs_are_ordered_by_departure_then_number_then_request_before_ack(void **state)
{
    struct ladder_leg legs[] = {
        {.depart_ns = 9, .number = 1},
        {.depart_ns = 5, .number = 2, .to_right = false},
        {.depart_ns = 5, .number = 2, .to_right = true},
        {.depart_ns = 5, .number = 1},
    };

    (void)state;
    qsort(legs, 4, sizeof *legs, ladder_by_departure);
    assert_int_equal(legs[0].number, 1);
    assert_int_equal(legs[0].depart_ns, 5);
    assert_true(legs[1].to_right);
    assert_false(legs[2].to_right);
    assert_int_equal(legs[3].depart_ns, 9);
}

static void sorting_keeps_the_order_of_legs_of_the_same_time(void **state)
{
    struct ladder_leg legs[] = {{.depart_ns = 7, .number = 1},
                                {.depart_ns = 5, .number = 9},
                                {.depart_ns = 7, .number = 0},
                                {.depart_ns = 5, .number = 3}};
    const uint64_t sorted[] = {9, 3, 1, 0};

    (void)state;
    ladder_sort_legs(legs, 0);
    ladder_sort_legs(legs, 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(legs[i].number, sorted[i]);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_leg_has_the_times_the_end_and_the_words_of_its_fate),
    cmocka_unit_test(no_datagram_is_no_leg),
    cmocka_unit_test(the_first_ack_to_arrive_closes_the_bracket),
    cmocka_unit_test(legs_are_ordered_by_departure_then_number_then_request_before_ack),
    cmocka_unit_test(sorting_keeps_the_order_of_legs_of_the_same_time),
};

const struct suite suite_ladder_leg = {
    .name = "ladder_leg", .tests = tests, .count = sizeof tests / sizeof *tests};
