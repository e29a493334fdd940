/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* screen: see the header. */
#include "udptui/ui/screen.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/base/wrap.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/report.h"
#include "udptui/sys/wait.h"
#include "udptui/ui/small.h"
#include "udptui/ui/term.h"

static const int64_t changed_interval_ns = 50 * UNITS_NS_PER_MS;
static const int64_t pressed_interval_ns = UNITS_NS_PER_S / 30;
/* Once the program is to end, the loop must show that it makes progress. */
static const int64_t beat_ns = 250 * UNITS_NS_PER_MS;

/* ---- the help */

enum {
    HELP_MODE = 1,
    HELP_SCROLLS = 2,
    HELP_TOP = 2,
    HELP_AROUND = 3, /* title, rule, footer */
    HELP_WORD = 3,   /* columns of a word and its meaning, as those of the keys */
    HELP_MEANING = 14,
};

struct press {
    struct screen *screen;
};

static int help_page(const struct screen *screen)
{
    return frame_rows(screen->frame) - HELP_AROUND;
}

/* The words below the keys, from a row on, which may be above the page. Returns their lines. */
static int help_put_words(const struct screen *screen, int row)
{
    int columns = frame_columns(screen->frame), width = columns - HELP_MEANING - 1, lines = 0;
    char text[WRAP_LINE_SIZE];

    for (const struct opts_word *word = screen->config.ops->words; word != NULL && word->word;
         word++) {
        const char *meaning = word->meaning;
        for (bool first = true; wrap_next(&meaning, (size_t)width, text); first = false) {
            int at = row + lines++;
            if (at < HELP_TOP || at >= HELP_TOP + help_page(screen))
                continue;
            if (first)
                frame_put(screen->frame, at, HELP_WORD, HELP_MEANING, STYLE_KEY, word->word);
            frame_put(screen->frame, at, HELP_MEANING, columns, STYLE_NORMAL, text);
        }
    }
    return lines;
}

static int help_key_lines(const struct screen *screen)
{
    return keys_help_lines(screen->config.ops->keys, frame_columns(screen->frame));
}

static int help_lines(const struct screen *screen)
{
    int words = help_put_words(screen, HELP_TOP + help_page(screen)); /* counts them */

    return help_key_lines(screen) + (words > 0 ? 1 + words : 0);
}

/* Scrolls within the lines. */
static void help_scroll(struct screen *screen, int lines)
{
    int most = help_lines(screen) - help_page(screen);

    screen->help_top += lines;
    if (screen->help_top > most)
        screen->help_top = most;
    if (screen->help_top < 0)
        screen->help_top = 0;
}

static void help_up(struct press *press)
{
    help_scroll(press->screen, -1);
}

static void help_down(struct press *press)
{
    help_scroll(press->screen, 1);
}

static void help_page_up(struct press *press)
{
    help_scroll(press->screen, -help_page(press->screen));
}

static void help_page_down(struct press *press)
{
    help_scroll(press->screen, help_page(press->screen));
}

static void help_leave(struct press *press)
{
    press->screen->help = false;
}

static const struct keys_row help_rows[] = {
    {.keys = {KEY_CODE_ESC, '?', KEY_CODE_F1, '\r'},
     .modes = HELP_MODE,
     .act = help_leave,
     .names = CATALOG_MARK("Esc"),
     .footer = CATALOG_MARK("back"),
     .footer_modes = HELP_MODE},
    {.keys = {KEY_CODE_UP, 'k'}, .modes = HELP_MODE, .act = help_up},
    {.keys = {KEY_CODE_DOWN, 'j'},
     .modes = HELP_MODE,
     .act = help_down,
     .names = CATALOG_MARK("Down"),
     .footer = CATALOG_MARK("scroll"),
     .footer_modes = HELP_SCROLLS,
     .rank = 1},
    {.keys = {KEY_CODE_PAGE_UP}, .modes = HELP_MODE, .act = help_page_up},
    {.keys = {KEY_CODE_PAGE_DOWN, ' '}, .modes = HELP_MODE, .act = help_page_down},
};

static const struct keys_table help_keys = {
    .rows = help_rows, .count = COUNT_OF(help_rows), .modes = HELP_MODE};

static void draw_help(struct screen *screen)
{
    const struct keys_table *keys = screen->config.ops->keys;
    struct keys_table own = help_keys;
    struct frame *frame = screen->frame;
    int footer = frame_rows(frame) - 1;
    bool scrolls = help_lines(screen) > help_page(screen);

    help_scroll(screen, 0); /* the window may have grown */
    frame_put(frame, 0, 1, frame_columns(frame), STYLE_PANE_ACTIVE,
              screen->config.ops->words != NULL ? "Keys and words"
                                                : catalog_text(keys->catalog, "Keys"));
    for (int row = HELP_TOP; row < footer; row++)
        keys_put_help_line(keys, screen->help_top + row - HELP_TOP, frame, row);
    help_put_words(screen, HELP_TOP + help_key_lines(screen) + 1 - screen->help_top);
    own.catalog = keys->catalog;
    keys_put_footer(&own, HELP_MODE | (scrolls ? HELP_SCROLLS : 0), frame, footer, 1, false);
}

