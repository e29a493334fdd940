/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parser: spans, problems and texts; see the header. */
#include "parser_internal.h"

#include <stdarg.h>
#include <string.h>

#include "udptui/base/problem.h"
#include "udptui/base/text.h"

/* ---- problems */

/* A continuation byte of UTF-8 is no character of its own. */
static void parser_find_place(const struct parser *parser, const char *place)
{
    int line = 1, column = 1;

    for (const char *at = parser->file.at; at < place && at < parser->file.end; at++) {
        if (*at == '\n') {
            line++;
            column = 1;
        } else {
            column += ((unsigned char)*at & 0xc0) != 0x80;
        }
    }
    parser->problem->line = line;
    parser->problem->column = column;
}

bool parser_complain(struct parser *parser, const char *place, const char *format, ...)
{
    va_list list;

    if (parser->failed)
        return false;
    parser->failed = true;
    parser_find_place(parser, place);
    va_start(list, format);
    problem_format(parser->problem->text, sizeof parser->problem->text, format, list);
    va_end(list);
    return false;
}

/* ---- spans */

bool parser_is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static const char *parser_end_of_line(const char *at, const char *end)
{
    const char *found = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;

    return found != NULL ? found : end;
}

void parser_skip_blanks(struct span *span)
{
    bool begins_line = false; /* a field begins behind its colon */

    while (span->at < span->end) {
        if (begins_line && *span->at == '#')
            span->at = parser_end_of_line(span->at, span->end);
        else if (!parser_is_blank(*span->at))
            return;
        else
            begins_line = *span->at++ == '\n';
    }
}

struct span parser_trim(struct span span)
{
    parser_skip_blanks(&span);
    while (span.end > span.at && parser_is_blank(span.end[-1]))
        span.end--;
    return span;
}

bool parser_next_line(struct span *rest, struct span *line)
{
    parser_skip_blanks(rest);
    line->at = rest->at;
    line->end = rest->at = parser_end_of_line(rest->at, rest->end);
    *line = parser_trim(*line);
    return line->at < line->end;
}

bool parser_next_word(struct span *rest, struct span *word)
{
    parser_skip_blanks(rest);
    word->at = rest->at;
    while (rest->at < rest->end && !parser_is_blank(*rest->at))
        rest->at++;
    word->end = rest->at;
    return word->at < word->end;
}

bool parser_is(struct span span, const char *text)
{
    size_t length = (size_t)(span.end - span.at);

    return length == strlen(text) && memcmp(span.at, text, length) == 0;
}

static bool begins_key(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
}

bool parser_next_key(struct span *rest, struct span *key)
{
    parser_skip_blanks(rest);
    key->at = rest->at;
    if (rest->at < rest->end && begins_key(*rest->at))
        while (rest->at < rest->end &&
               (begins_key(*rest->at) || (*rest->at >= '0' && *rest->at <= '9')))
            rest->at++;
    key->end = rest->at;
    return key->at < key->end;
}

/* ---- texts */

/* Room in the arena; a place that is always there if it is full. */
static char *parser_room(struct parser *parser, const char *place, size_t size_bytes)
{
    struct lesson *lesson = parser->lesson;
    char *room = lesson->arena + lesson->arena_used;

    if (size_bytes > sizeof lesson->arena - lesson->arena_used) {
        parser_complain(parser, place, "the lesson's texts are too long");
        return NULL;
    }
    lesson->arena_used += size_bytes;
    return room;
}

/* Characters that combine with nothing in front of them, for example, cannot be shown. */
static void parser_check_shown(struct parser *parser, const char *place, const char *text)
{
    size_t length = strlen(text);

    if (text_printable_bytes(text, length) != length)
        parser_complain(parser, place, "a character here cannot be shown by itself");
}

const char *parser_keep(struct parser *parser, struct span span)
{
    struct span rest = parser_trim(span);
    char *kept = parser_room(parser, span.at, (size_t)(rest.end - rest.at) + 1);
    char *out = kept;

    if (kept == NULL)
        return "";
    while (rest.at < rest.end) {
        if (*rest.at != '\n' && *rest.at != '\r') {
            *out++ = *rest.at++ == '\t' ? ' ' : rest.at[-1];
            continue;
        }
        while (out > kept && out[-1] == ' ')
            out--;
        *out++ = ' ';
        parser_skip_blanks(&rest);
    }
    *out = '\0';
    parser_check_shown(parser, span.at, kept);
    return kept;
}

const char *parser_keep_short(struct parser *parser, struct span span, size_t bytes_max,
                              const char *what)
{
    const char *kept = parser_keep(parser, span);

    if (strlen(kept) > bytes_max)
        parser_complain(parser, parser_trim(span).at, "%s has at most %zu bytes", what, bytes_max);
    return parser_translate(parser, kept);
}

const char *parser_keep_bytes(struct parser *parser, const char *bytes, size_t length)
{
    char *kept = parser_room(parser, parser->file.end, length + 1);

    if (kept == NULL)
        return "";
    memcpy(kept, bytes, length);
    kept[length] = '\0';
    return kept;
}

const char *parser_translate(const struct parser *parser, const char *english)
{
    return catalog_text(parser->catalog, english);
}

const char *parser_quoted(struct parser *parser, struct span *rest, const char *what)
{
    const char *begin;
    char *kept, *out;

    parser_skip_blanks(rest);
    begin = rest->at;
    if (rest->at == rest->end || *rest->at != '"') {
        parser_complain(parser, begin,
                        "%s in quotes is missing: write \"...\", with straight quotes", what);
        return NULL;
    }
    kept = out = parser_room(parser, begin, (size_t)(rest->end - rest->at));
    for (rest->at++; out != NULL && rest->at < rest->end && *rest->at != '\n'; rest->at++) {
        if (*rest->at == '"') {
            rest->at++;
            *out = '\0';
            parser_check_shown(parser, begin, kept);
            return kept;
        }
        if (*rest->at == '\\' && rest->at + 1 < rest->end &&
            (rest->at[1] == '"' || rest->at[1] == '\\'))
            rest->at++;
        *out++ = *rest->at;
    }
    parser_complain(parser, begin, "the quotes of %s are not closed on this line", what);
    return NULL;
}
