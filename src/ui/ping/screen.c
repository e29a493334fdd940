/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* screen: ping live; the summary is written when it is over. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>

#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/sys/locale.h"
#include "udptui/sys/report.h"
#include "udptui/ui/ping/session.h"
#include "udptui/ui/ping/view.h"
#include "udptui/ui/screen.h"

enum { RECORDS_A_TURN = 8192 };

enum { MODE_ONE = 1 << 0, MODE_SEVERAL = 1 << 1, MODE_ANY = MODE_ONE | MODE_SEVERAL };

struct ping_screen {
    struct ping_session *session;
    struct screen screen;
    struct ping_view view;
    char news[ANNOUNCER_NEWS_SIZE]; /* of the broker, the latest; written when the screen is gone */
};

/* ---- keys */

struct press {
    struct ping_screen *ping;
    unsigned asked; /* or-ed: SCREEN_HELP */
};

static void ping_press_stop(struct press *press)
{
    prober_stop(press->ping->session->prober);
}

static void ping_press_help(struct press *press)
{
    press->asked = SCREEN_HELP;
}

static void ping_press_pane(struct press *press)
{
    struct ping_view *view = &press->ping->view;

    view->pane = view->pane == PING_VIEW_CHART ? PING_VIEW_HISTOGRAM : PING_VIEW_CHART;
}

static void ping_press_scale(struct press *press)
{
    press->ping->view.logarithmic = !press->ping->view.logarithmic;
}

static void ping_press_next(struct press *press)
{
    struct ping_view *view = &press->ping->view;

    view->selected = (view->selected + 1) % view->count;
}

static void ping_press_previous(struct press *press)
{
    struct ping_view *view = &press->ping->view;

    view->selected = (view->selected + view->count - 1) % view->count;
}

static const struct keys_row ping_rows[] = {
    {.keys = {'q', KEY_CODE_F10},
     .modes = MODE_ANY,
     .act = ping_press_stop,
     .names = "q F10",
     .help = "stop and show the summary",
     .footer = "end",
     .footer_modes = MODE_ANY},
    {.keys = {'?', KEY_CODE_F1},
     .modes = MODE_ANY,
     .act = ping_press_help,
     .names = "? F1",
     .help = "this help",
     .footer = "help",
     .footer_modes = MODE_ANY,
     .rank = 1},
    {.keys = {'h', '\t'},
     .modes = MODE_ANY,
     .act = ping_press_pane,
     .names = "h Tab",
     .help = "histogram or chart",
     .footer = "histogram",
     .footer_modes = MODE_ANY,
     .rank = 2},
    {.keys = {'l'},
     .modes = MODE_ANY,
     .act = ping_press_scale,
     .names = "l",
     .help = "logarithmic or linear scale of the chart",
     .footer = "log scale",
     .footer_modes = MODE_ANY,
     .rank = 3},
    {.keys = {'j', KEY_CODE_DOWN},
     .modes = MODE_SEVERAL,
     .act = ping_press_next,
     .names = "j Down",
     .help = "next target",
     .footer = "next",
     .footer_modes = MODE_SEVERAL,
     .rank = 4},
    {.keys = {'k', KEY_CODE_UP},
     .modes = MODE_SEVERAL,
     .act = ping_press_previous,
     .names = "k Up",
     .help = "previous target",
     .footer = "previous",
     .footer_modes = MODE_SEVERAL,
     .rank = 5},
};

static const struct keys_table ping_keys = {
    .rows = ping_rows, .count = COUNT_OF(ping_rows), .modes = MODE_ANY, .next = &keys_of_the_loop};

static unsigned ping_mode(const void *context)
{
    const struct ping_screen *ping = context;

    return ping->view.count > 1 ? MODE_SEVERAL : MODE_ONE;
}

static unsigned ping_act(void *context, const struct key *key)
{
    struct press press = {.ping = context};
    const struct keys_row *row = keys_find(&ping_keys, ping_mode(context), key->code);

    if (row != NULL) {
        row->act(&press);
        press.ping->screen.changed = true;
    }
    return press.asked;
}

/* ---- what the loop calls */

static void ping_draw(void *context, struct frame *frame)
{
    const struct ping_screen *ping = context;

    ping_view_draw(&ping->view, frame);
}

