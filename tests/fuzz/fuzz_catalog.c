/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_catalog: a .mo file is sound, and then every text is found or stays, or it is refused. The input
 * becomes tables behind a head that is right, since hardly any input would have one. */
#include <string.h>

#include "fuzz.h"
#include "udptui/base/catalog.h"

const char *const fuzz_words[] = {"\x1c", "\x24", "\x10", "a", "abc", "\x01", "\x02", "\x04", NULL};

enum { HEAD_BYTES = 28, ROW_BYTES = 8 };

static void put_word(uint8_t *at, uint32_t word)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(word >> 8 * i);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    uint32_t count = size > 0 ? bytes[0] % 4 : 0;
    uint8_t *file = fuzz_allocate(HEAD_BYTES + size);
    struct catalog catalog;

    memset(file, 0, HEAD_BYTES);
    put_word(file, 0x950412de);
    put_word(file + 8, count);
    put_word(file + 12, HEAD_BYTES);
    put_word(file + 16, HEAD_BYTES + ROW_BYTES * count);
    if (size > 0)
        memcpy(file + HEAD_BYTES, bytes, size);
    if (catalog_open(&catalog, file, HEAD_BYTES + size)) {
        fuzz_require(catalog_text(&catalog, "abc") != NULL, "there is always a text");
        fuzz_require(strlen(catalog_text(&catalog, "a")) < HEAD_BYTES + size,
                     "a text is in the file");
        catalog_spell_in_ascii(&catalog, file);
    }
    fuzz_require(!catalog_open(&catalog, bytes, size) || size >= HEAD_BYTES,
                 "a short file is refused");
    free(file);
    return 0;
}
