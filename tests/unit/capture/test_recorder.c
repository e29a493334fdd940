/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recorder: the order of times, rings that are full, a disk that is full, and what closing still
 * writes. Records that are put into a ring without a word to the eventfd are not seen by the thread
 * before the end, whatever the machine's load: so the order in which it finds them is certain.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "udptui/base/units.h"
#include "udptui/capture/reader.h"
#include "udptui/capture/recorder.h"
#include "udptui/capture/writer.h"
#include "udptui/proto/event.h"

enum { PAYLOAD_MAX = 60000, WAIT_ROUNDS = 10000 };

static const int64_t noon_ns = INT64_C(1700000000000000000);

static char directory[] = "/tmp/udptui-recorder-XXXXXX";
static char path[64];

static int make_directory(void **state)
{
    (void)state;
    if (mkdtemp(directory) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/capture", directory);
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

static struct recorder *open_recorder(size_t producers)
{
    char error[RECORDER_ERROR_SIZE];
    struct recorder *recorder = recorder_open(path, false, producers, NULL, error);

    assert_non_null(recorder);
    return recorder;
}

static struct record record_of(int64_t wall_ns, uint32_t size_bytes)
{
    return (struct record){.wall_ns = wall_ns,
                           .from = {.family = ENDPOINT_IPV4, .address = {192, 0, 2, 1}, .port = 5},
                           .to = {.family = ENDPOINT_IPV4, .address = {192, 0, 2, 2}, .port = 6},
                           .checksum_status = CHECKSUM_GOOD,
                           .hop_limit = EVENT_UNKNOWN,
                           .traffic_class = EVENT_UNKNOWN,
                           .size_bytes = size_bytes};
}

/* Into the ring alone. False: no room. */
static bool put_silently(struct recorder *recorder, size_t producer, int64_t wall_ns,
                         uint32_t size_bytes)
{
    struct ring *ring = recorder_ring(recorder, producer);
    struct record *room = ring_reserve(ring, sizeof *room + size_bytes);

    if (room == NULL)
        return false;
    *room = record_of(wall_ns, size_bytes);
    memset(room + 1, 'x', size_bytes);
    ring_commit(ring, sizeof *room + size_bytes);
    return true;
}

static void close_recorder(struct recorder *recorder)
{
    char error[RECORDER_ERROR_SIZE];

    assert_false(recorder_failed(recorder, error));
    assert_true(recorder_close(recorder, error));
}

/* The frames of the file, whose times must not go back. */
static size_t count_frames(void)
{
    char error[CAPTURE_ERROR_SIZE];
    struct capture_reader *reader = capture_reader_open(path, error);
    struct blocks_frame frame;
    enum capture_status status;
    int64_t latest_ns = 0;
    size_t count = 0;

    assert_non_null(reader);
    while ((status = capture_reader_next(reader, &frame, error)) == CAPTURE_FRAME) {
        assert_true(frame.wall_ns >= latest_ns);
        latest_ns = frame.wall_ns;
        count++;
    }
    assert_int_equal(status, CAPTURE_END);
    capture_reader_close(reader);
    return count;
}

/* ---- order */

static void records_of_all_producers_are_in_order_of_time(void **state)
{
    static const int64_t times[2][4] = {{5, 1, 9, 3}, {2, 8, 4, 4}};
    struct recorder *recorder = open_recorder(2);

    (void)state;
    for (size_t i = 0; i < 4; i++)
        for (size_t producer = 0; producer < 2; producer++)
            assert_true(put_silently(recorder, producer, noon_ns + times[producer][i], 10));
    close_recorder(recorder);
    assert_int_equal(count_frames(), 8);
}

static void what_it_cannot_hold_is_still_written(void **state)
{
    struct recorder *recorder = open_recorder(1);
    size_t records = 0;

    (void)state; /* a ring of records is more than is held for the order; they come in order */
    while (put_silently(recorder, 0, noon_ns + (int64_t)records, PAYLOAD_MAX))
        records++;
    close_recorder(recorder);
    assert_int_equal(count_frames(), records);
}

/* ---- a full ring */

static void a_full_ring_refuses_and_loses_nothing_that_it_took(void **state)
{
    static const uint8_t payload[PAYLOAD_MAX];
    struct recorder *recorder = open_recorder(2);
    const struct record record = record_of(noon_ns, sizeof payload);
    size_t records = 0, small = 0;

    (void)state;
    while (put_silently(recorder, 0, noon_ns, PAYLOAD_MAX))
        records++;
    while (put_silently(recorder, 0, noon_ns, 0))
        small++;
    assert_true(records > 0);
    assert_false(recorder_put(recorder, 0, &record, payload));
    assert_true(recorder_put(recorder, 1, &record, payload)); /* another producer's has room */
    recorder_finish(recorder);
    assert_int_equal(recorder_lost(recorder), 0); /* its producer counts what found no room */
    close_recorder(recorder);
    assert_int_equal(count_frames(), records + small + 1);
}

/* ---- while it is open */

static void nap(void)
{
    nanosleep(&(struct timespec){.tv_nsec = UNITS_NS_PER_MS}, NULL);
}

static off_t file_bytes(void)
{
    struct stat status;

    return stat(path, &status) == 0 ? status.st_size : 0;
}

static void an_idle_recorder_has_all_in_the_file(void **state)
{
    struct recorder *recorder = open_recorder(1);
    const struct record record =
        record_of(4000000000 * UNITS_NS_PER_S, 5); /* never due by its time */
    off_t header_bytes = file_bytes();

    (void)state;
    assert_true(recorder_put(recorder, 0, &record, "hello"));
    for (int i = 0; i < WAIT_ROUNDS && file_bytes() == header_bytes; i++)
        nap();
    assert_int_equal(count_frames(), 1);
    close_recorder(recorder);
    assert_int_equal(count_frames(), 1);
}

/* ---- a full disk */

static struct rlimit unlimited;

static int limit_files(void **state)
{
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    return getrlimit(RLIMIT_FSIZE, &unlimited);
}

static int unlimit_files(void **state)
{
    int result = setrlimit(RLIMIT_FSIZE, &unlimited);

    signal(SIGXFSZ, SIG_DFL);
    remove_file(state);
    return result;
}

static void a_full_disk_is_told_and_each_lost_record_counted(void **state)
{
    const struct rlimit small = {.rlim_cur = 1 << 16, .rlim_max = unlimited.rlim_max};
    struct recorder *recorder = open_recorder(1);
    char error[RECORDER_ERROR_SIZE];
    enum { RECORDS = 1000, SIZE = 500 };

    (void)state;
    for (int i = 0; i < RECORDS; i++)
        assert_true(put_silently(recorder, 0, noon_ns + i, SIZE));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    recorder_finish(recorder);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &unlimited), 0);
    uint64_t lost = recorder_lost(recorder);
    assert_in_range(lost, 1, RECORDS - 1);
    assert_true(recorder_failed(recorder, error));
    assert_non_null(strstr(error, path));
    assert_false(recorder_close(recorder, error));
    assert_non_null(strstr(error, "the capture is not complete"));
    assert_int_equal(count_frames(), RECORDS - lost); /* whole ones, to the end */
}

