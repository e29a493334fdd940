/* SPDX-License-Identifier: GPL-3.0-or-later */
/* server: from options to open sockets and a running engine. */
#include "udptui/server/server.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "udptui/base/units.h"
#include "udptui/output/line_time.h"
#include "udptui/output/outlet.h"
#include "udptui/proto/reason.h"
#include "udptui/server/filter_option.h"
#include "udptui/server/rules.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/locale.h"
#include "udptui/sys/report.h"

enum {
    SCREEN_CALLS = 64, /* a tick: more than anybody reads */
    SCREEN_RING_BYTES = 1 << 20,
    RECORD_RING_BYTES = 1 << 24, /* touched only as far as the writer falls behind */
    SCREEN_SAMPLES = 256,
};

static const int64_t screen_tick_ns = 50 * UNITS_NS_PER_MS;
/* While the engines end, which may take its time, we show that we are not stuck ourselves. */
static const int64_t beat_ns = 100 * UNITS_NS_PER_MS;
static const int64_t lines_tick_ns = 5 * UNITS_NS_PER_MS;

struct server_options server_default_options(void)
{
    return (struct server_options){.ack = "Message received",
                                   .ack_limit = "auto",
                                   .seed = -1,
                                   .max_clients = 65536,
                                   .history = 10000,
                                   .batch = 64,
                                   .threads = 1,
                                   .buffer_bytes = 65536,
                                   .time = LINE_TIME_DEFAULT,
                                   .family = ENDPOINT_NONE};
}

enum text_charset server_charset(const struct server_options *options)
{
    return locale_charset(options->ascii);
}

