/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay: a recorded session as if it were live. */
#include "udptui/replay/session.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common_options.h"
#include "udptui/base/units.h"
#include "udptui/cmd/commands.h"
#include "udptui/output/outlet.h"
#include "udptui/replay/save.h"
#include "udptui/replay/to.h"
#include "udptui/server/filter_option.h"
#include "udptui/sys/report.h"

#define FIELD(name) offsetof(struct replay_options, name)

enum { TIMEOUT_S = 10, SPEED_MAX = 1000 };

#define GROUP_SERVER "Which server"
#define GROUP_PLAY   "Playback"
#define GROUP_COPY   "Save and send"

static const struct opt options[] = {
    {.name = "port",
     .letter = 'p',
     .type = OPT_INTEGER,
     .group = GROUP_SERVER,
     .offset = FIELD(port),
     .argument = "N",
     .minimum = 1,
     .maximum = 65535,
     .help = "the server's port; read only its datagrams"},
    {.name = "server",
     .type = OPT_TEXT,
     .group = GROUP_SERVER,
     .offset = FIELD(server),
     .argument = "ADDRESS[:PORT]",
     .help = "the server; read only its datagrams"},
    {.name = "timeout",
     .letter = 't',
     .type = OPT_DURATION,
     .group = GROUP_SERVER,
     .advanced = true,
     .offset = FIELD(timeout_ns),
     .argument = "TIME",
     .minimum = 1,
     .maximum = 86400 * UNITS_NS_PER_S,
     .help = "longest time from a request to its reply",
     .default_text = "10s"},
    {.name = "speed",
     .letter = 's',
     .type = OPT_TEXT,
     .group = GROUP_PLAY,
     .offset = FIELD(speed),
     .argument = "N|max",
     .help = "N times the recorded speed, 0.01 to 1000",
     .default_text = "1; max for lines and JSON"},
    {.name = "idle-limit",
     .type = OPT_DURATION,
     .group = GROUP_PLAY,
     .offset = FIELD(idle_limit_ns),
     .argument = "TIME",
     .minimum = UNITS_NS_PER_MS,
     .maximum = 86400 * UNITS_NS_PER_S,
     .help = "shorten longer gaps to this time"},
    COMMON_FILTER(FIELD(look.filter)),
    COMMON_CLASS(FIELD(look.roster)),
    COMMON_NAMES(FIELD(look.names)),
    COMMON_PRIVACY(FIELD(look.privacy)),
    COMMON_HISTORY(FIELD(look.history)),
    {.name = "save",
     .type = OPT_TEXT,
     .group = GROUP_COPY,
     .offset = FIELD(save),
     .argument = "FILE",
     .help = "copy the frames of the chosen messages to another capture; no screen"},
    {.name = "force",
     .type = OPT_FLAG,
     .group = GROUP_COPY,
     .advanced = true,
     .offset = FIELD(force),
     .help = "overwrite a --save FILE even if it is not a capture"},
    {.name = "to",
     .type = OPT_TEXT,
     .group = GROUP_COPY,
     .offset = FIELD(to),
     .argument = "HOST[:PORT]",
     .help = "send the recorded requests to HOST, with their timing, and compare its replies"},
    {.name = "yes",
     .type = OPT_FLAG,
     .group = GROUP_COPY,
     .advanced = true,
     .offset = FIELD(yes),
     .help = "allow --to a public address"},
    COMMON_NO_UI(FIELD(look.no_ui)),
    COMMON_JSON(FIELD(look.json)),
    COMMON_LOG(FIELD(look.log)),
    COMMON_TIME(FIELD(look.time)),
    COMMON_FULL(FIELD(look.full)),
    COMMON_ASCII(FIELD(look.ascii)),
    COMMON_NO_MOUSE(FIELD(look.no_mouse)),
    COMMON_HELP,
};

static const char *const examples[] = {
    "udptui serve --pcap class.pcap         record, and later",
    "udptui replay class.pcap               play it; Space pauses, . steps",
    "udptui replay --port 53 --json a.pcap  any capture with UDP in it",
    "udptui replay --filter from:10.0.0.7 --save b.pcap a.pcap  save a part",
    "tcpdump -U -w - udp | udptui replay -  live, as it is captured",
    NULL,
};

static const struct opts_command spec = {
    .name = "replay",
    .summary = "Play a capture file as if it were live",
    .operands = "FILE",
    .operands_min = 1,
    .operands_max = 1,
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .examples = examples,
};

static bool set_speed(struct replay_options *values)
{
    char *end;

    values->times = 1;
    if (values->speed == NULL)
        return true;
    if (strcmp(values->speed, "max") == 0) {
        values->times = 0;
        return true;
    }
    values->times = strtod(values->speed, &end);
    if (*end == '\0' && end != values->speed && isfinite(values->times) && values->times >= 0.01 &&
        values->times <= SPEED_MAX)
        return true;
    report_error("--speed %s: give a number from 0.01 to 1000, or max", values->speed);
    return false;
}

