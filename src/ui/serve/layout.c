/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* layout: see the header. The messages get the rows that the clients do not need, at least half. */
#include "layout_internal.h"

#include "udptui/ui/small.h"

enum {
    HEADER_ROWS = 2,
    FIXED_ROWS = HEADER_ROWS + 4, /* two titles, the column headings, the footer */
    CLIENTS_ROWS_MIN = 4,         /* so that the first clients do not move the panes */
};

static int clients_rows(int free_rows, uint64_t lines)
{
    int most = free_rows / 2;

    if (lines < CLIENTS_ROWS_MIN)
        lines = CLIENTS_ROWS_MIN;
    return lines < (uint64_t)most ? (int)lines : most;
}

struct layout layout_make(int rows, int columns, uint64_t client_lines, int banner_rows)
{
    struct layout layout = {.too_small = small_is(rows, columns)};

    if (layout.too_small)
        return layout;
    layout.banner = layout.body = HEADER_ROWS;
    layout.banner_rows = banner_rows;
    layout.clients_title = layout.banner + banner_rows;
    layout.clients_first = layout.clients_title + 2;
    layout.clients_rows = clients_rows(rows - FIXED_ROWS - banner_rows, client_lines);
    layout.messages_title = layout.clients_first + layout.clients_rows;
    layout.messages_first = layout.messages_title + 1;
    layout.footer = rows - 1;
    layout.messages_rows = layout.footer - layout.messages_first;
    layout.body_rows = layout.footer - layout.body;
    return layout;
}
