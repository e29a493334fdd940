/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* screen_keys: the keys of the lessons, in each step of one. */
#include "screen_internal.h"

#include "udptui/base/array.h"

/* Modes of the keys: before, while and after the lesson runs, and after the last result. */
enum {
    MODE_ASK_2 = 1 << 0, /* among so many predictions */
    MODE_ASK_3 = 1 << 1,
    MODE_ASK_4 = 1 << 2,
    MODE_PLAYING = 1 << 3,
    MODE_PLAYED = 1 << 4,
    MODE_RESULT = 1 << 5,
    MODE_LAST_RESULT = 1 << 6,
    MODE_ASK = MODE_ASK_2 | MODE_ASK_3 | MODE_ASK_4,
    MODE_RESULTS = MODE_RESULT | MODE_LAST_RESULT,
    MODE_LADDER = MODE_PLAYING | MODE_PLAYED,
    MODE_ALL = MODE_ASK | MODE_LADDER | MODE_RESULTS,
};

struct press {
    struct lesson_screen *session;
    int32_t code;
    unsigned asked; /* SCREEN_QUIT, ... */
};

static void press_quit(struct press *press)
{
    press->asked = SCREEN_QUIT;
}

static void lesson_press_help(struct press *press)
{
    press->asked = SCREEN_HELP;
}

static void press_start(struct press *press)
{
    lesson_screen_start(press->session);
}

static void press_choice(struct press *press)
{
    press->session->view.chosen = press->code - '1';
    lesson_screen_start(press->session);
}

static void press_all_rows(struct press *press)
{
    press->session->all_at_once = true;
}

static void press_result(struct press *press)
{
    struct lesson_view *view = &press->session->view;

    view->step = LESSON_RESULT;
    view->scroll = 0;
    if (view->error == NULL)
        lesson_screen_keep_result(press->session);
}

static void press_next(struct press *press)
{
    struct lesson_screen *session = press->session;

    if (session->index + 1 < session->topics->count)
        lesson_screen_enter(session, session->index + 1);
}

static void press_previous(struct press *press)
{
    if (press->session->index > 0)
        lesson_screen_enter(press->session, press->session->index - 1);
}

static void press_again(struct press *press)
{
    if (!press->session->running)
        lesson_screen_start(press->session);
}

static void press_question(struct press *press)
{
    lesson_screen_enter(press->session, press->session->index);
}

static void press_ladder(struct press *press)
{
    press->session->view.step = LESSON_LADDER;
    press->session->view.scroll = 0;
}

/* Whose ladder it is: of everything, of what the client knows, of what the server knows. */
static void press_seen(struct press *press)
{
    struct lesson_screen *session = press->session;
    bool complete = session->rows_shown == session->rows;

    session->view.seen = ladder_view_next(session->view.seen);
    session->view.scroll = 0;
    if (!session->staged || session->running)
        return;
    lesson_screen_choose_legs(session);
    if (complete)
        session->rows_shown = session->rows;
}

/* The ladder in words or as arrows. */
static void press_sentences(struct press *press)
{
    press->session->view.sentences = !press->session->view.sentences;
    press->session->view.scroll = 0;
}

/* rows: down the page. The ladder's window is moved up from its newest row. */
static void scroll_page(struct lesson_screen *session, int rows)
{
    struct lesson_view *view = &session->view;

    view->scroll += view->step == LESSON_LADDER ? -rows : rows;
    if (view->scroll > session->scroll_max)
        view->scroll = session->scroll_max;
    if (view->scroll < 0)
        view->scroll = 0;
}

static void press_up(struct press *press)
{
    scroll_page(press->session, -1);
}

static void press_down(struct press *press)
{
    scroll_page(press->session, 1);
}

static void press_page_up(struct press *press)
{
    scroll_page(press->session, -press->session->page_rows);
}

static void press_page_down(struct press *press)
{
    scroll_page(press->session, press->session->page_rows);
}

