/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* script: the statements one after the other; see the header. */
#include "script_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "blanks_internal.h"
#include "steps_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/units.h"
#include "udptui/sys/clock.h"

static const int64_t script_time_ns = 8 * UNITS_NS_PER_S;
static const int64_t receive_time_ns = 2 * UNITS_NS_PER_S;

/* ---- parts */

int64_t script_limit_ns(struct script *script, const struct lesson_statement *statement,
                        int64_t default_ns)
{
    int64_t wanted_ns = statement->time_ns != LESSON_NO_TIME ? statement->time_ns : default_ns;
    int64_t left_ns = script->deadline_ns - clock_monotonic_ns();

    if (left_ns < 0)
        stage_fail(script->stage, "lesson %s: the script takes longer than %d s",
                   script->lesson->topic.name, (int)(script_time_ns / UNITS_NS_PER_S));
    return wanted_ns < left_ns ? wanted_ns : left_ns;
}

const char *script_fill(struct script *script, const char *text, bool plain, char *out,
                        size_t size_bytes)
{
    const struct expression_scope scope = {.find = script_find, .context = script};
    const struct blanks_source source = {.lesson = script->lesson,
                                         .catalog = script->stage->config.catalog,
                                         .scope = &scope,
                                         .plain = plain};
    struct builder filled = builder_begin(out, size_bytes);
    char why[EXPRESSION_ERROR_SIZE];

    if (!blanks_fill(&source, text, &filled, why))
        stage_fail(script->stage, "lesson %s: %s: %s", script->lesson->topic.name, text, why);
    return out;
}

int32_t script_number_in(const char *text)
{
    const char *digit = strpbrk(text, "0123456789");
    long number = digit != NULL ? strtol(digit, NULL, 10) : 0;

    return number > INT32_MAX ? INT32_MAX : (int32_t)number;
}

void script_add_number(struct script_list *list, int64_t number)
{
    if (list->count < COUNT_OF(list->numbers))
        list->numbers[list->count++] = (int32_t)number;
}

/* ---- statements without sockets of their own */

static void execute_step(struct script *script, const struct lesson_statement *statement)
{
    steps_find(statement->text)(script->stage);
}

static void execute_network(struct script *script, const struct lesson_statement *statement)
{
    stage_serve(script->stage, statement->text);
    script->objects[statement->object].endpoint = script->stage->server;
}

static void execute_note(struct script *script, const struct lesson_statement *statement)
{
    bool at_left = script->lesson->objects[statement->object].kind == LESSON_CLIENT;
    char text[LADDER_LABEL_SIZE];

    stage_happens(script->stage, at_left, "%s",
                  script_fill(script, statement->text, false, text, sizeof text));
}

static void execute_wait(struct script *script, const struct lesson_statement *statement)
{
    stage_wait(script->stage, -1, 0, script_limit_ns(script, statement, 0));
}

static void execute_settle(struct script *script, const struct lesson_statement *statement)
{
    (void)statement;
    stage_settle(script->stage);
}

static void execute_send(struct script *script, const struct lesson_statement *statement)
{
    if (script_is_of_network(script, statement->object))
        script_send_to_network(script, statement);
    else
        script_send(script, statement);
}

static bool receive_one(struct script *script, const struct lesson_statement *statement,
                        int64_t timeout_ns)
{
    if (script_is_of_network(script, statement->object))
        return script_receive_reply(script, statement->object, timeout_ns);
    return script_receive_one(script, statement, timeout_ns);
}

/* What the end received last is what the statement returned. */
static void execute_receive(struct script *script, const struct lesson_statement *statement)
{
    struct script_object *end = &script->objects[statement->object], *returned;

    end->arrived = false;
    receive_one(script, statement, script_limit_ns(script, statement, receive_time_ns));
    if (statement->returned == LESSON_NO_OBJECT)
        return;
    returned = &script->objects[statement->returned];
    *returned = *end;
    if (!end->arrived) {
        returned->bytes = 0;
        returned->text[0] = returned->from_text[0] = '\0';
        returned->truncated = false;
    }
}

