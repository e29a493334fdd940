/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_lesson: a lesson's file is read, or refused with a reason and a place in it. */
#include <string.h>

#include "fuzz.h"
#include "udptui/lesson/lesson.h"

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
    " network loss=30%\n",
    " server s queue 4096\n",
    " closed p\n",
    " client c to ",
    " unconnected errors\n",
    " c send \"{i} {s.received}\" pad 100 label \"a\" as x\n",
    " c ask \"a\" within 20ms retry 3\n",
    " s receive into 4 note \"b\" as y\n",
    " s reply \"c\"\n",
    " s collect most 2\n",
    " s note \"{c.sent}\"\n",
    " repeat 3\n",
    " end\n",
    "c.sent",
    "network.lost_requests",
    "Facts:\n",
    " sent \"label\"",
    " = ",
    "sent",
    " + ",
    "(",
    ")",
    "[1, 2]",
    "count(",
    "sum(",
    "item(",
    "not ",
    " and ",
    " or ",
    " if ",
    "\"text\"",
    "\n",
    "\n ",
    "Happened: {sent} sent. [measured]\n",
    "{",
    "}",
    "Expect: it holds if ",
    "Chance: ",
    "Timing: ",
    "Explanation:\n",
    " A sentence. [x, measured]\n",
    "Source: x = RFC 768\n",
    "Command: udptui serve {seed}\n",
    "#\n",
    "99999999999",
    NULL,
};

static int lines_in(const char *text, size_t size)
{
    int lines = 1;

    for (size_t i = 0; i < size; i++)
        lines += text[i] == '\n';
    return lines;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct lesson *lesson = fuzz_allocate(sizeof *lesson);
    struct lesson_problem problem = {.line = 0};
    char *text = fuzz_allocate(size);

    memcpy(text, bytes, size);
    if (lesson_parse(lesson, text, size, NULL, &problem)) {
        fuzz_require(lesson->topic.name[0] != '\0', "a lesson has a name");
        fuzz_require(lesson->topic.right < LESSON_CHOICES_MAX, "the answer is a choice");
        fuzz_require(lesson->arena_used <= LESSON_ARENA_SIZE, "the texts fit");
    } else {
        fuzz_require(problem.text[0] != '\0', "what is refused has a reason");
        fuzz_require(problem.line >= 1 && problem.column >= 1, "it has a place");
        fuzz_require(problem.line <= lines_in(text, size) + 1, "the place is in the file");
    }
    free(text);
    free(lesson);
    return 0;
}
