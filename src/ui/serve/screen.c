/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * screen: the server with its screen. One thread: records into the model, keys into the
 * model, effects to the engine.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "udptui/base/builder.h"
#include "udptui/capture/recorder.h"
#include "udptui/net/interfaces.h"
#include "udptui/output/logfile.h"
#include "udptui/output/serve.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/locale.h"
#include "udptui/sys/report.h"
#include "udptui/sys/wait.h"
#include "udptui/ui/serve/model.h"
#include "udptui/ui/serve/picture.h"
#include "udptui/ui/serve/session.h"
#include "udptui/ui/term.h"

enum { RECORDS_A_TURN = 8192, LISTENING_SIZE = 256, JOIN_SIZE = ENDPOINT_TEXT_SIZE + 16 };

struct screen {
    struct serve_session *session;
    struct picture picture;
    bool terminal_gone;
    struct event_totals totals[SERVER_THREADS_MAX]; /* of each engine */
};

/* ---- what the header says */

/* How many sockets from this one on have the same address and one port after the other. */
static size_t range_length(const struct listening *listening, size_t first)
{
    size_t i = first + 1;

    for (; i < listening->socket_count; i++) {
        const struct endpoint *last = &listening->sockets[0][i - 1].local;
        const struct endpoint *next = &listening->sockets[0][i].local;
        if (!endpoint_same_address(last, next) || next->port != last->port + 1)
            break;
    }
    return i - first;
}

static void list_addresses(const struct listening *listening, char *out, size_t size)
{
    struct builder text = builder_begin(out, size);
    size_t length;

    for (size_t i = 0; i < listening->socket_count; i += length) {
        char address[ENDPOINT_TEXT_SIZE];
        length = range_length(listening, i);
        listen_format_address(listening, i, address, sizeof address);
        builder_add_item(&text, ", ", "%s", address);
        if (length > 1)
            builder_add(&text, "-%u", (unsigned)listening->sockets[0][i + length - 1].local.port);
    }
    for (size_t i = 0; i < listening->groups.count; i++) {
        char group[ENDPOINT_TEXT_SIZE];
        endpoint_format_address_in(&listening->groups.each[i].address, &interfaces_zones, group,
                                   sizeof group);
        builder_add(&text, " + %s", group);
    }
}

/* The default port need not be typed. False where nobody can join. */
static bool join_target(const struct listening *listening, char *out, size_t size)
{
    struct endpoint join;
    bool broadcast;
    int said;

    if (!interfaces_join_address(listening->sockets[0], listening->socket_count, &join, &broadcast))
        return false;
    listen_add_interface(listening, &join);
    said = snprintf(out, size, "%s", broadcast ? "--broadcast " : "");
    if (join.port == ENDPOINT_DEFAULT_PORT && join.family == ENDPOINT_IPV4)
        endpoint_format_address_in(&join, &interfaces_zones, out + said, size - (size_t)said);
    else
        endpoint_format_in(&join, &interfaces_zones, out + said, size - (size_t)said);
    return true;
}

static struct model *make_model(const struct serve_session *session)
{
    const struct display_options *display = &session->options.display;
    const struct listening *listening = &session->server.listening;
    char listed[LISTENING_SIZE], join[JOIN_SIZE];
    struct model_config config = {
        .title = session->title,
        .listening = listed,
        .join = join_target(listening, join, sizeof join) ? join : NULL,
        .clients_max = server_clients_max(&session->server),
        .history_messages = (size_t)display->history,
        .charset = locale_charset(display->ascii),
        .utc_offset_s = clock_utc_offset_s(),
        .zones = &interfaces_zones,
        .hosts = session->names.hosts,
        .receive_buffer_bytes = (uint64_t)listening->sockets[0][0].receive_buffer_bytes,
        .started_ns = session->started_ns,
        .impair = session->server.policies.impair,
        .roster = display->roster,
        .privacy = display->privacy,
        .filter = display->filter,
        .slow_per_s = session->options.server.slow_per_s,
    };

    list_addresses(listening, listed, sizeof listed);
    return model_open(&config);
}

/* ---- records */

/* What was not logged, or not written to the capture, is no engine's own: it goes with the first
 * one's. */
static void take_totals(struct screen *screen, const struct event_totals *told)
{
    struct event_totals totals = *told;

    if (told->engine == 0)
        totals.not_logged = logfile_lost(screen->session->log.file);
    screen->totals[told->engine] = totals;
    if (told->engine == 0) /* in the end it is told by serve_session_complete_totals */
        totals.records_skipped += recorder_lost(screen->session->recorder);
    model_apply(screen->picture.model, &totals, sizeof totals);
}

static void take_record(struct screen *screen, const void *record, size_t size_bytes)
{
    serve_log_record(&screen->session->log, record);
    if (event_kind_of(record) == EVENT_TOTALS)
        take_totals(screen, record);
    else
        model_apply(screen->picture.model, record, size_bytes);
}

static void take_records(struct screen *screen)
{
    struct server *server = &screen->session->server;
    eventfd_t count;
    size_t size;

    eventfd_read(server->event_fd, &count);
    for (int i = 0; i < RECORDS_A_TURN; i++) {
        const void *record = server_event(server, &size);
        if (record == NULL)
            return;
        take_record(screen, record, size);
        server_release(server);
        screen->picture.changed = true;
    }
    eventfd_write(server->event_fd, 1); /* more are there: the next turn takes them */
}

/* ---- keys */

