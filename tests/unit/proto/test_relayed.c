/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* relayed: the words for what a relay reports. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../manual.h"
#include "../suite.h"

#include "udptui/proto/reason.h"
#include "udptui/proto/relayed.h"

static const struct endpoint target = {
    .family = ENDPOINT_IPV4, .address = {192, 0, 2, 7}, .port = 53};
static const struct endpoint router = {.family = ENDPOINT_IPV4, .address = {10, 0, 0, 1}};

static void names_are_in_the_manual(void **state)
{
    (void)state;
    manual_assert_names("udptui-json.5", "relay", relayed_direction_name(DIRECTION_TO_TARGET));
    manual_assert_names("udptui-json.5", "relay", relayed_direction_name(DIRECTION_TO_CLIENT));
    for (int match = MATCH_ALONE; match <= MATCH_ORDER; match++) {
        manual_assert_names("udptui-json.5", "relay", relayed_match_name((enum event_match)match));
        assert_non_null(relayed_match_text((enum event_match)match));
    }
    assert_null(relayed_match_text(MATCH_NONE));
}

static void who_said_what(void **state)
{
    const struct event_icmp refused = {
        .type = 3, .code = 3, .error = ECONNREFUSED, .offender = target, .target = target};
    const struct event_icmp no_route = {
        .type = 3, .code = 1, .error = EHOSTUNREACH, .offender = router, .target = target};
    const struct event_icmp ours = {.local = true, .error = ENETUNREACH, .target = target};
    char text[REASON_ICMP_SIZE], brief[RELAYED_BRIEF_SIZE];

    (void)state;
    relayed_icmp_text(&refused, NULL, text, sizeof text);
    assert_non_null(strstr(text, "192.0.2.7 reports port unreachable (ICMP type 3 code 3)"));
    assert_string_equal(relayed_icmp_brief(&refused, NULL, brief, sizeof brief),
                        "refused, reported by 192.0.2.7");
    assert_non_null(
        strstr(relayed_icmp_brief(&no_route, NULL, brief, sizeof brief), ", reported by 10.0.0.1"));
    assert_null(strstr(relayed_icmp_text(&ours, NULL, text, sizeof text), "ICMP"));
    assert_memory_equal(relayed_icmp_brief(&ours, NULL, brief, sizeof brief), "FAILED: ", 8);
}

static void a_target_that_moved(void **state)
{
    struct event_target event = {.found = true, .before = target, .now = target};
    char text[RELAYED_TARGET_SIZE];

    (void)state;
    assert_string_equal(relayed_target_text(&event, NULL, text, sizeof text),
                        "Target 192.0.2.7:53 looked up again: its address is the same");
    event.now.address[3] = 8;
    assert_string_equal(relayed_target_text(&event, NULL, text, sizeof text),
                        "Target 192.0.2.7:53 looked up again: now 192.0.2.8:53");
    event.found = false;
    strcpy(event.why, "no such name");
    assert_string_equal(relayed_target_text(&event, NULL, text, sizeof text),
                        "Target 192.0.2.7:53 looked up again: no such name");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(names_are_in_the_manual),
    cmocka_unit_test(who_said_what),
    cmocka_unit_test(a_target_that_moved),
};

const struct suite suite_relayed = {
    .name = "relayed", .tests = tests, .count = sizeof tests / sizeof *tests};
