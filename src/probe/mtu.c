/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mtu: the smallest size first (does anybody reply?), then the largest, then the sizes between. */
#include "udptui/probe/mtu.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "udptui/base/units.h"
#include "udptui/proto/ack.h"
#include "udptui/proto/datagram.h"
#include "udptui/sys/clock.h"

enum { FIRST_BYTES = 32, TRIES = 2 };

/* A lost datagram is not waited for longer than this, whatever the timeout is. */
static const int64_t wait_max_ns = 2 * UNITS_NS_PER_S, wait_min_ns = 200 * UNITS_NS_PER_MS;

struct mtu_search {
    struct trial_config config;
    void (*report)(void *context, const struct mtu_step *step);
    void *context;
    struct trial *trial; /* of the size that is being tried; NULL: none is */
    struct mtu_bounds bounds;
    struct mtu_step limit;
    size_t size_bytes; /* that is being tried */
    int tries;         /* of it */
    int64_t sent_ns, deadline_ns, wait_ns;
    bool ended;
    uint8_t payload[DATAGRAM_PAYLOAD_MAX_IPV6];
};

/* ---- bounds */

size_t mtu_next_bytes(const struct mtu_bounds *bounds)
{
    if (bounds->refused_bytes - bounds->answered_bytes <= 1)
        return 0;
    if (bounds->hint_bytes > bounds->answered_bytes && bounds->hint_bytes < bounds->refused_bytes)
        return bounds->hint_bytes;
    if (bounds->hint_bytes > 0 && bounds->hint_bytes == bounds->answered_bytes)
        return bounds->answered_bytes + 1;
    return bounds->answered_bytes + (bounds->refused_bytes - bounds->answered_bytes) / 2;
}

/* A refusal by the interface is final: it refuses all larger sizes. */
void mtu_note(struct mtu_bounds *bounds, size_t size_bytes, enum mtu_answer answer,
              size_t fitting_bytes)
{
    if (answer == MTU_ANSWERED) {
        if (size_bytes > bounds->answered_bytes)
            bounds->answered_bytes = size_bytes;
        return;
    }
    if (size_bytes < bounds->refused_bytes)
        bounds->refused_bytes = size_bytes;
    if (fitting_bytes == 0 || fitting_bytes >= size_bytes)
        return;
    bounds->hint_bytes = fitting_bytes;
    if (answer == MTU_TOO_BIG_HERE)
        bounds->refused_bytes = fitting_bytes + 1;
}

/* ---- the search */

size_t mtu_header_bytes(const struct mtu_search *search)
{
    return ack_packet_bytes((enum endpoint_family)search->config.target.family, 0);
}

static size_t mtu_most_bytes(const struct mtu_search *search)
{
    return datagram_payload_max((enum endpoint_family)search->config.target.family);
}

struct mtu_search *mtu_open(const struct trial_config *config,
                            void (*report)(void *context, const struct mtu_step *step),
                            void *context, char *error)
{
    struct mtu_search *search = calloc(1, sizeof *search);

    if (search == NULL) {
        snprintf(error, TRIAL_ERROR_SIZE, "not enough memory");
        return NULL;
    }
    search->config = *config;
    search->config.whole = true;
    search->report = report;
    search->context = context;
    search->size_bytes = FIRST_BYTES;
    search->wait_ns = config->timeout_ns < wait_max_ns ? config->timeout_ns : wait_max_ns;
    search->bounds.refused_bytes = mtu_most_bytes(search) + 1;
    memset(search->payload, ' ', sizeof search->payload);
    search->trial = trial_open(&search->config, error);
    if (search->trial != NULL)
        return search;
    free(search);
    return NULL;
}

void mtu_close(struct mtu_search *search)
{
    if (search != NULL)
        trial_close(search->trial);
    free(search);
}

int mtu_fd(const struct mtu_search *search)
{
    return search->trial != NULL ? trial_fd(search->trial) : -1;
}

int64_t mtu_deadline_ns(const struct mtu_search *search)
{
    return search->deadline_ns;
}

size_t mtu_largest_bytes(const struct mtu_search *search)
{
    return search->bounds.answered_bytes;
}

const struct mtu_step *mtu_limit(const struct mtu_search *search)
{
    return &search->limit;
}

/* After the first one, the largest that there can be: most interfaces report what fits instead. */
static size_t mtu_choose(const struct mtu_search *search)
{
    if (search->bounds.hint_bytes == 0 && search->limit.size_bytes == 0 &&
        search->bounds.answered_bytes < mtu_most_bytes(search))
        return mtu_most_bytes(search);
    return mtu_next_bytes(&search->bounds);
}

