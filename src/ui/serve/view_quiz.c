/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * view_quiz: the question with its choices and a bar for each, live; below it the scores, or who has
 * not answered. A figure stands beside each bar, and a word beside what a colour says.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "udptui/base/builder.h"
#include "udptui/base/units.h"
#include "udptui/base/wrap.h"
#include "udptui/proto/reason.h"
#include "view_pager_internal.h"

enum {
    BAR_MAX = 30,
    BAR_MIN = 6,
    FIGURES = 11, /* "  123  100%" */
    RIGHT_WORD = 7,
    WIDE_FROM = 64, /* columns: below, a bar has a line of its own */
    NAME_COLUMN = PAGER_MARGIN,
    SCORE_COLUMN = PAGER_MARGIN + ROSTER_NAME_COLUMNS + 2,
};

static const struct quiz_book *quiz_book_of(const struct pager *pager)
{
    return pager->view->model->config.book;
}

/* Safe UTF-8 as the terminal shows it; out: WRAP of the longest text. */
static const char *quiz_text(const struct view *view, const char *safe, char *out, size_t size)
{
    return text_recode(out, size, safe, view->charset);
}

/* Over as many lines as it takes, between words. */
static void quiz_put_text(struct pager *pager, enum style style, const char *safe)
{
    const struct view *view = pager->view;
    char text[QUIZ_TEXT_SIZE * TEXT_EXPANSION], line[WRAP_LINE_SIZE];
    const char *at = quiz_text(view, safe, text, sizeof text);

    while (wrap_next(&at, (size_t)(view->columns - PAGER_MARGIN - 1), line)) {
        int row = pager_next(pager);
        if (row != PAGER_NOWHERE)
            frame_put(view->frame, row, PAGER_MARGIN, view->columns, style, line);
    }
}

/* ---- bars */

static int quiz_bar_columns(const struct view *view)
{
    int columns = view->columns / 3;

    return columns > BAR_MAX ? BAR_MAX : columns < BAR_MIN ? BAR_MIN : columns;
}

static void quiz_put_bar(const struct view *view, int row, int column, int width, uint32_t part,
                         uint32_t whole)
{
    bool utf8 = view->charset == TEXT_UTF8;
    int filled =
        whole > 0 ? (int)(((uint64_t)part * (unsigned)width * 2 + whole) / (2 * whole)) : 0;

    if (part > 0 && filled == 0)
        filled = 1;
    frame_fill(view->frame, row, column, column + filled, STYLE_SPARK, utf8 ? "\xe2\x96\x93" : "#");
    frame_fill(view->frame, row, column + filled, column + width, STYLE_DIM,
               utf8 ? "\xe2\x96\x91" : ".");
}

/* The bar of a choice with its figures, at the right. */
static void quiz_put_share(struct pager *pager, int row, const struct quiz_tally *tally,
                           unsigned choice)
{
    const struct view *view = pager->view;
    const struct event_question *question = quiz_panel_question(view->model);
    int width = quiz_bar_columns(view), column = view->columns - width - FIGURES - RIGHT_WORD;
    uint32_t count = tally->counts[choice - 1];
    bool right = question->state == QUIZ_SHOWN && question->question.right == choice;
    char text[FIGURE_SIZE];

    if (row == PAGER_NOWHERE)
        return;
    quiz_put_bar(view, row, column, width, count, tally->answered);
    snprintf(text, sizeof text, "%5" PRIu32 " %4u%%", count, quiz_percent(count, tally->answered));
    frame_put(view->frame, row, column + width, view->columns, STYLE_VALUE, text);
    if (right)
        frame_put(view->frame, row, column + width + FIGURES + 1, view->columns, STYLE_ACKED,
                  "RIGHT");
}

/* "2 the reply was lost", over as many lines as it takes left of the bar; on a narrow screen the bar
 * has a line of its own. */
static void quiz_put_choice(struct pager *pager, const struct quiz_tally *tally, unsigned choice)
{
    const struct view *view = pager->view;
    const struct quiz_question *question = &quiz_panel_question(view->model)->question;
    bool narrow = view->columns < WIDE_FROM;
    int beside = narrow ? 1 : quiz_bar_columns(view) + FIGURES + RIGHT_WORD + 1;
    char text[QUIZ_OPTION_SIZE * TEXT_EXPANSION], line[WRAP_LINE_SIZE], number[16];
    const char *at = quiz_text(view, question->options[choice - 1], text, sizeof text);

    snprintf(number, sizeof number, "%u", choice);
    for (bool first = true;
         wrap_next(&at, (size_t)(view->columns - PAGER_MARGIN - 2 - beside), line); first = false) {
        int row = pager_next(pager);
        if (row != PAGER_NOWHERE && first)
            frame_put(view->frame, row, PAGER_MARGIN, view->columns, STYLE_KEY, number);
        if (row != PAGER_NOWHERE)
            frame_put(view->frame, row, PAGER_MARGIN + 2, view->columns, STYLE_NORMAL, line);
        if (first && !narrow)
            quiz_put_share(pager, row, tally, choice);
    }
    if (narrow)
        quiz_put_share(pager, pager_next(pager), tally, choice);
}

