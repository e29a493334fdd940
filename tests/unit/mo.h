/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mo: writes small .mo files, for tests of and with base/catalog. */
#ifndef UDPTUI_TESTS_UNIT_MO_H
#define UDPTUI_TESTS_UNIT_MO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MO_HEADER = 28, MO_FILE_SIZE = 16384, MO_TEXT_SIZE = 48 };

struct mo_entry {
    char original[MO_TEXT_SIZE], translation[MO_TEXT_SIZE];
};

struct mo_file {
    uint8_t bytes[MO_FILE_SIZE];
    size_t size;
    bool big; /* big-endian */
};

/* Writes a file with these entries, which must be in order and fit: the header, the table of the
 * originals, that of the translations, the texts. */
void mo_write(struct mo_file *file, bool big, const struct mo_entry *entries, size_t count);

/* Overwrites a number, in the byte order of the file. */
void mo_put_number(struct mo_file *file, size_t at, uint32_t number);

#endif
