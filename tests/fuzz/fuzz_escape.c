/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_escape: typed escapes and hex digits become bytes, no more than there were characters. */
#include <string.h>

#include "fuzz.h"
#include "udptui/base/escape.h"

const char *const fuzz_words[] = {"\\",     "\\n", "\\x4",  "\\x41", "\\u{", "\\u{20ac}", "10ffff",
                                  "110000", "}",   "de ad", "0x",    ":",    NULL};

static void check(struct escape_result result, size_t size)
{
    fuzz_require(result.length_bytes <= size, "the result is never longer");
    fuzz_require(result.error == NULL || result.error_offset <= size, "an error is in the input");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = fuzz_allocate(size), *hex = fuzz_allocate(2 * size + 1);
    uint8_t *out = fuzz_allocate(size), *back = fuzz_allocate(2 * size + 1);
    struct escape_result result;

    memcpy(text, bytes, size);
    check(escape_decode(text, size, out, size), size);
    check(escape_decode_hex(text, size, out, size), size);
    escape_hex(hex, 2 * size + 1, bytes, size);
    result = escape_decode_hex(hex, 2 * size, back, 2 * size + 1);
    fuzz_require(result.error == NULL && result.length_bytes == size &&
                     memcmp(back, bytes, size) == 0,
                 "hex digits of bytes are these bytes");
    free(text);
    free(hex);
    free(out);
    free(back);
    return 0;
}