/* A name is not looked up: a capture is not about the network that this machine is in. */
static bool set_server(struct replay_options *values)
{
    struct endpoint_spec given;
    enum endpoint_error error;

    if (values->server == NULL)
        return true;
    error = endpoint_split(values->server, &given);
    if (error != ENDPOINT_OK) {
        report_error("--server %s: %s", values->server, endpoint_error_text(error));
        return false;
    }
    if (!given.is_literal) {
        report_error("--server %s: give an address, with or without a port", values->server);
        return false;
    }
    values->server_endpoint = given.literal;
    values->server_endpoint.port = given.has_port ? given.port : 0;
    values->server_endpoint.scope = 0; /* a capture knows no zones */
    values->given_server = values->server_endpoint;
    return true;
}

struct replay *replay_make(const struct replay_run *run, int64_t hold_ns,
                           void (*emit)(void *context, const void *record, size_t size_bytes),
                           void *context)
{
    const struct replay_config config = {
        .port = (uint16_t)run->options.port,
        .server = run->options.server_endpoint,
        .clients_max = (uint32_t)run->options.look.max_clients,
        .patience_ns = run->options.timeout_ns,
        .hold_ns = hold_ns,
        .emit = emit,
        .context = context,
    };

    return replay_open(&config);
}

bool replay_feed(struct replay_run *run, struct replay *replay)
{
    struct replay_cursor *cursor = &run->cursor;
    bool wanted = replay_take(replay, &cursor->packet, cursor->stamp_ns, cursor->wall_ns);

    cursor->filtered += !wanted;
    return wanted;
}

/* ---- the command */

/* The keys of a capture on standard input come from the terminal itself, if there is one. */
static bool wants_screen(const struct replay_run *run)
{
    const struct server_options *look = &run->options.look;
    int terminal;

    if (strcmp(run->cursor.path, "-") != 0)
        return server_wants_screen(look);
    if (look->json || look->no_ui || !isatty(STDOUT_FILENO))
        return false;
    terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (terminal >= 0)
        close(terminal);
    return terminal >= 0;
}

static int play(struct replay_run *run)
{
    bool screen = run->options.to == NULL && run->options.save == NULL && wants_screen(run);
    int status;

    if (!signals_open(&run->signals)) {
        report_error("cannot start a thread: %s", strerror(errno));
        return EXIT_SETUP;
    }
    run->output = outlet_open(&run->signals);
    if (replay_log_open(run, &status)) {
        if (run->options.to != NULL)
            status = replay_to_run(run);
        else if (!screen || !replay_run_screen(run, &status))
            status = replay_run_lines(run);
        status = server_log_close(&run->log, status);
    }
    outlet_close(run->output);
    signals_close(&run->signals);
    return status;
}

static int play_or_save(struct replay_run *run)
{
    int status;

    if (run->options.save != NULL) {
        if (!replay_save_prepare(run, &status))
            return status;
        run->save = replay_save_open(run, &status);
        if (run->save == NULL)
            return status;
    }
    status = play(run);
    replay_save_close(run->save);
    return status;
}

/* Keys come from the terminal: a capture cannot. */
static bool is_readable(const char *path)
{
    if (strcmp(path, "-") != 0 || !isatty(STDIN_FILENO))
        return true;
    report_error("-: standard input is the terminal: pipe a capture into it, as from "
                 "tcpdump -U -w - udp");
    return false;
}

static int run_replay(int argument_count, char *const arguments[])
{
    struct replay_run run = {
        .options = {.look = server_default_options(), .timeout_ns = TIMEOUT_S * UNITS_NS_PER_S}};
    struct opts_operands operands;
    int status;

    if (!commands_parse(&spec, argument_count, arguments, &run.options, &operands, &status))
        return status;
    if (!replay_to_prepare(&run.options, &status))
        return status;
    if (!set_speed(&run.options) || !set_server(&run.options) || !is_readable(operands.items[0]) ||
        !filter_option_open(run.options.look.filter, &run.filter))
        return EXIT_USAGE;
    if (!replay_cursor_open(&run.cursor, operands.items[0])) {
        report_error("%s", run.cursor.error);
        filter_close(run.filter);
        return EXIT_SETUP;
    }
    status = play_or_save(&run);
    if (run.cursor.error[0] != '\0') {
        report_error("%s", run.cursor.error);
        status = status == EXIT_DONE ? EXIT_SETUP : status;
    }
    replay_cursor_close(&run.cursor);
    filter_close(run.filter);
    return status;
}

const struct command command_replay = {.spec = &spec, .run = run_replay};
