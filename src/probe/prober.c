/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * prober: the thread sleeps until a probe is due or something comes. A sleep ends late by tens of
 * microseconds: if probes are due more often than that, it does not sleep.
 */
#include "udptui/probe/prober.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "udptui/base/ring.h"
#include "udptui/base/units.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/thread.h"
#include "udptui/sys/wait.h"

enum { RING_BYTES = 8 << 20 };

/* How much later than requested a sleep may end. */
static const int64_t sleep_error_ns = 80 * UNITS_NS_PER_US;
static const int64_t full_ring_ns = UNITS_NS_PER_MS;

struct prober_target {
    struct prober *prober;
    struct probe *probe;
    uint32_t number;
    uint64_t not_shown;
};

struct prober {
    struct prober_config config;
    struct prober_target targets[PROBER_TARGETS_MAX];
    struct ring *ring;
    pthread_t thread;
    int wake_fd;
    atomic_bool stop, closing;
    bool started;
    bool unsignalled;                 /* records that event_fd has not been written for */
    int64_t stop_ns, end_ns, tick_ns; /* CLOCK_MONOTONIC: of the limits, and of the next tick */
};

/* ---- records */

static bool prober_report(struct prober *prober, const struct prober_record *record)
{
    struct prober_record *place = ring_reserve(prober->ring, sizeof *record);

    if (place == NULL)
        return false;
    *place = *record;
    ring_commit(prober->ring, sizeof *record);
    prober->unsignalled = true;
    return true;
}

static void prober_report_event(void *context, const struct probe_event *event)
{
    struct prober_target *target = context;

    if (!target->prober->config.events)
        return;
    const struct prober_record record = {
        .kind = PROBER_EVENT, .target = target->number, .event = *event};
    if (!prober_report(target->prober, &record))
        target->not_shown++;
}

static bool prober_report_figures(struct prober *prober)
{
    bool complete = true;

    for (size_t i = 0; i < prober->config.count; i++) {
        const struct prober_target *target = &prober->targets[i];
        struct prober_record record = {.kind = PROBER_FIGURES,
                                       .target = target->number,
                                       .figures = probe_figures(target->probe)};
        record.figures.not_shown = target->not_shown;
        complete &= prober_report(prober, &record);
    }
    return complete;
}

static void wake_owner(struct prober *prober)
{
    if (prober->unsignalled)
        eventfd_write(prober->config.event_fd, 1);
    prober->unsignalled = false;
}

/* Waits for a slow reader. */
static void prober_report_end(struct prober *prober)
{
    const struct prober_record end = {.kind = PROBER_END};

    while (!prober_report_figures(prober) || !prober_report(prober, &end)) {
        wake_owner(prober);
        if (atomic_load(&prober->closing))
            return;
        wait_until(NULL, 0, clock_monotonic_ns() + full_ring_ns);
    }
    wake_owner(prober);
}

/* ---- the thread */

static bool prober_is_done(const struct prober *prober)
{
    for (size_t i = 0; i < prober->config.count; i++)
        if (!probe_is_done(prober->targets[i].probe))
            return false;
    return true;
}

static void take_turn(struct prober *prober, int64_t now_ns)
{
    for (size_t i = 0; i < prober->config.count; i++) {
        if (now_ns >= prober->stop_ns)
            probe_stop(prober->targets[i].probe);
        probe_turn(prober->targets[i].probe);
    }
    if (now_ns >= prober->stop_ns)
        prober->stop_ns = INT64_MAX;
    if (now_ns >= prober->tick_ns) {
        prober_report_figures(prober);
        prober->tick_ns = now_ns + prober->config.tick_ns;
    }
}

