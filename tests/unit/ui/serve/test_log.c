/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log: which messages count as missing in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <unistd.h>

#include "../../suite.h"

#include "udptui/output/logfile.h"
#include "udptui/ui/serve/log.h"

static bool write_not_logged(const struct serve_output *output, const struct event_totals *totals)
{
    return fprintf(output->file, "%d\n", (int)totals->not_logged) > 0;
}

static void what_never_reached_the_log_is_missing_in_it(void **state)
{
    static const struct serve_writer writer = {.summary = write_not_logged};
    struct event_totals totals = {.messages_skipped = 7};
    char path[] = "/tmp/udptui-log-XXXXXX", text[8] = "";
    struct serve_log log = {.writer = &writer};
    struct signals signals;
    int status = 0, fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    assert_true(signals_open(&signals));
    assert_true(logfile_begin(&log.file, path, &signals, &status));
    log.output.file = logfile_stream(log.file);
    assert_int_equal(serve_log_lost(&log, 0), 0);
    serve_log_summary(&log, &totals, 5);
    assert_int_equal(totals.not_logged, 12);
    assert_int_equal(serve_log_close(&log, 0), 0);
    signals_close(&signals);
    assert_int_equal(read(fd, text, sizeof text - 1), 3);
    assert_string_equal(text, "12\n");
    close(fd);
    unlink(path);
}

static void without_a_log_nothing_is_missing_in_it(void **state)
{
    struct event_totals totals = {.messages_skipped = 7, .not_logged = 7};
    struct serve_log log = {.file = NULL};

    (void)state;
    serve_log_summary(&log, &totals, 5);
    assert_int_equal(totals.not_logged, 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_never_reached_the_log_is_missing_in_it),
    cmocka_unit_test(without_a_log_nothing_is_missing_in_it),
};

const struct suite suite_serve_log = {
    .name = "serve_log", .tests = tests, .count = sizeof tests / sizeof *tests};
