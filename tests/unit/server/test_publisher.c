/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A record without room is put again later, unless the ring would never have room for it. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../suite.h"
#include "udptui/server/publisher.h"

enum { SMALL = 256, MOST = SMALL / 2 - 8 };

static void full_is_said(void **state)
{
    struct publisher publisher = {0};
    uint8_t record[MOST] = {0};
    size_t size_bytes;

    (void)state;
    assert_true(publisher_open(&publisher, SMALL, 0));
    assert_true(publisher_put(&publisher, record, sizeof record));
    assert_true(publisher_put(&publisher, record, sizeof record));
    assert_false(publisher_put(&publisher, record, sizeof record));
    assert_non_null(ring_peek(publisher.ring, &size_bytes));
    ring_release(publisher.ring);
    assert_true(publisher_put(&publisher, record, sizeof record));
    publisher_close(&publisher);
}

/* In a child: how it ends. */
static int status_of_put(size_t record_bytes)
{
    static const uint8_t record[SMALL];
    struct publisher publisher = {0};
    int status = -1;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0});
        if (freopen("/dev/null", "w", stderr) == NULL || !publisher_open(&publisher, SMALL, 0))
            _exit(2);
        _exit(publisher_put(&publisher, record, record_bytes) ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void too_large_ends_the_program(void **state)
{
    int status = status_of_put(MOST + 1);

    (void)state;
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_int_equal(status_of_put(MOST), 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(full_is_said),
    cmocka_unit_test(too_large_ends_the_program),
};

const struct suite suite_publisher = {
    .name = "publisher", .tests = tests, .count = sizeof tests / sizeof *tests};
