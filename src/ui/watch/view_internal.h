/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view: what its files share. */
#ifndef UDPTUI_UI_WATCH_VIEW_INTERNAL_H
#define UDPTUI_UI_WATCH_VIEW_INTERNAL_H

#include "udptui/ui/watch/view.h"

/* The few figures of sums that a row and the header have. */
struct watch_few {
    uint64_t received, acked; /* of relays: from clients, forwarded to targets */
    uint64_t clients, held, failed, dropped;
    uint64_t lost; /* of pings */
};

struct watch_few watch_few_of(const struct fleet_sums *sums);

/* ---- view_lists.c: the list from a row on, so many rows; headings included */
void watch_draw_servers(const struct watch_view *view, struct frame *frame, int row, int rows);
void watch_draw_clients(const struct watch_view *view, struct frame *frame, int row, int rows);
void watch_draw_messages(const struct watch_view *view, struct frame *frame, int row, int rows);

/* ---- view_figures.c: the figures of the server that is shown */
void watch_draw_figures(struct watch_view *view, struct frame *frame, int row, int rows);

#endif
