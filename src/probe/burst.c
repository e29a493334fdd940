/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* burst: see the header. */
#include "udptui/probe/burst.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "udptui/base/units.h"
#include "udptui/proto/ack.h"
#include "udptui/sys/clock.h"

/* Limits of one turn, so that the prompt gets its turns. */
enum { SENDS_A_TURN = 1000, EVENTS_A_TURN = 4096 };

static const int64_t full_queue_ns = UNITS_NS_PER_MS;

struct burst {
    struct trial *trial;
    uint64_t count;
    size_t size_bytes;
    int64_t timeout_ns;
    int64_t began_ns, deadline_ns;
    bool stopped; /* nothing more is sent */
    struct burst_result result;
    uint8_t payload[ACK_REPLY_MAX];
};

struct burst *burst_open(const struct trial_config *config, uint64_t count, size_t size_bytes,
                         char *error)
{
    struct burst *burst = calloc(1, sizeof *burst);

    if (burst == NULL) {
        snprintf(error, TRIAL_ERROR_SIZE, "not enough memory");
        return NULL;
    }
    burst->count = count;
    burst->size_bytes = size_bytes;
    burst->timeout_ns = config->timeout_ns;
    burst->result.last_reply_ns = -1;
    burst->trial = trial_open(config, error);
    if (burst->trial != NULL)
        return burst;
    free(burst);
    return NULL;
}

void burst_close(struct burst *burst)
{
    if (burst != NULL)
        trial_close(burst->trial);
    free(burst);
}

int burst_fd(const struct burst *burst)
{
    return trial_fd(burst->trial);
}

int64_t burst_deadline_ns(const struct burst *burst)
{
    return burst->deadline_ns;
}

/* The number first, then blanks, as far as there is room. */
static void burst_fill(struct burst *burst)
{
    char number[UNITS_TEXT_SIZE];
    int length =
        snprintf(number, sizeof number, "%llu", (unsigned long long)burst->result.sent + 1);
    size_t used = (size_t)length < burst->size_bytes ? (size_t)length : burst->size_bytes;

    memset(burst->payload, ' ', burst->size_bytes);
    memcpy(burst->payload, number, used);
}

/* A pending error of an earlier datagram makes a send fail without sending: it is repeated. */
static int burst_send_one(struct burst *burst)
{
    int error;

    burst_fill(burst);
    error = trial_send(burst->trial, burst->payload, burst->size_bytes);
    if (error == ECONNREFUSED || error == EHOSTUNREACH)
        error = trial_send(burst->trial, burst->payload, burst->size_bytes);
    return error;
}

static void burst_send(struct burst *burst)
{
    for (int i = 0; i < SENDS_A_TURN && !burst->stopped; i++) {
        int error = burst_send_one(burst);
        if (error == EAGAIN || error == ENOBUFS)
            return;
        if (error == 0)
            burst->result.sent++;
        else
            trial_explain(burst->trial, error, burst->result.why);
        burst->stopped = error != 0 || burst->result.sent == burst->count;
        burst->result.sending_ns = clock_monotonic_ns() - burst->began_ns;
    }
}

static void burst_take(struct burst *burst)
{
    for (int i = 0; i < EVENTS_A_TURN; i++) {
        const struct trial_event event = trial_take(burst->trial);
        if (event.kind == TRIAL_NOTHING)
            return;
        if (event.kind == TRIAL_REPLY) {
            burst->result.replies++;
            burst->result.last_reply_ns = clock_monotonic_ns() - burst->began_ns;
            burst->deadline_ns = clock_monotonic_ns() + burst->timeout_ns;
        } else if (event.kind == TRIAL_ICMP) {
            burst->result.errors++;
            memcpy(burst->result.why, event.why, sizeof burst->result.why);
        }
    }
}

bool burst_turn(struct burst *burst)
{
    bool was_stopped = burst->stopped;

    if (burst->began_ns == 0)
        burst->began_ns = clock_monotonic_ns();
    burst_send(burst);
    if (!burst->stopped)
        burst->deadline_ns = clock_monotonic_ns() + full_queue_ns;
    else if (!was_stopped)
        burst->deadline_ns = clock_monotonic_ns() + burst->timeout_ns;
    burst_take(burst);
    burst->result.dropped = trial_dropped(burst->trial);
    return burst->stopped && (burst->result.replies + burst->result.errors >= burst->result.sent ||
                              clock_monotonic_ns() >= burst->deadline_ns);
}

struct burst_result burst_result(const struct burst *burst)
{
    return burst->result;
}
