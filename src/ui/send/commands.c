/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send_commands: the prompt's commands: one table for dispatch, /help and completion. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "prompt_internal.h"
#include "udptui/base/nearest.h"
#include "udptui/base/units.h"
#include "udptui/base/wrap.h"
#include "udptui/sys/files.h"

/* What a command is called with: its argument without blanks around it, and the line as it was
 * typed. */
struct command_line {
    const char *argument;
    const char *typed;
};

static void run_help(struct talk *talk, const struct command_line *line);

static void run_to(struct talk *talk, const struct command_line *line)
{
    if (line->argument[0] == '\0')
        talk_say(talk, "/to needs a target: /to HOST[:PORT]");
    else
        talk_to(talk, line->argument);
}

static void run_hex(struct talk *talk, const struct command_line *line)
{
    struct send_options options = talk->session->options;

    options.hex = true;
    options.escapes = false;
    options.eol = EOL_NONE;
    talk_send_text(talk, &options, line->argument, line->typed);
}

/* The option before the text, if there is one, and what is behind it. */
static const char *take_send_option(const char *text, struct send_options *options)
{
    static const struct {
        const char *word;
        bool escapes, hex;
    } words[] = {{"-e", true, false},
                 {"--escapes", true, false},
                 {"-x", false, true},
                 {"--hex", false, true},
                 {"--", false, false}};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t length = strlen(words[i].word);
        if (strncmp(text, words[i].word, length) != 0 ||
            (text[length] != ' ' && text[length] != '\0'))
            continue;
        options->escapes = options->escapes || words[i].escapes;
        options->hex = words[i].hex || (options->hex && !words[i].escapes);
        return text[length] == ' ' ? text + length + 1 : text + length;
    }
    return text;
}

/* Its text is taken as it stands, blanks at its end too. */
static void run_send(struct talk *talk, const struct command_line *line)
{
    struct send_options options = talk->session->options;
    const char *text = strchr(line->typed, ' ');

    text = take_send_option(text != NULL ? text + 1 : "", &options);
    if (options.hex)
        options.escapes = false;
    talk_send_text(talk, &options, text, line->typed);
}

/* "~/" as a shell takes it. */
static void expand_home(const char *path, char *out, size_t size_bytes)
{
    const char *home = getenv("HOME");

    if (strncmp(path, "~/", 2) == 0 && home != NULL)
        snprintf(out, size_bytes, "%s%s", home, path + 1);
    else
        snprintf(out, size_bytes, "%s", path);
}

static void run_file(struct talk *talk, const struct command_line *line)
{
    char path[PROMPT_PATH_SIZE];
    const char *why;

    if (line->argument[0] == '\0') {
        talk_say(talk, "/file needs a name: /file FILE");
        return;
    }
    expand_home(line->argument, path, sizeof path);
    prompt_pause(); /* a disk may take its time: Ctrl-C ends it */
    why = files_read_regular(path, talk->draft.bytes, sizeof talk->draft.bytes,
                             &talk->draft.size_bytes);
    prompt_resume();
    if (why == NULL) {
        talk_send_draft(talk, line->typed);
        return;
    }
    talk_say(talk, "cannot read %s: %s", path, why);
}

/* "N [INTERVAL]" */
static bool parse_repeat(const char *argument, int64_t *times, int64_t *interval_ns)
{
    char number[UNITS_TEXT_SIZE];
    size_t length = strcspn(argument, " ");
    const char *rest = argument + length + strspn(argument + length, " ");

    *interval_ns = UNITS_NS_PER_S;
    if (length >= sizeof number)
        return false;
    memcpy(number, argument, length);
    number[length] = '\0';
    if (!units_parse_integer(number, 0, INT64_MAX, times))
        return false;
    return rest[0] == '\0' ||
           (units_parse_duration(rest, interval_ns) && *interval_ns >= UNITS_NS_PER_MS);
}

