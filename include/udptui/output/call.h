/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* call: a socket call (--calls), the same in the output of serve and of send. */
#ifndef UDPTUI_OUTPUT_CALL_H
#define UDPTUI_OUTPUT_CALL_H

#include <stdbool.h>
#include <stdio.h>

#include "udptui/output/stamp.h"
#include "udptui/proto/call.h"

/*
 * "call: recvmmsg(5, [64], MSG_DONTWAIT) = 1: 5 B", or {"event":"call"} with the fields of the man
 * page. with_peers, zones: see call_format. Not flushed. False if the file could not be written.
 */
bool call_write_line(FILE *file, const struct stamp *stamp, const struct call *call,
                     bool with_peers, const struct zones *zones);
bool call_write_json(FILE *file, const struct call *call, bool with_peers,
                     const struct zones *zones);

#endif
