/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * resend_screen: replay --to with a screen. A thread sends and hands its reports over through a
 * ring, so that it never waits for the terminal; what finds no room there is counted.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "resend_internal.h"
#include "resend_view_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/ring.h"
#include "udptui/sys/locale.h"
#include "udptui/sys/report.h"
#include "udptui/sys/thread.h"
#include "udptui/ui/screen.h"

enum { RING_BYTES = 1 << 22, RECORDS_A_TURN = 4096 };
enum { MODE_ROWS = 1 << 0, MODE_REPLIES = 1 << 1, MODE_TYPING = 1 << 2 };

struct resend_screen {
    struct replay_run *run;
    struct screen screen;
    struct resend_view view;
    struct resend_task task;
    struct ring *ring;
    int event_fd, stop_fd;
    struct signals stop; /* fd is stop_fd: what the thread takes for the end of the program */
    pthread_t thread;
    bool joined;
    atomic_bool over;
    atomic_uint_least64_t not_shown; /* records without room in the ring */
};

/* ---- in the thread */

static bool resend_screen_report(void *context, const struct resend_report *report)
{
    struct resend_screen *resend = context;
    size_t size_bytes = resend_record_bytes(report);
    struct resend_record *room = ring_reserve(resend->ring, size_bytes);

    replay_log_report(resend->run, report);
    if (room == NULL) {
        atomic_fetch_add(&resend->not_shown, 1);
        return true;
    }
    resend_record_fill(room, report, &resend->task.totals);
    ring_commit(resend->ring, size_bytes);
    eventfd_write(resend->event_fd, 1);
    return true;
}

static void *resend_screen_send(void *argument)
{
    struct resend_screen *resend = argument;

    resend_task_run(&resend->task, &resend->stop);
    atomic_store(&resend->over, true);
    eventfd_write(resend->event_fd, 1);
    return NULL;
}

/* ---- keys */

struct press {
    struct resend_screen *resend;
    unsigned asked;
};

static void resend_press_quit(struct press *press)
{
    press->asked = SCREEN_QUIT;
}

static void resend_press_help(struct press *press)
{
    press->asked = SCREEN_HELP;
}

static void resend_press_up(struct press *press)
{
    resend_view_move(&press->resend->view, -1);
}

static void resend_press_down(struct press *press)
{
    resend_view_move(&press->resend->view, 1);
}

static void resend_press_page_up(struct press *press)
{
    resend_view_move(&press->resend->view, -(int64_t)press->resend->view.rows_shown);
}

static void resend_press_page_down(struct press *press)
{
    resend_view_move(&press->resend->view, press->resend->view.rows_shown);
}

static void resend_press_first(struct press *press)
{
    resend_view_move(&press->resend->view, -(int64_t)INT32_MAX);
}

static void resend_press_last(struct press *press)
{
    resend_view_move(&press->resend->view, INT32_MAX);
}

static void resend_press_detail(struct press *press)
{
    struct resend_view *view = &press->resend->view;

    view->detail = resend_view_count(view) > 0;
    view->following &= !view->detail; /* the detail stays that of this row */
    view->scroll = 0;
}

static void resend_press_back(struct press *press)
{
    press->resend->view.detail = false;
}

static void resend_press_other(struct press *press)
{
    resend_view_switch_other(&press->resend->view);
}

static void resend_press_follow(struct press *press)
{
    press->resend->view.following = true;
}

/* ---- the filter */

static void resend_press_filter(struct press *press)
{
    press->resend->view.typing = true;
}

/* A filter that is wrong must be corrected first. */
static void resend_press_keep(struct press *press)
{
    struct resend_view *view = &press->resend->view;

    if (view->problem.why[0] != '\0')
        return;
    line_history_keep(&view->history, &view->line);
    view->typing = false;
}

/* The history returns it. */
static void resend_press_all(struct press *press)
{
    struct resend_view *view = &press->resend->view;

    if (view->problem.why[0] == '\0')
        line_history_keep(&view->history, &view->line);
    line_set(&view->line, "");
    resend_view_filter(view);
    view->typing = false;
}

