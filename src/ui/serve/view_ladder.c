/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view_ladder: the latest messages as arrows. The times are the server's: the clients' view of the
 * real network is unknown here, so a round-trip time is shown only for the simulated one
 * (impairments); with a relay, it is the target's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "udptui/base/units.h"
#include "udptui/proto/reason.h"
#include "udptui/ui/ladder/ladder.h"
#include "udptui/ui/ladder/sentences.h"
#include "view_parts_internal.h"

enum { LEGS = 200, LEGS_A_MESSAGE = FATE_REQUESTS + FATE_ACKS, SEEN_BYTES = 48 };

/* Columns from which on the client is named: with three lines there is less room. */
enum { WHO_FROM = 60, WHO_FROM_RELAY = 100 };

/* Legs as they are collected, the newest message's first. */
struct collected {
    struct ladder_leg legs[LEGS];
    size_t count;
    bool several; /* clients: each is named */
    uint64_t id;  /* of the message whose legs are collected */
};

/* The client whose messages alone are shown: the one that was chosen in its pane; NULL: all. */
static const struct client_choice *only_client(const struct model *model)
{
    return model->ladder.of_client && model->client.chosen ? &model->client : NULL;
}

/* ---- the words on the arrows */

/* The client, if there are several: a name or number, else the port, the shortest distinction. */
static void format_who(const struct view *view, const struct collected *collected,
                       const struct event_message *event, char *out, size_t size)
{
    char text[PEER_SIZE];

    out[0] = '\0';
    int from = view->model->config.relay ? WHO_FROM_RELAY : WHO_FROM;
    if (!collected->several || view->columns < from)
        return;
    if (roster_is_kept(view->model->roster))
        snprintf(out, size, "%s ",
                 view_peer(view, event->slot, event->generation, &event->from, text, sizeof text));
    else
        snprintf(out, size, ":%u ", (unsigned)event->from.port);
}

/* The payload, or what the dissectors say of it if that is known and wanted. */
static void ladder_format_text(const struct view *view, const struct collected *collected,
                               const struct event_message *event, const uint8_t *payload, char *out,
                               size_t size)
{
    size_t seen = event->stored_bytes < SEEN_BYTES ? event->stored_bytes : SEEN_BYTES;
    uint8_t sent[SEEN_BYTES];
    const struct dissection_line *line =
        view->model->dissection.lines_on ? model_dissection_line(view->model, collected->id) : NULL;

    if (line != NULL && line->state == DISSECTION_KNOWN) {
        const char *summary = line->summary.text;
        summary = summary[0] != '\0' ? summary : line->summary.protocol;
        text_fit(out, size, summary,
                 text_columns(summary) < SEEN_BYTES ? text_columns(summary) : SEEN_BYTES,
                 view->charset);
        return;
    }
    memcpy(sent, payload, seen);
    fate_flip(&event->fate, sent, seen); /* the arrow begins with the payload as sent */
    text_render(out, size, sent, seen, view->charset);
}

static void view_ladder_format_label(const struct view *view, const struct collected *collected,
                                     const struct event_message *event, const uint8_t *payload,
                                     struct ladder_leg *leg)
{
    char who[PEER_SIZE + 2], text[SEEN_BYTES * TEXT_EXPANSION + 1];
    char whole[sizeof who + sizeof text + 2 * UNITS_TEXT_SIZE], number[UNITS_TEXT_SIZE] = "by hand";

    if (event->status == ACK_UNASKED)
        snprintf(number, sizeof number, "unasked");
    format_who(view, collected, event, who, sizeof who);
    ladder_format_text(view, collected, event, payload, text, sizeof text);
    if (event->number != 0)
        snprintf(number, sizeof number, "%s#%llu", event->status == ACK_MORE ? "more of " : "",
                 (unsigned long long)event->number);
    snprintf(whole, sizeof whole, "%s%s %s%s", who, number, view_marks(event),
             event->size_bytes > 0 ? text : "(empty)");
    text_fit(leg->label, sizeof leg->label, whole,
             text_columns(whole) < SEEN_BYTES ? text_columns(whole) : SEEN_BYTES, view->charset);
}

/* The reply with its payload, as far as that is known. */
static void label_ack(const struct view *view, const struct event_message *event,
                      const uint8_t *ack, struct ladder_leg *leg)
{
    char text[SEEN_BYTES * TEXT_EXPANSION + 1], whole[sizeof text + 2 * UNITS_TEXT_SIZE];
    size_t seen = event->ack_stored_bytes < SEEN_BYTES ? event->ack_stored_bytes : SEEN_BYTES;

    if (view->model->config.privacy && event_ack_names_client(event, ack))
        seen = 0;
    text_render(text, sizeof text, ack, seen, view->charset);
    snprintf(whole, sizeof whole, "ack #%llu%s%s%s", (unsigned long long)event->number,
             event->ack_checksum.status == CHECKSUM_BAD ? " BAD CHECKSUM" : "", seen > 0 ? " " : "",
             text);
    text_fit(leg->label, sizeof leg->label, whole,
             text_columns(whole) < SEEN_BYTES ? text_columns(whole) : SEEN_BYTES, view->charset);
}

