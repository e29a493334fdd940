/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* topics_internal: the lessons, one file each. */
#ifndef UDPTUI_LESSON_TOPICS_INTERNAL_H
#define UDPTUI_LESSON_TOPICS_INTERNAL_H

#include "udptui/lesson/topics.h"

extern const struct lesson lesson_loss, lesson_duplicate, lesson_reorder, lesson_boundaries,
    lesson_connectionless, lesson_truncation, lesson_overflow, lesson_unreachable, lesson_mtu,
    lesson_checksum, lesson_retry, lesson_tcp;

#endif