static void resend_press_older(struct press *press)
{
    struct resend_view *view = &press->resend->view;

    if (line_history_older(&view->history, &view->line))
        resend_view_filter(view);
}

static void resend_press_newer(struct press *press)
{
    struct resend_view *view = &press->resend->view;

    if (line_history_newer(&view->history, &view->line))
        resend_view_filter(view);
}

static void resend_press_erase(struct press *press)
{
    line_erase(&press->resend->view.line);
    resend_view_filter(&press->resend->view);
}

static void resend_press_erase_word(struct press *press)
{
    line_erase_word(&press->resend->view.line);
    resend_view_filter(&press->resend->view);
}

static void resend_press_erase_line(struct press *press)
{
    line_set(&press->resend->view.line, "");
    resend_view_filter(&press->resend->view);
}

static const struct keys_row resend_rows[] = {
    {.keys = {'/'},
     .modes = MODE_ROWS,
     .act = resend_press_filter,
     .names = "/",
     .help = "filter: text size:>9 a|b !a",
     .footer = "filter",
     .footer_modes = MODE_ROWS},
    {.keys = {KEY_CODE_ESC},
     .modes = MODE_ROWS | MODE_TYPING,
     .act = resend_press_all,
     .names = "Esc",
     .help = "no filter; back"},
    {.keys = {'\r', '\n'}, .modes = MODE_TYPING, .act = resend_press_keep},
    {.keys = {KEY_CODE_UP}, .modes = MODE_TYPING, .act = resend_press_older},
    {.keys = {KEY_CODE_DOWN}, .modes = MODE_TYPING, .act = resend_press_newer},
    {.keys = {KEY_CODE_BACKSPACE, KEY_CODE_RUBOUT, KEY_CODE_CTRL_H},
     .modes = MODE_TYPING,
     .act = resend_press_erase},
    {.keys = {KEY_CODE_CTRL_W}, .modes = MODE_TYPING, .act = resend_press_erase_word},
    {.keys = {KEY_CODE_CTRL_U}, .modes = MODE_TYPING, .act = resend_press_erase_line},
    {.keys = {KEY_CODE_UP, 'k'},
     .modes = MODE_ROWS | MODE_REPLIES,
     .act = resend_press_up,
     .names = "Up k",
     .help = "up"},
    {.keys = {KEY_CODE_DOWN, 'j'},
     .modes = MODE_ROWS | MODE_REPLIES,
     .act = resend_press_down,
     .names = "Down j",
     .help = "down",
     .footer = "scroll",
     .footer_modes = MODE_REPLIES},
    {.keys = {KEY_CODE_PAGE_UP},
     .modes = MODE_ROWS | MODE_REPLIES,
     .act = resend_press_page_up,
     .names = "PgUp",
     .help = "a page up"},
    {.keys = {KEY_CODE_PAGE_DOWN},
     .modes = MODE_ROWS | MODE_REPLIES,
     .act = resend_press_page_down,
     .names = "PgDn",
     .help = "a page down"},
    {.keys = {KEY_CODE_HOME, 'g'},
     .modes = MODE_ROWS | MODE_REPLIES,
     .act = resend_press_first,
     .names = "Home g",
     .help = "the first row"},
    {.keys = {KEY_CODE_END, 'G'},
     .modes = MODE_ROWS | MODE_REPLIES,
     .act = resend_press_last,
     .names = "End G",
     .help = "the last row"},
    {.keys = {'\r', '\n'},
     .modes = MODE_ROWS,
     .act = resend_press_detail,
     .names = "Enter",
     .help = "both replies as hex",
     .footer = "both as hex",
     .footer_modes = MODE_ROWS},
    {.keys = {KEY_CODE_ESC, '\r', '\n'},
     .modes = MODE_REPLIES,
     .act = resend_press_back,
     .names = "Esc",
     .footer = "back",
     .footer_modes = MODE_REPLIES},
    {.keys = {'d'},
     .modes = MODE_ROWS,
     .act = resend_press_other,
     .names = "d",
     .help = "only what differs, or all",
     .footer = "not the same",
     .footer_modes = MODE_ROWS,
     .rank = 1},
    {.keys = {'F'},
     .modes = MODE_ROWS,
     .act = resend_press_follow,
     .names = "F",
     .help = "follow the newest",
     .footer = "follow",
     .footer_modes = MODE_ROWS,
     .rank = 2},
    {.keys = {'?', KEY_CODE_F1},
     .modes = MODE_ROWS | MODE_REPLIES,
     .act = resend_press_help,
     .names = "? F1",
     .help = "this help",
     .footer = "help",
     .footer_modes = MODE_ROWS | MODE_REPLIES,
     .rank = 1},
    {.keys = {'q', KEY_CODE_F10},
     .modes = MODE_ROWS | MODE_REPLIES,
     .act = resend_press_quit,
     .names = "q F10",
     .help = "stop and show the summary",
     .footer = "quit",
     .footer_modes = MODE_ROWS | MODE_REPLIES},
};

