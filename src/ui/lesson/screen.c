/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lesson_screen: lessons on the screen. The lesson plays in a thread of its own, at full speed; then
 * its ladder is shown row by row, so slowly that a class can follow, with the times as they were.
 * What was found stays on the terminal after the screen is gone.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "udptui/base/units.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/report.h"
#include "udptui/sys/thread.h"
#include "udptui/ui/frame.h"
#include "udptui/ui/lesson/session.h"
#include "udptui/ui/lesson/view.h"
#include "udptui/ui/serve/keys.h"
#include "udptui/ui/term.h"

enum { PICTURE_INTERVAL_MS = 50, CTRL_L = 0x0c, CTRL_Z = 0x1a, ESCAPE = 0x1b, BACKSPACE = 0x7f };

static const int64_t row_ns = 300 * UNITS_NS_PER_MS;

struct session {
    struct lesson_run *run;
    const struct lesson *const *table;
    size_t count, index;
    struct lesson_view view;
    int scroll_max;
    struct ladder_leg legs[STAGE_LEGS_MAX]; /* those that are shown */
    struct stage stage;
    bool staged;          /* the stage is open */
    bool running;         /* the thread plays, and the stage is its own */
    int rows_shown, rows; /* of the ladder */
    int64_t next_row_ns;
    char **results; /* what was found in each lesson of the table, as text; NULL: not seen */
    pthread_t thread;
    int stop_fd, over_fd; /* to the thread, and from it when it is over */
    struct frame *frame;
    bool quit;
};

/* ---- playing */

static void *play(void *argument)
{
    struct session *session = argument;

    topics_play(session->table[session->index], &session->stage,
                &(struct stage_config){.seed = (uint64_t)session->run->options->seed,
                                       .stop_fd = session->stop_fd});
    eventfd_write(session->over_fd, 1);
    return NULL;
}

static struct lesson_ladder ladder_of(const struct session *session)
{
    return (struct lesson_ladder){.legs = session->stage.legs, .count = session->stage.leg_count};
}

/* What stays on the terminal: the lesson's result and commands. */
static void keep_result(struct session *session)
{
    const struct lesson_ladder ladder = ladder_of(session);
    size_t size;
    char *text = NULL;
    struct lesson_output output = {.file = open_memstream(&text, &size),
                                   .number = session->index + 1,
                                   .count = session->count,
                                   .chosen = session->view.chosen};

    if (output.file == NULL)
        return;
    fprintf(output.file, "== lesson %s (%zu/%zu)\n", session->view.topic->name, output.number,
            output.count);
    lesson_log(session->run, &output, session->view.topic, &session->stage.result, &ladder);
    lesson_lines.result(&output, session->view.topic, &session->stage.result, &ladder);
    fclose(output.file);
    free(session->results[session->index]);
    session->results[session->index] = text;
}

/* Waits for the thread, and notes what it found. */
static void join(struct session *session)
{
    const struct stage *stage = &session->stage;
    eventfd_t count;

    pthread_join(session->thread, NULL);
    eventfd_read(session->over_fd, &count);
    session->running = false;
    session->run->otherwise |= stage->result.otherwise != NULL;
    session->run->failed |= stage->error[0] != '\0';
    session->rows = ladder_count_rows(stage->legs, stage->leg_count, stage_now_ns());
    session->view.origin_ns = stage->leg_count > 0 ? stage->legs[0].depart_ns : 0;
    session->view.result = &stage->result;
    session->view.error = stage->error[0] != '\0' ? stage->error : NULL;
    session->next_row_ns = clock_monotonic_ns();
}

/* The rows of the ladder whose time has come. */
static void reveal(struct session *session)
{
    const struct stage *stage = &session->stage;
    struct lesson_view *view = &session->view;
    int64_t now_ns = clock_monotonic_ns();

    if (!session->staged || session->running)
        return;
    while (session->rows_shown < session->rows && now_ns >= session->next_row_ns) {
        session->rows_shown++;
        session->next_row_ns += row_ns;
    }
    view->playing = session->rows_shown < session->rows;
    view->now_ns = stage_now_ns();
    view->leg_count = ladder_reveal(stage->legs, stage->leg_count,
                                    view->playing ? session->rows_shown : session->rows + 1,
                                    session->legs, &view->now_ns);
}

static void leave_stage(struct session *session)
{
    eventfd_t count;

    if (!session->staged)
        return;
    if (session->running) {
        eventfd_write(session->stop_fd, 1);
        join(session);
        eventfd_read(session->stop_fd, &count);
    }
    stage_close(&session->stage);
    session->staged = false;
}

static void start(struct session *session)
{
    leave_stage(session);
    session->view.step = LESSON_LADDER;
    session->view.scroll = 0;
    session->view.leg_count = 0;
    session->rows_shown = session->rows = 0;
    session->running = session->view.playing = thread_start(&session->thread, play, session) == 0;
    session->staged = session->running;
    if (!session->running)
        session->view.error = "cannot start a thread";
}

static void enter(struct session *session, size_t index)
{
    leave_stage(session);
    session->index = index;
    session->view = (struct lesson_view){.topic = &session->table[index]->topic,
                                         .number = index + 1,
                                         .count = session->count,
                                         .chosen = LESSON_NO_CHOICE,
                                         .more = session->run->first < session->run->last &&
                                                 index + 1 < session->count,
                                         .legs = session->legs,
                                         .utc_offset_s = clock_utc_offset_s(),
                                         .charset = session->run->charset};
}

/* ---- keys */

