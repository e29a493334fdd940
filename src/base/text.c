/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text: utf8proc decodes and knows categories and widths; the rules in the header are our own.
 *
 * Rendering alternates between two steps: a run of plain ASCII, the common case, is copied
 * unchanged, then one other character becomes a token. Invariant: a token is put whole or not at
 * all, and each backslash that is not doubled begins an escape, so that escape_decode gives the
 * input back.
 */
#include "udptui/base/text.h"

#include <stdio.h>
#include <string.h>

#include <utf8proc.h>

enum { TOKEN_SIZE = 16, WORD_BYTES = 8 }; /* a token is at most "\u{10FFFF}" */

/* What one character of the input becomes. */
struct token {
    char bytes[TOKEN_SIZE];
    size_t length;
};

/* ---- plain ASCII, which is shown unchanged */

static bool is_plain(uint8_t byte)
{
    return byte >= 0x20 && byte < 0x7f && byte != '\\';
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/*
 * The same of eight bytes at once. A byte that is not plain sets its top bit in one of the terms:
 * from 0x80 up, below 0x20 (borrows), DEL (carries), a backslash (zero after the xor, borrows).
 * Carries and borrows reach other bytes only if such a byte is present anyway.
 */
static bool is_plain_word(const uint8_t *bytes)
{
    uint64_t word;

    memcpy(&word, bytes, sizeof word);
    return ((word | (word - EACH(0x20)) | (word + EACH(0x01)) |
             ((word ^ EACH('\\')) - EACH(0x01))) &
            EACH(0x80)) == 0;
}

/* How many plain bytes come first, up to length. */
static size_t plain_run(const uint8_t *bytes, size_t length)
{
    size_t run = 0;

    while (length - run >= WORD_BYTES && is_plain_word(bytes + run))
        run += WORD_BYTES;
    while (run < length && is_plain(bytes[run]))
        run++;
    return run;
}

/* ---- everything else: tokens */

static const char hex_digits[] = "0123456789ABCDEF";

static void put_byte(struct token *token, uint8_t byte)
{
    static const char named[256] = {['\t'] = 't', ['\n'] = 'n', ['\r'] = 'r', ['\\'] = '\\'};

    token->bytes[0] = '\\';
    if (named[byte] != 0) {
        token->bytes[1] = named[byte];
        token->length = 2;
        return;
    }
    token->bytes[1] = 'x';
    token->bytes[2] = hex_digits[byte >> 4];
    token->bytes[3] = hex_digits[byte & 15];
    token->length = 4;
}

static void text_put_code_point(struct token *token, int32_t code_point)
{
    int shift = 20;

    while (shift > 0 && code_point >> shift == 0)
        shift -= 4;
    memcpy(token->bytes, "\\u{", 3);
    token->length = 3;
    for (; shift >= 0; shift -= 4)
        token->bytes[token->length++] = hex_digits[code_point >> shift & 15];
    token->bytes[token->length++] = '}';
}

static bool text_is_mark(utf8proc_propval_t category)
{
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC ||
           category == UTF8PROC_CATEGORY_ME;
}

/* Spacing marks (Mc) take a column of their own, as the C library and terminals count them. */
static bool is_zero_width_mark(int32_t code_point)
{
    utf8proc_category_t category = utf8proc_category(code_point);

    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_ME;
}

/* Hangul vowels and final consonants: letters that are drawn into the one before. */
static bool is_joining_letter(int32_t code_point)
{
    return (code_point >= 0x1160 && code_point <= 0x11ff) ||
           (code_point >= 0xd7b0 && code_point <= 0xd7ff);
}

/* Characters that are invisible, change the look of others, or have no fixed look. */
static bool is_hidden(int32_t code_point, const utf8proc_property_t *property)
{
    static const bool hidden[UTF8PROC_CATEGORY_CO + 1] = {
        [UTF8PROC_CATEGORY_CN] = true, [UTF8PROC_CATEGORY_ZL] = true, [UTF8PROC_CATEGORY_ZP] = true,
        [UTF8PROC_CATEGORY_CC] = true, [UTF8PROC_CATEGORY_CF] = true, [UTF8PROC_CATEGORY_CS] = true,
        [UTF8PROC_CATEGORY_CO] = true};

    return hidden[property->category] || property->ignorable || is_joining_letter(code_point);
}

/*
 * Whether a character may be shown unchanged. *marks: combining marks since the last base, or
 * TEXT_COMBINING_MAX if there is no base for one; updated. A character that is no mark and has no
 * width would draw over its neighbour: escaped.
 */
static bool may_stand(int32_t code_point, int *marks)
{
    const utf8proc_property_t *property = utf8proc_get_property(code_point);
    bool mark = text_is_mark(property->category), stands;

    if (is_hidden(code_point, property))
        stands = false;
    else
        stands = mark ? *marks < TEXT_COMBINING_MAX : property->charwidth > 0;
    if (!stands)
        *marks = TEXT_COMBINING_MAX; /* an escape is no base for a mark */
    else
        *marks = mark ? *marks + 1 : 0;
    return stands;
}

/* Reads one character of the input; returns its length. */
static size_t text_take(const uint8_t *bytes, size_t length, enum text_charset charset, int *marks,
                        struct token *token)
{
    utf8proc_int32_t code_point;
    utf8proc_ssize_t used = utf8proc_iterate(bytes, (utf8proc_ssize_t)length, &code_point);

    if (used < 1 || code_point < 0xa0) { /* no UTF-8, ASCII that is not plain, C1: byte by byte */
        put_byte(token, bytes[0]);
        *marks = TEXT_COMBINING_MAX;
        return 1;
    }
    if (charset == TEXT_UTF8 && may_stand(code_point, marks)) {
        memcpy(token->bytes, bytes, (size_t)used);
        token->length = (size_t)used;
    } else {
        text_put_code_point(token, code_point);
    }
    return (size_t)used;
}

size_t text_render(char *out, size_t size_bytes, const void *bytes, size_t length_bytes,
                   enum text_charset charset)
{
    const uint8_t *in = bytes;
    int marks = TEXT_COMBINING_MAX; /* a mark may not come first */
    size_t done = 0, written = 0;
    struct token token;

    if (size_bytes == 0)
        return 0;
    while (done < length_bytes && written + 1 < size_bytes) {
        size_t left = length_bytes - done, room = size_bytes - 1 - written;
        size_t used = plain_run(in + done, left < room ? left : room);
        if (used > 0) {
            memcpy(out + written, in + done, used);
            written += used;
            marks = 0;
        } else {
            used = text_take(in + done, left, charset, &marks, &token);
            if (token.length > room)
                break;
            memcpy(out + written, token.bytes, token.length);
            written += token.length;
        }
        done += used;
    }
    out[written] = '\0';
    return done;
}

/* An escape that names no character: "\\xHH", "\\u{HEX}". */
static bool text_is_number(const struct token *token)
{
    return token->bytes[0] == '\\' && (token->bytes[1] == 'x' || token->bytes[1] == 'u');
}

const char *text_recode(char *out, size_t size_bytes, const char *safe, enum text_charset charset)
{
    size_t used = 0;

    out[0] = '\0';
    while (*safe != '\0' && used + 1 < size_bytes) {
        size_t run = 0;
        while (safe[run] != '\0' && ((uint8_t)safe[run] < 0x80) == ((uint8_t)*safe < 0x80))
            run++;
        if ((uint8_t)*safe >= 0x80 && charset == TEXT_ASCII)
            text_render(out + used, size_bytes - used, safe, run, charset);
        else
            snprintf(out + used, size_bytes - used, "%.*s", (int)run, safe);
        used += strlen(out + used);
        safe += run;
    }
    return out;
}

size_t text_printable_bytes(const void *bytes, size_t length_bytes)
{
    const uint8_t *in = bytes;
    int marks = TEXT_COMBINING_MAX;
    size_t printable = 0;
    struct token token;

    for (size_t done = 0; done < length_bytes;) {
        size_t used = plain_run(in + done, length_bytes - done);
        if (used > 0) {
            marks = 0;
            printable += used;
        } else {
            used = text_take(in + done, length_bytes - done, TEXT_UTF8, &marks, &token);
            printable += text_is_number(&token) ? 0 : used;
        }
        done += used;
    }
    return printable;
}

/* One code point of safe text, and how many bytes it is; 0 at the end. */
static size_t next_code_point(const char *at, int32_t *code_point)
{
    utf8proc_int32_t decoded;
    utf8proc_ssize_t used;

    if ((uint8_t)*at < 0x80) {
        *code_point = *at;
        return *at != '\0';
    }
    used = utf8proc_iterate((const uint8_t *)at, -1, &decoded);
    *code_point = used > 0 ? decoded : '?';
    return used > 0 ? (size_t)used : 1;
}

bool text_next(const char **cursor, struct text_cell *out)
{
    int32_t code_point;
    size_t used = next_code_point(*cursor, &code_point);

    if (used == 0)
        return false;
    *out = (struct text_cell){.bytes = *cursor, .length_bytes = (uint8_t)used, .columns = 1};
    if (code_point >= 0x80 && utf8proc_charwidth(code_point) == 2)
        out->columns = 2;
    *cursor += used;
    for (int marks = 0; marks < TEXT_COMBINING_MAX && (uint8_t) * *cursor >= 0x80; marks++) {
        used = next_code_point(*cursor, &code_point);
        if (!is_zero_width_mark(code_point))
            break;
        out->length_bytes = (uint8_t)(out->length_bytes + used);
        *cursor += used;
    }
    return true;
}

size_t text_columns(const char *safe)
{
    struct text_cell cell;
    size_t columns = 0;

    while (text_next(&safe, &cell))
        columns += cell.columns;
    return columns;
}

/* Whether safe text has more columns; reads no further than needed. */
static bool is_wider(const char *safe, size_t columns)
{
    struct text_cell cell;
    size_t seen = 0;

    while (seen <= columns && text_next(&safe, &cell))
        seen += cell.columns;
    return seen > columns;
}

/* Output of text_fit. Once something does not fit, nothing more is added, so there are no gaps. */
struct fit {
    char *out;
    size_t room, written, columns; /* room: bytes that may be written */
    bool full;
};

static void fit_put(struct fit *fit, const char *bytes, size_t length, size_t columns)
{
    fit->columns += columns;
    fit->full = fit->full || length > fit->room - fit->written;
    if (fit->full)
        return;
    memcpy(fit->out + fit->written, bytes, length);
    fit->written += length;
}

size_t text_fit(char *out, size_t size_bytes, const char *safe, size_t columns,
                enum text_charset charset)
{
    struct fit fit = {.out = out, .room = size_bytes > 0 ? size_bytes - 1 : 0};
    bool cut = is_wider(safe, columns) && columns > 0;
    size_t text_columns_max = cut ? columns - 1 : columns;
    const char *ellipsis = charset == TEXT_UTF8 ? "\xe2\x80\xa6" : "~";
    struct text_cell cell;

    while (!fit.full && text_next(&safe, &cell) && fit.columns + cell.columns <= text_columns_max)
        fit_put(&fit, cell.bytes, cell.length_bytes, cell.columns);
    while (fit.columns < text_columns_max)
        fit_put(&fit, " ", 1, 1);
    if (cut)
        fit_put(&fit, ellipsis, strlen(ellipsis), 1);
    if (size_bytes > 0)
        out[fit.written] = '\0';
    return fit.written;
}
