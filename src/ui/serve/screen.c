/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* screen: the session with its screen. One thread: records into the model, keys into the model,
 * effects to the engines. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "udptui/capture/recorder.h"
#include "udptui/output/logfile.h"
#include "udptui/output/serve.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/interfaces.h"
#include "udptui/sys/locale.h"
#include "udptui/sys/report.h"
#include "udptui/sys/tty.h"
#include "udptui/sys/wait.h"
#include "udptui/ui/screen.h"
#include "udptui/ui/serve/dissecting.h"
#include "udptui/ui/serve/keys.h"
#include "udptui/ui/serve/model.h"
#include "udptui/ui/serve/saving.h"
#include "udptui/ui/serve/session.h"
#include "udptui/ui/serve/view.h"

enum { RECORDS_A_TURN = 8192 };

struct serve_screen {
    struct serve_session *session;
    struct screen screen;
    struct model *model;
    struct dissecting dissecting;
    struct saving *saving;                           /* of the key w, NULL: none */
    struct event_totals totals[BACKEND_ENGINES_MAX]; /* of each engine */
};

static struct model *serve_make_model(const struct serve_session *session)
{
    const struct display_options *display = &session->options.display;
    const struct backend_facts *facts = &session->facts;
    const struct model_config config = {
        .title = session->title,
        .listening = facts->listening,
        .join = facts->join[0] != '\0' ? facts->join : NULL,
        .clients_max = facts->clients_max,
        .history_messages = (size_t)display->history,
        .charset = locale_charset(display->ascii),
        .utc_offset_s = clock_utc_offset_s(),
        .zones = &interfaces_zones,
        .hosts = session->names.hosts,
        .receive_buffer_bytes = facts->receive_buffer_bytes,
        .started_ns = session->started_ns,
        .impair = facts->impair,
        .roster = display->roster,
        .privacy = display->privacy,
        .dissect = display->dissect && !display->privacy,
        .filter = display->filter,
        .book = session->classroom.book,
        .prepared = session->classroom.prepared,
        .prepared_count = session->classroom.prepared_count,
        .catalog = session->classroom.catalog,
        .exports = session->classroom.export != NULL,
        .slow_per_s = facts->slow_per_s,
        .relay = facts->relay,
    };

    return model_open(&config);
}

/* ---- records */

/* Messages that did not come this far are not in the log either. */
static void serve_take_totals(struct serve_screen *serve, const struct event_totals *reported)
{
    struct event_totals totals = *reported;

    serve_session_note_totals(serve->session, reported);
    totals.not_logged = serve->session->log.file != NULL ? reported->messages_skipped : 0;
    serve->totals[reported->engine] = totals;
    model_apply(serve->model, &totals, sizeof totals);
}

static void serve_take_record(struct serve_screen *serve, const void *record, size_t size_bytes)
{
    serve_log_record(&serve->session->log, record);
    classroom_take(&serve->session->classroom, record);
    if (event_kind_of(record) == EVENT_RESET)
        serve_session_note_reset(serve->session, record);
    if (event_kind_of(record) == EVENT_TOTALS)
        serve_take_totals(serve, record);
    else
        model_apply(serve->model, record, size_bytes);
}

static void take_records(void *context)
{
    struct serve_screen *serve = context;
    const struct backend *backend = &serve->session->backend;
    int fd = backend->ops->event_fd(backend->context);
    eventfd_t count;
    size_t size;

    eventfd_read(fd, &count);
    for (int i = 0; i < RECORDS_A_TURN; i++) {
        const void *record = backend->ops->event(backend->context, &size);
        if (record == NULL)
            return;
        sharing_record(&serve->session->sharing, record);
        serve_take_record(serve, record, size);
        backend->ops->release(backend->context);
        serve->screen.changed = true;
    }
    eventfd_write(fd, 1); /* more are there: the next turn takes them */
}

/* ---- keys */

static void notify(struct serve_screen *serve, const char *what, const char *problem)
{
    char text[CLASSROOM_ERROR_SIZE * TEXT_EXPANSION + 32];
    size_t said = (size_t)snprintf(text, sizeof text, "%s", what);

    text_render(text + said, sizeof text - said, problem, strlen(problem),
                locale_charset(serve->session->options.display.ascii));
    model_notice(serve->model, text);
    serve->screen.changed = true;
}

