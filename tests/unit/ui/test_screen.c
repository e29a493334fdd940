/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * screen: the loop with a terminal that is none. This file has the functions of ui/term: keys are
 * fed in, frames are kept as text.
 */
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/units.h"
#include "udptui/sys/clock.h"
#include "udptui/ui/screen.h"
#include "udptui/ui/term.h"

enum { KEYS_MAX = 64, TEXT_SIZE = 8192, FRAMES_MAX = 256, MODE_ALL = 1 };

/* ---- the terminal */

static struct {
    const char *why; /* it cannot be opened */
    int keys[2];     /* a pipe: one byte a key, so that it can be waited for */
    int32_t queue[KEYS_MAX];
    int first, count;
    int rows, columns;
    char text[TEXT_SIZE]; /* of the last frame */
    int64_t frames_ns[FRAMES_MAX];
    int frames, redraws, suspends, closes;
    enum look_theme theme;
    bool no_memory; /* for a frame */
    int resizes;
} terminal;

/* By the linker in the place of frame_resize, which it then calls the second. */
bool __wrap_frame_resize(struct frame *frame, int rows, int columns);
bool __real_frame_resize(struct frame *frame, int rows, int columns);

bool __wrap_frame_resize(struct frame *frame, int rows, int columns)
{
    terminal.resizes++;
    return !terminal.no_memory && __real_frame_resize(frame, rows, columns);
}

bool term_open(const struct term_options *options, const char **why)
{
    (void)options;
    *why = terminal.why;
    return terminal.why == NULL;
}

void term_close(void)
{
    terminal.closes++;
}

int term_fd(void)
{
    return terminal.keys[0];
}

void term_size(int *rows, int *columns)
{
    *rows = terminal.rows;
    *columns = terminal.columns;
}

void term_draw(const struct frame *frame)
{
    frame_to_text(frame, terminal.text, TEXT_SIZE);
    if (terminal.frames < FRAMES_MAX)
        terminal.frames_ns[terminal.frames] = clock_monotonic_ns();
    terminal.frames++;
}

void term_redraw(void)
{
    terminal.redraws++;
}

void term_set_theme(enum look_theme theme)
{
    terminal.theme = theme;
}

void term_suspend(void)
{
    terminal.suspends++;
}

bool term_read(struct key *key)
{
    char byte;

    *key = (struct key){.code = KEY_CODE_NONE};
    if (terminal.first == terminal.count)
        return false;
    key->code = terminal.queue[terminal.first++];
    return read(terminal.keys[0], &byte, 1) <= 1;
}

static void feed_silently(int32_t code)
{
    terminal.queue[terminal.count++] = code;
}

static void feed(int32_t code)
{
    feed_silently(code);
    assert_int_equal(write(terminal.keys[1], "k", 1), 1);
}

/* ---- a screen */

struct thing {
    struct screen screen;
    struct signals signals;
    int pressed[KEYS_MAX];
    int presses, draws, small_draws, turns;
    int turns_max; /* over after so many; 0: not by that */
    bool over, always_changed;
    int64_t deadline_ns;
    int timer_fd;
    void (*on_draw)(struct thing *thing);
};

static void draw_thing(void *context, struct frame *frame)
{
    struct thing *thing = context;

    thing->draws++;
    frame_put(frame, 0, 0, frame_columns(frame), STYLE_NORMAL, "the thing");
    if (thing->on_draw != NULL)
        thing->on_draw(thing);
}

static void draw_thing_small(void *context, struct frame *frame)
{
    struct thing *thing = context;

    thing->small_draws++;
    frame_put(frame, 0, 0, frame_columns(frame), STYLE_NORMAL, "a small thing");
}

static unsigned act_on_thing(void *context, const struct key *key)
{
    struct thing *thing = context;

    thing->pressed[thing->presses++] = key->code;
    return key->code == 'q' ? SCREEN_QUIT : key->code == '?' ? SCREEN_HELP : 0;
}

static bool turn_thing(void *context, int64_t now_ns)
{
    struct thing *thing = context;

    (void)now_ns;
    thing->turns++;
    thing->screen.changed |= thing->always_changed;
    return !thing->over && (thing->turns_max == 0 || thing->turns < thing->turns_max);
}

static int64_t thing_deadline_ns(void *context)
{
    const struct thing *thing = context;

    return thing->deadline_ns;
}

static unsigned thing_mode(const void *context)
{
    (void)context;
    return MODE_ALL;
}

