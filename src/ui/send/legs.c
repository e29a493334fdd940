/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* legs: results as arrows, in a ring. */
#include "legs_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "udptui/base/units.h"

enum { SEEN_BYTES = 40 };

static struct ladder_leg *legs_add(struct legs *legs, uint64_t seq, bool to_right, int64_t wall_ns)
{
    struct ladder_leg *leg = &legs->each[legs->count++ % LEGS_MAX];

    *leg = (struct ladder_leg){
        .depart_ns = wall_ns, .arrive_ns = wall_ns, .to_right = to_right, .number = seq};
    return leg;
}

static void legs_set_label(struct ladder_leg *leg, enum text_charset charset, const uint8_t *bytes,
                           size_t size_bytes)
{
    char text[SEEN_BYTES * TEXT_EXPANSION + 1];
    char whole[sizeof text + UNITS_TEXT_SIZE];

    text_render(text, sizeof text, bytes, size_bytes < SEEN_BYTES ? size_bytes : SEEN_BYTES,
                charset);
    if (leg->number == 0)
        snprintf(whole, sizeof whole, "%s", text);
    else
        snprintf(whole, sizeof whole, "#%" PRIu64 " %s", leg->number,
                 size_bytes > 0 ? text : "(empty)");
    text_fit(leg->label, sizeof leg->label, whole,
             text_columns(whole) < SEEN_BYTES ? text_columns(whole) : SEEN_BYTES, charset);
}

void legs_add_request(struct legs *legs, enum text_charset charset, uint64_t seq,
                      const uint8_t *bytes, size_t size_bytes, int64_t wall_ns)
{
    struct ladder_leg *leg = legs_add(legs, seq, true, wall_ns);

    legs->latest = seq;
    leg->end = LADDER_UNDERWAY;
    legs_set_label(leg, charset, bytes, size_bytes);
}

/* The latest request of that number; NULL if it is no longer kept. */
static struct ladder_leg *legs_find_request(struct legs *legs, uint64_t seq)
{
    uint64_t kept = legs->count < LEGS_MAX ? legs->count : LEGS_MAX;

    for (uint64_t i = 1; i <= kept; i++) {
        struct ladder_leg *leg = &legs->each[(legs->count - i) % LEGS_MAX];
        if (leg->to_right && leg->number == seq)
            return leg;
    }
    return NULL;
}

/* The notes of a result for the request and for the reply. */
static const struct saying {
    const char *request; /* for the request; NULL: unchanged */
    const char *reply;   /* for the reply */
    enum ladder_end end; /* of the request */
    bool came_back, copy;
} sayings[RESULT_KINDS] = {
    [RESULT_ACKED] = {.request = "", .reply = "", .came_back = true},
    [RESULT_TIMEOUT] = {.request = "no reply", .end = LADDER_SENT},
    [RESULT_REFUSED] = {.request = "closed port",
                        .end = LADDER_DROPPED,
                        .reply = "refused",
                        .came_back = true},
    [RESULT_UNREACHABLE] = {.request = "unreachable", .end = LADDER_LOST},
    [RESULT_TOO_BIG] = {.request = "too big", .end = LADDER_UNSENT},
    [RESULT_FAILED] = {.request = "failed", .end = LADDER_UNSENT},
    [RESULT_NOT_AWAITED] = {.request = NULL}, /* unknown */
    [RESULT_ANSWER] = {.reply = "one more", .came_back = true},
    [RESULT_MORE] = {.reply = "more", .came_back = true},
    [RESULT_LATE] = {.request = "", .reply = "late", .came_back = true},
    [RESULT_DUPLICATE] = {.reply = "duplicate", .came_back = true, .copy = true},
    [RESULT_UNSOLICITED] = {.reply = "unasked", .came_back = true},
    [RESULT_RESENT] = {.request = "no reply", .end = LADDER_SENT},
};

static void legs_note_request(struct ladder_leg *leg, const struct saying *saying)
{
    if (leg == NULL || saying->request == NULL)
        return;
    leg->end = (uint8_t)saying->end;
    snprintf(leg->note, sizeof leg->note, "%s", saying->request);
}

static void legs_add_reply(struct legs *legs, enum text_charset charset,
                           const struct result *result, const struct saying *saying)
{
    struct ladder_leg *leg = legs_add(legs, result->seq, false, result->wall_ns);
    bool whose = result->status == RESULT_ACKED && result->ambiguous;

    leg->copy = saying->copy;
    snprintf(leg->note, sizeof leg->note, "%s", whose ? "whose?" : saying->reply);
    if (result->reply != NULL)
        legs_set_label(leg, charset, result->reply, result->reply_bytes);
    else
        snprintf(leg->label, sizeof leg->label, "ICMP");
    leg->error = result->reply == NULL;
    if (result->status == RESULT_ACKED && !result->ambiguous && result->rtt_ns > 0)
        leg->rtt_ns = result->rtt_ns;
}

/* Removes round-trip times that are no longer certain. */
static void legs_withdraw(struct legs *legs, const struct result *result)
{
    for (size_t i = 0; i < LEGS_MAX && i < legs->count; i++) {
        struct ladder_leg *leg = &legs->each[i];
        if (leg->to_right || leg->rtt_ns == 0 || leg->number < result->seq ||
            leg->number > result->last_seq)
            continue;
        leg->rtt_ns = 0;
        snprintf(leg->note, sizeof leg->note, "whose?");
    }
}

void legs_add_result(struct legs *legs, enum text_charset charset, const struct result *result)
{
    const struct saying *saying = &sayings[result->status];
    struct ladder_leg *request;

    if (result->status == RESULT_UNCERTAIN) {
        legs_withdraw(legs, result);
        return;
    }
    request = legs_find_request(legs, result->seq);
    legs_note_request(request, saying);
    if (saying->came_back)
        legs_add_reply(legs, charset, result, saying);
    if (result->status == RESULT_RESENT && request != NULL) {
        struct ladder_leg again = *request;
        struct ladder_leg *leg = legs_add(legs, result->seq, true, result->wall_ns);
        leg->end = LADDER_UNDERWAY;
        memcpy(leg->label, again.label, sizeof leg->label);
    }
}

size_t legs_latest(const struct legs *legs, uint64_t exchanges, struct ladder_leg *out)
{
    uint64_t kept = legs->count < LEGS_MAX ? legs->count : LEGS_MAX;
    size_t count = 0;

    for (uint64_t i = kept; i > 0; i--) {
        const struct ladder_leg *leg = &legs->each[(legs->count - i) % LEGS_MAX];
        if (leg->number == 0 || leg->number + exchanges > legs->latest)
            out[count++] = *leg;
    }
    return count;
}
