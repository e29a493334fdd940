/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay_save: writes the frames of chosen messages to another capture.
 *
 * The file is read three times. First its datagrams are paired, and the caller notes each chosen
 * message. Then they are paired again: a message may be chosen only after its frames have passed,
 * so this pass notes the numbers of all frames of the chosen messages. Last, these frames are
 * copied. Memory takes two bits a frame.
 */
#ifndef UDPTUI_REPLAY_SAVE_H
#define UDPTUI_REPLAY_SAVE_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/proto/event.h"
#include "udptui/replay/source.h"

struct replay_save;

/* Creates the file (force: also over a file that is not a capture). path: borrowed. NULL with error
 * (CAPTURE_ERROR_SIZE) set: why. replay_save_close frees. */
struct replay_save *replay_save_open(const struct replay_source *source, const char *path,
                                     bool force, char *error);

/* Notes a chosen message (NULL save: nothing is saved). */
void replay_save_choose(struct replay_save *save, const struct event_message *message);

/* After all are noted: finds and copies their frames; reads about so many frames of the file at a
 * time. Returns whether there is more. If the source cannot be read again, only its cursor's error
 * says so. */
bool replay_save_go_on(struct replay_save *save, struct replay_source *source, unsigned frames);

/* The file's descriptor, until replay_save_finish. */
int replay_save_fd(const struct replay_save *save);

/* Then, or before the end: closes the file. *frames_saved: how many are in it. False with error
 * (CAPTURE_ERROR_SIZE) set, "path: why", if not all could be written. */
bool replay_save_finish(struct replay_save *save, uint64_t *frames_saved, char *error);

/* Frees (NULL allowed); a file that was not finished is left as an empty capture. */
void replay_save_close(struct replay_save *save);

#endif
