/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lesson_lines: lessons as text or JSON on stdout, with questions if a person is at the keyboard.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "udptui/sys/clock.h"
#include "udptui/sys/report.h"
#include "udptui/sys/tty.h"
#include "udptui/sys/wait.h"
#include "udptui/ui/frame.h"
#include "udptui/ui/ladder/ladder.h"
#include "udptui/ui/ladder/sentences.h"
#include "udptui/ui/lesson/session.h"
#include "udptui/ui/lesson/view.h"

enum {
    PICTURE_COLUMNS = 78,
    PICTURE_ROWS_MAX = 4096,
    HEAD_ROWS = 1,
    ANSWER_SIZE = 256,
    SEEN_SIZE = 256
};

/* ---- the ladder as text */

/* What is drawn: the legs that the view knows of. */
struct picture {
    const struct lesson_run *run;
    const struct lesson_topic *topic;
    struct ladder_heads heads;
    struct ladder_leg legs[STAGE_LEGS_MAX];
    size_t count;
    int64_t now_ns;
};

/* As arrows or in words, into rows of a frame from `top` on. Returns the number of rows that all of it
 * takes; without a frame, only that, but for the words that need rows of their own. */
static int picture_draw(const struct picture *picture, struct frame *frame, int top)
{
    const struct sentences sentences = {.heads = &picture->heads};
    int rows = frame != NULL ? frame_rows(frame) - top : 0;

    if (picture->run->options->sentences)
        return sentences_draw(&sentences, picture->legs, picture->count, frame, top, rows,
                              PICTURE_COLUMNS, 0);
    if (frame == NULL)
        return ladder_count_rows(picture->legs, picture->count, picture->now_ns) + HEAD_ROWS;
    return ladder_draw(frame, top, rows, &picture->heads, picture->legs, picture->count,
                       picture->now_ns, 0, clock_utc_offset_s(), picture->run->charset) +
           HEAD_ROWS;
}

/*
 * All of it, below the name of a view that does not show everything. Returns the text, for the
 * caller to free; NULL if memory is short.
 */
static char *picture_make_text(const struct picture *picture)
{
    enum ladder_view view = (enum ladder_view)picture->run->options->view;
    struct frame *frame = frame_open();
    int above = view != LADDER_VIEW_ALL, rows = picture_draw(picture, NULL, 0) + above;
    char *text = NULL, seen[SEEN_SIZE];
    size_t size;

    for (int drawn = 0; drawn < rows;) {
        if (frame == NULL || rows > PICTURE_ROWS_MAX || !frame_resize(frame, rows, PICTURE_COLUMNS))
            goto end;
        if (above)
            frame_put(frame, 0, 0, PICTURE_COLUMNS, STYLE_PANE_ACTIVE,
                      lesson_view_format_seen(picture->topic, view, picture->run->catalog, seen,
                                              sizeof seen));
        drawn = rows;
        rows = picture_draw(picture, frame, above) + above;
    }
    size = frame_to_text(frame, NULL, 0) + 1;
    text = malloc(size);
    if (text != NULL)
        frame_to_text(frame, text, size);
end:
    frame_close(frame);
    return text;
}

/* The legs that the view knows of, and what stands above them. */
static void picture_fill(struct picture *picture, const struct stage *stage)
{
    const struct lesson_run *run = picture->run;
    const struct lesson_topic *topic = picture->topic;
    const struct ladder_viewer viewer = {.view = (enum ladder_view)run->options->view,
                                         .middle = topic->middle != NULL,
                                         .silence = catalog_text(run->catalog, "no reply")};

    picture->count = ladder_view_legs(&viewer, stage->legs, stage->leg_count, picture->legs);
    picture->heads = (struct ladder_heads){.left = topic->client,
                                           .middle = topic->middle,
                                           .right = topic->server,
                                           .whole_words = true,
                                           .catalog = run->catalog};
    if (picture->count > 0) {
        picture->heads.origin_ns = picture->legs[0].depart_ns;
        picture->now_ns = picture->legs[picture->count - 1].depart_ns;
    }
}

static bool write_ladder(const struct lesson_run *run, const struct lesson_writer *writer,
                         const struct lesson_output *output, const struct lesson_topic *topic,
                         const struct stage *stage)
{
    struct picture *picture = run->options->json ? NULL : calloc(1, sizeof *picture);
    char *drawing = NULL;
    bool written;

    if (picture != NULL) {
        picture->run = run;
        picture->topic = topic;
        picture_fill(picture, stage);
        drawing = picture_make_text(picture);
    }
    written = drawing == NULL || writer->ladder(output, drawing);
    free(drawing);
    free(picture);
    return written;
}

/* ---- questions */

static bool asks(const struct lesson_run *run)
{
    return !run->options->json && !run->options->markdown && !run->options->automatic &&
           tty_is_interactive();
}

