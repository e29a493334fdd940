/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * chronology: holds records back for a moment, to return them in order of time.
 *
 * Runs of increasing times, over copies in one of two areas of memory; if an area is full, the
 * remaining records move to the other. All memory is allocated at the beginning.
 */
#ifndef UDPTUI_CAPTURE_CHRONOLOGY_H
#define UDPTUI_CAPTURE_CHRONOLOGY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The number of entries is calculated for records of this size and up. */
enum { CHRONOLOGY_RECORD_MIN = 64 };

struct chronology;

/* capacity_bytes: of the records held at a time; allocated twice; below 4 GiB. NULL if memory is
 * short. */
struct chronology *chronology_open(size_t capacity_bytes);
/* Frees it with the records that it holds (NULL allowed). */
void chronology_close(struct chronology *chronology);

/* Copies a record. False if there is no room: then some must be taken first. */
bool chronology_add(struct chronology *chronology, int64_t time_ns, const void *record,
                    size_t size_bytes);

/* Takes out the earliest record if its time is not after until_ns, else NULL; the first added of
 * equal times. Aligned to 8 bytes, valid until the next chronology_add. */
const void *chronology_take(struct chronology *chronology, int64_t until_ns, size_t *size_bytes);

/* How many are held. */
size_t chronology_count(const struct chronology *chronology);

#endif
