/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* actions_line: typed lines: the filter, which applies with every character, and the reply. */
#include <stdio.h>

#include "actions_internal.h"
#include "udptui/base/escape.h"

/* The line of the mode and the most bytes it takes; NULL if nothing is typed. */
static struct line *line_of(struct model *model, size_t *most)
{
    *most = model->mode == MODE_FILTER      ? FILTER_MAX
            : model->mode == MODE_QUIZ_LINE ? QUIZ_TEXT_SIZE - 1
                                            : MODEL_REPLY_MAX;
    if (model->mode == MODE_FILTER)
        return &model->filter.line;
    if (model->mode == MODE_QUIZ_LINE)
        return &model->quiz.line;
    if (model->mode == MODE_SAVE)
        return &model->save.line;
    return model->mode == MODE_REPLY ? &model->reply : NULL;
}

/* After a change of the line. */
static void line_changed(struct model *model, const struct line *line)
{
    if (line == &model->filter.line)
        filter_changed(model);
}

void action_type(struct press *press, int32_t code_point)
{
    size_t most;
    struct line *line = line_of(press->model, &most);

    if (line != NULL && line_type(line, most, code_point))
        line_changed(press->model, line);
}

/* Changes the line of the mode, if there is one. */
static void line_change(struct press *press, void (*change)(struct line *line))
{
    size_t most;
    struct line *line = line_of(press->model, &most);

    if (line == NULL)
        return;
    change(line);
    line_changed(press->model, line);
}

static void line_empty(struct line *line)
{
    line_set(line, "");
}

void action_erase(struct press *press)
{
    line_change(press, line_erase);
}

void action_erase_word(struct press *press)
{
    line_change(press, line_erase_word);
}

void action_erase_line(struct press *press)
{
    line_change(press, line_empty);
}

/* ---- the filter */

void action_filter(struct press *press)
{
    press->model->behind = press->model->mode;
    press->model->mode = MODE_FILTER;
}

/* An invalid filter must be corrected first: the footer shows the problem. */
void action_filter_keep(struct press *press)
{
    struct model *model = press->model;

    if (filter_is_wrong(model))
        return;
    line_history_keep(&model->filter.history, &model->filter.line);
    model->mode = model->behind;
}

/* The history returns it. */
void action_filter_drop(struct press *press)
{
    struct model *model = press->model;

    if (!filter_is_wrong(model))
        line_history_keep(&model->filter.history, &model->filter.line);
    line_empty(&model->filter.line);
    filter_changed(model);
    model->mode = model->mode == MODE_FILTER ? model->behind : MODE_LIST;
}

void action_filter_older(struct press *press)
{
    struct choosing *filter = &press->model->filter;

    if (line_history_older(&filter->history, &filter->line))
        filter_changed(press->model);
}

void action_filter_newer(struct press *press)
{
    struct choosing *filter = &press->model->filter;

    if (line_history_newer(&filter->history, &filter->line))
        filter_changed(press->model);
}

/* ---- the reply */

/* To the chosen client, or the sender of the message in question. */
static bool choose_peer(struct model *model)
{
    const struct event_message *event = NULL;
    const struct row *row = NULL;
    const uint8_t *payload;
    bool detail = model->mode == MODE_DETAIL;

    if (detail && model->detail.of_message)
        event = &model->detail.event;
    else if (!detail && model->pane == PANE_MESSAGES && messages_count(model) > 0)
        event = backlog_get(model->backlog, messages_id(model, messages_selected(model)), &payload);
    model->reply_slot = event != NULL ? event->slot : model->client.slot;
    model->reply_generation = event != NULL ? event->generation : model->client.generation;
    if (event == NULL && model->order.count > 0)
        row = rows_find(shown_rows(model), model->reply_slot, model->reply_generation);
    if (event == NULL && row == NULL)
        return false;
    model->reply_peer = event != NULL ? event->from : row->peer;
    return true;
}

void action_reply(struct press *press)
{
    struct model *model = press->model;

    if (!choose_peer(model)) {
        model_notice(model, "There is no client to reply to yet");
        return;
    }
    actions_enter(model, MODE_REPLY);
    model->reply.length = 0;
    model->reply.bytes[0] = '\0';
}

void action_reply_send(struct press *press)
{
    struct model *model = press->model;
    struct escape_result result = escape_decode(model->reply.bytes, model->reply.length,
                                                model->reply_bytes, sizeof model->reply_bytes);

    if (result.error != NULL) {
        char text[NOTICE_SIZE];
        snprintf(text, sizeof text, "Not sent: %s", result.error);
        model_notice(model, text);
        return;
    }
    press->effects.reply = true;
    press->effects.slot = model->reply_slot;
    press->effects.generation = model->reply_generation;
    press->effects.bytes = model->reply_bytes;
    press->effects.size_bytes = result.length_bytes;
    actions_leave(model);
}
