/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * parser_script: the statements of Script, one a line: "VERB ..." declares an object or acts on all,
 * "OBJECT VERB ..." acts on an object. A table says what stands behind each verb.
 */
#include <string.h>

#include "figure_rules_internal.h"
#include "parser_clauses_internal.h"
#include "parser_internal.h"
#include "steps_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/builder.h"
#include "udptui/base/nearest.h"
#include "udptui/base/units.h"
#include "udptui/proto/impair.h"

enum {
    NEST_MAX = 2,
    REPEAT_MAX = 100,
    RATE_MIN_PER_S = 10,
    TEXT_BYTES_MAX = 60, /* of a payload; the stage keeps so much of each message */
};

static const int64_t delay_max_ns = UNITS_NS_PER_S;

/* ---- what stands directly behind a verb */

static bool read_nothing(struct reading *reading)
{
    (void)reading;
    return true;
}

static bool read_step(struct reading *reading)
{
    struct span word;
    char name[CLAUSES_WORD_SIZE];

    if (!clauses_read_word(reading, "the name of the step", &word, name))
        return false;
    if (steps_find(name) == NULL)
        return parser_complain(reading->parser, word.at, "there is no step %s", name);
    reading->statement->text = parser_keep(reading->parser, word);
    return true;
}

static bool delays_too_much(const struct impair_config *config)
{
    for (size_t i = 0; i < IMPAIR_WAYS; i++) {
        const struct impair_path *way = &config->ways[i];
        if (way->delay_ns > delay_max_ns - way->jitter_ns ||
            (way->rate_per_s > 0 && way->rate_per_s < RATE_MIN_PER_S))
            return true;
    }
    return false;
}

/* The object with the name network. LESSON_NO_OBJECT with a problem. */
static int16_t declare_network(struct reading *reading, struct span place)
{
    static const char name[] = "network";
    struct lesson *lesson = reading->parser->lesson;
    struct span named = {name, name + sizeof name - 1};

    if (clauses_find_object(lesson, named) != LESSON_NO_OBJECT)
        parser_complain(reading->parser, place.at, "a second network: a script has one");
    else if (lesson->object_count == LESSON_OBJECTS_MAX)
        parser_complain(reading->parser, place.at, "more than %d names", LESSON_OBJECTS_MAX);
    if (reading->parser->failed)
        return LESSON_NO_OBJECT;
    lesson->objects[lesson->object_count] =
        (struct lesson_object){.name = name, .kind = LESSON_NETWORK, .target = LESSON_NO_OBJECT};
    return (int16_t)lesson->object_count++;
}

static bool read_network(struct reading *reading)
{
    struct parser *parser = reading->parser;
    struct impair_config config = {.seed = 0};
    struct span word;
    const char *why;

    if (!parser_next_word(&reading->rest, &word))
        return parser_complain(parser, reading->rest.at,
                               "the impairments are missing: network loss=30%%, or network off");
    reading->statement->text = parser_keep(parser, word);
    why = impair_parse(reading->statement->text, &config);
    if (why != NULL)
        return parser_complain(parser, word.at, "%s", why);
    if (delays_too_much(&config))
        return parser_complain(parser, word.at,
                               "a script's network delays by at most 1s, and has "
                               "a rate of at least 10/s");
    reading->statement->object = declare_network(reading, word);
    return !parser->failed;
}

static bool read_server(struct reading *reading)
{
    reading->statement->object = clauses_declare(reading, LESSON_SERVER);
    return !reading->parser->failed;
}

static bool read_closed(struct reading *reading)
{
    reading->statement->object = clauses_declare(reading, LESSON_CLOSED);
    return !reading->parser->failed;
}

static bool read_client(struct reading *reading)
{
    reading->statement->object = clauses_declare(reading, LESSON_CLIENT);
    return !reading->parser->failed;
}

static bool read_payload(struct reading *reading)
{
    struct span rest = reading->rest;

    reading->statement->text = clauses_read_template(reading, "the text");
    if (reading->statement->text == NULL)
        return false;
    parser_skip_blanks(&rest);
    return strlen(reading->statement->text) <= TEXT_BYTES_MAX ||
           parser_complain(reading->parser, rest.at, "a text to send has at most %d bytes",
                           TEXT_BYTES_MAX);
}

