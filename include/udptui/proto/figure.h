/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * figure: one row for each figure of a summary.
 *
 * A summary is a struct; a table says which of its fields are figures, their names and where they
 * are shown. Lines, JSON, screens and metrics all read the table, so that they show the same figures.
 * A new figure is a field and a row.
 */
#ifndef UDPTUI_PROTO_FIGURE_H
#define UDPTUI_PROTO_FIGURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum figure_unit {
    FIGURE_COUNT,    /* uint64_t */
    FIGURE_COUNT_32, /* uint32_t */
    FIGURE_COUNTS,   /* uint64_t of each of names */
    FIGURE_HELD,     /* struct counts: held, and by which reason */
    FIGURE_TIME,     /* int64_t, ns; below 0: not known */
    FIGURE_RTT,      /* the same, of round trips: lines have these on a separate line */
    FIGURE_FLAG,     /* bool, JSON only */
    FIGURE_RATE,     /* double, a second; below 0: not known */
    FIGURE_BIT_RATE, /* double, bits a second; below 0: not known */
    FIGURE_PERCENT,  /* double; below 0: not known */
};

/* One of several counts of an array, or a status that is counted. */
struct figure_name {
    const char *key, *words; /* of JSON, of lines; words NULL: not in lines */
    bool rare;               /* in lines only if it is not 0 */
};

/* How the header of a screen shows a figure, only if it is not 0. */
struct figure_header {
    const char *words; /* NULL: it is not shown there */
    const char *brief; /* if there is little room; NULL: words */
    int rank;          /* the order in the header; the last are left out first if there is no
                        * room */
    bool bad;          /* something was lost or went wrong */
};

/* A figure as a metric of Prometheus: a counter, unless it says otherwise. Its name is "udptui_", the
 * key, the unit (times are in seconds there), and "_total" of a counter. */
struct figure_metric {
    const char *help; /* a sentence, the same for each figure of that name; NULL: it is no metric */
    const char *name; /* in place of the key; NULL: the key */
    bool gauge;       /* a count that may go down */
    /* A part of a summary: "sum", "count", or a quantile, "0.99"; NULL: it is none. The parts of a
     * summary have the same name and stand together in the table. */
    const char *part;
    const char *label; /* of FIGURE_COUNTS, whose names are its values; NULL: "status" */
};

struct counts;

struct figure {
    const char *key;   /* of JSON; NULL: it is not there */
    const char *words; /* of lines; NULL: it is not there */
    enum figure_unit unit;
    bool rare; /* in lines only if it is not 0 */
    size_t offset;
    size_t at_least; /* offset of a bool: the count may be too low; 0: it is exact */
    uint64_t (*count)(const void *summary); /* FIGURE_COUNT, FIGURE_FLAG: in place of offset */
    double (*real)(const void *summary);    /* in place of offset */
    bool (*applies)(const void *summary);   /* NULL: to each summary */
    const struct figure_name *names;        /* FIGURE_COUNTS */
    size_t name_count;
    struct figure_header header;
    struct figure_metric metric;
};

struct figures {
    const struct figure *rows;
    size_t count;
};

bool figure_applies(const struct figure *figure, const void *summary);

/* The value of FIGURE_COUNT, FIGURE_COUNT_32, FIGURE_FLAG; the sum of FIGURE_COUNTS and
 * FIGURE_HELD; the nanoseconds of a time. */
int64_t figure_whole(const struct figure *figure, const void *summary);

/* Whether the count may be too low. */
bool figure_is_floor(const struct figure *figure, const void *summary);

/* The value of FIGURE_RATE, FIGURE_BIT_RATE, FIGURE_PERCENT. */
double figure_real(const struct figure *figure, const void *summary);

/* Whether there is a value: times, rates and percentages may be unknown, counts never are. */
bool figure_is_known(const struct figure *figure, const void *summary);

/* The counts of FIGURE_COUNTS, figure->name_count of them. */
const uint64_t *figure_counts(const struct figure *figure, const void *summary);

/* The counts of FIGURE_HELD. */
const struct counts *figure_held(const struct figure *figure, const void *summary);

/* The value as lines have it: "12", "1.25 ms", "4.10 M/s", "25.0%"; "-" if it is not known.
 * Returns out (UNITS_TEXT_SIZE is enough). */
const char *figure_format(const struct figure *figure, const void *summary, char *out,
                          size_t size_bytes);

/* The row with this key, of so many bytes; NULL: none has it. */
const struct figure *figures_find(const struct figures *figures, const char *key,
                                  size_t length_bytes);

#endif
