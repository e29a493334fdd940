/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * link_mosquitto: the link's thread, with libmosquitto (libmosquitto(3); MQTT 5, or 3.1.1 if the broker
 * knows no newer one). Each try to connect has a client of its own, so that nothing of the try before
 * it is left. connect(2) and the look-up of the name may block this thread; then only poll(2) does. Not
 * mosquitto_loop(3): it uses select(2), which cannot wait for descriptors from 1024 on.
 */
#include <errno.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>

#include "link_client_internal.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/random.h"
#include "udptui/sys/wait.h"

enum {
    KEEPALIVE_S = 15,
    QOS = 1,                                               /* of what we publish */
    PACKET_BYTES_MAX = LINK_MESSAGE_BYTES_MAX + (1 << 17), /* with topic and properties */
    ASSERTION_FAILED = -100,                               /* no code of libmosquitto */
    UNSENT_MAX = 1 << 16, /* packets since all that we wrote was sent */
};

static const int64_t answer_within_ns = 15 * UNITS_NS_PER_S; /* the broker, to our CONNECT */
static const int64_t lasting_ns = 10 * UNITS_NS_PER_S;       /* a connection that was of use */

bool link_prepare(struct problem *problem)
{
    return mosquitto_lib_init() == MOSQ_ERR_SUCCESS ||
           problem_set(problem, false, "cannot connect to a broker: %s", reason_text(errno));
}

/* ---- what libmosquitto reports */

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
        due_ns = wait_earlier_ns(now_ns + link_turn_ns, link_check_due_ns(client, now_ns));
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
