/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * history: the prompt's lines from one run to the next, a line each, the newest last.
 *
 * Lines are appended as they are entered, so that several prompts share the file. It is rewritten
 * when it has twice the lines that are kept.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "console_internal.h"
#include "udptui/proto/reason.h"
#include "udptui/sys/files.h"

static void history_stop(struct console *console, const char *why)
{
    console_say(console, "the history is not kept (%s): %s", why, console->history.path);
    console->history.path[0] = '\0';
}

/* Hands each line to the prompt. */
static void history_recall(struct console *console, FILE *file)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t length;

    while ((length = getline(&line, &size, file)) > 0) {
        console->history.torn = line[length - 1] != '\n';
        if (!console->history.torn)
            line[length - 1] = '\0';
        if (line[0] != '\0')
            prompt_recall(line);
        console->history.lines++;
    }
    free(line);
}

void console_open_history(struct console *console)
{
    const char *why = store_history_path(console->history.path);
    FILE *file;
    int fd;

    if (why != NULL) {
        console->history.path[0] = '\0';
        console_say(console, "the history is not kept: %s", why);
        return;
    }
    why = files_open_own(console->history.path, O_RDONLY | O_CREAT, &fd);
    file = why == NULL ? fdopen(fd, "r") : NULL;
    if (file == NULL) {
        history_stop(console, why != NULL ? why : files_close(fd, reason_text(errno)));
        return;
    }
    history_recall(console, file);
    fclose(file);
}

static const char *history_append(struct console *console, const char *line)
{
    const char *why;
    char *text = malloc(strlen(line) + 3);
    int fd;

    if (text == NULL)
        return reason_text(ENOMEM);
    why = files_open_own(console->history.path, O_WRONLY | O_CREAT | O_APPEND, &fd);
    if (why == NULL) {
        /* one write: prompts share the file */
        size_t length = (size_t)sprintf(text, "%s%s\n", console->history.torn ? "\n" : "", line);
        why = files_close(fd, files_write(fd, text, length));
    }
    console->history.torn = false;
    free(text);
    return why;
}

void console_keep_line(struct console *console, const char *line)
{
    const char *why;

    if (!prompt_remember(line) || console->history.path[0] == '\0')
        return;
    why = history_append(console, line);
    console->history.lines++;
    if (why != NULL)
        history_stop(console, why);
}

/* ---- from time to time */

/* Copies the lines after the first ones to a file beside it. */
static const char *history_copy_latest(FILE *from, size_t skipped, int fd)
{
    const char *why = NULL;
    char *line = NULL;
    size_t size = 0;
    ssize_t length;

    while (why == NULL && (length = getline(&line, &size, from)) > 0) {
        if (skipped > 0)
            skipped--;
        else
            why = files_write(fd, line, (size_t)length);
    }
    free(line);
    return why;
}

/* Another prompt may have rewritten it: counts its present lines. */
static size_t history_count_lines(FILE *file)
{
    size_t lines = 0;

    for (int byte; (byte = getc(file)) != EOF;)
        lines += byte == '\n';
    rewind(file);
    return lines;
}

static void history_shorten(const char *path, FILE *from)
{
    size_t lines = history_count_lines(from);
    char shorter[STORE_PATH_SIZE + 8];
    const char *why;
    int fd;

    if (lines <= 2 * PROMPT_HISTORY_LINES)
        return;
    snprintf(shorter, sizeof shorter, "%s.new", path);
    unlink(shorter); /* of a prompt that was killed */
    if (files_open_own(shorter, O_WRONLY | O_CREAT | O_EXCL, &fd) != NULL)
        return;
    why = files_close(fd, history_copy_latest(from, lines - PROMPT_HISTORY_LINES, fd));
    if (why != NULL || rename(shorter, path) != 0)
        unlink(shorter); /* it stays long, which is harmless */
}

void console_close_history(struct console *console)
{
    const char *path = console->history.path;
    FILE *file;
    int fd;

    if (path[0] == '\0' || console->history.lines <= 2 * PROMPT_HISTORY_LINES ||
        files_open_own(path, O_RDONLY, &fd) != NULL)
        return;
    file = fdopen(fd, "r");
    if (file == NULL) {
        close(fd);
        return;
    }
    history_shorten(path, file);
    fclose(file);
}
