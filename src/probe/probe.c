/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * probe: the schedule and the ports. The n-th probe is due n intervals after the first; probes that
 * could not be sent for a long time (the machine was busy or slept, no port was free) are skipped
 * and counted, not sent late: a long burst would measure itself, and overflow queues on its way.
 */
#include "udptui/probe/probe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe_internal.h"
#include "udptui/base/units.h"
#include "udptui/proto/datagram.h"
#include "udptui/proto/reason.h"
#include "udptui/proto/stamp.h"

enum {
    RECEIVE_BUFFER_BYTES = 4 << 20,
    SEND_BURST = 64, /* probes in one turn, before replies have their turn */
    ERROR_SLOTS = 64,
    CATCH_UP_MS = 100,    /* the most that a probe is sent late, */
    CATCH_UP_PROBES = 64, /* and the most that are sent in a burst */
    PORT_TRIES = 16,
    RING_MIN = 4096,
};

/* ---- opening */

static bool open_port(struct probe *probe, struct probe_port *port, char *error)
{
    const struct probe_config *config = &probe->config;
    const struct udp_options options = {.error_queue = true,
                                        .send_stamps = true,
                                        .receive_buffer_bytes = RECEIVE_BUFFER_BYTES,
                                        .hop_limit = config->hop_limit,
                                        .dscp = config->dscp,
                                        .dont_fragment = config->dont_fragment,
                                        .interface = config->interface};
    const struct endpoint any = {.family = config->target.family};
    const struct endpoint *local = config->bind.family != ENDPOINT_NONE ? &config->bind : &any;
    uint64_t dropped;

    if (port->socket.fd >= 0 && udp_queue_info(&port->socket, &dropped, NULL))
        probe->dropped_before += dropped;
    udp_close(&port->socket);
    port->sends = port->stamped = 0;
    port->miscounted = false;
    port->number = series_next(probe->series);
    return udp_open_client(&config->target, local, false, &options, &port->socket, error);
}

/* The power of two that holds all probes of a timeout, twice. 0: none that is small enough. */
static uint32_t ring_capacity(const struct probe_config *config)
{
    int64_t flying = config->timeout_ns / config->interval_ns * 2 + 2;
    uint32_t capacity = RING_MIN;

    if (flying > SERIES_CAPACITY_MAX)
        return 0;
    while (capacity < flying)
        capacity *= 2;
    return capacity;
}

static bool is_variation(enum probe_times_kind kind)
{
    return kind >= PROBE_IPDV && kind <= PROBE_IPDV_BACK;
}

static bool open_times(struct probe *probe, uint32_t capacity)
{
    bool open = true;

    for (size_t i = 0; i < PROBE_TIMES; i++)
        if (!is_variation((enum probe_times_kind)i))
            open &= (probe->times[i] = rtt_open()) != NULL;
    probe->variation = variation_open(capacity);
    probe->rolling = rolling_open(PROBE_ROLLING_S * UNITS_NS_PER_S);
    return open && probe->variation != NULL && probe->rolling != NULL;
}

static bool open_tables(struct probe *probe)
{
    uint32_t capacity = ring_capacity(&probe->config);

    if (capacity == 0) {
        errno = EOVERFLOW;
        return false;
    }
    probe->mask = capacity - 1;
    probe->series = series_open(capacity, probe->config.timeout_ns);
    probe->sent = calloc(capacity, sizeof *probe->sent);
    probe->by_key = calloc(capacity, sizeof *probe->by_key);
    probe->receiver = batch_receiver_open(PROBE_RECEIVED_AT_ONCE, DATAGRAM_PAYLOAD_MAX_IPV6 + 1);
    probe->sender = batch_sender_open(PROBE_AT_ONCE);
    probe->errors = icmp_reader_open(ERROR_SLOTS);
    probe->payloads = calloc(PROBE_AT_ONCE, probe->config.size_bytes);
    return probe->series != NULL && probe->sent != NULL && probe->by_key != NULL &&
           probe->receiver != NULL && probe->sender != NULL && probe->errors != NULL &&
           probe->payloads != NULL && open_times(probe, capacity);
}

