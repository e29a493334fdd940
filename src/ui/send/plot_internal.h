/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot: the round-trip times of a session as points of a chart, and losses as marks. */
#ifndef UDPTUI_UI_SEND_PLOT_INTERNAL_H
#define UDPTUI_UI_SEND_PLOT_INTERNAL_H

#include "udptui/proto/result.h"
#include "udptui/ui/chart.h"

/* The outcome of a datagram. An uncertain time has no point, because no figure includes it. */
void plot_add_result(struct chart_points *points, const struct result *result);

/* Draws all of the frame: a title, the chart, with lines for the totals' percentiles. */
void plot_draw(const struct chart_points *points, const struct send_totals *totals,
               enum text_charset charset, struct frame *frame);

#endif
