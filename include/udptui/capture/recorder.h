/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recorder: a thread that writes the records in its rings to a capture file.
 *
 * Each producer has a ring for itself, of proto/record with its payload, and writes the eventfd
 * after committing; it counts records that do not fit itself. No producer waits for the file. The
 * records are held back for a tenth of a second and then written in order of time, if they arrive
 * within it (a datagram that waited longer in a socket's queue is written out of order, with its
 * receive time).
 */
#ifndef UDPTUI_CAPTURE_RECORDER_H
#define UDPTUI_CAPTURE_RECORDER_H

#include <stdbool.h>
#include <stddef.h>

#include "udptui/base/ring.h"
#include "udptui/proto/record.h"
#include "udptui/sys/signals.h"

enum { RECORDER_PRODUCERS_MAX = 16, RECORDER_ERROR_SIZE = 448 };

struct recorder;

/*
 * Makes the file (force: whatever is there, see capture_writer_create) and starts the thread, all
 * signals blocked in it. producers: 1 .. RECORDER_PRODUCERS_MAX. signals (NULL allowed) gets signs
 * of progress while recorder_finish writes the rest. NULL with error (RECORDER_ERROR_SIZE) "FILE:
 * why".
 */
struct recorder *recorder_open(const char *path, bool force, size_t producers,
                               struct signals *signals, char *error);

/* A producer's ring, and the eventfd. They live until recorder_close. */
struct ring *recorder_ring(struct recorder *recorder, size_t producer);
int recorder_fd(const struct recorder *recorder);

/* Puts a record and its payload into a producer's ring. False: no room. */
bool recorder_put(struct recorder *recorder, size_t producer, const struct record *record,
                  const void *payload);

/* Whether writing has failed. error (RECORDER_ERROR_SIZE) then says "FILE: why". */
bool recorder_failed(const struct recorder *recorder, char *error);

/* How many records could not be written so far (NULL: 0); exact after recorder_finish. Records that
 * did not fit into a ring are not included: their producer counts them. */
uint64_t recorder_lost(const struct recorder *recorder);

/* After the producers' last record: writes what is left and ends the thread (NULL allowed). */
void recorder_finish(struct recorder *recorder);

/* After the producers' last record: writes what is left, closes and frees (NULL allowed: true).
 * False with error (RECORDER_ERROR_SIZE) "FILE: why: the capture is not complete" if not all could
 * be written. */
bool recorder_close(struct recorder *recorder, char *error);

#endif
