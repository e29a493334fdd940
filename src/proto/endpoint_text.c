/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * endpoint_text: what a person types and reads.
 *
 * Reading: brackets and the port come off first, then the zone, and what is left is an address or a
 * name; nothing is resolved. inet_pton(3) is a pure function and strict (RFC 4291 section 2.2).
 * Writing is our own: inet_ntop(3) writes ::1:2 as ::0.1.0.2, which RFC 5952 does not.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "udptui/base/builder.h"
#include "udptui/proto/endpoint.h"

static const char *const error_texts[] = {
    [ENDPOINT_OK] = "",
    [ENDPOINT_BAD_PORT] = "the port is not a number from 0 to 65535",
    [ENDPOINT_BAD_RANGE] = "a range of ports is FIRST-LAST, both from 1 to 65535",
    [ENDPOINT_BAD_BRACKET] = "write an IPv6 address with a port as [ADDRESS]:PORT",
    [ENDPOINT_BAD_HOST] = "not an address or host name",
    [ENDPOINT_BAD_ZONE] = "a zone (%INTERFACE) goes with an IPv6 address or a multicast group",
};

const char *endpoint_error_text(enum endpoint_error error)
{
    return error_texts[error];
}

static bool parse_port(const char *text, uint16_t *out)
{
    unsigned value = 0;

    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (!isdigit((unsigned char)*text))
            return false;
        value = value * 10 + (unsigned)(*text - '0');
        if (value > UINT16_MAX)
            return false;
    }
    *out = (uint16_t)value;
    return true;
}

static enum endpoint_error set_port(const char *text, struct endpoint_spec *out)
{
    if (!parse_port(text, &out->port))
        return ENDPOINT_BAD_PORT;
    out->has_port = true;
    out->literal.port = out->port;
    return ENDPOINT_OK;
}

/* Letters, digits, '-', '_' and '.' (RFC 1123, and what is in use); bytes from 0x80 for IDNs. */
static bool is_host_name(const char *text)
{
    for (const unsigned char *i = (const unsigned char *)text; *i != '\0'; i++)
        if (!isalnum(*i) && strchr("-_.", *i) == NULL && *i < 0x80)
            return false;
    return true;
}

/* Only digits and dots, yet not an IPv4 address: certainly a typing error, not a name. */
static bool is_broken_ipv4(const char *text)
{
    return strspn(text, "0123456789.") == strlen(text);
}

static bool parse_literal(const char *host, struct endpoint *out)
{
    if (inet_pton(AF_INET, host, out->address) == 1)
        out->family = ENDPOINT_IPV4;
    else if (inet_pton(AF_INET6, host, out->address) == 1)
        out->family = ENDPOINT_IPV6;
    else
        memset(out->address, 0, sizeof out->address);
    return out->family != ENDPOINT_NONE;
}

/* ::ffff:a.b.c.d is the IPv4 address (see the header's head). */
static void unmap(struct endpoint *endpoint)
{
    if (endpoint->family != ENDPOINT_IPV6 || !endpoint_is_mapped(endpoint->address))
        return;
    memmove(endpoint->address, endpoint->address + 12, 4);
    memset(endpoint->address + 4, 0, 12);
    endpoint->family = ENDPOINT_IPV4;
}

/* What a network interface may be called (Linux: no '/', ':' or blank), less our own brackets. */
static bool is_zone(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] <= ' ' || text[i] == 0x7f || strchr("/:%[]", text[i]) != NULL)
            return false;
    return length > 0;
}

/* RFC 4007 has zones for IPv6; a group of IPv4 is joined, and sent to, on an interface as well. */
static bool takes_zone(const struct endpoint *address)
{
    return address->family == ENDPOINT_IPV6 || endpoint_is_multicast(address);
}

