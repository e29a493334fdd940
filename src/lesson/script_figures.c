/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* script_figures: the values of "OBJECT.FIGURE". */
#include <stddef.h>
#include <string.h>

#include "script_internal.h"

static struct expression_value of_number(int64_t number)
{
    return (struct expression_value){.type = EXPRESSION_NUMBER, .number = number};
}

static struct expression_value of_truth(bool truth)
{
    return (struct expression_value){.type = EXPRESSION_TRUTH, .number = truth};
}

static struct expression_value of_text(const char *text)
{
    return (struct expression_value){.type = EXPRESSION_TEXT, .text = text};
}

static struct expression_value of_list(const struct script_list *list)
{
    return (struct expression_value){
        .type = EXPRESSION_LIST, .numbers = list->numbers, .count = list->count};
}

/* Where the figures of an object, and those of the network, stand. */
#define IN_OBJECT(field)  offsetof(struct script_object, field)
#define IN_NETWORK(field) offsetof(struct script_network, field)

static const size_t object_offsets[] = {
    [FIGURE_SENT] = IN_OBJECT(sent),
    [FIGURE_SENT_BYTES] = IN_OBJECT(sent_bytes),
    [FIGURE_SENT_NUMBERS] = IN_OBJECT(sent_numbers),
    [FIGURE_ERRORS] = IN_OBJECT(errors),
    [FIGURE_RECEIVED] = IN_OBJECT(received),
    [FIGURE_RECEIVED_BYTES] = IN_OBJECT(received_bytes),
    [FIGURE_RECEIVED_NUMBERS] = IN_OBJECT(received_numbers),
    [FIGURE_DISTINCT] = IN_OBJECT(distinct),
    [FIGURE_INTACT] = IN_OBJECT(intact),
    [FIGURE_BYTES] = IN_OBJECT(bytes),
    [FIGURE_TEXT] = IN_OBJECT(text),
    [FIGURE_ASKED] = IN_OBJECT(asked),
    [FIGURE_ANSWERED] = IN_OBJECT(answered),
    [FIGURE_SILENT] = IN_OBJECT(silent),
    [FIGURE_SILENT_NUMBERS] = IN_OBJECT(silent_numbers),
    [FIGURE_REPORTED] = IN_OBJECT(reported),
    [FIGURE_ICMP] = IN_OBJECT(icmp),
    [FIGURE_ICMP_TYPE] = IN_OBJECT(icmp_type),
    [FIGURE_ICMP_CODE] = IN_OBJECT(icmp_code),
    [FIGURE_CLIENTS] = IN_OBJECT(client_count),
    [FIGURE_DROPPED] = IN_OBJECT(dropped),
    [FIGURE_QUEUE_BYTES] = IN_OBJECT(queue_bytes),
    [FIGURE_WAITING_BYTES] = IN_OBJECT(waiting_bytes),
    [FIGURE_ARRIVED] = IN_OBJECT(arrived),
    [FIGURE_TRUNCATED] = IN_OBJECT(truncated),
    [FIGURE_FROM] = IN_OBJECT(from_text),
    [FIGURE_SENDS] = IN_OBJECT(sends),
    [FIGURE_US] = IN_OBJECT(us),
};

static const size_t network_offsets[] = {
    [FIGURE_RECEIVED] = IN_NETWORK(received),
    [FIGURE_LOST_REQUESTS] = IN_NETWORK(lost_requests),
    [FIGURE_LOST_REPLIES] = IN_NETWORK(lost_replies),
    [FIGURE_LATE_BY] = IN_NETWORK(late_by),
    [FIGURE_DELIVERED] = IN_NETWORK(delivered),
    [FIGURE_REPEATED] = IN_NETWORK(repeated),
};

/* A number is an int64_t there, a truth a bool, a text chars, a list a script_list. */
static struct expression_value value_at(const void *place, enum expression_type type)
{
    if (type == EXPRESSION_LIST)
        return of_list(place);
    if (type == EXPRESSION_TEXT)
        return of_text(place);
    return type == EXPRESSION_TRUTH ? of_truth(*(const bool *)place)
                                    : of_number(*(const int64_t *)place);
}

static bool has_empty_queue(const struct script_object *object)
{
    return object->socket == NULL || object->socket->fd < 0 || stage_is_empty(object->socket);
}

static struct expression_value value_of_object(const struct script_object *object,
                                               const struct figure_rule *rule)
{
    if (rule->id == FIGURE_EMPTY)
        return of_truth(has_empty_queue(object));
    if (rule->id == FIGURE_RESULT)
        return of_text(stage_errno_name(object->error));
    return value_at((const char *)object + object_offsets[rule->id],
                    (enum expression_type)rule->type);
}

static struct expression_value value_of_network(const struct script *script,
                                                const struct figure_rule *rule)
{
    script_measure_network(script, script->network);
    return value_at((const char *)script->network + network_offsets[rule->id],
                    (enum expression_type)rule->type);
}

/* The object with the name before the point. -1: there is none. */
static int object_of(const struct lesson *lesson, const char *name, size_t length)
{
    for (size_t i = 0; i < lesson->object_count; i++)
        if (strlen(lesson->objects[i].name) == length &&
            memcmp(lesson->objects[i].name, name, length) == 0)
            return (int)i;
    return -1;
}

bool script_find(const void *context, const char *name, struct expression_value *value)
{
    const struct script *script = context;
    const char *point = strchr(name, '.');
    const struct figure_rule *rule;
    int object;

    if (point == NULL) {
        *value = of_number(script->i);
        return strcmp(name, "i") == 0;
    }
    object = object_of(script->lesson, name, (size_t)(point - name));
    if (object < 0)
        return false;
    rule =
        figure_rules_find(point + 1, (enum lesson_object_kind)script->lesson->objects[object].kind);
    if (rule == NULL || (rule->id == FIGURE_US && !script->objects[object].arrived))
        return false;
    if (script->lesson->objects[object].kind == LESSON_NETWORK)
        *value = value_of_network(script, rule);
    else
        *value = value_of_object(&script->objects[object], rule);
    return true;
}
