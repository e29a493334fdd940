/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/ui/serve/served.h"

#include <stdio.h>
#include <stdlib.h>

#include "udptui/sys/report.h"
#include "udptui/ui/serve/backend.h"

/* ---- the first lines */

static bool served_announce(const void *context, const struct serve_writer *writer,
                            const struct serve_output *output)
{
    const struct server *server = context;
    const struct listening *listening = &server->listening;
    char address[ENDPOINT_TEXT_SIZE];

    for (size_t i = 0; i < listening->socket_count; i++)
        if (!writer->listening(output, listen_format_address(listening, i, address, sizeof address),
                               NULL))
            return false;
    return backend_announce_groups(listening, writer, output);
}

/* ---- the table */

static void served_describe(const void *context, struct backend_facts *facts)
{
    const struct server *server = context;

    *facts = (struct backend_facts){
        .word = "server",
        .groups = listen_group_count(&server->listening) > 0,
        .clients_max = server_clients_max(server),
        .engines = (size_t)server->options.threads,
        .receive_buffer_bytes = listen_receive_buffer_bytes(&server->listening),
        .impair = server->policies.impair,
        .slow_per_s = server->options.slow_per_s,
    };
    listen_list_addresses(&server->listening, facts->listening, sizeof facts->listening);
    if (!listen_format_join(&server->listening, facts->join, sizeof facts->join))
        facts->join[0] = '\0';
}

static bool served_start(void *context, const struct server_detail *detail, char *error)
{
    return server_start(context, detail, error);
}

static void served_close_engines(void *context)
{
    server_close_engines(context);
}

static void served_close_sockets(void *context)
{
    server_close_sockets(context);
}

static const struct call *served_next_call(void *context)
{
    struct server *server = context;

    return server_calls_next(&server->calls);
}

static int served_event_fd(const void *context)
{
    return ((const struct server *)context)->event_fd;
}

static const void *served_event(void *context, size_t *size_bytes)
{
    return server_event(context, size_bytes);
}

static void served_release(void *context)
{
    server_release(context);
}

static bool served_stopped(const void *context)
{
    return server_stopped(context);
}

static int served_error(const void *context)
{
    return ((const struct server *)context)->engine_error;
}

static void served_quit(void *context)
{
    server_quit(context);
}

static bool served_reset(void *context)
{
    server_reset(context);
    return true;
}

static bool served_set_acks(void *context, bool on)
{
    return server_set_acks(context, on);
}

static bool served_set_impair(void *context, const struct impair_config *impair)
{
    return server_set_impair(context, impair);
}

static bool served_quiz(void *context, const struct quiz_request *request)
{
    return server_quiz(context, request);
}

static bool served_send(void *context, uint32_t slot, uint32_t generation, const void *bytes,
                        size_t size_bytes)
{
    return server_send(context, slot, generation, bytes, size_bytes);
}

static const struct backend_ops served_ops = {.lines = &serve_lines,
                                              .json = &serve_json,
                                              .describe = served_describe,
                                              .announce = served_announce,
                                              .start = served_start,
                                              .close_engines = served_close_engines,
                                              .close_sockets = served_close_sockets,
                                              .next_call = served_next_call,
                                              .event_fd = served_event_fd,
                                              .event = served_event,
                                              .release = served_release,
                                              .stopped = served_stopped,
                                              .error = served_error,
                                              .quit = served_quit,
                                              .reset = served_reset,
                                              .set_acks = served_set_acks,
                                              .set_impair = served_set_impair,
                                              .quiz = served_quiz,
                                              .send = served_send};

/* ---- opening and closing */

/* Such a rule hardly ever matches, which nothing else would show. */
static void report_doubtful_rule(const struct rules *rules)
{
    const struct filter_problem *doubt;
    const char *text = rules != NULL ? rules_doubt(rules, &doubt) : NULL;

    if (text != NULL)
        report_error("rule '%s': note: at byte %zu: %s", text, doubt->offset_bytes + 1, doubt->why);
}

/* The error is reported, and after it the calls of --calls. */
struct served *served_open(const struct serve_options *options, const char *title,
                           const struct filter *filter, const struct opts_operands *addresses,
                           int *status)
{
    struct served *served = malloc(sizeof *served);
    struct backend backend = {.ops = &served_ops};
    struct problem problem;

    if (served == NULL) {
        *status = EXIT_SETUP;
        report_error("not enough memory");
        return NULL;
    }
    backend.context = &served->server;
    serve_session_open(&served->session, &options->session, title, filter, &backend);
    if (server_open(&served->server, &options->server, addresses, &problem)) {
        report_doubtful_rule(served->server.policies.rules);
        return served;
    }
    report_error("%s", problem.text);
    *status = problem.usage ? EXIT_USAGE : EXIT_SETUP;
    serve_write_calls(&served->session);
    free(served);
    return NULL;
}

void served_close(struct served *served)
{
    server_close(&served->server);
    serve_session_close(&served->session);
    free(served);
}
