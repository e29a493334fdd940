/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measuring: --metrics of watch: its own counts, and of each server its state and the sums of its
 * lives, which only grow. How many there are is bounded by --max-servers. Addresses of clients are
 * in none of them.
 */
#include <stdio.h>
#include <string.h>

#include "session_internal.h"
#include "udptui/base/array.h"
#include "udptui/sys/clock.h"

enum { MEASURED_NAME_SIZE = 2048 }; /* each byte of NAME and PLACE may be escaped */

/* What is known of a server besides its sums. */
struct measured_server {
    uint64_t states[FLEET_STATES];
    uint64_t restarts;
    int64_t reported_ns; /* CLOCK_REALTIME of its machine; -1: it has not reported */
};

/* Of watch itself. */
struct measured_watch {
    bool connected;
    struct watch_counts counts;
};

#define SERVER(name) offsetof(struct measured_server, name)

static const struct figure_name measured_states[FLEET_STATES] = {[FLEET_UP] = {.key = "up"},
                                                                 [FLEET_STALE] = {.key = "stale"},
                                                                 [FLEET_GONE] = {.key = "gone"},
                                                                 [FLEET_ENDED] = {.key = "ended"}};

static const struct figure measured_server_rows[] = {
    {.unit = FIGURE_COUNTS,
     .names = measured_states,
     .name_count = FLEET_STATES,
     .offset = SERVER(states),
     .metric = {.help = "1: the server is in this state.",
                .name = "server_state",
                .label = "state",
                .gauge = true}},
    {.offset = SERVER(restarts),
     .metric = {.help = "Lives of the server before the current one.", .name = "server_restarts"}},
    {.unit = FIGURE_RTT,
     .offset = SERVER(reported_ns),
     .metric = {.help = "When the server's latest figures were taken, since 1970, by its clock.",
                .name = "server_report_time_ns"}},
};
static const struct figures measured_server_figures = {measured_server_rows,
                                                       COUNT_OF(measured_server_rows)};

#define WATCH_COUNT(field, key_, sentence)                                                         \
    {                                                                                              \
        .offset = offsetof(struct measured_watch, counts.field), .metric = {                       \
            .help = sentence,                                                                      \
            .name = "watch_" key_                                                                  \
        }                                                                                          \
    }

static const struct figure measured_watch_rows[] = {
    {.unit = FIGURE_FLAG,
     .offset = offsetof(struct measured_watch, connected),
     .metric = {.help = "1: the broker is connected and answers.", .name = "watch_connected"}},
    {.unit = FIGURE_COUNT_32,
     .offset = offsetof(struct measured_watch, counts.servers),
     .metric = {.help = "Servers that are known.", .name = "watch_servers", .gauge = true}},
    WATCH_COUNT(crowded, "crowded",
                "Messages of the broker of more servers than --max-servers: they are missing."),
    WATCH_COUNT(too_large, "too_large",
                "Messages of the broker with counts that would make a sum overflow."),
    WATCH_COUNT(unreadable, "unreadable", "Messages of the broker that could not be read."),
    WATCH_COUNT(dropped, "dropped", "Messages of the broker that came faster than they were read."),
};
static const struct figures measured_watch_figures = {measured_watch_rows,
                                                      COUNT_OF(measured_watch_rows)};

/* "NAME:PLACE". A colon within NAME is escaped, so that two servers never have the same text: the
 * bytes are others', who may try that. */
static void measured_name(const struct snapshot_topic *topic, char *out)
{
    char level[SNAPSHOT_LEVEL_SIZE * TEXT_EXPANSION + 1];
    struct builder text = builder_begin(out, MEASURED_NAME_SIZE);

    text_render(level, sizeof level, topic->name, strlen(topic->name), TEXT_UTF8);
    for (const char *at = level; *at != '\0'; at++)
        if (*at == ':')
            builder_add(&text, "\\x3A");
        else
            builder_add_bytes(&text, at, 1);
    text_render(level, sizeof level, topic->place, strlen(topic->place), TEXT_UTF8);
    builder_add(&text, ":%s", level);
}

static const char *measured_labels(const char *server, enum snapshot_kind kind,
                                   char out[static METRICS_LABELS_SIZE])
{
    struct builder labels = builder_begin(out, METRICS_LABELS_SIZE);

    metrics_label(&labels, "server", server);
    metrics_label(&labels, "kind", snapshot_kind_words[kind]);
    return out;
}

static bool measured_add_sums(struct metrics_page *page, const struct fleet_server *server,
                              const char *name)
{
    char labels[METRICS_LABELS_SIZE];
    struct fleet_sums sums;
    bool whole = true;

    fleet_sum_server(server, &sums);
    for (enum snapshot_kind kind = 0; kind < SNAPSHOT_KINDS; kind++) {
        const struct event_totals *totals = kind == SNAPSHOT_RELAY ? &sums.relayed : &sums.served;

        if (!sums.has[kind])
            continue;
        measured_labels(name, kind, labels);
        whole &= kind == SNAPSHOT_PING ? metrics_page_add(page, &snapshot_target_figures,
                                                          &sums.pinged, sizeof sums.pinged, labels)
                                       : metrics_page_add(page, snapshot_figures(kind), totals,
                                                          sizeof *totals, labels);
    }
    return whole;
}

static bool measured_add_server(const struct watch_session *session, struct metrics_page *page,
                                const struct fleet_server *server)
{
    struct measured_server measured = {.restarts = server->restarts,
                                       .reported_ns =
                                           server->latest != NULL ? server->latest->taken_ns : -1};
    char name[MEASURED_NAME_SIZE], labels[METRICS_LABELS_SIZE];

    measured.states[fleet_state(session->fleet, server)] = 1;
    measured_name(&server->topic, name);
    return metrics_page_add(page, &measured_server_figures, &measured, sizeof measured,
                            measured_labels(name, server->kind, labels)) &&
           measured_add_sums(page, server, name);
}

/* False if memory is short: then the metrics stay as they were. */
static bool measured_fill_page(const struct watch_session *session, struct metrics_page *page)
{
    const struct measured_watch own = {.connected = session->status.state == LINK_UP,
                                       .counts = watch_session_counts(session)};

    if (!metrics_page_add(page, &measured_watch_figures, &own, sizeof own, ""))
        return false;
    for (uint32_t slot = 0; slot < fleet_end(session->fleet); slot++) {
        const struct fleet_server *server = fleet_server(session->fleet, slot);
        if (server != NULL && !measured_add_server(session, page, server))
            return false;
    }
    return true;
}

void watch_measure(struct watch_session *session, int64_t now_ns, bool last)
{
    bool connected = session->status.state == LINK_UP;
    uint64_t version = 2 * watch_version(session) + connected; /* both may change at once */
    struct metrics_page *page = meter_page(&session->meter, version, now_ns, last);

    if (page != NULL && measured_fill_page(session, page))
        meter_put(&session->meter);
}

bool watch_open_meter(struct watch_session *session, int *status)
{
    struct metrics_source source = {.command = "watch", .started_ns = clock_wall_ns()};
    struct builder labels = builder_begin(source.labels, sizeof source.labels);
    const char *prefix = session->config.broker.prefix;
    char text[SNAPSHOT_PREFIX_SIZE * TEXT_EXPANSION + 1];
    struct metrics_page page = {.count = 0};
    bool opened;

    text_render(text, sizeof text, prefix, strlen(prefix), TEXT_UTF8);
    metrics_label(&labels, "prefix", text);
    opened = meter_open(&session->meter, session->config.metrics, &source, &page, status);
    metrics_page_free(&page);
    return opened;
}
