/* SPDX-FileCopyrightText: 2026 the udptui authors */
/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * targets: one message to several targets: "A:P,B:P".
 *
 * Each target has a session of its own, so that replies are matched to messages for each target
 * separately.
 */
#ifndef UDPTUI_CLIENT_TARGETS_H
#define UDPTUI_CLIENT_TARGETS_H

#include "udptui/client/session.h"

enum { TARGETS_MAX = 16 };

struct targets {
    struct session *sessions[TARGETS_MAX];
    const char *names[TARGETS_MAX]; /* as typed */
    size_t count;
    char *text; /* the operand, cut into the names */
};

/*
 * Opens a session for each target in text (the operand as typed). listeners: one for each, at least
 * targets_count. False with the problem; targets_close must follow either way.
 */
bool targets_open(struct targets *targets, const struct session_options *options, const char *text,
                  const struct session_listener *listeners, struct problem *problem);
void targets_close(struct targets *targets);

/* How many are in the operand; perhaps more than TARGETS_MAX. */
size_t targets_count(const char *text);

#endif