static const struct keys_row lesson_rows[] = {
    {.keys = {'1', '2'},
     .modes = MODE_ASK_2,
     .act = press_choice,
     .names = "1-2",
     .footer = CATALOG_MARK("predict"),
     .footer_modes = MODE_ASK_2},
    {.keys = {'1', '2', '3'},
     .modes = MODE_ASK_3,
     .act = press_choice,
     .names = "1-3",
     .footer = CATALOG_MARK("predict"),
     .footer_modes = MODE_ASK_3},
    {.keys = {'1', '2', '3', '4'},
     .modes = MODE_ASK_4,
     .act = press_choice,
     .names = "1-4",
     .help = CATALOG_MARK("predict what will happen"),
     .footer = CATALOG_MARK("predict"),
     .footer_modes = MODE_ASK_4},
    {.modes = MODE_PLAYING,
     .names = "...",
     .footer = CATALOG_MARK("slower than in reality, with the real times"),
     .footer_modes = MODE_PLAYING,
     .rank = 1},
    {.keys = {'\r', '\n'},
     .modes = MODE_ASK,
     .act = press_start,
     .names = CATALOG_MARK("Enter"),
     .help = CATALOG_MARK("continue"),
     .footer = CATALOG_MARK("continue"),
     .footer_modes = MODE_ASK},
    {.keys = {'\r', '\n'},
     .modes = MODE_PLAYING,
     .act = press_all_rows,
     .names = CATALOG_MARK("Enter"),
     .footer = CATALOG_MARK("all at once"),
     .footer_modes = MODE_PLAYING},
    {.keys = {'\r', '\n'},
     .modes = MODE_PLAYED,
     .act = press_result,
     .names = CATALOG_MARK("Enter"),
     .footer = CATALOG_MARK("result"),
     .footer_modes = MODE_PLAYED},
    {.keys = {'\r', '\n'},
     .modes = MODE_RESULT,
     .act = press_next,
     .names = CATALOG_MARK("Enter"),
     .footer = CATALOG_MARK("continue"),
     .footer_modes = MODE_RESULT},
    {.keys = {'\r', '\n'},
     .modes = MODE_LAST_RESULT,
     .act = press_quit,
     .names = CATALOG_MARK("Enter"),
     .footer = CATALOG_MARK("done"),
     .footer_modes = MODE_LAST_RESULT},
    {.keys = {KEY_CODE_ESC, 'l', KEY_CODE_LEFT, KEY_CODE_BACKSPACE},
     .modes = MODE_LADDER,
     .act = press_question,
     .names = CATALOG_MARK("Esc"),
     .help = CATALOG_MARK("back"),
     .footer = CATALOG_MARK("question"),
     .footer_modes = MODE_PLAYED,
     .rank = 1},
    {.keys = {KEY_CODE_ESC, 'l', KEY_CODE_LEFT, KEY_CODE_BACKSPACE},
     .modes = MODE_RESULTS,
     .act = press_ladder,
     .names = CATALOG_MARK("Esc"),
     .footer = CATALOG_MARK("ladder"),
     .footer_modes = MODE_RESULTS,
     .rank = 1},
    {.keys = {'v'},
     .modes = MODE_LADDER,
     .act = press_seen,
     .names = "v",
     .help = CATALOG_MARK("what each end knows"),
     .footer = CATALOG_MARK("view"),
     .footer_modes = MODE_LADDER,
     .rank = 2},
    {.keys = {'t'},
     .modes = MODE_LADDER,
     .act = press_sentences,
     .names = "t",
     .help = CATALOG_MARK("the ladder in words"),
     .footer = CATALOG_MARK("words"),
     .footer_modes = MODE_PLAYED,
     .rank = 3},
    {.keys = {'r'},
     .modes = MODE_LADDER | MODE_RESULTS,
     .act = press_again,
     .names = "r",
     .help = CATALOG_MARK("play it again"),
     .footer = CATALOG_MARK("again"),
     .footer_modes = MODE_PLAYED | MODE_RESULTS,
     .rank = 2},
};

