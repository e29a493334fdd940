/* SPDX-License-Identifier: GPL-3.0-or-later */
/* server_lines: the server without a screen: every record to stdout, as lines or as JSON. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

#include "udptui/base/units.h"
#include "udptui/capture/recorder.h"
#include "udptui/net/interfaces.h"
#include "udptui/output/line_time.h"
#include "udptui/output/logfile.h"
#include "udptui/output/outlet.h"
#include "udptui/output/serve.h"
#include "udptui/server/server.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/report.h"

struct lines {
    struct server *server;
    const struct serve_writer *writer;
    struct serve_output output;
    struct event_totals totals[SERVER_THREADS_MAX]; /* of each engine */
    uint64_t not_chosen;
    bool broken; /* stdout cannot be written: errno in error */
    int error;
};

/* Who it is goes before what was said: a greeting is written under its name already. */
static void take_message(struct lines *lines, const struct event_message *message)
{
    const uint8_t *payload = (const uint8_t *)(message + 1);

    if (roster_is_kept(lines->output.roster))
        roster_hear(lines->output.roster, message->slot, message->generation, &message->from,
                    payload, message->stored_bytes);
    if (!serve_chooses(&lines->output, message, payload))
        lines->not_chosen += message->status != ACK_WAITING;
    else if (!lines->writer->message(&lines->output, message, payload))
        lines->broken = true;
}

static void take(struct lines *lines, const void *record)
{
    const struct event_totals *totals = record;

    server_log_record(lines->server, record);
    switch (event_kind_of(record)) {
    case EVENT_MESSAGE:
        take_message(lines, record);
        break;
    case EVENT_TOTALS:
        lines->totals[totals->engine] = *totals;
        break;
    case EVENT_MEMBERSHIP:
        if (!lines->writer->membership(&lines->output, record, true))
            lines->broken = true;
        break;
    case EVENT_CALL:
        if (!lines->writer->call(&lines->output, record))
            lines->broken = true;
        break;
    case EVENT_STOPPED:
    case EVENT_CLIENT:
    case EVENT_RESET:
        break;
    }
}

/* The main thread's own calls, where they are asked for. */
static void take_calls(struct lines *lines)
{
    const struct call *call;

    while (lines->server->options.calls && !lines->broken &&
           (call = server_calls_next(&lines->server->calls)) != NULL)
        take(lines, call);
}

static void take_name(void *context, const struct endpoint *address, const char *name)
{
    hostnames_learn(context, address, name);
}

/* Writes all there is; flushed, so that a reader of a pipe sees each message as it comes. */
static void take_all(struct lines *lines)
{
    struct server *server = lines->server;
    char problem[RECORDER_ERROR_SIZE];
    size_t size;

    for (const void *record; !lines->broken && (record = server_event(server, &size)) != NULL;) {
        take(lines, record);
        server_release(server);
        signals_beat(&server->signals);
    }
    names_turn(&server->names, take_name, server->names.hosts);
    if (fflush(lines->output.file) != 0)
        lines->broken = true;
    if (lines->broken)
        lines->error = errno;
    if (server_recording_failed(server, problem))
        report_error("--pcap %s", problem);
    if (logfile_failed(server->log.file, problem))
        report_error("--log %s", problem);
}

static void loop(struct lines *lines)
{
    struct server *server = lines->server;
    struct pollfd polled[] = {{.fd = server->event_fd, .events = POLLIN},
                              {.fd = server->signals.fd, .events = POLLIN},
                              {.fd = names_fd(&server->names), .events = POLLIN}};
    eventfd_t count;

    while (!server_stopped(server) && !lines->broken) {
        int64_t now_ns = clock_monotonic_ns();
        signals_beat(&server->signals);
        server_check_end(server, now_ns);
        polled[1].fd = server->quit_asked ? -1 : server->signals.fd;
        poll(polled, 3, server_poll_timeout_ms(server, now_ns, INT64_MAX));
        eventfd_read(polled[0].fd, &count);
        take_all(lines);
    }
}

bool server_announce(const struct server *server, const struct serve_writer *writer,
                     const struct serve_output *output)
{
    char address[ENDPOINT_TEXT_SIZE];

    for (size_t i = 0; i < server->socket_count; i++) {
        server_address(server, i, address, sizeof address);
        if (!writer->listening(output, address))
            return false;
    }
    for (size_t i = 0; i < server->groups.count; i++) {
        const struct group *group = &server->groups.each[i];
        struct event_membership event = {
            .joined = true, .group = group->address, .wall_ns = clock_wall_ns()};
        event.group.scope = 0;
        memcpy(event.interface, group->interface, sizeof event.interface);
        if (!writer->membership(output, &event, false))
            return false;
    }
    return true;
}

static struct lines lines_of(struct server *server)
{
    return (struct lines){.server = server,
                          .writer = server->options.json ? &serve_json : &serve_lines,
                          .output = {.file = server->output,
                                     .filter = server->filter,
                                     .charset = server_charset(&server->options),
                                     .full = server->options.full,
                                     .stamp = line_time_stamp(server->options.time),
                                     .privacy = server->options.privacy,
                                     .hosts = server->names.hosts,
                                     .zones = &interfaces_zones}};
}

void server_write_calls(struct server *server)
{
    struct lines lines = lines_of(server);

    take_calls(&lines);
    fflush(lines.output.file);
}

/* False where memory is short. */
static bool make_memory(struct lines *lines)
{
    const struct server_options *options = &lines->server->options;
    const struct roster_config config = {
        .capacity = (uint32_t)(options->max_clients * options->threads),
        .names = options->roster,
        .privacy = options->privacy,
        .zones = &interfaces_zones,
        .charset = options->json ? TEXT_UTF8 : lines->output.charset,
    };

    lines->output.scratch = malloc(PAYLOAD_SCRATCH);
    lines->output.roster = roster_open(&config);
    return lines->output.scratch != NULL && lines->output.roster != NULL;
}

int server_run_lines(struct server *server)
{
    struct lines lines = lines_of(server);
    char error[ENGINE_ERROR_SIZE];
    int status = EXIT_SETUP;

    server_log_start(server);
    if (!make_memory(&lines)) {
        report_error("not enough memory: use a smaller --max-clients");
    } else if (!server_announce(server, lines.writer, &lines.output)) {
        status = outlet_status(errno);
    } else if (!server_start(server, false, error)) {
        report_error("%s", error);
    } else {
        take_calls(&lines);
        loop(&lines);
        server_unlisten(server); /* now, so that what is told of the calls is all */
        take_calls(&lines);
        struct event_totals totals = event_totals_merge(lines.totals, SERVER_THREADS_MAX);
        lines.output.stamp.wall_ns = clock_wall_ns();
        totals.not_chosen = lines.not_chosen;
        server_finish_recording(server, &totals);
        server_log_summary(server, &totals);
        if (!lines.broken && !lines.writer->summary(&lines.output, &totals)) {
            lines.broken = true;
            lines.error = errno;
        }
        status = lines.broken ? outlet_status(lines.error) : server_exit_status(server);
    }
    roster_close(lines.output.roster);
    free(lines.output.scratch);
    return status;
}
