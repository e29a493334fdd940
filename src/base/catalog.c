/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* catalog: checks a .mo file once, then searches it by halves. */
#include "udptui/base/catalog.h"

#include <string.h>

#include "udptui/base/array.h"

enum {
    NUMBER_BYTES = 4,
    DESCRIPTOR_BYTES = 2 * NUMBER_BYTES, /* length without the NUL, offset */
    AT_REVISION = 4,
    AT_COUNT = 8,
    AT_ORIGINALS = 12,
    AT_TRANSLATIONS = 16,
    HEADER_BYTES = 28,
};

static const uint32_t magic = 0x950412de;

/* ---- reading */

static uint32_t read_number(const struct catalog *catalog, uint32_t at)
{
    const uint8_t *from = catalog->bytes + at;

    if (catalog->little_endian)
        return from[0] | (uint32_t)from[1] << 8 | (uint32_t)from[2] << 16 | (uint32_t)from[3] << 24;
    return from[3] | (uint32_t)from[2] << 8 | (uint32_t)from[1] << 16 | (uint32_t)from[0] << 24;
}

/* The text of an entry of a table that was checked. */
static const char *text_at(const struct catalog *catalog, uint32_t table, uint32_t index)
{
    uint32_t offset = read_number(catalog, table + index * DESCRIPTOR_BYTES + NUMBER_BYTES);

    return (const char *)catalog->bytes + offset;
}

/* ---- checking */

static bool holds_bytes(const struct catalog *catalog, uint32_t at, uint64_t length_bytes)
{
    return at <= catalog->size_bytes && length_bytes <= catalog->size_bytes - at;
}

static bool table_is_sound(const struct catalog *catalog, uint32_t table)
{
    if (!holds_bytes(catalog, table, (uint64_t)catalog->count * DESCRIPTOR_BYTES))
        return false;
    for (uint32_t i = 0; i < catalog->count; i++) {
        uint32_t at = table + i * DESCRIPTOR_BYTES;
        uint32_t length_bytes = read_number(catalog, at);
        uint32_t offset = read_number(catalog, at + NUMBER_BYTES);
        if (!holds_bytes(catalog, offset, (uint64_t)length_bytes + 1) ||
            catalog->bytes[offset + length_bytes] != '\0')
            return false;
    }
    return true;
}

static bool is_in_order(const struct catalog *catalog)
{
    for (uint32_t i = 1; i < catalog->count; i++)
        if (strcmp(text_at(catalog, catalog->originals, i - 1),
                   text_at(catalog, catalog->originals, i)) >= 0)
            return false;
    return true;
}

/* The magic number also gives the byte order. A major revision (upper half) of 1 has more tables
 * behind these. */
static bool catalog_read_header(struct catalog *catalog)
{
    if (!holds_bytes(catalog, 0, HEADER_BYTES))
        return false;
    catalog->little_endian = read_number(catalog, 0) != magic;
    if (read_number(catalog, 0) != magic || read_number(catalog, AT_REVISION) >> 16 > 1)
        return false;
    catalog->count = read_number(catalog, AT_COUNT);
    catalog->originals = read_number(catalog, AT_ORIGINALS);
    catalog->translations = read_number(catalog, AT_TRANSLATIONS);
    return true;
}

bool catalog_open(struct catalog *catalog, const void *bytes, size_t size_bytes)
{
    *catalog = (struct catalog){.bytes = bytes, .size_bytes = size_bytes};
    return catalog_read_header(catalog) && table_is_sound(catalog, catalog->originals) &&
           table_is_sound(catalog, catalog->translations) && is_in_order(catalog);
}

/* ---- spelling */

/* Those letters have two bytes in UTF-8 as in ASCII; the first one is the same. */
static void spell_letter(uint8_t *letter)
{
    static const struct {
        uint8_t second;
        char spelled[3];
    } rows[] = {{0x84, "Ae"}, {0x96, "Oe"}, {0x9c, "Ue"}, {0x9f, "ss"},
                {0xa4, "ae"}, {0xb6, "oe"}, {0xbc, "ue"}};

    for (size_t i = 0; letter[0] == 0xc3 && i < COUNT_OF(rows); i++)
        if (letter[1] == rows[i].second)
            memcpy(letter, rows[i].spelled, 2);
}

void catalog_spell_in_ascii(const struct catalog *catalog, uint8_t *bytes)
{
    for (uint32_t i = 0; i < catalog->count; i++) {
        size_t at = (size_t)(text_at(catalog, catalog->translations, i) - (const char *)bytes);
        for (; bytes[at] != '\0'; at++)
            spell_letter(bytes + at);
    }
}

/* ---- searching */

const char *catalog_text(const struct catalog *catalog, const char *text)
{
    uint32_t from = 0, to = catalog != NULL && text[0] != '\0' ? catalog->count : 0;

    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        int order = strcmp(text, text_at(catalog, catalog->originals, middle));
        if (order == 0)
            return text_at(catalog, catalog->translations, middle);
        if (order < 0)
            to = middle;
        else
            from = middle + 1;
    }
    return text;
}
