/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * term: the terminal. Frames come in, keys go out; only this file uses ncurses.
 *
 * The last frame is kept: only cells that differ are handed to ncurses, which in turn sends only
 * what differs on the terminal. The bytes that restore the terminal after a crash are prepared at
 * the start, because tigetstr is not async-signal-safe.
 */
#include "udptui/ui/term.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <curses.h>
#include <term.h>
#undef columns /* a macro of term.h; ours is a member of cells */

#include "udptui/base/array.h"
#include "udptui/sys/signals.h"
#include "udptui/sys/tty.h"
#include "udptui/ui/palette.h"
#include "wide_internal.h"

enum { ESC_DELAY_MS = 25, RESTORE_SIZE = 256 };

enum term_state {
    TERM_FREE,
    TERM_TAKEN,
    TERM_ENDING, /* a signal's handler or another thread restores it, and ends the program */
};

/* One terminal, so one state. */
static struct {
    SCREEN *screen; /* NULL: not taken */
    struct term_options options;
    bool coloured;
    enum look_theme theme;
    struct palette_style styles[STYLES]; /* of the theme */
    int background;                      /* -1: the terminal's own */
    struct cell *last;                   /* what is shown: rows * columns cells, none if stale */
    int last_rows, last_columns;
    FILE *keys;     /* standard input, or /dev/tty */
    WINDOW *reader; /* a pad; NULL without memory */
    int keys_fd;
    struct termios modes; /* as they were */
    int restore_fd;       /* never blocks */
    char restore[RESTORE_SIZE];
    size_t restore_bytes;
    atomic_int state; /* enum term_state: read by signal handlers and other threads */
} term;

/* ---- styles */

/* A pair of colours for each style; 0 is the terminal's own. In a row under the keys, which is
 * reversed, bars have it as well: else they would be gaps in a coloured ground. */
static short term_pair(const struct cell *cell)
{
    enum style style = (enum style)cell->style;
    bool plain = style == STYLE_SPARK && cell->mark == MARK_SELECTED;

    return term.coloured && !plain && term.styles[style].colour != PALETTE_OWN ? (short)(style + 1)
                                                                               : 0;
}

/* A row under the keys is reversed, and not dim: it must stay readable. */
static attr_t term_attributes(const struct cell *cell)
{
    const struct palette_style *style = &term.styles[cell->style];
    bool selected = cell->mark == MARK_SELECTED;

    return (style->bold ? A_BOLD : 0) | (style->dim && !selected ? A_DIM : 0) |
           (style->underlined ? A_UNDERLINE : 0) | (style->reversed || selected ? A_REVERSE : 0);
}

static bool term_wants_colours(void)
{
    const char *refused = getenv("NO_COLOR");

    if (term.options.colour == LOOK_AUTO)
        return refused == NULL || refused[0] == '\0';
    return term.options.colour == LOOK_ALWAYS;
}

/* The styles of the theme; with a terminal, also its pairs of colours. */
static void term_load_styles(void)
{
    enum palette_depth depth = palette_depth_of(term.coloured ? COLORS : 0);

    for (int style = 0; style < STYLES; style++) {
        term.styles[style] = palette_style(term.theme, (enum style)style, depth);
        if (term.coloured && term.styles[style].colour != PALETTE_OWN)
            init_extended_pair(style + 1, term.styles[style].colour, term.background);
    }
}

static void start_colours(void)
{
    term.coloured = term_wants_colours() && has_colors() && start_color() == OK;
    term.background = -1;
    if (term.coloured && use_default_colors() != OK)
        term.background = COLOR_BLACK;
    term_load_styles();
}

/* ---- where keys come from */

static void close_keys(void)
{
    if (term.keys != NULL && term.keys != stdin)
        fclose(term.keys);
    term.keys = NULL;
    term.keys_fd = STDIN_FILENO;
}

int term_fd(void)
{
    return term.keys_fd;
}

