/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_fill: a message is filled in with no room, a little and enough. Input: the room in one byte,
 * then the message. The same bytes are dumped and judged.
 */
#include <string.h>

#include "fuzz.h"
#include "udptui/base/dump.h"
#include "udptui/base/text.h"
#include "udptui/proto/fill.h"

const char *const fuzz_words[] = {
    "{n}",        "{time}",
    "{random:",   "{random:3}",
    "{random:0}", "{random:999999}",
    "{hex:",      "ff 0",
    "{",          "}",
    "{n",         "8",
    "a",          "ab",
    "\xc3\xa9",   "\xe2\x80\xae",
    NULL,
};

static void ones(uint8_t *out, size_t size_bytes)
{
    memset(out, 1, size_bytes);
}

static const struct fill_context context = {
    .number = 18446744073709551615U, .wall_ns = INT64_MAX, .random = ones};

/* Each room gives the same length, and a beginning of the same bytes as far as it goes whole. */
static void fill(const uint8_t *bytes, size_t size, size_t room)
{
    uint8_t *small = fuzz_allocate(room);
    size_t length = fill_render(bytes, size, &context, small, room);

    fuzz_require(length == fill_render(bytes, size, &context, NULL, 0), "the length is the same");
    if (length <= 1U << 20) {
        uint8_t *whole = fuzz_allocate(length);
        fill_render(bytes, size, &context, whole, length);
        fuzz_require(length > room || memcmp(whole, small, length) == 0, "what fits is whole");
        fuzz_require(memchr(bytes, '{', size) != NULL ||
                         (length == size && memcmp(whole, bytes, size) == 0),
                     "without a brace nothing changes");
        free(whole);
    }
    free(small);
}

static void dump(const uint8_t *bytes, size_t size)
{
    char hex[DUMP_HEX_SIZE], ascii[DUMP_TEXT_SIZE];
    size_t count = size < DUMP_WIDTH ? size : DUMP_WIDTH;

    fuzz_require(strlen(dump_hex(bytes, count, DUMP_WIDTH, hex)) == DUMP_HEX_SIZE - 1,
                 "a row has its width");
    fuzz_require(strlen(dump_ascii(bytes, count, ascii)) == count, "a character a byte");
    fuzz_require(text_printable_bytes(bytes, size) <= size, "no more is printable than there is");
    fuzz_require(size == 0 || dump_is_binary(bytes, size) ==
                                  (4 * text_printable_bytes(bytes, size) < 3 * size),
                 "three quarters");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0)
        return 0;
    fill(bytes + 1, size - 1, bytes[0]);
    dump(bytes + 1, size - 1);
    return 0;
}
