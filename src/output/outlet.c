/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outlet: fopencookie(3) over write(2), which waits for the reader or holds what is not read yet. */
#include "udptui/output/outlet.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "udptui/base/units.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/report.h"
#include "udptui/sys/tty.h"
#include "udptui/sys/wait.h"

enum {
    BUFFER_BYTES = 1 << 16,
    PIECE_BYTES = 4096, /* a writable pipe takes this much without blocking (PIPE_BUF) */
    PAUSE_MS = 1,
    /* Room for a record (7 bytes for each of two full datagrams) and the stream's buffer beyond
     * what makes it full. */
    ROOM_BYTES = OUTLET_HELD_BYTES + (2 << 20),
};

static const int64_t look_ns = 100 * UNITS_NS_PER_MS, patience_ns = UNITS_NS_PER_S;

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* ---- writing */

/* How much was taken; 0: there is no room now, or it failed (error). */
static size_t outlet_write_some(struct outlet *outlet, const char *bytes, size_t size_bytes)
{
    struct pollfd out = {.fd = outlet->fd, .events = POLLOUT};
    ssize_t written;

    if (outlet->asks && wait_until(&out, 1, 0) <= 0)
        return 0;
    written = write(outlet->fd, bytes, outlet->asks ? least(size_bytes, PIECE_BYTES) : size_bytes);
    if (written < 0 && errno != EINTR && errno != EAGAIN)
        outlet->error = errno;
    if (written <= 0)
        return 0;
    signals_beat(outlet->signals);
    return (size_t)written;
}

/* As much as the reader takes now. */
static size_t outlet_write_now(struct outlet *outlet, const char *bytes, size_t size_bytes)
{
    size_t done = 0, taken = 1;

    while (taken > 0 && outlet->error == 0 && done < size_bytes) {
        taken = outlet_write_some(outlet, bytes + done, size_bytes - done);
        done += taken;
    }
    return done;
}

/* Returns less than size_bytes only if it failed. A non-blocking socket may be writable but not for
 * the whole piece. */
static size_t outlet_write_waiting(struct outlet *outlet, const char *bytes, size_t size_bytes)
{
    struct pollfd out = {.fd = outlet->fd, .events = POLLOUT};
    size_t done = 0;
    bool refused = false;

    while (outlet->error == 0 && done < size_bytes) {
        size_t taken = outlet_write_now(outlet, bytes + done, size_bytes - done);
        done += taken;
        if (outlet->error != 0 || done == size_bytes)
            break;
        if (refused && taken == 0)
            wait_until(NULL, 0, clock_monotonic_ns() + PAUSE_MS * UNITS_NS_PER_MS);
        refused = taken == 0;
        wait_until(&out, 1, INT64_MAX);
    }
    return done;
}

/* ---- what is held */

static bool outlet_hold(struct outlet *outlet, const char *bytes, size_t size_bytes)
{
    size_t end, part;

    if (outlet->held == NULL)
        outlet->held = malloc(ROOM_BYTES);
    if (outlet->held == NULL || size_bytes > ROOM_BYTES - outlet->held_bytes)
        return false;
    end = (outlet->held_first + outlet->held_bytes) % ROOM_BYTES;
    part = least(size_bytes, ROOM_BYTES - end);
    memcpy(outlet->held + end, bytes, part);
    memcpy(outlet->held, bytes + part, size_bytes - part);
    outlet->held_bytes += size_bytes;
    return true;
}

/* How such bytes are written: now, or waiting. */
typedef size_t outlet_writer(struct outlet *outlet, const char *bytes, size_t size_bytes);

/* The ring is one piece, or two. The memory is given back once it is empty. */
static void outlet_release(struct outlet *outlet, outlet_writer *writer)
{
    size_t taken = 1;

    while (taken > 0 && outlet->held_bytes > 0) {
        taken = writer(outlet, outlet->held + outlet->held_first,
                       least(outlet->held_bytes, ROOM_BYTES - outlet->held_first));
        outlet->held_first = (outlet->held_first + taken) % ROOM_BYTES;
        outlet->held_bytes -= taken;
    }
    if (outlet->held_bytes > 0)
        return;
    free(outlet->held);
    outlet->held = NULL;
    outlet->held_first = 0;
}

/* Short of memory, it waits after all. Returns how much was written or held. */
static size_t outlet_write_holding(struct outlet *outlet, const char *bytes, size_t size_bytes)
{
    size_t done = 0;

    if (outlet->held_bytes == 0)
        done = outlet_write_now(outlet, bytes, size_bytes);
    if (done == size_bytes || outlet->error != 0 ||
        outlet_hold(outlet, bytes + done, size_bytes - done))
        return outlet->error == 0 ? size_bytes : done;
    outlet_release(outlet, outlet_write_waiting);
    return done + outlet_write_waiting(outlet, bytes + done, size_bytes - done);
}

