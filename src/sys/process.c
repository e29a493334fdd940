/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/sys/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { DESCRIPTORS_MAX = 1024 };

void process_close_from(int first)
{
    if (syscall(SYS_close_range, first, ~0U, 0) == 0)
        return;
    for (int fd = first; fd < DESCRIPTORS_MAX; fd++)
        close(fd);
}

/* fd may be one of 0 to 2, if the owner had none there. */
static bool process_set_descriptors(int fd)
{
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    bool done = nothing >= 0;

    fd = fcntl(fd, F_DUPFD, PROCESS_FD);
    for (int i = STDIN_FILENO; done && i <= STDERR_FILENO; i++)
        done = dup2(nothing, i) == i;
    done = done && dup2(fd, PROCESS_FD) == PROCESS_FD;
    process_close_from(PROCESS_FD + 1);
    return done && fcntl(PROCESS_FD, F_SETFD, FD_CLOEXEC) == 0;
}

bool process_leave_owner(const char *name, int fd, pid_t owner)
{
    prctl(PR_SET_NAME, name);
    setpgid(0, 0);
    return process_set_descriptors(fd) && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 &&
           getppid() == owner;
}
