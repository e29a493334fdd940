/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* process: what a helper process does first, after fork(2), so that it holds nothing of its owner's
 * and never outlives it. */
#ifndef UDPTUI_SYS_PROCESS_H
#define UDPTUI_SYS_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

/* The one descriptor that it has besides 0, 1 and 2, which are /dev/null. */
enum { PROCESS_FD = 3 };

/* In the new process: takes the name (15 characters, prctl(2) PR_SET_NAME), a process group of its
 * own, which the terminal's keys do not reach, and no descriptor but fd, as PROCESS_FD: the owner's
 * sockets and pipes would stay open in it. It is killed if the owner ends. False: the owner has
 * ended already, or a descriptor could not be set: it must end then. */
bool process_leave_owner(const char *name, int fd, pid_t owner);

/* Closes each descriptor from first on, also if the kernel has no close_range(2) (Linux 5.9).
 * async-signal-safe. */
void process_close_from(int first);

#endif
