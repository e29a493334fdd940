/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay: plays a recorded session as if it were live. */
#include <stddef.h>

#include "common_options_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/cmd/commands.h"
#include "udptui/replay/player.h"
#include "udptui/sys/report.h"
#include "udptui/ui/replay/session.h"

#define FIELD(name) offsetof(struct replay_options, name)

enum { TIMEOUT_S = 10 };

#define GROUP_SERVER "Which server"
#define GROUP_PLAY   "Playback"
#define GROUP_COPY   "Save and send"

/* ---- --speed and --server */

/* False with the problem set. */
static bool replay_read_speed(const char *text, double *times, struct problem *problem)
{
    return player_parse_speed(text, times) ||
           problem_set(problem, true, "--speed %s: give a number from 0.01 to 1000, or max", text);
}

static bool replay_check_speed(const struct opt *opt, const char *text, struct problem *problem)
{
    double times;

    (void)opt;
    return replay_read_speed(text, &times, problem);
}

/* Names are not looked up: a capture may come from another network. False with the problem set. */
static bool replay_read_server(const char *text, struct endpoint *server, struct problem *problem)
{
    struct endpoint_spec given;
    enum endpoint_error error = endpoint_split(text, &given);

    if (error != ENDPOINT_OK)
        return problem_set(problem, true, "--server %s: %s", text, endpoint_error_text(error));
    if (!given.is_literal)
        return problem_set(problem, true, "--server %s: give an address, with or without a port",
                           text);
    *server = given.literal;
    server->port = given.has_port ? given.port : 0;
    server->scope = 0; /* a capture has no zones */
    return true;
}

static bool replay_check_server(const struct opt *opt, const char *text, struct problem *problem)
{
    struct endpoint server;

    (void)opt;
    return replay_read_server(text, &server, problem);
}

/* ---- the options */

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
     .check = replay_check_server,
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
     .check = replay_check_speed,
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
    COMMON_CLASS(FIELD(look.roster), COMMON_ROSTER_HELP),
    COMMON_NAMES(FIELD(look.names)),
    COMMON_DISSECT(FIELD(look.dissect)),
    COMMON_PRIVACY(FIELD(look.privacy)),
    COMMON_HISTORY(FIELD(look.history)),
    {.name = "save",
     .type = OPT_TEXT,
     .group = GROUP_COPY,
     .offset = FIELD(save),
     .check = checks_written,
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
     .check = checks_endpoint,
     .argument = "HOST[:PORT]",
     .help = "send the recorded requests to HOST, with their timing, and compare its replies"},
    {.name = "loop",
     .type = OPT_INTEGER,
     .group = GROUP_COPY,
     .advanced = true,
     .offset = FIELD(loop),
     .argument = "N",
     .minimum = 1,
     .maximum = 1000000,
     .help = "send the recording N times, without a pause between",
     .default_text = "1"},
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
    COMMON_THEME(FIELD(look.look)),
    COMMON_LARGE(FIELD(look.look)),
    COMMON_NO_MOUSE(FIELD(look.no_mouse)),
    COMMON_SANDBOX(FIELD(look.sandbox)),
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
    .option_count = COUNT_OF(options),
    .examples = examples,
};

/* False with the error reported. */
static bool replay_read_texts(struct replay_run *run)
{
    const struct replay_options *values = &run->options;
    struct problem problem;

    run->options.times = 1;
    if ((values->speed == NULL ||
         replay_read_speed(values->speed, &run->options.times, &problem)) &&
        (values->server == NULL ||
         replay_read_server(values->server, &run->given_server, &problem)))
        return true;
    report_error("%s", problem.text);
    return false;
}

/* False with the error reported and *status set. */
static bool replay_resolve_target(const struct replay_options *values, struct endpoint *target,
                                  int *status)
{
    return values->to == NULL ||
           common_resolve_target("--to ", values->to, ENDPOINT_NONE, target, status);
}

static bool replay_check_options(const struct replay_options *values)
{
    const struct report_conflict rows[] = {
        COMMON_NAMES_CONFLICT(&values->look),
        COMMON_DISSECT_CONFLICT(&values->look),
        {values->look.dissect && values->to != NULL, "--dissect and --to",
         "run them one after the other"},
    };

    if (values->loop > 1 && values->to == NULL) {
        report_error("--loop sends the recording again: add --to HOST[:PORT]");
        return false;
    }
    return report_check_conflicts(rows, COUNT_OF(rows));
}

static int replay_command(int argument_count, char *const arguments[])
{
    struct replay_run run = {.options = {.look = COMMON_DISPLAY_DEFAULTS,
                                         .max_clients = 65536,
                                         .loop = 1,
                                         .timeout_ns = TIMEOUT_S * UNITS_NS_PER_S}};
    struct opts_operands operands;
    int status;

    if (!commands_parse(&spec, argument_count, arguments, &run.options, &operands, &status) ||
        !replay_resolve_target(&run.options, &run.target, &status))
        return status;
    if (!replay_check_options(&run.options) || !replay_read_texts(&run))
        return EXIT_USAGE;
    if (!common_open_filter(filter_open, run.options.look.filter, &run.filter, &status))
        return status;
    status = replay_run(&run, operands.items[0]);
    filter_close(run.filter);
    return status;
}

const struct command command_replay = {.spec = &spec, .run = replay_command};
