/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view_progress: the position of a replay. */
#include <stdio.h>

#include "udptui/base/units.h"
#include "view_parts_internal.h"

enum { CLOCK_SIZE = 32, SPEED_SIZE = 32, HUNDRED = 100 };

/* "01:03", "1:00:00". */
static void format_position(int64_t time_ns, char *out, size_t size)
{
    long long seconds = time_ns / UNITS_NS_PER_S;

    if (seconds >= 3600)
        snprintf(out, size, "%lld:%02lld:%02lld", seconds / 3600, seconds / 60 % 60, seconds % 60);
    else
        snprintf(out, size, "%02lld:%02lld", seconds / 60, seconds % 60);
}

static const char *state_of(const struct model_progress *progress)
{
    if (progress->reading)
        return "reading";
    if (progress->moving)
        return "seeking";
    if (progress->live)
        return "LIVE";
    if (progress->ended)
        return "END";
    return progress->playing ? "playing" : "PAUSED";
}

static void format_speed(double speed, char *out, size_t size)
{
    if (speed > 0)
        snprintf(out, size, "x%g", speed);
    else
        snprintf(out, size, "x max");
}

enum style view_progress(const struct view *view, char *out, size_t size)
{
    const struct model_progress *progress = &view->model->progress;
    char bar[FIGURE_SIZE], at[CLOCK_SIZE], whole[CLOCK_SIZE], speed[SPEED_SIZE];

    view_gauge(view, (unsigned)units_share(progress->position_ns, progress->duration_ns, HUNDRED),
               bar, sizeof bar);
    format_position(progress->position_ns, at, sizeof at);
    format_position(progress->duration_ns, whole, sizeof whole);
    format_speed(progress->speed, speed, sizeof speed);
    if (progress->live)
        snprintf(out, size, "%s %s", at, state_of(progress));
    else if (view->columns < 60)
        snprintf(out, size, "%s/%s %s", at, whole, state_of(progress));
    else
        snprintf(out, size, "%s %s/%s %s %s", bar, at, whole, speed, state_of(progress));
    return (progress->playing && !progress->ended) || progress->live ? STYLE_VALUE : STYLE_WARNING;
}
