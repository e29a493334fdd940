/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lesson_screen: lessons on the screen. The lesson plays in a thread of its own, at a pace that
 * can be watched; this one reads keys and draws the legs as they are, 20 pictures a second
 * while it plays.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "lesson.h"
#include "server.h"
#include "udptui/cmd/commands.h"
#include "udptui/core/units.h"
#include "udptui/net/thread.h"
#include "udptui/ui/frame.h"
#include "udptui/ui/keys.h"
#include "udptui/ui/lesson_view.h"
#include "udptui/ui/term.h"

enum { PICTURE_INTERVAL_MS = 50, CTRL_L = 0x0c, CTRL_Z = 0x1a, ESCAPE = 0x1b, BACKSPACE = 0x7f };

static const int64_t pace_ns = 300 * UNITS_NS_PER_MS;

struct session {
    struct lesson_run *run;
    const struct lesson *const *table;
    size_t count, index;
    struct lesson_view view;
    int scroll_max;
    struct ladder_leg legs[STAGE_LEGS_MAX];
    struct stage stage;
    bool staged; /* the stage is open */
    pthread_t thread;
    int stop_fd, over_fd; /* to the thread, and from it when it is over */
    struct frame *frame;
    bool quit;
};

/* ---- playing */

static void *play(void *argument)
{
    struct session *session = argument;

    session->table[session->index]->play(&session->stage);
    eventfd_write(session->over_fd, 1);
    return NULL;
}

/* Waits for the thread, and notes what it found. */
static void join(struct session *session)
{
    eventfd_t count;

    pthread_join(session->thread, NULL);
    eventfd_read(session->over_fd, &count);
    session->view.playing = false;
    session->run->otherwise |= session->stage.result.otherwise != NULL;
    session->run->failed |= session->stage.error[0] != '\0';
}

static void leave_stage(struct session *session)
{
    eventfd_t count;

    if (!session->staged)
        return;
    if (session->view.playing) {
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
    stage_open(&session->stage,
               &(struct stage_config){.seed = (uint64_t)session->run->options->seed,
                                      .pace_ns = pace_ns,
                                      .stop_fd = session->stop_fd});
    session->staged = true;
    session->view.step = LESSON_LADDER;
    session->view.scroll = 0;
    session->view.playing = thread_start(&session->thread, play, session) == 0;
    if (!session->view.playing)
        stage_fail(&session->stage, "cannot start a thread");
}

static void enter(struct session *session, size_t index)
{
    leave_stage(session);
    session->index = index;
    session->view = (struct lesson_view){.topic = &session->table[index]->topic,
                                         .number = index + 1,
                                         .count = session->count,
                                         .chosen = LESSON_NO_CHOICE,
                                         .seed = (uint64_t)session->run->options->seed,
                                         .more = session->run->first < session->run->last &&
                                                 index + 1 < session->count,
                                         .legs = session->legs,
                                         .utc_offset_s = server_utc_offset_s(),
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
        if (!view->playing)
            view->step = LESSON_RESULT;
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
    case ESCAPE:
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
        if (session->staged && !session->view.playing)
            start(session);
        break;
    case 'l':
    case KEY_CODE_LEFT:
    case KEY_CODE_BACKSPACE:
        if (session->view.step == LESSON_RESULT)
            session->view.step = LESSON_LADDER;
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
    if (session->staged && !view->playing) { /* the thread's, while it plays */
        view->result = &session->stage.result;
        view->error = session->stage.error[0] != '\0' ? session->stage.error : NULL;
    }
    if (session->staged) {
        view->leg_count = stage_copy_legs(&session->stage, session->legs);
        view->now_ns = stage_now_ns(&session->stage);
    }
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
        if (polled[0].revents != 0 && session->view.playing)
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
    return session->stop_fd >= 0 && session->over_fd >= 0 && session->frame != NULL;
}

static void close_session(struct session *session)
{
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
    session->table = lessons_table(&session->count);
    opened = open_session(session) && term_open(&options, &why);
    if (opened) {
        enter(session, run->first);
        loop(session);
        signals_ending(&run->signals);
        term_close();
    } else {
        commands_complain("%s: showing lines instead of the screen", why);
    }
    close_session(session);
    return opened;
}
