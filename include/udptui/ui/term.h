/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * term: the terminal, and the only file that uses ncurses. There is one terminal, so there is no
 * handle; all functions belong to one thread. Call setlocale first.
 *
 * Writing may block for as long as the terminal accepts no bytes: only the thread of the screen
 * waits.
 */
#ifndef UDPTUI_UI_TERM_H
#define UDPTUI_UI_TERM_H

#include <stdbool.h>

#include "udptui/ui/frame.h"
#include "udptui/ui/keys.h"
#include "udptui/ui/look.h"

struct term_options {
    bool mouse;
    int colour;    /* enum look_colour; a terminal without colours takes precedence */
    int end_fd;    /* readable when the program is to end, also while it is suspended; -1: none */
    bool own_keys; /* keys come from /dev/tty: standard input is something else */
};

/*
 * Takes over the terminal on stdin (or, with own_keys, /dev/tty) and stdout. False if it can show
 * no screen, with *why a literal for the notice ("TERM is not set"); then nothing has been written.
 * On true, term_close must follow.
 */
bool term_open(const struct term_options *options, const char **why);

/* Restores the terminal. May be called at any time, also twice or without an open. */
void term_close(void);

/* To be polled for reading. */
int term_fd(void);

/* The size of the screen in cells; 0, 0 if there is none. */
void term_size(int *rows, int *columns);

/* Shows the frame: only the cells that differ from the last one are sent. */
void term_draw(const struct frame *frame);

/* How styles look from now on (palette.h). Lasts over term_close. */
void term_set_theme(enum look_theme theme);

/* The next term_draw sends everything (Ctrl-L). */
void term_redraw(void);

/* The next key, without waiting. False if there is none. */
bool term_read(struct key *key);

/* Ctrl-Z: restores the terminal, stops the job, and takes the terminal over again once the job is
 * continued in the foreground. Returns without the terminal if end_fd becomes readable before. */
void term_suspend(void);

#endif
