/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load: the loop of the generator. One turn: 1. wait for acks (or for the rate's next permit); 2.
 * take them, client by client, and credit them to the oldest sends; 3. fill the windows that have
 * room; 4. tell, when a tick has passed.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "load_state.h"
#include "udptui/core/datagram.h"
#include "udptui/core/units.h"
#include "udptui/net/clock.h"
#include "udptui/net/thread.h"

enum { READY_MAX = 256 };

static const int64_t silence_ns = UNITS_NS_PER_S;
static const int64_t look_interval_ns = 100 * UNITS_NS_PER_MS; /* for what has waited too long */

/* ---- the window */

static void push_run(struct load_client *client, uint32_t window, uint32_t count, int64_t now_ns)
{
    uint32_t place = (client->run_first + client->run_count) % window;

    client->runs[place] = (struct sent_run){.at_ns = now_ns, .count = count};
    client->run_count++;
    client->outstanding += count;
}

/* Takes up to `count` datagrams off the oldest run; returns how many. */
static uint32_t shorten_oldest(struct load *load, struct load_client *client, uint32_t count)
{
    struct sent_run *oldest = &client->runs[client->run_first];

    if (count > oldest->count)
        count = oldest->count;
    oldest->count -= count;
    client->outstanding -= count;
    if (oldest->count == 0) {
        client->run_first = (client->run_first + 1) % load->config.window;
        client->run_count--;
    }
    return count;
}

/* Acks beyond what is outstanding are late ones for what was taken for lost, or duplicates. */
static void credit_rest(struct load *load, struct load_client *client, uint32_t acks)
{
    uint64_t late = acks < client->lost ? acks : client->lost;

    client->lost -= late;
    load->lost -= late;
    load->acked += late;
    load->duplicates += acks - late;
}

/* Credits acks to the oldest sends. */
static void credit(struct load *load, struct load_client *client, uint32_t acks, int64_t now_ns)
{
    while (acks > 0 && client->outstanding > 0) {
        int64_t at_ns = client->runs[client->run_first].at_ns;
        uint32_t count = shorten_oldest(load, client, acks);
        rtt_add_many(load->rtt, now_ns - at_ns, count);
        load->acked += count;
        acks -= count;
    }
    credit_rest(load, client, acks);
}

/* What waits for a second is lost: its place in the window is free again. */
static void give_up(struct load *load, struct load_client *client, int64_t now_ns)
{
    while (client->outstanding > 0 &&
           now_ns - client->runs[client->run_first].at_ns >= silence_ns) {
        uint32_t count = shorten_oldest(load, client, UINT32_MAX);
        client->lost += count;
        load->lost += count;
    }
}

/* ---- receiving */

/* ECONNREFUSED comes from the receive that follows the ICMP message. */
static void note_error(struct load *load, int error)
{
    load->refused |= error == ECONNREFUSED;
}

static void take_acks(struct load *load, struct load_client *client)
{
    const struct datagram *datagrams;
    uint32_t acks = 0;
    int received;

    do {
        received = batch_receive(load->receiver, &client->socket, LOAD_SLOTS, &datagrams);
        for (int i = 0; i < received; i++)
            acks += (uint32_t)datagram_messages(&datagrams[i]);
    } while (received == LOAD_SLOTS);
    if (received < 0)
        note_error(load, -received);
    if (acks == 0)
        return;
    load->heard_ns = clock_monotonic_ns();
    credit(load, client, acks, load->heard_ns);
}

/* ---- sending */

/* Fills items with up to `room` datagrams and returns how many items it took. */
static size_t make_items(const struct load *load, struct batch_item *items, uint32_t room)
{
    size_t count = 0;

    for (; room > 0 && count < LOAD_ITEMS_MAX; count++) {
        uint32_t segments = room < load->segments_max ? room : load->segments_max;
        items[count] = (struct batch_item){.peer = load->config.target,
                                           .bytes = load->payload,
                                           .size_bytes = segments * load->config.size_bytes,
                                           .segment_bytes = (uint16_t)load->config.size_bytes,
                                           .count = (uint16_t)segments};
        room -= segments;
    }
    return count;
}

static void fill_window(struct load *load, struct load_client *client, uint32_t room)
{
    struct batch_item items[LOAD_ITEMS_MAX];
    uint16_t sent[LOAD_ITEMS_MAX];
    int results[LOAD_ITEMS_MAX];
    size_t count = make_items(load, items, room);
    int64_t now_ns = clock_monotonic_ns();
    uint32_t total = 0;

    batch_send(load->sender, &client->socket, items, count, sent, results);
    for (size_t i = 0; i < count; i++) {
        total += sent[i];
        load->send_errors += (uint64_t)(items[i].count - sent[i]);
        if (results[i] != 0)
            note_error(load, results[i]);
    }
    if (load->waiting_ns <= load->heard_ns)
        load->waiting_ns = now_ns;
    if (total > 0)
        push_run(client, load->config.window, total, now_ns);
    load->sent += total;
    load->permits -= total;
}

static uint32_t room_of(const struct load *load, const struct load_client *client)
{
    uint32_t room = load->config.window - client->outstanding;

    if (load->config.rate_per_s > 0 && load->permits < room)
        room = load->permits >= 1 ? (uint32_t)load->permits : 0;
    return room;
}

/* With a rate: at most a tenth of a second's worth is saved up. */
static void earn_permits(struct load *load, int64_t now_ns)
{
    double rate = load->config.rate_per_s;
    double most = rate / 10 > 1 ? rate / 10 : 1;

    load->permits += (double)(now_ns - load->permits_ns) / (double)UNITS_NS_PER_S * rate;
    if (load->permits > most)
        load->permits = most;
    load->permits_ns = now_ns;
}

/* With a rate, what may be sent is shared out, a client after the other. */
static void fill_all(struct load *load)
{
    size_t clients = load->config.clients;
    uint32_t share = UINT32_MAX;

    if (load->config.rate_per_s > 0)
        share = load->permits > (double)clients ? (uint32_t)(load->permits / (double)clients) : 1;
    for (size_t i = 0; i < clients; i++) {
        struct load_client *client = &load->clients[load->next_client];
        uint32_t room = room_of(load, client);
        if (room == 0 && load->config.rate_per_s > 0 && load->permits < 1)
            break;
        load->next_client = (load->next_client + 1) % clients;
        if (room > 0)
            fill_window(load, client, room < share ? room : share);
    }
}

/* ---- telling */

static struct load_snapshot describe(const struct load *load, int64_t now_ns)
{
    return (struct load_snapshot){
        .elapsed_ns = now_ns - load->began_ns,
        .sent = load->sent,
        .acked = load->acked,
        .lost = load->lost,
        .duplicates = load->duplicates,
        .send_errors = load->send_errors,
        .rtt_min_ns = rtt_min(load->rtt),
        .rtt_p50_ns = rtt_percentile(load->rtt, 50),
        .rtt_p90_ns = rtt_percentile(load->rtt, 90),
        .rtt_p99_ns = rtt_percentile(load->rtt, 99),
        .rtt_p999_ns = rtt_percentile(load->rtt, 99.9),
        .rtt_max_ns = rtt_max(load->rtt),
    };
}

static double per_second(uint64_t count, int64_t duration_ns)
{
    return duration_ns > 0 ? (double)count * (double)UNITS_NS_PER_S / (double)duration_ns : 0;
}

/* A snapshot that finds no room is left out: the next has its counts too. */
static void tell(struct load *load, int64_t now_ns)
{
    struct load_snapshot *room = ring_reserve(load->snapshots, sizeof *room);

    if (room == NULL)
        return;
    *room = describe(load, now_ns);
    room->acks_per_s = per_second(load->acked - load->told_acked, now_ns - load->told_ns);
    ring_commit(load->snapshots, sizeof *room);
    load->told_acked = load->acked;
    load->told_ns = now_ns;
    eventfd_write(load->config.event_fd, 1);
}

static void tell_last(struct load *load, int64_t ended_ns, enum load_end end)
{
    load->last = describe(load, ended_ns);
    load->last.acks_per_s = per_second(load->acked, load->last.elapsed_ns);
    load->last.lost = load->sent - load->acked;
    load->last.end = end;
    atomic_store(&load->ended, true);
    eventfd_write(load->config.event_fd, 1);
}

/* ---- the thread */

static enum load_end end_of(const struct load *load, int64_t now_ns)
{
    if (atomic_load_explicit(&load->stop, memory_order_relaxed))
        return LOAD_STOPPED;
    if (load->refused && load->acked == 0)
        return LOAD_REFUSED;
    if (now_ns - load->began_ns >= load->config.duration_ns)
        return LOAD_DONE;
    if (load->waiting_ns > load->heard_ns && now_ns - load->waiting_ns >= silence_ns)
        return LOAD_SILENT;
    return LOAD_RUNNING;
}

/* Milliseconds: with a rate until a permit is due, else until the next search for the lost. */
static int wait_ms(const struct load *load)
{
    const int64_t look_ms = look_interval_ns / UNITS_NS_PER_MS;

    return load->config.rate_per_s * (double)look_ms > 1000 ? 1 : (int)look_ms;
}

static void turn(struct load *load, int timeout_ms)
{
    struct epoll_event ready[READY_MAX];
    int count = epoll_wait(load->epoll_fd, ready, READY_MAX, timeout_ms);

    for (int i = 0; i < count; i++) {
        struct load_client *client = &load->clients[ready[i].data.u64];
        uint32_t room;
        take_acks(load, client);
        if (load->config.rate_per_s <= 0 && (room = room_of(load, client)) > 0)
            fill_window(load, client, room);
    }
}

/* After the last send: what is on its way may still come, for a second. Ends at the latest ack. */
static int64_t take_rest(struct load *load)
{
    int64_t ended_ns = clock_monotonic_ns();
    struct epoll_event ready[READY_MAX];

    while (load->sent > load->acked && clock_monotonic_ns() - ended_ns < silence_ns) {
        int count = epoll_wait(load->epoll_fd, ready, READY_MAX, 10);
        for (int i = 0; i < count; i++)
            take_acks(load, &load->clients[ready[i].data.u64]);
    }
    return load->heard_ns > ended_ns ? load->heard_ns : ended_ns;
}

static void give_up_old(struct load *load, int64_t now_ns)
{
    if (now_ns - load->looked_ns < look_interval_ns)
        return;
    load->looked_ns = now_ns;
    for (size_t i = 0; i < load->config.clients; i++)
        give_up(load, &load->clients[i], now_ns);
    if (load->config.rate_per_s <= 0)
        fill_all(load);
}

static void *run(void *argument)
{
    struct load *load = argument;
    enum load_end end;
    int64_t now_ns = clock_monotonic_ns();

    load->began_ns = load->told_ns = load->looked_ns = load->permits_ns = now_ns;
    load->heard_ns = now_ns - 1; /* before the first send */
    load->permits = 1;
    if (load->config.rate_per_s <= 0)
        fill_all(load);
    while ((end = end_of(load, now_ns)) == LOAD_RUNNING) {
        turn(load, wait_ms(load));
        now_ns = clock_monotonic_ns();
        if (load->config.rate_per_s > 0) {
            earn_permits(load, now_ns);
            fill_all(load);
        }
        if (end_of(load, now_ns) == LOAD_RUNNING)
            give_up_old(load, now_ns);
        if (now_ns - load->told_ns >= load->config.tick_ns)
            tell(load, now_ns);
    }
    tell_last(load, take_rest(load), end);
    return NULL;
}

bool load_start(struct load *load, char *error)
{
    int code = thread_start(&load->thread, run, load);

    load->started = code == 0;
    if (!load->started)
        snprintf(error, LOAD_ERROR_SIZE, "cannot start a thread: %s", strerror(code));
    return load->started;
}

void load_stop(struct load *load)
{
    atomic_store_explicit(&load->stop, true, memory_order_relaxed);
}

bool load_next(struct load *load, struct load_snapshot *out)
{
    bool ended = atomic_load(&load->ended);
    size_t size;
    const struct load_snapshot *next = ring_peek(load->snapshots, &size);

    if (next != NULL) {
        *out = *next;
        ring_release(load->snapshots);
        return true;
    }
    if (!ended || load->told_last)
        return false;
    *out = load->last;
    load->told_last = true;
    return true;
}
