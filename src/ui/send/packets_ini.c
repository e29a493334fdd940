/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * packets_ini: the packets.ini of Packet Sender, a file of QSettings (IniFormat): a section for each
 * packet, with name, hexString, toIP, port and tcpOrUdp. Values may be in quotes, with escapes as in
 * C; in the name of a section, %20 stands for a blank.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packets_internal.h"
#include "udptui/base/array.h"
#include "udptui/base/ascii.h"
#include "udptui/base/escape.h"
#include "udptui/client/message.h"

/* Of a value; the largest message takes two digits and a blank for each byte. */
enum { INI_LINE = 3 * MESSAGE_MOST + 16, INI_NAME = 256, INI_HOST = 256 };

struct ini_packet {
    char section[INI_NAME], name[INI_NAME], host[INI_HOST], port[8], protocol[16];
    char *hex; /* INI_LINE */
    bool begun;
};

static int ini_digit(char c)
{
    return isdigit((unsigned char)c)    ? c - '0'
           : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10
                                        : -1;
}

/* "Lamp%20on" */
static void ini_decode_section(const char *from, size_t length, char *out, size_t room)
{
    size_t written = 0;

    for (size_t i = 0; i < length && written + 1 < room; i++) {
        if (from[i] == '%' && i + 2 < length && ini_digit(from[i + 1]) >= 0 &&
            ini_digit(from[i + 2]) >= 0) {
            out[written++] = (char)(ini_digit(from[i + 1]) * 16 + ini_digit(from[i + 2]));
            i += 2;
        } else {
            out[written++] = from[i];
        }
    }
    out[written] = '\0';
}

/* A code point as UTF-8; returns its length. */
static size_t ini_put_character(uint32_t c, char *out, size_t room)
{
    uint8_t bytes[4];
    char text[16];
    struct escape_result result;

    snprintf(text, sizeof text, "\\u{%x}", (unsigned)c);
    result = escape_decode(text, strlen(text), bytes, sizeof bytes);
    if (result.error != NULL || result.length_bytes >= room)
        return 0;
    memcpy(out, bytes, result.length_bytes);
    return result.length_bytes;
}

/* The escape that begins after a backslash; returns what is read. */
static size_t ini_decode_escape(const char *from, size_t left, char *out, size_t room,
                                size_t *written)
{
    static const char letters[] = "abfnrtv0", bytes[] = "\a\b\f\n\r\t\v";
    const char *letter = left > 0 ? strchr(letters, from[0]) : NULL;
    uint32_t c = 0;
    size_t i = 1;

    if (left > 1 && from[0] == 'x' && ini_digit(from[1]) >= 0) {
        for (; i < left && i < 7 && ini_digit(from[i]) >= 0; i++)
            c = c * 16 + (uint32_t)ini_digit(from[i]);
        *written += ini_put_character(c, out + *written, room - *written);
        return i;
    }
    if (left > 0 && *written + 1 < room)
        out[(*written)++] = letter != NULL && from[0] != '\0' ? bytes[letter - letters] : from[0];
    return left > 0 ? 1 : 0;
}

/* A value without its quotes and escapes. */
static void ini_decode_value(const char *from, size_t length, char *out, size_t room)
{
    size_t written = 0;

    for (size_t i = 0; i < length && written + 1 < room; i++) {
        if (from[i] == '\\')
            i += ini_decode_escape(from + i + 1, length - i - 1, out, room, &written);
        else if (from[i] != '"')
            out[written++] = from[i];
    }
    out[written] = '\0';
}

/* ---- packets */

static bool ini_is_udp(const struct ini_packet *packet)
{
    return packet->protocol[0] == '\0' || ascii_equal(packet->protocol, "udp");
}

/* "host:port", an IPv6 address in brackets; NULL without a host, or if memory is short. */
static char *ini_make_target(const struct ini_packet *packet)
{
    char text[INI_HOST + 16];
    bool ipv6 = strchr(packet->host, ':') != NULL;

    if (packet->host[0] == '\0')
        return NULL;
    snprintf(text, sizeof text, "%s%s%s%s%s", ipv6 ? "[" : "", packet->host, ipv6 ? "]" : "",
             packet->port[0] != '\0' ? ":" : "", packet->port);
    return strdup(text);
}

