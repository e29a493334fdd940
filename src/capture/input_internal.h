/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture_input: a descriptor's bytes, decompressed if they begin like a compressed file's. */
#ifndef UDPTUI_CAPTURE_INPUT_INTERNAL_H
#define UDPTUI_CAPTURE_INPUT_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct capture_input;

enum { INPUT_END = 0, INPUT_WAIT = -1, INPUT_BAD = -2 };

/* fd stays the caller's. NULL with errno: ENOMEM, or of fstat(2). */
struct capture_input *input_open(int fd);
void input_close(struct capture_input *input);

/* How many bytes have been put into out (up to room), or INPUT_END, or INPUT_WAIT if nothing has
 * come and wait is false, or INPUT_BAD, with *why set (valid until input_close). */
ssize_t input_read(struct capture_input *input, uint8_t *out, size_t room, bool wait,
                   const char **why);

bool input_may_wait(const struct capture_input *input);

/* Regular files that are not compressed can be read from another place. False: not this one. */
bool input_can_seek(const struct capture_input *input);
bool input_seek(struct capture_input *input, uint64_t offset_bytes);

uint64_t input_read_bytes(const struct capture_input *input);

#endif
