/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_index: what a capture holds, found by reading all of it once, a little at a time. */
#ifndef UDPTUI_REPLAY_INDEX_H
#define UDPTUI_REPLAY_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/replay/session.h"
#include "udptui/ui/serve/model.h"

struct replay_index {
    struct model_overview overview; /* as far as it has been read */
    struct replay *replay;
    struct replay_servers *servers;
    bool begun; /* first_ns is known */
    char problem[CAPTURE_ERROR_SIZE * TEXT_EXPANSION];
};

/* False if memory is short. replay_index_close frees. */
bool replay_index_open(struct replay_index *index, const struct replay_run *run);
void replay_index_close(struct replay_index *index);

/* Reads on for about so long. False once all has been read; the cursor is at its end then. */
bool replay_index_read(struct replay_index *index, struct replay_run *run, int64_t for_ns);

/* Whether there is something to see or to choose before it is played: several servers, frames that
 * could not be read, or an end before the end. */
bool replay_index_is_notable(const struct replay_index *index);

#endif
