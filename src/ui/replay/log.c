/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_log: writes a capture as --json does to the file of --log. */
#include "udptui/output/logfile.h"
#include "udptui/sys/report.h"
#include "udptui/ui/replay/session.h"

bool replay_log_open(struct replay_run *run, int *status)
{
    const char *path = run->options.look.log;

    if (path != NULL && capture_reader_reads_file(run->source.cursor.reader, path)) {
        report_error("--log %s: is the capture being read: name another file", path);
        *status = EXIT_USAGE;
        return false;
    }
    bool opened = serve_log_open(&run->log, &run->options.look, (uint32_t)run->options.max_clients,
                                 run->filter, &run->signals, status);

    run->log.output.replay = true;
    return opened;
}

void replay_log_message(struct replay_run *run, const struct event_message *message)
{
    if (run->log.file == NULL || !serve_log_chooses(&run->log, message))
        return;
    logfile_commit(run->log.file,
                   replay_json.message(&run->log.output, message, (const uint8_t *)(message + 1)));
}

void replay_log_end(struct replay_run *run, const struct replay_counts *counts,
                    struct event_totals *totals)
{
    struct event_totals logged;

    totals->not_logged = logfile_lost(run->log.file);
    if (run->log.file == NULL)
        return;
    logged = *totals;
    logged.not_chosen = run->log.not_chosen;
    logfile_commit(run->log.file, replay_json.capture(logfile_stream(run->log.file), 0, counts));
    logfile_commit(run->log.file, replay_json.summary(logfile_stream(run->log.file), 0, &logged));
}

void replay_log_report(struct replay_run *run, const struct resend_report *report)
{
    if (run->log.file == NULL)
        return;
    const struct resend_output logged = {.file = logfile_stream(run->log.file),
                                         .charset = TEXT_UTF8,
                                         .privacy = run->options.look.privacy};
    logfile_commit(run->log.file, resend_json.report(&logged, report));
}

void replay_log_resent(struct replay_run *run, const struct resend_totals *totals)
{
    if (run->log.file == NULL)
        return;
    logfile_commit(run->log.file, resend_json.summary(logfile_stream(run->log.file), 0, totals));
}
