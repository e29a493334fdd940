/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * generator: its loop. One turn: 1. wait for acks (or for the next datagram of the rate's
 * schedule);
 * 2. take them, client by client; 3. fill the windows that have room; 4. every few milliseconds,
 *    give
 * up what has waited for the timeout; 5. emit a snapshot if a tick has passed.
 *
 * A sample of the datagrams (load/sampler) is timed by the kernel. A send call asks for the time of
 * one of its items, and the next one is asked for on a socket only after that time was read: no
 * time can be taken for another's, and no more than one is ever in an error queue. If an item is
 * several datagrams (UDP_SEGMENT), the kernel gives the time of the first (__udp_gso_segment), so
 * that one is of the sample. Acks that arrive as one (UDP_GRO) share the time of the first of them.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include "generator_internal.h"
#include "udptui/base/units.h"
#include "udptui/net/icmp.h"
#include "udptui/proto/datagram.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/thread.h"
#include "udptui/sys/wait.h"

enum {
    READY_MAX = 256,
    UNANSWERED_MAX = 16,
    TURN_BATCHES = 64, /* of GENERATOR_SLOTS datagrams from one socket, before others have a turn */
};

static const int64_t silence_ns = UNITS_NS_PER_S, long_silence_ns = 5 * UNITS_NS_PER_S;
static const int64_t look_interval_ns = 10 * UNITS_NS_PER_MS;

/* The two clocks are read one after the other. */
static const int64_t reading_error_ns = UNITS_NS_PER_US;

static bool generator_is_paced(const struct generator *generator)
{
    return generator->config.rate_per_s > 0;
}

static void generator_count_change(struct generator *generator, const struct window_change *change)
{
    generator->acked += change->acked;
    generator->lost += change->lost;
    generator->lost -= change->late;
    generator->late += change->late;
    generator->duplicates += change->duplicates;
}

/* ---- the sample */

/* The monotonic time of a kernel stamp; -1: the clock was set, or the kernel gave none. */
static int64_t generator_time_of_stamp(struct generator *generator, int64_t wall_ns)
{
    bool steady = clock_pair_look(&generator->clocks);

    return steady && wall_ns != 0 ? clock_pair_monotonic_ns(&generator->clocks, wall_ns) : -1;
}

/* Reads the send time that was asked for, if it is there. */
static void generator_take_stamp(struct generator *generator, struct generator_client *client)
{
    struct icmp_error error;
    struct icmp_stamp stamp;
    int64_t sent_ns;

    if (!client->awaits_stamp || icmp_take(&client->socket, &error, &stamp) != ICMP_STAMP)
        return;
    client->awaits_stamp = false;
    sent_ns = generator_time_of_stamp(generator, stamp.wall_ns);
    if (sent_ns >= client->stamp_asked_ns - reading_error_ns &&
        sent_ns <= clock_monotonic_ns() + reading_error_ns)
        window_mark_left(&client->window, sent_ns);
}

/* A send time that came after its socket was replaced. */
static void generator_drop_stamp(const struct udp_socket *socket)
{
    struct icmp_error error;
    struct icmp_stamp stamp;

    icmp_take(socket, &error, &stamp);
}

/* Asks for the send time of one of the items if the sample is due. Returns which, or `count`. */
static size_t generator_ask_stamp(struct generator *generator, struct generator_client *client,
                                  struct batch_item *items, size_t count, int64_t now_ns)
{
    uint32_t segments = generator->segments_max, place;
    uint32_t datagrams = (uint32_t)(count - 1) * segments + items[count - 1].count;

    if (client->awaits_stamp || !window_can_mark(&client->window) ||
        !sampler_choose(&generator->sampler, generator->sent, datagrams, now_ns, &place))
        return count;
    items[place / segments].stamp = true;
    client->stamp_asked_ns = now_ns;
    return place / segments;
}

/* Notes when the sample's acks came, after `acks` in all. */
static void generator_mark_came(struct generator *generator, struct window *window, uint32_t acks,
                                const struct datagram *datagram)
{
    for (uint64_t left = window_acks_to_mark(window); left > 0 && left <= acks;
         left = window_acks_to_mark(window))
        window_mark_came(window, generator_time_of_stamp(generator, datagram->wall_ns));
}

/* ---- a fresh port */

