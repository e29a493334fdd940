/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay_window: a ring of requests, and groups of them in chains of equal hash.
 *
 * A group lists its waiting members, the oldest first, and remembers the one that was answered
 * last. It lives as long as one of its members is in the ring.
 */
#include "udptui/core/replay_window.h"

#include <stdlib.h>
#include <string.h>

#include "replay_hash.h"
#include "udptui/core/event.h"

enum {
    NONE = UINT32_MAX,
    BUCKETS = 1 << 15,
    GROUPS_FIRST = 1024,
    LOOK = 16,      /* members of a group that are looked at for one that fits */
    OVERTAKEN = 64, /* waiting ones that are counted as overtaken */
};

struct group {
    uint64_t key;
    uint64_t doubt_number;   /* up to here a guess may have taken the reply of another member */
    uint64_t unclear_number; /* up to here it is not known how many overtook */
    uint32_t next;           /* of the same bucket, or of the free */
    uint32_t oldest, newest; /* waiting */
    uint32_t waiting, members;
    uint32_t answered; /* the latest, NONE if it has left */
    uint32_t latest;   /* the member that came last */
};

struct replay_window {
    struct replay_request requests[REPLAY_REQUESTS_MAX];
    uint32_t first, count;
    size_t bytes;  /* of payload */
    uint32_t many; /* requests to more than one host */
    struct group *groups;
    uint32_t group_count, group_room, group_free;
    uint32_t buckets[BUCKETS];
};

struct replay_window *replay_window_open(void)
{
    struct replay_window *window = malloc(sizeof *window);

    if (window == NULL)
        return NULL;
    window->first = window->count = window->many = 0;
    window->bytes = 0;
    window->groups = NULL;
    window->group_count = window->group_room = 0;
    window->group_free = NONE;
    memset(window->buckets, 0xff, sizeof window->buckets);
    return window;
}

/* ---- payloads */

static struct replay_payload *make_payload(const uint8_t *bytes, size_t size_bytes)
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
    struct replay_window *copy = replay_window_open();
    struct group *groups = malloc((window->group_count + 1) * sizeof *groups);

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

/* The payloads once more: what a copy keeps alive is not counted anywhere else. */
size_t replay_window_bytes(const struct replay_window *window)
{
    return sizeof window->buckets + window->count * sizeof *window->requests +
           window->group_count * sizeof *window->groups + window->bytes;
}

/* ---- what a datagram may be known by */

/* Hashes of what a reply may repeat; 0: has none. */
struct contents {
    uint64_t hash[REPLAY_GROUP_KINDS];
};

static const uint8_t prefix_bytes[REPLAY_GROUP_KINDS] = {
    [REPLAY_BY_16] = 16, [REPLAY_BY_8] = 8, [REPLAY_BY_4] = 4, [REPLAY_BY_2] = 2};

/* number: the one to go by, of the request or of the reply. */
static struct contents contents_of(const struct packet *packet, uint64_t number, uint64_t second)
{
    struct contents contents = {.hash = {[REPLAY_OF_PAIR] = 1}};

    contents.hash[REPLAY_BY_NUMBER] = number;
    contents.hash[REPLAY_BY_SECOND_NUMBER] = second;
    if (number != 0 || second != 0)
        return contents;
    contents.hash[REPLAY_BY_ORDER] = 1;
    if (packet->size_bytes >= 2)
        contents.hash[REPLAY_BY_WHOLE] = replay_hash_some(
            replay_hash_bytes(packet->original_bytes, packet->payload, packet->size_bytes));
    for (int kind = REPLAY_BY_16; kind <= REPLAY_BY_2; kind++)
        if (packet->size_bytes >= prefix_bytes[kind])
            contents.hash[kind] =
                replay_hash_some(replay_hash_bytes(0, packet->payload, prefix_bytes[kind]));
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
    uint64_t value = replay_hash_bytes(0, reply->payload, seen);

    echo->varies |= bytes > 0 && echo->bytes == bytes && echo->value != value;
    echo->bytes = bytes < echo->bytes ? bytes : echo->bytes;
    echo->value = value;
}

