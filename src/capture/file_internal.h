/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture_file: making capture files, for the writer and the copy. */
#ifndef UDPTUI_CAPTURE_FILE_INTERNAL_H
#define UDPTUI_CAPTURE_FILE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/capture/file.h"

/* error (CAPTURE_ERROR_SIZE) becomes "FILE: why"; of a long path the end is kept. */
void capture_file_explain(char *error, const char *path, const char *why);

/* Makes a file to write a capture to, as capture_writer_create says. Its descriptor, or -1 with
 * error (CAPTURE_ERROR_SIZE) "FILE: why". */
int capture_file_create(const char *path, bool force, char *error);

/* Writes all, however often that takes. 0, or the errno with which it ended; *written: how many. */
int capture_file_write(int fd, const uint8_t *bytes, size_t size_bytes, size_t *written);

#endif