/* After a loss: the next datagrams leave from a new port. */
static void generator_renew_port(struct generator *generator, size_t index)
{
    struct generator_client *client = &generator->clients[index];
    struct epoll_event event = {.events = EPOLLIN,
                                .data = {.u64 = index * GENERATOR_SOCKETS + GENERATOR_FORMER}};
    struct udp_socket fresh = {.fd = -1};
    char error[GENERATOR_ERROR_SIZE];

    if (!generator_open_socket(generator, index, &fresh, error)) {
        generator->shared_port = true;
        return;
    }
    udp_close(&client->former);
    client->former = client->socket;
    client->socket = fresh;
    client->awaits_stamp = false;
    client->former_lost = window_forget_lost(&client->window);
    epoll_ctl(generator->epoll_fd, EPOLL_CTL_MOD, client->former.fd, &event);
}

/* ---- receiving */

/* ECONNREFUSED comes from the receive that follows the ICMP message. */
static void generator_note_error(struct generator *generator, int error)
{
    generator->refused |= error == ECONNREFUSED;
}

/* What the acks of one read have changed. */
struct generator_intake {
    struct generator_client *client;
    int64_t read_ns; /* after the latest of them */
    uint32_t acks;   /* read, but not credited yet */
    bool any, fresh_port;
};

static void generator_take_change(struct generator *generator, struct generator_intake *intake,
                                  struct window_change change)
{
    generator_count_change(generator, &change);
    intake->fresh_port |= change.fresh_port;
}

static void generator_credit(struct generator *generator, struct generator_intake *intake)
{
    if (intake->acks == 0)
        return;
    generator->latest_ack_ns = intake->read_ns;
    generator_take_change(
        generator, intake,
        window_acked(&intake->client->window, intake->acks, intake->read_ns, &generator->times));
    intake->acks = 0;
}

/* If the program reads late, it is the kernel's time of the ack that decides whether the ack came
 * within the timeout. */
static void generator_take_ack(struct generator *generator, struct generator_intake *intake,
                               const struct datagram *datagram)
{
    struct window *window = &intake->client->window;
    int64_t came_ns = -1;

    if (window_is_overdue(window, intake->read_ns))
        came_ns = generator_time_of_stamp(generator, datagram->wall_ns);
    if (came_ns >= 0) {
        generator_credit(generator, intake);
        generator_take_change(generator, intake, window_expire(window, came_ns));
    }
    intake->acks += (uint32_t)datagram_messages(datagram);
    intake->any = true;
    generator_mark_came(generator, window, intake->acks, datagram);
}

/* A batch of datagrams; whether there may be more. A flood must not delay the timers. */
static bool generator_receive(struct generator *generator, struct udp_socket *socket,
                              const struct datagram **datagrams, int *count)
{
    *count = batch_receive(generator->receiver, socket, GENERATOR_SLOTS, datagrams);
    if (*count < 0)
        generator_note_error(generator, -*count);
    return *count == GENERATOR_SLOTS;
}

static void generator_take_acks(struct generator *generator, struct generator_client *client)
{
    struct generator_intake intake = {.client = client};
    const struct datagram *datagrams;
    bool more = true;
    int count;

    for (int batch = 0; batch < TURN_BATCHES && more; batch++) {
        more = generator_receive(generator, &client->socket, &datagrams, &count);
        intake.read_ns = clock_monotonic_ns();
        for (int i = 0; i < count; i++)
            generator_take_ack(generator, &intake, &datagrams[i]);
    }
    generator_credit(generator, &intake);
    if (intake.any)
        generator->unanswered = 0;
    if (intake.fresh_port && !generator->only_receives)
        generator_renew_port(generator, (size_t)(client - generator->clients));
}

static uint32_t generator_count_acks(struct generator *generator, struct udp_socket *socket)
{
    const struct datagram *datagrams;
    uint32_t acks = 0;
    bool more = true;
    int count;

    for (int batch = 0; batch < TURN_BATCHES && more; batch++) {
        more = generator_receive(generator, socket, &datagrams, &count);
        for (int i = 0; i < count; i++)
            acks += (uint32_t)datagram_messages(&datagrams[i]);
    }
    return acks;
}

/* Receives on the port that was used before a loss. */
static void generator_take_late(struct generator *generator, struct generator_client *client)
{
    uint64_t acks = generator_count_acks(generator, &client->former);
    uint64_t late = acks < client->former_lost ? acks : client->former_lost;
    struct window_change change = {.acked = late, .late = late, .duplicates = acks - late};

    client->former_lost -= late;
    generator_count_change(generator, &change);
    if (acks > 0)
        generator->latest_ack_ns = clock_monotonic_ns();
}

