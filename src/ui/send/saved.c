/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * saved: /save and /load. A saved message is "to TARGET\n" and the bytes; a file without that
 * line, made by other means, is a message for whatever target the prompt has.
 */
#include <stdlib.h>
#include <string.h>

#include "console_internal.h"
#include "udptui/base/escape.h"

enum { SAVED_SIZE = MESSAGE_SIZE + ENDPOINT_HOST_SIZE };

static size_t saved_write_target(const struct console *console, char *out, size_t size_bytes)
{
    char target[ENDPOINT_TEXT_SIZE];

    endpoint_format_in(session_target(console->session), console->send->zones, target,
                       sizeof target);
    return (size_t)snprintf(out, size_bytes, "to %s\n", target);
}

void console_save(struct console *console, const struct command_line *line)
{
    const char *name = line->argument;
    char head[ENDPOINT_TEXT_SIZE + 8];
    size_t head_bytes = saved_write_target(console, head, sizeof head);
    size_t payload_bytes = console->has_latest ? console->latest.size_bytes : 0;
    uint8_t *saved = malloc(head_bytes + payload_bytes);
    const char *why = "not enough memory";

    if (saved != NULL) {
        memcpy(saved, head, head_bytes);
        memcpy(saved + head_bytes, console->latest.bytes, payload_bytes);
        why = store_save(name, saved, head_bytes + payload_bytes);
        free(saved);
    }
    if (why != NULL)
        console_say(console, "/save %s: %s", name, why);
    else
        console_say(console, "saved the target%s: /load %s loads it",
                    console->has_latest ? " and the latest message" : "", name);
}

/* ---- loading */

/* A line that gives the same message when entered: printable, not a command, without the ending
 * that --eol adds. False if there is none. */
static bool saved_as_typed(const struct console *console, const uint8_t *bytes, size_t size_bytes,
                           char *out, size_t room)
{
    const struct message_style *style = &console->send->options.message;
    const char *end = message_eol_bytes(style);
    size_t end_bytes = strlen(end);
    size_t prefix = size_bytes > 0 && bytes[0] == '/';

    if (style->hex || style->escapes || size_bytes <= end_bytes ||
        memcmp(bytes + size_bytes - end_bytes, end, end_bytes) != 0)
        return false;
    size_bytes -= end_bytes;
    out[0] = '/';
    return memchr(bytes, '\\', size_bytes) == NULL &&
           text_render(out + prefix, room - prefix, bytes, size_bytes, TEXT_UTF8) == size_bytes &&
           strlen(out + prefix) == size_bytes;
}

static void saved_offer_line(struct console *console, const uint8_t *bytes, size_t size_bytes)
{
    static const char command[] = "/hex ";
    size_t room = size_bytes * TEXT_EXPANSION + sizeof command + 1;
    char *line = malloc(room);

    if (line == NULL)
        return;
    if (!saved_as_typed(console, bytes, size_bytes, line, room)) {
        memcpy(line, command, sizeof command);
        escape_hex(line + sizeof command - 1, room - sizeof command + 1, bytes, size_bytes);
    }
    prompt_keep(line);
    free(line);
}

/* The length of "to TARGET\n" with the target copied, 0 if it does not begin so. */
static size_t saved_read_target(const uint8_t *saved, size_t size_bytes, char *target)
{
    const uint8_t *end = memchr(saved, '\n', size_bytes);
    size_t length;

    if (size_bytes < 3 || memcmp(saved, "to ", 3) != 0 || end == NULL)
        return 0;
    length = (size_t)(end - saved) - 3;
    if (length >= ENDPOINT_HOST_SIZE || memchr(saved, '\0', length) != NULL)
        return 0;
    memcpy(target, saved + 3, length);
    target[length] = '\0';
    return length + 4;
}

static void saved_take(struct console *console, const uint8_t *saved, size_t size_bytes)
{
    char target[ENDPOINT_HOST_SIZE];
    size_t head_bytes = saved_read_target(saved, size_bytes, target);

    if (head_bytes > 0 && !console_retarget(console, target))
        return;
    if (size_bytes > head_bytes)
        saved_offer_line(console, saved + head_bytes, size_bytes - head_bytes);
}

void console_load(struct console *console, const struct command_line *line)
{
    const char *name = line->argument;
    size_t size_bytes = SAVED_SIZE;
    uint8_t *saved = malloc(SAVED_SIZE);
    const char *why = "not enough memory";

    prompt_pause(); /* as with /file */
    if (saved != NULL)
        why = store_load(name, saved, &size_bytes);
    prompt_resume();
    if (why != NULL)
        console_say(console, "/load %s: %s", name, why);
    else
        saved_take(console, saved, size_bytes);
    free(saved);
}

static void saved_add_word(void *context, const char *name)
{
    prompt_words_add(context, name);
}

bool console_complete_saved(const struct console *console, const char *line,
                            struct prompt_words *words)
{
    (void)console;
    (void)line;
    store_each(saved_add_word, words);
    return true;
}
