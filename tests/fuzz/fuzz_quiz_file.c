/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_quiz_file: a file of questions is read, or refused with a reason and a place in it. */
#include <string.h>

#include "fuzz.h"
#include "udptui/proto/quiz_file.h"

const char *const fuzz_words[] = {
    "Question: What?\n",
    "Choice: no\n",
    "Answer: yes\n",
    " more\n",
    "# \n",
    "\n",
    "Title: x\n",
    ":",
    "\t",
    NULL,
};

enum { MOST = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct quiz_question *questions = fuzz_allocate(MOST * sizeof *questions);
    struct quiz_file_problem problem = {.line = 0};
    char *text = fuzz_allocate(size);
    size_t count;

    memcpy(text, bytes, size);
    count = quiz_file_read(text, size, size % 2 == 0, questions, MOST, &problem);
    fuzz_require(count <= MOST, "no more questions than there is room for");
    fuzz_require(count > 0 || (problem.why[0] != '\0' && problem.line >= 1),
                 "a refusal has a reason and a place");
    for (size_t i = 0; i < count; i++)
        fuzz_require(questions[i].option_count >= QUIZ_OPTIONS_MIN &&
                         questions[i].right <= questions[i].option_count,
                     "a question has its choices");
    free(text);
    free(questions);
    return 0;
}