/* ---- keys */

static void act_on_key(struct screen *screen, const struct key *key)
{
    struct press press = {.screen = screen};
    unsigned asked;

    if (screen->help && key->code != 'q' && key->code != KEY_CODE_F10) { /* those quit everywhere */
        const struct keys_row *row = keys_find(&help_keys, HELP_MODE, key->code);
        if (row != NULL)
            row->act(&press);
        return;
    }
    asked = screen->config.ops->act(screen->config.context, key);
    screen->quit |= (asked & SCREEN_QUIT) != 0;
    screen->help = (asked & SCREEN_HELP) != 0 && screen->config.ops->keys != NULL;
    screen->help_top = 0;
}

/* A place in the frame is one in the screen's own part of it. */
static void screen_shift_mouse(const struct screen *screen, struct key *key)
{
    key->row -= screen->rest_row;
    key->column -= screen->rest_column;
}

/* High contrast, or the theme that was asked for. */
static void screen_switch_contrast(struct screen *screen)
{
    enum look_theme theme = (enum look_theme)screen->config.look.theme;

    screen->contrast = !screen->contrast;
    if (screen->contrast)
        theme = LOOK_CONTRAST;
    else if (theme == LOOK_CONTRAST)
        theme = LOOK_COLOUR;
    term_set_theme(theme);
}

static void take_keys(struct screen *screen)
{
    struct key key;

    while (!screen->quit && term_read(&key)) {
        screen->pressed = true;
        if (key.code == KEY_CODE_CTRL_L || key.code == KEY_CODE_RESIZE)
            term_redraw(); /* a new size has cut what was shown, even if the next one is the old */
        else if (key.code == KEY_CODE_CTRL_Z)
            term_suspend();
        else if (key.code == KEY_CODE_F2)
            screen_switch_contrast(screen);
        else if (key.code == KEY_CODE_F3)
            screen->large = !screen->large;
        else {
            screen_shift_mouse(screen, &key);
            act_on_key(screen, &key);
        }
    }
}

/* ---- drawing */

static void draw_small(struct screen *screen)
{
    const struct screen_ops *ops = screen->config.ops;

    if (ops->draw_small != NULL)
        ops->draw_small(screen->config.context, screen->frame);
    else
        small_draw(screen->frame, ops->keys != NULL ? ops->keys->catalog : NULL, "");
}

/* All that the screen draws, and its footer. */
static void draw_rest(struct screen *screen, struct frame *frame)
{
    const struct screen_ops *ops = screen->config.ops;
    void *context = screen->config.context;

    ops->draw(context, frame);
    if (ops->keys != NULL)
        keys_put_footer(ops->keys, ops->mode(context), frame, frame_rows(frame) - 1, 1, false);
}

/* The large figures, and what there is room for below them. False if there are none, or memory is
 * short. */
static bool draw_large(struct screen *screen)
{
    const struct screen_ops *ops = screen->config.ops;
    struct large_figures figures = {.count = 0};
    struct large_rest rest;

    if (screen->large && ops->figures != NULL)
        ops->figures(screen->config.context, &figures);
    if (figures.count == 0)
        return false;
    if (!large_leaves(frame_rows(screen->frame), frame_columns(screen->frame), &rest)) {
        large_draw(screen->frame, &figures, true);
        frame_put_left(screen->frame, frame_rows(screen->frame) - 1, 1,
                       frame_columns(screen->frame) - 1, STYLE_KEY, figures.charset,
                       catalog_text(ops->keys != NULL ? ops->keys->catalog : NULL,
                                    "F3 the whole screen  q quit"));
        return true;
    }
    if (!frame_resize(screen->rest, rest.rows, rest.columns))
        return false;
    draw_rest(screen, screen->rest);
    large_draw(screen->frame, &figures, false);
    frame_paste(screen->frame, rest.row, rest.column, screen->rest);
    screen->rest_row = rest.row;
    screen->rest_column = rest.column;
    return true;
}

static void draw_whole(struct screen *screen)
{
    if (!draw_large(screen))
        draw_rest(screen, screen->frame);
}

static void fill_frame(struct screen *screen)
{
    screen->rest_row = screen->rest_column = 0;
    if (small_is(frame_rows(screen->frame), frame_columns(screen->frame)))
        draw_small(screen);
    else if (screen->help)
        draw_help(screen);
    else
        draw_whole(screen);
}

/* If the terminal accepts nothing now, the frame is drawn later. */
static void draw_now(struct screen *screen, int64_t now_ns)
{
    int rows, columns;

    screen->blocked = !wait_is_ready(STDOUT_FILENO, POLLOUT);
    term_size(&rows, &columns);
    if (screen->blocked)
        return;
    screen->drawn_ns = now_ns; /* of a frame without memory, too: the next try is not at once */
    if (!frame_resize(screen->frame, rows, columns))
        return;
    screen->changed = screen->pressed = false; /* drawing may bring the next change */
    fill_frame(screen);
    term_draw(screen->frame);
}

