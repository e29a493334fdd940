/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* child: see the header. */
#include "child_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "udptui/base/units.h"

static void close_all(int (*pipes)[2])
{
    for (int i = 0; i < 3; i++)
        for (int end = 0; end < 2; end++)
            if (pipes[i][end] >= 0)
                close(pipes[i][end]);
}

/* Of each pipe, our end must never block. */
static bool child_open_pipes(int (*pipes)[2])
{
    const int ours[3] = {1, 0, 0};

    for (int i = 0; i < 3; i++)
        if (pipe2(pipes[i], O_CLOEXEC) != 0 || fcntl(pipes[i][ours[i]], F_SETFL, O_NONBLOCK) != 0)
            return false;
    return true;
}

static int child_keep_end(int *end)
{
    int fd = *end;

    *end = -1;
    return fd;
}

/* What the launcher starts gets its own group before the launcher answers, or soon after. */
static pid_t child_fork(const struct child_program *program, struct launcher *launcher,
                        const int fds[EXECUTE_FDS])
{
    pid_t parent = getpid(), pid;

    if (launcher != NULL)
        return launcher_start(launcher, fds, program->rules.memory_bytes,
                              program->rules.processor_s);
    pid = fork();
    if (pid == 0)
        execute_program(program, fds, parent);
    if (pid > 0)
        setpgid(pid, pid); /* by both, so that it is done for both */
    return pid;
}

bool child_start(struct child *child, const struct child_program *program, int capture_fd,
                 struct launcher *launcher)
{
    int pipes[3][2] = {{-1, -1}, {-1, -1}, {-1, -1}}; /* in, out, err */
    bool opened = child_open_pipes(pipes);
    const int fds[EXECUTE_FDS] = {pipes[0][0], pipes[1][1], pipes[2][1], capture_fd};
    pid_t pid = opened ? child_fork(program, launcher, fds) : -1;
    int error = errno;

    if (pid > 0)
        *child = (struct child){.pid = pid,
                                .launcher = launcher,
                                .in = child_keep_end(&pipes[0][1]),
                                .out = child_keep_end(&pipes[1][0]),
                                .err = child_keep_end(&pipes[2][0])};
    close_all(pipes);
    errno = error;
    return pid > 0;
}

bool child_read_report(const char *report, uint32_t *in_force, int *error)
{
    char text[CHILD_REPORT_SIZE + 1] = "", kind;
    unsigned value;

    memcpy(text, report, CHILD_REPORT_SIZE);
    if (sscanf(text, "udptui%c%8x", &kind, &value) != 2 || (kind != 'C' && kind != 'E'))
        return false;
    *in_force = kind == 'C' ? value : 0;
    *error = kind == 'E' ? (int)value : 0;
    return true;
}

int64_t child_processor_ns(const struct child *child)
{
    struct timespec used;
    clockid_t clock;

    if (clock_getcpuclockid(child->pid, &clock) != 0 || clock_gettime(clock, &used) != 0)
        return 0;
    return used.tv_sec * UNITS_NS_PER_S + used.tv_nsec;
}

void child_close_err(struct child *child)
{
    close(child->err);
    child->err = -1;
}

pid_t child_kill(struct child *child)
{
    pid_t pid = child->pid;

    if (pid == 0)
        return 0;
    close(child->in);
    close(child->out);
    if (child->err >= 0)
        close(child->err);
    if (child->launcher != NULL) {
        launcher_kill(child->launcher, pid);
    } else {
        kill(-pid, SIGKILL);
        kill(pid, SIGKILL); /* if it has left its group */
    }
    *child = (struct child){.in = -1, .out = -1, .err = -1};
    return pid;
}
