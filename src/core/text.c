/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text: utf8proc decodes and knows categories and widths; the rules of the header are ours. */
#include "udptui/core/text.h"

#include <stdio.h>
#include <string.h>

#include <utf8proc.h>

enum { TOKEN_SIZE = 16 }; /* "\u{10FFFF}" and a NUL */

/* What one character of the input becomes. */
struct token {
    char bytes[TOKEN_SIZE];
    size_t length;
};

static bool is_plain(uint8_t byte)
{
    return byte >= 0x20 && byte < 0x7f && byte != '\\';
}

static void put_byte(struct token *token, uint8_t byte)
{
    static const char *const named[256] = {
        ['\t'] = "\\t", ['\n'] = "\\n", ['\r'] = "\\r", ['\\'] = "\\\\"};

    if (named[byte] != NULL)
        token->length = (size_t)snprintf(token->bytes, TOKEN_SIZE, "%s", named[byte]);
    else
        token->length = (size_t)snprintf(token->bytes, TOKEN_SIZE, "\\x%02X", byte);
}

static void put_code_point(struct token *token, int32_t code_point)
{
    token->length = (size_t)snprintf(token->bytes, TOKEN_SIZE, "\\u{%X}", (unsigned)code_point);
}

static bool is_combining(utf8proc_category_t category)
{
    return category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC ||
           category == UTF8PROC_CATEGORY_ME;
}

/* Characters that are not seen, or change how others are seen, or have no fixed look. */
static bool is_hidden(utf8proc_category_t category)
{
    static const bool hidden[UTF8PROC_CATEGORY_CO + 1] = {
        [UTF8PROC_CATEGORY_CN] = true, [UTF8PROC_CATEGORY_ZL] = true, [UTF8PROC_CATEGORY_ZP] = true,
        [UTF8PROC_CATEGORY_CC] = true, [UTF8PROC_CATEGORY_CF] = true, [UTF8PROC_CATEGORY_CS] = true,
        [UTF8PROC_CATEGORY_CO] = true};

    return hidden[category];
}

/*
 * Whether a character may stand as it is. *marks: combining marks since the last base, or
 * TEXT_COMBINING_MAX where there is no base to stand on; kept up to date. A character without a
 * width of its own that is no mark (a Hangul vowel jamo) would draw over its neighbour: escaped.
 */
static bool may_stand(int32_t code_point, int *marks)
{
    utf8proc_category_t category = utf8proc_category(code_point);

    if (is_combining(category)) {
        bool room = *marks < TEXT_COMBINING_MAX;
        *marks += room;
        return room;
    }
    *marks = TEXT_COMBINING_MAX;
    if (is_hidden(category) || utf8proc_charwidth(code_point) < 1)
        return false;
    *marks = 0;
    return true;
}

/* Takes one character off the input; returns its length. */
static size_t take(const uint8_t *bytes, size_t length, enum text_charset charset, int *marks,
                   struct token *token)
{
    utf8proc_int32_t code_point;
    utf8proc_ssize_t used;

    if (bytes[0] < 0x80) {
        put_byte(token, bytes[0]);
        *marks = TEXT_COMBINING_MAX;
        return 1;
    }
    used = utf8proc_iterate(bytes, (utf8proc_ssize_t)length, &code_point);
    if (used < 1 || code_point < 0xa0) { /* no UTF-8, or a C1 control: byte by byte */
        put_byte(token, bytes[0]);
        *marks = TEXT_COMBINING_MAX;
        return 1;
    }
    if (charset == TEXT_UTF8 && may_stand(code_point, marks)) {
        memcpy(token->bytes, bytes, (size_t)used);
        token->length = (size_t)used;
    } else {
        put_code_point(token, code_point);
    }
    return (size_t)used;
}

size_t text_render(char *out, size_t size_bytes, const void *bytes, size_t length_bytes,
                   enum text_charset charset)
{
    const uint8_t *in = bytes;
    int marks = TEXT_COMBINING_MAX; /* none may come first */
    size_t done = 0, written = 0;
    struct token token;

    if (size_bytes == 0)
        return 0;
    while (done < length_bytes) {
        if (is_plain(in[done])) {
            if (written + 1 >= size_bytes)
                break;
            out[written++] = (char)in[done++];
            marks = 0;
            continue;
        }
        size_t used = take(in + done, length_bytes - done, charset, &marks, &token);
        if (written + token.length >= size_bytes)
            break;
        memcpy(out + written, token.bytes, token.length);
        written += token.length;
        done += used;
    }
    out[written] = '\0';
    return done;
}

/* One code point of safe text, and how many bytes it is; 0 at the end. */
static size_t next_code_point(const char *at, int32_t *code_point)
{
    utf8proc_int32_t decoded;
    utf8proc_ssize_t used;

    if (*at == '\0')
        return 0;
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
    *out = (struct text_cell){.bytes = *cursor, .length_bytes = (uint8_t)used};
    out->columns = code_point >= 0x80 && utf8proc_charwidth(code_point) == 2 ? 2 : 1;
    *cursor += used;
    for (int marks = 0; marks < TEXT_COMBINING_MAX; marks++) {
        if ((uint8_t) * *cursor < 0x80)
            break;
        used = next_code_point(*cursor, &code_point);
        if (!is_combining(utf8proc_category(code_point)) || utf8proc_charwidth(code_point) != 0)
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

/* Output of text_fit: bytes, with the end of the buffer watched. */
struct fit {
    char *out;
    size_t size, written, columns;
};

static void fit_put(struct fit *fit, const char *bytes, size_t length, size_t columns)
{
    if (fit->written + length < fit->size) {
        memcpy(fit->out + fit->written, bytes, length);
        fit->written += length;
    }
    fit->columns += columns;
}

size_t text_fit(char *out, size_t size_bytes, const char *safe, size_t columns,
                enum text_charset charset)
{
    struct fit fit = {.out = out, .size = size_bytes};
    bool cut = text_columns(safe) > columns;
    size_t room = cut && columns > 0 ? columns - 1 : columns;
    const char *ellipsis = charset == TEXT_UTF8 ? "\xe2\x80\xa6" : "~";
    struct text_cell cell;

    while (text_next(&safe, &cell) && fit.columns + cell.columns <= room)
        fit_put(&fit, cell.bytes, cell.length_bytes, cell.columns);
    while (fit.columns < room)
        fit_put(&fit, " ", 1, 1);
    if (cut && columns > 0)
        fit_put(&fit, ellipsis, strlen(ellipsis), 1);
    if (size_bytes > 0)
        out[fit.written] = '\0';
    return fit.written;
}
