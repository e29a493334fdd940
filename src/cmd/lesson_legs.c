/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lesson_legs: the datagrams of a lesson as legs of its ladder. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lesson_stage.h"
#include "udptui/core/units.h"

int stage_leg(struct stage *stage, const struct ladder_leg *leg)
{
    int index = STAGE_NO_LEG;

    pthread_mutex_lock(&stage->lock);
    if (stage->leg_count < STAGE_LEGS_MAX) {
        index = (int)stage->leg_count++;
        stage->legs[index] = *leg;
        stage->late_by[index] = 0;
    }
    pthread_mutex_unlock(&stage->lock);
    return index;
}

static void end_leg(struct stage *stage, int index, enum ladder_end end, int64_t arrive_ns,
                    const char *note)
{
    if (index == STAGE_NO_LEG)
        return;
    pthread_mutex_lock(&stage->lock);
    struct ladder_leg *leg = &stage->legs[index];
    leg->end = (uint8_t)end;
    leg->arrive_ns = arrive_ns > leg->depart_ns ? arrive_ns : leg->depart_ns;
    if (note != NULL)
        snprintf(leg->note, sizeof leg->note, "%s", note);
    pthread_mutex_unlock(&stage->lock);
}

void stage_arrive(struct stage *stage, int leg, const char *note)
{
    end_leg(stage, leg, LADDER_ARRIVED, stage_now_ns(stage), note);
}

void stage_arrive_at_once(struct stage *stage, int leg, const char *note)
{
    end_leg(stage, leg, LADDER_ARRIVED, 0, note);
}

void stage_lose(struct stage *stage, int leg, const char *note)
{
    end_leg(stage, leg, LADDER_LOST, 0, note);
}

/* ---- what the network was told to do, in the order that it must have had */

static int compare_times(const void *a, const void *b)
{
    const int64_t *one = a, *other = b;

    return (*one > *other) - (*one < *other);
}

static bool travels(const struct ladder_leg *leg, bool to_right)
{
    return leg->to_right == to_right && leg->end == LADDER_ARRIVED && !leg->copy;
}

/* When the last of those that overtook it had arrived; 0 where none has. */
static int64_t overtaken_ns(const struct stage *stage, const struct ladder_leg *leg, size_t late_by)
{
    int64_t times_ns[STAGE_LEGS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < stage->leg_count; i++)
        if (travels(&stage->legs[i], leg->to_right) && stage->legs[i].number > leg->number)
            times_ns[count++] = stage->legs[i].arrive_ns;
    if (count < late_by)
        return 0;
    qsort(times_ns, count, sizeof *times_ns, compare_times);
    return times_ns[late_by - 1];
}

/* An answer leaves when its request has come. */
static int64_t request_ns(const struct stage *stage, const struct ladder_leg *ack)
{
    for (size_t i = 0; i < stage->leg_count; i++)
        if (travels(&stage->legs[i], true) && stage->legs[i].number == ack->number)
            return stage->legs[i].arrive_ns;
    return 0;
}

static void not_before(struct ladder_leg *leg, int64_t depart_ns, int64_t arrive_ns)
{
    if (leg->depart_ns < depart_ns)
        leg->depart_ns = depart_ns;
    if (leg->arrive_ns < arrive_ns)
        leg->arrive_ns = arrive_ns;
    if (leg->arrive_ns < leg->depart_ns)
        leg->arrive_ns = leg->depart_ns;
}

/*
 * The times of a fate are microseconds from when the engine took the message up; from the
 * kernel's receive time that is some more, for each another. Without a pace that is more than
 * lies between them: who was overtaken came later.
 */
static void straighten(struct stage *stage)
{
    for (int to_right = 1; to_right >= 0; to_right--) {
        for (size_t i = 0; i < stage->leg_count; i++) {
            struct ladder_leg *leg = &stage->legs[i];
            if (!travels(leg, to_right != 0))
                continue;
            if (!to_right)
                not_before(leg, request_ns(stage, leg), 0);
            if (stage->late_by[i] > 0)
                not_before(leg, 0, overtaken_ns(stage, leg, stage->late_by[i]) + UNITS_NS_PER_US);
        }
    }
}

static void keep(struct stage *stage, size_t *kept, const struct ladder_leg *leg, uint16_t late_by)
{
    if (*kept == STAGE_LEGS_MAX)
        return;
    stage->legs[*kept] = *leg;
    stage->late_by[(*kept)++] = late_by;
}

void stage_replace_legs(struct stage *stage, uint64_t number, const struct journey *journey)
{
    size_t kept = 0;

    pthread_mutex_lock(&stage->lock);
    for (size_t i = 0; i < stage->leg_count; i++)
        if (stage->legs[i].number != number)
            keep(stage, &kept, &stage->legs[i], stage->late_by[i]);
    for (size_t i = 0; i < journey->count; i++)
        keep(stage, &kept, &journey->legs[i], journey->late_by[i]);
    stage->leg_count = kept;
    straighten(stage);
    pthread_mutex_unlock(&stage->lock);
}

/* ---- for whoever draws */

size_t stage_copy_legs(struct stage *stage, struct ladder_leg *out)
{
    size_t count;

    pthread_mutex_lock(&stage->lock);
    count = stage->leg_count;
    memcpy(out, stage->legs, count * sizeof *out);
    pthread_mutex_unlock(&stage->lock);
    qsort(out, count, sizeof *out, ladder_by_departure);
    return count;
}
