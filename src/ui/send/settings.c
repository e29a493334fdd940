/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * settings: /set. "NAME VALUE" is parsed like "--NAME=VALUE", by a separate option table, with the
 * values and error messages of the command line.
 */
#include <string.h>

#include "console_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/units.h"

#define FIELD(name) offsetof(struct send_options, name)

static const char *const switch_words[] = {"off", "on", NULL};

static const struct opt settings[] = {
    {.name = "timeout",
     .type = OPT_DURATION,
     .offset = FIELD(session.timeout_ns),
     .argument = "TIME",
     .minimum = SESSION_TIMEOUT_MIN_NS,
     .maximum = SESSION_TIMEOUT_MAX_NS,
     .help = "how long to wait for a reply"},
    {.name = "retry",
     .type = OPT_INTEGER,
     .offset = FIELD(session.retry),
     .argument = "N",
     .minimum = 0,
     .maximum = SESSION_RETRY_MAX,
     .help = "resend up to N times"},
    {.name = "wait",
     .type = OPT_DURATION,
     .offset = FIELD(session.wait_ns),
     .argument = "TIME",
     .minimum = 0,
     .maximum = SESSION_WAIT_MAX_NS,
     .help = "after a reply, wait this long for more"},
    {.name = "replies",
     .type = OPT_INTEGER,
     .offset = FIELD(session.replies),
     .argument = "N",
     .minimum = 0,
     .maximum = SESSION_REPLIES_MAX,
     .help = "wait for N different replies"},
    {.name = "eol",
     .type = OPT_CHOICE,
     .offset = FIELD(message.eol),
     .argument = "none|lf|crlf|cr",
     .choices = message_eol_words,
     .help = "what ends each message"},
    {.name = "escapes",
     .type = OPT_CHOICE,
     .offset = FIELD(message.escapes),
     .argument = "off|on",
     .choices = switch_words,
     .help = "lines have escapes, as with -e"},
    {.name = "fill",
     .type = OPT_CHOICE,
     .offset = FIELD(session.fill),
     .argument = "off|on",
     .choices = switch_words,
     .help = "lines have fields: {n} {time} {random:N}"},
    {.name = "show",
     .type = OPT_CHOICE,
     .offset = FIELD(show),
     .argument = "auto|text|hex|both",
     .choices = payload_show_words,
     .help = "how replies are shown"},
    {.name = "full",
     .type = OPT_CHOICE,
     .offset = FIELD(full),
     .argument = "off|on",
     .choices = switch_words,
     .help = "all bytes of each reply"},
    {.name = "hex",
     .type = OPT_CHOICE,
     .offset = FIELD(message.hex),
     .argument = "off|on",
     .choices = switch_words,
     .help = "lines are hex bytes"},
};

enum { SETTING_COUNT = COUNT_OF(settings), OPTION_SIZE = 320 };

static const struct opts_command spec = {
    .name = "send", .operands = "", .options = settings, .option_count = SETTING_COUNT};

static const char *settings_value_text(const struct send_options *options,
                                       const struct opt *setting, char *out, size_t size_bytes)
{
    const void *value = (const char *)options + setting->offset;

    if (setting->type == OPT_DURATION)
        units_duration(*(const int64_t *)value, out, size_bytes);
    else if (setting->type == OPT_INTEGER)
        snprintf(out, size_bytes, "%lld", (long long)*(const int64_t *)value);
    else
        snprintf(out, size_bytes, "%s", setting->choices[*(const int *)value]);
    return out;
}

static void settings_show(struct console *console, const struct opt *setting)
{
    char value[UNITS_TEXT_SIZE];

    console_say(console, "  %-8s %-8s %s (%s)", setting->name,
                settings_value_text(&console->send->options, setting, value, sizeof value),
                setting->help, setting->argument);
}

static bool settings_is_named(const struct opt *setting, const char *text, size_t length)
{
    return strlen(setting->name) == length && strncmp(setting->name, text, length) == 0;
}

/* Without a value there is nothing to parse: all, or the one that is named. */
static bool settings_show_named(struct console *console, const char *argument)
{
    bool shown = false;

    if (strchr(argument, ' ') != NULL)
        return false;
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        if (argument[0] != '\0' && !settings_is_named(&settings[i], argument, strlen(argument)))
            continue;
        settings_show(console, &settings[i]);
        shown = true;
    }
    return shown;
}

static bool settings_has(const char *text, size_t length)
{
    for (size_t i = 0; i < SETTING_COUNT; i++)
        if (settings_is_named(&settings[i], text, length))
            return true;
    return false;
}

void console_set(struct console *console, const char *argument)
{
    size_t name_length = strcspn(argument, " ");
    const char *value = argument + name_length + strspn(argument + name_length, " ");
    struct send_options changed = console->send->options;
    struct opts_operands none;
    char option[OPTION_SIZE], error[OPTS_ERROR_SIZE];
    char *words[] = {option, NULL};

    if (settings_show_named(console, argument))
        return;
    if (!settings_has(argument, name_length)) {
        console_say(console, "/set %.*s: unknown setting: /set alone lists them", (int)name_length,
                    argument);
        return;
    }
    if (snprintf(option, sizeof option, "--%.*s=%s", (int)name_length, argument, value) >=
        OPTION_SIZE) {
        console_say(console, "/set %.*s: too long a value: /set %.*s alone shows what it takes",
                    (int)name_length, argument, (int)name_length, argument);
        return;
    }
    if (opts_parse(&spec, 1, words, &changed, &none, error) != OPTS_OK) {
        console_say(console, "/set %s", strncmp(error, "--", 2) == 0 ? error + 2 : error);
        return;
    }
    if (changed.message.hex && changed.message.escapes) /* the newer one counts */
        *(name_length == strlen("hex") ? &changed.message.escapes : &changed.message.hex) = 0;
    console->send->options = changed;
    session_change(console->session, &changed.session);
    console->sink->output.style =
        (struct payload_style){.show = changed.show, .full = changed.full};
}

bool console_complete_setting(const struct console *console, const char *line,
                              struct prompt_words *words)
{
    const char *name = line + strcspn(line, " ");

    (void)console;
    name += strspn(name, " ");
    size_t length = strcspn(name, " ");
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        if (name[length] != ' ')
            prompt_words_add(words, settings[i].name);
        else if (settings_is_named(&settings[i], name, length) && settings[i].choices != NULL)
            for (const char *const *word = settings[i].choices; *word != NULL; word++)
                prompt_words_add(words, *word);
    }
    return true;
}
