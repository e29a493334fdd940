/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* locale: see the header. */
#include "udptui/sys/locale.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "udptui/base/array.h"

/* The name of the locale for character sets: the first variable that is not empty. */
static const char *ctype_name(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};

    for (size_t i = 0; i < COUNT_OF(variables); i++) {
        const char *value = getenv(variables[i]);
        if (value != NULL && value[0] != '\0')
            return value;
    }
    return "C";
}

/* "ms_MY.UTF-8", "de_DE.utf8" */
static bool names_utf8(const char *locale)
{
    const char *charset = strchr(locale, '.');

    return charset != NULL &&
           (strncasecmp(charset, ".UTF-8", 6) == 0 || strncasecmp(charset, ".utf8", 5) == 0);
}

void locale_adopt(void)
{
    if (setlocale(LC_CTYPE, "") == NULL && names_utf8(ctype_name()))
        setlocale(LC_CTYPE, "C.UTF-8");
}

enum text_charset locale_charset(bool ascii)
{
    return !ascii && strcmp(nl_langinfo(CODESET), "UTF-8") == 0 ? TEXT_UTF8 : TEXT_ASCII;
}

struct language_environment locale_environment(void)
{
    return (struct language_environment){.language = getenv("LANGUAGE"),
                                         .lc_all = getenv("LC_ALL"),
                                         .lc_messages = getenv("LC_MESSAGES"),
                                         .lang = getenv("LANG")};
}