/* What happens at an end, for people. */
static bool read_event(struct reading *reading)
{
    const char *text = clauses_read_template(reading, "the note");

    if (text != NULL)
        reading->statement->text = parser_translate(reading->parser, text);
    return text != NULL;
}

static bool read_repeat(struct reading *reading)
{
    return clauses_read_number(reading, REPEAT_MAX, &reading->statement->amount);
}

/* ---- verbs */

enum { ENDS = LESSON_CLIENT | LESSON_SERVER, ANY_END = ENDS | LESSON_CLOSED };

static const struct verb_rule {
    const char *word;
    uint8_t verb;    /* enum lesson_verb */
    uint8_t objects; /* of enum lesson_object_kind: "OBJECT VERB ..."; 0: "VERB ..." */
    bool (*read)(struct reading *reading); /* what stands directly behind the verb */
    unsigned clauses;
} verb_rules[] = {
    {"network", LESSON_DO_SIMULATE, 0, read_network, 0},
    {"server", LESSON_DO_OPEN_SERVER, 0, read_server, CLAUSE_QUEUE | CLAUSE_AT},
    {"closed", LESSON_DO_FIND_CLOSED, 0, read_closed, 0},
    {"client", LESSON_DO_OPEN_CLIENT, 0, read_client,
     CLAUSE_TO | CLAUSE_UNCONNECTED | CLAUSE_ERRORS},
    {"wait", LESSON_DO_WAIT, 0, clauses_read_time, 0},
    {"settle", LESSON_DO_SETTLE, 0, read_nothing, 0},
    {"repeat", LESSON_DO_REPEAT, 0, read_repeat, 0},
    {"end", LESSON_DO_END, 0, read_nothing, 0},
    {"step", LESSON_DO_STEP, 0, read_step, 0},
    {"send", LESSON_DO_SEND, LESSON_CLIENT, read_payload, CLAUSE_PAD | CLAUSE_LABEL | CLAUSE_AS},
    {"ask", LESSON_DO_ASK, LESSON_CLIENT, read_payload, CLAUSE_WITHIN | CLAUSE_RETRY | CLAUSE_AS},
    {"receive", LESSON_DO_RECEIVE, ENDS, read_nothing,
     CLAUSE_WITHIN | CLAUSE_INTO | CLAUSE_NOTE | CLAUSE_AS},
    {"reply", LESSON_DO_REPLY, LESSON_SERVER, read_payload, CLAUSE_PAD | CLAUSE_LABEL | CLAUSE_AS},
    {"collect", LESSON_DO_COLLECT, ENDS, read_nothing, CLAUSE_WITHIN | CLAUSE_MOST | CLAUSE_NOTE},
    {"note", LESSON_DO_NOTE, ANY_END, read_event, 0},
    {"close", LESSON_DO_CLOSE, ENDS, read_nothing, 0},
    {"restart", LESSON_DO_RESTART, LESSON_SERVER, read_nothing, 0},
    {"await", LESSON_DO_AWAIT_ERROR, LESSON_CLIENT, read_nothing, CLAUSE_WITHIN},
    {"errors", LESSON_DO_READ_ERRORS, LESSON_CLIENT, read_nothing, 0},
};

/* of: 0 for those without an object, else those of an object. */
static const struct verb_rule *find_verb(struct span word, bool of_object)
{
    for (size_t i = 0; i < COUNT_OF(verb_rules); i++)
        if ((verb_rules[i].objects != 0) == of_object && parser_is(word, verb_rules[i].word))
            return &verb_rules[i];
    return NULL;
}

bool parser_is_verb(struct span word)
{
    return find_verb(word, false) != NULL;
}

