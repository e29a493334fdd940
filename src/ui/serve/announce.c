/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "announce_internal.h"

#include "udptui/sys/clock.h"

static bool announce_group(const struct listening *listening, size_t group,
                           const struct serve_writer *writer, const struct serve_output *output)
{
    struct event_membership event = listen_describe_group(listening, group);

    event.wall_ns = clock_wall_ns();
    return writer->membership(output, &event, false);
}

bool announce_write(const struct server *server, const struct serve_writer *writer,
                    const struct serve_output *output)
{
    const struct listening *listening = &server->listening;
    char address[ENDPOINT_TEXT_SIZE];

    for (size_t i = 0; i < listening->socket_count; i++)
        if (!writer->listening(output,
                               listen_format_address(listening, i, address, sizeof address)))
            return false;
    for (size_t i = 0; i < listen_group_count(listening); i++)
        if (!announce_group(listening, i, writer, output))
            return false;
    return true;
}
