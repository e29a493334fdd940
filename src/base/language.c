/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* language: see the header. */
#include "udptui/base/language.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static bool is_set(const char *value)
{
    return value != NULL && value[0] != '\0';
}

static const char *name_locale(const struct language_environment *environment)
{
    if (is_set(environment->lc_all))
        return environment->lc_all;
    if (is_set(environment->lc_messages))
        return environment->lc_messages;
    return is_set(environment->lang) ? environment->lang : "C";
}

/* The index of the language that a name of so many bytes begins with; -1: not there. */
static int find_language(const char *name, size_t length_bytes, const char *const *codes)
{
    size_t code_bytes = strcspn(name, "_.@:");

    if (code_bytes > length_bytes)
        code_bytes = length_bytes;
    for (int i = 0; codes[i] != NULL; i++)
        if (strlen(codes[i]) == code_bytes && memcmp(codes[i], name, code_bytes) == 0)
            return i;
    return -1;
}

int language_choose(const struct language_environment *environment, const char *const *codes)
{
    const char *locale = name_locale(environment), *list = locale;
    int found = -1;

    if (strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0)
        return 0;
    if (is_set(environment->language))
        list = environment->language;
    while (found < 0 && list[0] != '\0') {
        size_t length_bytes = strcspn(list, ":");
        found = find_language(list, length_bytes, codes);
        list += length_bytes + (list[length_bytes] == ':');
    }
    return found >= 0 ? found : 0;
}
