/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * landlock: a process gives up all files but those that are named (landlock(7),
 * Documentation/userspace-api/landlock.rst). It holds for the calling thread and what it starts.
 *
 * By the system calls: the C library has no functions for them, and older headers lack them. All
 * functions are async-signal-safe, for the child of a fork.
 */
#ifndef UDPTUI_SYS_LANDLOCK_H
#define UDPTUI_SYS_LANDLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* What is forbidden besides files, as far as the kernel can, or-ed. */
enum landlock_scope {
    LANDLOCK_ALONE = 1 << 0,  /* signals to, and abstract sockets of, processes outside */
    LANDLOCK_NO_TCP = 1 << 1, /* to bind and to connect TCP sockets */
};

/* What is allowed of a path and, if it is a directory, of all beneath it; or-ed. */
enum landlock_access {
    LANDLOCK_READ = 1 << 0,    /* files and lists of directories */
    LANDLOCK_EXECUTE = 1 << 1, /* with LANDLOCK_READ */
    LANDLOCK_WRITE = 1 << 2,   /* files that are there, and ioctl(2) of devices */
    LANDLOCK_MAKE = 1 << 3,    /* with LANDLOCK_WRITE: files and directories are made, files are
                                * renamed and removed */
};

struct landlock {
    int fd;           /* -1: none */
    uint64_t files;   /* the rights that this kernel knows */
    uint64_t network; /* those of TCP that it forbids */
};

/* The version of the kernel's interface; 0: it has none. */
int landlock_version(void);

/* Nothing is allowed yet. False with errno. landlock_enforce must follow in any case. */
bool landlock_open(struct landlock *landlock, unsigned scope);

/* access: enum landlock_access. What does not exist needs no rule: true. False with errno. */
bool landlock_allow(const struct landlock *landlock, const char *path, unsigned access);

/* TCP connections to this port are allowed all the same, with LANDLOCK_NO_TCP. False with errno. */
bool landlock_allow_connect(const struct landlock *landlock, uint16_t port);

/* From here on, if wanted; PR_SET_NO_NEW_PRIVS must be set. Closes the descriptor. Returns whether
 * it is in force; false with errno. */
bool landlock_enforce(struct landlock *landlock, bool wanted);

#endif
