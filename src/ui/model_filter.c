/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model_filter: a substring, whatever its ASCII case, of a name, an address or a payload.
 *
 * What is typed may be read off the screen: its escapes stand for the bytes that they were shown
 * for. A client passes by its name or address, or because a kept message of it passes.
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

static bool is_in(const struct filter *filter, const char *text)
{
    return contains((const uint8_t *)text, strlen(text), filter->bytes, filter->length);
}

/* By name or by address, where that may be told: not even whether one is there is given away. */
static bool takes_peer(const struct model *model, uint32_t slot, uint32_t generation,
                       const struct endpoint *peer)
{
    char text[PEER_SIZE];

    return is_in(&model->filter, roster_name(model->roster, slot, generation)) ||
           is_in(&model->filter,
                 roster_address(model->roster, slot, generation, peer, text, sizeof text));
}

bool filter_takes_row(const struct model *model, uint32_t slot, struct row *row)
{
    if (!filter_active(model))
        return true;
    if (row->filter_epoch != model->filter.epoch) {
        row->filter_epoch = model->filter.epoch;
        row->matches = takes_peer(model, slot, row->generation, &row->peer);
    }
    return row->matches;
}

bool filter_takes_message(const struct model *model, const struct event_message *event,
                          const uint8_t *payload)
{
    const struct filter *filter = &model->filter;

    return !filter_active(model) ||
           takes_peer(model, event->slot, event->generation, &event->from) ||
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
