/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys_table: a row of the table of keys, as the footer reads it. */
#ifndef UDPTUI_UI_SERVE_KEYS_TABLE_INTERNAL_H
#define UDPTUI_UI_SERVE_KEYS_TABLE_INTERNAL_H

#include "actions_internal.h"

enum { BINDING_KEYS = 9 };

struct binding {
    int32_t keys[BINDING_KEYS]; /* enum key_code or code points; 0: none */
    unsigned modes;             /* enum mode, or-ed: where it works */
    action *act;
    const char *names;     /* the keys as a person reads them; the footer shows the first */
    const char *help;      /* NULL: not in the help */
    const char *footer;    /* one word */
    unsigned footer_modes; /* where the footer names it */
    int rank;              /* what the footer leaves out first where it is narrow: the highest */
};

/* The rows that apply, in order; NULL past the last. model NULL: a server's. */
const struct binding *binding_at(const struct model *model, size_t row);

/* ---- keys_replay.c: rows that come before, and in the place of, those with the same keys. */
const struct binding *replay_binding_at(size_t row);

#endif
