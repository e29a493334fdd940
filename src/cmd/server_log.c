/* SPDX-License-Identifier: GPL-3.0-or-later */
/* server_log: what --json would write, into the file of --log, beside the screen or the lines. */
#include "logfile.h"
#include "server.h"
#include "udptui/cmd/commands.h"

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
    };
    bool wanted = config.names || config.privacy;

    *output = (struct serve_output){.file = logfile_stream(server->log.file),
                                    .charset = TEXT_UTF8,
                                    .privacy = options->privacy,
                                    .roster = wanted ? roster_open(&config) : NULL};
    return output->roster != NULL || !wanted;
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

void server_log_listening(struct server *server, const char *address)
{
    if (server->log.file == NULL)
        return;
    serve_json.listening(&server->log.output, address);
    logfile_commit(server->log.file);
}

static void log_message(struct server_log *log, const struct event_message *message)
{
    const uint8_t *payload = (const uint8_t *)(message + 1);

    if (log->output.roster != NULL)
        roster_hear(log->output.roster, message->slot, message->generation, payload,
                    message->stored_bytes);
    if (message->status == ACK_WAITING)
        return; /* the line comes when it is settled */
    serve_json.message(&log->output, message, payload);
    logfile_commit(log->file);
}

void server_log_record(struct server *server, const void *record)
{
    struct server_log *log = &server->log;

    if (log->file == NULL)
        return;
    if (event_kind_of(record) == EVENT_MESSAGE)
        log_message(log, record);
    if (event_kind_of(record) != EVENT_CALL || !server->options.calls)
        return;
    serve_json.call(&log->output, record);
    logfile_commit(log->file);
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