static const struct keys_table resend_keys = {.rows = resend_rows,
                                              .count = COUNT_OF(resend_rows),
                                              .modes = MODE_ROWS | MODE_REPLIES | MODE_TYPING,
                                              .next = &keys_of_the_loop};

static unsigned resend_screen_mode(const void *context)
{
    const struct resend_view *view = &((const struct resend_screen *)context)->view;

    return view->typing ? MODE_TYPING : view->detail ? MODE_REPLIES : MODE_ROWS;
}

static unsigned resend_screen_act(void *context, const struct key *key)
{
    struct press press = {.resend = context};
    const struct keys_row *row = keys_find(&resend_keys, resend_screen_mode(context), key->code);

    if (row != NULL)
        row->act(&press);
    else if (press.resend->view.typing &&
             line_type(&press.resend->view.line, RESEND_FILTER_MAX, key->code))
        resend_view_filter(&press.resend->view);
    return press.asked;
}

/* ---- what the loop calls */

static void resend_screen_draw(void *context, struct frame *frame)
{
    struct resend_screen *resend = context;

    resend_view_draw(&resend->view, frame);
}

static void resend_screen_join(struct resend_screen *resend)
{
    if (resend->joined)
        return;
    pthread_join(resend->thread, NULL);
    resend->joined = true;
    resend->view.ended = true;
    resend->view.totals = resend->task.totals;
    resend->view.end = resend->task.done ? NULL : "failed: q shows why";
}

/* Takes what the thread reported, in turns with the keys. */
static void resend_screen_take(void *context)
{
    struct resend_screen *resend = context;
    bool over = atomic_load(&resend->over);
    eventfd_t count;
    size_t size_bytes;

    eventfd_read(resend->event_fd, &count);
    resend->screen.changed = true;
    for (int i = 0; i < RECORDS_A_TURN; i++) {
        const void *record = ring_peek(resend->ring, &size_bytes);
        if (record == NULL) {
            resend->view.dropped += atomic_exchange(&resend->not_shown, 0);
            if (over)
                resend_screen_join(resend);
            return;
        }
        resend_view_add(&resend->view, record, size_bytes);
        ring_release(resend->ring);
    }
    eventfd_write(resend->event_fd, 1); /* more may be there: the next turn takes them */
}

static bool resend_screen_turn(void *context, int64_t now_ns)
{
    struct resend_screen *resend = context;

    (void)now_ns;
    return !resend->screen.gone && signals_number(&resend->run->signals) == 0;
}

static const struct opts_word resend_words[] = {
    {"same", "the reply is as recorded"},
    {"different", "both replies are shown, and the first byte that differs, from 1"},
    {"silent", "no reply, though one was recorded"},
    {"new", "a reply, though none was recorded"},
    {"none", "no reply, and none was recorded"},
    {"extra", "one reply too many"},
    {NULL, NULL},
};

