/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view_overview: the contents of a capture, and the choice of its servers. */
#include <stdio.h>

#include "udptui/base/units.h"
#include "view_pager_internal.h"

enum { NUMBER_WIDTH = 10 };

static void overview_put_number(struct pager *pager, const char *label, uint64_t value,
                                const char *what)
{
    char count[UNITS_TEXT_SIZE];

    if (value > 0)
        pager_field(pager, label, STYLE_NORMAL, "%s%s%s", units_count(value, count, sizeof count),
                    what[0] != '\0' ? " " : "", what);
}

static void put_span(struct pager *pager, const struct replay_overview *overview)
{
    char first[UNITS_TIME_SIZE], time[UNITS_TEXT_SIZE];

    if (overview->packets.datagrams == 0)
        return;
    pager_field(pager, "From", STYLE_NORMAL, "%s",
                units_iso8601(overview->first_ns, first, sizeof first));
    pager_field(pager, "Lasts", STYLE_NORMAL, "%s",
                units_uptime(overview->last_ns - overview->first_ns, time, sizeof time));
}

/* Rare counts have a line only if they are not 0. */
static void overview_put_frames(struct pager *pager, const struct replay_overview *overview)
{
    const struct packet_counts *packets = &overview->packets;
    char count[UNITS_TEXT_SIZE], datagrams[UNITS_TEXT_SIZE], name[LINE_SIZE];

    pager_field(pager, "Frames", STYLE_VALUE, "%s, with %s UDP datagrams",
                units_count(packets->frames, count, sizeof count),
                units_count(packets->datagrams, datagrams, sizeof datagrams));
    overview_put_number(pager, "Not UDP", packets->others, "frames");
    overview_put_number(pager, "Fragments", packets->fragments, "");
    overview_put_number(pager, "  whole", packets->reassembled, "datagrams reassembled");
    overview_put_number(pager, "  incomplete", packets->incomplete,
                        "datagrams: only their beginning");
    overview_put_number(pager, "  unused", packets->fragments_unused,
                        "without a beginning, or twice");
    overview_put_number(pager, "Malformed", packets->malformed, "frames");
    overview_put_number(pager, "No time", packets->untimed, "frames");
    overview_put_number(pager, "Checksums", packets->bad_checksums, "are bad");
    for (size_t i = 0; i < packets->row_count; i++)
        overview_put_number(pager, "Not read", packets->rows[i].frames,
                            packet_unread_name(&packets->rows[i].what, name, sizeof name));
    overview_put_number(pager, "Not read", packets->unread_others, "of other kinds");
    if (overview->problem[0] != '\0')
        pager_field(pager, "Stopped", STYLE_WARNING, "%s", overview->problem);
}

/* ---- the servers */

static void overview_put_cells(struct pager *pager, int row, enum style style, const char *name,
                               const char *const *cells)
{
    const struct view *view = pager->view;
    int column = view->columns - 1 - 3 * NUMBER_WIDTH;

    frame_put_left(view->frame, row, PAGER_MARGIN + 2, column - PAGER_MARGIN - 3, style,
                   view->charset, name);
    for (int i = 0; i < 3; i++, column += NUMBER_WIDTH)
        frame_put_right(view->frame, row, column, NUMBER_WIDTH - 1, style, view->charset, cells[i]);
}

static void put_choice(struct pager *pager, size_t index, const char *name, uint64_t requests,
                       uint64_t acked, uint64_t unseen)
{
    char text[3][UNITS_TEXT_SIZE];
    const char *const cells[] = {units_count_short(requests, text[0], sizeof text[0]),
                                 units_count_short(acked, text[1], sizeof text[1]),
                                 units_count_short(unseen, text[2], sizeof text[2])};
    const struct view *view = pager->view;
    int row = pager_next(pager);

    if (row == PAGER_NOWHERE)
        return;
    overview_put_cells(pager, row, STYLE_NORMAL, name, cells);
    if (index != view->model->overview_choice)
        return;
    frame_put(view->frame, row, PAGER_MARGIN - 2, PAGER_MARGIN - 1, STYLE_NORMAL, ">");
    frame_mark(view->frame, row, 0, view->columns, MARK_SELECTED);
}

static const char *overview_name_of(const struct model *model, const struct replay_server *server,
                                    char *out, size_t size)
{
    return model_server_text(model, &server->endpoint, out, size);
}

/* The first choice is all servers. */
static void put_servers(struct pager *pager, const struct replay_overview *overview)
{
    static const char *const heads[] = {"Requests", "Acked", "No reply"};
    struct replay_server all = {.requests = 0};
    char name[ENDPOINT_TEXT_SIZE];
    int row;

    for (size_t i = 0; i < overview->server_count; i++) {
        all.requests += overview->servers[i].requests;
        all.acked += overview->servers[i].acked;
        all.unseen += overview->servers[i].unseen;
    }
    pager_next(pager);
    row = pager_next(pager);
    if (row != PAGER_NOWHERE)
        overview_put_cells(pager, row, STYLE_COLUMN, "Server", heads);
    put_choice(pager, 0, "all of them", all.requests, all.acked, all.unseen);
    for (size_t i = 0; i < overview->server_count; i++) {
        const struct replay_server *server = &overview->servers[i];
        put_choice(pager, i + 1, overview_name_of(pager->view->model, server, name, sizeof name),
                   server->requests, server->acked, server->unseen);
    }
    overview_put_number(pager, "Others", overview->uncounted, "messages of further servers");
}

static void overview_put_body(struct pager *pager)
{
    const struct replay_overview *overview = pager->view->model->overview;

    if (overview == NULL)
        return;
    put_span(pager, overview);
    overview_put_frames(pager, overview);
    if (!overview->reading)
        put_servers(pager, overview);
}

void view_overview(const struct view *view)
{
    const struct replay_overview *overview = view->model->overview;
    struct pager pager = {.view = view};
    char state[FIGURE_SIZE] = "";

    if (overview != NULL && overview->reading)
        snprintf(state, sizeof state, "reading: %d%%", overview->read_percent);
    view_rule(view, view->model->layout.body,
              &(struct rule){.left = "Overview of the capture",
                             .left_style = STYLE_PANE_ACTIVE,
                             .right = state,
                             .right_style = STYLE_WARNING});
    overview_put_body(&pager);
}

int view_overview_lines(const struct view *view)
{
    struct view counting = *view;
    struct pager pager = {.view = &counting};

    counting.frame = NULL;
    overview_put_body(&pager);
    return pager.line;
}

/* After the facts, a blank line and the heading. */
int view_overview_line(const struct view *view, size_t choice)
{
    struct view counting = *view;
    struct pager pager = {.view = &counting};

    counting.frame = NULL;
    if (view->model->overview == NULL)
        return 0;
    put_span(&pager, view->model->overview);
    overview_put_frames(&pager, view->model->overview);
    return pager.line + 2 + (int)choice;
}
