/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/ui/relay/relayed.h"

#include <stdio.h>
#include <stdlib.h>

#include "udptui/base/builder.h"
#include "udptui/sys/interfaces.h"
#include "udptui/sys/report.h"
#include "udptui/ui/serve/backend.h"

/* ---- the first lines */

static bool relayed_announce(const void *context, const struct serve_writer *writer,
                             const struct serve_output *output)
{
    const struct relay *relay = context;
    const struct listening *listening = &relay->listening;
    char address[ENDPOINT_TEXT_SIZE], target[ENDPOINT_TEXT_SIZE];

    for (size_t i = 0; i < listening->socket_count; i++) {
        const struct relay_target *of = &relay->targets[relay->socket_targets[i]];
        listen_format_address(listening, i, address, sizeof address);
        endpoint_format_in(&of->address, &interfaces_zones, target, sizeof target);
        if (!writer->listening(output, address, target))
            return false;
    }
    return backend_announce_groups(listening, writer, output);
}

/* ---- the table */

/* "127.0.0.1:5300 -> 127.0.0.1:53, ..." */
static void relayed_list_pairs(const struct relay *relay, char *out, size_t size)
{
    char pair[RELAY_PAIR_SIZE];

    out[0] = '\0';
    for (size_t i = 0; i < relay->listening.socket_count; i++)
        builder_append(out, size, "%s%s", i > 0 ? ", " : "",
                       relay_format_pair(relay, i, pair, sizeof pair));
}

static bool relayed_looks_names_up(const struct relay *relay)
{
    for (size_t i = 0; i < relay->target_count; i++)
        if (relay->targets[i].host != NULL)
            return true;
    return false;
}

static void relayed_describe(const void *context, struct backend_facts *facts)
{
    const struct relay *relay = context;

    *facts = (struct backend_facts){
        .word = "relay",
        .relay = true,
        .groups = listen_group_count(&relay->listening) > 0,
        .names = relayed_looks_names_up(relay),
        .clients_max = relay->clients_max,
        .engines = 1,
        .receive_buffer_bytes = listen_receive_buffer_bytes(&relay->listening),
        .impair = relay->impair,
    };
    if (relay_note(relay, facts->note, sizeof facts->note) == NULL)
        facts->note[0] = '\0';
    relayed_list_pairs(relay, facts->listening, sizeof facts->listening);
    if (!listen_format_join(&relay->listening, facts->join, sizeof facts->join))
        facts->join[0] = '\0';
}

static bool relayed_start(void *context, const struct server_detail *detail, char *error)
{
    return relay_start(context, detail, error);
}

static void relayed_close_engines(void *context)
{
    relay_close_engines(context);
}

static void relayed_close_sockets(void *context)
{
    relay_close_sockets(context);
}

static const struct call *relayed_next_call(void *context)
{
    struct relay *relay = context;

    return server_calls_next(&relay->calls);
}

static int relayed_event_fd(const void *context)
{
    return ((const struct relay *)context)->event_fd;
}

static const void *relayed_event(void *context, size_t *size_bytes)
{
    return relay_event(context, size_bytes);
}

static void relayed_release(void *context)
{
    relay_release(context);
}

static bool relayed_stopped(const void *context)
{
    return relay_stopped(context);
}

static int relayed_error(const void *context)
{
    return ((const struct relay *)context)->engine_error;
}

static void relayed_quit(void *context)
{
    relay_quit(context);
}

static bool relayed_reset(void *context)
{
    return relay_reset(context);
}

static bool relayed_set_forwarding(void *context, bool on)
{
    return relay_set_forwarding(context, on);
}

static bool relayed_set_impair(void *context, const struct impair_config *impair)
{
    return relay_set_impair(context, impair);
}

static bool relayed_send(void *context, uint32_t slot, uint32_t generation, const void *bytes,
                         size_t size_bytes)
{
    return relay_send(context, slot, generation, bytes, size_bytes);
}

static const struct backend_ops relayed_ops = {.lines = &relay_lines,
                                               .json = &relay_json,
                                               .describe = relayed_describe,
                                               .announce = relayed_announce,
                                               .start = relayed_start,
                                               .close_engines = relayed_close_engines,
                                               .close_sockets = relayed_close_sockets,
                                               .next_call = relayed_next_call,
                                               .event_fd = relayed_event_fd,
                                               .event = relayed_event,
                                               .release = relayed_release,
                                               .stopped = relayed_stopped,
                                               .error = relayed_error,
                                               .quit = relayed_quit,
                                               .reset = relayed_reset,
                                               .set_acks = relayed_set_forwarding,
                                               .set_impair = relayed_set_impair,
                                               .send = relayed_send};

/* ---- opening and closing */

/* The error is reported, and after it the calls of --calls. */
struct relayed *relayed_open(const struct relay_session_options *options,
                             const struct filter *filter, const struct opts_operands *operands,
                             int *status)
{
    struct relayed *relayed = malloc(sizeof *relayed);
    struct backend backend = {.ops = &relayed_ops};
    struct problem problem;

    if (relayed == NULL) {
        *status = EXIT_SETUP;
        report_error("not enough memory");
        return NULL;
    }
    backend.context = &relayed->relay;
    serve_session_open(&relayed->session, &options->session, "udptui relay", filter, &backend);
    if (relay_open(&relayed->relay, &options->relay, operands, &problem))
        return relayed;
    report_error("%s", problem.text);
    *status = problem.usage ? EXIT_USAGE : EXIT_SETUP;
    serve_write_calls(&relayed->session);
    free(relayed);
    return NULL;
}

void relayed_close(struct relayed *relayed)
{
    relay_close(&relayed->relay);
    serve_session_close(&relayed->session);
    free(relayed);
}
