/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* screen: many servers live; the sums are written when it is over. */
#include <stdio.h>
#include <stdlib.h>

#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/locale.h"
#include "udptui/sys/wait.h"
#include "udptui/ui/screen.h"
#include "udptui/ui/watch/session.h"
#include "udptui/ui/watch/view.h"

enum {
    MODE_ALL = 1 << 0,    /* the lists of all servers */
    MODE_INSIDE = 1 << 1, /* one server */
    MODE_TYPING = 1 << 2, /* the filter */
    MODE_ASKING = 1 << 3, /* whether to forget a server */
    MODE_LISTS = MODE_ALL | MODE_INSIDE,
    FILTER_MAX = FILTER_TEXT_MAX,
};

/* Servers report once a second: news is drawn twice as often, keys at once. */
static const int64_t news_interval_ns = 500 * UNITS_NS_PER_MS;

struct watch_screen {
    struct watch_session *session;
    struct screen screen;
    struct watch_view view;
    struct line_history history;
    char notice[WATCH_PROBLEM_SIZE];
    uint32_t asked, asked_generation; /* the server that is to be forgotten, with view.asks */
    int64_t drawn_ns;                 /* CLOCK_MONOTONIC of the latest drawing */
    bool more;                        /* the link has more messages */
    bool quit;
};

/* ---- keys */

struct press {
    struct watch_screen *watch;
    const struct key *key;
    unsigned asked; /* or-ed: SCREEN_QUIT, SCREEN_HELP */
};

static void watch_press_quit(struct press *press)
{
    press->watch->quit = true;
}

static void watch_press_help(struct press *press)
{
    press->asked = SCREEN_HELP;
}

static void watch_press_up(struct press *press)
{
    watch_view_move(&press->watch->view, -1);
}

static void watch_press_down(struct press *press)
{
    watch_view_move(&press->watch->view, 1);
}

static void watch_press_page_up(struct press *press)
{
    watch_view_move(&press->watch->view, -press->watch->view.page);
}

static void watch_press_page_down(struct press *press)
{
    watch_view_move(&press->watch->view, press->watch->view.page);
}

static void watch_press_first(struct press *press)
{
    watch_view_move(&press->watch->view, -(int64_t)UINT32_MAX);
}

static void watch_press_last(struct press *press)
{
    watch_view_move(&press->watch->view, UINT32_MAX);
}

static void watch_press_click(struct press *press)
{
    struct watch_view *view = &press->watch->view;
    int line = press->key->row - view->list_row;

    if (line >= 0 && line < view->page)
        watch_view_move(view, (int64_t)view->top + line - (int64_t)view->position);
}

/* Another list begins at its top. */
static void watch_show_list(struct watch_view *view, enum watch_list list)
{
    view->list = list;
    view->position = view->top = 0;
}

static void watch_press_next(struct press *press)
{
    struct watch_view *view = &press->watch->view;

    watch_show_list(view, (enum watch_list)((view->list + 1) % WATCH_LISTS));
}

/* Into the server of the row: a client's or a message's, too. */
static void watch_press_enter(struct press *press)
{
    struct watch_view *view = &press->watch->view;
    uint32_t slot;
    const struct fleet_server *server = watch_view_chosen(view, &slot);

    if (server == NULL)
        return;
    view->inside = true;
    view->inner = slot;
    view->inner_generation = server->generation;
    watch_show_list(view, WATCH_SERVERS);
}

static void watch_press_back(struct press *press)
{
    struct watch_view *view = &press->watch->view;

    if (!view->inside) {
        watch_view_set_filter(view, "");
        return;
    }
    uint32_t slot = view->inner;
    view->inside = false;
    watch_show_list(view, WATCH_SERVERS);
    watch_view_collect(view);
    for (size_t i = 0; i < view->count; i++)
        if (view->rows[i].server == slot)
            watch_view_move(view, (int64_t)i);
}

static void watch_press_sort(struct press *press)
{
    struct watch_view *view = &press->watch->view;

    view->sort = (enum watch_sort)((view->sort + 1) % WATCH_SORTS);
}

static void watch_press_invert(struct press *press)
{
    press->watch->view.inverted = !press->watch->view.inverted;
}

/* ---- the filter */

static void watch_press_filter(struct press *press)
{
    press->watch->view.typing = true;
}

static void watch_press_keep(struct press *press)
{
    struct watch_view *view = &press->watch->view;

    if (view->wrong.why[0] != '\0')
        return; /* it must be corrected first: the reason is shown */
    line_history_keep(&press->watch->history, &view->line);
    view->typing = false;
}

