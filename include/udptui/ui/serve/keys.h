/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keys: the keys of serve and of replay. A key changes the selection in the model; effects beyond
 * the screen are returned to the main loop.
 */
#ifndef UDPTUI_UI_SERVE_KEYS_H
#define UDPTUI_UI_SERVE_KEYS_H

#include <stdbool.h>

#include "udptui/ui/keys.h"
#include "udptui/ui/serve/effects.h"
#include "udptui/ui/serve/model.h"

/* Acts on one key. Unknown keys do nothing. */
struct effects keys_apply(struct model *model, const struct key *key);

/* The server or the relay had no room for the key's request: the same key asks for the same again. */
void keys_take_back(struct model *model, const struct effects *effects);

/* The table of keys: of a server, of a relay, or of a replay. */
const struct keys_table *keys_serve(const struct model *model);

#endif
