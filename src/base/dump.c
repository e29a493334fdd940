/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dump: see the header. */
#include "udptui/base/dump.h"

#include <stdint.h>

#include "udptui/base/text.h"

const char *dump_hex(const void *bytes, size_t count, size_t width, char *out)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *in = bytes;
    char *end = out;

    for (size_t i = 0; i < width && i < DUMP_WIDTH; i++) {
        *end++ = i < count ? digits[in[i] >> 4] : ' ';
        *end++ = i < count ? digits[in[i] & 15] : ' ';
        *end++ = ' ';
        if (i == 7)
            *end++ = ' ';
    }
    *end = '\0';
    return out;
}

const char *dump_ascii(const void *bytes, size_t count, char *out)
{
    const uint8_t *in = bytes;
    size_t i = 0;

    for (; i < count && i < DUMP_WIDTH; i++)
        out[i] = in[i] >= 0x20 && in[i] < 0x7f ? (char)in[i] : '.';
    out[i] = '\0';
    return out;
}

bool dump_is_binary(const void *bytes, size_t count)
{
    return text_printable_bytes(bytes, count) < count - count / 4;
}
