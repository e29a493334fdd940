/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view_impair: what the imagined network does to datagrams, and the keys that change it. */
#include "view_parts.h"

void view_impair(const struct view *view)
{
    view_rule(view, view->model->layout.body,
              &(struct rule){.left = "Impair", .left_style = STYLE_PANE_ACTIVE, .right = ""});
}

int view_impair_lines(const struct view *view)
{
    (void)view;
    return 0;
}
