/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* saved: the commands for packets with names: /packets, /packet, /save and /load. The file is read
 * for each, because other prompts and editors change it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "console_internal.h"
#include "udptui/base/builder.h"
#include "udptui/base/escape.h"
#include "udptui/base/nearest.h"

enum { SHOWN_BYTES = 40, NAME_COLUMNS = 14, FACTS_SIZE = 1024 };

/* Reads the file again; the packets so far stay if that fails, which is reported. */
static bool saved_read(struct console *console, const char *command)
{
    struct packets read;
    char error[PACKETS_ERROR_SIZE];
    bool done;

    prompt_pause(); /* a disk may be slow: Ctrl-C ends it */
    done = packets_read(&read, console->packets.own ? NULL : console->packets.path, error);
    prompt_resume();
    if (!done) {
        console_say(console, "%s: %s", command, error);
        return false;
    }
    packets_clear(&console->packets);
    console->packets = read;
    return true;
}

/* ---- listing */

/* Its beginning; console_say makes it safe. */
static void saved_format_payload(const struct named_packet *packet, char *out, size_t size)
{
    size_t shown = packet->size_bytes < SHOWN_BYTES ? packet->size_bytes : SHOWN_BYTES;
    char hex[2 * SHOWN_BYTES + 1];

    text_render(out, size, packet->bytes, shown, TEXT_UTF8);
    if (strstr(out, "\\x") == NULL)
        snprintf(out, size, "%.*s", (int)shown, (const char *)packet->bytes);
    else
        snprintf(out, size, "hex %s", escape_hex(hex, sizeof hex, packet->bytes, shown));
    if (shown < packet->size_bytes)
        snprintf(out + strlen(out), size - strlen(out), "...");
}

/* A fact of the second line. */
static void saved_add_fact(struct builder *facts, const char *word, const char *fact)
{
    if (fact != NULL)
        builder_add_item(facts, "; ", "%s%s", word, fact);
}

static void saved_show(struct console *console, const struct named_packet *packet)
{
    char payload[SHOWN_BYTES * TEXT_EXPANSION + 8], facts[FACTS_SIZE];
    struct builder builder = builder_begin(facts, sizeof facts);
    char safe[CONSOLE_NAME_MAX * TEXT_EXPANSION];
    int columns;

    text_render(safe, sizeof safe, packet->name, strlen(packet->name),
                console->sink->output.charset);
    columns = (int)text_columns(safe);
    saved_format_payload(packet, payload, sizeof payload);
    console_say(console, "  %s%*s %5zu B  %s", packet->name,
                columns < NAME_COLUMNS ? NAME_COLUMNS - columns : 0, "", packet->size_bytes,
                payload);
    saved_add_fact(&builder, "to ", packet->target);
    saved_add_fact(&builder, "expect ", packet->expect);
    saved_add_fact(&builder, "", packet->note);
    if (facts[0] != '\0')
        console_say(console, "      %s", facts);
}

void console_packets(struct console *console, const struct command_line *line)
{
    (void)line;
    if (!saved_read(console, "/packets"))
        return;
    for (size_t i = 0; i < console->packets.count; i++)
        saved_show(console, &console->packets.items[i]);
    if (console->packets.count == 0)
        console_say(console, "no packets yet: /save NAME keeps the latest message");
    if (console->packets.not_udp > 0)
        console_say(console, "left out, because they are not for UDP: %zu",
                    console->packets.not_udp);
}

/* ---- sending and loading */

static const struct named_packet *saved_find(struct console *console, const char *command,
                                             const char *name)
{
    const struct named_packet *packet;
    struct nearest nearest = nearest_begin(name);

    if (!saved_read(console, command))
        return NULL;
    packet = packets_find(&console->packets, name);
    for (size_t i = 0; packet == NULL && i < console->packets.count; i++)
        nearest_consider(&nearest, console->packets.items[i].name);
    if (packet == NULL && nearest.word != NULL)
        console_say(console, "%s %s: there is no such packet: did you mean %s?", command, name,
                    nearest.word);
    else if (packet == NULL)
        console_say(console, "%s %s: there is no such packet: /packets lists them", command, name);
    return packet;
}

/* Sends to the packet's target from now on. */
static bool saved_retarget(struct console *console, const struct named_packet *packet)
{
    char target[ENDPOINT_TEXT_SIZE];

    endpoint_format_in(session_target(console->session), console->send->zones, target,
                       sizeof target);
    return packet->target == NULL || strcmp(packet->target, target) == 0 ||
           console_retarget(console, packet->target);
}

void console_packet(struct console *console, const struct command_line *line)
{
    const struct named_packet *packet = saved_find(console, "/packet", line->argument);

    if (packet == NULL || !saved_retarget(console, packet))
        return;
    console->draft.size_bytes = packet->size_bytes;
    memcpy(console->draft.bytes, packet->bytes, packet->size_bytes);
    console->packet_expect = packet->expect;
    console_send_draft(console, line->typed);
    console->packet_expect = NULL;
}

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

void console_load(struct console *console, const struct command_line *line)
{
    const struct named_packet *packet = saved_find(console, "/load", line->argument);

    if (packet != NULL && saved_retarget(console, packet) && packet->size_bytes > 0)
        saved_offer_line(console, packet->bytes, packet->size_bytes);
}

/* ---- saving */

void console_save(struct console *console, const struct command_line *line)
{
    char name[CONSOLE_NAME_MAX], target[ENDPOINT_TEXT_SIZE], error[PACKETS_ERROR_SIZE];
    const struct console_message *latest = &console->latest;
    const struct named_packet packet = {
        .name = name,
        .target = target,
        .expect = console->expected[0] != '\0' ? console->expected : NULL,
        .bytes = console->latest.bytes,
        .size_bytes = console->has_latest ? latest->size_bytes : 0,
    };
    bool saved;

    if (strlen(line->argument) >= sizeof name) {
        console_say(console, "/save: the name is too long: at most %zu bytes", sizeof name - 1);
        return;
    }
    strcpy(name, line->argument);
    endpoint_format_in(session_target(console->session), console->send->zones, target,
                       sizeof target);
    prompt_pause();
    saved = packets_save(&console->packets, &packet, error);
    prompt_resume();
    if (saved)
        console_say(console, "saved the target%s in %s: /packet %s sends it, /load %s edits it",
                    console->has_latest ? " and the latest message" : "", console->packets.path,
                    name, name);
    else
        console_say(console, "/save %s: %s", name, error);
}

/* Whether a name can be shown as it is: readline shows what is completed. */
static bool saved_is_plain(const char *name)
{
    char safe[CONSOLE_NAME_MAX * TEXT_EXPANSION];

    return text_render(safe, sizeof safe, name, strlen(name), TEXT_UTF8) == strlen(name) &&
           strcmp(safe, name) == 0;
}

bool console_complete_saved(const struct console *console, const char *line,
                            struct prompt_words *words)
{
    (void)line;
    for (size_t i = 0; i < console->packets.count; i++)
        if (saved_is_plain(console->packets.items[i].name))
            prompt_words_add(words, console->packets.items[i].name);
    return true;
}
