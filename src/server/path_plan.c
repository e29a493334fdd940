/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * path_plan: all datagrams of an answer together stay within 3 times the request, and each counts
 * towards the limit of its source. The first one is cut, later ones are left out if they do not fit.
 */
#include "path_plan_internal.h"

#include "path_hops_internal.h"
#include "udptui/base/hash.h"
#include "udptui/sys/clock.h"

/* An answer while it is planned. */
struct plan {
    struct path *path;
    uint32_t flight; /* of the message */
    unsigned branch;
    const struct datagram *request;
    int64_t now_ns, wait_ns; /* of the datagram, since now */
    unsigned turn;           /* which datagram it is */
    size_t left_bytes;       /* of 3 times the request */
};

/* ---- what may be sent */

static struct flight *plan_message(const struct plan *plan)
{
    return &plan->path->flights[plan->flight];
}

/* Of the flight's legs: a flight of its own has one. */
static unsigned plan_branch(const struct plan *plan)
{
    return plan->turn == 0 ? plan->branch : 0;
}

static size_t plan_packet(const struct plan *plan, size_t payload_bytes)
{
    return ack_packet_bytes(plan->request->peer.family, payload_bytes);
}

/* A datagram of the answer does not leave: the message is held if it is its first. */
static void plan_hold(const struct plan *plan, enum held_reason why)
{
    if (plan->turn == 0) {
        plan_message(plan)->why_held = (uint8_t)why;
        return;
    }
    if (why == HELD_LIMIT)
        plan_message(plan)->limited++;
    plan->path->more_held++;
}

/* It would be too much for the request. */
static void plan_leave_out(const struct plan *plan)
{
    plan_message(plan)->left_out++;
    plan->path->more_held += plan->turn > 0;
}

/* What the guard says of the destination of a datagram after the first, or of any to another
 * port. */
static bool plan_is_allowed(const struct plan *plan, const struct ack_policy *policy,
                            enum held_reason *why)
{
    struct guard *guard = plan->path->answer->guard;
    struct datagram to = *plan->request;

    *why = HELD_SOURCE;
    if (policy->to_port != 0) {
        to.peer.port = policy->to_port;
        if (!guard_source_allowed(guard, &to))
            return false;
    }
    *why = HELD_LIMIT;
    return plan->turn == 0 || guard_allows_more(guard, plan_message(plan)->policies[plan->branch],
                                                &to.peer, plan->now_ns);
}

/* How many copies the simulated network may make of it: as many as fit, within the limit. */
static uint8_t plan_copies(struct plan *plan, const struct flight *flight, size_t payload_bytes)
{
    size_t packet = plan_packet(plan, payload_bytes);
    struct impair_fate fate;

    impair_throw(&flight->version->dice, IMPAIR_OUT, flight->draw, plan_branch(plan), &fate);
    if (fate.lost || fate.copies <= 1)
        return 1;
    if (packet > plan->left_bytes) {
        plan_message(plan)->left_out++;
        return 1;
    }
    if (!guard_allows_more(plan->path->answer->guard, plan_message(plan)->policies[plan->branch],
                           &plan->request->peer, plan->now_ns)) {
        plan_message(plan)->limited++;
        return 1;
    }
    plan->left_bytes -= packet;
    return fate.copies;
}

/* ---- planning */

static void plan_set_ports(struct path *path, struct flight *flight,
                           const struct ack_policy *policy)
{
    flight->ack_port = policy->to_port;
    if (!policy->from_another || flight->socket_index >= path->paired)
        return;
    flight->ack_socket = flight->socket_index + path->paired;
    flight->ack_from_port = path->sockets[flight->ack_socket].local.port;
}

/* The flight of a datagram after the first; PATH_NONE: no room. */
static uint32_t plan_make_more(const struct plan *plan, const uint8_t *bytes, size_t size_bytes)
{
    struct path *path = plan->path;
    uint32_t index = pool_make_flight(path, plan->request, bytes, size_bytes);
    if (index == PATH_NONE)
        return index;
    const struct flight *message = plan_message(plan);
    struct flight *flight = &path->flights[index];
    flight->more = true;
    pool_share_version(path, flight, message);
    flight->peer = message->peer;
    flight->number = message->number;
    flight->socket_index = flight->ack_socket = message->socket_index;
    flight->arrived_ns = message->arrived_ns;
    flight->came_ns = message->came_ns;
    flight->epoch = message->epoch;
    flight->draw = hash_word(hash_word(message->number, plan->turn), plan->branch);
    path->underway++;
    path->more_underway++;
    return index;
}

