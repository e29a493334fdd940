/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* suites: the unit tests of client. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"

extern const struct suite suite_exchange;
extern const struct suite suite_expect;
extern const struct suite suite_feed;
extern const struct suite suite_hints;
extern const struct suite suite_message;
extern const struct suite suite_session;
extern const struct suite suite_targets;

const struct suite *const suites[] = {
    &suite_exchange, &suite_expect,  &suite_feed,    &suite_hints,
    &suite_message,  &suite_session, &suite_targets, NULL,
};
