/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture_copy: a random choice of a random capture's frames, read again from the copy, against a
 * list of them; files that are refused, and a disk that is full. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../judge.h"
#include "../suite.h"

#include "udptui/base/array.h"
#include "udptui/capture/copy.h"

enum { FRAMES_MAX = 60, BYTES_MAX = 300, INTERFACES_MAX = 3 };

static char directory[] = "/tmp/udptui-copy-XXXXXX";
static char original[64], copied[64];

static int make_directory(void **state)
{
    (void)state;
    if (mkdtemp(directory) == NULL)
        return -1;
    snprintf(original, sizeof original, "%s/original", directory);
    snprintf(copied, sizeof copied, "%s/copied", directory);
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    return rmdir(directory);
}

static int remove_files(void **state)
{
    (void)state;
    unlink(original);
    unlink(copied);
    return 0;
}

/* ---- captures at random, in this machine's byte order */

static void put32(FILE *file, uint32_t value)
{
    assert_int_equal(fwrite(&value, sizeof value, 1, file), 1);
}

static void put16(FILE *file, uint16_t value)
{
    assert_int_equal(fwrite(&value, sizeof value, 1, file), 1);
}

static void put_bytes(FILE *file, uint32_t size, uint64_t *seed)
{
    for (uint32_t i = 0; i < size; i++)
        fputc((int)(judge_random(seed) & 0xff), file);
}

static void put_padding(FILE *file, uint32_t size)
{
    for (; size % 4 != 0; size++)
        fputc(0, file);
}

static void put_section(FILE *file)
{
    put32(file, 0x0a0d0d0a);
    put32(file, 28);
    put32(file, 0x1a2b3c4d);
    put16(file, 1), put16(file, 0);
    put32(file, UINT32_MAX), put32(file, UINT32_MAX);
    put32(file, 28);
}

/* if_tsresol, if_tsoffset, and if_fcslen of some. */
static uint32_t put_interface(FILE *file, uint64_t *seed)
{
    static const uint16_t links[] = {1, 101, 113};
    uint32_t snapshot = judge_random(seed) % 2 == 0 ? 0 : 50 + judge_random(seed) % 200;
    bool fcs = judge_random(seed) % 2 == 0;
    uint32_t length = 20 + 8 + 12 + (fcs ? 8 : 0) + 4;
    int64_t offset_s = (int64_t)(judge_random(seed) % 3) * 1000;

    put32(file, 1);
    put32(file, length);
    put16(file, links[judge_random(seed) % COUNT_OF(links)]), put16(file, 0);
    put32(file, snapshot);
    put16(file, 9), put16(file, 1), put32(file, judge_random(seed) % 2 == 0 ? 6 : 9);
    put16(file, 14), put16(file, 8);
    assert_int_equal(fwrite(&offset_s, sizeof offset_s, 1, file), 1);
    if (fcs)
        put16(file, 13), put16(file, 1), put32(file, 4);
    put16(file, 0), put16(file, 0);
    put32(file, length);
    return snapshot;
}

static void put_frame(FILE *file, uint32_t interface, uint32_t first_snapshot, uint64_t *seed)
{
    bool simple = judge_random(seed) % 4 == 0;
    uint32_t size = judge_random(seed) % BYTES_MAX, header = simple ? 4 : 20;
    uint32_t cut =
        simple && first_snapshot != 0 && size > first_snapshot ? size - first_snapshot : 0;
    uint32_t captured = size - cut, length = 12 + header + (captured + 3) / 4 * 4;

    put32(file, simple ? 3 : 6);
    put32(file, length);
    if (!simple) {
        put32(file, interface);
        put32(file, 0x51000 + judge_random(seed) % 16), put32(file, judge_random(seed));
        put32(file, captured);
    }
    put32(file, simple ? size : size + judge_random(seed) % 3); /* the capture cut it */
    put_bytes(file, captured, seed);
    put_padding(file, captured);
    put32(file, length);
}

static void make_pcapng(uint64_t *seed)
{
    FILE *file = fopen(original, "wb");

    assert_non_null(file);
    for (uint32_t section = 1 + judge_random(seed) % 3; section > 0; section--) {
        uint32_t interfaces = 1 + judge_random(seed) % INTERFACES_MAX, first_snapshot = 0;
        put_section(file);
        for (uint32_t i = 0; i < interfaces; i++) {
            uint32_t snapshot = put_interface(file, seed);
            first_snapshot = i == 0 ? snapshot : first_snapshot;
        }
        for (uint32_t i = judge_random(seed) % (FRAMES_MAX / 3); i > 0; i--)
            put_frame(file, judge_random(seed) % interfaces, first_snapshot, seed);
    }
    assert_int_equal(fclose(file), 0);
}

