/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replies: received replies. The kernel's send times are read first: each is in the error queue
 * before the probe's reply can arrive.
 */
#include <stdio.h>
#include <string.h>

#include "probe_internal.h"
#include "udptui/base/units.h"
#include "udptui/net/icmp.h"
#include "udptui/proto/reason.h"
#include "udptui/proto/stamp.h"
#include "udptui/sys/interfaces.h"

/* Both ends read their clocks beside the kernel's times. */
static const int64_t clock_error_ns = 100 * UNITS_NS_PER_US;

/* Replies that wait may be dropped if the queue is full; probes that are due do not wait for all. */
enum { RECEIVED_A_TURN = 256, ITEMS_A_TURN = 4096 };

/* ---- the error queue */

/* A number that does not belong to a probe, or a time before we handed it over, is ignored: a send
 * that was interrupted may have used a number, and the table still has probes of before a
 * restart. */
static void take_send_stamp(struct probe *probe, struct probe_port *port,
                            const struct icmp_stamp *stamp, bool steady)
{
    uint64_t number =
        probe_numbers_port(probe, port) ? probe->by_key[stamp->number & probe->mask] : port->number;
    const struct probe_sent *sent = probe_sent_of(probe, number);
    int64_t sent_ns = clock_pair_monotonic_ns(&probe->clocks, stamp->wall_ns);

    if (stamp->number >= port->sends)
        return;
    port->stamped = stamp->number + 1;
    if (!steady || sent->key != stamp->number || stamp->wall_ns == 0 ||
        sent_ns < sent->app_ns - 1000 || sent_ns > sent->app_ns + UNITS_NS_PER_S)
        return;
    series_stamped(probe->series, number, sent_ns);
    probe->kernel_stamps++;
}

/* The probe of an ICMP message, which quotes the beginning of our datagram, or only its headers
 * (RFC 792): PROBE_UNKNOWN_NUMBER if that does not say. */
static uint64_t number_in_error(const struct probe *probe, const struct probe_port *port,
                                const struct icmp_error *error)
{
    struct stamp_request request;
    uint64_t number;

    if (!probe_numbers_port(probe, port))
        return port->number;
    if (stamp_parse_request(error->payload, error->payload_bytes, &request) &&
        series_find(probe->series, request.sequence, &number))
        return number;
    return PROBE_UNKNOWN_NUMBER;
}

static void take_icmp(struct probe *probe, const struct probe_port *port,
                      const struct icmp_error *error)
{
    struct probe_event event = {.kind = PROBE_FAILED,
                                .number = number_in_error(probe, port, error),
                                .wall_ns = clock_wall_ns()};
    struct reason_icmp icmp = icmp_reason(error);

    if (error->local) /* the send that failed reports it */
        return;
    reason_icmp_sentence(&icmp, &interfaces_zones, event.why, sizeof event.why);
    if (event.number != PROBE_UNKNOWN_NUMBER && series_give_up(probe->series, event.number))
        rolling_count(probe->rolling, clock_monotonic_ns(), PROBE_ROLLING_LOST);
    probe->failed++;
    probe->report(probe->context, &event);
}

void probe_take_errors(struct probe *probe, struct probe_port *port)
{
    const struct icmp_taken *taken;
    size_t count;
    bool steady;

    for (size_t all = 0; all < ITEMS_A_TURN; all += count) {
        count = icmp_reader_take(probe->errors, &port->socket, &taken);
        if (count == 0)
            return;
        steady = clock_pair_look(&probe->clocks); /* it may have been set before they were sent */
        for (size_t i = 0; i < count; i++) {
            if (taken[i].kind == ICMP_STAMP)
                take_send_stamp(probe, port, &taken[i].stamp, steady);
            else if (taken[i].kind == ICMP_ERROR)
                take_icmp(probe, port, &taken[i].error);
        }
        if (port->sends == port->stamped) /* an ICMP error that is left makes a call fail */
            return;
    }
}

/* ---- modes */

static bool is_reflected(const struct probe *probe, const struct datagram *datagram,
                         struct stamp_reply *reply, uint64_t *number)
{
    return stamp_parse_reply(datagram->bytes, datagram->size_bytes, reply) &&
           series_find(probe->series, reply->request.sequence, number) &&
           reply->request.sent == stamp_time(probe_sent_of(probe, *number)->wall_ns);
}

