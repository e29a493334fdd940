/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_session: chooses how a capture is shown. */
#include "udptui/ui/replay/session.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/replay/survey.h"
#include "udptui/sys/report.h"
#include "udptui/sys/thread.h"

enum { LOAD_SIZE = 160 };

/* The keys of a capture on standard input come from the terminal itself, if there is one. */
static bool replay_wants_screen(const struct replay_run *run)
{
    const struct replay_options *options = &run->options;
    int terminal;

    if (options->save != NULL)
        return false;
    if (strcmp(run->source.cursor.path, "-") != 0)
        return display_wants_screen(&options->look);
    if (options->look.json || options->look.no_ui || !isatty(STDOUT_FILENO))
        return false;
    terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (terminal >= 0)
        close(terminal);
    return terminal >= 0;
}

static int replay_show(struct replay_run *run)
{
    bool screen = replay_wants_screen(run);
    int status;

    if (run->options.to != NULL)
        return replay_run_resend(run, screen);
    if (screen && replay_run_screen(run, &status))
        return status;
    return replay_run_lines(run);
}

/* A reader of the lines decides how fast a capture is read, but not when its requests are sent. */
static int replay_run_with_signals(struct replay_run *run)
{
    int status;

    if (!signals_open(&run->signals)) {
        report_error("cannot start a thread: %s", thread_failure(errno));
        return EXIT_SETUP;
    }
    if (run->save != NULL)
        signals_watch_output(&run->signals, SIGNALS_CAPTURE, replay_save_fd(run->save));
    outlet_open(&run->outlet, run->options.to != NULL ? OUTLET_HOLDS : OUTLET_WAITS, &run->signals);
    run->output = run->outlet.file;
    if (replay_log_open(run, &status))
        status = serve_log_close(&run->log, outlet_finish(&run->outlet, replay_show(run)));
    status = outlet_close(&run->outlet, status);
    signals_close(&run->signals);
    return status;
}

/* Whether --save is possible with the other options and this file. */
static bool replay_can_save(const struct replay_run *run)
{
    const struct replay_options *values = &run->options;
    const struct replay_cursor *cursor = &run->source.cursor;
    const struct report_conflict rows[] = {
        {values->look.privacy, "--save and --privacy", "a capture contains every address"},
        {values->to != NULL, "--save and --to", "run them one after the other"},
        {values->speed != NULL, "--save and --speed", "nothing is played while saving"},
    };

    if (values->save == NULL)
        return true;
    if (!report_check_conflicts(rows, COUNT_OF(rows)))
        return false;
    if (strcmp(cursor->path, "-") != 0 && replay_cursor_fd(cursor) < 0)
        return true;
    report_error("%s: --save reads a capture more than once: give a file, not a pipe",
                 cursor->path);
    return false;
}

/* "up to 120 datagrams in 60 s, 3 times", as far as the recording can be read twice. Returns out. */
static const char *replay_describe_load(struct replay_run *run, char *out, size_t size)
{
    const double times = run->options.times > 0 ? run->options.times : 1;
    struct survey survey;
    char duration[UNITS_TEXT_SIZE];
    uint64_t requests = 0;
    size_t said;

    snprintf(out, size, "the requests of a pipe");
    if (replay_cursor_fd(&run->source.cursor) >= 0 || !survey_open(&survey, &run->source))
        return out;
    while (survey_read(&survey, &run->source, UNITS_NS_PER_S))
        ;
    for (size_t i = 0; i < survey.overview.server_count; i++)
        requests += survey.overview.servers[i].requests;
    units_duration((int64_t)((double)(survey.overview.last_ns - survey.overview.first_ns) / times),
                   duration, sizeof duration);
    said = (size_t)snprintf(out, size, "up to %" PRIu64 " datagrams %s%s",
                            requests + survey.overview.uncounted,
                            run->options.times > 0 ? "in " : "as fast as possible",
                            run->options.times > 0 ? duration : "");
    if (run->options.loop > 1)
        snprintf(out + said, size - said, ", %lld times", (long long)run->options.loop);
    survey_close(&survey);
    return out;
}

static bool replay_may_send(struct replay_run *run)
{
    const struct replay_options *values = &run->options;
    char text[LOAD_SIZE];

    if (values->to == NULL)
        return true;
    if (values->loop > 1 && replay_cursor_fd(&run->source.cursor) >= 0) {
        report_error("%s: --loop reads a capture more than once: give a file, not a pipe",
                     run->source.cursor.path);
        return false;
    }
    if (!endpoint_is_public(&run->target) || values->yes)
        return true;
    report_error("--to %s: a public address, which would get %s: add --yes if its owner agrees",
                 values->to, replay_describe_load(run, text, sizeof text));
    return false;
}

/* Lines are written faster than names are found. */
static bool replay_can_name(const struct replay_run *run)
{
    if (!run->options.look.names || (run->options.to == NULL && replay_wants_screen(run)))
        return true;
    report_error("--names: only the screen shows names of a capture");
    return false;
}

/* A capture is opened more than once; from a pipe, it may have a screen as well. */
static bool replay_enter_sandbox(struct replay_run *run)
{
    const struct sandbox_needs needs = {.command = SANDBOX_REPLAY,
                                        .screen = replay_wants_screen(run),
                                        .written = {run->options.save},
                                        .read = {run->source.cursor.path}};

    return display_enter_sandbox(&run->options.look, needs, &run->launcher);
}

/* Keys come from the terminal, so a capture cannot. */
static bool replay_is_readable(const char *path)
{
    if (strcmp(path, "-") != 0 || !isatty(STDIN_FILENO))
        return true;
    report_error("-: standard input is the terminal: pipe a capture into it, as from "
                 "tcpdump -U -w - udp");
    return false;
}

/* Plays the source, which is open. Exit status. */
static int replay_run_source(struct replay_run *run)
{
    const struct replay_options *options = &run->options;
    char error[CAPTURE_ERROR_SIZE];
    int status;

    if (!replay_can_save(run) || !replay_can_name(run) || !replay_may_send(run))
        return EXIT_USAGE;
    if (options->save != NULL) {
        run->save = replay_save_open(&run->source, options->save, options->force, error);
        if (run->save == NULL) {
            report_error("--save %s", error);
            return EXIT_SETUP;
        }
    }
    if (replay_wants_screen(run) && !options->look.privacy) /* without them the key reports it */
        names_open(&run->names, options->look.names, (enum sandbox_mode)options->look.sandbox);
    status = replay_enter_sandbox(run) ? replay_run_with_signals(run) : EXIT_SETUP;
    launcher_close(run->launcher);
    names_close(&run->names);
    replay_save_close(run->save);
    if (run->source.cursor.error[0] == '\0')
        return status;
    report_error("%s", run->source.cursor.error);
    return status == EXIT_DONE ? EXIT_SETUP : status;
}

int replay_run(struct replay_run *run, const char *path)
{
    struct replay_source *source = &run->source;
    int status;

    if (!replay_is_readable(path))
        return EXIT_USAGE;
    if (!replay_cursor_open(&source->cursor, path)) {
        report_error("%s", source->cursor.error);
        return EXIT_SETUP;
    }
    source->port = (uint16_t)run->options.port;
    source->server = run->given_server;
    source->clients_max = (uint32_t)run->options.max_clients;
    source->patience_ns = run->options.timeout_ns;
    status = replay_run_source(run);
    replay_cursor_close(&source->cursor);
    return status;
}
