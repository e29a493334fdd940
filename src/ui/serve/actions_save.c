/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* actions_save: the key w: the name of the file to save to, and whether to overwrite it. */
#include <string.h>

#include "actions_internal.h"
#include "udptui/ui/serve/saving.h"

void action_save(struct press *press)
{
    struct model *model = press->model;

    model->behind = model->mode;
    model->mode = MODE_SAVE;
    line_set(&model->save.line, "");
}

static void action_save_to(struct press *press, bool overwrite)
{
    struct model *model = press->model;

    model->mode = model->behind;
    press->effects.save = model->save.line.bytes;
    press->effects.overwrite = overwrite;
}

void action_save_name(struct press *press)
{
    struct model *model = press->model;

    switch (saving_format_of(model->save.line.bytes)) {
    case SAVING_UNKNOWN:
        model_notice(model, "Not saved: name it .pcap or .pcapng (a capture), or .json");
        return;
    case SAVING_CAPTURE:
        if (model->config.privacy) {
            model_notice(model, "Not saved: a capture contains every address (--privacy)");
            return;
        }
        break;
    case SAVING_JSON:
        break;
    }
    line_history_keep(&model->save.history, &model->save.line);
    action_save_to(press, false);
}

void action_save_back(struct press *press)
{
    press->model->mode = press->model->behind;
}

void action_save_older(struct press *press)
{
    line_history_older(&press->model->save.history, &press->model->save.line);
}

void action_save_newer(struct press *press)
{
    line_history_newer(&press->model->save.history, &press->model->save.line);
}

void action_overwrite_yes(struct press *press)
{
    action_save_to(press, true);
}

/* Back to the name, to change it. */
void action_overwrite_no(struct press *press)
{
    press->model->mode = MODE_SAVE;
}