static void explain_no_tables(const struct probe_config *config, char *error)
{
    char timeout[UNITS_TEXT_SIZE], interval[UNITS_TEXT_SIZE];

    if (errno == EOVERFLOW)
        snprintf(error, PROBE_ERROR_SIZE,
                 "too many probes in flight with an interval of %s and a timeout of %s: choose a "
                 "shorter timeout",
                 units_duration(config->interval_ns, interval, sizeof interval),
                 units_duration(config->timeout_ns, timeout, sizeof timeout));
    else
        snprintf(error, PROBE_ERROR_SIZE, "not enough memory for the probes: %s",
                 reason_text(errno));
}

struct probe *probe_open(const struct probe_config *config, probe_report *report, void *context,
                         char *error)
{
    struct probe *probe = calloc(1, sizeof *probe);
    int64_t error_ns;

    if (probe == NULL) {
        explain_no_tables(config, error);
        return NULL;
    }
    probe->config = *config;
    probe->config.target = endpoint_reached(&config->target);
    probe->report = report;
    probe->context = context;
    probe->mode = config->mode;
    for (size_t i = 0; i < PROBE_PORTS; i++)
        probe->ports[i].socket.fd = -1;
    if (!open_tables(probe)) {
        explain_no_tables(config, error);
        probe_close(probe);
        return NULL;
    }
    if (!open_port(probe, &probe->ports[0], error)) {
        probe_close(probe);
        return NULL;
    }
    if (probe_has_own_ports(probe))
        probe->ports[0].number =
            PROBE_UNKNOWN_NUMBER; /* the first one has yet to choose its port */
    probe->clocks = clock_pair_begin();
    bool synchronised = clock_is_synchronised(&error_ns);
    probe->clock_error = stamp_error_of(synchronised, error_ns);
    return probe;
}

void probe_close(struct probe *probe)
{
    if (probe == NULL)
        return;
    for (size_t i = 0; i < PROBE_PORTS; i++)
        udp_close(&probe->ports[i].socket);
    series_close(probe->series);
    batch_receiver_close(probe->receiver);
    batch_sender_close(probe->sender);
    icmp_reader_close(probe->errors);
    for (size_t i = 0; i < PROBE_TIMES; i++)
        rtt_close(probe->times[i]);
    variation_close(probe->variation);
    rolling_close(probe->rolling);
    free(probe->sent);
    free(probe->by_key);
    free(probe->payloads);
    free(probe);
}

/* ---- payload */

static void fill_text(const struct probe *probe, uint64_t number, uint8_t *out)
{
    int length = snprintf((char *)out, PROBE_SIZE_MIN, "ping %llu", (unsigned long long)number);

    memset(out + length, ' ', probe->config.size_bytes - (size_t)length);
}

void probe_fill(const struct probe *probe, uint64_t number, int64_t wall_ns, uint8_t *out)
{
    const struct stamp_request request = {
        .sequence = (uint32_t)number, .sent = stamp_time(wall_ns), .error = probe->clock_error};

    if (probe->mode == PROBE_TEXT)
        fill_text(probe, number, out);
    else
        stamp_write_request(&request, out, probe->config.size_bytes);
}

/* ---- sending */

static void probe_report_not_sent(struct probe *probe, const struct probe_port *port, int code)
{
    const struct endpoint *target = &probe->config.target;
    enum reason_call call = REASON_SEND;
    struct probe_event event = {
        .kind = PROBE_FAILED, .number = series_next(probe->series), .wall_ns = clock_wall_ns()};
    char sentence[REASON_SIZE];

    if (code == EACCES)
        call = udp_why_denied(&port->socket, call, target);
    struct reason reason = reason_of_errno(call, code, &port->socket.local, target);
    snprintf(event.why, sizeof event.why, "not sent: %s",
             reason_sentence(&reason, sentence, sizeof sentence));
    probe->not_sent++;
    probe->report(probe->context, &event);
}

static int64_t due_ns(const struct probe *probe)
{
    return probe->began_ns + (int64_t)probe->due * probe->config.interval_ns;
}

