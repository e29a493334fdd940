/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figures: a summary by its table (proto/figure), in lines and in JSON. */
#ifndef UDPTUI_OUTPUT_FIGURES_H
#define UDPTUI_OUTPUT_FIGURES_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

#include "udptui/proto/figure.h"

/* One member per figure, in the order of the table; unknown figures are left out. */
void figures_add_json(json_t *object, const struct figures *figures, const void *summary);

/* "sent 3, acked 2, timeout 1": all but the round-trip times. No newline. */
void figures_write_list(FILE *file, const struct figures *figures, const void *summary);

/* " min 12 us, p50 15 us": the round-trip times. unknown: includes unknown ones, as "-". No
 * newline. */
void figures_write_rtt(FILE *file, const struct figures *figures, const void *summary,
                       bool unknown);

/* Writes a sentence, with {key} replaced by the figure with this key. */
void figures_write_sentence(FILE *file, const char *sentence, const struct figures *figures,
                            const void *summary);

#endif
