/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/ui/serve/log.h"

#include "udptui/sys/report.h"
#include "udptui/ui/serve/classroom.h"

/* The log has a separate roster: lines may have another character set. */
static bool log_open_output(struct serve_log *log, const struct display_options *options,
                            uint32_t clients_max, const struct filter *filter)
{
    log->output =
        (struct serve_output){.file = logfile_stream(log->file),
                              .charset = TEXT_UTF8,
                              .privacy = options->privacy,
                              .filter = filter,
                              .roster = display_open_roster(options, clients_max, TEXT_UTF8, NULL)};
    return log->output.roster != NULL;
}

bool serve_log_open(struct serve_log *log, const struct display_options *options,
                    uint32_t clients_max, const struct filter *filter, struct signals *signals,
                    int *status)
{
    *log = (struct serve_log){.calls = options->calls};
    if (!logfile_begin(&log->file, options->log, signals, status))
        return false;
    if (log->file == NULL || log_open_output(log, options, clients_max, filter))
        return true;
    *status = serve_log_close(log, EXIT_SETUP);
    report_error("not enough memory");
    return false;
}

int serve_log_close(struct serve_log *log, int status)
{
    status = logfile_end(log->file, status);
    roster_close(log->output.roster);
    *log = (struct serve_log){.file = NULL};
    return status;
}

bool serve_log_chooses(struct serve_log *log, const struct event_message *message)
{
    const uint8_t *payload = (const uint8_t *)(message + 1);

    roster_note_event(log->output.roster, message, payload);
    if (serve_chooses(&log->output, message, payload))
        return true;
    log->not_chosen += message->status != ACK_WAITING && !(message->flags & MESSAGE_UPDATE);
    return false;
}

void serve_log_start(struct serve_log *log, const struct backend *backend)
{
    log->writer = backend->ops->json;
    if (log->file == NULL)
        return;
    logfile_commit(log->file, backend->ops->announce(backend->context, log->writer, &log->output));
}

/* A message that waits is written when it is settled. */
static bool log_takes(struct serve_log *log, const void *record)
{
    const struct event_message *message = record;

    switch (event_kind_of(record)) {
    case EVENT_MESSAGE:
        return serve_log_chooses(log, message) && message->status != ACK_WAITING;
    case EVENT_CALL:
        return log->calls;
    case EVENT_MEMBERSHIP:
    case EVENT_ICMP:
    case EVENT_TARGET:
    case EVENT_RESET:
    case EVENT_QUESTION:
    case EVENT_QUIZ_NOTE:
        return true;
    case EVENT_STUDENT:
        classroom_name(log->output.roster, record);
        break;
    case EVENT_TOTALS:
    case EVENT_STOPPED:
    case EVENT_CLIENT:
    case EVENT_QUIZ_TOTALS:
        break;
    }
    return false;
}

void serve_log_record(struct serve_log *log, const void *record)
{
    const struct event_message *message = record;
    bool whole = true;

    if (log->file == NULL || !log_takes(log, record))
        return;
    switch (event_kind_of(record)) {
    case EVENT_MESSAGE:
        whole = log->writer->message(&log->output, message, (const uint8_t *)(message + 1));
        break;
    case EVENT_CALL:
        whole = log->writer->call(&log->output, record);
        break;
    case EVENT_MEMBERSHIP:
        whole = log->writer->membership(&log->output, record, true);
        break;
    case EVENT_ICMP:
        whole = log->writer->icmp(&log->output, record);
        break;
    case EVENT_TARGET:
        whole = log->writer->target(&log->output, record);
        break;
    case EVENT_RESET:
        whole = log->writer->reset(&log->output, record);
        break;
    case EVENT_TOTALS:
    case EVENT_STOPPED:
    case EVENT_CLIENT:
    case EVENT_STUDENT:
    case EVENT_QUIZ_TOTALS:
        break;
    case EVENT_QUESTION:
    case EVENT_QUIZ_NOTE:
        whole = log->writer->classroom(&log->output, record);
        break;
    }
    logfile_commit(log->file, whole);
}

void serve_log_class(struct serve_log *log, const struct quiz_book *book)
{
    if (log->file == NULL || book == NULL)
        return;
    logfile_commit(log->file, log->writer->tallies(&log->output, book));
    logfile_commit(log->file, log->writer->classroom(&log->output, quiz_book_totals(book)));
}

uint64_t serve_log_lost(const struct serve_log *log, uint64_t skipped)
{
    return log->file != NULL ? logfile_lost(log->file) + skipped : 0;
}

void serve_log_summary(struct serve_log *log, struct event_totals *totals, uint64_t skipped_before)
{
    struct event_totals logged;

    totals->not_logged = serve_log_lost(log, skipped_before + totals->messages_skipped);
    if (log->file == NULL)
        return;
    logged = *totals;
    logged.not_chosen = log->not_chosen;
    logfile_commit(log->file, log->writer->summary(&log->output, &logged));
}
