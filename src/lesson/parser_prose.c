/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * parser_prose: sentences, with what stands in brackets behind them: the sources of a sentence of an
 * explanation, the condition of one of Happened.
 *
 * A sentence ends with its mark, or with a full stop, a question mark or an exclamation mark before
 * a blank. A bracket begins a mark only behind a blank.
 */
#include <string.h>

#include "parser_internal.h"

static const char *const closers = "\"')";

/* A sentence and its mark, "" if it has none, without the brackets. */
struct marked {
    struct span text, mark;
};

static bool is_one_of(char byte, const char *bytes)
{
    return byte != '\0' && strchr(bytes, byte) != NULL;
}

/* Whether the text up to here, before a blank, ends a sentence. next: the next character; behind a
 * quotation that goes on in the sentence, it is a small letter. */
static bool ends_sentence(const char *begin, const char *at, char next)
{
    bool quoted = at > begin && is_one_of(at[-1], closers);

    while (at > begin && is_one_of(at[-1], closers))
        at--;
    if (at == begin || !is_one_of(at[-1], ".?!") || (quoted && next >= 'a' && next <= 'z'))
        return false;
    return at - begin < 3 || memcmp(at - 3, "...", 3) != 0;
}

/* The mark that begins here. False with a problem. */
static bool read_mark(struct parser *parser, struct span *rest, struct span *mark)
{
    const char *close = memchr(rest->at, ']', (size_t)(rest->end - rest->at));

    if (close == NULL)
        return parser_complain(parser, rest->at, "this [ is not closed with ]");
    *mark = (struct span){rest->at + 1, close};
    rest->at = close + 1;
    return true;
}

/* The next sentence. False: there is no more, or a problem. */
static bool next_sentence(struct parser *parser, struct span *rest, struct marked *marked)
{
    parser_skip_blanks(rest);
    *marked = (struct marked){{rest->at, rest->at}, {rest->at, rest->at}};
    if (rest->at == rest->end || parser->failed)
        return false;
    while (rest->at < rest->end) {
        struct span word, ahead;
        if (*rest->at == '[')
            break;
        parser_next_word(rest, &word);
        marked->text.end = word.end;
        ahead = *rest;
        parser_skip_blanks(&ahead);
        if (ends_sentence(marked->text.at, word.end, ahead.at < ahead.end ? *ahead.at : '\0')) {
            if (ahead.at < ahead.end && *ahead.at == '[')
                *rest = ahead;
            break;
        }
        *rest = ahead;
    }
    if (rest->at < rest->end && *rest->at == '[')
        return read_mark(parser, rest, &marked->mark);
    return true;
}

/* Room for the next sentence. NULL with a problem. */
static struct lesson_sentence *add_sentence(struct parser *parser, struct lesson_prose *prose,
                                            struct span text)
{
    struct lesson_sentence *sentence;

    if (prose->count == LESSON_SENTENCES_MAX) {
        parser_complain(parser, text.at, "more than %d sentences", LESSON_SENTENCES_MAX);
        return NULL;
    }
    if (text.at == text.end) {
        parser_complain(parser, text.at, "a sentence is missing before this [");
        return NULL;
    }
    sentence = &prose->sentences[prose->count++];
    sentence->english = parser_keep(parser, text);
    sentence->text = parser_translate(parser, sentence->english);
    sentence->condition = EXPRESSION_NONE;
    return sentence;
}

/* ---- sources */

static bool prose_read_source(struct parser *parser, struct span key, uint32_t *sources)
{
    key = parser_trim(key);
    if (parser_is(key, "script"))
        *sources |= LESSON_FROM_SCRIPT;
    else if (parser_is(key, "measured"))
        *sources |= LESSON_FROM_MEASURED;
    else if (parser_source_bit(parser, key) != 0)
        *sources |= parser_source_bit(parser, key);
    else
        return parser_complain(parser, key.at,
                               "no Source has the key %.*s: use its key, script or measured",
                               (int)(key.end - key.at), key.at);
    return true;
}

