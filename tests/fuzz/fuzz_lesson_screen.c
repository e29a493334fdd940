/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_lesson_screen: a lesson's file, of whoever wrote it, on the screen. Input: rows, columns,
 * how far it is scrolled, and a byte of choices; then the file. Nothing of it is raw there.
 */
#include <string.h>

#include "frame.h"
#include "fuzz.h"
#include "udptui/base/units.h"
#include "udptui/lesson/lesson.h"
#include "udptui/ui/lesson/view.h"

const char *const fuzz_words[] = {
    "Name: a\n",
    "Title: A. [x]\n",
    "Question: What?\n",
    "Choice: no\n",
    "Answer: yes\n",
    "Ends: client, server\n",
    "Plan: It is so. [script]\n",
    "Script:\n",
    " step tcp\n",
    " server s\n",
    " client c to s\n",
    " c ask \"a\"\n",
    "Facts:\n",
    " sent \"label\" = c.sent\n",
    "Happened: {sent} sent. [measured]\n",
    "Explanation:\n",
    " A sentence. [x, measured]\n",
    "Source: x = RFC 768\n",
    "Command: udptui serve {seed}\n",
    "\x1b[31m",
    "\xe2\x80\xae",
    "\xe4\xbd\xa0",
    NULL,
};

enum { HEAD_BYTES = 4, LABEL_SIZE = 24 };

/* What happened: the file's own words as a label. */
static struct ladder_leg leg_of(const struct lesson_topic *topic)
{
    struct ladder_leg leg = {.depart_ns = UNITS_NS_PER_S,
                             .arrive_ns = UNITS_NS_PER_S + 1000,
                             .to_right = true,
                             .end = LADDER_ARRIVED,
                             .number = 1};

    snprintf(leg.label, sizeof leg.label, "%.10s", topic->client);
    return leg;
}

static void draw(const struct lesson *lesson, const uint8_t *head, struct frame *frame)
{
    const struct lesson_result result = {.fact_count = 0};
    struct ladder_leg leg = leg_of(&lesson->topic);
    struct lesson_view view = {.topic = &lesson->topic,
                               .number = 1,
                               .count = 1,
                               .chosen = head[3] & 4 ? 0 : LESSON_NO_CHOICE,
                               .sentences = (head[3] & 8) != 0,
                               .seen = (enum ladder_view)(head[3] >> 4 & 1),
                               .legs = &leg,
                               .leg_count = 1,
                               .now_ns = 3 * UNITS_NS_PER_S,
                               .result = &result,
                               .scroll = head[2],
                               .charset = head[3] & 1 ? TEXT_ASCII : TEXT_UTF8};

    for (int step = LESSON_ASK; step <= LESSON_RESULT; step++) {
        view.step = (enum lesson_step)step;
        fuzz_require(frame_resize(frame, head[0] % 61, head[1] % 201), "there is memory");
        fuzz_require(lesson_view_draw(&view, frame) >= 0, "one can scroll so far, or not at all");
        fuzz_require_frame(frame);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct lesson_problem problem;

    if (size < HEAD_BYTES)
        return 0;
    struct lesson *lesson = fuzz_allocate(sizeof *lesson);
    char *text = fuzz_allocate(size - HEAD_BYTES);
    memcpy(text, bytes + HEAD_BYTES, size - HEAD_BYTES);
    if (lesson_parse(lesson, text, size - HEAD_BYTES, NULL, &problem)) {
        struct frame *frame = frame_open();
        fuzz_require(frame != NULL, "there is memory");
        draw(lesson, bytes, frame);
        frame_close(frame);
    } else {
        fuzz_require(memchr(problem.text, 0, sizeof problem.text) != NULL, "a problem ends");
    }
    free(text);
    free(lesson);
    return 0;
}
