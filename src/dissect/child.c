/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* child: see the header. Between fork and exec only async-signal-safe functions are called, since
 * other threads may hold locks. */
#include "child_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "udptui/base/units.h"

enum {
    DESCRIPTORS_MAX = 1024,
    FIRST_FREE_FD = CHILD_CAPTURE_FD + 1,
    EXEC_FAILED = 127,
    PRIORITY = 10
};

/* ---- in the child */

/* "udptuiC0000003f\n": what is in force (C), or why exec failed (E). */
static void child_write_report(char kind, uint32_t value)
{
    static const char digits[] = "0123456789abcdef";
    char report[CHILD_REPORT_SIZE + 1] = "udptuiC01234567\n";

    report[6] = kind;
    for (int i = 0; i < 8; i++)
        report[7 + i] = digits[value >> (28 - 4 * i) & 15];
    if (write(STDOUT_FILENO, report, CHILD_REPORT_SIZE) != CHILD_REPORT_SIZE)
        _exit(EXEC_FAILED);
}

/* The four that it needs, and no other. */
static bool child_set_descriptors(int in, int out, int err, int capture)
{
    int moved = fcntl(capture, F_DUPFD, FIRST_FREE_FD);

    if (moved < 0 || dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
        dup2(err, STDERR_FILENO) < 0 || dup2(moved, CHILD_CAPTURE_FD) < 0)
        return false;
    if (syscall(SYS_close_range, FIRST_FREE_FD, ~0U, 0) == 0)
        return true;
    for (int fd = FIRST_FREE_FD; fd < DESCRIPTORS_MAX; fd++)
        close(fd);
    return true;
}

/* Ignored and blocked signals would be inherited. */
static void child_reset_signals(void)
{
    const struct sigaction usual = {.sa_handler = SIG_DFL};
    sigset_t none;

    for (int number = 1; number < NSIG; number++)
        sigaction(number, &usual, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* If the parent has ended meanwhile, it would not be noticed any more. */
static bool child_end_with_parent(pid_t parent)
{
    return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent;
}

static _Noreturn void child_become(const struct child_program *program, pid_t parent)
{
    union {
        const char *given;
        char *argument;
    } name = {.given = program->name};
    char dash[] = "-", home[] = "HOME=/nonexistent", locale[] = "LC_ALL=C.UTF-8";
    char *const arguments[] = {name.argument, dash, NULL};
    char *const environment[] = {home, locale, NULL};

    setpriority(PRIO_PROCESS, 0, PRIORITY); /* the engines come first */
    child_write_report('C', confine_self(&program->rules));
    if (child_end_with_parent(parent)) /* a change of user cancels it */
        execve(program->path, arguments, environment);
    child_write_report('E', (uint32_t)errno);
    _exit(EXEC_FAILED);
}

/* ---- in the parent */

static void close_all(int (*pipes)[2])
{
    for (int i = 0; i < 3; i++)
        for (int end = 0; end < 2; end++)
            if (pipes[i][end] >= 0)
                close(pipes[i][end]);
}

static bool child_open_pipes(int (*pipes)[2])
{
    for (int i = 0; i < 3; i++)
        if (pipe2(pipes[i], O_CLOEXEC) != 0)
            return false;
    return true;
}

static int child_keep_end(int *end)
{
    int fd = *end;

    fcntl(fd, F_SETFL, O_NONBLOCK);
    *end = -1;
    return fd;
}

bool child_start(struct child *child, const struct child_program *program)
{
    int pipes[3][2] = {{-1, -1}, {-1, -1}, {-1, -1}}; /* in, out, err */
    pid_t parent = getpid(), pid = child_open_pipes(pipes) ? fork() : -1;

    if (pid == 0) {
        setpgid(0, 0);
        child_reset_signals();
        if (child_set_descriptors(pipes[0][0], pipes[1][1], pipes[2][1], program->capture_fd))
            child_become(program, parent);
        _exit(EXEC_FAILED);
    }
    int error = errno;
    if (pid > 0) {
        setpgid(pid, pid); /* by both, so that it is done for both */
        *child = (struct child){.pid = pid,
                                .in = child_keep_end(&pipes[0][1]),
                                .out = child_keep_end(&pipes[1][0]),
                                .err = child_keep_end(&pipes[2][0])};
    }
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
    kill(-pid, SIGKILL);
    kill(pid, SIGKILL); /* if it has left its group */
    *child = (struct child){.in = -1, .out = -1, .err = -1};
    return pid;
}
