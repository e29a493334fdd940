/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* survey: reads a whole capture once, in small steps, to find out its contents. */
#ifndef UDPTUI_REPLAY_SURVEY_H
#define UDPTUI_REPLAY_SURVEY_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/base/text.h"
#include "udptui/replay/overview.h"
#include "udptui/replay/source.h"

struct survey {
    struct replay_overview overview; /* as far as it has been read */
    struct pairing *pairing;
    struct replay_servers *servers;
    bool begun; /* first_ns is known */
    char problem[CAPTURE_ERROR_SIZE * TEXT_EXPANSION];
};

/* False if memory is short. The survey must not move until survey_close, which frees. */
bool survey_open(struct survey *survey, const struct replay_source *source);
void survey_close(struct survey *survey);

/* Reads on for about that time. False once all has been read, with the cursor at the end. */
bool survey_read(struct survey *survey, struct replay_source *source, int64_t for_ns);

/* Whether there is something to see or to choose before the capture is played: several servers,
 * frames that could not be read, or a premature end. */
bool survey_is_notable(const struct survey *survey);

#endif
