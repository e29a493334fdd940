/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* resolve: literals are used directly, names go through getaddrinfo(3). */
#include "udptui/net/resolve.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "udptui/base/problem.h"
#include "udptui/base/units.h"
#include "udptui/net/links.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/address.h"

/* "what: why" with the text as typed. */
static bool resolve_fail(struct resolve_result *out, bool usage, const char *text, const char *why)
{
    problem_write(out->error, sizeof out->error, "%s: %s", text, why);
    out->usage = usage;
    out->count = 0;
    return false;
}

unsigned resolve_zone(const char *zone)
{
    char name[ENDPOINT_ZONE_SIZE];
    int64_t index;

    if (units_parse_integer(zone, 1, INT32_MAX, &index))
        return links_name((unsigned)index, name) ? (unsigned)index : 0;
    return links_index(zone);
}

const char *resolve_zone_reason(int error, char *out)
{
    struct reason reason = reason_of_errno(REASON_INTERFACE, error, NULL, NULL);

    return reason_sentence(&reason, out, REASON_SIZE);
}

static bool resolve_fits_family(const struct endpoint *endpoint, enum endpoint_family family)
{
    return family == ENDPOINT_NONE || endpoint->family == family;
}

static bool resolve_add(struct resolve_result *out, struct endpoint endpoint,
                        enum endpoint_family family)
{
    if (out->count == RESOLVE_MAX || !resolve_fits_family(&endpoint, family))
        return false;
    out->endpoints[out->count++] = endpoint;
    return true;
}

static bool resolve_add_literal(struct resolve_result *out, const char *text,
                                const struct endpoint_spec *spec, enum endpoint_family family)
{
    struct endpoint endpoint = spec->literal;
    char why[REASON_SIZE];

    endpoint.port = spec->port;
    if (spec->zone[0] != '\0') {
        endpoint.scope = resolve_zone(spec->zone);
        if (endpoint.scope == 0)
            return resolve_fail(out, false, text, resolve_zone_reason(errno, why));
    }
    if (!resolve_add(out, endpoint, family))
        return resolve_fail(out, true, text,
                            family == ENDPOINT_IPV4 ? "is not an IPv4 address, but -4 was given"
                                                    : "is not an IPv6 address, but -6 was given");
    return true;
}

static const int family_numbers[] = {
    [ENDPOINT_NONE] = AF_UNSPEC, [ENDPOINT_IPV4] = AF_INET, [ENDPOINT_IPV6] = AF_INET6};

static bool resolve_add_name(struct resolve_result *out, const char *text,
                             const struct endpoint_spec *spec, enum endpoint_family family)
{
    const struct addrinfo hints = {.ai_family = family_numbers[family], .ai_socktype = SOCK_DGRAM};
    struct addrinfo *list;
    char why[RESOLVE_ERROR_SIZE / 2];
    int code = getaddrinfo(spec->host, NULL, &hints, &list);

    if (code != 0) {
        snprintf(why, sizeof why,
                 "the name could not be resolved (%s): check its spelling or use an address",
                 gai_strerror(code));
        return resolve_fail(out, false, text, why);
    }
    for (const struct addrinfo *i = list; i != NULL; i = i->ai_next) {
        struct sockaddr_storage storage = {0};
        memcpy(&storage, i->ai_addr, i->ai_addrlen);
        struct endpoint endpoint = address_to_endpoint(&storage);
        endpoint.port = spec->port;
        resolve_add(out, endpoint, family);
    }
    freeaddrinfo(list);
    return out->count > 0 ||
           resolve_fail(out, false, text,
                        "the name has no address of the family that -4 or -6 asks for");
}

static bool resolve_spec(const char *text, enum endpoint_family family, struct endpoint_spec *spec,
                         struct resolve_result *out)
{
    if (spec->is_literal)
        return resolve_add_literal(out, text, spec, family);
    return resolve_add_name(out, text, spec, family);
}

static bool resolve_split(const char *text, struct endpoint_spec *spec, struct resolve_result *out)
{
    enum endpoint_error error = endpoint_split(text, spec);

    *out = (struct resolve_result){.count = 0};
    return error == ENDPOINT_OK || resolve_fail(out, true, text, endpoint_error_text(error));
}

bool resolve_target(const char *text, enum endpoint_family family, struct resolve_result *out)
{
    struct endpoint_spec spec;

    if (!resolve_split(text, &spec, out))
        return false;
    if (text[0] == '\0')
        return resolve_fail(out, true, "''",
                            "no host: give an address or a name, or ':PORT' for this machine");
    if (spec.port == 0)
        return resolve_fail(out, true, text,
                            "nothing can be sent to port 0: use a port from 1 to 65535");
    if (spec.host[0] == '\0') {
        spec.is_literal = true;
        spec.literal = (struct endpoint){.family = ENDPOINT_IPV4, .address = {127, 0, 0, 1}};
        if (family == ENDPOINT_IPV6)
            spec.literal = (struct endpoint){.family = ENDPOINT_IPV6, .address = {[15] = 1}};
    }
    return resolve_spec(text, family, &spec, out);
}

bool resolve_listen(const char *text, enum endpoint_family family, struct resolve_result *out)
{
    struct endpoint_spec spec;
    uint16_t last;
    enum endpoint_error error = endpoint_split_range(text, &spec, &last);

    *out = (struct resolve_result){.count = 0, .last_port = last};
    if (error != ENDPOINT_OK)
        return resolve_fail(out, true, text, endpoint_error_text(error));
    if (spec.host[0] == '\0') {
        spec.is_literal = true;
        spec.literal =
            (struct endpoint){.family = family == ENDPOINT_IPV4 ? ENDPOINT_IPV4 : ENDPOINT_IPV6};
    }
    return resolve_spec(text, family, &spec, out);
}