static void resend_large_figures(const void *context, struct large_figures *out)
{
    const struct resend_screen *resend = context;
    const struct resend_totals *totals = &resend->view.totals;

    out->charset = resend->view.charset;
    large_add_count(out, "sent", totals->sent);
    large_add_count(out, "same", totals->counts[RESEND_SAME]);
    large_add_count(out, "different", totals->counts[RESEND_DIFFERENT]);
    large_add_count(out, "silent", totals->counts[RESEND_SILENT]);
}

static const struct screen_ops resend_ops = {.draw = resend_screen_draw,
                                             .figures = resend_large_figures,
                                             .act = resend_screen_act,
                                             .turn = resend_screen_turn,
                                             .keys = &resend_keys,
                                             .words = resend_words,
                                             .mode = resend_screen_mode};

/* ---- beginning and end */

static bool resend_screen_open_memory(struct resend_screen *resend)
{
    const struct display_options *look = &resend->run->options.look;

    resend->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    resend->stop_fd = resend->stop.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    resend->ring = ring_open(RING_BYTES);
    return resend->event_fd >= 0 && resend->stop_fd >= 0 && resend->ring != NULL &&
           resend_view_open(&resend->view, (size_t)look->history);
}

static void resend_screen_close_memory(struct resend_screen *resend)
{
    resend_view_close(&resend->view);
    ring_close(resend->ring);
    if (resend->event_fd >= 0)
        close(resend->event_fd);
    if (resend->stop_fd >= 0)
        close(resend->stop_fd);
}

static void resend_screen_set_title(struct resend_screen *resend)
{
    struct resend_view *view = &resend->view;
    const struct replay_run *run = resend->run;
    char target[ENDPOINT_TEXT_SIZE], text[RESEND_TITLE_SIZE];
    const char *path =
        strcmp(run->source.cursor.path, "-") == 0 ? "standard input" : run->source.cursor.path;
    const char *slash = strrchr(path, '/');

    view->charset = locale_charset(run->options.look.ascii);
    view->privacy = run->options.look.privacy;
    snprintf(text, sizeof text, "udptui replay  %.80s  to %s", slash != NULL ? slash + 1 : path,
             endpoint_format(&run->target, target, sizeof target));
    text_render(view->title, sizeof view->title, text, strlen(text), view->charset);
}

static bool resend_screen_run(struct resend_screen *resend, int *status)
{
    int error = thread_start(&resend->thread, resend_screen_send, resend);

    if (error != 0) {
        screen_close(&resend->screen);
        report_error("cannot start a thread: %s", thread_failure(error));
        *status = EXIT_SETUP;
        return false;
    }
    resend->screen.watches[0] =
        (struct screen_watch){.fd = resend->event_fd, .ready = resend_screen_take};
    screen_run(&resend->screen);
    signals_ending(&resend->run->signals);
    atomic_store(&resend->stop.number, SIGINT);
    eventfd_write(resend->stop_fd, 1);
    resend_screen_join(resend);
    screen_close(&resend->screen);
    *status = resend->screen.gone ? 128 + SIGHUP : resend_task_end(&resend->task);
    return true;
}

bool resend_run_screen(struct replay_run *run, int *status)
{
    struct resend_screen *resend = calloc(1, sizeof *resend);
    const struct screen_config config = {
        .ops = &resend_ops,
        .context = resend,
        .signals = &run->signals,
        .own_keys = strcmp(run->source.cursor.path, "-") == 0,
        .look = run->options.look.look,
    };

    if (resend == NULL || !screen_open(&resend->screen, &config)) {
        free(resend);
        return false;
    }
    *status = EXIT_SETUP;
    resend->run = run;
    resend->task = resend_task_of(run, resend_screen_report, resend);
    if (resend_screen_open_memory(resend)) {
        resend_screen_set_title(resend);
        resend_screen_run(resend, status);
    } else {
        screen_close(&resend->screen);
        report_error("not enough memory for the screen: use a smaller --history");
    }
    resend_screen_close_memory(resend);
    free(resend);
    return true;
}
