/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* suites: the unit tests of fleet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"

extern const struct suite suite_broker;
extern const struct suite suite_fleet;
extern const struct suite suite_http;
extern const struct suite suite_link;
extern const struct suite suite_lives;
extern const struct suite suite_sums;

const struct suite *const suites[] = {
    &suite_broker, &suite_fleet, &suite_http, &suite_link, &suite_lives, &suite_sums, NULL,
};
