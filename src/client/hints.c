/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hints: see the header. Nothing is refused: the text was sent as typed. */
#include "udptui/client/hints.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "udptui/proto/endpoint.h"

/* A typed operand is cut to this in a hint. */
enum { SHOWN = 100, PORT_DIGITS_MIN = 3 };

static bool hints_is_port(const char *text)
{
    struct endpoint_spec spec;

    return text[0] != '\0' && strspn(text, "0123456789") == strlen(text) &&
           endpoint_split(text, &spec) == ENDPOINT_OK && spec.port > 0;
}

/* udptui send HOST 5000 */
static const char *hints_at_port(const char *target, const char *message, char *out, size_t size)
{
    struct endpoint_spec spec;

    if (!hints_is_port(message) || endpoint_split(target, &spec) != ENDPOINT_OK || spec.has_port)
        return NULL;
    bool ipv6 = spec.is_literal && spec.literal.family == ENDPOINT_IPV6;
    snprintf(out, size,
             "'%.*s' was sent as a message to port %u; to send to that port write %s%.*s%s:%.*s",
             SHOWN, message, spec.port, ipv6 ? "[" : "", SHOWN, target, ipv6 ? "]" : "", SHOWN,
             message);
    return out;
}

/* udptui send A:P B:P hello */
static const char *hints_at_target(const char *target, const char *message, char *out, size_t size)
{
    struct endpoint_spec spec;

    if (endpoint_split(message, &spec) != ENDPOINT_OK || !spec.is_literal || !spec.has_port)
        return NULL;
    snprintf(out, size, "'%.*s' was sent as a message; to send to several targets write %.*s,%.*s",
             SHOWN, message, SHOWN, target, SHOWN, message);
    return out;
}

/* udptui send ::1:4010 */
static const char *hints_at_brackets(const char *target, char *out, size_t size)
{
    const char *colon = strrchr(target, ':');
    char address[ENDPOINT_HOST_SIZE];
    struct endpoint_spec spec;

    if (colon == NULL || target[0] == '[' || strlen(colon + 1) < PORT_DIGITS_MIN ||
        !hints_is_port(colon + 1) || (size_t)(colon - target) >= sizeof address)
        return NULL;
    memcpy(address, target, (size_t)(colon - target));
    address[colon - target] = '\0';
    if (endpoint_split(address, &spec) != ENDPOINT_OK || !spec.is_literal ||
        spec.literal.family != ENDPOINT_IPV6)
        return NULL;
    snprintf(out, size, "%.*s is an address without a port: to send to port %s write [%s]%s", SHOWN,
             target, colon + 1, address, colon);
    return out;
}

const char *hints_find(const struct opts_operands *operands, bool answered, char *out,
                       size_t size_bytes)
{
    const char *target = operands->items[0];
    const char *message = operands->count > 1 ? operands->items[1] : "";
    const char *hint = hints_at_target(target, message, out, size_bytes);

    if (hint == NULL && !answered)
        hint = hints_at_brackets(target, out, size_bytes);
    if (hint == NULL && !answered && operands->count == 2)
        hint = hints_at_port(target, message, out, size_bytes);
    return hint;
}