static void watch_press_drop(struct press *press)
{
    watch_view_set_filter(&press->watch->view, "");
    press->watch->view.typing = false;
}

/* The line was changed: it applies at once. */
static void watch_apply_line(struct watch_view *view)
{
    const struct line line = view->line;

    watch_view_set_filter(view, line.bytes);
}

static void watch_press_erase(struct press *press)
{
    line_erase(&press->watch->view.line);
    watch_apply_line(&press->watch->view);
}

static void watch_press_erase_word(struct press *press)
{
    line_erase_word(&press->watch->view.line);
    watch_apply_line(&press->watch->view);
}

static void watch_press_erase_line(struct press *press)
{
    watch_view_set_filter(&press->watch->view, "");
}

static void watch_press_older(struct press *press)
{
    if (line_history_older(&press->watch->history, &press->watch->view.line))
        watch_apply_line(&press->watch->view);
}

static void watch_press_newer(struct press *press)
{
    if (line_history_newer(&press->watch->history, &press->watch->view.line))
        watch_apply_line(&press->watch->view);
}

/* ---- forgetting a server */

static void watch_notice(struct watch_screen *watch, const char *before, const char *label,
                         const char *after)
{
    snprintf(watch->notice, sizeof watch->notice, "%s%.300s%s", before, label, after);
    watch->view.notice = watch->notice;
}

/* False, with a notice, if its next report would bring it back. */
static bool watch_may_forget(struct watch_screen *watch, const struct fleet_server *server)
{
    if (fleet_state(watch->session->fleet, server) != FLEET_UP)
        return true;
    watch_notice(watch, "", server->label, " is up: its next report would bring it back");
    return false;
}

/* The server is noted: the list goes on changing below the question. */
static void watch_press_forget(struct press *press)
{
    struct watch_screen *watch = press->watch;
    const struct fleet_server *server = watch_view_chosen(&watch->view, &watch->asked);

    if (server == NULL || !watch_may_forget(watch, server))
        return;
    watch->asked_generation = server->generation;
    watch->view.asks = true;
    watch_notice(watch, "Forget ", server->label, " and its counts, for every viewer?");
}

static void watch_press_yes(struct press *press)
{
    struct watch_screen *watch = press->watch;
    const struct fleet_server *server = fleet_server(watch->session->fleet, watch->asked);

    watch->view.asks = false;
    watch->view.notice = NULL;
    if (server == NULL || server->generation != watch->asked_generation ||
        !watch_may_forget(watch, server))
        return;
    if (watch_forget(watch->session, watch->asked))
        watch->view.inside = false;
    else
        watch_notice(watch, "Not forgotten: ", "the broker", " cannot be reached");
}

static void watch_press_no(struct press *press)
{
    press->watch->view.asks = false;
    press->watch->view.notice = NULL;
}

/* ---- the table */

