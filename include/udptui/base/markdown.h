/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* markdown: plain text as CommonMark that shows it unchanged. */
#ifndef UDPTUI_BASE_MARKDOWN_H
#define UDPTUI_BASE_MARKDOWN_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether the character at that place of safe text on one line could be markup and needs a backslash
 * before it: CommonMark 0.30 section 2.4, and what GitHub's and other dialects add (~ | $). begins:
 * the text begins a paragraph or an item: then the beginnings of blocks count as well.
 */
bool markdown_is_escaped(const char *text, size_t at, bool begins);

/* The text without the blanks that would count at the beginning of a paragraph or an item. */
const char *markdown_begin(const char *text);

/* How many backticks a fence needs around lines of code: 3, or one more than the longest run in
 * them. */
size_t markdown_fence(const char *code);

#endif