static void go_on(struct session *session)
{
    struct lesson_view *view = &session->view;

    switch (view->step) {
    case LESSON_ASK:
        start(session);
        break;
    case LESSON_LADDER:
        if (session->running)
            return;
        if (view->playing) {
            session->rows_shown = session->rows;
            return;
        }
        view->step = LESSON_RESULT;
        if (view->error == NULL)
            keep_result(session);
        break;
    case LESSON_RESULT:
        if (view->more)
            enter(session, session->index + 1);
        else
            session->quit = true;
        return;
    }
    view->scroll = 0;
}

static void choose(struct session *session, int choice)
{
    if (session->view.step != LESSON_ASK || choice >= lesson_choices(session->view.topic))
        return;
    session->view.chosen = choice;
    start(session);
}

/* From the result to the ladder, from the ladder to the question. */
static void go_back(struct session *session)
{
    struct lesson_view *view = &session->view;

    if (view->step == LESSON_RESULT)
        view->step = LESSON_LADDER;
    else if (view->step == LESSON_LADDER)
        enter(session, session->index);
    view->scroll = 0;
}

/* rows: down the page. The ladder's window is moved up from its newest row. */
static void scroll(struct session *session, int rows)
{
    struct lesson_view *view = &session->view;

    view->scroll += view->step == LESSON_LADDER ? -rows : rows;
    if (view->scroll > session->scroll_max)
        view->scroll = session->scroll_max;
    if (view->scroll < 0)
        view->scroll = 0;
}

static void act(struct session *session, int32_t code)
{
    int page = frame_rows(session->frame) / 2;

    switch (code) {
    case 'q':
    case KEY_CODE_F10:
        session->quit = true;
        break;
    case '\r':
    case '\n':
        go_on(session);
        break;
    case 'n':
        if (session->index + 1 < session->count)
            enter(session, session->index + 1);
        break;
    case 'p':
        if (session->index > 0)
            enter(session, session->index - 1);
        break;
    case 'r':
        if (session->staged && !session->running)
            start(session);
        break;
    case ESCAPE:
    case 'l':
    case KEY_CODE_LEFT:
    case KEY_CODE_BACKSPACE:
        go_back(session);
        break;
    case KEY_CODE_UP:
    case 'k':
        scroll(session, -1);
        break;
    case KEY_CODE_DOWN:
    case 'j':
        scroll(session, 1);
        break;
    case KEY_CODE_PAGE_UP:
        scroll(session, -page);
        break;
    case KEY_CODE_PAGE_DOWN:
    case ' ':
        scroll(session, page);
        break;
    default:
        if (code >= '1' && code < '1' + LESSON_CHOICES_MAX)
            choose(session, code - '1');
    }
}

static void take_keys(struct session *session)
{
    struct key key;

    while (!session->quit && term_read(&key)) {
        if (key.code == CTRL_L)
            term_redraw();
        else if (key.code == CTRL_Z)
            term_suspend();
        else
            act(session, key.code);
    }
}

/* ---- pictures */

static void draw(struct session *session)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    struct lesson_view *view = &session->view;
    int rows, columns;

    if (poll(&out, 1, 0) != 1 || !(out.revents & POLLOUT))
        return; /* a terminal that takes no bytes gets the next picture */
    term_size(&rows, &columns);
    if (!frame_resize(session->frame, rows, columns))
        return;
    reveal(session);
    session->scroll_max = lesson_view_draw(view, session->frame);
    if (view->scroll > session->scroll_max) {
        view->scroll = session->scroll_max; /* the window has grown */
        frame_resize(session->frame, rows, columns);
        lesson_view_draw(view, session->frame);
    }
    term_draw(session->frame);
}

static void loop(struct session *session)
{
    struct pollfd polled[] = {{.fd = session->over_fd, .events = POLLIN},
                              {.fd = session->run->signals.fd, .events = POLLIN},
                              {.fd = term_fd(), .events = POLLIN}};

    while (!session->quit) {
        draw(session);
        poll(polled, 3, session->view.playing ? PICTURE_INTERVAL_MS : -1);
        if (polled[1].revents != 0 || (polled[2].revents & (POLLHUP | POLLERR)))
            session->quit = true;
        if (polled[0].revents != 0 && session->running)
            join(session);
        take_keys(session);
    }
    leave_stage(session);
}

static bool open_session(struct session *session)
{
    session->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    session->over_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    session->frame = frame_open();
    session->results = calloc(session->count, sizeof *session->results);
    return session->results != NULL && session->stop_fd >= 0 && session->over_fd >= 0 &&
           session->frame != NULL;
}

/* What was found, below what stood on the terminal before. */
static void print_results(const struct session *session)
{
    for (size_t i = 0; i < session->count; i++)
        if (session->results[i] != NULL)
            fputs(session->results[i], stdout);
    fflush(stdout);
}

static void close_session(struct session *session)
{
    for (size_t i = 0; session->results != NULL && i < session->count; i++)
        free(session->results[i]);
    free(session->results);
    frame_close(session->frame);
    if (session->stop_fd >= 0)
        close(session->stop_fd);
    if (session->over_fd >= 0)
        close(session->over_fd);
    free(session);
}

bool lesson_run_screen(struct lesson_run *run)
{
    const struct term_options options = {.colour = true, .end_fd = run->signals.fd};
    struct session *session = calloc(1, sizeof *session);
    const char *why = "not enough memory";
    bool opened;

    if (session == NULL)
        return false;
    session->run = run;
    session->table = topics_table(&session->count);
    opened = open_session(session) && term_open(&options, &why);
    if (opened) {
        enter(session, run->first);
        loop(session);
        signals_ending(&run->signals);
        term_close();
        print_results(session);
    } else {
        report_error("%s: showing lines instead of the screen", why);
    }
    close_session(session);
    return opened;
}
