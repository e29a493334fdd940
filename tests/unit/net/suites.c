/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* suites: the unit tests of net. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"

extern const struct suite suite_batch;
extern const struct suite suite_groups;
extern const struct suite suite_icmp;
extern const struct suite suite_own;
extern const struct suite suite_reach;
extern const struct suite suite_resolve;
extern const struct suite suite_steer;
extern const struct suite suite_trace;
extern const struct suite suite_udp;

const struct suite *const suites[] = {
    &suite_batch,   &suite_groups, &suite_icmp,  &suite_own, &suite_reach,
    &suite_resolve, &suite_steer,  &suite_trace, &suite_udp, NULL,
};
