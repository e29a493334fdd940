/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay_window: a ring of requests, and groups of them in chains of equal hash.
 *
 * A group lists its waiting members, the oldest first, and remembers the one that was answered
 * last. It lives as long as one of its members is in the ring.
 */
#include <stdlib.h>
#include <string.h>

#include "udptui/base/hash.h"
#include "udptui/proto/event.h"
#include "window_internal.h"

enum { GROUPS_FIRST = 1024 };

struct replay_window *replay_window_open(const struct hash_key *key)
{
    struct replay_window *window = malloc(sizeof *window);

    if (window == NULL)
        return NULL;
    window->key = *key;
    window->first = window->count = window->many = 0;
    window->bytes = 0;
    window->groups = NULL;
    window->group_count = window->group_room = 0;
    window->group_free = REPLAY_NONE;
    memset(window->buckets, 0xff, sizeof window->buckets);
    return window;
}

/* ---- payloads */

struct replay_payload *replay_window_make_payload(const uint8_t *bytes, size_t size_bytes)
{
    struct replay_payload *payload = malloc(sizeof *payload + size_bytes);

    if (payload == NULL)
        return NULL;
    payload->holders = 1;
    payload->size_bytes = (uint32_t)size_bytes;
    if (size_bytes > 0)
        memcpy(payload->bytes, bytes, size_bytes);
    return payload;
}

static void release_payload(struct replay_payload *payload)
{
    if (payload != NULL && --payload->holders == 0)
        free(payload);
}

static void hold_payload(struct replay_payload *payload)
{
    if (payload != NULL)
        payload->holders++;
}

static uint32_t index_at(const struct replay_window *window, uint32_t place)
{
    return (window->first + place) % REPLAY_REQUESTS_MAX;
}

void replay_window_close(struct replay_window *window)
{
    if (window == NULL)
        return;
    for (uint32_t i = 0; i < window->count; i++) {
        release_payload(window->requests[index_at(window, i)].payload);
        release_payload(window->requests[index_at(window, i)].ack);
    }
    free(window->groups);
    free(window);
}

/* ---- copies */

struct replay_window *replay_window_copy(const struct replay_window *window)
{
    struct replay_window *copy = replay_window_open(&window->key);
    struct replay_group *groups = malloc((window->group_count + 1) * sizeof *groups);

    if (copy == NULL || groups == NULL) {
        replay_window_close(copy);
        free(groups);
        return NULL;
    }
    if (window->group_count > 0)
        memcpy(groups, window->groups, window->group_count * sizeof *groups);
    copy->groups = groups;
    copy->group_count = copy->group_room = window->group_count;
    copy->group_free = window->group_free;
    memcpy(copy->buckets, window->buckets, sizeof copy->buckets);
    copy->first = window->first;
    copy->count = window->count;
    copy->bytes = window->bytes;
    copy->many = window->many;
    for (uint32_t i = 0; i < window->count; i++) {
        uint32_t index = index_at(window, i);
        copy->requests[index] = window->requests[index];
        hold_payload(copy->requests[index].payload);
        hold_payload(copy->requests[index].ack);
    }
    return copy;
}

/* Includes the payloads: those that only a copy keeps are counted nowhere else. */
size_t replay_window_bytes(const struct replay_window *window)
{
    return sizeof window->buckets + window->count * sizeof *window->requests +
           window->group_count * sizeof *window->groups + window->bytes;
}

/* ---- groups */

uint64_t replay_window_key_of(uint64_t scope, int kind, uint64_t content)
{
    return hash_word(hash_word(scope, (uint64_t)kind), content);
}

/*
 * Multiply-shift with a secret odd factor (Dietzfelbinger et al., 1997): whatever keys a file
 * makes, two that differ share a bucket with a probability of at most 2 / REPLAY_BUCKETS. Equal
 * keys are one group, so that chains are of different ones.
 */
static uint32_t replay_window_bucket_of(const struct replay_window *window, uint64_t key)
{
    return (uint32_t)((key * (window->key.k0 | 1)) >> (64 - REPLAY_BUCKET_BITS));
}

