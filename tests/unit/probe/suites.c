/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* suites: the unit tests of probe. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"

extern const struct suite suite_probe;
extern const struct suite suite_burst;
extern const struct suite suite_mtu;
extern const struct suite suite_nat;
extern const struct suite suite_prober;
extern const struct suite suite_series;
extern const struct suite suite_variation;

const struct suite *const suites[] = {
    &suite_probe,  &suite_burst,  &suite_mtu,       &suite_nat,
    &suite_prober, &suite_series, &suite_variation, NULL,
};
