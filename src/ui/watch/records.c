/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* records: what watch writes to standard output and to the log: changes at once, figures once a
 * second if there are new ones. */
#include <errno.h>

#include "session_internal.h"
#include "udptui/base/units.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/wait.h"
#include "udptui/ui/watch/choosing.h"

static const int64_t interval_ns = UNITS_NS_PER_S;
/* After connecting, what the broker has kept comes within that time. */
static const int64_t settle_ns = 2 * UNITS_NS_PER_S;

/* ---- one record */

static bool watch_has_record(const struct watch_writer *writer, enum watch_record record)
{
    return (record != WATCH_SERVER || writer->server != NULL) &&
           (record != WATCH_CLIENTS || writer->clients != NULL);
}

static bool watch_write_to(const struct watch_sink *sink, const struct watch_facts *facts,
                           enum watch_record record, const struct fleet_server *server,
                           const struct snapshot_message *message)
{
    const struct watch_writer *writer = sink->writer;
    const struct watch_output *output = &sink->output;

    switch (record) {
    case WATCH_LINK:
        return writer->link(output, facts);
    case WATCH_STATE:
        return writer->state(output, facts, server);
    case WATCH_FORGOTTEN:
        return writer->forgotten(output, facts, server);
    case WATCH_SERVER:
        return writer->server(output, facts, server);
    case WATCH_CLIENTS:
        return writer->clients(output, facts, server);
    case WATCH_MESSAGE:
        return writer->message(output, facts, server, message);
    case WATCH_SUMMARY:
        return writer->summary(output, facts);
    }
    return true;
}

struct watch_counts watch_session_counts(const struct watch_session *session)
{
    struct watch_counts counts = watch_count(session->fleet, clock_monotonic_ns());

    counts.unreadable = session->unreadable;
    counts.dropped = session->status.dropped_in;
    counts.not_shown = session->not_shown;
    counts.not_logged = logfile_lost(session->sinks[WATCH_LOG].log);
    return counts;
}

static struct watch_facts watch_facts_of(const struct watch_session *session,
                                         enum watch_record record)
{
    struct watch_facts facts = {.fleet = session->fleet,
                                .link = &session->status,
                                .broker = session->broker,
                                .now_ns = clock_monotonic_ns(),
                                .wall_ns = clock_wall_ns()};

    if (record != WATCH_SUMMARY)
        return facts;
    facts.counts = watch_session_counts(session);
    fleet_sum(session->fleet, &facts.sums);
    return facts;
}

void watch_check_output(struct watch_session *session, bool written)
{
    if (written || session->broken)
        return;
    session->broken = true;
    session->error = errno;
}

/* A record that found no memory is counted as one that found no reader; the last ones must not be missing. */
static void watch_check_record(struct watch_session *session, bool written)
{
    if (!written && !session->finishing && outlet_lacks_record(&session->outlet))
        session->not_shown++;
    else
        watch_check_output(session, written);
}

/* False if the record does not go there; standard output may have no room for it. */
static bool watch_sink_takes(struct watch_session *session, const struct watch_sink *sink,
                             enum watch_record record)
{
    if (sink->muted || !watch_has_record(sink->writer, record))
        return false;
    if (sink->log != NULL || session->finishing || !outlet_is_full(&session->outlet))
        return true;
    session->not_shown++;
    return false;
}

void watch_write_record(struct watch_session *session, enum watch_record record,
                        const struct fleet_server *server, const struct snapshot_message *message)
{
    const struct watch_facts facts = watch_facts_of(session, record);

    for (int i = 0; i < WATCH_SINKS; i++) {
        struct watch_sink *sink = &session->sinks[i];
        if (!watch_sink_takes(session, sink, record))
            continue;
        bool written = watch_write_to(sink, &facts, record, server, message);
        if (sink->log != NULL)
            logfile_commit(sink->log, written);
        else
            watch_check_record(session, written);
    }
}

/* ---- changes */

