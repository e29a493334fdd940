/* SPDX-License-Identifier: GPL-3.0-or-later */
/* suites: the unit tests of sys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"

extern const struct suite suite_clock;
extern const struct suite suite_files;
extern const struct suite suite_random;
extern const struct suite suite_wait;

const struct suite *const suites[] = {
    &suite_clock, &suite_files, &suite_random, &suite_wait, NULL,
};
