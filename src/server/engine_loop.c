/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine_loop: the loop of the engine's thread: receive, reply, report, and wait for the next
 * datagram. */
#include <errno.h>
#include <poll.h>

#include "engine_internal.h"
#include "udptui/base/units.h"
#include "udptui/net/batch.h"
#include "udptui/net/udp.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/wait.h"

enum {
    ROUNDS_MAX = 16,     /* batches from one socket before the others get a turn */
    TURN_MESSAGES = 512, /* taken into the simulated network before what is due moves */
    OWN_CHECK_MS = 50,
};

/* ---- datagrams */

static void engine_finish_round(struct engine *engine, const struct udp_socket *socket)
{
    int64_t now_ns = clock_monotonic_ns();
    /* Before the sends: after them the client's next datagram may have come. */
    struct publish_moment before = {.wall_ns = clock_wall_ns()};

    answer_send(engine->answer, socket);
    before.oldest_ns = clock_pair_oldest_ns(&engine->path.clock, now_ns, before.wall_ns);
    publish_runs(&engine->publisher, engine->answer, &before);
    record_runs(engine, before.wall_ns);
    answer_clear(engine->answer);
}

/* Reports what the simulated network has settled, even if the ring is full. */
static void engine_publish_settled(struct engine *engine)
{
    const struct flight *flight;

    while ((flight = path_settled(&engine->path)) != NULL) {
        publish_flight(&engine->publisher, flight);
        path_release(&engine->path);
    }
}

/* Reports what has just come and is under way, and what has settled. */
static void engine_publish_path(struct engine *engine)
{
    struct flight *fresh;

    for (size_t place = 0; publisher_has_room(&engine->publisher) &&
                           (fresh = path_fresh(&engine->path, &place)) != NULL;)
        fresh->reported = publish_waiting(&engine->publisher, fresh);
    engine_publish_settled(engine);
    engine->publisher.due = true;
}

/* Moves what is due in the simulated network. */
static void engine_move_path(struct engine *engine, int64_t now_ns)
{
    path_turn(&engine->path, now_ns);
    engine_publish_path(engine);
    path_begin(&engine->path, now_ns);
}

/* Returns the time, which is later if what is due has moved in between: often, so that what is under
 * way stays in the processor's caches. */
static int64_t engine_take_impaired(struct engine *engine, const struct datagram *datagram,
                                    size_t index, int64_t now_ns)
{
    struct path *path = &engine->path;
    size_t messages = datagram_messages(datagram);

    engine->queues.grouped[index] |= messages > 1;
    for (size_t done = 0; done < messages;) {
        size_t taken = path_take(path, datagram, done, index, now_ns);
        done += taken;
        if (done < messages && taken == 0)
            publish_flight(&engine->publisher, path_refuse(path, datagram, done++));
        else if (done < messages)
            engine_move_path(engine, now_ns);
    }
    if (path->fresh_count < TURN_MESSAGES)
        return now_ns;
    now_ns = clock_monotonic_ns();
    engine_move_path(engine, now_ns);
    return now_ns;
}

/* A message whose answer is planned. */
static void engine_take_planned(struct engine *engine, const struct datagram *datagram,
                                size_t message, size_t index, int64_t now_ns)
{
    struct path *path = &engine->path;

    if (path_take_message(path, datagram, message, index, now_ns))
        return;
    engine_move_path(engine, now_ns);
    if (!path_take_message(path, datagram, message, index, now_ns))
        publish_flight(&engine->publisher, path_refuse(path, datagram, message));
}

/* Returns whether a message of it has a planned answer. */
static bool answer_datagram(struct engine *engine, const struct datagram *datagram, size_t index,
                            int64_t now_ns)
{
    struct answer *answer = engine->answer;
    size_t messages = datagram_messages(datagram);
    bool planned = false;

    engine->queues.grouped[index] |= messages > 1;
    for (size_t done = 0; done < messages;) {
        done += answer_add(answer, datagram, done, index, now_ns);
        if (answer->planned)
            engine_take_planned(engine, datagram, done++, index, now_ns);
        else if (done < messages)
            engine_finish_round(engine, &engine->sockets[index]);
        planned |= answer->planned;
    }
    return planned;
}