static void serve_export(struct serve_screen *serve)
{
    const struct classroom *classroom = &serve->session->classroom;
    char problem[CLASSROOM_ERROR_SIZE];

    if (classroom_write_export(classroom, problem))
        notify(serve, "Exported to ", classroom->export);
    else
        notify(serve, "Not exported: ", problem);
}

static void act_on(struct serve_screen *serve, const struct effects *effects)
{
    const struct backend_ops *ops = serve->session->backend.ops;
    void *context = serve->session->backend.context;
    char notice[BACKEND_LIST_SIZE];
    bool taken = true;

    if (effects->quit)
        serve_session_quit(serve->session);
    if (effects->reset)
        taken &= ops->reset(context);
    if (effects->set_acks && ops->set_acks != NULL)
        taken &= ops->set_acks(context, effects->acks_on);
    if (effects->set_impair)
        taken &= ops->set_impair(context, &effects->impair);
    if (effects->quiz && ops->quiz != NULL)
        taken &= ops->quiz(context, &effects->quiz_request);
    if (effects->export)
        serve_export(serve);
    if (effects->reply)
        taken &= ops->send(context, effects->slot, effects->generation, effects->bytes,
                           effects->size_bytes);
    if (taken)
        return;
    keys_take_back(serve->model, effects);
    snprintf(notice, sizeof notice, "The %s is busy: try that key again",
             serve->session->facts.word);
    model_notice(serve->model, notice);
}

static unsigned serve_act(void *context, const struct key *key)
{
    struct serve_screen *serve = context;
    struct effects effects = keys_apply(serve->model, key);

    act_on(serve, &effects);
    dissecting_act(&serve->dissecting, &effects, serve->model);
    saving_begin(&serve->saving, serve->model, &effects);
    return 0; /* the loop goes on until the engines have stopped */
}

/* ---- the capture file and the log */

static void check_files(struct serve_screen *serve)
{
    char problem[RECORDER_ERROR_SIZE];

    if (serve_session_recording_failed(serve->session, problem))
        notify(serve, "Recording has ended: ", problem);
    if (logfile_failed(serve->session->log.file, problem))
        notify(serve, "The log has gaps: ", problem);
    if (exporter_failed(serve->session->exporter, problem))
        notify(serve, "Metrics are not written: ", problem);
}

/* At the end serve_session_complete_totals does this. */
static void serve_take_missing(struct serve_screen *serve)
{
    const struct serve_session *session = serve->session;

    model_take_missing(serve->model,
                       &(struct model_missing){.not_logged = serve_session_not_logged(session),
                                               .not_recorded = serve_session_not_recorded(session),
                                               .not_published = session->not_published});
}

/* ---- the broker */

static void serve_check_publishing(void *context)
{
    struct serve_screen *serve = context;
    struct announcer *announcer = &serve->session->publishing.announcer;
    char news[ANNOUNCER_NEWS_SIZE];
    bool bad;

    while (announcer_turn(announcer, news))
        model_notice(serve->model, news);
    const char *brief = announcer_brief(announcer, &bad);
    model_show_published(serve->model, brief, bad);
    serve->screen.changed = true;
}

/* ---- names of addresses */

static void serve_take_name(void *context, const struct endpoint *address, const char *name)
{
    struct serve_screen *serve = context;

    model_take_host(serve->model, address, name);
    serve->screen.changed = true;
}

static void serve_take_names(void *context)
{
    struct serve_screen *serve = context;

    names_turn(&serve->session->names, serve_take_name, serve);
}

/* ---- what the datagrams are */

static void serve_dissect(void *context)
{
    struct serve_screen *serve = context;

    serve->screen.changed |= dissecting_turn(&serve->dissecting, serve->model);
    serve->screen.watches[2].fd = dissecting_fd(&serve->dissecting);
}

/* ---- what the loop calls */

static void serve_draw(void *context, struct frame *frame)
{
    struct serve_screen *serve = context;

    model_resize(serve->model, frame_rows(frame), frame_columns(frame));
    model_tick(serve->model, clock_monotonic_ns(), clock_wall_ns());
    view_draw(serve->model, keys_serve(serve->model), frame);
    serve_take_names(serve); /* names of the drawn addresses are wanted */
    serve_dissect(serve);    /* and the dissection of what is drawn */
}

