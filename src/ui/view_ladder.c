/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view_ladder: the datagrams as arrows between client and server. */
#include "view_parts.h"

void view_ladder(const struct view *view)
{
    view_rule(view, view->model->layout.body,
              &(struct rule){.left = "Ladder", .left_style = STYLE_PANE_ACTIVE, .right = ""});
}

int view_ladder_lines(const struct view *view)
{
    (void)view;
    return 0;
}
