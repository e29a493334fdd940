/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* problem: why something cannot be opened, for an error message. */
#ifndef UDPTUI_BASE_PROBLEM_H
#define UDPTUI_BASE_PROBLEM_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

enum { PROBLEM_TEXT_SIZE = 1024 };

struct problem {
    bool usage; /* the command line is wrong; else the system refused */
    /* "what: why: what to do". May hold bytes of the command line: not safe for a terminal. */
    char text[PROBLEM_TEXT_SIZE];
};

/* Formats a message. If it does not fit, its middle is left out: what is too long there is what somebody
 * typed, and the reason comes after it. size: at least 32. */
void problem_format(char *out, size_t size, const char *format, va_list list)
    __attribute__((format(printf, 3, 0)));
void problem_write(char *out, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Sets the problem, in this way. Always false, for the caller to return. */
bool problem_set(struct problem *problem, bool usage, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
