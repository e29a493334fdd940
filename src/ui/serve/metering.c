/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/ui/serve/metering.h"

#include <stdio.h>

#include "udptui/base/builder.h"
#include "udptui/base/units.h"
#include "udptui/sys/clock.h"

/* A file that does not change for long looks like one of a program that has died; and an average
 * falls while nothing comes. */
static const int64_t metering_idle_ns = 10 * UNITS_NS_PER_S;

static bool metering_begin(void *context)
{
    return exporter_begin(context);
}

/* If memory is short, the metrics stay as they were. */
static void metering_put(struct exporter *exporter, const struct figures *figures,
                         const struct event_totals *totals)
{
    if (metrics_page_add(exporter_page(exporter), figures, totals, sizeof *totals, ""))
        exporter_put(exporter);
}

static void metering_share_server(void *context, const struct shared *shared)
{
    metering_put(context, &served_figures, &shared->totals);
}

static void metering_share_relay(void *context, const struct shared *shared)
{
    metering_put(context, &relayed_figures, &shared->totals);
}

static struct metrics_source metering_source(const struct backend_facts *facts)
{
    struct metrics_source source = {.command = facts->relay ? "relay" : "serve",
                                    .started_ns = clock_wall_ns()};
    struct builder labels = builder_begin(source.labels, sizeof source.labels);

    metrics_label(&labels, "listen", facts->listening);
    return source;
}

static void metering_note(const struct exporter *exporter, struct backend_facts *facts)
{
    struct builder note = builder_continue(facts->note, sizeof facts->note);
    char url[BACKEND_LIST_SIZE];

    exporter_describe(exporter, url, sizeof url);
    if (url[0] != '\0')
        builder_add_item(&note, "; ", "metrics: %s", url);
}

struct exporter *metering_open(const char *where, struct backend_facts *facts,
                               struct sharing *sharing, int *status)
{
    const struct event_totals nothing = {.kind = EVENT_TOTALS};
    const struct metrics_source source = metering_source(facts);
    struct metrics_page page = {.count = 0};
    struct exporter *exporter;

    metrics_page_add(&page, facts->relay ? &relayed_figures : &served_figures, &nothing,
                     sizeof nothing, "");
    exporter = exporter_open(where, &source, &page, status);

    if (exporter == NULL)
        return NULL;
    metering_note(exporter, facts);
    sharing_add(sharing, &(struct sharing_sink){.context = exporter,
                                                .idle_ns = metering_idle_ns,
                                                .begin = metering_begin,
                                                .share = facts->relay ? metering_share_relay
                                                                      : metering_share_server});
    return exporter;
}
