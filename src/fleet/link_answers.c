/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* link_answers: whether the broker answers, which only a question shows. */
#include <mosquitto.h>
#include <mqtt_protocol.h>

#include "link_client_internal.h"

static const int64_t ask_again_ns = UNITS_NS_PER_S;        /* if an answer may be lost */
static const int64_t ask_after_ns = 2 * UNITS_NS_PER_S;    /* without a byte from the broker */
static const int64_t silent_after_ns = 3 * UNITS_NS_PER_S; /* without an answer */

void link_note_question(struct link_client *client, int64_t now_ns)
{
    if (client->asked_ns == 0)
        client->asked_ns = now_ns;
}

void link_note_heard(struct link_client *client, int64_t now_ns)
{
    client->heard_ns = now_ns;
    client->asked_ns = 0;
}

/* An UNSUBSCRIBE is answered, also if there was no such subscription (MQTT 3.1.1, section 3.10.4);
 * libmosquitto sends no PINGREQ on demand, and gives up only after two intervals of KEEPALIVE_S. */
void link_ask(struct link_client *client, int *message_id, int64_t now_ns)
{
    mosquitto_unsubscribe(client->mosquitto, message_id, client->link->client_id);
    link_note_question(client, now_ns);
}

void link_check_answers(struct link_client *client, int64_t now_ns)
{
    int64_t sent_ns = link_oldest_sent_ns(client->link), since_ns = 0;

    if (client->asked_ns == 0 && now_ns - client->heard_ns >= ask_after_ns)
        link_ask(client, NULL, now_ns);
    if (client->asked_ns != 0 && now_ns - client->asked_ns >= silent_after_ns)
        since_ns = client->heard_ns;
    else if (now_ns - sent_ns >= silent_after_ns) /* it sends, but acknowledges nothing */
        since_ns = sent_ns;
    client->refresh |= since_ns == 0 && client->was_silent;
    client->was_silent = since_ns != 0;
    link_set_silent(client->link, since_ns);
}

int64_t link_check_due_ns(const struct link_client *client, int64_t now_ns)
{
    int64_t due_ns = client->asked_ns != 0 ? client->asked_ns + silent_after_ns
                                           : client->heard_ns + ask_after_ns;

    return client->connack == CONNACK_ACCEPTED && due_ns > now_ns ? due_ns : INT64_MAX;
}

/* If its queue is full, mosquitto drops answers as well (2.0.11, packet__queue). A broker answers in
 * order (MQTT 5, section 4.6), so that the answer to a later question shows that one was lost, also
 * while other messages come all the time. */
void link_check_awaited(struct link_client *client, int64_t now_ns)
{
    if (client->awaited_ns == 0 || now_ns - client->awaited_ns < ask_again_ns)
        return;
    client->awaited_ns = now_ns;
    link_ask(client, NULL, now_ns);
}
