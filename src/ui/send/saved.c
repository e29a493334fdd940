/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * send_saved: /save and /load. A saved message is "to TARGET\n" and the bytes; a file without that
 * line, made by other means, is a message for whomever the prompt talks to.
 */
#include <stdlib.h>
#include <string.h>

#include "prompt_internal.h"
#include "udptui/base/escape.h"
#include "udptui/net/interfaces.h"

enum { SAVED_SIZE = SEND_PAYLOAD_SIZE + ENDPOINT_HOST_SIZE };

static size_t write_target(const struct talk *talk, char *out, size_t size_bytes)
{
    char target[ENDPOINT_TEXT_SIZE];

    endpoint_format_in(&talk->session->target, &interfaces_zones, target, sizeof target);
    return (size_t)snprintf(out, size_bytes, "to %s\n", target);
}

void talk_save(struct talk *talk, const char *name)
{
    char head[ENDPOINT_TEXT_SIZE + 8];
    size_t head_bytes = write_target(talk, head, sizeof head);
    size_t payload_bytes = talk->has_latest ? talk->latest.size_bytes : 0;
    uint8_t *saved = malloc(head_bytes + payload_bytes);
    const char *why = "not enough memory";

    if (saved != NULL) {
        memcpy(saved, head, head_bytes);
        memcpy(saved + head_bytes, talk->latest.bytes, payload_bytes);
        why = store_save(name, saved, head_bytes + payload_bytes);
        free(saved);
    }
    if (why != NULL)
        talk_say(talk, "/save %s: %s", name, why);
    else
        talk_say(talk, "saved the target%s: /load %s takes it back",
                 talk->has_latest ? " and the latest message" : "", name);
}

/* ---- loading */

/* A line that is sent as it stands: printable, no command, and what --eol adds is taken off. False
 * where there is none. */
static bool as_typed(const struct talk *talk, const uint8_t *bytes, size_t size_bytes, char *out,
                     size_t room)
{
    const struct send_options *options = &talk->session->options;
    const char *end = send_eol_bytes(options);
    size_t end_bytes = strlen(end);
    size_t prefix = size_bytes > 0 && bytes[0] == '/';

    if (options->hex || options->escapes || size_bytes <= end_bytes ||
        memcmp(bytes + size_bytes - end_bytes, end, end_bytes) != 0)
        return false;
    size_bytes -= end_bytes;
    out[0] = '/';
    return memchr(bytes, '\\', size_bytes) == NULL &&
           text_render(out + prefix, room - prefix, bytes, size_bytes, TEXT_UTF8) == size_bytes &&
           strlen(out + prefix) == size_bytes;
}

static void offer_line(struct talk *talk, const uint8_t *bytes, size_t size_bytes)
{
    static const char command[] = "/hex ";
    size_t room = size_bytes * TEXT_EXPANSION + sizeof command + 1;
    char *line = malloc(room);

    if (line == NULL)
        return;
    if (!as_typed(talk, bytes, size_bytes, line, room)) {
        memcpy(line, command, sizeof command);
        escape_hex(line + sizeof command - 1, room - sizeof command + 1, bytes, size_bytes);
    }
    prompt_keep(line);
    free(line);
}

/* The length of "to TARGET\n" with the target copied, 0 where it does not begin so. */
static size_t read_target(const uint8_t *saved, size_t size_bytes, char *target)
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

static void take_saved(struct talk *talk, const uint8_t *saved, size_t size_bytes)
{
    char target[ENDPOINT_HOST_SIZE];
    size_t head_bytes = read_target(saved, size_bytes, target);

    if (head_bytes > 0 && !talk_to(talk, target))
        return;
    if (size_bytes > head_bytes)
        offer_line(talk, saved + head_bytes, size_bytes - head_bytes);
}

void talk_load(struct talk *talk, const char *name)
{
    size_t size_bytes = SAVED_SIZE;
    uint8_t *saved = malloc(SAVED_SIZE);
    const char *why = "not enough memory";

    prompt_pause(); /* as with /file */
    if (saved != NULL)
        why = store_load(name, saved, &size_bytes);
    prompt_resume();
    if (why != NULL)
        talk_say(talk, "/load %s: %s", name, why);
    else
        take_saved(talk, saved, size_bytes);
    free(saved);
}

static void add_word(void *context, const char *name)
{
    prompt_words_add(context, name);
}

void talk_complete_saved(struct prompt_words *words)
{
    store_each(add_word, words);
}
