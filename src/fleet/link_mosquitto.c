/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * link_mosquitto: the link's thread, with libmosquitto (libmosquitto(3), MQTT 5, or
 * 3.1.1 if the broker knows no newer one). Each try to
 * connect has a client of its own, so that nothing of the try before it is left. connect(2) and
 * the look-up of the name may block this thread; then only poll(2) does. Not mosquitto_loop(3): it
 * uses select(2), which cannot wait for descriptors from 1024 on.
 */
#include <errno.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

#include "link_internal.h"
#include "udptui/base/units.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/random.h"
#include "udptui/sys/wait.h"

enum {
    KEEPALIVE_S = 15,
    QOS = 1, /* of what we publish */
    QOS_SUBSCRIBED = 0,
    REFRESH_COST = 20,
    PACKET_BYTES_MAX = LINK_MESSAGE_BYTES_MAX + (1 << 17), /* with topic and properties */
    GRANT_REFUSED = 0x80,
    CONNACK_NONE = -1,
    ASSERTION_FAILED = -100, /* no code of libmosquitto */
    UNSENT_MAX = 1 << 16,    /* packets since all that we wrote was sent */
};

static const int64_t answer_within_ns = 15 * UNITS_NS_PER_S; /* the broker, to our CONNECT */
static const int64_t lasting_ns = 10 * UNITS_NS_PER_S;       /* a connection that was of use */
static const int64_t turn_ns = UNITS_NS_PER_S;               /* mosquitto_loop_misc(3) */
static const int64_t subscribe_every_ns = UNITS_NS_PER_S;
static const int64_t refresh_after_ns = 60 * UNITS_NS_PER_S;
static const int64_t ask_again_ns = UNITS_NS_PER_S;        /* if an answer may be lost */
static const int64_t ask_after_ns = 2 * UNITS_NS_PER_S;    /* without a byte from the broker */
static const int64_t silent_after_ns = 3 * UNITS_NS_PER_S; /* without an answer */

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

bool link_prepare(struct problem *problem)
{
    return mosquitto_lib_init() == MOSQ_ERR_SUCCESS ||
           problem_set(problem, false, "cannot connect to a broker: %s", reason_text(errno));
}

/* ---- whether the broker answers */

static void link_note_question(struct link_client *client, int64_t now_ns)
{
    if (client->asked_ns == 0)
        client->asked_ns = now_ns;
}

static void link_note_heard(struct link_client *client, int64_t now_ns)
{
    client->heard_ns = now_ns;
    client->asked_ns = 0;
}

/* An UNSUBSCRIBE is answered, also if there was no such subscription (MQTT 3.1.1, section 3.10.4);
 * libmosquitto sends no PINGREQ on demand, and gives up only after two intervals of KEEPALIVE_S. */
static void link_ask(struct link_client *client, int *message_id, int64_t now_ns)
{
    mosquitto_unsubscribe(client->mosquitto, message_id, client->link->client_id);
    link_note_question(client, now_ns);
}

static void link_check_answers(struct link_client *client, int64_t now_ns)
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

/* When that may change (CLOCK_MONOTONIC). */
static int64_t link_check_due_ns(const struct link_client *client, int64_t now_ns)
{
    int64_t due_ns = client->asked_ns != 0 ? client->asked_ns + silent_after_ns
                                           : client->heard_ns + ask_after_ns;

    return client->connack == CONNACK_ACCEPTED && due_ns > now_ns ? due_ns : INT64_MAX;
}

/* ---- what libmosquitto reports */

/* What publishes is of use without what it reads. */
static bool link_reads_only(const struct link *link)
{
    return link->will == NULL;
}

/* An answer to CONNECT may allow less than MQTT 3.1.1 does (MQTT 5, section 3.2.2.3). */
static void link_note_limit(struct link_client *client, int code)
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

static void link_subscribe(struct link_client *client, int64_t now_ns)
{
    client->refusals = client->next = 0;
    client->subscribed_ns = now_ns;
    link_subscribe_next(client, now_ns);
}

/* The broker drops what does not fit into its queue while we take nothing, and a subscription brings
 * the latest of it; the owner may have dropped something, too. Not before the queue is empty, or what
 * the broker keeps would not fit into it either: it is once the broker's answer has come. */
