/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ack: one row for each kind of policy; a template is parsed once into parts, and each reply copies
 * them. */
#include "udptui/proto/ack.h"

#include <stdio.h>
#include <string.h>

#include "udptui/base/array.h"
#include "udptui/base/escape.h"
#include "udptui/base/units.h"
#include "udptui/proto/stun.h"

struct field_name {
    const char *name;
    enum ack_field field;
};

static const struct field_name field_names[] = {
    {"{n}", ACK_FIELD_NUMBER},  {"{bytes}", ACK_FIELD_BYTES}, {"{from}", ACK_FIELD_FROM},
    {"{text}", ACK_FIELD_TEXT}, {"{time}", ACK_FIELD_TIME},
};

static const char hex_field[] = "{hex:";
static const char too_long[] = "longer than 1024 bytes";

static const struct field_name *find_field(const char *text)
{
    for (size_t i = 0; i < COUNT_OF(field_names); i++)
        if (strncmp(text, field_names[i].name, strlen(field_names[i].name)) == 0)
            return &field_names[i];
    return NULL;
}

/* The literal part that is being written, or a new one. NULL if there are too many parts. */
static struct ack_part *open_literal(struct ack_policy *policy)
{
    struct ack_part *last = policy->part_count > 0 ? &policy->parts[policy->part_count - 1] : NULL;

    if (last != NULL && last->field == ACK_FIELD_NONE)
        return last;
    if (policy->part_count == ACK_PARTS_MAX)
        return NULL;
    last = &policy->parts[policy->part_count++];
    *last = (struct ack_part){.offset = (uint16_t)policy->text_bytes};
    return last;
}

static const char *add_literal(struct ack_policy *policy, char byte)
{
    struct ack_part *part = open_literal(policy);

    if (part == NULL)
        return "too many fields";
    if (policy->text_bytes == ACK_TEXT_MAX)
        return too_long;
    policy->text[policy->text_bytes++] = (uint8_t)byte;
    part->length++;
    return NULL;
}

/* {hex:ff 01}: these bytes. */
static const char *add_hex(struct ack_policy *policy, const char **cursor)
{
    const char *digits = *cursor + strlen(hex_field), *end = strchr(digits, '}');
    uint8_t bytes[ACK_TEXT_MAX];
    struct escape_result result;
    const char *error = NULL;

    if (end == NULL)
        return "{hex: is not closed: add a }";
    result = escape_decode_hex(digits, (size_t)(end - digits), bytes, sizeof bytes);
    if (result.error != NULL)
        return result.length_bytes == sizeof bytes ? too_long : result.error;
    for (size_t i = 0; i < result.length_bytes && error == NULL; i++)
        error = add_literal(policy, (char)bytes[i]);
    *cursor = end + 1;
    return error;
}

static const char *add_field(struct ack_policy *policy, const char **cursor)
{
    const struct field_name *found = find_field(*cursor);

    if (strncmp(*cursor, hex_field, strlen(hex_field)) == 0)
        return add_hex(policy, cursor);
    if (found == NULL)
        return "unknown field: use {n} {bytes} {from} {text} {time} {hex:ff00}, or {{ for a brace";
    if (policy->part_count == ACK_PARTS_MAX)
        return "too many fields";
    policy->parts[policy->part_count++] = (struct ack_part){.field = (uint8_t)found->field};
    policy->row = &ack_rows[ACK_TEMPLATE];
    *cursor += strlen(found->name);
    return NULL;
}

/* NULL: it is a text. */
static const struct ack_row *ack_find_row(const char *word)
{
    for (size_t i = 0; i < ACK_KINDS; i++)
        if (ack_rows[i].word != NULL && strcmp(word, ack_rows[i].word) == 0)
            return &ack_rows[i];
    return NULL;
}

const char *ack_parse(const char *text, struct ack_policy *out)
{
    const char *error = NULL;

    *out = (struct ack_policy){.row = ack_find_row(text)};
    if (out->row != NULL)
        return NULL;
    out->row = &ack_rows[ACK_FIXED];
    while (*text != '\0' && error == NULL) {
        if (text[0] == '{' && text[1] != '{') {
            error = add_field(out, &text);
            continue;
        }
        text += text[0] == '{'; /* "{{" */
        error = add_literal(out, *text++);
    }
    return error;
}

