/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model_filter: a substring, whatever its ASCII case, of an address or of a payload.
 *
 * What is typed may be read off the screen: its escapes stand for the bytes that they were shown for.
 * A client passes by its address, or because a kept message of it passes.
 */
#include <string.h>

#include "model_state.h"
#include "udptui/core/escape.h"

bool filter_active(const struct model *model)
{
    return model->filter.line.length > 0;
}

static uint8_t lower(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + ('a' - 'A')) : byte;
}

static bool begins_with(const uint8_t *bytes, const uint8_t *what, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (lower(bytes[i]) != what[i])
            return false;
    return true;
}

/* what is lower-case already. */
static bool contains(const uint8_t *bytes, size_t size, const uint8_t *what, size_t length)
{
    for (size_t i = 0; i + length <= size; i++)
        if (begins_with(bytes + i, what, length))
            return true;
    return false;
}

static bool takes_address(const struct filter *filter, const struct endpoint *peer)
{
    char text[ENDPOINT_TEXT_SIZE];

    endpoint_format(peer, text, sizeof text);
    return contains((const uint8_t *)text, strlen(text), filter->bytes, filter->length);
}

bool filter_takes_row(const struct model *model, struct row *row)
{
    if (!filter_active(model))
        return true;
    if (row->filter_epoch != model->filter.epoch) {
        row->filter_epoch = model->filter.epoch;
        row->matches = takes_address(&model->filter, &row->peer);
    }
    return row->matches;
}

bool filter_takes_message(const struct model *model, const struct event_message *event,
                          const uint8_t *payload)
{
    const struct filter *filter = &model->filter;

    return !filter_active(model) || takes_address(filter, &event->from) ||
           contains(payload, event->stored_bytes, filter->bytes, filter->length);
}

/* An unfinished escape is what it looks like until its end is typed. */
static void decode(struct filter *filter)
{
    const struct line *line = &filter->line;
    struct escape_result result =
        escape_decode(line->bytes, line->length, filter->bytes, sizeof filter->bytes);

    filter->length = result.length_bytes;
    if (result.error != NULL) {
        filter->length = line->length;
        memcpy(filter->bytes, line->bytes, line->length);
    }
    for (size_t i = 0; i < filter->length; i++)
        filter->bytes[i] = lower(filter->bytes[i]);
}

void filter_changed(struct model *model)
{
    decode(&model->filter);
    model->filter.epoch++;
    messages_match_all(model);
    clients_order(model, true);
    model_settle(model);
}
