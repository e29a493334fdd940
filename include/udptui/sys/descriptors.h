/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* descriptors: the files that the process has open, and may have (getrlimit(2) RLIMIT_NOFILE). */
#ifndef UDPTUI_SYS_DESCRIPTORS_H
#define UDPTUI_SYS_DESCRIPTORS_H

#include <stdint.h>

/* Raises the soft limit to `wanted`, or to the hard limit if that is less; never lowers it. Returns
 * the limit that holds now; UINT64_MAX: there is none, or it cannot be read. */
uint64_t descriptors_raise(uint64_t wanted);

/* Opens a placeholder for each of standard input, output and error that is closed (<&-), so that no
 * socket gets its number. It can neither be read nor written, in that direction: its use is
 * reported as an error. */
void descriptors_occupy_standard(void);

#endif