/* Always false. objects: those that the verb may act on; 0: the first word of a line. */
static bool complain_of_verb(struct parser *parser, struct span word, unsigned object)
{
    char typed[CLAUSES_WORD_SIZE] = "", list[256];
    size_t length = (size_t)(word.end - word.at);
    struct nearest nearest = nearest_begin(typed);
    struct builder text = builder_begin(list, sizeof list);

    memcpy(typed, word.at, length < sizeof typed ? length : sizeof typed - 1);
    for (size_t i = 0; i < COUNT_OF(verb_rules); i++) {
        if (object == 0 ? verb_rules[i].objects != 0 : (verb_rules[i].objects & object) == 0)
            continue;
        nearest_consider(&nearest, verb_rules[i].word);
        builder_add_item(&text, ", ", "%s", verb_rules[i].word);
    }
    if (nearest.word != NULL)
        return parser_complain(parser, word.at, "unknown word %s: did you mean %s?", typed,
                               nearest.word);
    if (object == 0)
        return parser_complain(parser, word.at,
                               "nothing above has the name %s; a statement begins "
                               "with such a name or %s",
                               typed, list);
    return parser_complain(parser, word.at, "it cannot %s: use %s", typed, list);
}

/* The verb of the line, behind the object that it acts on. NULL with a problem. */
static const struct verb_rule *read_verb(struct reading *reading)
{
    struct parser *parser = reading->parser;
    struct span word, verb;
    const struct verb_rule *rule;
    const struct lesson_object *object;

    parser_next_word(&reading->rest, &word);
    reading->statement->object = clauses_find_object(parser->lesson, word);
    rule = find_verb(word, false);
    if (rule != NULL || reading->statement->object == LESSON_NO_OBJECT) {
        if (rule == NULL)
            complain_of_verb(parser, word, 0);
        return rule;
    }
    object = &parser->lesson->objects[reading->statement->object];
    if (!parser_next_word(&reading->rest, &verb)) {
        parser_complain(parser, reading->rest.at, "what should %s do?", object->name);
        return NULL;
    }
    rule = find_verb(verb, true);
    if (rule != NULL && (rule->objects & object->kind) != 0)
        return rule;
    complain_of_verb(parser, verb, object->kind);
    return NULL;
}

/* ---- what is checked of a statement that was read */

/* A client without "to" sends to what was declared last. */
static bool set_target(struct reading *reading)
{
    struct lesson *lesson = reading->parser->lesson;
    struct lesson_object *client = &lesson->objects[reading->statement->object];

    client->target = reading->statement->other;
    for (size_t i = lesson->object_count; i > 0 && client->target == LESSON_NO_OBJECT; i--)
        if ((lesson->objects[i - 1].kind & (LESSON_NETWORK | LESSON_SERVER | LESSON_CLOSED)) != 0)
            client->target = (int16_t)(i - 1);
    return client->target != LESSON_NO_OBJECT ||
           parser_complain(reading->parser, reading->parser->line.at,
                           "a client needs a network, a server or a closed port above it");
}

static bool check_network(struct reading *reading)
{
    const struct lesson *lesson = reading->parser->lesson;
    const struct lesson_statement *statement = reading->statement;
    const struct lesson_object *client = &lesson->objects[statement->object];
    bool of_network =
        client->kind == LESSON_CLIENT && lesson->objects[client->target].kind == LESSON_NETWORK;

    if (statement->verb == LESSON_DO_ASK && !of_network)
        return parser_complain(reading->parser, reading->parser->line.at,
                               "ask is for a client of the network, which replies; use send, and "
                               "let the server receive and reply");
    if (of_network && statement->verb == LESSON_DO_SEND &&
        (statement->amount != 0 || statement->label != NULL || statement->returned >= 0))
        return parser_complain(reading->parser, reading->parser->line.at,
                               "a client of the network sends a text alone, without pad, label "
                               "and as");
    if (of_network && statement->verb == LESSON_DO_RECEIVE && statement->amount != 0)
        return parser_complain(reading->parser, reading->parser->line.at,
                               "a client of the network receives without into");
    return true;
}

/* ---- repetitions */

/* The repetitions that a statement stands in. */
struct nest {
    int16_t begins[NEST_MAX]; /* their statements */
    int64_t times;            /* how often it is executed */
    int depth;
};

static bool open_repeat(struct parser *parser, struct nest *nest, int16_t index)
{
    if (nest->depth == NEST_MAX)
        return parser_complain(parser, parser->line.at, "more than %d repetitions in each other",
                               NEST_MAX);
    nest->begins[nest->depth++] = index;
    nest->times *= parser->lesson->statements[index].amount;
    parser->loops = nest->depth;
    return true;
}