static void ping_draw_small(void *context, struct frame *frame)
{
    const struct ping_screen *ping = context;

    ping_view_draw_small(&ping->view, frame);
}

static void ping_take_all(void *context)
{
    struct ping_screen *ping = context;
    struct prober_record record;

    for (int i = 0; i < RECORDS_A_TURN; i++) {
        if (!ping_take(ping->session, &record))
            return;
        ping_view_take(&ping->view, &record);
        ping->screen.changed = true;
    }
    eventfd_write(ping->session->event_fd, 1); /* there is more: keys have their turn first */
}

static void ping_check_broker(void *context)
{
    struct ping_screen *ping = context;
    struct announcer *announcer = &ping->session->announcer;

    while (announcer_turn(announcer, ping->news))
        ;
    ping->view.published = announcer_brief(announcer, &ping->view.published_bad);
    ping->screen.changed = true;
}

static bool ping_turn(void *context, int64_t now_ns)
{
    struct ping_screen *ping = context;

    ping_share(ping->session, now_ns, false);
    ping->view.metered = meter_brief(&ping->session->meter);
    if (ping->screen.gone || signals_number(&ping->session->signals) != 0)
        prober_stop(ping->session->prober);
    return !ping->session->ended;
}

/* Figures that have not been shared yet. */
static int64_t ping_deadline_ns(void *context)
{
    return ping_share_due_ns(((const struct ping_screen *)context)->session);
}

/* Of the selected target. */
static void ping_large_figures(const void *context, struct large_figures *out)
{
    const struct ping_screen *ping = context;
    const struct ping_view_target *target = &ping->view.targets[ping->view.selected];
    int64_t rtt_ns = target->latest.reply.rtt_ns;
    char text[UNITS_TEXT_SIZE] = "-";

    out->charset = ping->view.charset;
    if (rtt_ns >= 0) {
        double rtt_ms = (double)rtt_ns / (double)UNITS_NS_PER_MS;
        snprintf(text, sizeof text, "%.*f", rtt_ms < 10 ? 2 : rtt_ms < 100 ? 1 : 0, rtt_ms);
    }
    large_add(out, "latest, ms", text);
    snprintf(text, sizeof text, "%.1f%%", series_loss_percent(&target->figures.counts));
    large_add(out, "loss", text);
    large_add_count(out, "sent", target->figures.counts.sent);
}

static const struct screen_ops ping_ops = {.draw = ping_draw,
                                           .draw_small = ping_draw_small,
                                           .figures = ping_large_figures,
                                           .act = ping_act,
                                           .turn = ping_turn,
                                           .deadline_ns = ping_deadline_ns,
                                           .keys = &ping_keys,
                                           .words = ping_words,
                                           .mode = ping_mode};

static void fill_view(struct ping_view *view, const struct ping_config *config)
{
    char target[ENDPOINT_TEXT_SIZE];

    ping_view_begin(view, config->count);
    view->charset = locale_charset(config->ascii);
    view->size_bytes = config->targets[0].size_bytes;
    view->interval_ns = config->targets[0].interval_ns;
    for (size_t i = 0; i < config->count; i++)
        snprintf(
            view->targets[i].name, sizeof view->targets[i].name, "%s",
            endpoint_format_in(&config->targets[i].target, config->zones, target, sizeof target));
}

bool ping_run_screen(struct ping_session *session)
{
    struct ping_screen *ping = calloc(1, sizeof *ping);
    const struct screen_config config = {.ops = &ping_ops,
                                         .context = ping,
                                         .signals = &session->signals,
                                         .look = session->config.look};

    if (ping == NULL)
        return false;
    ping->session = session;
    fill_view(&ping->view, &session->config);
    if (!screen_open(&ping->screen, &config)) {
        free(ping);
        return false;
    }
    ping->screen.watches[0] =
        (struct screen_watch){.fd = session->event_fd, .ready = ping_take_all};
    ping->screen.watches[1] =
        (struct screen_watch){.fd = announcer_fd(&session->announcer), .ready = ping_check_broker};
    screen_run(&ping->screen);
    signals_ending(&session->signals);
    screen_close(&ping->screen);
    if (ping->news[0] != '\0')
        report_error("%s", ping->news);
    free(ping);
    ping_write_summaries(session);
    return true;
}