static void make_pcap(uint64_t *seed)
{
    FILE *file = fopen(original, "wb");

    assert_non_null(file);
    put32(file, 0xa1b2c3d4); /* microseconds */
    put16(file, 2), put16(file, 4);
    put32(file, 0), put32(file, 0);
    put32(file, 65535);
    put32(file,
          judge_random(seed) % 2 == 0 ? 1 : 0x54000001); /* with check sequences of 5 x 16 bits */
    for (uint32_t i = judge_random(seed) % FRAMES_MAX; i > 0; i--) {
        uint32_t size = judge_random(seed) % BYTES_MAX;
        put32(file, judge_random(seed) % 2000000000), put32(file, judge_random(seed) % 1000000);
        put32(file, size), put32(file, size + judge_random(seed) % 100);
        put_bytes(file, size, seed);
    }
    assert_int_equal(fclose(file), 0);
}

/* ---- a list of frames */

struct frame_list {
    size_t count;
    struct {
        struct blocks_frame frame;
        struct blocks_interface interface;
        uint8_t bytes[BYTES_MAX];
    } items[FRAMES_MAX];
};

static void list_add(struct frame_list *list, const struct blocks_frame *frame)
{
    assert_true(list->count < FRAMES_MAX && frame->captured_bytes <= BYTES_MAX);
    list->items[list->count].frame = *frame;
    list->items[list->count].interface = *frame->interface;
    memcpy(list->items[list->count].bytes, frame->bytes, frame->captured_bytes);
    list->count++;
}

static void list_compare(const struct frame_list *list, size_t at, const struct blocks_frame *frame)
{
    const struct blocks_frame *expected = &list->items[at].frame;
    const struct blocks_interface *interface = &list->items[at].interface;

    assert_true(at < list->count);
    assert_int_equal(frame->has_time, expected->has_time);
    assert_true(frame->wall_ns == expected->wall_ns);
    assert_int_equal(frame->link_type, expected->link_type);
    assert_int_equal(frame->original_bytes, expected->original_bytes);
    assert_int_equal(frame->captured_bytes, expected->captured_bytes);
    assert_memory_equal(frame->bytes, list->items[at].bytes, frame->captured_bytes);
    assert_int_equal(frame->interface->link_word, interface->link_word);
    assert_int_equal(frame->interface->snapshot_bytes, interface->snapshot_bytes);
    assert_int_equal(frame->interface->fcs_bytes, interface->fcs_bytes);
}

/* Copies about one frame of `one_of`. */
static void copy_some(struct frame_list *list, uint32_t one_of, uint64_t *seed)
{
    char error[CAPTURE_ERROR_SIZE];
    struct capture_reader *reader = capture_reader_open(original, error);
    struct blocks_frame frame;
    enum capture_status status;
    uint64_t frames;

    assert_non_null(reader);
    struct capture_copy *copy = capture_copy_create(copied, false, reader, error);
    if (copy == NULL)
        fail_msg("%s", error);
    while ((status = capture_reader_next(reader, &frame, error)) == CAPTURE_FRAME)
        if (judge_random(seed) % one_of == 0) {
            list_add(list, &frame);
            assert_true(capture_copy_write(copy, &frame));
        }
    assert_int_equal(status, CAPTURE_END);
    assert_true(capture_copy_close(copy, &frames));
    assert_int_equal(frames, list->count);
    capture_reader_close(reader);
}

static void compare_copy(const struct frame_list *list)
{
    char error[CAPTURE_ERROR_SIZE];
    struct capture_reader *reader = capture_reader_open(copied, error);
    struct blocks_frame frame;
    enum capture_status status;
    size_t at = 0;

    assert_non_null(reader);
    while ((status = capture_reader_next(reader, &frame, error)) == CAPTURE_FRAME)
        list_compare(list, at++, &frame);
    assert_int_equal(status, CAPTURE_END);
    assert_int_equal(at, list->count);
    capture_reader_close(reader);
}

static void play(void (*make)(uint64_t *seed))
{
    static struct frame_list list;
    uint64_t seed = 1;

    for (int round = 0; round < 60; round++) {
        list.count = 0;
        make(&seed);
        copy_some(&list, 1 + (uint32_t)round % 4, &seed);
        compare_copy(&list);
    }
}

static void a_pcapng_stays_what_it_is(void **state)
{
    (void)state;
    play(make_pcapng);
}

