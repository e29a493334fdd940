/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * impair_parts: what reading and writing impairments share.
 *
 * What is read is rounded so that it can be written again in few digits: probabilities are
 * fractions of small numbers or multiples of 1e-15, rates are whole per hour or multiples of 1e-6
 * per second. Each is then one division of whole numbers below 2^53, which gives the same double
 * whenever it is made.
 */
#ifndef UDPTUI_PROTO_IMPAIR_INTERNAL_H
#define UDPTUI_PROTO_IMPAIR_INTERNAL_H

#include "udptui/proto/impair.h"

enum {
    IMPAIR_VALUE_SIZE = 64, /* for one setting with its value */
    IMPAIR_POINT_DIGITS = 15,
    IMPAIR_PERCENT_DIGITS = IMPAIR_POINT_DIGITS - 2,
    IMPAIR_FRACTION_MAX = 9999,
    IMPAIR_RATE_DIGITS = 6
};

#define IMPAIR_PROBABILITY_ONE 1e15 /* 10^IMPAIR_POINT_DIGITS */
#define IMPAIR_RATE_ONE        1e6  /* 10^IMPAIR_RATE_DIGITS */
#define IMPAIR_PER_HOUR        3600.0

/* "in." and "out." */
extern const char *const impair_way_prefixes[IMPAIR_WAYS];

/* Where a path keeps a setting that is a probability; NULL for another setting. */
double *impair_probability(struct impair_path *path, enum impair_setting setting);

/* To the next whole number, a half up; value >= 0. */
uint64_t impair_round(double value);

#endif
