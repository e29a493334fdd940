/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * prompt: readline's callback interface.
 *
 * By default readline restores the terminal between lines and handles signals itself; here it does
 * neither: prepare() and release() set the modes, and a descriptor reports SIGWINCH and SIGCONT.
 * `editing` is true while a prompt is on the screen, false inside the line callback: there text is
 * printed directly, else the line is erased first and drawn again below.
 */
#include "udptui/ui/prompt.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "prompt_internal.h"
#include "udptui/base/array.h"
#include "udptui/sys/signals.h"
#include "udptui/sys/tty.h"

/* More bytes than this waiting: they were pasted, and are drawn once all of them are there. */
enum { PASTE_BYTES = 64, COLUMNS_MIN = 10, CONTROL_C = 'C' & 0x1f, CONTROL_Z = 'Z' & 0x1f };

struct prompt_words {
    const char *typed;
    char **items;
    size_t count;
};

static struct {
    struct prompt_options options;
    enum prompt_state state;
    bool open;
    bool editing;
    atomic_bool prepared; /* the terminal has readline's modes; other threads read it */
    bool redraw;          /* drawing is delayed */
    bool removed;         /* no further line is read */
    bool came_back;       /* from Ctrl-Z */
    char *kept;           /* begins the next line */
    struct prompt_words words;
    size_t next_word; /* of words, to be returned to readline */
    int notice_fd;
    struct termios modes; /* as they were */
} prompt = {.notice_fd = -1};

/* ---- the terminal's modes */

static void prepare(int meta)
{
    if (atomic_load(&prompt.prepared))
        return;
    atomic_store(&prompt.prepared, true); /* first: a signal may come in between */
    rl_prep_terminal(meta);
    prompt_system_take_keys();
}

static void release(void)
{
    if (!atomic_load(&prompt.prepared))
        return;
    rl_deprep_terminal();
    tcsetattr(STDIN_FILENO, TCSANOW, &prompt.modes);
    atomic_store(&prompt.prepared, false);
}

/* readline calls this after each line: the modes stay. */
static void keep_modes(void)
{
}

static void restore_for_signal(void)
{
    if (atomic_exchange(&prompt.prepared, false))
        tcsetattr(STDIN_FILENO, TCSANOW, &prompt.modes);
}

void prompt_pause(void)
{
    release();
}

void prompt_resume(void)
{
    prepare(1);
}

/* ---- drawing */

static void put_off_drawing(void)
{
    prompt.redraw = true;
}

static void draw(void)
{
    prompt.redraw = false;
    rl_redisplay();
}

static void draw_anew(void)
{
    rl_on_new_line();
    draw();
}

void prompt_print(const char *text)
{
    if (prompt.editing)
        rl_clear_visible_line();
    fputs(text, stdout);
    if (prompt.editing)
        draw_anew();
    fflush(stdout);
}

void prompt_set_text(const char *text)
{
    rl_set_prompt(text);
}

/* ---- keys */

static int interrupt_key(int count, int key)
{
    (void)count;
    (void)key;
    if (rl_end == 0) {
        if (!prompt.options.interrupt(prompt.options.context))
            prompt.state = PROMPT_INTERRUPTED;
        return 0;
    }
    rl_point = rl_end;
    draw();
    fputs("^C\n", stdout);
    rl_replace_line("", 1);
    using_history(); /* Up begins at the latest line again */
    draw_anew();
    return 0;
}

/* The shell, or another program, may have left other modes and other contents on the screen. */
static void come_back(void)
{
    release();
    prepare(1);
    rl_on_new_line();
    rl_forced_update_display();
}

/* Comes back at once, before anything is printed; the pending SIGCONT is then handled. */
static int suspend_key(int count, int key)
{
    (void)count;
    (void)key;
    release();
    prompt.came_back = true;
    if (tty_stop_job(prompt.options.end_fd))
        come_back();
    return 0;
}

/* A line that was pasted is drawn before it is left. */
static int enter_key(int count, int key)
{
    if (prompt.redraw)
        draw();
    return rl_newline(count, key);
}

static void bind_keys(Keymap map)
{
    static const int enter[] = {'\r', '\n'};

    rl_bind_key_in_map(CONTROL_C, interrupt_key, map);
    rl_bind_key_in_map(CONTROL_Z, suspend_key, map);
    for (size_t i = 0; i < COUNT_OF(enter); i++)
        if (map[enter[i]].type == ISFUNC && map[enter[i]].function == rl_newline)
            rl_bind_key_in_map(enter[i], enter_key, map);
}

/* ---- completion */

void prompt_words_add(struct prompt_words *words, const char *word)
{
    char **items;

    if (strncmp(word, words->typed, strlen(words->typed)) != 0)
        return;
    items = realloc(words->items, (words->count + 1) * sizeof *items);
    if (items == NULL)
        return;
    words->items = items;
    items[words->count] = strdup(word);
    words->count += items[words->count] != NULL;
}

static char *next_word(const char *typed, int state)
{
    (void)typed;
    if (state == 0)
        prompt.next_word = 0;
    return prompt.next_word < prompt.words.count ? prompt.words.items[prompt.next_word++] : NULL;
}

