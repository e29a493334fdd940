/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../suite.h"
#include "child.h"
#include "udptui/sys/process.h"

enum { HIGHEST = 63 };

struct process_case {
    int fd; /* that it gets, as number `at` */
    int at;
    rlim_t fds_max; /* RLIMIT_NOFILE */
    pid_t owner;
};

static bool process_is_null(int fd)
{
    struct stat null, status;

    return stat("/dev/null", &null) == 0 && fstat(fd, &status) == 0 &&
           status.st_rdev == null.st_rdev;
}

/* Exit status: 0 if it has PROCESS_FD, which can be read, and no other descriptor; 1: it was told to
 * end. */
static int process_leave(void *context)
{
    const struct process_case *wanted = context;
    const struct rlimit limit = {.rlim_cur = wanted->fds_max, .rlim_max = wanted->fds_max};
    char byte = 0;

    if (dup2(wanted->fd, wanted->at) != wanted->at || setrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 2;
    if (!process_leave_owner("child", wanted->at, wanted->owner))
        return 1;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (!process_is_null(fd))
            return 3;
    if (read(PROCESS_FD, &byte, 1) != 1 || byte != 'x' || fcntl(PROCESS_FD, F_GETFD) != FD_CLOEXEC)
        return 4;
    for (int fd = PROCESS_FD + 1; fd <= HIGHEST; fd++)
        if (fcntl(fd, F_GETFD) != -1)
            return 5;
    return getpgrp() == getpid() ? 0 : 6;
}

/* at: the number of the descriptor that the child gets. */
static int process_run_with(int at, rlim_t fds_max, pid_t owner)
{
    struct process_case wanted = {.at = at, .fds_max = fds_max, .owner = owner};
    int fds[2], status;

    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    assert_int_equal(write(fds[1], "x", 1), 1);
    wanted.fd = fds[0];
    status = child_run(process_leave, &wanted).status;
    close(fds[0]);
    close(fds[1]);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_keeps_one_descriptor(void **state)
{
    (void)state;
    assert_int_equal(process_run_with(HIGHEST, HIGHEST + 1, getpid()), 0);
    assert_int_equal(process_run_with(STDIN_FILENO, HIGHEST + 1, getpid()), 0);
}

static void test_ends_without_a_descriptor(void **state)
{
    (void)state;
    assert_int_equal(process_run_with(HIGHEST, PROCESS_FD, getpid()), 1);
}

static void test_ends_if_its_owner_has(void **state)
{
    (void)state;
    assert_int_equal(process_run_with(HIGHEST, HIGHEST + 1, getppid()), 1);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_keeps_one_descriptor),
    cmocka_unit_test(test_ends_without_a_descriptor),
    cmocka_unit_test(test_ends_if_its_owner_has),
};

const struct suite suite_process = {
    .name = "process", .tests = tests, .count = sizeof tests / sizeof *tests};
