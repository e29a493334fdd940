/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* packets: see the header. The tree of the file is kept, so that saving changes one packet only. */
#include "packets_internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "udptui/base/array.h"
#include "udptui/base/escape.h"
#include "udptui/base/nearest.h"
#include "udptui/base/text.h"
#include "udptui/client/expect.h"
#include "udptui/client/message.h"
#include "udptui/sys/files.h"
#include "udptui/sys/json_memory.h"
#include "udptui/sys/json_parse.h"

enum { FILE_MAX = 4 << 20, PATH_SHOWN = 200, NAME_SHOWN = 60 };

/* The fields of a packet. */
static const char *const packet_fields[] = {"name", "text", "hex", "target", "expect", "note"};

__attribute__((format(printf, 3, 4))) static bool packets_fail(const struct packets *packets,
                                                               char *error, const char *format, ...)
{
    size_t length = strlen(packets->path);
    size_t cut = length > PATH_SHOWN ? length - PATH_SHOWN : 0;
    va_list list;

    size_t said = (size_t)snprintf(error, PACKETS_ERROR_SIZE, "%s: ", packets->path + cut);
    va_start(list, format);
    vsnprintf(error + said, PACKETS_ERROR_SIZE - said, format, list);
    va_end(list);
    return false;
}

/* The file may be right. */
static bool packets_lack_memory(struct packets *packets, char *error)
{
    packets->wrong = false;
    return packets_fail(packets, error, "not enough memory");
}

/* What is wrong without a file. */
static bool packets_explain(char *error, const char *why)
{
    snprintf(error, PACKETS_ERROR_SIZE, "%s", why);
    return false;
}

/* ---- the list */

static void packets_free_one(struct named_packet *packet)
{
    free(packet->name);
    free(packet->target);
    free(packet->expect);
    free(packet->note);
    free(packet->bytes);
}

/* Frees all but the path. */
static void packets_forget(struct packets *packets)
{
    for (size_t i = 0; i < packets->count; i++)
        packets_free_one(&packets->items[i]);
    free(packets->items);
    json_decref(packets->root);
    packets->items = NULL;
    packets->root = NULL;
    packets->count = packets->capacity = packets->not_udp = 0;
}

void packets_clear(struct packets *packets)
{
    packets_forget(packets);
    *packets = (struct packets){.path = ""};
}

struct named_packet *packets_add(struct packets *packets, const char *name, size_t length)
{
    char *copy = strndup(name, length);

    if (packets->count == packets->capacity) {
        size_t capacity = packets->capacity > 0 ? 2 * packets->capacity : 16;
        void *items = realloc(packets->items, capacity * sizeof *packets->items);
        if (items != NULL) {
            packets->items = items;
            packets->capacity = capacity;
        }
    }
    if (copy == NULL || packets->count == packets->capacity) {
        free(copy);
        return NULL;
    }
    packets->items[packets->count] = (struct named_packet){.name = copy};
    return &packets->items[packets->count++];
}

const struct named_packet *packets_find(const struct packets *packets, const char *name)
{
    for (size_t i = 0; i < packets->count; i++)
        if (strcmp(packets->items[i].name, name) == 0)
            return &packets->items[i];
    return NULL;
}

/* ---- reading JSON */

static bool packets_check_fields(const struct packets *packets, size_t number, json_t *object,
                                 char *error)
{
    const char *key;
    json_t *value;

    json_object_foreach(object, key, value)
    {
        struct nearest nearest = nearest_begin(key);
        bool known = false;
        for (size_t i = 0; i < COUNT_OF(packet_fields); i++) {
            known |= strcmp(packet_fields[i], key) == 0;
            nearest_consider(&nearest, packet_fields[i]);
        }
        if (known && !json_is_string(value))
            return packets_fail(packets, error, "packet %zu: %s must be a text in quotes", number,
                                key);
        if (!known && nearest.word != NULL && nearest.slips <= 1 && strlen(key) > 2)
            return packets_fail(packets, error,
                                "packet %zu: unknown field '%.*s': did you mean %s?", number,
                                NAME_SHOWN, key, nearest.word);
    }
    return true;
}

/* A copy of a field, NULL: there is none, or memory is short, which *whole then says. */
static char *packets_copy_field(json_t *object, const char *key, bool *whole)
{
    const char *text = json_string_value(json_object_get(object, key));
    char *copy = text != NULL ? strdup(text) : NULL;

    *whole &= text == NULL || copy != NULL;
    return copy;
}

