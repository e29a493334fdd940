/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* program: where sharkd is, and which files it needs. */
#ifndef UDPTUI_DISSECT_PROGRAM_INTERNAL_H
#define UDPTUI_DISSECT_PROGRAM_INTERNAL_H

#include <limits.h>
#include <stdbool.h>

enum { PROGRAM_READABLE_MAX = 24 };

struct program {
    char path[PATH_MAX];
    const char *readable[PROGRAM_READABLE_MAX]; /* see confine_rules */
    char *owned[4];                             /* those of readable that are ours */
};

/* name: a path, or looked up in PATH; NULL: "sharkd". False: there is none that can be
 * executed. program_free must follow. */
bool program_find(struct program *program, const char *name);
void program_free(struct program *program);

#endif