static uint32_t replay_window_find_in(const struct replay_window *window, uint32_t bucket,
                                      uint64_t key)
{
    uint32_t at = window->buckets[bucket];

    while (at != REPLAY_NONE && window->groups[at].key != key)
        at = window->groups[at].next;
    return at;
}

uint32_t replay_window_find_group(const struct replay_window *window, uint64_t key)
{
    return replay_window_find_in(window, replay_window_bucket_of(window, key), key);
}

/* Room for a group of each kind. False if memory is short. */
static bool reserve_groups(struct replay_window *window)
{
    uint32_t room = window->group_room > 0 ? window->group_room : GROUPS_FIRST;
    struct replay_group *groups;

    while (room < window->group_count + REPLAY_GROUP_KINDS)
        room *= 2;
    if (room == window->group_room)
        return true;
    groups = realloc(window->groups, room * sizeof *groups);
    if (groups == NULL)
        return false;
    window->groups = groups;
    window->group_room = room;
    return true;
}

static uint32_t make_group(struct replay_window *window, uint32_t bucket, uint64_t key)
{
    uint32_t at = window->group_free != REPLAY_NONE ? window->group_free : window->group_count++;

    if (at == window->group_free)
        window->group_free = window->groups[at].next;
    window->groups[at] = (struct replay_group){.key = key,
                                               .bucket = bucket,
                                               .next = window->buckets[bucket],
                                               .oldest = REPLAY_NONE,
                                               .newest = REPLAY_NONE,
                                               .answered = REPLAY_NONE};
    window->buckets[bucket] = at;
    return at;
}

static void free_group(struct replay_window *window, uint32_t at)
{
    uint32_t *link = &window->buckets[window->groups[at].bucket];

    while (*link != at)
        link = &window->groups[*link].next;
    *link = window->groups[at].next;
    window->groups[at].next = window->group_free;
    window->group_free = at;
}

/* ---- members */

static void window_join(struct replay_window *window, uint32_t index, int kind, uint64_t key)
{
    struct replay_link *link = &window->requests[index].links[kind];
    uint32_t bucket = replay_window_bucket_of(window, key);
    uint32_t at = replay_window_find_in(window, bucket, key);

    if (at == REPLAY_NONE)
        at = make_group(window, bucket, key);
    struct replay_group *group = &window->groups[at];
    *link = (struct replay_link){.group = at, .older = group->newest, .newer = REPLAY_NONE};
    if (group->newest != REPLAY_NONE)
        window->requests[group->newest].links[kind].newer = index;
    else
        group->oldest = index;
    group->newest = group->latest = index;
    group->members++;
    group->waiting++;
}

void replay_window_leave_waiting(struct replay_window *window, uint32_t index, int kind)
{
    struct replay_link *link = &window->requests[index].links[kind];
    struct replay_group *group = &window->groups[link->group];

    if (link->older != REPLAY_NONE)
        window->requests[link->older].links[kind].newer = link->newer;
    else
        group->oldest = link->newer;
    if (link->newer != REPLAY_NONE)
        window->requests[link->newer].links[kind].older = link->older;
    else
        group->newest = link->older;
    group->waiting--;
}

struct replay_group *replay_window_group_of(struct replay_window *window,
                                            const struct replay_request *request, int kind)
{
    uint32_t at = request->links[kind].group;

    return at != REPLAY_NONE ? &window->groups[at] : NULL;
}

uint32_t replay_window_index_of(const struct replay_window *window,
                                const struct replay_request *request)
{
    return (uint32_t)(request - window->requests);
}

/* ---- the ring */

bool replay_window_has_room(const struct replay_window *window, size_t size_bytes)
{
    return window->count == 0 ||
           (window->count < REPLAY_REQUESTS_MAX && window->bytes + size_bytes <= REPLAY_BYTES_MAX);
}

static uint64_t scope_of_its_host(const struct replay_request *request)
{
    return replay_window_scope_of_host(
        &request->from, replay_window_may_be_many(&request->to) ? NULL : &request->to);
}

