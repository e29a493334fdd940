/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * parser_fields: the fields of a lesson's file: "Field: value"; a line that begins with a blank continues
 * the field, # in the first column begins a comment. The fields are found first, then read in the
 * order of the table of fields: an explanation names sources that stand below it.
 */
#include "udptui/lesson/lesson.h"

#include <string.h>

#include "parser_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/nearest.h"
#include "udptui/base/text.h"

enum { FIELDS_MAX = 128, LINE_BYTES_MAX = 2000, ENDS_MAX = 3 };

struct field {
    struct span name, value;
};

/* The fields of a file. */
struct fields {
    struct field items[FIELDS_MAX];
    size_t count;
};

/* ---- bytes */

/* The first character of the line that cannot be shown: no UTF-8, or a control character. */
static const char *find_unprintable(struct span line)
{
    const char *at = line.at;

    while (at < line.end) {
        const char *next = at + 1;
        size_t length;
        while (next < line.end && ((unsigned char)*next & 0xc0) == 0x80)
            next++;
        length = (size_t)(next - line.at);
        if (text_printable_bytes(line.at, length) != length)
            break;
        at = next;
    }
    return at;
}

static bool check_line(struct parser *parser, struct span line)
{
    size_t length = (size_t)(line.end - line.at);
    const char *bad;

    if (length > LINE_BYTES_MAX)
        return parser_complain(parser, line.at, "a line of more than %d bytes", LINE_BYTES_MAX);
    if (length > 0 && line.end[-1] == '\r')
        length--, line.end--;
    if (text_printable_bytes(line.at, length) == length && memchr(line.at, '\r', length) == NULL)
        return true;
    bad = memchr(line.at, '\r', length);
    if (bad == NULL)
        bad = find_unprintable(line);
    return parser_complain(parser, bad,
                           "the byte 0x%02x is no text here: a lesson is UTF-8 "
                           "without control characters",
                           (unsigned char)*bad);
}

/* All that is shown of a file is safe from here on. */
static bool check_bytes(struct parser *parser)
{
    struct span rest = parser->file;

    while (rest.at < rest.end) {
        const char *end = memchr(rest.at, '\n', (size_t)(rest.end - rest.at));
        struct span line = {rest.at, end != NULL ? end : rest.end};
        if (!check_line(parser, line))
            return false;
        rest.at = end != NULL ? end + 1 : rest.end;
    }
    return true;
}

/* ---- the fields one by one */

static bool read_name(struct parser *parser, struct span value)
{
    size_t length = (size_t)(value.end - value.at);

    for (size_t i = 0; i < length; i++) {
        char byte = value.at[i];
        if (!((byte >= 'a' && byte <= 'z') || (i > 0 && byte >= '0' && byte <= '9') ||
              (i > 0 && byte == '-')))
            return parser_complain(parser, value.at + i,
                                   "a name has small letters, digits and - alone");
    }
    if (length >= LESSON_NAME_SIZE)
        return parser_complain(parser, value.at, "a name has at most %d letters",
                               LESSON_NAME_SIZE - 1);
    parser->lesson->topic.name = parser_keep(parser, value);
    return true;
}

static bool read_title(struct parser *parser, struct span value)
{
    return parser_sourced_prose(parser, value, &parser->lesson->title,
                                &parser->lesson->topic.summary);
}

static bool read_plan(struct parser *parser, struct span value)
{
    return parser_sourced_prose(parser, value, &parser->lesson->plan, &parser->lesson->topic.plan);
}

static bool read_explanation(struct parser *parser, struct span value)
{
    return parser_sourced_prose(parser, value, &parser->lesson->explanation,
                                &parser->lesson->topic.explanation);
}

static const char *read_end(struct parser *parser, struct span value)
{
    return parser_keep_short(parser, value, LESSON_END_BYTES_MAX, "the name of an end");
}

/* The part of the value before a comma, which is taken from it; the whole of it without one. */
static struct span take_end(struct span *value)
{
    const char *comma = memchr(value->at, ',', (size_t)(value->end - value->at));
    struct span end = {value->at, comma != NULL ? comma : value->end};

    value->at = comma != NULL ? comma + 1 : value->end;
    return parser_trim(end);
}

