/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys_tables: the tables of keys of a server and of what is shown like one. */
#ifndef UDPTUI_UI_SERVE_KEYS_TABLES_INTERNAL_H
#define UDPTUI_UI_SERVE_KEYS_TABLES_INTERNAL_H

#include "model_internal.h"
#include "udptui/ui/serve/keys.h"

/* Modes of several rows. */
enum {
    MODES_BODY = MODE_DETAIL | MODE_HELP | MODE_LADDER | MODE_CALLS | MODE_IMPAIR | MODE_OVERVIEW |
                 MODE_DISSECT | MODE_QUIZ,
    MODES_LOOKING = MODE_LIST | MODES_BODY,
};

extern const struct keys_table keys_of_serve;

/* Their rows come before those of a server, and replace equal ones. */
extern const struct keys_table keys_of_class, keys_of_replay, keys_of_relay;

#endif
