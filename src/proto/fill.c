/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fill: one pass over the message; a brace that does not begin a field is copied. */
#include "udptui/proto/fill.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "udptui/base/array.h"
#include "udptui/base/escape.h"
#include "udptui/base/units.h"

enum { HEX_BYTES_MAX = 1024 };

struct page {
    const struct fill_context *context;
    uint8_t *out;
    size_t room_bytes;
    size_t length; /* that it would have with enough room */
};

static void fill_put(struct page *page, const void *bytes, size_t size_bytes)
{
    if (size_bytes > 0 && page->length <= page->room_bytes &&
        size_bytes <= page->room_bytes - page->length)
        memcpy(page->out + page->length, bytes, size_bytes);
    page->length += size_bytes;
}

static void put_number(struct page *page, size_t argument)
{
    char text[UNITS_TEXT_SIZE];

    (void)argument;
    fill_put(page, text, (size_t)snprintf(text, sizeof text, "%" PRIu64, page->context->number));
}

static void fill_put_time(struct page *page, size_t argument)
{
    char text[UNITS_TIME_SIZE];

    (void)argument;
    fill_put(page, text, strlen(units_iso8601(page->context->wall_ns, text, sizeof text)));
}

static void put_random(struct page *page, size_t argument)
{
    if (argument > 0 && page->length <= page->room_bytes &&
        argument <= page->room_bytes - page->length)
        page->context->random(page->out + page->length, argument);
    page->length += argument;
}

/* "{hex:ff 00}": these bytes. Returns the length of the field, 0: it is none. */
static size_t put_hex_bytes(struct page *page, const uint8_t *bytes, size_t size_bytes)
{
    static const char name[] = "{hex:";
    const size_t begin = sizeof name - 1;
    const uint8_t *end = size_bytes > begin ? memchr(bytes, '}', size_bytes) : NULL;
    uint8_t decoded[HEX_BYTES_MAX];

    if (end == NULL || memcmp(bytes, name, begin) != 0)
        return 0;
    struct escape_result result = escape_decode_hex(
        (const char *)bytes + begin, (size_t)(end - bytes) - begin, decoded, sizeof decoded);
    if (result.error != NULL)
        return 0;
    fill_put(page, decoded, result.length_bytes);
    return (size_t)(end - bytes) + 1;
}

static const struct field {
    const char *name;
    bool has_argument; /* a number and a closing brace follow */
    void (*put)(struct page *page, size_t argument);
} fields[] = {
    {"{n}", false, put_number}, {"{time}", false, fill_put_time}, {"{random:", true, put_random}};

/* "8}": a number of at most 6 digits. Returns the length with the brace, 0: it is none. */
static size_t parse_argument(const uint8_t *bytes, size_t size_bytes, size_t *out)
{
    size_t length = 0;

    *out = 0;
    for (; length < size_bytes && length < 7 && bytes[length] >= '0' && bytes[length] <= '9';
         length++)
        *out = *out * 10 + (size_t)(bytes[length] - '0');
    return length > 0 && length < 7 && length < size_bytes && bytes[length] == '}' ? length + 1 : 0;
}

/* Returns the length of the field that begins here, 0: none does. */
static size_t put_field(struct page *page, const uint8_t *bytes, size_t size_bytes)
{
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        size_t length = strlen(fields[i].name), more = 0, argument = 0;

        if (size_bytes < length || memcmp(bytes, fields[i].name, length) != 0)
            continue;
        if (fields[i].has_argument &&
            (more = parse_argument(bytes + length, size_bytes - length, &argument)) == 0)
            continue;
        fields[i].put(page, argument);
        return length + more;
    }
    return put_hex_bytes(page, bytes, size_bytes);
}

size_t fill_render(const uint8_t *bytes, size_t size_bytes, const struct fill_context *context,
                   uint8_t *out, size_t room_bytes)
{
    struct page page = {.context = context, .out = out, .room_bytes = room_bytes};

    for (size_t at = 0; at < size_bytes;) {
        size_t length = bytes[at] == '{' ? put_field(&page, bytes + at, size_bytes - at) : 0;
        const uint8_t *next;

        if (length == 0) { /* up to the next brace behind this byte */
            next = memchr(bytes + at + 1, '{', size_bytes - at - 1);
            length = next != NULL ? (size_t)(next - bytes) - at : size_bytes - at;
            fill_put(&page, bytes + at, length);
        }
        at += length;
    }
    return page.length;
}
