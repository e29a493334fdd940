/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * activation: open sockets that a service manager passes to the process (sd_listen_fds(3)): from
 * descriptor 3 on, as many as LISTEN_FDS says, if LISTEN_PID is this process. LISTEN_FDNAMES names
 * them, with colons between the names.
 */
#ifndef UDPTUI_SYS_ACTIVATION_H
#define UDPTUI_SYS_ACTIVATION_H

#include <stdbool.h>
#include <stddef.h>

#include "udptui/base/problem.h"

enum { ACTIVATION_FIRST_FD = 3, ACTIVATION_MAX = 64, ACTIVATION_NAME_SIZE = 64 };

struct activation {
    size_t count; /* descriptors, from ACTIVATION_FIRST_FD on; 0: there are none */
    bool foreign; /* the variables are there, but meant for another process */
    char names[ACTIVATION_MAX][ACTIVATION_NAME_SIZE]; /* "" if not named; a longer one is cut. Not
                                                       * safe for a terminal */
};

/* Takes the descriptors, makes them close on exec and removes the variables from the environment,
 * so that no child takes them for its own. To be called before threads start and before anything is
 * opened. False with the problem set if the variables make no sense. */
bool activation_take(struct activation *out, struct problem *problem);

#endif
