/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture: what is written is read again, to the nanosecond; files of other times and formats; and
 * files that cannot be made or read.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/capture/copy.h"
#include "udptui/capture/reader.h"
#include "udptui/capture/writer.h"
#include "udptui/proto/event.h"

static const int64_t noon_ns = INT64_C(1700000000123456789);

static char directory[] = "/tmp/udptui-capture-XXXXXX";

static int make_directory(void **state)
{
    (void)state;
    return mkdtemp(directory) == NULL;
}

static int remove_directory(void **state)
{
    (void)state;
    return rmdir(directory);
}

static const char *path_of(const char *name)
{
    static char path[64];

    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static struct packet packet_of(const char *payload)
{
    return (struct packet){
        .source = {.family = ENDPOINT_IPV4, .address = {192, 0, 2, 1}, .port = 53211},
        .destination = {.family = ENDPOINT_IPV4, .address = {192, 0, 2, 2}, .port = 4010},
        .payload = (const uint8_t *)payload,
        .size_bytes = strlen(payload),
        .original_bytes = strlen(payload),
        .checksum_status = CHECKSUM_GOOD,
        .hop_limit = EVENT_UNKNOWN,
        .traffic_class = EVENT_UNKNOWN};
}

static void write_bytes(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void expect_end(struct capture_reader *reader)
{
    char error[CAPTURE_ERROR_SIZE];
    struct blocks_frame frame;

    assert_int_equal(capture_reader_next(reader, &frame, error), CAPTURE_END);
    capture_reader_close(reader);
}

/* ---- there and back */

/* A reader, with the file's first frame. */
static struct capture_reader *open_first(const char *path, struct blocks_frame *frame)
{
    char error[CAPTURE_ERROR_SIZE];
    struct capture_reader *reader = capture_reader_open(path, error);

    assert_non_null(reader);
    assert_int_equal(capture_reader_next(reader, frame, error), CAPTURE_FRAME);
    return reader;
}

static void expect_frame(struct capture_reader *reader, int64_t wall_ns, const char *payload)
{
    char error[CAPTURE_ERROR_SIZE];
    struct blocks_frame frame;
    struct packet_parsed parsed;
    struct packet packet;

    assert_int_equal(capture_reader_next(reader, &frame, error), CAPTURE_FRAME);
    assert_true(frame.wall_ns == wall_ns);
    assert_int_equal(frame.captured_bytes, frame.original_bytes);
    assert_int_equal(packet_parse(frame.link_type, frame.bytes, frame.captured_bytes, &parsed),
                     PACKET_UDP);
    packet = parsed.packet;
    assert_int_equal(packet.size_bytes, strlen(payload));
    assert_memory_equal(packet.payload, payload, packet.size_bytes);
    assert_int_equal(packet.source.port, 53211);
    assert_int_equal(packet.checksum_status, CHECKSUM_GOOD);
}

static void what_is_written_is_read(void **state)
{
    const char *path = path_of("written");
    const struct packet first = packet_of("hello"), second = packet_of("");
    char error[CAPTURE_ERROR_SIZE];

    (void)state;
    struct capture_writer *writer = capture_writer_create(path, false, error);
    assert_non_null(writer);
    assert_true(capture_writer_write(writer, noon_ns, &first));
    assert_true(capture_writer_write(writer, noon_ns + 1, &second));
    assert_true(capture_writer_flush(writer));

    struct capture_reader *reader =
        capture_reader_open(path, error); /* while it is being written */
    assert_non_null(reader);
    expect_frame(reader, noon_ns, "hello");
    expect_frame(reader, noon_ns + 1, "");
    expect_end(reader);
    assert_true(capture_writer_close(writer));
    unlink(path);
}

/* Whether the file has these bytes, and where from `from` on; 0: it has not. */
static size_t find_bytes(const char *path, size_t from, const char *bytes, size_t size_bytes)
{
    static char content[1 << 16];
    FILE *file = fopen(path, "rb");

    assert_non_null(file);
    size_t length = fread(content, 1, sizeof content, file);
    fclose(file);
    for (size_t at = from; at + size_bytes <= length; at++)
        if (memcmp(content + at, bytes, size_bytes) == 0)
            return at;
    return 0;
}

/* Comments of every length up to and beyond the limit: the frames are read as if there were none. */
static void a_commented_capture(void **state)
{
    const char *path = path_of("commented");
    char comment[CAPTURE_COMMENT_MAX + 64], error[CAPTURE_ERROR_SIZE];
    static const size_t lengths[] = {
        0, 1, 2, 3, 4, 5, CAPTURE_COMMENT_MAX, CAPTURE_COMMENT_MAX + 9};

    (void)state;
    struct capture_writer *writer =
        capture_writer_create_commented(path, false, "what was shown", error);
    assert_non_null(writer);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct packet packet = packet_of("hello");
        packet.size_bytes = packet.original_bytes = i % 6;
        memset(comment, 'c', sizeof comment);
        comment[lengths[i]] = '\0';
        assert_true(capture_writer_write_commented(writer, noon_ns + (int64_t)i, &packet, comment));
    }
    assert_true(capture_writer_close(writer));

    struct capture_reader *reader = capture_reader_open(path, error);
    assert_non_null(reader);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        char payload[8] = "";
        memcpy(payload, "hello", i % 6 < 5 ? i % 6 : 5);
        expect_frame(reader, noon_ns + (int64_t)i, payload);
    }
    expect_end(reader);
    assert_true(find_bytes(path, 0, "what was shown", strlen("what was shown")) > 0);
    unlink(path);
}

