/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * blocks: both formats in both byte orders, piece by piece as a pipe brings them; what a file may
 * say of its interfaces and times; and files that contradict themselves.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/capture/blocks.h"

/* ---- a file under construction */

enum { FILE_MAX = 1 << 20 };

struct file {
    bool big; /* big-endian */
    size_t size;
    uint8_t bytes[FILE_MAX];
};

static void put(struct file *file, uint64_t value, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        file->bytes[file->size++] = (uint8_t)(value >> 8 * (file->big ? count - 1 - i : i));
}

static void put_text(struct file *file, const char *text)
{
    memcpy(file->bytes + file->size, text, strlen(text));
    file->size += strlen(text);
}

static void put_pcap(struct file *file, uint32_t magic, uint32_t snapshot_bytes, uint32_t link_type)
{
    put(file, magic, 4);
    put(file, 2, 2);
    put(file, 4, 2);
    put(file, 0, 4);
    put(file, 0, 4);
    put(file, snapshot_bytes, 4);
    put(file, link_type, 4);
}

static void put_record(struct file *file, uint32_t seconds, uint32_t fraction, const char *text,
                       uint32_t original)
{
    put(file, seconds, 4);
    put(file, fraction, 4);
    put(file, strlen(text), 4);
    put(file, original, 4);
    put_text(file, text);
}

/* A block is its type, its length, a body, and the length again. */
static size_t begin_block(struct file *file, uint32_t type)
{
    put(file, type, 4);
    put(file, 0, 4);
    return file->size - 8;
}

static void end_block(struct file *file, size_t at)
{
    while (file->size % 4 != at % 4)
        put(file, 0, 1);
    size_t length = file->size + 4 - at, end = file->size;
    put(file, length, 4);
    file->size = at + 4;
    put(file, length, 4);
    file->size = end + 4;
}

static void put_section(struct file *file)
{
    size_t at = begin_block(file, 0x0a0d0d0a);

    put(file, 0x1a2b3c4d, 4);
    put(file, 1, 2);
    put(file, 0, 2);
    put(file, UINT64_MAX, 8);
    end_block(file, at);
}

/* resolution 0xff: not told; offset_s 0: not told. */
static void put_interface(struct file *file, uint16_t link_type, uint32_t snapshot_bytes,
                          uint8_t resolution, int64_t offset_s)
{
    size_t at = begin_block(file, 1);

    put(file, link_type, 2);
    put(file, 0, 2);
    put(file, snapshot_bytes, 4);
    put(file, 2, 2); /* if_name */
    put(file, 3, 2);
    put_text(file, "lo0 ");
    if (resolution != 0xff) {
        put(file, 9, 2);
        put(file, 1, 2);
        put(file, resolution, 1);
        put(file, 0, 3);
    }
    if (offset_s != 0) {
        put(file, 14, 2);
        put(file, 8, 2);
        put(file, (uint64_t)offset_s, 8);
    }
    put(file, 0, 4);
    end_block(file, at);
}

static void put_enhanced(struct file *file, uint32_t interface, uint64_t ticks, const char *text)
{
    size_t at = begin_block(file, 6);

    put(file, interface, 4);
    put(file, ticks >> 32, 4);
    put(file, ticks, 4);
    put(file, strlen(text), 4);
    put(file, strlen(text) + 1, 4);
    put_text(file, text);
    end_block(file, at);
}

static void put_simple(struct file *file, uint32_t original, const char *text)
{
    size_t at = begin_block(file, 3);

    put(file, original, 4);
    put_text(file, text);
    end_block(file, at);
}

static struct file *make_file(bool big)
{
    struct file *file = calloc(1, sizeof *file);

    assert_non_null(file);
    file->big = big;
    return file;
}

/* ---- reading it */

struct reading {
    struct blocks *blocks;
    const struct file *file;
    size_t at, shown; /* used; and up to there the bytes are shown */
    size_t piece;     /* how many more are shown at a time */
    uint64_t frames;  /* read */
};

static struct reading read_file(const struct file *file, size_t piece)
{
    struct reading reading = {.blocks = blocks_open(), .file = file, .piece = piece};

    assert_non_null(reading.blocks);
    return reading;
}

