/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calls: /calls shows the latest socket calls and what each is for, /textbook how textbooks write
 * them, /errors what other systems report. */
#include "console_internal.h"

#include "udptui/base/wrap.h"
#include "udptui/proto/elsewhere.h"
#include "udptui/proto/textbook.h"

enum { COLUMNS = 79, BELOW = 6, HANGING = 2 };

/* Below a call; its further lines stand further right. */
static void console_say_below(struct console *console, const char *text)
{
    char line[WRAP_LINE_SIZE];

    for (int indent = BELOW; wrap_next(&text, COLUMNS - BELOW - HANGING, line);
         indent = BELOW + HANGING)
        console_say(console, "%*s%s", indent, "", line);
}

static void console_show_elsewhere(struct console *console, const struct elsewhere *elsewhere)
{
    char text[ELSEWHERE_SIZE];

    console_say_below(console, elsewhere_windows(elsewhere, text, sizeof text));
    console_say_below(console, elsewhere_macos(elsewhere, text, sizeof text));
}

static void console_show_call(struct console *console, const struct call *call)
{
    char text[CALL_TEXT_SIZE];

    console_say(console, "  %s",
                call_format(call, true, console->sink->output.zones, text, sizeof text));
    console_say(console, "      %s", call_purpose(call));
}

static void console_show_spellings(struct console *console, const struct call *call)
{
    char text[CALL_TEXT_SIZE];

    for (int i = 0; i < TEXTBOOK_LANGUAGES; i++) {
        enum textbook_language language = (enum textbook_language)i;
        console_say(
            console, "      %-7s %s", textbook_language_name(language),
            textbook_format(call, language, true, console->sink->output.zones, text, sizeof text));
    }
}

static void console_show_textbook(struct console *console, const struct call *call)
{
    const struct zones *zones = console->sink->output.zones;
    const struct elsewhere *elsewhere = call_elsewhere(call);
    char text[CALL_TEXT_SIZE];

    console_say(console, "  %s", call_format(call, true, zones, text, sizeof text));
    if (textbook_calls(call) > 0)
        console_show_spellings(console, call);
    else
        console_say(console, "      %s",
                    textbook_format(call, TEXTBOOK_C, true, zones, text, sizeof text));
    if (elsewhere != NULL && (textbook_calls(call) > 0 || call->name != 0))
        console_show_elsewhere(console, elsewhere); /* nothing waiting is no error to anybody */
}

/* The latest ones, oldest first. */
static void console_each_call(struct console *console, int64_t number,
                              void (*show)(struct console *console, const struct call *call))
{
    const struct sink *sink = console->sink;
    uint64_t wanted = (uint64_t)number;
    uint64_t shown = sink->call_count < wanted ? sink->call_count : wanted;

    for (uint64_t i = sink->call_count - shown; i < sink->call_count; i++)
        show(console, &sink->calls[i % SINK_CALLS_MAX]);
}

void console_calls(struct console *console, const struct command_line *line)
{
    console_each_call(console, line->number, console_show_call);
}

void console_textbook(struct console *console, const struct command_line *line)
{
    console_each_call(console, line->number, console_show_textbook);
}

void console_errors(struct console *console, const struct command_line *line)
{
    const struct elsewhere *row;

    (void)line;
    for (size_t i = 0; (row = elsewhere_at(i)) != NULL; i++) {
        console_say(console, "  %s: %s", row->error != 0 ? call_error_name(row->error) : "no error",
                    row->cause);
        console_show_elsewhere(console, row);
    }
}