static char **complete(const char *typed, int start, int end)
{
    char *line = rl_copy_text(0, end);
    char **matches = NULL;

    prompt.words = (struct prompt_words){.typed = typed};
    rl_attempted_completion_over =
        prompt.options.complete(prompt.options.context, line, (size_t)start, &prompt.words);
    if (prompt.words.count > 0)
        matches = rl_completion_matches(typed, next_word);
    free(prompt.words.items);
    free(line);
    return matches;
}

/* ---- history */

void prompt_recall(const char *line)
{
    add_history(line);
    using_history(); /* Up begins behind it */
}

bool prompt_remember(const char *line)
{
    HIST_ENTRY *latest = history_length > 0 ? history_get(history_base + history_length - 1) : NULL;

    if (latest != NULL && strcmp(latest->line, line) == 0)
        return false;
    add_history(line);
    return true;
}

void prompt_each_remembered(void (*show)(void *context, const char *line), void *context)
{
    HIST_ENTRY **list = history_list();

    for (size_t i = 0; list != NULL && list[i] != NULL; i++)
        show(context, list[i]->line);
}

/* ---- the line */

static void take_line(char *line)
{
    prompt.editing = false;
    if (line == NULL) {
        prompt.state = PROMPT_END_OF_INPUT; /* the newline is written at the end */
        prompt_end();
        return;
    }
    prompt.options.line(prompt.options.context, line);
    free(line);
    fflush(stdout);
    prompt.editing = !prompt.removed;
}

void prompt_end(void)
{
    prompt.removed = true;
    rl_callback_handler_remove();
}

void prompt_keep(const char *line)
{
    free(prompt.kept);
    prompt.kept = strdup(line);
}

static int begin_line(void)
{
    if (prompt.kept != NULL && prompt_system_waiting() == 0)
        rl_insert_text(prompt.kept);
    free(prompt.kept);
    prompt.kept = NULL;
    return 0;
}

enum prompt_state prompt_input(void)
{
    size_t waiting = prompt_system_waiting();

    if (waiting == 0) /* readable, and nothing to read */
        prompt.state = PROMPT_HUNG_UP;
    while (waiting > 0 && prompt.state == PROMPT_OPEN && !prompt.removed) {
        rl_redisplay_function = waiting > PASTE_BYTES ? put_off_drawing : rl_redisplay;
        rl_callback_read_char();
        waiting = prompt_system_waiting();
    }
    rl_redisplay_function = rl_redisplay;
    if (prompt.redraw && prompt.editing)
        draw();
    return prompt.state;
}

/* ---- the terminal's size */

/* readline 8.2 divides by a third of the width if the terminal has one row: it never gets less than
 * COLUMNS_MIN, and the line wraps at the wrong column there. */
static bool widen_narrow(void)
{
    int rows, columns;

    rl_reset_screen_size();
    rl_get_screen_size(&rows, &columns);
    if (columns >= COLUMNS_MIN)
        return false;
    rl_set_screen_size(rows, COLUMNS_MIN);
    return true;
}

static void take_size(void)
{
    if (widen_narrow())
        rl_forced_update_display();
    else
        rl_resize_terminal();
}

/* ---- notices */

int prompt_notice_fd(void)
{
    return prompt.notice_fd;
}

void prompt_notice(void)
{
    for (int number; (number = prompt_system_notice(prompt.notice_fd)) != 0;) {
        if (number == SIGWINCH)
            take_size();
        else if (prompt.came_back)
            prompt.came_back = false;
        else
            come_back();
    }
}

/* ---- from beginning to end */

static void configure_readline(void)
{
    rl_readline_name = "udptui"; /* $if udptui in INPUTRC */
    rl_catch_signals = 0;
    rl_catch_sigwinch = 0;
    rl_prep_term_function = prepare;
    rl_deprep_term_function = keep_modes;
    rl_startup_hook = begin_line;
    rl_attempted_completion_function = complete;
    rl_basic_word_break_characters = " \t";
    rl_completer_word_break_characters = " \t";
    rl_initialize();
    widen_narrow();
    rl_variable_bind("enable-bracketed-paste", "off"); /* a pasted line is a line */
    bind_keys(emacs_standard_keymap);
    bind_keys(vi_insertion_keymap);
    bind_keys(vi_movement_keymap);
}

void prompt_open(const struct prompt_options *options, const char *text)
{
    signals_restore_with(restore_for_signal);
    prompt.options = *options;
    tcgetattr(STDIN_FILENO, &prompt.modes);
    prompt.notice_fd = prompt_system_open_notices();
    configure_readline();
    using_history();
    stifle_history(PROMPT_HISTORY_LINES);
    prompt.open = true;
    prompt.editing = true;
    rl_callback_handler_install(text, take_line);
}

void prompt_close(void)
{
    if (!prompt.open)
        return;
    prompt.open = false;
    if (!prompt.removed || prompt.state == PROMPT_END_OF_INPUT)
        fputc('\n', stdout); /* behind the prompt */
    if (!prompt.removed)
        prompt_end();
    prompt.editing = false;
    release();
    free(prompt.kept);
    prompt.kept = NULL;
    close(prompt.notice_fd);
    prompt.notice_fd = -1;
}
