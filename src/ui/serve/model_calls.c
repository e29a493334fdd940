/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * model_calls: the socket calls, as entries of one or more equal calls.
 *
 * Entries have ids from 0 on. The first CALLS_FIRST stay (they say how the sockets were opened), of
 * all others the latest CALLS_LATEST.
 */
#include "model_internal.h"

static uint64_t latest_first(const struct calls *calls)
{
    return calls->count > CALLS_FIRST + CALLS_LATEST ? calls->count - CALLS_LATEST : CALLS_FIRST;
}

static struct call_entry *calls_place(struct calls *calls, uint64_t id)
{
    return id < CALLS_FIRST ? &calls->first[id] : &calls->latest[id % CALLS_LATEST];
}

uint64_t calls_end(const struct model *model)
{
    return model->pause.on ? model->calls.paused_end : model->calls.count;
}

const struct call_sums *calls_sums(const struct model *model)
{
    return model->pause.on ? &model->calls.paused_sums : &model->calls.sums;
}

const struct call_entry *calls_at(const struct model *model, uint64_t id)
{
    const struct calls *calls = &model->calls;

    if (id < CALLS_FIRST)
        return &calls->first[id];
    return &calls->latest[id % CALLS_LATEST];
}

uint64_t calls_next(const struct model *model, uint64_t id)
{
    uint64_t after = latest_first(&model->calls);

    return id + 1 >= CALLS_FIRST && id + 1 < after ? after : id + 1;
}

uint64_t calls_before(const struct model *model, uint64_t id)
{
    return id <= latest_first(&model->calls) && id > CALLS_FIRST ? CALLS_FIRST - 1 : id - 1;
}

uint64_t calls_lost_before(const struct model *model, uint64_t id)
{
    uint64_t first = latest_first(&model->calls);

    return id == first ? first - CALLS_FIRST : 0;
}

/* A top that is gone becomes the oldest kept one. */
uint64_t calls_top(const struct model *model)
{
    const struct calls *calls = &model->calls;

    if (calls->top >= CALLS_FIRST && calls->top < latest_first(calls))
        return latest_first(calls);
    return calls->top;
}

static void add_sums(struct call_sums *sums, const struct call *call)
{
    sums->calls += call->skipped;
    sums->datagrams += call->skipped_datagrams;
    if (!call_carries(call))
        return;
    sums->calls++;
    sums->datagrams += call->datagrams;
}

void calls_take(struct model *model, const struct call *call)
{
    struct calls *calls = &model->calls;
    struct call_entry *last = calls->count > 0 ? calls_place(calls, calls->count - 1) : NULL;

    if (!model_is_forgotten(model, call->engine))
        add_sums(&calls->sums, call);
    if (last != NULL && call->skipped == 0 && call_repeats(&last->call, call)) {
        last->call.wall_ns = call->wall_ns;
        last->times++;
        return;
    }
    *calls_place(calls, calls->count++) = (struct call_entry){.call = *call, .times = 1};
}

void calls_pause(struct model *model)
{
    model->calls.paused_end = model->calls.count;
    model->calls.paused_sums = model->calls.sums;
}

void calls_reset(struct model *model)
{
    model->calls.sums = (struct call_sums){.calls = 0};
}
