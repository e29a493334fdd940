/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* actions_quiz: the keys of the quiz: to ask, by file, by a lesson or typed, to close, to show. */
#include <stdio.h>
#include <string.h>

#include "actions_internal.h"
#include "udptui/lesson/topics.h"
#include "udptui/proto/quiz_file.h"

void action_quiz(struct press *press)
{
    if (press->model->config.book == NULL) {
        model_notice(press->model, "The quiz is part of serve --class");
        return;
    }
    actions_enter(press->model, MODE_QUIZ);
}

static void quiz_put_request(struct press *press, const struct quiz_request *request)
{
    press->effects.quiz = true;
    press->effects.quiz_request = *request;
}

static void quiz_ask_question(struct press *press, const struct quiz_question *question)
{
    if (quiz_book_questions(press->model->config.book) == QUIZ_QUESTIONS_MAX) {
        model_notice(press->model, "100 questions were asked: that is all");
        return;
    }
    quiz_put_request(press, &(struct quiz_request){.wish = QUIZ_WISH_ASK, .question = *question});
    press->model->quiz.number = 0; /* the latest is shown */
    press->model->scroll = 0;
}

void action_quiz_next(struct press *press)
{
    const struct quiz_question *next = quiz_panel_next(press->model);

    if (next == NULL) {
        model_notice(press->model,
                     press->model->config.prepared_count == 0
                         ? "No questions: --questions FILE, t types one, m of a lesson"
                         : "All questions of the file were asked");
        return;
    }
    quiz_ask_question(press, next);
    press->model->quiz.next++;
}

static void quiz_look_at(struct model *model, unsigned number)
{
    if (number >= 1 && number <= quiz_book_questions(model->config.book)) {
        model->quiz.number = number;
        model->scroll = 0;
    }
}

void action_quiz_earlier(struct press *press)
{
    quiz_look_at(press->model, quiz_panel_number(press->model) - 1);
}

void action_quiz_later(struct press *press)
{
    quiz_look_at(press->model, quiz_panel_number(press->model) + 1);
}

void action_quiz_table(struct press *press)
{
    struct quiz_panel *quiz = &press->model->quiz;

    quiz->table = (enum quiz_table)((quiz->table + 1) % QUIZ_TABLES);
    press->model->scroll = 0;
}

/* The question that is looked at; NULL, with a notice, if none was asked. */
static const struct event_question *quiz_asked(struct press *press)
{
    const struct event_question *question = quiz_panel_question(press->model);

    if (question == NULL)
        model_notice(press->model, "No question was asked yet");
    return question;
}

void action_quiz_close(struct press *press)
{
    const struct event_question *question = quiz_asked(press);

    if (question == NULL)
        return;
    if (question->state == QUIZ_SHOWN ||
        (question->state == QUIZ_CLOSED &&
         question->number != quiz_book_questions(press->model->config.book))) {
        model_notice(press->model, question->state == QUIZ_SHOWN
                                       ? "Its answer was shown: it stays closed"
                                       : "Only the latest question can be opened again");
        return;
    }
    quiz_put_request(press, &(struct quiz_request){
                                .wish = QUIZ_WISH_STATE,
                                .number = question->number,
                                .state = question->state == QUIZ_OPEN ? QUIZ_CLOSED : QUIZ_OPEN});
}

static void quiz_show_right(struct press *press, unsigned number, unsigned right)
{
    quiz_put_request(
        press, &(struct quiz_request){
                   .wish = QUIZ_WISH_STATE, .number = number, .state = QUIZ_SHOWN, .right = right});
}

void action_quiz_push(struct press *press)
{
    const struct event_question *question = quiz_asked(press);

    if (question == NULL)
        return;
    quiz_put_request(press,
                     &(struct quiz_request){.wish = QUIZ_WISH_PUSH, .number = question->number});
    model_notice(press->model, "Sent again to all who returned their code");
}

void action_quiz_remove(struct press *press)
{
    quiz_put_request(press, &(struct quiz_request){.wish = QUIZ_WISH_REMOVE_IDLE});
    model_notice(press->model, "Removed: who neither returned the code nor answered");
}

void action_quiz_export(struct press *press)
{
    if (press->model->config.exports)
        press->effects.export = true;
    else
        model_notice(press->model, "There is no file: start with --export FILE");
}

/* ---- what is typed */

static void quiz_begin_line(struct model *model, enum quiz_stage stage)
{
    if (model->mode != MODE_QUIZ_LINE)
        model->behind = model->mode;
    model->mode = MODE_QUIZ_LINE;
    model->quiz.stage = stage;
    line_set(&model->quiz.line, "");
}

void action_quiz_type(struct press *press)
{
    press->model->quiz.draft = (struct quiz_question){.right = 0};
    quiz_begin_line(press->model, QUIZ_STAGE_TEXT);
}