static void run_repeat(struct talk *talk, const struct command_line *line)
{
    int64_t times, interval_ns;

    if (!parse_repeat(line->argument, &times, &interval_ns)) {
        talk_say(talk, "/repeat needs a number and a time of 1ms or more, as in /repeat 10 500ms");
    } else if (!talk->has_latest) {
        talk_say(talk, "/repeat sends the latest message again, and none was sent yet");
    } else {
        talk_repeat(talk, times, interval_ns, true);
    }
}

static void run_stats(struct talk *talk, const struct command_line *line)
{
    (void)line;
    session_summarise(talk->session);
}

static void run_calls(struct talk *talk, const struct command_line *line)
{
    talk_calls(talk, line->argument);
}

static void run_ladder(struct talk *talk, const struct command_line *line)
{
    talk_ladder(talk, line->argument);
}

static void run_timeout(struct talk *talk, const struct command_line *line)
{
    char setting[UNITS_TEXT_SIZE * 4];

    snprintf(setting, sizeof setting, "timeout %s", line->argument);
    talk_set(talk, setting);
}

static void run_set(struct talk *talk, const struct command_line *line)
{
    talk_set(talk, line->argument);
}

static void run_save(struct talk *talk, const struct command_line *line)
{
    talk_save(talk, line->argument);
}

static void run_load(struct talk *talk, const struct command_line *line)
{
    talk_load(talk, line->argument);
}

static void show_remembered(void *context, const char *line)
{
    talk_say(context, "  %s", line);
}

static void run_history(struct talk *talk, const struct command_line *line)
{
    (void)line;
    prompt_each_remembered(show_remembered, talk);
}

static void run_quit(struct talk *talk, const struct command_line *line)
{
    (void)line;
    talk->quit = true;
    prompt_end();
}

/* ---- completion of arguments: false for file names */

static bool complete_target(const struct talk *talk, const char *line, struct prompt_words *words)
{
    char other[ENDPOINT_TEXT_SIZE];

    (void)line;
    for (size_t i = 0; i < talk->target_count && i < TALK_TARGETS; i++)
        prompt_words_add(words, talk->targets[i]);
    if (talk->session->other.family != ENDPOINT_NONE)
        prompt_words_add(words, endpoint_format(&talk->session->other, other, sizeof other));
    return true;
}

static bool complete_file(const struct talk *talk, const char *line, struct prompt_words *words)
{
    (void)talk;
    (void)line;
    (void)words;
    return false;
}

static bool complete_setting(const struct talk *talk, const char *line, struct prompt_words *words)
{
    (void)talk;
    talk_complete_setting(line, words);
    return true;
}

static bool complete_saved(const struct talk *talk, const char *line, struct prompt_words *words)
{
    (void)talk;
    (void)line;
    talk_complete_saved(words);
    return true;
}

/* ---- the table */

static const struct prompt_command {
    const char *name;
    const char *arguments;
    const char *help;
    void (*run)(struct talk *talk, const struct command_line *line);
    bool (*complete)(const struct talk *talk, const char *line, struct prompt_words *words);
} commands[] = {
    {"/help", "", "this list", run_help, NULL},
    {"/to", "HOST[:PORT]", "change the target", run_to, complete_target},
    {"/hex", "BYTES", "send hex bytes: /hex de ad be ef", run_hex, NULL},
    {"/send", "[-e|--hex] TEXT", "send TEXT as it is; alone: an empty datagram", run_send, NULL},
    {"/file", "FILE", "send a file's bytes as one datagram", run_file, complete_file},
    {"/repeat", "N [TIME]", "send the latest message N times (1s apart); 0 stops", run_repeat,
     NULL},
    {"/stats", "", "what became of all that was sent", run_stats, NULL},
    {"/ladder", "[N]", "the latest exchanges (8) as arrows, with times", run_ladder, NULL},
    {"/calls", "[N]", "the latest socket calls (16), explained", run_calls, NULL},
    {"/timeout", "TIME", "how long to wait for an answer", run_timeout, NULL},
    {"/set", "[NAME [VALUE]]", "show or change a setting", run_set, complete_setting},
    {"/save", "NAME", "keep target and latest message under a name", run_save, complete_saved},
    {"/load", "NAME", "take them back; Enter sends", run_load, complete_saved},
    {"/history", "", "the lines so far", run_history, NULL},
    {"/quit", "", "end, with a summary (Ctrl-D too)", run_quit, NULL},
};

enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

/* What stands in the results, in the words of the results. */
static const struct {
    const char *word, *meaning;
} terms[] = {
    {"rtt 1.2 ms ?, uncertain", "perhaps another message's time: not in the figures"},
    {"answer, more", "a further reply to the same message"},
    {"late", "a reply that came after the timeout"},
    {"duplicate", "the same reply again"},
    {"unsolicited", "a datagram that is no reply to anything sent"},
};

enum { HELP_COLUMN = 29, HELP_COLUMNS = 79 };

/* A row of two columns; the second one is wrapped. */
static void say_row(struct talk *talk, const char *left, const char *right)
{
    char line[WRAP_LINE_SIZE];

    for (const char *cursor = right; wrap_next(&cursor, HELP_COLUMNS - HELP_COLUMN, line);
         left = "")
        talk_say(talk, "  %-*s%s", HELP_COLUMN - 2, left, line);
}

static void run_help(struct talk *talk, const struct command_line *line)
{
    char left[HELP_COLUMN + 16];

    (void)line;
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        snprintf(left, sizeof left, "%-9s%s", commands[i].name, commands[i].arguments);
        say_row(talk, left, commands[i].help);
    }
    say_row(talk, "//TEXT", "send a text that begins with a slash");
    talk_say(talk,
             "  Any other line is sent as it is. Tab completes, arrows recall. In the results:");
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++)
        say_row(talk, terms[i].word, terms[i].meaning);
}

static const struct prompt_command *find(const char *line, size_t length)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strlen(commands[i].name) == length && strncmp(commands[i].name, line, length) == 0)
            return &commands[i];
    return NULL;
}

static void complain_unknown(struct talk *talk, const char *line, size_t length)
{
    char typed[TALK_NAME_MAX];
    const char *best = NULL;
    size_t distance = NEAREST_NONE;

    snprintf(typed, sizeof typed, "%.*s", (int)(length < sizeof typed ? length : sizeof typed - 1),
             line);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        size_t its_distance = nearest_distance(typed, commands[i].name);
        if (length > 1 && its_distance < distance) {
            distance = its_distance;
            best = commands[i].name;
        }
    }
    if (best != NULL)
        talk_say(talk, "unknown command %s: did you mean %s? (//... sends a slash)", typed, best);
    else
        talk_say(talk, "unknown command %s: /help lists them (//... sends a slash)", typed);
}

void talk_command(struct talk *talk, const char *line)
{
    size_t name_length = strcspn(line, " ");
    const struct prompt_command *command = find(line, name_length);
    char *argument = strdup(line + name_length + strspn(line + name_length, " "));

    if (argument == NULL) {
        talk_say(talk, "not enough memory");
        return;
    }
    for (size_t end = strlen(argument); end > 0 && argument[end - 1] == ' '; end--)
        argument[end - 1] = '\0';
    if (command != NULL)
        command->run(talk, &(struct command_line){.argument = argument, .typed = line});
    else
        complain_unknown(talk, line, name_length);
    free(argument);
}

bool talk_complete(struct talk *talk, const char *line, size_t word_at, struct prompt_words *words)
{
    const struct prompt_command *command = find(line, strcspn(line, " "));

    for (size_t i = 0; word_at == 0 && i < COMMAND_COUNT; i++)
        prompt_words_add(words, commands[i].name);
    return word_at == 0 || command == NULL || command->complete == NULL ||
           command->complete(talk, line, words);
}
