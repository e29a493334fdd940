/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * link_client: one client of libmosquitto, from a try to connect to the end of the connection. It
 * belongs to the link's thread.
 */
#ifndef UDPTUI_FLEET_LINK_CLIENT_INTERNAL_H
#define UDPTUI_FLEET_LINK_CLIENT_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "link_internal.h"
#include "udptui/base/units.h"

struct mosquitto;

enum { CONNACK_NONE = -1 };

/* How long the thread waits at most, so that mosquitto_loop_misc(3) is called often enough. */
static const int64_t link_turn_ns = UNITS_NS_PER_S;

struct link_client {
    struct link *link;
    struct mosquitto *mosquitto;
    int version;        /* MQTT_PROTOCOL_V5 or _V311 */
    int connack;        /* CONNACK_NONE, or the code of the answer to CONNECT */
    bool is_too_new;    /* the connection has failed, perhaps for its version */
    bool has_asserted;  /* libmosquitto has, which leaves the memory of a packet behind */
    bool may_not_read;  /* a subscription was refused */
    size_t next;        /* subscription that is next */
    int subscribe_id;   /* of the one before it, which is to be acknowledged */
    int refresh_id;     /* of the question after whose answer we subscribe again */
    int64_t awaited_ns; /* when the one whose answer is missing was sent, or the last question after
                         * it; 0: none is missing */
    size_t refusals;    /* since the first of them */
    const char *fault;  /* what the broker does that none may do; NULL: nothing */
    uint32_t unsent;    /* packets since all that we wrote was sent, at most */
    char tls_why[LINK_WHY_SIZE / 2];
    int64_t answer_by_ns, up_ns;
    int64_t subscribed_ns;    /* when the first subscription was sent */
    int64_t refresh_ns;       /* when they are due again, INT64_MAX: they are still under way */
    int64_t turned_ns;        /* when we ran last */
    bool was_silent, refresh; /* refresh: the subscriptions are wanted again */
    int64_t heard_ns;         /* when something came last */
    int64_t asked_ns; /* when something was sent that must be answered, and nothing came since; 0 */
};

struct link_failure {
    bool refused;
    char why[LINK_WHY_SIZE];
};

/* ---- whether the broker answers (link_answers.c) */

/* Something was sent that must be answered, or something came. */
void link_note_question(struct link_client *client, int64_t now_ns);
void link_note_heard(struct link_client *client, int64_t now_ns);

/* Sends something that is answered, whose number goes to *message_id (NULL: not wanted). */
void link_ask(struct link_client *client, int *message_id, int64_t now_ns);

/* Asks if nothing came for a while, and notes in the link's status whether the broker is silent. */
void link_check_answers(struct link_client *client, int64_t now_ns);

/* When that may change (CLOCK_MONOTONIC), INT64_MAX: not before something else does. */
int64_t link_check_due_ns(const struct link_client *client, int64_t now_ns);

/* Asks if the answer to a subscription may be lost. */
void link_check_awaited(struct link_client *client, int64_t now_ns);

/* ---- what we read (link_subscriptions.c) */

/* If the code of libmosquitto says that the broker takes less than we send, that is its fault. */
void link_note_limit(struct link_client *client, int code);

/* Whether the topic is one that we subscribe to. */
bool link_has_asked_for(const struct link *link, const char *topic);

/* Subscribes to all topics, one after the other. */
void link_subscribe(struct link_client *client, int64_t now_ns);

/* Whether that is due once more: then link_ask must follow, for refresh_id. */
bool link_must_refresh(struct link_client *client, int64_t now_ns);

/* For mosquitto_subscribe_callback_set(3) and mosquitto_unsubscribe_callback_set(3). */
void link_on_subscribe(struct mosquitto *mosquitto, void *context, int message_id, int count,
                       const int *granted);
void link_on_unsubscribe(struct mosquitto *mosquitto, void *context, int message_id);

/* ---- why it failed (link_failure.c) */

/* code: of libmosquitto; error: errno, or of getaddrinfo(3) if the code is MOSQ_ERR_EAI. */
void link_explain(const struct link_client *client, int code, int error, struct link_failure *out);

#endif
