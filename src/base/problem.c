/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/base/problem.h"

#include <stdarg.h>
#include <stdio.h>

bool problem_set(struct problem *problem, bool usage, const char *format, ...)
{
    va_list list;

    problem->usage = usage;
    va_start(list, format);
    vsnprintf(problem->text, sizeof problem->text, format, list);
    va_end(list);
    return false;
}
