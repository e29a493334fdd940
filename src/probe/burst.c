/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* burst: see the header. */
#include "udptui/probe/burst.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "udptui/base/units.h"
#include "udptui/proto/datagram.h"
#include "udptui/sys/clock.h"

/* Limits of one turn, so that the prompt gets its turns. */
enum { SENDS_A_TURN = 1000, EVENTS_A_TURN = 4096 };

static const int64_t full_queue_ns = UNITS_NS_PER_MS;

static const char question[] = COUNTERS_QUESTION;

enum burst_phase { BURST_ASKS_BEFORE, BURST_SENDS, BURST_LISTENS, BURST_ASKS_AFTER, BURST_ENDED };

struct burst {
    struct trial *trial;
    uint64_t count;
    size_t size_bytes;
    int64_t timeout_ns;
    enum burst_phase phase;
    bool begun;         /* the first question was sent */
    int64_t began_ns;   /* when the first datagram was sent */
    int64_t stopped_ns; /* when nothing more was sent */
    int64_t deadline_ns;
    struct counters before;
    struct burst_result result;
    uint8_t payload[DATAGRAM_PAYLOAD_MAX_IPV6];
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

static int burst_send_one(struct burst *burst)
{
    burst_fill(burst);
    return trial_send(burst->trial, burst->payload, burst->size_bytes);
}

static void burst_enter(struct burst *burst, enum burst_phase phase, int64_t wait_ns)
{
    burst->phase = phase;
    burst->deadline_ns = clock_monotonic_ns() + wait_ns;
}

static void burst_ask(struct burst *burst, enum burst_phase phase)
{
    burst_enter(burst, phase, burst->timeout_ns);
    if (trial_send(burst->trial, (const uint8_t *)question, COUNTERS_QUESTION_BYTES) != 0)
        burst->deadline_ns = 0; /* what it sends next says why */
}

/* ---- sending */

static void burst_stop(struct burst *burst)
{
    burst->stopped_ns = clock_monotonic_ns();
    burst_enter(burst, BURST_LISTENS, burst->timeout_ns);
}

static void burst_send(struct burst *burst)
{
    for (int i = 0; i < SENDS_A_TURN && burst->phase == BURST_SENDS; i++) {
        int error = burst_send_one(burst);
        if (error == EAGAIN || error == ENOBUFS)
            break;
        if (error == 0)
            burst->result.sent++;
        else
            trial_explain(burst->trial, error, burst->result.why);
        burst->result.sending_ns = clock_monotonic_ns() - burst->began_ns;
        if (error != 0 || burst->result.sent == burst->count)
            burst_stop(burst);
    }
    if (burst->phase == BURST_SENDS)
        burst->deadline_ns = clock_monotonic_ns() + full_queue_ns;
}

/* ---- receiving */

/* Any reply shows what kind of server it is. */
static void burst_take_before(struct burst *burst, const struct trial_event *event)
{
    burst->result.asked = event->kind == TRIAL_REPLY &&
                          counters_parse(event->bytes, event->size_bytes, &burst->before);
    burst->deadline_ns = 0;
}

/* Whether it is a reply to a question. All but the first that fits the second question are copies,
 * or came too late. */
static bool burst_take_counters(struct burst *burst, const struct trial_event *event)
{
    struct counters counters;

    if (!counters_parse(event->bytes, event->size_bytes, &counters))
        return false;
    if (burst->phase == BURST_ASKS_AFTER &&
        counters_between(&burst->before, &counters, &burst->result.there)) {
        burst->result.counted = true;
        burst->deadline_ns = 0;
    }
    return true;
}

static void burst_take_reply(struct burst *burst, const struct trial_event *event)
{
    int64_t now_ns = clock_monotonic_ns();

    if (burst_take_counters(burst, event))
        return;
    burst->result.replies++;
    burst->result.late += burst->stopped_ns > 0 && now_ns - burst->stopped_ns > burst->timeout_ns;
    burst->result.last_reply_ns = now_ns - burst->began_ns;
    if (burst->phase == BURST_LISTENS)
        burst->deadline_ns = now_ns + burst->timeout_ns;
}

static void burst_take(struct burst *burst)
{
    for (int i = 0; i < EVENTS_A_TURN; i++) {
        const struct trial_event event = trial_take(burst->trial);
        if (event.kind == TRIAL_NOTHING)
            return;
        if (burst->phase == BURST_ASKS_BEFORE) {
            burst_take_before(burst, &event);
        } else if (event.kind == TRIAL_REPLY) {
            burst_take_reply(burst, &event);
        } else if (event.kind == TRIAL_ICMP) {
            burst->result.errors++;
            memcpy(burst->result.why, event.why, sizeof burst->result.why);
        }
    }
}

/* ---- the phases */

/* The phase is over: its time has passed, or what it waits for has come. */
static void burst_advance(struct burst *burst)
{
    switch (burst->phase) {
    case BURST_ASKS_BEFORE:
        burst->began_ns = clock_monotonic_ns();
        burst_enter(burst, BURST_SENDS, 0);
        break;
    case BURST_LISTENS:
        if (burst->result.asked)
            burst_ask(burst, BURST_ASKS_AFTER);
        else
            burst->phase = BURST_ENDED;
        break;
    case BURST_ASKS_AFTER:
        burst->phase = BURST_ENDED;
        break;
    case BURST_SENDS:
    case BURST_ENDED:
        break;
    }
}

static bool burst_is_over(const struct burst *burst)
{
    const struct burst_result *result = &burst->result;

    return clock_monotonic_ns() >= burst->deadline_ns ||
           (burst->phase == BURST_LISTENS && result->replies + result->errors >= result->sent);
}

bool burst_turn(struct burst *burst)
{
    if (!burst->begun)
        burst_ask(burst, BURST_ASKS_BEFORE);
    burst->begun = true;
    burst_send(burst);
    burst_take(burst);
    burst->result.dropped = trial_dropped(burst->trial);
    if (burst_is_over(burst))
        burst_advance(burst);
    return burst->phase == BURST_ENDED;
}

struct burst_result burst_result(const struct burst *burst)
{
    return burst->result;
}
