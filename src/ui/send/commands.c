/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* commands: the prompt's commands, in one table for parsing, /help and completion. */
#include <stdlib.h>
#include <string.h>

#include "console_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/nearest.h"
#include "udptui/base/units.h"
#include "udptui/base/wrap.h"
#include "udptui/sys/files.h"

static void command_help(struct console *console, const struct command_line *line);

static void command_to(struct console *console, const struct command_line *line)
{
    console_retarget(console, line->argument);
}

static void command_hex(struct console *console, const struct command_line *line)
{
    const struct message_style style = {.hex = true};

    console_send_text(console, &style, line->argument, line->typed);
}

/* Parses an option before the text; returns the rest. */
static const char *command_take_option(const char *text, struct message_style *style)
{
    static const struct {
        const char *word;
        bool escapes, hex;
    } words[] = {{"-e", true, false},
                 {"--escapes", true, false},
                 {"-x", false, true},
                 {"--hex", false, true},
                 {"--", false, false}};

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        size_t length = strlen(words[i].word);
        if (strncmp(text, words[i].word, length) != 0 ||
            (text[length] != ' ' && text[length] != '\0'))
            continue;
        style->escapes = style->escapes || words[i].escapes;
        style->hex = words[i].hex || (style->hex && !words[i].escapes);
        return text[length] == ' ' ? text + length + 1 : text + length;
    }
    return text;
}

/* Its text is used unchanged, including trailing blanks. */
static void command_send(struct console *console, const struct command_line *line)
{
    struct message_style style = console->send->options.message;
    const char *text = strchr(line->typed, ' ');

    text = command_take_option(text != NULL ? text + 1 : "", &style);
    if (style.hex)
        style.escapes = false;
    console_send_text(console, &style, text, line->typed);
}

static void command_file(struct console *console, const struct command_line *line)
{
    char path[STORE_PATH_SIZE];
    const char *why;

    files_expand_home(line->argument, path, sizeof path);
    prompt_pause(); /* a disk may be slow: Ctrl-C ends it */
    why = files_read_regular(path, console->draft.bytes, sizeof console->draft.bytes,
                             &console->draft.size_bytes);
    prompt_resume();
    if (why == NULL) {
        console_send_draft(console, line->typed);
        return;
    }
    console_say(console, "/file %s: %s", path, why);
}

const char *console_split_number(const char *argument, int64_t minimum, int64_t maximum,
                                 int64_t *number)
{
    char text[UNITS_TEXT_SIZE];
    size_t length = strcspn(argument, " ");

    if (length >= sizeof text)
        return NULL;
    memcpy(text, argument, length);
    text[length] = '\0';
    return units_parse_integer(text, minimum, maximum, number)
               ? argument + length + strspn(argument + length, " ")
               : NULL;
}

/* "N [INTERVAL]" */
static bool command_parse_repeat(const char *argument, int64_t *times, int64_t *interval_ns)
{
    const char *rest = console_split_number(argument, 0, INT64_MAX, times);

    *interval_ns = UNITS_NS_PER_S;
    return rest != NULL && (rest[0] == '\0' || (units_parse_duration(rest, interval_ns) &&
                                                *interval_ns >= UNITS_NS_PER_MS));
}

static void command_repeat(struct console *console, const struct command_line *line)
{
    int64_t times, interval_ns;

    if (!command_parse_repeat(line->argument, &times, &interval_ns)) {
        console_say(console,
                    "/repeat needs a number and a time of 1ms or more, as in /repeat 10 500ms");
    } else if (!console->has_latest) {
        console_say(console, "/repeat sends the latest message again, but none was sent yet");
    } else {
        console_repeat(console, times, interval_ns, true);
    }
}

static void command_stats(struct console *console, const struct command_line *line)
{
    (void)line;
    sink_summarise(console->sink, console->session);
}

static void command_timeout(struct console *console, const struct command_line *line)
{
    char setting[UNITS_TEXT_SIZE * 4];

    snprintf(setting, sizeof setting, "timeout %s", line->argument);
    console_set(console, setting);
}

static void command_set(struct console *console, const struct command_line *line)
{
    console_set(console, line->argument);
}

static void command_show_remembered(void *context, const char *line)
{
    console_say(context, "  %s", line);
}