static bool packets_read_payload(struct packets *packets, struct named_packet *packet,
                                 json_t *object, char *error)
{
    json_t *text = json_object_get(object, "text"), *hex = json_object_get(object, "hex");
    const struct message_style style = {.hex = hex != NULL, .escapes = hex == NULL};
    json_t *given = hex != NULL ? hex : text;
    char problem[MESSAGE_WHY_SIZE];
    size_t wrong_byte;
    const char *why;

    if (text != NULL && hex != NULL)
        return packets_fail(packets, error, "packet '%.*s' has text and hex: leave one out",
                            NAME_SHOWN, packet->name);
    packet->bytes = malloc(MESSAGE_SIZE);
    if (packet->bytes == NULL)
        return packets_lack_memory(packets, error);
    if (given == NULL)
        return true;
    why = message_encode(&style, json_string_value(given), json_string_length(given), packet->bytes,
                         &packet->size_bytes, &wrong_byte);
    if (why != NULL)
        return packets_fail(packets, error, "packet '%.*s': %s", NAME_SHOWN, packet->name,
                            message_problem(why, wrong_byte, problem));
    void *shorter = realloc(packet->bytes, packet->size_bytes + 1);
    if (shorter != NULL)
        packet->bytes = shorter;
    return true;
}

/* A filter that is wrong is reported now, not when it is needed. */
static bool packets_check_expect(struct packets *packets, const struct named_packet *packet,
                                 char *error)
{
    struct filter_problem problem;
    struct expect *expect;

    if (packet->expect == NULL)
        return true;
    expect = expect_open(packet->expect, strlen(packet->expect), &problem);
    expect_close(expect);
    if (expect == NULL && problem.no_memory)
        return packets_lack_memory(packets, error);
    return expect != NULL ||
           packets_fail(packets, error, "packet '%.*s': expect: at byte %zu: %s", NAME_SHOWN,
                        packet->name, problem.offset_bytes + 1, problem.why);
}

static bool packets_read_one(struct packets *packets, size_t number, json_t *object, char *error)
{
    const char *name = json_string_value(json_object_get(object, "name"));
    struct named_packet *packet;
    bool whole = true;

    if (!json_is_object(object))
        return packets_fail(packets, error, "packet %zu is not an object in braces", number);
    if (!packets_check_fields(packets, number, object, error))
        return false;
    if (name == NULL || name[0] == '\0')
        return packets_fail(packets, error, "packet %zu has no name", number);
    if (packets_find(packets, name) != NULL)
        return packets_fail(packets, error, "two packets are called '%.*s'", NAME_SHOWN, name);
    packet = packets_add(packets, name, strlen(name));
    if (packet == NULL)
        return packets_lack_memory(packets, error);
    packet->target = packets_copy_field(object, "target", &whole);
    packet->expect = packets_copy_field(object, "expect", &whole);
    packet->note = packets_copy_field(object, "note", &whole);
    if (!whole)
        return packets_lack_memory(packets, error);
    return packets_read_payload(packets, packet, object, error) &&
           packets_check_expect(packets, packet, error);
}

/* The array of packets in the tree, NULL: there is none. */
static json_t *packets_array(const struct packets *packets)
{
    json_t *array = packets->root;

    if (json_is_object(array))
        array = json_object_get(array, "packets");
    return json_is_array(array) ? array : NULL;
}

static bool packets_read_json(struct packets *packets, const char *text, size_t length, char *error)
{
    json_error_t wrong;
    json_t *array, *object;
    size_t i;

    packets->root = json_parse(text, length, &wrong);
    if (packets->root == NULL && wrong.text[0] == '\0')
        return packets_lack_memory(packets, error);
    if (packets->root == NULL)
        return packets_fail(packets, error, "line %d, column %d: %s", wrong.line, wrong.column,
                            wrong.text);
    array = packets_array(packets);
    if (array == NULL)
        return packets_fail(packets, error, "no array \"packets\" in it");
    if (json_array_size(array) > PACKETS_MAX)
        return packets_fail(packets, error, "more than %d packets", PACKETS_MAX);
    json_array_foreach(array, i, object)
    {
        if (!packets_read_one(packets, i + 1, object, error))
            return false;
    }
    return true;
}

/* ---- the file */

static bool packets_has_suffix(const char *path, const char *suffix)
{
    size_t length = strlen(path), size = strlen(suffix);

    return length > size && strcmp(path + length - size, suffix) == 0;
}

bool packets_parse(struct packets *packets, const char *text, size_t length, char *error)
{
    packets->is_ini = packets_has_suffix(packets->path, ".ini");
    if (length == FILE_MAX)
        return packets_fail(packets, error, "larger than 4 MiB");
    return packets->is_ini ? packets_read_ini(packets, text, error)
                           : packets_read_json(packets, text, length, error);
}

