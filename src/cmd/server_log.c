/* SPDX-License-Identifier: GPL-3.0-or-later */
/* server_log: what --json would write, into the file of --log, beside the screen or the lines. */
#include "logfile.h"
#include "server.h"
#include "udptui/cmd/commands.h"
#include "udptui/net/interfaces.h"

/* False if memory is short. The roster is the log's own: lines may have other characters. */
static bool open_output(struct server *server)
{
    const struct server_options *options = &server->options;
    struct serve_output *output = &server->log.output;
    const struct roster_config config = {
        .capacity = (uint32_t)(options->max_clients * options->threads),
        .names = options->roster,
        .privacy = options->privacy,
        .charset = TEXT_UTF8,
        .zones = &interfaces_zones,
    };

    *output = (struct serve_output){.file = logfile_stream(server->log.file),
                                    .charset = TEXT_UTF8,
                                    .privacy = options->privacy,
                                    .roster = roster_open(&config),
                                    .zones = &interfaces_zones};
    return output->roster != NULL;
}

bool server_open_log(struct server *server, int *status)
{
    if (!logfile_begin(&server->log.file, server->options.log, &server->signals, status))
        return false;
    if (server->log.file == NULL || open_output(server))
        return true;
    *status = server_end_log(server, EXIT_SETUP);
    commands_complain("not enough memory");
    return false;
}

void server_log_start(struct server *server)
{
    if (server->log.file == NULL)
        return;
    server_announce(server, &serve_json, &server->log.output);
    logfile_commit(server->log.file);
}

static void write_message(const struct serve_output *output, const struct event_message *message)
{
    const uint8_t *payload = (const uint8_t *)(message + 1);

    if (roster_is_kept(output->roster))
        roster_hear(output->roster, message->slot, message->generation, payload,
                    message->stored_bytes);
    serve_json.message(output, message, payload);
}

/* A message that waits is written when it is settled. */
static bool is_logged(const struct server *server, const void *record)
{
    const struct event_message *message = record;

    switch (event_kind_of(record)) {
    case EVENT_MESSAGE:
        return message->status != ACK_WAITING;
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

    if (server->log.file == NULL || !is_logged(server, record))
        return;
    if (event_kind_of(record) == EVENT_MESSAGE)
        write_message(output, record);
    else if (event_kind_of(record) == EVENT_CALL)
        serve_json.call(output, record);
    else
        serve_json.membership(output, record, true);
    logfile_commit(server->log.file);
}

void server_log_summary(struct server *server, struct event_totals *totals)
{
    totals->not_logged = logfile_lost(server->log.file);
    if (server->log.file == NULL)
        return;
    serve_json.summary(&server->log.output, totals);
    logfile_commit(server->log.file);
}

bool server_log_failed(struct server *server, char *error)
{
    return logfile_failed(server->log.file, error);
}

int server_end_log(struct server *server, int status)
{
    struct server_log *log = &server->log;

    status = logfile_end(log->file, status);
    roster_close(log->output.roster);
    *log = (struct server_log){.file = NULL};
    return status;
}
