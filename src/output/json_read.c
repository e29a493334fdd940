/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_read: see the header. Error messages name our keys alone, except that of the parser. */
#include "udptui/output/json_read.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "udptui/base/escape.h"
#include "udptui/base/units.h"
#include "udptui/sys/json_parse.h"

enum { HEX64_DIGITS = 16, TEXT_BYTES_MAX = 4096 };

void json_read_refuse(struct json_reader *reader, const char *format, ...)
{
    va_list list;

    if (reader->wrong)
        return;
    reader->wrong = true;
    va_start(list, format);
    vsnprintf(reader->error, sizeof reader->error, format, list);
    va_end(list);
}

json_t *json_read_document(struct json_reader *reader, const void *bytes, size_t size_bytes)
{
    char shown[JSON_READER_ERROR_SIZE / 2];
    json_error_t wrong;
    json_t *object = json_parse(bytes, size_bytes, &wrong);

    if (object == NULL && wrong.text[0] == '\0') {
        json_read_refuse(reader, "not enough memory to read it");
    } else if (object == NULL) {
        text_render(shown, sizeof shown, wrong.text, strlen(wrong.text), TEXT_ASCII);
        json_read_refuse(reader, "it is not JSON: %s (line %d)", shown, wrong.line);
    } else if (!json_is_object(object)) {
        json_read_refuse(reader, "it is not a JSON object");
        json_decref(object);
        return NULL;
    }
    return object;
}

uint64_t json_read_count(struct json_reader *reader, const json_t *object, const char *key,
                         uint64_t maximum)
{
    const json_t *value = json_object_get(object, key);
    uint64_t most = maximum < reader->count_max ? maximum : reader->count_max;

    if (value == NULL)
        return 0;
    if (!json_is_integer(value))
        json_read_refuse(reader, "%s is not a whole number", key);
    else if (json_integer_value(value) < 0)
        json_read_refuse(reader, "%s is negative", key);
    else if ((uint64_t)json_integer_value(value) > most)
        json_read_refuse(reader, "%s is too large", key);
    else
        return (uint64_t)json_integer_value(value);
    return 0;
}

int64_t json_read_ns(struct json_reader *reader, const json_t *object, const char *key)
{
    if (json_object_get(object, key) == NULL)
        return -1;
    return (int64_t)json_read_count(reader, object, key, INT64_MAX);
}

/* NULL if it is missing or no string. */
static const char *json_read_string(struct json_reader *reader, const json_t *object,
                                    const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (value != NULL && !json_is_string(value))
        json_read_refuse(reader, "%s is not a text", key);
    return json_string_value(value);
}

int64_t json_read_time(struct json_reader *reader, const json_t *object, const char *key)
{
    const char *text = json_read_string(reader, object, key);
    int64_t wall_ns = 0;

    if (text != NULL && !units_parse_iso8601(text, &wall_ns))
        json_read_refuse(reader, "%s is not a time", key);
    return wall_ns;
}

bool json_read_flag(struct json_reader *reader, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (value != NULL && !json_is_boolean(value))
        json_read_refuse(reader, "%s is neither true nor false", key);
    return json_is_true(value);
}

/* Safe text is decoded first, so that its escapes are not escaped. */
void json_read_text(struct json_reader *reader, const json_t *object, const char *key, char *out,
                    size_t size)
{
    const char *text = json_read_string(reader, object, key);
    size_t length = text != NULL ? strlen(text) : 0;
    uint8_t plain[TEXT_BYTES_MAX];
    struct escape_result decoded;

    out[0] = '\0';
    if (length > sizeof plain)
        json_read_refuse(reader, "%s is too long", key);
    if (length == 0 || length > sizeof plain)
        return;
    decoded = escape_decode(text, length, plain, sizeof plain);
    if (decoded.error != NULL)
        text_render(out, size, text, length, reader->charset);
    else
        text_render(out, size, plain, decoded.length_bytes, reader->charset);
}

size_t json_read_word(struct json_reader *reader, const json_t *object, const char *key,
                      const char *const *words, size_t count)
{
    const char *text = json_read_string(reader, object, key);

    for (size_t i = 0; text != NULL && i < count; i++)
        if (strcmp(text, words[i]) == 0)
            return i;
    json_read_refuse(reader, text == NULL ? "%s is missing" : "%s is none of its words", key);
    return 0;
}

uint64_t json_read_hex64(struct json_reader *reader, const json_t *object, const char *key)
{
    const char *text = json_read_string(reader, object, key);

    if (text == NULL)
        return 0;
    if (strspn(text, "0123456789abcdef") == HEX64_DIGITS && text[HEX64_DIGITS] == '\0')
        return strtoull(text, NULL, 16);
    json_read_refuse(reader, "%s is not %d hex digits", key, HEX64_DIGITS);
    return 0;
}

void json_add_hex64(json_t *object, const char *key, uint64_t value)
{
    char text[HEX64_DIGITS + 1];

    snprintf(text, sizeof text, "%0*" PRIx64, HEX64_DIGITS, value);
    json_object_set_new(object, key, json_string(text));
}

struct endpoint json_read_endpoint(struct json_reader *reader, const json_t *object,
                                   const char *key)
{
    const char *text = json_read_string(reader, object, key);
    struct endpoint_spec spec;

    if (text == NULL || endpoint_split(text, &spec) != ENDPOINT_OK || !spec.is_literal)
        return (struct endpoint){.family = ENDPOINT_NONE};
    return spec.literal;
}

const json_t *json_read_array(struct json_reader *reader, const json_t *object, const char *key,
                              size_t maximum)
{
    const json_t *value = json_object_get(object, key);

    if (value == NULL)
        return NULL;
    if (!json_is_array(value))
        json_read_refuse(reader, "%s is not a list", key);
    else if (json_array_size(value) > maximum)
        json_read_refuse(reader, "%s has more than %zu elements", key, maximum);
    else
        return value;
    return NULL;
}
