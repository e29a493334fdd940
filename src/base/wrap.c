/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wrap: see the header. A line ends behind the last word that fits. */
#include "udptui/base/wrap.h"

#include <string.h>

#include "udptui/base/text.h"

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " ");
}

/* Where a line of at most so many columns that begins at text must end at the latest. */
static const char *furthest(const char *text, size_t columns)
{
    const char *start = text, *end = text;
    size_t used = 0;

    for (struct text_cell cell; text_next(&text, &cell); end = text) {
        used += cell.columns;
        if (end > start && (used > columns || text - start >= WRAP_LINE_SIZE))
            break;
    }
    return end;
}

bool wrap_next(const char **cursor, size_t columns, char *out)
{
    const char *start = skip_blanks(*cursor);
    const char *end = furthest(start, columns);
    size_t length = (size_t)(end - start);

    if (length == 0)
        return false;
    if (*end != '\0' && *end != ' ') {
        while (length > 0 && start[length - 1] != ' ')
            length--;
        if (length == 0) /* one word that is longer than the line */
            length = (size_t)(end - start);
    }
    *cursor = skip_blanks(start + length);
    while (length > 0 && start[length - 1] == ' ')
        length--;
    memcpy(out, start, length);
    out[length] = '\0';
    return true;
}
