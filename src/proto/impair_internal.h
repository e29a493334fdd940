/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * impair_internal: the row of a setting, and what reading and writing them share.
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

/* How the values of a kind of setting are handled; place: the setting's field in a path. */
struct impair_kind {
    /* Reads text, which it may cut up, as impair_parse; NULL or what is wrong. */
    const char *(*parse)(char *text, void *place);
    bool (*is_on)(const void *place);
    void (*format)(const void *place, char *out, size_t size_bytes); /* to be read back */
    void (*show)(const void *place, char *out, size_t size_bytes);   /* for a person */
    void (*step)(void *place, bool up);                              /* as impair_step */
    size_t size_bytes;                                               /* of a value */
};

struct impair_row {
    const char *help;
    const struct impair_kind *kind;
    size_t offset; /* in struct impair_path */
    /* In place of the kind's, for a setting that is written together with another; NULL: it is
     * not. */
    const char *(*parse)(char *text, struct impair_path *path);
    void (*format)(const struct impair_path *path, char *out, size_t size_bytes);
};

extern const struct impair_row impair_rows[IMPAIR_SETTINGS];

static inline void *impair_place(struct impair_path *path, enum impair_setting setting)
{
    return (char *)path + impair_rows[setting].offset;
}

static inline const void *impair_value(const struct impair_path *path, enum impair_setting setting)
{
    return (const char *)path + impair_rows[setting].offset;
}

/* ---- impair_parse.c */

const char *impair_parse_probability(char *text, void *place);
const char *impair_parse_time(char *text, void *place);
const char *impair_parse_rate(char *text, void *place);
const char *impair_parse_delay(char *text, struct impair_path *path);

/* ---- impair_format.c */

void impair_format_probability(const void *place, char *out, size_t size_bytes);
void impair_format_time(const void *place, char *out, size_t size_bytes);
void impair_format_rate(const void *place, char *out, size_t size_bytes);
void impair_show_probability(const void *place, char *out, size_t size_bytes);
void impair_show_time(const void *place, char *out, size_t size_bytes);
/* "80ms+-40ms", "" without either. */
void impair_format_delay(const struct impair_path *path, char *out, size_t size_bytes);
/* "": it stands with its delay. */
void impair_format_jitter(const struct impair_path *path, char *out, size_t size_bytes);

/* To the next whole number, a half up; value >= 0. */
uint64_t impair_round(double value);

/* whole / divisor as it is when it is stored: the x87 keeps a quotient longer than a double is, and
 * it would equal no stored value. */
static inline double impair_quotient(double whole, double divisor)
{
    return (double)(whole / divisor);
}

#endif
