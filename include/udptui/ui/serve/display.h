/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* display: the options for showing a server or a capture, as an option table fills them in. Plain
 * data; the strings are borrowed. */
#ifndef UDPTUI_UI_SERVE_DISPLAY_H
#define UDPTUI_UI_SERVE_DISPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/base/text.h"
#include "udptui/dissect/launcher.h"
#include "udptui/proto/roster.h"
#include "udptui/sys/sandbox.h"
#include "udptui/ui/look.h"

struct display_options {
    const char *filter;  /* proto/filter's language, NULL: all is shown */
    const char *log;     /* a file, NULL: none */
    int64_t history;     /* messages kept for the screen */
    int roster, privacy; /* --class, --privacy */
    int names;
    int dissect; /* protocol and summary of each message */
    int time;    /* --time: enum stamp_style or LINE_TIME_DEFAULT */
    int sandbox; /* --sandbox: enum sandbox_mode */
    int json, full, calls, no_ui, ascii, no_mouse;
    struct look look;
};

/* Whether a screen is wanted: standard input and output are terminals, and no option says
 * otherwise. */
bool display_wants_screen(const struct display_options *options);

/* Once all is set up, before threads start: gives up what is not needed. needs: without the screen,
 * names and --log, which are added. *launcher: starts the dissectors' program from then on; NULL:
 * we do, or none is wanted. launcher_close must follow. False with the error reported. */
bool display_enter_sandbox(const struct display_options *options, struct sandbox_needs needs,
                           struct launcher **launcher);

/* The names of --class and the numbers of --privacy, for so many clients. zones: NULL for none, as
 * with a capture. NULL if memory is short; roster_close frees. */
struct roster *display_open_roster(const struct display_options *options, uint32_t clients_max,
                                   enum text_charset charset, const struct zones *zones);

#endif
