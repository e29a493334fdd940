/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture_none: without libpcap each way in says so, and nothing is made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "udptui/output/capture.h"

static const char path[] = "/tmp/udptui-never-made.pcap";

static void it_says_so(void **state)
{
    static const char words[] = "/tmp/udptui-never-made.pcap: this udptui was built without libpcap";
    char error[CAPTURE_ERROR_SIZE] = "";

    (void)state;
    assert_null(capture_create(path, error));
    assert_string_equal(error, words);
    assert_int_not_equal(access(path, F_OK), 0);
    memset(error, 0, sizeof error);
    assert_null(capture_open(path, error));
    assert_string_equal(error, words);
}

static void nothing_to_close(void **state)
{
    (void)state;
    assert_true(capture_writer_close(NULL));
    capture_reader_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_says_so),
        cmocka_unit_test(nothing_to_close),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
