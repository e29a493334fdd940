/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_match: which request a reply answers, and how certain that is. */
#include "window_internal.h"

enum {
    LOOK = 16,      /* members of a group to check for one that fits */
    OVERTAKEN = 64, /* waiting ones that are counted as overtaken */
};

/* ---- matching */

/* Whether the bytes that this kind compares are known to be a number, not a common header. */
static bool replay_window_is_number(int kind, const struct replay_echo *echo)
{
    return kind <= REPLAY_BY_WHOLE || echo->varies;
}

/* The candidates of a group for a reply. */
struct found {
    struct replay_request *request;
    uint32_t fitting; /* waiting members that it could answer, as far as counted: 2 is "several" */
    struct replay_request *rival; /* as likely, of another group */
    int kind;
    bool waits;
};

static bool replay_window_fits(const struct replay_request *request, const struct packet *packet,
                               int64_t wall_ns, bool any_endpoint)
{
    return request->wall_ns <= wall_ns &&
           (any_endpoint || replay_window_fits_endpoints(request, packet));
}

/* The oldest waiting member that fits, and whether it is the only one. */
static struct found find_waiting(struct replay_window *window, const struct replay_group *group,
                                 int kind, const struct packet *packet, int64_t wall_ns,
                                 bool any_endpoint)
{
    struct found found = {.kind = kind, .waits = true};
    int left = LOOK;

    for (uint32_t at = group->oldest; at != REPLAY_NONE && found.fitting < 2;
         at = window->requests[at].links[kind].newer) {
        struct replay_request *request = &window->requests[at];
        if (left-- == 0) { /* so many do not fit: the rest is not checked */
            found.fitting = 2;
            break;
        }
        if (!replay_window_fits(request, packet, wall_ns, any_endpoint))
            continue;
        if (found.fitting++ == 0)
            found.request = request;
    }
    return found;
}

struct question {
    const struct packet *packet;
    const struct replay_contents *contents;
    const struct replay_echo *echo;
    int64_t wall_ns;
    bool any_endpoint;
};

/* In a group: a waiting request that fits, else an answered one that fits. */
static struct found find_in_group(struct replay_window *window, const struct question *question,
                                  const struct replay_group *group, int kind)
{
    struct found found = find_waiting(window, group, kind, question->packet, question->wall_ns,
                                      question->any_endpoint);

    if (found.request != NULL || group->answered == REPLAY_NONE)
        return found;
    struct replay_request *answered = &window->requests[group->answered];
    found = (struct found){.kind = kind};
    if (replay_window_fits(answered, question->packet, question->wall_ns, question->any_endpoint))
        found.request = answered;
    return found;
}

/* In the most specific group with a candidate. An answered request takes precedence over waiting
 * ones in less specific groups if a number matches; else both are equally likely. */
static struct found find_in_scope(struct replay_window *window, const struct question *question,
                                  uint64_t scope)
{
    struct found answered = {.request = NULL};

    for (int kind = 0; kind < REPLAY_OF_FLOW; kind++) {
        uint64_t content = question->contents->hash[kind];
        if (content == 0 || !replay_window_kind_is_usable(kind, question->echo))
            continue;
        uint32_t at = replay_window_find_group(window, replay_window_key_of(scope, kind, content));
        if (at == REPLAY_NONE)
            continue;
        struct found found = find_in_group(window, question, &window->groups[at], kind);
        if (found.request == NULL)
            continue;
        if (found.waits)
            found.fitting += answered.request != NULL;
        if (found.waits || replay_window_is_number(kind, question->echo))
            return found;
        if (answered.request == NULL)
            answered = found;
    }
    return answered;
}

/* Between a request to this host and one to many hosts: a waiting one takes precedence over an
 * answered one, unless that matches by content; then the older one. */
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

/* Whether a guess by this kind, or a more specific one, may have taken its reply. */
static bool is_doubted(struct replay_window *window, const struct replay_request *request, int kind)
{
    for (; kind >= 0; kind--) {
        const struct replay_group *group = replay_window_group_of(window, request, kind);
        if (group != NULL && request->number <= group->doubt_number)
            return true;
    }
    return false;
}

/* Whether no other request between the endpoints waits or is in doubt. */
static bool is_alone(struct replay_window *window, const struct replay_request *request)
{
    const struct replay_group *group = replay_window_group_of(window, request, REPLAY_BY_ORDER);

    return group != NULL && group->waiting == 1 && !is_doubted(window, request, REPLAY_BY_ORDER);
}

