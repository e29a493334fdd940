/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parser_clauses: the parts of a script's statement; see the header. */
#include "parser_clauses_internal.h"

#include <string.h>

#include "udptui/base/array.h"
#include "udptui/base/builder.h"
#include "udptui/base/units.h"

enum {
    REPEAT_MAX = 100,
    RETRIES_MAX = 20,
    BYTES_MAX = 65507,
    QUEUE_BYTES_MAX = 1 << 20,
};

static const int64_t time_max_ns = 2 * UNITS_NS_PER_S;

/* ---- parts of a statement */

/* The next word as text. False with a problem: it is missing, or too long. what: "the time". */
bool clauses_read_word(struct reading *reading, const char *what, struct span *word, char *out)
{
    size_t length;

    if (!parser_next_word(&reading->rest, word))
        return parser_complain(reading->parser, reading->rest.at, "%s is missing", what);
    length = (size_t)(word->end - word->at);
    if (length >= CLAUSES_WORD_SIZE)
        return parser_complain(reading->parser, word->at, "%s is too long", what);
    memcpy(out, word->at, length);
    out[length] = '\0';
    return true;
}

bool clauses_read_time(struct reading *reading)
{
    struct span word;
    char text[CLAUSES_WORD_SIZE];

    if (!clauses_read_word(reading, "the time", &word, text))
        return false;
    if (!units_parse_duration(text, &reading->statement->time_ns) ||
        reading->statement->time_ns > time_max_ns)
        return parser_complain(reading->parser, word.at, "a time is 20ms or 1s, at most 2s");
    return true;
}

bool clauses_read_number(struct reading *reading, int64_t maximum, int64_t *number)
{
    struct span word;
    char text[CLAUSES_WORD_SIZE];

    if (!clauses_read_word(reading, "the number", &word, text))
        return false;
    return units_parse_integer(text, 1, maximum, number) ||
           parser_complain(reading->parser, word.at, "a number from 1 to %lld is needed here",
                           (long long)maximum);
}

static bool read_bytes(struct reading *reading)
{
    return clauses_read_number(reading, BYTES_MAX, &reading->statement->amount);
}

/* More than a datagram can have, so that a script can show what happens then. */
static bool read_pad(struct reading *reading)
{
    return clauses_read_number(reading, LESSON_PAD_BYTES_MAX, &reading->statement->amount);
}

static bool read_queue(struct reading *reading)
{
    return clauses_read_number(reading, QUEUE_BYTES_MAX, &reading->statement->amount);
}

static bool read_most(struct reading *reading)
{
    return clauses_read_number(reading, REPEAT_MAX, &reading->statement->amount);
}

static bool read_retries(struct reading *reading)
{
    return clauses_read_number(reading, RETRIES_MAX, &reading->statement->retries);
}

static bool read_unconnected(struct reading *reading)
{
    reading->statement->unconnected = true;
    return true;
}

static bool read_error_queue(struct reading *reading)
{
    reading->statement->error_queue = true;
    return true;
}

/* A text in quotes, in English, with its placeholders read. NULL with a problem. */
const char *clauses_read_template(struct reading *reading, const char *what)
{
    const char *begin, *text;

    parser_skip_blanks(&reading->rest);
    begin = reading->rest.at;
    text = parser_quoted(reading->parser, &reading->rest, what);
    if (text == NULL ||
        !parser_blanks(reading->parser, (struct span){begin + 1, reading->rest.at - 1}))
        return NULL;
    return text;
}

/* It is what was sent, in every language. */
static bool read_label(struct reading *reading)
{
    reading->statement->label = clauses_read_template(reading, "the label");
    return reading->statement->label != NULL;
}

static bool read_note(struct reading *reading)
{
    const char *text = clauses_read_template(reading, "the note");

    if (text != NULL)
        reading->statement->note = parser_translate(reading->parser, text);
    return text != NULL;
}

/* ---- objects */

int16_t clauses_find_object(const struct lesson *lesson, struct span name)
{
    for (size_t i = 0; i < lesson->object_count; i++)
        if (parser_is(name, lesson->objects[i].name))
            return (int16_t)i;
    return LESSON_NO_OBJECT;
}

