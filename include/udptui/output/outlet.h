/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outlet: standard output as a stream that waits for a slow reader.
 *
 * The inherited pipe may be non-blocking: a full pipe is then not an error, but waited for. Every
 * piece that a reader takes is a sign of progress, so that writing much at the end may take as long
 * as the reader needs.
 *
 * Once a write has failed, every later one fails with the same error: what follows would have a gap
 * before it. report_lost_output makes the exit status of it.
 */
#ifndef UDPTUI_OUTPUT_OUTLET_H
#define UDPTUI_OUTPUT_OUTLET_H

#include <stdio.h>

#include "udptui/sys/signals.h"

/* signals: gets the signs of progress, and must live as long. Falls back to stdout if memory is
 * short. outlet_close must follow. */
FILE *outlet_open(struct signals *signals);

/* Flushes and frees; check for write errors before. */
void outlet_close(FILE *outlet);

#endif