/* Losing the terminal ends the program like SIGHUP. */
static bool serve_turn(void *context, int64_t now_ns)
{
    struct serve_screen *serve = context;
    struct serve_session *session = serve->session;

    serve_session_check_end(session, now_ns);
    classroom_keep_export(&session->classroom, now_ns);
    if (serve->screen.gone && !session->quit_asked)
        serve_session_quit(session);
    serve->screen.frozen = session->quit_asked;
    check_files(serve);
    serve_take_missing(serve);
    serve->screen.changed |= saving_turn(&serve->saving);
    if (now_ns >= dissecting_due_ns(&serve->dissecting))
        serve_dissect(serve);
    serve->screen.changed |= now_ns >= model_wake_ns(serve->model);
    return !session->backend.ops->stopped(session->backend.context);
}

static int64_t serve_deadline_ns(void *context)
{
    const struct serve_screen *serve = context;
    int64_t due_ns = wait_earlier_ns(serve_session_due_ns(serve->session, clock_monotonic_ns()),
                                     dissecting_due_ns(&serve->dissecting));

    if (serve->saving != NULL)
        return 0;
    if (serve->screen.frozen || serve->screen.changed) /* drawn only if possible */
        return due_ns;
    return wait_earlier_ns(due_ns, model_wake_ns(serve->model));
}

static void serve_figures(const void *context, struct large_figures *out)
{
    const struct serve_screen *serve = context;

    view_figures(serve->model, out);
}

static const struct screen_ops serve_ops = {.draw = serve_draw,
                                            .figures = serve_figures,
                                            .draw_small = serve_draw,
                                            .act = serve_act,
                                            .turn = serve_turn,
                                            .deadline_ns = serve_deadline_ns};

/* ---- beginning and end */

/* Prints the summary, which stays on the terminal after the screen. */
static void serve_print_summary(const struct serve_screen *serve)
{
    const struct serve_output output = {.file = serve->session->output,
                                        .stamp = {.columns = tty_columns(STDOUT_FILENO)},
                                        .charset =
                                            locale_charset(serve->session->options.display.ascii)};

    struct event_totals totals = event_totals_merge(serve->totals, BACKEND_ENGINES_MAX);

    serve_session_complete_totals(serve->session, &totals);
    if (!serve->screen.gone)
        serve->session->backend.ops->lines->summary(&output, &totals);
}

/* The calls that opened the sockets come first. */
static void take_calls(struct serve_screen *serve)
{
    const struct backend *backend = &serve->session->backend;
    const struct call *call;

    while ((call = backend->ops->next_call(backend->context)) != NULL)
        serve_take_record(serve, call, sizeof *call);
}

static int serve_screen_run(struct serve_screen *serve)
{
    struct serve_session *session = serve->session;
    char error[BACKEND_ERROR_SIZE];

    if (!serve_session_start(session, true, error)) {
        screen_close(&serve->screen);
        report_error("%s", error);
        return EXIT_SETUP;
    }
    serve_log_start(&session->log, &session->backend);
    take_calls(serve);
    if (session->facts.note[0] != '\0')
        model_notice(serve->model, session->facts.note);
    serve->screen.watches[0] = (struct screen_watch){
        .fd = session->backend.ops->event_fd(session->backend.context), .ready = take_records};
    serve->screen.watches[1] =
        (struct screen_watch){.fd = names_fd(&session->names), .ready = serve_take_names};
    serve->screen.watches[2] = (struct screen_watch){.fd = -1, .ready = serve_dissect};
    serve->screen.watches[3] = (struct screen_watch){
        .fd = announcer_fd(&session->publishing.announcer), .ready = serve_check_publishing};
    screen_run(&serve->screen);
    signals_ending(&session->signals);
    screen_close(&serve->screen);
    serve_print_summary(serve);
    return serve->screen.gone ? 128 + SIGHUP : serve_session_exit_status(session);
}

bool serve_run_screen(struct serve_session *session, int *status)
{
    struct serve_screen serve = {.session = session, .dissecting = {.launcher = session->launcher}};
    const struct screen_config config = {.ops = &serve_ops,
                                         .context = &serve,
                                         .signals = &session->signals,
                                         .look = session->options.display.look,
                                         .mouse = !session->options.display.no_mouse};

    if (!screen_open(&serve.screen, &config))
        return false;
    *status = EXIT_SETUP;
    serve.model = serve_make_model(session);
    if (serve.model != NULL)
        *status = serve_screen_run(&serve);
    screen_close(&serve.screen);
    if (serve.model == NULL)
        report_error("not enough memory for the screen%s",
                     session->options.memory_fixed ? ""
                                                   : ": use a smaller --max-clients or --history");
    saving_close(serve.saving);
    dissecting_close(&serve.dissecting);
    model_close(serve.model);
    return true;
}