/* Two names, or three with what is in the middle. */
static bool read_ends(struct parser *parser, struct span value)
{
    struct lesson_topic *topic = &parser->lesson->topic;
    struct span rest = value, ends[ENDS_MAX] = {{NULL, NULL}};
    int count = 0;

    for (bool more = true; more && count < ENDS_MAX; count++) {
        more = memchr(rest.at, ',', (size_t)(rest.end - rest.at)) != NULL;
        ends[count] = take_end(&rest);
        if (ends[count].at == ends[count].end)
            return parser_complain(parser, value.at, "one of the ends has no name");
    }
    if (count < 2)
        return parser_complain(parser, value.at,
                               "the names of the two ends are missing: Ends: client, server");
    if (rest.at != rest.end)
        return parser_complain(parser, rest.at,
                               "more than three names: Ends: client, router, server");
    topic->client = read_end(parser, ends[0]);
    parser->middle = count > 2 ? ends[1].at : NULL;
    topic->middle = count > 2 ? read_end(parser, ends[1]) : NULL;
    topic->server = read_end(parser, ends[count - 1]);
    return !parser->failed;
}

static bool read_question(struct parser *parser, struct span value)
{
    parser->lesson->topic.question = parser_translate(parser, parser_keep(parser, value));
    return !parser->failed;
}

static bool read_choice(struct parser *parser, struct span value)
{
    struct lesson_topic *topic = &parser->lesson->topic;
    int count = lesson_choices(topic);

    if (count == LESSON_CHOICES_MAX)
        return parser_complain(parser, value.at, "more than %d choices, the answer included",
                               LESSON_CHOICES_MAX);
    topic->choices[count] = parser_keep_short(parser, value, LESSON_CHOICE_BYTES_MAX, "a choice");
    return !parser->failed;
}

static bool fields_read_answer(struct parser *parser, struct span value)
{
    parser->lesson->topic.right = lesson_choices(&parser->lesson->topic);
    return read_choice(parser, value);
}

static bool fields_read_source(struct parser *parser, struct span value)
{
    struct lesson *lesson = parser->lesson;
    struct lesson_source *source = &lesson->sources[lesson->source_count];
    struct span key;

    if (lesson->source_count == LESSON_SOURCES_MAX)
        return parser_complain(parser, value.at, "more than %d sources", LESSON_SOURCES_MAX);
    if (!parser_next_key(&value, &key))
        return parser_complain(parser, value.at, "a source is KEY = TEXT");
    parser_skip_blanks(&value);
    if (value.at == value.end || *value.at != '=')
        return parser_complain(parser, value.at, "a source is KEY = TEXT");
    value.at++;
    if (parser_trim(value).at == parser_trim(value).end)
        return parser_complain(parser, value.at, "the text of this source is missing");
    if (parser_source_bit(parser, key) != 0 || parser_is(key, "script") ||
        parser_is(key, "measured"))
        return parser_complain(parser, key.at, "this key is taken already");
    *source = (struct lesson_source){parser_keep(parser, key), parser_keep(parser, value)};
    lesson->source_count++;
    return true;
}

static bool read_command(struct parser *parser, struct span value)
{
    struct lesson_topic *topic = &parser->lesson->topic;
    size_t count = 0;

    while (count < LESSON_COMMANDS_MAX && topic->commands[count] != NULL)
        count++;
    if (count == LESSON_COMMANDS_MAX)
        return parser_complain(parser, value.at, "more than %d commands", LESSON_COMMANDS_MAX);
    topic->commands[count] = parser_keep(parser, value);
    if (strlen(topic->commands[count]) >= LESSON_COMMAND_SIZE - 24) /* its seed has 19 digits */
        return parser_complain(parser, value.at, "a command has at most %d bytes",
                               LESSON_COMMAND_SIZE - 24);
    return true;
}

static bool read_expect(struct parser *parser, struct span value)
{
    return parser_expectation(parser, value, LESSON_ON_NOTHING);
}

static bool read_chance(struct parser *parser, struct span value)
{
    return parser_expectation(parser, value, LESSON_ON_SEED);
}

static bool read_timing(struct parser *parser, struct span value)
{
    return parser_expectation(parser, value, LESSON_ON_TIMES);
}