static bool is_echoed(struct probe *probe, const struct datagram *datagram, uint64_t *number)
{
    struct stamp_request request;

    if (datagram->size_bytes != probe->config.size_bytes ||
        !stamp_parse_request(datagram->bytes, datagram->size_bytes, &request) ||
        !series_find(probe->series, request.sequence, number))
        return false;
    probe_fill(probe, *number, probe_sent_of(probe, *number)->wall_ns, probe->payloads);
    return memcmp(probe->payloads, datagram->bytes, datagram->size_bytes) == 0;
}

/* The port of the latest probe becomes the first. */
static void continue_with_latest_port(struct probe *probe)
{
    struct probe_port first = probe->ports[0];
    size_t i = 0;

    while (i < PROBE_PORTS - 1 && (probe->ports[i].socket.fd < 0 ||
                                   probe->ports[i].number != series_next(probe->series) - 1))
        i++;
    probe->ports[0] = probe->ports[i];
    probe->ports[i] = first;
}

/* A numbered mode continues with one port, the one that the latest probe has; the others still take
 * their replies. */
static void set_mode(struct probe *probe, enum probe_mode mode)
{
    const struct probe_event event = {.kind = PROBE_MODE, .mode = mode, .wall_ns = clock_wall_ns()};

    probe->mode = mode;
    if (mode != PROBE_TEXT) {
        continue_with_latest_port(probe);
        series_begin_session(probe->series);
    }
    probe->report(probe->context, &event);
}

/* Which probe it answers, and how. False: none. */
static bool match_reply(struct probe *probe, struct probe_port *port,
                        const struct datagram *datagram, struct stamp_reply *reflected,
                        uint64_t *number)
{
    bool is_auto = probe->mode == PROBE_AUTO;
    enum probe_mode found = PROBE_TEXT;

    if ((is_auto || probe->mode == PROBE_ECHO) && is_echoed(probe, datagram, number))
        found = PROBE_ECHO;
    else if ((is_auto || probe->mode == PROBE_STAMP) &&
             is_reflected(probe, datagram, reflected, number))
        found = PROBE_STAMP;
    else
        *number = port->number;
    if (is_auto)
        set_mode(probe, found);
    return found == probe->mode;
}

/* ---- one reply */

static void add_stamp_times(struct probe *probe, const struct stamp_reply *reflected,
                            struct probe_event *event)
{
    int64_t received_ns = stamp_wall_ns_of(reflected->received, &reflected->error);
    int64_t answered_ns = stamp_wall_ns_of(reflected->sent, &reflected->error);

    event->server_ns = answered_ns - received_ns;
    if (event->reply.rtt_ns < 0 || event->server_ns > event->reply.rtt_ns + clock_error_ns)
        event->server_ns = -1; /* it cannot have taken longer than the whole */
    event->one_way = event->wall_ns != 0 && event->reply.rtt_ns >= 0;
    event->synchronised = reflected->error.synchronised && probe->clock_error.synchronised;
    event->there_ns = received_ns - (event->wall_ns - event->reply.rtt_ns);
    event->back_ns = event->wall_ns - answered_ns;
    series_reflected(probe->series, &event->reply, reflected->sequence);
    if (event->server_ns >= 0 && event->reply.outcome != SERIES_DUPLICATE)
        rtt_add(probe->times[PROBE_SERVER], event->server_ns);
}

/* A reply that was late is one that was lost (RFC 3393 section 4.6): only those in time count. */
static void add_variation(struct probe *probe, struct probe_event *event)
{
    struct variation_delays delays = {{event->reply.rtt_ns, VARIATION_UNKNOWN, VARIATION_UNKNOWN}};

    if (event->reply.outcome != SERIES_RECEIVED || event->reply.rtt_ns < 0)
        return;
    if (event->one_way) {
        delays.ns[VARIATION_THERE] = event->there_ns;
        delays.ns[VARIATION_BACK] = event->back_ns;
    }
    event->ipdv_ns =
        variation_add(probe->variation, event->number, &delays).ns[VARIATION_ROUND_TRIP];
}

static void count_rolling(struct probe *probe, const struct probe_event *event, int64_t now_ns)
{
    if (event->reply.outcome != SERIES_RECEIVED)
        return;
    rolling_count(probe->rolling, now_ns, PROBE_ROLLING_RECEIVED);
    if (event->reply.rtt_ns >= 0)
        rolling_add(probe->rolling, now_ns, event->reply.rtt_ns);
}

