/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>
#include <unistd.h>

#include <cmocka.h>

#include "../suite.h"
#include "child.h"
#include "udptui/sys/activation.h"

/* The variables of one case, and what activation_take makes of them; run in a process of its
 * own. */
struct activation_case {
    const char *pid, *fds, *names; /* NULL: not set; pid "own": the process's */
    int open;                      /* descriptors from 3 on that are open */
};

static void activation_set(const char *name, const char *value)
{
    if (value != NULL)
        setenv(name, value, 1);
    else
        unsetenv(name);
}

static void activation_print(const struct activation *taken)
{
    printf("%zu%s", taken->count, taken->foreign ? " foreign" : "");
    for (size_t i = 0; i < taken->count; i++)
        printf(" %s/%d", taken->names[i],
               fcntl(ACTIVATION_FIRST_FD + (int)i, F_GETFD) & FD_CLOEXEC);
    if (getenv("LISTEN_PID") != NULL || getenv("LISTEN_FDS") != NULL ||
        getenv("LISTEN_FDNAMES") != NULL)
        printf(" left over");
}

static int activation_run(void *context)
{
    const struct activation_case *one = context;
    struct activation taken;
    struct problem problem;
    char own[16];

    snprintf(own, sizeof own, "%d", (int)getpid());
    activation_set("LISTEN_PID", one->pid != NULL && strcmp(one->pid, "own") == 0 ? own : one->pid);
    activation_set("LISTEN_FDS", one->fds);
    activation_set("LISTEN_FDNAMES", one->names);
    for (int i = 0; i < 80; i++)
        close(ACTIVATION_FIRST_FD + i);
    for (int i = 0; i < one->open; i++)
        dup2(STDOUT_FILENO, ACTIVATION_FIRST_FD + i);
    if (activation_take(&taken, &problem))
        activation_print(&taken);
    else
        printf("%s", problem.text);
    fflush(stdout);
    return 0;
}

static void activation_expect(struct activation_case one, const char *expected)
{
    struct child child = child_run(activation_run, &one);

    assert_int_equal(child.status, 0);
    assert_string_equal(child.output, expected);
}

static void test_takes_what_is_its_own(void **state)
{
    (void)state;
    activation_expect((struct activation_case){.open = 1}, "0");
    activation_expect((struct activation_case){.pid = "own", .open = 1}, "0");
    activation_expect((struct activation_case){.fds = "1", .open = 1}, "0");
    activation_expect((struct activation_case){.pid = "own", .fds = "1", .open = 1}, "1 /1");
    activation_expect(
        (struct activation_case){.pid = "own", .fds = "2", .names = "dns:tftp", .open = 2},
        "2 dns/1 tftp/1");
    activation_expect((struct activation_case){.pid = "own", .fds = "2", .names = ":", .open = 2},
                      "2 /1 /1");
}

static void test_leaves_what_is_another_process_s(void **state)
{
    (void)state;
    activation_expect((struct activation_case){.pid = "1", .fds = "2", .names = "a:b", .open = 2},
                      "0 foreign");
    activation_expect((struct activation_case){.pid = "1", .fds = "nonsense"}, "0 foreign");
}

static void test_cuts_long_names(void **state)
{
    char name[300], expected[100];

    (void)state;
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    snprintf(expected, sizeof expected, "1 %.*s/1", ACTIVATION_NAME_SIZE - 1, name);
    activation_expect((struct activation_case){.pid = "own", .fds = "1", .names = name, .open = 1},
                      expected);
}

#define SENDER ": a service manager sets it, see sd_listen_fds(3)"

static void test_refuses_nonsense(void **state)
{
    (void)state;
    activation_expect((struct activation_case){.pid = "me", .fds = "1", .open = 1},
                      "LISTEN_PID is 'me', which is not a process ID" SENDER);
    activation_expect((struct activation_case){.pid = "0", .fds = "1", .open = 1},
                      "LISTEN_PID is '0', which is not a process ID" SENDER);
    activation_expect((struct activation_case){.pid = "own", .fds = "0", .open = 1},
                      "LISTEN_FDS is '0', which is not a number of sockets" SENDER);
    activation_expect((struct activation_case){.pid = "own", .fds = "2147483647", .open = 1},
                      "LISTEN_FDS is '2147483647', which is not a number of sockets" SENDER);
    activation_expect((struct activation_case){.pid = "own", .fds = "65", .open = 65},
                      "the service manager passes 65 sockets: a server listens on at most 64");
    activation_expect((struct activation_case){.pid = "own", .fds = "2", .open = 1},
                      "LISTEN_FDS is 2, but descriptor 4 is not open" SENDER);
    activation_expect((struct activation_case){.pid = "own", .fds = "2", .names = "one", .open = 2},
                      "LISTEN_FDNAMES has 1 name for 2 descriptors" SENDER);
    activation_expect(
        (struct activation_case){.pid = "own", .fds = "1", .names = "one:two:three", .open = 1},
        "LISTEN_FDNAMES has 3 names for 1 descriptor" SENDER);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(test_takes_what_is_its_own),
    cmocka_unit_test(test_leaves_what_is_another_process_s),
    cmocka_unit_test(test_cuts_long_names),
    cmocka_unit_test(test_refuses_nonsense),
};

const struct suite suite_activation = {
    .name = "activation", .tests = tests, .count = sizeof tests / sizeof *tests};
