/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* manual: whether a man page names what a table has a row for. */
#ifndef UDPTUI_TESTS_UNIT_MANUAL_H
#define UDPTUI_TESTS_UNIT_MANUAL_H

/* Fails the test unless the section with this heading (.Sh or .Ss, up to the next heading of its
 * rank) of man/PAGE, such as "udptui-json.5", has the word as a word of its own. */
void manual_assert_names(const char *page, const char *heading, const char *word);

#endif
