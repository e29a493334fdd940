/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* link_subscriptions: what we read at the broker, so that all it keeps comes, and comes again if some of
 * it was lost. */
#include <mosquitto.h>

#include "link_client_internal.h"
#include "udptui/sys/clock.h"

enum { QOS_SUBSCRIBED = 0, REFRESH_COST = 20, GRANT_REFUSED = 0x80 };

static const int64_t subscribe_every_ns = UNITS_NS_PER_S;
static const int64_t refresh_after_ns = 60 * UNITS_NS_PER_S;

/* What publishes is of use without what it reads. */
static bool link_reads_only(const struct link *link)
{
    return link->will == NULL;
}

/* An answer to CONNECT may allow less than MQTT 3.1.1 does (MQTT 5, section 3.2.2.3). */
void link_note_limit(struct link_client *client, int code)
{
    if (code == MOSQ_ERR_OVERSIZE_PACKET)
        client->fault = link_reads_only(client->link)
                            ? "our subscription is larger than the broker takes"
                            : "what is published is larger than the broker takes";
    else if (code == MOSQ_ERR_QOS_NOT_SUPPORTED)
        client->fault = "the broker takes no messages with QoS 1, as ours are";
    else if (code == MOSQ_ERR_RETAIN_NOT_SUPPORTED)
        client->fault = "the broker keeps no messages, which others need to find us";
}

bool link_has_asked_for(const struct link *link, const char *topic)
{
    bool matches = false;

    for (size_t i = 0; i < LINK_TOPICS_MAX && !matches; i++)
        if (link->subscriptions[i] != NULL)
            mosquitto_topic_matches_sub(link->subscriptions[i], topic, &matches);
    return matches;
}

/* The next subscription, each as soon as the one before is acknowledged, and with QoS 0: then what
 * the broker keeps comes as fast as TCP carries it. With QoS 1 a broker has so many messages under
 * way and so many in a queue (mosquitto: 20 and 1,000), and of all topics at once, or of topics that
 * change faster than acknowledgements come, it drops the rest and says nothing. */
static void link_subscribe_next(struct link_client *client, int64_t now_ns)
{
    char *const *subscriptions = client->link->subscriptions;
    int64_t took_ns = now_ns - client->subscribed_ns;

    while (client->next < LINK_TOPICS_MAX && subscriptions[client->next] == NULL)
        client->next++;
    client->refresh_ns = INT64_MAX;
    client->refresh_id = client->subscribe_id = 0;
    client->awaited_ns = 0;
    if (client->next < LINK_TOPICS_MAX) {
        client->awaited_ns = now_ns;
        link_note_limit(client, mosquitto_subscribe(client->mosquitto, &client->subscribe_id,
                                                    subscriptions[client->next++], QOS_SUBSCRIBED));
        link_note_question(client, now_ns);
    } else if (link_reads_only(client->link)) {
        client->refresh_ns =
            now_ns +
            (took_ns > refresh_after_ns / REFRESH_COST ? REFRESH_COST * took_ns : refresh_after_ns);
    }
}

void link_subscribe(struct link_client *client, int64_t now_ns)
{
    client->refusals = client->next = 0;
    client->subscribed_ns = now_ns;
    link_subscribe_next(client, now_ns);
}

/* The broker drops what does not fit into its queue while we take nothing, and a subscription brings
 * the latest of it; the owner may have dropped something, too. Not before the queue is empty, or what
 * the broker keeps would not fit into it either: it is once the broker's answer has come. */
bool link_must_refresh(struct link_client *client, int64_t now_ns)
{
    bool slept = now_ns - client->turned_ns >= 2 * link_turn_ns;

    client->turned_ns = now_ns;
    client->refresh |= slept || link_wants_subscription(client->link);
    if (client->awaited_ns != 0 ||
        (now_ns < client->refresh_ns &&
         (!client->refresh || now_ns - client->subscribed_ns < subscribe_every_ns)))
        return false;
    client->refresh = false;
    client->refresh_ns = INT64_MAX;
    client->awaited_ns = now_ns;
    return true;
}

/* Whether it answers what was sent as `id` (0: nothing) or later. libmosquitto counts 16 bits up. */
static bool link_answers_since(int message_id, int id)
{
    return id != 0 && (uint16_t)(message_id - id) <= INT16_MAX;
}

void link_on_unsubscribe(struct mosquitto *mosquitto, void *context, int message_id)
{
    struct link_client *client = context;

    (void)mosquitto;
    if (link_answers_since(message_id, client->refresh_id)) { /* what was queued for us has come */
        link_subscribe(client, clock_monotonic_ns());
    } else if (link_answers_since(message_id, client->subscribe_id)) {
        client->refresh = true; /* what the broker keeps of that one may be lost, too */
        link_subscribe_next(client, clock_monotonic_ns());
    }
}

static size_t link_count_subscriptions(const struct link *link)
{
    size_t count = 0;

    for (size_t i = 0; i < LINK_TOPICS_MAX; i++)
        count += link->subscriptions[i] != NULL;
    return count;
}

void link_on_subscribe(struct mosquitto *mosquitto, void *context, int message_id, int count,
                       const int *granted)
{
    struct link_client *client = context;

    (void)mosquitto;
    for (int i = 0; i < count; i++)
        client->refusals += granted[i] >= GRANT_REFUSED;
    client->may_not_read |= client->refusals > 0;
    if (link_reads_only(client->link) && client->refusals >= link_count_subscriptions(client->link))
        client->fault = "the broker does not let us read the topics";
    else if (client->subscribe_id != 0 && message_id == client->subscribe_id)
        link_subscribe_next(client, clock_monotonic_ns());
}
