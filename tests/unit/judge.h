/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * judge: says whether text is safe to show, without the code under test. It has a UTF-8 decoder and
 * a list of hidden characters of its own.
 *
 * The invariant, for whatever bytes: the rendering is valid UTF-8, holds no control and no hidden
 * character, and escape_decode gives the bytes back. A case that breaks it fails on the spot.
 */
#ifndef UDPTUI_TESTS_UNIT_JUDGE_H
#define UDPTUI_TESTS_UNIT_JUDGE_H

#include <stddef.h>
#include <stdint.h>

#include "udptui/base/text.h"

enum { INPUT_MAX = 600, OUTPUT_MAX = INPUT_MAX * TEXT_EXPANSION + 1 };

/* Writes a code point as UTF-8 (a surrogate too); returns its 1 to 4 bytes. */
size_t judge_encode(uint32_t code_point, uint8_t out[4]);

/* The text is no longer than most and safe. */
void judge_safe(const char *text, size_t most, enum text_charset charset);

/* escape_decode makes these bytes of it. */
void judge_reversible(const char *text, const void *bytes, size_t length);

/* The whole invariant, in both charsets; length at most INPUT_MAX. */
void judge(const void *bytes, size_t length);

/* The same numbers on each run (xorshift64); *state is not 0. */
uint32_t judge_random(uint64_t *state);

#endif
