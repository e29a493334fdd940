/* SPDX-License-Identifier: GPL-3.0-or-later */
/* server_log: what --json would write, into the file of --log, beside the screen or the lines. */
#include "udptui/net/interfaces.h"
#include "udptui/output/logfile.h"
#include "udptui/server/server.h"
#include "udptui/sys/report.h"

/* The roster is the log's own: lines may have other characters. */
static bool open_output(struct server_log *log, const struct server_options *options,
                        const struct filter *filter)
{
    const struct roster_config config = {
        .capacity = (uint32_t)(options->max_clients * options->threads),
        .names = options->roster,
        .privacy = options->privacy,
        .charset = TEXT_UTF8,
    };

    log->output = (struct serve_output){.file = logfile_stream(log->file),
                                        .charset = TEXT_UTF8,
                                        .privacy = options->privacy,
                                        .filter = filter,
                                        .roster = roster_open(&config)};
    return log->output.roster != NULL;
}

bool server_log_open(struct server_log *log, const struct server_options *options,
                     const struct filter *filter, struct signals *signals, int *status)
{
    if (!logfile_begin(&log->file, options->log, signals, status))
        return false;
    if (log->file == NULL || open_output(log, options, filter))
        return true;
    *status = server_log_close(log, EXIT_SETUP);
    report_error("not enough memory");
    return false;
}

int server_log_close(struct server_log *log, int status)
{
    status = logfile_end(log->file, status);
    roster_close(log->output.roster);
    *log = (struct server_log){.file = NULL};
    return status;
}

bool server_log_chooses(struct server_log *log, const struct event_message *message)
{
    const uint8_t *payload = (const uint8_t *)(message + 1);

    if (roster_is_kept(log->output.roster) && !event_is_from_server(message))
        roster_hear(log->output.roster, message->slot, message->generation, &message->from, payload,
                    message->stored_bytes);
    if (serve_chooses(&log->output, message, payload))
        return true;
    log->not_chosen += message->status != ACK_WAITING && !(message->flags & MESSAGE_UPDATE);
    return false;
}

void server_log_start(struct server *server)
{
    if (server->log.file == NULL)
        return;
    server_announce(server, &serve_json, &server->log.output);
    logfile_commit(server->log.file);
}

/* A message that waits is written when it is settled. */
static bool is_logged(struct server *server, const void *record)
{
    const struct event_message *message = record;

    switch (event_kind_of(record)) {
    case EVENT_MESSAGE:
        return server_log_chooses(&server->log, message) && message->status != ACK_WAITING;
    case EVENT_CALL:
        return server->options.calls;
    case EVENT_MEMBERSHIP:
        return true;
    case EVENT_TOTALS:
    case EVENT_STOPPED:
    case EVENT_CLIENT:
    case EVENT_RESET:
        break;
    }
    return false;
}

void server_log_record(struct server *server, const void *record)
{
    const struct serve_output *output = &server->log.output;
    const struct event_message *message = record;

    if (server->log.file == NULL || !is_logged(server, record))
        return;
    if (event_kind_of(record) == EVENT_MESSAGE)
        serve_json.message(output, message, (const uint8_t *)(message + 1));
    else if (event_kind_of(record) == EVENT_CALL)
        serve_json.call(output, record);
    else
        serve_json.membership(output, record, true);
    logfile_commit(server->log.file);
}

void server_log_summary(struct server *server, struct event_totals *totals)
{
    struct event_totals logged;

    totals->not_logged = logfile_lost(server->log.file);
    if (server->log.file == NULL)
        return;
    logged = *totals;
    logged.not_chosen = server->log.not_chosen;
    serve_json.summary(&server->log.output, &logged);
    logfile_commit(server->log.file);
}
