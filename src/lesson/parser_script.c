/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parser_script: the statements of Script, one a line. */
#include "parser_internal.h"
#include "steps_internal.h"

static bool read_step(struct parser *parser, struct span rest, struct lesson_statement *statement)
{
    struct span name, more;

    if (!parser_next_word(&rest, &name))
        return parser_complain(parser, rest.at, "the name of the step is missing: step NAME");
    if (parser_next_word(&rest, &more))
        return parser_complain(parser, more.at, "a step has nothing behind its name");
    statement->step = parser_keep(parser, name);
    if (steps_find(statement->step) == NULL)
        return parser_complain(parser, name.at, "there is no step %s", statement->step);
    return true;
}

static bool read_statement(struct parser *parser, struct span line)
{
    struct lesson *lesson = parser->lesson;
    struct lesson_statement *statement = &lesson->statements[lesson->statement_count];
    struct span verb;

    if (lesson->statement_count == LESSON_STATEMENTS_MAX)
        return parser_complain(parser, line.at, "more than %d statements", LESSON_STATEMENTS_MAX);
    if (!parser_next_word(&line, &verb) || !parser_is(verb, "step"))
        return parser_complain(parser, verb.at, "unknown statement: step is known");
    lesson->statement_count++;
    return read_step(parser, line, statement);
}

bool parser_script(struct parser *parser, struct span value)
{
    struct span line;

    while (parser_next_line(&value, &line))
        if (!read_statement(parser, line))
            return false;
    return true;
}