/* In the order in which they are read. */
static const struct field_rule {
    const char *name;
    bool (*read)(struct parser *parser, struct span value);
    bool required, repeated;
} rules[] = {
    {"Name", read_name, true, false},
    {"Source", fields_read_source, false, true},
    {"Title", read_title, true, false},
    {"Ends", read_ends, false, false},
    {"Plan", read_plan, false, false},
    {"Question", read_question, true, false},
    {"Choice", NULL, true, true}, /* with Answer, in their order in the file */
    {"Answer", NULL, true, false},
    {"Script", parser_script, true, false},
    {"Facts", parser_facts, false, false},
    {"Happened", parser_happened, false, false},
    {"Expect", read_expect, false, true},
    {"Chance", read_chance, false, true}, /* another seed may meet it */
    {"Timing", read_timing, false, true}, /* another try may */
    {"Explanation", read_explanation, false, false},
    {"Command", read_command, false, true},
};

/* ---- finding the fields */

static bool check_field_name(struct parser *parser, struct span name)
{
    char typed[LESSON_NAME_SIZE] = "";
    struct nearest nearest = nearest_begin(typed);
    size_t length = (size_t)(name.end - name.at);

    for (size_t i = 0; i < COUNT_OF(rules); i++)
        if (parser_is(name, rules[i].name))
            return true;
    memcpy(typed, name.at, length < sizeof typed ? length : sizeof typed - 1);
    for (size_t i = 0; i < COUNT_OF(rules); i++)
        nearest_consider(&nearest, rules[i].name);
    if (nearest.word != NULL)
        return parser_complain(parser, name.at, "unknown field %s: did you mean %s?", typed,
                               nearest.word);
    return parser_complain(parser, name.at, "unknown field %s: see udptui-lesson(5)", typed);
}

static bool begin_field(struct parser *parser, struct fields *fields, struct span line)
{
    struct field field;
    struct span rest = line;

    if (!parser_next_key(&rest, &field.name) || rest.at == rest.end || *rest.at != ':')
        return parser_complain(parser, line.at,
                               "a line is \"Field: value\", begins with a blank, "
                               "or is a comment with #");
    if (!check_field_name(parser, field.name))
        return false;
    if (fields->count == FIELDS_MAX)
        return parser_complain(parser, line.at, "more than %d fields", FIELDS_MAX);
    field.value = (struct span){rest.at + 1, line.end};
    fields->items[fields->count++] = field;
    return true;
}

static bool continue_field(struct parser *parser, struct fields *fields, struct span line)
{
    struct span text = parser_trim(line);

    if (text.at == text.end)
        return true;
    if (fields->count == 0)
        return parser_complain(
            parser, text.at,
            "a line that begins with a blank continues a field, but none stands above it");
    fields->items[fields->count - 1].value.end = line.end;
    return true;
}

static bool find_fields(struct parser *parser, struct fields *fields)
{
    struct span rest = parser->file;
    bool fine = true;

    while (rest.at < rest.end && fine) {
        const char *end = memchr(rest.at, '\n', (size_t)(rest.end - rest.at));
        struct span line = {rest.at, end != NULL ? end : rest.end};
        rest.at = end != NULL ? end + 1 : rest.end;
        if (line.at < line.end && *line.at == '#')
            continue;
        if (line.at == line.end || parser_is_blank(*line.at))
            fine = continue_field(parser, fields, line);
        else
            fine = begin_field(parser, fields, line);
    }
    return fine;
}

/* ---- checks */

/* No field is empty. */
static bool check_fields(struct parser *parser, const struct fields *fields)
{
    for (size_t i = 0; i < fields->count; i++) {
        struct span value = parser_trim(fields->items[i].value);
        if (value.at == value.end)
            return parser_complain(parser, fields->items[i].name.at, "this field is empty");
    }
    return true;
}

static bool read_fields(struct parser *parser, const struct fields *fields,
                        const struct field_rule *rule)
{
    size_t count = 0;

    for (size_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->items[i];
        if (!parser_is(field->name, rule->name))
            continue;
        if (count++ > 0 && !rule->repeated)
            return parser_complain(parser, field->name.at, "a second %s: a lesson has one",
                                   rule->name);
        if (rule->read != NULL && !rule->read(parser, parser_trim(field->value)))
            return false;
    }
    return count > 0 || !rule->required ||
           parser_complain(parser, parser->file.end, "the lesson has no %s", rule->name);
}

/* Choices and the answer, in their order. */
static bool read_choices(struct parser *parser, const struct fields *fields)
{
    for (size_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->items[i];
        struct span value = parser_trim(field->value);
        if (parser_is(field->name, "Choice") && !read_choice(parser, value))
            return false;
        if (parser_is(field->name, "Answer") && !fields_read_answer(parser, value))
            return false;
    }
    return true;
}

