/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load_lines: a line each tick and a summary, as text or JSON. */
#include <poll.h>
#include <sys/eventfd.h>

#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/report.h"
#include "udptui/sys/wait.h"
#include "udptui/ui/load/session.h"

static void load_write_snapshots(struct load_run *run)
{
    while (generator_next(run->generator, &run->last)) {
        load_log(run, &run->last);
        run->output.stamp.wall_ns = clock_wall_ns();
        if (run->last.end != LOAD_RUNNING || run->options->quiet || run->broken)
            continue;
        if (outlet_is_full(&run->outlet))
            run->not_shown++;
        else
            load_check_output(run, run->writer->progress(&run->output, &run->last));
    }
    if (run->last.end != LOAD_RUNNING && !run->broken)
        load_check_output(run, run->writer->summary(&run->output, &run->last));
}

/* A reader that goes away ends it, with a summary in the log. */
void load_run_lines(struct load_run *run)
{
    struct pollfd polled[] = {{.fd = run->event_fd, .events = POLLIN},
                              {.fd = run->signals.fd, .events = POLLIN},
                              {.events = POLLOUT}};
    char error[EXPORTER_ERROR_SIZE];
    eventfd_t count;

    while (run->last.end == LOAD_RUNNING) {
        polled[2].fd = run->broken ? -1 : outlet_fd(&run->outlet);
        wait_until(polled, COUNT_OF(polled), clock_monotonic_ns() + LOAD_BEAT_MS * UNITS_NS_PER_MS);
        signals_beat(&run->signals);
        if (polled[1].revents != 0)
            polled[1].fd = -1; /* or the time is over, and the last acks may still arrive */
        if (run->broken || signals_number(&run->signals) != 0)
            generator_stop(run->generator);
        eventfd_read(run->event_fd, &count);
        load_write_snapshots(run);
        if (!run->broken)
            load_check_output(run, outlet_turn(&run->outlet));
        if (meter_failed(&run->meter, error))
            report_news("--metrics %s", error);
    }
}
