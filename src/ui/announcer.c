/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/ui/announcer.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "udptui/base/text.h"
#include "udptui/base/units.h"
#include "udptui/output/snapshot.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/interfaces.h"
#include "udptui/sys/random.h"
#include "udptui/sys/report.h"

/* The retained topics of a link. */
enum { SLOT_STATS, SLOT_CLIENTS, SLOT_STATE };

/* Less than the patience of the signals (sys/signals), which count this as standing still. */
static const int64_t end_within_ns = 800 * UNITS_NS_PER_MS;
static const int64_t answer_every_ns = 2 * UNITS_NS_PER_S;

/* ---- before it begins */

static void announcer_choose_name(struct announcer *announcer, const char *as)
{
    char host[HOST_NAME_MAX + 1] = "";

    gethostname(host, sizeof host - 1);
    snapshot_clean_level(as != NULL ? as : host, announcer->topic.name);
}

static uint64_t announcer_boot(void)
{
    uint64_t boot = 0;

    if (!random_fill(&boot, sizeof boot))
        boot = random_key().k0;
    return boot != 0 ? boot : 1;
}

bool announcer_prepare(struct announcer *announcer, const struct announcer_options *options,
                       struct problem *problem)
{
    *announcer = (struct announcer){.wanted = options->url != NULL};
    if (!announcer->wanted)
        return true;
    announcer->life.boot = announcer_boot();
    announcer->started_ns = clock_wall_ns();
    announcer_choose_name(announcer, options->as);
    return broker_parse("--publish", options->url, &announcer->broker, problem) &&
           broker_read_secrets(&announcer->broker, problem) && link_prepare(problem);
}

void announcer_add_needs(const struct announcer *announcer, struct sandbox_needs *needs)
{
    if (announcer->wanted)
        broker_add_needs(&announcer->broker, needs);
}

/* ---- beginning */

static char *announcer_state(const struct announcer *announcer, enum snapshot_state state)
{
    return snapshot_write_state(
        &(struct snapshot_presence){.state = state,
                                    .kind = announcer->kind,
                                    .boot = announcer->life.boot,
                                    .wall_ns = state == SNAPSHOT_GONE ? 0 : clock_wall_ns()});
}

/* document: of malloc(3), freed here; NULL if memory was short. False: it is not published, and the
 * next one makes up for it. */
static bool announcer_put(struct announcer *announcer, size_t slot, char *document)
{
    bool published =
        document != NULL && link_publish(announcer->link, slot, document, strlen(document));

    free(document);
    return published;
}

/* No other state makes up for this one. */
static void announcer_put_state(struct announcer *announcer, enum snapshot_state state)
{
    if (!announcer_put(announcer, SLOT_STATE, announcer_state(announcer, state)))
        report_error("--publish: not enough memory to publish the state");
}

static const char *announcer_topic(struct announcer *announcer, enum snapshot_part part, char *out)
{
    announcer->topic.part = part;
    return snapshot_format_topic(announcer->broker.prefix, &announcer->topic, out);
}

bool announcer_begin(struct announcer *announcer, enum snapshot_kind kind, const char *place)
{
    char stats[SNAPSHOT_TOPIC_SIZE], clients[SNAPSHOT_TOPIC_SIZE], state[SNAPSHOT_TOPIC_SIZE];
    char error[LINK_ERROR_SIZE], *will;

    if (!announcer->wanted)
        return true;
    announcer->kind = kind;
    snapshot_clean_level(place, announcer->topic.place);
    will = announcer_state(announcer, SNAPSHOT_GONE);
    const struct link_config config = {
        .broker = &announcer->broker,
        .topics = {[SLOT_STATS] = announcer_topic(announcer, SNAPSHOT_STATS, stats),
                   [SLOT_CLIENTS] = kind == SNAPSHOT_PING
                                        ? NULL
                                        : announcer_topic(announcer, SNAPSHOT_CLIENTS, clients),
                   [SLOT_STATE] = announcer_topic(announcer, SNAPSHOT_STATE, state)},
        .subscriptions = {state},
        .will = will,
        .will_slot = SLOT_STATE,
    };
    announcer->link = will != NULL ? link_open(&config, error) : NULL;
    if (announcer->link == NULL)
        report_error("--publish: %s", will != NULL ? error : "not enough memory");
    else
        announcer_put_state(announcer, SNAPSHOT_RUNNING);
    free(will);
    return announcer->link != NULL;
}

/* ---- documents */

void announcer_publish_stats(struct announcer *announcer, struct snapshot *snapshot)
{
    if (announcer->link == NULL)
        return;
    snapshot->kind = announcer->kind;
    snapshot->life = announcer->life;
    snapshot->started_ns = announcer->started_ns;
    snapshot->taken_ns = clock_wall_ns();
    announcer_put(announcer, SLOT_STATS, snapshot_write_stats(snapshot));
}

void announcer_publish_clients(struct announcer *announcer, struct snapshot_clients *clients)
{
    if (announcer->link == NULL)
        return;
    clients->kind = announcer->kind;
    clients->life = announcer->life;
    clients->taken_ns = clock_wall_ns();
    announcer_put(announcer, SLOT_CLIENTS, snapshot_write_clients(clients, &interfaces_zones));
}

void announcer_publish_message(struct announcer *announcer, struct snapshot_message *message)
{
    char topic[SNAPSHOT_TOPIC_SIZE], *document;

    if (announcer->link == NULL)
        return;
    message->kind = announcer->kind;
    message->boot = announcer->life.boot;
    document = snapshot_write_message(message, &interfaces_zones);
    if (document == NULL)
        announcer->unwritten++;
    else
        link_sample(announcer->link, announcer_topic(announcer, SNAPSHOT_MESSAGES, topic), document,
                    strlen(document));
    free(document);
}

