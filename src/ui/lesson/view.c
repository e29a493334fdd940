/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lesson_view: title and body; the last row is the footer's. The body of the question and of the
 * result is a scrolled page of lines; that of the ladder is the ladder, under the question and the
 * prediction if there is room for them.
 */
#include "udptui/ui/lesson/view.h"

#include <stdio.h>
#include <string.h>

#include "udptui/base/wrap.h"
#include "udptui/ui/ladder/sentences.h"

enum {
    BODY_TOP = 2,
    ROWS_AROUND = 3, /* title, the rule below it, footer */
    MARGIN = 1,
    CHOICE_INDENT = 5,
    LABEL_COLUMNS = 44,
    ROWS_FOR_QUESTION = 16, /* of the frame: the ladder comes first */
    QUESTION_PART = 3,      /* of them the question may take the part of one */
    LADDER_HEAD_ROWS = 1,   /* the names of the two ends */
    LINE_SIZE = 256,
};

/* Lines one below the other, of which those are drawn that are in the window. */
struct page {
    const struct lesson_view *view;
    struct frame *frame;
    int line;     /* the next one, from 0 */
    int first;    /* the line in the window's top row */
    int rows;     /* of the window */
    bool summary; /* the title's line has no room for the summary */
};

/* ---- lines */

static void lesson_put_line(struct page *page, int column, enum style style, const char *safe)
{
    int row = page->line - page->first;

    if (row >= 0 && row < page->rows)
        frame_put(page->frame, BODY_TOP + row, column, frame_columns(page->frame), style, safe);
}

/* Into columns [column, end). */
static void put_wrapped_within(struct page *page, int column, int end, enum style style,
                               const char *safe)
{
    char line[WRAP_LINE_SIZE];

    for (; wrap_next(&safe, (size_t)(end > column ? end - column : 1), line); page->line++)
        lesson_put_line(page, column, style, line);
}

static void put_wrapped(struct page *page, int column, enum style style, const char *safe)
{
    put_wrapped_within(page, column, frame_columns(page->frame) - MARGIN, style, safe);
}

/* And an empty line below it; nothing if there is no text. */
static void put_paragraph(struct page *page, enum style style, const char *safe)
{
    if (safe[0] == '\0')
        return;
    put_wrapped(page, MARGIN, style, safe);
    page->line++;
}

/* ---- the title */

/* False: the summary has no room in its line. */
static bool lesson_put_title(const struct lesson_view *view, struct frame *frame)
{
    int columns = frame_columns(frame);
    char text[LINE_SIZE];
    int column;

    snprintf(text, sizeof text, "udptui lesson %s", view->topic->name);
    column = frame_put(frame, 0, MARGIN, columns, STYLE_TITLE, text);
    snprintf(text, sizeof text, "(%zu/%zu)", view->number, view->count);
    column = frame_put(frame, 0, column + 1, columns, STYLE_NORMAL, text);
    frame_fill(frame, 1, 0, columns, STYLE_RULE,
               view->charset == TEXT_ASCII ? "-" : "\xe2\x94\x80");
    if (column + 2 + (int)text_columns(view->topic->summary) > columns)
        return false;
    frame_put(frame, 0, column + 2, columns, STYLE_DIM, view->topic->summary);
    return true;
}

/* ---- the question */

static void put_choices(struct page *page)
{
    const struct lesson_topic *topic = page->view->topic;
    char head[16];

    for (int i = 0; i < lesson_choices(topic); i++) {
        bool chosen = page->view->chosen == i;
        snprintf(head, sizeof head, "%s%d", chosen ? ">" : " ", i + 1);
        lesson_put_line(page, MARGIN + 1, STYLE_KEY, head);
        put_wrapped(page, CHOICE_INDENT + 1, chosen ? STYLE_VALUE : STYLE_NORMAL,
                    topic->choices[i]);
    }
}

static void lesson_put_question(struct page *page)
{
    if (page->summary)
        put_paragraph(page, STYLE_DIM, page->view->topic->summary);
    put_paragraph(page, STYLE_NORMAL, page->view->topic->plan);
    put_paragraph(page, STYLE_VALUE, page->view->topic->question);
    put_choices(page);
}

/* ---- the result */

/* Label and value side by side if there is room, else the value below. */
static void put_fact(struct page *page, const struct lesson_fact *fact)
{
    int columns = frame_columns(page->frame), top = page->line, below;
    int indent = (int)strspn(fact->label, " ");
    bool wide = columns >= LABEL_COLUMNS + 24;
    char value[LESSON_FACT_SIZE];

    put_wrapped_within(page, MARGIN + 1 + indent, (wide ? LABEL_COLUMNS : columns) - MARGIN,
                       STYLE_DIM, fact->label);
    below = page->line;
    if (wide)
        page->line = top;
    put_wrapped(page, wide ? LABEL_COLUMNS : CHOICE_INDENT, STYLE_VALUE,
                lesson_format_fact(page->view->catalog, fact, value, sizeof value));
    if (page->line < below)
        page->line = below;
}

