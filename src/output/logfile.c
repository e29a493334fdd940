/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* logfile: memory stream -> ring -> buffer -> file. */
#include "udptui/output/logfile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "udptui/base/ring.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/report.h"
#include "udptui/sys/thread.h"
#include "udptui/sys/wait.h"

enum {
    RING_BYTES = 1 << 24,   /* once so much was logged, all of it is in memory */
    BUFFER_BYTES = 1 << 20, /* more than a record: 7 bytes for each of two full datagrams */
    MODE = 0666,            /* less the umask */
};

struct logfile {
    struct signals *signals;
    struct ring *ring;
    FILE *stream; /* into text */
    char *text;
    size_t text_bytes;
    pthread_t thread;
    int wake_fd;
    atomic_bool reopen, closing;
    atomic_int error;      /* errno of the latest failure */
    bool failure_reported; /* logfile_failed has reported it */
    atomic_uint_fast64_t lost;

    /* the thread's own */
    int fd;    /* -1: could not be opened again */
    bool torn; /* the file ends within a line */
    size_t buffered_bytes;
    char buffer[BUFFER_BYTES];

    char path[]; /* for complaints, and to open it again */
};

/* ---- the thread */

/* A pipe without a reader must not block us (O_NONBLOCK: ENXIO). */
static int open_file(const char *path)
{
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, MODE);
}

static void lose(struct logfile *log, const char *bytes, size_t size_bytes, int error)
{
    uint64_t lines = 0;

    for (size_t i = 0; i < size_bytes; i++)
        lines += bytes[i] == '\n';
    atomic_fetch_add(&log->lost, lines);
    if (error != 0)
        atomic_store(&log->error, error);
}

/* Only a pipe can be full. At the end, the wait for its reader is limited like any other. */
static bool wait_for_room(struct logfile *log)
{
    struct pollfd polled = {.fd = log->fd, .events = POLLOUT};

    return wait_until(&polled, 1, INT64_MAX) > 0 || errno == EINTR;
}

/* Returns how much was written, with errno if that is not all. */
static size_t logfile_write_some(struct logfile *log, const char *bytes, size_t size_bytes)
{
    size_t done = 0;

    while (log->fd >= 0 && done < size_bytes) {
        ssize_t written = write(log->fd, bytes + done, size_bytes - done);
        if (written > 0)
            done += (size_t)written;
        else if (errno != EINTR && (errno != EAGAIN || !wait_for_room(log)))
            break;
        if (written > 0 && atomic_load(&log->closing))
            signals_beat(log->signals);
    }
    return done;
}

/* Opens the file, again if it is open. */
static void logfile_open(struct logfile *log)
{
    signals_watch_output(log->signals, SIGNALS_LOG, -1);
    if (log->fd >= 0)
        close(log->fd);
    log->fd = open_file(log->path);
    signals_watch_output(log->signals, SIGNALS_LOG, log->fd);
}

static void open_again(struct logfile *log)
{
    logfile_open(log);
    log->torn = false;
    if (log->fd < 0)
        atomic_store(&log->error, errno);
}

/* After a partial line, the next one begins on a new line. */
static void write_out(struct logfile *log)
{
    size_t done = 0;

    if (log->fd < 0)
        open_again(log);
    if (log->torn && logfile_write_some(log, "\n", 1) == 1)
        log->torn = false;
    if (!log->torn)
        done = logfile_write_some(log, log->buffer, log->buffered_bytes);
    if (done < log->buffered_bytes) {
        log->torn |= done > 0 && log->buffer[done - 1] != '\n';
        lose(log, log->buffer + done, log->buffered_bytes - done, errno);
    }
    log->buffered_bytes = 0;
}

static void logfile_add_record(struct logfile *log, const void *record, size_t size_bytes)
{
    if (log->buffered_bytes + size_bytes > BUFFER_BYTES)
        write_out(log);
    memcpy(log->buffer + log->buffered_bytes, record, size_bytes);
    log->buffered_bytes += size_bytes;
}

static void logfile_write_all(struct logfile *log)
{
    const void *record;
    size_t size_bytes;

    while ((record = ring_peek(log->ring, &size_bytes)) != NULL) {
        logfile_add_record(log, record, size_bytes);
        ring_release(log->ring);
    }
    if (log->buffered_bytes > 0)
        write_out(log);
}

static void *logfile_run_thread(void *argument)
{
    struct logfile *log = argument;
    struct pollfd polled = {.fd = log->wake_fd, .events = POLLIN};
    bool closing = false;
    eventfd_t count;

    while (!closing) {
        wait_until(&polled, 1, INT64_MAX);
        eventfd_read(log->wake_fd, &count);
        closing = atomic_load(&log->closing); /* before reading the ring, so that all lines are in
                                               * it */
        logfile_write_all(log);
        if (atomic_exchange(&log->reopen, false))
            open_again(log);
    }
    return NULL;
}

