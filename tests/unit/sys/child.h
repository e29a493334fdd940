/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* child: code that changes the process it runs in, or ends it, in a process of its own. */
#ifndef UDPTUI_TESTS_UNIT_SYS_CHILD_H
#define UDPTUI_TESTS_UNIT_SYS_CHILD_H

#include <stddef.h>
#include <sys/types.h>

enum { CHILD_OUTPUT_SIZE = 16384, CHILD_PATIENCE_S = 20 };

struct child {
    int status;                     /* as waitpid(2) gives it */
    char output[CHILD_OUTPUT_SIZE]; /* standard output and standard error, terminated; may be cut */
};

/* Runs `run` in a child with both outputs in a pipe, and standard input closed, until it ends; what
 * run returns is its exit status. It is killed (SIGKILL) if it writes nothing for
 * CHILD_PATIENCE_S. */
struct child child_run(int (*run)(void *context), void *context);

/* The same with a new terminal as standard input and both outputs; and the controlling one. */
struct child child_run_on_terminal(int (*run)(void *context), void *context);

#endif
