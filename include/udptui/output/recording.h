/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recording: the capture file of --pcap, from the option to the exit status. */
#ifndef UDPTUI_OUTPUT_RECORDING_H
#define UDPTUI_OUTPUT_RECORDING_H

#include "udptui/capture/recorder.h"
#include "udptui/sys/report.h"

/* As recorder_open; path: not "-", which the options refuse: lines or the screen go to standard output.
 * NULL with the error reported and *status set. recording_end closes. */
struct recorder *recording_begin(const char *path, bool force, size_t producers,
                                 struct signals *signals, int *status);

/* As recorder_close (NULL allowed). Returns status, or EXIT_SETUP with the error reported if the
 * capture is not complete. */
int recording_end(struct recorder *recorder, int status);

#endif