/* A value as text, in *value; {text} is the payload itself. */
static size_t field_value(enum ack_field field, const struct ack_context *context, char *scratch,
                          size_t scratch_size, const void **value)
{
    *value = scratch;
    scratch[0] = '\0';
    switch (field) {
    case ACK_FIELD_NUMBER:
        snprintf(scratch, scratch_size, "%llu", (unsigned long long)context->number);
        break;
    case ACK_FIELD_BYTES:
        snprintf(scratch, scratch_size, "%zu", context->size_bytes);
        break;
    case ACK_FIELD_FROM:
        endpoint_format_in(&context->from, context->zones, scratch, scratch_size);
        break;
    case ACK_FIELD_TIME:
        units_iso8601(context->wall_ns, scratch, scratch_size);
        break;
    case ACK_FIELD_TEXT:
        *value = context->bytes;
        return context->size_bytes;
    case ACK_FIELD_NONE:
        break;
    }
    return strlen(scratch);
}

/* A continuation byte is 10xxxxxx (RFC 3629 section 3); a character has at most three. */
size_t ack_cut(const uint8_t *bytes, size_t limit)
{
    size_t cut = limit;

    while (cut > 0 && limit - cut < 3 && (bytes[cut] & 0xc0) == 0x80)
        cut--;
    return (bytes[cut] & 0xc0) == 0x80 ? limit : cut;
}

/* ---- the kinds */

static size_t text_size(const struct ack_policy *policy, size_t request_bytes)
{
    (void)request_bytes;
    return policy->text_bytes;
}

static size_t echo_size(const struct ack_policy *policy, size_t request_bytes)
{
    (void)policy;
    return request_bytes;
}

static size_t no_size(const struct ack_policy *policy, size_t request_bytes)
{
    (void)policy;
    (void)request_bytes;
    return 0;
}

static size_t copy_whole(const uint8_t *bytes, size_t length, uint8_t *out, size_t size_bytes,
                         bool *cut)
{
    *cut = length > size_bytes;
    if (*cut)
        length = ack_cut(bytes, size_bytes);
    if (length > 0)
        memcpy(out, bytes, length);
    return length;
}

static size_t render_text(const struct ack_policy *policy, const struct ack_context *context,
                          uint8_t *out, size_t size_bytes, bool *cut)
{
    (void)context;
    return copy_whole(policy->text, policy->text_bytes, out, size_bytes, cut);
}

static size_t render_echo(const struct ack_policy *policy, const struct ack_context *context,
                          uint8_t *out, size_t size_bytes, bool *cut)
{
    (void)policy;
    return copy_whole(context->bytes, context->size_bytes, out, size_bytes, cut);
}

static size_t render_nothing(const struct ack_policy *policy, const struct ack_context *context,
                             uint8_t *out, size_t size_bytes, bool *cut)
{
    (void)policy;
    (void)context;
    (void)out;
    (void)size_bytes;
    *cut = false;
    return 0;
}

static size_t render_template(const struct ack_policy *policy, const struct ack_context *context,
                              uint8_t *out, size_t size_bytes, bool *cut)
{
    size_t written = 0;

    *cut = false;
    for (size_t i = 0; i < policy->part_count; i++) {
        const struct ack_part *part = &policy->parts[i];
        char scratch[ENDPOINT_TEXT_SIZE];
        const void *value = policy->text + part->offset;
        size_t length = part->length;
        if (part->field != ACK_FIELD_NONE)
            length = field_value(part->field, context, scratch, sizeof scratch, &value);
        if (length > size_bytes - written) {
            length = ack_cut(value, size_bytes - written);
            size_bytes = written + length; /* skip the later parts */
            *cut = true;
        }
        if (length > 0)
            memcpy(out + written, value, length);
        written += length;
    }
    return written;
}

/* The time of sending is filled in by stamp_finish. */
static size_t render_stamp(const struct ack_policy *policy, const struct ack_context *context,
                           uint8_t *out, size_t size_bytes, bool *cut)
{
    struct stamp_reply reply = {.error = context->clock_error,
                                .received = stamp_time(context->wall_ns),
                                .request_ttl = context->hop_limit};
    struct stamp_request request = {.sequence = 0};
    size_t wanted = stamp_reply_bytes(context->size_bytes);

    (void)policy;
    *cut = wanted > size_bytes;
    if (*cut || !stamp_parse_request(context->bytes, context->size_bytes, &request))
        return 0;
    reply.sequence = context->sequence != NULL ? *context->sequence : request.sequence;
    stamp_write_reply(&reply, context->bytes, context->size_bytes, out);
    return wanted;
}

static void stamp_finish(uint8_t *reply, size_t size_bytes, int64_t wall_ns)
{
    if (size_bytes >= STAMP_BYTES)
        stamp_set_sent(reply, wall_ns);
}

static bool stamp_accepts(const uint8_t *bytes, size_t size_bytes)
{
    (void)bytes;
    return size_bytes >= STAMP_REQUEST_MIN;
}

/* sockperf's header: sequence number, 8 bytes; flags, 2; length, 4. The lowest bits of the flags
 * mean "from the client" and "reply requested". */