/* ---- restoring it */

/* Without the "$<5>" of padding, which no terminal of today needs. */
static void append_restore(const char *bytes)
{
    while (bytes != NULL && *bytes != '\0' && term.restore_bytes < RESTORE_SIZE) {
        const char *end = strncmp(bytes, "$<", 2) == 0 ? strchr(bytes, '>') : NULL;
        if (end == NULL)
            term.restore[term.restore_bytes++] = *bytes++;
        else
            bytes = end + 1;
    }
}

/* A terminfo string, NULL if the terminal has none. */
static const char *capability(const char *name)
{
    const char *text = tigetstr(name);

    return text == (const char *)-1 ? NULL : text;
}

/* Mouse off, keypad off, plain attributes, cursor, the other screen: as endwin would. */
static void prepare_restore(void)
{
    term.restore_bytes = 0;
    if (term.options.mouse)
        append_restore("\033[?1006l\033[?1000l");
    append_restore(capability("rmkx"));
    append_restore(capability("sgr0"));
    append_restore(capability("cnorm"));
    append_restore(capability("rmcup"));
}

static bool is_taken(void)
{
    return atomic_load(&term.state) == TERM_TAKEN;
}

static void term_restore_for_signal(void)
{
    int state = TERM_TAKEN;

    if (!atomic_compare_exchange_strong(&term.state, &state, TERM_ENDING))
        return;
    tty_write_now(term.restore_fd, term.restore, term.restore_bytes);
    tcsetattr(term_fd(), TCSANOW, &term.modes);
}

/* From here on a signal restores nothing. If that has begun, this thread waits for the end: what it has
 * open is in use until then. */
static void term_let_go(void)
{
    int state = TERM_TAKEN;

    if (!atomic_compare_exchange_strong(&term.state, &state, TERM_FREE) && state == TERM_ENDING)
        for (;;)
            pause();
}

/* The terminal counts as taken until it is restored: endwin may block if it accepts no bytes, and
 * then it is restored in the other way. */
static void term_release(void)
{
    if (is_taken()) {
        endwin();
        tcsetattr(term_fd(), TCSANOW, &term.modes);
    }
    term_let_go();
}

static void forget(void)
{
    if (term.restore_fd >= 0)
        close(term.restore_fd);
    close_keys();
    free(term.last);
    term.screen = NULL;
    term.reader = NULL;
    term.last = NULL;
    term.last_rows = term.last_columns = 0;
}

void term_close(void)
{
    if (term.screen == NULL)
        return;
    term_release();
    delwin(term.reader);
    delscreen(term.screen);
    forget();
}

/* ---- taking it over */

static const char *missing(void)
{
    const char *name = getenv("TERM");

    if (name == NULL || name[0] == '\0')
        return "TERM is not set";
    if (strcmp(name, "dumb") == 0)
        return "TERM is dumb";
    if (!isatty(STDOUT_FILENO) || (!term.options.own_keys && !isatty(STDIN_FILENO)))
        return "standard input or output is no terminal";
    return term.keys == NULL ? "there is no terminal to read keys from" : NULL;
}

/* Checked before newterm, which writes, and which leaks if it fails. The restore bytes are prepared
 * here, because newterm may already block. */
static const char *unable(void)
{
    const char *why;
    int found;

    if (setupterm(NULL, STDOUT_FILENO, &found) != OK)
        return found == 1 ? "TERM names a terminal without a screen"
                          : "TERM names an unknown terminal";
    why = capability("cup") != NULL ? NULL : "TERM names a terminal that cannot place its cursor";
    prepare_restore();
    del_curterm(cur_term);
    return why;
}

/* Ctrl-Z is a key, so that it is handled in order; Ctrl-S must not stop our writing. */
static void set_modes(void)
{
    struct termios modes;

    cbreak();
    noecho();
    nonl();
    if (tcgetattr(term_fd(), &modes) != 0)
        return;
    modes.c_iflag &= ~(tcflag_t)IXON;
    modes.c_cc[VSUSP] = _POSIX_VDISABLE;
    tcsetattr(term_fd(), TCSANOW, &modes);
    def_prog_mode();
}

