/* SPDX-License-Identifier: GPL-3.0-or-later */
/* suites: the unit tests of lesson. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"

extern const struct suite suite_finding;

const struct suite *const suites[] = {
    &suite_finding,
    NULL,
};