/* The part without brackets and port. */
static enum endpoint_error set_host(const char *text, size_t length, struct endpoint_spec *out)
{
    const char *zone = memchr(text, '%', length);
    size_t host_length = zone != NULL ? (size_t)(zone - text) : length;
    size_t zone_length = zone != NULL ? length - host_length - 1 : 0;

    if (host_length >= sizeof out->host || host_length == 0)
        return ENDPOINT_BAD_HOST;
    memcpy(out->host, text, host_length);
    out->is_literal = parse_literal(out->host, &out->literal);
    unmap(&out->literal);
    if (zone != NULL) {
        if (!takes_zone(&out->literal) || zone_length >= sizeof out->zone ||
            !is_zone(zone + 1, zone_length))
            return ENDPOINT_BAD_ZONE;
        memcpy(out->zone, zone + 1, zone_length);
    }
    out->literal.port = out->port;
    if (!out->is_literal && (!is_host_name(out->host) || is_broken_ipv4(out->host)))
        return ENDPOINT_BAD_HOST;
    return ENDPOINT_OK;
}

static enum endpoint_error split_bracketed(const char *text, struct endpoint_spec *out)
{
    const char *end = strchr(text, ']');
    enum endpoint_error error;

    if (end == NULL || (end[1] != '\0' && end[1] != ':'))
        return ENDPOINT_BAD_BRACKET;
    error = set_host(text + 1, (size_t)(end - text - 1), out);
    if (error != ENDPOINT_OK)
        return error;
    if (!out->is_literal || strchr(out->host, ':') == NULL) /* [::ffff:192.0.2.1] is IPv4 by now */
        return ENDPOINT_BAD_BRACKET;
    return end[1] == ':' ? set_port(end + 2, out) : ENDPOINT_OK;
}

/* Whether the dash is in a port: digits on both sides, a colon or nothing before them. */
static bool is_range(const char *text, const char *dash)
{
    const char *start = dash;

    if (dash == NULL)
        return false;
    while (start > text && isdigit((unsigned char)start[-1]))
        start--;
    return start < dash && (start == text || start[-1] == ':') && isdigit((unsigned char)dash[1]) &&
           strspn(dash + 1, "0123456789") == strlen(dash + 1);
}

enum endpoint_error endpoint_split_range(const char *text, struct endpoint_spec *out,
                                         uint16_t *last)
{
    const char *dash = strrchr(text, '-');
    char first[ENDPOINT_HOST_SIZE + ENDPOINT_ZONE_SIZE];
    size_t length = dash != NULL ? (size_t)(dash - text) : 0;
    enum endpoint_error error;

    *last = 0;
    if (!is_range(text, dash) || length >= sizeof first) {
        error = endpoint_split(text, out);
        *last = out->port;
        return error;
    }
    memcpy(first, text, length);
    first[length] = '\0';
    error = endpoint_split(first, out);
    if (error != ENDPOINT_OK)
        return error;
    return parse_port(dash + 1, last) && out->port > 0 && *last >= out->port ? ENDPOINT_OK
                                                                             : ENDPOINT_BAD_RANGE;
}

enum endpoint_error endpoint_split(const char *text, struct endpoint_spec *out)
{
    const char *colon = strrchr(text, ':');
    enum endpoint_error error;

    *out = (struct endpoint_spec){.port = ENDPOINT_DEFAULT_PORT};
    if (*text == '\0')
        return ENDPOINT_OK;
    if (*text == '[')
        return split_bracketed(text, out);
    if (strspn(text, "0123456789") == strlen(text))
        return set_port(text, out);
    if (colon == NULL || strchr(text, ':') != colon) /* a name, or an IPv6 address without port */
        return set_host(text, strlen(text), out);
    if (colon != text && (error = set_host(text, (size_t)(colon - text), out)) != ENDPOINT_OK)
        return error;
    return set_port(colon + 1, out);
}

enum { GROUPS = 8 };

/* The longest stretch of two or more zero groups, the first of equal ones (RFC 5952 section
 * 4.2). */
