/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seam: a network and clocks that an input decides. Sockets, batches, error queues and clocks are
 * replaced by the linker's --wrap (SEAM_WRAPS of Makefile.am): a receive call takes what the input
 * says, often what was sent before, with some of its bytes changed.
 */
#ifndef UDPTUI_TESTS_FUZZ_SEAM_H
#define UDPTUI_TESTS_FUZZ_SEAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All calls that follow read this input. */
void seam_begin(const uint8_t *bytes, size_t size);

/* The next byte; 0 after the end. */
uint8_t seam_byte(void);

/* Up to `most` bytes as they are in the input; *size says how many. They are the input's. */
const uint8_t *seam_bytes(size_t most, size_t *size);

/* Whether the input is used up. */
bool seam_is_over(void);

/* What CLOCK_MONOTONIC shows, and lets time pass. */
int64_t seam_now_ns(void);
void seam_pass(int64_t duration_ns);

/* Datagrams that send calls took, and that receive calls returned. */
uint64_t seam_sent(void);
uint64_t seam_received(void);

#endif
