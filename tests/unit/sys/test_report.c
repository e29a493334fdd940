/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report: one safe line on stderr, and what a full disk does to the exit status. */
#include <fcntl.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../suite.h"
#include "child.h"

#include "udptui/sys/report.h"

static int report_hostile(void *context)
{
    report_error("no file %s: %d", (const char *)context, 7);
    return 0;
}

static void an_error_is_one_safe_line(void **state)
{
    char text[] = "a\x1b[2Jb\nc";
    struct child child = child_run(report_hostile, text);

    (void)state;
    assert_string_equal(child.output, "udptui: no file a\\x1B[2Jb\\nc: 7\n");
}

static void a_long_error_is_cut(void **state)
{
    char text[8192];

    (void)state;
    memset(text, '\x01', sizeof text);
    text[sizeof text - 1] = '\0';
    struct child child = child_run(report_hostile, text);
    assert_int_equal(child.output[strlen(child.output) - 1], '\n');
    assert_ptr_equal(strchr(child.output, '\n'), child.output + strlen(child.output) - 1);
}

static int check_conflicts(void *context)
{
    const bool *given = context;
    const struct report_conflict rows[] = {{given[0], "--a and --b", "why"},
                                           {given[1], "--c and --d", "because"}};

    return report_check_conflicts(rows, 2);
}

static void the_first_conflict_is_reported(void **state)
{
    bool none[] = {false, false}, second[] = {false, true}, both[] = {true, true};
    struct child child = child_run(check_conflicts, none);

    (void)state;
    assert_string_equal(child.output, "");
    assert_int_equal(WEXITSTATUS(child.status), true);
    child = child_run(check_conflicts, second);
    assert_string_equal(child.output, "udptui: --c and --d cannot be combined: because\n");
    assert_int_equal(WEXITSTATUS(child.status), false);
    child = child_run(check_conflicts, both);
    assert_string_equal(child.output, "udptui: --a and --b cannot be combined: why\n");
}

static int finish_well(void *context)
{
    (void)context;
    printf("done\n");
    return report_finish_output();
}

static int finish_on_full_disk(void *context)
{
    int full = open("/dev/full", O_WRONLY);

    (void)context;
    dup2(full, STDOUT_FILENO);
    printf("done\n");
    return report_finish_output();
}

static void lost_output_is_a_failure(void **state)
{
    struct child child = child_run(finish_well, NULL);

    (void)state;
    assert_string_equal(child.output, "done\n");
    assert_int_equal(WEXITSTATUS(child.status), EXIT_DONE);
    child = child_run(finish_on_full_disk, NULL);
    assert_non_null(strstr(child.output, "udptui: cannot write to standard output: "));
    assert_int_equal(WEXITSTATUS(child.status), EXIT_SETUP);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(an_error_is_one_safe_line),
    cmocka_unit_test(a_long_error_is_cut),
    cmocka_unit_test(the_first_conflict_is_reported),
    cmocka_unit_test(lost_output_is_a_failure),
};

const struct suite suite_report = {
    .name = "report", .tests = tests, .count = sizeof tests / sizeof *tests};