static void generator_take_event(struct generator *generator, const struct epoll_event *event)
{
    struct generator_client *client = &generator->clients[event->data.u64 / GENERATOR_SOCKETS];
    bool has_stamp = (event->events & EPOLLERR) != 0;

    if (event->data.u64 % GENERATOR_SOCKETS == GENERATOR_FORMER) {
        if (has_stamp)
            generator_drop_stamp(&client->former);
        generator_take_late(generator, client);
    } else {
        if (has_stamp)
            generator_take_stamp(generator, client);
        generator_take_acks(generator, client);
    }
}

/* ---- sending */

/* Fills items with up to `room` datagrams and returns how many items it took. */
static size_t generator_make_items(const struct generator *generator, struct batch_item *items,
                                   uint32_t room)
{
    size_t count = 0;

    for (; room > 0 && count < GENERATOR_ITEMS_MAX; count++) {
        uint32_t segments = room < generator->segments_max ? room : generator->segments_max;
        items[count] = (struct batch_item){.peer = generator->config.target,
                                           .bytes = generator->payload,
                                           .size_bytes = segments * generator->config.size_bytes,
                                           .segment_bytes = (uint16_t)generator->config.size_bytes,
                                           .count = (uint16_t)segments};
        room -= segments;
    }
    return count;
}

static void generator_fill_window(struct generator *generator, struct generator_client *client,
                                  uint32_t room)
{
    struct batch_item items[GENERATOR_ITEMS_MAX];
    uint16_t sent[GENERATOR_ITEMS_MAX];
    int results[GENERATOR_ITEMS_MAX];
    size_t count = generator_make_items(generator, items, room);
    int64_t now_ns = clock_monotonic_ns();
    size_t sampled = generator_ask_stamp(generator, client, items, count, now_ns);
    uint32_t total = 0, before_sampled = 0;

    batch_send(generator->sender, &client->socket, items, count, sent, results);
    for (size_t i = 0; i < count; i++) {
        if (i == sampled)
            before_sampled = total;
        total += sent[i];
        generator->send_errors += (uint64_t)(items[i].count - sent[i]);
        generator->unanswered += (uint64_t)(items[i].count - sent[i]);
        if (results[i] != 0)
            generator_note_error(generator, results[i]);
    }
    window_sent(&client->window, total, now_ns);
    generator->sent += total;
    pace_take(&generator->pace, total);
    if (sampled < count && sent[sampled] > 0) {
        client->awaits_stamp = true;
        window_mark(&client->window, total - before_sampled - 1);
        generator_take_stamp(generator, client); /* mostly it is there already */
    }
}

static void generator_fill_unpaced(struct generator *generator, struct generator_client *client)
{
    uint32_t room = window_room(&client->window);

    if (room > 0)
        generator_fill_window(generator, client, room);
}

/* Distributes the datagrams that are due to the clients in turn. */
static void generator_fill_paced(struct generator *generator, int64_t now_ns)
{
    size_t clients = generator->config.clients;
    double left = pace_due(&generator->pace, now_ns);
    uint32_t share = left > (double)clients ? (uint32_t)(left / (double)clients) : 1;

    for (size_t i = 0; i < clients && (left = pace_due(&generator->pace, now_ns)) >= 1; i++) {
        struct generator_client *client = &generator->clients[generator->next_client];
        uint32_t room = window_room(&client->window);
        generator->next_client = (generator->next_client + 1) % clients;
        if (room > share)
            room = share;
        if (room > left)
            room = (uint32_t)left;
        if (room > 0)
            generator_fill_window(generator, client, room);
    }
}

/* ---- reporting */

static struct load_times generator_describe_times(const struct rtt *times)
{
    return (struct load_times){.count = rtt_count(times),
                               .sum_ns = rtt_sum(times),
                               .min_ns = rtt_min(times),
                               .p50_ns = rtt_percentile(times, 50),
                               .p90_ns = rtt_percentile(times, 90),
                               .p99_ns = rtt_percentile(times, 99),
                               .p999_ns = rtt_percentile(times, 99.9),
                               .max_ns = rtt_max(times)};
}

