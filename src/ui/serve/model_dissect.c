/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_dissect: what is asked of the dissectors (the rows that are seen, the message that is
 * looked at), and what they answer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model_internal.h"
#include "udptui/dissect/message.h"
#include "udptui/proto/relayed.h"

enum {
    EARLIER_MAX = 6,
    SEARCHED_MAX = 512 /* messages, for the earlier ones of a client, and a reply's request */
};

/* This bit marks requests for fields; those for rows do not have it. */
static const uint64_t fields_bit = UINT64_C(1) << 63;

/* ---- the fields of one message */

void dissection_forget_fields(struct dissection *dissection)
{
    for (size_t i = 0; i < DISSECT_ASKED_MAX; i++) {
        dissect_tree_free(&dissection->datagrams[i].tree);
        free(dissection->datagrams[i].unfolded);
        dissection->datagrams[i] = (struct dissection_datagram){.chosen = 0};
    }
    dissection->count = dissection->which = 0;
    dissection->state = DISSECTION_NONE;
}

void dissection_close(struct dissection *dissection)
{
    dissection_forget_fields(dissection);
    free(dissection->lines);
}

size_t dissection_next(const struct dissection_datagram *datagram, size_t node)
{
    return datagram->unfolded[node] ? node + 1 : datagram->tree.nodes[node].end;
}

/* Protocols are open, what is in them is folded. */
static void model_take_fields(struct model *model, struct dissect_answer *answer)
{
    struct dissection *dissection = &model->dissection;

    dissection_forget_fields(dissection);
    dissection->state = answer->known ? DISSECTION_KNOWN : DISSECTION_UNKNOWN;
    dissection->count = answer->count;
    for (size_t i = 0; i < answer->count; i++) {
        struct dissection_datagram *datagram = &dissection->datagrams[i];
        datagram->tree = answer->trees[i];
        datagram->summary = answer->summaries[i];
        answer->trees[i] = (struct dissect_tree){.count = 0};
        datagram->unfolded = calloc(datagram->tree.count + 1, sizeof *datagram->unfolded);
        if (datagram->unfolded == NULL)
            dissect_tree_free(&datagram->tree);
        for (size_t j = 0; j < datagram->tree.count; j++)
            datagram->unfolded[j] = datagram->tree.nodes[j].depth == 0;
    }
}

/* The latest messages of the client before this one, oldest first: out has room for
 * DISSECT_DATAGRAMS_MAX. Returns how many datagrams they are. */
static size_t model_earlier(const struct model *model, struct dissect_datagram *out)
{
    const struct event_message *shown = &model->detail.event, *event;
    uint64_t ids[EARLIER_MAX], id = model->detail.id, first = backlog_first(model->backlog);
    size_t found = 0, count = 0;
    const uint8_t *payload;

    for (int i = 0; i < SEARCHED_MAX && found < EARLIER_MAX && id > first; i++) {
        event = backlog_get(model->backlog, --id, &payload);
        if (event != NULL && event->slot == shown->slot && event->generation == shown->generation)
            ids[found++] = id;
    }
    while (found > 0) {
        id = ids[--found];
        event = backlog_get(model->backlog, id, &payload);
        count += dissect_message(event, payload, backlog_ack(model->backlog, id), out + count);
    }
    return count;
}

/* ---- a request and its reply in a relay */

static bool model_is_reply(const struct event_message *reply, const struct event_message *request)
{
    return reply->slot == request->slot && reply->generation == request->generation &&
           relayed_goes_back(reply) && !relayed_goes_back(request) &&
           reply->relayed.match != MATCH_NONE && reply->relayed.request == request->number;
}

bool model_find_other(const struct model *model, uint64_t *id)
{
    const struct event_message *shown = &model->detail.event, *event;
    bool back = relayed_goes_back(shown);
    uint64_t at = model->detail.id, end = backlog_end(model->backlog);
    const uint8_t *payload;

    if (!event_is_relayed(shown) || model->detail.forgotten)
        return false;
    for (int i = 0; i < SEARCHED_MAX; i++) {
        if (back ? at <= backlog_first(model->backlog) : at + 1 >= end)
            return false;
        at = back ? at - 1 : at + 1;
        event = backlog_get(model->backlog, at, &payload);
        if (event != NULL && model_is_reply(back ? shown : event, back ? event : shown)) {
            *id = at;
            return true;
        }
    }
    return false;
}

static bool model_ask_fields(struct model *model, struct dissect_request *request,
                             struct dissect_datagram *datagrams)
{
    struct dissection *dissection = &model->dissection;
    const struct detail *detail = &model->detail;