static void a_pcap_stays_what_it_is(void **state)
{
    (void)state;
    play(make_pcap);
}

/* One interface, with and without times: one section with one interface is enough. */
static void an_interface_is_described_once(void **state)
{
    static struct frame_list list;
    char error[CAPTURE_ERROR_SIZE];
    struct blocks_frame frame;
    uint64_t seed = 1;
    FILE *file = fopen(original, "wb");

    (void)state;
    assert_non_null(file);
    put_section(file);
    uint32_t snapshot = put_interface(file, &seed);
    for (int i = 0; i < 20; i++)
        put_frame(file, 0, snapshot, &seed);
    assert_int_equal(fclose(file), 0);
    list.count = 0;
    copy_some(&list, 1, &seed);
    struct capture_reader *reader = capture_reader_open(copied, error);
    assert_non_null(reader);
    while (capture_reader_next(reader, &frame, error) == CAPTURE_FRAME)
        assert_int_equal(frame.interface_number, 0);
    assert_int_equal(frame.number, 20);
    capture_reader_close(reader);
}

/* ---- */

static void the_original_is_not_overwritten(void **state)
{
    char error[CAPTURE_ERROR_SIZE];
    uint64_t seed = 1, frames;

    (void)state;
    make_pcap(&seed);
    struct capture_reader *reader = capture_reader_open(original, error);
    assert_non_null(reader);
    assert_null(capture_copy_create(original, true, reader, error));
    assert_non_null(strstr(error, "is the capture being read: name another file"));
    assert_int_equal(link(original, copied), 0); /* by another name, too */
    assert_null(capture_copy_create(copied, true, reader, error));
    assert_int_equal(unlink(copied), 0);
    FILE *file = fopen(copied, "w");
    assert_non_null(file);
    fputs("a letter", file);
    fclose(file);
    assert_null(capture_copy_create(copied, false, reader, error));
    struct capture_copy *copy = capture_copy_create(copied, true, reader, error);
    assert_non_null(copy);
    assert_true(capture_copy_close(copy, &frames));
    assert_int_equal(frames, 0);
    compare_copy(&(struct frame_list){.count = 0});
    capture_reader_close(reader);
}

/* What fits is there as whole frames, and as many as are said. */
static void a_full_disk_leaves_whole_frames(void **state)
{
    static uint8_t bytes[BLOCKS_FRAME_MAX];
    struct rlimit unlimited, small;
    char error[CAPTURE_ERROR_SIZE];
    struct blocks_frame frame;
    uint64_t seed = 1, frames, found = 0;

    (void)state;
    make_pcap(&seed);
    struct capture_reader *reader = capture_reader_open(original, error);
    struct capture_copy *copy = capture_copy_create(copied, false, reader, error);
    assert_non_null(copy);
    frame = (struct blocks_frame){.interface = capture_reader_pcap_interface(reader),
                                  .has_time = true,
                                  .wall_ns = 1,
                                  .bytes = bytes,
                                  .captured_bytes = sizeof bytes,
                                  .original_bytes = sizeof bytes};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &unlimited), 0);
    small = (struct rlimit){.rlim_cur = 3 * sizeof bytes + sizeof bytes / 2,
                            .rlim_max = unlimited.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    bool written = true;
    for (int i = 0; i < 8; i++)
        written &= capture_copy_write(copy, &frame);
    bool closed = capture_copy_close(copy, &frames);
    int code = errno;
    setrlimit(RLIMIT_FSIZE, &unlimited);
    signal(SIGXFSZ, SIG_DFL);
    capture_reader_close(reader);
    assert_false(written);
    assert_false(closed);
    assert_int_equal(code, EFBIG);
    reader = capture_reader_open(copied, error);
    assert_non_null(reader);
    while (capture_reader_next(reader, &frame, error) == CAPTURE_FRAME)
        found++;
    capture_reader_close(reader);
    assert_int_equal(found, frames);
    assert_true(frames < 8);
}

#define WITH_FILES(test) cmocka_unit_test_teardown(test, remove_files)

static const struct CMUnitTest tests[] = {
    WITH_FILES(a_pcapng_stays_what_it_is),       WITH_FILES(a_pcap_stays_what_it_is),
    WITH_FILES(an_interface_is_described_once),  WITH_FILES(the_original_is_not_overwritten),
    WITH_FILES(a_full_disk_leaves_whole_frames),
};

const struct suite suite_copy = {.name = "copy",
                                 .tests = tests,
                                 .count = sizeof tests / sizeof *tests,
                                 .setup = make_directory,
                                 .teardown = remove_directory};
