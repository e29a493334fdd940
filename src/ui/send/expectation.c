/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expectation: /expect. */
#include <string.h>

#include "console_internal.h"
#include "udptui/base/units.h"

/* "FILTER 2s": a time with its unit after a filter sets the timeout. Returns the length of the
 * filter; 0: all of the argument is one. */
static size_t expectation_length(const char *argument)
{
    const char *last = strrchr(argument, ' ');
    int64_t timeout_ns;
    size_t length;

    if (last == NULL || strspn(last + 1, "0123456789.") == strlen(last + 1) ||
        !units_parse_duration(last + 1, &timeout_ns))
        return 0;
    length = (size_t)(last - argument);
    while (length > 0 && argument[length - 1] == ' ')
        length--;
    return length;
}

void console_expect_again(struct console *console)
{
    const char *own = console->expected[0] != '\0' ? console->expected : NULL;
    const char *filter = console->packet_expect != NULL ? console->packet_expect : own;
    struct filter_problem problem;

    sink_expect(console->sink, filter, filter != NULL ? strlen(filter) : 0, &problem);
}

static void expectation_show(struct console *console)
{
    if (console->expected[0] == '\0')
        console_say(console, "any reply will do: /expect FILTER changes that");
    else
        console_say(console, "expected: %s", console->expected);
}

static void expectation_end(struct console *console)
{
    struct filter_problem problem;

    console->expected[0] = '\0';
    sink_expect(console->sink, NULL, 0, &problem);
    expectation_show(console);
}

static void expectation_set(struct console *console, const char *argument)
{
    size_t length = expectation_length(argument);
    struct filter_problem problem;
    char setting[UNITS_TEXT_SIZE * 4];

    if (!sink_expect(console->sink, argument, length > 0 ? length : strlen(argument), &problem)) {
        console_say(console, "/expect %s: at byte %zu: %s", argument, problem.offset_bytes + 1,
                    problem.why);
        return;
    }
    snprintf(console->expected, sizeof console->expected, "%.*s",
             (int)(length > 0 ? length : strlen(argument)), argument);
    if (length == 0)
        return;
    snprintf(setting, sizeof setting, "timeout %s", strrchr(argument, ' ') + 1);
    console_set(console, setting);
}

void console_expect(struct console *console, const struct command_line *line)
{
    if (line->argument[0] == '\0')
        expectation_show(console);
    else if (strcmp(line->argument, "off") == 0)
        expectation_end(console);
    else
        expectation_set(console, line->argument);
}