static void act(struct screen *screen, const struct effects *effects)
{
    struct server *server = &screen->session->server;
    bool taken = true;

    if (effects->quit)
        screen->session->quit_asked = server_quit(server);
    if (effects->reset)
        taken &= server_reset(server);
    if (effects->set_acks)
        taken &= server_set_acks(server, effects->acks_on);
    if (effects->set_impair)
        taken &= server_set_impair(server, &effects->impair);
    if (effects->reply)
        taken &= server_send(server, effects->slot, effects->generation, effects->bytes,
                             effects->size_bytes);
    if (!taken)
        model_notice(screen->picture.model, "The server is busy: try that key again");
}

static void take_keys(struct screen *screen)
{
    struct effects effects;

    while (picture_key(&screen->picture, &effects))
        act(screen, &effects);
}

/* ---- the capture file and the log */

static void notify(struct screen *screen, const char *what, const char *problem)
{
    char text[RECORDER_ERROR_SIZE * TEXT_EXPANSION + 32];
    size_t said = (size_t)snprintf(text, sizeof text, "%s", what);

    text_render(text + said, sizeof text - said, problem, strlen(problem),
                locale_charset(screen->session->options.display.ascii));
    model_notice(screen->picture.model, text);
    screen->picture.key_pressed = true;
}

static void check_files(struct screen *screen)
{
    char problem[RECORDER_ERROR_SIZE];

    if (serve_session_recording_failed(screen->session, problem))
        notify(screen, "Recording has ended: ", problem);
    if (logfile_failed(screen->session->log.file, problem))
        notify(screen, "The log has gaps: ", problem);
}

/* ---- names of addresses */

static void take_name(void *context, const struct endpoint *address, const char *name)
{
    struct screen *screen = context;

    model_take_host(screen->picture.model, address, name);
    screen->picture.changed = true;
}

/* ---- the loop */

/* A terminal that is gone ends the program as SIGHUP would. */
static void check_terminal(struct screen *screen, short revents)
{
    if (!(revents & (POLLHUP | POLLERR | POLLNVAL)) || screen->terminal_gone)
        return;
    screen->terminal_gone = true;
    screen->session->quit_asked = server_quit(&screen->session->server);
}

static void loop(struct screen *screen)
{
    struct serve_session *session = screen->session;
    enum { TERMINAL, EVENTS, SIGNALS, NAMES, COUNT };
    struct pollfd polled[COUNT] = {
        [TERMINAL] = {.fd = term_fd(), .events = POLLIN},
        [EVENTS] = {.fd = session->server.event_fd, .events = POLLIN},
        [SIGNALS] = {.fd = session->signals.fd, .events = POLLIN},
        [NAMES] = {.fd = names_fd(&session->names), .events = POLLIN},
    };

    while (!server_stopped(&session->server)) {
        int64_t now_ns = clock_monotonic_ns();
        signals_beat(&session->signals);
        serve_session_check_end(session, now_ns);
        if (!screen->terminal_gone && !session->quit_asked)
            picture_draw_if_due(&screen->picture, now_ns, now_ns, clock_wall_ns());
        names_turn(&session->names, take_name, screen); /* what was drawn is wanted */
        polled[TERMINAL].fd = screen->terminal_gone ? -1 : term_fd();
        polled[SIGNALS].fd = session->quit_asked ? -1 : session->signals.fd;
        int64_t due_ns = wait_earlier_ns(serve_session_due_ns(session, now_ns),
                                         picture_next_ns(&screen->picture));
        if (wait_until(polled, COUNT, due_ns) < 0) {
            take_keys(screen); /* a signal: SIGWINCH becomes a key */
            continue;
        }
        check_terminal(screen, polled[TERMINAL].revents);
        if (polled[EVENTS].revents != 0)
            take_records(screen);
        check_files(screen);
        if (!screen->terminal_gone)
            take_keys(screen);
    }
}

/* ---- beginning and end */

/* What stays on the terminal when the screen is gone: the last word about what happened. */
static void print_summary(const struct screen *screen)
{
    const struct serve_output output = {.file = screen->session->output,
                                        .charset =
                                            locale_charset(screen->session->options.display.ascii)};

    struct event_totals totals = event_totals_merge(screen->totals, SERVER_THREADS_MAX);

    serve_session_complete_totals(screen->session, &totals);
    if (!screen->terminal_gone)
        serve_lines.summary(&output, &totals);
}

/* How the sockets were opened comes before what is done with them. */
static void take_calls(struct screen *screen)
{
    const struct call *call;

    while ((call = server_calls_next(&screen->session->server.calls)) != NULL)
        take_record(screen, call, sizeof *call);
}

static int run(struct screen *screen)
{
    struct serve_session *session = screen->session;
    char error[ENGINE_ERROR_SIZE];

    if (!serve_session_start(session, true, error)) {
        term_close();
        report_error("%s", error);
        return EXIT_SETUP;
    }
    serve_log_start(&session->log, &session->server);
    take_calls(screen);
    loop(screen);
    signals_ending(&session->signals);
    term_close();
    print_summary(screen);
    return screen->terminal_gone ? 128 + SIGHUP : serve_session_exit_status(session);
}

bool serve_run_screen(struct serve_session *session, int *status)
{
    struct screen screen = {.session = session};

    if (!picture_take_terminal(!session->options.display.no_mouse, false, session->signals.fd))
        return false;
    *status = EXIT_SETUP;
    if (picture_open(&screen.picture, make_model(session)))
        *status = run(&screen);
    term_close();
    picture_close(&screen.picture);
    return true;
}
