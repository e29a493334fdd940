/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* metrics_page: copies of summaries, each with its table and its labels. The memory is used again. */
#ifndef UDPTUI_OUTPUT_METRICS_PAGE_H
#define UDPTUI_OUTPUT_METRICS_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/figure.h"

enum { METRICS_TABLES = 8 };

struct metrics_page_item {
    size_t table, summary, labels; /* of tables; offsets into bytes */
};

/* To be read only; all zero: empty. */
struct metrics_page {
    const struct figures *tables[METRICS_TABLES]; /* each once, in the order of their first item */
    size_t table_count;
    struct metrics_page_item *items;
    size_t count, room;
    unsigned char *bytes;
    size_t length, size;
};

/* Adds a summary, which is copied. labels: as metrics_label writes them, "" for none. At most
 * METRICS_TABLES different tables. False, with nothing added, if memory is short. */
bool metrics_page_add(struct metrics_page *page, const struct figures *figures, const void *summary,
                      size_t summary_bytes, const char *labels);

const void *metrics_page_summary(const struct metrics_page *page, size_t index);
const char *metrics_page_labels(const struct metrics_page *page, size_t index);

/* Empty again. */
void metrics_page_clear(struct metrics_page *page);

/* Exchanges what they hold. */
void metrics_page_swap(struct metrics_page *a, struct metrics_page *b);

void metrics_page_free(struct metrics_page *page);

#endif
