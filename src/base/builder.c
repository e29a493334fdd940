/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* builder: see the header. */
#include "udptui/base/builder.h"

#include <stdio.h>
#include <string.h>

struct builder builder_begin(char *out, size_t size_bytes)
{
    if (size_bytes > 0)
        out[0] = '\0';
    return (struct builder){.out = out, .size_bytes = size_bytes};
}

struct builder builder_continue(char *out, size_t size_bytes)
{
    return (struct builder){
        .out = out, .size_bytes = size_bytes, .length = strnlen(out, size_bytes)};
}

bool builder_is_cut(const struct builder *builder)
{
    return builder->length >= builder->size_bytes;
}

/* Ends a full buffer, in which new bytes begin at start. The first byte of the last character says
 * how long it is: if the rest is missing, the text ends before it. */
static void builder_terminate(struct builder *builder, size_t start)
{
    size_t end = builder->size_bytes - 1;
    size_t first = end;

    while (first > start && ((unsigned char)builder->out[first - 1] & 0xc0) == 0x80)
        first--;
    if (first > start) {
        unsigned char lead = (unsigned char)builder->out[first - 1];
        size_t wanted = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
        if (end - (first - 1) < wanted)
            end = first - 1;
    }
    builder->out[end] = '\0';
}

void builder_add_bytes(struct builder *builder, const char *bytes, size_t length)
{
    bool was_cut = builder_is_cut(builder);
    size_t start = builder->length;

    builder->length += length;
    if (was_cut)
        return;
    if (!builder_is_cut(builder)) {
        memcpy(builder->out + start, bytes, length);
        builder->out[builder->length] = '\0';
    } else {
        memcpy(builder->out + start, bytes, builder->size_bytes - 1 - start);
        builder_terminate(builder, start);
    }
}

void builder_add_list(struct builder *builder, const char *format, va_list arguments)
{
    bool was_cut = builder_is_cut(builder);
    size_t start = builder->length;
    int added = vsnprintf(was_cut ? NULL : builder->out + start,
                          was_cut ? 0 : builder->size_bytes - start, format, arguments);

    if (added < 0)
        return; /* a wide string that cannot be converted: we never print any */
    builder->length += (size_t)added;
    if (!was_cut && builder_is_cut(builder))
        builder_terminate(builder, start);
}

void builder_add(struct builder *builder, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    builder_add_list(builder, format, arguments);
    va_end(arguments);
}

void builder_add_item(struct builder *builder, const char *separator, const char *format, ...)
{
    va_list arguments;

    if (builder->length > 0)
        builder_add(builder, "%s", separator);
    va_start(arguments, format);
    builder_add_list(builder, format, arguments);
    va_end(arguments);
}

void builder_append(char *out, size_t size_bytes, const char *format, ...)
{
    struct builder builder = builder_continue(out, size_bytes);
    va_list arguments;

    va_start(arguments, format);
    builder_add_list(&builder, format, arguments);
    va_end(arguments);
}