static const struct keys_row thing_rows[] = {
    {.keys = {'q'},
     .modes = MODE_ALL,
     .names = "q",
     .help = "quit",
     .footer = "quit",
     .footer_modes = MODE_ALL},
};

static const struct keys_table thing_keys = {
    .rows = thing_rows, .count = 1, .modes = MODE_ALL, .next = &keys_of_the_loop};

static const struct screen_ops thing_ops = {.draw = draw_thing,
                                            .act = act_on_thing,
                                            .turn = turn_thing,
                                            .deadline_ns = thing_deadline_ns,
                                            .keys = &thing_keys,
                                            .mode = thing_mode};

/* Two functions and nothing else. */
static const struct screen_ops least_ops = {.draw = draw_thing, .act = act_on_thing};

static void time_is_over(void *context)
{
    struct thing *thing = context;

    thing->over = true;
}

static void open_thing(struct thing *thing, const struct screen_ops *ops)
{
    const struct screen_config config = {.ops = ops, .context = thing, .signals = &thing->signals};

    memset(&terminal, 0, sizeof terminal);
    terminal.rows = 24;
    terminal.columns = 80;
    assert_int_equal(pipe(terminal.keys), 0);
    fcntl(terminal.keys[0], F_SETFL, O_NONBLOCK);
    *thing = (struct thing){.deadline_ns = INT64_MAX, .timer_fd = -1};
    thing->signals.fd = eventfd(0, EFD_NONBLOCK);
    assert_true(screen_open(&thing->screen, &config));
}

static void close_thing(struct thing *thing)
{
    screen_close(&thing->screen);
    close(thing->signals.fd);
    if (thing->timer_fd >= 0)
        close(thing->timer_fd);
    close(terminal.keys[0]);
    if (terminal.keys[1] >= 0)
        close(terminal.keys[1]);
}

static void set_timer(const struct thing *thing, int64_t ns)
{
    const struct itimerspec spec = {.it_value = {.tv_nsec = ns}};

    timerfd_settime(thing->timer_fd, 0, &spec, NULL);
}

/* The screen is over after a time. */
static void end_after(struct thing *thing, int64_t ns)
{
    thing->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    set_timer(thing, ns);
    thing->screen.watches[0] = (struct screen_watch){.fd = thing->timer_fd, .ready = time_is_over};
}

static bool shows(const char *text)
{
    return strstr(terminal.text, text) != NULL;
}

/* If it does not, the timer comes again: a process that was stopped finds the timer and a key ready
 * at once, and the loop asks the timer first. */
static bool shows_by_now(const struct thing *thing, const char *text)
{
    if (shows(text))
        return true;
    set_timer(thing, 100 * UNITS_NS_PER_MS);
    return false;
}

/* ---- tests */

static void two_functions_are_enough(void **state)
{
    struct thing thing;

    (void)state;
    open_thing(&thing, &least_ops);
    feed('x');
    feed('q');
    feed('y'); /* comes too late */
    screen_run(&thing.screen);
    assert_int_equal(thing.presses, 2);
    assert_int_equal(thing.pressed[0], 'x');
    assert_true(shows("the thing"));
    close_thing(&thing);
    assert_true(terminal.closes > 0);
}

static void nothing_to_show_does_not_wake(void **state)
{
    struct thing thing;

    (void)state;
    open_thing(&thing, &thing_ops);
    end_after(&thing, 300 * UNITS_NS_PER_MS);
    screen_run(&thing.screen);
    assert_int_equal(terminal.frames, 1);
    assert_int_equal(thing.turns, 2); /* before the wait, and behind it */
    close_thing(&thing);
}

static void a_deadline_is_kept(void **state)
{
    int64_t began_ns = clock_monotonic_ns();
    struct thing thing;

    (void)state;
    open_thing(&thing, &thing_ops);
    thing.deadline_ns = began_ns + 30 * UNITS_NS_PER_MS;
    thing.turns_max = 2;
    screen_run(&thing.screen);
    assert_true(clock_monotonic_ns() - began_ns >= 30 * UNITS_NS_PER_MS);
    assert_int_equal(terminal.frames, 1); /* it is no change by itself */
    close_thing(&thing);
}

/* The clock of a frame is read behind that of its turn, perhaps long behind: the gap to the next one
 * may be shorter, but together they are as long as they should be. */
