/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* line_history: see the header. */
#include "line_history_internal.h"

#include <stdlib.h>
#include <string.h>

void line_set(struct line *line, const char *text)
{
    line->length = strlen(text);
    memcpy(line->bytes, text, line->length + 1);
}

/* Removes one of the kept lines, which the caller owns then. */
static char *line_history_take_out(struct line_history *history, size_t index)
{
    char *taken = history->lines[index];

    history->count--;
    for (size_t i = index; i < history->count; i++)
        history->lines[i] = history->lines[i + 1];
    return taken;
}

void line_history_keep(struct line_history *history, const struct line *line)
{
    char *copy;

    history->back = 0;
    if (strspn(line->bytes, " ") == line->length || (copy = strdup(line->bytes)) == NULL)
        return;
    for (size_t i = 0; i < history->count; i++)
        if (strcmp(history->lines[i], copy) == 0)
            free(line_history_take_out(history, i));
    if (history->count == LINE_HISTORY_MAX)
        free(line_history_take_out(history, 0));
    history->lines[history->count++] = copy;
}

bool line_history_older(struct line_history *history, struct line *line)
{
    if (history->back == history->count)
        return false;
    if (history->back == 0)
        line_set(&history->draft, line->bytes);
    history->back++;
    line_set(line, history->lines[history->count - history->back]);
    return true;
}

bool line_history_newer(struct line_history *history, struct line *line)
{
    if (history->back == 0)
        return false;
    history->back--;
    line_set(line, history->back == 0 ? history->draft.bytes
                                      : history->lines[history->count - history->back]);
    return true;
}

void line_history_clear(struct line_history *history)
{
    while (history->count > 0)
        free(line_history_take_out(history, 0));
}
