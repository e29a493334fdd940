/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figures: a summary by its table (proto/figure), in lines and in JSON. */
#ifndef UDPTUI_OUTPUT_FIGURES_H
#define UDPTUI_OUTPUT_FIGURES_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

#include "udptui/proto/figure.h"

/* A member a figure, in the order of the table; what is not known is left out. */
void figures_add_json(json_t *object, const struct figures *figures, const void *summary);

/* "sent 3, acked 2, timeout 1": all but the round-trip times. No newline. */
void figures_write_list(FILE *file, const struct figures *figures, const void *summary);

/* " min 12 us, p50 15 us": the round-trip times. unknown: also those that are not known, as "-". No
 * newline. */
void figures_write_rtt(FILE *file, const struct figures *figures, const void *summary,
                       bool unknown);

/* A sentence in which {key} stands for the figure with this key. */
void figures_write_sentence(FILE *file, const char *sentence, const struct figures *figures,
                            const void *summary);

#endif
