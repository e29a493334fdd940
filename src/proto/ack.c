/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ack: one row for each kind of policy. Answers are parsed in ack_parse.c, templates rendered in
 * ack_render.c. */
#include "udptui/proto/ack.h"

#include <stdlib.h>
#include <string.h>

#include "ack_internal.h"
#include "udptui/base/hash.h"
#include "udptui/proto/datagram.h"
#include "udptui/proto/stun.h"

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

static size_t render_file(const struct ack_policy *policy, const struct ack_context *context,
                          uint8_t *out, size_t size_bytes, bool *cut)
{
    (void)context;
    return copy_whole(policy->file, policy->file_bytes, out, size_bytes, cut);
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

static bool part_returns_payload(const struct ack_part *part)
{
    return part->field == ACK_FIELD_TEXT || part->field == ACK_FIELD_UPPER ||
           part->field == ACK_FIELD_HEX || part->field == ACK_FIELD_GROUP ||
           (part->field == ACK_FIELD_SLICE && part->length > ACK_SLICE_SHORT);
}

static bool template_returns_payload(const struct ack_policy *policy)
{
    for (size_t i = 0; i < policy->part_count; i++)
        if (part_returns_payload(&policy->parts[i]))
            return true;
    return false;
}

const struct ack_row ack_rows[ACK_KINDS] = {
    [ACK_FIXED] = {.source = ACK_FROM_TEXT, .size = text_size, .render = render_text},
    [ACK_TEMPLATE] = {.source = ACK_FROM_RENDER,
                      .render = ack_render_template,
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
    [ACK_FILE] = {.source = ACK_FROM_RENDER, .render = render_file},
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

static bool is_fixed_text(const struct ack_policy *policy, const uint8_t *bytes, size_t size_bytes)
{
    bool file = policy->row == &ack_rows[ACK_FILE];
    const uint8_t *text = file ? policy->file : policy->text;
    size_t text_bytes = file ? policy->file_bytes : policy->text_bytes;

    return (file || policy->row->source == ACK_FROM_TEXT) && size_bytes == text_bytes &&
           (size_bytes == 0 || memcmp(bytes, text, size_bytes) == 0);
}

bool ack_matches(const struct ack_policy *policy, const uint8_t *bytes, size_t size_bytes)
{
    for (; policy != NULL; policy = policy->next)
        if (is_fixed_text(policy, bytes, size_bytes))
            return true;
    return false;
}

bool ack_accepts(const struct ack_policy *policy, const uint8_t *bytes, size_t size_bytes)
{
    for (; policy != NULL; policy = policy->next)
        if (policy->row->accepts != NULL && !policy->row->accepts(bytes, size_bytes))
            return false;
    return true;
}

bool ack_returns_payload(const struct ack_policy *policy)
{
    for (; policy != NULL; policy = policy->next)
        if (policy->row->returns_payload != NULL && policy->row->returns_payload(policy))
            return true;
    return false;
}

/* ---- answers */

bool ack_is_planned(const struct ack_policy *policy)
{
    return policy->next != NULL || policy->after_ns > 0 || policy->times > 1 ||
           policy->to_port != 0 || policy->from_another;
}

bool ack_uses_another_port(const struct ack_policy *policy)
{
    for (; policy != NULL; policy = policy->next)
        if (policy->from_another)
            return true;
    return false;
}

bool ack_draw(const struct ack_policy *policy, uint64_t seed, uint64_t number, uint64_t rule)
{
    uint64_t bits = hash_word(hash_word(hash_word(0, seed), number), rule);

    return !(policy->chance > 0) || (double)(bits >> 11) * 0x1p-53 < policy->chance;
}

void ack_close(struct ack_policy *policy)
{
    while (policy->next != NULL) {
        struct ack_policy *next = policy->next;
        policy->next = next->next;
        free(next->file);
        free(next);
    }
    free(policy->file);
    policy->file = NULL;
}

/* Without the chain. */
static bool copy_datagram(struct ack_policy *copy, const struct ack_policy *policy)
{
    *copy = *policy;
    copy->next = NULL;
    if (policy->file == NULL)
        return true;
    copy->file = malloc(policy->file_bytes + 1);
    if (copy->file != NULL)
        memcpy(copy->file, policy->file, policy->file_bytes);
    return copy->file != NULL;
}

bool ack_copy(struct ack_policy *copy, const struct ack_policy *policy)
{
    bool copied = copy_datagram(copy, policy);

    for (struct ack_policy *at = copy; copied && policy->next != NULL; at = at->next) {
        policy = policy->next;
        at->next = calloc(1, sizeof *at);
        copied = at->next != NULL && copy_datagram(at->next, policy);
    }
    if (!copied)
        ack_close(copy);
    return copied;
}

size_t ack_packet_bytes(enum endpoint_family family, size_t payload_bytes)
{
    return payload_bytes + (family == ENDPOINT_IPV6 ? 48 : 28);
}

size_t ack_reply_limit(enum endpoint_family family, size_t request_bytes)
{
    size_t limit =
        ACK_RATIO_MAX * ack_packet_bytes(family, request_bytes) - ack_packet_bytes(family, 0);
    size_t most = datagram_payload_max(family);

    return limit < most ? limit : most;
}