struct replay_match replay_window_match(struct replay_window *window, const struct packet *packet,
                                        const struct replay_number *number, int64_t wall_ns,
                                        const struct replay_echo *echo)
{
    struct replay_contents contents = replay_window_contents_of(packet, number->answering);
    struct question question = {.packet = packet,
                                .contents = &contents,
                                .wall_ns = wall_ns,
                                .echo = echo,
                                .any_endpoint = number->any_endpoint};
    struct found found, many = {.request = NULL};

    if (number->any_endpoint) {
        found = find_in_scope(window, &question, REPLAY_SCOPE_OF_ANY);
    } else {
        found = find_in_scope(window, &question,
                              replay_window_scope_of_one(&packet->destination, &packet->source));
        if (window->many > 0)
            many = find_in_scope(
                window, &question,
                replay_window_scope_of_many(&packet->destination, packet->source.port));
        found = better(found, many);
    }
    if (found.request == NULL)
        return (struct replay_match){.request = NULL};
    /* the replies of this flow repeat a number, but this one does not */
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

/* ---- from another port */

/* A waiting request in the group of a host, without a number to match by. */
static struct found find_of_host(struct replay_window *window, const struct packet *packet,
                                 int64_t wall_ns, const struct endpoint *host)
{
    struct found found = {.kind = REPLAY_OF_HOST, .waits = true};
    uint64_t scope = replay_window_scope_of_host(&packet->destination, host);
    uint32_t group =
        replay_window_find_group(window, replay_window_key_of(scope, REPLAY_OF_HOST, 1));
    uint32_t at = group != REPLAY_NONE ? window->groups[group].oldest : REPLAY_NONE;

    for (int left = LOOK; at != REPLAY_NONE && left > 0; left--) {
        struct replay_request *request = &window->requests[at];
        at = request->links[REPLAY_OF_HOST].newer;
        if (request->wall_ns > wall_ns || !replay_window_fits_host(request, packet) ||
            request->links[REPLAY_BY_ORDER].group == REPLAY_NONE)
            continue;
        if (found.fitting++ == 0)
            found.request = request;
    }
    found.fitting += at != REPLAY_NONE;
    return found;
}

struct replay_match replay_window_match_host(struct replay_window *window,
                                             const struct packet *packet, int64_t wall_ns)
{
    struct found found = find_of_host(window, packet, wall_ns, &packet->source);
    bool many = found.request == NULL && window->many > 0;

    if (many)
        found = find_of_host(window, packet, wall_ns, NULL);
    if (found.request == NULL)
        return (struct replay_match){.request = NULL};
    return (struct replay_match){
        .request = found.request,
        .first = true,
        .sure = !many && found.fitting == 1 && !is_doubted(window, found.request, found.kind),
        .kind = REPLAY_OF_HOST,
    };
}

bool replay_window_expects(struct replay_window *window, const struct packet *packet,
                           int64_t wall_ns)
{
    uint64_t scope = replay_window_scope_of_many(&packet->destination, packet->source.port);
    uint32_t at =
        window->many > 0
            ? replay_window_find_group(window, replay_window_key_of(scope, REPLAY_OF_FLOW, 1))
            : REPLAY_NONE;

    if (at != REPLAY_NONE &&
        replay_window_fits_endpoints(&window->requests[window->groups[at].latest], packet))
        return true;
    return replay_window_match_host(window, packet, wall_ns).request != NULL;
}

/* ---- answering */

/* A reply was matched by a guess: it may belong to any other candidate of the guess. */
static void note_doubt(struct replay_window *window, const struct replay_request *request, int kind,
                       uint32_t beside)
{
    for (; kind >= 0; kind--) {
        struct replay_group *group = replay_window_group_of(window, request, kind);
        if (group != NULL && group->waiting > beside)
            group->doubt_number = window->requests[group->newest].number;
    }
}

/* Counts the earlier waiting requests as overtaken; if there are many, the counts are unknown. */
static void note_overtaken(struct replay_window *window, struct replay_request *request)
{
    struct replay_group *group = replay_window_group_of(window, request, REPLAY_OF_FLOW);
    uint32_t at = group->oldest;
    int left = OVERTAKEN;

    if (request->number <= group->unclear_number)
        request->overtaken = 0;
    for (; at != replay_window_index_of(window, request) && left > 0; left--) {
        window->requests[at].overtaken++;
        at = window->requests[at].links[REPLAY_OF_FLOW].newer;
    }
    if (at != replay_window_index_of(window, request))
        group->unclear_number = window->requests[group->newest].number;
}

void replay_window_answer(struct replay_window *window, const struct replay_match *match,
                          const struct packet *packet)
{
    struct replay_request *request = match->request;
    uint32_t index = replay_window_index_of(window, request);

    request->ack = replay_window_make_payload(packet->payload, packet->size_bytes);
    window->bytes += request->ack != NULL ? packet->size_bytes : 0;
    request->ack_bytes = (uint32_t)packet->original_bytes;
    request->ack_from = packet->source;
    request->ack_frame = packet->frame;
    request->ack_checksum = packet_checksum_seen(packet);
    request->by_order = match->kind >= REPLAY_BY_ORDER;
    note_overtaken(window, request);
    if (!match->sure)
        note_doubt(window, request, match->kind, 1);
    if (match->rival != NULL)
        note_doubt(window, match->rival, match->kind, 0);
    request->acks = 1;
    for (int kind = 0; kind < REPLAY_GROUP_KINDS; kind++) {
        struct replay_group *group = replay_window_group_of(window, request, kind);
        if (group == NULL)
            continue;
        replay_window_leave_waiting(window, index, kind);
        group->answered = index;
    }
}
