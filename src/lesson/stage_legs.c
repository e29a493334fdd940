/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stage_legs: the datagrams of a lesson as legs of its ladder. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "udptui/lesson/stage.h"

const char *stage_text(const struct stage *stage, const char *text)
{
    return catalog_text(stage->config.catalog, text);
}

int stage_leg(struct stage *stage, const struct ladder_leg *leg)
{
    if (!stage_going(stage) || stage->leg_count == STAGE_LEGS_MAX)
        return STAGE_NO_LEG;
    stage->legs[stage->leg_count] = *leg;
    return (int)stage->leg_count++;
}

static void end_leg(struct stage *stage, int index, enum ladder_end end, int64_t arrive_ns,
                    const char *note)
{
    struct ladder_leg *leg;

    if (index == STAGE_NO_LEG)
        return;
    leg = &stage->legs[index];
    leg->end = (uint8_t)end;
    leg->arrive_ns = arrive_ns > leg->depart_ns ? arrive_ns : leg->depart_ns;
    if (note != NULL)
        snprintf(leg->note, sizeof leg->note, "%s", note);
}

/* Whoever received it knows what the note says. */
void stage_arrive(struct stage *stage, int leg, int64_t wall_ns, const char *note)
{
    end_leg(stage, leg, LADDER_ARRIVED, wall_ns, note);
    if (leg != STAGE_NO_LEG && note != NULL)
        stage->legs[leg].note_at = stage->legs[leg].to_right ? LADDER_SIDE_RIGHT : LADDER_SIDE_LEFT;
}

void stage_drop(struct stage *stage, int leg, const char *note)
{
    end_leg(stage, leg, LADDER_DROPPED, 0, note);
}

void stage_happens(struct stage *stage, bool at_left, const char *format, ...)
{
    struct ladder_leg leg = {.depart_ns = stage_now_ns(), .to_right = at_left, .end = LADDER_EVENT};
    va_list list;

    va_start(list, format);
    vsnprintf(leg.label, sizeof leg.label, stage_text(stage, format), list);
    va_end(list);
    stage_leg(stage, &leg);
}

void stage_reconstruct(struct stage *stage, uint64_t number, bool to_right, int64_t wall_ns,
                       const char *label)
{
    struct ladder_leg leg = {.depart_ns = wall_ns,
                             .arrive_ns = wall_ns,
                             .to_right = to_right,
                             .reconstructed = true,
                             .number = number};

    snprintf(leg.label, sizeof leg.label, "%s", label);
    snprintf(leg.note, sizeof leg.note, "%s", stage_text(stage, "reconstructed"));
    stage_leg(stage, &leg);
}

void stage_finish(struct stage *stage)
{
    stage_draw_messages(stage);
    ladder_sort_legs(stage->legs, stage->leg_count);
}
