/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay_saving: the key w of a capture that is a file: what the filter chooses of the whole
 * capture, whatever has been played, as its own frames (as --save) or as JSON (as --json). It reads
 * the file on its own, a part each turn of the screen's loop.
 */
#ifndef UDPTUI_UI_REPLAY_SAVING_INTERNAL_H
#define UDPTUI_UI_REPLAY_SAVING_INTERNAL_H

#include <stdbool.h>

#include "udptui/ui/replay/session.h"
#include "udptui/ui/serve/saving.h"

struct replay_saving;

/* As saving_begin. */
void replay_saving_begin(struct replay_saving **saving, const struct replay_run *run,
                         struct model *model, const struct effects *effects);

/* As saving_turn. */
bool replay_saving_turn(struct replay_saving **saving);

/* As saving_close. */
void replay_saving_close(struct replay_saving *saving);

#endif