enum { SOCKPERF_HEADER_BYTES = 14, SOCKPERF_FLAG_AT = 9, SOCKPERF_CLIENT = 1, SOCKPERF_ASKS = 2 };

static size_t render_sockperf(const struct ack_policy *policy, const struct ack_context *context,
                              uint8_t *out, size_t size_bytes, bool *cut)
{
    size_t written = render_echo(policy, context, out, size_bytes, cut);

    if (written > SOCKPERF_FLAG_AT)
        out[SOCKPERF_FLAG_AT] &= (uint8_t)~SOCKPERF_CLIENT;
    return written;
}

/* A datagram of a server is not a request. */
static bool sockperf_accepts(const uint8_t *bytes, size_t size_bytes)
{
    static const uint8_t request = SOCKPERF_CLIENT | SOCKPERF_ASKS;

    return size_bytes >= SOCKPERF_HEADER_BYTES && (bytes[SOCKPERF_FLAG_AT] & request) == request;
}

static size_t render_stun(const struct ack_policy *policy, const struct ack_context *context,
                          uint8_t *out, size_t size_bytes, bool *cut)
{
    uint8_t response[STUN_RESPONSE_MAX];

    (void)policy;
    *cut = false;
    if (!stun_is_request(context->bytes, context->size_bytes) ||
        context->from.family == ENDPOINT_NONE)
        return 0;
    size_t written = stun_write_response(context->bytes, &context->from, response);
    *cut = written > size_bytes;
    if (*cut)
        return 0;
    memcpy(out, response, written);
    return written;
}

static bool echo_returns_payload(const struct ack_policy *policy)
{
    (void)policy;
    return true;
}

static bool template_returns_payload(const struct ack_policy *policy)
{
    for (size_t i = 0; i < policy->part_count; i++)
        if (policy->parts[i].field == ACK_FIELD_TEXT)
            return true;
    return false;
}

const struct ack_row ack_rows[ACK_KINDS] = {
    [ACK_FIXED] = {.source = ACK_FROM_TEXT, .size = text_size, .render = render_text},
    [ACK_TEMPLATE] = {.source = ACK_FROM_RENDER,
                      .render = render_template,
                      .returns_payload = template_returns_payload},
    [ACK_ECHO] = {.word = "echo",
                  .source = ACK_FROM_REQUEST,
                  .size = echo_size,
                  .render = render_echo,
                  .returns_payload = echo_returns_payload},
    [ACK_STAMP] = {.word = "stamp",
                   .source = ACK_FROM_RENDER,
                   .render = render_stamp,
                   .finish_at_send = stamp_finish,
                   .accepts = stamp_accepts,
                   .numbered = true},
    [ACK_SOCKPERF] = {.word = "sockperf",
                      .source = ACK_FROM_RENDER,
                      .render = render_sockperf,
                      .accepts = sockperf_accepts},
    [ACK_STUN] = {.word = "stun",
                  .source = ACK_FROM_RENDER,
                  .render = render_stun,
                  .accepts = stun_is_request},
    [ACK_NONE] = {.word = "none",
                  .source = ACK_FROM_NOTHING,
                  .size = no_size,
                  .render = render_nothing},
};

size_t ack_render(const struct ack_policy *policy, const struct ack_context *context, uint8_t *out,
                  size_t size_bytes, bool *cut)
{
    return policy->row->render(policy, context, out, size_bytes, cut);
}

bool ack_matches(const struct ack_policy *policy, const uint8_t *bytes, size_t size_bytes)
{
    return policy->row->source == ACK_FROM_TEXT && size_bytes == policy->text_bytes &&
           (size_bytes == 0 || memcmp(bytes, policy->text, size_bytes) == 0);
}

bool ack_accepts(const struct ack_policy *policy, const uint8_t *bytes, size_t size_bytes)
{
    return policy->row->accepts == NULL || policy->row->accepts(bytes, size_bytes);
}

bool ack_returns_payload(const struct ack_policy *policy)
{
    return policy->row->returns_payload != NULL && policy->row->returns_payload(policy);
}

size_t ack_packet_bytes(enum endpoint_family family, size_t payload_bytes)
{
    return payload_bytes + (family == ENDPOINT_IPV6 ? 48 : 28);
}

size_t ack_reply_limit(enum endpoint_family family, size_t request_bytes)
{
    size_t limit =
        ACK_RATIO_MAX * ack_packet_bytes(family, request_bytes) - ack_packet_bytes(family, 0);
    size_t most = family == ENDPOINT_IPV6 ? ACK_REPLY_MAX : ACK_REPLY_MAX_IPV4;

    return limit < most ? limit : most;
}
