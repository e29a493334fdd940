/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * screen: lessons on the screen. The lesson runs in a separate thread, at full speed; then its
 * ladder is shown row by row, slowly enough for a class, with the real times. The findings stay on
 * the terminal after the screen is closed.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/report.h"
#include "udptui/sys/thread.h"
#include "udptui/ui/frame.h"
#include "udptui/ui/lesson/session.h"
#include "udptui/ui/lesson/view.h"
#include "udptui/ui/screen.h"

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

static const int64_t row_ns = 300 * UNITS_NS_PER_MS;

struct lesson_screen {
    struct lesson_run *run;
    struct screen screen;
    struct keys_table keys; /* in the language of the run */
    struct screen_ops ops;  /* with these keys */
    const struct topics *topics;
    size_t index; /* of the topics */
    struct lesson_view view;
    int scroll_max, page_rows;
    struct ladder_leg known[STAGE_LEGS_MAX]; /* all that the view knows of */
    size_t known_count;
    struct ladder_leg legs[STAGE_LEGS_MAX]; /* those that are shown */
    struct stage stage;
    bool staged;          /* the stage is open */
    bool running;         /* the thread runs, and owns the stage */
    atomic_bool over;     /* the thread has done all */
    int rows_shown, rows; /* of the ladder */
    int64_t next_row_ns;
    char
        failure[STAGE_ERROR_SIZE]; /* why the latest that could not be played could not; "": none */
    char **results; /* the findings of each lesson of the table, as text; NULL: not run */
    pthread_t thread;
    int stop_fd, over_fd; /* to the thread, and from it when it is over */
};

/* ---- playing */

static void *lesson_play(void *argument)
{
    struct lesson_screen *session = argument;

    topics_play(session->topics->lessons[session->index], &session->stage,
                &(struct stage_config){.seed = (uint64_t)session->run->options->seed,
                                       .keep_frames = session->run->options->pcap != NULL,
                                       .stop_fd = session->stop_fd,
                                       .catalog = session->run->catalog});
    atomic_store(&session->over, true);
    eventfd_write(session->over_fd, 1);
    return NULL;
}

static struct lesson_ladder ladder_of(const struct lesson_screen *session)
{
    return (struct lesson_ladder){.legs = session->stage.legs, .count = session->stage.leg_count};
}

/* Keeps the lesson's result and commands, to print them at the end. */
static void keep_result(struct lesson_screen *session)
{
    const struct lesson_ladder ladder = ladder_of(session);
    size_t size;
    char *text = NULL;
    struct lesson_output output = {.file = open_memstream(&text, &size),
                                   .number = session->index + 1,
                                   .count = session->topics->count,
                                   .chosen = session->view.chosen,
                                   .catalog = session->run->catalog};

    if (output.file == NULL)
        return;
    lesson_lines_head(&output, session->view.topic);
    lesson_write_pcap(session->run, session->view.topic, &session->stage);
    lesson_log(session->run, &output, session->view.topic, &session->stage.result, &ladder);
    lesson_lines.result(&output, session->view.topic, &session->stage.result, &ladder);
    fclose(output.file);
    free(session->results[session->index]);
    session->results[session->index] = text;
}

/* Those of the ladder that the view knows of, and their rows. */
static void choose_legs(struct lesson_screen *session)
{
    const struct stage *stage = &session->stage;
    const struct ladder_viewer viewer = {.view = session->view.seen,
                                         .middle = session->view.topic->middle != NULL,
                                         .silence =
                                             catalog_text(session->view.catalog, "no reply")};

    session->known_count = ladder_view_legs(&viewer, stage->legs, stage->leg_count, session->known);
    session->rows = ladder_count_rows(session->known, session->known_count, stage_now_ns());
    session->view.origin_ns = session->known_count > 0 ? session->known[0].depart_ns : 0;
    if (session->rows_shown > session->rows)
        session->rows_shown = session->rows;
}

/* Waits for the thread, and notes its findings. */
static void join_player(struct lesson_screen *session)
{
    const struct stage *stage = &session->stage;
    eventfd_t count;

    pthread_join(session->thread, NULL);
    eventfd_read(session->over_fd, &count);
    session->running = false;
    session->run->otherwise |= stage->result.otherwise != NULL;
    if (stage->error[0] != '\0') {
        session->run->failed = true;
        memcpy(session->failure, stage->error, sizeof session->failure);
    }
    choose_legs(session);
    session->view.result = &stage->result;
    session->view.error = stage->error[0] != '\0' ? stage->error : NULL;
    session->next_row_ns = clock_monotonic_ns();
}