uint64_t announcer_dropped(struct announcer *announcer)
{
    if (announcer->link != NULL)
        announcer->counted = link_dropped(announcer->link) + announcer->unwritten;
    return announcer->counted;
}

/* ---- others under our name */

/* What was retained may be of a program that has ended. A rival that reads ours notices, too, and
 * answers: two do so every two seconds at most. One that has ended has written that in our topic, as
 * its last word: ours replaces it at once. */
static void announcer_note_message(struct announcer *announcer, const struct link_message *message)
{
    struct snapshot_presence presence;
    char error[SNAPSHOT_ERROR_SIZE];
    int64_t now_ns = clock_monotonic_ns();

    if (!snapshot_read_state(message->bytes, message->size_bytes, &presence, error) ||
        presence.boot == announcer->life.boot)
        return;
    bool running = presence.state == SNAPSHOT_RUNNING;
    announcer->is_rival = !message->retained && running;
    if (!announcer->is_rival)
        announcer->reported_rival = false;
    if (running && now_ns < announcer->answer_ns)
        return;
    announcer->answer_ns = now_ns + answer_every_ns;
    announcer_put(announcer, SLOT_STATE, announcer_state(announcer, SNAPSHOT_RUNNING));
}

/* ---- news for the user */

int announcer_fd(const struct announcer *announcer)
{
    return announcer->link != NULL ? link_fd(announcer->link) : -1;
}

/* The topics without their last level, safe text. */
static void announcer_name_topics(const struct announcer *announcer, char *out, size_t size)
{
    char topics[SNAPSHOT_TOPIC_SIZE];

    snprintf(topics, sizeof topics, "%s/v1/%s/%s", announcer->broker.prefix, announcer->topic.name,
             announcer->topic.place);
    text_render(out, size, topics, strlen(topics), TEXT_ASCII);
}

/* A connection after a failure that was reported. */
static bool announcer_report_up(struct announcer *announcer, char *news)
{
    char broker[BROKER_TEXT_SIZE], topics[SNAPSHOT_TOPIC_SIZE];

    if (announcer->reported[0] == '\0')
        return false;
    broker_format(&announcer->broker, TEXT_ASCII, broker);
    announcer_name_topics(announcer, topics, sizeof topics);
    if (announcer->status.resumed)
        snprintf(news, ANNOUNCER_NEWS_SIZE, "--publish: %s answers again", broker);
    else
        snprintf(news, ANNOUNCER_NEWS_SIZE, "--publish: connected to %s, topics %s/...", broker,
                 topics);
    announcer->reported[0] = '\0';
    return true;
}

/* A failure, once as long as it is the same. */
static bool announcer_report_down(struct announcer *announcer, char *news)
{
    const struct link_status *status = &announcer->status;
    bool silent = status->state == LINK_SILENT;
    const char *why = silent ? "the broker has stopped answering" : status->why;
    char broker[BROKER_TEXT_SIZE];

    if (status->state == LINK_CONNECTING || strcmp(announcer->reported, why) == 0)
        return false;
    broker_format(&announcer->broker, TEXT_ASCII, broker);
    snprintf(news, ANNOUNCER_NEWS_SIZE, "--publish: %s: %s; %s", broker, why,
             silent ? "what is published waits" : "trying again");
    snprintf(announcer->reported, sizeof announcer->reported, "%s", why);
    return true;
}

static bool announcer_report_rival(struct announcer *announcer, char *news)
{
    char topics[SNAPSHOT_TOPIC_SIZE];

    if (!announcer->is_rival || announcer->reported_rival)
        return false;
    announcer_name_topics(announcer, topics, sizeof topics);
    snprintf(news, ANNOUNCER_NEWS_SIZE,
             "--publish: another program publishes as %s too: give one of them another name with "
             "--publish-as",
             topics);
    announcer->reported_rival = true;
    return true;
}

bool announcer_turn(struct announcer *announcer, char *news)
{
    struct link_message message;

    if (announcer->link == NULL)
        return false;
    while (link_next(announcer->link, &message)) {
        announcer_note_message(announcer, &message);
        link_release(announcer->link);
    }
    link_status(announcer->link, &announcer->status);
    return (announcer->status.state == LINK_UP ? announcer_report_up(announcer, news)
                                               : announcer_report_down(announcer, news)) ||
           announcer_report_rival(announcer, news);
}

const char *announcer_brief(const struct announcer *announcer, bool *bad)
{
    const struct link_status *status = &announcer->status;

    *bad = true;
    if (announcer->link == NULL)
        return "";
    if (status->state == LINK_SILENT)
        return "BROKER SILENT";
    if (status->state != LINK_UP && (status->connects > 0 || status->why[0] != '\0'))
        return status->state == LINK_REFUSED ? "BROKER REFUSES" : "NO BROKER";
    if (announcer->is_rival)
        return "PUBLISHED TWICE";
    *bad = false;
    return status->state == LINK_UP ? "published" : "connecting";
}

/* ---- the end */

/* What still waited when the figures were written is in none of them. */
void announcer_end(struct announcer *announcer)
{
    uint64_t unsent;

    if (announcer->link == NULL)
        return;
    announcer_put_state(announcer, SNAPSHOT_ENDED);
    unsent = link_close(announcer->link, end_within_ns) + announcer->unwritten;
    if (unsent > announcer->counted)
        report_news("--publish: messages that could not be published at the end: %" PRIu64,
                    unsent - announcer->counted);
    announcer->link = NULL;
}