/* A file of ours that is missing has no packets. */
static bool packets_read_file(struct packets *packets, char *error)
{
    bool missing = files_look(packets->path) == FILES_NOTHING;
    size_t length = 0;
    const char *why = "not enough memory";
    char *text;
    bool read;

    packets_forget(packets);
    if (packets->own && missing)
        return true;
    text = malloc(FILE_MAX + 1);
    if (text != NULL)
        why = packets->own ? files_read_own(packets->path, (uint8_t *)text, FILE_MAX, &length)
                           : files_read_regular(packets->path, (uint8_t *)text, FILE_MAX, &length);
    if (text != NULL)
        text[length] = '\0';
    packets->wrong = why == NULL; /* if they cannot be parsed */
    read = why == NULL ? packets_parse(packets, text, length, error)
                       : packets_fail(packets, error, "%s", why);
    free(text);
    if (!read)
        packets_forget(packets);
    return read;
}

bool packets_read(struct packets *packets, const char *path, char *error)
{
    const char *why = NULL;

    *packets = (struct packets){.own = path == NULL};
    if (path != NULL)
        files_expand_home(path, packets->path, sizeof packets->path);
    else
        why = store_packets_path(packets->path);
    if (why == NULL)
        return packets_read_file(packets, error);
    return packets_explain(error, why);
}

/* ---- saving */

/* text: UTF-8; NULL removes the field. False: memory is short. */
static bool packets_set_field(json_t *object, const char *key, const char *text)
{
    if (text != NULL)
        return json_object_set_new(object, key, json_string(text)) == 0;
    json_object_del(object, key);
    return true;
}

/* As text if that says the same: valid UTF-8 without control characters other than the usual. */
static bool packets_set_payload(json_t *object, const struct named_packet *packet)
{
    size_t room = packet->size_bytes * TEXT_EXPANSION + 1;
    char *text = malloc(room);
    bool is_text, whole;

    if (text == NULL)
        return false;
    text_render(text, room, packet->bytes, packet->size_bytes, TEXT_UTF8);
    is_text = strstr(text, "\\x") == NULL;
    if (!is_text)
        escape_hex(text, room, packet->bytes, packet->size_bytes);
    whole = packets_set_field(object, "text", is_text && packet->size_bytes > 0 ? text : NULL) &&
            packets_set_field(object, "hex", is_text ? NULL : text);
    free(text);
    return whole;
}

static bool packets_set_fields(json_t *object, const struct named_packet *packet)
{
    return packets_set_field(object, "name", packet->name) && packets_set_payload(object, packet) &&
           packets_set_field(object, "target", packet->target) &&
           packets_set_field(object, "expect", packet->expect);
}

/* The object of that name in the tree, which is made as needed; NULL if memory is short. */
static json_t *packets_object(struct packets *packets, const char *name)
{
    json_t *array, *object;
    size_t i;

    if (packets->root == NULL) {
        packets->root = json_object();
        json_object_set_new(packets->root, "packets", json_array());
    }
    array = packets_array(packets);
    json_array_foreach(array, i, object)
    {
        const char *other = json_string_value(json_object_get(object, "name"));
        if (other != NULL && strcmp(other, name) == 0)
            return object;
    }
    object = json_object();
    return json_array_append_new(array, object) == 0 ? object : NULL;
}

static bool packets_write(const struct packets *packets, char *error)
{
    char *text = json_memory_dump(packets->root, JSON_INDENT(2) | JSON_ENSURE_ASCII);
    const char *why = "not enough memory";

    if (text != NULL && strlen(text) >= FILE_MAX)
        why = "it would be larger than 4 MiB";
    else if (text != NULL)
        why = files_replace(packets->path, text, strlen(text), packets->own);
    free(text);
    return why == NULL || packets_fail(packets, error, "%s", why);
}

/* As all text in JSON is; NULL will do, too. */
static bool packets_is_utf8(const char *text)
{
    json_t *string = text != NULL ? json_string(text) : json_null();

    json_decref(string);
    return string != NULL;
}

bool packets_save(struct packets *packets, const struct named_packet *packet, char *error)
{
    const char *why;
    json_t *object;
    bool is_utf8;

    json_memory_swap((struct json_memory){.ran_out = false});
    is_utf8 = packets_is_utf8(packet->name) && packets_is_utf8(packet->expect);
    if (json_memory_ran_out())
        return packets_lack_memory(packets, error);
    if (!is_utf8)
        return packets_explain(error, "the name or the expectation is not UTF-8");
    if (packets->own && (why = store_make_packets_directory(packets->path)) != NULL)
        return packets_explain(error, why);
    if (!packets_read_file(packets, error))
        return false;
    if (packets->is_ini)
        return packets_fail(packets, error, "is not written: save to a .json file (--packets)");
    object = packets_object(packets, packet->name);
    if (object == NULL || !packets_set_fields(object, packet))
        return packets_lack_memory(packets, error);
    return packets_write(packets, error) && packets_read_file(packets, error);
}
