/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* execute: a new process becomes a confined program. */
#ifndef UDPTUI_DISSECT_EXECUTE_INTERNAL_H
#define UDPTUI_DISSECT_EXECUTE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "confine_internal.h"

/* The descriptor of the capture in the child: /proc/self/fd/3. */
enum { CHILD_CAPTURE_FD = 3, CHILD_REPORT_SIZE = 16 };

/* What it gets: standard input, output and error, and the capture. */
enum execute_fd { EXECUTE_IN, EXECUTE_OUT, EXECUTE_ERR, EXECUTE_CAPTURE, EXECUTE_FDS };

struct child_program {
    const char *path; /* absolute */
    const char *name; /* argv[0] */
    struct confine_rules rules;
};

/* In the new process, which is a child of `parent`: reports to its output what confines it, as
 * child_read_report says, and becomes the program with the argument "-". */
_Noreturn void execute_program(const struct child_program *program, const int fds[EXECUTE_FDS],
                               pid_t parent);

#endif