static void take_end_of_play(void *context)
{
    struct lesson_screen *session = context;

    if (session->running && atomic_load(&session->over))
        join_player(session);
    session->screen.changed = true;
}

/* Reveals the rows of the ladder that are due. */
static void reveal_rows(struct lesson_screen *session, int64_t now_ns)
{
    struct lesson_view *view = &session->view;
    int before = session->rows_shown;

    if (!session->staged || session->running)
        return;
    while (session->rows_shown < session->rows && now_ns >= session->next_row_ns) {
        session->rows_shown++;
        session->next_row_ns += row_ns;
    }
    session->screen.changed |= session->rows_shown != before;
    view->playing = session->rows_shown < session->rows;
    view->now_ns = stage_now_ns();
    view->leg_count = ladder_reveal(session->known, session->known_count,
                                    view->playing ? session->rows_shown : session->rows + 1,
                                    session->legs, &view->now_ns);
}

static void leave_stage(struct lesson_screen *session)
{
    eventfd_t count;

    if (!session->staged)
        return;
    if (session->running) {
        eventfd_write(session->stop_fd, 1);
        join_player(session);
        eventfd_read(session->stop_fd, &count);
    }
    stage_close(&session->stage);
    session->staged = false;
}

static void start_lesson(struct lesson_screen *session)
{
    leave_stage(session);
    session->view.step = LESSON_LADDER;
    session->view.scroll = 0;
    session->view.leg_count = 0;
    session->rows_shown = session->rows = 0;
    atomic_store(&session->over, false);
    session->running = session->view.playing =
        thread_start(&session->thread, lesson_play, session) == 0;
    session->staged = session->running;
    if (!session->running)
        session->view.error = catalog_text(session->run->catalog, "cannot start a thread");
}

static void enter_lesson(struct lesson_screen *session, size_t index)
{
    enum ladder_view seen = session->view.seen;
    bool sentences = session->view.sentences;

    leave_stage(session);
    session->index = index;
    session->view = (struct lesson_view){.topic = &session->topics->lessons[index]->topic,
                                         .number = index + 1,
                                         .count = session->topics->count,
                                         .chosen = LESSON_NO_CHOICE,
                                         .more = session->run->first < session->run->last &&
                                                 index + 1 < session->topics->count,
                                         .seen = seen,
                                         .sentences = sentences,
                                         .legs = session->legs,
                                         .utc_offset_s = clock_utc_offset_s(),
                                         .charset = session->run->charset,
                                         .catalog = session->run->catalog};
}

/* ---- keys */

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
    start_lesson(press->session);
}

static void press_choice(struct press *press)
{
    press->session->view.chosen = press->code - '1';
    start_lesson(press->session);
}

/* All rows of the ladder at once, unless they are not known yet. */
static void press_all_rows(struct press *press)
{
    struct lesson_screen *session = press->session;

    if (!session->running)
        session->rows_shown = session->rows;
}

static void press_result(struct press *press)
{
    struct lesson_view *view = &press->session->view;

    view->step = LESSON_RESULT;
    view->scroll = 0;
    if (view->error == NULL)
        keep_result(press->session);
}

static void press_next(struct press *press)
{
    struct lesson_screen *session = press->session;

    if (session->index + 1 < session->topics->count)
        enter_lesson(session, session->index + 1);
}

static void press_previous(struct press *press)
{
    if (press->session->index > 0)
        enter_lesson(press->session, press->session->index - 1);
}

static void press_again(struct press *press)
{
    if (!press->session->running)
        start_lesson(press->session);
}

