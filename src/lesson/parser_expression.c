/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * parser_expression: expressions, by recursive descent: a function for each level of precedence.
 * Each returns the index of a node, or EXPRESSION_NONE with a problem noted.
 */
#include <string.h>

#include "parser_internal.h"
#include "udptui/base/array.h"

/* One expression under way. */
struct descent {
    struct parser *parser;
    struct span rest;
    int depth;
};

static int expression_parse_or(struct descent *descent);

/* ---- nodes and types */

static struct expression_node *node_of(const struct descent *descent, int index)
{
    return &descent->parser->lesson->expressions.nodes[index];
}

static int parser_add_node(struct descent *descent, const char *place, struct expression_node node)
{
    struct expressions *expressions = &descent->parser->lesson->expressions;

    if (expressions->node_count == EXPRESSION_NODES_MAX) {
        parser_complain(descent->parser, place, "the lesson's expressions are too long");
        return EXPRESSION_NONE;
    }
    node.place = place;
    expressions->nodes[expressions->node_count] = node;
    return (int)expressions->node_count++;
}

/* The name's index; a new one has no type yet. EXPRESSION_NONE with a problem. */
static int16_t parser_intern(struct parser *parser, struct span name)
{
    struct expressions *expressions = &parser->lesson->expressions;
    size_t length = (size_t)(name.end - name.at);

    for (size_t i = 0; i < expressions->name_count; i++)
        if (parser_is(name, expressions->names[i].text))
            return (int16_t)i;
    if (expressions->name_count == EXPRESSION_NAMES_MAX) {
        parser_complain(parser, name.at, "more than %d names", EXPRESSION_NAMES_MAX);
        return EXPRESSION_NONE;
    }
    expressions->names[expressions->name_count].text = parser_keep_bytes(parser, name.at, length);
    return (int16_t)expressions->name_count++;
}

/* The node has this type, or a problem. */
static bool require_type(struct descent *descent, int index, enum expression_type type)
{
    struct expressions *expressions = &descent->parser->lesson->expressions;
    struct expression_node *node;

    if (index == EXPRESSION_NONE)
        return false;
    node = node_of(descent, index);
    if (node->kind == EXPRESSION_NAME && node->type == EXPRESSION_UNKNOWN)
        node->type = expressions->names[node->name].type;
    if (node->type == EXPRESSION_UNKNOWN && node->kind == EXPRESSION_NAME)
        node->type = expressions->names[node->name].type = (uint8_t)type;
    if (node->type == type)
        return true;
    if (node->kind == EXPRESSION_NAME)
        return parser_complain(descent->parser, node->place, "%s is %s, but this needs %s",
                               expressions->names[node->name].text,
                               expression_type_name(node->type), expression_type_name(type));
    return parser_complain(descent->parser, node->place, "this is %s, but %s is needed here",
                           expression_type_name(node->type), expression_type_name(type));
}

enum expression_type parser_type_of(const struct parser *parser, int index)
{
    const struct expressions *expressions = &parser->lesson->expressions;
    const struct expression_node *node = &expressions->nodes[index];

    return node->kind == EXPRESSION_NAME ? expressions->names[node->name].type : node->type;
}

bool parser_define(struct parser *parser, struct span name, enum expression_type type)
{
    int16_t index = parser_intern(parser, name);
    struct expression_name *known;

    if (index == EXPRESSION_NONE)
        return false;
    known = &parser->lesson->expressions.names[index];
    if (known->type == EXPRESSION_UNKNOWN)
        known->type = (uint8_t)type;
    if (type == EXPRESSION_UNKNOWN || known->type == type)
        return true;
    return parser_complain(parser, name.at, "%s is %s here, but is used as %s", known->text,
                           expression_type_name(type), expression_type_name(known->type));
}

/* ---- symbols */

