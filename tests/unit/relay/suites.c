/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* suites: the unit tests of relay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"

extern const struct suite suite_relay;
extern const struct suite suite_relay_engine;
extern const struct suite suite_sessions;

const struct suite *const suites[] = {
    &suite_relay,
    &suite_relay_engine,
    &suite_sessions,
    NULL,
};
