/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* locale: what the user's terminal can show, and the language that the user reads. */
#ifndef UDPTUI_SYS_LOCALE_H
#define UDPTUI_SYS_LOCALE_H

#include <stdbool.h>

#include "udptui/base/language.h"
#include "udptui/base/text.h"

/*
 * Sets the character set (LC_CTYPE) as the environment says, and nothing else: figures keep '.'
 * everywhere. If the locale is not installed, but its name says UTF-8, C.UTF-8 takes its place.
 */
void locale_adopt(void);

/* TEXT_UTF8 in a UTF-8 locale (nl_langinfo(3)), unless `ascii` is set. */
enum text_charset locale_charset(bool ascii);

/* The environment's wishes for the language of texts. */
struct language_environment locale_environment(void);

#endif
