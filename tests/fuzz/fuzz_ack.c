/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_ack: an answer is parsed, each of its datagrams rendered with and without enough room, and
 * matched with what it made. Input: the room in one byte, the answer up to a NUL, then the payload.
 */
#include <stdbool.h>
#include <string.h>

#include "fuzz.h"
#include "udptui/proto/ack.h"

/* NUL separates: it comes out of the random bytes. */
const char *const fuzz_words[] = {
    "{n}",      "{bytes}",  "{from}",   "{text}",
    "{time}",   "{{",       "{",        "}",
    "echo",     "none",     "{hex}",    "{1}",
    "{2}",      "{3}",      "{bytes:",  "0:4}",
    "{random:", "9}",       "{hex:",    "ff",
    "hex:",     "file:x",   " ; ",      "after ",
    "50ms ",    "twice ",   "3 times ", "chance ",
    "30% ",     "to port ", "69 ",      "from another port ",
    "\\",       "\\n",      "\\u{",     "x41",
    "a",        "ab",       "aab",      "{n",
    "{N}",      "\xc3\xa9", "\xe2",     "\x82\xac",
    NULL,
};

enum { FIELD_TEXT_MAX = 80, RANDOM_MAX = 70000 }; /* what a field without payload may become */

/* A cut is inside the limit, and takes off less than a character. */
static void require_cut(const uint8_t *bytes, size_t size, size_t limit)
{
    if (size <= limit)
        return;
    size_t cut = ack_cut(bytes, limit);
    fuzz_require(cut <= limit && limit - cut <= 3, "a cut takes off less than a character");
}

/* What did not fit is missing at the end, and nowhere else. */
static void require_beginning(const struct ack_policy *policy, const struct ack_context *context,
                              const uint8_t *whole, size_t whole_size, size_t room)
{
    uint8_t *out = fuzz_allocate(room);
    bool cut;
    size_t written = ack_render(policy, context, out, room, &cut);

    fuzz_require(written <= room, "no more is written than there is room");
    fuzz_require(cut == (whole_size > room), "it is cut if it does not fit");
    fuzz_require(cut || written == whole_size, "and else whole");
    fuzz_require(memcmp(out, whole, written) == 0, "what is left is the beginning");
    free(out);
}

static void render(const struct ack_policy *policy, const struct ack_context *context, size_t room)
{
    size_t size = ACK_TEXT_MAX + ACK_PARTS_MAX * (2 * context->size_bytes + FIELD_TEXT_MAX);

    for (size_t i = 0; i < policy->part_count; i++)
        size += policy->parts[i].field == ACK_FIELD_RANDOM ? RANDOM_MAX : 0;
    uint8_t *whole = fuzz_allocate(size);
    bool cut;
    size_t written = ack_render(policy, context, whole, size, &cut);

    fuzz_require(!cut, "enough room is enough");
    fuzz_require(policy->row != &ack_rows[ACK_FIXED] || ack_matches(policy, whole, written),
                 "it knows its own text");
    require_beginning(policy, context, whole, written, room);
    free(whole);
}

/* Parsing gives an answer within its bounds, or a problem with a place in the text. */
static void answer(const char *text, size_t length, const struct ack_context *context, size_t room)
{
    static const struct ack_reading reading = {.groups = 2};
    struct ack_policy policy, copy;
    struct ack_problem problem = {.why = NULL};
    size_t copies = 0;

    if (!ack_parse_answer(text, &reading, &policy, &problem)) {
        fuzz_require(problem.why != NULL && problem.why[0] != '\0', "a problem has a reason");
        fuzz_require(problem.offset_bytes <= length, "the place is in the text");
        return;
    }
    fuzz_require(ack_copy(&copy, &policy), "there is memory");
    ack_matches(&policy, context->bytes, context->size_bytes);
    ack_close(&policy);
    bool accepted = ack_accepts(&copy, context->bytes, context->size_bytes);
    for (const struct ack_policy *at = &copy; at != NULL; at = at->next) {
        copies += at->times > 1 ? at->times : 1;
        if (accepted)
            render(at, context, room);
    }
    fuzz_require(copies <= ACK_DATAGRAMS_MAX, "an answer is bounded");
    ack_close(&copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const struct endpoint from = {
        .family = ENDPOINT_IPV6, .address = {0x20, 0x01, 0x0d, 0xb8, [15] = 1}, .port = 4010};

    if (size == 0)
        return 0;
    const uint8_t *text = bytes + 1;
    const uint8_t *end = memchr(text, '\0', size - 1);
    const uint8_t *payload = end != NULL ? end + 1 : bytes + size;
    struct ack_context context = {.number = size,
                                  .wall_ns = (int64_t)size * 1000000007,
                                  .from = from,
                                  .bytes = payload,
                                  .size_bytes = size - (size_t)(payload - bytes)};
    const struct ack_groups groups = {.each = {{payload, context.size_bytes}}};
    context.groups = &groups;
    size_t length = end != NULL ? (size_t)(end - text) : size - 1;
    char *copy = fuzz_allocate(length + 1);

    memcpy(copy, text, length);
    copy[length] = '\0';
    answer(copy, length, &context, bytes[0]);
    require_cut(payload, context.size_bytes, bytes[0]);
    free(copy);
    return 0;
}
