/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ascii: see the header. */
#include "udptui/base/ascii.h"

#include <stddef.h>

bool ascii_equal(const char *one, const char *other)
{
    size_t i = 0;

    while (one[i] != '\0' && ascii_lower((uint8_t)one[i]) == ascii_lower((uint8_t)other[i]))
        i++;
    return one[i] == other[i];
}
