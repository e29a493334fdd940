/* SPDX-License-Identifier: GPL-3.0-or-later */
/* send_ladder: see the header. */
#include "udptui/client/ladder.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prompt_internal.h"
#include "udptui/base/units.h"
#include "udptui/sys/clock.h"
#include "udptui/ui/frame.h"
#include "udptui/ui/ladder/ladder.h"

enum { SEEN_BYTES = 40, TEXT_ROWS_BYTES = 1 << 16 };

/* ---- keeping */

static struct ladder_leg *add(struct send_ladder *ladder, uint64_t seq, bool to_right,
                              int64_t wall_ns)
{
    struct ladder_leg *leg = &ladder->legs[ladder->count++ % SEND_LADDER_LEGS];

    *leg = (struct ladder_leg){
        .depart_ns = wall_ns, .arrive_ns = wall_ns, .to_right = to_right, .number = seq};
    return leg;
}

static void set_label(const struct send_ladder *ladder, struct ladder_leg *leg,
                      const uint8_t *bytes, size_t size_bytes)
{
    char text[SEEN_BYTES * TEXT_EXPANSION + 1];
    char whole[sizeof text + UNITS_TEXT_SIZE];

    text_render(text, sizeof text, bytes, size_bytes < SEEN_BYTES ? size_bytes : SEEN_BYTES,
                ladder->charset);
    if (leg->number == 0)
        snprintf(whole, sizeof whole, "%s", text);
    else
        snprintf(whole, sizeof whole, "#%" PRIu64 " %s", leg->number,
                 size_bytes > 0 ? text : "(empty)");
    text_fit(leg->label, sizeof leg->label, whole,
             text_columns(whole) < SEEN_BYTES ? text_columns(whole) : SEEN_BYTES, ladder->charset);
}

void send_ladder_sent(struct send_ladder *ladder, uint64_t seq, const uint8_t *bytes,
                      size_t size_bytes, int64_t wall_ns)
{
    struct ladder_leg *leg;

    if (!ladder->on)
        return;
    leg = add(ladder, seq, true, wall_ns);
    leg->end = LADDER_UNDERWAY;
    set_label(ladder, leg, bytes, size_bytes);
}

/* The latest request of that number; NULL where it is kept no more. */
static struct ladder_leg *request_of(struct send_ladder *ladder, uint64_t seq)
{
    uint64_t kept = ladder->count < SEND_LADDER_LEGS ? ladder->count : SEND_LADDER_LEGS;

    for (uint64_t i = 1; i <= kept; i++) {
        struct ladder_leg *leg = &ladder->legs[(ladder->count - i) % SEND_LADDER_LEGS];
        if (leg->to_right && leg->number == seq)
            return leg;
    }
    return NULL;
}

/* What a result says of the request, and of what came back. */
static const struct saying {
    const char *request; /* beside the request; NULL: nothing new */
    const char *reply;   /* beside what came back */
    enum ladder_end end; /* of the request */
    bool came_back, copy;
} sayings[RESULT_KINDS] = {
    [RESULT_ACKED] = {.request = "", .reply = "", .came_back = true},
    [RESULT_TIMEOUT] = {.request = "no answer", .end = LADDER_LOST},
    [RESULT_REFUSED] = {.request = "closed port",
                        .end = LADDER_DROPPED,
                        .reply = "refused",
                        .came_back = true},
    [RESULT_UNREACHABLE] = {.request = "unreachable", .end = LADDER_LOST},
    [RESULT_TOO_BIG] = {.request = "too big", .end = LADDER_UNSENT},
    [RESULT_FAILED] = {.request = "failed", .end = LADDER_UNSENT},
    [RESULT_NOT_AWAITED] = {.request = NULL}, /* nobody knows */
    [RESULT_ANSWER] = {.reply = "one more", .came_back = true},
    [RESULT_MORE] = {.reply = "more", .came_back = true},
    [RESULT_LATE] = {.request = "", .reply = "late", .came_back = true},
    [RESULT_DUPLICATE] = {.reply = "duplicate", .came_back = true, .copy = true},
    [RESULT_UNSOLICITED] = {.reply = "unasked", .came_back = true},
    [RESULT_RESENT] = {.request = "no answer", .end = LADDER_LOST},
};

static void note_request(struct ladder_leg *leg, const struct saying *saying)
{
    if (leg == NULL || saying->request == NULL)
        return;
    leg->end = (uint8_t)saying->end;
    snprintf(leg->note, sizeof leg->note, "%s", saying->request);
}

