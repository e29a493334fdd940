/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json: jansson builds and writes. Whether memory ran out is asked once, when the object is whole. */
#include "udptui/output/json.h"

#include <errno.h>
#include <stdlib.h>

#include "udptui/base/escape.h"
#include "udptui/base/text.h"
#include "udptui/base/units.h"
#include "udptui/sys/json_memory.h"

json_t *json_event(const char *event)
{
    json_t *object;

    json_memory_swap((struct json_memory){.ran_out = false});
    object = json_object();
    json_object_set_new(object, "v", json_integer(1));
    json_object_set_new(object, "event", json_string(event));
    return object;
}

void json_add_count(json_t *object, const char *key, uint64_t value)
{
    json_object_set_new(object, key, json_integer((json_int_t)value));
}

void json_add_endpoint(json_t *object, const char *key, const struct endpoint *endpoint,
                       const struct zones *zones)
{
    char text[ENDPOINT_TEXT_SIZE];

    json_object_set_new(object, key,
                        json_string(endpoint_format_in(endpoint, zones, text, sizeof text)));
}

void json_add_time(json_t *object, int64_t wall_ns)
{
    char text[UNITS_TIME_SIZE];

    json_object_set_new(object, "time", json_string(units_iso8601(wall_ns, text, sizeof text)));
}

void json_add_payload(json_t *object, const void *bytes, size_t size_bytes)
{
    json_add_bytes(object, "text", "hex", bytes, size_bytes);
}

void json_add_bytes(json_t *object, const char *text_key, const char *hex_key, const void *bytes,
                    size_t size_bytes)
{
    size_t room = size_bytes * TEXT_EXPANSION + 1; /* enough for the hex too */
    char *text = malloc(room);

    if (text == NULL) {
        json_memory_note();
        return;
    }
    text_render(text, room, bytes, size_bytes, TEXT_UTF8);
    json_object_set_new(object, text_key, json_string(text));
    json_object_set_new(object, hex_key, json_string(escape_hex(text, room, bytes, size_bytes)));
    free(text);
}

void json_add_text(json_t *object, const char *key, const void *bytes, size_t size_bytes)
{
    size_t room = size_bytes * TEXT_EXPANSION + 1;
    char *text = malloc(room);

    if (text == NULL) {
        json_memory_note();
        return;
    }
    text_render(text, room, bytes, size_bytes, TEXT_UTF8);
    json_object_set_new(object, key, json_string(text));
    free(text);
}

/* All of it at once: of what json_dumpf writes, a part could be missing if memory ran out. */
bool json_write_line(FILE *file, json_t *object)
{
    char *text = json_memory_dump(object, JSON_COMPACT);
    bool written = text != NULL && fputs(text, file) != EOF && fputc('\n', file) != EOF;

    json_decref(object);
    if (text == NULL)
        errno = ENOMEM;
    free(text);
    return written;
}
