/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * escape: one cursor over the input, one over the output; the first error ends it.
 *
 * Invariant: written <= at, since no escape is shorter than what it stands for; so the output may
 * overlap the input.
 */
#include "udptui/base/escape.h"

#include <stdbool.h>
#include <string.h>

#include <utf8proc.h>

struct decoder {
    const char *text;
    size_t length, at;
    size_t start; /* of the character or escape that is being decoded, for the position of an
                   * error */
    uint8_t *out;
    size_t size, written;
    const char *error;
    size_t error_offset;
};

static void escape_fail(struct decoder *decoder, const char *error)
{
    if (decoder->error != NULL)
        return;
    decoder->error = error;
    decoder->error_offset = decoder->start;
}

static void escape_put(struct decoder *decoder, uint8_t byte)
{
    if (decoder->written < decoder->size)
        decoder->out[decoder->written++] = byte;
    else
        escape_fail(decoder, "longer than a datagram can be");
}

static int hex_value(char digit)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *found = digit != '\0' ? strchr(digits, digit) : NULL;

    return found != NULL ? (int)((found - digits) & 15) : -1;
}

static int hex_at(const struct decoder *decoder, size_t at)
{
    return at < decoder->length ? hex_value(decoder->text[at]) : -1;
}

static void decode_byte(struct decoder *decoder)
{
    int high = hex_at(decoder, decoder->at), low = hex_at(decoder, decoder->at + 1);

    if (high < 0 || low < 0) {
        escape_fail(decoder, "the escape xHH needs two hex digits");
        return;
    }
    escape_put(decoder, (uint8_t)(high * 16 + low));
    decoder->at += 2;
}

static void escape_put_code_point(struct decoder *decoder, int32_t code_point)
{
    utf8proc_uint8_t bytes[4];
    utf8proc_ssize_t count = 0;

    if (utf8proc_codepoint_valid(code_point))
        count = utf8proc_encode_char(code_point, bytes);
    if (count == 0)
        escape_fail(decoder, "the escape u{HEX} is not a Unicode character");
    for (utf8proc_ssize_t i = 0; i < count; i++)
        escape_put(decoder, bytes[i]);
}

static void decode_code_point(struct decoder *decoder)
{
    int32_t code_point = 0;
    size_t digits = 0, at = decoder->at + 1;

    for (; digits < 7 && hex_at(decoder, at) >= 0; digits++)
        code_point = code_point * 16 + hex_at(decoder, at++);
    if (decoder->at >= decoder->length || decoder->text[decoder->at] != '{' || digits == 0 ||
        digits > 6 || at >= decoder->length || decoder->text[at] != '}') {
        escape_fail(decoder, "the escape u{HEX} needs 1 to 6 hex digits");
        return;
    }
    decoder->at = at + 1;
    escape_put_code_point(decoder, code_point);
}

/* Behind a backslash. */
static void decode_escape(struct decoder *decoder)
{
    static const uint8_t simple[128] = {['n'] = '\n', ['r'] = '\r', ['t'] = '\t', ['\\'] = '\\'};
    unsigned char name = 0;

    if (decoder->at < decoder->length)
        name = (unsigned char)decoder->text[decoder->at++];
    if (name == 'x')
        decode_byte(decoder);
    else if (name == 'u')
        decode_code_point(decoder);
    else if (name == '0' || (name < 128 && simple[name] != 0))
        escape_put(decoder, name == '0' ? 0 : simple[name]);
    else
        escape_fail(
            decoder,
            "unknown escape: after a backslash write n r t 0 xHH u{HEX} or another backslash");
}

static struct escape_result result_of(const struct decoder *decoder)
{
    return (struct escape_result){.length_bytes = decoder->written,
                                  .error = decoder->error,
                                  .error_offset = decoder->error_offset};
}

struct escape_result escape_decode(const char *text, size_t length_bytes, uint8_t *out,
                                   size_t out_size_bytes)
{
    struct decoder decoder = {
        .text = text, .length = length_bytes, .out = out, .size = out_size_bytes};

    while (decoder.at < length_bytes && decoder.error == NULL) {
        decoder.start = decoder.at;
        char next = text[decoder.at++];
        if (next == '\\')
            decode_escape(&decoder);
        else
            escape_put(&decoder, (uint8_t)next);
    }
    return result_of(&decoder);
}

static bool is_separator(char character)
{
    return character == ' ' || character == '\t' || character == ':';
}

/* Skips "0x" before a pair of digits. */
static void skip_prefix(struct decoder *decoder)
{
    const char *at = decoder->text + decoder->at;

    if (decoder->at + 1 < decoder->length && at[0] == '0' && (at[1] == 'x' || at[1] == 'X'))
        decoder->at += 2;
}

static void decode_pair(struct decoder *decoder)
{
    int high, low;

    skip_prefix(decoder);
    decoder->start = decoder->at;
    high = hex_at(decoder, decoder->at);
    low = hex_at(decoder, decoder->at + 1);
    if (high < 0)
        escape_fail(decoder, "not a hex digit");
    else if (low < 0)
        escape_fail(decoder, "hex digits come in pairs");
    else
        escape_put(decoder, (uint8_t)(high * 16 + low));
    decoder->at += 2;
}

struct escape_result escape_decode_hex(const char *text, size_t length_bytes, uint8_t *out,
                                       size_t out_size_bytes)
{
    struct decoder decoder = {
        .text = text, .length = length_bytes, .out = out, .size = out_size_bytes};

    while (decoder.at < length_bytes && decoder.error == NULL) {
        if (is_separator(text[decoder.at]))
            decoder.at++;
        else
            decode_pair(&decoder);
    }
    return result_of(&decoder);
}

char *escape_hex(char *out, size_t size_bytes, const void *bytes, size_t length_bytes)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *in = bytes;
    size_t written = 0;

    for (size_t i = 0; i < length_bytes && written + 2 < size_bytes; i++) {
        out[written++] = digits[in[i] >> 4];
        out[written++] = digits[in[i] & 15];
    }
    if (size_bytes > 0)
        out[written] = '\0';
    return out;
}
