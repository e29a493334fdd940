/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * load: the loop of the generator. One turn: 1. wait for acks (or for the next datagram of the
 * rate's schedule); 2. take them, client by client; 3. fill the windows that have room; 4. every
 * few milliseconds, give up what has waited for the timeout; 5. tell, when a tick has passed.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "load_internal.h"
#include "udptui/base/units.h"
#include "udptui/proto/datagram.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/thread.h"

enum {
    READY_MAX = 256,
    UNHEARD_MAX = 16,
    TURN_BATCHES = 64, /* of LOAD_SLOTS datagrams from one socket, before others have a turn */
};

static const int64_t silence_ns = UNITS_NS_PER_S, long_silence_ns = 5 * UNITS_NS_PER_S;
static const int64_t look_interval_ns = 10 * UNITS_NS_PER_MS;

static bool is_paced(const struct load *load)
{
    return load->config.rate_per_s > 0;
}

static void count_change(struct load *load, const struct window_change *change)
{
    load->acked += change->acked;
    load->lost += change->lost;
    load->lost -= change->late;
    load->late += change->late;
    load->duplicates += change->duplicates;
}

/* ---- receiving */

/* ECONNREFUSED comes from the receive that follows the ICMP message. */
static void note_error(struct load *load, int error)
{
    load->refused |= error == ECONNREFUSED;
}

/* Whoever floods us must not keep the clock waiting. */
static uint32_t receive_acks(struct load *load, struct udp_socket *socket)
{
    const struct datagram *datagrams;
    uint32_t acks = 0;
    int received = LOAD_SLOTS;

    for (int batch = 0; batch < TURN_BATCHES && received == LOAD_SLOTS; batch++) {
        received = batch_receive(load->receiver, socket, LOAD_SLOTS, &datagrams);
        for (int i = 0; i < received; i++)
            acks += (uint32_t)datagram_messages(&datagrams[i]);
    }
    if (received < 0)
        note_error(load, -received);
    return acks;
}

static void take_acks(struct load *load, struct load_client *client)
{
    struct window_change change;
    uint32_t acks = receive_acks(load, &client->socket);

    if (acks == 0)
        return;
    load->heard_ns = clock_monotonic_ns();
    load->unheard = 0;
    change = window_acked(&client->window, acks, load->heard_ns, load->rtt);
    count_change(load, &change);
}

/* What comes on the port that was used before a loss. */
static void take_late(struct load *load, struct load_client *client)
{
    uint64_t acks = receive_acks(load, &client->former);
    uint64_t late = acks < client->former_lost ? acks : client->former_lost;
    struct window_change change = {.acked = late, .late = late, .duplicates = acks - late};

    client->former_lost -= late;
    count_change(load, &change);
    if (acks > 0)
        load->heard_ns = clock_monotonic_ns();
}

static void take_event(struct load *load, uint64_t data)
{
    struct load_client *client = &load->clients[data / LOAD_SOCKETS];

    if (data % LOAD_SOCKETS == LOAD_FORMER)
        take_late(load, client);
    else
        take_acks(load, client);
}

/* After a loss: the next datagrams leave from a port of their own. */
static void renew_port(struct load *load, size_t index)
{
    struct load_client *client = &load->clients[index];
    struct epoll_event event = {.events = EPOLLIN,
                                .data = {.u64 = index * LOAD_SOCKETS + LOAD_FORMER}};
    struct udp_socket fresh = {.fd = -1};
    char error[LOAD_ERROR_SIZE];

    if (!load_open_socket(load, index, &fresh, error)) {
        load->shared_port = true;
        return;
    }
    udp_close(&client->former);
    client->former = client->socket;
    client->socket = fresh;
    client->former_lost = window_forget_lost(&client->window);
    epoll_ctl(load->epoll_fd, EPOLL_CTL_MOD, client->former.fd, &event);
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
        load->unheard += (uint64_t)(items[i].count - sent[i]);
        if (results[i] != 0)
            note_error(load, results[i]);
    }
    window_sent(&client->window, total, now_ns);
    load->sent += total;
    pace_take(&load->pace, total);
}

static void fill_unpaced(struct load *load, struct load_client *client)
{
    uint32_t room = window_room(&client->window);

    if (room > 0)
        fill_window(load, client, room);
}

