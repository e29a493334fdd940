/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watch_lines: a line a change, and the sums. */
#include <inttypes.h>

#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/output/figures.h"
#include "udptui/output/fold.h"
#include "udptui/output/payload.h"
#include "udptui/output/watch.h"
#include "udptui/proto/counts.h"

#define FIELD(name) offsetof(struct watch_counts, name)

static const struct figure count_rows[] = {
    {.key = "servers",
     .words = "servers",
     .unit = FIGURE_COUNT_32,
     .offset = offsetof(struct watch_counts, servers)},
    {.key = "up", .words = "up", .unit = FIGURE_COUNT_32, .offset = FIELD(states[FLEET_UP])},
    {.key = "stale",
     .words = "stale",
     .unit = FIGURE_COUNT_32,
     .rare = true,
     .offset = FIELD(states[FLEET_STALE])},
    {.key = "gone", .words = "gone", .unit = FIGURE_COUNT_32, .offset = FIELD(states[FLEET_GONE])},
    {.key = "ended",
     .words = "ended",
     .unit = FIGURE_COUNT_32,
     .offset = FIELD(states[FLEET_ENDED])},
    {.key = "unreported",
     .words = "without figures",
     .unit = FIGURE_COUNT_32,
     .rare = true,
     .offset = FIELD(unreported),
     .header = {.words = "servers without figures", .brief = "no figures", .rank = 0, .bad = true}},
    {.key = "messages", .words = "messages", .rare = true, .offset = FIELD(messages)},
    {.key = "repeated", .offset = FIELD(repeated)},
    {.key = "crowded",
     .words = "reports of further servers",
     .rare = true,
     .offset = FIELD(crowded),
     .header = {.words = "reports of further servers", .brief = "crowded", .rank = 1, .bad = true}},
    {.key = "too_large",
     .words = "counts too large",
     .rare = true,
     .offset = FIELD(too_large),
     .header = {.words = "counts too large", .rank = 2, .bad = true}},
    {.key = "unreadable",
     .words = "unreadable",
     .rare = true,
     .offset = FIELD(unreadable),
     .header = {.words = "unreadable", .rank = 3, .bad = true}},
    {.key = "dropped",
     .words = "reports dropped",
     .rare = true,
     .offset = FIELD(dropped),
     .header = {.words = "reports dropped", .rank = 4, .bad = true}},
    {.key = "not_shown", .words = "not shown", .rare = true, .offset = FIELD(not_shown)},
    {.key = "not_logged",
     .words = "not logged",
     .rare = true,
     .offset = FIELD(not_logged),
     .header = {.words = "not logged", .rank = 5, .bad = true}},
};

const struct figures watch_figures = {count_rows, COUNT_OF(count_rows)};

struct watch_counts watch_count(const struct fleet *fleet, int64_t now_ns)
{
    struct watch_counts counts = {.servers = fleet_count(fleet),
                                  .unreported = fleet_count_unreported(fleet, now_ns),
                                  .messages = fleet_messages_seen(fleet),
                                  .repeated = fleet_taken(fleet, FLEET_OLD),
                                  .crowded = fleet_taken(fleet, FLEET_FULL) +
                                             fleet_taken(fleet, FLEET_NO_MEMORY),
                                  .too_large = fleet_taken(fleet, FLEET_TOO_LARGE)};

    fleet_count_states(fleet, counts.states);
    return counts;
}

/* ---- lines */

static FILE *watch_begin_line(struct fold *fold, const struct watch_output *output,
                              const struct watch_facts *facts)
{
    return fold_begin_at(fold, output->file, &output->stamp, facts->wall_ns);
}

static bool watch_end_line(struct fold *fold, const struct watch_output *output)
{
    fold_end(fold);
    return fflush(output->file) == 0 && !ferror(output->file);
}

static bool watch_write_link_line(const struct watch_output *output,
                                  const struct watch_facts *facts)
{
    const struct link_status *link = facts->link;
    char wait[UNITS_TEXT_SIZE];
    struct fold fold;
    FILE *file = watch_begin_line(&fold, output, facts);

    if (link->state == LINK_UP)
        fprintf(file, link->resumed ? "%s answers again" : "Connected to %s", facts->broker);
    else if (link->state == LINK_SILENT)
        fprintf(file, "%s has not answered for %s: what is known may be old", facts->broker,
                units_duration(facts->now_ns - link->since_ns, wait, sizeof wait));
    else if (link->state == LINK_CONNECTING)
        fprintf(file, "Connecting to %s", facts->broker);
    else
        fprintf(file, "%s: not connected: %s; trying again in %s", facts->broker,
                link->why[0] != '\0' ? link->why : "it does not answer",
                units_duration(link->retry_ns > facts->now_ns ? link->retry_ns - facts->now_ns : 0,
                               wait, sizeof wait));
    return watch_end_line(&fold, output);
}

