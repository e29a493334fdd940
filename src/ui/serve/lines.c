/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lines: the session without a screen: every record to stdout, as lines or as JSON.
 *
 * If nobody reads them, the outlet holds them, and once it is full messages are left out and
 * counted. Nothing else waits for the reader: every record is taken from the engines at once, for
 * the log and for those with whom the state is shared.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>

#include "udptui/base/array.h"
#include "udptui/capture/recorder.h"
#include "udptui/output/line_time.h"
#include "udptui/output/logfile.h"
#include "udptui/output/serve.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/interfaces.h"
#include "udptui/sys/locale.h"
#include "udptui/sys/report.h"
#include "udptui/sys/wait.h"
#include "udptui/ui/serve/dissected.h"
#include "udptui/ui/serve/session.h"

enum { RECORDS_A_TURN = 1024 };

struct serve_printer {
    struct serve_session *session;
    const struct serve_writer *writer;
    struct serve_output output;
    struct dissected dissected;
    struct event_totals totals[BACKEND_ENGINES_MAX]; /* of each engine */
    bool broken;                                     /* stdout cannot be written: errno in error */
    int error;
    uint32_t calls_skipped, datagrams_skipped; /* of calls that were left out since the last one */
};

static void lines_check_output(struct serve_printer *lines, bool written)
{
    if (written || lines->broken)
        return;
    lines->broken = true;
    lines->error = errno;
}

/* A record that found no memory is counted as one that found no reader. */
static void lines_check_record(struct serve_printer *lines, bool written)
{
    if (!written && outlet_lacks_record(&lines->session->outlet))
        lines->session->not_shown++;
    else
        lines_check_output(lines, written);
}

static bool lines_are_refused(const struct serve_printer *lines)
{
    return lines->broken || outlet_is_full(&lines->session->outlet);
}

/* False if nobody reads, or there is no room: the record is counted. */
static bool lines_may_write(struct serve_printer *lines)
{
    bool may = !lines_are_refused(lines);

    lines->session->not_shown += !may;
    return may;
}

/* The roster first, so that a greeting is written with the name that it gives. */
static void lines_take_message(struct serve_printer *lines, const struct event_message *message)
{
    const uint8_t *payload = (const uint8_t *)(message + 1);

    roster_note_event(lines->output.roster, message, payload);
    if (!serve_chooses(&lines->output, message, payload))
        lines->session->not_chosen += message->status != ACK_WAITING;
    else if (lines_may_write(lines))
        lines_check_record(lines, lines->writer->message(&lines->output, message, payload));
}

/* The totals are written at the end alone. */
static void lines_take_class(struct serve_printer *lines, const void *record)
{
    classroom_take(&lines->session->classroom, record);
    classroom_name(lines->output.roster, record);
    if (event_kind_of(record) != EVENT_QUIZ_TOTALS && lines_may_write(lines))
        lines_check_record(lines, lines->writer->classroom(&lines->output, record));
}

/* The next call says how many were left out before it, as the engines do. */
static void lines_take_call(struct serve_printer *lines, const struct call *call)
{
    struct call shown = *call;
    bool left_out = lines_are_refused(lines), written = true;

    shown.skipped += lines->calls_skipped;
    shown.skipped_datagrams += lines->datagrams_skipped;
    if (!left_out) {
        written = lines->writer->call(&lines->output, &shown);
        left_out = !written && outlet_lacks_record(&lines->session->outlet);
    }
    lines->calls_skipped = left_out ? shown.skipped + 1 : 0;
    lines->datagrams_skipped = left_out ? shown.skipped_datagrams + call->datagrams : 0;
    if (!left_out)
        lines_check_output(lines, written);
}

/* What comes seldom, and is a line. */
static void lines_take_news(struct serve_printer *lines, const void *record)
{
    const struct serve_writer *writer = lines->writer;
    const struct serve_output *output = &lines->output;
    enum event_kind kind = event_kind_of(record);

    if (!lines_may_write(lines))
        return;
    lines_check_record(lines, kind == EVENT_MEMBERSHIP ? writer->membership(output, record, true)
                              : kind == EVENT_ICMP     ? writer->icmp(output, record)
                                                       : writer->target(output, record));
}