/* Moves past a symbol or, if it is made of letters, a word. */
static bool accept(struct descent *descent, const char *symbol)
{
    size_t length = strlen(symbol);
    struct span word, rest;

    parser_skip_blanks(&descent->rest);
    rest = descent->rest;
    if (symbol[0] >= 'a' && symbol[0] <= 'z') {
        if (!parser_next_key(&rest, &word) || !parser_is(word, symbol))
            return false;
        descent->rest = rest;
        return true;
    }
    if ((size_t)(rest.end - rest.at) < length || memcmp(rest.at, symbol, length) != 0)
        return false;
    descent->rest.at += length;
    return true;
}

static bool expect_symbol(struct descent *descent, const char *symbol)
{
    return accept(descent, symbol) ||
           parser_complain(descent->parser, descent->rest.at, "a %s is missing here", symbol);
}

/* ---- the smallest parts */

static bool read_digits(struct descent *descent, int64_t *number)
{
    const char *begin = descent->rest.at;

    *number = 0;
    while (descent->rest.at < descent->rest.end && *descent->rest.at >= '0' &&
           *descent->rest.at <= '9')
        if (__builtin_mul_overflow(*number, 10, number) ||
            __builtin_add_overflow(*number, *descent->rest.at++ - '0', number))
            return parser_complain(descent->parser, begin, "this number is too large");
    return descent->rest.at > begin;
}

static bool begins_number(const struct descent *descent)
{
    return descent->rest.at < descent->rest.end && *descent->rest.at >= '0' &&
           *descent->rest.at <= '9';
}

static bool add_item(struct descent *descent, struct expression_value *list)
{
    struct expressions *expressions = &descent->parser->lesson->expressions;
    bool negative = accept(descent, "-");
    const char *place;
    int64_t number;

    parser_skip_blanks(&descent->rest);
    place = descent->rest.at;
    if (!begins_number(descent))
        return parser_complain(descent->parser, place, "a list here has numbers alone: [1, 2]");
    if (!read_digits(descent, &number))
        return false;
    if (number > INT32_MAX || list->count == LESSON_NUMBERS_MAX ||
        expressions->number_count == EXPRESSION_NUMBERS_MAX)
        return parser_complain(descent->parser, place, "this is too much for a list");
    expressions->numbers[expressions->number_count++] = (int32_t)(negative ? -number : number);
    list->count++;
    return true;
}

/* [1, 2, 3], behind its bracket. */
static int expression_parse_list(struct descent *descent, const char *place)
{
    struct expressions *expressions = &descent->parser->lesson->expressions;
    struct expression_node node = {
        .kind = EXPRESSION_LITERAL,
        .type = EXPRESSION_LIST,
        .literal = {.type = EXPRESSION_LIST,
                    .numbers = expressions->numbers + expressions->number_count}};

    if (accept(descent, "]"))
        return parser_add_node(descent, place, node);
    do
        if (!add_item(descent, &node.literal))
            return EXPRESSION_NONE;
    while (accept(descent, ","));
    return expect_symbol(descent, "]") ? parser_add_node(descent, place, node) : EXPRESSION_NONE;
}

static int parser_add_literal(struct descent *descent, const char *place, enum expression_type type,
                              int64_t number, const char *text)
{
    return parser_add_node(
        descent, place,
        (struct expression_node){.kind = EXPRESSION_LITERAL,
                                 .type = (uint8_t)type,
                                 .literal = {.type = type, .number = number, .text = text}});
}

/* ---- functions and names */

static const struct function {
    const char *name;
    uint8_t kind, type;    /* the result's */
    uint8_t first, second; /* the arguments'; UNKNOWN: there is no second one */
} functions[] = {
    {"count", EXPRESSION_COUNT, EXPRESSION_NUMBER, EXPRESSION_LIST, EXPRESSION_UNKNOWN},
    {"sum", EXPRESSION_SUM, EXPRESSION_NUMBER, EXPRESSION_LIST, EXPRESSION_UNKNOWN},
    {"item", EXPRESSION_ITEM, EXPRESSION_NUMBER, EXPRESSION_LIST, EXPRESSION_NUMBER},
    {"ordered", EXPRESSION_ORDERED, EXPRESSION_TRUTH, EXPRESSION_LIST, EXPRESSION_UNKNOWN},
    {"number", EXPRESSION_OF_TRUTH, EXPRESSION_NUMBER, EXPRESSION_TRUTH, EXPRESSION_UNKNOWN},
};

