/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view_footer: the keys of the mode, the typed line, or a notice. */
#include <stdio.h>
#include <string.h>

#include "view_parts_internal.h"

enum { TYPED_SIZE = (MODEL_REPLY_MAX + 1) * TEXT_EXPANSION + 1 };

/* The keys of the mode that fit from the column on, at its right end or its left. */
static int footer_put_keys(const struct view *view, int column, bool at_right)
{
    const struct model *model = view->model;

    return keys_put_footer(view->keys, model->mode, view->frame, model->layout.footer, column,
                           at_right);
}

/* The end of the line is visible, with the cursor after it. */
static int footer_put_line(const struct view *view, const char *prompt, const struct line *line)
{
    int row = view->model->layout.footer;
    int keys = keys_footer_columns(view->keys, view->model->mode);
    int column = frame_put(view->frame, row, 1, view->columns, STYLE_KEY, prompt);
    int end = view->columns - 2 - (view->columns >= 60 ? keys : 0);
    char typed[TYPED_SIZE];
    const char *shown = typed;
    struct text_cell cell;

    text_render(typed, sizeof typed, line->bytes, line->length, view->charset);
    for (int width = (int)text_columns(typed); width > end - column && text_next(&shown, &cell);)
        width -= cell.columns;
    column = frame_put(view->frame, row, column, end, STYLE_INPUT, shown);
    frame_set_cursor(view->frame, row, column);
    if (end < view->columns - 2)
        footer_put_keys(view, end + 1, true);
    return column;
}

static const char filter_prompt[] = "filter: ";

/* What is wrong with the filter, or doubtful in it; NULL: nothing. */
static const struct filter_problem *footer_find_problem(const struct view *view)
{
    const struct choosing *filter = &view->model->filter;

    if (filter_is_wrong(view->model))
        return &filter->problem;
    return filter->filter != NULL ? filter_doubt(filter->filter) : NULL;
}

/* Its problem replaces the keys, and its place in the line is marked. */
static void put_filter(const struct view *view)
{
    const struct choosing *filter = &view->model->filter;
    const struct filter_problem *problem = footer_find_problem(view);
    int row = view->model->layout.footer;
    int column = footer_put_line(view, filter_prompt, &filter->line);
    char before[TYPED_SIZE], whole[TYPED_SIZE], text[LINE_SIZE];
    int place;

    if (problem == NULL)
        return;
    text_render(whole, sizeof whole, filter->line.bytes, filter->line.length, view->charset);
    text_render(before, sizeof before, filter->line.bytes, problem->offset_bytes, view->charset);
    snprintf(text, sizeof text, "at %d: %s", (int)text_columns(before) + 1, problem->why);
    frame_fill(view->frame, row, column + 1, view->columns, STYLE_NORMAL, " ");
    frame_put_left(view->frame, row, column + 2, view->columns - column - 3, STYLE_WARNING,
                   view->charset, text);
    place = column - (int)(text_columns(whole) - text_columns(before));
    if (place > (int)strlen(filter_prompt))
        frame_mark(view->frame, row, place, place + 1, MARK_SELECTED);
}

static void put_reply(const struct view *view)
{
    const struct model *model = view->model;
    char prompt[LINE_SIZE], peer[PEER_SIZE];

    view_peer(view, model->reply_slot, model->reply_generation, &model->reply_peer, peer,
              sizeof peer);
    snprintf(prompt, sizeof prompt, view->columns < 60 ? "%s: " : "reply to %s: ", peer);
    footer_put_line(view, prompt, &view->model->reply);
}

static void put_name(const struct view *view)
{
    footer_put_line(
        view, view->columns < 60 ? "to: " : "save to (.pcap or .json): ", &view->model->save.line);
}

/* Which answer is right is not shown while it is typed: the class sees the screen. */
static void put_quiz_line(const struct view *view)
{
    const struct quiz_panel *quiz = &view->model->quiz;
    struct line hidden = quiz->line;
    char prompt[FIGURE_SIZE];

    switch (quiz->stage) {
    case QUIZ_STAGE_TEXT:
        snprintf(prompt, sizeof prompt, "question: ");
        break;
    case QUIZ_STAGE_CHOICE:
        snprintf(prompt, sizeof prompt,
                 quiz->draft.option_count < QUIZ_OPTIONS_MIN ? "choice %u: "
                                                             : "choice %u (empty: no more): ",
                 quiz->draft.option_count + 1u);
        break;
    case QUIZ_STAGE_RIGHT:
        snprintf(prompt, sizeof prompt, "right, 1-%u (empty: none): ", quiz->draft.option_count);
        memset(hidden.bytes, '*', hidden.length);
        break;
    case QUIZ_STAGE_SHOW:
        snprintf(prompt, sizeof prompt, "right answer (empty: none): ");
        break;
    case QUIZ_STAGE_LESSON:
        snprintf(prompt, sizeof prompt, "lesson: ");
        break;
    }
    footer_put_line(view, prompt, &hidden);
}

static void footer_put_question(const struct view *view, const char *question)
{
    int column = frame_put(view->frame, view->model->layout.footer, 1, view->columns, STYLE_WARNING,
                           question);

    footer_put_keys(view, column + 2, false);
}

/* A kept filter is always visible, because it hides rows. */
static void put_list_keys(const struct view *view)
{
    char filter[FILTER_MAX * TEXT_EXPANSION + 1];
    int row = view->model->layout.footer, column = 1;

    if (filter_active(view->model)) {
        text_render(filter, sizeof filter, view->model->filter.line.bytes,
                    view->model->filter.line.length, view->charset);
        column = frame_put(view->frame, row, 1, view->columns, STYLE_WARNING, "filter: ");
        column = frame_put(view->frame, row, column, view->columns / 2, STYLE_INPUT, filter);
        if (view->model->mode == MODE_LIST) {
            column = frame_put(view->frame, row, column + 2, view->columns, STYLE_KEY, "Esc");
            column = frame_put(view->frame, row, column + 1, view->columns, STYLE_NORMAL, "all");
        }
        column += 2;
    }
    footer_put_keys(view, column, false);
}

void view_footer(const struct view *view)
{
    const struct model *model = view->model;

    if (model->notice[0] != '\0' && !(model->mode & (MODE_CONFIRM | MODE_OVERWRITE))) {
        frame_put(view->frame, model->layout.footer, 1, view->columns, STYLE_WARNING,
                  model->notice);
        return;
    }
    switch (model->mode) {
    case MODE_FILTER:
        put_filter(view);
        break;
    case MODE_REPLY:
        put_reply(view);
        break;
    case MODE_CONFIRM:
        footer_put_question(view, view->columns < 60 ? "Reset everything?"
                                                     : "Reset all counters, clients and messages?");
        break;
    case MODE_SAVE:
        put_name(view);
        break;
    case MODE_QUIZ_LINE:
        put_quiz_line(view);
        break;
    case MODE_OVERWRITE:
        footer_put_question(view, view->columns < 60 ? "Overwrite it?"
                                                     : "A file of that name exists: overwrite it?");
        break;
    case MODE_LIST:
    case MODE_DETAIL:
    case MODE_HELP:
    case MODE_LADDER:
    case MODE_CALLS:
    case MODE_IMPAIR:
    case MODE_OVERVIEW:
    case MODE_QUIZ:
    case MODE_DISSECT:
        put_list_keys(view);
        break;
    }
}
