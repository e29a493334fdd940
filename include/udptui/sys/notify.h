/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * notify: tells a service manager how the process is (sd_notify(3)), if it asks for that with
 * NOTIFY_SOCKET, and that it is alive (sd_watchdog_enabled(3)), if it asks with WATCHDOG_USEC.
 */
#ifndef UDPTUI_SYS_NOTIFY_H
#define UDPTUI_SYS_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/base/problem.h"

struct notify {
    int fd;                  /* connected to the manager; -1: it asks for nothing */
    int64_t watchdog_ns;     /* between two signs of life; 0: none are asked for */
    int64_t watchdog_due_ns; /* CLOCK_MONOTONIC; INT64_MAX: never */
};

/* Connects to the manager's socket and removes the variables from the environment, so that no child
 * speaks for the process. False with the problem set if that is not possible: then nothing is sent,
 * as if the manager had not asked. notify_close must follow either way. */
bool notify_open(struct notify *notify, struct problem *problem);
void notify_close(struct notify *notify);

/* Sends assignments such as "READY=1", with line feeds between them. What the manager does not take
 * within half a second is lost. */
void notify_send(const struct notify *notify, const char *state);

/* Sends a sign of life if it is due, without waiting; to be called by the loop that is watched. */
void notify_beat(struct notify *notify, int64_t now_ns);

#endif