uint32_t parser_source_bit(const struct parser *parser, struct span key)
{
    for (size_t i = 0; i < parser->lesson->source_count; i++)
        if (parser_is(key, parser->lesson->sources[i].key))
            return UINT32_C(1) << i;
    return 0;
}

static uint32_t sources_of(const struct lesson_prose *prose)
{
    uint32_t sources = 0;

    for (size_t i = 0; i < prose->count; i++)
        sources |= prose->sentences[i].sources;
    return sources;
}

static bool check_sources_used(struct parser *parser, const struct fields *fields)
{
    const struct lesson *lesson = parser->lesson;
    uint32_t used =
        sources_of(&lesson->title) | sources_of(&lesson->plan) | sources_of(&lesson->explanation);
    size_t source = 0;

    for (size_t i = 0; i < fields->count; i++) {
        const struct field *field = &fields->items[i];
        if (!parser_is(field->name, "Source"))
            continue;
        if ((used & UINT32_C(1) << source++) == 0)
            return parser_complain(parser, field->name.at,
                                   "no sentence uses this source: end one with [%s]",
                                   lesson->sources[source - 1].key);
    }
    return true;
}

/* The arrows of statements are between two ends; only a step knows what is between them. */
static bool check_middle(struct parser *parser)
{
    const struct lesson *lesson = parser->lesson;

    for (size_t i = 0; i < lesson->statement_count && parser->middle != NULL; i++)
        if (lesson->statements[i].verb == LESSON_DO_STEP)
            return true;
    return parser->middle == NULL ||
           parser_complain(parser, parser->middle, "a script draws two ends: name two");
}

/* ---- all of it */

/* "RFC 768; recv(2)" */
static const char *join_sources(struct parser *parser)
{
    struct lesson *lesson = parser->lesson;
    const char *joined = lesson->arena + lesson->arena_used;

    for (size_t i = 0; i < lesson->source_count; i++) {
        const char *text = lesson->sources[i].text;
        if (i > 0) {
            lesson->arena_used--;
            parser_keep_bytes(parser, "; ", 2);
            lesson->arena_used--;
        }
        parser_keep_bytes(parser, text, strlen(text));
    }
    if (lesson->source_count == 0 || parser->failed)
        return "";
    if (strlen(joined) >= LESSON_SOURCES_SIZE)
        parser_complain(parser, parser->file.end, "all sources together have at most %d bytes",
                        LESSON_SOURCES_SIZE - 1);
    return joined;
}

static bool read_all(struct parser *parser, struct fields *fields)
{
    if (!check_bytes(parser) || !find_fields(parser, fields) || !check_fields(parser, fields))
        return false;
    for (size_t i = 0; i < COUNT_OF(rules); i++)
        if (!read_fields(parser, fields, &rules[i]))
            return false;
    if (!read_choices(parser, fields) || !check_sources_used(parser, fields) ||
        !check_middle(parser) || !parser_check_names(parser))
        return false;
    parser->lesson->topic.sources = join_sources(parser);
    return !parser->failed;
}

bool lesson_parse(struct lesson *lesson, const char *text, size_t size_bytes,
                  const struct catalog *catalog, struct lesson_problem *problem)
{
    static const char mark[] = "\xef\xbb\xbf"; /* some editors begin UTF-8 with it */
    struct fields fields = {.count = 0};
    struct parser parser = {.file = {text, text + size_bytes},
                            .lesson = lesson,
                            .catalog = catalog,
                            .problem = problem};

    memset(lesson, 0, offsetof(struct lesson, arena));
    lesson->topic = (struct lesson_topic){
        .plan = "", .explanation = "", .client = "client", .server = "server"};
    if (size_bytes >= sizeof mark - 1 && memcmp(text, mark, sizeof mark - 1) == 0)
        parser.file.at += sizeof mark - 1;
    if (size_bytes > LESSON_FILE_SIZE_MAX)
        return parser_complain(&parser, text, "a lesson has at most %d kB",
                               LESSON_FILE_SIZE_MAX / 1024);
    lesson->topic.client = parser_translate(&parser, lesson->topic.client);
    lesson->topic.server = parser_translate(&parser, lesson->topic.server);
    return read_all(&parser, &fields);
}
