/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figures_read: the rows of a table into a summary, the way back of figures_add_json. */
#include <stdio.h>

#include "udptui/output/json_read.h"
#include "udptui/proto/counts.h"

enum { KEY_SIZE = 64 };

static void figures_read_held(struct json_reader *reader, const json_t *object,
                              const struct figure *figure, struct counts *counts)
{
    uint64_t sum = json_read_count(reader, object, figure->key, UINT64_MAX);
    const json_t *reasons;
    char key[KEY_SIZE];

    snprintf(key, sizeof key, "%s_by", figure->key);
    reasons = json_object_get(object, key);
    if (reasons != NULL && !json_is_object(reasons))
        json_read_refuse(reader, "%s is not an object", key);
    for (int i = 0; i < HELD_REASONS; i++)
        counts->held[i] =
            json_read_count(reader, reasons, held_reason_name((enum held_reason)i), UINT64_MAX);
    if (counts_held(counts) != sum)
        json_read_refuse(reader, "%s is not the sum of %s", figure->key, key);
}

static void figures_read_floor(struct json_reader *reader, const json_t *object,
                               const struct figure *figure, void *summary)
{
    char key[KEY_SIZE];

    if (figure->at_least == 0)
        return;
    snprintf(key, sizeof key, "%s_at_least", figure->key);
    *((bool *)summary + figure->at_least) = json_read_flag(reader, object, key);
}

static void figures_read_row(struct json_reader *reader, const json_t *object,
                             const struct figure *figure, void *summary)
{
    void *place = (char *)summary + figure->offset;
    uint64_t *counts = place;

    switch (figure->unit) {
    case FIGURE_COUNT:
        *counts = json_read_count(reader, object, figure->key, UINT64_MAX);
        figures_read_floor(reader, object, figure, summary);
        break;
    case FIGURE_COUNT_32:
        *(uint32_t *)place = (uint32_t)json_read_count(reader, object, figure->key, UINT32_MAX);
        break;
    case FIGURE_COUNTS:
        for (size_t i = 0; i < figure->name_count; i++)
            counts[i] = json_read_count(reader, object, figure->names[i].key, UINT64_MAX);
        break;
    case FIGURE_HELD:
        figures_read_held(reader, object, figure, place);
        break;
    case FIGURE_TIME:
    case FIGURE_RTT:
        *(int64_t *)place = json_read_ns(reader, object, figure->key);
        break;
    case FIGURE_FLAG:
        *(bool *)place = json_read_flag(reader, object, figure->key);
        break;
    case FIGURE_RATE:
    case FIGURE_BIT_RATE:
    case FIGURE_PERCENT: /* of these all are computed */
        break;
    }
}

void figures_read_json(struct json_reader *reader, const json_t *object,
                       const struct figures *figures, void *summary)
{
    for (size_t i = 0; i < figures->count; i++) {
        const struct figure *figure = &figures->rows[i];
        bool named = figure->key != NULL || figure->names != NULL;
        bool computed = figure->count != NULL || figure->real != NULL;
        if (named && !computed && figure_applies(figure, summary))
            figures_read_row(reader, object, figure, summary);
    }
}