static void put_command(struct page *page, const char *command)
{
    int width = frame_columns(page->frame) - 2 * MARGIN - 2;
    char line[LESSON_COMMAND_SIZE];

    for (; lesson_next_line(&command, (size_t)(width > 0 ? width : 1), line); page->line++)
        lesson_put_line(page, MARGIN + 2, STYLE_COMMAND, line);
}

static void lesson_view_put_commands(struct page *page)
{
    const struct lesson_topic *topic = page->view->topic;
    uint64_t seed = page->view->result->seed;
    char command[LESSON_COMMAND_SIZE];

    if (topic->commands[0] == NULL)
        return;
    put_wrapped(page, MARGIN, STYLE_NORMAL,
                catalog_text(page->view->catalog,
                             "To repeat it by hand (a server in a terminal of its own):"));
    for (size_t i = 0; i < LESSON_COMMANDS_MAX && topic->commands[i] != NULL; i++)
        put_command(page, lesson_format_command(topic->commands[i], seed, command, sizeof command));
    page->line++;
}

static void lesson_view_put_sources(struct page *page)
{
    char text[LINE_SIZE + LESSON_SOURCES_SIZE];

    if (page->view->topic->sources[0] == '\0')
        return;
    page->line++;
    snprintf(text, sizeof text, "%s%s", catalog_text(page->view->catalog, "Sources: "),
             page->view->topic->sources);
    put_wrapped(page, MARGIN, STYLE_DIM, text);
}

static void put_result(struct page *page)
{
    const struct lesson_view *view = page->view;
    char text[LINE_SIZE * 2];

    if (view->error != NULL) {
        put_paragraph(page, STYLE_FAILED, view->error);
        return;
    }
    lesson_format_tries(view->catalog, view->result, text, sizeof text);
    if (text[0] != '\0')
        put_paragraph(page, STYLE_WARNING, text);
    put_paragraph(page, STYLE_VALUE, view->result->happened);
    if (view->result->otherwise != NULL) {
        snprintf(text, sizeof text, "%s%s.",
                 catalog_text(view->catalog, "This machine behaved differently: "),
                 view->result->otherwise);
        put_paragraph(page, STYLE_WARNING, text);
    }
    put_paragraph(page, view->chosen == view->topic->right ? STYLE_ACKED : STYLE_NORMAL,
                  lesson_verdict(view->catalog, view->topic, view->chosen, text, sizeof text));
    put_paragraph(page, STYLE_NORMAL, view->topic->explanation);
    lesson_view_put_commands(page);
    for (size_t i = 0; i < view->result->fact_count; i++)
        put_fact(page, &view->result->facts[i]);
    lesson_view_put_sources(page);
}

/* ---- the parts of the screen */

const char *lesson_view_format_seen(const struct lesson_topic *topic, enum ladder_view seen,
                                    const struct catalog *catalog, char *out, size_t size)
{
    if (seen == LADDER_VIEW_ALL)
        snprintf(out, size, "%s", catalog_text(catalog, "view: everything"));
    else
        snprintf(out, size, catalog_text(catalog, "view: %s"),
                 seen == LADDER_VIEW_CLIENT ? topic->client : topic->server);
    return out;
}

/* On the rule. */
static void lesson_put_seen(const struct lesson_view *view, struct frame *frame)
{
    char words[LINE_SIZE], text[LINE_SIZE + 2];

    lesson_view_format_seen(view->topic, view->seen, view->catalog, words, sizeof words);
    snprintf(text, sizeof text, " %s ", words);
    frame_put(frame, 1, MARGIN + 1, frame_columns(frame), STYLE_PANE_ACTIVE, text);
}

/* The right end of the rule shows how much is outside the window. */
static void put_more(const struct page *page, int lines_below)
{
    int columns = frame_columns(page->frame);
    const struct catalog *catalog = page->view->catalog;
    const char *text = lines_below > 0 && page->first > 0
                           ? catalog_text(catalog, " more above and below ")
                       : lines_below > 0 ? catalog_text(catalog, " more below ")
                                         : catalog_text(catalog, " more above ");

    if (lines_below > 0 || page->first > 0)
        frame_put(page->frame, 1, columns - (int)text_columns(text) - 1, columns, STYLE_PANE, text);
}