static bool watch_write_state_line(const struct watch_output *output,
                                   const struct watch_facts *facts,
                                   const struct fleet_server *server)
{
    enum fleet_state state = fleet_state(facts->fleet, server);
    char age[UNITS_TEXT_SIZE];
    struct fold fold;
    FILE *file = watch_begin_line(&fold, output, facts);

    fprintf(file, "%s is %s, %s", server->label, fleet_state_words[state],
            snapshot_kind_words[server->kind]);
    if (server->latest != NULL && server->latest->listening[0] != '\0')
        fprintf(file, " on %s", server->latest->listening);
    if (server->restarts > 0)
        fprintf(file, ", restarts %" PRIu64, server->restarts);
    if ((state == FLEET_GONE || state == FLEET_STALE) && server->changed_ns > 0)
        fprintf(file, ", its figures are %s old",
                units_duration(facts->now_ns - server->changed_ns, age, sizeof age));
    if (fleet_is_doubled(server, facts->now_ns))
        fputs(", TWO PROGRAMS USE THIS NAME", file);
    return watch_end_line(&fold, output);
}

static bool watch_write_forgotten_line(const struct watch_output *output,
                                       const struct watch_facts *facts,
                                       const struct fleet_server *server)
{
    struct fold fold;

    fprintf(watch_begin_line(&fold, output, facts), "%s is forgotten", server->label);
    return watch_end_line(&fold, output);
}

static const char *watch_fate(const struct event_message *event)
{
    return ack_status_rows[event->status].line;
}

static bool watch_write_message_line(const struct watch_output *output,
                                     const struct watch_facts *facts,
                                     const struct fleet_server *server,
                                     const struct snapshot_message *message)
{
    const struct payload_style style = {.show = PAYLOAD_TEXT};
    const struct event_message *event = &message->event;

    (void)facts;
    stamp_write(output->file, &output->stamp, event->wall_ns);
    fprintf(output->file, "%s  %s%s%s%s  %" PRIu32 " B  ", server->label, message->label,
            message->name[0] != '\0' ? " (" : "", message->name,
            message->name[0] != '\0' ? ")" : "", event->size_bytes);
    payload_write(output->file, &style, output->charset, output->scratch, message->payload,
                  event->stored_bytes);
    fprintf(output->file, "  %s", watch_fate(event));
    if (event->status == ACK_HELD)
        fprintf(output->file, " %s", held_reason_name(event->why_held));
    fputc('\n', output->file);
    return fflush(output->file) == 0 && !ferror(output->file);
}

static void watch_write_rates(FILE *file, const struct watch_facts *facts)
{
    char rates[2][UNITS_TEXT_SIZE];

    fprintf(file, ", received %s, acked %s",
            fleet_rate_text(fleet_rate(facts->fleet, fleet_received(facts->fleet), facts->now_ns),
                            rates[0], sizeof rates[0]),
            fleet_rate_text(fleet_rate(facts->fleet, fleet_acked(facts->fleet), facts->now_ns),
                            rates[1], sizeof rates[1]));
}

static bool watch_write_sum_line(const struct watch_output *output, const struct watch_facts *facts,
                                 enum snapshot_kind kind, const void *summary)
{
    const struct figures *figures = snapshot_figures(kind);
    struct fold fold;
    FILE *file;

    if (!facts->sums.has[kind])
        return true;
    file = watch_begin_line(&fold, output, facts);
    fprintf(file, "%s: ", snapshot_kind_words[kind]);
    figures_write_list(file, figures, summary);
    return watch_end_line(&fold, output);
}

static bool watch_write_summary_line(const struct watch_output *output,
                                     const struct watch_facts *facts)
{
    struct fold fold;
    FILE *file = watch_begin_line(&fold, output, facts);

    figures_write_list(file, &watch_figures, &facts->counts);
    watch_write_rates(file, facts);
    if (facts->counts.servers == 0 && facts->link->state == LINK_UP)
        fputs("; nobody publishes under this prefix yet: is it that of --publish?", file);
    return watch_end_line(&fold, output) &&
           watch_write_sum_line(output, facts, SNAPSHOT_SERVE, &facts->sums.served) &&
           watch_write_sum_line(output, facts, SNAPSHOT_RELAY, &facts->sums.relayed) &&
           watch_write_sum_line(output, facts, SNAPSHOT_PING, &facts->sums.pinged);
}

const struct watch_writer watch_lines = {.link = watch_write_link_line,
                                         .state = watch_write_state_line,
                                         .forgotten = watch_write_forgotten_line,
                                         .message = watch_write_message_line,
                                         .summary = watch_write_summary_line};