/* The file may be right. */
static bool ini_lacks_memory(struct packets *packets, char *error)
{
    packets->wrong = false;
    snprintf(error, PACKETS_ERROR_SIZE, "%.200s: not enough memory", packets->path);
    return false;
}

static bool ini_fail(const struct packets *packets, const char *name, const char *why, char *error)
{
    snprintf(error, PACKETS_ERROR_SIZE, "%.200s: packet '%.60s': %s", packets->path, name, why);
    return false;
}

/* As long as any message may be: a longer one would not fit where messages are kept. A line that was
 * cut is longer than that. False: memory is short. */
static bool ini_take_payload(struct named_packet *packet, const char *hex,
                             struct escape_result *result)
{
    size_t length = strlen(hex), room = length < MESSAGE_MOST ? length + 1 : MESSAGE_MOST;

    packet->bytes = malloc(room);
    if (packet->bytes == NULL)
        return false;
    *result = escape_decode_hex(hex, length, packet->bytes, room);
    packet->size_bytes = result->length_bytes;
    if (result->error == NULL && length == INI_LINE - 1)
        result->error = "its hexString is too long";
    return true;
}

/* The section is over: its packet, if it is one for UDP, joins the list. Two packets of a name are
 * told apart by a number. */
static bool ini_end_packet(struct packets *packets, struct ini_packet *ini, char *error)
{
    const char *given = ini->name[0] != '\0' ? ini->name : ini->section;
    char name[INI_NAME + 24];
    struct named_packet *packet;
    struct escape_result result;

    if (!ini->begun)
        return true;
    if (!ini_is_udp(ini)) {
        packets->not_udp++;
        return true;
    }
    if (packets->count == PACKETS_MAX)
        return ini_fail(packets, given, "a file may have 1024 packets", error);
    snprintf(name, sizeof name, "%s", given);
    for (int i = 2; packets_find(packets, name) != NULL; i++)
        snprintf(name, sizeof name, "%s (%d)", given, i);
    packet = packets_add(packets, name, strlen(name));
    if (packet == NULL || !ini_take_payload(packet, ini->hex, &result))
        return ini_lacks_memory(packets, error);
    packet->target = ini_make_target(ini);
    if (packet->target == NULL && ini->host[0] != '\0')
        return ini_lacks_memory(packets, error);
    return result.error == NULL || ini_fail(packets, name, result.error, error);
}

static void ini_begin_packet(struct ini_packet *ini, const char *line, size_t length)
{
    char *hex = ini->hex;

    *ini = (struct ini_packet){.begun = true, .hex = hex};
    hex[0] = '\0';
    ini_decode_section(line, length, ini->section, sizeof ini->section);
}

static void ini_take_value(struct ini_packet *ini, const char *line, size_t length)
{
    const struct {
        const char *key;
        char *out;
        size_t room;
    } rows[] = {{"name", ini->name, sizeof ini->name},
                {"hexString", ini->hex, INI_LINE},
                {"toIP", ini->host, sizeof ini->host},
                {"port", ini->port, sizeof ini->port},
                {"tcpOrUdp", ini->protocol, sizeof ini->protocol}};
    const char *equals = memchr(line, '=', length);
    size_t key_length = equals != NULL ? (size_t)(equals - line) : 0;

    for (size_t i = 0; equals != NULL && i < COUNT_OF(rows); i++)
        if (strlen(rows[i].key) == key_length && memcmp(rows[i].key, line, key_length) == 0)
            ini_decode_value(equals + 1, length - key_length - 1, rows[i].out, rows[i].room);
}

bool packets_read_ini(struct packets *packets, const char *text, char *error)
{
    struct ini_packet ini = {.hex = malloc(INI_LINE)};
    bool read = ini.hex != NULL;

    if (!read)
        ini_lacks_memory(packets, error);
    while (read && *text != '\0') {
        size_t whole = strcspn(text, "\n");
        size_t length = whole > 0 && text[whole - 1] == '\r' ? whole - 1 : whole;
        if (length > 1 && text[0] == '[' && text[length - 1] == ']') {
            read = ini_end_packet(packets, &ini, error);
            ini_begin_packet(&ini, text + 1, length - 2);
        } else {
            ini_take_value(&ini, text, length);
        }
        text += whole + (text[whole] == '\n');
    }
    read = read && ini_end_packet(packets, &ini, error);
    free(ini.hex);
    return read;
}
