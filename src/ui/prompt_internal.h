/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prompt_system: system calls of the prompt outside readline. No state. */
#ifndef UDPTUI_UI_PROMPT_INTERNAL_H
#define UDPTUI_UI_PROMPT_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

/* Ctrl-C and Ctrl-Z become keys of the terminal on standard input, until its modes are set
 * again. */
void prompt_system_take_keys(void);

/* Bytes of standard input that can be read at once. */
size_t prompt_system_waiting(void);

/* Blocks SIGWINCH and SIGCONT; the returned descriptor reports them; -1 on failure. */
int prompt_system_open_notices(void);

/* The next of them, 0 if there is none. */
int prompt_system_notice(int fd);

#endif
