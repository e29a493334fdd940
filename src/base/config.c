/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config: see the header. A line is ended and its value unquoted in place: neither grows. */
#include "udptui/base/config.h"

#include <stdio.h>
#include <string.h>

static const char config_blanks[] = " \t";

static enum config_kind config_fail(struct config_reader *reader, const char *why)
{
    snprintf(reader->why, sizeof reader->why, "%s", why);
    reader->next = reader->end;
    return CONFIG_PROBLEM;
}

struct config_reader config_begin(char *text, size_t size_bytes)
{
    static const char mark[] = "\xef\xbb\xbf"; /* of UTF-8, by some editors */
    bool marked = size_bytes >= 3 && memcmp(text, mark, 3) == 0;

    text[size_bytes] = '\0';
    return (struct config_reader){.next = text + (marked ? 3 : 0), .end = text + size_bytes};
}

static char *config_skip_blanks(char *text)
{
    return text + strspn(text, config_blanks);
}

/* Whether nothing but a comment follows. */
static bool config_is_over(const char *text)
{
    return *text == '\0' || *text == '#';
}

/* The length of the name that a line or a section begins with. */
static size_t config_name_length(const char *text)
{
    return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");
}

/* Takes the next line out of the text, without its end. */
static char *config_take_line(struct config_reader *reader)
{
    char *line = reader->next;
    size_t left = (size_t)(reader->end - line);
    char *end = memchr(line, '\n', left);

    reader->next = end != NULL ? end + 1 : reader->end;
    if (end == NULL)
        end = reader->end;
    *end = '\0';
    if (end > line && end[-1] == '\r')
        *--end = '\0';
    reader->line++;
    return strlen(line) == (size_t)(end - line) ? line : NULL;
}

/* "[serve]", from behind the '['. */
static enum config_kind config_read_section(struct config_reader *reader, char *text)
{
    char *name = config_skip_blanks(text);
    char *end = name + config_name_length(name);
    char *bracket = config_skip_blanks(end);

    if (end == name || *bracket != ']' || !config_is_over(config_skip_blanks(bracket + 1)))
        return config_fail(reader, "a section is the name of a command in brackets: [serve]");
    *end = '\0';
    reader->section = name;
    return CONFIG_SECTION;
}

/* From behind the opening quote; returns what follows the closing one, NULL if there is none. */
static char *config_unquote(char *text, char quote)
{
    char *out = text;

    while (*text != '\0' && *text != quote) {
        if (quote == '"' && *text == '\\' && (text[1] == '"' || text[1] == '\\'))
            text++;
        *out++ = *text++;
    }
    if (*text == '\0')
        return NULL;
    *out = '\0';
    return text + 1;
}

static enum config_kind config_read_quoted(struct config_reader *reader, char *text)
{
    char *rest = config_unquote(text + 1, *text);

    reader->value = text + 1;
    if (rest == NULL)
        return config_fail(reader, "the closing quote is missing");
    if (!config_is_over(config_skip_blanks(rest)))
        return config_fail(reader, "text after the closing quote: put quotes around the whole "
                                   "value, '...' if it has \" in it");
    return CONFIG_SETTING;
}

/* Ends a value without quotes before a comment, and before the blanks at its end. */
static void config_end_value(char *value)
{
    char *end = value;

    for (char *at = value; *at != '\0'; at++) {
        if (*at == '#' && strchr(config_blanks, at[-1]) != NULL)
            break;
        if (strchr(config_blanks, *at) == NULL)
            end = at + 1;
    }
    *end = '\0';
}

static enum config_kind config_read_setting(struct config_reader *reader, char *line)
{
    char *end = line + config_name_length(line);
    char *value = config_skip_blanks(end);
    bool alone = config_is_over(value);

    if (end == line || *line == '-')
        return config_fail(reader, "a line is NAME = VALUE, with the name of a long option without "
                                   "the '--'");
    if (!alone && *value != '=')
        return config_fail(reader, "after the name of an option there is '=', or nothing");
    reader->name = line;
    reader->value = NULL;
    if (!alone)
        value = config_skip_blanks(value + 1);
    *end = '\0';
    if (alone)
        return CONFIG_SETTING;
    if (*value == '"' || *value == '\'')
        return config_read_quoted(reader, value);
    if (config_is_over(value))
        return config_fail(reader, "the value is missing: '' is an empty one");
    config_end_value(value);
    reader->value = value;
    return CONFIG_SETTING;
}

enum config_kind config_next(struct config_reader *reader)
{
    while (reader->next < reader->end) {
        char *line = config_take_line(reader);

        if (line == NULL)
            return config_fail(reader, "there is a NUL byte: this is no text file");
        line = config_skip_blanks(line);
        if (config_is_over(line))
            continue;
        return *line == '[' ? config_read_section(reader, line + 1)
                            : config_read_setting(reader, line);
    }
    return CONFIG_END;
}