/* Numbers the batch's messages: one count for all engines. */
static void take_numbers(struct engine *engine, const struct datagram *datagrams, size_t count)
{
    const uint64_t mask = (UINT64_C(1) << ENGINE_NUMBERS_BITS) - 1;
    uint64_t messages = 0;

    for (size_t i = 0; i < count; i++)
        messages += datagram_messages(&datagrams[i]);
    engine->answer->number =
        atomic_fetch_add_explicit(&engine->config.shared->numbers, messages, memory_order_relaxed) &
        mask;
}

/* Our addresses may have changed since the last datagrams. */
static void refresh_own(struct engine *engine, int64_t now_ns)
{
    if (now_ns < engine->own_check_ns)
        return;
    own_refresh(&engine->own);
    engine->own_check_ns = now_ns + OWN_CHECK_MS * UNITS_NS_PER_MS;
}

static void answer_batch(struct engine *engine, size_t index, const struct datagram *datagrams,
                         size_t count, int64_t now_ns)
{
    bool lossy = path_loses_at_once(&engine->path);
    bool impaired = path_active(&engine->path) && !lossy, planned = false;

    take_numbers(engine, datagrams, count);
    refresh_own(engine, now_ns);
    answer_set_losses(engine->answer, lossy ? &engine->path.impair : NULL);
    if (impaired || answer_may_plan(engine->answer))
        path_begin(&engine->path, now_ns);
    for (size_t i = 0; i < count; i++) {
        records_received(&engine->records, &datagrams[i]);
        if (engine->quiz != NULL)
            engine_note_student(engine, &datagrams[i], index, now_ns);
        if (impaired)
            now_ns = engine_take_impaired(engine, &datagrams[i], index, now_ns);
        else
            planned |= answer_datagram(engine, &datagrams[i], index, now_ns);
    }
    if (!impaired && engine->answer->run_count > 0)
        engine_finish_round(engine, &engine->sockets[index]);
    if (impaired || planned)
        engine_move_path(engine, now_ns);
    records_wake(&engine->records);
}

static bool is_slow(const struct engine *engine)
{
    return engine->config.slow_per_s > 0;
}

/* --count: whether all datagrams have come, to all engines together. */
static bool count_reached(const struct engine *engine)
{
    return engine->config.count_max != 0 &&
           atomic_load(&engine->config.shared->received) >= engine->config.count_max;
}

/*
 * How many datagrams the next call may receive: --count is exact, and --slow takes one at a time.
 * With --count they are reserved, so that another engine does not receive them, too.
 */
static size_t engine_reserve(struct engine *engine)
{
    atomic_uint_fast64_t *reserved = &engine->config.shared->reserved;
    uint_fast64_t seen, left, most = is_slow(engine) ? 1 : engine->config.batch;

    if (engine->config.count_max == 0)
        return (size_t)most;
    seen = atomic_load(reserved);
    do {
        left = engine->config.count_max - seen;
        most = left < most ? left : most;
    } while (!atomic_compare_exchange_weak(reserved, &seen, seen + most));
    return (size_t)most;
}

/* Returns the reserved number of datagrams that did not arrive. */
static void engine_settle_reserved(struct engine *engine, size_t limit, size_t received)
{
    if (engine->config.count_max == 0)
        return;
    atomic_fetch_add(&engine->config.shared->received, received);
    atomic_fetch_sub(&engine->config.shared->reserved, limit - received);
}

/* --slow: a datagram may be read at due_ns; who takes the turn makes the next one due at next_ns. */
struct turn {
    int_fast64_t due_ns, next_ns;
};

