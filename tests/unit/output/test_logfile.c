/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * logfile: what is in the file, and what is counted as lost, together are all lines; a line that was
 * cut by a full disk does not spoil the next one. Each case in a child: it has signals, limits and
 * messages of its own.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../suite.h"
#include "../sys/child.h"

#include "udptui/output/logfile.h"
#include "udptui/sys/report.h"

static char directory[] = "/tmp/udptui-logfile-XXXXXX";
static char path[64];

static int make_directory(void **state)
{
    (void)state;
    if (mkdtemp(directory) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/log", directory);
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    return rmdir(directory);
}

static int remove_file(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

static void run(int (*body)(void *context), struct child *child, int status)
{
    *child = child_run(body, NULL);
    if (!WIFEXITED(child->status) || WEXITSTATUS(child->status) != status)
        fail_msg("status %x: %s", child->status, child->output);
}

/* The file's text, terminated. */
static const char *content(void)
{
    static char text[8192];
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static void put(struct logfile *log, const char *text)
{
    fputs(text, logfile_stream(log));
    logfile_commit(log, true);
}

/* ---- lines */

static int append_lines(void *context)
{
    struct signals signals;
    struct logfile *log;
    int status = EXIT_DONE;
    char error[LOGFILE_ERROR_SIZE];

    (void)context;
    if (!signals_open(&signals) || !logfile_begin(&log, path, &signals, &status))
        return 100;
    put(log, "two\n");
    put(log, "");
    put(log, "three\nfour\n"); /* a record of two lines */
    if (logfile_lost(log) != 0 || logfile_failed(log, error))
        return 101;
    return logfile_end(log, EXIT_UNANSWERED);
}

static void lines_are_appended(void **state)
{
    FILE *file = fopen(path, "w");
    struct child child;

    (void)state;
    assert_non_null(file);
    fputs("one\n", file);
    fclose(file);
    run(append_lines, &child, EXIT_UNANSWERED);
    assert_string_equal(content(), "one\ntwo\nthree\nfour\n");
    assert_string_equal(child.output, "");
}

/* One that is larger than the thread's buffer; its neighbours are written. */
static int log_a_huge_record(void *context)
{
    struct signals signals;
    struct logfile *log;
    int status;

    (void)context;
    if (!signals_open(&signals) || !logfile_begin(&log, path, &signals, &status))
        return 100;
    put(log, "before\n");
    for (int i = 0; i < 1 << 20; i++)
        fputc('x', logfile_stream(log));
    fputs("\nand a second line\n", logfile_stream(log));
    logfile_commit(log, true);
    put(log, "after\n");
    if (logfile_lost(log) != 2)
        return 101;
    return logfile_end(log, EXIT_DONE);
}

static void a_record_that_is_too_large_is_lost_and_counted(void **state)
{
    struct child child;

    (void)state;
    run(log_a_huge_record, &child, EXIT_SETUP);
    assert_string_equal(content(), "before\nafter\n");
    assert_non_null(strstr(child.output, "the file was too slow: missing lines: 2\n"));
}

/* Two whose lines could not be made, for want of memory: one ends within its line, one is empty. */
static int log_what_was_not_made(void *context)
{
    struct signals signals;
    struct logfile *log;
    char error[LOGFILE_ERROR_SIZE];
    int status;

    (void)context;
    if (!signals_open(&signals) || !logfile_begin(&log, path, &signals, &status))
        return 100;
    put(log, "before\n");
    fputs("{\"v\":1,", logfile_stream(log));
    logfile_commit(log, false);
    logfile_commit(log, false);
    put(log, "after\n");
    if (logfile_lost(log) != 2 || !logfile_failed(log, error))
        return 101;
    return logfile_end(log, EXIT_DONE);
}

static void a_record_that_was_not_made_is_lost_and_counted(void **state)
{
    struct child child;

    (void)state;
    run(log_what_was_not_made, &child, EXIT_SETUP);
    assert_string_equal(content(), "before\nafter\n");
    assert_non_null(strstr(child.output, "not enough memory: missing lines: 2\n"));
}

/* The file is moved away; lines go there until SIGHUP, then to a new one. */
static int log_beside_a_rotation(void *context)
{
    const char *moved = context;
    struct signals signals;
    struct logfile *log;
    int status;

    if (!signals_open(&signals) || !logfile_begin(&log, path, &signals, &status) ||
        rename(path, moved) != 0)
        return 100;
    put(log, "old\n");
    for (size_t size = 0; size == 0; poll(NULL, 0, 1)) { /* until it is written */
        struct stat found;
        size = stat(moved, &found) == 0 ? (size_t)found.st_size : 0;
    }
    if (access(path, F_OK) == 0)
        return 101;
    kill(getpid(), SIGHUP);
    while (access(path, F_OK) != 0)
        poll(NULL, 0, 1);
    put(log, "new\n");
    return logfile_end(log, EXIT_DONE);
}

static void a_hangup_opens_it_again(void **state)
{
    char moved[72];
    struct child child;

    (void)state;
    snprintf(moved, sizeof moved, "%s.1", path);
    child = child_run(log_beside_a_rotation, moved);
    unlink(moved);
    assert_true(WIFEXITED(child.status));
    assert_int_equal(WEXITSTATUS(child.status), EXIT_DONE);
    assert_string_equal(content(), "new\n");
}

/* ---- what cannot be written */

/* Records that fill what the limit leaves, within a line; then there is room again. */
static int log_beyond_a_limit(void *context)
{
    struct rlimit unlimited, small;
    struct signals signals;
    struct logfile *log;
    int status;
    char error[LOGFILE_ERROR_SIZE];

    (void)context;
    if (getrlimit(RLIMIT_FSIZE, &unlimited) != 0 || !signals_open(&signals) ||
        !logfile_begin(&log, path, &signals, &status))
        return 100;
    small = (struct rlimit){.rlim_cur = 10, .rlim_max = unlimited.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
    put(log, "12345\n1234567\n9\n");
    while (!logfile_failed(log, error))
        poll(NULL, 0, 1);
    if (logfile_failed(log, error) || logfile_lost(log) != 2)
        return 101;
    setrlimit(RLIMIT_FSIZE, &unlimited);
    put(log, "next\n");
    return logfile_end(log, EXIT_DONE);
}

static void a_line_that_was_cut_is_ended(void **state)
{
    struct child child;
    char expected[160];

    (void)state;
    run(log_beyond_a_limit, &child, EXIT_SETUP);
    assert_string_equal(content(), "12345\n1234\nnext\n");
    snprintf(expected, sizeof expected, "udptui: --log %s: ", path);
    assert_int_equal(strncmp(child.output, expected, strlen(expected)), 0);
    assert_non_null(strstr(child.output, ": missing lines: 2\n"));
}

static int begin_only(void *context)
{
    const char *where = context;
    struct signals signals;
    struct logfile *log;
    int status = EXIT_DONE;

    if (!signals_open(&signals))
        return 100;
    if (!logfile_begin(&log, where, &signals, &status))
        return log == NULL ? status : 101;
    return logfile_end(log, log == NULL ? 50 : 51);
}

static void assert_begins(const char *where, int status, const char *words)
{
    struct child child = child_run(begin_only, (void *)(uintptr_t)where);

    assert_true(WIFEXITED(child.status));
    assert_int_equal(WEXITSTATUS(child.status), status);
    if (strstr(child.output, words) == NULL)
        fail_msg("%s", child.output);
}

static void what_cannot_be_opened_has_its_status(void **state)
{
    (void)state;
    assert_begins(NULL, 50, "");
    assert_begins(path, 51, "");
    assert_begins("/nonexistent/log", EXIT_SETUP, "--log /nonexistent/log: ");
    assert_begins(directory, EXIT_SETUP, "");
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_begins(path, EXIT_SETUP, path); /* nobody reads it: no wait for a reader */
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test_setup_teardown(lines_are_appended, NULL, remove_file),
    cmocka_unit_test_setup_teardown(a_record_that_is_too_large_is_lost_and_counted, NULL,
                                    remove_file),
    cmocka_unit_test_setup_teardown(a_record_that_was_not_made_is_lost_and_counted, NULL,
                                    remove_file),
    cmocka_unit_test_setup_teardown(a_hangup_opens_it_again, NULL, remove_file),
    cmocka_unit_test_setup_teardown(a_line_that_was_cut_is_ended, NULL, remove_file),
    cmocka_unit_test_setup_teardown(what_cannot_be_opened_has_its_status, NULL, remove_file),
};

const struct suite suite_logfile = {.name = "logfile",
                                    .tests = tests,
                                    .count = sizeof tests / sizeof *tests,
                                    .setup = make_directory,
                                    .teardown = remove_directory};
