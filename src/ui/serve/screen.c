/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * server_screen: the server with its screen. One thread: records into the model, keys into the
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
#include "udptui/server/server.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/report.h"
#include "udptui/ui/serve/model.h"
#include "udptui/ui/serve/picture.h"
#include "udptui/ui/term.h"

enum { RECORDS_A_TURN = 8192, LISTENING_SIZE = 256, JOIN_SIZE = ENDPOINT_TEXT_SIZE + 16 };

struct screen {
    struct server *server;
    struct picture picture;
    bool terminal_gone;
    struct event_totals totals[SERVER_THREADS_MAX]; /* of each engine */
};

/* ---- what the header says */

/* How many sockets from this one on have the same address and one port after the other. */
static size_t range_length(const struct server *server, size_t first)
{
    size_t i = first + 1;

    for (; i < server->socket_count; i++) {
        const struct endpoint *last = &server->sockets[0][i - 1].local;
        const struct endpoint *next = &server->sockets[0][i].local;
        if (!endpoint_same_address(last, next) || next->port != last->port + 1)
            break;
    }
    return i - first;
}

static void list_addresses(const struct server *server, char *out, size_t size)
{
    struct builder text = builder_begin(out, size);
    size_t length;

    for (size_t i = 0; i < server->socket_count; i += length) {
        char address[ENDPOINT_TEXT_SIZE];
        length = range_length(server, i);
        server_address(server, i, address, sizeof address);
        builder_add_item(&text, ", ", "%s", address);
        if (length > 1)
            builder_add(&text, "-%u", (unsigned)server->sockets[0][i + length - 1].local.port);
    }
    for (size_t i = 0; i < server->groups.count; i++) {
        char group[ENDPOINT_TEXT_SIZE];
        endpoint_format_address_in(&server->groups.each[i].address, &interfaces_zones, group,
                                   sizeof group);
        builder_add(&text, " + %s", group);
    }
}

/* The default port need not be typed. False where nobody can join. */
static bool join_target(const struct server *server, char *out, size_t size)
{
    struct endpoint join;
    bool broadcast;
    int said;

    if (!interfaces_join_address(server->sockets[0], server->socket_count, &join, &broadcast))
        return false;
    server_add_interface(server, &join);
    said = snprintf(out, size, "%s", broadcast ? "--broadcast " : "");
    if (join.port == ENDPOINT_DEFAULT_PORT && join.family == ENDPOINT_IPV4)
        endpoint_format_address_in(&join, &interfaces_zones, out + said, size - (size_t)said);
    else
        endpoint_format_in(&join, &interfaces_zones, out + said, size - (size_t)said);
    return true;
}

static struct model *make_model(const struct server *server)
{
    char listening[LISTENING_SIZE], join[JOIN_SIZE];
    struct model_config config = {
        .title = server->title,
        .listening = listening,
        .join = join_target(server, join, sizeof join) ? join : NULL,
        .clients_max = (uint32_t)(server->options.max_clients * server->options.threads),
        .history_messages = (size_t)server->options.history,
        .charset = server_charset(&server->options),
        .utc_offset_s = clock_utc_offset_s(),
        .zones = &interfaces_zones,
        .hosts = server->names.hosts,
        .receive_buffer_bytes = (uint64_t)server->sockets[0][0].receive_buffer_bytes,
        .started_ns = server->started_ns,
        .impair = server->impair,
        .roster = server->options.roster,
        .privacy = server->options.privacy,
        .filter = server->options.filter,
        .slow_per_s = server->options.slow_per_s,
    };

    list_addresses(server, listening, sizeof listening);
    return model_open(&config);
}

/* ---- records */

/* What was not logged, or not written to the capture, is no engine's own: it goes with the first
 * one's. */
static void take_totals(struct screen *screen, const struct event_totals *told)
{
    struct event_totals totals = *told;

    if (told->engine == 0)
        totals.not_logged = logfile_lost(screen->server->log.file);
    screen->totals[told->engine] = totals;
    if (told->engine == 0) /* in the end it is told by server_finish_recording */
        totals.records_skipped += recorder_lost(screen->server->recorder);
    model_apply(screen->picture.model, &totals, sizeof totals);
}

static void take_record(struct screen *screen, const void *record, size_t size_bytes)
{
    server_log_record(screen->server, record);
    if (event_kind_of(record) == EVENT_TOTALS)
        take_totals(screen, record);
    else
        model_apply(screen->picture.model, record, size_bytes);
}