/* A comment is not cut inside a character. */
static void a_long_comment(void **state)
{
    const char *path = path_of("long");
    char comment[CAPTURE_COMMENT_MAX + 8], error[CAPTURE_ERROR_SIZE];

    (void)state;
    memset(comment, 'c', sizeof comment);
    memcpy(comment + CAPTURE_COMMENT_MAX - 1, "\xe2\x86\x92", 4); /* an arrow at the limit */
    struct capture_writer *writer = capture_writer_create_commented(path, false, comment, error);
    assert_non_null(writer);
    assert_true(capture_writer_close(writer));
    assert_true(find_bytes(path, 0, "cccc", 4) > 0);
    assert_int_equal(find_bytes(path, 0, "\xe2", 1), 0);
    unlink(path);
}

/* What a receive buffer cut is in the file as a cut frame. */
static void a_cut_payload(void **state)
{
    const char *path = path_of("cut");
    struct packet packet = packet_of("hello");
    struct packet_parsed parsed;
    char error[CAPTURE_ERROR_SIZE];
    struct blocks_frame frame;

    (void)state;
    packet.original_bytes = 1000;
    struct capture_writer *writer = capture_writer_create(path, false, error);
    assert_non_null(writer);
    assert_true(capture_writer_write(writer, noon_ns, &packet));
    assert_true(capture_writer_close(writer));
    struct capture_reader *reader = open_first(path, &frame);
    assert_int_equal(frame.captured_bytes, 33);
    assert_int_equal(frame.original_bytes, 1028);
    assert_int_equal(packet_parse(frame.link_type, frame.bytes, frame.captured_bytes, &parsed),
                     PACKET_UDP);
    assert_int_equal(parsed.packet.size_bytes, 5);
    assert_int_equal(parsed.packet.original_bytes, 1000);
    expect_end(reader);
    unlink(path);
}

/* ---- other files */

/* Microseconds, big-endian, Ethernet, as an old tcpdump writes it. */
static void microseconds_of_another_machine(void **state)
{
    static const uint8_t bytes[] = "\xa1\xb2\xc3\xd4\0\2\0\4\0\0\0\0\0\0\0\0\0\0\xff\xff\0\0\0\1"
                                   "\0\0\0\7\0\1\x86\xa0\0\0\0\4\0\0\0\x10wxyz";
    const char *path = path_of("old");
    struct blocks_frame frame;

    (void)state;
    write_bytes(path, bytes, sizeof bytes - 1);
    struct capture_reader *reader = open_first(path, &frame);
    assert_true(frame.wall_ns == INT64_C(7100000000));
    assert_int_equal(frame.link_type, 1);
    assert_int_equal(frame.captured_bytes, 4);
    assert_int_equal(frame.original_bytes, 16);
    assert_memory_equal(frame.bytes, "wxyz", 4);
    expect_end(reader);
    unlink(path);
}

/* pcapng: section, interface (raw IP, nanoseconds), one packet; little-endian. A time beyond all
 * years is the last that there is. */
static void pcapng(void **state)
{
    static const uint8_t bytes[] =
        "\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\1\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\x1c\0\0"
        "\0"
        "\1\0\0\0\x20\0\0\0\x65\0\0\0\0\0\4\0\x09\0\1\0\x09\0\0\0\0\0\0\0\x20\0\0\0"
        "\6\0\0\0\x24\0\0\0\0\0\0\0\2\0\0\0\5\0\0\0\4\0\0\0\4\0\0\0wxyz\x24\0\0\0";
    const char *path = path_of("ng");
    struct blocks_frame frame;

    (void)state;
    write_bytes(path, bytes, sizeof bytes - 1);
    struct capture_reader *reader = open_first(path, &frame);
    assert_true(frame.wall_ns == (INT64_C(2) << 32) + 5);
    assert_int_equal(frame.link_type, 101);
    assert_memory_equal(frame.bytes, "wxyz", 4);
    expect_end(reader);
    unlink(path);
}

/* ---- complaints */

static void a_file_that_ends_early(void **state)
{
    static const uint8_t bytes[] = "\xa1\xb2\xc3\xd4\0\2\0\4\0\0\0\0\0\0\0\0\0\0\xff\xff\0\0\0\1"
                                   "\0\0\0\7\0\1\x86\xa0\0\0\0\4\0\0\0\x10wx";
    const char *path = path_of("early");
    char error[CAPTURE_ERROR_SIZE] = "";
    struct blocks_frame frame;

    (void)state;
    write_bytes(path, bytes, sizeof bytes - 1);
    struct capture_reader *reader = capture_reader_open(path, error);
    assert_non_null(reader);
    assert_int_equal(capture_reader_next(reader, &frame, error), CAPTURE_BAD);
    assert_non_null(strstr(error, "early: "));
    assert_non_null(strstr(error, "truncated"));
    capture_reader_close(reader);
    unlink(path);
}

