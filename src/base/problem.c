/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/base/problem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char cut[] = " [...] ";

static bool is_inside_character(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

/* Of UTF-8, no character is cut in two. */
static void problem_cut_middle(char *out, size_t size, const char *whole, size_t length)
{
    size_t room = size - sizeof cut, first = room / 2, last = length - (room - first);

    while (first > 0 && is_inside_character(whole[first]))
        first--;
    while (last < length && is_inside_character(whole[last]))
        last++;
    snprintf(out, size, "%.*s%s%s", (int)first, whole, cut, whole + last);
}

void problem_format(char *out, size_t size, const char *format, va_list list)
{
    char *whole;
    va_list again;

    va_copy(again, list);
    int length = vasprintf(&whole, format, list);
    if (length < 0) /* without memory it is cut at its end */
        vsnprintf(out, size, format, again);
    va_end(again);
    if (length < 0)
        return;
    if ((size_t)length < size)
        memcpy(out, whole, (size_t)length + 1);
    else
        problem_cut_middle(out, size, whole, (size_t)length);
    free(whole);
}

void problem_write(char *out, size_t size, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    problem_format(out, size, format, list);
    va_end(list);
}

bool problem_set(struct problem *problem, bool usage, const char *format, ...)
{
    va_list list;

    problem->usage = usage;
    va_start(list, format);
    problem_format(problem->text, sizeof problem->text, format, list);
    va_end(list);
    return false;
}
