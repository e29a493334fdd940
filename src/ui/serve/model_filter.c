/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model_filter: which clients and messages the filter chooses (proto/filter is its language).
 *
 * The filter applies with every character: while the line is invalid, the latest valid filter
 * stays. A client passes by its name or address, or if one of its kept messages passes.
 */
#include <string.h>

#include "model_internal.h"

const char *model_filter_text(const struct model *model)
{
    return filter_active(model) ? model->filter.line.bytes : "";
}

bool filter_active(const struct model *model)
{
    return model->filter.filter != NULL;
}

bool filter_is_wrong(const struct model *model)
{
    return model->filter.problem.why[0] != '\0';
}

/* Address and name as they may be shown: with --privacy the filter does not even reveal whether
 * they match. */
static bool takes(const struct model *model, const struct filter *filter, uint32_t slot,
                  uint32_t generation, const struct endpoint *peer, struct filter_subject *subject)
{
    char address[PEER_SIZE];

    subject->name = roster_name(model->roster, slot, generation);
    subject->address =
        roster_address(model->roster, slot, generation, peer, address, sizeof address);
    if (model->config.privacy)
        filter_hide_client(subject, peer);
    return filter_evaluate(filter, subject) == FILTER_YES;
}

bool filter_takes_row(const struct model *model, uint32_t slot, struct row *row)
{
    if (!filter_active(model))
        return true;
    if (row->filter_epoch != model->filter.epoch) {
        struct filter_subject client = {.from = &row->peer, .size_bytes = -1};
        row->filter_epoch = model->filter.epoch;
        row->matches =
            takes(model, model->filter.filter, slot, row->generation, &row->peer, &client);
    }
    return row->matches;
}

bool filter_chooses(const struct model *model, const struct filter *filter,
                    const struct event_message *event, const uint8_t *payload, const uint8_t *ack)
{
    struct filter_subject message = filter_subject_of(event, payload, ack);

    return takes(model, filter, event->slot, event->generation, &event->from, &message);
}

bool filter_takes_message(const struct model *model, const struct event_message *event,
                          const uint8_t *payload, const uint8_t *ack)
{
    return !filter_active(model) ||
           filter_chooses(model, model->filter.filter, event, payload, ack);
}

/* Reads the line. Blanks alone remove the filter. */
static void read_line(struct choosing *choosing)
{
    const struct line *line = &choosing->line;
    struct filter *filter = NULL;

    choosing->problem.why[0] = '\0';
    if (strspn(line->bytes, " ") < line->length) {
        filter = filter_open(line->bytes, line->length, &choosing->problem);
        if (filter == NULL)
            return;
    }
    filter_close(choosing->filter);
    choosing->filter = filter;
}

void filter_begin(struct model *model, const char *text)
{
    struct line *line = &model->filter.line;

    if (text == NULL || strlen(text) >= sizeof line->bytes)
        return;
    line_set(line, text);
    read_line(&model->filter);
}

void filter_changed(struct model *model)
{
    read_line(&model->filter);
    model->filter.epoch++;
    messages_match_all(model);
    clients_order(model, true);
    model_settle(model);
}