/* ---- legs of a message */

static struct ladder_leg *ladder_add(struct collected *collected, const struct event_message *event,
                                     bool to_right)
{
    struct ladder_leg *leg = &collected->legs[collected->count++];

    *leg = (struct ladder_leg){.depart_ns = event->wall_ns,
                               .arrive_ns = event->wall_ns,
                               .to_right = to_right,
                               .number = event->number};
    return leg;
}

static void note_fate(const struct event_message *event, struct ladder_leg *leg)
{
    if (event->status == ACK_SENT)
        return;
    view_fate(event, false, leg->note, sizeof leg->note);
    leg->note_at = event_is_relayed(event) ? LADDER_SIDE_NONE : LADDER_SIDE_RIGHT;
}

/* Without simulation: the datagram arrived, and the ack left when it was sent. */
static void ladder_add_plain(const struct view *view, const struct event_message *event,
                             const uint8_t *payload, const uint8_t *ack,
                             struct collected *collected)
{
    struct ladder_leg *leg = ladder_add(collected, event, !event_is_from_server(event));

    view_ladder_format_label(view, collected, event, payload, leg);
    if (event_is_unsent(event))
        leg->end = LADDER_UNSENT;
    else if (event_is_from_server(event))
        return;
    note_fate(event, leg);
    if (event->status != ACK_SENT)
        return;
    leg = ladder_add(collected, event, false);
    leg->depart_ns += event->service_ns > 0 ? event->service_ns : 0;
    leg->arrive_ns = leg->depart_ns;
    label_ack(view, event, ack, leg);
}

/* A leg of the simulated network; NULL if there is none. */
static struct ladder_leg *add_leg(const struct event_message *event, const struct leg *from,
                                  bool to_right, bool copy, struct collected *collected)
{
    struct ladder_leg *leg = &collected->legs[collected->count];

    if (!ladder_leg_of(from, event->wall_ns, to_right, copy, NULL, leg))
        return NULL;
    leg->number = event->number;
    collected->count++;
    return leg;
}

static void add_journey(const struct view *view, const struct event_message *event,
                        const uint8_t *payload, const uint8_t *ack, struct collected *collected)
{
    const struct fate *fate = &event->fate;
    size_t first = collected->count;

    for (int i = 0; i < FATE_REQUESTS; i++) {
        struct ladder_leg *leg = add_leg(event, &fate->requests[i], true, i > 0, collected);
        if (leg == NULL)
            continue;
        view_ladder_format_label(view, collected, event, payload, leg);
        if (leg->note[0] == '\0' && event->status == ACK_HELD && event->why_held != HELD_LOSS)
            note_fate(event, leg);
    }
    for (int i = 0; i < FATE_ACKS; i++) {
        struct ladder_leg *leg = add_leg(event, &fate->acks[i], false, i % 2 > 0, collected);
        if (leg != NULL && event_is_from_server(event))
            view_ladder_format_label(view, collected, event, payload, leg);
        else if (leg != NULL)
            label_ack(view, event, ack, leg);
    }
    if (!(event->flags & MESSAGE_AMBIGUOUS) && !event_is_from_server(event))
        ladder_mark_first_ack(collected->legs + first, collected->count - first, event->wall_ns);
}

/* ---- of a relay: from one side to it, and on to the other side */

/* The part to the relay, at the time at which the datagram was received. */
static void add_received(const struct view *view, const struct event_message *event,
                         const uint8_t *payload, struct collected *collected)
{
    const struct event_relayed *relayed = &event->relayed;
    bool to_right = relayed->direction == DIRECTION_TO_TARGET;
    struct ladder_leg *leg = ladder_add(collected, event, to_right);

    leg->right_gap = !to_right;
    view_ladder_format_label(view, collected, event, payload, leg);
    if (event->status != ACK_FORWARDED && event->status != ACK_WAITING &&
        !fate_touched(&event->fate))
        note_fate(event, leg);
    if (relayed->match == MATCH_NONE)
        return;
    leg->number = relayed->request;
    if (relayed->match != MATCH_ORDER && relayed->rtt_ns > 0)
        leg->rtt_ns = relayed->rtt_ns;
}

