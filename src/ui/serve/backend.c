/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/ui/serve/backend.h"

#include "udptui/sys/clock.h"

bool backend_announce_groups(const struct listening *listening, const struct serve_writer *writer,
                             const struct serve_output *output)
{
    for (size_t i = 0; i < listen_group_count(listening); i++) {
        struct event_membership event = listen_describe_group(listening, i);
        event.wall_ns = clock_wall_ns();
        if (!writer->membership(output, &event, false))
            return false;
    }
    return true;
}