/* When the next frame is due; INT64_MAX: nothing is to be drawn. */
static int64_t next_frame_ns(const struct screen *screen)
{
    if (screen->gone || screen->frozen || !(screen->changed || screen->pressed))
        return INT64_MAX;
    return screen->drawn_ns + (screen->pressed ? pressed_interval_ns : changed_interval_ns);
}

/* ---- the loop */

static int64_t wake_ns(const struct screen *screen, int64_t now_ns)
{
    const struct screen_ops *ops = screen->config.ops;
    int64_t until_ns = INT64_MAX;

    if (ops->deadline_ns != NULL)
        until_ns = ops->deadline_ns(screen->config.context);
    if (!screen->blocked)
        until_ns = wait_earlier_ns(until_ns, next_frame_ns(screen));
    return screen->ending ? wait_earlier_ns(until_ns, now_ns + beat_ns) : until_ns;
}

static void wait_and_take(struct screen *screen, int64_t until_ns)
{
    enum { KEYS, ENDING, ROOM, WATCHES, COUNT = WATCHES + SCREEN_WATCHES };
    struct pollfd polled[COUNT] = {
        [KEYS] = {.fd = screen->gone ? -1 : term_fd(), .events = POLLIN},
        [ENDING] = {.fd = screen->ending ? -1 : screen->config.signals->fd, .events = POLLIN},
        [ROOM] = {.fd = screen->blocked && !screen->gone ? STDOUT_FILENO : -1, .events = POLLOUT},
    };

    for (int i = 0; i < SCREEN_WATCHES; i++)
        polled[WATCHES + i] = (struct pollfd){.fd = screen->watches[i].fd, .events = POLLIN};
    bool cut_short = wait_until_signal(polled, COUNT, until_ns, &screen->let_in) < 0;
    bool blind = cut_short && errno != EINTR; /* poll(2) has no memory, perhaps for long */
    const short end_of_terminal = POLLHUP | POLLERR | POLLNVAL;
    screen->gone |= ((polled[KEYS].revents | polled[ROOM].revents) & end_of_terminal) != 0;
    screen->ending |=
        polled[ENDING].revents != 0 || (blind && signals_want_end(screen->config.signals));
    if (polled[ROOM].revents != 0 || blind)
        screen->blocked = false;
    for (int i = 0; i < SCREEN_WATCHES; i++)
        if ((polled[WATCHES + i].revents != 0 || blind) && screen->watches[i].ready != NULL)
            screen->watches[i].ready(screen->config.context);
    if (!screen->gone && (cut_short || polled[KEYS].revents != 0))
        take_keys(screen);
}

static bool screen_take_turn(struct screen *screen, int64_t now_ns)
{
    const struct screen_ops *ops = screen->config.ops;

    signals_beat(screen->config.signals);
    if (ops->turn == NULL)
        return !screen->ending && !screen->gone;
    return ops->turn(screen->config.context, now_ns);
}

void screen_run(struct screen *screen)
{
    for (;;) {
        int64_t now_ns = clock_monotonic_ns();
        if (!screen_take_turn(screen, now_ns) || screen->quit)
            return;
        if (!screen->blocked && now_ns >= next_frame_ns(screen))
            draw_now(screen, now_ns);
        wait_and_take(screen, wake_ns(screen, now_ns));
    }
}

/* ---- beginning and end */

/* A resize is reported by a signal, which is unblocked only while waiting, so that none is missed
 * between reading keys and waiting. */
static void block_resizing(struct screen *screen)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGWINCH);
    pthread_sigmask(SIG_BLOCK, &set, &screen->before);
    screen->let_in = screen->before;
    sigdelset(&screen->let_in, SIGWINCH);
}

static void screen_free_frames(struct screen *screen)
{
    frame_close(screen->frame);
    frame_close(screen->rest);
    screen->frame = screen->rest = NULL;
}

bool screen_open(struct screen *screen, const struct screen_config *config)
{
    const struct term_options options = {.mouse = config->mouse,
                                         .colour = config->look.colour,
                                         .own_keys = config->own_keys,
                                         .end_fd = config->signals->fd};
    const char *why = "not enough memory";

    *screen = (struct screen){.config = *config, .changed = true, .drawn_ns = INT64_MIN / 2};
    for (int i = 0; i < SCREEN_WATCHES; i++)
        screen->watches[i].fd = -1;
    screen->frame = frame_open();
    screen->rest = frame_open();
    screen->contrast = config->look.theme == LOOK_CONTRAST;
    screen->large = config->look.large != 0;
    term_set_theme((enum look_theme)config->look.theme);
    block_resizing(screen);
    if (screen->frame != NULL && screen->rest != NULL && term_open(&options, &why))
        return true;
    pthread_sigmask(SIG_SETMASK, &screen->before, NULL);
    screen_free_frames(screen);
    report_error("%s: showing lines instead of the screen", why);
    return false;
}

void screen_close(struct screen *screen)
{
    term_close();
    if (screen->frame == NULL)
        return;
    pthread_sigmask(SIG_SETMASK, &screen->before, NULL);
    screen_free_frames(screen);
}