static void lines_take(struct serve_printer *lines, const void *record)
{
    const struct event_totals *totals = record;

    serve_log_record(&lines->session->log, record);
    switch (event_kind_of(record)) {
    case EVENT_MESSAGE:
        lines_take_message(lines, record);
        break;
    case EVENT_TOTALS:
        lines->totals[totals->engine] = *totals;
        serve_session_note_totals(lines->session, totals);
        break;
    case EVENT_CALL:
        lines_take_call(lines, record);
        break;
    case EVENT_MEMBERSHIP:
    case EVENT_ICMP:
    case EVENT_TARGET:
        lines_take_news(lines, record);
        break;
    case EVENT_RESET:
        serve_session_note_reset(lines->session, record);
        break;
    case EVENT_STOPPED:
    case EVENT_CLIENT:
        break;
    case EVENT_QUESTION:
    case EVENT_STUDENT:
    case EVENT_QUIZ_TOTALS:
    case EVENT_QUIZ_NOTE:
        lines_take_class(lines, record);
        break;
    }
}

static void lines_take_dissected(void *context, const void *record, size_t size_bytes,
                                 const struct dissect_answer *answer)
{
    struct serve_printer *lines = context;

    (void)size_bytes;
    lines->output.dissection = lines->session->log.output.dissection = answer;
    lines_take(lines, record);
}

/* The main thread's own calls, with --calls. */
static void lines_take_calls(struct serve_printer *lines)
{
    const struct backend *backend = &lines->session->backend;
    const struct call *call;

    while (lines->session->options.display.calls &&
           (call = backend->ops->next_call(backend->context)) != NULL)
        dissected_put(&lines->dissected, call, sizeof *call);
}

static void lines_take_name(void *context, const struct endpoint *address, const char *name)
{
    hostnames_learn(context, address, name);
}

/* A file that cannot be written any more is reported once. */
static void lines_check_files(const struct serve_printer *lines)
{
    char problem[RECORDER_ERROR_SIZE];

    if (serve_session_recording_failed(lines->session, problem))
        report_news("--pcap %s", problem);
    if (logfile_failed(lines->session->log.file, problem))
        report_news("--log %s", problem);
    if (exporter_failed(lines->session->exporter, problem))
        report_news("--metrics %s", problem);
}

/* What happens between us and the broker. */
static void lines_check_publishing(const struct serve_printer *lines)
{
    char news[ANNOUNCER_NEWS_SIZE];

    while (announcer_turn(&lines->session->publishing.announcer, news))
        report_news("%s", news);
}

/* False: there are no more. */
static bool lines_take_some(struct serve_printer *lines)
{
    struct serve_session *session = lines->session;
    const struct backend *backend = &session->backend;
    size_t size;

    for (int i = 0; i < RECORDS_A_TURN; i++) {
        const void *record = backend->ops->event(backend->context, &size);
        if (record == NULL)
            return false;
        sharing_record(&session->sharing, record);
        dissected_put(&lines->dissected, record, size);
        backend->ops->release(backend->context);
        signals_beat(&session->signals);
    }
    return true;
}

/* Takes what there is, but not for ever if more comes than can be written: signals, --duration and
 * what is published have their turns. Flushed, so that the reader of a pipe sees each message at
 * once. */
static void lines_take_records(struct serve_printer *lines)
{
    struct serve_session *session = lines->session;
    int fd = session->backend.ops->event_fd(session->backend.context);
    eventfd_t count;

    eventfd_read(fd, &count);
    if (lines_take_some(lines))
        eventfd_write(fd, 1);
    dissected_turn(&lines->dissected);
    names_turn(&session->names, lines_take_name, session->names.hosts);
    if (!lines->broken)
        lines_check_output(lines, outlet_turn(&session->outlet) && fflush(lines->output.file) == 0);
    lines_check_publishing(lines);
}

/* Without a reader it ends as if asked to: the log and the summary in it get what has been acked. */
static void lines_write_until_stopped(struct serve_printer *lines)
{
    struct serve_session *session = lines->session;
    const struct backend *backend = &session->backend;
    struct pollfd polled[] = {
        {.fd = backend->ops->event_fd(backend->context), .events = POLLIN},
        {.fd = session->signals.fd, .events = POLLIN},
        {.fd = names_fd(&session->names), .events = POLLIN},
        {.fd = dissected_fd(&lines->dissected), .events = POLLIN},
        {.fd = announcer_fd(&session->publishing.announcer), .events = POLLIN},
        {.events = POLLOUT}};

    while (!backend->ops->stopped(backend->context)) {
        int64_t now_ns = clock_monotonic_ns();
        signals_beat(&session->signals);
        serve_session_check_end(session, now_ns);
        if (lines->broken && !session->quit_asked)
            serve_session_quit(session);
        lines_check_files(lines);
        classroom_keep_export(&session->classroom, now_ns);
        polled[1].fd = session->quit_asked ? -1 : session->signals.fd;
        polled[5].fd = lines->broken ? -1 : outlet_fd(&session->outlet);
        wait_until(polled, COUNT_OF(polled),
                   wait_earlier_ns(serve_session_due_ns(session, now_ns),
                                   dissected_due_ns(&lines->dissected)));
        lines_take_records(lines);
    }
}

