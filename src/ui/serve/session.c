/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/ui/serve/session.h"

#include <errno.h>
#include <stdio.h>

#include "udptui/base/units.h"
#include "udptui/output/recording.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/interfaces.h"
#include "udptui/sys/report.h"
#include "udptui/sys/thread.h"
#include "udptui/sys/wait.h"
#include "udptui/ui/serve/metering.h"

enum { SCREEN_CALLS = 64 /* per tick: more than people read */ };

static const int64_t screen_tick_ns = 50 * UNITS_NS_PER_MS;
static const int64_t lines_tick_ns = 5 * UNITS_NS_PER_MS;
/* The engines may take their time to end: meanwhile the main thread still shows progress. */
static const int64_t beat_ns = 100 * UNITS_NS_PER_MS;

/* ---- opening and closing */

void serve_session_open(struct serve_session *session, const struct serve_session_options *options,
                        const char *title, const struct filter *filter,
                        const struct backend *backend)
{
    *session = (struct serve_session){.options = *options,
                                      .title = title,
                                      .backend = *backend,
                                      .filter = filter,
                                      .notify = {.fd = -1, .watchdog_due_ns = INT64_MAX},
                                      .output = stdout,
                                      .started_ns = clock_monotonic_ns(),
                                      .deadline_ns = INT64_MAX};
    if (options->duration_ns > 0)
        session->deadline_ns = session->started_ns + options->duration_ns;
}

void serve_session_close(struct serve_session *session)
{
    names_close(&session->names);
    lookup_close(session->lookup);
    launcher_close(session->launcher);
    notify_close(&session->notify);
}

/* ---- the capture file: from before the engines start until they have ended */

static bool session_open_recorder(struct serve_session *session, int *status)
{
    const struct serve_session_options *options = &session->options;

    if (options->pcap == NULL)
        return true;
    session->recorder = recording_begin(options->pcap, options->force, session->facts.engines,
                                        &session->signals, status);
    return session->recorder != NULL;
}

bool serve_session_recording_failed(struct serve_session *session, char *error)
{
    if (session->recorder == NULL || session->recording_failure_reported ||
        !recorder_failed(session->recorder, error))
        return false;
    session->recording_failure_reported = true;
    return true;
}

static void session_finish_recording(struct serve_session *session)
{
    if (session->recorder == NULL)
        return;
    session->backend.ops->close_engines(session->backend.context);
    recorder_finish(session->recorder);
}

static int session_close_recorder(struct serve_session *session, int status)
{
    struct recorder *recorder = session->recorder;

    session->backend.ops->close_engines(session->backend.context);
    session->recorder = NULL;
    return recording_end(recorder, status);
}

/* ---- what others get */

/* Messages that found no room on their way to the front end, as far as is shared. */
static uint64_t session_skipped(const struct serve_session *session)
{
    const struct tally *tally = session->sharing.tally;

    return tally != NULL ? tally_totals(tally).messages_skipped : 0;
}

/* What the front end did not log, publish, record or choose belongs to no engine. */
static void session_share(struct serve_session *session, int64_t now_ns, bool last)
{
    struct event_totals more;

    if (!last && now_ns < sharing_due_ns(&session->sharing))
        return;
    if (!last) /* at the end it is what the summary says */
        session->not_published = announcer_dropped(&session->publishing.announcer);
    more =
        (struct event_totals){.not_logged = serve_log_lost(&session->log, session_skipped(session)),
                              .not_published = session->not_published,
                              .not_chosen = session->not_chosen,
                              .messages_skipped = session->not_shown,
                              .records_skipped = recorder_lost(session->recorder)};
    sharing_share(&session->sharing, &more, now_ns, last);
}

static bool session_open_metrics(struct serve_session *session, int *status)
{
    const char *metrics = session->options.metrics;

    if (metrics != NULL)
        session->exporter = metering_open(metrics, &session->facts, &session->sharing, status);
    return metrics == NULL || session->exporter != NULL;
}

/* Before the sandbox: what has to be opened for the sinks. False with the error reported. */
static bool session_open_sharing(struct serve_session *session, int *status)
{
    return session_open_metrics(session, status) &&
           publishing_open(&session->publishing, &session->options.publish,
                           &session->options.display, &session->facts, session->filter,
                           &session->sharing, status);
}