/* Whether the replies of a pair can be matched by this kind. */
static bool is_usable(int kind, const struct replay_echo *echo)
{
    if (kind == REPLAY_BY_WHOLE)
        return echo->bytes != 0;
    if (prefix_bytes[kind] == 0 || echo->bytes == REPLAY_ECHO_UNKNOWN)
        return true;
    return echo->bytes > 0 && prefix_bytes[kind] >= echo->bytes;
}

/* Whether what this kind compares is known to be a number, not a header that all have. */
static bool is_number(int kind, const struct replay_echo *echo)
{
    return kind <= REPLAY_BY_WHOLE || echo->varies;
}

/* ---- between whom */

static bool is_everybody(const struct endpoint *endpoint)
{
    static const uint8_t ones[4] = {255, 255, 255, 255};

    return endpoint->family == ENDPOINT_IPV4 && memcmp(endpoint->address, ones, sizeof ones) == 0;
}

bool replay_may_be_many(const struct endpoint *endpoint)
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

/* Whether a datagram's ends allow that it answers the request. */
static bool fits_endpoints(const struct replay_request *request, const struct packet *packet)
{
    if (!endpoint_equal(&request->from, &packet->destination))
        return false;
    if (endpoint_equal(&request->to, &packet->source))
        return true;
    return request->to.port == packet->source.port && replay_may_be_many(&request->to) &&
           is_broadcast_for(&request->to, &packet->source);
}

/* Requests to one host, to many, and those that any ends may exchange. */
static uint64_t scope_of_one(const struct endpoint *client, const struct endpoint *server)
{
    return replay_hash_bytes(replay_hash_bytes(1, client, sizeof *client), server, sizeof *server);
}

static uint64_t scope_of_many(const struct endpoint *client, uint16_t port)
{
    return replay_hash_word(replay_hash_bytes(2, client, sizeof *client), port);
}

enum { SCOPE_OF_ANY = 3 };

static uint64_t scope_of_request(const struct packet *packet, bool any_endpoint)
{
    if (any_endpoint)
        return SCOPE_OF_ANY;
    return replay_may_be_many(&packet->destination)
               ? scope_of_many(&packet->source, packet->destination.port)
               : scope_of_one(&packet->source, &packet->destination);
}

/* ---- groups */

static uint64_t key_of(uint64_t scope, int kind, uint64_t content)
{
    return replay_hash_word(replay_hash_word(scope, (uint64_t)kind), content);
}

static uint32_t find_group(const struct replay_window *window, uint64_t key)
{
    uint32_t at = window->buckets[key % BUCKETS];

    while (at != NONE && window->groups[at].key != key)
        at = window->groups[at].next;
    return at;
}

/* Room for a group of each kind. False if memory is short. */
static bool reserve_groups(struct replay_window *window)
{
    uint32_t room = window->group_room > 0 ? 2 * window->group_room : GROUPS_FIRST;
    struct group *groups;

    if (window->group_count + REPLAY_GROUP_KINDS <= window->group_room)
        return true;
    groups = realloc(window->groups, room * sizeof *groups);
    if (groups == NULL)
        return false;
    window->groups = groups;
    window->group_room = room;
    return true;
}

static uint32_t make_group(struct replay_window *window, uint64_t key)
{
    uint32_t at = window->group_free != NONE ? window->group_free : window->group_count++;
    uint32_t *bucket = &window->buckets[key % BUCKETS];

    if (at == window->group_free)
        window->group_free = window->groups[at].next;
    window->groups[at] = (struct group){
        .key = key, .next = *bucket, .oldest = NONE, .newest = NONE, .answered = NONE};
    *bucket = at;
    return at;
}

static void free_group(struct replay_window *window, uint32_t at)
{
    uint32_t *link = &window->buckets[window->groups[at].key % BUCKETS];

    while (*link != at)
        link = &window->groups[*link].next;
    *link = window->groups[at].next;
    window->groups[at].next = window->group_free;
    window->group_free = at;
}

/* ---- members */

static void join(struct replay_window *window, uint32_t index, int kind, uint64_t key)
{
    struct replay_link *link = &window->requests[index].links[kind];
    uint32_t at = find_group(window, key);

    if (at == NONE)
        at = make_group(window, key);
    struct group *group = &window->groups[at];
    *link = (struct replay_link){.group = at, .older = group->newest, .newer = NONE};
    if (group->newest != NONE)
        window->requests[group->newest].links[kind].newer = index;
    else
        group->oldest = index;
    group->newest = group->latest = index;
    group->members++;
    group->waiting++;
}

