/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* layout: assigns the rows of the screen. Pure: depends on the size and the number of clients. */
#ifndef UDPTUI_UI_SERVE_LAYOUT_INTERNAL_H
#define UDPTUI_UI_SERVE_LAYOUT_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

struct layout {
    bool too_small;
    int banner, banner_rows; /* the large join command; 0 rows: none */
    int clients_title;       /* then the column headings, then the rows */
    int clients_first, clients_rows;
    int messages_title;
    int messages_first, messages_rows;
    int body, body_rows; /* where detail and help are drawn instead of the panes */
    int footer;
};

/* client_lines: rows that the clients' pane needs, including the row of the evicted. banner_rows:
 * what the large join command takes of the panes. */
struct layout layout_make(int rows, int columns, uint64_t client_lines, int banner_rows);

#endif