void serve_session_note_reset(struct serve_session *session, const struct event_reset *reset)
{
    event_totals_add(&session->before, &reset->before);
}

uint64_t serve_session_not_logged(const struct serve_session *session)
{
    return serve_log_lost(&session->log, session->before.messages_skipped);
}

uint64_t serve_session_not_recorded(const struct serve_session *session)
{
    return recorder_lost(session->recorder) + session->before.records_skipped;
}

void serve_session_complete_totals(struct serve_session *session, struct event_totals *totals)
{
    session_finish_recording(session);
    totals->records_skipped += serve_session_not_recorded(session);
    session->not_published = announcer_dropped(&session->publishing.announcer);
    totals->not_published = session->not_published;
    sharing_complete_time(&session->sharing, totals);
    serve_log_class(&session->log, session->classroom.book);
    serve_log_summary(&session->log, totals, session->before.messages_skipped);
    session_share(session, clock_monotonic_ns(), true);
}

/* ---- running */

/* Records of calls a tick. */
static uint32_t session_calls(const struct display_options *display, bool screen)
{
    if (display->calls && (!screen || display->log != NULL))
        return UINT32_MAX;
    return screen ? SCREEN_CALLS : 0;
}

static void serve_session_notify_ready(const struct serve_session *session)
{
    char state[sizeof "READY=1\nSTATUS=listening on " + sizeof session->facts.listening];

    snprintf(state, sizeof state, "READY=1\nSTATUS=listening on %s", session->facts.listening);
    notify_send(&session->notify, state);
}

bool serve_session_start(struct serve_session *session, bool screen, char *error)
{
    const struct display_options *display = &session->options.display;
    const struct server_detail detail = {
        .every_message = !screen || display->log != NULL,
        .calls = session_calls(display, screen),
        .greetings = display->roster,
        .students = (uint32_t)session->options.classroom.students,
        .tick_ns = screen ? screen_tick_ns : lines_tick_ns,
        .recorder = session->recorder,
        .lookup = session->lookup,
    };

    if (session->options.begin != NULL &&
        !session->options.begin(session->options.begin_context, error))
        return false;
    if (!session->backend.ops->start(session->backend.context, &detail, error))
        return false;
    /* Not before: while the engines start, nothing shows progress. */
    signals_end_at(&session->signals, session->deadline_ns);
    serve_session_notify_ready(session);
    return true;
}

/* The names of a relay's targets are looked up again if a target cannot be reached. */
static bool session_open_lookup(struct serve_session *session)
{
    if (!session->facts.names)
        return true;
    session->lookup = lookup_open((enum sandbox_mode)session->options.display.sandbox);
    if (session->lookup == NULL)
        report_error("cannot look names up: %s", reason_text(errno));
    return session->lookup != NULL;
}

/* A screen may show names later (key n). */
static bool session_open_names(struct serve_session *session)
{
    const struct display_options *display = &session->options.display;

    if (display->privacy || !(display->names || display_wants_screen(display)) ||
        names_open(&session->names, display->names, (enum sandbox_mode)display->sandbox) ||
        !display->names)
        return true;
    report_error("--names: cannot look names up: %s", reason_text(errno));
    return false;
}

/* If the manager cannot be notified, the server runs all the same. */
static void session_open_notify(struct serve_session *session)
{
    struct problem problem;

    if (!notify_open(&session->notify, &problem))
        report_error("note: %s", problem.text);
}

static bool session_begin_sharing(struct serve_session *session, int *status)
{
    *status = EXIT_SETUP; /* if it fails */
    return sharing_begin(&session->sharing, BACKEND_ENGINES_MAX, session->facts.clients_max);
}

static bool session_open_classroom(struct serve_session *session, int *status)
{
    return classroom_open(&session->classroom, &session->options.classroom, session->options.force,
                          session->options.display.privacy, &interfaces_zones, status);
}

static int session_show(struct serve_session *session)
{
    int status;

    session->log.output.hosts = session->names.hosts;
    if (display_wants_screen(&session->options.display) && serve_run_screen(session, &status))
        return status;
    return serve_run_lines(session);
}