static void leave_waiting(struct replay_window *window, uint32_t index, int kind)
{
    struct replay_link *link = &window->requests[index].links[kind];
    struct group *group = &window->groups[link->group];

    if (link->older != NONE)
        window->requests[link->older].links[kind].newer = link->newer;
    else
        group->oldest = link->newer;
    if (link->newer != NONE)
        window->requests[link->newer].links[kind].older = link->older;
    else
        group->newest = link->older;
    group->waiting--;
}

static struct group *group_of(struct replay_window *window, const struct replay_request *request,
                              int kind)
{
    uint32_t at = request->links[kind].group;

    return at != NONE ? &window->groups[at] : NULL;
}

static uint32_t index_of(const struct replay_window *window, const struct replay_request *request)
{
    return (uint32_t)(request - window->requests);
}

/* ---- the ring */

bool replay_window_has_room(const struct replay_window *window, size_t size_bytes)
{
    return window->count == 0 ||
           (window->count < REPLAY_REQUESTS_MAX && window->bytes + size_bytes <= REPLAY_BYTES_MAX);
}

/* Links the request to the one before it between the same ends. */
static void join_all(struct replay_window *window, uint32_t index, uint64_t scope,
                     const struct contents *contents, const struct replay_echo *echo)
{
    struct replay_request *request = &window->requests[index];
    uint32_t pair = find_group(window, key_of(scope, REPLAY_OF_PAIR, 1));

    if (pair != NONE) {
        request->previous = window->groups[pair].latest;
        request->previous_number = window->requests[request->previous].number;
    }
    for (int kind = 0; kind < REPLAY_GROUP_KINDS; kind++) {
        request->links[kind].group = NONE;
        if (contents->hash[kind] != 0 && is_usable(kind, echo))
            join(window, index, kind, key_of(scope, kind, contents->hash[kind]));
    }
}

struct replay_request *replay_window_add(struct replay_window *window, const struct packet *packet,
                                         const struct replay_number *number,
                                         const struct replay_echo *echo, int64_t wall_ns)
{
    struct contents contents = contents_of(packet, number->asking, number->second);
    struct replay_payload *payload = make_payload(packet->payload, packet->size_bytes);
    uint32_t index = index_at(window, window->count);
    struct replay_request *request = &window->requests[index];

    if (payload == NULL || !reserve_groups(window)) {
        free(payload);
        return NULL;
    }
    *request = (struct replay_request){.from = packet->source,
                                       .to = packet->destination,
                                       .wall_ns = wall_ns,
                                       .service_ns = EVENT_UNKNOWN,
                                       .payload = payload,
                                       .size_bytes = (uint32_t)packet->original_bytes,
                                       .previous = NONE,
                                       .hop_limit = packet->hop_limit,
                                       .traffic_class = packet->traffic_class,
                                       .checksum = packet_checksum_seen(packet),
                                       .fragments = packet->fragments};
    window->count++;
    window->bytes += packet->size_bytes;
    window->many += replay_may_be_many(&request->to);
    join_all(window, index, scope_of_request(packet, number->any_endpoint), &contents, echo);
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
        struct group *group = group_of(window, request, kind);
        if (group == NULL)
            continue;
        if (request->acks == 0)
            leave_waiting(window, index, kind);
        if (group->answered == index)
            group->answered = NONE;
        if (--group->members == 0)
            free_group(window, request->links[kind].group);
    }
    window->bytes -= request->payload->size_bytes;
    window->bytes -= request->ack != NULL ? request->ack->size_bytes : 0;
    window->many -= replay_may_be_many(&request->to);
    release_payload(request->payload);
    release_payload(request->ack);
    window->first = (window->first + 1) % REPLAY_REQUESTS_MAX;
    window->count--;
}

struct replay_request *replay_window_previous(struct replay_window *window,
                                              const struct replay_request *request)
{
    if (request->previous == NONE ||
        request->previous_number < window->requests[window->first].number)
        return NULL;
    return &window->requests[request->previous];
}