static const struct keys_row watch_rows[] = {
    {.keys = {'\t'},
     .modes = MODE_LISTS,
     .act = watch_press_next,
     .names = "Tab",
     .help = "servers, clients, messages",
     .footer = "list",
     .footer_modes = MODE_LISTS,
     .rank = 1},
    {.keys = {'\r'},
     .modes = MODE_ALL,
     .act = watch_press_enter,
     .names = "Enter",
     .help = "one server alone",
     .footer = "open",
     .footer_modes = MODE_ALL,
     .rank = 1},
    {.keys = {KEY_CODE_ESC},
     .modes = MODE_LISTS,
     .act = watch_press_back,
     .names = "Esc",
     .help = "back; clear the filter",
     .footer = "back",
     .footer_modes = MODE_INSIDE},
    {.keys = {KEY_CODE_UP, 'k', KEY_CODE_WHEEL_UP},
     .modes = MODE_LISTS,
     .act = watch_press_up,
     .names = "Up k",
     .help = "up"},
    {.keys = {KEY_CODE_DOWN, 'j', KEY_CODE_WHEEL_DOWN},
     .modes = MODE_LISTS,
     .act = watch_press_down,
     .names = "Down j",
     .help = "down"},
    {.keys = {KEY_CODE_PAGE_UP},
     .modes = MODE_LISTS,
     .act = watch_press_page_up,
     .names = "PgUp",
     .help = "a page up"},
    {.keys = {KEY_CODE_PAGE_DOWN, ' '},
     .modes = MODE_LISTS,
     .act = watch_press_page_down,
     .names = "PgDn",
     .help = "a page down"},
    {.keys = {KEY_CODE_HOME, 'g'},
     .modes = MODE_LISTS,
     .act = watch_press_first,
     .names = "Home g",
     .help = "the first row"},
    {.keys = {KEY_CODE_END, 'G'},
     .modes = MODE_LISTS,
     .act = watch_press_last,
     .names = "End G",
     .help = "the last row"},
    {.keys = {KEY_CODE_CLICK}, .modes = MODE_LISTS, .act = watch_press_click},
    {.keys = {'/'},
     .modes = MODE_LISTS,
     .act = watch_press_filter,
     .names = "/",
     .help = "filter: port: status:gone !a",
     .footer = "filter",
     .footer_modes = MODE_LISTS,
     .rank = 2},
    {.keys = {'s'},
     .modes = MODE_ALL,
     .act = watch_press_sort,
     .names = "s",
     .help = "sort the servers by ...",
     .footer = "sort",
     .footer_modes = MODE_ALL,
     .rank = 2},
    {.keys = {'I'},
     .modes = MODE_ALL,
     .act = watch_press_invert,
     .names = "I",
     .help = "invert the order"},
    {.keys = {'x'},
     .modes = MODE_LISTS,
     .act = watch_press_forget,
     .names = "x",
     .help = "forget one that is not up",
     .footer = "forget",
     .footer_modes = MODE_LISTS,
     .rank = 4},
    {.keys = {'?', KEY_CODE_F1},
     .modes = MODE_LISTS,
     .act = watch_press_help,
     .names = "? F1",
     .help = "this help",
     .footer = "help",
     .footer_modes = MODE_LISTS,
     .rank = 3},
    {.keys = {'q', KEY_CODE_F10},
     .modes = MODE_LISTS,
     .act = watch_press_quit,
     .names = "q F10",
     .help = "quit and show the sums",
     .footer = "quit",
     .footer_modes = MODE_LISTS},
    {.keys = {'\r'},
     .modes = MODE_TYPING,
     .act = watch_press_keep,
     .names = "Enter",
     .footer = "keep",
     .footer_modes = MODE_TYPING},
    {.keys = {KEY_CODE_ESC},
     .modes = MODE_TYPING,
     .act = watch_press_drop,
     .names = "Esc",
     .footer = "drop",
     .footer_modes = MODE_TYPING},
    {.keys = {KEY_CODE_BACKSPACE, KEY_CODE_RUBOUT, KEY_CODE_CTRL_H},
     .modes = MODE_TYPING,
     .act = watch_press_erase},
    {.keys = {KEY_CODE_CTRL_W}, .modes = MODE_TYPING, .act = watch_press_erase_word},
    {.keys = {KEY_CODE_CTRL_U}, .modes = MODE_TYPING, .act = watch_press_erase_line},
    {.keys = {KEY_CODE_UP}, .modes = MODE_TYPING, .act = watch_press_older},
    {.keys = {KEY_CODE_DOWN}, .modes = MODE_TYPING, .act = watch_press_newer},
    {.keys = {'y'},
     .modes = MODE_ASKING,
     .act = watch_press_yes,
     .names = "y",
     .footer = "forget it",
     .footer_modes = MODE_ASKING},
    {.keys = {'n', KEY_CODE_ESC},
     .modes = MODE_ASKING,
     .act = watch_press_no,
     .names = "n",
     .footer = "keep it",
     .footer_modes = MODE_ASKING},
};

static const struct keys_table watch_keys = {.rows = watch_rows,
                                             .count = COUNT_OF(watch_rows),
                                             .modes = MODE_LISTS | MODE_TYPING | MODE_ASKING,
                                             .next = &keys_of_the_loop};

static unsigned watch_mode(const void *context)
{
    const struct watch_screen *watch = context;

    if (watch->view.asks)
        return MODE_ASKING;
    if (watch->view.typing)
        return MODE_TYPING;
    return watch->view.inside ? MODE_INSIDE : MODE_ALL;
}

static unsigned watch_act(void *context, const struct key *key)
{
    struct watch_screen *watch = context;
    struct press press = {.watch = watch, .key = key};
    unsigned mode = watch_mode(context);
    const struct keys_row *row = keys_find(&watch_keys, mode, key->code);

    if (!watch->view.asks)
        watch->view.notice = NULL;
    if (row != NULL) {
        row->act(&press);
    } else if (mode == MODE_TYPING && line_type(&watch->view.line, FILTER_MAX, key->code)) {
        watch_apply_line(&watch->view);
    }
    watch->screen.changed = true;
    return press.asked;
}