static void frames_are_far_apart(int64_t began_ns, int64_t interval_ns)
{
    assert_in_range(terminal.frames, 2, FRAMES_MAX);
    for (int i = 0; i < terminal.frames; i++)
        assert_true(terminal.frames_ns[i] - began_ns >= i * interval_ns);
}

/* However often it changes. */
static void few_frames_for_many_changes(void **state)
{
    struct thing thing;

    (void)state;
    open_thing(&thing, &thing_ops);
    thing.always_changed = true;
    thing.deadline_ns = INT64_MIN;
    end_after(&thing, 400 * UNITS_NS_PER_MS);
    screen_run(&thing.screen);
    assert_true(thing.turns > terminal.frames);
    assert_true(terminal.frames <= 400 / 50 + 1);
    close_thing(&thing);
}

/* The next try is due an interval later: the loop does not spin. */
static void a_frame_without_memory(void **state)
{
    struct thing thing;

    (void)state;
    open_thing(&thing, &thing_ops);
    terminal.no_memory = true;
    end_after(&thing, 200 * UNITS_NS_PER_MS);
    screen_run(&thing.screen);
    assert_in_range(terminal.resizes, 1, 200 / 50 + 1);
    assert_int_equal(terminal.frames, 0);
    assert_true(thing.screen.changed);
    close_thing(&thing);
}

static void press_again(struct thing *thing)
{
    feed(thing->draws < 10 ? 'x' : 'q');
}

static void thirty_frames_a_second_for_keys(void **state)
{
    struct thing thing;

    (void)state;
    open_thing(&thing, &thing_ops);
    thing.on_draw = press_again;
    int64_t began_ns = clock_monotonic_ns();
    screen_run(&thing.screen);
    assert_int_equal(terminal.frames, 10);
    frames_are_far_apart(began_ns, UNITS_NS_PER_S / 30);
    close_thing(&thing);
}

static void the_loop_has_keys_of_its_own(void **state)
{
    struct thing thing;

    (void)state;
    open_thing(&thing, &thing_ops);
    feed(KEY_CODE_CTRL_L);
    feed(KEY_CODE_CTRL_Z);
    feed(KEY_CODE_RESIZE);
    feed('q');
    screen_run(&thing.screen);
    assert_int_equal(terminal.redraws, 2);
    assert_int_equal(terminal.suspends, 1);
    assert_int_equal(thing.presses, 1);
    close_thing(&thing);
}

static void go_through_the_help(struct thing *thing)
{
    feed(thing->draws == 1 ? '?' : 'q'); /* when the help has been left, q is for the screen */
}

static void look_at_the_help(void *context)
{
    struct thing *thing = context;

    if (!shows_by_now(thing, "Keys"))
        return;
    assert_true(shows("quit"));
    assert_true(shows("Ctrl-Z"));
    assert_true(shows("Esc back"));
    assert_false(shows("the thing"));
    feed('x'); /* not for the screen */
    feed(KEY_CODE_ESC);
    thing->screen.watches[0].fd = -1;
}

static void help(void **state)
{
    struct thing thing;

    (void)state;
    open_thing(&thing, &thing_ops);
    thing.on_draw = go_through_the_help;
    end_after(&thing, 300 * UNITS_NS_PER_MS);
    thing.screen.watches[0].ready = look_at_the_help;
    screen_run(&thing.screen);
    assert_int_equal(thing.presses, 2); /* ? and q */
    assert_true(shows("q quit"));       /* the footer */
    close_thing(&thing);
}

static void look_at_the_words(void *context)
{
    struct thing *thing = context;

    if (!shows_by_now(thing, "Keys and words"))
        return;
    assert_true(shows("   first      what the first word means\n              here\n"));
    assert_true(shows("   last       the end\n"));
    feed('q');
    thing->screen.watches[0].fd = -1;
}

/* They are wrapped, and scroll with the keys. */
static void words_below_the_keys(void **state)
{
    static const struct opts_word words[] = {
        {"first", "what the first word means here"}, {"last", "the end"}, {NULL, NULL}};
    struct screen_ops ops = thing_ops;
    struct thing thing;

    (void)state;
    ops.words = words;
    open_thing(&thing, &ops);
    terminal.columns = 40;
    feed('?');
    end_after(&thing, 200 * UNITS_NS_PER_MS);
    thing.screen.watches[0].ready = look_at_the_words;
    screen_run(&thing.screen);
    close_thing(&thing);
}