static void add_reply(struct send_ladder *ladder, const struct result *result,
                      const struct saying *saying)
{
    struct ladder_leg *leg = add(ladder, result->seq, false, result->wall_ns);
    bool whose = result->status == RESULT_ACKED && result->ambiguous;

    leg->copy = saying->copy;
    snprintf(leg->note, sizeof leg->note, "%s", whose ? "whose?" : saying->reply);
    if (result->reply != NULL)
        set_label(ladder, leg, result->reply, result->reply_bytes);
    else
        snprintf(leg->label, sizeof leg->label, "ICMP");
    if (result->status == RESULT_ACKED && !result->ambiguous && result->rtt_ns > 0)
        leg->rtt_ns = result->rtt_ns;
}

/* Round-trip times that were shown there are facts no more. */
static void take_back(struct send_ladder *ladder, const struct result *result)
{
    for (size_t i = 0; i < SEND_LADDER_LEGS && i < ladder->count; i++) {
        struct ladder_leg *leg = &ladder->legs[i];
        if (leg->to_right || leg->rtt_ns == 0 || leg->number < result->seq ||
            leg->number > result->last_seq)
            continue;
        leg->rtt_ns = 0;
        snprintf(leg->note, sizeof leg->note, "whose?");
    }
}

void send_ladder_result(struct send_ladder *ladder, const struct result *result)
{
    const struct saying *saying = &sayings[result->status];
    struct ladder_leg *request;

    if (!ladder->on)
        return;
    if (result->status == RESULT_UNCERTAIN) {
        take_back(ladder, result);
        return;
    }
    request = request_of(ladder, result->seq);
    note_request(request, saying);
    if (saying->came_back)
        add_reply(ladder, result, saying);
    if (result->status == RESULT_RESENT && request != NULL) {
        struct ladder_leg again = *request;
        struct ladder_leg *leg = add(ladder, result->seq, true, result->wall_ns);
        leg->end = LADDER_UNDERWAY;
        memcpy(leg->label, again.label, sizeof leg->label);
    }
}

/* ---- showing */

/* The legs of the latest exchanges, by departure. Returns their number. */
static size_t collect(const struct send_ladder *ladder, uint64_t exchanges, uint64_t latest,
                      struct ladder_leg *out)
{
    uint64_t kept = ladder->count < SEND_LADDER_LEGS ? ladder->count : SEND_LADDER_LEGS;
    size_t count = 0;

    for (uint64_t i = kept; i > 0; i--) {
        const struct ladder_leg *leg = &ladder->legs[(ladder->count - i) % SEND_LADDER_LEGS];
        if (leg->number == 0 || leg->number + exchanges > latest)
            out[count++] = *leg;
    }
    qsort(out, count, sizeof *out, ladder_by_departure);
    return count;
}

static void draw(struct talk *talk, const struct ladder_leg *legs, size_t count)
{
    const struct ladder_heads heads = {.left = "here", .right = "there"};
    enum text_charset charset = talk->session->output.charset;
    int64_t now_ns = clock_wall_ns();
    int rows = ladder_count_rows(legs, count, now_ns) + 1;
    struct frame *frame = frame_open();
    char *text = malloc(TEXT_ROWS_BYTES);

    if (frame == NULL || text == NULL || !frame_resize(frame, rows, prompt_columns())) {
        talk_say(talk, "not enough memory for a ladder");
    } else {
        ladder_draw(frame, 0, rows, &heads, legs, count, now_ns, 0, clock_utc_offset_s(), charset);
        frame_to_text(frame, text, TEXT_ROWS_BYTES);
        fputs(text,
              talk->stream); /* made of safe text alone: escaped once more it would be another */
    }
    free(text);
    frame_close(frame);
}

void talk_ladder(struct talk *talk, const char *argument)
{
    const struct send_ladder *ladder = &talk->session->ladder;
    struct ladder_leg legs[SEND_LADDER_LEGS];
    int64_t wanted = SEND_LADDER_SHOWN;

    if (argument[0] != '\0' && !units_parse_integer(argument, 1, SEND_LADDER_MOST, &wanted)) {
        talk_say(talk, "/ladder takes a number from 1 to %d: how many of the latest to show",
                 SEND_LADDER_MOST);
        return;
    }
    size_t count = collect(ladder, (uint64_t)wanted, talk->session->totals.sent, legs);
    if (count == 0)
        talk_say(talk, "/ladder shows what was sent, and nothing was sent yet");
    else if (prompt_columns() < LADDER_COLUMNS_MIN)
        talk_say(talk, "/ladder needs a terminal of %d columns or more", LADDER_COLUMNS_MIN);
    else
        draw(talk, legs, count);
}
