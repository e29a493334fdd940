/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* line_time: the meaning of --time for a command's lines. */
#ifndef UDPTUI_OUTPUT_LINE_TIME_H
#define UDPTUI_OUTPUT_LINE_TIME_H

#include "udptui/output/stamp.h"

/* --time was not given: the time of day on a terminal; date and time in a file or a pipe. */
enum { LINE_TIME_DEFAULT = -1 };

/* The words of the option, in the order of enum stamp_style; NULL-terminated. */
extern const char *const line_time_words[];

/* wanted: an enum stamp_style, or LINE_TIME_DEFAULT. The stamp's own time is now. */
struct stamp line_time_stamp(int wanted);

#endif
