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
        assert_string_equal(markdown_escape(rows[i][0], true, out, sizeof out), rows[i][1]);
    assert_string_equal(markdown_escape("127.0.0.1 - =*", false, out, sizeof out),
                        "127.0.0.1 - =\\*");
    assert_string_equal(markdown_escape(" - 1) +", false, out, sizeof out), " - 1) +");
}

/* Never a backslash alone at the end, which would escape what follows. */
static void a_small_room_cuts_between_escapes(void **state)
{
    static const char text[] = "a*b\\c";
    char out[MARKDOWN_SIZE(sizeof text)];

    (void)state;
    for (size_t size = 1; size <= sizeof out; size++) {
        memset(out, '#', sizeof out);
        markdown_escape(text, true, out, size);
        size_t length = strlen(out), slashes = 0;
        assert_in_range(length, 0, size - 1);
        while (slashes < length && out[length - 1 - slashes] == '\\')
            slashes++;
        assert_int_equal(slashes % 2, 0);
    }
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
    cmocka_unit_test(a_small_room_cuts_between_escapes),
    cmocka_unit_test(a_fence_is_longer_than_what_it_holds),
};

const struct suite suite_markdown = {
    .name = "markdown", .tests = tests, .count = sizeof tests / sizeof *tests};