bool server_wants_screen(const struct server_options *options)
{
    return !options->json && !options->no_ui && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

/* ---- what to answer */

static bool set_limit(const char *text, struct guard_config *guard)
{
    *guard = (struct guard_config){.scope = GUARD_LIMIT_PUBLIC, .rate_per_s = GUARD_DEFAULT_RATE};
    if (strcmp(text, "auto") == 0)
        return true;
    guard->scope = strcmp(text, "off") == 0 ? GUARD_LIMIT_NONE : GUARD_LIMIT_ALL;
    return guard->scope == GUARD_LIMIT_NONE || units_parse_rate(text, &guard->rate_per_s);
}

/* Without --seed each run has fates of its own. */
static bool set_impair(struct server *server)
{
    const struct server_options *options = &server->options;
    const char *error = NULL;

    server->impair.seed =
        options->seed >= 0 ? (uint64_t)options->seed : (uint64_t)clock_wall_ns() / UNITS_NS_PER_MS;
    if (options->impair != NULL)
        error = impair_parse(options->impair, &server->impair);
    if (error != NULL)
        report_error("--impair %s: %s", options->impair, error);
    return error == NULL;
}

/* Options that are good alone and not with each other. */
static bool go_together(const struct server_options *options)
{
    const struct {
        bool both;
        const char *names, *why;
    } rows[] = {
        {options->privacy && options->pcap != NULL, "--privacy and --pcap",
         "a capture holds every address"},
        {options->privacy && options->names, "--privacy and --names",
         "a name says as much as an address"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!rows[i].both)
            continue;
        report_error("%s do not go together: %s", rows[i].names, rows[i].why);
        return false;
    }
    return true;
}

static bool set_policies(struct server *server)
{
    const struct server_options *options = &server->options;
    const char *error = ack_parse(options->ack, &server->ack);

    if (error != NULL) {
        report_error("--ack %s: %s", options->ack, error);
        return false;
    }
    if (!set_limit(options->ack_limit, &server->guard)) {
        report_error("--ack-limit %s: %s; or give auto or off", options->ack_limit,
                     units_rate_problem(options->ack_limit));
        return false;
    }
    server->guard.ack_acks = options->ack_acks;
    server->guard.answer_all = options->answer_all;
    if (!set_impair(server) || !filter_option_open(options->filter, &server->filter))
        return false;
    return go_together(options);
}

/* ---- the engines */

/* Records of calls a tick. */
static uint32_t calls_of(const struct server *server, bool screen)
{
    bool every = server->options.calls && (!screen || server->options.log != NULL);

    if (every)
        return UINT32_MAX;
    return screen ? SCREEN_CALLS : 0;
}

static struct engine_config engine_config_of(struct server *server, size_t thread, bool screen)
{
    const struct server_options *options = &server->options;
    bool every = !screen || options->log != NULL;

    return (struct engine_config){
        .sockets = server->sockets[thread],
        .socket_count = server->socket_count,
        .groups = thread == 0 ? &server->groups : NULL,
        .event_fd = server->event_fd,
        .shared = &server->shared,
        .engine = (uint8_t)thread,
        .first_slot = (uint32_t)(thread * (size_t)options->max_clients),
        .clients_max = (uint32_t)options->max_clients,
        .ack = server->ack,
        .rules = server->rules,
        .guard = server->guard,
        .batch = (size_t)options->batch,
        .buffer_bytes = options->buffer_bytes,
        .event_ring_bytes = every ? RECORD_RING_BYTES : SCREEN_RING_BYTES,
        .samples = every ? UINT32_MAX : SCREEN_SAMPLES,
        .calls = calls_of(server, screen),
        .tick_ns = screen ? screen_tick_ns : lines_tick_ns,
        .count_max = (uint64_t)options->count,
        .segment = !options->no_gso,
        .impair = server->impair,
        .slow_per_s = options->slow_per_s,
        .names = options->roster,
    };
}

static bool open_engines(struct server *server, bool screen, char *error)
{
    for (size_t i = 0; i < (size_t)server->options.threads; i++) {
        struct engine_config config = engine_config_of(server, i, screen);
        server_record_into(server, i, &config);
        server->engines[i] = engine_open(&config, error);
        if (server->engines[i] == NULL)
            return false;
    }
    return true;
}

/* All are open before the first starts: each has its share of --max-clients. */
bool server_start(struct server *server, bool screen, char *error)
{
    if (!open_engines(server, screen, error))
        return false;
    for (size_t i = 0; i < (size_t)server->options.threads; i++)
        if (!engine_start(server->engines[i], error))
            return false;
    return true;
}

static bool share(struct server *server, int *status)
{
    if (engine_share(&server->shared, &server->guard))
        return true;
    report_error("cannot start the server: %s", reason_text(errno));
    *status = EXIT_SETUP;
    return false;
}

bool server_open(struct server *server, const struct server_options *options,
                 const struct opts_operands *addresses, int *status)
{
    *server = (struct server){.options = *options,
                              .title = "udptui serve",
                              .output = stdout,
                              .started_ns = clock_monotonic_ns(),
                              .deadline_ns = INT64_MAX,
                              .event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (server->event_fd < 0) {
        report_error("cannot start the server: %s", reason_text(errno));
        *status = EXIT_SETUP;
        return false;
    }
    server_calls_begin(&server->calls);
    if (options->duration_ns > 0)
        server->deadline_ns = server->started_ns + options->duration_ns;
    *status = EXIT_USAGE;
    if (set_policies(server) &&
        server_rules_open(&options->on, options->rules, &server->rules, status) &&
        share(server, status) && server_listen(server, addresses, status))
        return true;
    server_close(server);
    server_write_calls(server);
    return false;
}

void server_close_engines(struct server *server)
{
    for (size_t i = 0; i < SERVER_THREADS_MAX; i++) {
        engine_close(server->engines[i]);
        server->engines[i] = NULL;
    }
}

void server_close(struct server *server)
{
    server_close_engines(server);
    engine_unshare(&server->shared);
    server_unlisten(server);
    filter_close(server->filter);
    rules_close(server->rules);
    names_close(&server->names);
    if (server->event_fd >= 0)
        close(server->event_fd);
}

/* ---- records and requests, whichever engine they are of */

/* With --count the engine that took the last datagram stops, and the others need to know. */
static void note_stopped(struct server *server, const struct event_stopped *stopped)
{
    server->stopped++;
    if (server->engine_error == 0)
        server->engine_error = stopped->error;
    if (server->options.count > 0)
        server_ask(server, engine_look);
}

const void *server_event(struct server *server, size_t *size_bytes)
{
    size_t threads = (size_t)server->options.threads;

    for (size_t i = 0; i < threads; i++) {
        const void *record = engine_event(server->engines[server->current], size_bytes);
        if (record != NULL) {
            if (event_kind_of(record) == EVENT_STOPPED)
                note_stopped(server, record);
            return record;
        }
        server->current = (server->current + 1) % threads;
    }
    return NULL;
}

void server_release(struct server *server)
{
    engine_release(server->engines[server->current]);
}

bool server_stopped(const struct server *server)
{
    return server->stopped == (size_t)server->options.threads;
}

struct engine *server_engine_of(const struct server *server, uint32_t slot)
{
    return server->engines[slot / (uint32_t)server->options.max_clients];
}

bool server_ask(struct server *server, bool (*ask)(struct engine *))
{
    bool all = true;

    for (size_t i = 0; i < (size_t)server->options.threads; i++)
        all &= ask(server->engines[i]);
    return all;
}

/* ---- running */

/* A screen may be asked for names later (key n). */
static bool open_names(struct server *server)
{
    const struct server_options *options = &server->options;

    if (options->privacy || !(options->names || server_wants_screen(options)) ||
        names_open(&server->names, options->names) || !options->names)
        return true;
    report_error("--names: cannot look names up: %s", reason_text(errno));
    return false;
}

int server_run(struct server *server)
{
    int status;

    if (!open_names(server))
        return EXIT_SETUP;
    if (!signals_open(&server->signals)) {
        report_error("cannot start a thread: %s", reason_text(errno));
        return EXIT_SETUP;
    }
    server->output = outlet_open(&server->signals);
    signals_end_at(&server->signals, server->deadline_ns);
    if (server_log_open(&server->log, &server->options, server->filter, &server->signals,
                        &status) &&
        server_open_recording(server, &status)) {
        server->log.output.hosts = server->names.hosts;
        if (!server_wants_screen(&server->options) || !server_run_screen(server, &status))
            status = server_run_lines(server);
        status = server_end_recording(server, status);
    }
    status = server_log_close(&server->log, status);
    outlet_close(server->output);
    signals_close(&server->signals);
    return status;
}

/* ---- the end */

void server_check_end(struct server *server, int64_t now_ns)
{
    bool wanted = now_ns >= server->deadline_ns || signals_number(&server->signals) != 0 ||
                  server->engine_error != 0;

    if (server->quit_asked || !wanted)
        return;
    server->quit_asked = server_ask(server, engine_quit);
}

int server_poll_timeout_ms(const struct server *server, int64_t now_ns, int64_t limit_ns)
{
    int64_t until_ns = server->quit_asked ? now_ns + beat_ns : server->deadline_ns;

    if (limit_ns < until_ns)
        until_ns = limit_ns;
    if (until_ns == INT64_MAX)
        return -1;
    if (until_ns <= now_ns)
        return 0;
    int64_t ms = (until_ns - now_ns + UNITS_NS_PER_MS - 1) / UNITS_NS_PER_MS;
    return ms < INT32_MAX ? (int)ms : INT32_MAX;
}

int server_exit_status(const struct server *server)
{
    int number = signals_number(&server->signals);

    if (server->engine_error != 0) {
        report_error("the server ended: waiting for datagrams failed: %s",
                     reason_text(server->engine_error));
        return EXIT_SETUP;
    }
    return number == 0 ? EXIT_DONE : 128 + number;
}
