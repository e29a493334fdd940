/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/ui/meter.h"

#include "udptui/base/units.h"
#include "udptui/proto/endpoint.h"
#include "udptui/sys/report.h"

static const int64_t meter_interval_ns = UNITS_NS_PER_S;
/* A file that does not change for long looks like one of a program that has died. */
static const int64_t meter_file_idle_ns = 10 * UNITS_NS_PER_S;

bool meter_open(struct meter *meter, const char *where, const struct metrics_source *source,
                struct metrics_page *first, int *status)
{
    *meter = (struct meter){.where = where, .idle_ns = INT64_MAX};
    if (where == NULL)
        return true;
    meter->exporter = exporter_open(where, source, first, status);
    return meter->exporter != NULL;
}

void meter_add_needs(const struct meter *meter, struct sandbox_needs *needs)
{
    size_t i = 0;

    if (meter->exporter == NULL)
        return;
    if (exporter_is_address(meter->where)) {
        needs->accepts = true;
        return;
    }
    while (i < SANDBOX_FILES_MAX - 1 && needs->written[i] != NULL)
        i++;
    needs->written[i] = meter->where;
}

bool meter_begin(struct meter *meter)
{
    char url[ENDPOINT_TEXT_SIZE + 32];

    if (meter->exporter == NULL)
        return true;
    if (!exporter_begin(meter->exporter))
        return false;
    exporter_describe(meter->exporter, url, sizeof url);
    if (url[0] != '\0')
        report_error("metrics: %s", url);
    return true;
}

int64_t meter_due_ns(const struct meter *meter, uint64_t version)
{
    if (meter->exporter == NULL)
        return INT64_MAX;
    return version != meter->version ? meter->next_ns : meter->idle_ns;
}

struct metrics_page *meter_page(struct meter *meter, uint64_t version, int64_t now_ns, bool last)
{
    if (meter->exporter == NULL || (!last && now_ns < meter_due_ns(meter, version)))
        return NULL;
    meter->version = version;
    meter->next_ns = now_ns + meter_interval_ns;
    if (!exporter_is_address(meter->where))
        meter->idle_ns = now_ns + meter_file_idle_ns;
    return exporter_page(meter->exporter);
}

void meter_put(struct meter *meter)
{
    exporter_put(meter->exporter);
}

bool meter_failed(struct meter *meter, char *error)
{
    return exporter_failed(meter->exporter, error);
}

const char *meter_brief(const struct meter *meter)
{
    return exporter_has_failed(meter->exporter) ? "METRICS FAILED" : "";
}

int meter_close(struct meter *meter, int status)
{
    status = exporter_close(meter->exporter, status);
    *meter = (struct meter){.where = NULL};
    return status;
}