/* Its arguments, behind the parenthesis. */
static int parse_call(struct descent *descent, const char *place, const struct function *function)
{
    struct expression_node node = {
        .kind = function->kind, .type = function->type, .right = EXPRESSION_NONE};
    int left = expression_parse_or(descent), right = EXPRESSION_NONE;

    if (!require_type(descent, left, function->first))
        return EXPRESSION_NONE;
    if (function->second != EXPRESSION_UNKNOWN) {
        if (!expect_symbol(descent, ","))
            return EXPRESSION_NONE;
        right = expression_parse_or(descent);
        if (!require_type(descent, right, function->second))
            return EXPRESSION_NONE;
    }
    node.left = (int16_t)left;
    node.right = (int16_t)right;
    return expect_symbol(descent, ")") ? parser_add_node(descent, place, node) : EXPRESSION_NONE;
}

/* The name of a figure, behind its point. EXPRESSION_NONE with a problem. */
static int16_t figure_of(struct descent *descent, struct span object)
{
    struct parser *parser = descent->parser;
    struct span figure, whole;
    enum expression_type type;
    int16_t index;

    descent->rest.at++;
    if (!parser_next_key(&descent->rest, &figure)) {
        parser_complain(parser, descent->rest.at, "the figure is missing: c.sent, for example");
        return EXPRESSION_NONE;
    }
    type = parser_figure(parser, object, figure);
    if (type == EXPRESSION_UNKNOWN)
        return EXPRESSION_NONE;
    whole = (struct span){object.at, figure.end};
    index = parser_intern(parser, whole);
    if (index != EXPRESSION_NONE)
        parser->lesson->expressions.names[index].type = (uint8_t)type;
    return index;
}

/* The index of a name. In a script, which knows no facts, that is a figure, or i in a repetition.
 * EXPRESSION_NONE with a problem. */
static int16_t name_of(struct descent *descent, struct span name)
{
    struct parser *parser = descent->parser;
    int16_t index;

    if (descent->rest.at < descent->rest.end && *descent->rest.at == '.')
        return figure_of(descent, name);
    if (!parser->in_script)
        return parser_intern(parser, name);
    if (parser->loops == 0 || !parser_is(name, "i")) {
        parser_complain(parser, name.at,
                        "a script knows i, in a repetition, and figures such as "
                        "c.sent");
        return EXPRESSION_NONE;
    }
    index = parser_intern(parser, name);
    if (index != EXPRESSION_NONE)
        parser->lesson->expressions.names[index].type = EXPRESSION_NUMBER;
    return index;
}

static int parse_name(struct descent *descent, struct span name)
{
    int16_t index;

    if (accept(descent, "(")) {
        for (size_t i = 0; i < COUNT_OF(functions); i++)
            if (parser_is(name, functions[i].name))
                return parse_call(descent, name.at, &functions[i]);
        parser_complain(descent->parser, name.at,
                        "unknown function: count, sum, item, ordered and number are known");
        return EXPRESSION_NONE;
    }
    if (parser_is(name, "yes") || parser_is(name, "no"))
        return parser_add_literal(descent, name.at, EXPRESSION_TRUTH, parser_is(name, "yes"), NULL);
    index = name_of(descent, name);
    if (index == EXPRESSION_NONE)
        return EXPRESSION_NONE;
    return parser_add_node(descent, name.at,
                           (struct expression_node){.kind = EXPRESSION_NAME, .name = index});
}

static int expression_parse_text(struct descent *descent, const char *place)
{
    const char *text = parser_quoted(descent->parser, &descent->rest, "the text");

    return text != NULL ? parser_add_literal(descent, place, EXPRESSION_TEXT, 0, text)
                        : EXPRESSION_NONE;
}