static struct load_snapshot generator_describe(const struct generator *generator, int64_t now_ns)
{
    return (struct load_snapshot){
        .elapsed_ns = now_ns - generator->began_ns,
        .sent = generator->sent,
        .acked = generator->acked,
        .lost = generator->lost,
        .late = generator->late,
        .duplicates = generator->duplicates,
        .send_errors = generator->send_errors,
        .size_bytes = generator->config.size_bytes,
        .times_certain = generator->duplicates == 0 && !generator->shared_port,
        .rtt = generator_describe_times(generator->times.kernel),
        .rtt_app = generator_describe_times(generator->times.app),
    };
}

static double generator_per_second(uint64_t count, int64_t duration_ns)
{
    return duration_ns > 0 ? (double)count * (double)UNITS_NS_PER_S / (double)duration_ns : 0;
}

/* A snapshot that does not fit is left out: the next one includes its counts. */
static void generator_report(struct generator *generator, int64_t now_ns)
{
    struct load_snapshot *room = ring_reserve(generator->snapshots, sizeof *room);

    if (room == NULL)
        return;
    *room = generator_describe(generator, now_ns);
    room->acks_per_s = generator_per_second(generator->acked - generator->reported_acked,
                                            now_ns - generator->latest_report_ns);
    ring_commit(generator->snapshots, sizeof *room);
    generator->reported_acked = generator->acked;
    generator->latest_report_ns = now_ns;
    eventfd_write(generator->config.event_fd, 1);
}

static void generator_report_last(struct generator *generator, int64_t ended_ns, enum load_end end)
{
    generator->last = generator_describe(generator, ended_ns);
    generator->last.acks_per_s = generator_per_second(generator->acked, generator->last.elapsed_ns);
    generator->last.lost = generator->sent - generator->acked;
    generator->last.end = end;
    atomic_store(&generator->ended, true);
    eventfd_write(generator->config.event_fd, 1);
}

/* ---- the thread */

/* At a loss of one half, UNANSWERED_MAX datagrams in a row are lost once in 65,536 times. */
static bool generator_is_silent(const struct generator *generator, int64_t now_ns)
{
    int64_t quiet_ns =
        now_ns - (generator->latest_ack_ns > 0 ? generator->latest_ack_ns : generator->began_ns);

    return quiet_ns >= silence_ns && (generator->unanswered >= UNANSWERED_MAX ||
                                      (generator->unanswered > 0 && quiet_ns >= long_silence_ns));
}

static enum load_end generator_end_of(const struct generator *generator, int64_t now_ns)
{
    if (atomic_load_explicit(&generator->stop, memory_order_relaxed))
        return LOAD_STOPPED;
    if (generator->refused && generator->acked == 0)
        return LOAD_REFUSED;
    if (now_ns - generator->began_ns >= generator->config.duration_ns)
        return LOAD_DONE;
    if (generator_is_silent(generator, now_ns))
        return LOAD_SILENT;
    return LOAD_RUNNING;
}

/* When the next datagram of the schedule is due or the windows are looked at. */
static int64_t generator_due_ns(struct generator *generator, int64_t now_ns)
{
    int64_t wait_ns = look_interval_ns;

    if (generator_is_paced(generator) && pace_sleep_ns(&generator->pace, now_ns) < wait_ns)
        wait_ns = pace_sleep_ns(&generator->pace, now_ns);
    return now_ns + wait_ns;
}

/* Returns how many sockets are readable (up to READY_MAX): now, or once one is until the time has
 * come. epoll_wait itself waits for whole milliseconds, and a socket is often ready at once. */
static int generator_wait(const struct generator *generator, struct epoll_event *ready,
                          int64_t until_ns)
{
    struct pollfd polled = {.fd = generator->epoll_fd, .events = POLLIN};
    int count = epoll_wait(generator->epoll_fd, ready, READY_MAX, 0);

    if (count != 0 || wait_until(&polled, 1, until_ns) <= 0)
        return count;
    return epoll_wait(generator->epoll_fd, ready, READY_MAX, 0);
}

static void generator_turn(struct generator *generator, int64_t until_ns)
{
    struct epoll_event ready[READY_MAX];
    int count = generator_wait(generator, ready, until_ns);

    for (int i = 0; i < count; i++) {
        generator_take_event(generator, &ready[i]);
        if (!generator_is_paced(generator))
            generator_fill_unpaced(generator,
                                   &generator->clients[ready[i].data.u64 / GENERATOR_SOCKETS]);
    }
}