/* Bytes are shown in memory of exactly their number, for the address sanitizer. */
static enum blocks_step next(struct reading *reading, struct blocks_frame *out, char *text)
{
    for (;;) {
        size_t size = reading->shown - reading->at, used;
        uint8_t *exact = malloc(size > 0 ? size : 1);
        assert_non_null(exact);
        memcpy(exact, reading->file->bytes + reading->at, size);
        enum blocks_step step = blocks_next(reading->blocks, exact, size, &used, out);
        assert_true(used <= size);
        if (step == BLOCKS_FRAME) {
            assert_int_equal(out->number, ++reading->frames);
            memcpy(text, out->bytes, out->captured_bytes < 64 ? out->captured_bytes : 64);
            text[out->captured_bytes < 64 ? out->captured_bytes : 64] = '\0';
        }
        free(exact);
        reading->at += used;
        if (step != BLOCKS_MORE || reading->shown == reading->file->size)
            return step;
        size_t left = reading->file->size - reading->shown;
        reading->shown += reading->piece < left ? reading->piece : left;
        if (reading->shown - reading->at > BLOCKS_WINDOW)
            reading->shown = reading->at + BLOCKS_WINDOW;
    }
}

static void expect(struct reading *reading, int64_t wall_ns, int link_type, const char *text)
{
    struct blocks_frame frame;
    char found[65];

    assert_int_equal(next(reading, &frame, found), BLOCKS_FRAME);
    assert_string_equal(found, text);
    assert_int_equal(frame.link_type, link_type);
    assert_true(frame.has_time == (wall_ns != 0));
    assert_true(frame.wall_ns == wall_ns);
}

static void expect_end(struct reading *reading)
{
    struct blocks_frame frame;
    char text[65];

    assert_int_equal(next(reading, &frame, text), BLOCKS_MORE);
    assert_true(blocks_is_complete(reading->blocks, reading->file->size - reading->at));
    blocks_close(reading->blocks);
}

static void expect_bad(struct file *file, const char *words)
{
    struct reading reading = read_file(file, 1000);
    struct blocks_frame frame;
    char text[65];
    enum blocks_step step;

    while ((step = next(&reading, &frame, text)) == BLOCKS_FRAME)
        continue;
    assert_int_equal(step, BLOCKS_BAD);
    assert_non_null(strstr(blocks_error(reading.blocks), words));
    assert_int_equal(next(&reading, &frame, text), BLOCKS_BAD); /* for good */
    blocks_close(reading.blocks);
    free(file);
}

static const size_t pieces[] = {1, 7, 100, 100000};

enum { PIECES = sizeof pieces / sizeof *pieces };

/* ---- pcap */

static void pcap_of_any_order_and_snapshot_length(void **state)
{
    static const uint32_t snapshots[] = {0, 4, 65535, 0x7fffffff, 0xffffffff};

    (void)state;
    for (size_t i = 0; i < 2 * PIECES * 5; i++) {
        struct file *file = make_file(i % 2);
        struct reading reading = read_file(file, pieces[i / 2 % PIECES]);
        put_pcap(file, 0xa1b2c3d4, snapshots[i / 2 / PIECES], 1);
        put_record(file, 7, 100000, "first", 1000);
        put_record(file, 8, 0, "", 0);
        put_record(file, 0xffffffff, 999999, "last", 4);
        expect(&reading, INT64_C(7100000000), 1, "first");
        expect(&reading, INT64_C(8000000000), 1, "");
        expect(&reading, INT64_C(4294967295999999000), 1, "last");
        expect_end(&reading);
        free(file);
    }
}

static void pcap_variants(void **state)
{
    struct file *file = make_file(false);
    struct reading reading = read_file(file, 9);

    (void)state;
    put_pcap(file, 0xa1b23c4d, 65535, 0x40000000 | 101); /* nanoseconds; a frame check sequence */
    put_record(file, 1, 5, "ns", 2);
    expect(&reading, INT64_C(1000000005), 101, "ns");
    assert_int_equal(blocks_pcap_interface(reading.blocks)->link_word, 0x40000000 | 101);
    expect_end(&reading);
    free(file);

    file = make_file(true);
    reading = read_file(file, 9);
    put_pcap(file, 0xa1b2cd34, 65535, 1); /* "modified": 8 bytes more in each record */
    put(file, 1, 4);
    put(file, 5, 4);
    put(file, 2, 4);
    put(file, 3, 4);
    put(file, 0, 8);
    put_text(file, "us");
    expect(&reading, INT64_C(1000005000), 1, "us");
    expect_end(&reading);
    free(file);
}

