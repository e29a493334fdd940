/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_quiz: datagrams to a class, a line each; the first byte of a line chooses who sends it. Replies stay
 * within their limits, and only who has returned the code gets more or is pushed anything.
 */
#include <string.h>

#include "fuzz.h"
#include "udptui/proto/quiz.h"

const char *const fuzz_words[] = {
    "\n",
    "aname kim\n",
    "bname kim\n",
    "cname lee\n",
    "aanswer 2\n",
    "banswer 2 kim\n",
    "ckim: answer 1\n",
    "a?\n",
    "bquestion ........................\n",
    "aok 123456\n",
    "b2 to 1\n",
    "cb\n",
    "name ",
    "answer ",
    "ok ",
    "\xc3\xa9",
    "\x1b",
    NULL,
};

enum { STUDENTS = 3, LIMIT_BYTES = 60 };

static void send_line(struct quiz *quiz, const uint8_t *line, size_t size)
{
    struct quiz_datagram datagram = {
        .from = {.family = ENDPOINT_IPV4, .address = {10, 0, 0, 1}, .port = 4000}, .wall_ns = 1};
    char reply[QUIZ_DATAGRAM_MAX];
    bool cut;

    if (size == 0)
        return;
    datagram.from.address[3] = (uint8_t)(line[0] % 5);
    datagram.from.port = (uint16_t)(4000 + line[0] % 7);
    datagram.bytes = line + 1;
    datagram.size_bytes = size - 1;
    quiz_note(quiz, &datagram, 1);
    if (quiz_takes(quiz, datagram.bytes, datagram.size_bytes))
        fuzz_require(quiz_reply(quiz, &datagram, reply, sizeof reply, LIMIT_BYTES, &cut) <=
                         sizeof reply,
                     "a reply fits its room");
}

/* What send takes for a question has its choices, safe. */
static void read_shown(const uint8_t *bytes, size_t size)
{
    struct quiz_shown shown;

    if (!quiz_question_read(bytes, size, &shown))
        return;
    fuzz_require(shown.question.option_count >= QUIZ_OPTIONS_MIN, "a question has choices");
    fuzz_require(shown.question.right <= shown.question.option_count, "the right one is a choice");
    for (const char *at = shown.question.text; *at != '\0'; at++)
        fuzz_require((unsigned char)*at >= ' ' && *at != 127, "it is safe text");
}

static void push_all(struct quiz *quiz)
{
    char out[QUIZ_DATAGRAM_MAX + 1];
    const struct quiz_seat *seat;
    size_t size;

    quiz_push(quiz, 1);
    while ((seat = quiz_push_next(quiz, out, &size)) != NULL) {
        fuzz_require(seat->confirmed, "only who has returned the code is pushed");
        fuzz_require(size <= QUIZ_DATAGRAM_MAX, "a push fits a datagram");
        quiz_note_pushed(quiz, true);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const struct hash_key key = {1, 2};
    struct quiz_question question = {
        .text = "What?", .options = {"no", "yes"}, .option_count = 2, .right = 2};
    struct quiz *quiz = quiz_open(STUDENTS, &key);
    size_t changed;

    fuzz_require(quiz != NULL, "there is memory");
    read_shown(bytes, size);
    quiz_ask(quiz, &question, 1);
    for (size_t at = 0; at < size;) {
        const uint8_t *end = memchr(bytes + at, '\n', size - at);
        size_t length = end != NULL ? (size_t)(end - bytes) - at : size - at;
        send_line(quiz, bytes + at, length);
        at += length + 1;
    }
    push_all(quiz);
    while (quiz_changed(quiz, &changed) != NULL)
        quiz_taken(quiz);
    quiz_close(quiz);
    return 0;
}
