/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* execute: see the header. Between fork and exec only async-signal-safe functions are called, since
 * other threads may hold locks. */
#include "execute_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "udptui/sys/process.h"

enum { FIRST_FREE_FD = CHILD_CAPTURE_FD + 1, EXEC_FAILED = 127, PRIORITY = 10 };

/* "udptuiC0000003f\n": what is in force (C), or why exec failed (E). */
static void execute_write_report(char kind, uint32_t value)
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
static bool execute_set_descriptors(const int fds[EXECUTE_FDS])
{
    int moved[EXECUTE_FDS];

    for (int i = 0; i < EXECUTE_FDS; i++) /* out of the way of the others */
        if ((moved[i] = fcntl(fds[i], F_DUPFD, FIRST_FREE_FD)) < 0)
            return false;
    if (dup2(moved[EXECUTE_IN], STDIN_FILENO) < 0 || dup2(moved[EXECUTE_OUT], STDOUT_FILENO) < 0 ||
        dup2(moved[EXECUTE_ERR], STDERR_FILENO) < 0 ||
        dup2(moved[EXECUTE_CAPTURE], CHILD_CAPTURE_FD) < 0)
        return false;
    process_close_from(FIRST_FREE_FD);
    return true;
}

/* Ignored and blocked signals would be inherited. */
static void execute_reset_signals(void)
{
    const struct sigaction usual = {.sa_handler = SIG_DFL};
    sigset_t none;

    for (int number = 1; number < NSIG; number++)
        sigaction(number, &usual, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* If the parent has ended meanwhile, it would not be noticed any more. */
static bool execute_end_with_parent(pid_t parent)
{
    return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent;
}

static _Noreturn void execute_become(const struct child_program *program, pid_t parent)
{
    union {
        const char *given;
        char *argument;
    } name = {.given = program->name};
    char dash[] = "-", home[] = "HOME=/nonexistent", locale[] = "LC_ALL=C.UTF-8";
    char *const arguments[] = {name.argument, dash, NULL};
    char *const environment[] = {home, locale, NULL};

    setpriority(PRIO_PROCESS, 0, PRIORITY); /* the engines come first */
    execute_write_report('C', confine_self(&program->rules));
    if (execute_end_with_parent(parent)) /* a change of user cancels it */
        execve(program->path, arguments, environment);
    execute_write_report('E', (uint32_t)errno);
    _exit(EXEC_FAILED);
}

void execute_program(const struct child_program *program, const int fds[EXECUTE_FDS], pid_t parent)
{
    setpgid(0, 0);
    execute_reset_signals();
    if (execute_set_descriptors(fds))
        execute_become(program, parent);
    _exit(EXEC_FAILED);
}
