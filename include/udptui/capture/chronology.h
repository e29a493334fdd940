/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chronology: records held back for a moment, to be given out in the order of their times.
 *
 * Runs of times that go up, over copies that lie in one of two areas of memory; if the area is
 * full, what is still held moves to the other. All memory is taken at the beginning.
 */
#ifndef UDPTUI_CAPTURE_CHRONOLOGY_H
#define UDPTUI_CAPTURE_CHRONOLOGY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CHRONOLOGY_RECORD_MIN = 64 }; /* room is reckoned for records of this size and up */

struct chronology;

/* capacity_bytes: of the records held at a time, twice taken; below 4 GiB. NULL if memory is
 * short. */
struct chronology *chronology_open(size_t capacity_bytes);
void chronology_close(struct chronology *chronology);

/* Copies a record. False if there is no room: then some must be taken out. */
bool chronology_add(struct chronology *chronology, int64_t time_ns, const void *record,
                    size_t size_bytes);

/* Takes out the earliest record if its time is not after until_ns, else NULL; of equal times the
 * one that was added first. Aligned to 8 bytes, valid until the next chronology_add. */
const void *chronology_take(struct chronology *chronology, int64_t until_ns, size_t *size_bytes);

/* How many are held. */
size_t chronology_count(const struct chronology *chronology);

#endif