/* The part from the relay, which the simulated network may have lost, doubled or delayed. */
static void add_passed(const struct event_message *event, struct collected *collected)
{
    bool to_right = event->relayed.direction == DIRECTION_TO_TARGET;
    uint64_t number = collected->legs[collected->count - 1].number;

    for (int i = 0; i < FATE_REQUESTS; i++) {
        struct ladder_leg *leg =
            add_leg(event, &event->fate.requests[i], to_right, i > 0, collected);
        if (leg == NULL)
            continue;
        leg->right_gap = to_right;
        leg->number = number;
        if (leg->end == LADDER_LOST)
            snprintf(leg->note, sizeof leg->note, "LOST");
        bool later = leg->depart_ns - event->wall_ns >= UNITS_NS_PER_MS;
        if (later || leg->arrive_ns - leg->depart_ns >= UNITS_NS_PER_MS ||
            (leg->end != LADDER_ARRIVED && leg->end != LADDER_LOST))
            snprintf(leg->label, sizeof leg->label, "#%llu", (unsigned long long)event->number);
    }
    if (event->status != ACK_FORWARDED || fate_touched(&event->fate))
        return;
    struct ladder_leg *leg = ladder_add(collected, event, to_right);
    leg->right_gap = to_right;
    leg->number = number;
}

static void add_relayed(const struct view *view, const struct event_message *event,
                        const uint8_t *payload, struct collected *collected)
{
    add_received(view, event, payload, collected);
    add_passed(event, collected);
}

/* An ICMP error comes from the target's side; one of this machine is an event at the relay. */
static void add_icmp(const struct event_icmp *event, struct collected *collected)
{
    struct ladder_leg *leg = &collected->legs[collected->count++];

    *leg = (struct ladder_leg){.depart_ns = event->wall_ns,
                               .arrive_ns = event->wall_ns,
                               .to_right = event->local,
                               .right_gap = true,
                               .error = true,
                               .end = event->local ? LADDER_EVENT : LADDER_ARRIVED,
                               .number = event->number};
    snprintf(leg->label, sizeof leg->label, "%s%s",
             event->local ? "" : "ICMP: ", reason_brief(REASON_SEND, event->error));
}

/* Those that came between the messages that are shown, and if these are the newest, after them. */
static void add_icmps(const struct model *model, struct collected *collected)
{
    const struct target_state *target = &model->target;
    const struct client_choice *only = only_client(model);
    int64_t from_ns = INT64_MAX, until_ns = model->ladder.scroll > 0 ? 0 : shown_wall_ns(model);

    for (size_t i = 0; i < collected->count; i++) {
        int64_t at_ns = collected->legs[i].depart_ns;
        from_ns = at_ns < from_ns ? at_ns : from_ns;
        until_ns = at_ns > until_ns ? at_ns : until_ns;
    }
    for (uint64_t i = 0; i < ICMP_KEPT && i < target->icmp_count; i++) {
        const struct event_icmp *event = &target->icmps[i];
        bool wanted =
            only == NULL || (event->slot == only->slot && event->generation == only->generation);
        if (wanted && event->wall_ns >= from_ns && event->wall_ns <= until_ns &&
            collected->count < LEGS)
            add_icmp(event, collected);
    }
}

/* ---- all of them */

static bool wanted(const struct model *model, const struct event_message *event)
{
    const struct client_choice *only = only_client(model);

    return only == NULL || (event->slot == only->slot && event->generation == only->generation);
}

/* Whether the messages that may be shown are of more than one client. */
static bool ladder_has_several(const struct model *model)
{
    const struct event_message *first = NULL, *event;
    const uint8_t *payload;
    uint64_t end = ladder_newest(model);

    if (only_client(model) != NULL)
        return false;
    for (uint64_t i = end; i > 0 && end - i < LEGS; i--) {
        event = backlog_get(model->backlog, messages_id(model, i - 1), &payload);
        if (event != NULL && first != NULL &&
            (event->slot != first->slot || event->generation != first->generation))
            return true;
        first = event != NULL ? event : first;
    }
    return false;
}

