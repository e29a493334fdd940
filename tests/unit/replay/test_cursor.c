/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cursor: from file and pipe, its times, its places, and files that end too early. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "captures.h"
#include "udptui/base/units.h"
#include "udptui/replay/cursor.h"

static enum cursor_state next(struct replay_cursor *cursor)
{
    enum cursor_state state;

    do
        state = replay_cursor_next_now(cursor);
    while (state == CURSOR_BUSY);
    return state;
}

static void expect_datagram(struct replay_cursor *cursor, const char *payload)
{
    assert_int_equal(next(cursor), CURSOR_DATAGRAM);
    assert_int_equal(cursor->packet.size_bytes, strlen(payload));
    assert_memory_equal(cursor->packet.payload, payload, strlen(payload));
}

static void open_cursor(struct replay_cursor *cursor)
{
    assert_true(replay_cursor_open(cursor, captures_path()));
    assert_int_equal(cursor->state, CURSOR_WAIT);
}

static const struct captures_datagram three[] = {
    {.at_ms = 0, .payload = "one", .client = 1},
    {.at_ms = 2000, .payload = "two", .client = 1},
    {.at_ms = 1000, .payload = "three", .client = 1},
};

static void time_never_goes_back_though_stamps_do(void **state)
{
    struct replay_cursor cursor;

    (void)state;
    captures_write(three, 3);
    open_cursor(&cursor);
    assert_int_equal(replay_cursor_fd(&cursor), -1); /* a file never has to be waited for */
    expect_datagram(&cursor, "one");
    assert_int_equal(cursor.wall_ns, captures_began_ns);
    expect_datagram(&cursor, "two");
    expect_datagram(&cursor, "three");
    assert_int_equal(cursor.stamp_ns, captures_began_ns + 1000 * UNITS_NS_PER_MS);
    assert_int_equal(cursor.wall_ns, captures_began_ns + 2000 * UNITS_NS_PER_MS);
    assert_int_equal(next(&cursor), CURSOR_END);
    assert_int_equal(next(&cursor), CURSOR_END);
    assert_string_equal(cursor.error, "");
    assert_int_equal(replay_cursor_counts(&cursor).packets.datagrams, 3);
    assert_int_equal(replay_cursor_percent(&cursor), 100);
    replay_cursor_close(&cursor);
}

static void it_begins_anew(void **state)
{
    struct replay_cursor cursor;

    (void)state;
    captures_write(three, 3);
    open_cursor(&cursor);
    expect_datagram(&cursor, "one");
    expect_datagram(&cursor, "two");
    cursor.filtered = 1;
    assert_true(replay_cursor_rewind(&cursor));
    assert_int_equal(cursor.filtered, 0);
    expect_datagram(&cursor, "one");
    assert_int_equal(replay_cursor_counts(&cursor).packets.datagrams, 1);
    unlink(captures_path());
    assert_false(replay_cursor_rewind(&cursor));
    assert_non_null(strstr(cursor.error, captures_path()));
    replay_cursor_close(&cursor);
}

static void a_place_is_found_again(void **state)
{
    struct replay_cursor cursor;
    struct cursor_place place;

    (void)state;
    captures_write(three, 3);
    open_cursor(&cursor);
    expect_datagram(&cursor, "one");
    expect_datagram(&cursor, "two");
    cursor.filtered = 1;
    assert_true(replay_cursor_tell(&cursor, &place));
    expect_datagram(&cursor, "three");
    cursor.filtered = 2;
    assert_int_equal(next(&cursor), CURSOR_END);
    assert_true(replay_cursor_seek(&cursor, &place));
    assert_int_equal(cursor.filtered, 1);
    assert_int_equal(cursor.wall_ns, captures_began_ns + 2000 * UNITS_NS_PER_MS);
    expect_datagram(&cursor, "three");
    assert_int_equal(next(&cursor), CURSOR_END);
    replay_cursor_close(&cursor);
}

static void a_file_that_was_cut_gives_what_it_has(void **state)
{
    struct replay_cursor cursor;
    struct stat status;

    (void)state;
    captures_write(three, 3);
    assert_int_equal(stat(captures_path(), &status), 0);
    assert_int_equal(truncate(captures_path(), status.st_size - 1), 0);
    open_cursor(&cursor);
    expect_datagram(&cursor, "one");
    expect_datagram(&cursor, "two");
    assert_int_equal(next(&cursor), CURSOR_END);
    assert_non_null(strstr(cursor.error, captures_path()));
    replay_cursor_close(&cursor);
}

static void what_is_no_capture_does_not_open(void **state)
{
    struct replay_cursor cursor;
    FILE *file = fopen(captures_path(), "w");

    (void)state;
    assert_non_null(file);
    fputs("this is a letter, and no capture at all", file);
    fclose(file);
    assert_false(replay_cursor_open(&cursor, captures_path()));
    assert_non_null(strstr(cursor.error, captures_path()));
    unlink(captures_path());
    assert_false(replay_cursor_open(&cursor, captures_path()));
}

/* ---- a pipe */

static size_t read_file(uint8_t *bytes, size_t room)
{
    FILE *file = fopen(captures_path(), "r");
    size_t size;

    assert_non_null(file);
    size = fread(bytes, 1, room, file);
    fclose(file);
    return size;
}

static void a_pipe_is_waited_for(void **state)
{
    struct replay_cursor cursor;
    struct cursor_place place;
    uint8_t bytes[4096];
    size_t size, half;

    (void)state;
    captures_write(three, 3);
    size = read_file(bytes, sizeof bytes);
    half = size - 10; /* within the third frame */
    unlink(captures_path());
    assert_int_equal(mkfifo(captures_path(), 0600), 0);
    int pipe = open(captures_path(), O_RDWR | O_CLOEXEC);
    assert_true(pipe >= 0);
    assert_int_equal(write(pipe, bytes, half), half);
    open_cursor(&cursor);
    assert_true(replay_cursor_fd(&cursor) >= 0);
    expect_datagram(&cursor, "one");
    expect_datagram(&cursor, "two");
    assert_false(replay_cursor_tell(&cursor, &place)); /* it can be read once */
    assert_int_equal(next(&cursor), CURSOR_WAIT);
    assert_int_equal(write(pipe, bytes + half, size - half), size - half);
    expect_datagram(&cursor, "three");
    assert_int_equal(next(&cursor), CURSOR_WAIT);
    close(pipe);
    assert_int_equal(next(&cursor), CURSOR_END);
    assert_string_equal(cursor.error, "");
    replay_cursor_close(&cursor);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(time_never_goes_back_though_stamps_do),
    cmocka_unit_test(it_begins_anew),
    cmocka_unit_test(a_place_is_found_again),
    cmocka_unit_test(a_file_that_was_cut_gives_what_it_has),
    cmocka_unit_test(what_is_no_capture_does_not_open),
    cmocka_unit_test(a_pipe_is_waited_for),
};

const struct suite suite_cursor = {.name = "cursor",
                                   .tests = tests,
                                   .count = sizeof tests / sizeof *tests,
                                   .setup = captures_open,
                                   .teardown = captures_close};
