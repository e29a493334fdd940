/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "trace_internal.h"

#include <errno.h>

#include "udptui/proto/event.h"
#include "udptui/sys/clock.h"

void trace_note(const struct udp_socket *socket, int result, const struct call *call)
{
    int error = errno;
    struct call noted = *call;

    noted.event = EVENT_CALL;
    noted.fd = socket->fd;
    noted.result = result;
    noted.error = result < 0 ? error : 0;
    noted.wall_ns = clock_wall_ns();
    socket->trace->note(socket->trace->context, &noted);
    errno = error;
}
