/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figure_rules: their table; see the header. src/lesson/script_figures.c computes them. */
#include "figure_rules_internal.h"

#include <string.h>

#include "udptui/base/array.h"
#include "udptui/base/builder.h"

enum {
    ENDS = LESSON_CLIENT | LESSON_SERVER,
    NUMBER = EXPRESSION_NUMBER,
    LIST = EXPRESSION_LIST,
    TEXT = EXPRESSION_TEXT,
    TRUTH = EXPRESSION_TRUTH,
};

/* man page udptui-lesson(5), "Figures" */
static const struct figure_rule rules[] = {
    {"sent", FIGURE_SENT, NUMBER, ENDS},
    {"sent_bytes", FIGURE_SENT_BYTES, LIST, ENDS},
    {"sent_numbers", FIGURE_SENT_NUMBERS, LIST, ENDS},
    {"errors", FIGURE_ERRORS, NUMBER, ENDS},
    {"received", FIGURE_RECEIVED, NUMBER, ENDS | LESSON_NETWORK},
    {"received_bytes", FIGURE_RECEIVED_BYTES, LIST, ENDS},
    {"received_numbers", FIGURE_RECEIVED_NUMBERS, LIST, ENDS},
    {"distinct", FIGURE_DISTINCT, NUMBER, ENDS},
    {"intact", FIGURE_INTACT, NUMBER, ENDS},
    {"bytes", FIGURE_BYTES, NUMBER, ENDS | LESSON_GOT | LESSON_REPLIED},
    {"text", FIGURE_TEXT, TEXT, ENDS | LESSON_GOT | LESSON_REPLIED},
    {"empty", FIGURE_EMPTY, TRUTH, ENDS},
    {"asked", FIGURE_ASKED, NUMBER, LESSON_CLIENT},
    {"answered", FIGURE_ANSWERED, NUMBER, LESSON_CLIENT},
    {"silent", FIGURE_SILENT, NUMBER, LESSON_CLIENT},
    {"silent_numbers", FIGURE_SILENT_NUMBERS, LIST, LESSON_CLIENT},
    {"reported", FIGURE_REPORTED, NUMBER, LESSON_CLIENT},
    {"icmp", FIGURE_ICMP, NUMBER, LESSON_CLIENT},
    {"icmp_type", FIGURE_ICMP_TYPE, NUMBER, LESSON_CLIENT},
    {"icmp_code", FIGURE_ICMP_CODE, NUMBER, LESSON_CLIENT},
    {"clients", FIGURE_CLIENTS, NUMBER, LESSON_SERVER},
    {"dropped", FIGURE_DROPPED, NUMBER, LESSON_SERVER},
    {"queue_bytes", FIGURE_QUEUE_BYTES, NUMBER, LESSON_SERVER},
    {"waiting_bytes", FIGURE_WAITING_BYTES, NUMBER, LESSON_SERVER},
    {"lost_requests", FIGURE_LOST_REQUESTS, NUMBER, LESSON_NETWORK},
    {"lost_replies", FIGURE_LOST_REPLIES, NUMBER, LESSON_NETWORK},
    {"late_by", FIGURE_LATE_BY, NUMBER, LESSON_NETWORK},
    {"delivered", FIGURE_DELIVERED, LIST, LESSON_NETWORK},
    {"repeated", FIGURE_REPEATED, NUMBER, LESSON_NETWORK},
    {"result", FIGURE_RESULT, TEXT, LESSON_SENT},
    {"arrived", FIGURE_ARRIVED, TRUTH, LESSON_GOT | LESSON_REPLIED},
    {"truncated", FIGURE_TRUNCATED, TRUTH, LESSON_GOT},
    {"from", FIGURE_FROM, TEXT, LESSON_GOT},
    {"sends", FIGURE_SENDS, NUMBER, LESSON_REPLIED},
    {"us", FIGURE_US, NUMBER, LESSON_REPLIED},
};

const struct figure_rule *figure_rules_find(const char *name, enum lesson_object_kind kind)
{
    for (size_t i = 0; i < COUNT_OF(rules); i++)
        if ((rules[i].objects & kind) != 0 && strcmp(rules[i].name, name) == 0)
            return &rules[i];
    return NULL;
}

const char *figure_rules_list(enum lesson_object_kind kind, char *out, size_t size_bytes)
{
    struct builder text = builder_begin(out, size_bytes);

    for (size_t i = 0; i < COUNT_OF(rules); i++)
        if ((rules[i].objects & kind) != 0)
            builder_add_item(&text, ", ", "%s", rules[i].name);
    return out;
}
