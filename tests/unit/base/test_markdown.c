/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* markdown: what is escaped, and where; tests/cli/handout.py renders it with cmark. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/markdown.h"

/* out has room for all of it. */
static const char *escaped(const char *text, bool begins, char *out)
{
    size_t length = 0;

    if (begins)
        text = markdown_begin(text);
    for (size_t at = 0; text[at] != '\0'; at++) {
        if (markdown_is_escaped(text, at, begins))
            out[length++] = '\\';
        out[length++] = text[at];
    }
    out[length] = '\0';
    return out;
}

static void what_could_be_markup_is_escaped(void **state)
{
    static const char *const rows[][2] = {
        {"plain text, with (brackets) and 3.5 - or 4",
         "plain text, with (brackets) and 3.5 - or 4"},
        {"", ""},
        {"a *b* _c_ `d`", "a \\*b\\* \\_c\\_ \\`d\\`"},
        {"[x](y) ![z]", "\\[x\\](y) \\!\\[z\\]"},
        {"<b> &amp; a > b", "\\<b\\> \\&amp; a \\> b"},
        {"back\\slash", "back\\\\slash"},
        {"# no heading #", "\\# no heading \\#"},
        {"- no list", "\\- no list"},
        {"+ no list", "\\+ no list"},
        {"1. no list", "1\\. no list"},
        {"12) no list", "12\\) no list"},
        {"1.5 seconds", "1\\.5 seconds"},
        {"=== no underline", "\\=== no underline"},
        {"   no code", "no code"},
        {"a | b ~~c~~ $d$", "a \\| b \\~\\~c\\~\\~ \\$d\\$"},
    };
    char out[256];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(escaped(rows[i][0], true, out), rows[i][1]);
    assert_string_equal(escaped("127.0.0.1 - =*", false, out), "127.0.0.1 - =\\*");
    assert_string_equal(escaped(" - 1) +", false, out), " - 1) +");
}

static void a_fence_is_longer_than_what_it_holds(void **state)
{
    (void)state;
    assert_int_equal(markdown_fence(""), 3);
    assert_int_equal(markdown_fence("a `b` c"), 3);
    assert_int_equal(markdown_fence("```"), 4);
    assert_int_equal(markdown_fence("a `````\n``"), 6);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(what_could_be_markup_is_escaped),
    cmocka_unit_test(a_fence_is_longer_than_what_it_holds),
};

const struct suite suite_markdown = {
    .name = "markdown", .tests = tests, .count = sizeof tests / sizeof *tests};