/* After a failed send the numbers begin again, with none of the old ones left in the queue. */
static void prepare_stamps(struct probe *probe, struct probe_port *port)
{
    if (!port->miscounted)
        return;
    probe_take_errors(probe, port);
    udp_restart_stamps(&port->socket);
    port->sends = port->stamped = 0;
    port->miscounted = false;
}

/* left_ns: the latest time at which it may have been sent. */
static void note_probe_sent(struct probe *probe, struct probe_port *port, struct probe_sent sent,
                            int64_t left_ns)
{
    uint64_t number = series_next(probe->series);

    sent.key = port->sends;
    *probe_sent_of(probe, number) = sent;
    probe->by_key[port->sends & probe->mask] = number;
    port->sends++;
    series_sent(probe->series, sent.app_ns);
    rtt_add(probe->times[PROBE_LATENESS], left_ns - due_ns(probe));
    probe->due++;
}

/* Sends the next probes, up to PROBE_AT_ONCE, in one call. Returns how many, or -errno. */
static int transmit_probes(struct probe *probe, struct probe_port *port, size_t count)
{
    size_t size_bytes = probe->config.size_bytes;
    struct batch_item items[PROBE_AT_ONCE];
    struct probe_sent sent = {.wall_ns = clock_wall_ns()};

    prepare_stamps(probe, port);
    for (size_t i = 0; i < count; i++) {
        uint8_t *payload = probe->payloads + i * size_bytes;
        probe_fill(probe, series_next(probe->series) + i, sent.wall_ns, payload);
        items[i] = (struct batch_item){.peer = probe->config.target,
                                       .bytes = payload,
                                       .size_bytes = size_bytes,
                                       .segment_bytes = (uint16_t)size_bytes,
                                       .count = 1};
    }
    sent.app_ns = clock_monotonic_ns();
    int done = batch_send_first(probe->sender, &port->socket, items, count);
    int64_t left_ns = done > 1 ? clock_monotonic_ns() : sent.app_ns;
    port->miscounted = done < (int)count;
    for (int i = 0; i < done; i++)
        note_probe_sent(probe, port, sent, left_ns);
    return done;
}

/* Whether the port's number was one of ours before; it is now. */
static bool claim_port(struct probe *probe, uint16_t number)
{
    uint8_t *bits = &probe->ports_used[number / 8];
    uint8_t bit = (uint8_t)(1 << number % 8);
    bool used = (*bits & bit) != 0;

    *bits |= bit;
    return used;
}

/* The kernel may give a port again that was just closed, with a late reply on its way to it: one
 * that we never had is better, while there are some. */
static bool open_fresh_port(struct probe *probe, struct probe_port *port, char *error)
{
    for (int i = 0; i < PORT_TRIES; i++) {
        if (!open_port(probe, port, error))
            return false;
        if (!claim_port(probe, port->socket.local.port))
            return true;
    }
    memset(probe->ports_used, 0, sizeof probe->ports_used);
    claim_port(probe, port->socket.local.port);
    return true;
}

/* A port that no probe waits on: unused, or the one whose probe is the oldest. NULL: there is
 * none. */
static struct probe_port *find_idle_port(struct probe *probe)
{
    struct probe_port *found = NULL;

    for (size_t i = 0; i < PROBE_PORTS; i++) {
        struct probe_port *port = &probe->ports[i];
        if (port->socket.fd < 0)
            return port;
        if (!series_is_waiting(probe->series, port->number) &&
            (found == NULL || port->number < found->number))
            found = port;
    }
    return found;
}

/* The port for the next probe, a fresh one if each has its own; NULL if none can be opened, which
 * has been reported. */
static struct probe_port *next_port(struct probe *probe)
{
    struct probe_port *port = &probe->ports[0];
    char error[UDP_ERROR_SIZE];
    struct probe_event event = {.kind = PROBE_FAILED, .number = series_next(probe->series)};

