/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* locale: what the user's terminal can show. */
#ifndef UDPTUI_SYS_LOCALE_H
#define UDPTUI_SYS_LOCALE_H

#include <stdbool.h>

#include "udptui/base/text.h"

/* TEXT_UTF8 in a UTF-8 locale (nl_langinfo(3)), unless `ascii` is set. */
enum text_charset locale_charset(bool ascii);

#endif
