/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * confine: takes rights away from the calling process, before it becomes a program that reads
 * hostile bytes. For the child of a fork: all functions are async-signal-safe.
 *
 * What a kernel does not offer is left out: the result says what is in force.
 */
#ifndef UDPTUI_DISSECT_CONFINE_INTERNAL_H
#define UDPTUI_DISSECT_CONFINE_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

/* What is in force, or-ed. */
enum confinement {
    CONFINED_LIMITS = 1 << 0,     /* setrlimit(2): memory, processor time, no writing of files */
    CONFINED_NAMESPACE = 1 << 1,  /* network_namespaces(7): of its own, without interfaces */
    CONFINED_USER = 1 << 2,       /* it is not root: it never was, or is nobody now */
    CONFINED_PRIVILEGES = 1 << 3, /* PR_SET_NO_NEW_PRIVS */
    CONFINED_FILES = 1 << 4,      /* landlock(7): it reads programs and libraries, no more */
    CONFINED_CALLS = 1 << 5,      /* seccomp(2): no sockets, no signals to others */
};

struct confine_rules {
    uint64_t memory_bytes;       /* RLIMIT_AS */
    uint64_t processor_s;        /* RLIMIT_CPU */
    const char *const *readable; /* files and directories that may be read and executed; NULL at
                                  * the end; those that do not exist are left out */
};

/* Returns what is in force: enum confinement. */
uint32_t confine_self(const struct confine_rules *rules);

#endif
