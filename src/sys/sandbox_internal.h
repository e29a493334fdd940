/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sandbox: its list of system calls. One of sandbox_seccomp.c and sandbox_none.c is built. */
#ifndef UDPTUI_SYS_SANDBOX_INTERNAL_H
#define UDPTUI_SYS_SANDBOX_INTERNAL_H

#include <stdbool.h>

/* Groups of system calls, or-ed. What every command needs is always allowed. */
enum sandbox_calls {
    CALLS_FILES = 1 << 0,   /* opening and listing files to read and, as flags say, to write */
    CALLS_CHANGES = 1 << 1, /* making directories, renaming and removing files */
    CALLS_SOCKETS = 1 << 2, /* new UDP sockets, and questions to the kernel about interfaces */
    CALLS_NAMES = 1 << 3,   /* the resolver's libraries, and its sockets of other kinds */
    CALLS_TCP = 1 << 4,     /* new TCP sockets; Landlock chooses where they may connect to */
    CALLS_ACCEPT = 1 << 5,  /* connections of sockets that listen */
};

/* NULL: this build and this kernel can filter; else why not, and what to do: a clause. */
const char *sandbox_calls_missing(void);

/* All threads may make the calls of the groups alone from here on; others fail with EPERM. False
 * with errno. */
bool sandbox_calls_restrict(unsigned groups);

#endif
