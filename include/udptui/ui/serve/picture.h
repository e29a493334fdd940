/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * picture: a model on the terminal, as serve, demo and replay show it. A picture is drawn when
 * something has changed, 20 a second at most, and at once on a key; never while the terminal takes
 * no bytes.
 */
#ifndef UDPTUI_UI_SERVE_PICTURE_H
#define UDPTUI_UI_SERVE_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/ui/frame.h"
#include "udptui/ui/serve/keys.h"
#include "udptui/ui/serve/model.h"

struct picture {
    struct model *model; /* NULL: not made yet */
    struct frame *frame;
    bool changed;     /* something was told since the last picture */
    bool key_pressed; /* draw without waiting for the interval */
    int64_t drawn_ns; /* CLOCK_MONOTONIC of the last picture */
};

/* Takes the terminal; end_fd, own_keys: see term_open. False, with a notice on stderr, if it cannot show a
 * screen. On true, term_close must follow. */
bool picture_take_terminal(bool mouse, bool own_keys, int end_fd);

/* Takes the model over, with a frame of the terminal's size. False, with a complaint and the
 * model closed, where memory is short (model NULL is that too). picture_close frees both. */
bool picture_open(struct picture *picture, struct model *model);
void picture_close(struct picture *picture);

/* The next key, applied to the model; false where none was pressed. effects: for the caller, but
 * that the terminal was stopped or drawn anew already. */
bool picture_key(struct picture *picture, struct effects *effects);

/* Draws where it is due. now_ns: CLOCK_MONOTONIC; model_ns: the model's time, the same but in a
 * replay; wall_ns: its CLOCK_REALTIME. */
void picture_draw_if_due(struct picture *picture, int64_t now_ns, int64_t model_ns,
                         int64_t wall_ns);

/* When (CLOCK_MONOTONIC) the next one is due if nothing more happens, where the model's time is
 * that one. */
int64_t picture_next_ns(const struct picture *picture);

#endif