static void press_question(struct press *press)
{
    enter_lesson(press->session, press->session->index);
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
    choose_legs(session);
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

static const struct keys_table page_keys = {
    .rows = page_rows, .count = COUNT_OF(page_rows), .modes = MODE_ALL, .next = &keys_of_the_loop};
static const struct keys_table course_keys = {
    .rows = course_rows, .count = COUNT_OF(course_rows), .modes = MODE_ALL, .next = &page_keys};
static const struct keys_table lesson_keys = {
    .rows = lesson_rows, .count = COUNT_OF(lesson_rows), .modes = MODE_ALL, .next = &course_keys};

static unsigned lesson_mode(const void *context)
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

static unsigned lesson_act(void *context, const struct key *key)
{
    struct lesson_screen *session = context;
    struct press press = {.session = session, .code = key->code};
    const struct keys_row *row = keys_find(&session->keys, lesson_mode(session), key->code);

    if (row != NULL)
        row->act(&press);
    return press.asked;
}

/* ---- what the loop calls */

static void lesson_draw(void *context, struct frame *frame)
{
    struct lesson_screen *session = context;
    struct lesson_view *view = &session->view;

    session->page_rows = frame_rows(frame) / 2;
    session->scroll_max = lesson_view_draw(view, frame);
    if (view->scroll <= session->scroll_max)
        return;
    view->scroll = session->scroll_max; /* the window has grown */
    frame_resize(frame, frame_rows(frame), frame_columns(frame));
    lesson_view_draw(view, frame);
}

static bool lesson_turn(void *context, int64_t now_ns)
{
    struct lesson_screen *session = context;

    reveal_rows(session, now_ns);
    return !session->screen.ending && !session->screen.gone;
}

static int64_t lesson_deadline_ns(void *context)
{
    const struct lesson_screen *session = context;
    bool revealing = session->staged && !session->running && session->rows_shown < session->rows;

    return revealing ? session->next_row_ns : INT64_MAX;
}

static void lesson_figures(const void *context, struct large_figures *out)
{
    const struct lesson_screen *session = context;

    lesson_view_figures(&session->view, out);
}

static const struct screen_ops lesson_ops = {.draw = lesson_draw,
                                             .figures = lesson_figures,
                                             .act = lesson_act,
                                             .turn = lesson_turn,
                                             .deadline_ns = lesson_deadline_ns,
                                             .mode = lesson_mode};

/* ---- beginning and end */

static bool open_session(struct lesson_screen *session)
{
    session->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    session->over_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    session->results = calloc(session->topics->count, sizeof *session->results);
    return session->results != NULL && session->stop_fd >= 0 && session->over_fd >= 0;
}

/* Prints the findings below the previous contents of the terminal. */
static void print_results(const struct lesson_screen *session)
{
    for (size_t i = 0; i < session->topics->count; i++)
        if (session->results[i] != NULL)
            fputs(session->results[i], stdout);
    fflush(stdout);
}

static void close_session(struct lesson_screen *session)
{
    for (size_t i = 0; session->results != NULL && i < session->topics->count; i++)
        free(session->results[i]);
    free(session->results);
    if (session->stop_fd >= 0)
        close(session->stop_fd);
    if (session->over_fd >= 0)
        close(session->over_fd);
    free(session);
}

/* From the first lesson until the screen is closed; the findings stay on the terminal. */
static void run_session(struct lesson_screen *session)
{
    session->screen.watches[0] =
        (struct screen_watch){.fd = session->over_fd, .ready = take_end_of_play};
    session->view.seen = (enum ladder_view)session->run->options->view;
    session->view.sentences = session->run->options->sentences != 0;
    enter_lesson(session, session->run->first);
    screen_run(&session->screen);
    leave_stage(session);
    signals_ending(&session->run->signals);
    screen_close(&session->screen);
    if (session->screen.gone) {
        session->run->broken = true;
        session->run->error = EIO;
    }
    print_results(session);
    if (session->failure[0] != '\0')
        report_error("%s", session->failure);
}

bool lesson_run_screen(struct lesson_run *run)
{
    struct lesson_screen *session = calloc(1, sizeof *session);
    bool opened = false;

    if (session == NULL)
        return false;
    const struct screen_config config = {.ops = &session->ops,
                                         .context = session,
                                         .signals = &run->signals,
                                         .look = run->options->look};
    session->run = run;
    session->topics = &run->topics;
    session->keys = lesson_keys;
    if (run->topics.count == 1)
        session->keys.next = &page_keys;
    session->keys.catalog = run->catalog;
    session->ops = lesson_ops;
    session->ops.keys = &session->keys;
    if (open_session(session))
        opened = screen_open(&session->screen, &config);
    else
        report_error("not enough memory: showing lines instead of the screen");
    if (opened)
        run_session(session);
    close_session(session);
    return opened;
}
