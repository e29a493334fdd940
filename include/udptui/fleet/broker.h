/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * broker: where an MQTT broker is: mqtt://[USER@]HOST[:PORT]/PREFIX, mqtts:// with TLS; and the
 * secrets to use it, which come from the environment or from files, never from the command line,
 * which every user of the machine can read.
 */
#ifndef UDPTUI_FLEET_BROKER_H
#define UDPTUI_FLEET_BROKER_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/base/problem.h"
#include "udptui/base/text.h"
#include "udptui/proto/endpoint.h"
#include "udptui/proto/snapshot.h"
#include "udptui/sys/sandbox.h"

enum {
    BROKER_PORT = 1883,     /* IANA: mqtt */
    BROKER_PORT_TLS = 8883, /* secure-mqtt */
    BROKER_USER_SIZE = 256,
    BROKER_PASSWORD_SIZE = 1024,
    BROKER_TEXT_SIZE = ENDPOINT_HOST_SIZE * TEXT_EXPANSION + 16,
};

struct broker {
    bool tls;
    bool is_literal;               /* the host is an address: no name is looked up */
    char user[BROKER_USER_SIZE];   /* "": none */
    char host[ENDPOINT_HOST_SIZE]; /* name or address, without brackets */
    uint16_t port;
    char prefix[SNAPSHOT_PREFIX_SIZE]; /* "school/room-3", no slash at either end; may not be "" */
    char password[BROKER_PASSWORD_SIZE]; /* "": none */
    const char *ca_file; /* the only authority that is trusted; NULL: the system's */
};

/* option: "--publish", for messages; "" of an operand. Usage errors: no such scheme, a password in
 * the URL, no host, no prefix, '+' or '#' in it, a bad port. */
bool broker_parse(const char *option, const char *url, struct broker *out, struct problem *problem);

/* Reads UDPTUI_MQTT_PASSWORD, or the first line of the file that UDPTUI_MQTT_PASSWORD_FILE names;
 * and UDPTUI_MQTT_CA_FILE. Neither is an error if it is not there. */
bool broker_read_secrets(struct broker *broker, struct problem *problem);

/* "HOST:PORT", "[ADDRESS]:PORT" of IPv6, as safe text. Returns out (BROKER_TEXT_SIZE). */
const char *broker_format(const struct broker *broker, enum text_charset charset, char *out);

/* What the sandbox must let through for it: TCP to its port, the look-up of its name, and the
 * certificates that TLS checks. */
void broker_add_needs(const struct broker *broker, struct sandbox_needs *needs);

#endif
