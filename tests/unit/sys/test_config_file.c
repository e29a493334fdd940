/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config_file: which file applies in which environment. Each case has a process of its own, whose
 * environment it changes, and which prints what it has found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../suite.h"
#include "child.h"

#include "udptui/base/array.h"
#include "udptui/sys/config_file.h"

struct surroundings {
    const char *home, *xdg, *variable; /* NULL: not set */
    const char *option;                /* NULL: not given */
    size_t size_bytes;    /* of ~/.config/udptui/config, made before; 0: there is none */
    const char *expected; /* "named_by|path|bytes|why" */
};

static void config_file_set(const char *name, const char *value)
{
    if (value != NULL)
        setenv(name, value, 1);
    else
        unsetenv(name);
}

/* Makes ~/.config/udptui/config in the working directory. */
static void config_file_make(size_t size_bytes)
{
    FILE *file;

    mkdir(".config", 0700);
    mkdir(".config/udptui", 0700);
    unlink(".config/udptui/config");
    if (size_bytes == 0)
        return;
    file = fopen(".config/udptui/config", "w");
    for (size_t i = 0; i < size_bytes; i++)
        putc('\n', file);
    fclose(file);
}

static int config_file_print(void *context)
{
    const struct surroundings *around = context;
    struct config_file file;
    const char *why;

    umask(022);
    config_file_make(around->size_bytes);
    config_file_set("HOME", around->home);
    config_file_set("XDG_CONFIG_HOME", around->xdg);
    config_file_set(CONFIG_FILE_VARIABLE, around->variable);
    why = config_file_read(&file, around->option);
    printf("%s|%s|%zu|%s", file.named_by, file.path, file.size_bytes, why != NULL ? why : "");
    config_file_close(&file);
    fflush(stdout);
    return 0;
}

static void finds_the_file_and_reads_it(void **state)
{
    static char long_path[PATH_MAX + 1];
    char place[] = "/tmp/udptui-config-XXXXXX", expected[128];
    struct surroundings rows[] = {
        {.expected = "||0|"},                                      /* without a home */
        {.home = "relative", .size_bytes = 1, .expected = "||0|"}, /* which does not count */
        {.home = place, .expected = "||0|"},                       /* without a file */
        {.home = place, .size_bytes = 1, .expected = "|@/.config/udptui/config|1|"},
        {.home = place, .xdg = "/nonexistent", .size_bytes = 1, .expected = "||0|"},
        {.home = place, .variable = "", .size_bytes = 1, .expected = "UDPTUI_CONFIG=||0|"},
        {.variable = "/dev/null", .expected = "UDPTUI_CONFIG=||0|"},
        {.variable = "/x", .option = "", .expected = "--config ||0|"},
        {.option = "/nonexistent",
         .expected = "--config |/nonexistent|0|No such file or directory"},
        {.option = ".config", .expected = "--config |.config|0|Is a directory"},
        {.option = long_path, .expected = "--config |...|0|the path is too long"},
        {.option = ".config/udptui/config",
         .size_bytes = CONFIG_FILE_SIZE_MAX,
         .expected = "--config |.config/udptui/config|65536|"},
        {.option = ".config/udptui/config",
         .size_bytes = CONFIG_FILE_SIZE_MAX + 1,
         .expected = "--config |.config/udptui/config|65537|longer than 64 KiB"},
    };
    char before[PATH_MAX];

    (void)state;
    memset(long_path, 'x', PATH_MAX);
    assert_non_null(getcwd(before, sizeof before));
    assert_non_null(mkdtemp(place));
    assert_int_equal(chdir(place), 0);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *at = strchr(rows[i].expected, '@'); /* stands for the place */
        struct child child = child_run(config_file_print, &rows[i]);

        snprintf(expected, sizeof expected, "%.*s%s%s",
                 (int)(at != NULL ? (size_t)(at - rows[i].expected) : strlen(rows[i].expected)),
                 rows[i].expected, at != NULL ? place : "", at != NULL ? at + 1 : "");
        assert_int_equal(child.status, 0);
        assert_string_equal(child.output, expected);
    }
    config_file_make(0);
    assert_int_equal(rmdir(".config/udptui"), 0);
    assert_int_equal(rmdir(".config"), 0);
    assert_int_equal(chdir(before), 0);
    assert_int_equal(rmdir(place), 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(finds_the_file_and_reads_it),
};

const struct suite suite_config_file = {
    .name = "config_file", .tests = tests, .count = sizeof tests / sizeof *tests};
