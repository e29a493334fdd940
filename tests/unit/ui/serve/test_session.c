/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session: what files lack is counted since the start. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <unistd.h>

#include "../../suite.h"

#include "udptui/output/logfile.h"
#include "udptui/ui/serve/session.h"

static bool write_missing(const struct serve_output *output, const struct event_totals *totals)
{
    return fprintf(output->file, "%d %d\n", (int)totals->not_logged, (int)totals->records_skipped) >
           0;
}

/* A log that was opened at path, mkstemp's template; returns its descriptor. */
static int begin_log(struct serve_session *session, char *path)
{
    static const struct serve_writer writer = {.summary = write_missing};
    int status = 0, fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_true(signals_open(&session->signals));
    assert_true(logfile_begin(&session->log.file, path, &session->signals, &status));
    session->log.writer = &writer;
    session->log.output.file = logfile_stream(session->log.file);
    return fd;
}

/* The files go on: what they lack of before a reset is still missing at the end. */
static void a_reset_leaves_what_files_lack(void **state)
{
    const struct event_reset resets[] = {
        {.kind = EVENT_RESET, .before = {.messages_skipped = 100, .records_skipped = 20}},
        {.kind = EVENT_RESET, .engine = 1, .before = {.messages_skipped = 7}},
    };
    struct event_totals totals = {.messages_skipped = 3, .records_skipped = 4};
    struct serve_session *session = calloc(1, sizeof *session);
    char path[] = "/tmp/udptui-session-XXXXXX", text[16] = "";

    (void)state;
    assert_non_null(session);
    int fd = begin_log(session, path);
    for (size_t i = 0; i < sizeof resets / sizeof *resets; i++)
        serve_session_note_reset(session, &resets[i]);
    assert_int_equal(serve_session_not_logged(session), 107); /* with what the totals say: 110 */
    assert_int_equal(serve_session_not_recorded(session), 20);
    serve_session_complete_totals(session, &totals);
    assert_int_equal(totals.not_logged, 110);
    assert_int_equal(totals.records_skipped, 24);
    assert_int_equal(totals.messages_skipped, 3); /* not shown, since the reset */
    assert_int_equal(serve_log_close(&session->log, 0), 0);
    signals_close(&session->signals);
    assert_int_equal(read(fd, text, sizeof text - 1), 7);
    assert_string_equal(text, "110 24\n");
    close(fd);
    unlink(path);
    free(session);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_reset_leaves_what_files_lack),
};

const struct suite suite_serve_session = {
    .name = "serve_session", .tests = tests, .count = sizeof tests / sizeof *tests};