/* ---- matching */

/* What a group has for a reply. */
struct found {
    struct replay_request *request;
    uint32_t fitting; /* waiting members that it could answer, as far as counted: 2 is "several" */
    struct replay_request *rival; /* as likely, of another group */
    int kind;
    bool waits;
};

static bool fits(const struct replay_request *request, const struct packet *packet, int64_t wall_ns,
                 bool any_endpoint)
{
    return request->wall_ns <= wall_ns && (any_endpoint || fits_endpoints(request, packet));
}

/* The oldest waiting member that fits, and whether it is the only one. */
static struct found find_waiting(struct replay_window *window, const struct group *group, int kind,
                                 const struct packet *packet, int64_t wall_ns, bool any_endpoint)
{
    struct found found = {.kind = kind, .waits = true};
    int left = LOOK;

    for (uint32_t at = group->oldest; at != NONE && found.fitting < 2;
         at = window->requests[at].links[kind].newer) {
        struct replay_request *request = &window->requests[at];
        if (left-- == 0) { /* that many do not fit: the rest is not known */
            found.fitting = 2;
            break;
        }
        if (!fits(request, packet, wall_ns, any_endpoint))
            continue;
        if (found.fitting++ == 0)
            found.request = request;
    }
    return found;
}

struct question {
    const struct packet *packet;
    const struct contents *contents;
    const struct replay_echo *echo;
    int64_t wall_ns;
    bool any_endpoint;
};

/* In a group: what waits and fits, else what is answered and fits. */
static struct found find_in_group(struct replay_window *window, const struct question *question,
                                  const struct group *group, int kind)
{
    struct found found = find_waiting(window, group, kind, question->packet, question->wall_ns,
                                      question->any_endpoint);

    if (found.request != NULL || group->answered == NONE)
        return found;
    struct replay_request *answered = &window->requests[group->answered];
    found = (struct found){.kind = kind};
    if (fits(answered, question->packet, question->wall_ns, question->any_endpoint))
        found.request = answered;
    return found;
}

/* In the most specific group that has something. An answered one goes before what waits in less
 * specific groups if a number names it; else what waits is as likely. */
static struct found find_in_scope(struct replay_window *window, const struct question *question,
                                  uint64_t scope)
{
    struct found answered = {.request = NULL};

    for (int kind = 0; kind < REPLAY_OF_PAIR; kind++) {
        uint64_t content = question->contents->hash[kind];
        if (content == 0 || !is_usable(kind, question->echo))
            continue;
        uint32_t at = find_group(window, key_of(scope, kind, content));
        if (at == NONE)
            continue;
        struct found found = find_in_group(window, question, &window->groups[at], kind);
        if (found.request == NULL)
            continue;
        if (found.waits)
            found.fitting += answered.request != NULL;
        if (found.waits || is_number(kind, question->echo))
            return found;
        if (answered.request == NULL)
            answered = found;
    }
    return answered;
}

/* Of what was asked of this host and what was asked of many: what waits goes before what is
 * answered, unless that is named by its content; then the older one. */
static struct found better(struct found one, struct found many)
{
    if (one.request == NULL || many.request == NULL)
        return one.request != NULL ? one : many;
    if (one.waits && many.waits) {
        bool first = one.kind != many.kind ? one.kind < many.kind
                                           : one.request->number < many.request->number;
        struct found chosen = first ? one : many;
        if (one.kind == many.kind)
            chosen.rival = first ? many.request : one.request;
        return chosen;
    }
    if (one.waits != many.waits) {
        struct found waiting = one.waits ? one : many, answered = one.waits ? many : one;
        return answered.kind < waiting.kind ? answered : waiting;
    }
    return one;
}

/* Whether a guess may have taken its reply, as far as this kind and more specific ones know. */
static bool is_doubted(struct replay_window *window, const struct replay_request *request, int kind)
{
    for (; kind >= 0; kind--) {
        const struct group *group = group_of(window, request, kind);
        if (group != NULL && request->number <= group->doubt_number)
            return true;
    }
    return false;
}

