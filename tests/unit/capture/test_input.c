/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture_input: the same bytes come out in whatever pieces they come in and are read, compressed or
 * not; what ends early or is damaged is said. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unistd.h>

#include "../judge.h"
#include "../suite.h"

#include "../../../src/capture/decoder_internal.h"
#include "../../../src/capture/input_internal.h"
#include "udptui/base/array.h"

static const char plain[] = "one member, and another one";

/* The same as two members (RFC 1952), and as two frames (RFC 8878). */
static const uint8_t in_gzip[] = {
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xcb, 0xcf, 0x4b, 0x55,
    0xc8, 0x4d, 0xcd, 0x4d, 0x4a, 0x2d, 0xd2, 0x51, 0x00, 0x00, 0x57, 0xdb, 0xa4, 0x0a,
    0x0c, 0x00, 0x00, 0x00, 0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03,
    0x4b, 0xcc, 0x4b, 0x51, 0x48, 0xcc, 0xcb, 0x2f, 0xc9, 0x48, 0x2d, 0x52, 0xc8, 0xcf,
    0x4b, 0x05, 0x00, 0x48, 0x5f, 0xf2, 0x0e, 0x0f, 0x00, 0x00, 0x00};
static const uint8_t in_zstd[] = {0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x48, 0x61, 0x00, 0x00, 0x6f, 0x6e,
                                  0x65, 0x20, 0x6d, 0x65, 0x6d, 0x62, 0x65, 0x72, 0x2c, 0x20, 0xd8,
                                  0x7e, 0xeb, 0x50, 0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 0x79, 0x00,
                                  0x00, 0x61, 0x6e, 0x64, 0x20, 0x61, 0x6e, 0x6f, 0x74, 0x68, 0x65,
                                  0x72, 0x20, 0x6f, 0x6e, 0x65, 0x22, 0xe7, 0x69, 0x71};

static const struct form {
    const char *name;
    const void *bytes;
    size_t size_bytes, half_bytes; /* half: of the first member */
    const struct decoder *decoder; /* NULL: as it is */
} forms[] = {
    {"plain", plain, sizeof plain - 1, 12, NULL},
    {"gzip", in_gzip, sizeof in_gzip, 32, &decoder_gzip},
    {"zstd", in_zstd, sizeof in_zstd, 25, &decoder_zstd},
};

/* Whether this build cannot read it. */
static bool is_missing(const struct form *form)
{
    return form->decoder != NULL && form->decoder->open == NULL;
}

struct source {
    int reader, writer;
    struct capture_input *input;
};

static struct source open_pipe(void)
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    struct source source = {.reader = ends[0], .writer = ends[1], .input = input_open(ends[0])};
    assert_non_null(source.input);
    assert_true(input_may_wait(source.input));
    return source;
}

static void close_pipe(struct source *source)
{
    input_close(source->input);
    close(source->reader);
    if (source->writer >= 0)
        close(source->writer);
}

static void put(struct source *source, const void *bytes, size_t size_bytes)
{
    assert_int_equal(write(source->writer, bytes, size_bytes), size_bytes);
}

static void end(struct source *source)
{
    close(source->writer);
    source->writer = -1;
}

/* Reads as much as there is; what the last read returned. */
static ssize_t read_all(struct source *source, uint64_t *seed, char *out, size_t *length,
                        const char **why)
{
    ssize_t got;

    while ((got = input_read(source->input, (uint8_t *)out + *length, 1 + judge_random(seed) % 9,
                             false, why)) > 0)
        *length += (size_t)got;
    return got;
}

static void any_pieces_are_the_same_bytes(void **state)
{
    uint64_t seed = 1;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(forms); i++)
        for (int round = 0; round < 100 && !is_missing(&forms[i]); round++) {
            struct source source = open_pipe();
            char out[sizeof plain + 16];
            const char *why;
            size_t length = 0, sent = 0;
            while (sent < forms[i].size_bytes) {
                size_t piece = 1 + judge_random(&seed) % 8, left = forms[i].size_bytes - sent;
                put(&source, (const char *)forms[i].bytes + sent, piece < left ? piece : left);
                sent += piece < left ? piece : left;
                assert_int_equal(read_all(&source, &seed, out, &length, &why), INPUT_WAIT);
                assert_true(sent >= 4 || length == 0); /* nothing before it is known what it is */
            }
            end(&source);
            assert_int_equal(read_all(&source, &seed, out, &length, &why), INPUT_END);
            assert_int_equal(length, sizeof plain - 1);
            assert_memory_equal(out, plain, length);
            assert_int_equal(input_read_bytes(source.input), forms[i].size_bytes);
            assert_false(input_can_seek(source.input));
            close_pipe(&source);
        }
}

