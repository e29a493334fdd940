/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view_calls: the socket calls that were made. */
#include "view_parts.h"

void view_calls(const struct view *view)
{
    view_rule(view, view->model->layout.body,
              &(struct rule){.left = "Calls", .left_style = STYLE_PANE_ACTIVE, .right = ""});
}

int view_calls_lines(const struct view *view)
{
    (void)view;
    return 0;
}
