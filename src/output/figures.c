/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figures: the rows of a table, one after the other. */
#include "udptui/output/figures.h"

#include <inttypes.h>
#include <string.h>

#include "udptui/base/units.h"
#include "udptui/output/json.h"
#include "udptui/proto/counts.h"

enum { KEY_SIZE = 64 };

/* ---- JSON */

static void add_held_json(json_t *object, const struct figure *figure, const void *summary)
{
    const struct counts *counts = figure_held(figure, summary);
    json_t *reasons = json_object();
    char key[KEY_SIZE];

    for (int i = 0; i < HELD_REASONS; i++)
        json_add_count(reasons, held_reason_name((enum held_reason)i), counts->held[i]);
    snprintf(key, sizeof key, "%s_by", figure->key);
    json_add_count(object, figure->key, counts_held(counts));
    json_object_set_new(object, key, reasons);
}

static void add_counts_json(json_t *object, const struct figure *figure, const void *summary)
{
    const uint64_t *counts = figure_counts(figure, summary);

    for (size_t i = 0; i < figure->name_count; i++)
        json_add_count(object, figure->names[i].key, counts[i]);
}

static void add_count_json(json_t *object, const struct figure *figure, const void *summary)
{
    char key[KEY_SIZE];

    json_add_count(object, figure->key, (uint64_t)figure_whole(figure, summary));
    if (!figure_is_floor(figure, summary))
        return;
    snprintf(key, sizeof key, "%s_at_least", figure->key);
    json_object_set_new(object, key, json_true());
}

static void add_figure_json(json_t *object, const struct figure *figure, const void *summary)
{
    switch (figure->unit) {
    case FIGURE_COUNT:
    case FIGURE_COUNT_32:
        add_count_json(object, figure, summary);
        break;
    case FIGURE_COUNTS:
        add_counts_json(object, figure, summary);
        break;
    case FIGURE_HELD:
        add_held_json(object, figure, summary);
        break;
    case FIGURE_TIME:
    case FIGURE_RTT:
        json_object_set_new(object, figure->key, json_integer(figure_whole(figure, summary)));
        break;
    case FIGURE_FLAG:
        json_object_set_new(object, figure->key, json_boolean(figure_whole(figure, summary)));
        break;
    case FIGURE_RATE:
    case FIGURE_BIT_RATE:
    case FIGURE_PERCENT:
        json_object_set_new(object, figure->key, json_real(figure_real(figure, summary)));
        break;
    }
}

void figures_add_json(json_t *object, const struct figures *figures, const void *summary)
{
    for (size_t i = 0; i < figures->count; i++) {
        const struct figure *figure = &figures->rows[i];
        bool named = figure->key != NULL || figure->names != NULL;
        if (named && figure_applies(figure, summary) && figure_is_known(figure, summary))
            add_figure_json(object, figure, summary);
    }
}

/* ---- lines */

static const char *write_count(FILE *file, const char *before, const struct figure_name *name,
                               uint64_t count)
{
    if (name->words == NULL || (name->rare && count == 0))
        return before;
    fprintf(file, "%s%s %" PRIu64, before, name->words, count);
    return ", ";
}

static void write_reasons(FILE *file, const struct counts *counts)
{
    const char *before = " (";

    for (int i = 0; i < HELD_REASONS; i++) {
        if (counts->held[i] == 0)
            continue;
        fprintf(file, "%s%s %" PRIu64, before, held_reason_name((enum held_reason)i),
                counts->held[i]);
        before = ", ";
    }
    if (counts_held(counts) > 0)
        fputc(')', file);
}

/* Returns the separator for the next one. */
static const char *write_figure(FILE *file, const char *before, const struct figure *figure,
                                const void *summary)
{
    char text[UNITS_TEXT_SIZE];

    for (size_t i = 0; i < figure->name_count; i++)
        before = write_count(file, before, &figure->names[i], figure_counts(figure, summary)[i]);
    if (figure->words == NULL || (figure->rare && figure_whole(figure, summary) == 0))
        return before;
    fprintf(file, "%s%s %s%s", before, figure->words,
            figure_is_floor(figure, summary) ? "at least " : "",
            figure_format(figure, summary, text, sizeof text));
    if (figure->unit == FIGURE_HELD)
        write_reasons(file, figure_held(figure, summary));
    return ", ";
}

void figures_write_list(FILE *file, const struct figures *figures, const void *summary)
{
    const char *before = "";

    for (size_t i = 0; i < figures->count; i++) {
        const struct figure *figure = &figures->rows[i];
        if (figure->unit != FIGURE_RTT && figure_applies(figure, summary))
            before = write_figure(file, before, figure, summary);
    }
}

void figures_write_rtt(FILE *file, const struct figures *figures, const void *summary, bool unknown)
{
    const char *before = "";
    char text[UNITS_TEXT_SIZE];

    for (size_t i = 0; i < figures->count; i++) {
        const struct figure *figure = &figures->rows[i];
        if (figure->unit != FIGURE_RTT || (!unknown && !figure_is_known(figure, summary)))
            continue;
        fprintf(file, "%s %s %s", before, figure->words,
                figure_format(figure, summary, text, sizeof text));
        before = ",";
    }
}

void figures_write_sentence(FILE *file, const char *sentence, const struct figures *figures,
                            const void *summary)
{
    char text[UNITS_TEXT_SIZE];

    while (*sentence != '\0') {
        size_t plain = strcspn(sentence, "{");
        fwrite(sentence, 1, plain, file);
        sentence += plain;
        if (*sentence == '\0')
            break;
        size_t length = strcspn(++sentence, "}");
        const struct figure *figure = figures_find(figures, sentence, length);
        if (figure != NULL)
            fputs(figure_format(figure, summary, text, sizeof text), file);
        sentence += length + (sentence[length] == '}');
    }
}