static void execute_collect(struct script *script, const struct lesson_statement *statement)
{
    int64_t most = statement->amount > 0 ? statement->amount : STAGE_LEGS_MAX;
    struct lesson_statement each = *statement;

    each.amount = 0; /* not "into" */
    for (int64_t i = 0; i < most && stage_going(script->stage); i++)
        if (!receive_one(script, &each, script_limit_ns(script, statement, 0)))
            return;
}

/* ---- all of it */

typedef void executor(struct script *script, const struct lesson_statement *statement);

static executor *const executors[] = {
    [LESSON_DO_STEP] = execute_step,
    [LESSON_DO_SIMULATE] = execute_network,
    [LESSON_DO_OPEN_SERVER] = script_open_server,
    [LESSON_DO_FIND_CLOSED] = script_find_closed,
    [LESSON_DO_OPEN_CLIENT] = script_open_client,
    [LESSON_DO_SEND] = execute_send,
    [LESSON_DO_ASK] = script_ask,
    [LESSON_DO_RECEIVE] = execute_receive,
    [LESSON_DO_REPLY] = script_reply,
    [LESSON_DO_COLLECT] = execute_collect,
    [LESSON_DO_NOTE] = execute_note,
    [LESSON_DO_CLOSE] = script_close,
    [LESSON_DO_RESTART] = script_restart,
    [LESSON_DO_AWAIT_ERROR] = script_await_error,
    [LESSON_DO_READ_ERRORS] = script_read_errors,
    [LESSON_DO_WAIT] = execute_wait,
    [LESSON_DO_SETTLE] = execute_settle,
};

/* The statements from first to before last. */
static void execute_range(struct script *script, size_t first, size_t last)
{
    const struct lesson_statement *statements = script->lesson->statements;

    for (size_t at = first; at < last && stage_going(script->stage); at++) {
        const struct lesson_statement *statement = &statements[at];
        int64_t outer = script->i;
        if (statement->verb != LESSON_DO_REPEAT) {
            executors[statement->verb](script, statement);
            continue;
        }
        for (script->i = 1; script->i <= statement->amount; script->i++)
            execute_range(script, at + 1, (size_t)statement->partner);
        script->i = outer;
        at = (size_t)statement->partner;
    }
}

/* Delivers the figures that expressions use. */
static void deliver_figures(struct script *script)
{
    const struct expressions *expressions = &script->lesson->expressions;

    for (size_t i = 0; i < expressions->name_count && stage_going(script->stage); i++) {
        const char *name = expressions->names[i].text;
        struct expression_value value;
        if (strchr(name, '.') == NULL || !script_find(script, name, &value))
            continue;
        if (value.type == EXPRESSION_NUMBER)
            stage_count(script->stage, name, value.number);
        else if (value.type == EXPRESSION_TRUTH)
            stage_truth(script->stage, name, value.number != 0);
        else if (value.type == EXPRESSION_TEXT)
            stage_words(script->stage, name, "%s", value.text);
        else if (value.count <= LESSON_NUMBERS_MAX)
            stage_numbers(script->stage, name, value.numbers, value.count);
        else
            stage_fail(script->stage, "lesson %s: %s: more than %d numbers",
                       script->lesson->topic.name, name, LESSON_NUMBERS_MAX);
    }
}

void script_run(const struct lesson *lesson, struct stage *stage)
{
    struct script *script = calloc(1, sizeof *script);
    struct script_network network;

    if (script == NULL) {
        stage_fail(stage, "lesson: not enough memory");
        return;
    }
    script->lesson = lesson;
    script->stage = stage;
    script->network = &network;
    script->deadline_ns = clock_monotonic_ns() + script_time_ns;
    for (size_t i = 0; i < COUNT_OF(script->objects); i++)
        script->objects[i].server = script->objects[i].from_object = LESSON_NO_OBJECT;
    execute_range(script, 0, lesson->statement_count);
    stage_settle(stage);
    for (size_t i = 0; i < lesson->object_count; i++)
        if (lesson->objects[i].kind == LESSON_SERVER)
            script_mark_dropped(script, (int16_t)i);
    deliver_figures(script);
    free(script);
}
