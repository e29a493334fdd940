/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_to: `udptui replay --to`: a recording's requests are sent again, to another server. */
#ifndef UDPTUI_REPLAY_TO_H
#define UDPTUI_REPLAY_TO_H

#include "udptui/replay/session.h"

/* Whether the options ask for something that may be done. False with the complaint made and *status
 * set. */
bool replay_to_prepare(struct replay_options *options, int *status);

/* Sends and compares, as lines or JSON. Exit status. */
int replay_to_run(struct replay_run *run);

#endif
