/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outlet: standard output as a stream that waits for a slow reader.
 *
 * The pipe may be non-blocking, because whoever gave it to us made it so: then a full pipe is no
 * error here, but waited for. And every piece that a reader takes is a sign of progress, so that an
 * end with much to write has the time it needs as long as somebody reads.
 */
#ifndef UDPTUI_OUTPUT_OUTLET_H
#define UDPTUI_OUTPUT_OUTLET_H

#include <stdio.h>

#include "udptui/sys/signals.h"

/* signals: gets the signs of progress, and must live as long. Falls back to stdout if memory is
 * short. outlet_close must follow. */
FILE *outlet_open(struct signals *signals);

/* Flushes and frees; what could not be written was to be asked for before. */
void outlet_close(FILE *outlet);

/* What a failed write means for the exit status: a reader that went away (EPIPE) ends us as the
 * signal would, a full disk is an error to complain about. */
int outlet_status(int error);

#endif
