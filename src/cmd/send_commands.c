/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send_commands: one table of the prompt's commands: it runs them, lists them and completes them. */
#include <stddef.h>
#include <string.h>

#include "send_prompt.h"
#include "udptui/core/nearest.h"
#include "udptui/core/units.h"
#include "udptui/net/clock.h"

struct prompt_command {
    const char *name; /* with its slash */
    const char *arguments;
    const char *help;
    void (*run)(struct prompt *prompt, const char *arguments);
    /* what completes its argument; NULL: nothing */
    void (*complete)(const struct prompt *prompt, struct prompt_words *words);
};

/* The first word of a text, and where the rest begins. */
static const char *take_word(const char *text, char *out, size_t size)
{
    size_t length = strcspn(text, " \t");
    size_t kept = length < size ? length : size - 1;

    memcpy(out, text, kept);
    out[kept] = '\0';
    text += length;
    return text + strspn(text, " \t");
}

/* ---- the commands */

static void run_to(struct prompt *prompt, const char *arguments)
{
    char why[UDP_ERROR_SIZE];
    bool changed;

    if (arguments[0] == '\0') {
        prompt_say(prompt, "/to HOST[:PORT]: where the next lines go");
        return;
    }
    prompt_pause(); /* a name may take its time */
    changed = session_retarget(prompt->session, arguments, why);
    prompt_resume();
    if (changed)
        prompt_set_target(prompt, arguments);
    else
        prompt_say(prompt, "%s", why);
}

static void run_hex(struct prompt *prompt, const char *arguments)
{
    struct send_options options = prompt->session->options;

    options.hex = true;
    options.escapes = false;
    prompt_send_text(prompt, &options, arguments);
}

static void run_send(struct prompt *prompt, const char *arguments)
{
    struct send_options options = prompt->session->options;
    char word[16];
    const char *rest = take_word(arguments, word, sizeof word);

    if (strcmp(word, "-e") == 0) {
        options.escapes = true;
        options.hex = false;
        arguments = rest;
    } else if (strcmp(word, "--hex") == 0) {
        run_hex(prompt, rest);
        return;
    }
    prompt_send_text(prompt, &options, arguments);
}

static void send_fetched(struct prompt *prompt, const char *what, const char *why,
                         size_t size_bytes)
{
    if (why != NULL)
        prompt_say(prompt, "cannot read %s: %s", what, why);
    else
        prompt_send(prompt, prompt->payload, size_bytes);
}

static void run_file(struct prompt *prompt, const char *arguments)
{
    size_t size_bytes;
    const char *why = send_read_file(arguments, prompt->payload, &size_bytes);

    send_fetched(prompt, arguments, why, size_bytes);
}

static void run_load(struct prompt *prompt, const char *arguments)
{
    size_t size_bytes = 0;
    const char *why = store_load(arguments, prompt->payload, &size_bytes);

    send_fetched(prompt, arguments, why, size_bytes);
}

static void run_save(struct prompt *prompt, const char *arguments)
{
    const char *why = "nothing has been sent yet";

    if (prompt->has_latest)
        why = store_save(arguments, prompt->latest, prompt->latest_bytes);
    if (why != NULL)
        prompt_say(prompt, "cannot save '%s': %s", arguments, why);
    else
        prompt_say(prompt, "saved %zu bytes: /load %s sends them again", prompt->latest_bytes,
                   arguments);
}

static void run_repeat(struct prompt *prompt, const char *arguments)
{
    char count[32];
    const char *interval = take_word(arguments, count, sizeof count);
    struct prompt_repeat repeat = {.next_ns = clock_monotonic_ns()};

    if (!units_parse_integer(count, 1, INT32_MAX, &repeat.left) ||
        !units_parse_duration(interval, &repeat.interval_ns))
        prompt_say(prompt, "/repeat N INTERVAL, for example /repeat 10 500ms");
    else if (!prompt->has_latest)
        prompt_say(prompt, "nothing has been sent yet: send a line, then repeat it");
    else
        prompt->repeat = repeat;
}

static void run_stats(struct prompt *prompt, const char *arguments)
{
    struct send_totals totals = session_totals(prompt->session);

    (void)arguments;
    prompt->session->writer->summary(&prompt->session->output, &totals);
}

static void run_history(struct prompt *prompt, const char *arguments);
static void run_help(struct prompt *prompt, const char *arguments);
static void run_timeout(struct prompt *prompt, const char *arguments);
static void run_set(struct prompt *prompt, const char *arguments);

static void run_quit(struct prompt *prompt, const char *arguments)
{
    (void)arguments;
    prompt->quit = true;
}

/* ---- settings */

static const char *const switch_words[] = {"off", "on", NULL};
static const char *const eol_words[] = {
    [EOL_NONE] = "none", [EOL_LF] = "lf", [EOL_CRLF] = "crlf", [EOL_CR] = "cr", NULL};

static const struct setting {
    const char *name;
    const char *const *words; /* of an int, by index */
    size_t offset;
} settings[] = {
    {"hex", switch_words, offsetof(struct send_options, hex)},
    {"escapes", switch_words, offsetof(struct send_options, escapes)},
    {"eol", eol_words, offsetof(struct send_options, eol)},
};

enum { SETTINGS = sizeof settings / sizeof *settings };

static int *setting_value(struct prompt *prompt, const struct setting *setting)
{
    return (int *)(void *)((char *)&prompt->session->options + setting->offset);
}

