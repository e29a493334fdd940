/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lines: watch without a screen. */
#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/report.h"
#include "udptui/sys/wait.h"
#include "udptui/ui/watch/session.h"

void watch_run_lines(struct watch_session *session)
{
    struct pollfd polled[] = {{.fd = link_fd(session->link), .events = POLLIN},
                              {.fd = session->signals.fd, .events = POLLIN},
                              {.events = POLLOUT}};
    char error[EXPORTER_ERROR_SIZE];
    bool more = false, blind = false; /* poll(2) has no memory, perhaps for long */

    while (polled[1].revents == 0 && !session->broken &&
           !(blind && signals_want_end(&session->signals))) {
        watch_take(session, &more);
        watch_write_due(session, clock_monotonic_ns());
        if (meter_failed(&session->meter, error))
            report_news("--metrics %s", error);
        signals_beat(&session->signals);
        watch_check_output(session, outlet_turn(&session->outlet));
        polled[2].fd = outlet_fd(&session->outlet);
        blind = wait_until(polled, COUNT_OF(polled), more ? 0 : watch_due_ns(session)) < 0;
    }
}