    if (!probe_has_own_ports(probe))
        return port;
    port = find_idle_port(probe);
    if (port == NULL) /* not if may_send said yes */
        return NULL;
    if (open_fresh_port(probe, port, error))
        return port;
    event.wall_ns = clock_wall_ns();
    snprintf(event.why, sizeof event.why, "not sent: %.300s", error);
    probe->not_sent++;
    probe->report(probe->context, &event);
    return NULL;
}

/* With a port for each, as many as there are ports. */
static bool may_send(const struct probe *probe)
{
    return !probe_has_own_ports(probe) || series_counts(probe->series).waiting < PROBE_PORTS;
}

bool probe_has_more(const struct probe *probe)
{
    return !probe->stopped && (probe->config.count == 0 ||
                               series_next(probe->series) + probe->not_sent < probe->config.count);
}

/* A pending error from an earlier probe's ICMP message makes one send fail without sending. */
static void send_some(struct probe *probe, size_t count)
{
    struct probe_port *port = next_port(probe);
    int done;

    if (port == NULL) {
        probe->due++;
        return;
    }
    done = transmit_probes(probe, port, count);
    if (done < 0) {
        probe_take_port(probe, port);
        done = transmit_probes(probe, port, count);
    }
    if (done < 0) {
        probe_report_not_sent(probe, port, -done);
        probe->due++;
    }
    if (probe->config.interval_ns >= PROBE_SLEEP_MIN_NS) /* the time of sending is mostly there: */
        probe_take_errors(probe, port);                  /* no need to be woken */
}

/* How many are due and may be sent in one call. */
static size_t count_due(const struct probe *probe)
{
    int64_t behind_ns = clock_monotonic_ns() - due_ns(probe);
    uint64_t most = probe_has_own_ports(probe) ? 1 : PROBE_AT_ONCE;
    uint64_t used = series_next(probe->series) + probe->not_sent, count;

    if (behind_ns < 0 || !probe_has_more(probe) || !may_send(probe))
        return 0;
    count = (uint64_t)(behind_ns / probe->config.interval_ns) + 1;
    if (probe->config.count != 0 && count > probe->config.count - used)
        count = probe->config.count - used;
    return count < most ? count : most;
}

/* What was due so long ago is left out, and counted. */
static void skip_due(struct probe *probe, uint64_t intervals)
{
    probe->due += intervals;
    probe->skipped += intervals;
}

/* Probes that were due before that are skipped. */
static int64_t catch_up_ns(const struct probe *probe)
{
    int64_t burst_ns = CATCH_UP_PROBES * probe->config.interval_ns;

    return burst_ns < CATCH_UP_MS * UNITS_NS_PER_MS ? burst_ns : CATCH_UP_MS * UNITS_NS_PER_MS;
}

static void send_due(struct probe *probe)
{
    int64_t now_ns = clock_monotonic_ns();
    int64_t behind_ns;
    uint64_t last;
    size_t count;

    if (probe->began_ns == 0)
        probe->began_ns = now_ns;
    behind_ns = now_ns - due_ns(probe);
    if (probe_has_more(probe) && behind_ns > catch_up_ns(probe))
        skip_due(probe, (uint64_t)(behind_ns / probe->config.interval_ns));
    last = probe->due + SEND_BURST;
    while (probe->due < last && (count = count_due(probe)) > 0)
        send_some(probe, count);
}

/* ---- the turn */

size_t probe_list_polled(const struct probe *probe, struct pollfd *out)
{
    size_t count = 0;

    for (size_t i = 0; i < PROBE_PORTS; i++)
        if (probe->ports[i].socket.fd >= 0)
            out[count++] = (struct pollfd){.fd = probe->ports[i].socket.fd, .events = POLLIN};
    return count;
}

/* Those whose timeout ended before until_ns. */
static void count_lost(struct probe *probe, int64_t until_ns)
{
    struct probe_event event = {.kind = PROBE_LOST};
    int64_t now_ns = clock_monotonic_ns();

    while (series_expire(probe->series, until_ns, &event.number)) {
        event.wall_ns = clock_wall_ns();
        rolling_count(probe->rolling, now_ns, PROBE_ROLLING_LOST);
        probe->report(probe->context, &event);
    }
}