/* More than a datagram can be is skipped, not refused. */
static void a_huge_frame(void **state)
{
    struct file *file = make_file(false);
    struct reading reading = read_file(file, 5000);
    struct blocks_frame frame;
    char text[65];

    (void)state;
    put_pcap(file, 0xa1b2c3d4, 0, 1);
    put(file, 1, 4);
    put(file, 0, 4);
    put(file, 600000, 4);
    put(file, 700000, 4);
    memset(file->bytes + file->size, 'x', 600000);
    file->size += 600000;
    put_record(file, 2, 0, "next", 4);
    assert_int_equal(next(&reading, &frame, text), BLOCKS_FRAME);
    assert_int_equal(frame.captured_bytes, BLOCKS_FRAME_MAX);
    assert_int_equal(frame.original_bytes, 700000);
    expect(&reading, INT64_C(2000000000), 1, "next");
    expect_end(&reading);
    free(file);
}

/* ---- pcapng */

/* What `dumpcap -i a -i b` writes, and what no recorder writes today. */
static void pcapng_of_several_interfaces(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * PIECES; i++) {
        struct file *file = make_file(i % 2);
        struct reading reading = read_file(file, pieces[i / 2]);
        put_section(file);
        put_interface(file, 1, 65535, 0xff, 0);
        put_interface(file, 101, 96, 9, 0);
        put_interface(file, 9, 0, 0x80 | 10, 1700000000);
        end_block(file, begin_block(file, 0x0000000a)); /* one that is not known */
        put_enhanced(file, 1, 5, "two");
        put_enhanced(file, 0, 5, "one");
        put_enhanced(file, 2, 1024 + 512, "three");
        put_simple(file, 100, "simple one");
        expect(&reading, 5, 101, "two");
        expect(&reading, 5000, 1, "one");
        expect(&reading, INT64_C(1700000001500000000), 9, "three");
        struct blocks_frame frame;
        char text[65];
        assert_int_equal(next(&reading, &frame, text), BLOCKS_FRAME);
        assert_int_equal(frame.captured_bytes, 12); /* nothing says where the padding begins */
        assert_int_equal(frame.original_bytes, 100);
        assert_false(frame.has_time);
        assert_int_equal(frame.interface_number, 0);
        assert_int_equal(frame.interface->snapshot_bytes, 65535);
        assert_null(blocks_pcap_interface(reading.blocks));
        expect_end(&reading);
        free(file);
    }
}

/* Sections have interfaces, and a byte order, of their own. */
static void pcapng_sections(void **state)
{
    struct file *file = make_file(false);
    struct reading reading = read_file(file, 3);

    (void)state;
    put_section(file);
    put_interface(file, 1, 65535, 6, 0);
    put_enhanced(file, 0, 1, "little");
    file->big = true;
    put_section(file);
    put_interface(file, 101, 3, 9, 0);
    put_enhanced(file, 0, 1, "big");
    put_simple(file, 9, "cut");
    expect(&reading, 1000, 1, "little");
    expect(&reading, 1, 101, "big");
    expect(&reading, 0, 101, "cut");
    expect_end(&reading);
    free(file);
}

static void the_obsolete_packet_block(void **state)
{
    struct file *file = make_file(true);
    struct reading reading = read_file(file, 11);

    (void)state;
    put_section(file);
    put_interface(file, 101, 65535, 9, 0);
    size_t at = begin_block(file, 2);
    put(file, 0, 2);
    put(file, 77, 2); /* drops */
    put(file, 0, 4);
    put(file, 3, 4);
    put(file, 3, 4);
    put(file, 3, 4);
    put_text(file, "old");
    end_block(file, at);
    expect(&reading, 3, 101, "old");
    expect_end(&reading);
    free(file);
}

static void every_time_resolution(void **state)
{
    static const struct {
        uint8_t resolution;
        uint64_t ticks;
        int64_t wall_ns;
    } cases[] = {
        {0, 3, INT64_C(3000000000)},
        {3, 3001, INT64_C(3001000000)},
        {9, 7, 7},
        {12, 7999, 7},
        {19, UINT64_MAX, INT64_C(1844674407)},
        {0x7f, UINT64_MAX, 0},
        {0x80, 5, INT64_C(5000000000)},
        {0x81, 3, INT64_C(1500000000)},
        {0x80 | 32, UINT64_C(1) << 33 | UINT64_C(1) << 31, INT64_C(2500000000)},
        {0x80 | 63, UINT64_C(3) << 62, INT64_C(1500000000)},
        {0x80 | 64, UINT64_C(1) << 63, INT64_C(500000000)},
        {6, UINT64_MAX, INT64_MAX},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct file *file = make_file(i % 2);
        struct reading reading = read_file(file, 64);
        struct blocks_frame frame;
        char text[65];
        put_section(file);
        put_interface(file, 1, 0, cases[i].resolution, 0);
        put_enhanced(file, 0, cases[i].ticks, "at");
        assert_int_equal(next(&reading, &frame, text), BLOCKS_FRAME);
        assert_true(frame.wall_ns == cases[i].wall_ns);
        expect_end(&reading);
        free(file);
    }
}

