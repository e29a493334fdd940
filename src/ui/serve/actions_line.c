/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* actions_line: typed lines: the filter, which applies with every character, and the reply. */
#include <stdio.h>

#include "actions_internal.h"
#include "udptui/base/escape.h"

/* The line of the mode and the most bytes it takes; NULL if nothing is typed. */
static struct line *line_of(struct model *model, size_t *most)
{
    *most = model->mode == MODE_FILTER ? FILTER_MAX : MODEL_REPLY_MAX;
    if (model->mode == MODE_FILTER)
        return &model->filter.line;
    if (model->mode == MODE_SAVE)
        return &model->save.line;
    return model->mode == MODE_REPLY ? &model->reply : NULL;
}

static void set_length(struct model *model, struct line *line, size_t length)
{
    line->length = length;
    line->bytes[length] = '\0';
    if (line == &model->filter.line)
        filter_changed(model);
}

static size_t encode(int32_t code_point, char *out)
{
    uint32_t c = (uint32_t)code_point;
    size_t more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const uint8_t leads[] = {0x00, 0xc0, 0xe0, 0xf0};

    out[0] = (char)(leads[more] | c >> (6 * more));
    for (size_t i = 1; i <= more; i++)
        out[i] = (char)(0x80 | (c >> (6 * (more - i)) & 0x3f));
    return more + 1;
}

static bool line_is_control(int32_t code_point)
{
    return code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0) || code_point > 0x10ffff;
}

void action_type(struct press *press, int32_t code_point)
{
    size_t most;
    struct line *line = line_of(press->model, &most);
    char bytes[4];
    size_t length;

    if (line == NULL || line_is_control(code_point))
        return;
    length = encode(code_point, bytes);
    if (line->length + length > most)
        return;
    for (size_t i = 0; i < length; i++)
        line->bytes[line->length + i] = bytes[i];
    set_length(press->model, line, line->length + length);
}

void action_erase(struct press *press)
{
    size_t most;
    struct line *line = line_of(press->model, &most);
    size_t length;

    if (line == NULL)
        return;
    length = line->length;
    while (length > 0 && ((uint8_t)line->bytes[length - 1] & 0xc0) == 0x80)
        length--;
    set_length(press->model, line, length > 0 ? length - 1 : 0);
}

void action_erase_word(struct press *press)
{
    size_t most;
    struct line *line = line_of(press->model, &most);
    size_t length;

    if (line == NULL)
        return;
    length = line->length;
    while (length > 0 && line->bytes[length - 1] == ' ')
        length--;
    while (length > 0 && line->bytes[length - 1] != ' ')
        length--;
    set_length(press->model, line, length);
}

void action_erase_line(struct press *press)
{
    size_t most;
    struct line *line = line_of(press->model, &most);

    if (line != NULL)
        set_length(press->model, line, 0);
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
    set_length(model, &model->filter.line, 0);
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
    press->effects.peer = model->reply_peer;
    press->effects.bytes = model->reply_bytes;
    press->effects.size_bytes = result.length_bytes;
    actions_leave(model);
}
