/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recorder: rings -> chronology -> file.
 *
 * The thread's round: sleep until there is something; take a bounded number of records off the
 * rings; write those that are old enough, and flush, a few times a second, or all of them if
 * nothing has come for a while. When it is closing: take and write the rest.
 */
#include "udptui/capture/recorder.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "udptui/base/units.h"
#include "udptui/capture/chronology.h"
#include "udptui/capture/writer.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/thread.h"
#include "udptui/sys/wait.h"

enum {
    RING_BYTES = 1 << 24, /* once so much was recorded, all of it is in memory */
    HELD_BYTES = 1 << 23,
    ROUND_RECORDS = 4096,
    HOLD_MS = 100, /* how late a record may come and still be written in order */
    ROUND_MS = 100,
};

struct recorder {
    struct capture_writer *writer;
    struct chronology *chronology;
    struct ring *rings[RECORDER_PRODUCERS_MAX];
    size_t producers;
    struct signals *signals;
    int fd;
    pthread_t thread;
    int64_t round_ns;           /* CLOCK_MONOTONIC: when to write and flush next */
    atomic_uint_least64_t lost; /* records that could not be written */
    bool finished;              /* the thread has ended */
    atomic_int error; /* errno of the first failure, 0: none; later records are discarded */
    atomic_bool closing;
    char path[]; /* for complaints */
};

/* ---- the thread */

static void recorder_write_record(struct recorder *recorder, const struct record *record)
{
    if (!capture_writer_write_record(recorder->writer, record))
        atomic_store(&recorder->error, errno);
    if (recorder->signals != NULL && atomic_load(&recorder->closing))
        signals_beat(recorder->signals); /* the rest may be much, and the disk slow */
}

static void write_until(struct recorder *recorder, int64_t until_ns)
{
    const void *record;
    size_t size;

    while ((record = chronology_take(recorder->chronology, until_ns, &size)) != NULL)
        recorder_write_record(recorder, record);
}

/* Writes the earlier half, so that the rest stays in order. */
static void write_half(struct recorder *recorder)
{
    size_t count = chronology_count(recorder->chronology) / 2 + 1, size;

    while (count-- > 0)
        recorder_write_record(recorder, chronology_take(recorder->chronology, INT64_MAX, &size));
}

static void hold(struct recorder *recorder, const struct record *record, size_t size_bytes)
{
    while (!chronology_add(recorder->chronology, record->wall_ns, record, size_bytes))
        write_half(recorder);
}

/* Takes from each ring in turn. Returns whether there may be more. */
static bool recorder_take(struct recorder *recorder)
{
    size_t taken = 0, before, size;
    const void *record;

    do {
        before = taken;
        for (size_t i = 0; i < recorder->producers; i++) {
            if ((record = ring_peek(recorder->rings[i], &size)) == NULL)
                continue;
            hold(recorder, record, size);
            ring_release(recorder->rings[i]);
            taken++;
        }
    } while (taken > before && taken < ROUND_RECORDS);
    return taken > before;
}

static void recorder_flush(struct recorder *recorder)
{
    if (!capture_writer_flush(recorder->writer))
        atomic_store(&recorder->error, errno);
    atomic_store(&recorder->lost, capture_writer_lost(recorder->writer));
}

/* idle: nothing has come for HOLD_MS. */
static void write_due(struct recorder *recorder, bool idle)
{
    int64_t now_ns = clock_monotonic_ns();

    if (!idle && now_ns < recorder->round_ns)
        return;
    recorder->round_ns = now_ns + ROUND_MS * UNITS_NS_PER_MS;
    write_until(recorder, idle ? INT64_MAX : clock_wall_ns() - HOLD_MS * UNITS_NS_PER_MS);
    recorder_flush(recorder);
}

static void recorder_write_rest(struct recorder *recorder)
{
    while (recorder_take(recorder))
        if (recorder->signals != NULL)
            signals_beat(recorder->signals);
    write_until(recorder, INT64_MAX);
    recorder_flush(recorder);
}

