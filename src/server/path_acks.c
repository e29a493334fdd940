/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "path_acks_internal.h"

#include "path_plan_internal.h"
#include "udptui/sys/clock.h"

enum { AHEAD = 4 }; /* how many acks before it is used the memory of an ack is asked for */

/* ---- creating acks */

/* How many copies of an ack depart: one, if the source has no more acks left under its limit. */
static unsigned acks_count_copies(const struct path *path, const struct flight *flight,
                                  const struct ack_policy *policy, const struct impair_fate *fate,
                                  int64_t now_ns)
{
    const struct answer *answer = path->answer;

    if (fate->copies > 1 &&
        !guard_allows_more(answer->guard, policy, &flight->datagram.peer, now_ns))
        return 1;
    return fate->copies;
}

/*
 * How many acks of this branch may leave, so that all replies to the one real datagram stay within
 * 3 times its size together, if those to the other request have the same size. Which are left out
 * depends on the seed, not on the clock: of all acks that are not lost the first ones are kept, the
 * first copies to each request before the second copies.
 */
static unsigned acks_count_allowed(const struct flight *flight, unsigned branch, size_t ack_bytes)
{
    enum endpoint_family family = flight->datagram.peer.family;
    size_t left = ACK_RATIO_MAX * ack_packet_bytes(family, flight->datagram.size_bytes) /
                  ack_packet_bytes(family, ack_bytes);
    struct impair_fate fates[FATE_REQUESTS];
    unsigned allowed = 0;

    for (unsigned i = 0; i < flight->requests; i++)
        impair_throw(&flight->version->dice, IMPAIR_OUT, flight->number, i, &fates[i]);
    for (unsigned copy = 0; copy < IMPAIR_COPIES_MAX; copy++)
        for (unsigned i = 0; i < flight->requests && left > 0; i++) {
            if (fates[i].lost || copy >= fates[i].copies)
                continue;
            left--;
            allowed += i == branch;
        }
    return allowed;
}

/* Leaves out the other acks. A request that was corrupted on the way may get a reply of another size
 * than its copy: then what those before have left decides. */
static void acks_limit_size(struct flight *flight, struct impair_fate *fate, unsigned branch,
                            size_t ack_bytes)
{
    unsigned allowed = acks_count_allowed(flight, branch, ack_bytes);
    size_t fit = flight->left_bytes / ack_packet_bytes(flight->datagram.peer.family, ack_bytes);

    if (allowed > fit)
        allowed = (unsigned)fit;
    if (fate->copies <= allowed)
        return;
    flight->left_out = (uint8_t)(flight->left_out + fate->copies - allowed);
    fate->copies = (uint8_t)allowed;
}

/* Whether the ack is its policy's text as it is, so that it needs no memory of its own. */
static bool acks_is_text(const struct ack_policy *policy, const struct impair_fate *fate)
{
    bool corrupt = false;

    for (unsigned copy = 0; copy < fate->copies; copy++)
        corrupt |= fate->corrupt[copy];
    return policy->row->source == ACK_FROM_TEXT && !corrupt;
}

/* The fate of the ack to a request; copies are 0 if none may leave. */
static void acks_draw(struct path *path, struct flight *flight, unsigned branch, size_t ack_bytes,
                      int64_t now_ns, struct impair_fate *fate)
{
    impair_throw(&flight->version->dice, IMPAIR_OUT, flight->number, branch, fate);
    if (fate->lost)
        return;
    if (fate->copies > 1 || flight->requests > 1)
        acks_limit_size(flight, fate, branch, ack_bytes);
    unsigned copies = acks_count_copies(path, flight, flight->policies[branch], fate, now_ns);
    flight->limited = (uint8_t)(flight->limited + fate->copies - copies);
    fate->copies = (uint8_t)copies;
    flight->left_bytes -=
        (uint32_t)(fate->copies * ack_packet_bytes(flight->datagram.peer.family, ack_bytes));
}

void acks_answer(struct path *path, uint32_t index, unsigned branch, const struct datagram *request,
                 int64_t now_ns)
{
    struct flight *flight = &path->flights[index];
    struct verdict verdict =
        answer_judge(path->answer, request, flight->number, flight->loop, now_ns);
    struct departure departure = {
        .flight = index, .way = IMPAIR_OUT, .leg = branch * IMPAIR_COPIES_MAX};
    struct impair_fate fate;

    if (verdict.status == ACK_HELD) {
        flight->why_held = verdict.why_held;
        return;
    }
    flight->policies[branch] = verdict.policy;
    if (ack_is_planned(verdict.policy)) {
        plan_answer(path, index, branch, request, now_ns);
        return;
    }
    departure.size_bytes = answer_write(path->answer, request, flight->number, &verdict,
                                        path->scratch + PATH_PAYLOAD_SIZE);
    flight->cut |= verdict.cut;
    acks_draw(path, flight, branch, departure.size_bytes, now_ns, &fate);
    if (fate.copies == 0)
        return;
    if (!acks_is_text(verdict.policy, &fate))
        departure.bytes = path->scratch + PATH_PAYLOAD_SIZE;
    hops_depart(path, &departure, &fate, now_ns);
}

/* ---- items: what one send call hands to the kernel */

static const struct ack_policy *acks_policy(const struct path *path, const struct way_hop *hop)
{
    const struct flight *flight = &path->flights[hops_flight(hop)];

    return flight->policies[hops_leg_number(hop) / IMPAIR_COPIES_MAX];
}

static const uint8_t *acks_bytes(const struct path *path, const struct way_hop *hop)
{
    return hop->bytes != NULL ? hop->bytes : acks_policy(path, hop)->text;
}

