/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store: where history and packets are kept. */
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

static void the_packets_directory_is_made(void **state)
{
    char path[STORE_PATH_SIZE], expected[256];
    struct stat status;

    assert_null(store_packets_path(path));
    snprintf(expected, sizeof expected, "%s/udptui/packets.json", (const char *)*state);
    assert_string_equal(path, expected);
    assert_null(store_make_packets_directory(path));
    *strrchr(path, '/') = '\0';
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
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
    CASE(the_packets_directory_is_made),
    CASE(the_historys_directory_is_made),
};

const struct suite suite_send_store = {
    .name = "send_store", .tests = tests, .count = sizeof tests / sizeof *tests};