/* ---- who is missing, and the scores */

static void quiz_put_missing(struct pager *pager, unsigned number)
{
    const struct quiz_book *book = quiz_book_of(pager);
    const struct view *view = pager->view;
    int row = pager_next(pager), column = PAGER_MARGIN;
    bool any = false;

    for (uint32_t i = 0; i < quiz_book_students(book); i++) {
        const struct quiz_student *student = quiz_book_student(book, i);
        char name[ROSTER_NAME_SIZE * TEXT_EXPANSION];
        if (number > 0 && student->answers[number - 1].choice > 0)
            continue;
        quiz_text(view, student->name, name, sizeof name);
        any = true;
        if (column > PAGER_MARGIN && column + (int)text_columns(name) + 2 > view->columns) {
            row = pager_next(pager);
            column = PAGER_MARGIN;
        }
        if (row != PAGER_NOWHERE)
            frame_put(view->frame, row, column, view->columns, STYLE_NORMAL, name);
        column += (int)text_columns(name) + 2;
    }
    if (!any && row != PAGER_NOWHERE)
        frame_put(view->frame, row, PAGER_MARGIN, view->columns, STYLE_DIM,
                  quiz_book_students(book) > 0 ? "nobody" : "nobody has registered yet");
}

static void quiz_put_score(struct pager *pager, const struct quiz_student *student)
{
    const struct view *view = pager->view;
    const struct quiz_score score = quiz_book_score(quiz_book_of(pager), student);
    int row = pager_next(pager);
    char name[ROSTER_NAME_SIZE * TEXT_EXPANSION], text[LINE_SIZE];

    if (row == PAGER_NOWHERE)
        return;
    frame_put(view->frame, row, NAME_COLUMN, SCORE_COLUMN - 1, STYLE_NORMAL,
              quiz_text(view, student->name, name, sizeof name));
    snprintf(text, sizeof text, "%2u of %-2u  %5u  %4" PRIu64 "%s%s", score.right, score.shown,
             score.given, student->messages, quiz_student_confirmed(student) ? "" : "  no code",
             student->conflicts > 0 ? "  CONFLICT" : "");
    frame_put_items(view->frame, row, SCORE_COLUMN, view->columns, STYLE_VALUE, text);
}

static int quiz_best_first(const struct quiz_book *book, uint32_t a, uint32_t b)
{
    const struct quiz_score one = quiz_book_score(book, quiz_book_student(book, a));
    const struct quiz_score other = quiz_book_score(book, quiz_book_student(book, b));

    if (one.right != other.right)
        return one.right > other.right ? -1 : 1;
    return a < b ? -1 : 1;
}

