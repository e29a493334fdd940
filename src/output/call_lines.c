/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* call_lines: proto/call's text after a word that no message line begins with. */
#include "udptui/base/units.h"
#include "udptui/output/call.h"

bool call_write_line(FILE *file, const struct stamp *stamp, const struct call *call,
                     bool with_peers, const struct zones *zones)
{
    char text[CALL_TEXT_SIZE], count[UNITS_TEXT_SIZE];

    if (call->skipped > 0) {
        stamp_write(file, stamp, call->wall_ns);
        fprintf(file, "call: ... %s more not shown\n",
                units_count(call->skipped, count, sizeof count));
    }
    stamp_write(file, stamp, call->wall_ns);
    fprintf(file, "call: %s\n", call_format(call, with_peers, zones, text, sizeof text));
    return !ferror(file);
}
