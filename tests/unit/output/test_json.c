/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json: if any allocation fails, a line or a document is not written at all, and nothing stays of it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../suite.h"

#include "udptui/base/array.h"
#include "udptui/output/json.h"
#include "udptui/output/snapshot.h"
#include "udptui/sys/json_memory.h"

/* ---- memory that ends */

static struct {
    unsigned calls, failing; /* the call with this number fails; 0: none */
} memory;

void *__real_malloc(size_t size_bytes);
void *__wrap_malloc(size_t size_bytes);
void *__wrap_malloc(size_t size_bytes)
{
    if (memory.failing != 0 && ++memory.calls == memory.failing) {
        errno = ENOMEM;
        return NULL;
    }
    return __real_malloc(size_bytes);
}

static void fail_at(unsigned failing)
{
    memory.calls = 0;
    memory.failing = failing;
}

/* ---- what is written */

/* Untrusted bytes, members enough for jansson's tables to grow, and values within values. */
static json_t *build_event(void)
{
    static const char *const keys[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i"};
    json_t *object = json_event("test"), *list = json_array();

    json_add_payload(object, "\x1b[2J\xff", 5);
    json_add_text(object, "name", "caf\xc3\xa9", 5);
    json_add_time(object, 0);
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        json_t *inner = json_object();
        json_add_count(object, keys[i], i);
        json_add_count(inner, keys[i], i);
        json_array_append_new(list, inner);
    }
    json_object_set_new(object, "list", list);
    return object;
}

/* Returns what json_write_line does. text: of malloc(3). */
static bool write_event(char **text)
{
    size_t size_bytes;
    FILE *file = open_memstream(text, &size_bytes);
    bool written;

    assert_non_null(file);
    errno = 0;
    written = json_write_line(file, build_event());
    assert_true(written || errno == ENOMEM);
    assert_int_equal(fclose(file), 0);
    return written;
}

static void a_line_is_whole_or_not_there(void **state)
{
    char *whole, *text;
    unsigned failing = 1;

    (void)state;
    json_memory_prepare();
    assert_true(write_event(&whole));
    for (;; failing++) {
        fail_at(failing);
        bool written = write_event(&text);
        bool failed = memory.calls >= failing;
        fail_at(0);
        assert_int_equal(written, !failed);
        assert_string_equal(text, failed ? "" : whole);
        free(text);
        if (!failed)
            break;
    }
    assert_true(failing > 60);
    free(whole);
}

static char *write_state(void)
{
    return snapshot_write_state(&(struct snapshot_presence){
        .state = SNAPSHOT_RUNNING, .kind = SNAPSHOT_RELAY, .boot = 7, .wall_ns = 1});
}

static void a_document_is_whole_or_not_there(void **state)
{
    char *whole, *text;
    bool failed = true;

    (void)state;
    json_memory_prepare();
    whole = write_state();
    assert_non_null(whole);
    for (unsigned failing = 1; failed; failing++) {
        fail_at(failing);
        text = write_state();
        failed = memory.calls >= failing;
        fail_at(0);
        if (failed)
            assert_null(text);
        else
            assert_string_equal(text, whole);
        free(text);
    }
    free(whole);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(a_line_is_whole_or_not_there),
    cmocka_unit_test(a_document_is_whole_or_not_there),
};

const struct suite suite_json = {.name = "json", .tests = tests, .count = COUNT_OF(tests)};