/* Links the request to the one before it between the same ends. */
static void join_all(struct replay_window *window, uint32_t index, uint64_t scope,
                     const struct replay_contents *contents, const struct replay_echo *echo)
{
    struct replay_request *request = &window->requests[index];
    uint32_t flow =
        replay_window_find_group(window, replay_window_key_of(scope, REPLAY_OF_FLOW, 1));

    if (flow != REPLAY_NONE) {
        request->previous = window->groups[flow].latest;
        request->previous_number = window->requests[request->previous].number;
    }
    for (int kind = 0; kind < REPLAY_GROUP_KINDS; kind++) {
        request->links[kind].group = REPLAY_NONE;
        if (kind == REPLAY_OF_HOST)
            window_join(window, index, kind,
                        replay_window_key_of(scope_of_its_host(request), kind, 1));
        else if (contents->hash[kind] != 0 && replay_window_kind_is_usable(kind, echo))
            window_join(window, index, kind,
                        replay_window_key_of(scope, kind, contents->hash[kind]));
    }
}

struct replay_request *replay_window_add(struct replay_window *window, const struct packet *packet,
                                         const struct replay_number *number,
                                         const struct replay_echo *echo, int64_t wall_ns)
{
    struct replay_contents contents = replay_window_contents_of(packet, number->asking);
    struct replay_payload *payload =
        replay_window_make_payload(packet->payload, packet->size_bytes);
    uint32_t index = index_at(window, window->count);
    struct replay_request *request = &window->requests[index];

    if (payload == NULL || !reserve_groups(window)) {
        free(payload);
        return NULL;
    }
    *request = (struct replay_request){.from = packet->source,
                                       .to = packet->destination,
                                       .frame = packet->frame,
                                       .wall_ns = wall_ns,
                                       .service_ns = EVENT_UNKNOWN,
                                       .payload = payload,
                                       .size_bytes = (uint32_t)packet->original_bytes,
                                       .previous = REPLAY_NONE,
                                       .hop_limit = packet->hop_limit,
                                       .traffic_class = packet->traffic_class,
                                       .checksum = packet_checksum_seen(packet),
                                       .fragments = packet->fragments};
    window->count++;
    window->bytes += packet->size_bytes;
    window->many += replay_window_may_be_many(&request->to);
    join_all(window, index, replay_window_scope_of_request(packet, number->any_endpoint), &contents,
             echo);
    return request;
}

/* Numbers in the window follow one another. */
struct replay_request *replay_window_numbered(struct replay_window *window, uint64_t number)
{
    uint64_t first = window->requests[window->first].number;

    if (window->count == 0 || number < first || number - first >= window->count)
        return NULL;
    return &window->requests[index_at(window, (uint32_t)(number - first))];
}

struct replay_request *replay_window_oldest(struct replay_window *window)
{
    return window->count > 0 ? &window->requests[window->first] : NULL;
}

void replay_window_drop(struct replay_window *window)
{
    uint32_t index = window->first;
    struct replay_request *request = &window->requests[index];

    for (int kind = 0; kind < REPLAY_GROUP_KINDS; kind++) {
        struct replay_group *group = replay_window_group_of(window, request, kind);
        if (group == NULL)
            continue;
        if (request->acks == 0)
            replay_window_leave_waiting(window, index, kind);
        if (group->answered == index)
            group->answered = REPLAY_NONE;
        if (--group->members == 0)
            free_group(window, request->links[kind].group);
    }
    window->bytes -= request->payload->size_bytes;
    window->bytes -= request->ack != NULL ? request->ack->size_bytes : 0;
    window->many -= replay_window_may_be_many(&request->to);
    release_payload(request->payload);
    release_payload(request->ack);
    window->first = (window->first + 1) % REPLAY_REQUESTS_MAX;
    window->count--;
}

struct replay_request *replay_window_previous(struct replay_window *window,
                                              const struct replay_request *request)
{
    if (request->previous == REPLAY_NONE ||
        request->previous_number < window->requests[window->first].number)
        return NULL;
    return &window->requests[request->previous];
}