static void command_history(struct console *console, const struct command_line *line)
{
    (void)line;
    prompt_each_remembered(command_show_remembered, console);
}

static void command_quit(struct console *console, const struct command_line *line)
{
    (void)line;
    console->quit = true;
    prompt_end();
}

/* ---- completion of arguments: false for file names */

static bool command_complete_target(const struct console *console, const char *line,
                                    struct prompt_words *words)
{
    char other[ENDPOINT_TEXT_SIZE];

    (void)line;
    for (size_t i = 0; i < console->target_count && i < CONSOLE_TARGETS; i++)
        prompt_words_add(words, console->targets[i]);
    if (console->sink->other.family != ENDPOINT_NONE)
        prompt_words_add(words, endpoint_format(&console->sink->other, other, sizeof other));
    return true;
}

static bool command_complete_file(const struct console *console, const char *line,
                                  struct prompt_words *words)
{
    (void)console;
    (void)line;
    (void)words;
    return false;
}

static bool command_complete_help(const struct console *console, const char *line,
                                  struct prompt_words *words)
{
    (void)console;
    (void)line;
    prompt_words_add(words, "measure");
    prompt_words_add(words, "results");
    return true;
}

/* ---- the table */

enum { LATEST_CALLS = 16, LATEST_EXCHANGES = 8, EXCHANGES_MAX = 64 };

static const struct prompt_command {
    const char *name;
    const char *arguments;
    const char *help;
    void (*run)(struct console *console, const struct command_line *line);
    /* Adds completions of the argument; NULL: none. False for file names. */
    bool (*complete)(const struct console *console, const char *line, struct prompt_words *words);
    const char *needs;        /* the message without an argument; NULL: none is needed */
    int64_t shown, shown_max; /* the argument is a number, by default and at most; 0: it is not */
    bool measures;            /* listed by /help measure */
    const char *counted;      /* what it is the number of; NULL: of the latest to show */
} commands[] = {
    {.name = "/help",
     .arguments = "[TOPIC]",
     .help = "this list; or about results, measure, a command",
     .run = command_help,
     .complete = command_complete_help},
    {.name = "/to",
     .arguments = "HOST[:PORT]",
     .help = "change the target",
     .run = command_to,
     .complete = command_complete_target,
     .needs = "/to needs a target: /to HOST[:PORT]"},
    {.name = "/hex",
     .arguments = "BYTES",
     .help = "send hex bytes: /hex de ad be ef",
     .run = command_hex},
    {.name = "/send",
     .arguments = "[-e|--hex] TEXT",
     .help = "send TEXT as it is; alone: an empty datagram",
     .run = command_send},
    {.name = "/file",
     .arguments = "FILE",
     .help = "send a file's bytes as one datagram",
     .run = command_file,
     .complete = command_complete_file,
     .needs = "/file needs a name: /file FILE"},
    {.name = "/packets", .arguments = "", .help = "the packets with names", .run = console_packets},
    {.name = "/packet",
     .arguments = "NAME",
     .help = "send the packet of that name, to its target",
     .run = console_packet,
     .complete = console_complete_saved,
     .needs = "/packet needs a name: /packets lists them"},
    {.name = "/repeat",
     .arguments = "N [TIME]",
     .help = "send the latest again N times, 1s apart; 0 stops",
     .run = command_repeat},
    {.name = "/stats", .arguments = "", .help = "the results so far", .run = command_stats},
    {.name = "/ladder",
     .arguments = "[N]",
     .help = "the latest exchanges (8) as arrows, with times",
     .measures = true,
     .run = console_ladder,
     .shown = LATEST_EXCHANGES,
     .shown_max = EXCHANGES_MAX},
    {.name = "/sentences",
     .arguments = "[N]",
     .help = "the latest exchanges (8) in words, with times",
     .measures = true,
     .run = console_sentences,
     .shown = LATEST_EXCHANGES,
     .shown_max = EXCHANGES_MAX},
    {.name = "/plot",
     .arguments = "",
     .help = "the round-trip times so far as a chart",
     .measures = true,
     .run = console_plot},
    {.name = "/ping",
     .arguments = "[N]",
     .help = "probe the target N times (5), 200ms apart",
     .measures = true,
     .run = console_ping,
     .shown = 5,
     .shown_max = 100000,
     .counted = "how many probes to send"},
    {.name = "/mtu",
     .arguments = "",
     .help = "the largest payload that is answered, unfragmented",
     .measures = true,
     .run = console_mtu},
    {.name = "/burst",
     .arguments = "N [SIZE]",
     .help = "send N datagrams of SIZE bytes (64) at once",
     .measures = true,
     .run = console_burst},
    {.name = "/nat",
     .arguments = "",
     .help = "the address that a STUN server sees",
     .measures = true,
     .run = console_nat},
    {.name = "/what",
     .arguments = "",
     .help = "the latest reply, as Wireshark's dissectors see it",
     .run = console_what},
    {.name = "/calls",
     .arguments = "[N]",
     .help = "the latest socket calls (16), explained",
     .measures = true,
     .run = console_calls,
     .shown = LATEST_CALLS,
     .shown_max = SINK_CALLS_MAX},
    {.name = "/textbook",
     .arguments = "[N]",
     .help = "the same calls as textbooks write them, in C and Python",
     .measures = true,
     .run = console_textbook,
     .shown = LATEST_CALLS,
     .shown_max = SINK_CALLS_MAX},
    {.name = "/errors",
     .arguments = "",
     .help = "the errors of UDP sockets, and what Windows and macOS report",
     .measures = true,
     .run = console_errors},
    {.name = "/expect",
     .arguments = "[FILTER [TIME]]",
     .help = "check that each message gets a reply that matches; off ends that",
     .run = console_expect},
    {.name = "/timeout",
     .arguments = "TIME",
     .help = "how long to wait for a reply",
     .run = command_timeout},
    {.name = "/set",
     .arguments = "[NAME [VALUE]]",
     .help = "show or change a setting",
     .run = command_set,
     .complete = console_complete_setting},
    {.name = "/save",
     .arguments = "NAME",
     .help = "save target and latest message as a packet",
     .run = console_save,
     .complete = console_complete_saved,
     .needs = "/save needs a name: /save NAME"},
    {.name = "/load",
     .arguments = "NAME",
     .help = "load a packet as the next line; Enter sends",
     .run = console_load,
     .complete = console_complete_saved,
     .needs = "/load needs a name: /packets lists them"},
    {.name = "/history", .arguments = "", .help = "the lines so far", .run = command_history},
    {.name = "/quit",
     .arguments = "",
     .help = "end, with a summary (Ctrl-D too)",
     .run = command_quit},
};