/* Whether a datagram may be read now. */
static bool engine_take_turn(struct engine *engine, int64_t now_ns, struct turn *turn)
{
    atomic_int_fast64_t *shared_ns = &engine->config.shared->slow_next_ns;

    turn->due_ns = atomic_load(shared_ns);
    turn->next_ns = now_ns + units_rate_interval_ns(engine->config.slow_per_s);
    return now_ns >= turn->due_ns &&
           atomic_compare_exchange_strong(shared_ns, &turn->due_ns, turn->next_ns);
}

/* No datagram was there. Not if another engine has taken a turn since. */
static void engine_return_turn(struct engine *engine, const struct turn *turn)
{
    int_fast64_t taken_ns = turn->next_ns;

    atomic_compare_exchange_strong(&engine->config.shared->slow_next_ns, &taken_ns, turn->due_ns);
}

static int64_t slow_next_ns(const struct engine *engine)
{
    return is_slow(engine) ? atomic_load(&engine->config.shared->slow_next_ns) : 0;
}

void engine_gather_totals(struct engine *engine)
{
    queues_look(&engine->queues, engine->sockets, engine->config.socket_count, &engine->totals);
    engine->totals.clients = peers_used(engine->peers);
    engine->totals.clients_evicted = peers_evictions(engine->peers);
    engine->totals.counts = *peers_totals(engine->peers);
    engine->totals.evicted = *peers_evicted(engine->peers);
    engine->totals.records_skipped = engine->records.skipped;
    engine->totals.acks_cut = engine->answer->acks_cut;
    engine->totals.acks_on = engine->answer->acks_on;
    engine->totals.copies = engine->path.copies;
    engine->totals.copies_left_out = engine->path.left_out;
    engine->totals.waiting = engine->path.underway - engine->path.more_underway;
    engine->totals.more = engine->path.more;
    engine->totals.more_held = engine->path.more_held;
    engine->totals.more_failed = engine->path.more_failed;
    engine->totals.rules_given_up = engine->answer->rules_given_up;
}

void engine_publish(struct engine *engine, int64_t now_ns)
{
    engine_publish_settled(engine);
    engine_gather_totals(engine);
    bool more = engine->quiz != NULL && engine_publish_quiz(engine);
    publish_tick(&engine->publisher, engine->peers, &engine->totals, now_ns);
    engine->publisher.due |= more;
}

static void publish_if_due(struct engine *engine, int64_t now_ns)
{
    if (engine->publisher.due && now_ns >= engine->publisher.next_ns)
        engine_publish(engine, now_ns);
}

/* One receive call and the processing of its datagrams. Returns how many arrived; *full: as many as
 * the call could take. */
static size_t receive_round(struct engine *engine, size_t index, bool *full)
{
    const struct datagram *datagrams;
    size_t limit = engine_reserve(engine);
    int received = batch_receive(engine->receiver, &engine->sockets[index], limit, &datagrams);
    size_t count = received > 0 ? (size_t)received : 0;

    engine_settle_reserved(engine, limit, count);
    if (received < 0) {
        engine->totals.receive_errors++;
        engine->publisher.due = true;
    }
    *full = count == limit;
    if (count == 0)
        return 0;
    int64_t now_ns = clock_monotonic_ns();
    answer_batch(engine, index, datagrams, count, now_ns);
    publish_if_due(engine, now_ns);
    return count;
}

static void serve_slowly(struct engine *engine, size_t index)
{
    struct turn turn;
    bool full;

    if (engine_take_turn(engine, clock_monotonic_ns(), &turn) &&
        receive_round(engine, index, &full) == 0)
        engine_return_turn(engine, &turn);
}

static void serve_socket(struct engine *engine, size_t index)
{
    bool full = true;

    if (is_slow(engine)) {
        serve_slowly(engine, index);
        return;
    }
    for (int round = 0; round < ROUNDS_MAX && full; round++)
        if (receive_round(engine, index, &full) == 0)
            break;
}

/* ---- the loop */

