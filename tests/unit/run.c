/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * run: the unit tests of one folder, each case named "module: case". Arguments are modules: only
 * those are run then. One group for all, so that a TAP reader finds one plan. A case that takes longer
 * than UDPTUI_CASE_LIMIT_S (unless set, 300; 0: no limit, for a debugger) is named and ends the run.
 */
#include <net/if.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "suite.h"

enum { CASE_LIMIT_S = 300 };

struct run {
    struct CMUnitTest *tests;
    CMFixtureFunction *setups; /* of the tests, whose own is run_begin */
    size_t count;
    size_t begun;
    unsigned limit_s;
    int word_count;
    char **words;
};

static bool run_wants(const struct run *run, const char *name)
{
    for (int i = 0; i < run->word_count; i++)
        if (strcmp(run->words[i], name) == 0)
            return true;
    return run->word_count == 0;
}

/* cmocka's fixtures and signal handlers have no context. */
static struct run all;

/* Calls nothing that is not safe in a signal handler. */
static void run_out_of_time(int number)
{
    const char *name = all.tests[all.begun - 1].name;
    const char *texts[] = {"\nBail out! out of time: ", name, "\n"};

    (void)number;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (write(STDOUT_FILENO, texts[i], strlen(texts[i])) < 0)
            break;
    _exit(1);
}

/* cmocka calls it before each case, in their order. */
static int run_begin(void **state)
{
    CMFixtureFunction setup = all.setups[all.begun++];

    alarm(all.limit_s);
    return setup != NULL ? setup(state) : 0;
}

static void run_add(struct run *run, const struct suite *suite)
{
    size_t count = run->count + suite->count;

    run->tests = realloc(run->tests, count * sizeof *run->tests);
    run->setups = realloc(run->setups, count * sizeof *run->setups);
    if (run->tests == NULL || run->setups == NULL)
        abort();
    for (size_t i = 0; i < suite->count; i++) {
        size_t size = strlen(suite->name) + strlen(suite->tests[i].name) + 3;
        char *name = malloc(size);
        if (name == NULL)
            abort();
        snprintf(name, size, "%s: %s", suite->name, suite->tests[i].name);
        run->tests[run->count] = suite->tests[i];
        run->tests[run->count].setup_func = run_begin;
        run->setups[run->count] = suite->tests[i].setup_func;
        run->tests[run->count++].name = name;
    }
}

static void run_free(struct run *run)
{
    for (size_t i = 0; i < run->count; i++)
        free((void *)(uintptr_t)run->tests[i].name);
    free(run->tests);
    free(run->setups);
}

static int set_up(void **state)
{
    for (size_t i = 0; suites[i] != NULL; i++)
        if (suites[i]->setup != NULL && run_wants(&all, suites[i]->name) &&
            suites[i]->setup(state) != 0)
            return -1;
    return 0;
}

static int tear_down(void **state)
{
    int result = 0;

    for (size_t i = 0; suites[i] != NULL; i++)
        if (suites[i]->teardown != NULL && run_wants(&all, suites[i]->name) &&
            suites[i]->teardown(state) != 0)
            result = -1;
    return result;
}

/* ---- the network */

/* If we may, the tests have a network of their own, with nothing but loopback: on the machine's, what
 * is on its way to a port that another program has closed reaches the next one that the kernel gives
 * the port to. */
static void run_leave_network(void)
{
    struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    int fd;

    if (geteuid() != 0 || unshare(CLONE_NEWNET) != 0)
        return;
    fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &loopback) != 0)
        abort();
    close(fd);
}

/* ---- output */

/* cmocka's TAP has "not ok" for a case that was skipped, which readers count as failed: a skipped one
 * is "ok". */
static void run_correct_output(int fd)
{
    FILE *output = fdopen(fd, "r");
    char *line = NULL;
    size_t room = 0;

    while (output != NULL && getline(&line, &room, output) > 0) {
        int skipped = 0;
        sscanf(line, "not ok %*u # SKIP%n", &skipped);
        fputs(skipped > 0 ? line + strlen("not ") : line, stdout);
        fflush(stdout);
    }
    free(line);
    if (output != NULL)
        fclose(output);
}

/* With TAP a child runs the tests, and this process corrects what it writes. Returns whether this is
 * it, at its end; *status: the child's. */
static bool run_in_child(int *status)
{
    const char *format = getenv("CMOCKA_MESSAGE_OUTPUT");
    int ends[2];
    pid_t pid;

    if (format == NULL || strcmp(format, "TAP") != 0)
        return false;
    if (pipe(ends) != 0 || (pid = fork()) < 0)
        abort();
    if (pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        return false;
    }
    close(ends[1]);
    run_correct_output(ends[0]);
    if (waitpid(pid, status, 0) != pid)
        abort();
    *status = WIFEXITED(*status) ? WEXITSTATUS(*status) : 128 + WTERMSIG(*status);
    return true;
}

int main(int argument_count, char *arguments[])
{
    const char *limit = getenv("UDPTUI_CASE_LIMIT_S");
    int failed, status;

    if (run_in_child(&status))
        return status;
    all = (struct run){.limit_s = limit != NULL ? (unsigned)strtoul(limit, NULL, 10) : CASE_LIMIT_S,
                       .word_count = argument_count - 1,
                       .words = arguments + 1};
    run_leave_network();
    signal(SIGALRM, run_out_of_time);
    for (size_t i = 0; suites[i] != NULL; i++)
        if (run_wants(&all, suites[i]->name))
            run_add(&all, suites[i]);
    if (all.count == 0) {
        fprintf(stderr, "%s: no such module; the folder has:", arguments[0]);
        for (size_t i = 0; suites[i] != NULL; i++)
            fprintf(stderr, " %s", suites[i]->name);
        fprintf(stderr, "\n");
        return 2;
    }
    failed = _cmocka_run_group_tests("unit tests", all.tests, all.count, set_up, tear_down);
    run_free(&all);
    return failed == 0 ? 0 : 1;
}