/* The best first, then by name. */
static void quiz_put_scores(struct pager *pager)
{
    const struct quiz_book *book = quiz_book_of(pager);
    uint32_t order[QUIZ_STUDENTS_MAX], count = quiz_book_students(book);
    int row = pager_next(pager);

    if (row != PAGER_NOWHERE) {
        frame_put(pager->view->frame, row, NAME_COLUMN, SCORE_COLUMN - 1, STYLE_COLUMN, "Name");
        frame_put(pager->view->frame, row, SCORE_COLUMN, pager->view->columns, STYLE_COLUMN,
                  "right     given  msgs");
    }
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = i;
        for (; at > 0 && quiz_best_first(book, i, order[at - 1]) < 0; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    for (uint32_t i = 0; i < count; i++)
        quiz_put_score(pager, quiz_book_student(book, order[i]));
}

/* ---- the whole */

static void quiz_put_next(struct pager *pager)
{
    const struct quiz_question *next = quiz_panel_next(pager->view->model);
    char text[QUIZ_TEXT_SIZE * TEXT_EXPANSION];

    if (next != NULL)
        pager_field(pager, "Next (n)", STYLE_DIM, "%s",
                    quiz_text(pager->view, next->text, text, sizeof text));
}

/* What did not arrive: an answer, or the reply to one that counts. */
static void quiz_put_losses(struct pager *pager)
{
    const struct event_totals *totals = &pager->view->model->totals;
    char text[LINE_SIZE] = "";
    struct builder builder = builder_begin(text, sizeof text);

    if (totals->counts.held[HELD_LOSS] > 0)
        builder_add_item(&builder, ", ", "LOST on the way: %" PRIu64 " messages or replies",
                         totals->counts.held[HELD_LOSS]);
    if (totals->kernel_dropped > 0)
        builder_add_item(&builder, ", ", "dropped by the kernel: %s%" PRIu64,
                         totals->dropped_at_least ? "at least " : "", totals->kernel_dropped);
    if (text[0] != '\0')
        pager_field(pager, "Lost", STYLE_WARNING, "%s", text);
}

static void quiz_put_refused(struct pager *pager)
{
    const struct event_quiz_totals *totals = quiz_book_totals(quiz_book_of(pager));
    char text[LINE_SIZE] = "";
    struct builder builder = builder_begin(text, sizeof text);

    if (totals->refused_full > 0)
        builder_add_item(&builder, ", ", "class FULL: %" PRIu64 " names", totals->refused_full);
    if (totals->conflicts > 0)
        builder_add_item(&builder, ", ", "CONFLICT: %" PRIu64 " answers in another's name",
                         totals->conflicts);
    if (totals->wrong_codes > 0)
        builder_add_item(&builder, ", ", "wrong codes: %" PRIu64, totals->wrong_codes);
    if (text[0] != '\0')
        pager_field(pager, "Refused", STYLE_WARNING, "%s", text);
}

/* How many answered: of the title, which a narrow screen has no room for. */
static void quiz_figures(const struct model *model, unsigned number, char *out, size_t size)
{
    const struct quiz_tally tally = quiz_book_tally(model->config.book, number);

    snprintf(out, size, "answered %" PRIu32 " of %" PRIu32 "  %u%%", tally.answered, tally.students,
             quiz_percent(tally.answered, tally.students));
}

static void quiz_put_question(struct pager *pager, const struct event_question *question)
{
    const struct quiz_tally tally = quiz_book_tally(quiz_book_of(pager), question->number);
    char figures[FIGURE_SIZE];

    quiz_figures(pager->view->model, question->number, figures, sizeof figures);
    if (pager->view->columns < WIDE_FROM)
        quiz_put_text(pager, STYLE_VALUE, figures);
    quiz_put_text(pager, STYLE_VALUE, question->question.text);
    for (unsigned i = 1; i <= question->question.option_count; i++)
        quiz_put_choice(pager, &tally, i);
}

static void quiz_put_heading(struct pager *pager, const char *text)
{
    int row = pager_next(pager);

    if (row != PAGER_NOWHERE)
        frame_put(pager->view->frame, row, 1, pager->view->columns, STYLE_COLUMN, text);
}

static void quiz_put_body(struct pager *pager)
{
    const struct model *model = pager->view->model;
    const struct event_question *question = quiz_panel_question(model);

    if (model->quiz.table == QUIZ_TABLE_SCORES) {
        quiz_put_scores(pager);
        return;
    }
    if (question != NULL)
        quiz_put_question(pager, question);
    else
        quiz_put_text(
            pager, STYLE_NORMAL,
            "No question was asked yet. Students register: name YOU, and answer: answer 2");
    quiz_put_losses(pager);
    quiz_put_refused(pager);
    quiz_put_next(pager);
    quiz_put_heading(pager, question != NULL ? "Not answered yet" : "Registered");
    quiz_put_missing(pager, question != NULL ? question->number : 0);
}

static void quiz_title(const struct model *model, char *out, size_t size)
{
    const struct event_question *question = quiz_panel_question(model);

    if (model->quiz.table == QUIZ_TABLE_SCORES)
        snprintf(out, size, "Scores");
    else if (question == NULL)
        snprintf(out, size, "Quiz");
    else
        snprintf(out, size, "Question %u of %u: %s", question->number,
                 quiz_book_questions(model->config.book), quiz_state_name(question->state));
}

static void quiz_title_figures(const struct model *model, char *out, size_t size)
{
    const struct event_quiz_totals *totals = quiz_book_totals(model->config.book);
    unsigned number = quiz_panel_number(model);

    if (number == 0 || model->quiz.table == QUIZ_TABLE_SCORES) {
        snprintf(out, size, "%" PRIu32 " of %" PRIu32 " places", totals->students, totals->places);
        return;
    }
    quiz_figures(model, number, out, size);
}

void view_quiz(const struct view *view)
{
    struct pager pager = {.view = view};
    char left[FIGURE_SIZE], right[FIGURE_SIZE];

    quiz_title(view->model, left, sizeof left);
    quiz_title_figures(view->model, right, sizeof right);
    view_rule(view, view->model->layout.body,
              &(struct rule){.left = left,
                             .left_style = STYLE_PANE_ACTIVE,
                             .right = right,
                             .right_style = STYLE_VALUE});
    quiz_put_body(&pager);
}

int view_quiz_lines(const struct view *view)
{
    struct view counting = *view;
    struct pager pager = {.view = &counting};

    counting.frame = NULL;
    quiz_put_body(&pager);
    return pager.line;
}