static void *recorder_run(void *argument)
{
    struct recorder *recorder = argument;
    struct pollfd polled = {.fd = recorder->fd, .events = POLLIN};
    bool more = false;
    eventfd_t count;

    while (!atomic_load(&recorder->closing)) {
        bool holding = chronology_count(recorder->chronology) > 0;
        int64_t until_ns = holding ? clock_monotonic_ns() + HOLD_MS * UNITS_NS_PER_MS : INT64_MAX;
        int ready = wait_until(&polled, 1, more ? 0 : until_ns);
        eventfd_read(recorder->fd, &count);
        bool idle = ready == 0 && !more;
        more = recorder_take(recorder);
        write_due(recorder, idle && !more);
    }
    recorder_write_rest(recorder);
    return NULL;
}

/* ---- the owner's side */

static bool open_memory(struct recorder *recorder)
{
    bool all = true;

    recorder->chronology = chronology_open(HELD_BYTES);
    for (size_t i = 0; i < recorder->producers; i++) {
        recorder->rings[i] = ring_open(RING_BYTES);
        all &= recorder->rings[i] != NULL;
    }
    return all && recorder->chronology != NULL;
}

static void recorder_free_all(struct recorder *recorder)
{
    for (size_t i = 0; i < recorder->producers; i++)
        ring_close(recorder->rings[i]);
    chronology_close(recorder->chronology);
    if (recorder->fd >= 0)
        close(recorder->fd);
    free(recorder);
}

static bool start(struct recorder *recorder, bool force, char *error)
{
    int code = ENOMEM;

    recorder->writer = capture_writer_create(recorder->path, force, error);
    if (recorder->writer == NULL)
        return false;
    if (open_memory(recorder) && recorder->fd >= 0)
        code = thread_start(&recorder->thread, recorder_run, recorder);
    if (code != 0)
        snprintf(error, RECORDER_ERROR_SIZE, "%.200s: cannot start recording: %s", recorder->path,
                 reason_text(code));
    return code == 0;
}

/* A pipe whose reader takes nothing is known as such at the end; fd -1: none. */
static void recorder_watch(const struct recorder *recorder, int fd)
{
    if (recorder->signals != NULL)
        signals_watch_output(recorder->signals, SIGNALS_CAPTURE, fd);
}

struct recorder *recorder_open(const char *path, bool force, size_t producers,
                               struct signals *signals, char *error)
{
    size_t path_size = strlen(path) + 1;
    struct recorder *recorder = calloc(1, sizeof *recorder + path_size);

    if (recorder == NULL) {
        snprintf(error, RECORDER_ERROR_SIZE, "%.200s: not enough memory", path);
        return NULL;
    }
    memcpy(recorder->path, path, path_size);
    recorder->producers = producers;
    recorder->signals = signals;
    recorder->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (start(recorder, force, error)) {
        recorder_watch(recorder, capture_writer_fd(recorder->writer));
        return recorder;
    }
    capture_writer_close(recorder->writer);
    recorder_free_all(recorder);
    return NULL;
}

struct ring *recorder_ring(struct recorder *recorder, size_t producer)
{
    return recorder->rings[producer];
}

int recorder_fd(const struct recorder *recorder)
{
    return recorder->fd;
}

bool recorder_put(struct recorder *recorder, size_t producer, const struct record *record,
                  const void *payload)
{
    if (!record_put(recorder->rings[producer], record, payload))
        return false;
    eventfd_write(recorder->fd, 1);
    return true;
}

bool recorder_failed(const struct recorder *recorder, char *error)
{
    int code = atomic_load(&recorder->error);

    if (code != 0)
        snprintf(error, RECORDER_ERROR_SIZE, "%.200s: %s", recorder->path, reason_text(code));
    return code != 0;
}

uint64_t recorder_lost(const struct recorder *recorder)
{
    return recorder != NULL ? atomic_load(&recorder->lost) : 0;
}

void recorder_finish(struct recorder *recorder)
{
    if (recorder == NULL || recorder->finished)
        return;
    atomic_store(&recorder->closing, true);
    eventfd_write(recorder->fd, 1);
    pthread_join(recorder->thread, NULL);
    recorder_watch(recorder, -1);
    recorder->finished = true;
}

bool recorder_close(struct recorder *recorder, char *error)
{
    if (recorder == NULL)
        return true;
    recorder_finish(recorder);
    bool all = capture_writer_close(recorder->writer);
    if (!all)
        snprintf(error, RECORDER_ERROR_SIZE, "%.200s: %s: the capture is not complete",
                 recorder->path, reason_text(errno));
    recorder_free_all(recorder);
    return all;
}
