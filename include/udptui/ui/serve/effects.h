/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* effects: the effects of a key of serve or replay on the main loop. */
#ifndef UDPTUI_UI_SERVE_EFFECTS_H
#define UDPTUI_UI_SERVE_EFFECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/impair.h"
#include "udptui/proto/quiz.h"

/* The effect of a key on a replay. */
enum replay_wish {
    REPLAY_NOTHING,
    REPLAY_PLAY, /* or stop */
    REPLAY_ON,   /* some seconds forward, and back */
    REPLAY_BACK,
    REPLAY_START,
    REPLAY_END,
    REPLAY_STEP, /* one datagram */
    REPLAY_FASTER,
    REPLAY_SLOWER,
    REPLAY_CHOOSE, /* effects.server: an index into the overview's servers, -1: all of them */
};

/* What the main loop must do. */
struct effects {
    bool quit;
    bool reset;    /* the counters: as server_reset */
    bool set_acks; /* engine_set_acks(acks_on) */
    bool acks_on;
    bool set_impair; /* engine_set_impair(impair) of every engine */
    struct impair_config impair, impair_before;
    bool quiz; /* backend_ops.quiz(quiz_request) */
    struct quiz_request quiz_request;
    bool export;        /* classroom_write_export */
    bool dissect_again; /* dissecting_act */
    enum replay_wish replay;
    int server;
    bool reply; /* engine_send(slot, generation, bytes) */
    uint32_t slot, generation;
    const uint8_t *bytes; /* of the reply, in the model: valid until the next key */
    size_t size_bytes;
    const char *save; /* save what the filter chooses to this file: see saving.h; in the model,
                       * valid until the next key; NULL: do not */
    bool overwrite;   /* although the file exists */
};

#endif
