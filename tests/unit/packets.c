/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* packets: see packets.h. */
#include "packets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SHOWN_MAX = 256 };

struct endpoint packets_endpoint(const char *text)
{
    struct endpoint_spec spec;

    assert_int_equal(endpoint_split(text, &spec), ENDPOINT_OK);
    assert_true(spec.is_literal);
    return spec.literal;
}

size_t packets_hex(const char *hex, uint8_t *out)
{
    size_t count = 0;

    for (; *hex != '\0'; hex++) {
        if (*hex == ' ')
            continue;
        char digits[3] = {hex[0], hex[1], '\0'};
        out[count++] = (uint8_t)strtoul(digits, NULL, 16);
        hex++;
    }
    return count;
}

void packets_expect(const uint8_t *bytes, size_t size_bytes, const char *hex)
{
    char shown[2 * SHOWN_MAX + 1] = "";

    assert_true(size_bytes <= SHOWN_MAX);
    for (size_t i = 0; i < size_bytes; i++)
        snprintf(shown + 2 * i, 3, "%02x", bytes[i]);
    assert_string_equal(shown, hex);
}