static int parse_primary(struct descent *descent)
{
    const char *place;
    struct span name;
    int64_t number;
    int inner;

    parser_skip_blanks(&descent->rest);
    place = descent->rest.at;
    if (accept(descent, "(")) {
        inner = expression_parse_or(descent);
        return inner != EXPRESSION_NONE && expect_symbol(descent, ")") ? inner : EXPRESSION_NONE;
    }
    if (accept(descent, "["))
        return expression_parse_list(descent, place);
    if (descent->rest.at < descent->rest.end && *descent->rest.at == '"')
        return expression_parse_text(descent, place);
    if (begins_number(descent))
        return read_digits(descent, &number)
                   ? parser_add_literal(descent, place, EXPRESSION_NUMBER, number, NULL)
                   : EXPRESSION_NONE;
    if (parser_next_key(&descent->rest, &name))
        return parse_name(descent, name);
    parser_complain(descent->parser, place,
                    accept(descent, "=") ? "two things are compared with one =, as in: sent = 5"
                                         : "a name, a number or a text is missing here");
    return EXPRESSION_NONE;
}

/* ---- operators */

/* An operator with one operand of its type. */
static int add_unary(struct descent *descent, const char *place, enum expression_kind kind,
                     enum expression_type type, int operand)
{
    if (!require_type(descent, operand, type))
        return EXPRESSION_NONE;
    return parser_add_node(descent, place,
                           (struct expression_node){.kind = (uint8_t)kind,
                                                    .type = (uint8_t)type,
                                                    .left = (int16_t)operand,
                                                    .right = EXPRESSION_NONE});
}

/* -x, not x and (x): what nests. */
static int parse_factor(struct descent *descent)
{
    const char *place = descent->rest.at;
    int result;

    if (++descent->depth > EXPRESSION_DEPTH_MAX) {
        parser_complain(descent->parser, place, "this is nested too deeply");
        return EXPRESSION_NONE;
    }
    if (accept(descent, "-"))
        result = add_unary(descent, place, EXPRESSION_NEGATIVE, EXPRESSION_NUMBER,
                           parse_factor(descent));
    else
        result = parse_primary(descent);
    descent->depth--;
    return result;
}

struct operator
{
    const char *symbol;
    uint8_t kind, operands, result; /* types; operands UNKNOWN: any, both the same */
};

/* Both operands have the operator's type; if it takes any, they have the same one. */
static bool require_operands(struct descent *descent, const struct operator* operator, int left,
                             int right)
{
    enum expression_type type = operator->operands;

    if (left == EXPRESSION_NONE || right == EXPRESSION_NONE)
        return false;
    if (type == EXPRESSION_UNKNOWN)
        type = parser_type_of(descent->parser, left);
    if (type == EXPRESSION_UNKNOWN)
        type = parser_type_of(descent->parser, right);
    if (type == EXPRESSION_UNKNOWN)
        return true; /* two names whose types are not known yet */
    return require_type(descent, left, type) && require_type(descent, right, type);
}

static int add_binary(struct descent *descent, const char *place, const struct operator* operator,
                      int left, int right)
{
    if (!require_operands(descent, operator, left, right))
        return EXPRESSION_NONE;
    return parser_add_node(descent, place,
                           (struct expression_node){.kind = operator->kind,
                                                    .type = operator->result,
                                                    .left = (int16_t)left,
                                                    .right = (int16_t)right});
}

/* The first operator that stands here; NULL: none. */
static const struct operator*
    accept_operator(struct descent *descent, const struct operator* operators, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (accept(descent, operators[i].symbol))
            return &operators[i];
    return NULL;
}

/* x OPERATOR x OPERATOR x, from the left. */
static int parse_chain(struct descent *descent, const struct operator* operators, size_t count,
                       int (*operand)(struct descent *descent))
{
    int left = operand(descent);

    while (left != EXPRESSION_NONE) {
        const struct operator* operator;
        const char *place;
        parser_skip_blanks(&descent->rest);
        place = descent->rest.at;
        operator= accept_operator(descent, operators, count);
        if (operator== NULL)
            break;
        left = add_binary(descent, place, operator, left, operand(descent));
    }
    return left;
}

