/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* publisher: a record without room is put again later, unless the ring would never have room for
 * it; and a reset comes before everything that is counted anew. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

/* ---- a reset */

enum { ROOM = 16384 };

static const struct event_message hello = {.kind = EVENT_MESSAGE};
static const struct event_totals before = {.kind = EVENT_TOTALS, .counts = {.received = 3}};

/* Takes the next record and returns its kind. */
static enum event_kind take_kind(struct publisher *publisher)
{
    size_t size_bytes;
    const void *record = ring_peek(publisher->ring, &size_bytes);

    assert_non_null(record);
    enum event_kind kind = event_kind_of(record);
    ring_release(publisher->ring);
    return kind;
}

static void a_reset_comes_before_what_is_counted_anew(void **state)
{
    struct publisher publisher = {0};
    size_t size_bytes;

    (void)state;
    assert_true(publisher_open(&publisher, ROOM, 1));
    publisher_message(&publisher, &hello, NULL, NULL);
    publisher_forget(&publisher, 1, &before);
    publisher_message(&publisher, &hello, NULL, NULL);
    assert_int_equal(take_kind(&publisher), EVENT_MESSAGE);
    assert_int_equal(take_kind(&publisher), EVENT_RESET);
    assert_int_equal(take_kind(&publisher), EVENT_MESSAGE);
    assert_null(ring_peek(publisher.ring, &size_bytes));
    publisher_close(&publisher);
}

/* Nothing of the new count goes before it, although smaller records would fit; messages count as
 * skipped, and fates are owed. */
static void a_reset_without_room_holds_everything_back(void **state)
{
    static const struct event_stopped small = {.kind = EVENT_STOPPED};
    struct publisher publisher = {.samples = 10, .samples_left = 10};
    size_t size_bytes;

    (void)state;
    assert_true(publisher_open(&publisher, ROOM, 1));
    while (publisher_put(&publisher, &small, sizeof small))
        ;
    for (size_t i = 0; i < sizeof before / (2 * sizeof small); i++)
        assert_int_equal(take_kind(&publisher), EVENT_STOPPED);
    assert_true(sizeof hello < sizeof before - sizeof small);
    publisher_forget(&publisher, 1, &before);
    assert_false(publisher_put(&publisher, &small, sizeof small));
    assert_false(publisher_early(&publisher, &hello, NULL, NULL));
    publisher_message(&publisher, &hello, NULL, NULL);
    publisher_settle(&publisher, &hello, NULL, NULL);
    assert_int_equal(publisher.skipped, 1);
    assert_int_equal(publisher.owed_count, 1);
    while (ring_peek(publisher.ring, &size_bytes) != NULL)
        assert_int_equal(take_kind(&publisher), EVENT_STOPPED);
    assert_true(publisher_put(&publisher, &small, sizeof small));
    assert_int_equal(take_kind(&publisher), EVENT_RESET);
    assert_int_equal(take_kind(&publisher), EVENT_STOPPED);
    assert_null(ring_peek(publisher.ring, &size_bytes));
    publisher_close(&publisher);
}

/* Two resets before there was room for the first: one record, with the sum. */
static void resets_without_room_are_merged(void **state)
{
    struct publisher publisher = {0};
    struct event_reset reset;
    size_t size_bytes;
    const void *record;

    (void)state;
    assert_true(publisher_open(&publisher, ROOM, 1));
    while (publisher_put(&publisher, &before, sizeof before))
        ;
    publisher_forget(&publisher, 1, &before);
    publisher_message(&publisher, &hello, NULL, NULL);
    publisher_forget(&publisher, 2, &before);
    while (ring_peek(publisher.ring, &size_bytes) != NULL)
        ring_release(publisher.ring);
    publisher_message(&publisher, &hello, NULL, NULL);
    record = ring_peek(publisher.ring, &size_bytes);
    assert_non_null(record);
    assert_int_equal(event_kind_of(record), EVENT_RESET);
    memcpy(&reset, record, sizeof reset);
    assert_int_equal(reset.resets, 2);
    assert_int_equal(reset.before.counts.received, 6);
    assert_int_equal(reset.before.messages_skipped, 1);
    ring_release(publisher.ring);
    assert_int_equal(take_kind(&publisher), EVENT_MESSAGE);
    publisher_close(&publisher);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(full_is_said),
    cmocka_unit_test(a_reset_comes_before_what_is_counted_anew),
    cmocka_unit_test(a_reset_without_room_holds_everything_back),
    cmocka_unit_test(resets_without_room_are_merged),
    cmocka_unit_test(too_large_ends_the_program),
};

const struct suite suite_publisher = {
    .name = "publisher", .tests = tests, .count = sizeof tests / sizeof *tests};
