/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* judge: one pass over the text, nothing of src but the two calls under test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "judge.h"

#include "udptui/base/escape.h"

/* Strict UTF-8 (RFC 3629 section 4). Returns the length, or 0. */
static size_t judge_decode(const uint8_t *at, uint32_t *code_point)
{
    static const struct {
        uint8_t mask, lead;
        uint32_t least;
    } forms[] = {{0x80, 0x00, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};

    for (size_t length = 1; length <= 4; length++) {
        if ((at[0] & forms[length - 1].mask) != forms[length - 1].lead)
            continue;
        *code_point = at[0] & (uint8_t)~forms[length - 1].mask;
        for (size_t i = 1; i < length; i++) {
            if ((at[i] & 0xc0) != 0x80)
                return 0;
            *code_point = *code_point << 6 | (at[i] & 0x3f);
        }
        bool surrogate = *code_point >= 0xd800 && *code_point <= 0xdfff;
        return *code_point < forms[length - 1].least || *code_point > 0x10ffff || surrogate
                   ? 0
                   : length;
    }
    return 0;
}

size_t judge_encode(uint32_t code_point, uint8_t out[4])
{
    static const uint8_t leads[] = {0, 0x00, 0xc0, 0xe0, 0xf0};
    size_t length = code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;

    for (size_t i = length; i-- > 1; code_point >>= 6)
        out[i] = (uint8_t)(0x80 | (code_point & 0x3f));
    out[0] = (uint8_t)(leads[length] | code_point);
    return length;
}

/* The ranges that FACTS and the header name, and noncharacters. */
static bool judge_hidden(uint32_t c)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0x00, 0x1f},       {0x7f, 0x9f},        {0xad, 0xad},       {0x34f, 0x34f},
        {0x61c, 0x61c},     {0x115f, 0x11ff},    {0x180b, 0x180f},   {0x200b, 0x200f},
        {0x2028, 0x202e},   {0x2060, 0x206f},    {0x3164, 0x3164},   {0xd7b0, 0xf8ff},
        {0xfdd0, 0xfdef},   {0xfe00, 0xfe0f},    {0xfeff, 0xfeff},   {0xffa0, 0xffa0},
        {0xfff0, 0xfffb},   {0xfffe, 0xffff},    {0x1d173, 0x1d17a}, {0x1fffe, 0x1ffff},
        {0xe0000, 0xe0fff}, {0xf0000, 0x10ffff},
    };

    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

void judge_safe(const char *text, size_t most, enum text_charset charset)
{
    const uint8_t *at = (const uint8_t *)text;
    uint32_t code_point;

    assert_true(strlen(text) <= most);
    while (*at != 0) {
        size_t length = judge_decode(at, &code_point);
        if (length == 0 || judge_hidden(code_point) || (charset == TEXT_ASCII && length > 1))
            fail_msg("unsafe at byte %td of: %s", at - (const uint8_t *)text, text);
        at += length;
    }
}

void judge_reversible(const char *text, const void *bytes, size_t length)
{
    uint8_t back[OUTPUT_MAX];
    struct escape_result result = escape_decode(text, strlen(text), back, sizeof back);

    if (result.error != NULL)
        fail_msg("%s at %zu of: %s", result.error, result.error_offset, text);
    assert_int_equal(result.length_bytes, length);
    assert_memory_equal(back, bytes, length);
}

/* The invariant, for both charsets and the widths that follow from the rendering. */
void judge(const void *bytes, size_t length)
{
    char out[OUTPUT_MAX], fitted[OUTPUT_MAX + 8];

    for (int charset = TEXT_UTF8; charset <= TEXT_ASCII; charset++) {
        assert_int_equal(text_render(out, sizeof out, bytes, length, (enum text_charset)charset),
                         length);
        judge_safe(out, length * TEXT_EXPANSION, (enum text_charset)charset);
        judge_reversible(out, bytes, length);
        size_t columns = text_columns(out);
        text_fit(fitted, sizeof fitted, out, columns, (enum text_charset)charset);
        assert_string_equal(fitted, out);
    }
}

uint32_t judge_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)(*state >> 32);
}