static void take_records(struct screen *screen)
{
    struct server *server = screen->server;
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

static bool set_acks(struct server *server, bool on)
{
    bool all = true;

    for (size_t i = 0; i < (size_t)server->options.threads; i++)
        all &= engine_set_acks(server->engines[i], on);
    return all;
}

static bool set_impair(struct server *server, const struct impair_config *impair)
{
    bool all = true;

    for (size_t i = 0; i < (size_t)server->options.threads; i++)
        all &= engine_set_impair(server->engines[i], impair);
    return all;
}

static void act(struct screen *screen, const struct effects *effects)
{
    struct server *server = screen->server;
    bool taken = true;

    if (effects->quit)
        server->quit_asked = server_ask(server, engine_quit);
    if (effects->reset)
        taken &= server_ask(server, engine_reset);
    if (effects->set_acks)
        taken &= set_acks(server, effects->acks_on);
    if (effects->set_impair)
        taken &= set_impair(server, &effects->impair);
    if (effects->reply)
        taken &= engine_send(server_engine_of(server, effects->slot), effects->slot,
                             effects->generation, effects->bytes, effects->size_bytes);
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
                server_charset(&screen->server->options));
    model_notice(screen->picture.model, text);
    screen->picture.key_pressed = true;
}

static void check_files(struct screen *screen)
{
    char problem[RECORDER_ERROR_SIZE];

    if (server_recording_failed(screen->server, problem))
        notify(screen, "Recording has ended: ", problem);
    if (logfile_failed(screen->server->log.file, problem))
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
    screen->server->quit_asked = server_ask(screen->server, engine_quit);
}

static void loop(struct screen *screen)
{
    struct server *server = screen->server;
    enum { TERMINAL, EVENTS, SIGNALS, NAMES, COUNT };
    struct pollfd polled[COUNT] = {
        [TERMINAL] = {.fd = term_fd(), .events = POLLIN},
        [EVENTS] = {.fd = server->event_fd, .events = POLLIN},
        [SIGNALS] = {.fd = server->signals.fd, .events = POLLIN},
        [NAMES] = {.fd = names_fd(&server->names), .events = POLLIN},
    };

    while (!server_stopped(server)) {
        int64_t now_ns = clock_monotonic_ns();
        signals_beat(&server->signals);
        server_check_end(server, now_ns);
        if (!screen->terminal_gone && !server->quit_asked)
            picture_draw_if_due(&screen->picture, now_ns, now_ns, clock_wall_ns());
        names_turn(&server->names, take_name, screen); /* what was drawn is wanted */
        polled[TERMINAL].fd = screen->terminal_gone ? -1 : term_fd();
        polled[SIGNALS].fd = server->quit_asked ? -1 : server->signals.fd;
        int timeout_ms = server_poll_timeout_ms(server, now_ns, picture_next_ns(&screen->picture));
        if (poll(polled, COUNT, timeout_ms) < 0) {
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
    const struct serve_output output = {.file = screen->server->output,
                                        .charset = server_charset(&screen->server->options)};

    struct event_totals totals = event_totals_merge(screen->totals, SERVER_THREADS_MAX);

    server_finish_recording(screen->server, &totals);
    server_log_summary(screen->server, &totals);
    if (!screen->terminal_gone)
        serve_lines.summary(&output, &totals);
}

/* How the sockets were opened comes before what is done with them. */
static void take_calls(struct screen *screen)
{
    const struct call *call;

    while ((call = server_calls_next(&screen->server->calls)) != NULL)
        take_record(screen, call, sizeof *call);
}

static int run(struct screen *screen)
{
    char error[ENGINE_ERROR_SIZE];

    if (!server_start(screen->server, true, error)) {
        term_close();
        report_error("%s", error);
        return EXIT_SETUP;
    }
    server_log_start(screen->server);
    take_calls(screen);
    loop(screen);
    signals_ending(&screen->server->signals);
    term_close();
    print_summary(screen);
    return screen->terminal_gone ? 128 + SIGHUP : server_exit_status(screen->server);
}

bool server_run_screen(struct server *server, int *status)
{
    struct screen screen = {.server = server};

    if (!picture_take_terminal(!server->options.no_mouse, false, server->signals.fd))
        return false;
    *status = EXIT_SETUP;
    if (picture_open(&screen.picture, make_model(server)))
        *status = run(&screen);
    term_close();
    picture_close(&screen.picture);
    return true;
}
