/* SPDX-License-Identifier: GPL-3.0-or-later */
/* demo: a server and three clients that talk to it through real sockets, on loopback. */
#include <stddef.h>

#include "common_options.h"
#include "udptui/client/demo_clients.h"
#include "udptui/cmd/commands.h"
#include "udptui/server/server.h"
#include "udptui/sys/report.h"

#define FIELD(name) offsetof(struct server_options, name)

static const struct opt options[] = {
    COMMON_IMPAIR(FIELD(impair)),
    COMMON_SEED(FIELD(seed)),
    COMMON_FILTER(FIELD(filter)),
    COMMON_NO_UI(FIELD(no_ui)),
    COMMON_JSON(FIELD(json)),
    COMMON_LOG(FIELD(log)),
    COMMON_TIME(FIELD(time)),
    COMMON_FULL(FIELD(full)),
    COMMON_ASCII(FIELD(ascii)),
    COMMON_NO_MOUSE(FIELD(no_mouse)),
    COMMON_DURATION(FIELD(duration_ns)),
    COMMON_HELP,
};

static const char *const examples[] = {
    "udptui demo                      the screen; ? shows its keys, q quits",
    "udptui demo --impair wifi        the same over a bad network",
    "udptui demo --no-ui -d 5s        five seconds of it as lines",
    NULL,
};

static const struct opts_command spec = {
    .name = "demo",
    .summary = "Run a server and three clients in one terminal, on loopback",
    .operands = "",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .examples = examples,
};

/* The clients talk from before the screen opens until it has closed. */
static int run_with_talkers(struct server *server)
{
    struct talkers talkers;
    char error[UDP_ERROR_SIZE];
    int status;

    if (!talkers_start(&talkers, &server->sockets[0][0].local, error)) {
        report_error("%s", error);
        return EXIT_SETUP;
    }
    status = server_run(server);
    talkers_stop(&talkers);
    return status;
}

static int run(int argument_count, char *const arguments[])
{
    struct server_options values = server_default_options();
    struct opts_operands operands;
    const struct opts_operands loopback = {.items = {"127.0.0.1:0"}, .count = 1};
    struct server server;
    int status;

    if (!commands_parse(&spec, argument_count, arguments, &values, &operands, &status) ||
        !server_open(&server, &values, &loopback, &status))
        return status;
    server.title = "udptui demo";
    status = run_with_talkers(&server);
    server_close(&server);
    return status;
}

const struct command command_demo = {.spec = &spec, .run = run};
