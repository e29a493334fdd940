/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ascii: letters of ASCII with upper and lower case alike. tolower(3) and strcasecmp(3) depend on
 * the locale: in Turkish with 8 bits a letter, "i" is not the lower case of "I". What comes from
 * the network, and the words of udptui's own languages, are the same everywhere.
 */
#ifndef UDPTUI_BASE_ASCII_H
#define UDPTUI_BASE_ASCII_H

#include <stdbool.h>
#include <stdint.h>

/* The lower case of A to Z; any other byte as it is. */
static inline uint8_t ascii_lower(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + ('a' - 'A')) : byte;
}

/* Whether two strings are the same but for the case of A to Z. */
bool ascii_equal(const char *one, const char *other);

#endif
