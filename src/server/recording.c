/* SPDX-License-Identifier: GPL-3.0-or-later */
/* server_recording: the capture file of --pcap, from before the engines start until they have
 * ended. */
#include "udptui/capture/recorder.h"
#include "udptui/server/server.h"

bool server_open_recording(struct server *server, int *status)
{
    const struct server_options *options = &server->options;

    if (options->pcap == NULL)
        return true;
    server->recorder = recorder_begin(options->pcap, options->force, (size_t)options->threads,
                                      &server->signals, status);
    return server->recorder != NULL;
}

void server_record_into(const struct server *server, size_t thread, struct engine_config *config)
{
    if (server->recorder == NULL)
        return;
    config->record_ring = recorder_ring(server->recorder, thread);
    config->record_fd = recorder_fd(server->recorder);
}

bool server_recording_failed(struct server *server, char *error)
{
    if (server->recorder == NULL || server->recording_told ||
        !recorder_failed(server->recorder, error))
        return false;
    server->recording_told = true;
    return true;
}

void server_finish_recording(struct server *server, struct event_totals *totals)
{
    if (server->recorder == NULL)
        return;
    server_close_engines(server);
    recorder_finish(server->recorder);
    totals->records_skipped += recorder_lost(server->recorder);
}

int server_end_recording(struct server *server, int status)
{
    struct recorder *recorder = server->recorder;

    server_close_engines(server);
    server->recorder = NULL;
    return recorder_end(recorder, status);
}