static int parse_product(struct descent *descent)
{
    static const struct operator operators[] = {
        {"*", EXPRESSION_TIMES, EXPRESSION_NUMBER, EXPRESSION_NUMBER},
        {"/", EXPRESSION_DIVIDED, EXPRESSION_NUMBER, EXPRESSION_NUMBER}};

    return parse_chain(descent, operators, COUNT_OF(operators), parse_factor);
}

static int parse_sum(struct descent *descent)
{
    static const struct operator operators[] = {
        {"+", EXPRESSION_PLUS, EXPRESSION_NUMBER, EXPRESSION_NUMBER},
        {"-", EXPRESSION_MINUS, EXPRESSION_NUMBER, EXPRESSION_NUMBER}};

    return parse_chain(descent, operators, COUNT_OF(operators), parse_product);
}

/* One comparison: a < b < c has no meaning here. */
static int parse_comparison(struct descent *descent)
{
    static const struct operator operators[] = {
        {"!=", EXPRESSION_UNEQUAL, EXPRESSION_UNKNOWN, EXPRESSION_TRUTH},
        {"<=", EXPRESSION_LESS_EQUAL, EXPRESSION_NUMBER, EXPRESSION_TRUTH},
        {">=", EXPRESSION_MORE_EQUAL, EXPRESSION_NUMBER, EXPRESSION_TRUTH},
        {"=", EXPRESSION_EQUAL, EXPRESSION_UNKNOWN, EXPRESSION_TRUTH},
        {"<", EXPRESSION_LESS, EXPRESSION_NUMBER, EXPRESSION_TRUTH},
        {">", EXPRESSION_MORE, EXPRESSION_NUMBER, EXPRESSION_TRUTH}};
    const struct operator* operator;
    const char *place;
    int left = parse_sum(descent);

    parser_skip_blanks(&descent->rest);
    place = descent->rest.at;
    operator= left != EXPRESSION_NONE ? accept_operator(descent, operators, COUNT_OF(operators))
                                      : NULL;
    if (operator== NULL)
        return left;
    return add_binary(descent, place, operator, left, parse_sum(descent));
}

static int expression_parse_not(struct descent *descent)
{
    const char *place;
    int result;

    parser_skip_blanks(&descent->rest);
    place = descent->rest.at;
    if (!accept(descent, "not"))
        return parse_comparison(descent);
    if (++descent->depth > EXPRESSION_DEPTH_MAX) {
        parser_complain(descent->parser, place, "this is nested too deeply");
        return EXPRESSION_NONE;
    }
    result =
        add_unary(descent, place, EXPRESSION_NOT, EXPRESSION_TRUTH, expression_parse_not(descent));
    descent->depth--;
    return result;
}

static int expression_parse_and(struct descent *descent)
{
    static const struct operator operators[] = {
        {"and", EXPRESSION_AND, EXPRESSION_TRUTH, EXPRESSION_TRUTH}};

    return parse_chain(descent, operators, COUNT_OF(operators), expression_parse_not);
}

static int expression_parse_or(struct descent *descent)
{
    static const struct operator operators[] = {
        {"or", EXPRESSION_OR, EXPRESSION_TRUTH, EXPRESSION_TRUTH}};

    return parse_chain(descent, operators, COUNT_OF(operators), expression_parse_and);
}

int parser_expression(struct parser *parser, struct span span, enum expression_type type)
{
    struct descent descent = {.parser = parser, .rest = span};
    int index = expression_parse_or(&descent);

    if (index == EXPRESSION_NONE)
        return EXPRESSION_NONE;
    parser_skip_blanks(&descent.rest);
    if (descent.rest.at < descent.rest.end) {
        parser_complain(parser, descent.rest.at, "the expression ends before this");
        return EXPRESSION_NONE;
    }
    if (type != EXPRESSION_UNKNOWN && !require_type(&descent, index, type))
        return EXPRESSION_NONE;
    return index;
}
