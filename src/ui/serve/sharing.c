/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/ui/serve/sharing.h"

#include <assert.h>

#include "udptui/base/units.h"
#include "udptui/sys/report.h"
#include "udptui/sys/wait.h"

static const int64_t sharing_interval_ns = UNITS_NS_PER_S;

/* ---- beginning and end */

void sharing_add(struct sharing *sharing, const struct sharing_sink *sink)
{
    assert(sharing->count < SHARING_SINKS);
    sharing->sinks[sharing->count++] = *sink;
}

static bool sharing_wants_clients(const struct sharing *sharing)
{
    for (size_t i = 0; i < sharing->count; i++)
        if (sharing->sinks[i].clients)
            return true;
    return false;
}

bool sharing_begin(struct sharing *sharing, size_t engines, uint32_t clients_max)
{
    if (sharing->count == 0)
        return true;
    sharing->tally = tally_open(engines, sharing_wants_clients(sharing) ? clients_max : 0);
    if (sharing->tally == NULL) {
        report_error("not enough memory for the clients: use a smaller --max-clients");
        return false;
    }
    for (size_t i = 0; i < sharing->count; i++) {
        const struct sharing_sink *sink = &sharing->sinks[i];
        if (sink->begin != NULL && !sink->begin(sink->context))
            return false;
    }
    return true;
}

void sharing_close(struct sharing *sharing)
{
    tally_close(sharing->tally);
    *sharing = (struct sharing){.count = 0};
}

/* ---- while the engines run */

void sharing_record(struct sharing *sharing, const void *record)
{
    if (sharing->count == 0)
        return;
    tally_take(sharing->tally, record);
    for (size_t i = 0; i < sharing->count; i++)
        if (sharing->sinks[i].record != NULL)
            sharing->sinks[i].record(sharing->sinks[i].context, record);
}

int64_t sharing_due_ns(const struct sharing *sharing)
{
    if (sharing->count == 0)
        return INT64_MAX;
    if (tally_version(sharing->tally) != sharing->shared_version)
        return sharing->next_ns;
    return sharing->idle_due_ns;
}

void sharing_complete_time(const struct sharing *sharing, struct event_totals *totals)
{
    if (sharing->shared_ns > totals->now_ns)
        totals->now_ns = sharing->shared_ns;
}

/* Whether it gets the state now: news, the first and the last one, and the same again if it wants
 * that. */
static bool sharing_calls(const struct sharing *sharing, const struct sharing_sink *sink, bool last)
{
    return last || sharing->next_ns == 0 || sink->idle_ns < INT64_MAX ||
           tally_version(sharing->tally) != sharing->shared_version;
}

void sharing_share(struct sharing *sharing, const struct event_totals *more, int64_t now_ns,
                   bool last)
{
    struct shared shared = {.tally = sharing->tally, .now_ns = now_ns};

    if (sharing->count == 0)
        return;
    shared.totals =
        event_totals_merge((struct event_totals[]){tally_totals(sharing->tally), *more}, 2);
    sharing->shared_ns = last ? sharing->shared_ns : now_ns;
    sharing_complete_time(sharing, &shared.totals);
    sharing->idle_due_ns = INT64_MAX;
    for (size_t i = 0; i < sharing->count; i++) {
        const struct sharing_sink *sink = &sharing->sinks[i];
        if (sharing_calls(sharing, sink, last))
            sink->share(sink->context, &shared);
        if (sink->idle_ns < INT64_MAX)
            sharing->idle_due_ns = wait_earlier_ns(sharing->idle_due_ns, now_ns + sink->idle_ns);
    }
    sharing->shared_version = tally_version(sharing->tally);
    sharing->next_ns = now_ns + sharing_interval_ns;
}