static void files_that_are_none(void **state)
{
    char error[CAPTURE_ERROR_SIZE];
    const char *path = path_of("text");

    (void)state;
    assert_null(capture_reader_open("/nowhere/file.pcap", error));
    assert_string_equal(error, "/nowhere/file.pcap: No such file or directory");
    write_bytes(path, "hello, world, I am no capture", 29);
    assert_null(capture_reader_open(path, error));
    assert_non_null(strstr(error, "text: "));
    write_bytes(path, "", 0);
    assert_null(capture_reader_open(path, error));
    unlink(path);
}

static void a_file_that_cannot_be_made(void **state)
{
    char error[CAPTURE_ERROR_SIZE], path[1000] = "/tmp/";

    (void)state;
    assert_null(capture_writer_create("/nowhere/file.pcap", false, error));
    assert_string_equal(error, "/nowhere/file.pcap: No such file or directory");
    memset(path + strlen(path), 'x', sizeof path - 1 - strlen(path));
    assert_null(capture_writer_create(path, false, error));
    assert_non_null(strstr(error, "xxx: File name too long")); /* the reason is never cut off */
}

/* A file that is not a capture must not be overwritten. */
static void what_is_overwritten(void **state)
{
    static const char section[] = "\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\1\0\0\0"
                                  "\xff\xff\xff\xff\xff\xff\xff\xff\x1c\0\0";
    const char *path = path_of("precious");
    char error[CAPTURE_ERROR_SIZE], kept[32] = "";

    (void)state;
    write_bytes(path, "a letter to my grandmother\n", 27);
    assert_null(capture_writer_create(path, false, error));
    assert_non_null(strstr(error, "precious: exists and is not a capture: add --force"));
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(kept, 1, sizeof kept, file), 27);
    fclose(file);
    assert_string_equal(kept, "a letter to my grandmother\n");
    assert_true(capture_writer_close(capture_writer_create(path, true, error)));
    assert_true(capture_writer_close(capture_writer_create(path, false, error))); /* a pcap now */
    write_bytes(path, section, sizeof section);
    assert_true(capture_writer_close(capture_writer_create(path, false, error)));
    write_bytes(path, "short", 5);
    assert_null(capture_writer_create(path, false, error));
    write_bytes(path, "", 0);
    assert_true(capture_writer_close(capture_writer_create(path, false, error)));
    unlink(path);
}

static struct capture_writer *create(const char *path, bool commented, char *error)
{
    return commented ? capture_writer_create_commented(path, false, "a comment", error)
                     : capture_writer_create(path, false, error);
}

static void fill_disk(bool commented)
{
    char error[CAPTURE_ERROR_SIZE];
    struct packet packet = packet_of("hello");

    assert_null(create("/dev/full", commented, error));
    assert_string_equal(error, "/dev/full: No space left on device");

    /* Full later on: /dev/full takes the place of the file's descriptor. */
    const char *path = path_of("full");
    int next = dup(STDIN_FILENO);
    assert_true(next >= 0);
    close(next); /* the lowest that is free: the file gets it */
    struct capture_writer *writer = create(path, commented, error);
    FILE *full = fopen("/dev/full", "wb");
    assert_non_null(writer);
    assert_non_null(full);
    assert_int_equal(dup2(fileno(full), next), next);
    assert_true(capture_writer_write(writer, noon_ns, &packet)); /* into the buffer */
    assert_false(capture_writer_flush(writer));
    assert_int_equal(errno, ENOSPC);
    assert_int_equal(capture_writer_lost(writer), 1);
    assert_false(capture_writer_write(writer, noon_ns, &packet));
    assert_int_equal(errno, ENOSPC);
    assert_false(capture_writer_flush(writer));
    assert_int_equal(capture_writer_lost(writer), 2);
    assert_false(capture_writer_close(writer));
    assert_int_equal(errno, ENOSPC);
    fclose(full);
    unlink(path);
}

static void a_full_disk(void **state)
{
    (void)state;
    fill_disk(false);
    fill_disk(true);
}

static void nothing_to_close(void **state)
{
    (void)state;
    assert_true(capture_writer_close(NULL));
    capture_reader_close(NULL);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_is_written_is_read),
    cmocka_unit_test(a_commented_capture),
    cmocka_unit_test(a_long_comment),
    cmocka_unit_test(a_cut_payload),
    cmocka_unit_test(microseconds_of_another_machine),
    cmocka_unit_test(pcapng),
    cmocka_unit_test(a_file_that_ends_early),
    cmocka_unit_test(files_that_are_none),
    cmocka_unit_test(a_file_that_cannot_be_made),
    cmocka_unit_test(what_is_overwritten),
    cmocka_unit_test(a_full_disk),
    cmocka_unit_test(nothing_to_close),
};

const struct suite suite_capture = {.name = "capture",
                                    .tests = tests,
                                    .count = sizeof tests / sizeof *tests,
                                    .setup = make_directory,
                                    .teardown = remove_directory};