/* What is due is shared out, a client after the other. */
static void fill_paced(struct load *load, int64_t now_ns)
{
    size_t clients = load->config.clients;
    double left = pace_due(&load->pace, now_ns);
    uint32_t share = left > (double)clients ? (uint32_t)(left / (double)clients) : 1;

    for (size_t i = 0; i < clients && (left = pace_due(&load->pace, now_ns)) >= 1; i++) {
        struct load_client *client = &load->clients[load->next_client];
        uint32_t room = window_room(&client->window);
        load->next_client = (load->next_client + 1) % clients;
        if (room > share)
            room = share;
        if (room > left)
            room = (uint32_t)left;
        if (room > 0)
            fill_window(load, client, room);
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
        .late = load->late,
        .duplicates = load->duplicates,
        .send_errors = load->send_errors,
        .size_bytes = load->config.size_bytes,
        .measured = rtt_count(load->rtt),
        .times_certain = load->duplicates == 0 && !load->shared_port,
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

/* At a loss of one half, UNHEARD_MAX datagrams in a row are lost once in 65,536 times. */
static bool is_silent(const struct load *load, int64_t now_ns)
{
    int64_t quiet_ns = now_ns - (load->heard_ns > 0 ? load->heard_ns : load->began_ns);

    return quiet_ns >= silence_ns &&
           (load->unheard >= UNHEARD_MAX || (load->unheard > 0 && quiet_ns >= long_silence_ns));
}

static enum load_end end_of(const struct load *load, int64_t now_ns)
{
    if (atomic_load_explicit(&load->stop, memory_order_relaxed))
        return LOAD_STOPPED;
    if (load->refused && load->acked == 0)
        return LOAD_REFUSED;
    if (now_ns - load->began_ns >= load->config.duration_ns)
        return LOAD_DONE;
    if (is_silent(load, now_ns))
        return LOAD_SILENT;
    return LOAD_RUNNING;
}

/* Milliseconds until the next datagram of the schedule is due or the windows are looked at. */
static int wait_ms(struct load *load, int64_t now_ns)
{
    int64_t wait_ns = look_interval_ns;

    if (is_paced(load) && pace_wait_ns(&load->pace, now_ns) < wait_ns)
        wait_ns = pace_wait_ns(&load->pace, now_ns);
    return (int)((wait_ns + UNITS_NS_PER_MS - 1) / UNITS_NS_PER_MS);
}

static void turn(struct load *load, int timeout_ms)
{
    struct epoll_event ready[READY_MAX];
    int count = epoll_wait(load->epoll_fd, ready, READY_MAX, timeout_ms);

    for (int i = 0; i < count; i++) {
        take_event(load, ready[i].data.u64);
        if (!is_paced(load))
            fill_unpaced(load, &load->clients[ready[i].data.u64 / LOAD_SOCKETS]);
    }
}

/* How long the last acks are waited for; if all are there, for one more that would be a duplicate. */
static int64_t rest_ns(const struct load *load)
{
    int64_t extra_ns = 2 * rtt_max(load->rtt);

    if (load->sent > load->acked || extra_ns > load->config.timeout_ns)
        return load->config.timeout_ns;
    return extra_ns > look_interval_ns ? extra_ns : look_interval_ns;
}

/* Who stops it does not want to wait for a long timeout. */
static bool is_waited_for(const struct load *load, int64_t ended_ns)
{
    bool stopped = atomic_load_explicit(&load->stop, memory_order_relaxed);
    int64_t passed_ns = clock_monotonic_ns() - ended_ns;

    return passed_ns < rest_ns(load) && !(stopped && passed_ns >= silence_ns);
}

/* After the last send: what is on its way may still come. Ends at the latest ack. */
static int64_t take_rest(struct load *load)
{
    int64_t ended_ns = clock_monotonic_ns();
    struct epoll_event ready[READY_MAX];

    while (is_waited_for(load, ended_ns)) {
        int count = epoll_wait(load->epoll_fd, ready, READY_MAX, 10);
        for (int i = 0; i < count; i++)
            take_event(load, ready[i].data.u64);
    }
    return load->heard_ns > ended_ns ? load->heard_ns : ended_ns;
}

static void look_at_windows(struct load *load, int64_t now_ns)
{
    load->looked_ns = now_ns;
    for (size_t i = 0; i < load->config.clients; i++) {
        struct load_client *client = &load->clients[i];
        struct window_change change = window_look(&client->window, now_ns);
        count_change(load, &change);
        load->unheard += change.unheard;
        if (change.fresh_port)
            renew_port(load, i);
    }
}

static void fill_all(struct load *load, int64_t now_ns)
{
    if (is_paced(load)) {
        fill_paced(load, now_ns);
        return;
    }
    for (size_t i = 0; i < load->config.clients; i++)
        fill_unpaced(load, &load->clients[i]);
}

/* After acks were taken: what the clock asks for. */
static void do_timed(struct load *load, int64_t now_ns)
{
    bool looks = now_ns - load->looked_ns >= look_interval_ns;

    if (looks)
        look_at_windows(load, now_ns);
    if (end_of(load, now_ns) == LOAD_RUNNING && (looks || is_paced(load)))
        fill_all(load, now_ns);
    if (now_ns - load->told_ns >= load->config.tick_ns)
        tell(load, now_ns);
}

static void *run(void *argument)
{
    struct load *load = argument;
    enum load_end end;
    int64_t now_ns = clock_monotonic_ns();

    load->began_ns = load->told_ns = load->looked_ns = now_ns;
    load->pace = pace_begin(load->config.rate_per_s, now_ns);
    fill_all(load, now_ns);
    while ((end = end_of(load, now_ns)) == LOAD_RUNNING) {
        turn(load, wait_ms(load, now_ns));
        now_ns = clock_monotonic_ns();
        do_timed(load, now_ns);
    }
    tell_last(load, take_rest(load), end);
    return NULL;
}

bool load_start(struct load *load, char *error)
{
    int code = thread_start(&load->thread, run, load);

    load->started = code == 0;
    if (!load->started)
        snprintf(error, LOAD_ERROR_SIZE, "cannot start a thread: %s", reason_text(code));
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