/* Reports the outcome of a size. */
static void mtu_report(struct mtu_search *search, const struct mtu_step *step)
{
    size_t headers = mtu_header_bytes(search);
    size_t before = search->bounds.refused_bytes;

    mtu_note(&search->bounds, step->size_bytes, step->answer,
             step->mtu > headers ? step->mtu - headers : 0);
    if (search->bounds.refused_bytes < before)
        search->limit = *step;
    search->report(search->context, step);
}

/* The search ends if there is no other size, or no socket for it. */
static void mtu_begin_size(struct mtu_search *search)
{
    struct mtu_step step = {.size_bytes = mtu_choose(search), .answer = MTU_FAILED};
    char error[TRIAL_ERROR_SIZE];

    search->size_bytes = step.size_bytes;
    search->tries = 0;
    search->deadline_ns = 0;
    trial_close(search->trial);
    search->trial = step.size_bytes > 0 ? trial_open(&search->config, error) : NULL;
    search->ended = search->trial == NULL;
    if (step.size_bytes == 0 || search->trial != NULL)
        return;
    snprintf(step.why, sizeof step.why, "%.300s", error);
    mtu_report(search, &step);
}

/* The size is settled: reports it, and begins the next one. */
static void mtu_settle(struct mtu_search *search, const struct mtu_step *step)
{
    mtu_report(search, step);
    if (step->answer == MTU_FAILED || search->bounds.answered_bytes == 0)
        search->ended = true;
    else
        mtu_begin_size(search);
}

static void mtu_settle_as(struct mtu_search *search, enum mtu_answer answer)
{
    const struct mtu_step step = {.size_bytes = search->size_bytes, .answer = answer};

    mtu_settle(search, &step);
}

/* ---- one size */

static void mtu_take_reply(struct mtu_search *search)
{
    int64_t rtt_ns = clock_monotonic_ns() - search->sent_ns;

    if (search->bounds.answered_bytes == 0) {
        int64_t wait_ns = 4 * rtt_ns > wait_min_ns ? 4 * rtt_ns : wait_min_ns;
        search->wait_ns = wait_ns < search->wait_ns ? wait_ns : search->wait_ns;
    }
    mtu_settle_as(search, MTU_ANSWERED);
}

static void mtu_take_event(struct mtu_search *search, const struct trial_event *event)
{
    struct mtu_step step = {.size_bytes = search->size_bytes,
                            .answer = MTU_FAILED,
                            .from = event->from,
                            .mtu = event->mtu};

    if (event->kind == TRIAL_REPLY) {
        mtu_take_reply(search);
        return;
    }
    snprintf(step.why, sizeof step.why, "%s", event->why);
    if (event->error == EMSGSIZE)
        step.answer = event->kind == TRIAL_LOCAL ? MTU_TOO_BIG_HERE : MTU_TOO_BIG_THERE;
    mtu_settle(search, &step);
}

/* EMSGSIZE: the error queue has the details. */
static void mtu_send(struct mtu_search *search)
{
    struct mtu_step step = {.size_bytes = search->size_bytes, .answer = MTU_FAILED};
    int error;

    search->tries++;
    search->sent_ns = clock_monotonic_ns();
    search->deadline_ns = search->sent_ns + search->wait_ns;
    error = trial_send(search->trial, search->payload, search->size_bytes);
    if (error == 0)
        return;
    const struct trial_event event = trial_take(search->trial);
    if (event.kind == TRIAL_LOCAL || event.kind == TRIAL_ICMP) {
        mtu_take_event(search, &event);
        return;
    }
    if (error == EMSGSIZE)
        step.answer = MTU_TOO_BIG_HERE;
    trial_explain(search->trial, error, step.why);
    mtu_settle(search, &step);
}

/* The time is read once: what is due does not change within a turn. */
bool mtu_turn(struct mtu_search *search)
{
    struct trial_event event = {.kind = TRIAL_NOTHING};
    bool waits = !search->ended && search->tries > 0;
    bool expired = waits && clock_monotonic_ns() >= search->deadline_ns;

    if (waits)
        event = trial_take(search->trial);
    if (event.kind != TRIAL_NOTHING)
        mtu_take_event(search, &event);
    else if (expired && search->tries == TRIES)
        mtu_settle_as(search, MTU_SILENCE);
    else if (expired)
        mtu_send(search);
    if (!search->ended && search->tries == 0)
        mtu_send(search);
    return search->ended;
}