static bool read_sources(struct parser *parser, const struct marked *marked, uint32_t *sources)
{
    struct span rest = marked->mark;

    if (parser_trim(rest).at == parser_trim(rest).end)
        return parser_complain(parser, marked->text.end,
                               "the sentence before this has no source: end it with [KEY], "
                               "[script] or [measured]");
    for (bool more = true; more && !parser->failed;) {
        const char *comma = memchr(rest.at, ',', (size_t)(rest.end - rest.at));
        struct span key = {rest.at, comma != NULL ? comma : rest.end};
        prose_read_source(parser, key, sources);
        more = comma != NULL;
        rest.at = more ? comma + 1 : rest.end;
    }
    return !parser->failed;
}

/* The sentences with a blank between them. */
static const char *prose_join(struct parser *parser, const struct lesson_prose *prose)
{
    struct lesson *lesson = parser->lesson;
    const char *joined = lesson->arena + lesson->arena_used;

    for (size_t i = 0; i < prose->count; i++) {
        const char *text = prose->sentences[i].text;
        if (i > 0)
            lesson->arena[lesson->arena_used - 1] = ' '; /* in place of the end */
        parser_keep_bytes(parser, text, strlen(text));
    }
    return parser->failed || prose->count == 0 ? "" : joined;
}

bool parser_sourced_prose(struct parser *parser, struct span value, struct lesson_prose *prose,
                          const char **joined)
{
    struct marked marked;

    while (next_sentence(parser, &value, &marked)) {
        struct lesson_sentence *sentence = add_sentence(parser, prose, marked.text);
        if (sentence == NULL || !read_sources(parser, &marked, &sentence->sources))
            return false;
    }
    *joined = prose_join(parser, prose);
    return !parser->failed;
}

/* ---- Happened */

static bool add_blank(struct parser *parser, struct span inner)
{
    struct lesson *lesson = parser->lesson;
    struct lesson_blank *blank = &lesson->blanks[lesson->blank_count];

    if (lesson->blank_count == LESSON_BLANKS_MAX)
        return parser_complain(parser, inner.at, "more than %d {...}", LESSON_BLANKS_MAX);
    lesson->blank_count++;
    blank->text = parser_keep(parser, inner);
    blank->value = (int16_t)parser_expression(parser, inner, EXPRESSION_UNKNOWN);
    return !parser->failed;
}

bool parser_blanks(struct parser *parser, struct span text)
{
    while (text.at < text.end) {
        const char *open = memchr(text.at, '{', (size_t)(text.end - text.at)), *close;
        if (open == NULL)
            return true;
        close = memchr(open, '}', (size_t)(text.end - open));
        if (close == NULL)
            return parser_complain(parser, open, "this { is not closed with }");
        if (!add_blank(parser, (struct span){open + 1, close}))
            return false;
        text.at = close + 1;
    }
    return true;
}

static bool read_condition(struct parser *parser, struct span mark,
                           struct lesson_sentence *sentence)
{
    struct span word;

    if (mark.at == mark.end)
        return true;
    if (!parser_next_word(&mark, &word) || !parser_is(word, "if"))
        return parser_complain(parser, word.at, "only a condition may stand here: [if ...]");
    sentence->condition = (int16_t)parser_expression(parser, mark, EXPRESSION_TRUTH);
    return !parser->failed;
}

bool parser_happened(struct parser *parser, struct span value)
{
    struct lesson_prose *prose = &parser->lesson->happened;
    struct marked marked;

    while (next_sentence(parser, &value, &marked)) {
        struct lesson_sentence *sentence = add_sentence(parser, prose, marked.text);
        if (sentence == NULL || !parser_blanks(parser, marked.text) ||
            !read_condition(parser, marked.mark, sentence))
            return false;
    }
    return !parser->failed;
}
