/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* taking: messages of the broker: read, taken into the fleet, counted if they cannot be read. */
#include <stdio.h>
#include <string.h>

#include "session_internal.h"
#include "udptui/base/array.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/locale.h"

enum { MESSAGES_A_TURN = 512 };

/* What is wrong with it: the latest is shown. */
static void watch_note_problem(struct watch_session *session, const char *topic, const char *why)
{
    char text[SNAPSHOT_TOPIC_SIZE];

    session->unreadable++;
    text_render(text, sizeof text, topic, strlen(topic), TEXT_ASCII);
    snprintf(session->problem, sizeof session->problem, "%.200s: %s", text, why);
}

/* Its retained message was dropped: somebody has made the broker forget it. */
static bool watch_take_removal(struct watch_session *session, const struct snapshot_topic *topic)
{
    uint32_t slot = fleet_find(session->fleet, topic);
    const struct fleet_server *server = fleet_server(session->fleet, slot);

    if (server == NULL || topic->part == SNAPSHOT_CLIENTS || topic->part == SNAPSHOT_MESSAGES)
        return false;
    watch_write_record(session, WATCH_FORGOTTEN, server, NULL);
    fleet_forget(session->fleet, slot);
    return true;
}

static bool watch_read_message(struct watch_session *session, const struct snapshot_topic *topic,
                               const struct link_message *message, int64_t now_ns, char *error)
{
    struct snapshot_message *out = &session->documents->message;
    enum text_charset charset = locale_charset(session->config.ascii);

    if (!snapshot_read_message(message->bytes, message->size_bytes, charset, out, error))
        return false;
    fleet_take_message(session->fleet, topic, out, now_ns);
    const struct fleet_server *server =
        fleet_server(session->fleet, fleet_find(session->fleet, topic));
    if (server != NULL && watch_chooses(session, server))
        watch_write_record(session, WATCH_MESSAGE, server, out);
    return true;
}

static bool watch_read(struct watch_session *session, const struct snapshot_topic *topic,
                       const struct link_message *message, int64_t now_ns, char *error)
{
    enum text_charset charset = locale_charset(session->config.ascii);
    union watch_documents *out = session->documents;
    const void *bytes = message->bytes;
    size_t size = message->size_bytes;

    switch (topic->part) {
    case SNAPSHOT_STATS:
        if (!snapshot_read_stats(bytes, size, charset, &out->stats, error))
            return false;
        fleet_take_stats(session->fleet, topic, &out->stats, message->retained, now_ns);
        return true;
    case SNAPSHOT_CLIENTS:
        if (!snapshot_read_clients(bytes, size, charset, &out->clients, error))
            return false;
        fleet_take_clients(session->fleet, topic, &out->clients, message->retained, now_ns);
        return true;
    case SNAPSHOT_STATE:
        if (!snapshot_read_state(bytes, size, &out->presence, error))
            return false;
        fleet_take_state(session->fleet, topic, &out->presence, message->retained, now_ns);
        return true;
    case SNAPSHOT_MESSAGES:
        return watch_read_message(session, topic, message, now_ns, error);
    case SNAPSHOT_PARTS:
        break;
    }
    return true;
}

static bool watch_take_one(struct watch_session *session, const struct link_message *message,
                           int64_t now_ns)
{
    uint64_t version = fleet_version(session->fleet);
    char error[SNAPSHOT_ERROR_SIZE];
    struct snapshot_topic topic;

    if (!snapshot_parse_topic(session->config.broker.prefix, message->topic, &topic)) {
        watch_note_problem(session, message->topic, "no topic of udptui");
        return true;
    }
    if (message->size_bytes == 0)
        return watch_take_removal(session, &topic);
    if (!watch_read(session, &topic, message, now_ns, error)) {
        watch_note_problem(session, message->topic, error);
        return true;
    }
    return version != fleet_version(session->fleet);
}

/* ---- the link */

static bool watch_take_status(struct watch_session *session, int64_t now_ns)
{
    const struct link_status before = session->status;
    struct link_status *status = &session->status;

    link_status(session->link, status);
    if (status->why[0] != '\0')
        memcpy(session->why, status->why, sizeof session->why);
    bool up = status->state == LINK_UP, silent = status->state == LINK_SILENT;
    if (up && (session->connected_ns == 0 || status->connects != before.connects))
        session->connected_ns = now_ns;
    if (status->connects != before.connects)
        fleet_set_connected(session->fleet, false, now_ns); /* it was away in between */
    fleet_set_connected(session->fleet, up || silent, now_ns);
    fleet_set_silent(session->fleet, silent, now_ns);
    if (!up)
        session->connected_ns = 0;
    watch_write_link(session);
    return status->state != before.state || status->dropped_in != before.dropped_in ||
           status->retry_ns != before.retry_ns;
}

bool watch_take(struct watch_session *session, bool *more)
{
    int64_t now_ns = clock_monotonic_ns();
    bool changed = watch_take_status(session, now_ns);
    struct link_message message;

    *more = true;
    for (int i = 0; i < MESSAGES_A_TURN && !session->broken; i++) {
        *more = link_next(session->link, &message);
        if (!*more)
            break;
        if (message.connects != session->status.connects) /* what it says is later than that */
            changed |= watch_take_status(session, now_ns);
        changed |= watch_take_one(session, &message, now_ns);
        link_release(session->link);
    }
    if (changed)
        watch_write_states(session, now_ns);
    return changed;
}

/* ---- forgetting */

bool watch_forget(struct watch_session *session, uint32_t slot)
{
    static const enum snapshot_part parts[] = {SNAPSHOT_STATE, SNAPSHOT_CLIENTS, SNAPSHOT_STATS};
    const struct fleet_server *server = fleet_server(session->fleet, slot);
    char text[SNAPSHOT_TOPIC_SIZE];

    if (server == NULL || session->status.state != LINK_UP)
        return false;
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        struct snapshot_topic topic = server->topic;
        topic.part = parts[i];
        snapshot_format_topic(session->config.broker.prefix, &topic, text);
        if (!link_remove(session->link, text))
            return false;
    }
    watch_write_record(session, WATCH_FORGOTTEN, server, NULL);
    fleet_forget(session->fleet, slot);
    return true;
}
