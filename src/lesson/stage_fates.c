/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stage_fates: the messages through the simulated network as legs.
 *
 * Datagrams on the wire have the kernel's times: a request has the client kernel's send time, a
 * reply its receive time. The engine reports what happened in between: when a request reached the
 * server, when a reply left it, what was lost or duplicated.
 */
#include <stdio.h>
#include <string.h>

#include "udptui/base/text.h"
#include "udptui/lesson/stage.h"

/* The legs of one message, among the stage's. */
struct drawn {
    const struct stage_message *message;
    size_t answers; /* drawn so far: they arrived in the order in which the acks left */
};

static void set_label(struct ladder_leg *leg, const uint8_t *bytes, size_t size_bytes)
{
    text_render(leg->label, sizeof leg->label, bytes, size_bytes, TEXT_ASCII);
}

/* What the lesson says about a request. */
static void set_note(struct ladder_leg *leg, const struct stage_message *message)
{
    if (message->note[0] != '\0')
        snprintf(leg->note, sizeof leg->note, "%s", message->note);
}

/* Notes how it arrived at the other end. */
static void note_flipped(const struct stage *stage, struct ladder_leg *leg,
                         const struct stage_message *message, uint32_t bit)
{
    uint8_t payload[STAGE_PAYLOAD_SIZE];
    char text[STAGE_PAYLOAD_SIZE * TEXT_EXPANSION + 1];

    memcpy(payload, message->payload, message->size_bytes);
    if (bit / 8 < message->size_bytes)
        payload[bit / 8] ^= (uint8_t)(1u << bit % 8);
    text_render(text, sizeof text, payload, message->size_bytes, TEXT_ASCII);
    snprintf(leg->note, sizeof leg->note, stage_text(stage, "got %.*s"), LADDER_LABEL_SIZE - 8,
             text);
}

static void add_request(struct stage *stage, const struct drawn *drawn, unsigned copy)
{
    const struct stage_message *message = drawn->message;
    const struct leg *from = &message->event.fate.requests[copy];
    struct ladder_leg leg;

    if (!ladder_leg_of(from, message->event.wall_ns, true, copy > 0, stage->config.catalog, &leg))
        return;
    leg.depart_ns = message->sent_ns;
    leg.number = message->event.number;
    leg.frame = copy > 0 ? 0 : message->frame;
    set_label(&leg, message->payload, message->size_bytes);
    if (leg.corrupt)
        note_flipped(stage, &leg, message, from->bit);
    else
        set_note(&leg, message);
    stage_leg(stage, &leg);
}

/* The ack that left next. It arrives at the client kernel's receive time. */
static void stage_add_ack(struct stage *stage, struct drawn *drawn, unsigned which)
{
    const struct stage_message *message = drawn->message;
    const struct leg *from = &message->event.fate.acks[which];
    struct ladder_leg leg;

    if (!ladder_leg_of(from, message->event.wall_ns, false, which % 2 > 0, stage->config.catalog,
                       &leg))
        return;
    leg.number = message->event.number;
    set_label(&leg, message->payload, message->size_bytes);
    if (from->late_by > 0) /* by replies that left before it: none overtook it in this direction */
        leg.note[0] = '\0';
    if (leg.end == LADDER_ARRIVED && drawn->answers < message->answer_count) {
        const struct stage_answer *answer = &message->answers[drawn->answers++];
        leg.arrive_ns = answer->wall_ns;
        leg.frame = stage_keep_answer(stage, message, answer);
        set_label(&leg, answer->payload, answer->size_bytes);
    }
    if (leg.depart_ns > leg.arrive_ns && leg.end == LADDER_ARRIVED)
        leg.depart_ns = leg.arrive_ns;
    stage_leg(stage, &leg);
}

/* The acks of a message in the order in which they left. */
static void add_acks(struct stage *stage, struct drawn *drawn)
{
    const struct leg *acks = drawn->message->event.fate.acks;
    bool done[FATE_ACKS] = {false};

    for (int count = 0; count < FATE_ACKS; count++) {
        int next = -1;
        for (int i = 0; i < FATE_ACKS; i++)
            if (!done[i] && (next < 0 || acks[i].arrive_us < acks[next].arrive_us))
                next = i;
        done[next] = true;
        stage_add_ack(stage, drawn, (unsigned)next);
    }
}

