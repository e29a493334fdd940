/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay: one table of figures for both formats. */
#include "udptui/output/replay.h"

#include <inttypes.h>
#include <stddef.h>

#include <jansson.h>

#include "udptui/output/json.h"

struct figure {
    const char *key, *words;
    size_t offset;
};

#define FIELD(name) offsetof(struct capture_counts, name)

static const struct figure figures[] = {
    {"frames", "frames", FIELD(frames)},
    {"datagrams", "datagrams", FIELD(datagrams)},
    {"filtered", "of other ports", FIELD(filtered)},
    {"not_udp", "not UDP", FIELD(others)},
    {"fragments", "fragments", FIELD(fragments)},
    {"malformed", "malformed", FIELD(malformed)},
    {"unknown_link_type", "of an unknown link type", FIELD(unknown_links)},
};

enum { FIGURES = sizeof figures / sizeof *figures, ALWAYS = 2 };

static uint64_t value_of(const struct capture_counts *counts, const struct figure *figure)
{
    return *(const uint64_t *)(const void *)((const char *)counts + figure->offset);
}

/* What is rare has a word only where it happened. */
bool replay_write_lines(FILE *file, const struct capture_counts *counts)
{
    fputs("capture:", file);
    for (size_t i = 0; i < FIGURES; i++) {
        uint64_t value = value_of(counts, &figures[i]);
        if (i < ALWAYS || value > 0)
            fprintf(file, "%s %s %" PRIu64, i > 0 ? "," : "", figures[i].words, value);
    }
    fputc('\n', file);
    return fflush(file) == 0 && !ferror(file);
}

bool replay_write_json(FILE *file, const struct capture_counts *counts)
{
    json_t *object = json_event("capture");

    for (size_t i = 0; i < FIGURES; i++)
        json_add_count(object, figures[i].key, value_of(counts, &figures[i]));
    return json_write_line(file, object) && fflush(file) == 0;
}