static void show_settings(struct prompt *prompt)
{
    char text[UNITS_TEXT_SIZE];

    for (size_t i = 0; i < SETTINGS; i++)
        prompt_say(prompt, "%-8s %s", settings[i].name,
                   settings[i].words[*setting_value(prompt, &settings[i])]);
    prompt_say(prompt, "%-8s %s", "timeout",
               units_duration(prompt->session->options.timeout_ns, text, sizeof text));
}

static bool set_word(struct prompt *prompt, const struct setting *setting, const char *word)
{
    for (int i = 0; setting->words[i] != NULL; i++)
        if (strcmp(setting->words[i], word) == 0) {
            *setting_value(prompt, setting) = i;
            return true;
        }
    return false;
}

static void run_timeout(struct prompt *prompt, const char *arguments)
{
    int64_t timeout_ns;

    if (units_parse_duration(arguments, &timeout_ns) && timeout_ns >= UNITS_NS_PER_MS)
        prompt->session->options.timeout_ns = timeout_ns;
    else
        prompt_say(prompt, "/timeout TIME, for example /timeout 500ms");
}

static void run_set(struct prompt *prompt, const char *arguments)
{
    char name[32];
    const char *word = take_word(arguments, name, sizeof name);

    if (name[0] == '\0') {
        show_settings(prompt);
        return;
    }
    if (strcmp(name, "timeout") == 0) {
        run_timeout(prompt, word);
        return;
    }
    for (size_t i = 0; i < SETTINGS; i++)
        if (strcmp(settings[i].name, name) == 0 && set_word(prompt, &settings[i], word))
            return;
    prompt_say(prompt, "/set hex on|off, escapes on|off, eol none|lf|crlf|cr, timeout TIME");
}

/* ---- completion */

static void complete_targets(const struct prompt *prompt, struct prompt_words *words)
{
    for (size_t i = 0; i < prompt->target_count; i++)
        prompt_words_add(words, prompt->targets[i]);
}

static void add_word(void *context, const char *word)
{
    prompt_words_add(context, word);
}

static void complete_names(const struct prompt *prompt, struct prompt_words *words)
{
    (void)prompt;
    store_each(add_word, words);
}

static void complete_settings(const struct prompt *prompt, struct prompt_words *words)
{
    (void)prompt;
    for (size_t i = 0; i < SETTINGS; i++)
        prompt_words_add(words, settings[i].name);
    prompt_words_add(words, "timeout");
}

/* ---- the table */

static const struct prompt_command commands[] = {
    {"/help", "", "list the commands", run_help, NULL},
    {"/to", "HOST[:PORT]", "send the next lines there", run_to, complete_targets},
    {"/send", "[-e|--hex] TEXT", "send a text; -e with escapes; alone: an empty datagram", run_send,
     NULL},
    {"/hex", "BYTES", "send hex bytes: /hex ff 01 00", run_hex, NULL},
    {"/file", "FILE", "send the bytes of a file as one datagram", run_file, NULL},
    {"/repeat", "N INTERVAL", "send the latest message N times more (Ctrl-C stops)", run_repeat,
     NULL},
    {"/stats", "", "the figures so far", run_stats, NULL},
    {"/timeout", "TIME", "how long to wait for an answer", run_timeout, NULL},
    {"/set", "[NAME VALUE]", "hex, escapes, eol, timeout; alone: show them", run_set,
     complete_settings},
    {"/save", "NAME", "keep the latest message", run_save, complete_names},
    {"/load", "NAME", "send a kept message", run_load, complete_names},
    {"/history", "", "the lines typed so far", run_history, NULL},
    {"/quit", "", "end (also Ctrl-D)", run_quit, NULL},
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static void run_help(struct prompt *prompt, const char *arguments)
{
    (void)arguments;
    for (size_t i = 0; i < COMMANDS; i++)
        prompt_say(prompt, "%-9s %-16s %s", commands[i].name, commands[i].arguments,
                   commands[i].help);
    prompt_say(prompt, "anything else is sent as it is; // sends a line that begins with a slash");
}

static void show_remembered(void *context, const char *line)
{
    prompt_say(context, "%s", line);
}

static void run_history(struct prompt *prompt, const char *arguments)
{
    (void)arguments;
    prompt_each_remembered(show_remembered, prompt);
}

static const struct prompt_command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static const char *nearest_command(const char *name)
{
    size_t least = NEAREST_NONE;
    const char *nearest = NULL;

    for (size_t i = 0; i < COMMANDS; i++) {
        size_t distance = nearest_distance(name, commands[i].name);
        if (distance >= least)
            continue;
        least = distance;
        nearest = commands[i].name;
    }
    return nearest;
}

void prompt_command(struct prompt *prompt, const char *line)
{
    char name[32];
    const char *arguments = take_word(line, name, sizeof name);
    const struct prompt_command *command = find_command(name);
    const char *nearest;

    if (command != NULL) {
        command->run(prompt, arguments);
        return;
    }
    nearest = nearest_command(name);
    if (nearest != NULL)
        prompt_say(prompt, "unknown command %s: did you mean %s?", name, nearest);
    else
        prompt_say(prompt, "unknown command %s: /help lists them, // sends a slash", name);
}

bool prompt_complete(void *context, const char *line, size_t word_at, struct prompt_words *words)
{
    const struct prompt *prompt = context;
    const struct prompt_command *command;
    char name[32];

    if (word_at == 0) {
        for (size_t i = 0; line[0] == '/' && i < COMMANDS; i++)
            prompt_words_add(words, commands[i].name);
        return true;
    }
    take_word(line, name, sizeof name);
    command = find_command(name);
    if (command != NULL && command->complete != NULL)
        command->complete(prompt, words);
    return strcmp(name, "/file") != 0;
}
