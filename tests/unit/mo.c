/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mo: see the header. */
#include "mo.h"

#include <string.h>

void mo_put_number(struct mo_file *file, size_t at, uint32_t number)
{
    for (size_t i = 0; i < 4; i++)
        file->bytes[at + i] = (uint8_t)(number >> (file->big ? 24 - 8 * i : 8 * i));
}

static void mo_put_text(struct mo_file *file, size_t descriptor, const char *text)
{
    mo_put_number(file, descriptor, (uint32_t)strlen(text));
    mo_put_number(file, descriptor + 4, (uint32_t)file->size);
    memcpy(file->bytes + file->size, text, strlen(text) + 1);
    file->size += strlen(text) + 1;
}

void mo_write(struct mo_file *file, bool big, const struct mo_entry *entries, size_t count)
{
    *file = (struct mo_file){.size = MO_HEADER + count * 16, .big = big};
    mo_put_number(file, 0, 0x950412de);
    mo_put_number(file, 8, (uint32_t)count);
    mo_put_number(file, 12, MO_HEADER);
    mo_put_number(file, 16, (uint32_t)(MO_HEADER + count * 8));
    for (size_t i = 0; i < count; i++)
        mo_put_text(file, MO_HEADER + i * 8, entries[i].original);
    for (size_t i = 0; i < count; i++)
        mo_put_text(file, MO_HEADER + count * 8 + i * 8, entries[i].translation);
}
