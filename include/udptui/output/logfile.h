/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * logfile: the JSON lines of --log, in addition to the screen or the lines.
 *
 * The main loop writes a record's line into a stream in memory and commits it to a bounded ring; a
 * thread of its own writes the ring to the file. So the main loop never waits for the file: lines
 * that do not fit into the ring or cannot be written are counted. After a failure (a full disk)
 * each line is tried again. SIGHUP opens it again by its name, so that it can be moved away
 * (logrotate).
 */
#ifndef UDPTUI_OUTPUT_LOGFILE_H
#define UDPTUI_OUTPUT_LOGFILE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "udptui/sys/report.h"
#include "udptui/sys/signals.h"

enum { LOGFILE_ERROR_SIZE = 320 };

struct logfile;

/*
 * For the option --log: opens the file for appending, and starts the thread. From then on SIGHUP
 * reopens the log. path NULL: *log is NULL, and true is returned; not "-", which the options refuse:
 * lines or the screen go to standard output. False with the error reported and *status set.
 */
bool logfile_begin(struct logfile **log, const char *path, struct signals *signals, int *status);

/* The stream for one record's lines, to be followed by logfile_commit. */
FILE *logfile_stream(struct logfile *log);

/* Passes the contents of the stream to the thread, or counts them as lost. whole: whether the record's
 * lines could be made; if not (memory is short), none of them gets to the file, not even a part. */
void logfile_commit(struct logfile *log, bool whole);

/* Lines that were not written so far; 0 for NULL. */
uint64_t logfile_lost(const struct logfile *log);

/* True once, if the file could not be written (NULL allowed: false): error (LOGFILE_ERROR_SIZE)
 * then says "FILE: why". */
bool logfile_failed(struct logfile *log, char *error);

/* Writes what is left, closes and frees (NULL allowed). Returns status, or EXIT_SETUP with the
 * error reported if lines are missing. */
int logfile_end(struct logfile *log, int status);

#endif
