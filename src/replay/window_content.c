/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_window_content: what a reply is recognised by, and the endpoints of its exchange. */
#include <string.h>

#include "udptui/base/hash.h"
#include "window_internal.h"

/* ---- what a datagram is recognised by */

static const uint8_t prefix_bytes[REPLAY_GROUP_KINDS] = {
    [REPLAY_BY_16] = 16, [REPLAY_BY_8] = 8, [REPLAY_BY_4] = 4, [REPLAY_BY_2] = 2};

struct replay_contents replay_window_contents_of(const struct packet *packet,
                                                 const uint64_t numbers[REPLAY_NUMBERS])
{
    struct replay_contents contents = {.hash = {[REPLAY_OF_FLOW] = 1}};
    bool numbered = false;

    for (int i = 0; i < REPLAY_NUMBERS; i++) {
        contents.hash[REPLAY_BY_NUMBER + i] = numbers[i];
        numbered |= numbers[i] != 0;
    }
    if (numbered)
        return contents;
    contents.hash[REPLAY_BY_ORDER] = 1;
    if (packet->size_bytes >= 2)
        contents.hash[REPLAY_BY_WHOLE] =
            hash_some(hash_bytes(packet->original_bytes, packet->payload, packet->size_bytes));
    for (int kind = REPLAY_BY_16; kind <= REPLAY_BY_2; kind++)
        if (packet->size_bytes >= prefix_bytes[kind])
            contents.hash[kind] = hash_some(hash_bytes(0, packet->payload, prefix_bytes[kind]));
    return contents;
}

/* How many of its first bytes a reply repeats; REPLAY_ECHO_MAX also if all are the same. */
static uint8_t repeated_bytes(const struct replay_request *request, const struct packet *reply)
{
    const struct replay_payload *payload = request->payload;

    if (payload->size_bytes == reply->size_bytes && request->size_bytes == reply->original_bytes &&
        (reply->size_bytes == 0 || memcmp(payload->bytes, reply->payload, reply->size_bytes) == 0))
        return REPLAY_ECHO_MAX;
    for (int kind = REPLAY_BY_16; kind <= REPLAY_BY_2; kind++) {
        size_t size_bytes = prefix_bytes[kind];
        if (payload->size_bytes >= size_bytes && reply->size_bytes >= size_bytes &&
            memcmp(payload->bytes, reply->payload, size_bytes) == 0)
            return (uint8_t)size_bytes;
    }
    return 0;
}

void replay_echo_learn(struct replay_echo *echo, const struct replay_request *request,
                       const struct packet *reply)
{
    uint8_t bytes = repeated_bytes(request, reply);
    size_t seen = bytes < reply->size_bytes ? bytes : reply->size_bytes;
    uint64_t value = hash_bytes(0, reply->payload, seen);

    echo->varies |= bytes > 0 && echo->bytes == bytes && echo->value != value;
    echo->bytes = bytes < echo->bytes ? bytes : echo->bytes;
    echo->value = value;
}

/* Whether the replies of a flow can be matched by this kind. */
bool replay_window_kind_is_usable(int kind, const struct replay_echo *echo)
{
    if (kind == REPLAY_BY_WHOLE)
        return echo->bytes != 0;
    if (prefix_bytes[kind] == 0 || echo->bytes == REPLAY_ECHO_UNKNOWN)
        return true;
    return echo->bytes > 0 && prefix_bytes[kind] >= echo->bytes;
}

/* ---- endpoints */

static bool is_everybody(const struct endpoint *endpoint)
{
    static const uint8_t ones[4] = {255, 255, 255, 255};

    return endpoint->family == ENDPOINT_IPV4 && memcmp(endpoint->address, ones, sizeof ones) == 0;
}

bool replay_window_may_be_many(const struct endpoint *endpoint)
{
    return endpoint_is_multicast(endpoint) ||
           (endpoint->family == ENDPOINT_IPV4 && (endpoint->address[3] & 7) == 7);
}

/* Whether the first may be the broadcast address of a subnet (of 8 addresses or more) that holds
 * the second: all bits in which they differ, and those behind, are ones in the first. */
static bool is_broadcast_for(const struct endpoint *many, const struct endpoint *host)
{
    uint32_t address = 0, differing = 0, below = 7;

    if (is_everybody(many) || endpoint_is_multicast(many))
        return many->family == host->family;
    if (many->family != ENDPOINT_IPV4 || host->family != ENDPOINT_IPV4)
        return false;
    for (int i = 0; i < 4; i++) {
        address = address << 8 | many->address[i];
        differing = differing << 8 | (uint32_t)(many->address[i] ^ host->address[i]);
    }
    while (below < differing)
        below = below << 1 | 1;
    return (address & below) == below;
}

bool replay_window_fits_host(const struct replay_request *request, const struct packet *packet)
{
    if (!endpoint_equal(&request->from, &packet->destination))
        return false;
    if (endpoint_same_address(&request->to, &packet->source))
        return true;
    return replay_window_may_be_many(&request->to) &&
           is_broadcast_for(&request->to, &packet->source);
}

bool replay_window_fits_endpoints(const struct replay_request *request, const struct packet *packet)
{
    return request->to.port == packet->source.port && replay_window_fits_host(request, packet);
}

/* Requests to one host, to many, and those that any ends may exchange. */
uint64_t replay_window_scope_of_one(const struct endpoint *client, const struct endpoint *server)
{
    return hash_bytes(hash_bytes(1, client, sizeof *client), server, sizeof *server);
}

uint64_t replay_window_scope_of_many(const struct endpoint *client, uint16_t port)
{
    return hash_word(hash_bytes(2, client, sizeof *client), port);
}

uint64_t replay_window_scope_of_host(const struct endpoint *client, const struct endpoint *host)
{
    uint64_t hash = hash_bytes(4, client, sizeof *client);

    return host != NULL ? hash_bytes(hash, host->address, sizeof host->address) : hash;
}

uint64_t replay_window_scope_of_request(const struct packet *packet, bool any_endpoint)
{
    if (any_endpoint)
        return REPLAY_SCOPE_OF_ANY;
    return replay_window_may_be_many(&packet->destination)
               ? replay_window_scope_of_many(&packet->source, packet->destination.port)
               : replay_window_scope_of_one(&packet->source, &packet->destination);
}