/* Two members are one file; one alone is one, too; part of one is not. */
static void a_file_may_end_between_members(void **state)
{
    uint64_t seed = 1;

    (void)state;
    for (size_t i = 1; i < COUNT_OF(forms); i++)
        for (size_t size = 4; size <= forms[i].size_bytes && !is_missing(&forms[i]); size++) {
            struct source source = open_pipe();
            char out[sizeof plain + 16], expected[64];
            const char *why;
            size_t length = 0;
            bool whole = size == forms[i].size_bytes || size == forms[i].half_bytes;
            put(&source, forms[i].bytes, size);
            end(&source);
            assert_int_equal(read_all(&source, &seed, out, &length, &why),
                             whole ? INPUT_END : INPUT_BAD);
            assert_int_equal(strncmp(out, plain, length), 0);
            assert_true(size != forms[i].half_bytes || length == 12);
            snprintf(expected, sizeof expected, "the compressed file (%s) ends early",
                     forms[i].name);
            if (!whole)
                assert_string_equal(why, expected);
            close_pipe(&source);
        }
}

static void damaged_bytes_are_said(void **state)
{
    uint64_t seed = 1;

    (void)state;
    for (size_t i = 1; i < COUNT_OF(forms); i++) {
        struct source source = open_pipe();
        char out[sizeof plain + 16], damaged[128], expected[64];
        const char *why;
        size_t length = 0;
        memcpy(damaged, forms[i].bytes, forms[i].size_bytes);
        damaged[forms[i].half_bytes - 3] ^= 1; /* of the check sum, or the length */
        put(&source, damaged, forms[i].size_bytes);
        end(&source);
        assert_int_equal(read_all(&source, &seed, out, &length, &why), INPUT_BAD);
        snprintf(expected, sizeof expected, "the compressed data (%s) is damaged", forms[i].name);
        if (is_missing(&forms[i]))
            assert_non_null(strstr(why, "this udptui was built without"));
        else
            assert_string_equal(why, expected);
        close_pipe(&source);
    }
}

/* Fewer bytes than decide what it is: they come at the end. */
static void a_short_file_is_as_it_is(void **state)
{
    uint64_t seed = 1;

    (void)state;
    for (size_t size = 0; size < 4; size++) {
        struct source source = open_pipe();
        char out[32];
        const char *why;
        size_t length = 0;
        put(&source, "\x28\xb5\x2f", size);
        assert_int_equal(read_all(&source, &seed, out, &length, &why), INPUT_WAIT);
        assert_int_equal(length, 0);
        end(&source);
        assert_int_equal(read_all(&source, &seed, out, &length, &why), INPUT_END);
        assert_int_equal(length, size);
        assert_memory_equal(out, "\x28\xb5\x2f", size);
        close_pipe(&source);
    }
}

static void a_plain_file_can_be_read_from_another_place(void **state)
{
    FILE *file = tmpfile();
    uint8_t out[64];
    const char *why;

    (void)state;
    assert_non_null(file);
    assert_int_equal(fwrite(plain, 1, sizeof plain - 1, file), sizeof plain - 1);
    rewind(file);
    struct capture_input *input = input_open(fileno(file));
    assert_false(input_may_wait(input));
    assert_false(input_can_seek(input)); /* it is not known yet what it is */
    assert_int_equal(input_read(input, out, 3, true, &why), 3);
    assert_true(input_seek(input, 4));
    assert_int_equal(input_read_bytes(input), 4);
    assert_int_equal(input_read(input, out, 6, true, &why), 6);
    assert_memory_equal(out, "member", 6);
    assert_int_equal(input_read(input, out, sizeof out, true, &why), sizeof plain - 1 - 10);
    assert_int_equal(input_read(input, out, sizeof out, true, &why), INPUT_END);
    assert_true(input_seek(input, 0)); /* also behind the end */
    assert_int_equal(input_read(input, out, 3, true, &why), 3);
    assert_memory_equal(out, "one", 3);
    input_close(input);
    input_close(NULL);
    fclose(file);
}

static void what_cannot_be_read_says_why(void **state)
{
    int ends[2];
    uint8_t out[8];
    const char *why;

    (void)state;
    assert_null(input_open(-1));
    assert_int_equal(errno, EBADF); /* and not that memory is short */
    assert_int_equal(pipe(ends), 0);
    struct capture_input *input = input_open(ends[1]); /* the end for writing */
    close(ends[0]);
    assert_int_equal(input_read(input, out, sizeof out, true, &why), INPUT_BAD);
    assert_true(why[0] != '\0');
    input_close(input);
    close(ends[1]);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(any_pieces_are_the_same_bytes),
    cmocka_unit_test(a_file_may_end_between_members),
    cmocka_unit_test(damaged_bytes_are_said),
    cmocka_unit_test(a_short_file_is_as_it_is),
    cmocka_unit_test(a_plain_file_can_be_read_from_another_place),
    cmocka_unit_test(what_cannot_be_read_says_why),
};

const struct suite suite_input = {
    .name = "input", .tests = tests, .count = sizeof tests / sizeof *tests};
