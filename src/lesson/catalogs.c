/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* catalogs: see the header. */
#include "udptui/lesson/catalogs.h"

#include <stdlib.h>
#include <string.h>

#include "udptui/sys/report.h"

/* The copy that is spelled in ASCII. False: no memory. */
static bool catalogs_spell(struct catalogs_opened *opened, const struct catalogs_file *file)
{
    opened->copy = malloc(file->size_bytes);
    if (opened->copy == NULL)
        return false;
    memcpy(opened->copy, file->bytes, file->size_bytes);
    if (catalog_open(&opened->catalog, opened->copy, file->size_bytes))
        catalog_spell_in_ascii(&opened->catalog, opened->copy);
    return true;
}

const struct catalog *catalogs_open(struct catalogs_opened *opened, int language,
                                    enum text_charset charset)
{
    const struct catalogs_file *file = &catalogs_files[language];

    *opened = (struct catalogs_opened){0};
    if (file->bytes == NULL || !catalog_open(&opened->catalog, file->bytes, file->size_bytes))
        return NULL;
    if (charset == TEXT_UTF8 || catalogs_spell(opened, file))
        return &opened->catalog;
    report_error("not enough memory for the language: the lessons are in English");
    return NULL;
}

void catalogs_close(struct catalogs_opened *opened)
{
    free(opened->copy);
    opened->copy = NULL;
}
