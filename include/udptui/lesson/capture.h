/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lesson_capture: a capture of what a lesson showed, for Wireshark. */
#ifndef UDPTUI_LESSON_CAPTURE_H
#define UDPTUI_LESSON_CAPTURE_H

#include <stdbool.h>

#include "udptui/capture/file.h"
#include "udptui/lesson/stage.h"
#include "udptui/sys/signals.h"

/*
 * Writes the datagrams of the finished ladder that were on the wire, with their times and contents,
 * to a pcapng: a request has the time when it was sent, a reply the time when it was received. The
 * comment of each names its leg. What the simulated network lost or copied was on no wire; what has
 * no time or whose bytes are not known is left out: the comment of the file lists both. The stage
 * has kept its frames (stage_config). force: as capture_writer_create. signals: get to know
 * the file, which may be a FIFO that nobody reads. False with error (CAPTURE_ERROR_SIZE) "FILE: why".
 */
bool lesson_capture_write(const struct stage *stage, const struct lesson_topic *topic,
                          const char *path, bool force, struct signals *signals, char *error);

#endif