/* How long to wait for the last acks; if all are there, for a duplicate. */
static int64_t generator_rest_ns(const struct generator *generator)
{
    int64_t extra_ns = 2 * rtt_max(generator->times.app);

    if (generator->sent > generator->acked || extra_ns > generator->config.timeout_ns)
        return generator->config.timeout_ns;
    return extra_ns > look_interval_ns ? extra_ns : look_interval_ns;
}

/* A user who stops the run does not want to wait for a long timeout. */
static bool generator_is_waited_for(const struct generator *generator, int64_t ended_ns)
{
    bool stopped = atomic_load_explicit(&generator->stop, memory_order_relaxed);
    int64_t passed_ns = clock_monotonic_ns() - ended_ns;

    return passed_ns < generator_rest_ns(generator) && !(stopped && passed_ns >= silence_ns);
}

/* After the last send: receives acks that are still on their way. Ends at the latest ack. */
static int64_t generator_take_rest(struct generator *generator)
{
    int64_t ended_ns = clock_monotonic_ns();
    struct epoll_event ready[READY_MAX];

    generator->only_receives = true;
    while (generator_is_waited_for(generator, ended_ns)) {
        int count = generator_wait(generator, ready, clock_monotonic_ns() + look_interval_ns);
        for (int i = 0; i < count; i++)
            generator_take_event(generator, &ready[i]);
    }
    return generator->latest_ack_ns > ended_ns ? generator->latest_ack_ns : ended_ns;
}

static void generator_look_at_windows(struct generator *generator, int64_t now_ns)
{
    generator->looked_ns = now_ns;
    for (size_t i = 0; i < generator->config.clients; i++) {
        struct generator_client *client = &generator->clients[i];
        struct window_change change = window_look(&client->window, now_ns);
        generator_count_change(generator, &change);
        generator->unanswered += change.unanswered;
        if (change.fresh_port)
            generator_renew_port(generator, i);
    }
}

static void generator_fill_all(struct generator *generator, int64_t now_ns)
{
    if (generator_is_paced(generator)) {
        generator_fill_paced(generator, now_ns);
        return;
    }
    for (size_t i = 0; i < generator->config.clients; i++)
        generator_fill_unpaced(generator, &generator->clients[i]);
}

/* The work that depends on the time, after receiving acks. */
static void generator_do_timed(struct generator *generator, int64_t now_ns)
{
    bool looks = now_ns - generator->looked_ns >= look_interval_ns;

    if (looks)
        generator_look_at_windows(generator, now_ns);
    if (generator_end_of(generator, now_ns) == LOAD_RUNNING &&
        (looks || generator_is_paced(generator)))
        generator_fill_all(generator, now_ns);
    if (now_ns - generator->latest_report_ns >= generator->config.tick_ns)
        generator_report(generator, now_ns);
}

static void *generator_run(void *argument)
{
    struct generator *generator = argument;
    enum load_end end;
    int64_t now_ns = clock_monotonic_ns();

    thread_wake_exactly();
    generator->began_ns = generator->latest_report_ns = generator->looked_ns = now_ns;
    generator->sampler = sampler_begin((uint64_t)now_ns, now_ns);
    generator->clocks = clock_pair_begin();
    generator->pace = pace_begin(generator->config.rate_per_s, now_ns);
    generator_fill_all(generator, now_ns);
    while ((end = generator_end_of(generator, now_ns)) == LOAD_RUNNING) {
        generator_turn(generator, generator_due_ns(generator, now_ns));
        now_ns = clock_monotonic_ns();
        generator_do_timed(generator, now_ns);
    }
    generator_report_last(generator, generator_take_rest(generator), end);
    return NULL;
}

bool generator_start(struct generator *generator, char *error)
{
    int code = thread_start(&generator->thread, generator_run, generator);

    generator->started = code == 0;
    if (!generator->started)
        snprintf(error, GENERATOR_ERROR_SIZE, "cannot start a thread: %s", thread_failure(code));
    return generator->started;
}

void generator_stop(struct generator *generator)
{
    atomic_store_explicit(&generator->stop, true, memory_order_relaxed);
}

bool generator_next(struct generator *generator, struct load_snapshot *out)
{
    bool ended = atomic_load(&generator->ended);
    size_t size;
    const struct load_snapshot *next = ring_peek(generator->snapshots, &size);

    if (next != NULL) {
        *out = *next;
        ring_release(generator->snapshots);
        return true;
    }
    if (!ended || generator->reported_last)
        return false;
    *out = generator->last;
    generator->reported_last = true;
    return true;
}
