/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recording: which exit status a capture file that cannot be has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/output/recording.h"

static void a_file_that_cannot_be_made(void **state)
{
    int status = EXIT_DONE;

    (void)state;
    assert_null(recording_begin("/dev/null/capture", false, 1, NULL, &status));
    assert_int_equal(status, EXIT_SETUP);
}

static void a_complete_capture_keeps_the_status(void **state)
{
    int status = EXIT_DONE;
    struct recorder *recorder = recording_begin("/dev/null", true, 1, NULL, &status);

    (void)state;
    assert_non_null(recorder);
    assert_int_equal(recording_end(recorder, EXIT_UNANSWERED), EXIT_UNANSWERED);
    assert_int_equal(recording_end(NULL, EXIT_UNANSWERED), EXIT_UNANSWERED);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_file_that_cannot_be_made),
    cmocka_unit_test(a_complete_capture_keeps_the_status),
};

const struct suite suite_recording = {
    .name = "recording", .tests = tests, .count = sizeof tests / sizeof *tests};
