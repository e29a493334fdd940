/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_quiz: what the teacher looks at and prepares. The book of the class is the session's. */
#include "model_internal.h"

unsigned quiz_panel_number(const struct model *model)
{
    unsigned asked = model->config.book != NULL ? quiz_book_questions(model->config.book) : 0;

    return model->quiz.number == 0 || model->quiz.number > asked ? asked : model->quiz.number;
}

const struct event_question *quiz_panel_question(const struct model *model)
{
    unsigned number = quiz_panel_number(model);

    return number > 0 ? quiz_book_question(model->config.book, number) : NULL;
}

const struct quiz_question *quiz_panel_next(const struct model *model)
{
    return model->quiz.next < model->config.prepared_count
               ? &model->config.prepared[model->quiz.next]
               : NULL;
}
