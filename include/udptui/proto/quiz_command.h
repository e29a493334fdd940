/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * quiz_command: what a student sends, as typed by hand:
 *
 *     name kim                  (or "hello kim")
 *     ok 482913                 the code that came with the registration
 *     question   ?              blanks or dots may follow: a longer request may have a longer reply
 *     answer 2   2   b          the second choice
 *     answer 2 to 3             only if the question is number 3
 *     answer 2 kim   kim: answer 2   of kim, from any port
 *
 * Upper and lower case are the same, and blanks and a line's end do not matter. Anything else is a
 * message.
 */
#ifndef UDPTUI_PROTO_QUIZ_COMMAND_H
#define UDPTUI_PROTO_QUIZ_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "udptui/proto/roster.h"

enum quiz_verb {
    QUIZ_MESSAGE,
    QUIZ_NAME,
    QUIZ_CONFIRM,
    QUIZ_ASK, /* for the question */
    QUIZ_ANSWER,
};

struct quiz_command {
    enum quiz_verb verb;
    bool bare;                   /* of QUIZ_ANSWER: the choice alone */
    unsigned choice;             /* 1 is the first; 0: what was given is no choice */
    unsigned question;           /* that it is for; 0: the one that is open */
    uint32_t code;               /* of QUIZ_CONFIRM; 0: what was given is none */
    char name[ROSTER_NAME_SIZE]; /* safe text; "": none was given */
    bool cleaned;                /* the name is not quite what was sent */
};

/* Reads a datagram of a client. What is no command is QUIZ_MESSAGE. */
struct quiz_command quiz_command_read(const void *bytes, size_t size_bytes);

/* The command that returns the code, "ok 482913", of a reply to a name that gives one. out:
 * QUIZ_CODE_SIZE. False if the reply gives none. */
enum { QUIZ_CODE_SIZE = 16 };
#define QUIZ_CODE_OFFER "; to get questions: ok "
bool quiz_command_code(const void *reply, size_t size_bytes, char *out);

#endif