/* ---- the owner's side */

static void logfile_ask_to_reopen(void *context)
{
    struct logfile *log = context;

    atomic_store(&log->reopen, true);
    eventfd_write(log->wake_fd, 1);
}

FILE *logfile_stream(struct logfile *log)
{
    return log->stream;
}

/* The line that could not be made ends without a newline, if it was begun at all. */
static void logfile_lose_unmade(struct logfile *log)
{
    atomic_fetch_add(&log->lost, 1);
    lose(log, log->text, log->text_bytes, ENOMEM);
}

void logfile_commit(struct logfile *log, bool whole)
{
    whole = fflush(log->stream) == 0 && !ferror(log->stream) && whole;
    bool fits = whole && log->text_bytes <= BUFFER_BYTES;
    void *room = fits ? ring_reserve(log->ring, log->text_bytes) : NULL;

    if (!whole) {
        logfile_lose_unmade(log);
    } else if (room != NULL) {
        memcpy(room, log->text, log->text_bytes);
        ring_commit(log->ring, log->text_bytes);
        eventfd_write(log->wake_fd, 1);
    } else {
        lose(log, log->text, log->text_bytes, 0);
    }
    clearerr(log->stream);
    rewind(log->stream);
    fflush(log->stream);
}

uint64_t logfile_lost(const struct logfile *log)
{
    return log != NULL ? atomic_load(&log->lost) : 0;
}

static void explain(const struct logfile *log, char *error)
{
    int code = atomic_load(&log->error);

    snprintf(error, LOGFILE_ERROR_SIZE, "%.200s: %s", log->path,
             code != 0 ? reason_text(code) : "the file was too slow");
}

bool logfile_failed(struct logfile *log, char *error)
{
    if (log == NULL || log->failure_reported || atomic_load(&log->error) == 0)
        return false;
    log->failure_reported = true;
    explain(log, error);
    return true;
}

static void logfile_free_all(struct logfile *log)
{
    if (log->stream != NULL)
        fclose(log->stream);
    free(log->text);
    ring_close(log->ring);
    if (log->wake_fd >= 0)
        close(log->wake_fd);
    if (log->signals != NULL)
        signals_watch_output(log->signals, SIGNALS_LOG, -1);
    if (log->fd >= 0)
        close(log->fd);
    free(log);
}

static struct logfile *allocate(const char *path)
{
    size_t path_size = strlen(path) + 1;
    struct logfile *log = calloc(1, sizeof *log + path_size);

    if (log == NULL)
        return NULL;
    memcpy(log->path, path, path_size);
    log->fd = -1;
    log->ring = ring_open(RING_BYTES);
    log->stream = open_memstream(&log->text, &log->text_bytes);
    log->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (log->ring != NULL && log->stream != NULL && log->wake_fd >= 0)
        return log;
    int code = errno;
    logfile_free_all(log);
    errno = code;
    return NULL;
}

/* Returns 0 or an errno. */
static int logfile_start_thread(struct logfile *log, struct signals *signals)
{
    log->signals = signals;
    logfile_open(log);
    int code = log->fd >= 0 ? thread_start(&log->thread, logfile_run_thread, log) : errno;
    if (code == 0)
        signals_reopen_on_hangup(signals, logfile_ask_to_reopen, log);
    return code;
}

bool logfile_begin(struct logfile **log, const char *path, struct signals *signals, int *status)
{
    *log = NULL;
    if (path == NULL)
        return true;
    *status = EXIT_SETUP;
    *log = allocate(path);
    int code = *log != NULL ? logfile_start_thread(*log, signals) : errno;
    if (code == 0)
        return true;
    report_error("--log %s: %s", path, reason_text(code));
    if (*log != NULL)
        logfile_free_all(*log);
    *log = NULL;
    return false;
}

int logfile_end(struct logfile *log, int status)
{
    char error[LOGFILE_ERROR_SIZE];

    if (log == NULL)
        return status;
    signals_reopen_on_hangup(log->signals, NULL, NULL);
    atomic_store(&log->closing, true);
    eventfd_write(log->wake_fd, 1);
    pthread_join(log->thread, NULL);
    uint64_t lost = logfile_lost(log);
    if (lost > 0) {
        explain(log, error);
        report_error("--log %s: missing lines: %" PRIu64, error, lost);
    }
    logfile_free_all(log);
    return lost > 0 ? EXIT_SETUP : status;
}
