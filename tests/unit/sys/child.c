/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* child: see the header. */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static void child_enter(int input, int output, int (*run)(void *context), void *context)
{
    int status;

    signal(SIGHUP, SIG_DFL); /* nohup(1) may have started us, or a shell with & */
    signal(SIGINT, SIG_DFL);
    signal(SIGQUIT, SIG_DFL);
    if (input >= 0)
        dup2(input, STDIN_FILENO);
    else
        close(STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    status = run(context);
    fflush(NULL);
    _exit(status);
}

/* A terminal gives EIO once the child has closed the other end. */
static void child_collect(struct child *child, pid_t pid, int fd)
{
    size_t used = 0;
    ssize_t got;

    do {
        struct pollfd polled = {.fd = fd, .events = POLLIN};
        if (poll(&polled, 1, 1000 * CHILD_PATIENCE_S) == 0)
            kill(pid, SIGKILL);
        got = read(fd, child->output + used, CHILD_OUTPUT_SIZE - 1 - used);
        if (got > 0)
            used += (size_t)got;
    } while ((got > 0 && used < CHILD_OUTPUT_SIZE - 1) || (got < 0 && errno == EINTR));
    child->output[used] = '\0';
    close(fd);
    assert_int_equal(waitpid(pid, &child->status, 0), pid);
}

struct child child_run(int (*run)(void *context), void *context)
{
    struct child child;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        child_enter(-1, ends[1], run, context);
    close(ends[1]);
    child_collect(&child, pid, ends[0]);
    return child;
}

struct child child_run_on_terminal(int (*run)(void *context), void *context)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    struct child child;

    assert_true(master >= 0);
    assert_int_equal(grantpt(master), 0);
    assert_int_equal(unlockpt(master), 0);
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        setsid();
        int terminal = open(ptsname(master), O_RDWR);
        ioctl(terminal, TIOCSCTTY, 0);
        close(master);
        child_enter(terminal, terminal, run, context);
    }
    child_collect(&child, pid, master);
    return child;
}