/* When to wake up even if no descriptor is ready; INT64_MAX: never. slow_ns: when the next turn of
 * --slow is due. */
static int64_t next_due_ns(const struct engine *engine, int64_t now_ns, int64_t slow_ns)
{
    int64_t due_ns = path_due_ns(&engine->path);

    if (engine->publisher.due && engine->publisher.next_ns < due_ns)
        due_ns = engine->publisher.next_ns;
    if (now_ns < slow_ns && slow_ns < due_ns)
        due_ns = slow_ns;
    if (engine->membership.check_ns < due_ns)
        due_ns = engine->membership.check_ns;
    if (engine->quiz != NULL && engine_push_due_ns(engine) < due_ns)
        due_ns = engine_push_due_ns(engine);
    return due_ns;
}

/* --slow: between two turns the sockets are not polled, but their queues are still reported. */
static void set_polled(struct engine *engine, struct pollfd *polled, int64_t now_ns,
                       int64_t slow_ns)
{
    bool rest = now_ns < slow_ns || count_reached(engine);

    for (size_t i = 0; i < engine->config.socket_count; i++)
        polled[i].fd = rest ? -1 : engine->sockets[i].fd;
    engine->publisher.due |= now_ns < slow_ns;
}

/* Sleeps until a socket is readable, the owner makes a request, or something is due. The turn is looked
 * at once: another engine may take it meanwhile, and one that polls no socket must wake up for it. */
static int engine_wait(struct engine *engine, struct pollfd *polled, size_t count)
{
    int64_t now_ns = clock_monotonic_ns();
    int64_t slow_ns = slow_next_ns(engine);

    set_polled(engine, polled, now_ns, slow_ns);
    return wait_until(polled, count, next_due_ns(engine, now_ns, slow_ns));
}

static size_t list_polled(const struct engine *engine, struct pollfd *polled)
{
    size_t count = 0;

    for (; count < engine->config.socket_count; count++)
        polled[count] = (struct pollfd){.fd = engine->sockets[count].fd, .events = POLLIN};
    polled[count++] = (struct pollfd){.fd = engine->membership.watch, .events = POLLIN};
    polled[count++] = (struct pollfd){.fd = engine->wake_fd, .events = POLLIN};
    return count;
}

/* Moves the datagrams that are due in the simulated network. */
static void engine_turn_path(struct engine *engine)
{
    int64_t now_ns = clock_monotonic_ns();

    if (path_due_ns(&engine->path) > now_ns)
        return;
    engine_move_path(engine, now_ns);
    records_wake(&engine->records);
}

/* --count: whether all have arrived, and the simulated network is empty. */
static bool engine_is_done(const struct engine *engine)
{
    return count_reached(engine) && engine->path.underway == 0;
}

void *engine_run(void *argument)
{
    struct engine *engine = argument;
    struct pollfd polled[ENGINE_SOCKETS_MAX + 2]; /* the sockets, the interfaces, the owner */
    size_t count = list_polled(engine, polled);

    engine->totals.since_ns = clock_monotonic_ns();
    while (!engine->quit && !engine_is_done(engine)) {
        publish_if_due(engine, clock_monotonic_ns());
        if (engine_wait(engine, polled, count) < 0 && errno != EINTR) {
            engine->error = errno;
            break;
        }
        engine_turn_path(engine);
        if (engine->quiz != NULL)
            engine_push_question(engine);
        if (polled[count - 2].revents != 0 || engine->membership.check_ns != INT64_MAX)
            membership_check(&engine->membership, polled[count - 2].revents != 0,
                             clock_monotonic_ns());
        for (size_t i = 0; i + 2 < count && !count_reached(engine); i++)
            if (polled[i].revents != 0)
                serve_socket(engine, i);
        if (polled[count - 1].revents != 0)
            requests_take(engine);
    }
    path_end(&engine->path);
    engine_publish(engine, clock_monotonic_ns());
    atomic_store(&engine->ended, true);
    publisher_wake(&engine->publisher);
    return NULL;
}
