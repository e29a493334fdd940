/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * screen: lessons on the screen. The lesson runs in a separate thread, at full speed; then its
 * ladder is shown row by row, slowly enough for a class, with the real times. The findings stay on
 * the terminal after the screen is closed.
 */
#include "screen_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "udptui/base/units.h"
#include "udptui/sys/clock.h"
#include "udptui/sys/report.h"
#include "udptui/sys/thread.h"
#include "udptui/ui/frame.h"

static const int64_t row_ns = 300 * UNITS_NS_PER_MS;

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

void lesson_screen_keep_result(struct lesson_screen *session)
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

void lesson_screen_choose_legs(struct lesson_screen *session)
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
    lesson_screen_choose_legs(session);
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
    if (session->all_at_once)
        session->rows_shown = session->rows;
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

void lesson_screen_start(struct lesson_screen *session)
{
    leave_stage(session);
    session->view.step = LESSON_LADDER;
    session->view.scroll = 0;
    session->view.leg_count = 0;
    session->rows_shown = session->rows = 0;
    session->all_at_once = false;
    atomic_store(&session->over, false);
    session->running = session->view.playing =
        thread_start(&session->thread, lesson_play, session) == 0;
    session->staged = session->running;
    if (!session->running)
        session->view.error = catalog_text(session->run->catalog, "cannot start a thread");
}

void lesson_screen_enter(struct lesson_screen *session, size_t index)
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
                                             .act = lesson_screen_act,
                                             .turn = lesson_turn,
                                             .deadline_ns = lesson_deadline_ns,
                                             .mode = lesson_screen_mode};

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
    lesson_screen_enter(session, session->run->first);
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
    session->keys = lesson_screen_keys;
    if (run->topics.count == 1)
        session->keys.next = &lesson_screen_page_keys;
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