static bool close_repeat(struct parser *parser, struct nest *nest, int16_t index)
{
    struct lesson_statement *statements = parser->lesson->statements;
    int16_t begin;

    if (nest->depth == 0)
        return parser_complain(parser, parser->line.at, "this end ends no repeat");
    begin = nest->begins[--nest->depth];
    statements[begin].partner = index;
    statements[index].partner = begin;
    nest->times /= statements[begin].amount;
    parser->loops = nest->depth;
    return true;
}

static bool nest_statement(struct parser *parser, struct nest *nest)
{
    struct lesson *lesson = parser->lesson;
    int16_t index = (int16_t)(lesson->statement_count - 1);

    if (lesson->statements[index].verb == LESSON_DO_REPEAT)
        return open_repeat(parser, nest, index);
    if (lesson->statements[index].verb == LESSON_DO_END)
        return close_repeat(parser, nest, index);
    if (nest->times > 1 && lesson->statements[index].object >= 0 &&
        lesson->statements[index].verb <= LESSON_DO_OPEN_CLIENT)
        return parser_complain(parser, parser->line.at, "this cannot be repeated");
    lesson->executions += nest->times;
    return lesson->executions <= LESSON_EXECUTIONS_MAX ||
           parser_complain(parser, parser->line.at, "the script executes more than %d statements",
                           LESSON_EXECUTIONS_MAX);
}

/* ---- all of it */

static bool read_statement(struct parser *parser, struct nest *nest)
{
    struct lesson *lesson = parser->lesson;
    struct reading reading = {.parser = parser, .rest = parser->line};
    const struct verb_rule *rule;

    if (lesson->statement_count == LESSON_STATEMENTS_MAX)
        return parser_complain(parser, parser->line.at, "more than %d statements",
                               LESSON_STATEMENTS_MAX);
    reading.statement = &lesson->statements[lesson->statement_count++];
    *reading.statement = (struct lesson_statement){
        .other = LESSON_NO_OBJECT, .returned = LESSON_NO_OBJECT, .time_ns = LESSON_NO_TIME};
    rule = read_verb(&reading);
    if (rule == NULL)
        return false;
    reading.statement->verb = rule->verb;
    if (!rule->read(&reading) || !clauses_read(&reading, rule->clauses))
        return false;
    if (rule->verb == LESSON_DO_OPEN_CLIENT && !set_target(&reading))
        return false;
    return (rule->objects == 0 || check_network(&reading)) && nest_statement(parser, nest);
}

bool parser_script(struct parser *parser, struct span value)
{
    struct nest nest = {.times = 1};

    parser->in_script = true;
    while (parser_next_line(&value, &parser->line))
        if (!read_statement(parser, &nest))
            return false;
    parser->in_script = false;
    if (nest.depth > 0)
        return parser_complain(parser, value.end, "a repeat has no end");
    parser->lesson->script_nodes = parser->lesson->expressions.node_count;
    return true;
}

/* ---- figures in expressions */

enum expression_type parser_figure(struct parser *parser, struct span object, struct span figure)
{
    const struct lesson *lesson = parser->lesson;
    int16_t index = clauses_find_object(lesson, object);
    char name[CLAUSES_WORD_SIZE] = "", list[320];
    size_t length = (size_t)(figure.end - figure.at);
    const struct figure_rule *rule = NULL;

    memcpy(name, figure.at, length < sizeof name ? length : sizeof name - 1);
    if (index == LESSON_NO_OBJECT) {
        parser_complain(parser, object.at, "the script has nothing with the name %.*s",
                        (int)(object.end - object.at), object.at);
        return EXPRESSION_UNKNOWN;
    }
    rule = figure_rules_find(name, lesson->objects[index].kind);
    if (rule == NULL) {
        parser_complain(parser, figure.at, "there is no %s.%s: it has %s",
                        lesson->objects[index].name, name,
                        figure_rules_list(lesson->objects[index].kind, list, sizeof list));
        return EXPRESSION_UNKNOWN;
    }
    return rule->type;
}