/* Whether nothing else between the ends waits, nor is in doubt. */
static bool is_alone(struct replay_window *window, const struct replay_request *request)
{
    const struct group *group = group_of(window, request, REPLAY_BY_ORDER);

    return group != NULL && group->waiting == 1 && !is_doubted(window, request, REPLAY_BY_ORDER);
}

struct replay_match replay_window_match(struct replay_window *window, const struct packet *packet,
                                        const struct replay_number *number, int64_t wall_ns,
                                        const struct replay_echo *echo)
{
    struct contents contents = contents_of(packet, number->answering, number->second);
    struct question question = {.packet = packet,
                                .contents = &contents,
                                .wall_ns = wall_ns,
                                .echo = echo,
                                .any_endpoint = number->any_endpoint};
    struct found found, many = {.request = NULL};

    if (number->any_endpoint) {
        found = find_in_scope(window, &question, SCOPE_OF_ANY);
    } else {
        found =
            find_in_scope(window, &question, scope_of_one(&packet->destination, &packet->source));
        if (window->many > 0)
            many = find_in_scope(window, &question,
                                 scope_of_many(&packet->destination, packet->source.port));
        found = better(found, many);
    }
    if (found.request == NULL)
        return (struct replay_match){.request = NULL};
    /* a pair whose replies repeat a number, and this one does not */
    bool odd = found.kind == REPLAY_BY_ORDER && echo->bytes > 0 && echo->varies;
    return (struct replay_match){
        .request = found.request,
        .rival = found.rival,
        .first = found.waits,
        .sure = found.waits && found.fitting == 1 && found.rival == NULL && !odd &&
                !is_doubted(window, found.request, found.kind),
        .alone = found.waits && is_alone(window, found.request),
        .kind = (uint8_t)found.kind,
    };
}

bool replay_window_expects(const struct replay_window *window, const struct packet *packet)
{
    uint32_t at =
        window->many == 0
            ? NONE
            : find_group(window, key_of(scope_of_many(&packet->destination, packet->source.port),
                                        REPLAY_OF_PAIR, 1));

    return at != NONE && fits_endpoints(&window->requests[window->groups[at].latest], packet);
}

/* ---- answering */

/* A reply was credited by a guess: it may be that of any other that the guess could have taken. */
static void note_doubt(struct replay_window *window, const struct replay_request *request, int kind,
                       uint32_t beside)
{
    for (; kind >= 0; kind--) {
        struct group *group = group_of(window, request, kind);
        if (group != NULL && group->waiting > beside)
            group->doubt_number = window->requests[group->newest].number;
    }
}

/* The waiting ones that came before it have been overtaken; of many, it is not known how often. */
static void note_overtaken(struct replay_window *window, struct replay_request *request)
{
    struct group *group = group_of(window, request, REPLAY_OF_PAIR);
    uint32_t at = group->oldest;
    int left = OVERTAKEN;

    if (request->number <= group->unclear_number)
        request->overtaken = 0;
    for (; at != index_of(window, request) && left > 0; left--) {
        window->requests[at].overtaken++;
        at = window->requests[at].links[REPLAY_OF_PAIR].newer;
    }
    if (at != index_of(window, request))
        group->unclear_number = window->requests[group->newest].number;
}

void replay_window_answer(struct replay_window *window, const struct replay_match *match,
                          const struct packet *packet)
{
    struct replay_request *request = match->request;
    uint32_t index = index_of(window, request);

    request->ack = make_payload(packet->payload, packet->size_bytes);
    window->bytes += request->ack != NULL ? packet->size_bytes : 0;
    request->ack_bytes = (uint32_t)packet->original_bytes;
    request->ack_from = packet->source;
    request->ack_checksum = packet_checksum_seen(packet);
    request->by_order = match->kind == REPLAY_BY_ORDER;
    note_overtaken(window, request);
    if (!match->sure)
        note_doubt(window, request, match->kind, 1);
    if (match->rival != NULL)
        note_doubt(window, match->rival, match->kind, 0);
    request->acks = 1;
    for (int kind = 0; kind < REPLAY_GROUP_KINDS; kind++) {
        struct group *group = group_of(window, request, kind);
        if (group == NULL)
            continue;
        leave_waiting(window, index, kind);
        group->answered = index;
    }
}
