/* SPDX-License-Identifier: GPL-3.0-or-later */
/* suites: the unit tests of replay. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"

extern const struct suite suite_number;
extern const struct suite suite_pairs;
extern const struct suite suite_replay;
extern const struct suite suite_resend;

const struct suite *const suites[] = {
    &suite_number, &suite_pairs, &suite_replay, &suite_resend, NULL,
};