enum { COMMAND_COUNT = COUNT_OF(commands) };

/* The words of the results, explained. */
static const struct {
    const char *word, *meaning;
} terms[] = {
    {"rtt 1.2 ms ?, uncertain", "may be another message's time: not in the figures"},
    {"answer, more", "a further reply to the same message"},
    {"late", "a reply that came after the timeout"},
    {"duplicate", "the same reply again"},
    {"unsolicited", "a datagram that is not a reply"},
    {"incomplete", "fewer replies than --replies asks for"},
    {"as expected", "the reply matches /expect or --expect"},
    {"unmet", "no reply to this message was as expected"},
};

enum { HELP_COLUMN = 29, HELP_COLUMNS = 79, HELP_ROOM_MIN = 20 };

/* A row of two columns; the second one is wrapped, or stands below if there is no room for it. */
static void command_say_row(struct console *console, const char *left, const char *right)
{
    int columns = prompt_columns() < HELP_COLUMNS ? prompt_columns() : HELP_COLUMNS;
    char line[WRAP_LINE_SIZE];

    if (columns - HELP_COLUMN < HELP_ROOM_MIN) {
        console_say(console, "  %s", left);
        console_say(console, "    %s", right);
        return;
    }
    for (const char *cursor = right; wrap_next(&cursor, (size_t)(columns - HELP_COLUMN), line);
         left = "")
        console_say(console, "  %-*s%s", HELP_COLUMN - 2, left, line);
}

static void command_help_results(struct console *console)
{
    for (size_t i = 0; i < COUNT_OF(terms); i++)
        command_say_row(console, terms[i].word, terms[i].meaning);
}

