/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_text: base/text and base/escape. Input: charset and output size in two bytes, then what is
 * rendered, cut into columns, and decoded as if it had been typed.
 */
#include <stdbool.h>
#include <string.h>

#include <utf8proc.h>

#include "fuzz.h"
#include "udptui/base/escape.h"
#include "udptui/base/text.h"

const char *const fuzz_words[] = {
    "\\",
    "\\n",
    "\\x41",
    "\\x4",
    "\\u{41}",
    "\\u{D800}",
    "\\u{10FFFF}",
    "\\u{",
    "\x1b[2J",
    "\x9b",
    "\xc2\x9b",
    "\xc2",
    "\xe2\x80",
    "\xe2\x80\xae",
    "\xe2\x80\x8d",
    "\xe2\x80\xa8",
    "\xed\xa0\x80",
    "\xf0\x9f\x98\x80",
    "\xf4\x90\x80\x80",
    "\xe4\xb8\xad",
    "\xcc\x81",
    "\xe0\xa4\x95\xe0\xa4\xbe",
    "\xef\xb8\x8f",
    "\xd8\x80",
    "\xef\xbf\xb9",
    "\xcd\xb8",
    "\xee\x80\x80",
    "\xf3\xa0\x80\x81",
    "\xe1\x85\xa1",
    "de ad:be",
    "0x",
    "12345678",
    NULL,
};

/* Not assigned, or a separator of lines, control, format, surrogate or private character. */
static bool is_hidden(utf8proc_category_t category)
{
    return category == UTF8PROC_CATEGORY_CN || category >= UTF8PROC_CATEGORY_ZL;
}

static bool is_mark(utf8proc_category_t category)
{
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC ||
           category == UTF8PROC_CATEGORY_ME;
}

/* Valid UTF-8, no character that moves a cursor, hides or reorders, no mark without a base. */
static void require_safe(const char *text, enum text_charset charset)
{
    utf8proc_int32_t code_point;
    int marks = TEXT_COMBINING_MAX;

    for (const char *at = text; *at != '\0';) {
        utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)at, -1, &code_point);
        fuzz_require(used > 0, "the rendering is UTF-8");
        utf8proc_category_t category = utf8proc_category(code_point);
        fuzz_require(!is_hidden(category), "it hides nothing");
        fuzz_require(charset == TEXT_UTF8 || code_point < 0x80, "ASCII is ASCII");
        marks = is_mark(category) ? marks + 1 : 0;
        fuzz_require(marks <= TEXT_COMBINING_MAX, "a base has four marks at most");
        at += used;
    }
}

/* The cells are the whole text; a line of any width is exactly as wide. */
static void require_columns(const char *safe, size_t columns, enum text_charset charset)
{
    const char *cursor = safe;
    struct text_cell cell;
    size_t bytes = 0, seen = 0, size = strlen(safe) + columns + 4;
    char *line = fuzz_allocate(size);

    for (; text_next(&cursor, &cell); seen += cell.columns) {
        fuzz_require(cell.bytes == safe + bytes, "cells follow one another");
        fuzz_require(cell.columns == 1 || cell.columns == 2, "a cell has one or two columns");
        bytes += cell.length_bytes;
    }
    fuzz_require(bytes == strlen(safe), "cells are all of the text");
    fuzz_require(seen == text_columns(safe), "text_columns counts the cells");
    fuzz_require(text_fit(line, size, safe, columns, charset) == strlen(line), "it says its size");
    fuzz_require(text_columns(line) == columns, "a line is as wide as asked");
    require_safe(line, charset);
    free(line);
}

static void require_reversible(const char *safe, const uint8_t *bytes, size_t length)
{
    size_t size = strlen(safe);
    uint8_t *back = fuzz_allocate(size);
    struct escape_result result = escape_decode(safe, size, back, size);

    fuzz_require(result.error == NULL, "what is rendered can be typed");
    fuzz_require(result.length_bytes == length, "and is as long as it was");
    fuzz_require(memcmp(back, bytes, length) == 0, "and is what it was");
    free(back);
}

static void render(const uint8_t *bytes, size_t length, size_t out_size, enum text_charset charset)
{
    char *out = fuzz_allocate(out_size);
    size_t done = text_render(out, out_size, bytes, length, charset);

    fuzz_require(done <= length, "no more is taken than there is");
    fuzz_require(done == length || out_size <= length * TEXT_EXPANSION, "enough room is enough");
    if (out_size > 0) {
        fuzz_require(strlen(out) < out_size, "a NUL ends the rendering");
        require_safe(out, charset);
        require_columns(out, length % 90, charset);
        require_reversible(out, bytes, done);
    }
    free(out);
}

/* In a copy of exactly the size, over itself. */
static void decode_typed(const uint8_t *bytes, size_t length)
{
    uint8_t *text = fuzz_allocate(length);
    struct escape_result result;

    memcpy(text, bytes, length);
    result = escape_decode((const char *)text, length, text, length);
    fuzz_require(result.length_bytes <= length, "no escape is shorter than what it is");
    fuzz_require(result.error == NULL || result.error_offset < length, "an error is in the text");
    memcpy(text, bytes, length);
    result = escape_decode_hex((const char *)text, length, text, length / 2);
    fuzz_require(result.length_bytes <= length / 2, "a byte is two digits");
    fuzz_require(result.error == NULL || result.error_offset <= length, "so is one in hex");
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 2)
        return 0;
    enum text_charset charset = bytes[0] % 2 == 0 ? TEXT_UTF8 : TEXT_ASCII;
    size_t small_size = bytes[1];

    bytes += 2;
    size -= 2;
    render(bytes, size, size * TEXT_EXPANSION + 1, charset);
    render(bytes, size, small_size, charset);
    decode_typed(bytes, size);
    return 0;
}