/* ---- files that are none, or damaged */

static struct file *file_of(const char *text)
{
    struct file *file = make_file(false);

    put_text(file, text);
    return file;
}

static void other_files_are_named(void **state)
{
    (void)state;
    expect_bad(file_of("hello, world"), "not a capture file");
    expect_bad(file_of("\xfd"
                       "7zXZ"),
               "xz -dc");
    expect_bad(file_of("BZh91AY"), "bzip2");
    expect_bad(file_of("snoop..."), "snoop");
    struct file *file = make_file(false);
    put_pcap(file, 0xa1b2c3d4, 0, 1);
    file->bytes[4] = 9;
    expect_bad(file, "version 9.4");
}

static void damage_is_told(void **state)
{
    struct file *file = make_file(false);

    (void)state;
    put_pcap(file, 0xa1b2c3d4, 0, 1);
    put(file, 0, 8);
    put(file, 0xfffffff0, 8);
    expect_bad(file, "damaged");

    file = make_file(false);
    put_section(file);
    put_enhanced(file, 0, 0, "of no interface");
    expect_bad(file, "interface 0");

    file = make_file(false);
    put_section(file);
    put_interface(file, 1, 0, 6, 0);
    put_enhanced(file, 0, 0, "longer than its block");
    file->bytes[file->size - 4 - 24 - 8] = 200;
    expect_bad(file, "longer than its block");

    file = make_file(false);
    put_section(file);
    put(file, 6, 4);
    put(file, 13, 4);
    expect_bad(file, "a block of 13 bytes");
}

static void an_early_end_shows(void **state)
{
    struct file *file = make_file(false);

    (void)state;
    put_pcap(file, 0xa1b2c3d4, 0, 1);
    put_record(file, 1, 0, "cut off", 7);
    for (size_t size = 0; size < file->size; size++) {
        struct file *shorter = malloc(sizeof *shorter);
        assert_non_null(shorter);
        memcpy(shorter, file, sizeof *shorter);
        shorter->size = size;
        struct reading reading = read_file(shorter, 8);
        struct blocks_frame frame;
        char text[65];
        assert_int_equal(next(&reading, &frame, text), BLOCKS_MORE);
        assert_true(blocks_is_complete(reading.blocks, size - reading.at) == (size == 24));
        blocks_close(reading.blocks);
        free(shorter);
    }
    free(file);
}

/* ---- coming back */

static void back_to_a_place(void **state)
{
    struct file *file = make_file(false);
    struct reading reading = read_file(file, 1000);

    (void)state;
    put_section(file);
    put_interface(file, 1, 0, 6, 0);
    put_enhanced(file, 0, 1, "first");
    put_enhanced(file, 0, 2, "second");
    file->big = true;
    put_section(file);
    put_interface(file, 101, 0, 9, 0);
    put_enhanced(file, 0, 3, "third");
    expect(&reading, 1000, 1, "first");
    struct blocks_position place = blocks_tell(reading.blocks);
    size_t at = reading.at;
    for (int i = 0; i < 3; i++) {
        expect(&reading, 2000, 1, "second");
        expect(&reading, 3, 101, "third");
        blocks_seek(reading.blocks, &place);
        reading.at = at;
        reading.frames = 1;
    }
    expect(&reading, 2000, 1, "second");
    expect(&reading, 3, 101, "third");
    expect_end(&reading);
    free(file);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(pcap_of_any_order_and_snapshot_length),
    cmocka_unit_test(pcap_variants),
    cmocka_unit_test(a_huge_frame),
    cmocka_unit_test(pcapng_of_several_interfaces),
    cmocka_unit_test(pcapng_sections),
    cmocka_unit_test(the_obsolete_packet_block),
    cmocka_unit_test(every_time_resolution),
    cmocka_unit_test(other_files_are_named),
    cmocka_unit_test(damage_is_told),
    cmocka_unit_test(an_early_end_shows),
    cmocka_unit_test(back_to_a_place),
};

const struct suite suite_blocks = {
    .name = "blocks", .tests = tests, .count = sizeof tests / sizeof *tests};
