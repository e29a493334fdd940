/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* manual: a page is read again for each query; it is small. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "manual.h"

enum { LINE_MAX_BYTES = 4096 };

static FILE *manual_open(const char *page)
{
    const char *source = getenv("UDPTUI_SOURCE");
    char path[LINE_MAX_BYTES];
    FILE *file;

    snprintf(path, sizeof path, "%s/man/%s", source != NULL ? source : ".", page);
    file = fopen(path, "r");
    if (file == NULL)
        fail_msg("cannot read %s: set UDPTUI_SOURCE", path);
    return file;
}

static bool is_part(char byte)
{
    return isalnum((unsigned char)byte) || byte == '_';
}

static bool has_word(const char *line, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = strstr(line, word); at != NULL; at = strstr(at + 1, word))
        if ((at == line || !is_part(at[-1])) && !is_part(at[length]))
            return true;
    return false;
}

/* 1 for .Sh, 2 for .Ss, 0 for what is no heading. */
static int heading_rank(const char *line)
{
    if (strncmp(line, ".Sh ", 4) == 0)
        return 1;
    return strncmp(line, ".Ss ", 4) == 0 ? 2 : 0;
}

void manual_assert_names(const char *page, const char *heading, const char *word)
{
    FILE *file = manual_open(page);
    char line[LINE_MAX_BYTES];
    int inside = 0;
    bool seen = false, found = false;

    while (fgets(line, sizeof line, file) != NULL) {
        int rank = heading_rank(line);
        line[strcspn(line, "\n")] = '\0';
        if (rank > 0 && (inside == 0 || rank <= inside))
            inside = strcmp(line + 4, heading) == 0 ? rank : 0;
        seen |= inside > 0;
        found |= inside > 0 && has_word(line, word);
    }
    fclose(file);
    if (!seen)
        fail_msg("man/%s has no section '%s'", page, heading);
    if (!found)
        fail_msg("man/%s does not name '%s' in its section '%s'", page, word, heading);
}
