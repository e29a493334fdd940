/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* suites: the unit tests of load. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"

extern const struct suite suite_generator;
extern const struct suite suite_sampler;
extern const struct suite suite_window;

const struct suite *const suites[] = {
    &suite_generator,
    &suite_sampler,
    &suite_window,
    NULL,
};