static int find_zeros(const uint16_t groups[GROUPS], int *out_length)
{
    int best = GROUPS, best_length = 1, length = 0;

    for (int i = 0; i < GROUPS; i++) {
        length = groups[i] == 0 ? length + 1 : 0;
        if (length > best_length) {
            best = i + 1 - length;
            best_length = length;
        }
    }
    *out_length = best_length;
    return best;
}

/* A mapped address ends in dotted IPv4 form (RFC 5952 section 5). */
static void format_ipv6(const uint8_t address[16], char out[ENDPOINT_TEXT_SIZE])
{
    uint16_t groups[GROUPS];
    struct builder text = builder_begin(out, ENDPOINT_TEXT_SIZE);
    int zeros, zeros_length;

    if (endpoint_is_mapped(address)) {
        builder_add(&text, "::ffff:%u.%u.%u.%u", address[12], address[13], address[14],
                    address[15]);
        return;
    }
    for (int i = 0; i < GROUPS; i++)
        groups[i] = (uint16_t)(address[2 * i] << 8 | address[2 * i + 1]);
    zeros = find_zeros(groups, &zeros_length);
    for (int i = 0; i < GROUPS; i++) {
        bool first = i == 0 || i == zeros + zeros_length;
        if (i == zeros) {
            builder_add(&text, "::");
            i += zeros_length - 1;
            continue;
        }
        builder_add(&text, first ? "%x" : ":%x", groups[i]);
    }
}

/* A name that is shown: all of it visible ASCII, and nothing that ends a zone. */
static bool is_plain_zone(const char *name)
{
    for (const char *i = name; *i != '\0'; i++)
        if (*i < 0x21 || *i > 0x7e)
            return false;
    return is_zone(name, strlen(name));
}

/* "%eth0", "%2" or "" */
static const char *format_zone(uint32_t scope, const struct zones *zones, char *out, size_t size)
{
    char name[ENDPOINT_ZONE_SIZE];

    if (scope == 0)
        snprintf(out, size, "%s", "");
    else if (zones != NULL && zones->name(scope, name) != NULL && is_plain_zone(name))
        snprintf(out, size, "%%%s", name);
    else
        snprintf(out, size, "%%%u", (unsigned)scope);
    return out;
}

const char *endpoint_format_address_in(const struct endpoint *endpoint, const struct zones *zones,
                                       char *out, size_t size)
{
    char address[ENDPOINT_TEXT_SIZE] = "-", zone[ENDPOINT_ZONE_SIZE + 1] = "";

    if (endpoint->family == ENDPOINT_IPV4)
        snprintf(address, sizeof address, "%u.%u.%u.%u", endpoint->address[0], endpoint->address[1],
                 endpoint->address[2], endpoint->address[3]);
    else if (endpoint->family == ENDPOINT_IPV6)
        format_ipv6(endpoint->address, address);
    if (endpoint->family != ENDPOINT_NONE)
        format_zone(endpoint->scope, zones, zone, sizeof zone);
    snprintf(out, size, "%s%s", address, zone);
    return out;
}

const char *endpoint_format_in(const struct endpoint *endpoint, const struct zones *zones,
                               char *out, size_t size)
{
    char address[ENDPOINT_TEXT_SIZE];

    endpoint_format_address_in(endpoint, zones, address, sizeof address);
    if (endpoint->family == ENDPOINT_NONE)
        snprintf(out, size, "%s", address);
    else
        snprintf(out, size, endpoint->family == ENDPOINT_IPV6 ? "[%s]:%u" : "%s:%u", address,
                 endpoint->port);
    return out;
}

const char *endpoint_format_address(const struct endpoint *endpoint, char *out, size_t size)
{
    return endpoint_format_address_in(endpoint, NULL, out, size);
}

const char *endpoint_format(const struct endpoint *endpoint, char *out, size_t size)
{
    return endpoint_format_in(endpoint, NULL, out, size);
}