bool outlet_is_full(const struct outlet *outlet)
{
    return outlet->held_bytes >= OUTLET_HELD_BYTES;
}

void outlet_report_left_out(uint64_t lines)
{
    if (lines > 0)
        report_news("nobody read standard output: lines left out: %" PRIu64, lines);
}

bool outlet_lacks_record(const struct outlet *outlet)
{
    return errno == ENOMEM && outlet->error == 0 && !ferror(outlet->file);
}

int outlet_fd(const struct outlet *outlet)
{
    return outlet->held_bytes > 0 ? outlet->fd : -1;
}

bool outlet_turn(struct outlet *outlet)
{
    if (outlet->held_bytes > 0)
        outlet_release(outlet, outlet_write_now);
    errno = outlet->error;
    return outlet->error == 0;
}

/* ---- beginning and end */

/* fopencookie's result for a failed write: less than size_bytes, with errno. */
static ssize_t outlet_write(void *cookie, const char *bytes, size_t size_bytes)
{
    struct outlet *outlet = cookie;
    size_t done = outlet->manner == OUTLET_HOLDS ? outlet_write_holding(outlet, bytes, size_bytes)
                                                 : outlet_write_waiting(outlet, bytes, size_bytes);

    if (outlet->error != 0)
        errno = outlet->error;
    return (ssize_t)done;
}

/* A description of our own for the same terminal or pipe. -1: there can be none, as for another
 * user's. */
static int outlet_open_again(bool terminal)
{
    return terminal ? tty_open_again()
                    : open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

/* Not the end from which a pipe is read: opened again it could be written to. */
static bool outlet_is_writable(void)
{
    return (fcntl(STDOUT_FILENO, F_GETFL) & O_ACCMODE) != O_RDONLY;
}

/* Only a terminal, a pipe and a socket have a reader to wait for. */
static void outlet_open_descriptor(struct outlet *outlet)
{
    struct stat status;
    bool known = outlet_is_writable() && fstat(STDOUT_FILENO, &status) == 0;
    bool terminal = known && isatty(STDOUT_FILENO) == 1;
    bool shared = terminal || (known && S_ISFIFO(status.st_mode));
    int fd = shared && outlet->manner == OUTLET_HOLDS ? outlet_open_again(terminal) : -1;

    outlet->fd = fd >= 0 ? fd : STDOUT_FILENO;
    outlet->asks = fd < 0 && (shared || (known && S_ISSOCK(status.st_mode)));
}

void outlet_open(struct outlet *outlet, enum outlet_manner manner, struct signals *signals)
{
    const cookie_io_functions_t functions = {.write = outlet_write};

    fflush(stdout); /* earlier output goes first */
    *outlet = (struct outlet){.signals = signals, .manner = manner, .fd = STDOUT_FILENO};
    outlet->file = fopencookie(outlet, "w", functions);
    if (outlet->file == NULL) {
        outlet->file = stdout;
        return;
    }
    outlet_open_descriptor(outlet);
    setvbuf(outlet->file, NULL, _IOFBF, BUFFER_BYTES);
}

/* False: the program is to end, and for a second nothing was taken. */
static bool outlet_drain(struct outlet *outlet)
{
    struct pollfd out = {.fd = outlet->fd, .events = POLLOUT};
    int64_t since_ns = clock_monotonic_ns();

    while (outlet->held_bytes > 0 && outlet->error == 0) {
        size_t before_bytes = outlet->held_bytes;
        wait_until(&out, 1, clock_monotonic_ns() + look_ns);
        signals_beat(outlet->signals);
        outlet_turn(outlet);
        int64_t now_ns = clock_monotonic_ns();
        if (outlet->held_bytes < before_bytes || !signals_want_end(outlet->signals))
            since_ns = now_ns;
        else if (now_ns - since_ns >= patience_ns)
            return false;
    }
    return true;
}

static int outlet_report_blocked(const struct outlet *outlet)
{
    int number = signals_number(outlet->signals);

    report_safe_news(SIGNALS_BLOCKED);
    return number != 0 ? 128 + number : EXIT_SETUP;
}

int outlet_finish(struct outlet *outlet, int status)
{
    if (outlet->file == stdout || outlet->error != 0)
        return status;
    fflush(outlet->file);
    if (!outlet_drain(outlet)) {
        outlet->error = ETIMEDOUT;
        return outlet_report_blocked(outlet);
    }
    return outlet->error == 0 ? status : report_lost_output(outlet->error);
}

int outlet_close(struct outlet *outlet, int status)
{
    status = outlet_finish(outlet, status);
    if (outlet->file == stdout)
        return status;
    fclose(outlet->file);
    free(outlet->held);
    if (outlet->fd != STDOUT_FILENO)
        close(outlet->fd);
    return status;
}
