/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* activation: the protocol of sd_listen_fds(3), without its library. */
#include "udptui/sys/activation.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "udptui/base/units.h"
#include "udptui/proto/reason.h"

#define ACTIVATION_SENDER ": a service manager sets it, see sd_listen_fds(3)"

/* Makes each descriptor close on exec. */
static bool activation_protect(size_t count, struct problem *problem)
{
    for (int fd = ACTIVATION_FIRST_FD; fd < ACTIVATION_FIRST_FD + (int)count; fd++) {
        int flags = fcntl(fd, F_GETFD);
        if (flags < 0 || fcntl(fd, F_SETFD, flags | FD_CLOEXEC) < 0)
            return problem_set(problem, false,
                               "LISTEN_FDS is %zu, but descriptor %d is not open" ACTIVATION_SENDER,
                               count, fd);
    }
    return true;
}

/* A datagram of a socket that is served twice would be read by either, its drops counted by both. */
static bool activation_tell_apart(size_t count, struct problem *problem)
{
    struct stat each[ACTIVATION_MAX];

    for (size_t i = 0; i < count; i++) {
        if (fstat(ACTIVATION_FIRST_FD + (int)i, &each[i]) != 0)
            return problem_set(problem, false, "descriptor %d of the service manager: %s",
                               ACTIVATION_FIRST_FD + (int)i, reason_text(errno));
        for (size_t j = 0; j < i; j++)
            if (S_ISSOCK(each[i].st_mode) && each[i].st_ino == each[j].st_ino &&
                each[i].st_dev == each[j].st_dev)
                return problem_set(problem, false,
                                   "descriptors %d and %d are the same socket" ACTIVATION_SENDER,
                                   ACTIVATION_FIRST_FD + (int)j, ACTIVATION_FIRST_FD + (int)i);
    }
    return true;
}

static bool activation_read_names(struct activation *activation, const char *names,
                                  struct problem *problem)
{
    size_t count = 0;

    if (names == NULL)
        return true;
    for (const char *name = names; name != NULL; count++) {
        const char *end = strchr(name, ':');
        size_t length = end != NULL ? (size_t)(end - name) : strlen(name);
        if (count < activation->count)
            snprintf(activation->names[count], ACTIVATION_NAME_SIZE, "%.*s",
                     (int)(length < ACTIVATION_NAME_SIZE ? length : ACTIVATION_NAME_SIZE), name);
        name = end != NULL ? end + 1 : NULL;
    }
    return count == activation->count ||
           problem_set(problem, false,
                       "LISTEN_FDNAMES has %zu name%s for %zu descriptor%s" ACTIVATION_SENDER,
                       count, count == 1 ? "" : "s", activation->count,
                       activation->count == 1 ? "" : "s");
}

static bool activation_read(struct activation *out, const char *pid, const char *count,
                            struct problem *problem)
{
    int64_t process, sockets;

    if (!units_parse_integer(pid, 1, INT_MAX, &process))
        return problem_set(problem, false,
                           "LISTEN_PID is '%s', which is not a process ID" ACTIVATION_SENDER, pid);
    out->foreign = process != getpid();
    if (out->foreign)
        return true;
    if (!units_parse_integer(count, 1, INT_MAX - ACTIVATION_FIRST_FD, &sockets))
        return problem_set(problem, false,
                           "LISTEN_FDS is '%s', which is not a number of sockets" ACTIVATION_SENDER,
                           count);
    if (sockets > ACTIVATION_MAX)
        return problem_set(problem, false,
                           "the service manager passes %" PRId64
                           " sockets: a server listens on at most %d",
                           sockets, ACTIVATION_MAX);
    out->count = (size_t)sockets;
    return activation_protect(out->count, problem) && activation_tell_apart(out->count, problem) &&
           activation_read_names(out, getenv("LISTEN_FDNAMES"), problem);
}

bool activation_take(struct activation *out, struct problem *problem)
{
    const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
    bool ok = true;

    *out = (struct activation){.count = 0};
    if (pid != NULL && count != NULL)
        ok = activation_read(out, pid, count, problem);
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    return ok;
}