void probe_turn(struct probe *probe)
{
    int64_t taken_ns = clock_monotonic_ns();

    for (size_t i = 0; i < PROBE_PORTS; i++) {
        if (probe->ports[i].socket.fd < 0)
            continue;
        int64_t port_ns = probe_take_port(probe, &probe->ports[i]);
        taken_ns = port_ns < taken_ns ? port_ns : taken_ns;
    }
    count_lost(probe, taken_ns);
    send_due(probe);
}

int64_t probe_deadline_ns(const struct probe *probe)
{
    int64_t deadline_ns = series_deadline_ns(probe->series);

    if (!probe_has_more(probe) || !may_send(probe))
        return deadline_ns;
    if (probe->began_ns == 0)
        return 0;
    return due_ns(probe) < deadline_ns ? due_ns(probe) : deadline_ns;
}

void probe_stop(struct probe *probe)
{
    probe->stopped = true;
}

bool probe_is_done(const struct probe *probe)
{
    return !probe_has_more(probe) && series_counts(probe->series).waiting == 0;
}

/* ---- figures */

static uint64_t count_dropped(const struct probe *probe)
{
    uint64_t all = probe->dropped_before, dropped;

    for (size_t i = 0; i < PROBE_PORTS; i++)
        if (probe->ports[i].socket.fd >= 0 &&
            udp_queue_info(&probe->ports[i].socket, &dropped, NULL))
            all += dropped;
    return all;
}

static struct probe_times times_of(const struct rtt *times)
{
    return (struct probe_times){.count = rtt_count(times),
                                .sum_ns = rtt_sum(times),
                                .min_ns = rtt_min(times),
                                .mean_ns = rtt_mean(times),
                                .p50_ns = rtt_percentile(times, 50),
                                .p90_ns = rtt_percentile(times, 90),
                                .p99_ns = rtt_percentile(times, 99),
                                .p999_ns = rtt_percentile(times, 99.9),
                                .max_ns = rtt_max(times),
                                .stddev_ns = rtt_stddev(times),
                                .jitter_ns = rtt_jitter(times)};
}

/* Of one kind; the running jitter is that of round-trip times alone. */
static struct probe_times times_of_kind(const struct probe *probe, enum probe_times_kind kind)
{
    struct probe_times times;

    if (!is_variation(kind))
        return times_of(probe->times[kind]);
    times = times_of(variation_times(probe->variation, (enum variation_kind)(kind - PROBE_IPDV)));
    times.jitter_ns = -1;
    return times;
}

static struct probe_rolling rolling_of(const struct probe *probe, int64_t now_ns)
{
    struct rolling *rolling = probe->rolling;
    struct probe_rolling figures = {.covers_ns = rolling_covers_ns(rolling, now_ns),
                                    .received =
                                        rolling_total(rolling, now_ns, PROBE_ROLLING_RECEIVED),
                                    .lost = rolling_total(rolling, now_ns, PROBE_ROLLING_LOST),
                                    .rtt = times_of(rolling_times(rolling, now_ns))};

    figures.rtt.jitter_ns = -1; /* it has no beginning */
    return figures;
}

struct probe_figures probe_figures(const struct probe *probe)
{
    int64_t now_ns = clock_monotonic_ns();
    struct probe_figures figures = {.counts = series_counts(probe->series),
                                    .ways = series_ways(probe->series),
                                    .not_sent = probe->not_sent,
                                    .skipped = probe->skipped,
                                    .failed = probe->failed,
                                    .strays = probe->strays + series_counts(probe->series).unknown,
                                    .stepped = probe->stepped,
                                    .kernel_stamps = probe->kernel_stamps,
                                    .dropped = count_dropped(probe),
                                    .mode = probe->mode,
                                    .elapsed_ns =
                                        probe->began_ns == 0 ? 0 : now_ns - probe->began_ns,
                                    .rolling = rolling_of(probe, now_ns)};

    for (size_t i = 0; i < PROBE_TIMES; i++)
        figures.times[i] = times_of_kind(probe, (enum probe_times_kind)i);
    return figures;
}
