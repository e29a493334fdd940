/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load_screen: a picture each tick, until the load is over or q is pressed. */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>

#include "udptui/net/interfaces.h"
#include "udptui/sys/locale.h"
#include "udptui/sys/report.h"
#include "udptui/ui/frame.h"
#include "udptui/ui/load/session.h"
#include "udptui/ui/load/view.h"
#include "udptui/ui/term.h"

enum { CTRL_L = 0x0c, CTRL_Z = 0x1a };

static struct load_view make_view(const struct load_run *run)
{
    struct load_view view = {.duration_ns = run->config->duration_ns,
                             .charset = locale_charset(run->options->ascii),
                             .last = {.rtt_min_ns = -1,
                                      .rtt_p50_ns = -1,
                                      .rtt_p90_ns = -1,
                                      .rtt_p99_ns = -1,
                                      .rtt_p999_ns = -1,
                                      .rtt_max_ns = -1}};
    char target[ENDPOINT_TEXT_SIZE];

    snprintf(view.title, sizeof view.title, "udptui load  %s  %zu x %u, %zu B",
             endpoint_format_in(&run->config->target, &interfaces_zones, target, sizeof target),
             run->config->clients, run->config->window, run->config->size_bytes);
    return view;
}

static void draw(const struct load_view *view, struct frame *frame)
{
    struct pollfd out = {.fd = 1, .events = POLLOUT};
    int rows, columns;

    if (poll(&out, 1, 0) != 1 || !(out.revents & POLLOUT))
        return; /* a terminal that takes no bytes gets the next picture */
    term_size(&rows, &columns);
    if (!frame_resize(frame, rows, columns))
        return;
    load_view_draw(view, frame);
    term_draw(frame);
}

static bool wants_to_stop(void)
{
    struct key key;
    bool stop = false;

    while (term_read(&key)) {
        if (key.code == CTRL_L)
            term_redraw();
        else if (key.code == CTRL_Z)
            term_suspend();
        stop |= key.code == 'q' || key.code == KEY_CODE_F10;
    }
    return stop;
}

static void loop(struct load_run *run, struct load_view *view, struct frame *frame)
{
    struct pollfd polled[] = {{.fd = run->event_fd, .events = POLLIN},
                              {.fd = run->signals.fd, .events = POLLIN},
                              {.fd = term_fd(), .events = POLLIN}};
    eventfd_t count;

    while (run->last.end == LOAD_RUNNING) {
        draw(view, frame);
        poll(polled, 3, LOAD_BEAT_MS);
        signals_beat(&run->signals);
        if (signals_number(&run->signals) != 0 || (polled[2].revents & (POLLHUP | POLLERR)) ||
            wants_to_stop()) {
            generator_stop(run->generator);
            polled[2].fd = -1;
        }
        if (polled[1].revents != 0)
            polled[1].fd = -1; /* or the time is over, and the last acks may still come */
        eventfd_read(run->event_fd, &count);
        while (generator_next(run->generator, &run->last)) {
            load_log(run, &run->last);
            load_view_add(view, &run->last);
        }
    }
}

bool load_run_screen(struct load_run *run)
{
    const struct term_options options = {.colour = true, .end_fd = run->signals.fd};
    struct load_view view = make_view(run);
    struct frame *frame;
    const char *why;

    if (!term_open(&options, &why)) {
        report_error("%s: showing lines instead of the screen", why);
        return false;
    }
    frame = frame_open();
    if (frame != NULL)
        loop(run, &view, frame);
    frame_close(frame);
    signals_ending(&run->signals);
    term_close();
    if (frame == NULL)
        load_run_lines(run);
    else
        load_check_output(run, run->writer->summary(&run->output, &run->last));
    return true;
}
