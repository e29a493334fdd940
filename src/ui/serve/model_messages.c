/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model_messages: the list of messages: all that the backlog keeps or, with a filter, the matches.
 *
 * Messages are chosen by id, and shown by index: 0 is the oldest that is shown. Ids of matches
 * ascend, so that an id's index is found by binary search.
 */
#include "model_internal.h"

static uint64_t match_at(const struct matches *matches, uint64_t index)
{
    return matches->ids[(matches->first + index) % matches->capacity];
}

static void forget_oldest_match(struct matches *matches)
{
    matches->first = (matches->first + 1) % matches->capacity;
    matches->count--;
}

/* Drops the matches that the backlog no longer keeps. */
static void trim_matches(struct model *model)
{
    struct matches *matches = &model->matches;

    while (matches->count > 0 && match_at(matches, 0) < backlog_first(model->backlog))
        forget_oldest_match(matches);
}

static void put_match(struct matches *matches, uint64_t index, uint64_t id)
{
    matches->ids[(matches->first + index) % matches->capacity] = id;
}

/* Adds a message that passes, in the order of the ids; its sender passes with it. */
static void add_match(struct model *model, uint64_t id, const struct event_message *event)
{
    struct matches *matches = &model->matches;
    struct row *row = rows_find(shown_rows(model), event->slot, event->generation);
    uint64_t index;

    if (matches->count == matches->capacity)
        forget_oldest_match(matches);
    for (index = matches->count; index > 0 && match_at(matches, index - 1) > id; index--)
        put_match(matches, index, match_at(matches, index - 1));
    put_match(matches, index, id);
    matches->count++;
    if (row == NULL || filter_takes_row(model, event->slot, row))
        return;
    row->matches = true;
    model->order.members_changed = true;
}

void messages_take(struct model *model, const struct event_message *event, const uint8_t *payload,
                   const uint8_t *ack)
{
    uint64_t id = backlog_add(model->backlog, event, payload, ack);

    if (!filter_active(model))
        return;
    trim_matches(model);
    if (filter_takes_message(model, event, payload, ack))
        add_match(model, id, event);
}

static void drop_match(struct matches *matches, uint64_t index)
{
    matches->count--;
    for (; index < matches->count; index++)
        put_match(matches, index, match_at(matches, index + 1));
}

/* A settled message may pass now, or no longer. A paused list stays as it is. */
static void match_again(struct model *model, uint64_t id)
{
    struct matches *matches = &model->matches;
    const uint8_t *payload;
    const struct event_message *event;
    uint64_t index;

    if (!filter_active(model) || model->pause.on || id == BACKLOG_NONE)
        return;
    trim_matches(model);
    index = messages_index(model, id);
    event = backlog_get(model->backlog, id, &payload);
    bool was = index < matches->count && match_at(matches, index) == id;
    bool is = filter_takes_message(model, event, payload, backlog_ack(model->backlog, id));
    if (is && !was)
        add_match(model, id, event);
    else if (was && !is)
        drop_match(matches, index);
}

void detail_keep_ack(struct model *model, const uint8_t *ack)
{
    struct detail *detail = &model->detail;
    uint32_t *size_bytes = &detail->event.ack_stored_bytes;

    if (*size_bytes > PAYLOAD_MAX)
        *size_bytes = PAYLOAD_MAX;
    if (model->config.privacy && event_ack_names_client(&detail->event, ack))
        *size_bytes = 0;
    for (uint32_t i = 0; i < *size_bytes; i++)
        detail->ack[i] = ack[i];
    text_render(detail->ack_text, (size_t)PAYLOAD_MAX * TEXT_EXPANSION + 1, detail->ack,
                *size_bytes, model->config.charset);
}