/* Whether it is the whole fixed text, which `repeated` has many times. */
static bool acks_is_repeated(const struct path *path, const struct way_hop *hop)
{
    const struct ack_policy *policy = &path->answer->policy;

    return hop->bytes == NULL && hop->size_bytes > 0 && acks_policy(path, hop) == policy &&
           hop->size_bytes == policy->text_bytes;
}

static struct endpoint acks_destination(const struct flight *flight)
{
    struct endpoint peer = flight->datagram.peer;

    if (flight->ack_port != 0)
        peer.port = flight->ack_port;
    return peer;
}

/* Puts an ack of the batch into the latest item of its client, or into a new one. */
static void acks_put(struct path *path, size_t i)
{
    const struct way_hop *hop = path->batch[i];
    const struct flight *flight = &path->flights[hops_flight(hop)];
    struct peer *row = peers_at(path->answer->peers, flight->peer.slot);
    bool repeated = acks_is_repeated(path, hop);

    if (repeated && row->mark < path->item_count &&
        answer_item_takes(path->answer, &path->items[row->mark], &flight->datagram,
                          hop->size_bytes)) {
        path->items[row->mark].count++;
        path->items[row->mark].size_bytes += hop->size_bytes;
    } else {
        row->mark = (uint32_t)path->item_count++;
        path->items[row->mark] =
            (struct batch_item){.peer = acks_destination(flight),
                                .source = flight->datagram.source,
                                .bytes = repeated ? path->answer->repeated : acks_bytes(path, hop),
                                .size_bytes = hop->size_bytes,
                                .segment_bytes = (uint16_t)hop->size_bytes,
                                .count = 1};
    }
    path->item_of[i] = (uint16_t)row->mark;
}

/* ---- handing them to the kernel */

/* The flight keeps the first ack that left. */
static void acks_keep(struct path *path, struct flight *flight, struct way_hop *hop)
{
    if (flight->ack != NULL)
        return;
    flight->ack = acks_bytes(path, hop);
    flight->ack_bytes = hop->size_bytes;
    flight->ack_block = hop->bytes;
    hop->bytes = NULL;
}

/* A planned answer's later datagrams have no request's bytes beside them. */
static void acks_note_text(struct path *path, const struct way_hop *hop)
{
    const struct flight *flight = &path->flights[hops_flight(hop)];
    const struct datagram *request = &flight->datagram;
    const struct loop_text ack = {.bytes = acks_bytes(path, hop), .size_bytes = hop->size_bytes};
    struct loop_text asked = {.bytes = request->bytes, .size_bytes = request->size_bytes};

    if (!loop_notes_texts(request->peer.port) ||
        acks_policy(path, hop)->row->source == ACK_FROM_REQUEST)
        return;
    if (flight->more)
        asked.size_bytes = 0;
    answer_note_text(path->answer, flight->peer, ack, asked);
}

/* now_ns, wall_ns: both clocks right before the call that sent it. */
static void acks_note_sent(struct path *path, struct way_hop *hop, int64_t now_ns, int64_t wall_ns)
{
    struct flight *flight = &path->flights[hops_flight(hop)];

    flight->acks_sent++;
    answer_sent(path->answer, flight->peer, 1, path->moment_ns);
    acks_note_text(path, hop);
    if (flight->service_ns == EVENT_UNKNOWN && flight->came_ns != EVENT_UNKNOWN &&
        now_ns >= flight->came_ns)
        flight->service_ns = now_ns - flight->came_ns;
    if (path->sent != NULL)
        path->sent(path->sent_context, flight, acks_bytes(path, hop), hop->size_bytes, wall_ns);
    acks_keep(path, flight, hop);
}

static void acks_note_refused(struct path *path, const struct way_hop *hop, int error)
{
    struct flight *flight = &path->flights[hops_flight(hop)];

    flight->error = error;
    flight->fate.acks[hops_leg_number(hop)].state = LEG_NONE;
}

static size_t acks_socket(const struct path *path, size_t i)
{
    return path->flights[hops_flight(path->batch[i])].ack_socket;
}

static size_t acks_count_same_socket(const struct path *path, size_t first)
{
    size_t count = 1;

    while (first + count < path->batch_count &&
           acks_socket(path, first + count) == acks_socket(path, first))
        count++;
    return count;
}

/* Asks for the memory of an ack of the batch that is used soon. */
static void acks_ask_for(const struct path *path, size_t i)
{
    if (i < path->batch_count)
        pool_ask_for(&path->flights[hops_flight(path->batch[i])]);
}

/* Of an item the first acks were sent, and the rest was refused. */
static void acks_send_some(struct path *path, size_t first, size_t count)
{
    path->item_count = 0;
    for (size_t i = first; i < first + count; i++) {
        acks_ask_for(path, i + AHEAD);
        acks_put(path, i);
    }
    int64_t now_ns = clock_monotonic_ns(), wall_ns = clock_wall_ns();
    batch_send(path->answer->sender, &path->sockets[acks_socket(path, first)], path->items,
               path->item_count, path->left, path->results);
    for (size_t i = first; i < first + count; i++) {
        uint16_t *left = &path->left[path->item_of[i]];
        if (*left == 0) {
            acks_note_refused(path, path->batch[i], path->results[path->item_of[i]]);
            continue;
        }
        --*left;
        acks_note_sent(path, path->batch[i], now_ns, wall_ns);
    }
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
        uint32_t flight = hops_flight(path->batch[i]);
        way_free(path->way, path->batch[i]);
        hops_end(path, flight);
    }
    path->batch_count = 0;
}

void acks_deliver(struct path *path, struct way_hop *hop, int64_t now_ns)
{
    hops_arrive(path, hop, now_ns);
    path->batch[path->batch_count++] = hop;
    if (path->batch_count == PATH_BATCH)
        acks_flush(path);
}
