/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view_help: the keys, the meaning of the words, and further facts about this server. */
#include <stdio.h>

#include "udptui/base/array.h"
#include "udptui/base/builder.h"
#include "udptui/base/units.h"
#include "view_pager_internal.h"

static const struct keys_help words[] = {
    {.keys = "acked", .help = "answered"},
    {.keys = "held",
     .help = "not acked on purpose: loop (it is an ack), source (must not be answered), limit (too "
             "fast), off, loss, full, end"},
    {.keys = "failed", .help = "the kernel refused to send the ack"},
    {.keys = "dropped", .help = "lost before it could be read: the receive queue was full"},
};

static const struct keys_help replay_words[] = {
    {.keys = "acked",
     .help = "replied; the time is from the request to the reply, both as captured"},
    {.keys = "acked ?",
     .help = "replied, but the reply may belong to another request: its time is not known"},
    {.keys = "no reply",
     .help = "the capture has none within --timeout; it may have been lost, or never sent"},
    {.keys = "unasked", .help = "sent by the server; the capture has no request for it"},
    {.keys = "more", .help = "sent by the server after its reply"},
};

static const struct keys_help relay_words[] = {
    {.keys = "forwarded",
     .help = "sent to the target (after \"in\") or to the client (after \"back\")"},
    {.keys = "held",
     .help =
         "not forwarded: loop (it goes in a circle), source, limit (too fast), off, loss, full, "
         "end"},
    {.keys = "failed", .help = "the kernel refused to send it"},
    {.keys = "dropped", .help = "lost before it could be read: the receive queue was full"},
    {.keys = "RTT",
     .help =
         "from sending a datagram to the target until its reply came, if the reply is known; "
         "with ? the reply was matched by order alone, and the time is left out of the figures"},
};

static void help_put_keys(struct pager *pager)
{
    const struct view *view = pager->view;
    int lines = keys_help_lines(view->keys, view->columns);

    for (int line = 0; line < lines; line++) {
        int row = pager_next(pager);
        if (row != PAGER_NOWHERE)
            keys_put_help_line(view->keys, line, view->frame, row);
    }
}

static void help_put_count(struct pager *pager, const char *label, uint64_t value, const char *what)
{
    char count[UNITS_TEXT_SIZE];

    pager_field(pager, label, STYLE_NORMAL, "%s %s", units_count(value, count, sizeof count), what);
}

static void put_words(struct pager *pager)
{
    const struct model_config *config = &pager->view->model->config;
    const struct keys_help *all = config->replay  ? replay_words
                                  : config->relay ? relay_words
                                                  : words;
    size_t count = config->replay  ? COUNT_OF(replay_words)
                   : config->relay ? COUNT_OF(relay_words)
                                   : COUNT_OF(words);

    for (size_t i = 0; i < count; i++)
        pager_field(pager, all[i].keys, STYLE_NORMAL, "%s", all[i].help);
}

/* Facts that do not fit into the header. */
static void put_capture(struct pager *pager)
{
    const struct event_totals *totals = &pager->view->model->totals;

    help_put_count(pager, "Payload", totals->counts.received_bytes, "bytes in requests");
    help_put_count(pager, "Unknown", totals->uncertain,
                   "times: the reply may belong to another request");
    help_put_count(pager, "Unasked", totals->unasked, "datagrams from servers, without a request");
    help_put_count(pager, "More", totals->more, "datagrams after a reply");
    help_put_count(pager, "Copies", totals->copies, "of replies");
    help_put_count(pager, "Backwards", totals->backwards,
                   "datagrams stamped before an earlier one");
    help_put_count(pager, "Given up", totals->crowded, "early: too many were waiting for a reply");
    help_put_count(pager, "Evicted", totals->clients_evicted, "clients to make room for others");
    help_put_count(pager, "Not shown", totals->messages_skipped, "messages, counted all the same");
}

static void put_server(struct pager *pager)
{
    const struct model *model = pager->view->model;
    const struct event_totals *totals = &model->totals;
    char bytes[UNITS_TEXT_SIZE];

    pager_field(pager, "Listening", STYLE_NORMAL, "%s",
                model->config.listening != NULL ? model->config.listening : "");
    if (model->config.receive_buffer_bytes > 0)
        pager_field(pager, "Buffer", STYLE_NORMAL, "%s, for receiving",
                    units_bytes(model->config.receive_buffer_bytes, bytes, sizeof bytes));
    help_put_count(pager, "Received", totals->counts.received_bytes, "bytes");
    help_put_count(pager, "Evicted", totals->clients_evicted, "clients to make room for others");
    help_put_count(pager, "Not shown", totals->messages_skipped, "messages, counted all the same");
    if (!model->config.relay)
        help_put_count(pager, "Acks cut", totals->acks_cut, "to 3 times the request");
    help_put_count(pager, "By hand", totals->manual_sent, "sent");
    help_put_count(pager, "Not recorded", totals->records_skipped,
                   "datagrams: too fast for the file, or it is full");
    help_put_count(pager, "Not logged", totals->not_logged, "lines that the file of --log lacks");
    help_put_count(pager, "Samples", totals->not_published, "not published: no broker, or no room");
    help_put_count(pager, "Errors", totals->receive_errors, "failed receive calls");
}

/* The figures of the summary. */
static void put_rtts(struct pager *pager, const struct event_totals *totals)
{
    char text[LINE_SIZE] = "", value[UNITS_TEXT_SIZE];

    for (size_t i = 0; totals->rtts.count > 0 && i < relayed_figures.count; i++) {
        const struct figure *figure = &relayed_figures.rows[i];
        if (figure->unit == FIGURE_RTT)
            builder_append(text, sizeof text, "%s%s %s", text[0] != '\0' ? ", " : "", figure->words,
                           figure_format(figure, totals, value, sizeof value));
    }
    if (text[0] != '\0')
        pager_field(pager, "RTT", STYLE_NORMAL, "%s", text);
}

static void put_relay(struct pager *pager)
{
    const struct event_totals *totals = &pager->view->model->totals;

    help_put_count(pager, "Back", totals->back.received_bytes, "bytes received from the target");
    help_put_count(pager, "Sessions", totals->sessions, "sockets towards the target now");
    help_put_count(pager, "Opened", totals->sessions_opened, "so far");
    help_put_count(pager, "Idle", totals->sessions_idle, "ended: unused for --idle");
    put_rtts(pager, totals);
    help_put_count(pager, "ICMP", totals->icmp_errors, "errors from the target's side");
}

static void help_put_body(struct pager *pager)
{
    help_put_keys(pager);
    pager_next(pager);
    put_words(pager);
    pager_next(pager);
    if (pager->view->model->config.replay)
        put_capture(pager);
    else
        put_server(pager);
    if (pager->view->model->config.relay)
        put_relay(pager);
}

void view_help(const struct view *view)
{
    struct pager pager = {.view = view};
    char position[FIGURE_SIZE] = "";
    int lines = view_help_lines(view), seen = view->model->layout.body_rows - 1;

    if (lines > seen)
        snprintf(position, sizeof position, "line %d of %d", view->model->scroll + 1, lines);
    view_rule(view, view->model->layout.body,
              &(struct rule){.left = "Keys and words",
                             .left_style = STYLE_PANE_ACTIVE,
                             .right = position,
                             .right_style = STYLE_DIM});
    help_put_body(&pager);
}

int view_help_lines(const struct view *view)
{
    struct view counting = *view;
    struct pager pager = {.view = &counting};

    counting.frame = NULL;
    help_put_body(&pager);
    return pager.line;
}
