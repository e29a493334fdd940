/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load_json: one object per tick, and the summary. */
#include "udptui/output/figures.h"
#include "udptui/output/json.h"
#include "udptui/output/load.h"

static void load_add_figures(json_t *object, const struct load_snapshot *snapshot)
{
    figures_add_json(object, &load_figures, snapshot);
    figures_add_json(object, &load_app_figures, snapshot);
}

static bool load_write_progress_json(const struct load_output *output,
                                     const struct load_snapshot *snapshot)
{
    json_t *object = json_event("progress");

    load_add_figures(object, snapshot);
    return json_write_line(output->file, object) && fflush(output->file) == 0;
}

static bool load_write_summary_json(const struct load_output *output,
                                    const struct load_snapshot *snapshot)
{
    json_t *object = json_event("summary");

    load_add_figures(object, snapshot);
    json_object_set_new(object, "end", json_string(load_end_text(snapshot->end)));
    return json_write_line(output->file, object) && fflush(output->file) == 0;
}

const struct load_writer load_json = {.progress = load_write_progress_json,
                                      .summary = load_write_summary_json};
