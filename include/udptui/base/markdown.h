/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* markdown: plain text as CommonMark that shows it unchanged. */
#ifndef UDPTUI_BASE_MARKDOWN_H
#define UDPTUI_BASE_MARKDOWN_H

#include <stdbool.h>
#include <stddef.h>

/* A byte becomes at most two; and the end. */
#define MARKDOWN_SIZE(bytes) (2 * (bytes) + 1)

/*
 * Safe text on one line with a backslash before each character that could be markup: CommonMark 0.30
 * section 2.4, and what GitHub's and other dialects add (~ | $). begins: it begins a paragraph or an
 * item, where blanks and the beginnings of blocks count, too. To out, cut to size_bytes, not between a backslash and its character.
 * Returns out.
 */
const char *markdown_escape(const char *text, bool begins, char *out, size_t size_bytes);

/* How many backticks a fence needs around lines of code: 3, or one more than the longest run in
 * them. */
size_t markdown_fence(const char *code);

#endif