bool watch_chooses(const struct watch_session *session, const struct fleet_server *server)
{
    const struct choosing choosing = {
        .filter = session->config.filter, .fleet = session->fleet, .now_ns = clock_monotonic_ns()};

    return choosing.filter == NULL || choosing_takes_server(&choosing, server);
}

void watch_write_link(struct watch_session *session)
{
    if (session->link_written == (int)session->status.state)
        return;
    if (session->status.state == LINK_CONNECTING && session->link_written >= 0)
        return; /* the next try of one that was written */
    session->link_written = (int)session->status.state;
    watch_write_record(session, WATCH_LINK, NULL, NULL);
}

/* Without the broker, or shortly after it is back, one is not called stale; nor is anything said of
 * one that is new until its figures are there. */
static bool watch_is_settling(const struct watch_session *session,
                              const struct fleet_server *server, int64_t now_ns)
{
    if (fleet_state(session->fleet, server) != FLEET_STALE)
        return server->latest == NULL && now_ns - server->seen_ns < settle_ns;
    return session->connected_ns == 0 || now_ns - session->connected_ns < settle_ns ||
           now_ns - server->seen_ns < settle_ns;
}

static void watch_write_state(struct watch_session *session, uint32_t slot,
                              const struct fleet_server *server, int64_t now_ns)
{
    struct watch_written *written = &session->written[slot];
    enum fleet_state state = fleet_state(session->fleet, server);
    bool doubled = fleet_is_doubled(server, now_ns),
         fresh = written->generation != server->generation;

    if (watch_is_settling(session, server, now_ns))
        return;
    if (!fresh && written->state == state && written->doubled == doubled &&
        written->restarts == server->restarts)
        return;
    written->generation = server->generation;
    written->state = state;
    written->doubled = doubled;
    written->restarts = server->restarts;
    if (watch_chooses(session, server))
        watch_write_record(session, WATCH_STATE, server, NULL);
}

void watch_write_states(struct watch_session *session, int64_t now_ns)
{
    for (uint32_t slot = 0; slot < fleet_end(session->fleet) && !session->broken; slot++) {
        const struct fleet_server *server = fleet_server(session->fleet, slot);
        if (server != NULL)
            watch_write_state(session, slot, server, now_ns);
    }
}

/* ---- once a second */

static void watch_write_news(struct watch_session *session, uint32_t slot,
                             const struct fleet_server *server)
{
    struct watch_written *written = &session->written[slot];

    if (written->version == server->version || !watch_chooses(session, server))
        return;
    written->version = server->version;
    if (server->latest != NULL)
        watch_write_record(session, WATCH_SERVER, server, NULL);
    if (server->clients_taken_ns == written->clients_taken_ns)
        return;
    written->clients_taken_ns = server->clients_taken_ns;
    watch_write_record(session, WATCH_CLIENTS, server, NULL);
}

uint64_t watch_version(const struct watch_session *session)
{
    const struct watch_counts counts = watch_session_counts(session);

    return fleet_version(session->fleet) + counts.crowded + counts.too_large + counts.unreadable +
           counts.dropped + counts.not_logged + ((uint64_t)counts.unreported << 32);
}

void watch_write_due(struct watch_session *session, int64_t now_ns)
{
    if (now_ns < watch_due_ns(session))
        return;
    session->written_ns = now_ns;
    watch_measure(session, now_ns, false);
    watch_write_states(session, now_ns);
    if (session->written_version == watch_version(session))
        return;
    session->written_version = watch_version(session);
    for (uint32_t slot = 0; slot < fleet_end(session->fleet) && !session->broken; slot++) {
        const struct fleet_server *server = fleet_server(session->fleet, slot);
        if (server != NULL)
            watch_write_news(session, slot, server);
    }
    watch_write_record(session, WATCH_SUMMARY, NULL, NULL);
}

/* Also without news: a state may be due after the settling. */
int64_t watch_due_ns(const struct watch_session *session)
{
    return session->written_ns + interval_ns;
}