static void ladder_collect(const struct view *view, struct collected *collected)
{
    const struct model *model = view->model;

    collected->several = ladder_has_several(model);
    for (uint64_t i = ladder_newest(model); i > 0 && collected->count + LEGS_A_MESSAGE <= LEGS;
         i--) {
        const uint8_t *payload;
        uint64_t id = messages_id(model, i - 1);
        const struct event_message *event = backlog_get(model->backlog, id, &payload);
        if (event == NULL || !wanted(model, event))
            continue;
        collected->id = id;
        if (event_is_relayed(event) && !event_is_by_hand(event))
            add_relayed(view, event, payload, collected);
        else if (fate_touched(&event->fate))
            add_journey(view, event, payload, backlog_ack(model->backlog, id), collected);
        else
            ladder_add_plain(view, event, payload, backlog_ack(model->backlog, id), collected);
    }
    add_icmps(model, collected);
    qsort(collected->legs, collected->count, sizeof *collected->legs, ladder_by_departure);
    const struct ladder_viewer viewer = {
        .view = model->ladder.seen, .middle = model->config.relay, .silence = "no reply"};
    collected->count =
        ladder_view_legs(&viewer, collected->legs, collected->count, collected->legs);
}

/* Of the network outside nothing is known: the client's view is that of the simulated one. */
static const char *ladder_name_seen(const struct view *view)
{
    bool wide = view->columns >= WHO_FROM + 20;

    switch (view->model->ladder.seen) {
    case LADDER_VIEW_CLIENT:
        return wide ? "what the client knows, if only the simulated network loses"
                    : "client, simulated losses only";
    case LADDER_VIEW_SERVER:
        return view->model->config.relay ? "what the target knows" : "what the server knows";
    case LADDER_VIEW_ALL:
    case LADDER_VIEWS:
        break;
    }
    return "";
}

static void ladder_put_title(const struct view *view)
{
    const struct client_choice *only = only_client(view->model);
    char title[LINE_SIZE], who[PEER_SIZE];
    uint32_t slot;
    const struct row *row = only != NULL ? clients_at(view->model, only->position, &slot) : NULL;

    snprintf(title, sizeof title, "Ladder of all clients");
    if (row != NULL)
        snprintf(title, sizeof title, "Ladder of %s",
                 view_peer(view, only->slot, only->generation, &row->peer, who, sizeof who));
    if (view->model->ladder.seen != LADDER_VIEW_ALL)
        snprintf(title, sizeof title, "Ladder: %s", ladder_name_seen(view));
    view_rule(
        view, view->model->layout.body,
        &(struct rule){.left = title,
                       .left_style = STYLE_PANE_ACTIVE,
                       .right = view->model->ladder.scroll > 0 ? "F follows" : "following",
                       .right_style = view->model->ladder.scroll > 0 ? STYLE_WARNING : STYLE_DIM});
}

/* In words, the newest at the end. Returns the lines of all. */
static int ladder_put_sentences(const struct view *view, const struct sentences *sentences,
                                const struct collected *collected)
{
    const struct model *model = view->model;
    int rows = model->layout.body_rows - 1;
    int all =
        sentences_draw(sentences, collected->legs, collected->count, NULL, 0, 0, view->columns, 0);
    int first = all - rows - model->ladder.scroll;

    return sentences_draw(sentences, collected->legs, collected->count, view->frame,
                          model->layout.body + 1, rows, view->columns, first > 0 ? first : 0);
}

static const struct ladder_heads *ladder_heads_of(const struct model *model)
{
    static const struct ladder_heads all[] = {
        {.left = "client", .right = "server"},
        {.left = "client", .middle = "relay", .right = "target"},
    };

    return &all[model->config.relay];
}

static struct sentences ladder_sentences_of(const struct model *model)
{
    return (struct sentences){.heads = ladder_heads_of(model),
                              .utc_offset_s = model->config.utc_offset_s};
}

static int ladder_screen_draw(const struct view *view)
{
    const struct model *model = view->model;
    const struct sentences sentences = ladder_sentences_of(model);
    struct collected collected = {.count = 0};

    ladder_collect(view, &collected);
    if (model->ladder.sentences)
        return ladder_put_sentences(view, &sentences, &collected);
    return ladder_draw(view->frame, model->layout.body + 1, model->layout.body_rows - 1,
                       sentences.heads, collected.legs, collected.count, shown_wall_ns(model),
                       model->ladder.scroll, model->config.utc_offset_s, view->charset);
}

void view_ladder(const struct view *view)
{
    ladder_put_title(view);
    if (ladder_screen_draw(view) == 0)
        frame_put(view->frame, view->model->layout.body + 3, 3, view->columns, STYLE_DIM,
                  filter_active(view->model) ? "no message matches the filter" : "no datagram yet");
}

int view_ladder_lines(const struct view *view)
{
    const struct sentences sentences = ladder_sentences_of(view->model);
    struct collected collected = {.count = 0};

    ladder_collect(view, &collected);
    if (view->model->ladder.sentences)
        return sentences_draw(&sentences, collected.legs, collected.count, NULL, 0, 0,
                              view->columns, 0);
    return ladder_count_rows(collected.legs, collected.count, shown_wall_ns(view->model));
}
