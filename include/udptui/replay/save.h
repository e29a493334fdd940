/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay_save: --save, which writes what is chosen of a capture to another one.
 *
 * The file is read three times. First, as always, its datagrams are paired, and each message that
 * is chosen is noted. Then they are paired once more: what belongs to a noted message gives the
 * numbers of its frames, and whatever the messages that were not known to be chosen when their
 * frames came, they are now. Last, these frames are copied. In memory are two bits a frame.
 */
#ifndef UDPTUI_REPLAY_SAVE_H
#define UDPTUI_REPLAY_SAVE_H

#include "udptui/replay/session.h"
#include "udptui/sys/report.h"

/* Whether --save can be, with the other options and this file. False with the complaint made and
 * *status set. */
bool replay_save_prepare(const struct replay_run *run, int *status);

/* Makes the file: NULL with the complaint made and *status set. replay_save_close must follow. */
struct replay_save *replay_save_open(const struct replay_run *run, int *status);

/* Notes a chosen message (NULL save: nothing is saved). */
void replay_save_choose(struct replay_save *save, const struct event_message *message);

/* After all are noted: copies the frames, unless a signal comes, and closes the file. Returns the
 * status to end with, EXIT_DONE or that of a complaint that was made; sets counts->frames_saved. */
int replay_save_finish(struct replay_save *save, struct replay_run *run,
                       struct capture_counts *counts);

/* Frees (NULL allowed); a file that was not finished is left as an empty capture. */
void replay_save_close(struct replay_save *save);

#endif