/* What is opened later: the log again, the export of a class, the capture, the metrics. */
static bool session_enter_sandbox(struct serve_session *session)
{
    const struct serve_session_options *options = &session->options;
    bool file = options->metrics != NULL && !exporter_is_address(options->metrics);
    struct sandbox_needs needs = {
        .command = session->facts.relay ? SANDBOX_RELAY : SANDBOX_SERVE,
        .groups = session->facts.groups,
        .accepts = session->exporter != NULL && !file,
        .written = {options->pcap, options->classroom.export, file ? options->metrics : NULL},
        .replaced = options->classroom.export};

    announcer_add_needs(&session->publishing.announcer, &needs);
    return display_enter_sandbox(&options->display, needs, &session->launcher);
}

static bool session_open_signals(struct serve_session *session)
{
    if (signals_open(&session->signals))
        return true;
    report_error("cannot start a thread: %s", thread_failure(errno));
    return false;
}

/* At the end the reader of standard output is waited for before that of the log, which may be a
 * pipe as well: the former wait ends by itself, so that neither takes from the other. */
static int session_run_confined(struct serve_session *session)
{
    const struct display_options *display = &session->options.display;
    int status;

    outlet_open(&session->outlet, OUTLET_HOLDS, &session->signals);
    session->output = session->outlet.file;
    if (!session_enter_sandbox(session) || !session_open_signals(session))
        return outlet_close(&session->outlet, EXIT_SETUP);
    if (serve_log_open(&session->log, display, session->facts.clients_max, session->filter,
                       &session->signals, &status) &&
        session_begin_sharing(session, &status) && session_open_recorder(session, &status))
        status = classroom_finish(&session->classroom,
                                  session_close_recorder(session, session_show(session)));
    status = outlet_finish(&session->outlet, status);
    status = serve_log_close(&session->log, status);
    status = outlet_close(&session->outlet, status);
    signals_close(&session->signals);
    return status;
}

/* The questions are read before signals are handled: they may be a FIFO that nobody writes to. */
int serve_session_run(struct serve_session *session)
{
    int status = EXIT_SETUP;

    session->backend.ops->describe(session->backend.context, &session->facts);
    session_open_notify(session);
    if (session_open_names(session) && session_open_lookup(session) &&
        session_open_classroom(session, &status) && session_open_sharing(session, &status))
        status = session_run_confined(session);
    publishing_close(&session->publishing);
    sharing_close(&session->sharing);
    status = exporter_close(session->exporter, status);
    classroom_close(&session->classroom);
    return status;
}

/* ---- the end */

/* The errno that ended an engine, 0: none. */
static int session_error(const struct serve_session *session)
{
    return session->backend.ops->error(session->backend.context);
}

void serve_session_quit(struct serve_session *session)
{
    if (session->quit_asked)
        return;
    session->backend.ops->quit(session->backend.context);
    notify_send(&session->notify, "STOPPING=1\nSTATUS=stopping");
    session->quit_asked = true;
}

void serve_session_note_totals(struct serve_session *session, const struct event_totals *totals)
{
    if (session->options.count > 0 && totals->counts.received >= (uint64_t)session->options.count)
        session->counted = true;
}

void serve_session_check_end(struct serve_session *session, int64_t now_ns)
{
    bool wanted = now_ns >= session->deadline_ns || session->counted ||
                  signals_number(&session->signals) != 0 || session_error(session) != 0;

    if (!session->quit_asked && wanted)
        serve_session_quit(session);
    session_share(session, now_ns, false);
    notify_beat(&session->notify, now_ns);
}

int64_t serve_session_due_ns(const struct serve_session *session, int64_t now_ns)
{
    if (session->quit_asked)
        return now_ns + beat_ns;
    return wait_earlier_ns(
        wait_earlier_ns(session->notify.watchdog_due_ns, sharing_due_ns(&session->sharing)),
        wait_earlier_ns(session->deadline_ns, session->classroom.export_due_ns));
}

int serve_session_exit_status(const struct serve_session *session)
{
    int number = signals_number(&session->signals);

    if (session_error(session) != 0) {
        report_error("the %s ended: waiting for datagrams failed: %s", session->facts.word,
                     reason_text(session_error(session)));
        return EXIT_SETUP;
    }
    return number == 0 ? EXIT_DONE : 128 + number;
}