    if (model->mode != MODE_DISSECT || dissection->state != DISSECTION_NONE)
        return false;
    size_t count = model_earlier(model, datagrams);
    size_t asked = dissect_message(&detail->event, detail->payload, detail->ack, datagrams + count);
    *request = (struct dissect_request){.id = ++dissection->asked | fields_bit,
                                        .datagrams = datagrams,
                                        .count = count + asked,
                                        .asked = asked,
                                        .trees = true};
    dissection->state = DISSECTION_ASKED;
    return true;
}

/* ---- the rows of the list */

static struct dissection_line *model_line(const struct model *model, uint64_t id)
{
    return &model->dissection.lines[id % DISSECTION_LINES];
}

const struct dissection_line *model_dissection_line(const struct model *model, uint64_t id)
{
    const struct dissection_line *line =
        model->dissection.lines != NULL ? model_line(model, id) : NULL;

    return line != NULL && line->id == id && line->state != DISSECTION_NONE ? line : NULL;
}

/* The newest message of the ladder's page that was not asked for. */
static bool model_find_rung(const struct model *model, uint64_t *id)
{
    uint64_t index = ladder_newest(model);

    for (int row = 0; row < model->layout.body_rows && index > 0; row++) {
        *id = messages_id(model, --index);
        if (model_dissection_line(model, *id) == NULL)
            return true;
    }
    return false;
}

/* The first row that is seen and was not asked for. */
static bool model_find_row(const struct model *model, uint64_t *id)
{
    if (model->mode == MODE_LADDER)
        return model_find_rung(model, id);
    uint64_t index = messages_index(model, model->message.top), count = messages_count(model);

    for (int row = 0; row < model->layout.messages_rows && index < count; row++, index++) {
        *id = messages_id(model, index);
        if (model_dissection_line(model, *id) == NULL)
            return true;
    }
    return false;
}

static bool model_ask_row(struct model *model, struct dissect_request *request,
                          struct dissect_datagram *datagrams)
{
    const struct event_message *event;
    const uint8_t *payload;
    uint64_t id;

    if (!model->dissection.lines_on || !(model->mode & (MODE_LIST | MODE_LADDER)) ||
        !model_find_row(model, &id))
        return false;
    model->dissection.lines[id % DISSECTION_LINES] =
        (struct dissection_line){.id = id, .state = DISSECTION_ASKED};
    event = backlog_get(model->backlog, id, &payload);
    if (event == NULL)
        return false;
    dissect_message(event, payload, backlog_ack(model->backlog, id), datagrams);
    *request = (struct dissect_request){.id = id, .datagrams = datagrams, .count = 1, .asked = 1};
    return true;
}

static void model_take_row(struct model *model, const struct dissect_answer *answer)
{
    struct dissection_line *line = model_line(model, answer->id);

    if (line->id != answer->id)
        return; /* another row has its place by now */
    line->state = answer->known ? DISSECTION_KNOWN : DISSECTION_UNKNOWN;
    if (answer->known)
        line->summary = answer->summaries[0];
}

bool model_dissect_lines(struct model *model, bool on)
{
    struct dissection *dissection = &model->dissection;

    if (on && dissection->lines == NULL)
        dissection->lines = calloc(DISSECTION_LINES, sizeof *dissection->lines);
    dissection->lines_on = on && dissection->lines != NULL;
    return dissection->lines_on == on;
}

void model_dissect_again(struct model *model)
{
    struct dissection *dissection = &model->dissection;

    for (size_t i = 0; dissection->lines != NULL && i < DISSECTION_LINES; i++)
        if (dissection->lines[i].state == DISSECTION_UNKNOWN)
            dissection->lines[i].state = DISSECTION_NONE;
    dissection_forget_fields(dissection);
}

/* ---- for the screen */

bool model_wants_dissection(const struct model *model)
{
    return model->dissection.lines_on || model->mode == MODE_DISSECT;
}

enum text_charset model_charset(const struct model *model)
{
    return model->config.charset;
}

bool model_ask_dissection(struct model *model, bool rows, struct dissect_request *request,
                          struct dissect_datagram *datagrams)
{
    return model_ask_fields(model, request, datagrams) ||
           (rows && model_ask_row(model, request, datagrams));
}

void model_take_dissection(struct model *model, struct dissect_answer *answer)
{
    struct dissection *dissection = &model->dissection;

    model->changed = true;
    if (!(answer->id & fields_bit))
        model_take_row(model, answer);
    else if (answer->id == (dissection->asked | fields_bit) &&
             dissection->state == DISSECTION_ASKED)
        model_take_fields(model, answer);
}

void model_note_dissector(struct model *model, const char *note, const char *confined)
{
    struct dissection *dissection = &model->dissection;

    if (strcmp(note, dissection->note) != 0 && note[0] != '\0')
        model_notice(model, note);
    model->changed |= strcmp(note, dissection->note) != 0;
    snprintf(dissection->note, sizeof dissection->note, "%s", note);
    snprintf(dissection->confined, sizeof dissection->confined, "%s", confined);
}
