/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* expression: computing them; see the header. src/lesson/parser_expression.c reads them. */
#include "udptui/lesson/expression.h"

#include <stdio.h>
#include <string.h>

#include "udptui/base/array.h"

/* One evaluation. */
struct evaluation {
    const struct expressions *expressions;
    const struct expression_scope *scope;
    char *error;
};

static bool evaluate(const struct evaluation *evaluation, int index,
                     struct expression_value *value);

const char *expression_type_name(enum expression_type type)
{
    static const char *const names[] = {
        [EXPRESSION_UNKNOWN] = "unknown", [EXPRESSION_NUMBER] = "a number",
        [EXPRESSION_TRUTH] = "yes or no", [EXPRESSION_TEXT] = "a text",
        [EXPRESSION_LIST] = "a list",
    };

    return names[type];
}

/* Always false. */
static bool evaluation_fail(const struct evaluation *evaluation, const char *why)
{
    snprintf(evaluation->error, EXPRESSION_ERROR_SIZE, "%s", why);
    return false;
}

/* ---- names */

static bool find_name(const struct evaluation *evaluation, const char *name,
                      struct expression_value *value)
{
    if (evaluation->scope->find(evaluation->scope->context, name, value))
        return true;
    snprintf(evaluation->error, EXPRESSION_ERROR_SIZE, "%s has no value", name);
    return false;
}

/* Evaluates an operand of this type. */
static bool evaluate_typed(const struct evaluation *evaluation, int index,
                           enum expression_type type, struct expression_value *value)
{
    const struct expression_node *node = &evaluation->expressions->nodes[index];

    if (!evaluate(evaluation, index, value))
        return false;
    if (value->type == type)
        return true;
    snprintf(evaluation->error, EXPRESSION_ERROR_SIZE, "%s is %s, not %s",
             node->kind == EXPRESSION_NAME ? evaluation->expressions->names[node->name].text
                                           : "a part",
             expression_type_name(value->type), expression_type_name(type));
    return false;
}

/* ---- operators */

static void set_truth(struct expression_value *value, bool truth)
{
    *value = (struct expression_value){.type = EXPRESSION_TRUTH, .number = truth};
}

/* and, or: the right side is not looked at if the left one decides. */
static bool evaluate_logic(const struct evaluation *evaluation, const struct expression_node *node,
                           struct expression_value *value)
{
    bool decides = node->kind == EXPRESSION_OR;

    if (!evaluate_typed(evaluation, node->left, EXPRESSION_TRUTH, value))
        return false;
    if ((value->number != 0) == decides)
        return true;
    return evaluate_typed(evaluation, node->right, EXPRESSION_TRUTH, value);
}

static bool values_are_equal(const struct expression_value *one,
                             const struct expression_value *other)
{
    if (one->type == EXPRESSION_TEXT)
        return strcmp(one->text, other->text) == 0;
    if (one->type == EXPRESSION_LIST)
        return one->count == other->count &&
               (one->count == 0 ||
                memcmp(one->numbers, other->numbers, one->count * sizeof *one->numbers) == 0);
    return one->number == other->number;
}

static bool evaluate_equality(const struct evaluation *evaluation,
                              const struct expression_node *node, struct expression_value *value)
{
    struct expression_value left, right;

    if (!evaluate(evaluation, node->left, &left) || !evaluate(evaluation, node->right, &right))
        return false;
    if (left.type != right.type)
        return evaluation_fail(evaluation, "two values of different kinds are compared");
    set_truth(value, values_are_equal(&left, &right) == (node->kind == EXPRESSION_EQUAL));
    return true;
}

/* False: the result is too large, or there is none. */
static bool expression_compute(enum expression_kind kind, int64_t left, int64_t right,
                               int64_t *result)
{
    if (kind == EXPRESSION_PLUS)
        return !__builtin_add_overflow(left, right, result);
    if (kind == EXPRESSION_DIVIDED && (right == 0 || (right == -1 && left == INT64_MIN)))
        return false;
    if (kind == EXPRESSION_DIVIDED) {
        *result = left / right;
        return true;
    }
    if (kind == EXPRESSION_MINUS)
        return !__builtin_sub_overflow(left, right, result);
    return !__builtin_mul_overflow(left, right, result);
}

static bool compare(enum expression_kind kind, int64_t left, int64_t right)
{
    if (kind == EXPRESSION_LESS)
        return left < right;
    if (kind == EXPRESSION_LESS_EQUAL)
        return left <= right;
    if (kind == EXPRESSION_MORE)
        return left > right;
    return left >= right;
}

static bool evaluate_numbers(const struct evaluation *evaluation,
                             const struct expression_node *node, struct expression_value *value)
{
    struct expression_value left, right;
    int64_t result;

    if (!evaluate_typed(evaluation, node->left, EXPRESSION_NUMBER, &left) ||
        !evaluate_typed(evaluation, node->right, EXPRESSION_NUMBER, &right))
        return false;
    if (node->type == EXPRESSION_TRUTH) {
        set_truth(value, compare(node->kind, left.number, right.number));
        return true;
    }
    if (!expression_compute(node->kind, left.number, right.number, &result))
        return evaluation_fail(evaluation, node->kind == EXPRESSION_DIVIDED && right.number == 0
                                               ? "a division by 0"
                                               : "a result is too large");
    *value = (struct expression_value){.type = EXPRESSION_NUMBER, .number = result};
    return true;
}