void action_quiz_lesson(struct press *press)
{
    quiz_begin_line(press->model, QUIZ_STAGE_LESSON);
}

void action_quiz_show(struct press *press)
{
    const struct event_question *question = quiz_asked(press);

    if (question == NULL)
        return;
    if (question->question.right > 0)
        quiz_show_right(press, question->number, 0);
    else
        quiz_begin_line(press->model, QUIZ_STAGE_SHOW);
}

void action_quiz_drop(struct press *press)
{
    press->model->mode = press->model->behind;
}

/* "Not asked: the text is too long"; the line stays, to be corrected. */
static void quiz_complain(struct model *model, const char *why)
{
    char text[NOTICE_SIZE];

    snprintf(text, sizeof text, "Not taken: %.120s", why);
    model_notice(model, text);
}

static void quiz_enter_choice(struct model *model)
{
    struct quiz_panel *quiz = &model->quiz;
    const char *why = NULL;

    if (quiz->line.length == 0 && quiz->draft.option_count >= QUIZ_OPTIONS_MIN) {
        quiz_begin_line(model, QUIZ_STAGE_RIGHT);
        return;
    }
    why = quiz_question_add_option(&quiz->draft, quiz->line.bytes, quiz->line.length);
    if (why == NULL && quiz->draft.option_count >= QUIZ_OPTIONS_MIN) {
        why = quiz_question_check(&quiz->draft);
        if (why != NULL)
            quiz->draft.option_count--;
    }
    if (why != NULL)
        quiz_complain(model, why);
    else
        quiz_begin_line(model, quiz->draft.option_count == QUIZ_OPTIONS_MAX ? QUIZ_STAGE_RIGHT
                                                                            : QUIZ_STAGE_CHOICE);
}

/* A digit; nothing: not known. False with a notice. */
static bool quiz_read_right(struct model *model, unsigned options, unsigned *right)
{
    const struct line *line = &model->quiz.line;

    *right = line->length == 1 ? (unsigned)(line->bytes[0] - '0') : 0;
    if (line->length == 0 || (line->length == 1 && *right >= 1 && *right <= options))
        return true;
    quiz_complain(model, "the right answer is the number of a choice");
    return false;
}

static void quiz_enter_right(struct press *press)
{
    struct quiz_question *draft = &press->model->quiz.draft;
    unsigned right;

    if (!quiz_read_right(press->model, draft->option_count, &right))
        return;
    draft->right = (uint8_t)right;
    action_quiz_drop(press);
    quiz_ask_question(press, draft);
}

static void quiz_enter_show(struct press *press)
{
    const struct event_question *question = quiz_panel_question(press->model);
    unsigned right;

    if (!quiz_read_right(press->model, question->question.option_count, &right))
        return;
    action_quiz_drop(press);
    quiz_show_right(press, question->number, right);
}

/* The question in the language of the lessons; as it is if that does not fit. */
static struct quiz_question quiz_translate(const struct catalog *catalog,
                                           const struct quiz_question *question)
{
    struct quiz_question translated = {.right = question->right};
    const char *text = catalog_text(catalog, question->text);
    const char *why = quiz_question_set_text(&translated, text, strlen(text));

    for (unsigned i = 0; i < question->option_count && why == NULL; i++) {
        text = catalog_text(catalog, question->options[i]);
        why = quiz_question_add_option(&translated, text, strlen(text));
    }
    return why == NULL && quiz_question_check(&translated) == NULL ? translated : *question;
}

static void quiz_enter_lesson(struct press *press)
{
    struct model *model = press->model;
    const struct topics_file *file = topics_find(model->quiz.line.bytes);
    struct quiz_file_problem problem;
    struct quiz_question question;

    if (file == NULL) {
        quiz_complain(model, "there is no such lesson: udptui lesson lists them");
        return;
    }
    if (quiz_file_read(file->text, file->size_bytes, true, &question, 1, &problem) == 0) {
        quiz_complain(model, problem.why);
        return;
    }
    action_quiz_drop(press);
    question = quiz_translate(model->config.catalog, &question);
    quiz_ask_question(press, &question);
}

void action_quiz_enter(struct press *press)
{
    struct model *model = press->model;
    const char *why;

    switch (model->quiz.stage) {
    case QUIZ_STAGE_TEXT:
        why = quiz_question_set_text(&model->quiz.draft, model->quiz.line.bytes,
                                     model->quiz.line.length);
        if (why != NULL)
            quiz_complain(model, why);
        else
            quiz_begin_line(model, QUIZ_STAGE_CHOICE);
        break;
    case QUIZ_STAGE_CHOICE:
        quiz_enter_choice(model);
        break;
    case QUIZ_STAGE_RIGHT:
        quiz_enter_right(press);
        break;
    case QUIZ_STAGE_SHOW:
        quiz_enter_show(press);
        break;
    case QUIZ_STAGE_LESSON:
        quiz_enter_lesson(press);
        break;
    }
}