/* Keys are read from a window that is never shown: to read from another one draws it first
 * (curs_getch(3)), after a new size with what it had for the old one, and on a terminal that may accept
 * no bytes. */
static WINDOW *term_reader(void)
{
    return term.reader != NULL ? term.reader : stdscr;
}

static void set_input(void)
{
    term.reader = newpad(1, 1);
    intrflush(term_reader(), FALSE);
    keypad(term_reader(), TRUE);
    nodelay(term_reader(), TRUE);
    set_escdelay(ESC_DELAY_MS);
    if (!term.options.mouse)
        return;
    mousemask(BUTTON1_PRESSED | BUTTON1_CLICKED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
    mouseinterval(0);
}

/* Until it has come back from endwin() once, ncurses writes at each move of the cursor (ncurses 6.4,
 * _nc_mvcur in lib_mvcur.c and its _endwin == ewInitial): dozens of times a frame. From then on it
 * writes when its buffer is full and at the end of a frame. */
static void term_start_buffering(void)
{
    endwin();
    refresh();
    clearok(curscr, TRUE); /* the first frame is drawn on a screen of which nothing is assumed */
}

bool term_open(const struct term_options *options, const char **why)
{
    signals_restore_with(term_restore_for_signal);
    term.options = *options;
    term.keys = options->own_keys ? fopen("/dev/tty", "r+e") : stdin;
    term.keys_fd = term.keys != NULL ? fileno(term.keys) : STDIN_FILENO;
    *why = missing();
    if (*why == NULL)
        *why = unable();
    if (*why != NULL) {
        close_keys();
        return false;
    }
    tcgetattr(term_fd(), &term.modes);
    term.restore_fd = tty_open_again();
    atomic_store(&term.state, TERM_TAKEN);
    term.screen = newterm(NULL, stdout, term.keys);
    if (term.screen == NULL) {
        *why = "the terminal did not open";
        term_let_go();
        forget();
        return false;
    }
    term_start_buffering();
    set_modes();
    set_input();
    start_colours();
    curs_set(0);
    return true;
}

void term_size(int *rows, int *columns)
{
    if (term.screen != NULL)
        getmaxyx(stdscr, *rows, *columns);
    else
        *rows = *columns = 0;
}

void term_redraw(void)
{
    free(term.last);
    term.last = NULL;
    if (term.screen != NULL)
        clearok(curscr, TRUE);
}

void term_set_theme(enum look_theme theme)
{
    if (term.theme == theme)
        return;
    term.theme = theme;
    term_load_styles();
    term_redraw();
}

void term_suspend(void)
{
    if (!is_taken())
        return;
    term_release();
    if (!tty_stop_job(term.options.end_fd))
        return;
    tcgetattr(term_fd(), &term.modes);
    atomic_store(&term.state,
                 TERM_TAKEN); /* a crash or the watchdog may come while refresh() waits */
    refresh();
    curs_set(0);
    term_redraw();
}

/* ---- drawing */

static void draw_cell(const struct cell *cell, int row, int column)
{
    wchar_t text[CCHARW_MAX + 1];
    cchar_t complex;

    if (cell->columns == 0) /* drawn with its left half */
        return;
    wide_from_cell(cell, text, CCHARW_MAX);
    if (setcchar(&complex, text, term_attributes(cell), term_pair(cell), NULL) == OK)
        mvadd_wch(row, column, &complex);
    if (text[0] == L'?' && cell->columns == 2)
        mvaddch(row, column + 1, ' ');
}

/* Makes room to remember the frame, empty if there is none of the same size to compare with. */
static void term_remember(int rows, int columns)
{
    if (term.last != NULL && rows == term.last_rows && columns == term.last_columns)
        return;
    free(term.last);
    term.last = calloc((size_t)rows * (size_t)columns + 1, sizeof *term.last);
    term.last_rows = rows;
    term.last_columns = columns;
    erase();
}

static void draw_row(const struct frame *frame, int row, int columns)
{
    struct cell *last =
        term.last != NULL ? term.last + (size_t)row * (size_t)term.last_columns : NULL;

    for (int column = 0; column < columns; column++) {
        const struct cell *cell = frame_cell(frame, row, column);
        if (last != NULL && memcmp(&last[column], cell, sizeof *cell) == 0)
            continue;
        draw_cell(cell, row, column);
        if (last != NULL)
            last[column] = *cell;
    }
}

void term_draw(const struct frame *frame)
{
    int rows, columns, cursor_row, cursor_column;

    if (!is_taken())
        return;
    term_remember(frame_rows(frame), frame_columns(frame));
    getmaxyx(stdscr, rows, columns);
    rows = rows < frame_rows(frame) ? rows : frame_rows(frame);
    columns = columns < frame_columns(frame) ? columns : frame_columns(frame);
    for (int row = 0; row < rows; row++)
        draw_row(frame, row, columns);
    bool cursor = frame_cursor(frame, &cursor_row, &cursor_column);
    curs_set(cursor ? 1 : 0);
    move(cursor ? cursor_row : 0, cursor ? cursor_column : 0);
    wnoutrefresh(stdscr);
    doupdate();
}

/* ---- keys */

static int32_t code_of(wint_t pressed)
{
    static const struct {
        wint_t pressed;
        int32_t code;
    } codes[] = {
        {KEY_UP, KEY_CODE_UP},
        {KEY_DOWN, KEY_CODE_DOWN},
        {KEY_LEFT, KEY_CODE_LEFT},
        {KEY_RIGHT, KEY_CODE_RIGHT},
        {KEY_PPAGE, KEY_CODE_PAGE_UP},
        {KEY_NPAGE, KEY_CODE_PAGE_DOWN},
        {KEY_HOME, KEY_CODE_HOME},
        {KEY_END, KEY_CODE_END},
        {KEY_DC, KEY_CODE_DELETE},
        {KEY_BACKSPACE, KEY_CODE_BACKSPACE},
        {KEY_ENTER, '\r'},
        {KEY_RESIZE, KEY_CODE_RESIZE},
        {KEY_F(1), KEY_CODE_F1},
        {KEY_F(2), KEY_CODE_F2},
        {KEY_F(3), KEY_CODE_F3},
        {KEY_F(10), KEY_CODE_F10},
    };

    for (size_t i = 0; i < COUNT_OF(codes); i++)
        if (codes[i].pressed == pressed)
            return codes[i].code;
    return KEY_CODE_NONE;
}

static void read_mouse(struct key *key)
{
    MEVENT event;

    if (getmouse(&event) != OK)
        return;
    key->row = event.y;
    key->column = event.x;
    if (event.bstate & (BUTTON1_PRESSED | BUTTON1_CLICKED))
        key->code = KEY_CODE_CLICK;
    else if (event.bstate & BUTTON4_PRESSED)
        key->code = KEY_CODE_WHEEL_UP;
    else if (event.bstate & BUTTON5_PRESSED)
        key->code = KEY_CODE_WHEEL_DOWN;
}

bool term_read(struct key *key)
{
    wint_t pressed;
    int kind = is_taken() ? wget_wch(term_reader(), &pressed) : ERR;

    *key = (struct key){.code = KEY_CODE_NONE};
    if (kind == ERR)
        return false;
    if (kind == KEY_CODE_YES && pressed == KEY_MOUSE)
        read_mouse(key);
    else if (kind == KEY_CODE_YES)
        key->code = code_of(pressed);
    else
        key->code = pressed == '\n' ? '\r' : (int32_t)pressed;
    return true;
}