static void quit_from_the_help(void *context)
{
    struct thing *thing = context;

    if (!shows_by_now(thing, "Keys"))
        return;
    feed('q');
    thing->screen.watches[0].fd = -1;
}

static void q_quits_from_the_help_too(void **state)
{
    struct thing thing;

    (void)state;
    open_thing(&thing, &thing_ops);
    feed('?');
    end_after(&thing, 200 * UNITS_NS_PER_MS);
    thing.screen.watches[0].ready = quit_from_the_help;
    screen_run(&thing.screen);
    assert_int_equal(thing.presses, 2);
    close_thing(&thing);
}

static void too_small(void **state)
{
    struct screen_ops ops = thing_ops;
    struct thing thing;

    (void)state;
    open_thing(&thing, &thing_ops);
    terminal.rows = 8;
    terminal.columns = 30;
    thing.turns_max = 2;
    thing.deadline_ns = INT64_MIN;
    screen_run(&thing.screen);
    assert_int_equal(thing.draws, 0);
    assert_true(shows("Too small (30x8): at least\n40x10"));
    ops.draw_small = draw_thing_small;
    thing.screen.config.ops = &ops;
    thing.screen.changed = true;
    thing.turns = 0;
    end_after(&thing, 100 * UNITS_NS_PER_MS);
    thing.turns_max = 0;
    thing.deadline_ns = INT64_MAX;
    screen_run(&thing.screen);
    assert_int_equal(thing.small_draws, 1);
    close_thing(&thing);
}

/* The signal is there before the loop waits, and nothing else will wake it. */
static void ignore_signal(int number)
{
    (void)number;
}

static void resize_before_the_wait(struct thing *thing)
{
    if (thing->draws == 1) {
        terminal.rows = 50;
        feed_silently(KEY_CODE_RESIZE);
        raise(SIGWINCH);
    } else {
        feed('q');
    }
}

static void no_new_size_is_missed(void **state)
{
    const struct sigaction action = {.sa_handler = ignore_signal};
    struct sigaction before;
    struct thing thing;

    (void)state;
    sigaction(SIGWINCH, &action, &before);
    open_thing(&thing, &thing_ops);
    thing.on_draw = resize_before_the_wait;
    screen_run(&thing.screen);
    assert_int_equal(frame_rows(thing.screen.frame), 50);
    assert_int_equal(thing.draws, 2);
    close_thing(&thing);
    sigaction(SIGWINCH, &before, NULL);
}

static void a_terminal_that_is_gone(void **state)
{
    struct thing thing;

    (void)state;
    open_thing(&thing, &least_ops);
    close(terminal.keys[1]);
    terminal.keys[1] = -1;
    screen_run(&thing.screen);
    assert_true(thing.screen.gone);
    close_thing(&thing);
    open_thing(&thing, &thing_ops); /* this one goes on without it, and does not spin */
    close(terminal.keys[1]);
    terminal.keys[1] = -1;
    end_after(&thing, 100 * UNITS_NS_PER_MS);
    screen_run(&thing.screen);
    assert_true(thing.turns <= 4);
    close_thing(&thing);
}

static void the_end_of_the_program(void **state)
{
    struct thing thing;

    (void)state;
    open_thing(&thing, &least_ops);
    eventfd_write(thing.signals.fd, 1);
    screen_run(&thing.screen);
    assert_true(thing.screen.ending);
    close_thing(&thing);
    open_thing(&thing, &thing_ops); /* this one has work to do, and shows that it makes progress */
    eventfd_write(thing.signals.fd, 1);
    end_after(&thing, 900 * UNITS_NS_PER_MS);
    screen_run(&thing.screen);
    assert_in_range(atomic_load(&thing.signals.beats), 2, 8);
    close_thing(&thing);
}

/* ---- a terminal that takes no bytes */

static int fill_pipe(int fd)
{
    static const char bytes[4096];
    int written = 0;

    fcntl(fd, F_SETFL, O_NONBLOCK);
    while (write(fd, bytes, sizeof bytes) > 0)
        written++;
    return written;
}

static int stalled_fd;

static void drain(void *context)
{
    struct thing *thing = context;
    char bytes[65536];

    assert_int_equal(terminal.frames, 0);
    assert_true(thing->turns <= 3);
    while (read(stalled_fd, bytes, sizeof bytes) > 0)
        ;
    thing->screen.watches[0].fd = -1;
    thing->on_draw = press_again;
    thing->draws = 100; /* so that it quits with the next one */
}

