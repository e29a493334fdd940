/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "udptui/base/markdown.h"

#include <string.h>

enum { FENCE_MIN = 3 };

/* Where the marker of a list would be: "- ", "+ ", "12. ", "3) "; or "=", which underlines. The
 * other ones are escaped everywhere. */
static bool begins_block(const char *text, size_t at)
{
    if (at == 0 && strchr("-+=", text[0]) != NULL)
        return true;
    return at > 0 && at == strspn(text, "0123456789") && (text[at] == '.' || text[at] == ')');
}

const char *markdown_escape(const char *text, bool begins, char *out, size_t size_bytes)
{
    size_t length = 0;

    if (begins)
        text += strspn(text, " \t");
    for (size_t at = 0; text[at] != '\0'; at++) {
        bool escaped =
            strchr("\\`*_[]<>#&!~|$", text[at]) != NULL || (begins && begins_block(text, at));
        if (length + escaped + 1 >= size_bytes)
            break;
        if (escaped)
            out[length++] = '\\';
        out[length++] = text[at];
    }
    if (size_bytes > 0)
        out[length] = '\0';
    return out;
}

size_t markdown_fence(const char *code)
{
    size_t longest = FENCE_MIN - 1;

    for (const char *at = strchr(code, '`'); at != NULL; at = strchr(at, '`')) {
        size_t run = strspn(at, "`");
        if (run > longest)
            longest = run;
        at += run;
    }
    return longest + 1;
}