static int draw_page(const struct lesson_view *view, struct frame *frame)
{
    struct page page = {.view = view,
                        .frame = frame,
                        .first = view->scroll,
                        .rows = frame_rows(frame) - ROWS_AROUND};
    int hidden;

    page.summary = !lesson_put_title(view, frame);
    if (view->step == LESSON_ASK)
        lesson_put_question(&page);
    else
        put_result(&page);
    hidden = page.line - page.rows;
    put_more(&page, hidden - view->scroll);
    return hidden > 0 ? hidden : 0;
}

/* The ladder in words, the newest at the end. Returns the maximum of scroll. */
static int draw_sentences(const struct lesson_view *view, const struct ladder_heads *heads,
                          struct frame *frame, int top)
{
    const struct sentences sentences = {.heads = heads, .utc_offset_s = view->utc_offset_s};
    int columns = frame_columns(frame), rows = frame_rows(frame) - top - 1;
    int all = sentences_draw(&sentences, view->legs, view->leg_count, NULL, 0, 0, columns, 0);
    int most = all > rows ? all - rows : 0;

    sentences_draw(&sentences, view->legs, view->leg_count, frame, top, rows, columns,
                   view->scroll < most ? most - view->scroll : 0);
    return most;
}

/* The question and the prediction, above the ladder. */
static void put_question_again(struct page *page)
{
    const struct lesson_view *view = page->view;
    char prediction[LESSON_FACT_SIZE];

    put_wrapped(page, MARGIN, STYLE_NORMAL, view->topic->question);
    put_wrapped(
        page, MARGIN, STYLE_VALUE,
        lesson_prediction(view->catalog, view->topic, view->chosen, prediction, sizeof prediction));
}

static int draw_ladder(const struct lesson_view *view, struct frame *frame)
{
    const struct ladder_heads heads = {.left = view->topic->client,
                                       .middle = view->topic->middle,
                                       .right = view->topic->server,
                                       .origin_ns = view->origin_ns,
                                       .whole_words = true,
                                       .catalog = view->catalog};
    struct page page = {.view = view, .frame = frame};
    int rows = frame_rows(frame), all;

    lesson_put_title(view, frame);
    lesson_put_seen(view, frame);
    put_question_again(&page); /* counts its lines */
    page.rows = rows >= ROWS_FOR_QUESTION && page.line <= rows / QUESTION_PART ? page.line : 0;
    page.line = 0;
    if (page.rows > 0)
        put_question_again(&page);
    if (view->sentences)
        return draw_sentences(view, &heads, frame, BODY_TOP + page.line);
    rows = frame_rows(frame) - ROWS_AROUND - page.line;
    all = ladder_draw(frame, BODY_TOP + page.line, rows, &heads, view->legs, view->leg_count,
                      view->now_ns, view->scroll, view->utc_offset_s, view->charset);
    rows -= LADDER_HEAD_ROWS;
    return all > rows ? all - rows : 0;
}

/* Datagrams, as far as the view knows: a client knows of no loss. */
static void figures_of_ladder(const struct lesson_view *view, struct large_figures *out)
{
    uint64_t sent = 0, arrived = 0, lost = 0;

    for (size_t i = 0; i < view->leg_count; i++) {
        const struct ladder_leg *leg = &view->legs[i];
        sent += leg->end != LADDER_EVENT && leg->end != LADDER_UNSENT && !leg->origin_unseen;
        arrived += leg->end == LADDER_ARRIVED;
        lost += leg->end == LADDER_LOST || leg->end == LADDER_DROPPED;
    }
    large_add_count(out, catalog_text(view->catalog, "sent"), sent);
    if (view->seen != LADDER_VIEW_ALL) {
        large_add_count(out, catalog_text(view->catalog, "received"), arrived);
        return;
    }
    large_add_count(out, catalog_text(view->catalog, "arrived"), arrived);
    large_add_count(out, catalog_text(view->catalog, "lost"), lost);
}

void lesson_view_figures(const struct lesson_view *view, struct large_figures *out)
{
    enum { RESULT_FIGURES = 3 };

    out->charset = view->charset;
    if (view->step == LESSON_LADDER)
        figures_of_ladder(view, out);
    for (size_t i = 0; view->step == LESSON_RESULT && view->error == NULL &&
                       i < view->result->fact_count && out->count < RESULT_FIGURES;
         i++) {
        const struct lesson_fact *fact = &view->result->facts[i];
        if (fact->kind == LESSON_COUNT && fact->number >= 0)
            large_add_count(out, fact->label, (uint64_t)fact->number);
    }
}

int lesson_view_draw(const struct lesson_view *view, struct frame *frame)
{
    int scroll_max;

    if (view->step == LESSON_LADDER)
        scroll_max = draw_ladder(view, frame);
    else
        scroll_max = draw_page(view, frame);
    return scroll_max;
}
