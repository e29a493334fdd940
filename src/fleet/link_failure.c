/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* link_failure: why a connection could not be made, or has ended, in words that say what to do. */
#include <errno.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "link_client_internal.h"
#include "udptui/proto/reason.h"

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

void link_explain(const struct link_client *client, int code, int error, struct link_failure *out)
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