static void count_times(struct probe *probe, const struct probe_event *event)
{
    if (event->reply.outcome == SERIES_DUPLICATE)
        return;
    if (event->clock_stepped)
        probe->stepped++;
    if (event->reply.rtt_ns >= 0)
        rtt_add(probe->times[PROBE_RTT], event->reply.rtt_ns);
    if (event->rtt_app_ns >= 0)
        rtt_add(probe->times[PROBE_RTT_APP], event->rtt_app_ns);
}

static int64_t time_of_arrival(const struct probe *probe, const struct datagram *datagram,
                               int64_t now_ns)
{
    return datagram->wall_ns != 0 ? clock_pair_monotonic_ns(&probe->clocks, datagram->wall_ns)
                                  : now_ns;
}

static void take_reply(struct probe *probe, struct probe_port *port,
                       const struct datagram *datagram, bool steady, int64_t now_ns)
{
    struct probe_event event = {.kind = PROBE_STRAY,
                                .reply = {.outcome = SERIES_UNKNOWN, .rtt_ns = -1},
                                .rtt_app_ns = -1,
                                .ipdv_ns = VARIATION_UNKNOWN,
                                .server_ns = -1,
                                .clock_stepped = !steady,
                                .wall_ns = datagram->wall_ns,
                                .from = datagram->peer,
                                .size_bytes = datagram->size_bytes,
                                .hop_limit = datagram->hop_limit};
    struct stamp_reply reflected;
    int64_t received_ns = time_of_arrival(probe, datagram, now_ns);

    if (endpoint_equal(&datagram->peer, &probe->config.target) &&
        match_reply(probe, port, datagram, &reflected, &event.number)) {
        event.kind = PROBE_REPLY;
        event.reply = series_replied(probe->series, (uint32_t)event.number, received_ns);
        event.rtt_app_ns = now_ns - probe_sent_of(probe, event.number)->app_ns;
        if (!steady)
            event.reply.rtt_ns = -1;
        if (probe->mode == PROBE_STAMP)
            add_stamp_times(probe, &reflected, &event);
        add_variation(probe, &event);
        count_times(probe, &event);
        count_rolling(probe, &event, now_ns);
    } else {
        probe->strays++;
    }
    probe->report(probe->context, &event);
}

/* An error makes the receive fail. A thread that sleeps was woken for something: what stays in the
 * queue would wake it again at once. Else the times of sending are read in time for the replies. */
static bool has_errors_to_take(const struct probe *probe, const struct probe_port *port,
                               int received)
{
    uint32_t awaited = port->sends - port->stamped;

    if (received < 0 || awaited >= PROBE_AT_ONCE)
        return true;
    if (received > 0)
        return awaited > 0;
    return probe->config.interval_ns >= PROBE_SLEEP_MIN_NS || !probe_has_more(probe);
}

/* Returns until when all that came was taken. If more is left, the probes that it answers are not lost, however long
 * ago they were sent. More may be left behind an error, too, which the kernel reports before datagrams that
 * came first; one that comes in the middle of a batch ends it and is reported by the next call
 * (recvmmsg(2)). So a batch that was not full is believed to be the last only while no probe is overdue. */
int64_t probe_take_port(struct probe *probe, struct probe_port *port)
{
    const struct datagram *datagrams;
    bool more = true;
    int64_t began_ns = 0, latest_ns = 0;

    for (int all = 0; all < RECEIVED_A_TURN && more;) {
        began_ns = clock_monotonic_ns();
        int received =
            batch_receive(probe->receiver, &port->socket, PROBE_RECEIVED_AT_ONCE, &datagrams);
        bool full = batch_receiver_room(probe->receiver) == 0;
        int64_t now_ns = clock_monotonic_ns();
        if (has_errors_to_take(probe, port, received))
            probe_take_errors(probe, port);
        bool steady = received <= 0 || clock_pair_look(&probe->clocks);
        for (int i = 0; i < received; i++)
            take_reply(probe, port, &datagrams[i], steady, now_ns);
        if (received > 0 && steady)
            latest_ns = time_of_arrival(probe, &datagrams[received - 1], now_ns);
        more =
            full || received < 0 || (received > 0 && series_deadline_ns(probe->series) <= now_ns);
        all += received > 0 ? received : PROBE_RECEIVED_AT_ONCE;
    }
    return more && latest_ns > 0 ? latest_ns : began_ns; /* errors alone do not end */
}
