/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wrap: see the header. A line ends behind the last word that fits. */
#include "udptui/base/wrap.h"

#include <string.h>

#include "udptui/base/text.h"

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " ");
}

/* Where a line of at most so many columns that begins at text must end at the latest. Without
 * may_be_empty it holds one cell at least. */
static const char *wrap_furthest(const char *text, size_t columns, bool may_be_empty)
{
    const char *start = text, *end = text;
    size_t used = 0;

    for (struct text_cell cell; text_next(&text, &cell); end = text) {
        used += cell.columns;
        if ((end > start || may_be_empty) && (used > columns || text - start >= WRAP_LINE_SIZE))
            break;
    }
    return end;
}

bool wrap_next_behind(const char **cursor, size_t columns, size_t used_columns, char *out)
{
    const char *start = skip_blanks(*cursor);
    size_t room = columns > used_columns ? columns - used_columns : 0;
    const char *end = wrap_furthest(start, room, used_columns > 0);
    size_t length = (size_t)(end - start);

    if (*start == '\0')
        return false;
    if (*end != '\0' && *end != ' ') {
        while (length > 0 && start[length - 1] != ' ')
            length--;
        if (length == 0 && used_columns == 0) /* one word that is longer than the line */
            length = (size_t)(end - start);
    }
    *cursor = skip_blanks(start + length);
    while (length > 0 && start[length - 1] == ' ')
        length--;
    memcpy(out, start, length);
    out[length] = '\0';
    return true;
}

bool wrap_next(const char **cursor, size_t columns, char *out)
{
    return wrap_next_behind(cursor, columns, 0, out);
}