/* Left out if there is one lesson alone, that of a file. */
static const struct keys_row course_rows[] = {
    {.keys = {'n'},
     .modes = MODE_ALL,
     .act = press_next,
     .names = "n",
     .help = CATALOG_MARK("the next lesson"),
     .footer = CATALOG_MARK("next"),
     .footer_modes = MODE_ASK | MODE_PLAYED | MODE_RESULTS,
     .rank = 2},
    {.keys = {'p'},
     .modes = MODE_ALL,
     .act = press_previous,
     .names = "p",
     .help = CATALOG_MARK("the previous lesson"),
     .footer = CATALOG_MARK("previous"),
     .footer_modes = MODE_ASK | MODE_RESULTS,
     .rank = 3},
};

static const struct keys_row page_rows[] = {
    {.keys = {KEY_CODE_UP, 'k'},
     .modes = MODE_ALL,
     .act = press_up,
     .names = CATALOG_MARK("Up k"),
     .help = CATALOG_MARK("up")},
    {.keys = {KEY_CODE_DOWN, 'j'},
     .modes = MODE_ALL,
     .act = press_down,
     .names = CATALOG_MARK("Down j"),
     .help = CATALOG_MARK("down")},
    {.keys = {KEY_CODE_PAGE_UP},
     .modes = MODE_ALL,
     .act = press_page_up,
     .names = CATALOG_MARK("PgUp"),
     .help = CATALOG_MARK("half a page up")},
    {.keys = {KEY_CODE_PAGE_DOWN, ' '},
     .modes = MODE_ALL,
     .act = press_page_down,
     .names = CATALOG_MARK("PgDn"),
     .help = CATALOG_MARK("half a page down")},
    {.keys = {'?', KEY_CODE_F1},
     .modes = MODE_ALL,
     .act = lesson_press_help,
     .names = "? F1",
     .help = CATALOG_MARK("this help"),
     .footer = CATALOG_MARK("help"),
     .footer_modes = MODE_ASK | MODE_PLAYED | MODE_RESULTS,
     .rank = 4},
    {.keys = {'q', KEY_CODE_F10},
     .modes = MODE_ALL,
     .act = press_quit,
     .names = "q F10",
     .help = CATALOG_MARK("quit"),
     .footer = CATALOG_MARK("quit"),
     .footer_modes = MODE_ALL},
};

const struct keys_table lesson_screen_page_keys = {
    .rows = page_rows, .count = COUNT_OF(page_rows), .modes = MODE_ALL, .next = &keys_of_the_loop};
static const struct keys_table course_keys = {.rows = course_rows,
                                              .count = COUNT_OF(course_rows),
                                              .modes = MODE_ALL,
                                              .next = &lesson_screen_page_keys};
const struct keys_table lesson_screen_keys = {
    .rows = lesson_rows, .count = COUNT_OF(lesson_rows), .modes = MODE_ALL, .next = &course_keys};

unsigned lesson_screen_mode(const void *context)
{
    static const unsigned asking[] = {[2] = MODE_ASK_2, [3] = MODE_ASK_3, [4] = MODE_ASK_4};
    const struct lesson_screen *session = context;
    const struct lesson_view *view = &session->view;

    if (view->step == LESSON_ASK)
        return asking[lesson_choices(view->topic)];
    if (view->step == LESSON_LADDER)
        return view->playing ? MODE_PLAYING : MODE_PLAYED;
    return view->more ? MODE_RESULT : MODE_LAST_RESULT;
}

unsigned lesson_screen_act(void *context, const struct key *key)
{
    struct lesson_screen *session = context;
    struct press press = {.session = session, .code = key->code};
    const struct keys_row *row = keys_find(&session->keys, lesson_screen_mode(session), key->code);

    if (row != NULL)
        row->act(&press);
    return press.asked;
}
