/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "path_acks_internal.h"

#include "udptui/sys/clock.h"

/* ---- creating acks */

/* How many copies of an ack depart: one, if the source has no more acks left under its limit. */
static unsigned acks_count_copies(const struct path *path, const struct flight *flight,
                                  const struct impair_fate *fate, int64_t now_ns)
{
    const struct answer *answer = path->answer;

    if (fate->copies > 1 &&
        !guard_allows_more(answer->guard, flight->policy, &flight->datagram.peer, now_ns))
        return 1;
    return fate->copies;
}

/*
 * How many acks of this branch may leave, so that all replies to the one real datagram stay within
 * 3 times its size together. Which are left out depends on the seed, not on the clock: of all acks
 * that are not lost the first ones are kept, the first copies to each request before the second
 * copies.
 */
static unsigned acks_count_allowed(const struct flight *flight, unsigned branch, size_t ack_bytes)
{
    enum endpoint_family family = flight->datagram.peer.family;
    size_t left = ACK_RATIO_MAX * ack_packet_bytes(family, flight->datagram.size_bytes) /
                  ack_packet_bytes(family, ack_bytes);
    struct impair_fate fates[FATE_REQUESTS];
    unsigned allowed = 0;

    for (unsigned i = 0; i < flight->requests; i++)
        fates[i] = impair_fate(&flight->impair, IMPAIR_OUT, flight->number, i);
    for (unsigned copy = 0; copy < IMPAIR_COPIES_MAX; copy++)
        for (unsigned i = 0; i < flight->requests && left > 0; i++) {
            if (fates[i].lost || copy >= fates[i].copies)
                continue;
            left--;
            allowed += i == branch;
        }
    return allowed;
}

/* Leaves out the other acks. */
static void acks_limit_size(struct flight *flight, struct impair_fate *fate, unsigned branch,
                            size_t ack_bytes)
{
    unsigned allowed = acks_count_allowed(flight, branch, ack_bytes);

    if (fate->copies <= allowed)
        return;
    flight->left_out = (uint8_t)(flight->left_out + fate->copies - allowed);
    fate->copies = (uint8_t)allowed;
}

void acks_answer(struct path *path, uint32_t index, unsigned branch, const struct datagram *request,
                 int64_t now_ns)
{
    struct flight *flight = &path->flights[index];
    struct verdict verdict = answer_judge(path->answer, request, 0, flight->loop, now_ns);
    flight->policy = verdict.policy;
    uint8_t *bytes = path->scratch + PATH_PAYLOAD_SIZE;
    struct hop hop = {.way = IMPAIR_OUT, .leg = (uint8_t)(branch * IMPAIR_COPIES_MAX)};

    if (verdict.status == ACK_HELD) {
        flight->why_held = verdict.why_held;
        return;
    }
    hop.size_bytes = answer_write(path->answer, request, flight->number, &verdict, bytes);
    flight->cut |= verdict.cut;
    struct impair_fate fate = impair_fate(&flight->impair, IMPAIR_OUT, flight->number, branch);
    if (!fate.lost) {
        acks_limit_size(flight, &fate, branch, hop.size_bytes);
        fate.copies = (uint8_t)acks_count_copies(path, flight, &fate, now_ns);
    }
    if (fate.copies == 0)
        return;
    hops_depart(path, index, hop, &fate, bytes, now_ns);
}

/* ---- handing them to the kernel */

static void acks_note_sent(struct path *path, struct hop *hop, int64_t wall_ns, int error)
{
    struct flight *flight = &path->flights[hop->flight];

    if (error != 0) {
        flight->error = error;
        flight->fate.acks[hop->leg].state = LEG_NONE;
        return;
    }
    flight->acks_sent++;
    answer_sent(path->answer, flight->peer, 1, path->moment_ns);
    if (flight->service_ns == EVENT_UNKNOWN && flight->datagram.wall_ns != 0 &&
        wall_ns >= flight->datagram.wall_ns)
        flight->service_ns = wall_ns - flight->datagram.wall_ns;
    if (path->sent != NULL)
        path->sent(path->sent_context, flight, hop->bytes, hop->size_bytes, wall_ns);
    if (flight->ack != NULL)
        return;
    flight->ack = hop->bytes; /* the flight's from now on */
    flight->ack_bytes = hop->size_bytes;
    hop->bytes = NULL;
}

static size_t acks_count_same_socket(const struct path *path, size_t first)
{
    size_t count = 1;
    const struct hop *hops = path->hops;
    size_t socket = path->flights[hops[path->batch[first]].flight].socket_index;

    while (first + count < path->batch_count &&
           path->flights[hops[path->batch[first + count]].flight].socket_index == socket)
        count++;
    return count;
}

static struct batch_item acks_item(const struct path *path, const struct hop *hop)
{
    const struct datagram *datagram = &path->flights[hop->flight].datagram;

    return (struct batch_item){.peer = datagram->peer,
                               .source = datagram->source,
                               .bytes = hop->bytes,
                               .size_bytes = hop->size_bytes,
                               .segment_bytes = (uint16_t)hop->size_bytes,
                               .count = 1};
}

static void acks_send_some(struct path *path, size_t first, size_t count)
{
    const uint32_t *batch = path->batch + first;
    size_t socket = path->flights[path->hops[batch[0]].flight].socket_index;
    uint16_t sent[PATH_BATCH];
    int results[PATH_BATCH];

    for (size_t i = 0; i < count; i++)
        path->items[i] = acks_item(path, &path->hops[batch[i]]);
    int64_t wall_ns = clock_wall_ns();
    batch_send(path->answer->sender, &path->sockets[socket], path->items, count, sent, results);
    for (size_t i = 0; i < count; i++)
        acks_note_sent(path, &path->hops[batch[i]], wall_ns, results[i]);
}

static void acks_send_batch(struct path *path)
{
    for (size_t first = 0, count; first < path->batch_count; first += count) {
        count = acks_count_same_socket(path, first);
        acks_send_some(path, first, count);
    }
}

void acks_flush(struct path *path)
{
    acks_send_batch(path);
    for (size_t i = 0; i < path->batch_count; i++) {
        uint32_t flight = path->hops[path->batch[i]].flight;
        pool_free_hop(path, path->batch[i]);
        hops_end(path, flight);
    }
    path->batch_count = 0;
}

void acks_deliver(struct path *path, uint32_t index, struct hop *hop, int64_t now_ns)
{
    struct flight *flight = &path->flights[hop->flight];

    if (hop->corrupt)
        hops_corrupt(hop->bytes, hop->size_bytes, hop->bit, &flight->fate.acks[hop->leg]);
    hops_arrive(path, hop, now_ns);
    path->batch[path->batch_count++] = index;
    if (path->batch_count == PATH_BATCH)
        acks_flush(path);
}
