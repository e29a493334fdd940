/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figure_rules: what expressions know of the objects of a script: "c.sent", "network.received". Pure. */
#ifndef UDPTUI_LESSON_FIGURE_RULES_INTERNAL_H
#define UDPTUI_LESSON_FIGURE_RULES_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "udptui/lesson/lesson.h"

enum figure_id {
    FIGURE_SENT,
    FIGURE_SENT_BYTES,
    FIGURE_SENT_NUMBERS,
    FIGURE_ERRORS,
    FIGURE_RECEIVED,
    FIGURE_RECEIVED_BYTES,
    FIGURE_RECEIVED_NUMBERS,
    FIGURE_DISTINCT,
    FIGURE_INTACT,
    FIGURE_BYTES,
    FIGURE_TEXT,
    FIGURE_EMPTY,
    FIGURE_ASKED,
    FIGURE_ANSWERED,
    FIGURE_SILENT,
    FIGURE_SILENT_NUMBERS,
    FIGURE_REPORTED,
    FIGURE_ICMP,
    FIGURE_ICMP_TYPE,
    FIGURE_ICMP_CODE,
    FIGURE_CLIENTS,
    FIGURE_DROPPED,
    FIGURE_QUEUE_BYTES,
    FIGURE_WAITING_BYTES,
    FIGURE_LOST_REQUESTS,
    FIGURE_LOST_REPLIES,
    FIGURE_LATE_BY,
    FIGURE_DELIVERED,
    FIGURE_REPEATED,
    FIGURE_RESULT,
    FIGURE_ARRIVED,
    FIGURE_TRUNCATED,
    FIGURE_FROM,
    FIGURE_SENDS,
    FIGURE_US,
};

struct figure_rule {
    const char *name;
    uint8_t id;      /* enum figure_id */
    uint8_t type;    /* enum expression_type */
    uint8_t objects; /* of enum lesson_object_kind: that have it */
};

/* The figure with this name of such an object; NULL: there is none. */
const struct figure_rule *figure_rules_find(const char *name, enum lesson_object_kind kind);

/* The names of an object's figures, for a problem: "sent, received". Returns out. */
const char *figure_rules_list(enum lesson_object_kind kind, char *out, size_t size_bytes);

#endif
