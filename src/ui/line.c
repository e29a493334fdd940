/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* line: see the header. */
#include "udptui/ui/line.h"

#include <stdlib.h>
#include <string.h>

void line_set(struct line *line, const char *text)
{
    line->length = strlen(text);
    memcpy(line->bytes, text, line->length + 1);
}

/* ---- typing */

static void line_cut(struct line *line, size_t length)
{
    line->length = length;
    line->bytes[length] = '\0';
}

static size_t line_encode(int32_t code_point, char *out)
{
    uint32_t c = (uint32_t)code_point;
    size_t more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const uint8_t leads[] = {0x00, 0xc0, 0xe0, 0xf0};

    out[0] = (char)(leads[more] | c >> (6 * more));
    for (size_t i = 1; i <= more; i++)
        out[i] = (char)(0x80 | (c >> (6 * (more - i)) & 0x3f));
    return more + 1;
}

static bool line_is_control(int32_t code_point)
{
    return code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0) || code_point > 0x10ffff;
}

bool line_type(struct line *line, size_t most_bytes, int32_t code_point)
{
    char bytes[4];
    size_t length;

    if (line_is_control(code_point))
        return false;
    length = line_encode(code_point, bytes);
    if (line->length + length > most_bytes)
        return false;
    memcpy(line->bytes + line->length, bytes, length);
    line_cut(line, line->length + length);
    return true;
}

void line_erase(struct line *line)
{
    size_t length = line->length;

    while (length > 0 && ((uint8_t)line->bytes[length - 1] & 0xc0) == 0x80)
        length--;
    line_cut(line, length > 0 ? length - 1 : 0);
}

void line_erase_word(struct line *line)
{
    size_t length = line->length;

    while (length > 0 && line->bytes[length - 1] == ' ')
        length--;
    while (length > 0 && line->bytes[length - 1] != ' ')
        length--;
    line_cut(line, length);
}

/* ---- what was entered before */

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
