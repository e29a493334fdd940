/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tty: terminal functions outside ncurses and readline, for the screen and the prompt: writes that
 * never block, and job control. */
#ifndef UDPTUI_SYS_TTY_H
#define UDPTUI_SYS_TTY_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a person types and reads: standard input and standard output are terminals. */
bool tty_is_interactive(void);

/* The width of the terminal on fd: 80 if it does not say; 0: it is no terminal. */
size_t tty_columns(int fd);

/* Whether fd is a terminal that hung up. */
bool tty_is_gone(int fd);

/*
 * The terminal of standard output, opened once more, for writing without waiting: O_NONBLOCK on the
 * inherited descriptor would affect every program that shares it. -1 if it cannot be opened by its
 * name.
 */
int tty_open_again(void);

/*
 * Writes all bytes to fd (of tty_open_again; -1: standard output) within a fifth of a second, or
 * gives up. If the terminal accepts nothing, its unread output is discarded to make room.
 * Async-signal-safe. Returns whether all was written.
 */
bool tty_write_now(int fd, const char *bytes, size_t size_bytes);

/*
 * Stops the whole job, as Ctrl-Z would (the terminal's modes are the shell's by then). Returns true
 * once the job is continued and in the foreground; until then the terminal belongs to other
 * programs. False as soon as end_fd (-1: none) is readable: the program is to end, and has no
 * terminal.
 */
bool tty_stop_job(int end_fd);

#endif
