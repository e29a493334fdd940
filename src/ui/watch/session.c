/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session: see the header. */
#include "udptui/ui/watch/session.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session_internal.h"
#include "udptui/base/array.h"
#include "udptui/output/line_time.h"
#include "udptui/output/payload.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/locale.h"
#include "udptui/sys/random.h"
#include "udptui/sys/report.h"
#include "udptui/sys/sandbox.h"
#include "udptui/sys/thread.h"

const struct opts_word watch_words[] = {
    {"server", "a program that publishes: serve, relay or ping with --publish"},
    {"up", "the broker says that it runs"},
    {"stale", "whether it runs is not known: no report of it since we connected, or no connection"},
    {"gone", "it died, or it lost its connection to the broker"},
    {"ended", "it was stopped; its figures are final"},
    {"x2", "two programs publish under this name: give one of them another with --publish-as"},
    {"~", "the time is by the clock of the server"},
    {"drops", "datagrams that the kernel dropped at the full receive queue"},
    {NULL, NULL},
};

/* ---- memory */

static bool watch_make_memory(struct watch_session *session)
{
    const struct fleet_config fleet = {.servers_max = (uint32_t)session->config.servers_max,
                                       .charset = locale_charset(session->config.ascii),
                                       .key = random_key()};

    session->fleet = fleet_open(&fleet);
    session->written = calloc((size_t)session->config.servers_max, sizeof *session->written);
    session->documents = malloc(sizeof *session->documents);
    if (session->fleet != NULL && session->written != NULL && session->documents != NULL)
        return true;
    report_error("not enough memory: use a smaller --max-servers");
    return false;
}

static void watch_free_memory(struct watch_session *session)
{
    fleet_close(session->fleet);
    free(session->written);
    free(session->documents);
}

/* ---- the link */

static bool watch_open_link(struct watch_session *session)
{
    char topics[SNAPSHOT_PARTS][SNAPSHOT_TOPIC_SIZE], error[LINK_ERROR_SIZE];
    struct link_config config = {.broker = &session->config.broker};

    /* The smallest documents first: if some do not come, the server is known by others. */
    static const enum snapshot_part parts[] = {SNAPSHOT_STATE, SNAPSHOT_STATS, SNAPSHOT_CLIENTS,
                                               SNAPSHOT_MESSAGES};

    for (size_t i = 0; i < COUNT_OF(parts); i++)
        config.subscriptions[i] =
            snapshot_format_subscription(session->config.broker.prefix, parts[i], topics[i]);
    session->link = link_open(&config, error);
    if (session->link == NULL)
        report_error("%s", error);
    return session->link != NULL;
}

static void watch_name_broker(struct watch_session *session)
{
    const struct broker *broker = &session->config.broker;
    enum text_charset charset = locale_charset(session->config.ascii);
    char at[BROKER_TEXT_SIZE], prefix[SNAPSHOT_PREFIX_SIZE * TEXT_EXPANSION];

    text_render(prefix, sizeof prefix, broker->prefix, strlen(broker->prefix), charset);
    snprintf(session->broker, sizeof session->broker, "%s/%s", broker_format(broker, charset, at),
             prefix);
}

/* ---- beginning and end */

static bool watch_enter_sandbox(const struct watch_session *session)
{
    const struct watch_config *config = &session->config;
    struct sandbox_needs needs = {
        .command = SANDBOX_WATCH, .screen = config->screen, .written = {config->log}};

    broker_add_needs(&config->broker, &needs);
    meter_add_needs(&session->meter, &needs);
    return sandbox_enter((enum sandbox_mode)config->sandbox, &needs);
}

static void watch_report_unreached(const struct watch_session *session)
{
    char line[WATCH_BROKER_SIZE + LINK_WHY_SIZE + 32];

    snprintf(line, sizeof line, "%s: not connected: %s", session->broker,
             session->why[0] != '\0' ? session->why : "it did not answer in time");
    report_safe_error(line);
}

static int watch_status_of(const struct watch_session *session)
{
    int number = signals_number(&session->signals);

    if (session->broken)
        return report_lost_output(session->error);
    if (number != 0)
        return 128 + number;
    if (session->status.connects > 0)
        return EXIT_DONE;
    watch_report_unreached(session);
    return EXIT_SETUP;
}

/* The sums stay on the terminal after the screen. */
static void watch_finish(struct watch_session *session)
{
    int64_t now_ns = clock_monotonic_ns();

    session->finishing = true;
    session->sinks[WATCH_OUT].muted = false;
    session->sinks[WATCH_OUT].output.stamp.wall_ns = clock_wall_ns();
    watch_write_states(session, now_ns);
    watch_write_record(session, WATCH_SUMMARY, NULL, NULL);
    watch_measure(session, now_ns, true);
}

static int watch_run_linked(struct watch_session *session)
{
    if (!meter_begin(&session->meter) || !watch_open_link(session))
        return EXIT_SETUP;
    if (session->config.duration_ns > 0)
        signals_end_at(&session->signals, clock_monotonic_ns() + session->config.duration_ns);
    if (!session->config.screen || !watch_run_screen(session))
        watch_run_lines(session);
    watch_finish(session);
    link_close(session->link, 0);
    return watch_status_of(session);
}

static int watch_run_with_outputs(struct watch_session *session)
{
    struct watch_sink *out = &session->sinks[WATCH_OUT], *log = &session->sinks[WATCH_LOG];
    int status = EXIT_SETUP;

    out->output.scratch = malloc(PAYLOAD_SCRATCH);
    out->output.charset = locale_charset(session->config.ascii);
    out->output.stamp = line_time_stamp(session->config.time);
    if (out->output.scratch == NULL) {
        report_error("not enough memory");
        return status;
    }
    out->output.file = session->outlet.file;
    if (logfile_begin(&log->log, session->config.log, &session->signals, &status)) {
        log->muted = log->log == NULL;
        log->output.file = log->log != NULL ? logfile_stream(log->log) : NULL;
        status = logfile_end(log->log, outlet_finish(&session->outlet, watch_run_linked(session)));
    }
    free(out->output.scratch);
    return status;
}

static bool watch_open_signals(struct watch_session *session)
{
    if (signals_open(&session->signals))
        return true;
    report_error("cannot start a thread: %s", thread_failure(errno));
    return false;
}

int watch_run(const struct watch_config *config)
{
    struct watch_session session = {.config = *config, .link_written = -1};
    int status = EXIT_SETUP;
    bool running;

    if (!watch_open_meter(&session, &status))
        return status;
    outlet_open(&session.outlet, OUTLET_HOLDS, &session.signals);
    session.sinks[WATCH_OUT].writer = config->writer;
    session.sinks[WATCH_LOG].writer = &watch_json;
    watch_name_broker(&session);
    running = watch_enter_sandbox(&session) && watch_open_signals(&session);
    if (running && watch_make_memory(&session))
        status = watch_run_with_outputs(&session);
    watch_free_memory(&session);
    status = meter_close(&session.meter, status);
    status = outlet_close(&session.outlet, status);
    if (running)
        signals_close(&session.signals);
    return status;
}
