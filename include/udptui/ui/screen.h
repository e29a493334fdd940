/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * screen: the loop of all screens. It owns the terminal, waits for keys, descriptors and a
 * deadline, and draws changes; a screen is two functions, draw and act, and a table of its keys.
 *
 * Each turn of the loop: the screen's own work (turn), the frame if something has changed, then
 * waiting, then descriptors and keys. A change is drawn within 50 ms, a key at once, but never more
 * than 30 frames a second; nothing is drawn while the terminal accepts no bytes. A screen without
 * changes does not wake up.
 *
 * The loop handles Ctrl-L, Ctrl-Z, F2 and F3 (the look), resizing, the help, and a window that is too small. It does
 * not end by itself if the terminal is gone: `gone` is set, and the screen decides when to end.
 */
#ifndef UDPTUI_UI_SCREEN_H
#define UDPTUI_UI_SCREEN_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "udptui/base/opts.h"
#include "udptui/sys/signals.h"
#include "udptui/ui/frame.h"
#include "udptui/ui/keys.h"
#include "udptui/ui/large.h"
#include "udptui/ui/look.h"

/* Effects of a key on the loop, or-ed. */
enum {
    SCREEN_QUIT = 1 << 0, /* leave the loop */
    SCREEN_HELP = 1 << 1, /* show the key table, which scrolls, until Esc, ?, F1 or Enter */
};

struct screen_ops {
    /* Draws the frame, which is blank and large enough; all but the footer if there are keys. */
    void (*draw)(void *context, struct frame *frame);
    /* Draws a frame that is too small; NULL: only reports that. */
    void (*draw_small)(void *context, struct frame *frame);
    /* Acts on a key; returns its effects on the loop. */
    unsigned (*act)(void *context, const struct key *key);
    /* The work of each turn; false: the end. NULL: none, until the program or the terminal ends. */
    bool (*turn)(void *context, int64_t now_ns);
    /* When the next turn is due without any event (CLOCK_MONOTONIC), INT64_MAX: never; a time that
     * has passed: at once. NULL: never. */
    int64_t (*deadline_ns)(void *context);
    /* The keys for the footer in the last row and the help; NULL: the screen draws its own. */
    const struct keys_table *keys;
    unsigned (*mode)(const void *context); /* of keys, which the footer shows */
    /* The main figures, for large digits (F3); NULL, or without figures: the screen stays as it is. */
    void (*figures)(const void *context, struct large_figures *out);
    const struct opts_word *words; /* explained below the keys, ended by one without a word;
                                            * NULL: none */
};

/* A descriptor that the loop waits for in addition to the terminal. */
struct screen_watch {
    int fd;                       /* -1: none */
    void (*ready)(void *context); /* NULL: `turn` checks it */
};

enum { SCREEN_WATCHES = 4 };

struct screen_config {
    const struct screen_ops *ops;
    void *context;           /* for the functions of ops */
    struct signals *signals; /* the end of the program wakes the loop; `turn` handles it */
    bool mouse;
    bool own_keys; /* see term_open */
    struct look look;
};

struct screen {
    struct screen_config config;
    struct screen_watch watches[SCREEN_WATCHES]; /* set by the context at any time */
    bool changed;            /* set by the context: there is something to draw */
    bool frozen;             /* set by the context: nothing is drawn any more */
    bool gone;               /* the terminal is gone, as after SIGHUP */
    bool ending;             /* the program is to end: see signals.fd */
    sigset_t before, let_in; /* the thread's signals: before, and while it waits */
    struct frame *frame;
    struct frame *rest;        /* drawn apart from the large figures above it */
    int rest_row, rest_column; /* where it is in the frame, if it is */
    bool contrast, large;
    bool pressed, quit;
    bool blocked; /* the terminal accepts no bytes */
    bool help;
    int help_top;     /* first line of the help that is shown */
    int64_t drawn_ns; /* CLOCK_MONOTONIC of the last frame */
};

/* Takes over the terminal. False, with a notice on stderr that lines are shown instead, if it
 * cannot show a screen or memory is short. On true, screen_close must follow. */
bool screen_open(struct screen *screen, const struct screen_config *config);

/* Runs until the screen is over, by `turn` or SCREEN_QUIT. */
void screen_run(struct screen *screen);

/* Restores the terminal; may be called twice, or without screen_open. */
void screen_close(struct screen *screen);

#endif
