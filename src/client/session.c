/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session: opening, changing the target, closing; its figures. */
#include "udptui/client/session.h"

#include <stdlib.h>

#include "session_internal.h"
#include "udptui/sys/interfaces.h"

enum { PENDING_MAX = 16384, DATAGRAM_BYTES = 65536 };

/* ---- opening */

/* An address alone leaves the port to the kernel; a port serves one socket only. */
static bool session_bind_port(struct session *session, struct problem *problem)
{
    struct session_options *options = &session->options;
    struct endpoint_spec spec;

    endpoint_split(options->bind, &spec);
    if (!spec.has_port)
        session->bind.port = 0;
    if (session->bind.port != 0 && options->match == PENDING_AUTO)
        options->match = PENDING_ORDER;
    if (session->bind.port == 0 || options->match != PENDING_PORT)
        return true;
    return problem_set(
        problem, true,
        "--bind %s: --match port uses a new port for each message: give the address only",
        options->bind);
}

/* Reports a source address that cannot send to the target, whatever -4 and -6 are. */
static bool session_is_of_other_family(const struct session *session, struct problem *problem)
{
    static const char *const names[] = {
        [ENDPOINT_NONE] = "", [ENDPOINT_IPV4] = "IPv4", [ENDPOINT_IPV6] = "IPv6"};
    struct resolve_result result;
    char target[ENDPOINT_TEXT_SIZE];

    if (!resolve_listen(session->options.bind, ENDPOINT_NONE, &result))
        return false;
    problem_set(problem, true, "--bind %s: %s cannot send to %s, which is %s",
                session->options.bind, names[result.endpoints[0].family],
                endpoint_format_in(&session->target, &interfaces_zones, target, sizeof target),
                names[session->target.family]);
    return true;
}

static bool session_resolve_bind(struct session *session, struct problem *problem)
{
    struct resolve_result result;

    if (session->options.bind == NULL)
        return true;
    if (resolve_listen(session->options.bind, (enum endpoint_family)session->target.family,
                       &result)) {
        session->bind = result.endpoints[0];
        return session_bind_port(session, problem);
    }
    if (session_is_of_other_family(session, problem))
        return false;
    return problem_set(problem, result.usage, "--bind %s", result.error);
}

static bool session_open_parts(struct session *session, struct problem *problem)
{
    const struct pending_options table = {.capacity = PENDING_MAX,
                                          .channels = channels_wanted(&session->options),
                                          .mode = (enum pending_mode)session->options.match};

    session->receiver = batch_receiver_open(SESSION_SLOTS, DATAGRAM_BYTES);
    session->sender = batch_sender_open(1);
    session->pending = pending_open(&table);
    session->times = measured_open();
    if (session->receiver != NULL && session->sender != NULL && session->pending != NULL &&
        session->times != NULL)
        return true;
    return problem_set(problem, false, "not enough memory");
}

static bool session_begin(struct session *session, const char *target, struct problem *problem)
{
    struct session_channel first = {.socket = {.fd = -1}};
    struct resolve_result result;
    char error[UDP_ERROR_SIZE];

    if (!resolve_target(target, (enum endpoint_family)session->options.family, &result))
        return problem_set(problem, result.usage, "%s", result.error);
    session->target = result.endpoints[0];
    if (!session_resolve_bind(session, problem) || !session_open_parts(session, problem))
        return false;
    if (!channels_open_target(session, &result, &first, error))
        return problem_set(problem, false, "%s", error);
    channels_install(session, 0, &first);
    return true;
}

struct session *session_open(const struct session_options *options, const char *target,
                             const struct session_listener *listener, struct problem *problem)
{
    struct session *session = calloc(1, sizeof *session);

    if (session == NULL) {
        problem_set(problem, false, "not enough memory");
        return NULL;
    }
    session->options = *options;
    session->listener = *listener;
    session->trace = (struct call_trace){.note = listener->call, .context = listener->context};
    session->clocks = clock_pair_begin();
    for (size_t i = 0; i < SESSION_CHANNELS_MAX; i++)
        session->channels[i].socket.fd = -1;
    if (session_begin(session, target, problem))
        return session;
    session_close(session);
    return NULL;
}

