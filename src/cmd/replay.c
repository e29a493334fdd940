/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay: a recorded session as if it were live. */
#include "replay.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common_options.h"
#include "outlet.h"
#include "udptui/cmd/commands.h"
#include "udptui/core/units.h"

#define FIELD(name) offsetof(struct replay_options, name)

enum { PATIENCE_S = 10, SPEED_MAX = 1000 };

static const struct opt options[] = {
    {.name = "port",
     .letter = 'p',
     .type = OPT_INTEGER,
     .offset = FIELD(port),
     .argument = "N",
     .minimum = 1,
     .maximum = 65535,
     .help = "the server's port: only what goes to it or comes from it"},
    {.name = "speed",
     .letter = 's',
     .type = OPT_TEXT,
     .offset = FIELD(speed),
     .argument = "N|max",
     .help = "so many times as fast as it was, 0.01 to 1000 (1); lines come at once "
             "where it is not given"},
    {.name = "history",
     .type = OPT_INTEGER,
     .offset = FIELD(look.history),
     .argument = "N",
     .minimum = 1,
     .maximum = 1 << 24,
     .help = "messages kept for the screen (10000)"},
    {.name = "class",
     .type = OPT_FLAG,
     .offset = FIELD(look.roster),
     .help = "a class roster: 'hello NAME' names a client, silent ones are marked"},
    {.name = "privacy",
     .type = OPT_FLAG,
     .offset = FIELD(look.privacy),
     .help = "do not show the clients' addresses"},
    COMMON_NO_UI(FIELD(look.no_ui)),
    COMMON_JSON(FIELD(look.json)),
    COMMON_FULL(FIELD(look.full)),
    COMMON_ASCII(FIELD(look.ascii)),
    COMMON_NO_MOUSE(FIELD(look.no_mouse)),
    COMMON_HELP,
};

static const char *const examples[] = {
    "udptui serve --pcap class.pcap         record, and later",
    "udptui replay class.pcap               look at it again; Space stops, . steps",
    "udptui replay --port 53 --json a.pcap  any capture with UDP in it",
    NULL,
};

static const struct opts_command spec = {
    .name = "replay",
    .summary = "Look at a recorded session as if it were live",
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
    commands_complain("--speed %s: give a number from 0.01 to 1000, or max", values->speed);
    return false;
}

struct replay *replay_make(const struct replay_run *run, bool early,
                           void (*tell)(void *context, const void *record, size_t size_bytes),
                           void *context)
{
    const struct replay_config config = {
        .port = (uint16_t)run->options.port,
        .clients_max = (uint32_t)run->options.look.max_clients,
        .patience_ns = PATIENCE_S * UNITS_NS_PER_S,
        .early = early,
        .tell = tell,
        .context = context,
    };

    return replay_open(&config);
}

void replay_feed(struct replay_run *run, struct replay *replay)
{
    if (!replay_take(replay, &run->film.packet, run->film.wall_ns))
        run->film.filtered++;
    film_next(&run->film);
}

/* ---- the command */

static int play(struct replay_run *run)
{
    bool screen = server_wants_screen(&run->options.look);
    int status;

    if (screen && strcmp(run->film.path, "-") == 0) {
        commands_complain("-: a screen needs a file that can be read again: use --no-ui");
        return EXIT_USAGE;
    }
    if (!signals_open(&run->signals)) {
        commands_complain("cannot start a thread: %s", strerror(errno));
        return EXIT_SETUP;
    }
    run->output = outlet_open(&run->signals);
    if (!screen || !replay_run_screen(run, &status))
        status = replay_run_lines(run);
    outlet_close(run->output);
    signals_close(&run->signals);
    return status;
}

static int run_replay(int argument_count, char *const arguments[])
{
    struct replay_run run = {.options = {.look = server_default_options()}};
    struct opts_operands operands;
    int status;

    if (!commands_parse(&spec, argument_count, arguments, &run.options, &operands, &status))
        return status;
    if (!set_speed(&run.options))
        return EXIT_USAGE;
    if (!film_open(&run.film, operands.items[0])) {
        commands_complain("%s", run.film.error);
        return EXIT_SETUP;
    }
    status = play(&run);
    if (run.film.error[0] != '\0') {
        commands_complain("%s", run.film.error);
        status = status == EXIT_DONE ? EXIT_SETUP : status;
    }
    film_close(&run.film);
    return status;
}

const struct command command_replay = {.spec = &spec, .run = run_replay};
