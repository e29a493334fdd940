/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calls: /calls shows the latest socket calls and what each is for. */
#include "console_internal.h"

static void console_show_call(struct console *console, const struct call *call)
{
    char text[CALL_TEXT_SIZE];

    console_say(console, "  %s",
                call_format(call, true, console->sink->output.zones, text, sizeof text));
    console_say(console, "      %s", call_purpose(call));
}

void console_calls(struct console *console, const struct command_line *line)
{
    const struct sink *sink = console->sink;
    uint64_t wanted = (uint64_t)line->number;
    uint64_t shown = sink->call_count < wanted ? sink->call_count : wanted;

    for (uint64_t i = sink->call_count - shown; i < sink->call_count; i++)
        console_show_call(console, &sink->calls[i % SINK_CALLS_MAX]);
}
