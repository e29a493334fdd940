/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* demo: a server and three clients that send to it through real sockets, on loopback. */
#include <stddef.h>
#include <stdio.h>

#include "common_options_internal.h"
#include "serve_options_internal.h"
#include "udptui/base/array.h"
#include "udptui/client/demo_clients.h"
#include "udptui/cmd/commands.h"
#include "udptui/sys/report.h"
#include "udptui/ui/serve/served.h"

#define FIELD(name) offsetof(struct serve_options, name)

static const struct opt options[] = {
    COMMON_IMPAIR(FIELD(server.impair)),          COMMON_SEED(FIELD(server.seed)),
    COMMON_FILTER(FIELD(session.display.filter)), COMMON_NO_UI(FIELD(session.display.no_ui)),
    COMMON_JSON(FIELD(session.display.json)),     COMMON_LOG(FIELD(session.display.log)),
    COMMON_TIME(FIELD(session.display.time)),     COMMON_FULL(FIELD(session.display.full)),
    COMMON_ASCII(FIELD(session.display.ascii)),   COMMON_THEME(FIELD(session.display.look)),
    COMMON_LARGE(FIELD(session.display.look)),    COMMON_NO_MOUSE(FIELD(session.display.no_mouse)),
    COMMON_DURATION(FIELD(session.duration_ns)),  COMMON_HELP,
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
    .option_count = COUNT_OF(options),
    .examples = examples,
};

struct demo {
    struct demo_clients clients;
    const struct endpoint *server;
    bool begun;
};

static bool demo_begin(void *context, char *error)
{
    struct demo *demo = context;
    char why[UDP_ERROR_SIZE];

    demo->begun = demo_clients_start(&demo->clients, demo->server, why);
    if (!demo->begun)
        snprintf(error, BACKEND_ERROR_SIZE, "%.*s", BACKEND_ERROR_SIZE - 1, why);
    return demo->begun;
}

/* The clients send until the screen has closed. */
static int demo_show(struct served *served)
{
    struct demo demo = {.server = listen_first_address(&served->server.listening)};
    int status;

    served->session.options.begin = demo_begin;
    served->session.options.begin_context = &demo;
    status = serve_session_run(&served->session);
    if (demo.begun)
        demo_clients_stop(&demo.clients);
    return status;
}

static int demo_command(int argument_count, char *const arguments[])
{
    const struct opts_operands loopback = {.items = {"127.0.0.1:0"}, .count = 1};
    struct serve_options values = serve_default_options();
    struct opts_operands operands;
    struct served *served;
    struct filter *filter;
    int status;

    if (!commands_parse(&spec, argument_count, arguments, &values, &operands, &status))
        return status;
    values.server.clients_fixed = values.session.memory_fixed = true;
    if (!common_open_filter(filter_open, values.session.display.filter, &filter, &status))
        return status;
    served = served_open(&values, "udptui demo", filter, &loopback, &status);
    if (served != NULL) {
        status = demo_show(served);
        served_close(served);
    }
    filter_close(filter);
    return status;
}

const struct command command_demo = {.spec = &spec, .run = demo_command};
