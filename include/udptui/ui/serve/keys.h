/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keys: one table says which key does what where, and what the footer and the help say about it.
 *
 * A key changes what is looked at (the model); what goes beyond the screen is returned as effects,
 * for the main loop to act on.
 */
#ifndef UDPTUI_UI_SERVE_KEYS_H
#define UDPTUI_UI_SERVE_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/endpoint.h"
#include "udptui/proto/impair.h"
#include "udptui/ui/serve/model.h"

/* Keys that are no character. Characters are their Unicode code point: Ctrl-L is 0x0c, Enter '\r',
 * Tab '\t', Esc 0x1b. */
enum key_code {
    KEY_CODE_NONE = 0,
    KEY_CODE_UP = -100,
    KEY_CODE_DOWN,
    KEY_CODE_LEFT,
    KEY_CODE_RIGHT,
    KEY_CODE_PAGE_UP,
    KEY_CODE_PAGE_DOWN,
    KEY_CODE_HOME,
    KEY_CODE_END,
    KEY_CODE_BACKSPACE,
    KEY_CODE_DELETE,
    KEY_CODE_F1,
    KEY_CODE_F10,
    KEY_CODE_CLICK, /* row and column say where */
    KEY_CODE_WHEEL_UP,
    KEY_CODE_WHEEL_DOWN,
    KEY_CODE_RESIZE, /* not for keys_apply: call term_size and model_resize */
};

struct key {
    int32_t code;    /* enum key_code or a code point */
    int row, column; /* of the mouse */
};

enum { KEYS_REPLY_MAX = 4096 };

/* What a key asks of a replay. */
enum replay_wish {
    REPLAY_NOTHING,
    REPLAY_PLAY, /* or stop */
    REPLAY_ON,   /* some seconds, and back */
    REPLAY_BACK,
    REPLAY_START,
    REPLAY_END,
    REPLAY_STEP, /* one datagram */
    REPLAY_FASTER,
    REPLAY_SLOWER,
    REPLAY_CHOOSE, /* effects.server: an index into the overview's servers, -1: all of them */
};

/* What the main loop has to do. */
struct effects {
    bool quit;
    bool reset;    /* the counters: engine_reset of every engine */
    bool redraw;   /* term_redraw */
    bool suspend;  /* term_suspend (Ctrl-Z) */
    bool set_acks; /* engine_set_acks(acks_on) */
    bool acks_on;
    bool set_impair; /* engine_set_impair(impair) of every engine */
    struct impair_config impair;
    enum replay_wish replay;
    int server;
    bool reply; /* engine_send(slot, generation, bytes) */
    uint32_t slot, generation;
    struct endpoint peer;
    const uint8_t *bytes; /* of the reply, in the model: valid until the next key */
    size_t size_bytes;
};

/* Acts on one key. Unknown keys do nothing. */
struct effects keys_apply(struct model *model, const struct key *key);

/* One row of the table, for the help, the footer and the man page. */
struct key_help {
    const char *keys; /* "q F10" */
    const char *help; /* "quit" */
};

/* The rows in the order of the help; false past the last. model: whose keys, NULL: a server's. */
bool keys_help(const struct model *model, size_t row, struct key_help *out);

#endif
