/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fleet_sums: counts of lives, and their sums. */
#include "fleet_internal.h"

/* ---- which of two snapshots is newer */

static uint64_t fleet_ping_sum(const struct snapshot *snapshot)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < snapshot->target_count; i++)
        sum += snapshot->targets[i].sent + snapshot->targets[i].received +
               snapshot->targets[i].lost + snapshot->targets[i].late;
    return sum;
}

struct fleet_order fleet_order_of(const struct snapshot *snapshot)
{
    const struct event_totals *totals = &snapshot->totals;
    struct fleet_order order = {.taken_ns = snapshot->taken_ns};

    if (snapshot->kind == SNAPSHOT_PING) {
        order.count = fleet_ping_sum(snapshot);
        return order;
    }
    order.count = totals->counts.received + totals->back.received;
    if (totals->since_ns != 0 && totals->now_ns > totals->since_ns)
        order.counted_ns = totals->now_ns - totals->since_ns;
    return order;
}

int fleet_order_compare(const struct fleet_order *a, const struct fleet_order *b)
{
    if (a->counted_ns > 0 && b->counted_ns > 0 && a->counted_ns != b->counted_ns)
        return a->counted_ns > b->counted_ns ? 1 : -1;
    if (a->count != b->count)
        return a->count > b->count ? 1 : -1;
    return a->taken_ns > b->taken_ns ? 1 : a->taken_ns < b->taken_ns ? -1 : 0;
}

/* ---- bounds */

static uint64_t fleet_peak_of(const struct figures *figures, const void *summary, uint64_t peak)
{
    for (size_t i = 0; i < figures->count; i++) {
        const struct figure *figure = &figures->rows[i];
        if (figure->real != NULL || !figure_applies(figure, summary))
            continue;
        int64_t value = figure_whole(figure, summary);
        if (value > 0 && (uint64_t)value > peak)
            peak = (uint64_t)value;
    }
    return peak;
}

/* Of ping the sum over its targets, which are added up, too. */
static uint64_t fleet_peak_of_targets(const struct snapshot *snapshot)
{
    uint64_t peak = 0;

    for (size_t i = 0; i < snapshot->target_count; i++)
        peak += fleet_peak_of(&snapshot_target_figures, &snapshot->targets[i], 0);
    return peak;
}

uint64_t fleet_peak(const struct snapshot *snapshot)
{
    const struct event_totals *totals = &snapshot->totals;
    uint64_t peak;

    if (snapshot->kind == SNAPSHOT_PING)
        return fleet_peak_of_targets(snapshot);
    peak = fleet_peak_of(snapshot_figures(snapshot->kind), totals, 0);
    if (totals->rtts.sum_ns > 0 && (uint64_t)totals->rtts.sum_ns > peak)
        peak = (uint64_t)totals->rtts.sum_ns;
    return peak;
}

/* ---- pings */

/* Means are weighted; percentiles of several are not known. */
static void fleet_add_times(struct snapshot_target *into, const struct snapshot_target *from)
{
    bool alone = into->rtts == 0;
    double all = (double)into->rtts + (double)from->rtts;

    if (from->rtts == 0)
        return;
    into->rtt_mean_ns = alone ? from->rtt_mean_ns
                              : (int64_t)((double)into->rtt_mean_ns * ((double)into->rtts / all) +
                                          (double)from->rtt_mean_ns * ((double)from->rtts / all));
    if (alone || from->rtt_min_ns < into->rtt_min_ns)
        into->rtt_min_ns = from->rtt_min_ns;
    if (alone || from->rtt_max_ns > into->rtt_max_ns)
        into->rtt_max_ns = from->rtt_max_ns;
    into->rtt_p50_ns = alone ? from->rtt_p50_ns : -1;
    into->rtt_p90_ns = alone ? from->rtt_p90_ns : -1;
    into->rtt_p99_ns = alone ? from->rtt_p99_ns : -1;
    into->rtts += from->rtts;
}

static void fleet_add_target(struct snapshot_target *into, const struct snapshot_target *from)
{
    into->sent += from->sent;
    into->received += from->received;
    into->late += from->late;
    into->lost += from->lost;
    into->waiting += from->waiting;
    into->duplicates += from->duplicates;
    into->reordered += from->reordered;
    into->failed += from->failed;
    into->not_sent += from->not_sent;
    fleet_add_times(into, from);
}