/* The row of a paused display is updated, too; nothing moves. */
bool messages_settle_fate(struct model *model, const struct event_message *event,
                          const uint8_t *ack)
{
    struct event_message *open = &model->detail.event;
    uint64_t id = BACKLOG_NONE;

    if (!model->detail.forgotten && open->number == event->number && event_may_change(open)) {
        uint32_t stored_bytes = open->stored_bytes;
        fate_flip(&open->fate, model->detail.payload, stored_bytes);
        fate_flip(&event->fate, model->detail.payload, stored_bytes);
        *open = *event;
        open->stored_bytes = stored_bytes;
        text_render(model->detail.text, (size_t)PAYLOAD_MAX * TEXT_EXPANSION + 1,
                    model->detail.payload, stored_bytes, model->config.charset);
        detail_keep_ack(model, ack);
    }
    if (model->pause.on)
        id = backlog_settle(model->pause.later, event, ack);
    if (id == BACKLOG_NONE) {
        id = backlog_settle(model->backlog, event, ack);
        match_again(model, id);
    }
    return id != BACKLOG_NONE;
}

void messages_match_all(struct model *model)
{
    const struct backlog *backlog = model->backlog;
    const uint8_t *payload = NULL;

    model->matches.first = model->matches.count = 0;
    if (!filter_active(model))
        return;
    for (uint64_t id = backlog_first(backlog); id < backlog_end(backlog); id++) {
        const struct event_message *event = backlog_get(backlog, id, &payload);
        if (filter_takes_message(model, event, payload, backlog_ack(backlog, id)))
            add_match(model, id, event);
    }
}

void messages_clear(struct model *model)
{
    backlog_clear(model->backlog);
    model->counted_from = backlog_end(model->backlog);
    trim_matches(model);
    model->message = (struct message_choice){.following = true};
}

uint64_t messages_not_kept(const struct model *model)
{
    int64_t dropped = (int64_t)(backlog_first(model->backlog) - model->counted_from);

    return shown_totals(model)->messages_skipped + (dropped > 0 ? (uint64_t)dropped : 0);
}

/* ---- by index */

uint64_t messages_count(const struct model *model)
{
    if (filter_active(model))
        return model->matches.count;
    return backlog_end(model->backlog) - backlog_first(model->backlog);
}

uint64_t messages_id(const struct model *model, uint64_t index)
{
    if (filter_active(model))
        return match_at(&model->matches, index);
    return backlog_first(model->backlog) + index;
}

uint64_t messages_index(const struct model *model, uint64_t id)
{
    uint64_t low = 0, high = messages_count(model);

    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (messages_id(model, middle) < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* ---- the chosen one */

uint64_t messages_selected(const struct model *model)
{
    uint64_t count = messages_count(model);
    uint64_t index = model->message.following ? count : messages_index(model, model->message.id);

    return index < count || count == 0 ? index : count - 1;
}

static uint64_t messages_page(const struct model *model)
{
    return model->layout.messages_rows > 0 ? (uint64_t)model->layout.messages_rows : 1;
}

/* Sets the first shown message so that the chosen one is seen. */
static void scroll(struct model *model)
{
    uint64_t count = messages_count(model), rows = messages_page(model);
    uint64_t selected = messages_selected(model);
    uint64_t top = messages_index(model, model->message.top);
    uint64_t top_max = count > rows ? count - rows : 0;

    if (selected >= top + rows)
        top = selected - rows + 1;
    if (top > selected)
        top = selected;
    if (top > top_max)
        top = top_max;
    model->message.top = count > 0 ? messages_id(model, top) : 0;
}

void messages_settle(struct model *model)
{
    struct message_choice *choice = &model->message;
    uint64_t count;

    trim_matches(model);
    count = messages_count(model);
    if (count == 0)
        choice->following = true;
    if (count > 0)
        choice->id = messages_id(model, messages_selected(model));
    scroll(model);
}

void messages_select(struct model *model, int64_t index)
{
    int64_t last = (int64_t)messages_count(model) - 1;

    if (index < 0)
        index = 0;
    model->message.following = index >= last;
    if (!model->message.following)
        model->message.id = messages_id(model, (uint64_t)index);
    messages_settle(model);
}

uint64_t ladder_newest(const struct model *model)
{
    uint64_t count = messages_count(model);
    uint64_t end = model->ladder.scroll > 0 ? messages_index(model, model->ladder.end_id) : count;

    return end < count ? end : count;
}
