/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* suite: the unit tests of one module. Include cmocka.h first. */
#ifndef UDPTUI_TESTS_UNIT_SUITE_H
#define UDPTUI_TESTS_UNIT_SUITE_H

#include <stddef.h>

struct suite {
    const char *name; /* of the module */
    const struct CMUnitTest *tests;
    size_t count;
    CMFixtureFunction setup, teardown; /* before the first and after the last; NULL: none */
};

/* All suites of a folder, NULL at the end: suites.c there. */
extern const struct suite *const suites[];

#endif