static void sleep_until_work(struct prober *prober, int64_t now_ns)
{
    struct pollfd polled[PROBER_TARGETS_MAX * PROBE_PORTS + 1];
    int64_t deadline_ns = wait_earlier_ns(prober->end_ns, prober->tick_ns);
    size_t count = 1;

    deadline_ns = wait_earlier_ns(deadline_ns, prober->stop_ns);
    for (size_t i = 0; i < prober->config.count; i++)
        deadline_ns = wait_earlier_ns(deadline_ns, probe_deadline_ns(prober->targets[i].probe));
    if (deadline_ns - now_ns < sleep_error_ns || prober_is_done(prober))
        return;
    polled[0] = (struct pollfd){.fd = prober->wake_fd, .events = POLLIN};
    for (size_t i = 0; i < prober->config.count; i++)
        count += probe_list_polled(prober->targets[i].probe, polled + count);
    wait_until(polled, count, deadline_ns - sleep_error_ns / 2);
}

static void *run_prober(void *argument)
{
    struct prober *prober = argument;
    const struct prober_config *config = &prober->config;
    int64_t now_ns = clock_monotonic_ns();

    thread_wake_exactly();
    prober->stop_ns = config->duration_ns > 0 ? now_ns + config->duration_ns : INT64_MAX;
    prober->end_ns = config->deadline_ns > 0 ? now_ns + config->deadline_ns : INT64_MAX;
    prober->tick_ns = now_ns + config->tick_ns;
    while (!prober_is_done(prober) && !atomic_load(&prober->stop) && now_ns < prober->end_ns) {
        take_turn(prober, now_ns);
        wake_owner(prober);
        sleep_until_work(prober, clock_monotonic_ns());
        now_ns = clock_monotonic_ns();
    }
    prober_report_end(prober);
    return NULL;
}

/* ---- the owner's side */

static bool open_targets(struct prober *prober, char *error)
{
    for (size_t i = 0; i < prober->config.count; i++) {
        struct prober_target *target = &prober->targets[i];
        *target = (struct prober_target){.prober = prober, .number = (uint32_t)i};
        target->probe = probe_open(&prober->config.targets[i], prober_report_event, target, error);
        if (target->probe == NULL)
            return false;
    }
    return true;
}

struct prober *prober_open(const struct prober_config *config, char *error)
{
    struct prober *prober = calloc(1, sizeof *prober);

    if (prober == NULL) {
        snprintf(error, PROBE_ERROR_SIZE, "not enough memory for the probes: %s",
                 reason_text(errno));
        return NULL;
    }
    prober->config = *config;
    prober->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    prober->ring = ring_open(RING_BYTES);
    if (prober->wake_fd < 0 || prober->ring == NULL) {
        snprintf(error, PROBE_ERROR_SIZE, "cannot probe: %s", reason_text(errno));
        prober_close(prober);
        return NULL;
    }
    if (!open_targets(prober, error)) {
        prober_close(prober);
        return NULL;
    }
    prober->config.targets = NULL;
    return prober;
}

bool prober_start(struct prober *prober, char *error)
{
    int code = thread_start(&prober->thread, run_prober, prober);

    prober->started = code == 0;
    if (code != 0)
        snprintf(error, PROBE_ERROR_SIZE, "cannot start a thread: %s", thread_failure(code));
    return code == 0;
}

void prober_stop(struct prober *prober)
{
    atomic_store(&prober->stop, true);
    eventfd_write(prober->wake_fd, 1);
}

bool prober_next(struct prober *prober, struct prober_record *out)
{
    size_t size_bytes;
    const struct prober_record *record = ring_peek(prober->ring, &size_bytes);

    if (record == NULL)
        return false;
    *out = *record;
    ring_release(prober->ring);
    return true;
}

void prober_close(struct prober *prober)
{
    if (prober == NULL)
        return;
    atomic_store(&prober->closing, true);
    prober_stop(prober);
    if (prober->started)
        pthread_join(prober->thread, NULL);
    for (size_t i = 0; i < prober->config.count; i++)
        probe_close(prober->targets[i].probe);
    ring_close(prober->ring);
    if (prober->wake_fd >= 0)
        close(prober->wake_fd);
    free(prober);
}
