/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* child: a confined program on three pipes, in a process group of its own, that ends with us. */
#ifndef UDPTUI_DISSECT_CHILD_INTERNAL_H
#define UDPTUI_DISSECT_CHILD_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "confine_internal.h"

/* The descriptor of the capture in the child: /proc/self/fd/3. */
enum { CHILD_CAPTURE_FD = 3, CHILD_REPORT_SIZE = 16 };

struct child {
    pid_t pid;        /* 0: none */
    int in, out, err; /* our ends, which do not block: towards it, from it; err may be -1: closed */
};

struct child_program {
    const char *path; /* absolute */
    const char *name; /* argv[0] */
    int capture_fd;   /* a file that it gets as CHILD_CAPTURE_FD */
    struct confine_rules rules;
};

/* Starts it with the argument "-". The first bytes from `out` are CHILD_REPORT_SIZE bytes of ours:
 * see child_read_report. False with errno. child_kill must follow. */
bool child_start(struct child *child, const struct child_program *program);

/* What a report says: *in_force is an enum confinement, or *error why the program could not be
 * executed. False if it is none. */
bool child_read_report(const char *report, uint32_t *in_force, int *error);

/* The processor time that it has used so far; 0 if that is not known. */
int64_t child_processor_ns(const struct child *child);

/* Nothing more is to be read from err. */
void child_close_err(struct child *child);

/* Closes the pipes and kills it, if it lives; returns its pid, which is to be waited for; 0 if
 * there is none. */
pid_t child_kill(struct child *child);

#endif