/* A message without impairment arrives at the server kernel's receive time. */
static void add_plain(struct stage *stage, const struct stage_message *message)
{
    const struct event_message *event = &message->event;
    struct ladder_leg leg = {.depart_ns = message->sent_ns,
                             .arrive_ns = event->wall_ns,
                             .to_right = true,
                             .number = event->number,
                             .frame = message->frame};

    set_label(&leg, message->payload, message->size_bytes);
    set_note(&leg, message);
    stage_leg(stage, &leg);
    if (message->answer_count == 0)
        return;
    leg.note[0] = '\0';
    leg.to_right = false;
    leg.depart_ns = leg.arrive_ns = message->answers[0].wall_ns;
    leg.frame = stage_keep_answer(stage, message, &message->answers[0]);
    set_label(&leg, message->answers[0].payload, message->answers[0].size_bytes);
    stage_leg(stage, &leg);
}

static void draw_message(struct stage *stage, const struct stage_message *message)
{
    struct drawn drawn = {.message = message};
    size_t first = stage->leg_count;

    if (!fate_touched(&message->event.fate)) {
        add_plain(stage, message);
    } else {
        for (unsigned copy = 0; copy < FATE_REQUESTS; copy++)
            add_request(stage, &drawn, copy);
        add_acks(stage, &drawn);
    }
    ladder_mark_first_ack(stage->legs + first, stage->leg_count - first, message->sent_ns);
}

/* ---- a possible order */

/* The first ack that arrived and has not been looked at, the latest one first. NULL: no more. */
static const struct ladder_leg *latest_ack(const struct stage *stage, size_t first,
                                           int64_t before_ns)
{
    const struct ladder_leg *latest = NULL;

    for (size_t i = first; i < stage->leg_count; i++) {
        const struct ladder_leg *leg = &stage->legs[i];
        if (!leg->to_right && leg->rtt_ns > 0 && leg->arrive_ns < before_ns &&
            (latest == NULL || leg->arrive_ns > latest->arrive_ns))
            latest = leg;
    }
    return latest;
}

static struct ladder_leg *request_of(struct stage *stage, size_t first,
                                     const struct ladder_leg *ack)
{
    for (size_t i = first; i < stage->leg_count; i++) {
        struct ladder_leg *leg = &stage->legs[i];
        if (leg->to_right && !leg->copy && leg->end == LADDER_ARRIVED && leg->number == ack->number)
            return leg;
    }
    return NULL;
}

/* A reply that took longer was held at the server, or delayed on its way. */
static const int64_t PROMPT_NS = 1000000;

/*
 * The engine's clock differs from the kernel's stamps by some microseconds. Only the order is
 * certain: a request arrived before its reply left, and, if no reply was held or delayed, before
 * the request of any later reply.
 */
static void order_arrivals(struct stage *stage, size_t first)
{
    int64_t limit_ns = INT64_MAX;

    for (const struct ladder_leg *ack = latest_ack(stage, first, INT64_MAX); ack != NULL;
         ack = latest_ack(stage, first, ack->arrive_ns)) {
        struct ladder_leg *request = request_of(stage, first, ack);
        if (request == NULL)
            continue;
        int64_t latest_ns = limit_ns < ack->depart_ns ? limit_ns : ack->depart_ns;
        if (request->arrive_ns > latest_ns)
            request->arrive_ns = latest_ns > request->depart_ns ? latest_ns : request->depart_ns;
        if (ack->arrive_ns - request->arrive_ns < PROMPT_NS)
            limit_ns = request->arrive_ns - 1; /* at the same time, the lower number comes first */
    }
}

void stage_draw_messages(struct stage *stage)
{
    size_t first = stage->leg_count;

    for (uint64_t i = 0; i < stage->message_count; i++)
        if (stage->messages[i].reported && !stage->messages[i].left_out)
            draw_message(stage, &stage->messages[i]);
    order_arrivals(stage, first);
}
