/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fate: figures and words from the legs. */
#include "udptui/proto/fate.h"

#include <stdio.h>

#include "udptui/base/builder.h"
#include "udptui/base/units.h"

enum { ACKS_EACH = FATE_ACKS / FATE_REQUESTS, LEGS = FATE_REQUESTS + FATE_ACKS };

static unsigned count_legs(const struct leg *legs, unsigned count, enum leg_state state)
{
    unsigned found = 0;

    for (unsigned i = 0; i < count; i++)
        found += legs[i].state == state;
    return found;
}

static const struct leg *leg_at(const struct fate *fate, unsigned place)
{
    return place < FATE_REQUESTS ? &fate->requests[place] : &fate->acks[place - FATE_REQUESTS];
}

/* Some were sent, and all of them were lost. */
static bool all_lost(const struct leg *legs, unsigned count)
{
    unsigned lost = count_legs(legs, count, LEG_LOST);

    return lost > 0 && lost + count_legs(legs, count, LEG_NONE) == count;
}

bool fate_lost_request(const struct fate *fate)
{
    return all_lost(fate->requests, FATE_REQUESTS);
}

bool fate_lost_ack(const struct fate *fate)
{
    return all_lost(fate->acks, FATE_ACKS) &&
           count_legs(fate->requests, FATE_REQUESTS, LEG_UNDERWAY) == 0;
}

unsigned fate_acks(const struct fate *fate)
{
    return count_legs(fate->acks, FATE_ACKS, LEG_ARRIVED);
}

unsigned fate_passed(const struct fate *fate)
{
    return count_legs(fate->requests, FATE_REQUESTS, LEG_ARRIVED);
}

unsigned fate_late_by(const struct fate *fate)
{
    unsigned most = 0;

    for (unsigned i = 0; i < LEGS; i++)
        if (leg_at(fate, i)->late_by > most)
            most = leg_at(fate, i)->late_by;
    return most;
}

static int64_t leg_delay_us(const struct leg *leg)
{
    return leg->state != LEG_NONE ? (int64_t)leg->arrive_us - leg->depart_us : 0;
}

/* The ack that left first, FATE_ACKS if none did. */
static unsigned first_ack(const struct fate *fate)
{
    unsigned first = FATE_ACKS;

    for (unsigned i = 0; i < FATE_ACKS; i++)
        if (fate->acks[i].state == LEG_ARRIVED &&
            (first == FATE_ACKS || fate->acks[i].arrive_us < fate->acks[first].arrive_us))
            first = i;
    return first;
}

/* Microseconds order events of the same moment; they are no delay. */
enum { DELAY_LEAST_US = 50 };

int64_t fate_delay_ns(const struct fate *fate)
{
    unsigned first = first_ack(fate);
    int64_t delay_us = leg_delay_us(&fate->requests[first < FATE_ACKS ? first / ACKS_EACH : 0]);

    if (first < FATE_ACKS)
        delay_us += leg_delay_us(&fate->acks[first]);
    return delay_us >= DELAY_LEAST_US ? delay_us * UNITS_NS_PER_US : 0;
}

bool fate_corrupt(const struct fate *fate)
{
    for (unsigned i = 0; i < LEGS; i++)
        if (leg_at(fate, i)->corrupt && leg_at(fate, i)->state == LEG_ARRIVED)
            return true;
    return false;
}

const struct leg *fate_handed_over(const struct fate *fate)
{
    const struct leg *first = NULL;

    for (unsigned i = 0; i < FATE_REQUESTS; i++)
        if (fate->requests[i].state == LEG_ARRIVED &&
            (first == NULL || fate->requests[i].arrive_us < first->arrive_us))
            first = &fate->requests[i];
    return first;
}

void fate_flip(const struct fate *fate, uint8_t *payload, size_t size_bytes)
{
    const struct leg *leg = fate_handed_over(fate);

    if (leg != NULL && leg->corrupt && leg->bit / 8 < size_bytes)
        payload[leg->bit / 8] ^= (uint8_t)(1u << leg->bit % 8);
}

bool fate_touched(const struct fate *fate)
{
    return count_legs(fate->requests, FATE_REQUESTS, LEG_NONE) < FATE_REQUESTS ||
           count_legs(fate->acks, FATE_ACKS, LEG_NONE) < FATE_ACKS;
}

/* ---- words */

/* Whole milliseconds from some tens of them on, as people set delays. */
static void fate_add_delay(struct builder *words, int64_t delay_ns)
{
    const int64_t from_ns = 10 * UNITS_NS_PER_MS, below_ns = 10 * UNITS_NS_PER_S;
    int64_t rounded_ms = (delay_ns + UNITS_NS_PER_MS / 2) / UNITS_NS_PER_MS;
    char text[UNITS_TEXT_SIZE];

    if (delay_ns >= from_ns && delay_ns < below_ns)
        snprintf(text, sizeof text, "%lld ms", (long long)rounded_ms);
    else
        units_duration(delay_ns, text, sizeof text);
    builder_add(words, "%s", text);
}

static int64_t fate_copies(const struct fate *fate)
{
    return fate_acks(fate) > 1 ? fate_acks(fate) : 0;
}

static int64_t fate_lateness(const struct fate *fate)
{
    return fate_late_by(fate);
}

static int64_t fate_corruption(const struct fate *fate)
{
    return fate_corrupt(fate);
}

const struct fate_effect fate_effects[FATE_EFFECTS] = {
    {.key = "acks", .words = "x", .value = fate_copies, .unit = FATE_COUNT},
    {.key = "late_by", .words = "late by ", .value = fate_lateness, .unit = FATE_COUNT},
    {.key = "delay_ns", .words = "delayed ", .value = fate_delay_ns, .unit = FATE_TIME},
    {.key = "corrupt", .words = "corrupt", .value = fate_corruption, .unit = FATE_FLAG},
};

static void fate_add_effect(struct builder *words, const struct fate_effect *effect, int64_t value)
{
    builder_add_item(words, ", ", "%s", effect->words);
    if (effect->unit == FATE_COUNT)
        builder_add(words, "%lld", (long long)value);
    else if (effect->unit == FATE_TIME)
        fate_add_delay(words, value);
}

/* The first effect is the number of acks. */
static void fate_add_effects(struct builder *words, const struct fate *fate, size_t first)
{
    for (size_t i = first; i < FATE_EFFECTS; i++) {
        int64_t value = fate_effects[i].value(fate);
        if (value != 0)
            fate_add_effect(words, &fate_effects[i], value);
    }
}

const char *fate_format(const struct fate *fate, char *out, size_t size_bytes)
{
    struct builder words = builder_begin(out, size_bytes);

    if (fate_lost_request(fate)) {
        builder_add(&words, "LOST request");
        return out;
    }
    if (fate_lost_ack(fate))
        builder_add_item(&words, ", ", "LOST ack");
    fate_add_effects(&words, fate, 0);
    return out;
}

const char *fate_format_passed(const struct fate *fate, char *out, size_t size_bytes)
{
    struct builder words = builder_begin(out, size_bytes);

    if (fate_lost_request(fate)) {
        builder_add(&words, "LOST");
        return out;
    }
    if (fate_passed(fate) > 1)
        builder_add_item(&words, ", ", "x%u", fate_passed(fate));
    fate_add_effects(&words, fate, 1);
    return out;
}
