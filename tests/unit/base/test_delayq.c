/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* delayq: its promises one by one, then random operations against a list that is searched. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../suite.h"

#include "../judge.h"
#include "udptui/base/delayq.h"

static void assert_takes(struct delayq *queue, int64_t now_ns, uint32_t expected)
{
    uint32_t item = UINT32_MAX;

    assert_true(delayq_take(queue, now_ns, &item));
    assert_int_equal(item, expected);
    assert_false(delayq_has(queue, expected));
}

static void assert_takes_nothing(struct delayq *queue, int64_t now_ns)
{
    uint32_t item = 42;

    assert_false(delayq_take(queue, now_ns, &item));
    assert_int_equal(item, 42);
}

static void empty_is_never_due(void **state)
{
    struct delayq *queue = delayq_open(3);

    (void)state;
    assert_int_equal(delayq_count(queue), 0);
    assert_true(delayq_due_ns(queue) == INT64_MAX);
    assert_takes_nothing(queue, INT64_MAX);
    delayq_remove(queue, 2);
    assert_false(delayq_has(queue, 2));
    delayq_close(queue);
    delayq_close(NULL);
}

static void nothing_fits_into_nothing(void **state)
{
    struct delayq *queue = delayq_open(0);

    (void)state;
    assert_non_null(queue);
    assert_takes_nothing(queue, INT64_MAX);
    delayq_close(queue);
}

static void items_come_when_they_are_due(void **state)
{
    struct delayq *queue = delayq_open(3);

    (void)state;
    delayq_set(queue, 0, 30);
    delayq_set(queue, 1, -10);
    delayq_set(queue, 2, 20);
    assert_int_equal(delayq_count(queue), 3);
    assert_int_equal(delayq_due_ns(queue), -10);
    assert_takes_nothing(queue, -11);
    assert_takes(queue, -10, 1);
    assert_takes_nothing(queue, 19);
    assert_takes(queue, 100, 2);
    assert_takes(queue, 100, 0);
    assert_takes_nothing(queue, 100);
    delayq_close(queue);
}

static void first_in_first_out_at_the_same_time(void **state)
{
    enum { ITEMS = 50 };
    struct delayq *queue = delayq_open(ITEMS);

    (void)state;
    for (uint32_t i = 0; i < ITEMS; i++)
        delayq_set(queue, i * 7 % ITEMS, 5);
    for (uint32_t i = 0; i < ITEMS; i++)
        assert_takes(queue, 5, i * 7 % ITEMS);
    delayq_close(queue);
}

static void a_moved_item_goes_in_anew(void **state)
{
    struct delayq *queue = delayq_open(3);

    (void)state;
    for (uint32_t item = 0; item < 3; item++)
        delayq_set(queue, item, 5);
    delayq_set(queue, 0, 5); /* behind the others now */
    delayq_set(queue, 2, 4); /* ahead of them */
    assert_int_equal(delayq_count(queue), 3);
    assert_takes(queue, 5, 2);
    assert_takes(queue, 5, 1);
    assert_takes(queue, 5, 0);
    delayq_close(queue);
}

static void what_is_removed_does_not_come(void **state)
{
    struct delayq *queue = delayq_open(3);

    (void)state;
    for (uint32_t item = 0; item < 3; item++)
        delayq_set(queue, item, (int64_t)item);
    delayq_remove(queue, 0);
    delayq_remove(queue, 0);
    assert_int_equal(delayq_count(queue), 2);
    assert_int_equal(delayq_due_ns(queue), 1);
    assert_takes(queue, 9, 1);
    assert_takes(queue, 9, 2);
    delayq_close(queue);
}

static void the_last_time_is_a_time(void **state)
{
    struct delayq *queue = delayq_open(2);

    (void)state;
    delayq_set(queue, 0, INT64_MAX);
    delayq_set(queue, 1, INT64_MIN);
    assert_takes(queue, INT64_MIN, 1);
    assert_takes_nothing(queue, INT64_MAX - 1);
    assert_takes(queue, INT64_MAX, 0);
    delayq_close(queue);
}

/* ---- random operations: the model is a due time an item, and when it went in */

enum { CAPACITY_MAX = 40, OPERATIONS = 4000 };

struct model {
    struct delayq *queue;
    uint64_t random;
    uint32_t capacity, count;
    int64_t now_ns;
    uint64_t entered;
    struct {
        bool in;
        int64_t due_ns;
        uint64_t order;
    } items[CAPACITY_MAX];
};

static uint32_t pick(struct model *model, uint32_t below)
{
    return judge_random(&model->random) % below;
}

/* The item that is due first; capacity if none is in. */
static uint32_t find_first(const struct model *model)
{
    uint32_t first = model->capacity;

    for (uint32_t i = 0; i < model->capacity; i++) {
        if (!model->items[i].in)
            continue;
        if (first == model->capacity || model->items[i].due_ns < model->items[first].due_ns ||
            (model->items[i].due_ns == model->items[first].due_ns &&
             model->items[i].order < model->items[first].order))
            first = i;
    }
    return first;
}