static void command_help_one(struct console *console, const struct prompt_command *command)
{
    char left[HELP_COLUMN + 16];

    snprintf(left, sizeof left, "%-9s%s", command->name, command->arguments);
    command_say_row(console, left, command->help);
}

static void command_help_list(struct console *console, bool measures)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (commands[i].measures == measures)
            command_help_one(console, &commands[i]);
}

static const struct prompt_command *command_find(const char *line, size_t length)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strlen(commands[i].name) == length && strncmp(commands[i].name, line, length) == 0)
            return &commands[i];
    return NULL;
}

/* "burst" or "/burst". */
static void command_help_named(struct console *console, const char *topic)
{
    char name[CONSOLE_NAME_MAX];

    snprintf(name, sizeof name, "%s%.*s", topic[0] == '/' ? "" : "/", CONSOLE_NAME_MAX - 2, topic);
    const struct prompt_command *command = command_find(name, strlen(name));
    if (command != NULL)
        command_help_one(console, command);
    else
        console_say(console,
                    "/help %s: no such command or topic; the topics are results and measure",
                    topic);
}

static void command_help(struct console *console, const struct command_line *line)
{
    bool measures = strcmp(line->argument, "measure") == 0;

    if (strcmp(line->argument, "results") == 0) {
        command_help_results(console);
        return;
    }
    if (line->argument[0] != '\0' && !measures) {
        command_help_named(console, line->argument);
        return;
    }
    command_help_list(console, measures);
    if (measures)
        return;
    command_say_row(
        console, "/help measure",
        "/ping, /mtu, /burst, /nat, /plot, /ladder, /sentences, /calls, /textbook, /errors");
    command_say_row(console, "//TEXT", "send a text that begins with a slash");
    console_say(console, "  Any other line is sent as it is. Tab completes, arrows recall.");
}

static void command_complain(struct console *console, const char *line, size_t length)
{
    char typed[CONSOLE_NAME_MAX];

    snprintf(typed, sizeof typed, "%.*s", (int)(length < sizeof typed ? length : sizeof typed - 1),
             line);
    struct nearest nearest = nearest_begin(typed);
    for (size_t i = 0; i < COMMAND_COUNT && length > 1; i++)
        nearest_consider(&nearest, commands[i].name);
    if (nearest.word != NULL)
        console_say(console, "unknown command %s: did you mean %s? (//... sends a slash)", typed,
                    nearest.word);
    else
        console_say(console, "unknown command %s: /help lists them (//... sends a slash)", typed);
}

/* Runs it if its argument is valid. */
static void command_run(struct console *console, const struct prompt_command *command,
                        struct command_line *line)
{
    line->number = command->shown;
    if (command->needs != NULL && line->argument[0] == '\0')
        console_say(console, "%s", command->needs);
    else if (command->shown > 0 && line->argument[0] != '\0' &&
             !units_parse_integer(line->argument, 1, command->shown_max, &line->number))
        console_say(console, "%s takes a number from 1 to %lld: %s", command->name,
                    (long long)command->shown_max,
                    command->counted != NULL ? command->counted : "how many of the latest to show");
    else
        command->run(console, line);
}

void console_run_command(struct console *console, const char *line)
{
    size_t name_length = strcspn(line, " ");
    const struct prompt_command *command = command_find(line, name_length);
    char *argument = strdup(line + name_length + strspn(line + name_length, " "));

    if (argument == NULL) {
        console_say(console, "not enough memory");
        return;
    }
    for (size_t end = strlen(argument); end > 0 && argument[end - 1] == ' '; end--)
        argument[end - 1] = '\0';
    if (command != NULL)
        command_run(console, command, &(struct command_line){.argument = argument, .typed = line});
    else
        command_complain(console, line, name_length);
    free(argument);
}

bool console_complete_command(const struct console *console, const char *line, size_t word_at,
                              struct prompt_words *words)
{
    const struct prompt_command *command = command_find(line, strcspn(line, " "));

    for (size_t i = 0; word_at == 0 && i < COMMAND_COUNT; i++)
        prompt_words_add(words, commands[i].name);
    return word_at == 0 || command == NULL || command->complete == NULL ||
           command->complete(console, line, words);
}