/* A line from the keyboard. False at its end, or on a signal. */
static bool read_answer(struct lesson_run *run, char *answer, int size)
{
    struct pollfd polled[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                              {.fd = run->signals.fd, .events = POLLIN}};

    while (wait_until(polled, 2, INT64_MAX) <= 0 && !signals_want_end(&run->signals))
        continue; /* fgets would not be ended by a signal */
    return !signals_want_end(&run->signals) && fgets(answer, size, stdin) != NULL;
}

/* Asks for a prediction, which may be none. False: end. */
static bool ask_choice(struct lesson_run *run, const struct lesson_topic *topic, int *chosen)
{
    char answer[ANSWER_SIZE];
    int count = lesson_choices(topic);

    for (;;) {
        fputc('\n', stdout);
        printf(catalog_text(run->catalog, "Your prediction, 1 to %d (Enter: none, q: quit): "),
               count);
        fflush(stdout);
        if (!read_answer(run, answer, sizeof answer) || answer[0] == 'q')
            return false;
        if (answer[0] == '\n')
            return true;
        if (answer[0] >= '1' && answer[0] < '1' + count) {
            *chosen = answer[0] - '1';
            return true;
        }
    }
}

static bool wait_for_enter(struct lesson_run *run)
{
    char answer[ANSWER_SIZE];

    printf("\n%s", catalog_text(run->catalog, "Enter: continue "));
    fflush(stdout);
    return read_answer(run, answer, sizeof answer) && answer[0] != 'q';
}

/* ---- one after the other */

static void check_output(struct lesson_run *run, bool written)
{
    if (written || run->broken)
        return;
    run->broken = true;
    run->error = errno;
}

/* Writes the ladder and the findings. False: end. */
static bool lesson_write_result(struct lesson_run *run, const struct lesson_output *output,
                                const struct lesson_topic *topic, struct stage *stage)
{
    const struct lesson_writer *writer = lesson_writer_of(run->options);
    const struct lesson_ladder ladder = {.legs = stage->legs, .count = stage->leg_count};

    run->otherwise |= stage->result.otherwise != NULL;
    lesson_write_pcap(run, topic, stage);
    lesson_log(run, output, topic, &stage->result, &ladder);
    check_output(run, write_ladder(run, writer, output, topic, stage));
    if (run->broken || (asks(run) && !wait_for_enter(run)))
        return false;
    check_output(run, writer->result(output, topic, &stage->result, &ladder));
    return !run->broken;
}

/* The same for a complete lesson; reports a failed setup instead. */
static bool lesson_write_result_or_error(struct lesson_run *run, const struct lesson_output *output,
                                         const struct lesson_topic *topic, struct stage *stage)
{
    if (stage_going(stage))
        return lesson_write_result(run, output, topic, stage);
    if (stage->error[0] == '\0')
        return false;
    report_error("%s", stage->error);
    run->failed = true;
    return true;
}

static bool lesson_lines_play(struct lesson_run *run, const struct lesson_output *output,
                              const struct lesson *lesson)
{
    struct stage *stage = calloc(1, sizeof *stage);
    bool go_on;

    if (stage == NULL) {
        report_error("lesson: not enough memory");
        run->failed = true;
        return false;
    }
    topics_play(lesson, stage,
                &(struct stage_config){.seed = output->seed,
                                       .stop_fd = run->signals.fd,
                                       .keep_frames = run->options->pcap != NULL,
                                       .catalog = run->catalog});
    go_on = lesson_write_result_or_error(run, output, &lesson->topic, stage);
    stage_close(stage);
    free(stage);
    return go_on;
}

static struct lesson_output lesson_lines_output(const struct lesson_run *run, size_t index)
{
    return (struct lesson_output){.file = run->output,
                                  .number = index + 1,
                                  .count = run->topics.count,
                                  .chosen = LESSON_NO_CHOICE,
                                  .catalog = run->catalog,
                                  .lesson = run->topics.lessons[index],
                                  .seed = (uint64_t)run->options->seed};
}

static bool run_one(struct lesson_run *run, size_t index)
{
    const struct lesson *lesson = run->topics.lessons[index];
    struct lesson_output output = lesson_lines_output(run, index);

    check_output(run, lesson_writer_of(run->options)->plan(&output, &lesson->topic));
    if (run->broken || (asks(run) && !ask_choice(run, &lesson->topic, &output.chosen)))
        return false;
    return lesson_lines_play(run, &output, lesson);
}

/* First the questions of all, then the answers: the sheets are given out apart. */
static void lesson_run_handouts(struct lesson_run *run)
{
    for (size_t i = run->first; i <= run->last && !run->broken; i++) {
        const struct lesson_output output = lesson_lines_output(run, i);
        check_output(run, lesson_markdown.plan(&output, &output.lesson->topic));
    }
    for (size_t i = run->first; i <= run->last && !run->broken; i++) {
        const struct lesson_output output = lesson_lines_output(run, i);
        if (!lesson_lines_play(run, &output, output.lesson))
            return;
    }
}

void lesson_run_lines(struct lesson_run *run)
{
    if (run->options->markdown) {
        lesson_run_handouts(run);
        return;
    }
    for (size_t i = run->first; i <= run->last; i++)
        if (!run_one(run, i))
            return;
}