/* So close that many are equal; in half of the models as one of a few equal delays. */
static int64_t pick_delay(struct model *model)
{
    static const int64_t delays[] = {0, 3, 7, 12, 20};

    if (model->capacity % 2 == 0 && pick(model, 16) > 0)
        return delays[pick(model, sizeof delays / sizeof *delays)];
    return (int64_t)pick(model, 30) - 5;
}

static void set_random(struct model *model)
{
    uint32_t item = pick(model, model->capacity);
    int64_t due_ns = model->now_ns + pick_delay(model);

    delayq_set(model->queue, item, due_ns);
    model->count += !model->items[item].in;
    model->items[item].in = true;
    model->items[item].due_ns = due_ns;
    model->items[item].order = model->entered++;
}

static void leave(struct model *model, uint32_t item)
{
    model->count -= model->items[item].in;
    model->items[item].in = false;
}

static void remove_random(struct model *model)
{
    uint32_t item = pick(model, model->capacity);

    delayq_remove(model->queue, item);
    leave(model, item);
}

/* A hint names only items that are in, in the order in which they are due. */
static void assert_behind(const struct model *model, uint32_t taken)
{
    int64_t due_ns = INT64_MIN;
    uint32_t items[3];
    unsigned count = delayq_behind(model->queue, taken, items, 3);

    for (unsigned i = 0; i < count; i++) {
        assert_true(model->items[items[i]].in);
        assert_true(model->items[items[i]].due_ns >= due_ns);
        due_ns = model->items[items[i]].due_ns;
    }
}

static void take_due(struct model *model)
{
    uint32_t first = find_first(model), item = 0;
    bool due = first < model->capacity && model->items[first].due_ns <= model->now_ns;

    assert_int_equal(delayq_take(model->queue, model->now_ns, &item), due);
    if (!due)
        return;
    assert_int_equal(item, first);
    leave(model, first);
    assert_behind(model, item);
}

static void assert_like_model(const struct model *model)
{
    uint32_t first = find_first(model);
    int64_t due_ns = first < model->capacity ? model->items[first].due_ns : INT64_MAX;

    uint32_t next = model->capacity;

    assert_int_equal(delayq_next(model->queue, &next), first < model->capacity);
    assert_int_equal(next, first);
    assert_int_equal(delayq_count(model->queue), model->count);
    assert_true(delayq_due_ns(model->queue) == due_ns);
    for (uint32_t i = 0; i < model->capacity; i++)
        assert_int_equal(delayq_has(model->queue, i), model->items[i].in);
}

static void operate_at_random(uint32_t capacity)
{
    struct model model = {.queue = delayq_open(capacity),
                          .random = 88172645463325252U + capacity,
                          .capacity = capacity};

    assert_non_null(model.queue);
    for (int i = 0; i < OPERATIONS; i++) {
        switch (pick(&model, 8)) {
        case 0:
            remove_random(&model);
            break;
        case 1:
        case 2:
            take_due(&model);
            break;
        case 3:
            model.now_ns += pick(&model, 4);
            break;
        default:
            set_random(&model);
        }
        assert_like_model(&model);
    }
    for (model.now_ns += 30; model.count > 0;)
        take_due(&model);
    assert_like_model(&model);
    delayq_close(model.queue);
}

static void random_operations_like_the_model(void **state)
{
    (void)state;
    for (uint32_t capacity = 1; capacity <= CAPACITY_MAX; capacity++)
        operate_at_random(capacity);
}

static void equal_delays_are_behind_each_other(void **state)
{
    struct delayq *queue = delayq_open(6);
    uint32_t item, behind[3];

    (void)state;
    for (uint32_t i = 0; i < 5; i++)
        delayq_set(queue, i, 100 + i);
    assert_true(delayq_take(queue, 100, &item));
    assert_int_equal(delayq_behind(queue, item, behind, 3), 3);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(behind[i], 1 + i);
    delayq_remove(queue, 2);
    assert_true(delayq_take(queue, 200, &item));
    assert_int_equal(delayq_behind(queue, item, behind, 3), 2);
    assert_int_equal(behind[0], 3);
    assert_int_equal(behind[1], 4);
    while (delayq_take(queue, 200, &item)) {
    }
    assert_int_equal(delayq_behind(queue, item, behind, 3), 0);
    delayq_close(queue);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(empty_is_never_due),
    cmocka_unit_test(nothing_fits_into_nothing),
    cmocka_unit_test(items_come_when_they_are_due),
    cmocka_unit_test(first_in_first_out_at_the_same_time),
    cmocka_unit_test(a_moved_item_goes_in_anew),
    cmocka_unit_test(what_is_removed_does_not_come),
    cmocka_unit_test(the_last_time_is_a_time),
    cmocka_unit_test(equal_delays_are_behind_each_other),
    cmocka_unit_test(random_operations_like_the_model),
};

const struct suite suite_delayq = {
    .name = "delayq", .tests = tests, .count = sizeof tests / sizeof *tests};
