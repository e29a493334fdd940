/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* actions_dissect: the keys of what Wireshark's dissectors say. */
#include "actions_internal.h"

#include "udptui/proto/relayed.h"

/* The one that is shown; NULL if there are no fields to move in. */
static struct dissection_datagram *dissect_shown(struct model *model)
{
    struct dissection *dissection = &model->dissection;
    struct dissection_datagram *datagram = &dissection->datagrams[dissection->which];

    return dissection->state == DISSECTION_KNOWN && datagram->tree.count > 0 ? datagram : NULL;
}

/* False, with a notice, if addresses are hidden. */
static bool dissect_is_allowed(struct model *model)
{
    if (model->config.privacy)
        model_notice(model, "Not with --privacy: the dissectors name addresses and ports");
    return !model->config.privacy;
}

/* From the list it is that of the selected message. In the view, it asks again if there was no
 * answer. */
void action_dissect(struct press *press)
{
    struct model *model = press->model;
    enum mode from = model->mode;

    if (from == MODE_DISSECT) {
        press->effects.dissect_again = model->dissection.state == DISSECTION_UNKNOWN;
        if (!press->effects.dissect_again)
            actions_leave(model);
        return;
    }
    if (!dissect_is_allowed(model))
        return;
    if (from == MODE_LIST) {
        model->pane = PANE_MESSAGES;
        action_detail(press);
    }
    if (model->mode != MODE_DETAIL)
        return;
    if (!model->detail.of_message) {
        model_notice(model, "Only messages have bytes to dissect: choose one");
        return;
    }
    dissection_forget_fields(&model->dissection);
    press->effects.dissect_again = model->dissection.note[0] != '\0';
    actions_enter(model, MODE_DISSECT);
}

/* The text of the rows: payload, or protocol and summary. */
void action_dissect_lines(struct press *press)
{
    struct model *model = press->model;
    bool on = !model->dissection.lines_on;

    if (on && !dissect_is_allowed(model))
        return;
    if (!model_dissect_lines(model, on))
        model_notice(model, "Not enough memory");
    press->effects.dissect_again = on && model->dissection.note[0] != '\0';
}

/* The datagram, its reply. A reply that came meanwhile is asked for. In a relay each is a message
 * of its own. */
void action_dissect_other(struct press *press)
{
    struct dissection *dissection = &press->model->dissection;
    uint64_t id;

    if (model_find_other(press->model, &id) && actions_open_message(press->model, id)) {
        dissection_forget_fields(dissection);
        return;
    }
    if (dissection->count == 2) {
        dissection->which = !dissection->which;
    } else if (dissection->count == 1 && press->model->detail.event.ack_stored_bytes > 0) {
        dissection_forget_fields(dissection);
    } else {
        model_notice(press->model, relayed_goes_back(&press->model->detail.event)
                                       ? "Its request is not known"
                                       : "There is no reply, or its bytes are not known");
    }
}

/* ---- in the tree */

/* The row above: the one whose next is the chosen. */
static size_t dissect_before(const struct dissection_datagram *datagram, size_t chosen)
{
    size_t before = 0;

    for (size_t node = 0; node < chosen; node = dissection_next(datagram, node))
        before = node;
    return before;
}

void action_dissect_move(struct model *model, int64_t rows)
{
    struct dissection_datagram *datagram = dissect_shown(model);

    if (datagram == NULL)
        return;
    for (; rows < 0 && datagram->chosen > 0; rows++)
        datagram->chosen = dissect_before(datagram, datagram->chosen);
    for (; rows > 0; rows--) {
        size_t next = dissection_next(datagram, datagram->chosen);
        if (next >= datagram->tree.count)
            return;
        datagram->chosen = next;
    }
}

static bool dissect_has_fields(const struct dissection_datagram *datagram)
{
    return datagram->tree.nodes[datagram->chosen].end > datagram->chosen + 1;
}

void action_dissect_fold(struct press *press)
{
    struct dissection_datagram *datagram = dissect_shown(press->model);

    if (datagram != NULL && dissect_has_fields(datagram))
        datagram->unfolded[datagram->chosen] = !datagram->unfolded[datagram->chosen];
}

/* Unfolds; what is unfolded, or has nothing to unfold: the next. */
void action_dissect_right(struct press *press)
{
    struct dissection_datagram *datagram = dissect_shown(press->model);

    if (datagram == NULL)
        return;
    if (dissect_has_fields(datagram) && !datagram->unfolded[datagram->chosen])
        datagram->unfolded[datagram->chosen] = true;
    else
        action_dissect_move(press->model, 1);
}

/* Folds; what is folded: to the field that it is part of. */
void action_dissect_left(struct press *press)
{
    struct dissection_datagram *datagram = dissect_shown(press->model);

    if (datagram == NULL)
        return;
    const struct dissect_node *nodes = datagram->tree.nodes;
    size_t chosen = datagram->chosen;
    if (dissect_has_fields(datagram) && datagram->unfolded[chosen]) {
        datagram->unfolded[chosen] = false;
        return;
    }
    while (chosen > 0 && nodes[chosen].depth >= nodes[datagram->chosen].depth)
        chosen--;
    datagram->chosen = chosen;
}