static bool evaluate_not(const struct evaluation *evaluation, const struct expression_node *node,
                         struct expression_value *value)
{
    if (!evaluate_typed(evaluation, node->left, EXPRESSION_TRUTH, value))
        return false;
    value->number = value->number == 0;
    return true;
}

static bool evaluate_negative(const struct evaluation *evaluation,
                              const struct expression_node *node, struct expression_value *value)
{
    if (!evaluate_typed(evaluation, node->left, EXPRESSION_NUMBER, value))
        return false;
    return !__builtin_sub_overflow(0, value->number, &value->number) ||
           evaluation_fail(evaluation, "a result is too large");
}

/* ---- functions */

static bool is_ordered(const struct expression_value *list)
{
    for (size_t i = 1; i < list->count; i++)
        if (list->numbers[i] < list->numbers[i - 1])
            return false;
    return true;
}

static int64_t sum_of(const struct expression_value *list)
{
    int64_t sum = 0;

    for (size_t i = 0; i < list->count; i++)
        sum += list->numbers[i];
    return sum;
}

static bool evaluate_item(const struct evaluation *evaluation, const struct expression_node *node,
                          struct expression_value *value)
{
    struct expression_value list, place;

    if (!evaluate_typed(evaluation, node->left, EXPRESSION_LIST, &list) ||
        !evaluate_typed(evaluation, node->right, EXPRESSION_NUMBER, &place))
        return false;
    if (place.number < 1 || place.number > (int64_t)list.count)
        return evaluation_fail(evaluation, "a list has fewer items");
    *value = (struct expression_value){.type = EXPRESSION_NUMBER,
                                       .number = list.numbers[place.number - 1]};
    return true;
}

static bool evaluate_of_list(const struct evaluation *evaluation,
                             const struct expression_node *node, struct expression_value *value)
{
    struct expression_value list;

    if (!evaluate_typed(evaluation, node->left, EXPRESSION_LIST, &list))
        return false;
    if (node->kind == EXPRESSION_ORDERED)
        set_truth(value, is_ordered(&list));
    else
        *value = (struct expression_value){
            .type = EXPRESSION_NUMBER,
            .number = node->kind == EXPRESSION_COUNT ? (int64_t)list.count : sum_of(&list)};
    return true;
}

static bool evaluate_of_truth(const struct evaluation *evaluation,
                              const struct expression_node *node, struct expression_value *value)
{
    if (!evaluate_typed(evaluation, node->left, EXPRESSION_TRUTH, value))
        return false;
    value->type = EXPRESSION_NUMBER;
    return true;
}

/* ---- all of them */

typedef bool evaluator(const struct evaluation *evaluation, const struct expression_node *node,
                       struct expression_value *value);

static bool evaluate_literal(const struct evaluation *evaluation,
                             const struct expression_node *node, struct expression_value *value)
{
    (void)evaluation;
    *value = node->literal;
    return true;
}

static bool evaluate_name(const struct evaluation *evaluation, const struct expression_node *node,
                          struct expression_value *value)
{
    return find_name(evaluation, evaluation->expressions->names[node->name].text, value);
}

static bool evaluate(const struct evaluation *evaluation, int index, struct expression_value *value)
{
    static evaluator *const evaluators[] = {
        [EXPRESSION_LITERAL] = evaluate_literal,
        [EXPRESSION_NAME] = evaluate_name,
        [EXPRESSION_OR] = evaluate_logic,
        [EXPRESSION_AND] = evaluate_logic,
        [EXPRESSION_NOT] = evaluate_not,
        [EXPRESSION_EQUAL] = evaluate_equality,
        [EXPRESSION_UNEQUAL] = evaluate_equality,
        [EXPRESSION_LESS] = evaluate_numbers,
        [EXPRESSION_LESS_EQUAL] = evaluate_numbers,
        [EXPRESSION_MORE] = evaluate_numbers,
        [EXPRESSION_MORE_EQUAL] = evaluate_numbers,
        [EXPRESSION_PLUS] = evaluate_numbers,
        [EXPRESSION_MINUS] = evaluate_numbers,
        [EXPRESSION_TIMES] = evaluate_numbers,
        [EXPRESSION_DIVIDED] = evaluate_numbers,
        [EXPRESSION_NEGATIVE] = evaluate_negative,
        [EXPRESSION_COUNT] = evaluate_of_list,
        [EXPRESSION_SUM] = evaluate_of_list,
        [EXPRESSION_ITEM] = evaluate_item,
        [EXPRESSION_ORDERED] = evaluate_of_list,
        [EXPRESSION_OF_TRUTH] = evaluate_of_truth,
    };
    const struct expression_node *node = &evaluation->expressions->nodes[index];

    return evaluators[node->kind](evaluation, node, value);
}

bool expression_evaluate(const struct expressions *expressions, int index,
                         const struct expression_scope *scope, struct expression_value *value,
                         char *error)
{
    const struct evaluation evaluation = {
        .expressions = expressions, .scope = scope, .error = error};

    return evaluate(&evaluation, index, value);
}
