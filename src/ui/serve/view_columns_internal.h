/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view_columns: the table of the columns of the clients' pane: title, width, getter of each. */
#ifndef UDPTUI_UI_SERVE_VIEW_COLUMNS_INTERNAL_H
#define UDPTUI_UI_SERVE_VIEW_COLUMNS_INTERNAL_H

#include "view_parts_internal.h"

enum { COLUMN_SPARK_MIN = 6, COLUMN_PRIORITY_MAX = 9 };

/* One row as its columns see it: a client, or the sum of the evicted. */
struct line_source {
    const struct counts *counts;
    const struct counts *back; /* of a relay: from the target to the client */
    const struct row *row;     /* NULL: the evicted */
    int64_t now_ns;
    bool silent;                     /* of a class, for long */
    char address[PEER_SIZE];         /* of a client that is shown by name, else "" */
    char server[ENDPOINT_TEXT_SIZE]; /* of a capture, of a relay, else "" */
};

/* Writes a figure (FIGURE_SIZE) and returns its style. */
typedef enum style getter(const struct line_source *source, char *out);

/* What a column is for; or-ed. 0: for all of them. */
enum column_kind {
    OF_SERVER = 1 << 0,
    OF_CAPTURE = 1 << 1,
    OF_RELAY = 1 << 2,
    SEVERAL_SERVERS = 1 << 3, /* and only if there are several servers or targets */
};

/* Whether a column is there with and without a class. */
enum roster_column { IN_BOTH, NO_CLASS, CLASS_ALONE };

struct column {
    const char *title;
    int width;    /* without the gap before it */
    int priority; /* the highest is dropped first */
    enum roster_column roster;
    unsigned kinds; /* enum column_kind */
    bool left;      /* left-aligned, else right */
    bool address;   /* contains the address: not in privacy */
    getter *get;    /* NULL: the sparkline */
};

/* The columns from left to right, behind the name; NULL past the last. */
const struct column *column_at(size_t place);

#endif
