/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * launcher: a process that starts the dissectors' program for us once we may not start any
 * ourselves (sys/sandbox). It keeps the rights that we give up, and starts that program alone,
 * confined.
 *
 * A program that it starts is our child, not its (CLONE_PARENT of clone(2)): we wait for it.
 */
#ifndef UDPTUI_DISSECT_LAUNCHER_H
#define UDPTUI_DISSECT_LAUNCHER_H

struct launcher;

/* Before threads start and before the sandbox is entered. name: as in struct dissect_config. NULL
 * if the program is not installed, or with errno if the process cannot be made. */
struct launcher *launcher_open(const char *name);

/* Ends the process; its programs end with us (NULL allowed). */
void launcher_close(struct launcher *launcher);

#endif
