/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outlet: fopencookie(3) over write(2), with waits for the reader. */
#include "udptui/output/outlet.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "udptui/base/units.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/wait.h"

enum {
    BUFFER_BYTES = 1 << 16,
    PIECE_BYTES = 4096, /* a writable pipe takes this much without blocking (PIPE_BUF) */
    PAUSE_MS = 1,
};

struct outlet {
    struct signals *signals;
    bool waits; /* not a regular file: writing depends on a reader */
    int error;  /* errno of the write that failed, 0: none has */
};

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* A non-blocking socket may be writable but not for the whole piece. */
static void wait_for_reader(bool refused)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};

    wait_until(&out, 1, INT64_MAX);
    if (refused)
        wait_until(NULL, 0, clock_monotonic_ns() + PAUSE_MS * UNITS_NS_PER_MS);
}

/* fopencookie's result for a failed write: less than size_bytes, with errno. */
static ssize_t outlet_write(void *cookie, const char *bytes, size_t size_bytes)
{
    struct outlet *outlet = cookie;
    size_t done = 0;
    bool refused = false;

    while (outlet->error == 0 && done < size_bytes) {
        size_t left = size_bytes - done;
        if (outlet->waits)
            wait_for_reader(refused);
        ssize_t written =
            write(STDOUT_FILENO, bytes + done, outlet->waits ? least(left, PIECE_BYTES) : left);
        refused = written < 0 && errno == EAGAIN;
        if (written < 0 && errno != EINTR && !refused)
            outlet->error = errno;
        if (written < 0)
            continue;
        done += (size_t)written;
        signals_beat(outlet->signals);
    }
    if (outlet->error != 0)
        errno = outlet->error;
    return (ssize_t)done;
}

static int outlet_free(void *cookie)
{
    free(cookie);
    return 0;
}

FILE *outlet_open(struct signals *signals)
{
    const cookie_io_functions_t functions = {.write = outlet_write, .close = outlet_free};
    struct outlet *outlet = calloc(1, sizeof *outlet);
    struct stat status;
    FILE *file = outlet != NULL ? fopencookie(outlet, "w", functions) : NULL;

    fflush(stdout); /* earlier output goes first */
    if (file == NULL) {
        free(outlet);
        return stdout;
    }
    outlet->signals = signals;
    outlet->waits = fstat(STDOUT_FILENO, &status) != 0 || !S_ISREG(status.st_mode);
    setvbuf(file, NULL, _IOFBF, BUFFER_BYTES);
    return file;
}

void outlet_close(FILE *outlet)
{
    if (outlet != stdout)
        fclose(outlet);
}