/* Declares the next word. LESSON_NO_OBJECT with a problem. */
int16_t clauses_declare(struct reading *reading, enum lesson_object_kind kind)
{
    struct parser *parser = reading->parser;
    struct lesson *lesson = parser->lesson;
    struct span word, key;
    char name[CLAUSES_WORD_SIZE];

    if (!clauses_read_word(reading, "the name", &word, name))
        return LESSON_NO_OBJECT;
    key = word;
    if (!parser_next_key(&key, &word) || key.at != key.end)
        parser_complain(parser, word.at, "a name has letters, digits and _ alone");
    else if (strlen(name) >= LESSON_NAME_SIZE)
        parser_complain(parser, word.at, "a name has at most %d letters", LESSON_NAME_SIZE - 1);
    else if (parser_is_verb(word))
        parser_complain(parser, word.at, "%s is a word of scripts: take another name", name);
    else if (clauses_find_object(lesson, word) != LESSON_NO_OBJECT)
        parser_complain(parser, word.at, "the name %s is taken already", name);
    else if (lesson->object_count == LESSON_OBJECTS_MAX)
        parser_complain(parser, word.at, "more than %d names", LESSON_OBJECTS_MAX);
    if (parser->failed)
        return LESSON_NO_OBJECT;
    lesson->objects[lesson->object_count] = (struct lesson_object){
        .name = parser_keep(parser, word), .kind = (uint8_t)kind, .target = LESSON_NO_OBJECT};
    return (int16_t)lesson->object_count++;
}

/* An object of these kinds that stands above. what: "a client". */
static bool read_object(struct reading *reading, unsigned kinds, const char *what, int16_t *object)
{
    struct span word;
    char name[CLAUSES_WORD_SIZE];

    if (!clauses_read_word(reading, what, &word, name))
        return false;
    *object = clauses_find_object(reading->parser->lesson, word);
    if (*object == LESSON_NO_OBJECT)
        return parser_complain(reading->parser, word.at, "nothing above has the name %s", name);
    if ((reading->parser->lesson->objects[*object].kind & kinds) == 0)
        return parser_complain(reading->parser, word.at, "%s is no %s", name, what);
    return true;
}

static bool read_to(struct reading *reading)
{
    return read_object(reading, LESSON_NETWORK | LESSON_SERVER | LESSON_CLOSED,
                       "network, server or closed port", &reading->statement->other);
}

static bool read_at(struct reading *reading)
{
    return read_object(reading, LESSON_CLOSED, "closed port", &reading->statement->other);
}

static enum lesson_object_kind kind_of_returned(const struct lesson_statement *statement)
{
    if (statement->verb == LESSON_DO_ASK)
        return LESSON_REPLIED;
    return statement->verb == LESSON_DO_RECEIVE ? LESSON_GOT : LESSON_SENT;
}

/* A name that is new, or that was given to the same kind of statement before. */
static bool read_as(struct reading *reading)
{
    struct lesson *lesson = reading->parser->lesson;
    struct span rest = reading->rest, word;
    enum lesson_object_kind kind = kind_of_returned(reading->statement);
    int16_t known = LESSON_NO_OBJECT;

    if (parser_next_word(&rest, &word))
        known = clauses_find_object(lesson, word);
    if (known != LESSON_NO_OBJECT && lesson->objects[known].kind == kind) {
        reading->rest = rest;
        reading->statement->returned = known;
        return true;
    }
    reading->statement->returned = clauses_declare(reading, kind);
    return reading->statement->returned != LESSON_NO_OBJECT;
}

/* ---- clauses */

static const struct clause_rule {
    const char *word;
    unsigned bit;
    bool (*read)(struct reading *reading);
} clause_rules[] = {
    {"within", CLAUSE_WITHIN, clauses_read_time},
    {"retry", CLAUSE_RETRY, read_retries},
    {"pad", CLAUSE_PAD, read_pad},
    {"into", CLAUSE_INTO, read_bytes},
    {"most", CLAUSE_MOST, read_most},
    {"queue", CLAUSE_QUEUE, read_queue},
    {"to", CLAUSE_TO, read_to},
    {"at", CLAUSE_AT, read_at},
    {"as", CLAUSE_AS, read_as},
    {"label", CLAUSE_LABEL, read_label},
    {"note", CLAUSE_NOTE, read_note},
    {"unconnected", CLAUSE_UNCONNECTED, read_unconnected},
    {"errors", CLAUSE_ERRORS, read_error_queue},
};

static bool complain_of_clause(struct reading *reading, struct span word, unsigned clauses)
{
    char list[256];
    struct builder text = builder_begin(list, sizeof list);

    for (size_t i = 0; i < COUNT_OF(clause_rules); i++)
        if ((clauses & clause_rules[i].bit) != 0)
            builder_add_item(&text, ", ", "%s", clause_rules[i].word);
    return clauses == 0
               ? parser_complain(reading->parser, word.at, "the statement ends before this")
               : parser_complain(reading->parser, word.at, "only these may follow here: %s", list);
}

/* Those that the verb may have, each once, in any order. */
bool clauses_read(struct reading *reading, unsigned clauses)
{
    struct span word;

    while (parser_next_word(&reading->rest, &word)) {
        size_t i = 0;
        while (i < COUNT_OF(clause_rules) &&
               ((clauses & clause_rules[i].bit) == 0 || !parser_is(word, clause_rules[i].word)))
            i++;
        if (i == COUNT_OF(clause_rules))
            return complain_of_clause(reading, word, clauses);
        clauses &= ~clause_rules[i].bit;
        if (!clause_rules[i].read(reading))
            return false;
    }
    return true;
}
