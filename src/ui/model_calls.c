/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model_calls: the latest socket calls. */
#include "model_state.h"

void calls_take(struct model *model, const struct call *call)
{
    (void)model;
    (void)call;
}