/* ---- beginning and end */

static void what_cannot_be_made(void **state)
{
    char error[RECORDER_ERROR_SIZE];
    FILE *file;

    (void)state;
    assert_null(recorder_open("/tmp/udptui-no-such-directory/capture", false, 1, NULL, error));
    assert_memory_equal(error, "/tmp/udptui-no-such-directory/capture: ", 39);

    file = fopen(path, "w");
    assert_non_null(file);
    fputs("this is a letter, and no capture at all", file);
    fclose(file);
    assert_null(recorder_open(path, false, 1, NULL, error));
    assert_non_null(strstr(error, "--force"));
    struct recorder *recorder = recorder_open(path, true, 1, NULL, error);
    assert_non_null(recorder);
    close_recorder(recorder);
    assert_int_equal(count_frames(), 0);
}

static void the_largest_number_of_producers(void **state)
{
    struct recorder *recorder = open_recorder(RECORDER_PRODUCERS_MAX);

    (void)state;
    for (size_t i = 0; i < RECORDER_PRODUCERS_MAX; i++)
        assert_true(put_silently(recorder, i, noon_ns - (int64_t)i, 1));
    recorder_finish(recorder);
    recorder_finish(recorder); /* once more does nothing */
    close_recorder(recorder);
    assert_int_equal(count_frames(), RECORDER_PRODUCERS_MAX);
}

static void no_recorder(void **state)
{
    char error[RECORDER_ERROR_SIZE];

    (void)state;
    recorder_finish(NULL);
    assert_int_equal(recorder_lost(NULL), 0);
    assert_true(recorder_close(NULL, error));
}

#define WITH_FILE(test) cmocka_unit_test_setup_teardown(test, NULL, remove_file)

static const struct CMUnitTest tests[] = {
    WITH_FILE(records_of_all_producers_are_in_order_of_time),
    WITH_FILE(what_it_cannot_hold_is_still_written),
    WITH_FILE(a_full_ring_refuses_and_loses_nothing_that_it_took),
    WITH_FILE(an_idle_recorder_has_all_in_the_file),
    cmocka_unit_test_setup_teardown(a_full_disk_is_told_and_each_lost_record_counted, limit_files,
                                    unlimit_files),
    WITH_FILE(what_cannot_be_made),
    WITH_FILE(the_largest_number_of_producers),
    cmocka_unit_test(no_recorder),
};

const struct suite suite_recorder = {.name = "recorder",
                                     .tests = tests,
                                     .count = sizeof tests / sizeof *tests,
                                     .setup = make_directory,
                                     .teardown = remove_directory};