/* It departs into the simulated network, as every ack does. */
static void plan_depart(struct path *path, const struct departure *departure, uint8_t *bytes,
                        int64_t now_ns)
{
    struct flight *flight = &path->flights[departure->flight];
    unsigned branch = departure->leg / IMPAIR_COPIES_MAX;
    const struct ack_row *row = flight->policies[branch]->row;
    struct impair_fate fate;

    impair_throw(&flight->version->dice, IMPAIR_OUT, flight->draw, branch, &fate);
    if (row->finish_at_send != NULL)
        row->finish_at_send(bytes, departure->size_bytes, clock_wall_ns());
    if (fate.copies > flight->copies_max[branch])
        fate.copies = flight->copies_max[branch];
    hops_depart(path, departure, &fate, now_ns);
}

void plan_leave(struct path *path, const struct way_hop *hop, int64_t now_ns)
{
    const struct departure departure = {.flight = hops_flight(hop),
                                        .way = IMPAIR_OUT,
                                        .leg = hops_leg_number(hop),
                                        .bytes = hop->bytes,
                                        .size_bytes = hop->size_bytes};

    plan_depart(path, &departure, hop->bytes, now_ns);
}

/* It belongs to the message or to a flight of its own, and departs now or waits. */
static void plan_start(struct plan *plan, const struct ack_policy *policy, uint8_t *bytes,
                       uint32_t size_bytes)
{
    struct path *path = plan->path;
    const struct departure departure = {
        .flight = plan->turn == 0 ? plan->flight : plan_make_more(plan, bytes, size_bytes),
        .way = IMPAIR_OUT,
        .leg = plan_branch(plan) * IMPAIR_COPIES_MAX,
        .bytes = bytes,
        .size_bytes = size_bytes};

    if (departure.flight == PATH_NONE) {
        plan_hold(plan, HELD_FULL);
        return;
    }
    struct flight *flight = &path->flights[departure.flight];
    flight->policies[plan_branch(plan)] = policy;
    plan_set_ports(path, flight, policy);
    flight->copies_max[plan_branch(plan)] = plan_copies(plan, flight, size_bytes);
    flight->hops++; /* it must not settle before it has departed */
    if (plan->wait_ns == 0)
        plan_depart(path, &departure, bytes, plan->now_ns);
    else if (!hops_wait(path, &departure, plan->wait_ns, plan->now_ns))
        flight->why_held = HELD_FULL;
    hops_end(path, departure.flight);
}

/* The most payload of the next datagram: within what is left, and what a datagram can have. */
static size_t plan_payload_max(const struct plan *plan)
{
    size_t left = plan->left_bytes - plan_packet(plan, 0);
    size_t most = datagram_payload_max(plan->request->peer.family);

    return left < most ? left : most;
}

static void plan_datagram(struct plan *plan, const struct ack_policy *policy)
{
    uint8_t *out = plan->path->scratch + PATH_PAYLOAD_SIZE;
    enum held_reason why;
    bool cut = false;

    if (plan->left_bytes < plan_packet(plan, 0)) {
        plan_leave_out(plan);
        return;
    }
    if (!plan_is_allowed(plan, policy, &why)) {
        plan_hold(plan, why);
        return;
    }
    const struct answer_turn turn = {
        .policy = policy, .turn = plan->turn, .limit_bytes = plan_payload_max(plan)};
    uint32_t size_bytes = answer_write_turn(plan->path->answer, plan->request,
                                            plan_message(plan)->number, &turn, out, &cut);
    if (cut && plan->turn > 0) {
        plan_leave_out(plan);
        return;
    }
    plan_message(plan)->cut |= cut;
    plan->left_bytes -= plan_packet(plan, size_bytes);
    plan_start(plan, policy, out, size_bytes);
}

/* Each of the copies of a request has the same share; one that was corrupted may have got a reply
 * that is not planned, and larger than its share. */
static size_t plan_share(const struct plan *plan)
{
    const struct flight *message = plan_message(plan);
    size_t share = ACK_RATIO_MAX * plan_packet(plan, plan->request->size_bytes) / message->requests;

    return share < message->left_bytes ? share : message->left_bytes;
}

void plan_answer(struct path *path, uint32_t flight, unsigned branch,
                 const struct datagram *request, int64_t now_ns)
{
    struct plan plan = {
        .path = path, .flight = flight, .branch = branch, .request = request, .now_ns = now_ns};

    const size_t share = plan_share(&plan);
    plan.left_bytes = share;
    path->flights[flight].draw = path->flights[flight].number;
    const struct ack_policy *policy = path->flights[flight].policies[branch];
    for (; policy != NULL; policy = policy->next) {
        plan.wait_ns += policy->after_ns;
        for (unsigned copy = 0; copy == 0 || copy < policy->times; copy++, plan.turn++)
            plan_datagram(&plan, policy);
    }
    path->flights[flight].left_bytes -= (uint32_t)(share - plan.left_bytes);
}
