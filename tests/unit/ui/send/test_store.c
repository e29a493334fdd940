/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store: messages by name, in their owner's directory and nowhere else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../suite.h"

#include "../../../../src/ui/send/store_internal.h"

static int store_remove_entry(const char *path, const struct stat *status, int type, struct FTW *at)
{
    (void)status;
    (void)type;
    (void)at;
    return remove(path);
}

static int store_set_up(void **state)
{
    char *path = strdup("/tmp/udptui-store-XXXXXX");

    *state = path;
    if (path == NULL || mkdtemp(path) == NULL)
        return -1;
    setenv("XDG_DATA_HOME", path, 1);
    setenv("XDG_STATE_HOME", path, 1);
    return 0;
}

static int store_tear_down(void **state)
{
    unsetenv("XDG_DATA_HOME");
    unsetenv("XDG_STATE_HOME");
    nftw(*state, store_remove_entry, 8, FTW_DEPTH | FTW_PHYS);
    free(*state);
    return 0;
}

static void store_expect(const char *name, const char *text)
{
    uint8_t out[64];
    size_t size_bytes = sizeof out;

    assert_null(store_load(name, out, &size_bytes));
    assert_int_equal(size_bytes, strlen(text));
    assert_memory_equal(out, text, size_bytes);
}

static void what_was_saved_is_loaded(void **state)
{
    (void)state;
    assert_null(store_save("lamp-1.on", (const uint8_t *)"switch on", 9));
    store_expect("lamp-1.on", "switch on");
    assert_null(store_save("lamp-1.on", (const uint8_t *)"off", 3)); /* shorter: no rest stays */
    store_expect("lamp-1.on", "off");
}

static void only_its_owner_reads_it(void **state)
{
    char path[256];
    struct stat status;

    assert_null(store_save("a", (const uint8_t *)"x", 1));
    snprintf(path, sizeof path, "%s/udptui/messages/a", (const char *)*state);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
}

static void a_name_leads_nowhere_else(void **state)
{
    static const char *const names[] = {"",    ".",   "..",  ".hidden", "../up",
                                        "a/b", "a b", "a\n", "\xc3\xa4"};
    char longest[STORE_NAME_MAX + 2];
    uint8_t out[8];
    size_t size_bytes = sizeof out;

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        assert_non_null(store_save(names[i], (const uint8_t *)"x", 1));
        assert_non_null(store_load(names[i], out, &size_bytes));
    }
    memset(longest, 'a', sizeof longest - 1);
    longest[STORE_NAME_MAX + 1] = '\0';
    assert_non_null(store_save(longest, (const uint8_t *)"x", 1));
    longest[STORE_NAME_MAX] = '\0';
    assert_null(store_save(longest, (const uint8_t *)"x", 1));
}

static void what_was_never_saved_says_so(void **state)
{
    uint8_t out[8];
    size_t size_bytes = sizeof out;

    (void)state;
    assert_non_null(store_load("nothing", out, &size_bytes));
    assert_int_equal(size_bytes, 0);
}

static void store_count_name(void *context, const char *name)
{
    size_t *count = context;

    (*count)++;
    assert_true(strcmp(name, "one") == 0 || strcmp(name, "two") == 0);
}

static void all_names_are_shown(void **state)
{
    size_t count = 0;

    (void)state;
    store_each(store_count_name, &count); /* no directory yet */
    assert_int_equal(count, 0);
    store_save("one", (const uint8_t *)"1", 1);
    store_save("two", (const uint8_t *)"2", 1);
    store_each(store_count_name, &count);
    assert_int_equal(count, 2);
}

static void the_historys_directory_is_made(void **state)
{
    char path[STORE_PATH_SIZE], expected[256];
    struct stat status;

    assert_null(store_history_path(path));
    snprintf(expected, sizeof expected, "%s/udptui/history", (const char *)*state);
    assert_string_equal(path, expected);
    *strrchr(path, '/') = '\0';
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, store_set_up, store_tear_down)

static const struct CMUnitTest tests[] = {
    CASE(what_was_saved_is_loaded),  CASE(only_its_owner_reads_it),
    CASE(a_name_leads_nowhere_else), CASE(what_was_never_saved_says_so),
    CASE(all_names_are_shown),       CASE(the_historys_directory_is_made),
};

const struct suite suite_send_store = {
    .name = "send_store", .tests = tests, .count = sizeof tests / sizeof *tests};
