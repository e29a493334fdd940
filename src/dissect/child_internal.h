/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* child: a confined program on three pipes, in a process group of its own, that ends with us. */
#ifndef UDPTUI_DISSECT_CHILD_INTERNAL_H
#define UDPTUI_DISSECT_CHILD_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "execute_internal.h"
#include "launcher_internal.h"

struct child {
    pid_t pid;                 /* 0: none */
    struct launcher *launcher; /* which started it; NULL: we did */
    int in, out, err; /* our ends, which do not block: towards it, from it; err may be -1: closed */
};

/* Starts it with the argument "-". The first bytes from `out` are CHILD_REPORT_SIZE bytes of ours:
 * see child_read_report. capture_fd: a file that it gets as CHILD_CAPTURE_FD. launcher: starts its
 * own program in our place, with the limits of this one; NULL. False with errno. child_kill must
 * follow. */
bool child_start(struct child *child, const struct child_program *program, int capture_fd,
                 struct launcher *launcher);

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
