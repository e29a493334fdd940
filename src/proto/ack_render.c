/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ack_render: a template's parts, one after the other; what does not fit is cut, and nothing follows
 * it. */
#include <stdio.h>
#include <string.h>

#include "ack_internal.h"
#include "udptui/base/escape.h"
#include "udptui/base/hash.h"
#include "udptui/base/units.h"

struct ack_page {
    const struct ack_context *context;
    uint8_t *out;
    size_t room_bytes, written;
    bool cut;
};

static void ack_put(struct ack_page *page, const void *bytes, size_t size_bytes)
{
    size_t left = page->room_bytes - page->written;

    if (page->cut)
        return;
    if (size_bytes > left) {
        size_bytes = ack_cut(bytes, left);
        page->cut = true;
    }
    if (size_bytes > 0)
        memcpy(page->out + page->written, bytes, size_bytes);
    page->written += size_bytes;
}

static void ack_put_text(struct ack_page *page, const char *text)
{
    ack_put(page, text, strlen(text));
}

static void ack_put_hex(struct ack_page *page)
{
    enum { CHUNK = 32 };
    const uint8_t *bytes = page->context->bytes;
    char hex[2 * CHUNK + 1];

    for (size_t at = 0, left = page->context->size_bytes; left > 0 && !page->cut;) {
        size_t count = left < CHUNK ? left : CHUNK;
        ack_put_text(page, escape_hex(hex, sizeof hex, bytes + at, count));
        at += count;
        left -= count;
    }
}

/* As bytes.upper() of Python does: bytes above 127 are no letters. */
static void ack_put_upper(struct ack_page *page)
{
    enum { CHUNK = 64 };
    const uint8_t *bytes = page->context->bytes;
    uint8_t capitals[CHUNK];

    for (size_t at = 0, left = page->context->size_bytes; left > 0 && !page->cut;) {
        size_t count = left < CHUNK ? left : CHUNK;
        for (size_t i = 0; i < count; i++)
            capitals[i] = bytes[at + i] >= 'a' && bytes[at + i] <= 'z'
                              ? (uint8_t)(bytes[at + i] - 'a' + 'A')
                              : bytes[at + i];
        ack_put(page, capitals, count);
        at += count;
        left -= count;
    }
}

/* As much of the received bytes as there is. */
static void ack_put_slice(struct ack_page *page, const struct ack_part *part)
{
    size_t size_bytes = page->context->size_bytes;
    size_t left = part->offset < size_bytes ? size_bytes - part->offset : 0;
    size_t count = part->length == ACK_SLICE_REST || part->length > left ? left : part->length;

    if (count > 0)
        ack_put(page, page->context->bytes + part->offset, count);
}

static void ack_put_group(struct ack_page *page, size_t number)
{
    const struct ack_groups *groups = page->context->groups;

    if (groups != NULL && groups->each[number - 1].bytes != NULL)
        ack_put(page, groups->each[number - 1].bytes, groups->each[number - 1].size_bytes);
}

/* salt: differs among the parts of an answer. */
static void ack_put_random(struct ack_page *page, size_t count, uint64_t salt)
{
    uint64_t state = hash_word(hash_word(page->context->seed, page->context->number), salt);

    for (size_t chunk; count > 0 && !page->cut; count -= chunk) {
        chunk = count < sizeof state ? count : sizeof state;
        state = hash_word(state, count);
        ack_put(page, &state, chunk);
    }
}

static void ack_put_field(struct ack_page *page, const struct ack_part *part, uint64_t salt)
{
    const struct ack_context *context = page->context;
    char text[ENDPOINT_TEXT_SIZE];

    switch ((enum ack_field)part->field) {
    case ACK_FIELD_NUMBER:
        snprintf(text, sizeof text, "%llu", (unsigned long long)context->number);
        ack_put_text(page, text);
        break;
    case ACK_FIELD_BYTES:
        snprintf(text, sizeof text, "%zu", context->size_bytes);
        ack_put_text(page, text);
        break;
    case ACK_FIELD_FROM:
        ack_put_text(page, endpoint_format_in(&context->from, context->zones, text, sizeof text));
        break;
    case ACK_FIELD_TIME:
        ack_put_text(page, units_iso8601(context->wall_ns, text, sizeof text));
        break;
    case ACK_FIELD_TEXT:
        ack_put(page, context->bytes, context->size_bytes);
        break;
    case ACK_FIELD_UPPER:
        ack_put_upper(page);
        break;
    case ACK_FIELD_HEX:
        ack_put_hex(page);
        break;
    case ACK_FIELD_SLICE:
        ack_put_slice(page, part);
        break;
    case ACK_FIELD_GROUP:
        ack_put_group(page, part->offset);
        break;
    case ACK_FIELD_RANDOM:
        ack_put_random(page, part->length, salt);
        break;
    case ACK_FIELD_NONE:
        break;
    }
}

size_t ack_render_template(const struct ack_policy *policy, const struct ack_context *context,
                           uint8_t *out, size_t size_bytes, bool *cut)
{
    struct ack_page page = {.context = context, .out = out, .room_bytes = size_bytes};

    for (size_t i = 0; i < policy->part_count && !page.cut; i++) {
        const struct ack_part *part = &policy->parts[i];
        if (part->field == ACK_FIELD_NONE)
            ack_put(&page, policy->text + part->offset, part->length);
        else
            ack_put_field(&page, part, i);
    }
    *cut = page.cut;
    return page.written;
}
