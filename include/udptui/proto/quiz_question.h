/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quiz_question: a question of a class with its options, and its form as a datagram:
 *
 *     question 3: What does the sender know?
 *     1 the message was lost
 *     2 the reply was lost
 *     answer with: answer N
 *
 * The last line is "closed" if no answer is taken any more, and "right: 2" once that was shown.
 */
#ifndef UDPTUI_PROTO_QUIZ_QUESTION_H
#define UDPTUI_PROTO_QUIZ_QUESTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/base/builder.h"

enum {
    QUIZ_OPTIONS_MIN = 2,
    QUIZ_OPTIONS_MAX = 9, /* one digit each */
    QUIZ_TEXT_SIZE = 401,
    QUIZ_OPTION_SIZE = 161,
    QUIZ_DATAGRAM_MAX =
        1200, /* fits the smallest MTU of IPv6 with its headers (RFC 8200 section 5) */
};

struct quiz_question {
    char text[QUIZ_TEXT_SIZE]; /* safe text in UTF-8, as are the options */
    char options[QUIZ_OPTIONS_MAX][QUIZ_OPTION_SIZE];
    uint8_t option_count;
    uint8_t right; /* 1 .. option_count; 0: not known (yet), as of an opinion */
};

enum quiz_state { QUIZ_OPEN, QUIZ_CLOSED, QUIZ_SHOWN };

/* "open", "closed", "shown". */
const char *quiz_state_name(enum quiz_state state);

/* Sets the text, or adds an option: any bytes, made safe, blanks at both ends removed. NULL, or why
 * not: it is empty, too long, or one too many. */
const char *quiz_question_set_text(struct quiz_question *question, const char *bytes, size_t size);
const char *quiz_question_add_option(struct quiz_question *question, const char *bytes,
                                     size_t size);

/* NULL, or why it cannot be asked: it has no text or too few options, or it is too long for a
 * datagram. */
const char *quiz_question_check(const struct quiz_question *question);

/* Writes the datagram; the right answer only with QUIZ_SHOWN. */
void quiz_question_write(const struct quiz_question *question, unsigned number,
                         enum quiz_state state, struct builder *out);

/* A question as it was received. */
struct quiz_shown {
    struct quiz_question question; /* right: of QUIZ_SHOWN */
    unsigned number;
    enum quiz_state state;
};

/* Whether it may be such a datagram: cheap. */
bool quiz_question_begins(const void *bytes, size_t size_bytes);

/* Reads such a datagram. False if it is not one, whole. */
bool quiz_question_read(const void *bytes, size_t size_bytes, struct quiz_shown *out);

#endif
