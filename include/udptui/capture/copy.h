/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture_copy: copies frames of a capture unchanged to another one, with their times, link types
 * and snapshot lengths. A pcap becomes a pcap, a pcapng a pcapng; comments, interface names and
 * similar data are left out. */
#ifndef UDPTUI_CAPTURE_COPY_H
#define UDPTUI_CAPTURE_COPY_H

#include <stdbool.h>
#include <stdint.h>

#include "udptui/capture/blocks.h"
#include "udptui/capture/file.h"
#include "udptui/capture/reader.h"

struct capture_copy;

/* Makes the file, as capture_writer_create does, for frames of the original. NULL with error
 * (CAPTURE_ERROR_SIZE) "FILE: why", also if it is the original itself. capture_copy_close frees. */
struct capture_copy *capture_copy_create(const char *path, bool force,
                                         const struct capture_reader *original, char *error);

/* Buffered. False from the first frame on that could not be written; errno says why. */
bool capture_copy_write(struct capture_copy *copy, const struct blocks_frame *frame);

/* The file's descriptor. */
int capture_copy_fd(const struct capture_copy *copy);

/* Writes what is left, closes and frees. *frames: how many are in the file. Returns whether all has
 * been written, else errno. */
bool capture_copy_close(struct capture_copy *copy, uint64_t *frames);

#endif