void session_hang_up(struct session *session)
{
    channels_close_all(session);
}

void session_close(struct session *session)
{
    if (session == NULL)
        return;
    session_hang_up(session);
    for (size_t i = 0; i < SESSION_KEPT_MAX; i++)
        free(session->kept[i].bytes);
    batch_receiver_close(session->receiver);
    batch_sender_close(session->sender);
    pending_close(session->pending);
    measured_close(session->times);
    free(session);
}

/* ---- while it is open */

const struct endpoint *session_target(const struct session *session)
{
    return &session->target;
}

struct endpoint session_bound_address(const struct session *session)
{
    struct endpoint address = session->bind;

    address.port = 0;
    return address;
}

bool session_retarget(struct session *session, const char *target, struct problem *problem)
{
    struct session_channel tried = {.socket = {.fd = -1}};
    uint32_t old = pending_pick_channel(session->pending).channel;
    struct resolve_result result;
    char error[UDP_ERROR_SIZE];

    if (!resolve_target(target, (enum endpoint_family)session->options.family, &result))
        return problem_set(problem, result.usage, "%s", result.error);
    if (!channels_change_target(session, &result, old, &tried, error))
        return problem_set(problem, false, "%s", error);
    pending_change_target(session->pending);
    channels_close_forgotten(session);
    if (!pending_has_room(session->pending) && session->bind.port == 0) {
        /* every socket waits for a reply: the next message says so */
        channels_close(session, &tried);
        return true;
    }
    if (session->bind.port == 0)
        old = pending_pick_channel(session->pending).channel;
    channels_install(session, old, &tried);
    return true;
}

void session_change(struct session *session, const struct session_options *options)
{
    session->options.timeout_ns = options->timeout_ns;
    session->options.wait_ns = options->wait_ns;
    session->options.retry = options->retry;
    session->options.replies = options->replies;
    session->options.fill = options->fill;
}

/* ---- results */

void session_report(struct session *session, const struct result *result)
{
    struct result stamped = *result;

    if (stamped.wall_ns == 0)
        stamped.wall_ns = clock_wall_ns();
    session->totals.counts[result->status] +=
        result->status == RESULT_UNCERTAIN ? result->concerned : 1;
    if (result->status == RESULT_ACKED && result->ambiguous)
        session->totals.ambiguous++;
    if (session->listener.result != NULL)
        session->listener.result(session->listener.context, &stamped);
}

struct send_totals session_totals(const struct session *session)
{
    const struct rtt *rtt = measured_figures(session->times);
    struct send_totals totals = session->totals;

    totals.waiting = totals.sent;
    for (int i = 0; i < RESULT_STATUSES; i++)
        totals.waiting -= totals.counts[i];
    totals.kernel_dropped = channels_dropped(session);
    totals.rtt_min_ns = rtt_min(rtt);
    totals.rtt_mean_ns = rtt_mean(rtt);
    totals.rtt_stddev_ns = rtt_stddev(rtt);
    totals.rtt_p50_ns = rtt_percentile(rtt, 50);
    totals.rtt_p99_ns = rtt_percentile(rtt, 99);
    totals.rtt_max_ns = rtt_max(rtt);
    totals.rtt_jitter_ns = measured_jitter(session->times);
    return totals;
}

uint64_t session_count(const struct session *session, enum result_status status)
{
    return session->totals.counts[status];
}

int64_t session_longest_rtt_ns(const struct session *session)
{
    return rtt_max(measured_figures(session->times));
}

bool session_is_answered(const struct session *session)
{
    const uint64_t *counts = session->totals.counts;

    return counts[RESULT_ACKED] + counts[RESULT_NOT_AWAITED] == session->totals.sent &&
           counts[RESULT_INCOMPLETE] == 0;
}
