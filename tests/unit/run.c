/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * run: the unit tests of one folder, each case named "module: case". Arguments are modules: only
 * those are run then. One group for all, so that a TAP reader finds one plan.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "suite.h"

struct run {
    struct CMUnitTest *tests;
    size_t count;
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

static void run_add(struct run *run, const struct suite *suite)
{
    run->tests = realloc(run->tests, (run->count + suite->count) * sizeof *run->tests);
    if (run->tests == NULL)
        abort();
    for (size_t i = 0; i < suite->count; i++) {
        size_t size = strlen(suite->name) + strlen(suite->tests[i].name) + 3;
        char *name = malloc(size);
        if (name == NULL)
            abort();
        snprintf(name, size, "%s: %s", suite->name, suite->tests[i].name);
        run->tests[run->count] = suite->tests[i];
        run->tests[run->count++].name = name;
    }
}

static void run_free(struct run *run)
{
    for (size_t i = 0; i < run->count; i++)
        free((void *)(uintptr_t)run->tests[i].name);
    free(run->tests);
}

/* cmocka's group fixtures have no context. */
static struct run all;

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

int main(int argument_count, char *arguments[])
{
    int failed;

    all = (struct run){.word_count = argument_count - 1, .words = arguments + 1};
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
