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

bool markdown_is_escaped(const char *text, size_t at, bool begins)
{
    return strchr("\\`*_[]<>#&!~|$", text[at]) != NULL || (begins && begins_block(text, at));
}

const char *markdown_begin(const char *text)
{
    return text + strspn(text, " \t");
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
