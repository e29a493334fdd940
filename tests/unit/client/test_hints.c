/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hints: given if a command line probably meant something else, and only then. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/client/hints.h"

static const struct hint_case {
    const char *target, *message; /* NULL: none */
    const char *unanswered;       /* the hint without a reply, NULL: none */
    bool answered_too;            /* it is also given with a reply */
} cases[] = {
    {.target = "192.0.2.1", .message = "hello"},
    {.target = "192.0.2.1",
     .message = "5000",
     .unanswered =
         "'5000' was sent as a message to port 4010; to send to that port write 192.0.2.1:5000"},
    {.target = "2001:db8::1",
     .message = "5000",
     .unanswered = "'5000' was sent as a message to port 4010; to send to that port write "
                   "[2001:db8::1]:5000"},
    {.target = "192.0.2.1:7", .message = "5000"}, /* it has a port */
    {.target = "192.0.2.1", .message = "0"},
    {.target = "192.0.2.1", .message = "70000"},
    {.target = "192.0.2.1:7",
     .message = "192.0.2.2:7",
     .unanswered = "'192.0.2.2:7' was sent as a message; to send to several targets write "
                   "192.0.2.1:7,192.0.2.2:7",
     .answered_too = true},
    {.target = "192.0.2.1:7", .message = "192.0.2.2"}, /* without a port, anything may look so */
    {.target = "::1:4010",
     .unanswered = "::1:4010 is an address without a port: to send to port 4010 write [::1]:4010"},
    {.target = "[::1]:4010"},
    {.target = "::1:10"}, /* a group of an address */
    {.target = "localhost:4010"},
};

static void a_hint_is_given_where_it_fits(void **state)
{
    char out[HINTS_SIZE];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct hint_case *each = &cases[i];
        const struct opts_operands operands = {.items = {each->target, each->message},
                                               .count = each->message != NULL ? 2 : 1};
        const char *hint = hints_find(&operands, false, out, sizeof out);
        if (each->unanswered == NULL) {
            if (hint != NULL)
                fail_msg("%s: %s", each->target, hint);
            continue;
        }
        if (hint == NULL || strstr(hint, each->unanswered) == NULL)
            fail_msg("%s: %s", each->target, hint != NULL ? hint : "none");
        assert_int_equal(hints_find(&operands, true, out, sizeof out) != NULL, each->answered_too);
    }
}

/* A long operand is cut, so that the hint's own words are seen. */
static void a_hint_holds_no_more_than_a_part_of_what_was_typed(void **state)
{
    char message[400], out[HINTS_SIZE];
    const struct opts_operands operands = {.items = {"192.0.2.1:7", message}, .count = 2};

    (void)state;
    memset(message, '0', sizeof message);
    memcpy(message, "192.0.2.2:", 10);
    strcpy(message + sizeof message - 2, "7");
    const char *hint = hints_find(&operands, false, out, sizeof out);
    if (hint != NULL)
        assert_non_null(strstr(hint, "was sent as a message"));
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_hint_is_given_where_it_fits),
    cmocka_unit_test(a_hint_holds_no_more_than_a_part_of_what_was_typed),
};

const struct suite suite_hints = {
    .name = "hints", .tests = tests, .count = sizeof tests / sizeof *tests};
