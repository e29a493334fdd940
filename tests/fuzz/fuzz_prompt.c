/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_prompt: the history file of the prompt, and its /set. Input: a byte that chooses, then the
 * file, which may hold any bytes, or arguments of /set, each up to a NUL. A file is read as lines; a
 * line that is kept comes last and changes none before it. /set keeps its values within their ranges.
 */
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "../../src/client/session_internal.h"
#include "../../src/ui/send/console_internal.h"
#include "fuzz.h"

const char *const fuzz_words[] = {
    "h\nhello\n",  "h/set timeout 1s\n", "stimeout 1s",     "sretry 3", "sttl 64",
    "srate 10/s",  "smatch port",        "sreplies 2",      "shex on",  "sescapes off",
    "stimeout 0s", "sretry -1",          "s99999999999999", NULL,
};

enum { KEPT_BYTES = 1 << 16, PATH_BYTES = 64 };

/* In place of the prompt's (src/ui/send/prompt.c, src/ui/prompt.c). */
struct prompt_words {
    size_t count;
};

static struct {
    char text[KEPT_BYTES]; /* the lines, each with its end */
    size_t length, lines;
} recalled;

void console_say(struct console *console, const char *format, ...)
{
    char line[8192];
    va_list list;

    (void)console;
    va_start(list, format);
    fuzz_require(vsnprintf(line, sizeof line, format, list) >= 0, "it can be said");
    va_end(list);
}

void prompt_words_add(struct prompt_words *words, const char *word)
{
    fuzz_require(word[0] != '\0', "a word is offered");
    words->count++;
}

void prompt_recall(const char *line)
{
    size_t length = strlen(line);

    fuzz_require(length > 0 && strchr(line, '\n') == NULL, "a line is one line");
    recalled.lines++;
    if (recalled.length + length + 1 < sizeof recalled.text) {
        memcpy(recalled.text + recalled.length, line, length);
        recalled.length += length;
        recalled.text[recalled.length++] = '\n';
    }
}

bool prompt_remember(const char *line)
{
    return line[0] != '\0';
}

/* ---- the history */

static char history_directory[] = "/tmp/udptui-fuzz-XXXXXX";

static void history_remove(void)
{
    char path[PATH_BYTES];

    snprintf(path, sizeof path, "%s/udptui/history", history_directory);
    unlink(path);
    *strrchr(path, '/') = '\0';
    rmdir(path);
    rmdir(history_directory);
}

/* Where it is: made once. */
static void history_find(char *path, size_t size)
{
    static bool made;

    if (!made) {
        fuzz_require(mkdtemp(history_directory) != NULL, "there is a directory");
        setenv("XDG_STATE_HOME", history_directory, 1);
        atexit(history_remove);
        made = true;
    }
    snprintf(path, size, "%s/udptui/history", history_directory);
}

static void history_write(const char *path, const uint8_t *bytes, size_t size)
{
    FILE *file = fopen(path, "w");

    fuzz_require(file != NULL, "the file can be written");
    fwrite(bytes, 1, size, file);
    fclose(file);
}

static void history_open(struct console *console)
{
    recalled.length = recalled.lines = 0;
    *console = (struct console){.hinted = true};
    console_open_history(console);
    fuzz_require(console->history.path[0] != '\0', "it is kept");
}

static void fuzz_history(const uint8_t *bytes, size_t size)
{
    struct console *console = fuzz_allocate(sizeof *console);
    char path[STORE_PATH_SIZE], *before;
    size_t length, lines;

    history_find(path, sizeof path);
    history_open(console); /* makes the directories */
    history_write(path, bytes, size);
    history_open(console);
    fuzz_require(recalled.lines <= size, "no line comes from nowhere");
    length = recalled.length;
    lines = recalled.lines;
    before = fuzz_allocate(length);
    memcpy(before, recalled.text, length);
    console_keep_line(console, "the last");
    history_open(console);
    fuzz_require(recalled.lines == lines + 1, "one more line");
    fuzz_require(memcmp(recalled.text, before, length) == 0, "those before it are as they were");
    fuzz_require(recalled.length == length + sizeof "the last" &&
                     memcmp(recalled.text + length, "the last\n", sizeof "the last") == 0,
                 "it is the last");
    console_close_history(console);
    free(before);
    free(console);
}

/* ---- the settings */

struct desk {
    struct send send;
    struct session session;
    struct sink sink;
    struct console console;
};

static void fuzz_set(const uint8_t *bytes, size_t size)
{
    struct desk *desk = fuzz_allocate(sizeof *desk);
    const uint8_t *end = bytes + size;

    memset(desk, 0, sizeof *desk);
    desk->send.options.session.timeout_ns = 1000000000;
    desk->session.options = desk->send.options.session;
    desk->console =
        (struct console){.send = &desk->send, .session = &desk->session, .sink = &desk->sink};
    while (bytes < end) {
        const uint8_t *stop = memchr(bytes, 0, (size_t)(end - bytes));
        size_t length = (size_t)((stop != NULL ? stop : end) - bytes);
        char *argument = fuzz_allocate(length + 1);
        struct prompt_words words = {.count = 0};
        memcpy(argument, bytes, length);
        argument[length] = '\0';
        console_set(&desk->console, argument);
        console_complete_setting(&desk->console, argument, &words);
        free(argument);
        bytes += length + 1;
    }
    fuzz_require(desk->session.options.timeout_ns > 0, "there is a time limit");
    fuzz_require(desk->session.options.retry >= 0, "retries are counted");
    free(desk);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 2 || size > KEPT_BYTES / 4)
        return 0;
    if (bytes[0] == 's')
        fuzz_set(bytes + 1, size - 1);
    else
        fuzz_history(bytes + 1, size - 1);
    return 0;
}
