/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wide: wchar_t is a Unicode code point on this system (__STDC_ISO_10646__). */
#include "wide_internal.h"

/* One code point of a cell's UTF-8, which is valid; returns its length. */
static size_t wide_decode(const uint8_t *bytes, wchar_t *out)
{
    static const uint8_t masks[] = {0x7f, 0x1f, 0x0f, 0x07};
    size_t more = bytes[0] < 0x80 ? 0 : bytes[0] < 0xe0 ? 1 : bytes[0] < 0xf0 ? 2 : 3;
    wchar_t code_point = bytes[0] & masks[more];

    for (size_t i = 1; i <= more; i++)
        code_point = (wchar_t)(code_point << 6 | (bytes[i] & 0x3f));
    *out = code_point;
    return more + 1;
}

void wide_from_cell(const struct cell *cell, wchar_t *out, size_t count)
{
    size_t written = 0, at = 0;

    while (at < cell->length_bytes && written < count) {
        at += wide_decode((const uint8_t *)cell->bytes + at, &out[written]);
        if (written > 0 && wcwidth(out[written]) != 0)
            break;
        written++;
    }
    out[written] = L'\0';
    if (wcwidth(out[0]) != cell->columns)
        wcscpy(out, L"?");
}
