/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* screen: a chart that grows with each snapshot, until the end or q. */
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>

#include "udptui/base/array.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/interfaces.h"
#include "udptui/sys/locale.h"
#include "udptui/ui/load/session.h"
#include "udptui/ui/load/view.h"
#include "udptui/ui/screen.h"

enum { MODE_CHART = 1, SNAPSHOTS_A_TURN = 64 };

struct load_screen {
    struct load_run *run;
    struct screen screen;
    struct load_view view;
};

static struct load_view make_view(const struct load_run *run)
{
    struct load_view view = {.duration_ns = run->config->duration_ns,
                             .charset = locale_charset(run->options->ascii),
                             .last = {.rtt = load_no_times, .rtt_app = load_no_times}};
    char target[ENDPOINT_TEXT_SIZE];

    snprintf(view.title, sizeof view.title, "udptui load  %s  %zu x %u, %zu B",
             endpoint_format_in(&run->config->target, &interfaces_zones, target, sizeof target),
             run->config->clients, run->config->window, run->config->size_bytes);
    return view;
}

/* ---- keys */

struct press {
    struct load_screen *screen;
    unsigned asked; /* SCREEN_HELP */
};

static void press_stop(struct press *press)
{
    generator_stop(press->screen->run->generator);
}

static void load_press_help(struct press *press)
{
    press->asked = SCREEN_HELP;
}

static const struct keys_row load_rows[] = {
    {.keys = {'q', KEY_CODE_F10},
     .modes = MODE_CHART,
     .act = press_stop,
     .names = "q F10",
     .help = "stop and show the summary",
     .footer = "stop and show the summary",
     .footer_modes = MODE_CHART},
    {.keys = {'?', KEY_CODE_F1},
     .modes = MODE_CHART,
     .act = load_press_help,
     .names = "? F1",
     .help = "this help",
     .footer = "help",
     .footer_modes = MODE_CHART,
     .rank = 1},
};

static const struct keys_table load_keys = {.rows = load_rows,
                                            .count = COUNT_OF(load_rows),
                                            .modes = MODE_CHART,
                                            .next = &keys_of_the_loop};

static unsigned load_mode(const void *context)
{
    (void)context;
    return MODE_CHART;
}

static unsigned load_act(void *context, const struct key *key)
{
    struct press press = {.screen = context};
    const struct keys_row *row = keys_find(&load_keys, MODE_CHART, key->code);

    if (row != NULL)
        row->act(&press);
    return press.asked;
}

/* ---- what the loop calls */

static void load_draw(void *context, struct frame *frame)
{
    const struct load_screen *load = context;

    load_view_draw(&load->view, frame);
}

static void load_draw_small(void *context, struct frame *frame)
{
    const struct load_screen *load = context;

    load_view_draw_small(&load->view, frame);
}

static void load_take_snapshots(void *context)
{
    struct load_screen *load = context;
    struct load_run *run = load->run;
    eventfd_t count;

    eventfd_read(run->event_fd, &count);
    for (int i = 0; i < SNAPSHOTS_A_TURN; i++) {
        if (!generator_next(run->generator, &run->last))
            return;
        load_log(run, &run->last);
        load_view_add(&load->view, &run->last);
        load->screen.changed = true;
    }
    eventfd_write(run->event_fd, 1); /* more may be there: the next turn takes them */
}

/* The last acks may still come when it is to end. */
static bool load_turn(void *context, int64_t now_ns)
{
    struct load_screen *load = context;

    (void)now_ns;
    load->view.metered = meter_brief(&load->run->meter);
    if (load->screen.gone || signals_number(&load->run->signals) != 0)
        generator_stop(load->run->generator);
    return load->run->last.end == LOAD_RUNNING;
}

static void load_large_figures(const void *context, struct large_figures *out)
{
    const struct load_screen *load = context;
    const struct load_snapshot *last = &load->view.last;

    out->charset = load->view.charset;
    large_add_count(out, "acks a second", (uint64_t)last->acks_per_s);
    large_add_count(out, "sent", last->sent);
    large_add_count(out, "lost", last->lost);
}

static const struct screen_ops load_ops = {.draw = load_draw,
                                           .figures = load_large_figures,
                                           .draw_small = load_draw_small,
                                           .act = load_act,
                                           .turn = load_turn,
                                           .keys = &load_keys,
                                           .words = load_words,
                                           .mode = load_mode};

bool load_run_screen(struct load_run *run)
{
    struct load_screen load = {.run = run, .view = make_view(run)};
    const struct screen_config config = {
        .ops = &load_ops, .context = &load, .signals = &run->signals, .look = run->options->look};

    if (!screen_open(&load.screen, &config))
        return false;
    load.screen.watches[0] =
        (struct screen_watch){.fd = run->event_fd, .ready = load_take_snapshots};
    screen_run(&load.screen);
    signals_ending(&run->signals);
    screen_close(&load.screen);
    run->output.stamp.wall_ns = clock_wall_ns();
    load_check_output(run, run->writer->summary(&run->output, &run->last));
    return true;
}
