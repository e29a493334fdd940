/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot: the round-trip times of a session as points of a chart, and what was lost as marks. */
#ifndef UDPTUI_UI_SEND_PLOT_INTERNAL_H
#define UDPTUI_UI_SEND_PLOT_INTERNAL_H

#include "udptui/proto/result.h"
#include "udptui/ui/chart.h"

/* What became of a datagram. A time that may be another's has no point: it is in no figure,
 * either. */
void plot_add_result(struct chart_points *points, const struct result *result);

/* Draws all of the frame: a title, the chart, with lines for the totals' percentiles. */
void plot_draw(const struct chart_points *points, const struct send_totals *totals,
               enum text_charset charset, struct frame *frame);

#endif
