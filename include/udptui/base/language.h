/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* language: which of some languages the environment asks for, as GNU gettext chooses. */
#ifndef UDPTUI_BASE_LANGUAGE_H
#define UDPTUI_BASE_LANGUAGE_H

/* The values of the environment variables with these names; NULL: not set. */
struct language_environment {
    const char *language; /* a list: "ms:de" */
    const char *lc_all, *lc_messages, *lang;
};

/*
 * The index of the language to use in codes ("en", "de", ..., ended by NULL; the first is what the
 * program is written in). The locale is the first of LC_ALL, LC_MESSAGES and LANG that is not empty;
 * LANGUAGE is preferred to it, unless it is none, "C" or "POSIX" (gettext manual, "Specifying a
 * Priority List of Languages"). Of a name like "de_AT.UTF-8@euro" the language alone counts. 0 if
 * nothing that is asked for is there.
 */
int language_choose(const struct language_environment *environment, const char *const *codes);

#endif
