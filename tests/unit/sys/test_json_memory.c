/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_memory: records replace each other, and each thread has its own. The reserve: test_json_parse. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/array.h"
#include "udptui/sys/json_memory.h"

static void records_replace_each_other(void **state)
{
    char reserve[16];
    struct json_memory inner = {.reserve = reserve, .reserve_bytes = sizeof reserve};
    struct json_memory outer = {.ran_out = false};

    (void)state;
    json_memory_swap(outer);
    json_memory_note();
    outer = json_memory_swap(inner);
    assert_true(outer.ran_out);
    assert_null(outer.reserve);
    assert_false(json_memory_ran_out());
    inner = json_memory_swap(outer);
    assert_false(inner.ran_out);
    assert_ptr_equal(inner.reserve, reserve);
    assert_int_equal(inner.reserve_bytes, sizeof reserve);
    assert_true(json_memory_ran_out());
}

static void *note_in_thread(void *context)
{
    *(bool *)context = json_memory_ran_out();
    json_memory_note();
    return json_memory_ran_out() ? context : NULL;
}

static void each_thread_has_its_own(void **state)
{
    bool before = true;
    pthread_t thread;
    void *noted;

    (void)state;
    json_memory_swap((struct json_memory){.ran_out = false});
    assert_int_equal(pthread_create(&thread, NULL, note_in_thread, &before), 0);
    assert_int_equal(pthread_join(thread, &noted), 0);
    assert_false(before);
    assert_non_null(noted);
    assert_false(json_memory_ran_out());
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(records_replace_each_other),
    cmocka_unit_test(each_thread_has_its_own),
};

const struct suite suite_json_memory = {
    .name = "json_memory", .tests = tests, .count = COUNT_OF(tests)};