static void nothing_is_drawn_that_is_not_taken(void **state)
{
    int out = dup(STDOUT_FILENO), fds[2];
    struct thing thing;

    (void)state;
    fflush(stdout);
    assert_int_equal(pipe(fds), 0);
    fcntl(fds[0], F_SETFL, O_NONBLOCK);
    stalled_fd = fds[0];
    assert_true(fill_pipe(fds[1]) > 0);
    dup2(fds[1], STDOUT_FILENO);
    open_thing(&thing, &thing_ops);
    end_after(&thing, 200 * UNITS_NS_PER_MS);
    thing.screen.watches[0].ready = drain;
    screen_run(&thing.screen);
    dup2(out, STDOUT_FILENO);
    assert_int_equal(terminal.frames, 1);
    close_thing(&thing);
    close(out);
    close(fds[0]);
    close(fds[1]);
}

static void no_terminal(void **state)
{
    struct thing thing = {.deadline_ns = INT64_MAX};
    const struct screen_config config = {
        .ops = &thing_ops, .context = &thing, .signals = &thing.signals};
    sigset_t mask;

    (void)state;
    memset(&terminal, 0, sizeof terminal);
    terminal.why = "TERM is dumb";
    assert_false(screen_open(&thing.screen, &config));
    screen_close(&thing.screen);
    pthread_sigmask(SIG_BLOCK, NULL, &mask);
    assert_false(sigismember(&mask, SIGWINCH));
}

/* ---- the look */

static void thing_figures(const void *context, struct large_figures *out)
{
    (void)context;
    large_add_count(out, "things", 42);
}

/* Over after some frames, of which the last ones come after the keys. */
static void over_after_frames(struct thing *thing)
{
    enum { FRAMES = 4 };

    thing->screen.changed = true;
    thing->over = terminal.frames >= FRAMES;
}

static void contrast_and_large_figures_by_their_keys(void **state)
{
    static struct thing thing;
    struct screen_ops ops = thing_ops;

    (void)state;
    ops.figures = thing_figures;
    open_thing(&thing, &ops);
    assert_false(terminal.theme);
    feed(KEY_CODE_F2);
    feed(KEY_CODE_F3);
    thing.on_draw = over_after_frames;
    screen_run(&thing.screen);
    assert_true(terminal.theme);
    assert_int_equal(thing.presses, 0);
    assert_non_null(strstr(terminal.text, "things\n\n    the thing\n"));
    assert_non_null(strstr(terminal.text, "\n     q quit"));
    close_thing(&thing);
}

static void large_figures_stand_alone_where_there_is_no_room(void **state)
{
    static struct thing thing;
    struct screen_ops ops = thing_ops;

    (void)state;
    ops.figures = thing_figures;
    open_thing(&thing, &ops);
    terminal.rows = 10;
    terminal.columns = 40;
    thing.screen.large = true;
    feed('q');
    screen_run(&thing.screen);
    assert_null(strstr(terminal.text, "the thing"));
    assert_non_null(strstr(terminal.text, "things\n"));
    assert_non_null(strstr(terminal.text, "F3 the whole screen"));
    close_thing(&thing);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(contrast_and_large_figures_by_their_keys),
    cmocka_unit_test(large_figures_stand_alone_where_there_is_no_room),
    cmocka_unit_test(two_functions_are_enough),
    cmocka_unit_test(nothing_to_show_does_not_wake),
    cmocka_unit_test(a_deadline_is_kept),
    cmocka_unit_test(few_frames_for_many_changes),
    cmocka_unit_test(a_frame_without_memory),
    cmocka_unit_test(thirty_frames_a_second_for_keys),
    cmocka_unit_test(the_loop_has_keys_of_its_own),
    cmocka_unit_test(help),
    cmocka_unit_test(words_below_the_keys),
    cmocka_unit_test(q_quits_from_the_help_too),
    cmocka_unit_test(too_small),
    cmocka_unit_test(no_new_size_is_missed),
    cmocka_unit_test(a_terminal_that_is_gone),
    cmocka_unit_test(the_end_of_the_program),
    cmocka_unit_test(nothing_is_drawn_that_is_not_taken),
    cmocka_unit_test(no_terminal),
};

const struct suite suite_screen = {
    .name = "screen", .tests = tests, .count = sizeof tests / sizeof *tests};