static struct serve_printer lines_of(struct serve_session *session)
{
    const struct display_options *display = &session->options.display;

    return (struct serve_printer){.session = session,
                                  .writer = display->json ? session->backend.ops->json
                                                          : session->backend.ops->lines,
                                  .output = {.file = session->output,
                                             .filter = session->filter,
                                             .charset = locale_charset(display->ascii),
                                             .full = display->full,
                                             .stamp = line_time_stamp(display->time),
                                             .privacy = display->privacy,
                                             .hosts = session->names.hosts,
                                             .zones = &interfaces_zones}};
}

void serve_write_calls(struct serve_session *session)
{
    struct serve_printer lines = lines_of(session);

    lines.dissected = (struct dissected){.deliver = lines_take_dissected, .context = &lines};
    lines_take_calls(&lines);
    fflush(lines.output.file);
}

/* False if memory is short. */
static bool lines_make_memory(struct serve_printer *lines)
{
    const struct display_options *display = &lines->session->options.display;

    lines->output.scratch = malloc(PAYLOAD_SCRATCH);
    lines->output.roster =
        display_open_roster(display, lines->session->facts.clients_max,
                            display->json ? TEXT_UTF8 : lines->output.charset, &interfaces_zones);
    return lines->output.scratch != NULL && lines->output.roster != NULL;
}

static void lines_write_class(struct serve_printer *lines)
{
    const struct quiz_book *book = lines->session->classroom.book;

    if (lines->broken || book == NULL)
        return;
    lines_check_output(lines, lines->writer->tallies(&lines->output, book));
    lines_check_output(lines, lines->writer->classroom(&lines->output, quiz_book_totals(book)));
}

static void lines_write_summary(struct serve_printer *lines)
{
    struct event_totals totals = event_totals_merge(lines->totals, BACKEND_ENGINES_MAX);

    lines->output.stamp.wall_ns = clock_wall_ns();
    totals.not_chosen = lines->session->not_chosen;
    serve_session_complete_totals(lines->session, &totals);
    totals.messages_skipped += lines->session->not_shown;
    lines_write_class(lines);
    if (!lines->broken)
        lines_check_output(lines, lines->writer->summary(&lines->output, &totals));
}

/* From the first line to the summary. Exit status. */
static int lines_write_all(struct serve_printer *lines)
{
    struct serve_session *session = lines->session;
    const struct backend *backend = &session->backend;
    char error[BACKEND_ERROR_SIZE];

    if (session->facts.note[0] != '\0')
        report_error("%s", session->facts.note);
    if (!backend->ops->announce(backend->context, lines->writer, &lines->output))
        return report_lost_output(errno);
    if (!serve_session_start(session, false, error)) {
        report_error("%s", error);
        return EXIT_SETUP;
    }
    if (session->classroom.prepared_count > 0) /* nobody has keys to ask with */
        backend->ops->quiz(backend->context,
                           &(struct quiz_request){.wish = QUIZ_WISH_ASK,
                                                  .question = session->classroom.prepared[0]});
    lines_take_calls(lines);
    lines_write_until_stopped(lines);
    backend->ops->close_sockets(backend->context); /* now, so that its calls are written, too */
    lines_take_calls(lines);
    dissected_finish(&lines->dissected, signals_number(&session->signals) != 0);
    lines_write_summary(lines);
    return lines->broken ? report_lost_output(lines->error) : serve_session_exit_status(session);
}

int serve_run_lines(struct serve_session *session)
{
    struct serve_printer lines = lines_of(session);
    int status = EXIT_SETUP;

    if (!dissected_open(&lines.dissected, &session->options.display, session->launcher,
                        &session->signals, lines_take_dissected, &lines, &status))
        return status;
    serve_log_start(&session->log, &session->backend);
    if (lines_make_memory(&lines))
        status = lines_write_all(&lines);
    else
        report_error("not enough memory%s",
                     session->options.memory_fixed ? "" : ": use a smaller --max-clients");
    dissected_close(&lines.dissected);
    roster_close(lines.output.roster);
    free(lines.output.scratch);
    return status;
}