static struct snapshot_target fleet_no_target(void)
{
    return (struct snapshot_target){.rtt_min_ns = -1,
                                    .rtt_mean_ns = -1,
                                    .rtt_p50_ns = -1,
                                    .rtt_p90_ns = -1,
                                    .rtt_p99_ns = -1,
                                    .rtt_max_ns = -1,
                                    .rtt_sum_ns = -1};
}

/* ---- servers and relays */

/* So that these sums do not overflow: only somebody who lies about them comes near. */
static void fleet_limit_32(uint32_t into, uint32_t *from)
{
    if (*from > UINT32_MAX - into)
        *from = UINT32_MAX - into;
}

/* How long was counted is not known of several lives: the same second may be in both. */
static void fleet_add_totals(struct event_totals *into, const struct event_totals *from, bool alone)
{
    bool mixed = into->rtts.count > 0 && from->rtts.count > 0;
    struct event_totals added = *from;

    if (alone) {
        *into = *from;
        return;
    }
    fleet_limit_32(into->clients, &added.clients);
    fleet_limit_32(into->sessions, &added.sessions);
    fleet_limit_32(into->waiting, &added.waiting);
    fleet_limit_32(into->back_waiting, &added.back_waiting);
    event_totals_add(into, &added);
    into->since_ns = into->now_ns = 0;
    if (mixed)
        into->rtt_p50_ns = into->rtt_p99_ns = -1;
}

/* What it had in its tables and queues when it reported, which it has no more. */
static void fleet_drop_states(struct event_totals *totals)
{
    totals->clients = totals->sessions = 0;
    totals->waiting = totals->back_waiting = 0;
    totals->queue_bytes = totals->queue_capacity = 0;
    totals->acks_on = false;
}

/* ---- lives */

void fleet_life_set(struct fleet_life *life, const struct snapshot *snapshot)
{
    life->kind = snapshot->kind;
    life->started_ns = snapshot->started_ns;
    life->order = fleet_order_of(snapshot);
    life->peak = fleet_peak(snapshot);
    life->totals = snapshot->totals;
    life->pinged = fleet_no_target();
    for (size_t i = 0; i < snapshot->target_count; i++)
        fleet_add_target(&life->pinged, &snapshot->targets[i]);
}

/* A sum in which the kind has no part yet. */
static bool fleet_sums_begin(struct fleet_sums *sums, enum snapshot_kind kind)
{
    bool first = !sums->has[kind];

    if (first && kind == SNAPSHOT_PING)
        sums->pinged = fleet_no_target();
    sums->has[kind] = true;
    return first;
}

static struct event_totals *fleet_sums_of(struct fleet_sums *sums, enum snapshot_kind kind)
{
    return kind == SNAPSHOT_RELAY ? &sums->relayed : &sums->served;
}

void fleet_sums_add_life(struct fleet_sums *sums, const struct fleet_life *life, bool over)
{
    bool first = fleet_sums_begin(sums, life->kind);
    struct event_totals totals = life->totals;
    struct snapshot_target pinged = life->pinged;

    if (life->kind == SNAPSHOT_PING) {
        if (over)
            pinged.waiting = 0;
        fleet_add_target(&sums->pinged, &pinged);
        return;
    }
    if (over)
        fleet_drop_states(&totals);
    fleet_add_totals(fleet_sums_of(sums, life->kind), &totals, first);
}

void fleet_sums_add(struct fleet_sums *into, const struct fleet_sums *from)
{
    for (enum snapshot_kind kind = 0; kind < SNAPSHOT_KINDS; kind++) {
        if (!from->has[kind])
            continue;
        bool first = fleet_sums_begin(into, kind);
        if (kind == SNAPSHOT_PING)
            fleet_add_target(&into->pinged, &from->pinged);
        else
            fleet_add_totals(fleet_sums_of(into, kind),
                             kind == SNAPSHOT_RELAY ? &from->relayed : &from->served, first);
    }
}

uint64_t fleet_received_of(const struct fleet_life *life)
{
    return life->kind == SNAPSHOT_PING ? life->pinged.received : life->totals.counts.received;
}

uint64_t fleet_acked_of(const struct fleet_life *life)
{
    return life->kind == SNAPSHOT_PING ? 0 : life->totals.counts.acked;
}
