/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* launcher: what child asks of it. */
#ifndef UDPTUI_DISSECT_LAUNCHER_INTERNAL_H
#define UDPTUI_DISSECT_LAUNCHER_INTERNAL_H

#include <stdint.h>
#include <sys/types.h>

#include "execute_internal.h"
#include "udptui/dissect/launcher.h"

/* Starts the program on these descriptors, which it gets copies of. Waits for the launcher, not for
 * the program. Returns its pid, or -1 with errno. */
pid_t launcher_start(struct launcher *launcher, const int fds[EXECUTE_FDS], uint64_t memory_bytes,
                     uint64_t processor_s);

/* Kills what it started last, if that is this one. */
void launcher_kill(struct launcher *launcher, pid_t pid);

#endif
