/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* origin: a table of senders, and whether they may answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/proto/origin.h"

static struct endpoint ipv4(uint8_t number, uint16_t port)
{
    return (struct endpoint){.family = ENDPOINT_IPV4, .address = {192, 0, 2, number}, .port = port};
}

static struct endpoint link_local(uint32_t scope)
{
    return (struct endpoint){
        .family = ENDPOINT_IPV6, .address = {0xfe, 0x80, [15] = 1}, .scope = scope, .port = 69};
}

static void each_sender(void **state)
{
    const struct {
        struct endpoint from, target;
        bool ours;
        enum origin origin;
        bool one, many;
    } rows[] = {
        {ipv4(1, 69), ipv4(1, 69), false, ORIGIN_TARGET, true, true},
        {ipv4(1, 5000), ipv4(1, 69), false, ORIGIN_OTHER_PORT, true, true},
        {ipv4(2, 69), ipv4(1, 69), false, ORIGIN_OTHER_ADDRESS, false, true},
        {ipv4(2, 5000), ipv4(1, 69), false, ORIGIN_OTHER_ADDRESS, false, true},
        {ipv4(1, 69), ipv4(1, 69), true, ORIGIN_OURSELVES, false, false},
        {ipv4(2, 69), ipv4(255, 69), true, ORIGIN_OURSELVES, false, false},
        {link_local(2), link_local(2), false, ORIGIN_TARGET, true, true},
        {link_local(3), link_local(2), false, ORIGIN_OTHER_ADDRESS, false, true},
        {ipv4(1, 69), link_local(2), false, ORIGIN_OTHER_ADDRESS, false, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum origin origin = origin_of(&rows[i].from, &rows[i].target, rows[i].ours);
        assert_int_equal(origin, rows[i].origin);
        assert_int_equal(origin_may_answer(origin, false), rows[i].one);
        assert_int_equal(origin_may_answer(origin, true), rows[i].many);
    }
}

/* Whoever is not taken for an answer is explained. */
static void what_is_no_answer_is_explained(void **state)
{
    (void)state;
    for (int origin = 0; origin < ORIGINS; origin++)
        for (int many = 0; many < 2; many++)
            if (!origin_may_answer((enum origin)origin, many))
                assert_non_null(origin_note((enum origin)origin, many));
    assert_null(origin_note(ORIGIN_TARGET, false));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(each_sender),
    cmocka_unit_test(what_is_no_answer_is_explained),
};

const struct suite suite_origin = {
    .name = "origin", .tests = tests, .count = sizeof tests / sizeof *tests};