/* ---- what the loop calls */

static void watch_look(struct watch_screen *watch)
{
    struct watch_view *view = &watch->view;

    view->now_ns = watch->drawn_ns = clock_monotonic_ns();
    view->wall_ns = clock_wall_ns();
    view->counts = watch_session_counts(watch->session);
    watch_view_note_link(view);
}

static void watch_draw_small(void *context, struct frame *frame)
{
    struct watch_screen *watch = context;

    watch_look(watch);
    watch_view_draw_small(&watch->view, frame);
}

static void watch_draw(void *context, struct frame *frame)
{
    struct watch_screen *watch = context;
    struct watch_view *view = &watch->view;

    watch_look(watch);
    fleet_sum(view->fleet, &view->sums);
    watch_view_collect(view);
    watch_view_draw(view, frame);
}

static void watch_ready(void *context)
{
    struct watch_screen *watch = context;

    watch_take(watch->session, &watch->more);
}

static bool watch_turn(void *context, int64_t now_ns)
{
    struct watch_screen *watch = context;

    if (watch->more)
        watch_ready(watch);
    watch_write_due(watch->session, now_ns);
    watch->view.metered = meter_brief(&watch->session->meter);
    watch->screen.changed |= now_ns - watch->drawn_ns >= news_interval_ns;
    return !watch->quit && !watch->screen.gone && !watch->screen.ending && !watch->session->broken;
}

static int64_t watch_deadline_ns(void *context)
{
    const struct watch_screen *watch = context;

    if (watch->more)
        return 0;
    if (watch->screen.changed) /* drawn only if possible */
        return watch_due_ns(watch->session);
    return wait_earlier_ns(watch_due_ns(watch->session), watch->drawn_ns + news_interval_ns);
}

static void watch_large_figures(const void *context, struct large_figures *out)
{
    const struct watch_screen *watch = context;
    const struct watch_view *view = &watch->view;
    double received = fleet_rate(view->fleet, fleet_received(view->fleet), view->now_ns);

    out->charset = view->charset;
    if (received >= 0) /* else it is not known */
        large_add_count(out, "received a second", (uint64_t)(received + 0.5));
    large_add_count(out, "servers up", view->counts.states[FLEET_UP]);
    large_add_count(out, "gone", view->counts.states[FLEET_GONE]);
}

static const struct screen_ops watch_ops = {.draw = watch_draw,
                                            .draw_small = watch_draw_small,
                                            .act = watch_act,
                                            .turn = watch_turn,
                                            .deadline_ns = watch_deadline_ns,
                                            .keys = &watch_keys,
                                            .mode = watch_mode,
                                            .figures = watch_large_figures,
                                            .words = watch_words};

static void watch_fill_view(struct watch_screen *watch)
{
    struct watch_session *session = watch->session;
    struct watch_view *view = &watch->view;

    view->fleet = session->fleet;
    view->link = &session->status;
    view->broker = session->broker;
    view->problem = session->problem;
    view->charset = locale_charset(session->config.ascii);
    view->utc_offset_s = clock_utc_offset_s();
    view->started_ns = view->now_ns = clock_monotonic_ns();
    if (session->config.filter_text != NULL)
        watch_view_set_filter(view, session->config.filter_text);
}

bool watch_run_screen(struct watch_session *session)
{
    struct watch_screen *watch = calloc(1, sizeof *watch);
    const struct screen_config config = {.ops = &watch_ops,
                                         .context = watch,
                                         .signals = &session->signals,
                                         .look = session->config.look,
                                         .mouse = !session->config.no_mouse};

    if (watch == NULL)
        return false;
    watch->session = session;
    watch_fill_view(watch);
    session->sinks[WATCH_OUT].muted = screen_open(&watch->screen, &config);
    bool shown = session->sinks[WATCH_OUT].muted;
    if (shown) {
        watch->screen.watches[0] =
            (struct screen_watch){.fd = link_fd(session->link), .ready = watch_ready};
        watch_ready(watch);
        screen_run(&watch->screen);
        signals_ending(&session->signals);
        screen_close(&watch->screen);
    }
    line_history_clear(&watch->history);
    watch_view_close(&watch->view);
    free(watch);
    return shown;
}
