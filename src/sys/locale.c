/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* locale: see the header. */
#include "udptui/sys/locale.h"

#include <langinfo.h>
#include <string.h>

enum text_charset locale_charset(bool ascii)
{
    return !ascii && strcmp(nl_langinfo(CODESET), "UTF-8") == 0 ? TEXT_UTF8 : TEXT_ASCII;
}
