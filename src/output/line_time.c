/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/output/line_time.h"

#include <unistd.h>

#include "udptui/sys/clock.h"
#include "udptui/sys/tty.h"

const char *const line_time_words[] = {
    [STAMP_NONE] = "none", [STAMP_TIME] = "time", [STAMP_FULL] = "full", NULL};

struct stamp line_time_stamp(int wanted)
{
    enum stamp_style by_itself = isatty(STDOUT_FILENO) ? STAMP_TIME : STAMP_FULL;

    return (struct stamp){.style =
                              wanted == LINE_TIME_DEFAULT ? by_itself : (enum stamp_style)wanted,
                          .utc_offset_s = clock_utc_offset_s(),
                          .columns = tty_columns(STDOUT_FILENO),
                          .wall_ns = clock_wall_ns()};
}
