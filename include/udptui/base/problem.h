/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* problem: why something cannot be opened, for an error message. */
#ifndef UDPTUI_BASE_PROBLEM_H
#define UDPTUI_BASE_PROBLEM_H

#include <stdbool.h>

enum { PROBLEM_TEXT_SIZE = 1024 };

struct problem {
    bool usage; /* the command line is wrong; else the system refused */
    /* "what: why: what to do". May hold bytes of the command line: not safe for a terminal. */
    char text[PROBLEM_TEXT_SIZE];
};

/* Sets the problem; what does not fit is cut. Always false, for the caller to return. */
bool problem_set(struct problem *problem, bool usage, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