static bool link_must_refresh(struct link_client *client, int64_t now_ns)
{
    bool slept = now_ns - client->turned_ns >= 2 * turn_ns;

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

/* If its queue is full, mosquitto drops answers as well (2.0.11, packet__queue). A broker answers in
 * order (MQTT 5, section 4.6), so that the answer to a later question shows that one was lost, also
 * while other messages come all the time. */
static void link_check_awaited(struct link_client *client, int64_t now_ns)
{
    if (client->awaited_ns == 0 || now_ns - client->awaited_ns < ask_again_ns)
        return;
    client->awaited_ns = now_ns;
    link_ask(client, NULL, now_ns);
}

/* Whether it answers what was sent as `id` (0: nothing) or later. libmosquitto counts 16 bits up. */
static bool link_answers_since(int message_id, int id)
{
    return id != 0 && (uint16_t)(message_id - id) <= INT16_MAX;
}

static void link_on_unsubscribe(struct mosquitto *mosquitto, void *context, int message_id)
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

static void link_on_connect(struct mosquitto *mosquitto, void *context, int code)
{
    struct link_client *client = context;

    (void)mosquitto;
    client->connack = code;
    if (code != CONNACK_ACCEPTED)
        return;
    client->up_ns = client->turned_ns = clock_monotonic_ns();
    link_set_status(client->link, LINK_UP, NULL, 0);
    link_subscribe(client, client->up_ns);
}

static void link_on_publish(struct mosquitto *mosquitto, void *context, int message_id)
{
    const struct link_client *client = context;

    (void)mosquitto;
    link_note_acknowledged(client->link, message_id);
}

static bool link_has_asked_for(const struct link *link, const char *topic)
{
    bool matches = false;

    for (size_t i = 0; i < LINK_TOPICS_MAX && !matches; i++)
        if (link->subscriptions[i] != NULL)
            mosquitto_topic_matches_sub(link->subscriptions[i], topic, &matches);
    return matches;
}

static void link_on_message(struct mosquitto *mosquitto, void *context,
                            const struct mosquitto_message *message)
{
    struct link_client *client = context;

    (void)mosquitto;
    if (link_has_asked_for(client->link, message->topic))
        link_receive(client->link, message->topic, message->payload, (size_t)message->payloadlen,
                     message->retain);
    else
        client->fault = "the broker sends messages for which nobody asked";
}

static size_t link_count_subscriptions(const struct link *link)
{
    size_t count = 0;

    for (size_t i = 0; i < LINK_TOPICS_MAX; i++)
        count += link->subscriptions[i] != NULL;
    return count;
}

static void link_on_subscribe(struct mosquitto *mosquitto, void *context, int message_id, int count,
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

/* Each packet, either way, is a line of the log. libmosquitto has no other sign of two things that
 * fill its memory without a limit: answers that the broker does not take, and messages of QoS 2,
 * which are kept until the broker releases them: "Client ID sending PUBREC (m1, rc0)". No broker
 * sends those to us, who subscribe with QoS 0 (MQTT 3.1.1, section 3.8.4). */
static void link_note_packet(struct link_client *client, const char *text)
{
    static const char own[] = "Client ", pubrec[] = " sending PUBREC ";
    size_t id = sizeof own - 1, at = id + strlen(client->link->client_id);

    if (strncmp(text, own, id) == 0 && strlen(text) > at &&
        strncmp(text + at, pubrec, sizeof pubrec - 1) == 0)
        client->fault = "the broker sends messages with QoS 2, for which nobody asked";
    if (++client->unsent > UNSENT_MAX)
        client->fault = "the broker sends, but takes no answers";
}

/* What OpenSSL says is known from the log alone: "OpenSSL Error[0]: error:0A000086:SSL
 * routines::certificate verify failed". */
static void link_on_log(struct mosquitto *mosquitto, void *context, int level, const char *text)
{
    struct link_client *client = context;
    const char *last = strrchr(text, ':');

    (void)mosquitto;
    if (level == MOSQ_LOG_DEBUG)
        link_note_packet(client, text);
    if (level == MOSQ_LOG_ERR && last != NULL)
        snprintf(client->tls_why, sizeof client->tls_why, "%s", last + 1 + (last[1] == ' '));
}

/* ---- one client */

static bool link_set_tls(const struct link_client *client)
{
    const char *ca_file = client->link->ca_file;

    if (ca_file != NULL)
        return mosquitto_tls_set(client->mosquitto, ca_file, NULL, NULL, NULL, NULL) ==
               MOSQ_ERR_SUCCESS;
    return mosquitto_int_option(client->mosquitto, MOSQ_OPT_TLS_USE_OS_CERTS, 1) ==
           MOSQ_ERR_SUCCESS;
}

/* False with a reason if it cannot be set up at all. */
static bool link_set_up(struct link_client *client, const char **why)
{
    const struct link *link = client->link;
    const struct broker *broker = &link->broker;

    *why = "not enough memory";
    client->mosquitto = mosquitto_new(link->client_id, true, client);
    if (client->mosquitto == NULL)
        return false;
    mosquitto_connect_callback_set(client->mosquitto, link_on_connect);
    mosquitto_publish_callback_set(client->mosquitto, link_on_publish);
    mosquitto_message_callback_set(client->mosquitto, link_on_message);
    mosquitto_subscribe_callback_set(client->mosquitto, link_on_subscribe);
    mosquitto_unsubscribe_callback_set(client->mosquitto, link_on_unsubscribe);
    mosquitto_log_callback_set(client->mosquitto, link_on_log);
    if (broker->user[0] != '\0' &&
        mosquitto_username_pw_set(client->mosquitto, broker->user,
                                  broker->password[0] != '\0' ? broker->password : NULL) !=
            MOSQ_ERR_SUCCESS)
        return false;
    if (link->will != NULL &&
        mosquitto_will_set(client->mosquitto, link->slots[link->will_slot].topic,
                           (int)strlen(link->will), link->will, QOS, true) != MOSQ_ERR_SUCCESS)
        return false;
    if (mosquitto_int_option(client->mosquitto, MOSQ_OPT_PROTOCOL_VERSION, client->version) !=
        MOSQ_ERR_SUCCESS)
        return false;
    *why = "the authorities that it trusts cannot be read (UDPTUI_MQTT_CA_FILE)";
    return !broker->tls || link_set_tls(client);
}

/* ---- why it failed */

struct link_failure {
    bool refused;
    char why[LINK_WHY_SIZE];
};

static const char *link_why_not_let_in(const struct broker *broker)
{
    if (broker->user[0] == '\0')
        return "the broker does not let us in: it may want a user, mqtt://USER@..., and a password "
               "(UDPTUI_MQTT_PASSWORD_FILE)";
    if (broker->password[0] == '\0')
        return "the broker does not let us in: it may want a password (UDPTUI_MQTT_PASSWORD_FILE)";
    return "the broker does not let us in: is the user or the password wrong?";
}

static void link_explain_answer(const struct link_client *client, struct link_failure *out)
{
    const char *const answers[] = {
        [1] = "the broker does not speak MQTT 3.1.1",
        [2] = "the broker refuses our client identifier",
        [3] = "the broker is not available",
        [4] = "the broker refuses the user or the password",
        [5] = link_why_not_let_in(&client->link->broker),
    };
    static const unsigned char codes_of_5[] = {/* MQTT 5, table 3-1, to those of MQTT 3.1.1 */
                                               [MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION - 0x80] = 1,
                                               [MQTT_RC_CLIENTID_NOT_VALID - 0x80] = 2,
                                               [MQTT_RC_BAD_USERNAME_OR_PASSWORD - 0x80] = 4,
                                               [MQTT_RC_NOT_AUTHORIZED - 0x80] = 5,
                                               [MQTT_RC_SERVER_UNAVAILABLE - 0x80] = 3};
    size_t code = (size_t)client->connack;

    if (code >= 0x80 && code - 0x80 < sizeof codes_of_5 && codes_of_5[code - 0x80] != 0)
        code = codes_of_5[code - 0x80];
    out->refused = code != 3;
    snprintf(out->why, sizeof out->why, "%s",
             code < sizeof answers / sizeof *answers ? answers[code]
                                                     : "the broker refuses the connection");
}

static void link_explain_tls(const struct link_client *client, struct link_failure *out)
{
    const char *why = client->tls_why[0] != '\0' ? client->tls_why : "no answer to our hello";

    out->refused = true;
    if (strstr(why, "no certificate or crl") != NULL)
        snprintf(out->why, sizeof out->why,
                 "there is no certificate in the file that UDPTUI_MQTT_CA_FILE names");
    else if (strstr(why, "certificate") != NULL)
        snprintf(out->why, sizeof out->why,
                 "the broker's certificate is not trusted: %.80s: is it for this host, and its "
                 "authority known (UDPTUI_MQTT_CA_FILE)?",
                 why);
    else
        snprintf(out->why, sizeof out->why, "TLS failed: %s: does this port speak TLS?", why);
}

static const char *link_error_text(int error)
{
    return error == ECONNREFUSED ? "nothing listens there, or a firewall rejects it"
                                 : reason_text(error);
}

static void link_explain(const struct link_client *client, int code, int error,
                         struct link_failure *out)
{
    const char *why = mosquitto_strerror(code);
    bool silent = code == MOSQ_ERR_ERRNO && error == 0; /* it has ended without an error */

    if (client->connack > CONNACK_ACCEPTED) {
        link_explain_answer(client, out);
        return;
    }
    if (code == MOSQ_ERR_TLS || code == MOSQ_ERR_TLS_HANDSHAKE) {
        link_explain_tls(client, out);
        return;
    }
    if (client->fault != NULL)
        why = client->fault;
    else if (code == MOSQ_ERR_EAI)
        why = gai_strerror(error);
    else if (code == MOSQ_ERR_ERRNO && !silent)
        why = link_error_text(error);
    else if (code == MOSQ_ERR_KEEPALIVE || code == MOSQ_ERR_TIMEOUT)
        why = "the broker does not answer";
    else if (code == MOSQ_ERR_CONN_LOST || code == MOSQ_ERR_NO_CONN || silent)
        why = client->connack == CONNACK_NONE
                  ? "the connection was closed before the broker answered: does it expect TLS?"
                  : "the broker closed the connection";
    else if (code == MOSQ_ERR_PROTOCOL || code == MOSQ_ERR_MALFORMED_PACKET ||
             code == MOSQ_ERR_MALFORMED_UTF8)
        why = "what answers is no MQTT broker";
    snprintf(out->why, sizeof out->why, "%s", why);
}

/* ---- while it is connected */

static void link_send_slots(struct link_client *client, int64_t now_ns)
{
    struct link *link = client->link;

    for (size_t i = 0; i < LINK_TOPICS_MAX; i++) {
        uint64_t version;
        int message_id;
        struct link_text *text = link_take_slot(link, i, &version);
        if (text == NULL)
            continue;
        int code = mosquitto_publish(client->mosquitto, &message_id, link->slots[i].topic,
                                     (int)text->size_bytes, text->bytes, QOS, true);
        if (code == MOSQ_ERR_SUCCESS) {
            link_note_sent(link, i, version, message_id, now_ns);
            link_note_question(client, now_ns);
        }
        link_note_limit(client, code);
        free(text);
    }
}

/* While the broker takes nothing, samples are dropped. A retained one removes what the broker has. */
static void link_send_samples(struct link_client *client)
{
    struct link_text *text;

    while ((text = link_take_sample(client->link)) != NULL) {
        if ((!text->retained && mosquitto_want_write(client->mosquitto)) ||
            mosquitto_publish(client->mosquitto, NULL, text->topic, (int)text->size_bytes,
                              text->bytes, text->retained ? QOS : 0,
                              text->retained) != MOSQ_ERR_SUCCESS)
            link_count_dropped(client->link);
        free(text);
    }
}

static void link_send(struct link_client *client, int64_t now_ns)
{
    if (client->connack != CONNACK_ACCEPTED)
        return;
    link_send_slots(client, now_ns);
    link_send_samples(client);
    link_check_awaited(client, now_ns);
    if (link_must_refresh(client, now_ns))
        link_ask(client, &client->refresh_id, now_ns);
    link_check_answers(client, now_ns);
}

/* Waits for the broker or the owner, and lets libmosquitto read and write. Its error. */
static int link_turn(struct link_client *client, int64_t until_ns)
{
    struct mosquitto *mosquitto = client->mosquitto;
    struct pollfd polled[] = {
        {.fd = mosquitto_socket(mosquitto),
         .events = (short)(POLLIN | (mosquitto_want_write(mosquitto) ? POLLOUT : 0))},
        {.fd = client->link->thread_fd, .events = POLLIN}};
    eventfd_t count;
    int code = MOSQ_ERR_SUCCESS;

    if (polled[0].fd < 0)
        return MOSQ_ERR_NO_CONN;
    wait_until(polled, 2, until_ns);
    eventfd_read(polled[1].fd, &count);
    if (!mosquitto_want_write(mosquitto))
        client->unsent = 0;
    if ((polled[0].revents & ~POLLOUT) != 0)
        code = link_guard_read(mosquitto_loop_read, mosquitto, ASSERTION_FAILED);
    client->has_asserted = code == ASSERTION_FAILED;
    if (client->has_asserted)
        code = MOSQ_ERR_MALFORMED_PACKET;
    if ((polled[0].revents & POLLIN) != 0 && code == MOSQ_ERR_SUCCESS)
        link_note_heard(client, clock_monotonic_ns());
    if (code == MOSQ_ERR_SUCCESS && (polled[0].revents & POLLOUT) != 0)
        code = mosquitto_loop_write(mosquitto, 1);
    return code == MOSQ_ERR_SUCCESS ? mosquitto_loop_misc(mosquitto) : code;
}

/* The broker throws the will away when it gets our DISCONNECT. */
static void link_say_goodbye(struct link_client *client, int64_t close_by_ns)
{
    if (client->connack != CONNACK_ACCEPTED)
        return;
    mosquitto_disconnect(client->mosquitto);
    while (mosquitto_want_write(client->mosquitto) && clock_monotonic_ns() < close_by_ns &&
           link_turn(client, close_by_ns) == MOSQ_ERR_SUCCESS)
        ;
}

/* Until the owner closes the link (true) or the connection fails. */
static bool link_serve(struct link_client *client, int *code)
{
    int64_t close_by_ns, due_ns, now_ns = clock_monotonic_ns();

    client->answer_by_ns = now_ns + answer_within_ns;
    for (;;) {
        link_send(client, now_ns);
        if (link_is_closing(client->link, &close_by_ns) &&
            (now_ns >= close_by_ns ||
             (client->connack == CONNACK_ACCEPTED && link_is_drained(client->link)))) {
            link_say_goodbye(client, close_by_ns);
            return true;
        }
        errno = 0;
        due_ns = wait_earlier_ns(now_ns + turn_ns, link_check_due_ns(client, now_ns));
        *code = link_turn(client, wait_earlier_ns(due_ns, close_by_ns));
        if (*code != MOSQ_ERR_SUCCESS || client->connack > CONNACK_ACCEPTED ||
            client->fault != NULL)
            return false;
        now_ns = clock_monotonic_ns();
        *code = MOSQ_ERR_TIMEOUT;
        if (client->connack == CONNACK_NONE && now_ns >= client->answer_by_ns)
            return false;
    }
}

/* With MQTT 5 the broker leaves out what is larger than we want; in older versions it cannot be told,
 * and libmosquitto takes up to 256 MiB into memory before we see it. */
static int link_connect(struct link_client *client)
{
    const struct broker *broker = &client->link->broker;
    mosquitto_property *properties = NULL;
    int code;

    if (client->version != MQTT_PROTOCOL_V5)
        return mosquitto_connect(client->mosquitto, broker->host, broker->port, KEEPALIVE_S);
    code =
        mosquitto_property_add_int32(&properties, MQTT_PROP_MAXIMUM_PACKET_SIZE, PACKET_BYTES_MAX);
    if (code == MOSQ_ERR_SUCCESS)
        code = mosquitto_connect_bind_v5(client->mosquitto, broker->host, broker->port, KEEPALIVE_S,
                                         NULL, properties);
    mosquitto_property_free_all(&properties);
    return code;
}

/* Whether the broker may know an older version only: it refuses ours, or its answer cannot be read,
 * or it ends the connection without any. */
static bool link_is_too_new(const struct link_client *client, int code, int error)
{
    if (client->version != MQTT_PROTOCOL_V5 || client->connack == CONNACK_ACCEPTED)
        return false;
    if (client->connack != CONNACK_NONE)
        return client->connack == MQTT_RC_UNSUPPORTED_PROTOCOL_VERSION;
    return code == MOSQ_ERR_PROTOCOL || code == MOSQ_ERR_MALFORMED_PACKET ||
           code == MOSQ_ERR_CONN_LOST || code == MOSQ_ERR_NO_CONN ||
           (code == MOSQ_ERR_ERRNO && (error == 0 || error == ECONNRESET || error == EPIPE));
}

/* One connection, from its beginning to its end. True: the owner closes the link. */
static bool link_try(struct link_client *client, struct link_failure *failure)
{
    const char *why;
    int code, error;

    if (!link_set_up(client, &why)) {
        snprintf(failure->why, sizeof failure->why, "%s", why);
        return false;
    }
    if (!link_begin_reaching(client->link))
        return true;
    errno = 0;
    code = link_connect(client);
    link_end_reaching(client->link);
    if (code == MOSQ_ERR_SUCCESS && link_serve(client, &code))
        return true;
    error = errno;
    client->is_too_new = link_is_too_new(client, code, error);
    link_explain(client, code, error, failure);
    if (client->may_not_read)
        snprintf(failure->why, sizeof failure->why, "the broker does not let us read the topics");
    return false;
}

/* ---- from one connection to the next */

static uint32_t link_random(void)
{
    uint32_t number;

    return random_fill(&number, sizeof number) ? number : (uint32_t)random_key().k0;
}

/* True: the owner closes the link. */
static bool link_rest(struct link *link, int64_t until_ns)
{
    struct pollfd polled = {.fd = link->thread_fd, .events = POLLIN};
    int64_t close_by_ns;
    eventfd_t count;

    while (!link_is_closing(link, &close_by_ns) && clock_monotonic_ns() < until_ns) {
        wait_until(&polled, 1, until_ns);
        eventfd_read(link->thread_fd, &count);
    }
    return link_is_closing(link, &close_by_ns);
}

/* What fails at once after it was accepted counts as a failure, too. */
static unsigned link_count_failures(const struct link_client *client, unsigned failures)
{
    bool lasted = client->up_ns != 0 && clock_monotonic_ns() - client->up_ns >= lasting_ns;

    return lasted ? 1 : failures + 1;
}

/* A connection with this version; client: what became of it. True: the owner closes the link. */
static bool link_try_version(struct link *link, int version, struct link_client *client,
                             struct link_failure *failure)
{
    *client = (struct link_client){.link = link, .version = version, .connack = CONNACK_NONE};
    *failure = (struct link_failure){.refused = false};
    bool closing = link_try(client, failure);
    if (client->mosquitto != NULL)
        mosquitto_destroy(client->mosquitto);
    link_forget_connection(link);
    return closing;
}

/* MQTT 3.1.1 has no properties: what was left behind of a packet is all that is ever left behind. */
void link_work(struct link *link)
{
    struct link_client client = {.has_asserted = false};
    struct link_failure failure;
    bool knows_5 = true;
    unsigned failures = 0;
    int64_t retry_ns;

    for (bool closing = false; !closing;) {
        link_set_status(link, LINK_CONNECTING, NULL, 0);
        if (knows_5)
            closing = link_try_version(link, MQTT_PROTOCOL_V5, &client, &failure);
        knows_5 &= !client.has_asserted;
        if (!closing && (!knows_5 || client.is_too_new))
            closing = link_try_version(link, MQTT_PROTOCOL_V311, &client, &failure);
        if (closing)
            break;
        failures = link_count_failures(&client, failures);
        retry_ns = clock_monotonic_ns() + link_backoff_ns(failures, link_random());
        link_set_status(link, failure.refused ? LINK_REFUSED : LINK_WAITING, failure.why, retry_ns);
        closing = link_rest(link, retry_ns);
    }
}
