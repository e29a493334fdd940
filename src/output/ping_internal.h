/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ping: the figures of a summary, one row each, for all formats. */
#ifndef UDPTUI_OUTPUT_PING_INTERNAL_H
#define UDPTUI_OUTPUT_PING_INTERNAL_H

#include "udptui/output/ping.h"

/* A count: the word in lines, which is its key in JSON with '_' for blanks. */
struct ping_count {
    const char *key, *word;
    bool rare; /* in lines only if it is not 0 */
    uint64_t (*get)(const struct probe_figures *figures);
};

extern const struct ping_count ping_counts[];
extern const size_t ping_count_rows;

/* A distribution of times, of which the same figures are written: minimum to standard deviation. */
struct ping_times {
    const char *key, *word;
    const struct rtt *(*get)(const struct probe_figures *figures);
};

extern const struct ping_times ping_times[];
extern const size_t ping_times_rows;

struct ping_quantile {
    const char *key, *word;
    int64_t (*get)(const struct rtt *times);
};

extern const struct ping_quantile ping_quantiles[];
extern const size_t ping_quantile_rows;

#endif
